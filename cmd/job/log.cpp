// SPDX-License-Identifier: Apache-2.0
// tushu-job log - print what a step wrote.
#include "base/text.hpp"
#include "commands.hpp"
#include "site.hpp"

#include <filesystem>

namespace tushu::cmd {
namespace {

struct Options {
    SiteOptions site;
    std::string step, stream = "both";
    std::optional<std::uint64_t> attempt;
};

void copy(Context& ctx, const std::string& path) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) return;
    const auto input = Input::open(path);
    while (!input->window().empty() || input->more()) {
        ctx.out().write(input->window());
        input->consume(input->window().size());
    }
}

Answer run(Context& ctx, const Options& opt) {
    const job::Site site = find_site(ctx, opt.site);
    const auto run = job::look_at(site);
    if (!run) throw Error(Fault::no_input, {site.folder()}, msg("this slot has never been begun"));
    const job::StepRecord* const step = run->find(opt.step);
    if (step == nullptr) {
        std::vector<std::string_view> known;
        for (const auto& s : run->steps) known.push_back(s.id);
        const auto near = nearest(opt.step, known);
        throw Error(Fault::usage, {site.folder()},
                    msg("the run has no step \"{}\"", printable(opt.step)),
                    near ? msg("did you mean \"{}\"?", *near) : Message());
    }
    if (step->attempts == 0)
        throw Error(Fault::no_input, {site.folder()}, msg("step \"{}\" has not begun", step->id));
    const auto last = static_cast<std::uint64_t>(step->attempts);
    const std::uint64_t attempt = opt.attempt.value_or(last);
    if (attempt == 0 || attempt > last)
        throw Error(Fault::usage, {site.folder()},
                    msg("step \"{}\" has attempts 1 to {}", step->id, last));
    for (const std::string_view kind : {"out", "err"})
        if (opt.stream == "both" || opt.stream == kind)
            copy(ctx, site.log(step->id, static_cast<int>(attempt), kind));
    return Answer::yes;
}

}  // namespace

Command log_command() {
    const auto opt = std::make_shared<Options>();  // shared: outlives this function in the closures
    Command command("log", msg("Print what a step wrote, standard output first"));
    add_spec_operand(command, opt->site);
    command.operand("STEP", opt->step, msg("The step's id"));
    add_slot_options(command, opt->site);
    command.option("--attempt", "N", opt->attempt, msg("Which attempt; default: the last"));
    command.choice("--stream", opt->stream, {"both", "out", "err"},
                   msg("Standard output, standard error, or both"));
    command.with_output();
    command.example("tushu-job log jobs/nightly.yaml load-cnmarc",
                    msg("What the step said in the latest run"));
    command.on_run([opt](Context& ctx) { return run(ctx, *opt); });
    return command;
}

}  // namespace tushu::cmd
