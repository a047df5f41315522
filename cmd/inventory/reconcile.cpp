// SPDX-License-Identifier: Apache-2.0
// tushu-inventory reconcile - what the scans of a session say about the holdings.
#include "base/text.hpp"
#include "commands.hpp"
#include "common/store.hpp"
#include "inventory/publish.hpp"
#include "run.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    std::string session, snapshot, barcode_rules;
    std::vector<std::string> events, locations, omitted;
    std::uint64_t longest_run = 8;
    bool publish = false;
};

Answer run(Context& context, const Options& opt) {
    inventory::OutcomeSet omitted = 0;
    for (const auto& name : opt.omitted) {
        const auto outcome = inventory::outcome_from(name);
        if (!outcome) throw Error(Fault::usage, msg("\"{}\" is no outcome", printable(name)));
        omitted |= set_of(*outcome);
    }
    auto in = read_session(context, opt.session, opt.snapshot, opt.events);
    inventory::ReconcileOptions options;
    options.locations = opt.locations;
    options.coverage.longest_run =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(opt.longest_run, 1'000'000));
    options.zone = context.config().zone;
    options.decisions = &in.decisions;
    inventory::CodeRules rules;
    if (!opt.barcode_rules.empty()) {
        rules = inventory::load_code_rules(Yaml::load(opt.barcode_rules));
        options.match.rules = &rules;
    }
    Summary& summary = context.summary();
    const inventory::Reconciliation result(in.log, in.snapshot, in.events, options);
    warn_about_scans(context, in.log, result.matching(), result.arrangement());
    summary.count("scans_in", static_cast<std::int64_t>(in.log.scans.size()));
    summary.count("items_in", in.snapshot.rows());
    summary.count("items_seen", result.seen());
    summary.count("items_not_expected", result.not_expected());
    if (result.matching().repeated_segments != 0)
        summary.count("shelves_delivered_again", result.matching().repeated_segments);
    for (std::size_t o = 0; o < inventory::kOutcomes; ++o)
        if (result.counts()[o] != 0)
            summary.count("outcome_" + std::string(name_of(static_cast<inventory::Outcome>(o))),
                          result.counts()[o]);
    for (std::size_t o = 0; o < inventory::kOutcomes; ++o)
        if (result.secondary_counts()[o] != 0)
            summary.count("secondary_" + std::string(name_of(static_cast<inventory::Outcome>(o))),
                          result.secondary_counts()[o]);
    if (result.coverage().open_runs != 0)
        context.warn(
            "open_runs", {},
            msg("{} stretches of more than {} unseen books inside a shelf are taken as not scanned",
                result.coverage().open_runs, options.coverage.longest_run));
    if (result.unordered() != 0)
        context.warn(
            "no_order", {},
            msg("{} items were scanned on an unknown day and have events since the export: "
                "which came last is not known",
                result.unordered()));
    inventory::write_outcomes(result, in.log, omitted, context.out());
    if (opt.publish) {
        auto store = open_store(context);
        const std::int64_t undated =
            inventory::publish_outcomes(store, in.session, in.log, in.snapshot, result);
        if (undated != 0)
            context.warn(
                "no_date", {},
                msg("{} items were scanned on an unknown day and are in no daily count", undated));
    }
    return Answer::yes;
}

}  // namespace

Command reconcile_command() {
    auto opt = std::make_shared<Options>();
    Command command(
        "reconcile",
        msg("say of every item what the scans show: found, missing, misplaced, not covered"));
    command.option("--session", "DIR", opt->session, msg("Folder of the session"));
    command.required();
    command.option("--snapshot", "SNAP", opt->snapshot, msg("The expected holdings"));
    command.required();
    command.option("--events", "CSV", opt->events,
                   msg("Loans, returns and the like since the export: time, type, item"));
    command.option("--expect", "LOCATION", opt->locations,
                   msg("Expect only the books of this location (may be given again)"));
    command.option("--barcode-rules", "FILE", opt->barcode_rules,
                   msg("Forms of barcodes, reader's cards and shelf labels, from learn-barcode; "
                       "without it the holdings' barcodes say their form"));
    command.option("--longest-run", "N", opt->longest_run,
                   msg("More unseen books than N in a row are taken as not scanned"));
    command.option(
        "--omit", "OUTCOME", opt->omitted,
        msg("Only count lines of this outcome, such as NOTCOVERED (may be given again)"));
    command.flag("--publish", opt->publish,
                 msg("Replace this session's results and daily counts in the store"));
    command.with_output().with_rejects().with_store();
    command.example(
        "tushu-inventory reconcile --session 2019-autumn --snapshot holdings.snap -o outcomes.csv",
        msg("One line for each item and each reading that needs a word"));
    command.example(
        "tushu-inventory reconcile --session 2019-autumn --snapshot holdings.snap --events "
        "loans.csv --publish -o outcomes.csv",
        msg("With the loans since the export, and the counts into the store"));
    command.on_run([opt](Context& context) { return run(context, *opt); });
    return command;
}

}  // namespace tushu::cmd
