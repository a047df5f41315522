// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/csv.hpp"
#include "base/date.hpp"
#include "base/message.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace tushu {

/// A share as exact integers (actual of target), printed as a percentage with one decimal, half up.
struct Share {
    std::int64_t part = 0;
    std::int64_t whole = 0;  // 0: printed as not applicable
    bool operator==(const Share&) const = default;
};
/// Why a cell holds no value. Marks that must not be mixed up with zero.
enum class Mark { missing, not_applicable, closed, suppressed, estimated };

/// One typed cell. Message cells exist in both languages; std::string cells are data.
using Cell = std::variant<std::int64_t, Share, std::string, Day, Message, Mark>;

/// What a column means to those who draw it.
enum class ColumnKind { text, integer, share, day, code };

struct Column {
    std::string key;  // stable name for CSV, JSON and scripts: "target", "actual"
    Message title;    // for people
    ColumnKind kind = ColumnKind::text;
};

/// A result of some domain, ready to be shown by anybody: terminal, CSV, JSON, HTML, XLSX.
///
/// The cells are the only truth; renderers add nothing but layout. `notes` are shown below the
/// table, `provenance` names the loads (source, file, SHA-256) that the numbers came from.
struct Table {
    std::string name;  // file-name safe: "plan", "inventory-outcomes"
    Message title;
    std::vector<Column> columns;
    std::vector<std::vector<Cell>> rows;
    std::vector<Message> notes;
    std::vector<std::string> provenance;
};

/// "75.0 %", a day, a number or a text, as people read it.
[[nodiscard]] std::string cell_text(const Cell& cell, Lang lang);
/// The same for machines: 75.0, 2019-12-31; marks as "missing", "n/a", "closed", "suppressed",
/// "estimated".
[[nodiscard]] std::string cell_data(const Cell& cell, Lang lang);

/// Aligned columns for a terminal (wide characters count two); numbers to the right.
[[nodiscard]] std::string table_text(const Table& table, Lang lang);
/// CSV with the column keys as header. Message cells are written in `lang`.
void write_table_csv(const Table& table, Lang lang, Output& out, CsvStyle style = {});
/// {"name","title","columns":[{key,title,kind}],"rows":[{key:value}],"notes":[],"provenance":[]}
[[nodiscard]] std::string table_json(const Table& table, Lang lang);

}  // namespace tushu
