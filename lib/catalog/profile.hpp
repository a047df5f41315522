// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tushu::catalog {

/// How a library's item export is to be read (YAML):
///
///     columns: {barcode: 条码, bib: 书目号, location: 馆藏地, call_number: 索书号, scheme: 分类法,
///               status: 状态, volume: 卷册, copy: 复本, updated: 更新日期}
///     status: {在架: on_shelf, 借出: on_loan}
///     unknown_status: stop
///
/// Only columns.barcode must be there. Status words are compared after NFKC, without blanks at the
/// ends.
struct ItemProfile {
    struct Columns {
        std::string barcode, bib, location, call_number, scheme, status, volume, copy,
            updated;  // empty: absent
    };
    std::string file;
    std::string sha256;  // of the profile's bytes: part of what decides the result of a load
    Columns columns;
    std::map<std::string, std::string, std::less<>> status;  // word of the file to status class
    bool stops_at_unknown_status = true;

    /// Errors: Error{config} with file, line and column for unknown keys, unknown status classes, a
    ///         status column without status words; Error{no_input}.
    static ItemProfile load(const std::string& path);
    /// The class of a word as it stands in the file; nullopt when the profile does not know it.
    [[nodiscard]] std::optional<std::string_view> class_of(std::string_view word) const;
};

}  // namespace tushu::catalog
