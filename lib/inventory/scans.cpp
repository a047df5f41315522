// SPDX-License-Identifier: Apache-2.0
#include "inventory/scans.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace tushu::inventory {
namespace {

constexpr std::size_t kLineLimit = 1U << 16U;
constexpr std::size_t kTextLimit = 400;
constexpr std::string_view kSeparators = " \t,;";

constexpr std::array<std::string_view, 7> kColumnNames = {
    "barcode", "location", "shelf", "quantity", "day", "time", "-"};

std::vector<std::string_view> split(std::string_view line, char delimiter) {
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

bool is_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// 081500, 0815, 08:15, 08:15:00 as seconds of the day.
std::optional<std::int32_t> parse_time(std::string_view text) {
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

std::optional<ScanColumn> column_from(std::string_view name) {
    for (std::size_t i = 0; i < kColumnNames.size(); ++i)
        if (name == kColumnNames[i]) return static_cast<ScanColumn>(i);
    return std::nullopt;
}

/// Headings that batch terminals write.
std::optional<ScanColumn> column_of_heading(std::string_view heading) {
    const std::string name = ascii_lower(heading);
    const auto is = [&name](std::initializer_list<std::string_view> words) {
        return std::find(words.begin(), words.end(), name) != words.end();
    };
    if (is({"barcode", "code", "item", "条码", "条码号", "条形码", "pii"}))
        return ScanColumn::barcode;
    if (is({"location", "loc", "馆藏地", "库位", "地点"})) return ScanColumn::location;
    if (is({"shelf", "架位", "层架", "架位号", "层架号", "层架标"})) return ScanColumn::shelf;
    if (is({"quantity", "qty", "count", "数量", "册数"})) return ScanColumn::quantity;
    if (is({"date", "day", "日期"})) return ScanColumn::day;
    if (is({"time", "时间"})) return ScanColumn::time;
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

/// Appends scans, opening segments as the anchors ask for.
class Builder {
  public:
    Builder(ScanLog& log, const ScanDefaults& defaults, std::vector<ScanFault>& faults,
            std::uint32_t file)
        : log_(log), faults_(faults), first_segment_(log.segments.size()) {
        next_.file = file;
        next_.location = defaults.location;
        next_.shelf = defaults.shelf;
        next_.operator_name = defaults.operator_name;
        next_.device = defaults.device;
        next_.pass = defaults.pass;
        next_.day = defaults.day;
    }

    void code(std::string_view raw, std::uint32_t line) {
        const std::string_view normal = normal_barcode(raw, scratch_);
        if (normal.empty()) return;
        Scan scan;
        const bool is_damaged = !is_utf8(normal);
        scan.kind = is_damaged ? Scan::Kind::damaged : Scan::Kind::item;
        scan.code = is_damaged ? kNoCode : code_of(normal);
        if (is_damaged || is_hashed(scan.code))
            keep_text(scan, is_damaged ? printable(raw) : std::string(normal));
        add(scan, line);
    }
    /// A line that is a plain number: most are.
    void exact(Code code, std::uint32_t line) {
        Scan scan;
        scan.code = code;
        add(scan, line);
    }
    void note(Scan::Kind kind, std::string_view text, std::uint16_t quantity, std::uint32_t line) {
        Scan scan;
        scan.kind = kind;
        scan.quantity = quantity;
        keep_text(scan, std::string(text));
        add(scan, line);
    }
    void quantity(std::uint16_t n) {
        if (!log_.scans.empty()) log_.scans.back().quantity = n;
    }
    void time(std::int32_t seconds) { seconds_ = seconds; }

    /// A new anchor: what was open is complete, because the next shelf label was scanned.
    void location(std::string_view code, std::uint32_t line) {
        close();
        next_.location = code;
        next_.shelf.clear();
        next_.collection.clear();
        next_.line = line;
        anchor_pending_ = true;
    }
    void shelf(std::string_view code, std::uint32_t line) {
        close();
        next_.shelf = code;
        next_.line = line;
        anchor_pending_ = true;
    }
    /// Location and shelf columns repeat on every line; only a change is an anchor.
    void place(std::string_view location_code, std::string_view shelf_code, std::uint32_t line) {
        if (next_.location == location_code && next_.shelf == shelf_code) return;
        close();
        next_.location = location_code;
        next_.shelf = shelf_code;
        next_.line = line;
        anchor_pending_ = true;
    }
    void end(std::uint32_t line) {
        if (open_ == kNone && (anchor_pending_ || log_.segments.size() == first_segment_))
            begin(line);
        if (open_ != kNone) {
            log_.segments[open_].is_ended = true;
            close();
        }
        next_.shelf.clear();
        next_.is_reversed = false;
        anchor_pending_ = false;
    }
    void directive(std::string_view text, std::uint32_t line) {
        const std::size_t blank = text.find_first_of(" \t:=");
        const std::string word =
            ascii_upper(text.substr(1, blank == std::string_view::npos ? blank : blank - 1));
        const std::string_view value =
            blank == std::string_view::npos ? std::string_view() : trim(text.substr(blank + 1));
        if (word.empty()) return;  // "# remark"
        if (word == "LOC" || word == "LOCATION") return location(value, line);
        if (word == "SHELF") return shelf(value, line);
        if (word == "END" || word == "EMPTY") return end(line);
        if (word == "GAP") {
            gap_ = true;
            return;
        }
        if (word == "UNDO") {
            if (open_ != kNone && log_.scans.size() > log_.segments[open_].first)
                log_.scans.pop_back();
            return;
        }
        if (word == "NOTE") return;
        if (word == "COUNT") {
            const auto n = parse_integer(value);
            if (n && *n >= 0 && *n <= UINT16_MAX)
                note(Scan::Kind::count, "", static_cast<std::uint16_t>(*n), line);
            else
                fault("bad_directive", text, line);
            return;
        }
        // Who, when, which pass: the same anchor goes on under the new description.
        if (word == "OPERATOR")
            change([&] { next_.operator_name = value; }, line);
        else if (word == "SCANNER" || word == "DEVICE")
            change([&] { next_.device = value; }, line);
        else if (word == "LIB" || word == "LIBRARY")
            change([&] { next_.library = value; }, line);
        else if (word == "COLL" || word == "COLLECTION")
            change([&] { next_.collection = value; }, line);
        else if (word == "PASS") {
            const auto n = parse_integer(value);
            if (n && *n >= 1 && *n <= 99)
                change([&] { next_.pass = static_cast<std::int32_t>(*n); }, line);
            else
                fault("bad_directive", text, line);
        } else if (word == "DATE") {
            const auto day = parse_day(value);
            if (day)
                change([&] { next_.day = *day; }, line);
            else
                fault("bad_date", text, line);
        } else if (word == "DIR") {
            const bool is_right = value == "R" || value == "r";
            if (is_right || value == "L" || value == "l")
                change([&] { next_.is_reversed = is_right; }, line);
            else
                fault("bad_directive", text, line);
        } else {
            fault("bad_directive", text, line);
        }
    }
    void day(Day value, std::uint32_t line) {
        if (next_.day != value) change([&] { next_.day = value; }, line);
    }
    void fault(const char* code, std::string_view text, std::uint64_t line) {
        faults_.push_back({code, line, printable(text, 80)});
    }
    /// The end of the file: an anchor that no #END and no other anchor closed may have been cut.
    void finish() {
        if (open_ == kNone) return;
        log_.segments[open_].end = static_cast<std::uint32_t>(log_.scans.size());
        open_ = kNone;
    }

  private:
    template <class F>
    void change(F apply, std::uint32_t line) {
        const bool was_open = open_ != kNone;
        close();
        apply();
        if (was_open) next_.line = line;
    }
    void begin(std::uint32_t line) {
        Segment segment = next_;
        segment.first = segment.end = static_cast<std::uint32_t>(log_.scans.size());
        if (segment.line == 0) segment.line = line;
        open_ = static_cast<std::uint32_t>(log_.segments.size());
        log_.segments.push_back(std::move(segment));
        anchor_pending_ = false;
    }
    void close() {
        if (open_ == kNone) return;
        Segment& segment = log_.segments[open_];
        segment.end = static_cast<std::uint32_t>(log_.scans.size());
        segment.is_complete = true;
        open_ = kNone;
    }
    void keep_text(Scan& scan, const std::string& text) {
        const std::string_view kept = std::string_view(text).substr(
            0, utf8_prefix(std::string_view(text).substr(0, kTextLimit)));
        scan.text = static_cast<std::uint32_t>(log_.texts.size());
        scan.text_size = static_cast<std::uint16_t>(kept.size());
        log_.texts += kept;
    }
    void add(Scan scan, std::uint32_t line) {
        if (open_ == kNone) begin(line);
        scan.line = line;
        scan.segment = open_;
        scan.seconds = seconds_;
        scan.after_gap = gap_;
        gap_ = false;
        log_.scans.push_back(scan);
    }
    ScanLog& log_;
    std::vector<ScanFault>& faults_;
    std::size_t first_segment_;
    Segment next_;
    std::uint32_t open_ = kNone;
    std::int32_t seconds_ = -1;
    bool anchor_pending_ = false, gap_ = false;
    std::string scratch_;
};

}  // namespace

std::string ScanLog::code_text(const Scan& scan) const {
    if (scan.text != kNone) return std::string(text_of(scan));
    return scan.code == kNoCode ? std::string() : digits_of(scan.code);
}

std::string ScanFormat::text() const {
    if (kind == Kind::codes) return "codes";
    std::string out = kind == Kind::counts ? "counts:" : "columns:";
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (i != 0) out += ',';
        out += kColumnNames[static_cast<std::size_t>(columns[i])];
    }
    if (delimiter != ',') out += delimiter == '\t' ? ":tab" : std::string(":") + delimiter;
    if (has_header) out += ":header";
    return out;
}

std::optional<ScanFormat> ScanFormat::from(std::string_view text) {
    ScanFormat format;
    const auto parts = split(text, ':');
    if (parts[0] == "codes" && parts.size() == 1) return format;
    if (parts[0] == "counts")
        format.kind = Kind::counts;
    else if (parts[0] == "columns")
        format.kind = Kind::columns;
    else
        return std::nullopt;
    if (parts.size() < 2) return std::nullopt;
    for (const std::string_view name : split(parts[1], ',')) {
        const auto column = column_from(name);
        if (!column) return std::nullopt;
        format.columns.push_back(*column);
    }
    const auto has = [&format](ScanColumn c) {
        return std::find(format.columns.begin(), format.columns.end(), c) != format.columns.end();
    };
    if (format.kind == Kind::columns ? !has(ScanColumn::barcode) : !has(ScanColumn::quantity))
        return std::nullopt;
    for (std::size_t i = 2; i < parts.size(); ++i) {
        if (parts[i] == "header")
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
    const auto lines = sample_lines(head);
    if (lines.empty()) return {};
    for (const char delimiter : {',', ';', '\t'}) {
        const std::size_t width =
            static_cast<std::size_t>(std::count(lines[0].begin(), lines[0].end(), delimiter)) + 1;
        if (width < 2 || width > 12) continue;
        std::vector<std::vector<std::string_view>> rows;
        for (const std::string_view line : lines) {
            rows.push_back(split(line, delimiter));
            if (rows.back().size() != width) break;
        }
        if (rows.back().size() != width) continue;
        ScanFormat format;
        format.kind = ScanFormat::Kind::columns;
        format.delimiter = delimiter;
        for (const std::string_view cell : rows[0])
            format.columns.push_back(column_of_heading(cell).value_or(ScanColumn::ignore));
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
                     all([](std::string_view v) { return parse_time(v).has_value(); }) &&
                     values.size() < rows.size() + 1 && longest >= 6)
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

void read_scans(ScanLog& log, Input& input, const ScanFormat& format, const ScanDefaults& defaults,
                std::vector<ScanFault>& faults) {
    ScanFile& file = log.files.back();
    Builder builder(log, defaults, faults, static_cast<std::uint32_t>(log.files.size() - 1));
    std::uint64_t number = 0;
    bool header_is_due = format.has_header;
    std::string decoded;
    const auto column = [&format](const std::vector<std::string_view>& cells, ScanColumn wanted) {
        for (std::size_t i = 0; i < format.columns.size() && i < cells.size(); ++i)
            if (format.columns[i] == wanted) return cells[i];
        return std::string_view();
    };
    const auto has = [&format](ScanColumn wanted) {
        return std::find(format.columns.begin(), format.columns.end(), wanted) !=
               format.columns.end();
    };
    const bool has_place = has(ScanColumn::location) || has(ScanColumn::shelf);

    const auto take = [&](std::string_view raw_line) {
        ++number;
        const auto line = static_cast<std::uint32_t>(std::min<std::uint64_t>(number, UINT32_MAX));
        if (number == 1 && raw_line.starts_with("\xEF\xBB\xBF")) raw_line.remove_prefix(3);
        std::string_view text = trim(raw_line);
        while (!text.empty() && text.front() == '\0') text.remove_prefix(1);
        if (text.empty()) return;
        if (!is_utf8(text)) {
            if (auto utf8 = utf8_from_gb18030(text)) {
                decoded = std::move(*utf8);
                text = decoded;
            }
        }
        if (text.front() == '#') return builder.directive(text, line);
        if (text.starts_with("\xEF\xBC\x83")) {  // a full-width # from a Chinese keyboard layout
            const std::string folded = nfkc(text);
            return builder.directive(folded, line);
        }
        if (text.starts_with("NOBARCODE") || text.starts_with("nobarcode"))
            return builder.note(Scan::Kind::no_label, trim(text.substr(9)), 1, line);
        if (format.kind == ScanFormat::Kind::codes) {
            while (!text.empty()) {
                const std::size_t end = text.find_first_of(kSeparators);
                builder.code(text.substr(0, end), line);
                if (end == std::string_view::npos) break;
                text.remove_prefix(end + 1);
            }
            return;
        }
        if (header_is_due) {
            header_is_due = false;
            return;
        }
        const auto cells = split(text, format.delimiter);
        if (has(ScanColumn::day)) {
            std::string_view value = column(cells, ScanColumn::day);
            const std::size_t blank = value.find_first_of(" T");
            if (blank != std::string_view::npos) {
                if (const auto seconds = parse_time(trim(value.substr(blank + 1))))
                    builder.time(*seconds);
                value = value.substr(0, blank);
            }
            if (const auto day = parse_day(value))
                builder.day(*day, line);
            else if (!value.empty())
                builder.fault("bad_date", text, number);
        }
        if (has(ScanColumn::time))
            if (const auto seconds = parse_time(column(cells, ScanColumn::time)))
                builder.time(*seconds);
        if (has_place)
            builder.place(has(ScanColumn::location) ? column(cells, ScanColumn::location)
                                                    : std::string_view(defaults.location),
                          column(cells, ScanColumn::shelf), line);
        std::uint16_t quantity = 1;
        if (has(ScanColumn::quantity)) {
            const auto n = parse_integer(column(cells, ScanColumn::quantity));
            if (n && *n >= 0 && *n <= UINT16_MAX)
                quantity = static_cast<std::uint16_t>(*n);
            else
                builder.fault("bad_count", text, number);
        }
        if (format.kind == ScanFormat::Kind::counts) {
            builder.note(Scan::Kind::count, "", quantity, line);
            return;
        }
        const std::string_view code = column(cells, ScanColumn::barcode);
        if (trim(code).empty()) return;
        builder.code(code, line);
        if (quantity != 1) builder.quantity(quantity);
    };

    // Lines end in LF or CR LF, or (old terminals) in CR alone.
    const auto take_lines = [&](std::string_view text) {
        if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
        if (format.kind == ScanFormat::Kind::codes && number < UINT32_MAX)
            if (const Code code = exact_code_of(text); code != kNoCode)
                return builder.exact(code, static_cast<std::uint32_t>(++number));
        for (;;) {
            const std::size_t cr = text.find('\r');
            take(text.substr(0, cr));
            if (cr == std::string_view::npos) break;
            text.remove_prefix(cr + 1);
        }
    };
    std::size_t seen = 0;
    for (;;) {
        const std::string_view window = input.window();
        const std::size_t end = window.find('\n', seen);
        if (end != std::string_view::npos) {
            take_lines(window.substr(0, end));
            input.consume(end + 1);
            seen = 0;
            continue;
        }
        seen = window.size();
        if (seen > kLineLimit && window.find('\r') == std::string_view::npos)
            throw Error(Fault::bad_input, {input.name(), 0, 0, number + 1},
                        msg("the line is longer than {} bytes", kLineLimit),
                        msg("a scanner file has one code a line"));
        if (input.more()) continue;
        if (!input.window().empty()) {
            take_lines(input.window());
            input.consume(input.window().size());
        }
        break;
    }
    builder.finish();
    file.lines = number;
}

}  // namespace tushu::inventory
