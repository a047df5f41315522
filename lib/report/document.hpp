// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/config.hpp"
#include "base/output.hpp"
#include "base/table.hpp"

#include <map>
#include <string>
#include <vector>

namespace tushu::report {

/// Words for code cells ("reached", "FOUND", "on_loan") in both languages, from data/words.yaml.
///
/// Shape:  column key -> code -> word. A code without a word is shown as it is.
/// Errors: Error{config} with line and column.
class Words {
  public:
    Words() = default;
    explicit Words(const std::string& path);
    /// The word for `code` in column `column`, or the code itself.
    [[nodiscard]] std::string text(const std::string& column, const std::string& code,
                                   Lang lang) const;

  private:
    struct Word {
        std::string zh, en;
    };
    std::map<std::string, std::map<std::string, Word>> words_;
};

/// The number of a table's column. Errors: Error{bug} when it has none of that key.
[[nodiscard]] std::size_t column_index(const Table& table, const std::string& key);

/// A picture of one table: values stacked by series along labels.
struct Chart {
    enum class Kind { columns, bars };  // upright (time) or lying (names)
    Kind kind = Kind::columns;
    std::string label, series, value;  // column keys of the table; series may be empty
    Message title;
};

struct TableView {
    Table table;
    std::vector<Chart> charts;
    std::size_t rows_shown = 100;  // in HTML (0: its charts only); the CSV and XLSX files hold all
};

struct Section {
    std::string id;  // anchor: "plan"
    Message title;
    Message intro;
    std::vector<TableView> views;
};

/// One big number at the head of the report.
struct Tile {
    Message label;
    std::string value;
};

struct Document {
    std::string library_zh, library_en;
    Message title;
    Message headline;
    Day as_of;
    std::vector<Tile> tiles;
    std::vector<Section> sections;
};

/// A chart as SVG 1.1 with role=img, title and desc (the text summary); fixed decimals and order,
/// so that the same table gives the same bytes.
[[nodiscard]] std::string chart_svg(const Table& table, const Chart& chart, const Words& words,
                                    Lang lang);
/// What the chart shows, in words: total, largest and smallest label, largest series.
[[nodiscard]] std::string chart_summary(const Table& table, const Chart& chart, const Words& words,
                                        Lang lang);

/// The numbers behind a chart with series: one row a label, one column a series, and the total.
/// Names are words of `lang`, not codes; a note names the columns that were added up.
[[nodiscard]] Table cross_table(const Table& table, const Chart& chart, const Words& words,
                                Lang lang);

/// One HTML file with style and pictures inside: no script, no network. Opens on a phone, prints on
/// A4. `template_path` is data/report.html.mustache.
void write_html(const Document& document, Lang lang, const Words& words,
                const std::string& template_path, Output& out);
/// How write_folder() names and writes what it writes.
struct FolderOptions {
    std::string workbook;  // "report": report.zh.xlsx, report.en.xlsx
    Lang csv_lang = Lang::zh;
    bool bom = false;  // begin CSV with a byte order mark, for Excel
};
/// The document as a folder: zh/index.html, en/index.html, a workbook in each language, and
/// TABLE.csv for each table. Makes the folder; files in it are replaced. Errors: Error{io}.
void write_folder(const Document& document, const Words& words, const std::string& template_path,
                  const std::string& folder, const FolderOptions& options);

/// One workbook, one sheet a table; numbers are numbers, days are days, the head row is frozen. The
/// created time is the report's day, so that the same report gives the same bytes. Errors:
/// Error{io} when the file cannot be written. Replaces an older file whole or not at all.
void write_xlsx(const Document& document, Lang lang, const Words& words, const std::string& path);

}  // namespace tushu::report
