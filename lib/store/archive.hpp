// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/input.hpp"
#include "base/output.hpp"
#include "store/store.hpp"

#include <functional>
#include <string>
#include <vector>

namespace tushu::store {

/// Tables of the store, without the list of migrations; a table stands behind those it refers to.
[[nodiscard]] std::vector<std::string> table_names(Store& store);
/// Bytes that the store takes on disk (the whole file, or all tables of the schema with indexes).
[[nodiscard]] std::int64_t store_bytes(Store& store);

struct TableFacts {
    std::string table;
    std::int64_t rows = 0;
    std::string sha256;  // of the table's lines in the archive
};
/// What an archive holds.
struct ArchiveFacts {
    std::vector<Migration> migrations;
    std::vector<TableFacts> tables;
    [[nodiscard]] std::int64_t rows() const;
};
/// Called with the number of rows done so far.
using Tick = std::function<void(std::int64_t)>;

/// Writes the whole store into one portable file: the same bytes from SQLite and PostgreSQL, so
/// that it is the way from one to the other too.
///
/// Shape:  text. "tushu-backup 1"; a line "migration NUMBER NAME SHA256 INSTANT" for each
/// migration; for each
///         table a line "table NAME COLUMN:TYPE ..." (types int, text, bytes), its rows in the
///         order of the primary key, and "\E NAME ROWS SHA256"; last "done TABLES". Cells are
///         parted by tabs; NULL is \N; tab, line feed, carriage return and backslash are \t \n \r
///         \\; bytes are hex digits. One snapshot: writers go on meanwhile and are not in it.
ArchiveFacts write_archive(Store& store, Output& out, const Tick& tick);

/// What to do with rows that the store holds already.
enum class Existing { refuse, replace };

/// Makes the store what the archive holds, in one transaction, and applies later migrations behind
/// it. Errors: Error{bad_input} for an archive that is cut short or damaged (the store stays as it
/// was),
///         Error{config} when its migrations are not those of this tushu, Error{usage} when the
///         store holds rows and `existing` is refuse.
ArchiveFacts restore_archive(Store& store, Input& in,
                             const std::vector<std::string>& migration_files,
                             const std::string& now, Existing existing, const Tick& tick);

}  // namespace tushu::store
