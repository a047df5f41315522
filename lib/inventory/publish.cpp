// SPDX-License-Identifier: Apache-2.0
#include "inventory/publish.hpp"

#include <map>

namespace tushu::inventory {

std::int64_t publish_outcomes(store::Store& store, const Session& session, const ScanLog& log,
                              const Snapshot& snapshot, const Reconciliation& reconciliation) {
    std::map<std::pair<std::string_view, Outcome>, std::int64_t> counts;
    std::map<std::pair<Day, std::uint32_t>, std::int64_t> days;
    std::int64_t undated = 0;
    const Matching& matching = reconciliation.matching();
    const auto first_days = reconciliation.first_days();
    reconciliation.for_each([&](const OutcomeLine& line) {
        ++counts[{reconciliation.location(line), line.outcome}];
        if (line.scan == kNone || matching.role[line.scan] != ScanRole::item || line.row == kNone)
            return;
        // A later pass does not take it from the day that has been reported.
        const auto& day = first_days[line.row];
        if (day)
            ++days[{*day, snapshot.location_of(line.row)}];
        else
            ++undated;
    });

    store::Transaction transaction(store);
    const std::string& name = session.name();
    // Folders of the same name are different work; the first file that was added tells them apart.
    const std::string first = session.files().empty() ? "" : session.files().front().sha256;
    const auto known =
        store.text("SELECT first_file FROM inventory_session WHERE session = $1", name);
    if (known && !known->empty() && *known != first)
        throw Error(Fault::usage, {session.folder().string()},
                    msg("another session called \"{}\" has been published", name),
                    msg("give this one a name of its own in its session.yaml"));
    store.execute("DELETE FROM inventory_outcome WHERE session = $1", name);
    store.execute("DELETE FROM inventory_session WHERE session = $1", name);
    store.execute(
        "INSERT INTO inventory_session (session, snapshot, files, scans, items, seen, first_file) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7)",
        name, snapshot.source_sha256(), log.files.size(), log.scans.size(), snapshot.rows(),
        reconciliation.seen(), first);
    for (const auto& [key, n] : counts)
        store.execute(
            "INSERT INTO inventory_outcome (session, location, outcome, n) VALUES ($1, $2, $3, $4)",
            name, key.first, name_of(key.second), n);
    std::vector<store::DailyCount> daily;
    for (const auto& [key, n] : days)
        daily.push_back({"items_inventoried", text_of(key.first), "",
                         std::string(snapshot.locations()[key.second]), n});
    store::replace_daily_counts(store, "inventory:" + name, daily);
    transaction.commit();
    return undated;
}

void publish_moves(store::Store& store, const Session& session, const ScanLog& log,
                   const Snapshot& snapshot, const Matching& matching,
                   const Arrangement& arrangement) {
    store::Transaction transaction(store);
    store.execute("DELETE FROM inventory_move WHERE session = $1", session.name());
    auto bulk = store.bulk("inventory_move",
                           {"session", "number", "barcode", "from_anchor", "from_position",
                            "to_anchor", "left_barcode", "right_barcode"});
    std::int64_t number = 0;
    for (const Move& move : arrangement.moves) {
        if (!move.is_home) continue;
        const std::string left = move.left_row == kNone ? "" : snapshot.barcode(move.left_row);
        const std::string right = move.right_row == kNone ? "" : snapshot.barcode(move.right_row);
        const std::string_view to = move.to_segment == kNone
                                        ? snapshot.locations()[snapshot.location_of(move.row)]
                                        : std::string_view(log.segments[move.to_segment].anchor());
        bulk.row(session.name(), ++number, snapshot.barcode(move.row),
                 log.segments[log.scans[move.scan].segment].anchor(),
                 shelf_position(log, matching, arrangement, move.scan), to, left, right);
    }
    bulk.close();
    transaction.commit();
}

}  // namespace tushu::inventory
