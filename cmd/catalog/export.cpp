// SPDX-License-Identifier: Apache-2.0
// tushu-catalog export - write the records or the items of the store.
#include "catalog/export.hpp"

#include "commands.hpp"
#include "common/store.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    std::string what, source, format = "iso2709";
};

Answer run(Context& context, const Options& options) {
    if (options.what != "bibs" && options.what != "items")
        throw Error(Fault::usage,
                    msg("\"{}\" cannot be exported: say bibs or items", options.what));
    store::Store store = open_store(context);
    catalog::ExportCounts counts;
    if (options.what == "items") {
        counts = catalog::export_items(store, options.source, context.out());
    } else {
        context.progress().begin(msg("records"), std::nullopt);
        counts = catalog::export_bibs(
            store, options.source, *marc::format_named(options.format), context.out(),
            [&context](std::string_view code, const Error& error, std::string_view raw,
                       std::string_view key) { context.reject(code, error, raw, key); },
            [&context](std::uint64_t n) { context.progress().tick(n, n); });
    }
    context.summary().count("records_in", counts.records_in);
    context.summary().count("records_out", counts.records_out);
    context.summary().must_add_up("records_in", {"records_out", "rejects"});
    return Answer::yes;
}

}  // namespace

Command export_command() {
    auto options = std::make_shared<Options>();
    Command command("export", msg("Write the records or the items of the store"));
    command.operand("bibs|items", options->what, msg("What to write"));
    command.option("--source", "NAME", options->source, msg("Only this source; default: all"));
    command.choice("--to", options->format, {"iso2709", "marcxml", "jsonl"},
                   msg("Format of the records; default iso2709"));
    command.with_output().with_rejects().with_store();
    command
        .example("tushu-catalog export items -o items-neutral.csv",
                 msg("Writes all items for tushu-inventory, sorted by location and barcode"))
        .example("tushu-catalog export bibs --to marcxml --source cnmarc -o cnmarc.xml",
                 msg("Writes the records of one source as MARCXML"));
    return command.on_run([options](Context& context) { return run(context, *options); });
}

}  // namespace tushu::cmd
