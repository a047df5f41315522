// SPDX-License-Identifier: Apache-2.0
// tushu-callno sort - lines in shelf order, any number of them, in a fixed amount of memory.
#include "callno/lines.hpp"
#include "commands.hpp"
#include "common/scratch.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    CallOptions calls;
    ScratchOptions scratch{"256M"};
};

Answer run(Context& context, const Options& options) {
    const Calls calls(context, options.calls);
    ExternalSort sorter(options.scratch.limits(context));
    std::string key;
    std::int64_t unparsed = 0;
    for (const auto& file : options.calls.files) {
        const auto input = context.open(file);
        callno::LineReader lines(*input);
        context.progress().begin(msg("reading {}", file), input->raw_size());
        while (const auto line = lines.next()) {
            key.clear();
            if (!calls.append_key(key, *line)) ++unparsed;
            sorter.add(key, *line);
            context.progress().tick(input->raw_bytes(), lines.number());
        }
        context.progress().end();
        context.note_input(*input);
    }
    auto& summary = context.summary();
    summary.count("records_in", static_cast<std::int64_t>(sorter.size()));
    summary.count("unparsed", unparsed);
    summary.count("sorted_runs", static_cast<std::int64_t>(sorter.runs()));
    Output& out = context.out();
    std::int64_t written = 0;
    context.progress().begin(msg("writing in shelf order"), sorter.size());
    while (sorter.next()) {
        out.write(sorter.value());
        out.write('\n');
        ++written;
        context.progress().tick(static_cast<std::uint64_t>(written),
                                static_cast<std::uint64_t>(written));
    }
    summary.count("records_out", written);
    summary.must_add_up("records_in", {"records_out"});
    if (unparsed > 0)
        context.say(msg("not of the scheme, placed at the end: {} of {}", unparsed, written));
    return Answer::yes;
}

}  // namespace

Command sort_command() {
    auto options = std::make_shared<Options>();
    Command command("sort", msg("Put lines into shelf order by their call numbers"));
    add_call_options(command, options->calls);
    options->scratch.add_to(command);
    command.with_output();
    command.example("tushu-callno sort --scheme clc marks.txt -o sorted.txt",
                    msg("CLC call numbers in the order of the shelf"));
    command.example("tushu-callno sort --rules house.yaml --location JC1 --field 3 items.tsv",
                    msg("Lines of an item list by their third column, by the rules of one stack"));
    return command.on_run([options](Context& context) { return run(context, *options); });
}

}  // namespace tushu::cmd
