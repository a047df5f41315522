// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "inventory/barcode.hpp"
#include "inventory/outcome.hpp"
#include "inventory/scans.hpp"
#include "inventory/snapshot.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tushu::inventory {

/// What a scan is once it has been compared with the holdings and the other scans.
enum class ScanRole : std::uint8_t {
    item,       // stands for its item
    again,      // further evidence of an item: another pass, or a place it has left since
    dupscan,    // the same reading twice
    duplabel,   // the same code on what must be another volume
    ambiguous,  // several items have the code
    unknown,    // no item has the code
    other,      // no code at all: damaged, without label, a count
};

/// Scans joined to holdings rows.
///
/// Shape:  arrays run parallel to ScanLog::scans, ScanLog::segments and the snapshot's rows.
struct Matching {
    std::vector<std::uint32_t> row;       // per scan; kNone without record
    std::vector<std::uint32_t> group;     // per scan: snapshot group of its row; kNone without
    std::vector<ScanRole> role;           // per scan
    std::vector<std::uint32_t> previous;  // per scan: an earlier scan of the same code, or kNone
    std::vector<std::uint32_t>
        position;  // per scan: its place among the volumes of its segment, from 1
    std::vector<std::uint32_t> location;  // per segment: snapshot location, or kNone
    /// Per segment: the library and the collection that belong there, as declared, or as most of
    /// its books have it; empty when nobody knows. No entries when the holdings name none.
    std::vector<std::string> library, collection;
    /// The forms of codes, given or learned from the holdings; no forms while every code is known.
    CodeRules rules;
    std::vector<std::uint32_t>
        pass;  // per segment: which independent pass it belongs to, dense from 0
    std::vector<bool>
        is_current;  // per segment: no later complete pass replaced what it says of positions
    std::vector<std::uint32_t> item_scan;  // per row: the scan that stands for the item, or kNone
    std::vector<std::uint32_t> ambiguous_rows;  // rows that share a code which was scanned
    std::map<std::uint32_t, OutcomeSet>
        repaired;  // scans whose code was mended: cut start/stop signs, unglued
    std::uint32_t passes = 0;
    std::uint32_t repeated_segments = 0;  // delivered in an earlier file already: no second look
    std::uint32_t unknown_locations = 0;  // segments whose declared location no item has
};

struct MatchOptions {
    std::uint32_t dup_distance = 10;   // a second scan within so many positions is a double reading
    const CodeRules* rules = nullptr;  // borrowed; absent: learned from the holdings
};

/// Joins scans and holdings. Takes glued codes in `log` apart (what is behind the first becomes
/// scans of their own). A barcode that branches share is the item of the place where it was
/// scanned.
///
/// Shape:  n scans, m rows; 4 m + 20 n bytes. One look-up a scan.
[[nodiscard]] Matching match(ScanLog& log, const Snapshot& snapshot,
                             const MatchOptions& options = {});

}  // namespace tushu::inventory
