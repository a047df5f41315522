// SPDX-License-Identifier: Apache-2.0
// tushu-inventory report - one folder for the stack staff: pages, a workbook, and CSV lists.
#include "report/document.hpp"

#include "commands.hpp"
#include "inventory/lists.hpp"
#include "run.hpp"

namespace tushu::cmd {
namespace {

using namespace inventory;

struct Options {
    std::string session, snapshot, folder;
    std::vector<std::string> events;
    std::optional<Day> as_of;
    bool excel = false;
};

/// Outcomes by location, as the published table has them.
Table outcomes_of(const Reconciliation& result) {
    std::map<std::pair<std::string, std::string>, std::int64_t> counts;
    result.for_each([&](const OutcomeLine& line) {
        ++counts[{std::string(result.location(line)), std::string(name_of(line.outcome))}];
    });
    Table table;
    table.name = "outcomes";
    table.title = msg("Stock-taking: outcomes by location");
    table.columns = {{"location", msg("Location"), ColumnKind::text},
                     {"outcome", msg("Outcome"), ColumnKind::code},
                     {"n", msg("Items"), ColumnKind::integer}};
    for (const auto& [key, n] : counts) table.rows.push_back({key.first, key.second, n});
    table.notes.push_back(
        msg("NOTCOVERED items stand where nobody has scanned yet: nothing is said about them."));
    return table;
}

/// What became of the items, as a picture: the columns of the coverage list by location.
Table picture_of(const Table& coverage) {
    Table table;
    table.name = "coverage-picture";
    table.title = msg("Covered and not covered");
    table.columns = {{"location", msg("Location"), ColumnKind::text},
                     {"state", msg("State"), ColumnKind::text},
                     {"n", msg("Items"), ColumnKind::integer}};
    for (const auto& row : coverage.rows) {
        const auto number = [&](const char* key) {
            return std::get<std::int64_t>(row[report::column_index(coverage, key)]);
        };
        const auto add = [&](const Message& state, std::int64_t n) {
            table.rows.push_back({row[report::column_index(coverage, "location")], state, n});
        };
        add(msg("seen"), number("seen"));
        add(msg("missing"), number("missing1") + number("missing2"));
        add(msg("not covered"), number("notcovered"));
        add(msg("absent for a known reason"), number("explained"));
        add(msg("without a barcode in the record"), number("nolabel"));
        add(msg("found by decision"), number("decided"));
    }
    return table;
}

Answer run(Context& context, const Options& opt) {
    auto in = read_session(context, opt.session, opt.snapshot, opt.events);
    const Reconciliation result(in.log, in.snapshot, in.events,
                                {{}, {}, {}, context.config().zone, &in.decisions});
    warn_about_scans(context, in.log, result.matching(), result.arrangement());
    const Lists lists(in.log, in.snapshot, result);
    std::optional<Day> last;
    for (const auto& segment : in.log.segments)
        if (segment.day && (!last || *last < *segment.day)) last = segment.day;

    report::Document document;
    document.library_zh = context.config().library_name;
    document.library_en = context.config().library_name_en;
    document.title = msg("Stock-taking {}", in.session.name());
    document.as_of = opt.as_of ? *opt.as_of : last ? *last : context.today();
    const auto count = [&result](Outcome outcome) {
        return result.counts()[static_cast<std::size_t>(outcome)];
    };
    document.headline =
        msg("{} items seen, {} missing once, {} missing twice, {} not covered.", result.seen(),
            count(Outcome::missing1), count(Outcome::missing2), count(Outcome::notcovered));
    document.tiles = {
        {msg("items seen"), std::to_string(result.seen())},
        {msg("to move"), std::to_string(count(Outcome::outorder) + count(Outcome::outrange) +
                                        count(Outcome::wrongloc))},
        {msg("missing once"), std::to_string(count(Outcome::missing1))},
        {msg("missing twice"), std::to_string(count(Outcome::missing2))},
        {msg("not covered"), std::to_string(count(Outcome::notcovered))}};
    const Table coverage = lists.coverage();
    document.sections = {
        {"overview",
         msg("What was found"),
         {},
         {{coverage, {}, 100},
          {picture_of(coverage),
           {{report::Chart::Kind::bars, "location", "state", "n", msg("Covered and not covered")}},
           0},
          {outcomes_of(result), {}, 200}}},
        {"hand",
         msg("What to take in hand"),
         msg("In walking order; the neighbours are books that stand where they belong."),
         {{lists.pull(), {}, 500}, {lists.cart(), {}, 500}}},
        {"search",
         msg("What to look for again"),
         msg("Only what two independent passes did not see may be called missing."),
         {{lists.search(), {}, 500}, {lists.estimate(), {}, 100}}},
        {"shelves",
         msg("Shelf by shelf"),
         {},
         {{lists.shelf(""), {}, 1000}, {lists.shelves(), {}, 500}}},
        {"progress", msg("Progress"), {}, {{lists.forecast(0), {}, 400}}}};

    report::write_folder(document, report::Words(context.data().find("report/words.yaml")),
                         context.data().find("report/report.html.mustache"), opt.folder,
                         {"stock-taking", context.lang(), opt.excel});
    for (const auto& section : document.sections)
        context.summary().count("tables", static_cast<std::int64_t>(section.views.size()));
    context.say(document.headline);
    return Answer::yes;
}

}  // namespace

Command report_command() {
    auto opt = std::make_shared<Options>();
    Command command("report", msg("write a folder for the stack staff: pages, a workbook, lists"));
    command.option("--session", "DIR", opt->session, msg("Folder of the session"));
    command.required();
    command.option("--snapshot", "SNAP", opt->snapshot, msg("The expected holdings"));
    command.required();
    command.option("-o,--output", "FOLDER", opt->folder,
                   msg("Folder of the report; files in it are replaced"));
    command.required();
    command.option("--events", "CSV", opt->events,
                   msg("Loans, returns and the like since the export: time, type, item"));
    command.option("--as-of", "DAY", opt->as_of,
                   msg("The day the report stands for; without it the last day of scanning"));
    command.flag("--excel", opt->excel,
                 msg("Begin CSV with a byte order mark, which Excel needs for Chinese"));
    command.with_rejects();
    command.example(
        "tushu-inventory report --session 2019-autumn --snapshot holdings.snap -o report",
        msg("report/zh/index.html, report/en/index.html, workbooks and CSV lists"));
    command.on_run([opt](Context& context) { return run(context, *opt); });
    return command;
}

}  // namespace tushu::cmd
