// SPDX-License-Identifier: Apache-2.0
// tushu-inventory list - lists for the people at the shelves. tushu-inventory why - all evidence of
// one barcode.
#include "inventory/lists.hpp"
#include "report/document.hpp"

#include "base/text.hpp"
#include "commands.hpp"
#include "run.hpp"

#include <filesystem>

namespace tushu::cmd {
namespace {

struct Options {
    std::string kind, session, snapshot, shelf, barcode;
    std::vector<std::string> events;
    std::uint64_t target = 0;
};

/// A list as a page or a workbook of its own; as text, CSV or JSON otherwise.
void show(Context& context, const std::string& session, Table table) {
    const std::string& format = context.options().format;
    if (format != "html" && format != "xlsx") {
        context.show(table);
        return;
    }
    report::Document document;
    document.library_zh = context.config().library_name;
    document.library_en = context.config().library_name_en;
    document.title = msg("Stock-taking {}", session);
    document.as_of = context.today();
    const std::size_t rows = table.rows.size();
    const Message title = table.title;
    document.sections = {{table.name, title, {}, {{std::move(table), {}, rows}}}};
    const report::Words words(context.data().find("report/words.yaml"));
    if (format == "html") {
        report::write_html(document, context.lang(), words,
                           context.data().find("report/report.html.mustache"), context.out());
        return;
    }
    const std::string& path = context.options().output;
    if (path == "-") throw Error(Fault::usage, msg("a workbook needs a file: name it with -o"));
    if (std::error_code ignored; !context.options().force && std::filesystem::exists(path, ignored))
        throw Error(Fault::usage, {path}, msg("the file exists already"),
                    msg("give --force to replace it"));
    report::write_xlsx(document, context.lang(), words, path);
}

Answer list(Context& context, const Options& opt) {
    auto in = read_session(context, opt.session, opt.snapshot, opt.events);
    const inventory::Reconciliation result(in.log, in.snapshot, in.events,
                                           {{}, {}, {}, context.config().zone, &in.decisions});
    warn_about_scans(context, in.log, result.matching(), result.arrangement());
    const inventory::Lists lists(in.log, in.snapshot, result);
    if (opt.kind == "pull")
        show(context, in.session.name(), lists.pull());
    else if (opt.kind == "search")
        show(context, in.session.name(), lists.search());
    else if (opt.kind == "cart")
        show(context, in.session.name(), lists.cart());
    else if (opt.kind == "shelf")
        show(context, in.session.name(), lists.shelf(opt.shelf));
    else if (opt.kind == "coverage")
        show(context, in.session.name(), lists.coverage());
    else if (opt.kind == "shelves")
        show(context, in.session.name(), lists.shelves());
    else if (opt.kind == "estimate")
        show(context, in.session.name(), lists.estimate());
    else if (opt.kind == "forecast")
        show(context, in.session.name(),
             lists.forecast(
                 static_cast<std::int64_t>(std::min<std::uint64_t>(opt.target, INT64_MAX))));
    else
        throw Error(Fault::usage, msg("there is no list \"{}\"", printable(opt.kind)),
                    msg("the lists are pull, search, cart, shelf, coverage, shelves, estimate and "
                        "forecast"));
    return Answer::yes;
}

Answer why(Context& context, const Options& opt) {
    auto in = read_session(context, opt.session, opt.snapshot, opt.events);
    const inventory::Reconciliation result(in.log, in.snapshot, in.events,
                                           {{}, {}, {}, context.config().zone, &in.decisions});
    context.show(inventory::why(opt.barcode, in.log, in.snapshot, in.events, in.decisions, result,
                                context.config().zone));
    return Answer::yes;
}

void add_inputs(Command& command, Options& opt) {
    command.option("--session", "DIR", opt.session, msg("Folder of the session"));
    command.required();
    command.option("--snapshot", "SNAP", opt.snapshot, msg("The expected holdings"));
    command.required();
    command.option("--events", "CSV", opt.events,
                   msg("Loans, returns and the like since the export: time, type, item"));
}

struct Deciding {
    std::string session, who, verdict, reason;
    std::vector<std::string> barcodes;
};

}  // namespace

Command list_command() {
    auto opt = std::make_shared<Options>();
    Command command("list", msg("print lists for the people at the shelves"));
    command.operand("LIST", opt->kind,
                    msg("pull, search, cart, shelf, coverage, shelves, estimate or forecast"));
    add_inputs(command, *opt);
    command.option("--shelf", "CODE", opt->shelf,
                   msg("For shelf: which one; without it all that hold misplaced books"));
    command.option("--target", "N", opt->target,
                   msg("For forecast: items to reach; without it all that is not covered"));
    command.with_rejects().with_tables({"text", "csv", "json", "html", "xlsx"});
    command.example("tushu-inventory list pull --session 2019-autumn --snapshot holdings.snap",
                    msg("What to take in hand, in walking order"));
    command.example(
        "tushu-inventory list search --session 2019-autumn --snapshot holdings.snap --format csv "
        "--excel -o search.csv",
        msg("Missing books to look for again, for Excel"));
    command.on_run([opt](Context& context) { return list(context, *opt); });
    return command;
}

Command why_command() {
    auto opt = std::make_shared<Options>();
    Command command("why", msg("print every piece of evidence about one barcode"));
    command.operand("BARCODE", opt->barcode, msg("The barcode in question"));
    add_inputs(command, *opt);
    command.with_rejects().with_tables();
    command.example(
        "tushu-inventory why 31010000000007 --session 2019-autumn --snapshot holdings.snap",
        msg("The record, each scan, each loan, and what follows from them"));
    command.on_run([opt](Context& context) { return why(context, *opt); });
    return command;
}

Command decide_command() {
    auto opt = std::make_shared<Deciding>();
    Command command("decide", msg("note what a person decided about items, against the scans"));
    command.operands("BARCODE", opt->barcodes, 1, msg("The items"));
    command.option("--session", "DIR", opt->session, msg("Folder of the session"));
    command.required();
    command.choice("--decision", opt->verdict, {"found", "explained", "stays", "hold", "none"},
                   msg("found: not missing after all; explained: away for a known reason; stays: "
                       "stands where it should; hold: nothing is to be done; none: the earlier "
                       "decision is taken back"));
    command.required();
    command.option("--who", "NAME", opt->who, msg("Who decided"));
    command.required();
    command.option("--reason", "TEXT", opt->reason, msg("Why"));
    command.required();
    command.example(
        "tushu-inventory decide 31010000000007 --session 2019-autumn --decision explained "
        "--who 王 --reason \"in the exhibition until May\"",
        msg("Kept in the session for good; reconcile, list, why and writeback follow it"));
    command.on_run([opt](Context& context) {
        const auto session = inventory::Session::open(opt->session);
        std::vector<inventory::Decision> decisions;
        for (const auto& barcode : opt->barcodes)
            decisions.push_back({text_of(context.now()), opt->who, barcode,
                                 *inventory::verdict_from(opt->verdict), opt->reason});
        inventory::append_decisions(session.folder(), decisions);
        context.summary().count("decisions", static_cast<std::int64_t>(decisions.size()));
        return Answer::yes;
    });
    return command;
}

}  // namespace tushu::cmd
