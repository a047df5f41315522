// SPDX-License-Identifier: Apache-2.0
// tushu-stats plan - where the annual work plan stands.
#include "commands.hpp"
#include "common/store.hpp"
#include "stats/tables.hpp"
#include "stats/targets.hpp"

#include <algorithm>

namespace tushu::cmd {
namespace {

struct Options {
    std::string year;
    std::optional<Day> as_of;
    bool milestones = false, check = false;
};

Answer run(Context& context, const Options& options) {
    const Day as_of = options.as_of.value_or(context.today());
    const auto definitions = stats::Definitions::load(context.data(), options.year, as_of);
    store::Store store = open_store(context);
    Table table = options.milestones ? stats::milestones_table(store, definitions.plan, as_of)
                                     : stats::plan_table(store, definitions.plan, as_of);
    if (context.options().format == "text") {
        // People read words; CSV and JSON keep the codes.
        for (auto& row : table.rows) {
            for (std::size_t i = 0; i < row.size(); ++i) {
                if (table.columns[i].key == "state")
                    row[i] = stats::state_text(std::get<std::string>(row[i]));
                if (table.columns[i].key == "op")
                    row[i] = stats::op_text(std::get<std::string>(row[i]));
            }
        }
    }
    context.show(table);
    if (!options.check) return Answer::yes;
    const stats::PlanProgress progress = stats::progress(store, definitions.plan, as_of);
    const bool is_behind =
        std::any_of(progress.targets.begin(), progress.targets.end(),
                    [](const auto& one) { return one.state == stats::State::behind; }) ||
        std::any_of(progress.milestones.begin(), progress.milestones.end(),
                    [](const auto& one) { return one.state == stats::MilestoneState::overdue; });
    return is_behind ? Answer::no : Answer::yes;
}

}  // namespace

Command plan_command() {
    const auto options = std::make_shared<Options>();  // shared: outlives the moves of the command
    Command command("plan", msg("Show how the targets of a work plan stand"));
    command
        .option("--plan", "YEAR", options->year,
                msg("The work plan; default: that of --as-of, or the newest before"))
        .option("--as-of", "DAY", options->as_of, msg("The day to look from; default: today"))
        .flag("--milestones", options->milestones,
              msg("Show the milestones instead of the targets"))
        .flag("--check", options->check,
              msg("Exit code 1 when a target is behind or a milestone is overdue"))
        .with_store()
        .with_tables()
        .example("tushu-stats plan --plan 2019 --as-of 2019-09-30",
                 msg("Targets after three quarters of the year"))
        .example("tushu-stats plan --as-of 2019-12-31 --format csv -o plan.csv",
                 msg("The year's result as a table"))
        .on_run([options](Context& context) { return run(context, *options); });
    return command;
}

}  // namespace tushu::cmd
