// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/output.hpp"
#include "marc/format.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace tushu::catalog {

struct ExportCounts {
    std::int64_t records_in = 0, records_out = 0, rejects = 0;
};

/// Writes the live bibliographic records, by control number and source.
///
/// Shape:  one block of records in memory. `source` empty: of all sources.
/// Errors: a record that the format cannot hold (ISO 2709: too long) goes to `reject` as
/// MARC-in-JSON,
///         code oversize. Error{io} when a stored record is damaged.
[[nodiscard]] ExportCounts export_bibs(
    store::Store& store, std::string_view source, marc::Format format, Output& out,
    const std::function<void(std::string_view code, const Error&, std::string_view raw,
                             std::string_view key)>& reject,
    const std::function<void(std::uint64_t)>& tick);

/// Writes the live items as neutral CSV: UTF-8, header
/// barcode,bib,location,call_number,scheme,status, volume,copy,title,source, sorted by location and
/// barcode; status is the class. For programs, so no cell is altered for spreadsheets. The title is
/// that of the bibliographic record in the item's own source, else in the only other source that
/// has the number, else empty.
[[nodiscard]] ExportCounts export_items(store::Store& store, std::string_view source, Output& out);

}  // namespace tushu::catalog
