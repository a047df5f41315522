// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/error.hpp"
#include "base/input.hpp"
#include "base/output.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tushu {

/// Text encodings that CSV files arrive in.
enum class CsvEncoding { utf8, gb18030 };

/// What the reader should assume; what is absent is found out from the file.
struct CsvFormat {
    std::optional<char>
        delimiter;  // ',', ';' or tab by evidence: the one the header line holds most
    std::optional<CsvEncoding> encoding;  // BOM (UTF-8, UTF-16), else valid UTF-8, else GB 18030
    bool has_header = true;
};

/// Reads RFC 4180 CSV and its relatives (semicolon, tab; LF, CRLF or CR line ends; BOM; quoted
/// newlines).
///
/// Shape:  m rows of views; a row is valid until the next call. Empty lines are skipped.
/// Units:  line() counts physical lines from 1 and is where the row starts; offset() is its byte.
/// Errors: Error{bad_input} with line and offending text for an unclosed quote, a NUL byte, a row
/// above
///         1 MiB, or bytes that are not in the encoding; the next call goes on behind the bad row
///         (for an unclosed quote: behind the line where it opened).
class CsvReader {
  public:
    explicit CsvReader(Input& input, CsvFormat format = {});
    ~CsvReader();
    /// The next row's cells; nullopt at a clean end.
    [[nodiscard]] std::optional<std::span<const std::string_view>> next();
    [[nodiscard]] const std::vector<std::string>& header() const { return header_; }
    /// Index of a column by name (case-insensitive, NFKC, blanks trimmed); nullopt when absent.
    [[nodiscard]] std::optional<std::size_t> column(std::string_view name) const;
    /// As column(), but throws Error{bad_input} naming the nearest column there is.
    [[nodiscard]] std::size_t required(std::string_view name) const;
    [[nodiscard]] std::uint64_t line() const { return row_line_; }
    [[nodiscard]] std::uint64_t offset() const { return row_offset_; }
    /// The bytes of the current (or just refused) row as they stand in the file, line end included.
    [[nodiscard]] std::string_view raw() const { return raw_; }
    [[nodiscard]] CsvEncoding encoding() const { return encoding_; }
    [[nodiscard]] char delimiter() const { return delimiter_; }

  private:
    void detect(const CsvFormat& format);
    void detect_encoding();
    [[nodiscard]] Error refuse_long_row(std::size_t cut, bool is_line_end);
    Input& input_;
    char delimiter_ = ',';
    CsvEncoding encoding_ = CsvEncoding::utf8;
    bool is_encoding_known_ = false;  // ASCII alone proves nothing
    bool is_in_long_row_ = false;
    std::vector<std::string> header_;
    std::vector<std::string_view> cells_;
    std::string scratch_;  // unescaped or decoded cells
    std::string raw_;
    std::uint64_t line_ = 1, row_line_ = 0, row_offset_ = 0;
};

/// Options of CSV output. The default is plain UTF-8, LF, comma.
struct CsvStyle {
    bool bom = false;      // Excel wants one to believe UTF-8
    bool gb18030 = false;  // for old Chinese Excel
    bool neutralise =
        true;  // prefix cells that a spreadsheet would run (=, +, -, @, tab) unless numeric
};

/// Writes CSV rows; quotes only where RFC 4180 needs it.
class CsvWriter {
  public:
    CsvWriter(Output& output, CsvStyle style = {});
    void row(std::span<const std::string_view> cells);
    void row(std::initializer_list<std::string_view> cells) {
        row(std::span<const std::string_view>(cells.begin(), cells.size()));
    }

  private:
    Output& output_;
    CsvStyle style_;
    std::string line_;
};

}  // namespace tushu
