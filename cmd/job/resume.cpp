// SPDX-License-Identifier: Apache-2.0
// tushu-job resume - go on with a run as it was begun: the job file of that night, its parameters,
// its folder.
#include "base/input.hpp"
#include "commands.hpp"
#include "job/diff.hpp"
#include "site.hpp"

#include <filesystem>

namespace tushu::cmd {
namespace {

namespace fs = std::filesystem;

struct Options {
    SiteOptions site;
    std::uint64_t jobs = 1;
    std::string record;
};

void show_changes(Context& ctx, const job::RunRecord& run, const job::Spec& captured,
                  const std::string& spec_file) {
    std::error_code ignored;
    if (!fs::is_regular_file(spec_file, ignored)) return;
    const std::string now = load_file(spec_file);
    if (now == captured.text) return;
    ctx.log("warning", msg("{} has changed since the run began; this run goes on with the old one:",
                           run.spec_file)
                           .text(ctx.lang()));
    for (const auto& line : job::line_diff(captured.text, now)) ctx.log("warning", "  " + line);
}

Answer run(Context& ctx, const Options& opt) {
    if (opt.jobs == 0) throw Error(Fault::usage, msg("option --jobs must be at least 1"));
    const job::Site site = find_site(ctx, opt.site);
    const auto earlier = job::look_at(site);
    if (!earlier)
        throw Error(Fault::no_input, {site.folder()}, msg("this slot has never been begun"));
    const job::Spec captured = job::load_spec(site.spec());
    const std::string record = opt.record.empty() ? "" : fs::absolute(opt.record).string();
    // Paths in the run are as seen from where it was begun.
    const std::string spec_file = fs::absolute(opt.site.spec).string();
    std::error_code error;
    fs::current_path(earlier->folder, error);
    if (error) throw system_error(Fault::no_input, earlier->folder, error.value());
    const bool is_folder = fs::is_directory(spec_file, error);
    show_changes(ctx, *earlier, captured, is_folder ? earlier->spec_file : spec_file);
    job::Spec spec = captured;
    spec.file = earlier->spec_file;
    const job::RunOptions options{opt.jobs, false, record};
    return end_of(ctx, job::run_slot(spec, earlier->parameters, site, options, host_of(ctx)));
}

}  // namespace

Command resume_command() {
    const auto opt = std::make_shared<Options>();  // shared: outlives this function in the closures
    Command command(
        "resume",
        msg("Go on with an unfinished run, with the job file and parameters it began with"));
    add_spec_operand(command, opt->site);
    add_slot_options(command, opt->site);
    command.option("--jobs", "N", opt->jobs, msg("Run up to N steps at the same time (default 1)"));
    command.option("--record", "FILE", opt->record,
                   msg("Write the run's record (run.json) to FILE too, also when it fails"));
    command.example("tushu-job resume jobs/nightly.yaml",
                    msg("Go on with the latest run, from the step that failed"));
    command.example("tushu-job resume state/job/nightly/2019-12-31",
                    msg("The same by the run's folder"));
    command.on_run([opt](Context& ctx) { return run(ctx, *opt); });
    return command;
}

}  // namespace tushu::cmd
