// SPDX-License-Identifier: Apache-2.0
// tushu-ill import - take in requests from CSV.
#include "commands.hpp"
#include "common/store.hpp"

#include "base/hash.hpp"

namespace tushu::cmd {
namespace {

void import_file(Context& context, store::Store& store, ill::Desk& desk, const std::string& file) {
    std::string key;
    const auto pseudonym = [&context, &key](std::string_view card) {
        if (key.empty()) key = context.patron_key();
        return hmac_sha256_hex(key, card).substr(0, 32);
    };
    take_list(
        context, store, desk, "ill-requests", file,
        [&](Input& input) { return ill::RequestReader(input, pseudonym); },
        [&](const ill::Request& request, std::int64_t load) -> std::optional<ill::Refusal> {
            auto refusal = desk.check(request);
            if (refusal) return refusal;
            (void)desk.add(request, load, context.now());
            context.summary().count("created");
            return std::nullopt;
        });
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
