// SPDX-License-Identifier: Apache-2.0
#include "inventory/tables.hpp"

namespace tushu::inventory {

std::vector<Table> tables(store::Store& store) {
    Table outcomes;
    outcomes.name = "inventory-outcomes";
    outcomes.title = msg("Stock-taking: outcomes by location");
    outcomes.columns = {{"session", msg("Session"), ColumnKind::text},
                        {"location", msg("Location"), ColumnKind::text},
                        {"outcome", msg("Outcome"), ColumnKind::code},
                        {"n", msg("Items"), ColumnKind::integer}};
    auto rows = store.query(
        "SELECT session, location, outcome, n FROM inventory_outcome ORDER BY session, location, "
        "outcome");
    while (rows.next())
        outcomes.rows.push_back({std::string(rows.text(0)), std::string(rows.text(1)),
                                 std::string(rows.text(2)), rows.integer(3)});
    outcomes.notes.push_back(
        msg("NOTCOVERED items stand where nobody has scanned yet: nothing is said about them."));
    auto sessions = store.query("SELECT session, snapshot FROM inventory_session ORDER BY session");
    while (sessions.next())
        outcomes.provenance.push_back(std::string(sessions.text(0)) +
                                      " sha256:" + std::string(sessions.text(1)));

    Table moves;
    moves.name = "inventory-moves";
    moves.title = msg("Stock-taking: books to move");
    moves.columns = {{"session", msg("Session"), ColumnKind::text},
                     {"barcode", msg("Barcode"), ColumnKind::text},
                     {"from_anchor", msg("From shelf"), ColumnKind::text},
                     {"from_position", msg("Position"), ColumnKind::integer},
                     {"to_anchor", msg("To shelf"), ColumnKind::text},
                     {"left_barcode", msg("Left neighbour"), ColumnKind::text},
                     {"right_barcode", msg("Right neighbour"), ColumnKind::text}};
    auto move_rows = store.query(
        "SELECT session, barcode, from_anchor, from_position, to_anchor, left_barcode, "
        "right_barcode FROM inventory_move "
        "ORDER BY session, number");
    while (move_rows.next())
        moves.rows.push_back({std::string(move_rows.text(0)), std::string(move_rows.text(1)),
                              std::string(move_rows.text(2)), move_rows.integer(3),
                              std::string(move_rows.text(4)), std::string(move_rows.text(5)),
                              std::string(move_rows.text(6))});
    moves.provenance = outcomes.provenance;
    return {std::move(outcomes), std::move(moves)};
}

}  // namespace tushu::inventory
