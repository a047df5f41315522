// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include "catalog/tables.hpp"
#include "ill/ill.hpp"
#include "inventory/tables.hpp"
#include "stats/tables.hpp"

#include <map>

namespace tushu::cmd {
namespace {

using report::Chart;

/// The pictures of a table, by table name.
std::vector<Chart> charts_of(const std::string& name) {
    if (name == "plan-states")
        return {{Chart::Kind::bars, "state", "", "n", msg("Targets by state")}};
    if (name == "circulation-months")
        return {{Chart::Kind::columns, "month", "type", "n", msg("Circulation by month")}};
    if (name == "circulation-branches")
        return {{Chart::Kind::bars, "branch", "type", "n", msg("Circulation by branch")}};
    if (name == "catalog-bibs")
        return {{Chart::Kind::bars, "language", "material", "n", msg("Bibs by language")}};
    if (name == "catalog-items")
        return {{Chart::Kind::bars, "location", "status", "n", msg("Items by location")}};
    if (name == "inventory-outcomes")
        return {{Chart::Kind::bars, "location", "outcome", "n", msg("Stock-taking by location")}};
    if (name == "ill-requests")
        return {{Chart::Kind::bars, "partner", "state", "n", msg("Requests by partner")}};
    if (name == "ill-months")
        return {{Chart::Kind::columns, "month", "service", "n", msg("Filled requests by month")}};
    return {};
}

/// How many targets are in each state: what the head of the report says.
Table plan_states(const Table& plan) {
    Table table;
    table.name = "plan-states";
    table.title = msg("Targets by state");
    table.columns = {{"state", msg("State"), ColumnKind::code},
                     {"n", msg("Targets"), ColumnKind::integer}};
    std::size_t state = 0;
    while (plan.columns.at(state).key != "state") ++state;
    std::map<std::string, std::int64_t> counts;
    for (const auto& row : plan.rows) ++counts[cell_data(row[state], Lang::en)];
    for (const char* const name : {"reached", "on_course", "behind", "missing"})
        table.rows.push_back({std::string(name), counts[name]});
    table.provenance = plan.provenance;
    return table;
}

report::Section section(std::string id, Message title, Message intro, std::vector<Table> tables) {
    report::Section out{std::move(id), std::move(title), std::move(intro), {}};
    for (auto& table : tables) {
        auto charts = charts_of(table.name);
        out.views.push_back({std::move(table), std::move(charts), 200});
    }
    return out;
}

}  // namespace

std::vector<report::Section> collect_sections(Context& context, store::Store& store,
                                              const std::string& plan_year, Day as_of) {
    const auto definitions = stats::Definitions::load(context.data(), plan_year, as_of);
    std::vector<Table> plan_tables, circulation;
    for (auto& table : stats::tables(store, definitions.plan, as_of)) {
        const bool is_plan = table.name == "plan";
        if (is_plan) plan_tables.push_back(plan_states(table));
        (is_plan || table.name == "milestones" ? plan_tables : circulation)
            .push_back(std::move(table));
    }
    std::vector<report::Section> sections;
    sections.push_back(section(
        "plan", msg("The annual plan"),
        msg("Each target with what has been counted up to this day. Expected is the straight "
            "line over the year; a target without any count is marked and is not zero."),
        std::move(plan_tables)));
    sections.push_back(section(
        "circulation", msg("Circulation"),
        msg("Events of the circulation logs, each counted once, by the library's calendar day."),
        std::move(circulation)));
    sections.push_back(
        section("catalog", msg("Catalogue and items"),
                msg("Records and items as they stand in the store after the last loads."),
                catalog::tables(store)));
    sections.push_back(section(
        "inventory", msg("Stock-taking"),
        msg("What the scans say about the items, place by place. A shelf that nobody scanned "
            "is not covered; its items are not missing."),
        inventory::tables(store)));
    sections.push_back(section(
        "ill", msg("Interlibrary loan and document delivery"),
        msg("Requests of both roles. A request is sent only when the partner's number is known."),
        ill::tables(store)));
    return sections;
}

}  // namespace tushu::cmd
