// SPDX-License-Identifier: Apache-2.0
// tushu-stats load - take circulation logs and signed hand counts into the store, each event once.
#include "base/text.hpp"
#include "commands.hpp"
#include "common/store.hpp"
#include "stats/circulation.hpp"
#include "stats/hand.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    std::string kind;
    std::vector<std::string> files;
    std::string replaces, plan;
};

void say_what_was_done(Context& context, store::Store& store, const std::string& kind,
                       const std::string& file, const stats::LoadReport& report,
                       bool is_replacement) {
    if (report.is_repeat) {
        context.say(msg("{}: is in the store already, nothing was changed", file));
        return;
    }
    context.say(msg("{}: {} rows: {} counted, {} duplicates, {} refused", file, report.rows_in,
                    report.counted, report.duplicates, report.rejects));
    if (is_replacement) return;
    for (const auto& other :
         stats::loads::same_name(store, kind, stats::loads::base_name(file), report.sha256))
        context.say(
            msg("{}: another file of this name ({}) was loaded before; its counts stay, for "
                "--replaces {} was not given",
                file, other.sha256.substr(0, 12), other.sha256.substr(0, 12)));
}

Answer run(Context& context, const Options& options) {
    if (options.kind != "circulation" && options.kind != "hand")
        throw Error(Fault::usage,
                    msg("\"{}\" is neither \"circulation\" nor \"hand\"", printable(options.kind)));
    const bool is_circulation = options.kind == "circulation";
    if (!options.replaces.empty() && options.files.size() != 1)
        throw Error(Fault::usage,
                    msg("--replaces goes with one file, not with {}", options.files.size()));

    const auto definitions = stats::Definitions::load(context.data(), options.plan);
    stats::CirculationOptions circulation;
    circulation.zone = context.config().zone;
    if (is_circulation) circulation.patron_key = context.patron_key();
    circulation.scratch = Context::environment("TMPDIR").value_or("/tmp");
    store::Store store = open_store(context);
    std::optional<stats::LoadedFile> replaced;
    if (!options.replaces.empty())
        replaced = stats::loads::find(store, options.kind, options.replaces);
    const std::string now = text_of(context.now());

    Summary& summary = context.summary();
    summary.must_add_up("records_in", {"counted", "duplicates", "already_loaded", "rejects"});
    (void)context.rejects();  // the reject file appears, empty, even when nothing is refused
    for (const auto& file : options.files) {
        const auto input = context.open_hashed(file);
        context.progress().begin(msg("Counting {}", input->name()), input->raw_size());
        const stats::LoadEvents events{
            [&context](std::string_view code, const Error& error, std::string_view raw) {
                context.reject(code, error, raw);
            },
            [&context](std::string_view code, const Where& where, const Message& message) {
                context.warn(code, where, message);
            },
            [&context, &input](std::uint64_t rows) {
                context.progress().tick(input->raw_bytes(), rows);
            }};
        std::vector<stats::LoadedFile> leaning;
        if (replaced) leaning = stats::loads::leaning_on(store, *replaced);
        const stats::LoadReport report =
            is_circulation
                ? stats::load_circulation(store, definitions.measures, *input, circulation,
                                          replaced, now, events)
                : stats::load_hand_counts(store, definitions.plan, *input, replaced, now, events);
        context.progress().end();
        context.note_input(*input);
        summary.count("records_in", report.rows_in);
        summary.count("counted", report.counted);
        summary.count("duplicates", report.duplicates);
        summary.count("already_loaded", report.already_loaded);
        say_what_was_done(context, store, options.kind, input->name(), report,
                          replaced.has_value());
        for (const auto& other : leaning)
            if (other.sha256 != report.sha256 && !report.is_repeat)
                context.warn(
                    "overlap_replaced", {other.file},
                    msg("{} of its events were counted in the file that has been replaced; where "
                        "the new file lacks them, load it again with --replaces {}",
                        other.counted, other.sha256.substr(0, 12)));
    }
    return Answer::yes;
}

}  // namespace

Command load_command() {
    const auto options = std::make_shared<Options>();  // shared: outlives the moves of the command
    Command command("load", msg("Load circulation logs or signed hand counts, each event once"));
    command.operand("KIND", options->kind, msg("What the files are: circulation or hand"))
        .operands("FILE", options->files, 1,
                  msg("CSV files, also .gz, .zst and .xz, or - for standard input"))
        .option(
            "--replaces", "FILE|SHA", options->replaces,
            msg("Take the counts of an earlier file back first, named by its file name or SHA-256"))
        .option("--plan", "YEAR", options->plan,
                msg("The work plan whose targets hand counts may name; default: the newest"))
        .with_rejects()
        .with_store()
        .example("tushu-stats load circulation logs/2019-03.csv",
                 msg("Counts one month by day, branch and type"))
        .example(
            "tushu-stats load circulation logs/2019-*.csv.gz --rejects refused.csv --max-rejects "
            "1%",
            msg("Counts a year; rows that stand in two files count once"))
        .example("tushu-stats load hand counts.csv --replaces counts.csv",
                 msg("Takes a corrected register in place of the one loaded before"))
        .on_run([options](Context& context) { return run(context, *options); });
    return command;
}

}  // namespace tushu::cmd
