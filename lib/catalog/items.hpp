// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "catalog/keyed_load.hpp"
#include "catalog/profile.hpp"

#include <string>
#include <vector>

namespace tushu::catalog {

/// Takes item exports (CSV, TSV; GB 18030 or UTF-8 by evidence) into the table item.
///
/// Shape:  as load_bibs. The key is the barcode: NFKC, upper case, no blanks at its ends, inner
/// blanks
///         collapsed. Of rows with the same barcode the first is kept.
/// Errors: rejects bad_row (unreadable, or more or fewer cells than the header), no_barcode,
///         duplicate_barcode. Warnings: unknown_bib, ambiguous_bib (the number is not in this
///         source but in several others), unknown_status; such items are kept. Error{bad_input} at
///         the line when the profile does not know a status and says stop, and when a column it
///         names is not there.
[[nodiscard]] std::vector<FileLoad> load_items(store::Store& store,
                                               const std::vector<std::string>& files,
                                               const ItemProfile& profile,
                                               const LoadOptions& options,
                                               const LoadEvents& events);

}  // namespace tushu::catalog
