// SPDX-License-Identifier: Apache-2.0
// tushu-catalog status - what the catalogue holds and what the loads did.
#include "catalog/tables.hpp"
#include "commands.hpp"
#include "common/store.hpp"

namespace tushu::cmd {
namespace {

Answer run(Context& context, const std::string& wanted) {
    if (wanted.empty() && context.options().format != "text")
        throw Error(Fault::usage, msg("CSV and JSON hold one table"),
                    msg("say which with --table: catalog-loads, catalog-bibs, item-loads, "
                        "catalog-items or item-faults"));
    store::Store store = open_store(context);
    bool is_first = true;
    for (const Table& table : catalog::tables(store)) {
        if (!wanted.empty() && table.name != wanted) continue;
        if (!is_first) context.out().write("\n");
        is_first = false;
        context.show(table);
    }
    return Answer::yes;
}

}  // namespace

Command status_command() {
    auto table = std::make_shared<std::string>();
    Command command("status", msg("Show what the catalogue holds and what the loads did"));
    command.choice("--table", *table,
                   {"catalog-loads", "catalog-bibs", "item-loads", "catalog-items", "item-faults"},
                   msg("Only this table; default: all"));
    command.with_tables().with_store();
    command
        .example("tushu-catalog status",
                 msg("Prints the loads, the records, the items and the faults"))
        .example("tushu-catalog status --table catalog-items --format csv -o items-by-location.csv",
                 msg("Writes one table for a spreadsheet"));
    return command.on_run([table](Context& context) { return run(context, *table); });
}

}  // namespace tushu::cmd
