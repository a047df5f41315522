// SPDX-License-Identifier: Apache-2.0
// tushu-job status - say how a run stands, or complain that it did not happen.
#include "commands.hpp"
#include "job/process.hpp"
#include "job/record.hpp"
#include "site.hpp"

#include <fmt/format.h>
#include <poll.h>

namespace tushu::cmd {
namespace {

struct Options {
    SiteOptions site;
    bool is_following = false, is_history = false;
    std::string expected;
};

job::Words words_of(const Context& ctx) {
    return ctx.options().format == "text" ? job::Words::titles : job::Words::codes;
}

/// Prints journal entries as they come, until the run has ended or nobody is at work on it.
void follow(Context& ctx, const job::Site& site) {
    constexpr int kPauseMs = 300;
    std::size_t seen = 0;
    while (true) {
        const bool is_going =
            job::is_locked(site.lock());  // before reading, so that no last line is missed
        const auto entries = job::entries_in(load_file(site.journal()), site.journal());
        bool has_ended = false;
        if (seen == 0)  // earlier runs of the slot are over: begin with the latest
            for (std::size_t i = 0; i < entries.size(); ++i)
                if (entries[i].type == "run") seen = i;
        for (; seen < entries.size(); ++seen) {
            const job::Entry& e = entries[seen];
            has_ended = e.type == "end_run";
            std::string line = fmt::format("{}  {}", e.at, e.type);
            if (!e.step.empty()) line += " " + e.step;
            if (!e.state.empty()) line += " " + e.state;
            if (e.type == "end" || has_ended) line += fmt::format(" {:.1f} s", e.seconds);
            if (e.signal != 0)
                line += fmt::format(" signal {}", e.signal);
            else if (e.exit != 0)
                line += fmt::format(" exit {}", e.exit);
            ctx.out().write(line + "\n");
        }
        ctx.out().flush();
        if (has_ended || !is_going) return;
        (void)::poll(nullptr, 0, kPauseMs);
    }
}

void say_headline(Context& ctx, const job::RunRecord& run) {
    ctx.say(msg("{} {}: {} (run {}, begun {})", run.job, run.slot,
                job::title_of(run.result).text(ctx.lang()), run.runs,
                local_text(*parse_instant(run.begun, run.zone), run.zone)));
}

Answer expect(Context& ctx, const Options& opt) {
    SiteOptions options = opt.site;
    options.slot = opt.expected;
    const job::Site site = find_site(ctx, options);
    const auto run = job::look_at(site);
    if (run && run->is_complete()) return Answer::yes;
    if (!run)
        ctx.log("error", msg("{} {} did not run", site.job, site.slot).text(ctx.lang()));
    else
        ctx.log("error", msg("{} {} is not complete: {}", site.job, site.slot,
                             job::title_of(run->result).text(ctx.lang()))
                             .text(ctx.lang()));
    return Answer::no;
}

Answer history(Context& ctx, const job::Site& any) {
    Table table;
    table.name = "job-history";
    table.title = msg("Runs of {}", any.job);
    table.columns = {{"slot", msg("Slot"), ColumnKind::day},
                     {"result", msg("Result"), ColumnKind::text},
                     {"exit", msg("Exit"), ColumnKind::integer},
                     {"runs", msg("Runs"), ColumnKind::integer},
                     {"seconds", msg("Seconds"), ColumnKind::text}};
    for (const auto& slot : job::slots_of(any.state, any.job)) {
        const auto run = job::look_at({any.state, any.job, slot});
        if (run)
            table.rows.push_back(
                {slot,
                 words_of(ctx) == job::Words::titles ? Cell(job::title_of(run->result))
                                                     : Cell(std::string(job::name_of(run->result))),
                 std::int64_t{run->exit}, run->runs, fmt::format("{:.1f}", run->seconds)});
    }
    ctx.show(table);
    return Answer::yes;
}

Answer run(Context& ctx, const Options& opt) {
    if (!opt.expected.empty()) return expect(ctx, opt);
    const job::Site site = find_site(ctx, opt.site);
    if (opt.is_history) return history(ctx, site);
    auto run = job::look_at(site);
    if (!run) throw Error(Fault::no_input, {site.folder()}, msg("this slot has never been begun"));
    if (opt.is_following) {
        follow(ctx, site);
        run = job::look_at(site);
        say_headline(ctx, *run);
    } else {
        say_headline(ctx, *run);
        ctx.show(job::steps_table(*run, words_of(ctx)));
    }
    return run->result == job::RunResult::done || run->result == job::RunResult::running
               ? Answer::yes
               : Answer::no;
}

}  // namespace

Command status_command() {
    const auto opt = std::make_shared<Options>();  // shared: outlives this function in the closures
    Command command("status", msg("Say how a run stands; exit code 1 when it needs attention"));
    add_spec_operand(command, opt->site);
    add_slot_options(command, opt->site);
    command.flag("--follow", opt->is_following, msg("Print what happens until the run has ended"));
    command.flag("--history", opt->is_history, msg("One line for each slot instead"));
    command.option(
        "--expect-slot", "DAY", opt->expected,
        msg("Say nothing when DAY's run is complete; complain with exit code 1 when it is not"));
    command.with_tables();
    command.example("tushu-job status jobs/nightly.yaml", msg("The latest run, step by step"));
    command.example("tushu-job status jobs/nightly.yaml --expect-slot yesterday",
                    msg("A second cron line: mail comes when the night did not happen"));
    command.on_run([opt](Context& ctx) { return run(ctx, *opt); });
    return command;
}

}  // namespace tushu::cmd
