// SPDX-License-Identifier: Apache-2.0
#include "inventory/outcome.hpp"

#include <array>
#include <bit>

namespace tushu::inventory {
namespace {

constexpr std::array<std::string_view, kOutcomes> kNames = {
    "BADREAD",    "BADCHECK", "NOTITEM",     "NOREC",    "AMBIG",    "DELETED",   "WITHDRAWN",
    "WASMISSING", "ONLOAN",   "OTHERSTATUS", "WRONGLIB", "WRONGLOC", "WRONGCOLL", "OUTRANGE",
    "OUTORDER",   "FOUND",    "DUPSCAN",     "DUPLABEL", "NOLABEL",  "SETPART",   "TAGMISMATCH",
    "MISSING1",   "MISSING2", "NOTCOVERED",  "EXPLAINED"};

}  // namespace

std::string_view name_of(Outcome outcome) { return kNames[static_cast<std::size_t>(outcome)]; }

std::optional<Outcome> outcome_from(std::string_view name) {
    for (std::size_t i = 0; i < kOutcomes; ++i)
        if (kNames[i] == name) return static_cast<Outcome>(i);
    return std::nullopt;
}

void append_names(std::string& out, OutcomeSet set) {
    bool is_first = true;
    for (; set != 0; set &= set - 1) {
        if (!is_first) out += ';';
        is_first = false;
        out += kNames[static_cast<std::size_t>(std::countr_zero(set))];
    }
}

}  // namespace tushu::inventory
