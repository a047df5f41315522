// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/csv.hpp"
#include "base/date.hpp"
#include "base/input.hpp"
#include "inventory/code.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::inventory {

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
    bool is_reversed = false;  // #DIR R: scanned right to left
    bool is_complete = false;  // closed by the next anchor or #END
    bool is_ended = false;     // closed by #END or #EMPTY: says "this is all", even of no items
    bool is_inferred = false;  // the location was found from what was scanned

    /// The anchor as outcomes name it: the shelf, else the location.
    [[nodiscard]] const std::string& anchor() const { return shelf.empty() ? location : shelf; }
};

/// One read of a scanner.
struct Scan {
    Code code = kNoCode;
    std::uint32_t line = 0;
    std::uint32_t segment = 0;
    std::uint32_t text =
        kNone;  // offset in ScanLog::texts of a code that is not plain digits, or of a note
    std::int32_t seconds = -1;  // of the day, when the scanner says
    std::uint16_t text_size = 0;
    std::uint16_t quantity = 1;
    enum class Kind : std::uint8_t { item, no_label, count, damaged } kind = Kind::item;
    bool after_gap = false;  // #GAP: books were skipped before this one
};

struct ScanFile {
    std::string name;  // as the person named it, without folders
    std::string sha256;
    std::uint64_t lines = 0;
};

/// All scans of a session, in the order of files and lines.
struct ScanLog {
    std::vector<ScanFile> files;
    std::vector<Segment> segments;
    std::vector<Scan> scans;
    std::string texts;

    [[nodiscard]] std::string_view text_of(const Scan& scan) const {
        return scan.text == kNone ? std::string_view()
                                  : std::string_view(texts).substr(scan.text, scan.text_size);
    }
    /// The code as scanned (normal form).
    [[nodiscard]] std::string code_text(const Scan& scan) const;
};

/// What the columns of a scanner file mean.
enum class ScanColumn : std::uint8_t { barcode, location, shelf, quantity, day, time, ignore };

/// How a scanner file is to be read. Frozen when the file is added, so that a later version of the
/// program reads the log as it was meant.
struct ScanFormat {
    enum class Kind : std::uint8_t { codes, columns, counts } kind = Kind::codes;
    std::vector<ScanColumn> columns;  // for columns and counts
    char delimiter =
        ',';  // for columns; codes are separated by blanks, tabs, commas and semicolons
    bool has_header = false;

    /// "codes", "columns:barcode,quantity,day,time" (`;` or `tab` behind a further colon),
    /// "counts".
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
};

/// A directive that is not known, or has a bad value: the line is kept, and reported.
struct ScanFault {
    std::string code;  // bad_directive, bad_date, unreadable
    std::uint64_t line = 0;
    std::string text;
};

/// Reads one scanner file behind what `log` already holds.
///
/// Shape:  lines of codes and directives; see tushu-inventory-scan(1) for the forms. UTF-8 or GB
/// 18030. Errors: Error{bad_input} for a line above 64 KiB; everything else that is odd becomes a
/// fault or a
///         `damaged` scan, because a person stood at the shelf for it.
void read_scans(ScanLog& log, Input& input, const ScanFormat& format, const ScanDefaults& defaults,
                std::vector<ScanFault>& faults);

}  // namespace tushu::inventory
