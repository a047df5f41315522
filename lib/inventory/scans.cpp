// SPDX-License-Identifier: Apache-2.0
#include "inventory/scans.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "inventory/barcode.hpp"
#include "inventory/scan_cells.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <unordered_map>

namespace tushu::inventory {
namespace {

constexpr std::size_t kLineLimit = 1U << 16U;
constexpr std::size_t kTextLimit = 400;
constexpr std::string_view kSeparators = " \t,;";

/// Appends scans, opening segments as the anchors ask for.
class Builder {
  public:
    Builder(ScanLog& log, const ScanDefaults& defaults, std::vector<ScanFault>& faults,
            std::uint32_t file)
        : log_(log), faults_(faults), first_segment_(log.segments.size()) {
        gap_seconds_ = std::int64_t{defaults.gap_minutes} * 60;
        shelf_labels_ = defaults.shelf_labels;
        next_.file = file;
        next_.location = defaults.location;
        set_shelf(defaults.shelf);
        next_.operator_name = defaults.operator_name;
        next_.device = defaults.device;
        next_.pass = defaults.pass;
        next_.day = defaults.day;
    }

    void code(std::string_view raw, std::uint32_t line) {
        const std::string_view normal = normal_barcode(raw, scratch_);
        if (normal.empty()) return;
        if (is_shelf_label(normal)) return shelf(normal, line);
        note_length(normal.size());
        Scan scan;
        const bool is_damaged = !is_utf8(normal);
        scan.kind = is_damaged ? Scan::Kind::damaged : Scan::Kind::item;
        scan.code = is_damaged ? kNoCode : code_of(normal);
        if (is_damaged || is_hashed(scan.code))
            keep_text(scan, is_damaged ? printable(raw) : std::string(normal));
        add(scan, line);
    }
    /// A line that is a plain number: most are.
    void exact(Code code, std::size_t length, std::uint32_t line) {
        next_line();
        note_length(length);
        Scan scan;
        scan.code = code;
        add(scan, line);
    }
    void note(Scan::Kind kind, std::string_view text, std::uint32_t quantity, std::uint32_t line) {
        Scan scan;
        scan.kind = kind;
        scan.quantity = quantity;
        keep_text(scan, std::string(text));
        add(scan, line);
    }
    void quantity(std::uint32_t n) {
        if (!log_.scans.empty()) log_.scans.back().quantity = n;
    }
    void time(std::int32_t seconds) { seconds_ = seconds; }

    /// One read of a tag. Further reads of the same tag behind the same anchor only count.
    void tag(const TagLine& cells, ScanFormat::Tag form, std::uint32_t reads, std::uint32_t line) {
        TagAnswer answer = read_tag(cells, form);
        TagRead& read = answer.read;
        if (!answer.fault.empty()) fault("bad_tag", answer.value, line, std::move(answer.fault));
        if (!answer.code.empty() && !read.uid.empty())
            log_.uid_codes.insert_or_assign(read.uid, answer.code);
        bool is_unknown = false;
        if (answer.code.empty()) {
            if (const auto known = log_.uid_codes.find(read.uid); known != log_.uid_codes.end())
                answer.code = known->second;
            else
                is_unknown = true;
        }
        const std::string key = read.uid.empty() ? answer.code + answer.value : read.uid;
        if (key.empty()) return;
        leave_after_gap(line);
        if (open_ == kNone || open_ != tag_segment_) tag_places_.clear();
        if (const auto known = tag_places_.find(key); known != tag_places_.end())
            return again(log_.tags[known->second], read, reads, seconds_);
        if (is_unknown && answer.value.empty())
            fault("unknown_uid", read.uid, line,
                  msg("no read of this tag gave its barcode, in this file or an earlier one"));
        next_.is_unordered = !has_peaks_;
        Scan scan;
        scan.kind = is_unknown ? Scan::Kind::damaged : Scan::Kind::item;
        scan.code = is_unknown ? kNoCode : code_of(answer.code);
        if (is_unknown)
            keep_text(scan, "tag " + printable(key));
        else if (is_hashed(scan.code))
            keep_text(scan, answer.code);
        add(scan, line);
        tag_segment_ = open_;
        tag_places_.emplace(key, log_.tags.size());
        read.file = next_.file;
        read.line = line;
        read.reads = reads;
        read.first_seconds = read.last_seconds = seconds_;
        log_.tags.push_back(std::move(read));
    }
    /// With a time of the strongest read, tags are known to stand in its order.
    void sort_by_peaks() { has_peaks_ = true; }

    /// A new anchor: what was open is complete, because the next shelf label was scanned.
    void location(std::string_view code, std::uint32_t line) {
        close();
        next_.location = code;
        set_shelf("");
        next_.collection.clear();
        next_.line = line;
        anchor_pending_ = true;
    }
    void shelf(std::string_view code, std::uint32_t line) {
        close();
        set_shelf(code);
        next_.line = line;
        anchor_pending_ = true;
    }
    /// Call numbers of the shelf at hand, where its label has a code as well.
    void range(std::string_view label, std::uint32_t line) {
        if (label.find('~') == std::string_view::npos) return fault("bad_directive", label, line);
        change([&] { set_range(label); }, line);
        anchor_pending_ = true;
    }
    /// Location and shelf columns repeat on every line; only a change is an anchor.
    void place(std::string_view location_code, std::string_view shelf_code, std::uint32_t line) {
        last_at_.reset();  // named on every line, so no pause makes it doubtful
        if (next_.location == location_code && next_.shelf == shelf_code) return;
        close();
        next_.location = location_code;
        set_shelf(shelf_code);
        next_.line = line;
        anchor_pending_ = true;
    }
    void end(std::uint32_t line) {
        if (visit_ == kNone && (anchor_pending_ || log_.segments.size() == first_segment_))
            begin(line);
        for (std::size_t s = visit_; s < log_.segments.size(); ++s)
            log_.segments[s].is_ended = true;
        close();
        set_shelf("");
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
        if (word == "RANGE") return range(value, line);
        if (word == "END" || word == "EMPTY") return end(line);
        if (word == "GAP") {
            gap_ = true;
            return;
        }
        if (word == "UNDO") return undo(text, line);
        if (word == "NOTE") return;
        if (word == "COUNT") {
            const auto n = parse_integer(value);
            if (n && *n >= 0 && *n <= kMostVolumes)
                note(Scan::Kind::count, "", static_cast<std::uint32_t>(*n), line);
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
                set_day(*day, line);
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
        if (next_.day != value || !next_.has_own_day) set_day(value, line);
    }
    void fault(const char* code, std::string_view text, std::uint64_t line, Message reason = {}) {
        faults_.push_back({code, line, printable(text, 80), std::move(reason), next_.file});
    }
    /// The last line has no end: the terminal may have been switched off in the middle of a code.
    void end_without_line_end(std::string_view text, std::uint64_t line) {
        if (is_short_ && log_.scans.size() > 1)
            fault("cut_line", text, line,
                  msg("the last line has no end and is shorter than any other: cut off?"));
    }
    /// Before each line, so that only earlier lines are compared with.
    void next_line() {
        shortest_before_ = shortest_;
        is_short_ = false;
    }
    /// The end of the file: an anchor that no #END and no other anchor closed may have been cut.
    void finish() {
        leave();
        if (!has_peaks_) return;
        for (std::size_t s = first_segment_; s < log_.segments.size(); ++s)
            std::stable_sort(log_.scans.begin() + log_.segments[s].first,
                             log_.scans.begin() + log_.segments[s].end,
                             [](const Scan& a, const Scan& b) { return a.seconds < b.seconds; });
    }

  private:
    void note_length(std::size_t length) {
        shortest_ = std::min(shortest_, length);
        is_short_ = length < shortest_before_;
    }
    /// Shelf labels may hold the range of call numbers that stands there.
    void set_shelf(std::string_view label) {
        std::string plain;
        if (label.find("\xEF\xBD\x9E") != std::string_view::npos)
            label = plain = nfkc(label);  // ～
        next_.shelf = label;
        next_.range_from.clear();
        next_.range_to.clear();
        if (label.find('~') != std::string_view::npos) set_range(label);
        last_at_.reset();
    }
    void set_range(std::string_view label) {
        const auto end_of = [](std::string_view text, bool& is_excluded) {
            text = trim(text);
            is_excluded = text.size() > 1 && (text.front() == '`' || text.back() == '`');
            if (is_excluded)
                text = text.front() == '`' ? text.substr(1) : text.substr(0, text.size() - 1);
            return std::string(trim(text));
        };
        const std::size_t sign = label.find('~');
        next_.range_from = end_of(label.substr(0, sign), next_.range_excludes_from);
        next_.range_to = end_of(label.substr(sign + 1), next_.range_excludes_to);
    }
    [[nodiscard]] bool is_shelf_label(std::string_view code) const {
        return shelf_labels_ != nullptr &&
               std::any_of(shelf_labels_->begin(), shelf_labels_->end(),
                           [code](const CodePattern& pattern) { return pattern.fits(code); });
    }
    static void again(TagRead& tag, const TagRead& read, std::uint32_t reads,
                      std::int32_t seconds) {
        tag.reads += reads;
        if (seconds >= 0) {
            tag.first_seconds =
                tag.first_seconds < 0 ? seconds : std::min(tag.first_seconds, seconds);
            tag.last_seconds = std::max(tag.last_seconds, seconds);
        }
        if (read.rssi) tag.rssi = std::max(tag.rssi.value_or(*read.rssi), *read.rssi);
        if (!tag.afi) tag.afi = read.afi;
        if (!tag.eas) tag.eas = read.eas;
        if (!tag.is_on_loan) tag.is_on_loan = read.is_on_loan;
        if (tag.primary.empty()) tag.primary = read.primary;
        if (tag.printed.empty()) tag.printed = read.printed;
        if (tag.parts == 0) {
            tag.parts = read.parts;
            tag.part = read.part;
        }
    }
    /// A pause above the limit: the anchor holds no longer, and its shelf may not be complete.
    void leave_after_gap(std::uint32_t line) {
        if (gap_seconds_ == 0 || seconds_ < 0) return;
        const std::int64_t now =
            seconds_ + (next_.day ? std::int64_t{86'400} *
                                        std::chrono::sys_days(*next_.day).time_since_epoch().count()
                                  : 0);
        const auto before = std::exchange(last_at_, now);
        if (!before || now - *before <= gap_seconds_ ||
            (next_.location.empty() && next_.shelf.empty()))
            return;
        fault("long_gap", next_.shelf.empty() ? next_.location : next_.shelf, line,
              msg("{} minutes after the scan before it: the shelf label holds no longer",
                  (now - *before) / 60));
        leave();
        next_.location.clear();
        set_shelf("");
        last_at_ = now;
        next_.line = line;
    }
    /// The last scan behind this anchor, also when a line that describes came after it.
    void undo(std::string_view text, std::uint32_t line) {
        if (visit_ == kNone || log_.scans.size() == log_.segments[visit_].first)
            return fault("bad_directive", text, line,
                         msg("there is nothing to undo on this shelf"));
        gap_ = gap_ || log_.scans.back().after_gap;
        log_.scans.pop_back();
        const auto scans = static_cast<std::uint32_t>(log_.scans.size());
        for (std::size_t s = visit_; s < log_.segments.size(); ++s) {
            log_.segments[s].first = std::min(log_.segments[s].first, scans);
            log_.segments[s].end = std::min(log_.segments[s].end, scans);
        }
    }
    /// The end of a segment; its anchor may go on under another description.
    void pause() {
        if (open_ == kNone) return;
        log_.segments[open_].end = static_cast<std::uint32_t>(log_.scans.size());
        open_ = kNone;
    }
    /// The end of an anchor that nobody declared complete.
    void leave() {
        pause();
        if (visit_ == kNone) {
            if (anchor_pending_) gap_ = false;  // it was of a shelf without scans
            return;
        }
        log_.segments.back().ends_in_gap = gap_;
        has_gap_ = has_gap_ || gap_;
        for (std::size_t s = visit_; s < log_.segments.size(); ++s)
            log_.segments[s].has_gap = has_gap_;
        visit_ = kNone;
        gap_ = has_gap_ = false;
    }
    void set_day(Day value, std::uint32_t line) {
        change(
            [&] {
                next_.day = value;
                next_.has_own_day = true;
            },
            line);
    }
    template <class F>
    void change(F apply, std::uint32_t line) {
        const bool was_open = open_ != kNone;
        pause();
        apply();
        if (was_open) next_.line = line;
    }
    void begin(std::uint32_t line) {
        Segment segment = next_;
        segment.first = segment.end = static_cast<std::uint32_t>(log_.scans.size());
        if (segment.line == 0) segment.line = line;
        open_ = static_cast<std::uint32_t>(log_.segments.size());
        if (visit_ == kNone) visit_ = open_;
        log_.segments.push_back(std::move(segment));
        anchor_pending_ = false;
    }
    void close() {
        for (std::size_t s = visit_; s < log_.segments.size(); ++s)
            log_.segments[s].is_complete = true;
        leave();
    }
    void keep_text(Scan& scan, const std::string& text) {
        const std::string_view kept = std::string_view(text).substr(
            0, utf8_prefix(std::string_view(text).substr(0, kTextLimit)));
        scan.text = static_cast<std::uint32_t>(log_.texts.size());
        scan.text_size = static_cast<std::uint16_t>(kept.size());
        log_.texts += kept;
    }
    void add(Scan scan, std::uint32_t line) {
        if (scan.kind != Scan::Kind::count) leave_after_gap(line);
        if (open_ == kNone) begin(line);
        scan.line = line;
        scan.segment = open_;
        scan.seconds = seconds_;
        scan.after_gap = gap_;
        has_gap_ = has_gap_ || gap_;
        gap_ = false;
        log_.scans.push_back(scan);
    }
    ScanLog& log_;
    std::vector<ScanFault>& faults_;
    std::size_t first_segment_;
    Segment next_;
    std::uint32_t open_ = kNone;
    std::uint32_t visit_ = kNone;  // first segment behind the anchor at hand
    std::int32_t seconds_ = -1;
    bool anchor_pending_ = false, gap_ = false, has_gap_ = false;
    std::int64_t gap_seconds_ = 0;         // longest pause that an anchor outlives; 0: any
    std::optional<std::int64_t> last_at_;  // the scan before, behind the same anchor
    const std::vector<CodePattern>* shelf_labels_ = nullptr;
    std::size_t shortest_ = SIZE_MAX, shortest_before_ = SIZE_MAX;  // codes of this file
    bool is_short_ = false;
    std::unordered_map<std::string, std::size_t> tag_places_;  // of tag_segment_
    std::uint32_t tag_segment_ = kNone;
    bool has_peaks_ = false;
    std::string scratch_;
};

}  // namespace

std::string ScanLog::code_text(const Scan& scan) const {
    if (scan.text != kNone) return std::string(text_of(scan));
    return scan.code == kNoCode ? std::string() : digits_of(scan.code);
}

const TagRead* ScanLog::tag_of(const Scan& scan) const {
    const std::pair at{segments[scan.segment].file, scan.line};
    const auto found =
        std::lower_bound(tags.begin(), tags.end(), at, [](const TagRead& tag, const auto& wanted) {
            return std::pair(tag.file, tag.line) < wanted;
        });
    return found != tags.end() && std::pair(found->file, found->line) == at ? &*found : nullptr;
}

namespace {

/// Cells of one line by what they mean.
class Cells {
  public:
    explicit Cells(const ScanFormat& format) : format_(format) {}

    /// False for a line that is not of the form.
    bool read(std::string_view line) {
        cells_.fill({});
        if (format_.kind == ScanFormat::Kind::jsonl) return read_json(line);
        if (format_.kind == ScanFormat::Kind::fixed) {
            read_fixed(line);
            return true;
        }
        const auto cells = cells_of(line, format_.delimiter);
        for (std::size_t i = 0; i < format_.columns.size() && i < cells.size(); ++i)
            set(format_.columns[i], cells[i]);
        return true;
    }
    [[nodiscard]] std::string_view operator[](ScanColumn column) const {
        return cells_[static_cast<std::size_t>(column)];
    }
    [[nodiscard]] bool has(ScanColumn column) const {
        return format_.kind == ScanFormat::Kind::jsonl ? !(*this)[column].empty()
                                                       : format_.has(column);
    }

  private:
    void set(ScanColumn column, std::string_view text) {
        cells_[static_cast<std::size_t>(column)] = text;
    }
    void read_fixed(std::string_view line) {
        starts_.clear();
        for (std::size_t at = 0; at < line.size(); (void)next_code_point(line, at))
            starts_.push_back(at);
        starts_.push_back(line.size());
        for (std::size_t i = 0; i < format_.columns.size(); ++i) {
            const std::size_t end = starts_.size() - 1;
            const std::size_t first = std::min<std::size_t>(format_.spans[i].first - 1, end),
                              last = std::min<std::size_t>(format_.spans[i].last, end);
            set(format_.columns[i],
                trim(line.substr(starts_[first], starts_[last] - starts_[first])));
        }
    }
    bool read_json(std::string_view line) {
        // One object a line, perhaps of an array that is written so.
        while (!line.empty() && (line.front() == '[' || line.front() == ',')) line.remove_prefix(1);
        while (!line.empty() && (line.back() == ']' || line.back() == ',')) line.remove_suffix(1);
        line = trim(line);
        if (line.empty()) return true;
        simdjson::dom::object object;
        if (parser_.parse(line.data(), line.size()).get(object) != simdjson::SUCCESS) return false;
        made_.clear();
        made_.reserve(static_cast<std::size_t>(ScanColumn::peak) + 1);
        for (const auto& [key, value] : object) {
            const auto column = column_of_heading(key);
            if (!column || !(*this)[*column].empty()) continue;
            std::string_view text;
            if (value.get(text) != simdjson::SUCCESS) {
                if (value.is_null()) continue;
                text = made_.emplace_back(simdjson::minify(value));
            }
            set(*column, trim(text));
        }
        return true;
    }
    const ScanFormat& format_;
    std::array<std::string_view, static_cast<std::size_t>(ScanColumn::peak) + 1> cells_{};
    std::vector<std::size_t> starts_;
    std::vector<std::string> made_;
    simdjson::dom::parser parser_;
};

}  // namespace

void read_scans(ScanLog& log, Input& input, const ScanFormat& format, const ScanDefaults& defaults,
                std::vector<ScanFault>& faults) {
    (void)input.have(2);
    if (input.offset() == 0 &&
        (input.window().starts_with("\xFF\xFE") || input.window().starts_with("\xFE\xFF"))) {
        while (input.more()) {
        }
        auto plain = utf8_from_utf16(input.window());
        if (!plain)
            throw Error(Fault::bad_input, {input.name()}, msg("the file is no sound UTF-16"));
        input.consume(input.window().size());
        const auto utf8 = Input::from_memory(std::move(*plain), input.name());
        return read_scans(log, *utf8, format, defaults, faults);
    }
    ScanFile& file = log.files.back();
    Builder builder(log, defaults, faults, static_cast<std::uint32_t>(log.files.size() - 1));
    std::uint64_t number = 0;
    bool header_is_due = format.has_header;
    std::string decoded;
    if (format.has(ScanColumn::peak)) builder.sort_by_peaks();
    Cells cells(format);

    // A fixed-width line keeps the blanks at its beginning.
    const auto line_of = [](std::string_view text) {
        return text.substr(0, text.find_last_not_of("\r\n") + 1);
    };
    const auto take = [&](std::string_view raw_line) {
        ++number;
        const auto line = static_cast<std::uint32_t>(std::min<std::uint64_t>(number, UINT32_MAX));
        if (number == 1 && raw_line.starts_with("\xEF\xBB\xBF")) raw_line.remove_prefix(3);
        std::string_view text = trim(raw_line);
        while (!text.empty() && text.front() == '\0') text.remove_prefix(1);
        if (text.empty()) return;
        builder.next_line();
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
        if (!cells.read(format.kind == ScanFormat::Kind::fixed ? line_of(raw_line) : text))
            return builder.fault("bad_line", text, number, msg("the line is no JSON object"));
        if (cells.has(ScanColumn::day)) {
            std::string_view value = cells[ScanColumn::day];
            const std::size_t blank = value.find_first_of(" T");
            if (blank != std::string_view::npos) {
                if (const auto seconds = time_of_day(trim(value.substr(blank + 1))))
                    builder.time(*seconds);
                value = value.substr(0, blank);
            }
            if (const auto day = parse_day(value))
                builder.day(*day, line);
            else if (!value.empty())
                builder.fault("bad_date", text, number);
        }
        // The strongest read says where a tag stands, other times only when it was heard.
        for (const ScanColumn column : {ScanColumn::time, ScanColumn::peak}) {
            if (!cells.has(column)) continue;
            const std::string_view value = cells[column];
            if (const auto seconds = time_of_day(trim(value.substr(value.find_first_of(" T") + 1))))
                builder.time(*seconds);
        }
        if (cells.has(ScanColumn::location) || cells.has(ScanColumn::shelf))
            builder.place(cells.has(ScanColumn::location) ? cells[ScanColumn::location]
                                                          : std::string_view(defaults.location),
                          cells[ScanColumn::shelf], line);
        std::uint32_t quantity = 1;
        if (cells.has(ScanColumn::quantity)) {
            const auto n = parse_integer(cells[ScanColumn::quantity]);
            if (n && *n >= 0 && *n <= kMostVolumes) {
                quantity = static_cast<std::uint32_t>(*n);
            } else {
                builder.fault("bad_count", text, number);
                // A count that cannot be read is not a count of one.
                if (format.kind == ScanFormat::Kind::counts) {
                    builder.note(Scan::Kind::damaged, text, 0, line);
                    return;
                }
            }
        }
        if (format.kind == ScanFormat::Kind::counts) {
            builder.note(Scan::Kind::count, "", quantity, line);
            return;
        }
        if (format.is_rfid()) {
            builder.tag({cells[ScanColumn::uid], cells[ScanColumn::epc], cells[ScanColumn::payload],
                         cells[ScanColumn::barcode], cells[ScanColumn::afi], cells[ScanColumn::eas],
                         cells[ScanColumn::rssi]},
                        format.tag, quantity, line);
            return;
        }
        const std::string_view code = cells[ScanColumn::barcode];
        if (trim(code).empty()) return;
        builder.code(code, line);
        if (quantity != 1) builder.quantity(quantity);
    };

    // Lines end in LF or CR LF, or (old terminals) in CR alone.
    const auto take_lines = [&](std::string_view text) {
        if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
        if (format.kind == ScanFormat::Kind::codes && number < UINT32_MAX &&
            defaults.shelf_labels == nullptr)
            if (const Code code = exact_code_of(text); code != kNoCode)
                return builder.exact(code, text.size(), static_cast<std::uint32_t>(++number));
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
            if (input.window().back() != '\r')
                builder.end_without_line_end(printable(trim(input.window()), 80), number);
            input.consume(input.window().size());
        }
        break;
    }
    builder.finish();
    file.lines = number;
}

}  // namespace tushu::inventory
