// SPDX-License-Identifier: Apache-2.0
// tushu-job plan - show what a run would do, and why.
#include "commands.hpp"
#include "site.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    SiteOptions site;
    bool is_again = false;
};

/// An argument as a shell would want it, so that a line can be tried by hand.
std::string quoted(const std::string& word) {
    const bool is_plain =
        !word.empty() && word.find_first_not_of(
                             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "0123456789_-./:=,+@%") == std::string::npos;
    if (is_plain) return word;
    std::string out = "'";
    for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string name_of(job::Action action) {
    switch (action) {
        case job::Action::run:
            return "run";
        case job::Action::keep:
            return "keep";
        case job::Action::skip:
            return "skip";
    }
    return {};
}

Message title_of(job::Action action) {
    switch (action) {
        case job::Action::run:
            return msg("run");
        case job::Action::keep:
            return msg("keep");
        case job::Action::skip:
            return msg("leave out");
    }
    return {};
}

Answer run(Context& ctx, const Options& opt) {
    const job::Spec spec = job::load_spec(opt.site.spec);
    const Day slot = slot_day(ctx, *opt.site.slot, spec.zone);
    const job::Values values = job::resolve(spec, slot, opt.site.settings);
    const job::Site site{state_folder(spec, opt.site, values), spec.name, text_of(slot)};
    auto earlier = job::look_at(site);
    if (earlier && earlier->is_complete() && !opt.is_again) {
        ctx.say(msg("{} {} is complete; --again runs it anew", site.job, site.slot));
        return Answer::yes;
    }
    if (opt.is_again) earlier.reset();
    Table table;
    table.name = "job-plan";
    table.title = msg("Plan of {}, {}", site.job, site.slot);
    table.columns = {{"step", msg("Step"), ColumnKind::text},
                     {"action", msg("Action"), ColumnKind::text},
                     {"reason", msg("Reason"), ColumnKind::text},
                     {"command", msg("Command"), ColumnKind::text}};
    for (const auto& plan :
         job::plan_run(spec, values, earlier ? &*earlier : nullptr, host_of(ctx))) {
        std::string line;
        for (const auto& word : plan.argv) line += (line.empty() ? "" : " ") + quoted(word);
        table.rows.push_back({plan.step->id,
                              ctx.options().format == "text" ? Cell(title_of(plan.action))
                                                             : Cell(name_of(plan.action)),
                              plan.reason, line});
    }
    ctx.show(table);
    return Answer::yes;
}

}  // namespace

Command plan_command() {
    const auto opt = std::make_shared<Options>();  // shared: outlives this function in the closures
    Command command("plan", msg("Show which steps a run would do, and why"));
    add_spec_operand(command, opt->site);
    add_slot_options(command, opt->site, SlotIs::required);
    command.flag("--again", opt->is_again, msg("As if the slot had never run"));
    command.with_tables();
    command.example("tushu-job plan jobs/nightly.yaml --slot yesterday",
                    msg("Which steps are left after a bad night"));
    command.on_run([opt](Context& ctx) { return run(ctx, *opt); });
    return command;
}

}  // namespace tushu::cmd
