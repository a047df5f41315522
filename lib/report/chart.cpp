// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "report/document.hpp"

#include <fmt/format.h>
#include <pugixml.hpp>

#include <algorithm>
#include <sstream>

namespace tushu::report {

std::size_t column_index(const Table& table, const std::string& key) {
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        if (table.columns[i].key == key) return i;
    throw Error(Fault::bug, msg("table \"{}\" has no column \"{}\"", table.name, key));
}

namespace {

// Okabe and Ito's colours, told apart by readers with any kind of colour vision; order fixed.
constexpr const char* kColours[] = {"#0072B2", "#E69F00", "#009E73", "#CC79A7",
                                    "#56B4E9", "#D55E00", "#8A8A8A", "#B8A900"};

/// The table turned: one row a label, one number a series.
struct Pivot {
    std::vector<std::string> labels, series;
    std::vector<std::vector<std::int64_t>> values;  // [label][series]
    std::vector<std::int64_t> totals;               // by label
    std::int64_t sum = 0, largest = 0;
};

std::size_t position(std::vector<std::string>& names, const std::string& name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    names.push_back(name);
    return names.size() - 1;
}

Pivot turn(const Table& table, const Chart& chart, const Words& words, Lang lang) {
    const std::size_t label = column_index(table, chart.label);
    const std::size_t value = column_index(table, chart.value);
    Pivot pivot;
    for (const auto& row : table.rows) {
        const auto* const n = std::get_if<std::int64_t>(&row[value]);
        if (n == nullptr || *n < 0) continue;  // marks are no numbers: they stand in the table
        const std::size_t l =
            position(pivot.labels, words.text(chart.label, cell_text(row[label], lang), lang));
        std::string name;
        if (!chart.series.empty())
            name = words.text(chart.series, cell_text(row[column_index(table, chart.series)], lang),
                              lang);
        const std::size_t s = position(pivot.series, name);
        pivot.values.resize(pivot.labels.size());
        for (auto& line : pivot.values) line.resize(pivot.series.size());
        pivot.values[l][s] += *n;
        pivot.sum += *n;
    }
    for (const auto& line : pivot.values) {
        std::int64_t total = 0;
        for (const std::int64_t n : line) total += n;
        pivot.totals.push_back(total);
        pivot.largest = std::max(pivot.largest, total);
    }
    return pivot;
}

/// 1, 2 or 5 times a power of ten: a step that gives three to six lines up to `largest`.
std::int64_t axis_step(std::int64_t largest) {
    std::int64_t step = 1;
    for (;;) {
        for (const std::int64_t factor : {1, 2, 5})
            if (step * factor * 5 >= largest) return step * factor;
        step *= 10;
    }
}

/// Thin wrapper that keeps SVG attributes in the order they are set and numbers at one decimal.
class Svg {
  public:
    Svg(double width, double height) {
        root_ = document_.append_child("svg");
        set(root_, "xmlns", "http://www.w3.org/2000/svg");
        set(root_, "viewBox", fmt::format("0 0 {:.0f} {:.0f}", width, height));
        set(root_, "role", "img");
    }
    pugi::xml_node add(const char* name) { return root_.append_child(name); }
    static void set(pugi::xml_node node, const char* name, const std::string& value) {
        node.append_attribute(name).set_value(value.c_str());
    }
    static void set(pugi::xml_node node, const char* name, double value) {
        set(node, name, fmt::format("{:.1f}", value));
    }
    void text(double x, double y, const char* anchor, const std::string& words,
              const char* css_class = "") {
        pugi::xml_node node = add("text");
        set(node, "x", x);
        set(node, "y", y);
        set(node, "text-anchor", std::string(anchor));
        if (*css_class != '\0') set(node, "class", std::string(css_class));
        node.text().set(words.c_str());
    }
    pugi::xml_node box(double x, double y, double width, double height, const std::string& fill) {
        pugi::xml_node node = add("rect");
        set(node, "x", x);
        set(node, "y", y);
        set(node, "width", width);
        set(node, "height", height);
        set(node, "fill", fill);
        return node;
    }
    void line(double x1, double y1, double x2, double y2) {
        pugi::xml_node node = add("line");
        set(node, "x1", x1);
        set(node, "y1", y1);
        set(node, "x2", x2);
        set(node, "y2", y2);
        set(node, "class", std::string("grid"));
    }
    [[nodiscard]] std::string str() const {
        std::ostringstream out;
        document_.save(out, "", pugi::format_raw | pugi::format_no_declaration);
        return out.str();
    }

  private:
    pugi::xml_document document_;
    pugi::xml_node root_;
};

std::string colour(std::size_t i) { return kColours[i % std::size(kColours)]; }

/// Legend lines below the picture; returns the height they take.
double draw_legend(Svg& svg, const Pivot& pivot, double width, double y) {
    if (pivot.series.size() < 2) return 0;
    double x = 8;
    const double start = y;
    for (std::size_t s = 0; s < pivot.series.size(); ++s) {
        const double needed = 26 + 7.0 * static_cast<double>(display_width(pivot.series[s]));
        if (x + needed > width && x > 8) {
            x = 8;
            y += 20;
        }
        svg.box(x, y - 10, 12, 12, colour(s));
        svg.text(x + 17, y, "start", pivot.series[s]);
        x += needed;
    }
    return y - start + 24;
}

double legend_height(const Pivot& pivot, double width) {
    Svg scratch(width, 1);
    return draw_legend(scratch, pivot, width, 0);
}

}  // namespace

Table cross_table(const Table& table, const Chart& chart, const Words& words, Lang lang) {
    const Pivot pivot = turn(table, chart, words, lang);
    Table out;
    out.name = table.name;
    out.title = table.title;
    out.columns.push_back(
        {chart.label, table.columns[column_index(table, chart.label)].title, ColumnKind::text});
    for (const auto& name : pivot.series)
        out.columns.push_back({name, verbatim(name), ColumnKind::integer});
    out.columns.push_back({"total", msg("Total"), ColumnKind::integer});
    for (std::size_t l = 0; l < pivot.labels.size(); ++l) {
        std::vector<Cell> row{pivot.labels[l]};
        for (const std::int64_t n : pivot.values[l]) row.emplace_back(n);
        row.emplace_back(pivot.totals[l]);
        out.rows.push_back(std::move(row));
    }
    std::string added;
    for (const auto& column : table.columns)
        if (column.key != chart.label && column.key != chart.series && column.key != chart.value)
            added += (added.empty() ? "" : ", ") + column.title.text(lang);
    out.notes = table.notes;
    if (!added.empty())
        out.notes.push_back(
            msg("Added up over: {}. {}.csv and the workbook hold each row.", added, table.name));
    out.provenance = table.provenance;
    return out;
}

std::string chart_summary(const Table& table, const Chart& chart, const Words& words, Lang lang) {
    const Pivot pivot = turn(table, chart, words, lang);
    if (pivot.sum == 0) return msg("There is nothing to draw yet.").text(lang);
    const auto [low, high] = std::minmax_element(pivot.totals.begin(), pivot.totals.end());
    const auto label = [&pivot](auto at) {
        return pivot.labels[static_cast<std::size_t>(at - pivot.totals.begin())];
    };
    std::string text = msg("{} in all; most: {} with {}; least: {} with {}.", grouped(pivot.sum),
                           label(high), grouped(*high), label(low), grouped(*low))
                           .text(lang);
    if (pivot.series.size() > 1) {
        std::vector<std::int64_t> sums(pivot.series.size());
        for (const auto& line : pivot.values)
            for (std::size_t s = 0; s < line.size(); ++s) sums[s] += line[s];
        const auto top = std::max_element(sums.begin(), sums.end());
        text += msg(" Largest part: {} with {}.",
                    pivot.series[static_cast<std::size_t>(top - sums.begin())], grouped(*top))
                    .text(lang);
    }
    return text;
}

std::string chart_svg(const Table& table, const Chart& chart, const Words& words, Lang lang) {
    const Pivot pivot = turn(table, chart, words, lang);
    const double width = 720, legend = legend_height(pivot, width);
    const bool is_upright = chart.kind == Chart::Kind::columns;
    const auto count = static_cast<double>(pivot.labels.size());
    const double plot = is_upright ? 220 : 26 * count;
    Svg svg(width, plot + 56 + legend);
    svg.add("title").text().set(chart.title.text(lang).c_str());
    svg.add("desc").text().set(chart_summary(table, chart, words, lang).c_str());
    if (pivot.sum == 0) return svg.str();

    const std::int64_t step = axis_step(pivot.largest);
    const std::int64_t top = (pivot.largest + step - 1) / step * step;
    std::size_t widest = 0;
    for (const auto& name : pivot.labels) widest = std::max(widest, display_width(name));
    const double left = is_upright ? 64 : std::min(240.0, 16 + 7.0 * static_cast<double>(widest));
    const double right = width - (is_upright ? 8 : 64), above = 14;
    const auto along = [&](std::int64_t n) {
        return static_cast<double>(n) / static_cast<double>(top) *
               (is_upright ? plot : right - left);
    };
    for (std::int64_t mark = 0; mark <= top; mark += step) {
        if (is_upright) {
            const double y = above + plot - along(mark);
            svg.line(left, y, right, y);
            svg.text(left - 6, y + 4, "end", grouped(mark), "axis");
        } else {
            const double x = left + along(mark);
            svg.line(x, above, x, above + plot);
            svg.text(x, above + plot + 16, "middle", grouped(mark), "axis");
        }
    }
    const double slot = (is_upright ? right - left : plot) / count;
    for (std::size_t l = 0; l < pivot.labels.size(); ++l) {
        const double start =
            (is_upright ? left : above) + slot * static_cast<double>(l) + slot * 0.14;
        std::int64_t below = 0;
        for (std::size_t s = 0; s < pivot.series.size(); ++s) {
            const std::int64_t n = pivot.values[l][s];
            if (n == 0) continue;
            pugi::xml_node box =
                is_upright ? svg.box(start, above + plot - along(below + n), slot * 0.72, along(n),
                                     colour(s))
                           : svg.box(left + along(below), start, along(n), slot * 0.72, colour(s));
            const std::string name = pivot.series[s].empty() ? "" : " · " + pivot.series[s];
            box.append_child("title").text().set(
                fmt::format("{}{}: {}", pivot.labels[l], name, grouped(n)).c_str());
            below += n;
        }
        const double middle = start + slot * 0.36;
        if (is_upright) {
            svg.text(middle, above + plot + 16, "middle", pivot.labels[l], "axis");
            if (pivot.labels.size() <= 14)
                svg.text(middle, above + plot - along(below) - 4, "middle", grouped(below),
                         "value");
        } else {
            svg.text(left - 6, middle + 4, "end", pivot.labels[l], "axis");
            svg.text(left + along(below) + 5, middle + 4, "start", grouped(below), "value");
        }
    }
    (void)draw_legend(svg, pivot, width, above + plot + 42);
    return svg.str();
}

}  // namespace tushu::report
