// SPDX-License-Identifier: Apache-2.0
// tushu-callno learn - which scheme and rules explain a shelf that is known to be in order.
#include "callno/learn.hpp"

#include "callno/lines.hpp"
#include "commands.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace tushu::cmd {
namespace {

struct Options {
    std::string file = "-", rules, scheme;
    std::uint64_t limit = 10;
};

constexpr std::size_t kMostLines = 2'000'000;

std::vector<std::string> load_shelf(Context& context, const std::string& file) {
    const auto input = context.open(file);
    callno::LineReader lines(*input);
    std::vector<std::string> shelf;
    while (const auto line = lines.next()) {
        if (trim(*line).empty()) continue;
        if (shelf.size() == kMostLines)
            throw Error(Fault::bad_input, {input->name(), 0, 0, lines.number()},
                        msg("more than {} lines: give a few thousand spines that stand in order",
                            kMostLines));
        shelf.emplace_back(*line);
    }
    context.summary().count("records_in", static_cast<std::int64_t>(shelf.size()));
    context.note_input(*input);
    return shelf;
}

std::vector<callno::Candidate> candidates_of(Context& context, const Options& options) {
    auto candidates = callno::standard_candidates();
    if (!options.rules.empty()) {
        const callno::House house = house_of(context, options.rules);
        for (const auto& [scheme, rules, name] : house.all())
            candidates.insert(candidates.begin(), {scheme, rules, name});
    }
    if (!options.scheme.empty()) {
        const auto wanted = callno::scheme_from(options.scheme);
        std::erase_if(candidates,
                      [wanted](const auto& candidate) { return candidate.scheme != wanted; });
    }
    return candidates;
}

Answer run(Context& context, const Options& options) {
    const auto shelf = load_shelf(context, options.file);
    if (shelf.empty())
        throw Error(Fault::bad_input, {options.file}, msg("there is no call number in it"));
    const auto results = callno::learn(shelf, candidates_of(context, options));
    Table table{"callno-learn",
                msg("What explains this shelf"),
                {{"scheme", msg("Scheme"), ColumnKind::code},
                 {"settings", msg("Settings"), ColumnKind::text},
                 {"violations", msg("Violations"), ColumnKind::integer},
                 {"moves", msg("Out of order"), ColumnKind::integer},
                 {"unparsed", msg("Unparsed"), ColumnKind::integer},
                 {"share", msg("Explained"), ColumnKind::share}},
                {},
                {},
                {}};
    const auto n = static_cast<std::int64_t>(shelf.size());
    for (const auto& result : results) {
        if (table.rows.size() == options.limit) break;
        const auto violations = static_cast<std::int64_t>(result.violations());
        table.rows.push_back(
            {std::string(callno::name_of(result.candidate.scheme)), result.candidate.settings,
             violations, static_cast<std::int64_t>(result.moves),
             static_cast<std::int64_t>(result.unparsed), Share{n - violations, n}});
    }
    const auto& best = results.front();
    const auto equals = std::count_if(results.begin(), results.end(), [&best](const auto& result) {
        return result.violations() == best.violations();
    });
    if (equals > 1)
        table.notes.push_back(
            msg("{} rule sets explain this shelf equally well; more spines would tell them apart",
                equals));
    for (const auto position : best.out_of_order)
        table.notes.push_back(msg("out of order by the first: call number {}, \"{}\"", position + 1,
                                  printable(shelf[position])));
    context.show(table);
    // A shelf that the best rules explain badly is no answer.
    return best.violations() * 10 > shelf.size() ? Answer::no : Answer::yes;
}

}  // namespace

Command learn_command() {
    auto options = std::make_shared<Options>();
    Command command("learn",
                    msg("Find the scheme and rules that explain a shelf known to be in order"));
    command.operand("FILE", options->file,
                    msg("Call numbers as they stand, one a line; -: standard input"));
    std::vector<std::string> words;
    for (const auto scheme : callno::all_schemes()) words.emplace_back(callno::name_of(scheme));
    command.choice("--scheme", options->scheme, words, msg("Only rules of this scheme"));
    command.option("--rules", "FILE", options->rules,
                   msg("Try the rules of this file, too, by location"));
    command.option("--limit", "N", options->limit, msg("List the N best (10)"));
    command.with_tables();
    command.example("tushu-callno learn shelf.txt",
                    msg("200 spines in a row tell which rules a stack follows"));
    command.example("tushu-callno learn --scheme clc --rules house.yaml shelf.txt",
                    msg("Does the stack follow the house rules as written?"));
    return command.on_run([options](Context& context) { return run(context, *options); });
}

}  // namespace tushu::cmd
