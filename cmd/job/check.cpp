// SPDX-License-Identifier: Apache-2.0
// tushu-job check - say everything that is wrong with a job file before midnight does.
#include "commands.hpp"
#include "site.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    std::string spec;
    bool without_programs = false;
};

Answer run(Context& ctx, const Options& opt) {
    std::vector<Error> problems;
    const auto input = ctx.open(opt.spec);
    std::string text;
    while (!input->window().empty() || input->more()) {
        text += input->window();
        input->consume(input->window().size());
    }
    ctx.note_input(*input);
    const job::Spec spec = job::parse_spec(std::move(text), opt.spec, problems);
    Fault fault = Fault::usage;
    if (problems.empty() && !opt.without_programs) {
        fault = Fault::config;
        for (const auto& e : job::check_programs(spec, search_path()))
            problems.emplace_back(e.fault(),
                                  Where{opt.spec, 0, 0, e.where().line, e.where().column},
                                  e.message(), e.hint());
    }
    ctx.summary().count("steps", static_cast<std::int64_t>(spec.steps.size()));
    ctx.summary().count("problems", static_cast<std::int64_t>(problems.size()));
    // All but the last here; the last ends the command.
    for (std::size_t i = 0; i + 1 < problems.size(); ++i)
        ctx.log("error", problems[i].text(ctx.lang()), &problems[i]);
    if (!problems.empty()) {
        const Error& last = problems.back();
        throw Error(fault, last.where(), last.message(), last.hint());
    }
    ctx.say(msg("{}: {} steps, nothing is wrong", spec.name, spec.steps.size()));
    return Answer::yes;
}

}  // namespace

Command check_command() {
    const auto opt = std::make_shared<Options>();  // shared: outlives this function in the closures
    Command command(
        "check",
        msg("Check a job file whole: keys, needs, parameters, programs and their options"));
    command.operand("SPEC", opt->spec, msg("The job file (YAML), or - for standard input"));
    command.flag("--no-programs", opt->without_programs,
                 msg("Do not look for the programs: they are on another machine"));
    command.example("tushu-job check jobs/nightly.yaml", msg("Before the night, not in it"));
    command.on_run([opt](Context& ctx) { return run(ctx, *opt); });
    return command;
}

}  // namespace tushu::cmd
