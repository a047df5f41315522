// SPDX-License-Identifier: Apache-2.0
// tushu-ill confirm - record what happened to requests: sent, received, supplied, unfilled ...
#include "commands.hpp"
#include "common/store.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    std::string from;
    ill::Event event;
    std::vector<std::string> requests;
};

void confirm_file(Context& context, store::Store& store, ill::Desk& desk, const std::string& file) {
    take_list(
        context, store, desk, "ill-events", file,
        [](Input& input) { return ill::EventReader(input); },
        [&](const ill::Event& event, std::int64_t) -> std::optional<ill::Refusal> {
            auto refusal = desk.apply(event, context.now());
            if (refusal && refusal->code != "repeated") return refusal;
            context.summary().count(refusal ? "repeated" : "recorded");
            return std::nullopt;
        });
}

Answer run(Context& context, const Options& options) {
    store::Store store = open_store(context);
    ill::Desk desk = open_desk(context, store);
    if (!options.from.empty()) {
        if (!options.requests.empty() || !options.event.event.empty())
            throw Error(Fault::usage,
                        msg("give either --from FILE or --event with requests, not both"));
        context.summary().must_add_up("records_in", {"recorded", "repeated", "rejects"});
        confirm_file(context, store, desk, options.from);
        context.say(msg("events: {} read, {} recorded, {} refused",
                        context.summary().counts["records_in"],
                        context.summary().counts["recorded"], context.summary().total_rejects()));
        return Answer::yes;
    }
    if (options.event.event.empty() || options.requests.empty())
        throw Error(
            Fault::usage, msg("name the event and the requests, or a file"),
            msg("for instance: tushu-ill confirm --event sent --number 4711 --operator Wang R-1"));
    store::Transaction transaction(store);
    for (const auto& request : options.requests) {
        ill::Event event = options.event;
        event.reference = request;
        if (event.day.empty()) event.day = text_of(context.today());
        if (const auto refusal = desk.apply(event, context.now())) {
            if (refusal->code == "repeated") {
                context.say(refusal->message);
                continue;
            }
            throw Error(Fault::usage, refusal->message);
        }
    }
    desk.count();
    transaction.commit();
    return Answer::yes;
}

}  // namespace

Command confirm_command() {
    auto options = std::make_shared<Options>();
    Command command("confirm",
                    msg("Record what happened to requests: sent, received, supplied, unfilled"));
    command.operands("REQUEST", options->requests, 0, msg("Requests by reference or number"));
    command.choice(
        "--event", options->event.event,
        {"sent", "will_supply", "received", "supplied", "returned", "unfilled", "cancelled"},
        msg("What happened"));
    command.option("--number", "TEXT", options->event.partner_number,
                   msg("The partner's number; nothing is sent without it"));
    command.option("--operator", "NAME", options->event.operator_name, msg("Who says so"));
    command.option("--day", "DAY", options->event.day, msg("When it happened; default today"));
    command.option("--note", "TEXT", options->event.note, msg("A remark for the audit trail"));
    command.option("--from", "FILE", options->from,
                   msg("CSV with a header: reference, event, day, partner_number, operator, note"));
    command.with_rejects().with_store();
    command.example("tushu-ill confirm --event sent --number C2019-77 --operator Wang R-1",
                    msg("The order was placed: CALIS gave it the number C2019-77"));
    command.example(
        "tushu-ill confirm --from confirmations.csv --rejects refused.csv",
        msg("Records a whole day's events; what the state machine forbids goes to refused.csv"));
    return command.on_run([options](Context& context) { return run(context, *options); });
}

}  // namespace tushu::cmd
