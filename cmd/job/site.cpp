// SPDX-License-Identifier: Apache-2.0
#include "site.hpp"

#include "base/text.hpp"
#include "common/version.hpp"
#include "job/record.hpp"

#include <unistd.h>

#include <csignal>
#include <filesystem>

namespace tushu::cmd {
namespace fs = std::filesystem;

void add_spec_operand(Command& command, SiteOptions& options) {
    command.operand("SPEC", options.spec,
                    msg("The job file (YAML), or the folder of one slot's run"));
}

void add_slot_options(Command& command, SiteOptions& options, SlotIs slot) {
    command.option("--slot", "DAY", options.slot,
                   msg("The day the run stands for: 2019-12-31, today or yesterday"));
    if (slot == SlotIs::required) command.required();
    command.option("--state", "DIR", options.state,
                   msg("Where runs are kept; default: \"state\" of the job file"));
    command.option("--set", "NAME=VALUE", options.settings,
                   msg("Give a parameter a value; repeat it for lists"));
}

Day slot_day(Context& ctx, const std::string& text, const std::string& zone) {
    const Day today = local_day(ctx.now(), zone);
    if (text == "today") return today;
    if (text == "yesterday") return plus_days(today, -1);
    if (const auto day = parse_day(text)) return *day;
    throw Error(
        Fault::usage,
        msg("\"{}\" is neither a day such as 2019-12-31 nor today or yesterday", printable(text)));
}

std::string state_folder(const job::Spec& spec, const SiteOptions& options,
                         const job::Values& values) {
    return fs::absolute(options.state.empty() ? job::expand(spec.state, values) : options.state)
        .lexically_normal()
        .string();
}

job::Site find_site(Context& ctx, const SiteOptions& options) {
    std::error_code ignored;
    if (fs::is_directory(options.spec, ignored)) {
        const fs::path folder = fs::canonical(options.spec, ignored);
        if (!fs::exists(folder / "journal.jsonl", ignored) ||
            !parse_day(folder.filename().string()))
            throw Error(Fault::no_input, {options.spec}, msg("is not the folder of a run"));
        return {folder.parent_path().parent_path().string(),
                folder.parent_path().filename().string(), folder.filename().string()};
    }
    const job::Spec spec = job::load_spec(options.spec);
    job::Site site;
    site.job = spec.name;
    // Any day will do: the state folder depends on parameters only.
    site.state =
        options.state.empty()
            ? state_folder(spec, options,
                           job::resolve(spec, Day(std::chrono::sys_days()), options.settings))
            : state_folder(spec, options, {});
    if (options.slot) {
        site.slot = text_of(slot_day(ctx, *options.slot, spec.zone));
        return site;
    }
    const auto slots = job::slots_of(site.state, site.job);
    if (slots.empty())
        throw Error(Fault::no_input, {site.state}, msg("the job \"{}\" has not run yet", site.job));
    site.slot = slots.back();
    return site;
}

job::SearchPath search_path() {
    job::SearchPath out{program_folder()};
    const std::string path = Context::environment("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
    for (std::size_t at = 0; at <= path.size();) {
        const std::size_t end = std::min(path.find(':', at), path.size());
        out.push_back(path.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

job::Host host_of(Context& ctx) {
    job::Host host;
    host.search = search_path();
    for (char** entry = environ; *entry != nullptr; ++entry) host.env.emplace_back(*entry);
    host.version = kVersion;
    host.clock = [&ctx] { return ctx.now(); };
    host.say = [&ctx](job::Level level, const Message& message) {
        if (level == job::Level::info)
            ctx.say(message);
        else
            ctx.log(level == job::Level::warning ? "warning" : "error", message.text(ctx.lang()));
    };
    return host;
}

Answer end_of(Context& ctx, const job::RunReport& report) {
    const job::RunRecord& run = report.record;
    if (report.was_complete) return Answer::yes;
    for (const auto& step : run.steps)
        ctx.summary().count("steps_" + std::string(job::name_of(step.state)));
    ctx.summary().count("steps", static_cast<std::int64_t>(run.steps.size()));
    if (report.signal != 0) {
        ctx.write_summary(128 + report.signal, "stopped by a signal");
        std::signal(report.signal, SIG_DFL);
        std::raise(report.signal);
    }
    if (run.result == job::RunResult::failed && run.exit != 1) {
        std::string failed;
        for (const auto& step : run.steps)
            if (step.state == job::StepState::failed)
                failed += (failed.empty() ? "" : ", ") + step.id;
        throw Error(
            static_cast<Fault>(run.exit), msg("{} {} failed at: {}", run.job, run.slot, failed),
            msg("when the cause is gone, run the same command again: finished steps are kept"));
    }
    ctx.say(msg("{} {}: {}", run.job, run.slot, job::title_of(run.result).text(ctx.lang())));
    return run.exit == 0 ? Answer::yes : Answer::no;
}

}  // namespace tushu::cmd
