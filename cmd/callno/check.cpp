// SPDX-License-Identifier: Apache-2.0
// tushu-callno check - call numbers that cannot be read or look wrong, with line and reason.
#include "callno/check.hpp"

#include "callno/lines.hpp"
#include "commands.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace tushu::cmd {
namespace {

struct Options {
    CallOptions calls;
    std::uint64_t limit = 1000;
    std::vector<std::string> ignored;
};

Answer run(Context& context, const Options& options) {
    const Calls calls(context, options.calls);
    Table table{"callno-check",
                msg("Doubtful call numbers"),
                {{"file", msg("File"), ColumnKind::text},
                 {"line", msg("Line"), ColumnKind::integer},
                 {"call_number", msg("Call number"), ColumnKind::text},
                 {"code", msg("Code"), ColumnKind::code},
                 {"reason", msg("Reason"), ColumnKind::text}},
                {},
                {},
                {}};
    std::map<std::string, std::int64_t> counts;
    std::uint64_t findings = 0;
    for (const auto& file : options.calls.files) {
        const auto input = context.open(file);
        callno::LineReader lines(*input);
        context.progress().begin(msg("reading {}", file), input->raw_size());
        while (const auto line = lines.next()) {
            const auto call = calls.read(*line);
            context.progress().tick(input->raw_bytes(), lines.number());
            std::vector<callno::Finding> found;
            if (call.scheme)
                found = callno::check(*call.scheme, call.text, calls.rules());
            else
                found.push_back({"unknown_scheme", msg("the scheme is not known")});
            std::int64_t kept = 0;
            for (const auto& finding : found) {
                const std::string code(finding.code);
                if (std::find(options.ignored.begin(), options.ignored.end(), code) !=
                    options.ignored.end())
                    continue;
                ++kept;
                ++counts[code];
                if (findings++ >= options.limit) continue;
                table.rows.push_back({input->name(), static_cast<std::int64_t>(lines.number()),
                                      printable(call.text), code, finding.reason});
            }
            context.summary().count(kept > 0 ? "doubtful" : "good");
        }
        context.progress().end();
        context.summary().count("records_in", static_cast<std::int64_t>(lines.number()));
        context.note_input(*input);
    }
    context.summary().must_add_up("records_in", {"good", "doubtful"});
    for (const auto& [code, count] : counts) {
        context.summary().warnings[code] = count;
        table.notes.push_back(verbatim(code + ": " + std::to_string(count)));
    }
    if (findings > options.limit)
        table.notes.push_back(
            msg("{} findings more are not listed; --limit shows them", findings - options.limit));
    context.show(table);
    return findings > 0 ? Answer::no : Answer::yes;
}

}  // namespace

Command check_command() {
    auto options = std::make_shared<Options>();
    Command command("check", msg("List call numbers that cannot be read or look wrong"));
    add_call_options(command, options->calls);
    command.option("--limit", "N", options->limit,
                   msg("List at most N findings (1000); all are counted"));
    command.option("--ignore", "CODE", options->ignored,
                   msg("Findings of this code do not matter; may be repeated"));
    command.with_tables();
    command.example("tushu-callno check --scheme clc marks.txt",
                    msg("What to correct before a stock-taking"));
    command.example("tushu-callno check --scheme mixed --ignore class_alone --format csv marks.tsv",
                    msg("Several schemes in one list; exit code 1 when there is anything left"));
    return command.on_run([options](Context& context) { return run(context, *options); });
}

}  // namespace tushu::cmd
