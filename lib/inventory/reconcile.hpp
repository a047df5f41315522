// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "inventory/coverage.hpp"
#include "inventory/decisions.hpp"
#include "inventory/events.hpp"
#include "inventory/order.hpp"

#include <array>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace tushu::inventory {

struct ReconcileOptions {
    MatchOptions match;
    CoverageOptions coverage;
    std::vector<std::string> locations;  // only their books are expected; empty: all
    std::string zone = "Asia/Shanghai";
    /// Borrowed. What people decided goes before what the scans say; the outcome it replaces stays
    /// as a secondary one.
    const std::vector<Decision>* decisions = nullptr;
};

/// One line of the answer.
struct OutcomeLine {
    std::uint32_t row = kNone;   // of the snapshot
    std::uint32_t scan = kNone;  // none for absent items
    Outcome outcome = Outcome::found;
    OutcomeSet secondary = 0;
};

/// Scans, holdings and events brought together. Nothing in it is written anywhere by being
/// computed.
///
/// Every holdings row has exactly one line, but for withdrawn and deleted ones that nobody saw (and
/// rows outside of `locations` that nobody saw); every repeated reading and every code without
/// record has one more.
class Reconciliation {
  public:
    /// Borrows all but the options; `log` may gain scans (codes read as one are taken apart).
    Reconciliation(ScanLog& log, const Snapshot& snapshot, const Events& events,
                   ReconcileOptions options);

    [[nodiscard]] const Matching& matching() const { return matching_; }
    [[nodiscard]] const Arrangement& arrangement() const { return arrangement_; }
    [[nodiscard]] const Coverage& coverage() const { return coverage_; }
    /// Lines in order: scans by file and line, then absent items in walking order.
    void for_each(const std::function<void(const OutcomeLine&)>& take,
                  OutcomeSet omitted = 0) const;
    /// The same for a part of them: places begin to end of places() altogether, each of which has a
    /// line or none.
    struct Part {
        std::uint64_t begin = 0, end = 0;
    };
    void for_each(const std::function<void(const OutcomeLine&)>& take, OutcomeSet omitted,
                  Part part) const;
    [[nodiscard]] std::uint64_t places() const {
        return scan_outcome_.size() + row_outcome_.size();
    }
    [[nodiscard]] const std::array<std::int64_t, kOutcomes>& counts() const { return counts_; }
    /// How many lines have each outcome as a secondary label.
    [[nodiscard]] const std::array<std::int64_t, kOutcomes>& secondary_counts() const {
        return secondary_counts_;
    }
    /// Distinct items of the holdings that were seen, and rows that nobody expects or saw.
    [[nodiscard]] std::int64_t seen() const { return seen_; }
    [[nodiscard]] std::int64_t not_expected() const { return not_expected_; }
    /// Items that were scanned on no known day while events happened to them: which came last is
    /// not known.
    [[nodiscard]] std::int64_t unordered() const { return unordered_; }
    /// The day on which a holdings row was first scanned, in whatever pass; nullopt when no scan of
    /// it says its day.
    [[nodiscard]] std::vector<std::optional<Day>> first_days() const;
    /// The line of a holdings row; nullopt when it has none.
    [[nodiscard]] std::optional<OutcomeLine> line_of_row(std::uint32_t row) const;

    /// The decision that holds for a holdings row, or null.
    [[nodiscard]] const Decision* decision(std::uint32_t row) const;

    [[nodiscard]] std::string barcode(const OutcomeLine& line) const;
    /// Where it was seen; for absent items the shelf where it should stand, as far as that was
    /// scanned.
    [[nodiscard]] std::string_view anchor(const OutcomeLine& line) const;
    /// Where the record says that the volume of a scan stands, when that is another shelf. Only of
    /// volumes without call number: elsewhere the order of call numbers decides, not the record.
    [[nodiscard]] std::string_view recorded_shelf(std::uint32_t scan) const;
    /// The item's location; for codes without record the one where they were scanned.
    [[nodiscard]] std::string_view location(const OutcomeLine& line) const;
    /// key=value pairs with ';' between: what the claim rests on.
    void append_detail(std::string& out, const OutcomeLine& line) const;

  private:
    friend class Judge;
    ScanLog* log_;
    const Snapshot* snapshot_;
    const Events* events_;
    ReconcileOptions options_;
    Matching matching_;
    Arrangement arrangement_;
    Coverage coverage_;
    std::vector<std::uint8_t> scan_outcome_;  // per scan; kNoOutcome without line
    std::vector<OutcomeSet> scan_secondary_;  // per scan
    std::unordered_map<std::uint32_t, const Decision*> decisions_;  // per row, those that hold
    std::unordered_map<std::uint32_t, OutcomeSet> row_secondary_;   // of absent rows
    [[nodiscard]] OutcomeLine line_of_absent(std::uint32_t row) const;
    std::vector<std::uint8_t> row_outcome_;  // per row: outcome of absent rows, kNoOutcome else
    std::vector<std::uint32_t>
        move_of_scan_;  // per scan, index into arrangement_.moves; empty without moves
    std::array<std::int64_t, kOutcomes> counts_{}, secondary_counts_{};
    std::int64_t seen_ = 0, not_expected_ = 0, unordered_ = 0;
    std::unordered_map<std::uint32_t, std::string> scan_notes_;  // details known while judging
};

/// outcomes.csv: barcode,outcome,secondary,anchor,file,line,detail; without lines of the outcomes
/// in `omitted`.
void write_outcomes(const Reconciliation& reconciliation, const ScanLog& log, OutcomeSet omitted,
                    Output& out);

}  // namespace tushu::inventory
