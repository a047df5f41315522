// SPDX-License-Identifier: Apache-2.0
// tushu-ill show - requests as a list, or one with its attempts and audit trail.
#include "commands.hpp"
#include "common/store.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    std::vector<std::string> requests;
    std::string state, partner;
};

Answer run(Context& context, const Options& options) {
    store::Store store = open_store(context);
    if (options.requests.empty()) {
        context.show(ill::request_list(store, options.state, options.partner));
        return Answer::yes;
    }
    ill::Desk desk = open_desk(context, store);
    Answer answer = Answer::yes;
    for (const auto& name : options.requests) {
        const auto request = desk.find(name);
        if (!request) {
            context.warn("unknown_reference", {}, msg("there is no request \"{}\"", name));
            answer = Answer::no;
            continue;
        }
        for (const auto& table : ill::request_tables(store, *request)) {
            context.show(table);
            if (context.options().format == "text") context.out().write('\n');
        }
    }
    return answer;
}

}  // namespace

Command show_command() {
    auto options = std::make_shared<Options>();
    Command command("show", msg("List requests, or show one with its attempts and audit trail"));
    command.operands("REQUEST", options->requests, 0,
                     msg("Requests by reference or number; none: the list"));
    command.choice("--state", options->state,
                   {"draft", "sent", "will_supply", "received", "returned", "supplied", "unfilled",
                    "cancelled"},
                   msg("Only requests in this state"));
    command.option("--partner", "CODE", options->partner, msg("Only requests at this partner"));
    command.with_tables().with_store();
    command.example("tushu-ill show --state sent", msg("What is under way"));
    command.example("tushu-ill show R-1", msg("Everything known about one request, step by step"));
    return command.on_run([options](Context& context) { return run(context, *options); });
}

}  // namespace tushu::cmd
