// SPDX-License-Identifier: Apache-2.0
// tushu-marc count - how many records each file holds.
#include "marc/count.hpp"

#include "commands.hpp"
#include "common.hpp"

namespace tushu::cmd {
namespace {

Answer run(Context& context, const ReadArgs& args) {
    for (const auto& file : args.files) {
        const auto input = context.open(file);
        context.progress().begin(verbatim(input->name()), input->raw_size());
        const std::uint64_t count = marc::count_records(
            *input, args.read_options(),
            [&](const marc::Rejected& reject) {
                context.reject(reject.code, reject.error, reject.raw, reject.key);
            },
            [&](std::uint64_t n) {
                for (int i = 0; i < 1024; ++i) context.progress().tick(input->raw_bytes(), n);
            });
        context.summary().count("records", static_cast<std::int64_t>(count));
        context.summary().count("records_in", static_cast<std::int64_t>(count));
        context.out().write(std::to_string(count) + "\t" + file + "\n");
        context.note_input(*input);
    }
    context.summary().count("records_in", context.summary().total_rejects());
    context.summary().must_add_up("records_in", {"records", "rejects"});
    return Answer::yes;
}

}  // namespace

Command count_command() {
    auto args = std::make_shared<ReadArgs>();
    Command command("count", msg("Print how many records each file holds"));
    args->add_to(command);
    command.with_output().with_rejects();
    command.example("tushu-marc count *.mrc", msg("One line a file: the number, a tab, the name"));
    command.example("zcat export.xml.gz | tushu-marc count",
                    msg("From standard input, in any format"));
    command.on_run([args](Context& context) { return run(context, *args); });
    return command;
}

}  // namespace tushu::cmd
