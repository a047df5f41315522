// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/input.hpp"
#include "stats/definitions.hpp"
#include "stats/loads.hpp"

#include <optional>
#include <string>

namespace tushu::stats {

/// Reads signed hand counts into the store: daily counts whose measure is the target's id, with the
/// origin "hand:<sha256>", and the entries themselves with evidence and signature.
///
/// Shape:  CSV with the columns day, target, count, evidence, signed_by. Corrections are entries of
/// their
///         own: a negative count with its evidence takes back what was entered before. An entry
///         that agrees in all five columns with one that is in the store, or above it in the file,
///         is the same entry and counts once: registers grow and are loaded again.
/// Rejects: bad_row, bad_time (the day), unknown_target, bad_count (not a whole number, or negative
///         without evidence). Warnings: not_signed.
/// Errors: Error{bad_input} for a missing column or a file without a header; those of Store.
LoadReport load_hand_counts(store::Store& store, const Plan& plan, Input& input,
                            const std::optional<LoadedFile>& replaces, const std::string& now,
                            const LoadEvents& events);

}  // namespace tushu::stats
