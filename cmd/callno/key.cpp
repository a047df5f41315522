// SPDX-License-Identifier: Apache-2.0
// tushu-callno key - the sort key of each line, in hexadecimal, in front of the line.
#include "callno/lines.hpp"
#include "commands.hpp"

namespace tushu::cmd {
namespace {

Answer run(Context& context, const CallOptions& options) {
    const Calls calls(context, options);
    Output& out = context.out();
    std::string key, hex;
    for (const auto& file : options.files) {
        const auto input = context.open(file);
        callno::LineReader lines(*input);
        while (const auto line = lines.next()) {
            key.clear();
            context.summary().count(calls.append_key(key, *line) ? "parsed" : "unparsed");
            hex.clear();
            for (const char c : key) {
                constexpr std::string_view kDigits = "0123456789abcdef";
                const auto byte = static_cast<unsigned char>(c);
                hex += kDigits[byte >> 4U];
                hex += kDigits[byte & 0xFU];
            }
            out.write(hex);
            out.write('\t');
            out.write(*line);
            out.write('\n');
        }
        context.summary().count("records_in", static_cast<std::int64_t>(lines.number()));
        context.note_input(*input);
    }
    context.summary().must_add_up("records_in", {"parsed", "unparsed"});
    return Answer::yes;
}

}  // namespace

Command key_command() {
    auto options = std::make_shared<CallOptions>();
    Command command("key", msg("Print the sort key of each call number in front of its line"));
    add_call_options(command, *options);
    command.with_output();
    command.example("tushu-callno key --scheme clc marks.txt | LC_ALL=C sort",
                    msg("Keys are plain bytes: any tool that compares bytes can sort, search and "
                        "cut ranges by them"));
    command.example("echo 'QA76.9 .C5' | tushu-callno key --scheme lc", msg("One key"));
    return command.on_run([options](Context& context) { return run(context, *options); });
}

}  // namespace tushu::cmd
