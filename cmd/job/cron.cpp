// SPDX-License-Identifier: Apache-2.0
// tushu-job cron - print the crontab lines that run a job and complain when it did not run.
#include "base/text.hpp"
#include "commands.hpp"
#include "site.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace tushu::cmd {
namespace {

namespace fs = std::filesystem;

struct Options {
    SiteOptions site;
    std::string at = "02:30", expect_at = "08:00", slot = "yesterday", mail = "root";
};

struct Time {
    int hour, minute;
};

Time parse_time(const std::string& option, const std::string& text) {
    const std::size_t colon = text.find(':');
    if (colon != std::string::npos) {
        const auto hour = parse_integer(text.substr(0, colon)),
                   minute = parse_integer(text.substr(colon + 1));
        if (hour && minute && *hour >= 0 && *hour < 24 && *minute >= 0 && *minute < 60)
            return {static_cast<int>(*hour), static_cast<int>(*minute)};
    }
    throw Error(Fault::usage,
                msg("option {}: \"{}\" is not a time such as 02:30", option, printable(text)));
}

/// For the shell that cron starts, and for cron itself, which takes % for a line end.
std::string quoted(const std::string& word) {
    std::string out;
    const bool is_plain =
        !word.empty() && word.find_first_not_of(
                             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "0123456789_-./:=,+@") == std::string::npos;
    for (const char c : word) {
        if (c == '\n') throw Error(Fault::usage, msg("a crontab line cannot hold a line end"));
        if (c == '%')
            out += "\\%";
        else if (c == '\'')
            out += "'\\''";
        else
            out += c;
    }
    return is_plain ? out : "'" + out + "'";
}

Answer run(Context& ctx, const Options& opt) {
    const job::Spec spec = job::load_spec(opt.site.spec);
    const Time at = parse_time("--at", opt.at),
               expect_at = parse_time("--expect-at", opt.expect_at);
    if (opt.slot != "today" && opt.slot != "yesterday")
        throw Error(Fault::usage,
                    msg("option --slot: a line that runs every night can say today or yesterday"));
    const std::string program = (fs::path(program_folder()) / "tushu-job").string();
    std::string common = quoted(fs::absolute(opt.site.spec).lexically_normal().string());
    std::string options;
    if (!opt.site.state.empty())
        options += " --state " + quoted(fs::absolute(opt.site.state).lexically_normal().string());
    for (const auto& setting : opt.site.settings) options += " --set " + quoted(setting);
    const std::string begin =
        fmt::format("cd {} && {}", quoted(fs::current_path().string()), quoted(program));
    Output& out = ctx.out();
    out.write(fmt::format("MAILTO={}\n", opt.mail));
    out.write(fmt::format("PATH={}:/usr/local/bin:/usr/bin:/bin\n", program_folder()));
    out.write(fmt::format("{} {} * * * {} run --quiet {} --slot {}{}\n", at.minute, at.hour, begin,
                          common, opt.slot, options));
    out.write(fmt::format("{} {} * * * {} status --quiet {} --expect-slot {}{}\n", expect_at.minute,
                          expect_at.hour, begin, common, opt.slot, options));
    // Cron reads the machine's clock: say so where the hour may be skipped or come twice.
    if (at.hour >= 1 && at.hour < 4)
        ctx.say(
            msg("where clocks change at night, cron may skip or repeat {}; a repeated slot does "
                "nothing, a skipped "
                "one is what the second line tells you",
                opt.at));
    return Answer::yes;
}

}  // namespace

Command cron_command() {
    const auto opt = std::make_shared<Options>();  // shared: outlives this function in the closures
    Command command("cron",
                    msg("Print the crontab lines that run a job and complain when it did not run"));
    command.operand("SPEC", opt->site.spec, msg("The job file (YAML)"));
    command.option("--at", "HH:MM", opt->at,
                   msg("When the job begins, by the machine's clock (default 02:30)"));
    command.option("--expect-at", "HH:MM", opt->expect_at,
                   msg("When it must be complete (default 08:00)"));
    command.option("--slot", "DAY", opt->slot,
                   msg("The day each run stands for: yesterday (default) or today"));
    command.option("--mail", "ADDRESS", opt->mail, msg("Who gets cron's mail (default root)"));
    command.option("--state", "DIR", opt->site.state,
                   msg("Where runs are kept; default: \"state\" of the job file"));
    command.option("--set", "NAME=VALUE", opt->site.settings,
                   msg("Give a parameter a value; repeat it for lists"));
    command.with_output();
    command.example("tushu-job cron jobs/nightly.yaml --at 01:15 --mail systems@library.example",
                    msg("Lines for \"crontab -e\", run from the current folder"));
    command.on_run([opt](Context& ctx) { return run(ctx, *opt); });
    return command;
}

}  // namespace tushu::cmd
