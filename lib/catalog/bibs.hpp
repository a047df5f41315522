// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "catalog/keyed_load.hpp"

#include <string>
#include <vector>

namespace tushu::catalog {

/// Takes bibliographic records into the table bib, from any format that marc::open_records reads.
///
/// Shape:  one transaction a file; one for all files of a full load. Memory does not grow with the
/// file.
///         The key is 001, else 035 $a (warning no_001). Of records with the same key the later
///         wins. Afterwards the source's daily counts (bibs_created) are those of the table.
/// Errors: rejects bad_record (unreadable), no_control_number (neither 001 nor 035), not_bib
/// (holdings and
///         authority records by Leader/06). What Input, Store and KeyedLoad throw ends the load;
///         the store is then as it was before the file.
[[nodiscard]] std::vector<FileLoad> load_bibs(store::Store& store,
                                              const std::vector<std::string>& files,
                                              const LoadOptions& options, const LoadEvents& events);

}  // namespace tushu::catalog
