// SPDX-License-Identifier: Apache-2.0
// tushu-catalog show - one record with its items.
#include "catalog/show.hpp"

#include "base/text.hpp"
#include "commands.hpp"
#include "common/store.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    std::string number;
    bool with_fields = false;
};

Answer run(Context& context, const Options& options) {
    store::Store store = open_store(context);
    const std::string text =
        catalog::describe(store, options.number, context.lang(), options.with_fields);
    if (text.empty()) {
        context.log("error", msg("\"{}\" is neither a control number nor a barcode here",
                                 printable(options.number))
                                 .text(context.lang()));
        return Answer::no;
    }
    context.out().write(text);
    return Answer::yes;
}

}  // namespace

Command show_command() {
    auto options = std::make_shared<Options>();
    Command command("show", msg("Show one record with its items"));
    command.operand("NUMBER", options->number, msg("A control number (001) or a barcode"));
    command.flag("--marc", options->with_fields, msg("Show the MARC fields too"));
    command.with_output().with_store();
    command.example("tushu-catalog show 990002180740203961 --marc",
                    msg("Shows a record, its items and its MARC fields"));
    return command.on_run([options](Context& context) { return run(context, *options); });
}

}  // namespace tushu::cmd
