// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tushu::inventory {

/// What became of one item or one scan. Where several hold, the first of this list is the primary
/// one.
enum class Outcome : std::uint8_t {
    badread,      // unreadable, or two codes glued together
    badcheck,     // the check digit fails and no item has the code
    notitem,      // a patron card, shelf label or ISBN where an item was expected
    norec,        // a sound code that no item has
    ambig,        // more than one item has the code
    deleted,      // the catalogue has deleted the item
    withdrawn,    // withdrawn, yet on the shelf
    wasmissing,   // missing or lost in the catalogue, yet on the shelf
    onloan,       // on loan in the catalogue, yet on the shelf
    otherstatus,  // in transit, at the binder's, being processed ... yet on the shelf
    wronglib,     // belongs to another sub-library
    wrongloc,     // belongs to another location
    wrongcoll,    // belongs to another collection
    outrange,     // right location, but a shelf where its call number does not belong
    outorder,     // right shelf, wrong place on it
    found,        // nothing to remark
    dupscan,      // scanned again shortly afterwards, or with the shelf scanned again
    duplabel,     // the same code at two places in one pass: two volumes may share a label
    nolabel,      // a volume without a barcode, or a record without one
    setpart,      // parts of a set are not there
    tagmismatch,  // the RFID tag contradicts the record or the label
    missing1,     // expected, not seen in one complete pass over its place
    missing2,     // expected, not seen in two independent complete passes
    notcovered,   // expected, its place was never scanned: says nothing about the item
    explained,    // absent for a known reason
};
inline constexpr std::size_t kOutcomes = 25;

[[nodiscard]] std::string_view name_of(Outcome outcome);  // "WRONGLOC"
[[nodiscard]] std::optional<Outcome> outcome_from(std::string_view name);

/// A set of outcomes: the secondary labels of one row.
using OutcomeSet = std::uint32_t;
[[nodiscard]] constexpr OutcomeSet set_of(Outcome outcome) {
    return OutcomeSet{1} << static_cast<unsigned>(outcome);
}
[[nodiscard]] constexpr bool contains(OutcomeSet set, Outcome outcome) {
    return (set & set_of(outcome)) != 0;
}
/// "WRONGLOC;OUTORDER", in the order of the list.
void append_names(std::string& out, OutcomeSet set);

}  // namespace tushu::inventory
