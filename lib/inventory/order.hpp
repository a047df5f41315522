// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "inventory/matching.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::inventory {

/// A book that does not stand where its call number belongs.
struct Move {
    std::uint32_t scan = kNone, row = kNone;
    std::uint32_t to_segment =
        kNone;  // the shelf it belongs on; kNone: nothing of its location was scanned
    std::uint32_t left_row = kNone, right_row = kNone;  // the books it belongs between
    bool is_home = true;         // stands in its own location; false: strayed from another one
    bool is_same_shelf = false;  // belongs elsewhere on the shelf where it stands
    /// Why the label or the record may be wrong and not the place.
    enum class Doubt : std::uint8_t { none, swapped, record } doubt = Doubt::none;
    std::uint32_t other_row = kNone;  // swapped: the book with which it has changed labels
    std::uint32_t block = 0;          // from 1: carried together with its neighbours; 0: alone
};

/// A run of books that stand in order, but on another shelf than the last label said: the label of
/// that shelf was passed over. The run has become a segment of its own.
struct MissedLabel {
    std::uint32_t segment = kNone;  // the new one
    std::uint32_t after = kNone;    // the segment it was cut from
};

/// The shelves as they stand, compared with the order of call numbers. Of its moves, those are one
/// block that stand side by side and will stand side by side again, in the same order or the
/// opposite one. How few blocks would do is NP-hard; these are the longest such runs.
///
/// Shape:  for each stretch of shelves in one order, the fewest books whose removal leaves the rest
/// in
///         order (longest non-decreasing subsequence over the whole location, suspects leaving
///         first).
struct Arrangement {
    std::vector<bool> is_fixed;                     // per scan: stands in order
    std::vector<std::vector<std::uint32_t>> fixed;  // per group: scans in order
    std::vector<Move> moves;                        // in the order of scans
    std::vector<std::uint32_t> walk;                // segments in walking order, by location
    std::vector<std::uint32_t> walk_place;          // per segment: its index in `walk`
    std::vector<bool> is_right_to_left;             // per segment
    std::vector<MissedLabel> missed_labels;
};

/// Finds the books out of order. May swap which of two scans of one code stands for the item (the
/// one that stands in order does).
///
/// Shape:  O(n log n); 1.3 million scans take about 0.3 s.
[[nodiscard]] Arrangement arrange(ScanLog& log, const Snapshot& snapshot, Matching& matching);

/// A shelf code taken apart at its last number; number -1 without one. Views into the code.
struct NumberedCode {
    std::string_view before, after;
    std::int64_t number = -1;
};
[[nodiscard]] NumberedCode numbered(std::string_view code);

/// Whether shelf `b` follows shelf `a`: the same code but for the number at its end.
enum class Adjacency { adjacent, apart, unclear };
[[nodiscard]] Adjacency adjacency(std::string_view a, std::string_view b);

/// moves.csv: barcode,from_anchor,from_position,to_anchor,left_barcode,right_barcode,block.
/// Positions count from 1 at the left end of the shelf; a book that moves alone has no block.
/// Strays are books of another location; where theirs
/// was not scanned, to_anchor is its code.
enum class Strays { left_out, included };
void write_moves(const ScanLog& log, const Snapshot& snapshot, const Matching& matching,
                 const Arrangement& arrangement, Strays strays, Output& out);
/// Position on the shelf from the left, also of shelves scanned right to left.
[[nodiscard]] std::uint32_t shelf_position(const ScanLog& log, const Matching& matching,
                                           const Arrangement& arrangement, std::uint32_t scan);

}  // namespace tushu::inventory
