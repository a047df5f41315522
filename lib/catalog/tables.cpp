// SPDX-License-Identifier: Apache-2.0
#include "catalog/tables.hpp"

#include <map>
#include <set>

namespace tushu::catalog {
namespace {

std::string text(const store::Rows& rows, int column) { return std::string(rows.text(column)); }

std::vector<std::string> provenance(store::Store& store, std::string_view kind) {
    std::vector<std::string> out;
    store::Rows rows = store.query(
        "SELECT source, file, sha256 FROM load WHERE kind = $1 ORDER BY source, file, id", kind);
    while (rows.next()) out.push_back(text(rows, 0) + " " + text(rows, 1) + " " + text(rows, 2));
    return out;
}

Table loads(store::Store& store, std::string_view kind) {
    Table table;
    table.name = kind == "bibs" ? "catalog-loads" : "item-loads";
    table.title = kind == "bibs" ? msg("Files of bibliographic records") : msg("Files of items");
    table.columns = {{"source", msg("Source")},
                     {"file", msg("File")},
                     {"records_in", msg("Read"), ColumnKind::integer},
                     {"created", msg("New"), ColumnKind::integer},
                     {"changed", msg("Changed"), ColumnKind::integer},
                     {"unchanged", msg("Unchanged"), ColumnKind::integer},
                     {"rejects", msg("Refused"), ColumnKind::integer},
                     {"repeated", msg("Repeated"), ColumnKind::integer},
                     {"vanished", msg("Vanished"), ColumnKind::integer}};
    store::Rows rows = store.query(
        "SELECT l.source, l.file, c.records_in, c.created, c.changed, c.unchanged, c.rejects, "
        "c.repeated, c.vanished FROM load l JOIN catalog_load c ON c.load_id = l.id "
        "WHERE l.kind = $1 ORDER BY l.source, l.id",
        kind);
    while (rows.next()) {
        std::vector<Cell> cells{text(rows, 0), text(rows, 1)};
        for (int i = 2; i < 9; ++i) cells.emplace_back(rows.integer(i));
        table.rows.push_back(std::move(cells));
    }
    table.notes = {msg("Read = new + changed + unchanged + repeated + refused")};
    return table;
}

Table bibs(store::Store& store) {
    Table table;
    table.name = "catalog-bibs";
    table.title = msg("Bibliographic records by language and material");
    table.columns = {{"source", msg("Source")},
                     {"language", msg("Language"), ColumnKind::code},
                     {"material", msg("Material"), ColumnKind::code},
                     {"n", msg("Records"), ColumnKind::integer}};
    store::Rows rows = store.query(
        "SELECT source, language, material, count(*) FROM bib WHERE state = 'live' "
        "GROUP BY source, language, material ORDER BY source, language, material");
    while (rows.next())
        table.rows.push_back({text(rows, 0), text(rows, 1), text(rows, 2), rows.integer(3)});
    table.provenance = provenance(store, "bibs");
    return table;
}

Table items(store::Store& store) {
    Table table;
    table.name = "catalog-items";
    table.title = msg("Items by location and status");
    table.columns = {{"location", msg("Location")},
                     {"status", msg("Status"), ColumnKind::code},
                     {"n", msg("Items"), ColumnKind::integer}};
    store::Rows rows = store.query(
        "SELECT location, status_class, count(*) FROM item WHERE state = 'live' "
        "GROUP BY location, status_class ORDER BY location, status_class");
    while (rows.next()) table.rows.push_back({text(rows, 0), text(rows, 1), rows.integer(2)});
    table.provenance = provenance(store, "items");
    return table;
}

/// Live items without a record, and those whose number several other sources have and their own has
/// not.
void count_orphans(store::Store& store, std::map<std::string, std::int64_t>& faults) {
    store::Rows rows = store.query(
        "SELECT others, sum(n) FROM (SELECT i.bib, i.source, count(*) AS n, "
        "CASE (SELECT count(*) FROM bib o WHERE o.control_number = i.bib) WHEN 0 THEN 0 WHEN 1 "
        "THEN 1 ELSE 2 END "
        "AS others FROM item i WHERE i.state = 'live' AND NOT EXISTS (SELECT 1 FROM bib b "
        "WHERE b.control_number = i.bib AND b.source = i.source) GROUP BY i.bib, i.source) AS "
        "orphans "
        "WHERE others <> 1 GROUP BY others ORDER BY others");
    while (rows.next())
        faults[rows.integer(0) == 0 ? "unknown_bib" : "ambiguous_bib"] = rows.integer(1);
}

Table faults(store::Store& store) {
    Table table;
    table.name = "item-faults";
    table.title = msg("Faults in the item files");
    table.columns = {{"code", msg("Fault"), ColumnKind::code},
                     {"n", msg("Rows"), ColumnKind::integer}};
    std::map<std::string, std::int64_t> counts;
    {
        // Newest first: of a file that was taken in again only the last time counts.
        std::set<std::pair<std::string, std::string>> seen;
        std::set<std::string> is_closed;  // sources whose last full load has been passed
        std::set<std::int64_t> counted;
        store::Rows loads = store.query(
            "SELECT l.id, l.source, l.sha256, c.is_full FROM load l JOIN catalog_load c ON "
            "c.load_id = l.id "
            "WHERE l.kind = 'items' ORDER BY l.id DESC");
        while (loads.next()) {
            const std::string source = text(loads, 1);
            if (is_closed.contains(source)) continue;
            if (loads.integer(3) != 0) is_closed.insert(source);
            if (seen.emplace(source, text(loads, 2)).second) counted.insert(loads.integer(0));
        }
        store::Rows rows = store.query(
            "SELECT load_id, code, n FROM catalog_fault WHERE code <> 'unknown_bib' AND code <> "
            "'ambiguous_bib' "
            "ORDER BY load_id, code");
        while (rows.next())
            if (counted.contains(rows.integer(0))) counts[text(rows, 1)] += rows.integer(2);
    }
    count_orphans(store, counts);
    for (const auto& [code, n] : counts) table.rows.push_back({code, n});
    table.provenance = provenance(store, "items");
    return table;
}

}  // namespace

std::vector<Table> tables(store::Store& store) {
    std::vector<Table> out;
    out.push_back(loads(store, "bibs"));
    out.push_back(bibs(store));
    out.push_back(loads(store, "items"));
    out.push_back(items(store));
    out.push_back(faults(store));
    return out;
}

Message status_name(std::string_view status_class) {
    if (status_class == "on_shelf") return msg("on shelf");
    if (status_class == "on_loan") return msg("on loan");
    if (status_class == "in_transit") return msg("in transit");
    if (status_class == "off_shelf") return msg("off shelf");
    if (status_class == "missing") return msg("missing item");
    if (status_class == "withdrawn") return msg("withdrawn");
    if (status_class == "pending") return msg("pending");
    return msg("status unknown");
}

Message material_name(std::string_view material) {
    if (material == "book") return msg("book");
    if (material == "serial") return msg("serial");
    if (material == "sound") return msg("sound recording");
    if (material == "map") return msg("map");
    if (material == "video") return msg("video recording");
    if (material == "score") return msg("score");
    if (material == "electronic") return msg("electronic resource");
    if (material == "manuscript") return msg("manuscript");
    return msg("other material");
}

}  // namespace tushu::catalog
