// SPDX-License-Identifier: Apache-2.0
// tushu-report list - the tables a report would hold.
#include "commands.hpp"
#include "common/store.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    std::string plan;
    std::optional<Day> as_of;
};

Answer run(Context& context, const Options& options) {
    store::Store store = open_store(context);
    Table list;
    list.name = "report-tables";
    list.title = msg("Tables of the report");
    list.columns = {{"section", msg("Section"), ColumnKind::text},
                    {"table", msg("Table"), ColumnKind::text},
                    {"title", msg("Title"), ColumnKind::text},
                    {"rows", msg("Rows"), ColumnKind::integer}};
    const Day as_of = options.as_of.value_or(context.today());
    for (const auto& section : collect_sections(context, store, options.plan, as_of))
        for (const auto& view : section.views)
            list.rows.push_back({section.id, view.table.name, view.table.title,
                                 static_cast<std::int64_t>(view.table.rows.size())});
    context.show(list);
    return Answer::yes;
}

}  // namespace

Command list_command() {
    auto options = std::make_shared<Options>();
    Command command("list", msg("List the tables that a report would hold, with their sizes"));
    command.option("--plan", "YEAR", options->plan,
                   msg("The work plan; default: that of --as-of, or the newest before"));
    command.option("--as-of", "DAY", options->as_of,
                   msg("The day the report stands for; default today"));
    command.with_tables().with_store();
    command.example("tushu-report list --as-of 2019-12-31",
                    msg("What the report of New Year's Eve would hold"));
    return command.on_run([options](Context& context) { return run(context, *options); });
}

}  // namespace tushu::cmd
