// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/csv.hpp"
#include "base/date.hpp"
#include "inventory/snapshot.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tushu::inventory {

/// What happened to an item between the export of the holdings and the end of scanning.
enum class EventKind : std::uint8_t {
    loan,
    renewal,
    returned,
    in_house,
    retrieval,
    hold,
    transit,
    binding,
    missing,
    withdrawn
};
[[nodiscard]] std::string_view name_of(EventKind kind);

struct Event {
    std::uint32_t row = 0;
    EventKind kind = EventKind::loan;
    Instant time{};
    /// It named a barcode that several items share, and not which: it explains that one of them is
    /// away, and says nothing against one that was seen.
    bool is_shared = false;
};

/// Events of one snapshot's items, in the order of (row, time).
struct Events {
    std::vector<Event> list;
    std::int64_t before_export = 0;  // already in the snapshot
    std::int64_t not_held = 0;       // of items that the snapshot does not have
    std::int64_t shared = 0;         // of one of several items with the same barcode
    [[nodiscard]] std::span<const Event> of(std::uint32_t row) const;
};

/// Reads circulation events from CSV, one at a time.
///
/// Shape:  columns time, type and item (or barcode), and item_id or location, which tell items with
///         the same barcode apart; others are not looked at, patrons least of
/// all. Errors: per row Error{bad_input}: unreadable time (bad_time), unknown type (unknown_type);
/// code() names
///         the last one.
class EventReader {
  public:
    EventReader(Input& input, const Snapshot& snapshot, std::string zone);
    /// Reads the next row into `events`; false at the end.
    [[nodiscard]] bool next(Events& events);
    [[nodiscard]] const char* code() const { return code_; }
    [[nodiscard]] std::string_view raw() const { return csv_.raw(); }

  private:
    Input& input_;
    const Snapshot& snapshot_;
    CsvReader csv_;
    std::string zone_, scratch_;
    std::size_t time_ = 0, type_ = 0, item_ = 0;
    std::optional<std::size_t> key_, location_;
    const char* code_ = "bad_row";
};

/// Puts events in order once all are read.
void sort_events(Events& events);

}  // namespace tushu::inventory
