// SPDX-License-Identifier: Apache-2.0
// tushu-callno sort - lines in shelf order, any number of them, in a fixed amount of memory.
#include "callno/sort.hpp"
#include "callno/lines.hpp"
#include "commands.hpp"

#include "base/text.hpp"

#include <filesystem>

namespace tushu::cmd {
namespace {

struct Options {
    CallOptions calls;
    std::string memory = "256M", scratch;
};

/// "256M", "1G", "65536K" or bytes.
std::size_t bytes_of(const std::string& text) {
    const std::string_view units = "KMG";
    const std::size_t unit = text.empty() ? std::string_view::npos : units.find(text.back());
    const bool has_unit = unit != std::string_view::npos;
    const auto number =
        parse_integer(std::string_view(text).substr(0, text.size() - (has_unit ? 1 : 0)));
    constexpr std::int64_t kMost = std::int64_t{1} << 20;  // of any unit: a terabyte and more
    if (!number || *number < 1 || (has_unit && *number > kMost))
        throw Error(Fault::usage,
                    msg("option --memory: \"{}\" is not a size such as 256M", printable(text)));
    return static_cast<std::size_t>(*number) << (has_unit ? 10U * (unit + 1) : 0U);
}

std::string scratch_folder(const Options& options, const Context& context) {
    if (!options.scratch.empty()) return options.scratch;
    if (const auto named = Context::environment("TMPDIR")) return *named;
    // Beside the result there is room for it, or the result would not fit either.
    const std::string& output = context.options().output;
    if (output == "-" || output.starts_with("/dev/")) return "/tmp";
    const auto folder = std::filesystem::path(output).parent_path().string();
    return folder.empty() ? "." : folder;
}

Answer run(Context& context, const Options& options) {
    const Calls calls(context, options.calls);
    callno::Sorter sorter({bytes_of(options.memory), scratch_folder(options, context)});
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
    summary.count("records_in", static_cast<std::int64_t>(sorter.lines()));
    summary.count("unparsed", unparsed);
    summary.count("sorted_runs", static_cast<std::int64_t>(sorter.runs()));
    Output& out = context.out();
    std::int64_t written = 0;
    context.progress().begin(msg("writing in shelf order"), sorter.lines());
    sorter.finish([&](std::string_view line) {
        out.write(line);
        out.write('\n');
        ++written;
        context.progress().tick(static_cast<std::uint64_t>(written),
                                static_cast<std::uint64_t>(written));
    });
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
    command.option(
        "--memory", "SIZE", options->memory,
        msg("Memory for lines and keys (256M); more lines than fit go through a scratch file"));
    command.option(
        "--scratch", "FOLDER", options->scratch,
        msg("Where the scratch file lies; default: $TMPDIR, else beside the output, else /tmp"));
    command.with_output();
    command.example("tushu-callno sort --scheme clc marks.txt -o sorted.txt",
                    msg("CLC call numbers in the order of the shelf"));
    command.example("tushu-callno sort --rules house.yaml --location JC1 --field 3 items.tsv",
                    msg("Lines of an item list by their third column, by the rules of one stack"));
    return command.on_run([options](Context& context) { return run(context, *options); });
}

}  // namespace tushu::cmd
