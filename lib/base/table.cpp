// SPDX-License-Identifier: Apache-2.0
#include "base/table.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace tushu {
namespace {

template <class... F>
struct Overloaded : F... {
    using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

/// Tenths of a percent, half up, in integers: 1/3 is "33.3".
std::string percent(const Share& share) {
    const bool is_negative = (share.part < 0) != (share.whole < 0) && share.part != 0;
    const std::int64_t part = std::abs(share.part), whole = std::abs(share.whole);
    __extension__ using Wide = __int128;  // part * 2000 may not fit
    const auto tenths = static_cast<std::int64_t>((Wide{part} * 2000 + whole) / (Wide{whole} * 2));
    return fmt::format("{}{}.{}", is_negative && tenths != 0 ? "-" : "", tenths / 10, tenths % 10);
}

Message mark_message(Mark mark) {
    switch (mark) {
        case Mark::missing:
            return msg("missing");
        case Mark::not_applicable:
            return msg("n/a");
        case Mark::closed:
            return msg("closed");
        case Mark::suppressed:
            return msg("suppressed");
        case Mark::estimated:
            return msg("estimated");
    }
    return {};
}

bool is_number(const Cell& cell) {
    return std::holds_alternative<std::int64_t>(cell) || std::holds_alternative<Share>(cell);
}

/// A row that is too long or too short is the domain's mistake, and must not become a shifted
/// table.
void check_rows(const Table& table) {
    for (const auto& row : table.rows)
        if (row.size() != table.columns.size())
            throw Error(Fault::bug, msg("a row of the table {} has {} cells instead of {}",
                                        table.name, row.size(), table.columns.size()));
}

}  // namespace

std::string cell_text(const Cell& cell, Lang lang) {
    return std::visit(Overloaded{
                          [](std::int64_t n) { return fmt::format("{}", n); },
                          [lang](const Share& s) {
                              return s.whole == 0 ? mark_message(Mark::not_applicable).text(lang)
                                                  : percent(s) + " %";
                          },
                          [](const std::string& s) { return s; },
                          [](Day d) { return text_of(d); },
                          [lang](const Message& m) { return m.text(lang); },
                          [lang](Mark m) { return mark_message(m).text(lang); },
                      },
                      cell);
}

std::string cell_data(const Cell& cell, Lang lang) {
    if (const auto* share = std::get_if<Share>(&cell))
        return share->whole == 0 ? mark_message(Mark::not_applicable).english() : percent(*share);
    if (const auto* mark = std::get_if<Mark>(&cell)) return mark_message(*mark).english();
    return cell_text(cell, lang);
}

std::string table_text(const Table& table, Lang lang) {
    check_rows(table);
    std::vector<std::vector<std::string>> lines;
    std::vector<std::string> head;
    for (const auto& column : table.columns) head.push_back(column.title.text(lang));
    lines.push_back(head);
    for (const auto& row : table.rows) {
        std::vector<std::string> line;
        for (const auto& cell : row) line.push_back(printable(cell_text(cell, lang)));
        lines.push_back(std::move(line));
    }
    std::vector<std::size_t> widths(table.columns.size(), 0);
    for (const auto& line : lines)
        for (std::size_t i = 0; i < line.size() && i < widths.size(); ++i)
            widths[i] = std::max(widths[i], display_width(line[i]));

    std::string out = table.title.text(lang) + "\n\n";
    for (std::size_t l = 0; l < lines.size(); ++l) {
        std::string text;
        for (std::size_t i = 0; i < lines[l].size(); ++i) {
            const bool is_right = l == 0 ? table.columns[i].kind == ColumnKind::integer ||
                                               table.columns[i].kind == ColumnKind::share
                                         : is_number(table.rows[l - 1][i]);
            const std::string pad(widths[i] - display_width(lines[l][i]), ' ');
            if (i != 0) text += "  ";
            text += is_right ? pad + lines[l][i] : lines[l][i] + pad;
        }
        text.erase(text.find_last_not_of(' ') + 1);
        out += text + "\n";
        if (l == 0) {
            for (std::size_t i = 0; i < widths.size(); ++i)
                out += (i == 0 ? "" : "  ") + std::string(widths[i], '-');
            out += "\n";
        }
    }
    if (!table.notes.empty()) out += "\n";
    for (const auto& note : table.notes) out += note.text(lang) + "\n";
    return out;
}

void write_table_csv(const Table& table, Lang lang, Output& out, CsvStyle style) {
    check_rows(table);
    CsvWriter writer(out, style);
    std::vector<std::string_view> views;
    for (const auto& column : table.columns) views.push_back(column.key);
    writer.row(views);
    for (const auto& row : table.rows) {
        std::vector<std::string> cells;
        for (const auto& cell : row) cells.push_back(cell_data(cell, lang));
        views.assign(cells.begin(), cells.end());
        writer.row(views);
    }
}

std::string table_json(const Table& table, Lang lang) {
    constexpr std::string_view kKinds[] = {"text", "integer", "share", "day", "code"};
    check_rows(table);
    JsonWriter json;
    json.begin_object();
    json.member("name", table.name);
    json.member("title", table.title.text(lang));
    json.key("columns");
    json.begin_array();
    for (const auto& column : table.columns) {
        json.begin_object();
        json.member("key", column.key);
        json.member("title", column.title.text(lang));
        json.member("kind", kKinds[static_cast<std::size_t>(column.kind)]);
        json.end_object();
    }
    json.end_array();
    json.key("rows");
    json.begin_array();
    for (const auto& row : table.rows) {
        json.begin_object();
        for (std::size_t i = 0; i < row.size(); ++i) {
            json.key(table.columns[i].key);
            if (const auto* n = std::get_if<std::int64_t>(&row[i]))
                json.value(*n);
            else
                json.value(cell_data(row[i], lang));
        }
        json.end_object();
    }
    json.end_array();
    json.key("notes");
    json.begin_array();
    for (const auto& note : table.notes) json.value(note.text(lang));
    json.end_array();
    json.key("provenance");
    json.begin_array();
    for (const auto& line : table.provenance) json.value(line);
    json.end_array();
    json.end_object();
    return json.take();
}

}  // namespace tushu
