// SPDX-License-Identifier: Apache-2.0
// tushu-marc index - note where the records of a file stand, for tushu-marc get.
#include "marc/index.hpp"

#include "base/text.hpp"
#include "commands.hpp"
#include "common.hpp"

namespace tushu::cmd {
namespace {

Answer run(Context& context, const ReadArgs& args) {
    Answer answer = Answer::yes;
    if (context.options().output != "-")
        throw Error(Fault::usage, msg("an index stands beside its file, as {}.tushu-idx",
                                      printable(args.files.front())));
    for (const auto& file : args.files) {
        const auto report = marc::make_index(file, file + ".tushu-idx", args.read_options(),
                                             context.options().force);
        context.summary().count("records", static_cast<std::int64_t>(report.records));
        context.summary().count("keys", static_cast<std::int64_t>(report.keys));
        if (report.refused != 0) {
            answer = Answer::no;
            context.summary().warnings["not_indexed"] += static_cast<std::int64_t>(report.refused);
            context.log("warning",
                        msg("{}: records that cannot be read and are not in the index: {}", file,
                            report.refused)
                            .text(context.lang()));
        }
        context.say(msg("{}: {} records, {} keys", file, report.records, report.keys));
    }
    return answer;
}

}  // namespace

Command index_command() {
    auto args = std::make_shared<ReadArgs>();
    Command command("index", msg("Index a file by record number, system number and ISBN"));
    args->add_options_to(command);
    command.operands("FILE", args->files, 1,
                     msg("Files of records; neither compressed ones nor standard input"));
    command.with_output();
    command.example("tushu-marc index catalogue.mrc", msg("Makes catalogue.mrc.tushu-idx"));
    command.on_run([args](Context& context) { return run(context, *args); });
    return command;
}

}  // namespace tushu::cmd
