// SPDX-License-Identifier: Apache-2.0
#include "base/input.hpp"
#include "base/text.hpp"
#include "report/document.hpp"

#include <fmt/format.h>
#include <mustache.hpp>

#include <algorithm>

namespace tushu::report {
namespace {

using kainjow::mustache::data;
using kainjow::mustache::list;
using kainjow::mustache::object;

std::string shown(const Cell& cell, const Column& column, const Words& words, Lang lang) {
    if (const auto* const n = std::get_if<std::int64_t>(&cell)) return grouped(*n);
    const std::string text = cell_text(cell, lang);
    return column.kind == ColumnKind::code ? words.text(column.key, text, lang) : text;
}

bool is_number(ColumnKind kind) { return kind == ColumnKind::integer || kind == ColumnKind::share; }

data cell_data_of(const Cell& cell, const Column& column, const Words& words, Lang lang) {
    object out;
    out["text"] = shown(cell, column, words, lang);
    out["number"] = is_number(column.kind) ? data(true) : data(false);
    const auto* const share = std::get_if<Share>(&cell);
    const bool is_meter = share != nullptr && share->whole > 0;
    out["meter"] = is_meter;
    if (is_meter) {
        const std::int64_t percent =
            std::clamp<std::int64_t>(share->part * 100 / share->whole, 0, 100);
        out["width"] = std::to_string(percent);
    }
    const bool is_code = column.kind == ColumnKind::code;
    out["code"] = is_code;
    if (is_code) out["word"] = cell_text(cell, lang);
    return out;
}

data view_data(const TableView& view, const Words& words, Lang lang) {
    // A chart with series is read best beside its numbers in the same shape.
    const bool is_cross = !view.charts.empty() && !view.charts.front().series.empty();
    const Table table =
        is_cross ? cross_table(view.table, view.charts.front(), words, lang) : view.table;
    object out;
    out["name"] = table.name;
    out["title"] = table.title.text(lang);
    list head;
    for (const auto& column : table.columns) {
        object cell;
        cell["text"] = column.title.text(lang);
        cell["number"] = is_number(column.kind) ? data(true) : data(false);
        head.push_back(cell);
    }
    out["head"] = head;
    list rows;
    const std::size_t count = std::min(view.rows_shown, table.rows.size());
    for (std::size_t r = 0; r < count; ++r) {
        list cells;
        for (std::size_t c = 0; c < table.rows[r].size(); ++c)
            cells.push_back(cell_data_of(table.rows[r][c], table.columns[c], words, lang));
        object row;
        row["cells"] = cells;
        rows.push_back(row);
    }
    out["rows"] = rows;
    out["has_rows"] = count != 0;
    out["empty"] = table.rows.empty();
    out["nothing"] = msg("no rows").text(lang);
    list notes;
    if (count != 0 && count < table.rows.size())
        notes.push_back(
            msg("The first {} of {} rows are shown; {}.csv and the workbook hold all of them.",
                count, table.rows.size(), table.name)
                .text(lang));
    for (const auto& note : table.notes) notes.push_back(note.text(lang));
    out["notes"] = notes;
    list sources;
    for (const auto& line : table.provenance) sources.push_back(line);
    out["sources"] = sources;
    out["has_sources"] = !table.provenance.empty();
    out["sources_title"] = msg("Where these numbers come from").text(lang);
    list charts;
    for (const auto& chart : view.charts) {
        object picture;
        picture["svg"] = chart_svg(view.table, chart, words, lang);
        picture["title"] = chart.title.text(lang);
        picture["summary"] = chart_summary(view.table, chart, words, lang);
        charts.push_back(picture);
    }
    out["charts"] = charts;
    return out;
}

}  // namespace

void write_html(const Document& document, Lang lang, const Words& words,
                const std::string& template_path, Output& out) {
    kainjow::mustache::mustache page(load_file(template_path));
    if (!page.is_valid())
        throw Error(Fault::config, {template_path},
                    msg("not a well-formed template: {}", page.error_message()));
    object root;
    root["lang"] = lang == Lang::zh ? "zh-CN" : "en";
    root["library"] = lang == Lang::zh ? document.library_zh : document.library_en;
    root["title"] = document.title.text(lang);
    root["headline"] = document.headline.text(lang);
    root["as_of"] = msg("State of {}", text_of(document.as_of)).text(lang);
    root["other_href"] = lang == Lang::zh ? "../en/index.html" : "../zh/index.html";
    root["other_lang"] = lang == Lang::zh ? "en" : "zh-CN";
    root["other_name"] = lang == Lang::zh ? "English" : "中文";
    root["contents"] = msg("Contents").text(lang);
    root["files"] =
        msg("Every table as CSV and all of them as a workbook lie beside this page's folder.")
            .text(lang);
    list tiles;
    for (const auto& tile : document.tiles) {
        object one;
        one["label"] = tile.label.text(lang);
        one["value"] = tile.value;
        tiles.push_back(one);
    }
    root["tiles"] = tiles;
    list sections;
    for (const auto& section : document.sections) {
        object one;
        one["id"] = section.id;
        one["title"] = section.title.text(lang);
        one["intro"] = section.intro.text(lang);
        one["has_intro"] = !section.intro.empty();
        list views;
        for (const auto& view : section.views) views.push_back(view_data(view, words, lang));
        one["views"] = views;
        sections.push_back(one);
    }
    root["sections"] = sections;
    out.write(page.render(root));
}

}  // namespace tushu::report
