// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/csv.hpp"
#include "base/date.hpp"
#include "base/input.hpp"
#include "base/message.hpp"
#include "inventory/code.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tushu::inventory {

struct CodePattern;

inline constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

/// Where a run of scans was made and by whom: everything between two anchors of one file.
struct Segment {
    std::uint32_t file = 0;            // index into ScanLog::files
    std::uint32_t first = 0, end = 0;  // scans
    std::uint32_t line = 0;            // of the anchor
    std::string location, shelf, operator_name, device;
    std::string library, collection;  // that #LIB and #COLL declare to belong here
    std::int32_t pass = 0;            // 0: not declared
    std::optional<Day> day;
    bool has_own_day = false;  // the file says the day, not who took it in
    bool is_reversed = false;  // #DIR R: scanned right to left
    bool is_complete = false;  // closed by the next anchor or #END
    bool is_ended = false;     // closed by #END or #EMPTY: says "this is all", even of no items
    bool has_gap = false;      // #GAP: books were passed over somewhere behind this anchor
    bool ends_in_gap = false;  // #GAP after the last scan
    bool is_inferred = false;  // the location was found from what was scanned
    // A range label (#SHELF K20/1~K21/9, or #SHELF JC1-003 K20/1~K21/9): the call numbers that the
    // shelf holds. Empty ends are open; an end marked ` on the label is not on the shelf itself.
    std::string range_from, range_to;
    bool range_excludes_from = false, range_excludes_to = false;
    // RFID reads come in any order: nothing may be said of places within the shelf.
    bool is_unordered = false;

    /// The anchor as outcomes name it: the shelf, else the location.
    [[nodiscard]] const std::string& anchor() const { return shelf.empty() ? location : shelf; }
};

/// More volumes than one line can count: it is a slip.
inline constexpr std::int64_t kMostVolumes = 100'000'000;

/// One read of a scanner.
struct Scan {
    Code code = kNoCode;
    std::uint32_t line = 0;
    std::uint32_t segment = 0;
    std::uint32_t text =
        kNone;  // offset in ScanLog::texts of a code that is not plain digits, or of a note
    std::int32_t seconds = -1;  // of the day, when the scanner says
    std::uint32_t quantity = 1;
    std::uint16_t text_size = 0;
    enum class Kind : std::uint8_t { item, no_label, count, damaged } kind = Kind::item;
    bool after_gap = false;  // #GAP: books were skipped before this one
};

/// What an RFID reader said of one tag behind one anchor, all its reads together. The scan's code
/// is what the label says where the reader export has that (`printed`), else the primary item
/// identifier out of the tag.
struct TagRead {
    std::uint32_t file = 0, line = 0;  // of the first read; ScanLog::tag_of() finds it by them
    std::uint32_t reads = 0;
    std::int32_t first_seconds = -1, last_seconds = -1;  // of the day
    std::optional<std::int32_t> rssi;                    // the strongest
    std::optional<std::uint8_t> afi;    // for tag_fault(), with the loan status at that time
    std::optional<bool> eas;            // on: the gate would sound
    std::optional<bool> is_on_loan;     // the loan bit of a UHF tag of the university alliance
    std::uint32_t parts = 0, part = 0;  // of a set; 0: the tag does not say
    std::string uid;                    // as the reader writes it, hex digits in capitals
    std::string printed;                // the barcode beside the tag's data; empty: none
    std::string primary;                // the tag's own identifier (normal form); empty: not read
    /// The tag says another item than the label: TAGMISMATCH.
    [[nodiscard]] bool contradicts_label() const {
        return !printed.empty() && !primary.empty() && printed != primary;
    }
};

struct ScanFile {
    std::string name;  // as the person named it, without folders
    std::string sha256;
    std::uint64_t lines = 0;
};

/// A line that is not understood or cannot be followed: it is kept, and reported.
struct ScanFault {
    std::string code;  // bad_directive, bad_date, bad_count, bad_line, bad_tag, unknown_uid,
                       // cut_line, long_gap
    std::uint64_t line = 0;
    std::string text;
    Message reason{};        // empty: the line is not understood
    std::uint32_t file = 0;  // index into ScanLog::files
    /// False for a long pause: no line is wrong, whoever asked for it is told.
    [[nodiscard]] bool is_wrong() const { return code != "long_gap"; }
};

/// All scans of a session, in the order of files and lines.
struct ScanLog {
    std::vector<ScanFile> files;
    std::vector<Segment> segments;
    std::vector<Scan> scans;
    std::string texts;
    std::vector<ScanFault> faults;  // of Session::load(), in the order of files
    std::vector<TagRead> tags;      // in the order of files and lines
    std::unordered_map<std::string, std::string> uid_codes;  // what tags read in full are

    /// The tag that a scan was read from; nullptr for a scan of a barcode.
    [[nodiscard]] const TagRead* tag_of(const Scan& scan) const;
    [[nodiscard]] std::string_view text_of(const Scan& scan) const {
        return scan.text == kNone ? std::string_view()
                                  : std::string_view(texts).substr(scan.text, scan.text_size);
    }
    /// The code as scanned (normal form).
    [[nodiscard]] std::string code_text(const Scan& scan) const;
};

/// What the columns of a scanner file mean.
enum class ScanColumn : std::uint8_t {
    barcode,
    location,
    shelf,
    quantity,  // volumes; of RFID reads: how many reads a line stands for
    day,       // or a day with a time
    time,
    ignore,
    uid,      // of RFID reads, from here on
    epc,      // the EPC of a UHF tag, in hex
    payload,  // the tag's memory, in hex
    afi,
    eas,
    rssi,
    antenna,
    peak,  // time of the strongest read: gives the order on the shelf
};

/// How a scanner file is to be read. Frozen when the file is added, so that a later version of the
/// program reads the log as it was meant.
struct ScanFormat {
    /// `fixed`: columns by position; `tags`: RFID reads, `jsonl`: the same as a JSON object a line.
    enum class Kind : std::uint8_t {
        codes,
        columns,
        counts,
        fixed,
        tags,
        jsonl
    } kind = Kind::codes;
    std::vector<ScanColumn> columns;  // for all but codes and jsonl
    struct Span {
        std::uint32_t first = 1, last = 1;  // characters, counted from 1
    };
    std::vector<Span> spans;  // for fixed
    char delimiter =
        ',';  // for columns; codes are separated by blanks, tabs, commas and semicolons
    bool has_header = false;
    /// How the payload is built; detect: a fixed block when its checksum is right, else objects.
    enum class Tag : std::uint8_t { detect, objects, fixed, epc, epc_bank } tag = Tag::detect;

    [[nodiscard]] bool has(ScanColumn column) const;
    [[nodiscard]] bool is_rfid() const { return kind == Kind::tags || kind == Kind::jsonl; }
    /// "codes", "columns:barcode,quantity,day,time" (`;` or `tab` behind a further colon),
    /// "counts:shelf,quantity", "fixed:barcode=1-14,day=19-26", "tags:uid,payload,time:header" (or
    /// a form of tag-data), "jsonl".
    [[nodiscard]] std::string text() const;
    /// Errors: nullopt for text that text() does not make.
    static std::optional<ScanFormat> from(std::string_view text);
};

/// Finds out how a scanner file is built from its first lines; plain codes when nothing speaks
/// against it.
[[nodiscard]] ScanFormat detect_format(std::string_view head);

/// What holds for a file's scans until a directive in it says otherwise.
struct ScanDefaults {
    std::string location, shelf, operator_name, device;
    std::int32_t pass = 0;
    std::optional<Day> day;
    /// A pause longer than this ends the anchor: who knows where the scanner was taken. 0: never.
    std::int32_t gap_minutes = 0;
    /// Codes of shelf labels that stand in the stream like any other; borrowed. nullptr: none.
    const std::vector<CodePattern>* shelf_labels = nullptr;
};

/// What a heading of a scanner or reader file means; nullopt: nothing known.
[[nodiscard]] std::optional<ScanColumn> column_of_heading(std::string_view heading);

/// Reads one scanner file behind what `log` already holds.
///
/// Shape:  lines of codes and directives; see tushu-inventory-scan(1) for the forms. UTF-8, UTF-16
/// with a byte order mark, or GB 18030. Errors: Error{bad_input} for a line above 64 KiB;
/// everything else that is odd becomes a fault or a
///         `damaged` scan, because a person stood at the shelf for it.
void read_scans(ScanLog& log, Input& input, const ScanFormat& format, const ScanDefaults& defaults,
                std::vector<ScanFault>& faults);

}  // namespace tushu::inventory
