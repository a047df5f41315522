// SPDX-License-Identifier: Apache-2.0
// tushu-stats count - sums of the daily counts by month, branch, category ...
#include "base/text.hpp"
#include "commands.hpp"
#include "common/store.hpp"
#include "stats/tables.hpp"

#include <algorithm>

namespace tushu::cmd {
namespace {

struct Options {
    std::vector<std::string> measures;
    std::string by = "month";
    std::optional<Day> first, last;
    std::optional<std::string> branch, category;
};

std::vector<std::string> dimensions(const std::string& words) {
    const auto& known = stats::count_dimensions();
    std::vector<std::string> out;
    for (std::size_t at = 0; at < words.size();) {
        const std::size_t comma = std::min(words.find(',', at), words.size());
        const std::string word(trim(std::string_view(words).substr(at, comma - at)));
        if (std::find(known.begin(), known.end(), word) == known.end()) {
            const std::vector<std::string_view> views(known.begin(), known.end());
            const auto near = nearest(word, views);
            throw Error(Fault::usage,
                        msg("--by: \"{}\" is not day, month, year, branch, category or origin",
                            printable(word)),
                        near ? msg("did you mean \"{}\"?", *near) : Message());
        }
        if (std::find(out.begin(), out.end(), word) == out.end()) out.push_back(word);
        at = comma + 1;
    }
    return out;
}

Answer run(Context& context, const Options& options) {
    stats::CountQuery query{options.first,  options.last,     options.measures,
                            options.branch, options.category, dimensions(options.by)};
    const auto measures = stats::Measures::load(context.data().find("stats/measures.yaml"));
    for (const auto& measure : query.measures) {
        // Hand counts have the id of a target for their measure, which no list of measures holds.
        const bool may_be_target = measure.find_first_of("0123456789") != std::string::npos;
        if (may_be_target || measures.find(measure) != nullptr) continue;
        std::vector<std::string_view> known;
        for (const auto& one : measures.all()) known.push_back(one.id);
        const auto near = nearest(measure, known);
        throw Error(Fault::usage, msg("there is no measure \"{}\"", printable(measure)),
                    near ? msg("did you mean \"{}\"?", *near) : Message());
    }
    store::Store store = open_store(context);
    context.show(stats::count_table(store, query));
    return Answer::yes;
}

}  // namespace

Command count_command() {
    const auto options = std::make_shared<Options>();  // shared: outlives the moves of the command
    Command command("count", msg("Add up the daily counts by month, branch, category or origin"));
    command
        .operands("MEASURE", options->measures, 0,
                  msg("What to count, such as loans or T03.01; default: everything"))
        .option("--by", "WORDS", options->by,
                msg("day, month, year, branch, category, origin, joined by commas; default: month"))
        .option("--from", "DAY", options->first, msg("First day"))
        .option("--to", "DAY", options->last, msg("Last day"))
        .option("--branch", "CODE", options->branch, msg("Only this branch"))
        .option("--category", "PATTERN", options->category,
                msg("Only categories of this pattern, such as chi/*"))
        .with_store()
        .with_tables()
        .example("tushu-stats count loans renewals --by month --from 2019-01-01 --to 2019-12-31",
                 msg("A year of loans and renewals by month"))
        .example("tushu-stats count bibs_created --by category,month --format csv -o records.csv",
                 msg("New records by language and material, for Excel"))
        .on_run([options](Context& context) { return run(context, *options); });
    return command;
}

}  // namespace tushu::cmd
