// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/table.hpp"
#include "inventory/reconcile.hpp"

namespace tushu::inventory {

/// What people need in hand, made from one reconciliation. Lines stand in walking order: location,
/// shelf, position.
class Lists {
  public:
    Lists(const ScanLog& log, const Snapshot& snapshot, const Reconciliation& reconciliation)
        : log_(&log), snapshot_(&snapshot), result_(&reconciliation) {}

    /// Everything on the shelves that somebody must take in hand, and what is to be done with it.
    /// Of a block of books that are carried together the first line says from where to where.
    [[nodiscard]] Table pull() const;
    /// What to look for again: missing items between the books where they should stand.
    [[nodiscard]] Table search() const;
    /// The pulled books in the order of the places they go to, for the cart.
    [[nodiscard]] Table cart() const;
    /// Shelf by shelf as scanned, misplaced books marked: `shelf` empty gives every shelf that has
    /// any.
    [[nodiscard]] Table shelf(const std::string& shelf) const;
    /// How much of each location has been gone over, and what is left. `items` is the sum of the
    /// columns `seen` to `decided`; `covered` is the share of seen and missing ones in those and
    /// the ones not covered.
    [[nodiscard]] Table coverage() const;
    /// Each shelf with who scanned it when, and what was found.
    [[nodiscard]] Table shelves() const;
    /// How many volumes two passes overlooked (Lincoln-Petersen with Chapman's correction, 95 %).
    [[nodiscard]] Table estimate() const;
    /// Items a day so far, and the working day on which the rest will be done. `target`: items to
    /// reach; 0: all that is not covered yet.
    [[nodiscard]] Table forecast(std::int64_t target) const;

  private:
    /// A line of the pull list. Lines with one number of `run` (from 1) are carried together.
    struct Pulled {
        OutcomeLine line;
        std::vector<Cell> cells;
        std::uint32_t run = 0;
        Message together;  // what to do with the run
    };
    [[nodiscard]] std::vector<Pulled> pulled() const;
    void find_runs(std::vector<Pulled>& lines) const;
    [[nodiscard]] Message together(std::span<const Pulled> run) const;
    [[nodiscard]] static Table pull_table(std::vector<Pulled> lines);
    [[nodiscard]] std::vector<OutcomeLine> in_walking_order(OutcomeSet wanted) const;
    [[nodiscard]] std::span<const Move> moves_of(const OutcomeLine& line) const;
    [[nodiscard]] std::string neighbour(std::uint32_t row) const;
    const ScanLog* log_;
    const Snapshot* snapshot_;
    const Reconciliation* result_;
};

/// Every piece of evidence about one barcode, in the order of time: the record, each scan, events,
/// what people decided, the claim.
[[nodiscard]] Table why(const std::string& barcode, const ScanLog& log, const Snapshot& snapshot,
                        const Events& events, const std::vector<Decision>& decisions,
                        const Reconciliation& reconciliation, const std::string& zone);

/// What an outcome means, for people.
[[nodiscard]] Message meaning_of(Outcome outcome);

}  // namespace tushu::inventory
