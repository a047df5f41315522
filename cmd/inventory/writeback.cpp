// SPDX-License-Identifier: Apache-2.0
// tushu-inventory writeback - reviewed change files for the library system, with their inverse.
#include "inventory/writeback.hpp"

#include "base/text.hpp"
#include "commands.hpp"
#include "run.hpp"

namespace tushu::cmd {
namespace {

using namespace inventory;

struct Options {
    std::string action, session, snapshot, profile, plan, folder;
    std::vector<std::string> events, batches, was;
    std::uint64_t missing_passes = 0;
};

WritebackProfile profile_of(Context& context, const std::string& name) {
    return WritebackProfile::load(
        name.find('/') != std::string::npos
            ? name
            : context.data().find("inventory/writeback/" + name + ".yaml"));
}

Table totals(const WritebackPlan& plan) {
    Table table;
    table.name = "writeback";
    table.title = msg("Changes by batch, field and new value");
    table.columns = {{"batch", msg("Batch"), ColumnKind::code},
                     {"field", msg("Field"), ColumnKind::text},
                     {"expected", msg("Must be there"), ColumnKind::text},
                     {"new", msg("New"), ColumnKind::text},
                     {"n", msg("Changes"), ColumnKind::integer}};
    std::map<std::tuple<Batch, std::string, std::string, std::string>, std::int64_t> counts;
    for (const Change& c : plan.changes) {
        // Days of last sight are many: one line for all of them.
        const bool is_seen = c.batch == Batch::seen;
        ++counts[{c.batch, c.field, is_seen ? "*" : c.expected, is_seen ? "*" : c.next}];
    }
    for (const auto& [key, n] : counts)
        table.rows.push_back({std::string(name_of(std::get<0>(key))), std::get<1>(key),
                              std::get<2>(key), std::get<3>(key), n});
    for (const auto& [reason, n] : plan.left_out)
        table.notes.push_back(msg("left out, {}: {}", reason, n));
    return table;
}

KnownWords words_of(const Options& opt) {
    KnownWords words;
    for (const auto& pair : opt.was) {
        const std::size_t at = pair.find('=');  // an empty value is one: nothing stands there
        if (at == std::string::npos || at == 0)
            throw Error(Fault::usage, msg("option {}: \"{}\" is not of the form NAME=VALUE",
                                          "--was", printable(pair)));
        words[pair.substr(0, at)] = pair.substr(at + 1);
    }
    return words;
}

Answer run(Context& context, const Options& opt) {
    const auto need = [](const std::string& value, const char* option) {
        if (value.empty()) throw Error(Fault::usage, msg("option {} must be given", option));
    };
    if (opt.action == "plan") {
        need(opt.session, "--session");
        need(opt.snapshot, "--snapshot");
        need(opt.profile, "--profile");
        need(opt.folder, "--folder");
        const auto profile = profile_of(context, opt.profile);
        WritebackOptions options;
        options.missing_passes = static_cast<int>(std::min<std::uint64_t>(opt.missing_passes, 100));
        options.was = words_of(opt);
        if (!opt.batches.empty()) options.batches.clear();
        for (const auto& name : opt.batches) {
            const auto batch = batch_from(name);
            if (!batch)
                throw Error(Fault::usage, msg("\"{}\" is no batch of changes", printable(name)),
                            msg("the batches are seen, missing, cleared, location and returns"));
            options.batches.insert(*batch);
        }
        auto in = read_session(context, opt.session, opt.snapshot, opt.events);
        const Reconciliation result(in.log, in.snapshot, in.events,
                                    {{}, {}, {}, context.config().zone, &in.decisions});
        warn_about_scans(context, in.log, result.matching(), result.arrangement());
        auto plan = plan_writeback(result, in.log, in.snapshot, profile, options);
        plan.session = in.session.name();
        write_plan(plan, profile, opt.folder);
        for (const auto& change : plan.changes)
            context.summary().count("changes_" + std::string(name_of(change.batch)));
        context.show(totals(plan));
        return Answer::yes;
    }
    if (opt.action == "files") {
        need(opt.plan, "--plan");
        need(opt.folder, "--folder");
        const auto plan = read_plan(opt.plan);
        write_plan(plan, profile_of(context, opt.profile.empty() ? plan.profile : opt.profile),
                   opt.folder);
        context.show(totals(plan));
        return Answer::yes;
    }
    if (opt.action == "check") {
        need(opt.plan, "--plan");
        need(opt.snapshot, "--snapshot");
        const auto plan = read_plan(opt.plan);
        const auto state =
            check_plan(plan, profile_of(context, opt.profile.empty() ? plan.profile : opt.profile),
                       Snapshot::open(opt.snapshot), words_of(opt));
        Table table;
        table.name = "writeback-check";
        table.title = msg("The plan against the holdings");
        table.columns = {{"state", msg("State"), ColumnKind::code},
                         {"n", msg("Changes"), ColumnKind::integer}};
        table.rows = {{std::string("open"), state.open},
                      {std::string("done"), state.done},
                      {std::string("stale"), state.stale},
                      {std::string("gone"), state.gone}};
        for (const auto& [i, value] : state.stale_changes)
            context.warn("stale", {},
                         msg("{}: {} is \"{}\", neither \"{}\" nor \"{}\"", plan.changes[i].barcode,
                             plan.changes[i].field, printable(value),
                             printable(plan.changes[i].expected), printable(plan.changes[i].next)));
        context.show(table);
        return state.stale + state.gone == 0 ? Answer::yes : Answer::no;
    }
    throw Error(Fault::usage, msg("unknown action \"{}\"", printable(opt.action)),
                msg("the actions are plan, files and check"));
}

struct Undo {
    std::string plan, folder;
};

}  // namespace

Command writeback_command() {
    auto opt = std::make_shared<Options>();
    Command command("writeback",
                    msg("make change files for the library system, with their inverse"));
    command.operand("ACTION", opt->action, msg("plan, files or check"));
    command.option("--session", "DIR", opt->session, msg("Folder of the session"));
    command.option("--snapshot", "SNAP", opt->snapshot,
                   msg("The expected holdings; for check, later ones"));
    command.option(
        "--profile", "NAME", opt->profile,
        msg("Which system: generic, koha, horizon, aleph, folio, or a file of your own"));
    command.option("--folder", "DIR", opt->folder,
                   msg("Folder to make for the plan; must not exist"));
    command.option("--plan", "DIR", opt->plan, msg("A plan made before"));
    command.option("--events", "CSV", opt->events,
                   msg("Loans, returns and the like since the export: time, type, item"));
    command.option(
        "--batch", "NAME", opt->batches,
        msg("Only this batch (may be given again): seen, missing, cleared, location, returns"));
    command.option("--missing-passes", "N", opt->missing_passes,
                   msg("Set to missing what N passes (2 or more) went by without; without it "
                       "nothing becomes missing"));
    command.option("--was", "WORD=VALUE", opt->was,
                   msg("VALUE stands in the system where the snapshot says status WORD (for "
                       "snapshots not made from its own export)"));
    command.with_rejects().with_tables();
    command.example(
        "tushu-inventory writeback plan --session 2019-autumn --snapshot holdings.snap --profile "
        "koha --missing-passes 2 --folder plan1",
        msg("Make the sheet to review, the forward files and the inverse files"));
    command.example("tushu-inventory writeback files --plan plan1 --folder plan1-reviewed",
                    msg("After rows were struck from plan1/changes.csv"));
    command.example("tushu-inventory writeback check --plan plan1-reviewed --snapshot today.snap",
                    msg("What has been done, what is stale"));
    command.on_run([opt](Context& context) { return run(context, *opt); });
    return command;
}

Command undo_command() {
    auto opt = std::make_shared<Undo>();
    Command command("undo", msg("take a write-back plan back"));
    command.option("--plan", "DIR", opt->plan, msg("A plan made before"));
    command.required();
    command.option("--folder", "DIR", opt->folder,
                   msg("Folder to make for the plan; must not exist"));
    command.required();
    command.with_tables();
    command.example("tushu-inventory undo --plan plan1-reviewed --folder plan1-undo",
                    msg("A plan that puts the old values back where the new ones are"));
    command.on_run([opt](Context& context) {
        const auto plan = read_plan(opt->plan);
        const auto inverse = inverse_of(plan);
        write_plan(inverse, profile_of(context, plan.profile), opt->folder);
        context.show(totals(inverse));
        return Answer::yes;
    });
    return command;
}

}  // namespace tushu::cmd
