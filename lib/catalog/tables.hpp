// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/table.hpp"
#include "store/store.hpp"

#include <vector>

namespace tushu::catalog {

/// What the catalogue has to report, in this order:
/// - catalog-loads: source, file, records_in, created, changed, unchanged, rejects, repeated,
///   vanished
/// - catalog-bibs: source, language, material, n (live records)
/// - item-loads: as catalog-loads
/// - catalog-items: location, status, n (live items; status is the class)
/// - item-faults: code, n. Refused rows and unknown statuses are those of each source's loads since
///   its last full one, a file taken in again counting once; unknown_bib and ambiguous_bib are as
///   the store stands now.
[[nodiscard]] std::vector<Table> tables(store::Store& store);

/// "on shelf", "馆藏在架": a status class for people.
[[nodiscard]] Message status_name(std::string_view status_class);
/// "book", "图书": a material word for people.
[[nodiscard]] Message material_name(std::string_view material);

}  // namespace tushu::catalog
