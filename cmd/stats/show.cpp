// SPDX-License-Identifier: Apache-2.0
// tushu-stats show - ask a number of the plan where it comes from.
#include "commands.hpp"
#include "common/store.hpp"
#include "stats/tables.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    std::string id, year, part = "all";
    std::optional<Day> as_of;
};

Answer run(Context& context, const Options& options) {
    if (options.part == "all" && context.options().format != "text")
        throw Error(Fault::usage, msg("--format {} holds one table: choose one with --part",
                                      context.options().format));
    const Day as_of = options.as_of.value_or(context.today());
    const auto definitions = stats::Definitions::load(context.data(), options.year, as_of);
    store::Store store = open_store(context);
    const stats::Explanation answer = stats::explain(store, definitions, options.id, as_of);
    const std::pair<std::string_view, const Table*> parts[] = {{"facts", &answer.facts},
                                                               {"months", &answer.months},
                                                               {"inputs", &answer.inputs},
                                                               {"entries", &answer.entries}};
    bool is_first = true;
    for (const auto& [name, table] : parts) {
        if (options.part == "all" ? table->rows.empty() : options.part != name) continue;
        if (!is_first) context.out().write("\n");
        is_first = false;
        context.show(*table);
    }
    return Answer::yes;
}

}  // namespace

Command show_command() {
    const auto options = std::make_shared<Options>();  // shared: outlives the moves of the command
    Command command(
        "show",
        msg("Show where a number of the plan comes from: definition, formula, inputs, months"));
    command
        .operand("TARGET", options->id, msg("Id of a target or milestone, such as T01.02 or M09"))
        .option("--plan", "YEAR", options->year,
                msg("The work plan; default: that of --as-of, or the newest before"))
        .option("--as-of", "DAY", options->as_of, msg("The day to look from; default: today"))
        .choice("--part", options->part, {"all", "facts", "months", "inputs", "entries"},
                msg("Which table to show; csv and json hold one"))
        .with_store()
        .with_tables()
        .example("tushu-stats show T01.02 --as-of 2019-12-31",
                 msg("What stands behind the circulation of the year"))
        .example("tushu-stats show T03.01 --part entries --format csv",
                 msg("The signed hand counts of one target"))
        .on_run([options](Context& context) { return run(context, *options); });
    return command;
}

}  // namespace tushu::cmd
