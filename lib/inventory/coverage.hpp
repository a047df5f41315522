// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "inventory/order.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::inventory {

struct CoverageOptions {
    /// More unseen books than this in a row, between two that stand, are taken as a stretch nobody
    /// scanned.
    std::uint32_t longest_run = 8;
};

/// How many independent complete passes went over the place of each expected book.
///
/// A book's place is known only by its call number: it is covered when books on both sides of it
/// were scanned in one pass on the same shelf or on shelves that follow each other. At the outer
/// ends, beside shelves that were not scanned, a book is covered only where the doubt is
/// negligible, or up to the ends of the range that the shelf's label names. When the holdings name
/// the shelf of a book, that shelf decides instead.
///
/// Shape:  one byte a row. O(rows + n log n).
struct Coverage {
    std::vector<std::uint8_t> passes;
    std::uint32_t open_runs = 0;  // runs above longest_run inside a shelf
};

/// The range of call numbers on a shelf's label, for the items of one scheme.
class LabelRange {
  public:
    /// Nullopt when the label has none, or its ends are no call numbers of the scheme. Standard
    /// rules: a snapshot does not keep house rules.
    static std::optional<LabelRange> of(const Segment& segment, callno::Scheme scheme);
    /// An end that is only a class (K21) holds all book numbers of that class.
    [[nodiscard]] bool begins_behind(std::string_view key) const;
    [[nodiscard]] bool ends_before(std::string_view key) const;

  private:
    std::string from_, to_;
    bool excludes_from_ = false, excludes_to_ = false;
};
/// True when the shelf's label has a range and the item's call number is outside of it.
[[nodiscard]] bool is_outside_label(const Segment& segment, const Snapshot& snapshot,
                                    std::uint32_t row);

/// `unseen_before[r]`: expected books among rows 0..r-1 that no scan and no event places anywhere.
[[nodiscard]] Coverage cover(const ScanLog& log, const Snapshot& snapshot, const Matching& matching,
                             const Arrangement& arrangement,
                             const std::vector<std::uint32_t>& unseen_before,
                             const CoverageOptions& options = {});

}  // namespace tushu::inventory
