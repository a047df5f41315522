// SPDX-License-Identifier: Apache-2.0
#include "stats/tables.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "stats/targets.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace tushu::stats {
namespace {

// Origins of one kind are the texts from "circulation:" up to, not including, "circulation;".
constexpr std::string_view kFirstCirculation = "circulation:", kPastCirculation = "circulation;";

struct Span {
    std::string first, last;
};

Span span_of(const Plan& plan, Day as_of) {
    return {text_of(plan.begin), text_of(std::min(as_of, plan.end))};
}

std::string code(std::string_view word) { return std::string(word); }

Cell number_or_missing(const std::optional<std::int64_t>& n) {
    if (n) return *n;
    return Mark::missing;
}

Cell target_cell(const Target& target) {
    if (target.op == Op::range)
        return std::to_string(target.low) + "-" + std::to_string(target.high);
    return target.low;
}

/// The loads and other origins behind all daily counts of the period, one line each.
std::vector<std::string> provenance(store::Store& store, const Span& span, bool circulation_only) {
    std::vector<std::string> out;
    store::Rows rows = store.query(
        "SELECT d.origin, COALESCE(MIN(l.file), '') FROM daily_count d LEFT JOIN stats_load s ON "
        "s.origin = d.origin "
        "LEFT JOIN load l ON l.id = s.load_id WHERE d.day >= $1 AND d.day <= $2 "
        "AND ($3 = 0 OR (d.origin >= $4 AND d.origin < $5)) GROUP BY d.origin ORDER BY d.origin",
        span.first, span.last, circulation_only ? 1 : 0, kFirstCirculation, kPastCirculation);
    while (rows.next()) {
        std::string line(rows.text(0));
        if (!rows.text(1).empty()) line += " " + std::string(rows.text(1));
        out.push_back(std::move(line));
    }
    return out;
}

Table circulation_by(store::Store& store, const Span& span, bool is_by_month) {
    Table table;
    table.columns = {{"type", msg("Type"), ColumnKind::code},
                     {"n", msg("Events"), ColumnKind::integer}};
    if (is_by_month) {
        table.name = "circulation-months";
        table.title = msg("Circulation by month");
        table.columns.insert(table.columns.begin(), {"month", msg("Month"), ColumnKind::text});
    } else {
        table.name = "circulation-branches";
        table.title = msg("Circulation by branch");
        table.columns.insert(table.columns.begin(), {"branch", msg("Branch"), ColumnKind::text});
    }
    const std::string dimension = is_by_month ? "substr(day, 1, 7)" : "branch";
    store::Rows rows = store.query(
        "SELECT " + dimension +
            ", measure, CAST(SUM(n) AS BIGINT) FROM daily_count WHERE day >= $1 AND day <= $2 "
            "AND origin >= $3 AND origin < $4 GROUP BY 1, measure HAVING SUM(n) <> 0 ORDER BY 1, "
            "measure",
        span.first, span.last, kFirstCirculation, kPastCirculation);
    while (rows.next())
        table.rows.push_back(
            {std::string(rows.text(0)), std::string(rows.text(1)), rows.integer(2)});
    table.provenance = provenance(store, span, true);
    return table;
}

/// Faults of the logs that have to do with the period: those with events in it, and those without
/// any event.
Table faults_table(store::Store& store, const Plan& plan, const Span& span) {
    Table table;
    table.name = "circulation-faults";
    table.title = msg("Rows of the circulation logs that were not counted");
    table.columns = {{"code", msg("Reason"), ColumnKind::code},
                     {"n", msg("Rows"), ColumnKind::integer}};
    table.notes = {
        msg("A duplicate is the same event again: it counts once. Events outside the period belong "
            "to another year.")};
    const std::string of_period =
        "l.kind = 'circulation' AND (s.counted = 0 OR EXISTS (SELECT 1 FROM daily_count d WHERE "
        "d.origin = s.origin "
        "AND d.day >= $1 AND d.day <= $2))";
    std::map<std::string, std::int64_t> faults;
    store::Rows rows = store.query(
        "SELECT f.code, CAST(SUM(f.n) AS BIGINT) FROM stats_fault f JOIN stats_load s ON s.load_id "
        "= f.load_id "
        "JOIN load l ON l.id = f.load_id WHERE " +
            of_period + " GROUP BY f.code ORDER BY f.code",
        span.first, span.last);
    while (rows.next()) faults[std::string(rows.text(0))] = rows.integer(1);
    // Outside is outside the plan's whole period: events after as_of are merely not counted yet.
    const auto outside = store.integer(
        "SELECT CAST(SUM(o.n) AS BIGINT) FROM daily_count o JOIN stats_load s ON s.origin = "
        "o.origin "
        "JOIN load l ON l.id = s.load_id WHERE (o.day < $3 OR o.day > $4) AND " +
            of_period,
        span.first, span.last, text_of(plan.begin), text_of(plan.end));
    if (outside.value_or(0) != 0) faults["outside_period"] = *outside;
    for (const auto& [word, n] : faults) table.rows.push_back({word, n});
    table.provenance = provenance(store, span, true);
    return table;
}

struct LoadFacts {
    std::string file, sha256;
    std::int64_t rows_in = 0, duplicates = 0, rejects = 0;
};

std::optional<LoadFacts> load_facts(store::Store& store, const std::string& origin) {
    store::Rows rows = store.query(
        "SELECT l.file, l.sha256, s.rows_in, s.duplicates, l.reject_count FROM stats_load s "
        "JOIN load l ON l.id = s.load_id WHERE s.origin = $1",
        origin);
    if (!rows.next()) return std::nullopt;
    return LoadFacts{std::string(rows.text(0)), std::string(rows.text(1)), rows.integer(2),
                     rows.integer(3), rows.integer(4)};
}

Table entries_table(store::Store& store, const std::string& id, const Span& span, Kind kind) {
    Table table;
    table.name = "target-entries";
    table.title = msg("Signed hand counts of {}", id);
    table.columns = {{"day", msg("Day"), ColumnKind::day},
                     {"n", msg("Count"), ColumnKind::integer},
                     {"evidence", msg("Evidence"), ColumnKind::text},
                     {"signed_by", msg("Signed by"), ColumnKind::text},
                     {"file", msg("File"), ColumnKind::text},
                     {"line", msg("Line"), ColumnKind::integer}};
    store::Rows rows = store.query(
        "SELECT h.day, h.n, h.evidence, h.signed_by, l.file, h.line FROM stats_hand_count h "
        "JOIN load l ON l.id = h.load_id WHERE h.target = $1 AND h.day >= $2 AND h.day <= $3 "
        "ORDER BY h.day, l.file, l.sha256, h.line",
        id, kind == Kind::stock ? std::string() : span.first, span.last);
    while (rows.next()) {
        Cell day = std::string(rows.text(0));
        if (const auto parsed = parse_day(rows.text(0))) day = *parsed;
        table.rows.push_back({day, rows.integer(1), std::string(rows.text(2)),
                              std::string(rows.text(3)), std::string(rows.text(4)),
                              rows.integer(5)});
    }
    return table;
}

}  // namespace

Message state_text(std::string_view word) {
    if (word == "reached") return msg("reached");
    if (word == "on_course") return msg("on course");
    if (word == "behind") return msg("behind");
    if (word == "missing") return msg("no data");
    if (word == "done") return msg("done");
    if (word == "due") return msg("not yet due");
    if (word == "overdue") return msg("overdue");
    return verbatim(word);
}

Message op_text(std::string_view word) {
    if (word == "more_than") return msg("more than");
    if (word == "at_least") return msg("at least");
    if (word == "about") return msg("about");
    if (word == "range") return msg("range");
    return verbatim(word);
}

Table plan_table(store::Store& store, const Plan& plan, Day as_of) {
    Table table;
    table.name = "plan";
    table.title = msg("Targets of the {} work plan on {}", plan.year, text_of(as_of));
    table.columns = {{"id", msg("Id"), ColumnKind::text},
                     {"name", msg("Target"), ColumnKind::text},
                     {"unit", msg("Unit"), ColumnKind::text},
                     {"op", msg("Wording"), ColumnKind::code},
                     {"target", msg("Promised"), ColumnKind::integer},
                     {"actual", msg("Actual"), ColumnKind::integer},
                     {"share", msg("Share"), ColumnKind::share},
                     {"expected", msg("Expected by now"), ColumnKind::integer},
                     {"state", msg("State"), ColumnKind::code}};
    std::map<State, std::int64_t> tally;
    for (const auto& one : progress(store, plan, as_of).targets) {
        const Target& target = *one.target;
        const Cell share = one.actual ? Cell(Share{*one.actual, target.low}) : Cell(Mark::missing);
        table.rows.push_back({target.id, target.name, target.unit, code(name_of(target.op)),
                              target_cell(target), number_or_missing(one.actual), share,
                              number_or_missing(one.expected), code(name_of(one.state))});
        ++tally[one.state];
    }
    table.notes = {msg("{} targets: {} reached, {} on course, {} behind, {} without data",
                       plan.targets.size(), tally[State::reached], tally[State::on_course],
                       tally[State::behind], tally[State::missing])};
    table.provenance = provenance(store, span_of(plan, as_of), false);
    return table;
}

Table milestones_table(store::Store& store, const Plan& plan, Day as_of) {
    Table table;
    table.name = "milestones";
    table.title = msg("Milestones of the {} work plan on {}", plan.year, text_of(as_of));
    table.columns = {{"id", msg("Id"), ColumnKind::text},
                     {"name", msg("Milestone"), ColumnKind::text},
                     {"due", msg("Due"), ColumnKind::day},
                     {"done", msg("Done"), ColumnKind::day},
                     {"state", msg("State"), ColumnKind::code}};
    std::map<MilestoneState, std::int64_t> tally;
    for (const auto& one : progress(store, plan, as_of).milestones) {
        table.rows.push_back({one.milestone->id, one.milestone->name, one.milestone->due,
                              one.done ? Cell(*one.done) : Cell(std::string()),
                              code(name_of(one.state))});
        ++tally[one.state];
    }
    table.notes = {msg("{} milestones: {} done, {} not yet due, {} overdue", plan.milestones.size(),
                       tally[MilestoneState::done], tally[MilestoneState::due],
                       tally[MilestoneState::overdue])};
    return table;
}

std::vector<Table> tables(store::Store& store, const Plan& plan, Day as_of) {
    const Span span = span_of(plan, as_of);
    std::vector<Table> out;
    out.push_back(plan_table(store, plan, as_of));
    out.push_back(milestones_table(store, plan, as_of));
    out.push_back(circulation_by(store, span, true));
    out.push_back(circulation_by(store, span, false));
    out.push_back(faults_table(store, plan, span));
    return out;
}

const std::vector<std::string>& count_dimensions() {
    static const std::vector<std::string> words{"day",    "month",    "year",
                                                "branch", "category", "origin"};
    return words;
}

Table count_table(store::Store& store, const CountQuery& query) {
    struct Dimension {
        std::string sql;
        Message title;
    };
    const std::map<std::string, Dimension> dimensions{
        {"day", {"day", msg("Day")}},
        {"month", {"substr(day, 1, 7)", msg("Month")}},
        {"year", {"substr(day, 1, 4)", msg("Year")}},
        {"branch", {"branch", msg("Branch")}},
        {"category", {"category", msg("Category")}},
        {"origin", {"origin", msg("Origin")}},
    };
    Table table;
    table.name = "counts";
    table.title = msg("Daily counts");
    table.columns = {{"measure", msg("Measure"), ColumnKind::code}};
    std::string keys;
    for (const auto& word : query.by) {
        const Dimension& dimension = dimensions.at(word);
        table.columns.push_back({word, dimension.title, ColumnKind::text});
        keys += ", " + dimension.sql;
    }
    table.columns.push_back({"n", msg("Count"), ColumnKind::integer});

    const std::string first = query.first ? text_of(*query.first) : std::string();
    const std::string last = query.last ? text_of(*query.last) : "9999-12-31";
    // Category patterns are matched here, with the one matcher that the plan uses too.
    store::Rows rows = store.query(
        "SELECT measure" + keys +
            ", category, CAST(SUM(n) AS BIGINT) FROM daily_count WHERE day >= $1 AND day <= $2 "
            "AND ($3 = 0 OR branch = $4) GROUP BY measure" +
            keys + ", category",
        first, last, query.branch ? 1 : 0, query.branch.value_or(""));
    const int width = static_cast<int>(query.by.size()) + 1;
    std::map<std::vector<std::string>, std::int64_t> sums;
    while (rows.next()) {
        if (query.category && !fits(rows.text(width), *query.category)) continue;
        std::vector<std::string> key;
        for (int i = 0; i < width; ++i) key.emplace_back(rows.text(i));
        if (!query.measures.empty() && std::find(query.measures.begin(), query.measures.end(),
                                                 key.front()) == query.measures.end())
            continue;
        sums[std::move(key)] += rows.integer(width + 1);
    }
    for (const auto& [key, n] : sums) {
        if (n == 0) continue;
        std::vector<Cell> row(key.begin(), key.end());
        row.emplace_back(n);
        table.rows.push_back(std::move(row));
    }
    return table;
}

Explanation explain(store::Store& store, const Definitions& definitions, const std::string& id,
                    Day as_of) {
    const Plan& plan = definitions.plan;
    const Target* const target = plan.target(id);
    const Milestone* const milestone = plan.milestone(id);
    if (target == nullptr && milestone == nullptr) {
        const auto near = plan.nearest_id(id);
        throw Error(Fault::usage, msg("the plan has no target \"{}\"", printable(id)),
                    near ? msg("did you mean \"{}\"?", *near) : Message());
    }
    const Span span = span_of(plan, as_of);
    const Kind kind = target != nullptr ? target->kind : Kind::stock;
    Explanation out;
    out.facts.name = "target";
    out.facts.title = target != nullptr ? target->name : milestone->name;
    out.facts.columns = {{"fact", msg("Fact"), ColumnKind::text},
                         {"value", msg("Value"), ColumnKind::text}};
    // The values are texts, numbers too: the column is read from left to right.
    const auto fact = [&out](Message what, Cell value) {
        if (const auto* const n = std::get_if<std::int64_t>(&value)) value = std::to_string(*n);
        out.facts.rows.push_back({std::move(what), std::move(value)});
    };
    fact(msg("Id"), id);
    fact(msg("Task of the plan"), target != nullptr ? target->section : milestone->section);
    fact(msg("Source"), target != nullptr ? target->source : milestone->source);
    fact(msg("Unit"), target != nullptr ? target->unit : milestone->unit);
    Formula formula;
    if (target != nullptr) {
        formula = target->formula;
        for (const auto& one : progress(store, plan, as_of).targets) {
            if (one.target != target) continue;
            fact(msg("Wording of the plan"), target->raw);
            fact(msg("Wording"), op_text(name_of(target->op)));
            fact(msg("Promised"), target_cell(*target));
            if (target->op == Op::about || target->op == Op::more_than)
                fact(msg("Kept from"), least(*target, plan.about_tolerance_percent));
            fact(msg("Actual"), number_or_missing(one.actual));
            const auto [days, whole] = elapsed(plan, as_of);
            fact(msg("Days of the period gone by"), Share{days, whole});
            fact(msg("Expected by now"), number_or_missing(one.expected));
            fact(msg("State"), state_text(name_of(one.state)));
        }
        if (!target->part_of.empty()) fact(msg("Part of"), target->part_of);
        fact(msg("Kind"), kind == Kind::flow ? msg("flow: added up over the period")
                                             : msg("stock: the latest count up to the day"));
        fact(msg("Formula"),
             formula.measures.empty() ? Cell(msg("hand counts")) : Cell(formula.text()));
        for (const auto& measure : formula.measures) {
            const Measure& known =
                *definitions.measures.find(measure);  // checked when the plan was read
            fact(verbatim(measure), known.definition);
        }
    } else {
        fact(msg("Due"), milestone->due);
        for (const auto& one : progress(store, plan, as_of).milestones) {
            if (one.milestone != milestone) continue;
            fact(msg("Done"), one.done ? Cell(*one.done) : Cell(std::string()));
            fact(msg("State"), state_text(name_of(one.state)));
        }
        fact(msg("Formula"), msg("hand counts"));
    }

    out.months.name = "target-months";
    out.months.title = msg("{} by month", id);
    out.months.columns = {{"month", msg("Month"), ColumnKind::text},
                          {"measure", msg("Measure"), ColumnKind::code},
                          {"n", msg("Count"), ColumnKind::integer}};
    out.inputs.name = "target-inputs";
    out.inputs.title = msg("Inputs of {}", id);
    out.inputs.columns = {{"origin", msg("Origin"), ColumnKind::text},
                          {"measure", msg("Measure"), ColumnKind::code},
                          {"n", msg("Count"), ColumnKind::integer},
                          {"file", msg("File"), ColumnKind::text},
                          {"rows_in", msg("Rows"), ColumnKind::integer},
                          {"duplicates", msg("Duplicates"), ColumnKind::integer},
                          {"rejects", msg("Rejects"), ColumnKind::integer},
                          {"sha256", verbatim("SHA-256"), ColumnKind::text}};
    std::map<std::pair<std::string, std::string>, std::int64_t> months, inputs;
    std::vector<std::string> measures = formula.measures;
    measures.push_back(id);
    for (const auto& measure : measures) {
        store::Rows rows = store.query(
            "SELECT substr(day, 1, 7), origin, category, CAST(SUM(n) AS BIGINT) FROM daily_count "
            "WHERE measure = $1 "
            "AND day >= $2 AND day <= $3 GROUP BY 1, origin, category",
            measure, kind == Kind::stock ? std::string() : span.first, span.last);
        while (rows.next()) {
            if (measure != id && !formula.takes(rows.text(2))) continue;
            months[{std::string(rows.text(0)), measure}] += rows.integer(3);
            inputs[{std::string(rows.text(1)), measure}] += rows.integer(3);
        }
    }
    for (const auto& [key, n] : months) out.months.rows.push_back({key.first, key.second, n});
    for (const auto& [key, n] : inputs) {
        const auto facts = load_facts(store, key.first);
        // A file's origin is its kind and its SHA-256, which has a column of its own.
        const std::string origin = facts ? key.first.substr(0, key.first.find(':')) : key.first;
        std::vector<Cell> row{origin, key.second, n};
        if (facts) {
            for (Cell cell : {Cell(facts->file), Cell(facts->rows_in), Cell(facts->duplicates),
                              Cell(facts->rejects), Cell(facts->sha256)})
                row.push_back(std::move(cell));
        } else {
            row.resize(out.inputs.columns.size(), Cell(Mark::not_applicable));
        }
        out.inputs.rows.push_back(std::move(row));
    }
    out.entries = entries_table(store, id, span, kind);
    return out;
}

}  // namespace tushu::stats
