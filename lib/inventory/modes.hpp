// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/table.hpp"
#include "inventory/reconcile.hpp"
#include "store/store.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace tushu::inventory {

/// What a mode found: a table for people and programs, and what it counted.
struct ModeResult {
    Table table;
    std::map<std::string, std::int64_t> counts;
    std::vector<store::DailyCount> daily;
    std::int64_t undated = 0;  // counted, but on no known day
};

/// 未编文献清点: a register of volumes without records, from ISBNs, temporary codes and NOBARCODE
/// lines.
///
/// Each scan of an ISBN is a volume, and so is each other code. ISBNs become ISBN-13; the same ISBN
/// again is a copy of the first; where the holdings know the ISBN, their bibs are named as
/// candidates. `snapshot` may be absent.
[[nodiscard]] ModeResult register_uncatalogued(const ScanLog& log, const Snapshot* snapshot);

/// One volume of a stack move as planned.
struct PlannedMove {
    std::string barcode, from, to, box;
    std::string to_shelf;  // when given, `to` is a location and this the shelf in it
};
/// Columns barcode, to, and of from, box and to_shelf what there is.
[[nodiscard]] std::vector<PlannedMove> read_moves(Input& input);

/// 基藏书库移库: what was planned, what was scanned out (into boxes or carts) and what was scanned
/// in. States: MOVED-OK, MOVED-WRONG (arrived elsewhere), MOVED-LOST (left and did not arrive),
/// NOT-MOVED (did not leave), MOVED-EXTRA (nobody planned it). Each planned volume is in exactly
/// one of the first four: planned = arrived + lost + still at origin. A volume that arrived without
/// having been scanned out counts as arrived.
[[nodiscard]] ModeResult compare_moves(const std::vector<PlannedMove>& planned,
                                       const ScanLog& departed, const ScanLog& arrived);

/// 分库及数量核对: expected and counted volumes by shelf (where the holdings name shelves) or
/// location. Codes count once, #COUNT lines and quantities what they say; of several declared
/// passes over one place the last counts. Expected are items whose status lets them stand there.
/// Where only some places were counted, a note estimates the whole with its error (stratified by
/// location).
[[nodiscard]] ModeResult check_counts(ScanLog log, const Snapshot& snapshot);
/// Which of the holdings' shelves (or locations) to count, `n` of them drawn at random, each
/// location with its share: the same seed draws the same.
[[nodiscard]] Table draw_sample(const Snapshot& snapshot, std::size_t n, std::uint64_t seed);

/// Within what the copies of a title are counted: a copy in another branch (or location) is none.
/// Items without a branch count as one branch.
enum class CopyScope : std::uint8_t { all, branch, location };

struct KeepRule {
    CopyScope within = CopyScope::all;
    std::uint32_t copies = 1;                          // of each title, in its scope; at least one
    std::map<std::string, std::uint32_t> by_location;  // at least so many there
};
/// 复本甄别: titles with more copies than the rule keeps. Copies that are on loan, on hold or
/// protected are kept; of the others those go first that stand where most copies are. Volumes are
/// told apart. Groups by bib, else by ISBN, and within each by the scope.
///
/// Errors: Error{usage} when branches are asked for and the holdings name none, or when no copy
///         is to be kept.
[[nodiscard]] ModeResult screen_duplicates(const Snapshot& snapshot, const KeepRule& rule);

struct WeedRule {
    std::set<std::string> protected_locations;
    std::string reason, batch;
    bool last_copy_may_go = false;
    CopyScope within = CopyScope::all;  // of which the last copy is one
};
/// 剔旧: each barcode of the list is cleared for withdrawal or refused with every reason: unknown,
/// ambiguous, repeated, withdrawn, on_loan, on_hold, protected, last_copy, not_on_shelf. The last
/// copy, of all or of its branch or location, is reckoned after what the list has cleared before
/// it.
///
/// Errors: Error{usage} when branches are asked for and the holdings name none.
[[nodiscard]] ModeResult check_weeding(const std::vector<std::string>& barcodes,
                                       const Snapshot& snapshot, const WeedRule& rule,
                                       std::optional<Day> day);

}  // namespace tushu::inventory
