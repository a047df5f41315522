// SPDX-License-Identifier: Apache-2.0
// tushu-ill import - take in requests from CSV.
#include "commands.hpp"
#include "common/store.hpp"

#include "base/hash.hpp"

namespace tushu::cmd {
namespace {

void import_file(Context& context, store::Store& store, ill::Desk& desk, const std::string& file) {
    // The digest decides whether the file is new, so it is read twice; request lists are small.
    store::Transaction transaction(store);
    const auto load = begin_list(context, store, "ill-requests", file);
    if (!load) return;
    const auto input = Input::open(file);
    std::string key;
    ill::RequestReader reader(*input, [&context, &key](std::string_view card) {
        if (key.empty()) key = context.patron_key();
        return hmac_sha256_hex(key, card).substr(0, 32);
    });
    std::int64_t rows = 0, rejects = 0;
    for (;;) {
        try {
            const auto request = reader.next();
            if (!request) break;
            ++rows;
            const auto refusal = desk.check(*request);
            if (refusal) {
                ++rejects;
                context.reject(
                    refusal->code,
                    Error(Fault::bad_input, {file, 0, reader.csv().offset(), reader.csv().line()},
                          refusal->message),
                    reader.csv().raw(), request->reference);
                continue;
            }
            (void)desk.add(*request, load->id, context.now());
            context.summary().count("created");
        } catch (const Error& e) {
            if (e.fault() != Fault::bad_input) throw;
            ++rows;
            ++rejects;
            context.reject("bad_row", e, reader.csv().raw());
        }
    }
    desk.count();
    store::finish_load(store, load->id, rows, rejects);
    transaction.commit();
    context.summary().count("records_in", rows);
}

Answer run(Context& context, const std::vector<std::string>& files) {
    store::Store store = open_store(context);
    ill::Desk desk = open_desk(context, store);
    context.summary().must_add_up("records_in", {"created", "rejects"});
    for (const auto& file : files) import_file(context, store, desk, file);
    context.say(msg("requests: {} read, {} new, {} refused", context.summary().counts["records_in"],
                    context.summary().counts["created"], context.summary().total_rejects()));
    return Answer::yes;
}

}  // namespace

Command import_command() {
    auto files = std::make_shared<std::vector<std::string>>();
    Command command("import", msg("Take in requests from CSV files"));
    command.operands(
        "FILE", *files, 1,
        msg("CSV with a header: reference, role, service, title, partner, requested and more"));
    command.with_rejects().with_store();
    command.example("tushu-ill import requests.csv --rejects bad-requests.csv",
                    msg("Records every request; refused rows and why go to bad-requests.csv"));
    return command.on_run([files](Context& context) { return run(context, *files); });
}

}  // namespace tushu::cmd
