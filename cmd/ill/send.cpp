// SPDX-License-Identifier: Apache-2.0
// tushu-ill send - write the order sheets of requests that wait for a person.
#include "commands.hpp"
#include "common/store.hpp"

#include <filesystem>

namespace tushu::cmd {
namespace {

struct Options {
    std::string sheets, partner;
};

Answer run(Context& context, const Options& options) {
    store::Store store = open_store(context);
    const auto partners = ill::load_partners(context.data());
    if (!options.partner.empty() && !partners.contains(options.partner))
        throw Error(Fault::usage, msg("there is no partner \"{}\"", options.partner));
    std::error_code error;
    std::filesystem::create_directories(options.sheets, error);
    if (error) throw system_error(Fault::io, options.sheets, error.value());
    CsvWriter list(context.out());
    list.row({"attempt", "reference", "partner", "service", "title", "sheet"});
    for (const auto& draft : ill::drafts(store, options.partner)) {
        const std::string name = draft.id + ".txt";
        // The sheet first, then the mark: killed in between, the sheet is written again with the
        // same bytes.
        save_file((std::filesystem::path(options.sheets) / name).string(),
                  ill::order_sheet(draft.request, draft.id, partners.at(draft.request.partner)));
        store::Transaction transaction(store);
        ill::mark_sheet_written(store, draft.id, context.now());
        transaction.commit();
        list.row({draft.id, draft.request.reference, draft.request.partner, draft.request.service,
                  draft.request.title, name});
        context.summary().count("sheets");
    }
    context.say(
        msg("order sheets written: {}. A request counts as sent when its number has been recorded.",
            context.summary().counts["sheets"]));
    return Answer::yes;
}

}  // namespace

Command send_command() {
    auto options = std::make_shared<Options>();
    Command command("send", msg("Write the order sheets of requests that a person must place"));
    command
        .option("--sheets", "FOLDER", options->sheets,
                msg("Folder for the sheets, one text file an attempt"))
        .required();
    command.option("--partner", "CODE", options->partner, msg("Only requests for this partner"));
    command.with_store().with_output();
    command.example(
        "tushu-ill send --sheets today/ -o today/list.csv",
        msg("Writes a sheet for every request that is not sent yet, and a list of them"));
    return command.on_run([options](Context& context) { return run(context, *options); });
}

}  // namespace tushu::cmd
