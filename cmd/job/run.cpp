// SPDX-License-Identifier: Apache-2.0
// tushu-job run - run a job for one day, or take up where an earlier run of that day ended.
#include "commands.hpp"
#include "site.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    SiteOptions site;
    std::uint64_t jobs = 1;
    bool is_again = false;
    std::string record;
};

Answer run(Context& ctx, const Options& opt) {
    if (opt.jobs == 0) throw Error(Fault::usage, msg("option --jobs must be at least 1"));
    const job::Spec spec = job::load_spec(opt.site.spec);
    const Day slot = slot_day(ctx, *opt.site.slot, spec.zone);
    const job::Values values = job::resolve(spec, slot, opt.site.settings);
    const job::Site site{state_folder(spec, opt.site, values), spec.name, text_of(slot)};
    const job::RunOptions options{opt.jobs, opt.is_again, opt.record};
    return end_of(ctx, job::run_slot(spec, values, site, options, host_of(ctx)));
}

}  // namespace

Command run_command() {
    const auto opt = std::make_shared<Options>();  // shared: outlives this function in the closures
    Command command("run", msg("Run a job for one day, or take up where its last run ended"));
    add_spec_operand(command, opt->site);
    add_slot_options(command, opt->site, SlotIs::required);
    command.option("--jobs", "N", opt->jobs, msg("Run up to N steps at the same time (default 1)"));
    command.flag("--again", opt->is_again,
                 msg("Run the slot from its first step, even if it is complete"));
    command.option("--record", "FILE", opt->record,
                   msg("Write the run's record (run.json) to FILE too, also when it fails"));
    command.example("tushu-job run jobs/nightly.yaml --slot yesterday",
                    msg("What cron runs every night"));
    command.example(
        "tushu-job run jobs/nightly.yaml --slot 2019-12-31 --set lib=samples/library --record "
        "out/run.json",
        msg("The last day of 2019 on the sample library"));
    command.on_run([opt](Context& ctx) { return run(ctx, *opt); });
    return command;
}

}  // namespace tushu::cmd
