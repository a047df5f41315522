// SPDX-License-Identifier: Apache-2.0
// tushu-inventory register, transfer, count, duplicates, weed - the tasks besides the full check.
#include "inventory/modes.hpp"

#include "base/text.hpp"
#include "commands.hpp"
#include "common/store.hpp"
#include "inventory/session.hpp"
#include "run.hpp"

#include <algorithm>
#include <map>

namespace tushu::cmd {
namespace {

using namespace inventory;

struct Options {
    std::string session, snapshot, plan, departed, arrived, list, reason, batch, name,
        within = "all";
    std::vector<std::string> keep, protect;
    std::uint64_t copies = 1, sample = 0, seed = 1;
    std::optional<Day> day;
    bool publish = false, last_copy = false, manifest = false;
};

/// Daily counts that are replaced need to know which they are.
void need_name(const Options& opt, const std::string& name, const char* option) {
    if (opt.publish && name.empty())
        throw Error(Fault::usage, msg("with --publish option {} must be given", option),
                    msg("counts published before under the same name and day are replaced"));
}

Answer finish(Context& context, ModeResult result, const Options& opt, const std::string& name,
              const char* mode) {
    for (const auto& [key, n] : result.counts) context.summary().count(key, n);
    if (result.undated != 0 && opt.publish)
        context.warn("no_date", {},
                     msg("{} items were scanned on an unknown day and are in no daily count",
                         result.undated));
    if (opt.publish) {
        auto store = open_store(context);
        store::Transaction transaction(store);
        store::replace_daily_counts(store, std::string("inventory-") + mode + ":" + name,
                                    result.daily);
        transaction.commit();
    }
    context.show(result.table);
    return Answer::yes;
}

/// One work may take several days; each keeps its own counts.
std::string day_name(const std::string& name, const std::optional<Day>& day) {
    return day ? name + "@" + text_of(*day) : name;
}

/// The volumes of a move by box, in the order of boxes and of the plan.
Table manifest_of(Table moves) {
    moves.name = "manifest";
    moves.title = msg("Boxes and carts: what is in each");
    const auto box_of = [](const std::vector<Cell>& row) {
        const auto& departed = std::get<std::string>(row[5]);
        return departed.empty() ? std::get<std::string>(row[2]) : departed;
    };
    std::stable_sort(moves.rows.begin(), moves.rows.end(),
                     [&](const auto& a, const auto& b) { return box_of(a) < box_of(b); });
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> boxes;  // in it, arrived
    std::vector<std::vector<Cell>> rows;
    for (auto& row : moves.rows) {
        auto& [in_it, arrived] = boxes[box_of(row)];
        arrived += std::get<std::string>(row[6]).empty() ? 0 : 1;
        rows.push_back({box_of(row), ++in_it, row[0], row[3], row[4], row[1], row[7]});
    }
    moves.columns = {
        {"box", msg("Box"), ColumnKind::text},         {"number", msg("No."), ColumnKind::integer},
        {"barcode", msg("Barcode"), ColumnKind::text}, {"from", msg("From"), ColumnKind::text},
        {"to", msg("To"), ColumnKind::text},           {"state", msg("State"), ColumnKind::code},
        {"remark", msg("Remark"), ColumnKind::code}};
    moves.rows = std::move(rows);
    for (const auto& [box, n] : boxes)
        moves.notes.push_back(
            msg("box {}: {} volumes, {} arrived", box.empty() ? "-" : box, n.first, n.second));
    return moves;
}

std::pair<std::string, std::uint32_t> keep_of(const std::string& text) {
    const std::size_t at = text.find('=');
    const auto n = at == std::string::npos ? std::nullopt
                                           : parse_integer(std::string_view(text).substr(at + 1));
    if (!n || *n < 0 || *n > 1000 || at == 0)
        throw Error(Fault::usage, msg("option {}: \"{}\" is not of the form NAME=VALUE", "--keep",
                                      printable(text)));
    return {text.substr(0, at), static_cast<std::uint32_t>(*n)};
}

void add_within(Command& command, Options& opt) {
    command.choice("--by", opt.within, {"all", "branch", "location"},
                   msg("Count the copies of a title in all, or within each branch or location"));
}

CopyScope scope_of(const std::string& word) {
    return word == "branch"     ? CopyScope::branch
           : word == "location" ? CopyScope::location
                                : CopyScope::all;
}

void add_publish(Command& command, Options& opt) {
    command.flag("--publish", opt.publish,
                 msg("Replace the daily counts of this work in the store"));
    command.with_tables().with_store();
}

}  // namespace

Command register_command() {
    auto opt = std::make_shared<Options>();
    Command command("register", msg("list uncatalogued volumes from ISBNs and temporary codes"));
    command.option("--session", "DIR", opt->session, msg("Folder of the session"));
    command.required();
    command.option("--snapshot", "SNAP", opt->snapshot,
                   msg("Holdings with ISBNs, to name candidate records"));
    add_publish(command, *opt);
    command.example(
        "tushu-inventory register --session boxes --snapshot holdings.snap --format csv -o "
        "register.csv",
        msg("One line a volume, with the records that have its ISBN"));
    command.on_run([opt](Context& context) {
        const auto session = Session::open(opt->session);
        const auto log = session.load();
        warn_of_faults(context, log);
        if (opt->snapshot.empty())
            return finish(context, register_uncatalogued(log, nullptr), *opt, session.name(),
                          "register");
        const auto snapshot = Snapshot::open(opt->snapshot);
        return finish(context, register_uncatalogued(log, &snapshot), *opt, session.name(),
                      "register");
    });
    return command;
}

Command transfer_command() {
    auto opt = std::make_shared<Options>();
    Command command("transfer", msg("compare a stack move: planned, scanned out, scanned in"));
    command.option("--plan", "CSV", opt->plan,
                   msg("What is to move: columns barcode, to, and from and box if known"));
    command.required();
    command.option("--departed", "DIR", opt->departed,
                   msg("Session of the scans at the origin, boxes as shelves"));
    command.required();
    command.option("--arrived", "DIR", opt->arrived,
                   msg("Session of the scans at the destination"));
    command.required();
    command.flag("--manifest", opt->manifest, msg("List by box what is in it, for the cart"));
    add_publish(command, *opt);
    command.example("tushu-inventory transfer --plan moves.csv --departed out --arrived in",
                    msg("Arrived, lost on the way, still there, never planned"));
    command.on_run([opt](Context& context) {
        const auto input = context.open(opt->plan);
        const auto planned = read_moves(*input);
        context.note_input(*input);
        const auto departed = Session::open(opt->departed), arrived = Session::open(opt->arrived);
        const auto out = departed.load(), in = arrived.load();
        warn_of_faults(context, out);
        warn_of_faults(context, in);
        auto result = compare_moves(planned, out, in);
        const bool is_whole = result.counts["MOVED-LOST"] + result.counts["MOVED-WRONG"] == 0;
        if (opt->manifest) result.table = manifest_of(std::move(result.table));
        (void)finish(context, std::move(result), *opt, arrived.name(), "transfer");
        return is_whole ? Answer::yes : Answer::no;
    });
    return command;
}

Command count_command() {
    auto opt = std::make_shared<Options>();
    Command command("count",
                    msg("compare counts of volumes with the holdings, or draw shelves to count"));
    command.option("--snapshot", "SNAP", opt->snapshot, msg("The expected holdings"));
    command.required();
    command.option("--session", "DIR", opt->session, msg("Folder of the session"));
    command.option("--sample", "N", opt->sample,
                   msg("Draw N shelves (or locations) to count instead"));
    command.option("--seed", "N", opt->seed, msg("The same number draws the same sample"));
    add_publish(command, *opt);
    command.example("tushu-inventory count --snapshot holdings.snap --sample 50",
                    msg("Fifty shelves, drawn at random"));
    command.example("tushu-inventory count --snapshot holdings.snap --session counts",
                    msg("Expected and counted, shelf by shelf"));
    command.on_run([opt](Context& context) {
        const auto snapshot = Snapshot::open(opt->snapshot);
        if (opt->sample != 0) {
            context.show(draw_sample(snapshot, opt->sample, opt->seed));
            return Answer::yes;
        }
        if (opt->session.empty())
            throw Error(Fault::usage, msg("option {} must be given", "--session"));
        const auto session = Session::open(opt->session);
        const auto log = session.load();
        warn_of_faults(context, log);
        auto result = check_counts(log, snapshot);
        const bool is_understood = result.counts.count("not_understood") == 0;
        (void)finish(context, std::move(result), *opt, session.name(), "count");
        return is_understood ? Answer::yes : Answer::no;
    });
    return command;
}

Command duplicates_command() {
    auto opt = std::make_shared<Options>();
    Command command("duplicates", msg("find copies beyond what a keep rule keeps"));
    command.option("--snapshot", "SNAP", opt->snapshot, msg("The expected holdings"));
    command.required();
    command.option("--copies", "N", opt->copies,
                   msg("Copies of a title to keep, at least 1; default 1"));
    add_within(command, *opt);
    command.option("--keep", "LOCATION=N", opt->keep,
                   msg("Keep at least N of them at LOCATION (may be given again)"));
    command.option("--name", "NAME", opt->name, msg("Name of this work in the daily counts"));
    command.option("--day", "DAY", opt->day, msg("Day of this work in the daily counts"));
    add_publish(command, *opt);
    command.example(
        "tushu-inventory duplicates --snapshot holdings.snap --copies 2 --keep JC1=1 --format csv "
        "-o duplicates.csv",
        msg("Two copies of each title stay, one of them in JC1"));
    command.example("tushu-inventory duplicates --snapshot holdings.snap --by branch",
                    msg("One copy of each title stays in every branch"));
    command.on_run([opt](Context& context) {
        need_name(*opt, opt->name, "--name");
        KeepRule rule;
        rule.copies = static_cast<std::uint32_t>(std::min<std::uint64_t>(opt->copies, 1'000'000));
        rule.within = scope_of(opt->within);
        for (const auto& keep : opt->keep) rule.by_location.insert(keep_of(keep));
        auto result = screen_duplicates(Snapshot::open(opt->snapshot), rule);
        if (opt->day)
            result.daily.push_back({"items_screened", text_of(*opt->day), "", "",
                                    result.counts["kept"] + result.counts["surplus"]});
        else
            result.undated = result.counts["kept"] + result.counts["surplus"];
        return finish(context, std::move(result), *opt, day_name(opt->name, opt->day),
                      "duplicates");
    });
    return command;
}

Command weed_command() {
    auto opt = std::make_shared<Options>();
    Command command("weed", msg("clear a list of volumes for withdrawal, or refuse with reasons"));
    command.option("--list", "FILE", opt->list, msg("Barcodes, one a line, - for standard input"));
    command.required();
    command.option("--snapshot", "SNAP", opt->snapshot, msg("The expected holdings"));
    command.required();
    command.option("--protect", "LOCATION", opt->protect,
                   msg("Nothing of this location goes (may be given again)"));
    command.flag("--last-copy", opt->last_copy, msg("The last copy may go too"));
    add_within(command, *opt);
    command.option("--reason", "TEXT", opt->reason, msg("Why they are withdrawn"));
    command.option("--batch", "NAME", opt->batch, msg("Batch number of the withdrawal"));
    command.option("--day", "DAY", opt->day, msg("Day of this work in the daily counts"));
    add_publish(command, *opt);
    command.example(
        "tushu-inventory weed --list candidates.txt --snapshot holdings.snap --protect TC --reason "
        "outdated --batch 2019-3",
        msg("Which may go; the others with every reason against it"));
    command.on_run([opt](Context& context) {
        need_name(*opt, opt->batch, "--batch");
        const auto input = context.open(opt->list);
        ScanLog log;
        log.files.push_back({input->name(), "", 0});
        std::vector<ScanFault> faults;
        read_scans(log, *input, {}, {}, faults);
        context.note_input(*input);
        std::vector<std::string> barcodes;
        for (const Scan& scan : log.scans)
            if (scan.kind == Scan::Kind::item) barcodes.push_back(log.code_text(scan));
        const WeedRule rule{{opt->protect.begin(), opt->protect.end()},
                            opt->reason,
                            opt->batch,
                            opt->last_copy,
                            scope_of(opt->within)};
        auto result = check_weeding(barcodes, Snapshot::open(opt->snapshot), rule, opt->day);
        const bool is_all = result.counts["refused"] == 0;
        (void)finish(context, std::move(result), *opt, day_name(opt->batch, opt->day), "weed");
        return is_all ? Answer::yes : Answer::no;
    });
    return command;
}

}  // namespace tushu::cmd
