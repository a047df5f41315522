// SPDX-License-Identifier: Apache-2.0
// How scanner files are built: by name, or by what stands in them.
#include "base/text.hpp"
#include "inventory/scan_cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace tushu::inventory {
namespace {

constexpr std::array<std::string_view, 15> kColumnNames = {
    "barcode", "location", "shelf", "quantity", "day",  "time",    "-",   "uid",
    "epc",     "payload",  "afi",   "eas",      "rssi", "antenna", "peak"};
constexpr std::array<std::string_view, 5> kTagNames = {"", "objects", "fixed", "epc", "epc-bank"};
constexpr std::array<std::string_view, 6> kKindNames = {"codes", "columns", "counts",
                                                        "fixed", "tags",    "jsonl"};

bool is_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<ScanColumn> column_from(std::string_view name) {
    for (std::size_t i = 0; i < kColumnNames.size(); ++i)
        if (name == kColumnNames[i]) return static_cast<ScanColumn>(i);
    return std::nullopt;
}

std::vector<std::string_view> sample_lines(std::string_view head) {
    std::vector<std::string_view> lines;
    while (!head.empty() && lines.size() < 200) {
        const std::size_t end = head.find_first_of("\r\n");
        if (end == std::string_view::npos && !lines.empty()) break;  // may be cut
        const std::string_view line = trim(head.substr(0, end));
        if (!line.empty() && line.front() != '#') lines.push_back(line);
        if (end == std::string_view::npos) break;
        head.remove_prefix(end + 1);
    }
    return lines;
}

}  // namespace

std::vector<std::string_view> cells_of(std::string_view line, char delimiter) {
    std::vector<std::string_view> cells;
    for (;;) {
        const std::size_t at = line.find(delimiter);
        cells.push_back(trim(line.substr(0, at)));
        if (cells.back().size() > 1 && cells.back().front() == '"' && cells.back().back() == '"')
            cells.back() = cells.back().substr(1, cells.back().size() - 2);
        if (at == std::string_view::npos) return cells;
        line.remove_prefix(at + 1);
    }
}

std::optional<std::int32_t> time_of_day(std::string_view text) {
    text = text.substr(0, text.find_first_of(".+Zz"));  // fractions and zones, as they stand
    std::string digits;
    for (const char c : text) {
        if (c == ':') continue;
        if (c < '0' || c > '9') return std::nullopt;
        digits += c;
    }
    if (digits.size() != 4 && digits.size() != 6) return std::nullopt;
    const auto two = [&digits](std::size_t at) {
        return (digits[at] - '0') * 10 + (digits[at + 1] - '0');
    };
    const int hour = two(0), minute = two(2), second = digits.size() == 6 ? two(4) : 0;
    if (hour > 23 || minute > 59 || second > 60) return std::nullopt;
    return hour * 3600 + minute * 60 + second;
}

std::optional<std::string> utf8_from_utf16(std::string_view bytes) {
    if (bytes.starts_with("\xFF\xFE"))
        return utf8_from("UTF-16LE", bytes.substr(2, (bytes.size() - 2) / 2 * 2));
    if (bytes.starts_with("\xFE\xFF"))
        return utf8_from("UTF-16BE", bytes.substr(2, (bytes.size() - 2) / 2 * 2));
    return std::nullopt;
}

std::optional<ScanColumn> column_of_heading(std::string_view heading) {
    const std::string name = ascii_lower(heading);
    const auto is = [&name](std::initializer_list<std::string_view> words) {
        return std::find(words.begin(), words.end(), name) != words.end();
    };
    if (is({"barcode", "code", "item", "条码", "条码号", "条形码", "pii", "馆藏条码"}))
        return ScanColumn::barcode;
    if (is({"location", "loc", "馆藏地", "库位", "地点"})) return ScanColumn::location;
    if (is({"shelf", "架位", "层架", "架位号", "层架号", "层架标"})) return ScanColumn::shelf;
    if (is({"quantity", "qty", "count", "reads", "seen_count", "数量", "册数", "次数"}))
        return ScanColumn::quantity;
    if (is({"date", "day", "timestamp", "datetime", "read_time", "日期"})) return ScanColumn::day;
    if (is({"time", "时间"})) return ScanColumn::time;
    if (is({"uid", "tid", "tag_id", "tagid", "标签号"})) return ScanColumn::uid;
    if (is({"epc"})) return ScanColumn::epc;
    if (is({"payload", "data", "memory", "user", "user_memory", "blocks", "数据"}))
        return ScanColumn::payload;
    if (is({"afi"})) return ScanColumn::afi;
    if (is({"eas"})) return ScanColumn::eas;
    if (is({"rssi", "max_rssi", "信号强度"})) return ScanColumn::rssi;
    if (is({"antenna", "ant", "天线"})) return ScanColumn::antenna;
    if (is({"peak", "peak_time"})) return ScanColumn::peak;
    return std::nullopt;
}

bool ScanFormat::has(ScanColumn column) const {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
}

std::string ScanFormat::text() const {
    std::string out(kKindNames[static_cast<std::size_t>(kind)]);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        out += i == 0 ? ':' : ',';
        out += kColumnNames[static_cast<std::size_t>(columns[i])];
        if (kind == Kind::fixed) out += fmt::format("={}-{}", spans[i].first, spans[i].last);
    }
    if (tag != Tag::detect) {
        out += ':';
        out += kTagNames[static_cast<std::size_t>(tag)];
    }
    if (delimiter != ',') out += delimiter == '\t' ? ":tab" : std::string(":") + delimiter;
    if (has_header) out += ":header";
    return out;
}

std::optional<ScanFormat> ScanFormat::from(std::string_view text) {
    ScanFormat format;
    const auto parts = cells_of(text, ':');
    const auto kind = std::find(kKindNames.begin(), kKindNames.end(), parts[0]);
    if (kind == kKindNames.end()) return std::nullopt;
    format.kind = static_cast<Kind>(kind - kKindNames.begin());
    std::size_t next = 1;
    if (format.kind != Kind::codes && format.kind != Kind::jsonl) {
        if (parts.size() < 2) return std::nullopt;
        next = 2;
        for (std::string_view name : cells_of(parts[1], ',')) {
            if (format.kind == Kind::fixed) {
                const std::size_t sign = name.find('='), dash = name.find('-', sign);
                if (sign == std::string_view::npos || dash == std::string_view::npos)
                    return std::nullopt;
                const auto first = parse_integer(name.substr(sign + 1, dash - sign - 1)),
                           last = parse_integer(name.substr(dash + 1));
                if (!first || !last || *first < 1 || *last < *first || *last > 65535)
                    return std::nullopt;
                format.spans.push_back(
                    {static_cast<std::uint32_t>(*first), static_cast<std::uint32_t>(*last)});
                name = name.substr(0, sign);
            }
            const auto column = column_from(name);
            if (!column) return std::nullopt;
            format.columns.push_back(*column);
        }
        const bool is_whole = format.kind == Kind::counts ? format.has(ScanColumn::quantity)
                              : format.kind == Kind::tags
                                  ? format.has(ScanColumn::uid) || format.has(ScanColumn::epc) ||
                                        format.has(ScanColumn::payload)
                                  : format.has(ScanColumn::barcode);
        if (!is_whole) return std::nullopt;
    }
    for (std::size_t i = next; i < parts.size(); ++i) {
        const auto tag = std::find(kTagNames.begin() + 1, kTagNames.end(), parts[i]);
        if (format.is_rfid() && tag != kTagNames.end())
            format.tag = static_cast<Tag>(tag - kTagNames.begin());
        else if (format.columns.empty())
            return std::nullopt;
        else if (parts[i] == "header")
            format.has_header = true;
        else if (parts[i] == "tab")
            format.delimiter = '\t';
        else if (parts[i] == ";")
            format.delimiter = ';';
        else
            return std::nullopt;
    }
    return format;
}

ScanFormat detect_format(std::string_view head) {
    std::optional<std::string> plain = utf8_from_utf16(head);
    const std::string_view whole = head.substr(0, head.find_last_of('\n') + 1);
    if (!plain && !is_utf8(whole)) plain = utf8_from_gb18030(whole);
    const auto lines = sample_lines(plain ? *plain : head);
    if (lines.empty()) return {};
    if (lines[0].starts_with('{') || lines[0].starts_with("[{")) {
        ScanFormat format;
        format.kind = ScanFormat::Kind::jsonl;
        return format;
    }
    for (const char delimiter : {',', ';', '\t'}) {
        const std::size_t width =
            static_cast<std::size_t>(std::count(lines[0].begin(), lines[0].end(), delimiter)) + 1;
        if (width < 2 || width > 12) continue;
        std::vector<std::vector<std::string_view>> rows;
        for (const std::string_view line : lines) {
            rows.push_back(cells_of(line, delimiter));
            if (rows.back().size() != width) break;
        }
        if (rows.back().size() != width) continue;
        ScanFormat format;
        format.kind = ScanFormat::Kind::columns;
        format.delimiter = delimiter;
        for (const std::string_view cell : rows[0])
            format.columns.push_back(column_of_heading(cell).value_or(ScanColumn::ignore));
        if (format.has(ScanColumn::uid) || format.has(ScanColumn::epc) ||
            format.has(ScanColumn::payload)) {
            format.kind = ScanFormat::Kind::tags;
            format.has_header = true;
            return format;
        }
        if (std::count(format.columns.begin(), format.columns.end(), ScanColumn::barcode) == 1) {
            format.has_header = true;
            return format;
        }
        // No headings: say what each column is by what stands in it.
        std::size_t best = width;
        std::size_t most = 0;
        std::vector<std::size_t> distinct(width);
        for (std::size_t c = 0; c < width; ++c) {
            const auto all = [&](auto test) {
                return std::all_of(rows.begin(), rows.end(),
                                   [&](const auto& row) { return test(row[c]); });
            };
            std::set<std::string_view> values;
            std::size_t longest = 0;
            for (const auto& row : rows) {
                values.insert(row[c]);
                longest = std::max(longest, row[c].size());
            }
            distinct[c] = values.size();
            if (all([](std::string_view v) { return parse_day(v).has_value(); }))
                format.columns[c] = ScanColumn::day;
            else if (longest <= 8 &&
                     all([](std::string_view v) { return time_of_day(v).has_value(); }) &&
                     longest >= 6)
                format.columns[c] = ScanColumn::time;
            else if (longest <= 4 && all(is_digits))
                format.columns[c] = ScanColumn::quantity;
            else if (longest >= 4 && values.size() > most) {
                most = values.size();
                best = c;
            }
        }
        if (best == width) continue;
        const bool says_more = std::any_of(format.columns.begin(), format.columns.end(),
                                           [](ScanColumn c) { return c != ScanColumn::ignore; });
        format.columns[best] = ScanColumn::barcode;
        bool has_place = false;
        for (std::size_t c = 0; c < width; ++c) {
            if (format.columns[c] != ScanColumn::ignore || rows.size() < 4 ||
                distinct[c] * 2 > distinct[best])
                continue;
            format.columns[c] = ScanColumn::location;
            has_place = true;
            break;
        }
        if (says_more || has_place) return format;
    }
    return {};
}

}  // namespace tushu::inventory
