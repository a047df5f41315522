// SPDX-License-Identifier: Apache-2.0
#include "base/csv.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace tushu {
namespace {

constexpr std::size_t kRowLimit = 1U << 20U;
constexpr std::size_t kEvidence = 1U << 18U;  // bytes looked at to find delimiter and encoding

/// OWASP "CSV injection": a formula starts with = + - @, their full-width forms, tab or CR; plain
/// numbers stay numbers.
bool runs_in_spreadsheet(std::string_view cell) {
    if (cell.empty()) return false;
    if (cell.front() == '+' || cell.front() == '-')
        return cell.find_first_not_of("0123456789.,", 1) != std::string_view::npos;
    if (std::string_view("=@\t\r").find(cell.front()) != std::string_view::npos) return true;
    return cell.starts_with("＝") || cell.starts_with("＋") || cell.starts_with("－") ||
           cell.starts_with("＠");
}

std::string folded(std::string_view name) { return ascii_lower(trim(nfkc(name))); }

}  // namespace

CsvReader::CsvReader(Input& input, CsvFormat format) : input_(input) {
    detect(format);
    if (!format.has_header) return;
    if (const auto row = next()) header_.assign(row->begin(), row->end());
}

CsvReader::~CsvReader() = default;

void CsvReader::detect(const CsvFormat& format) {
    bool has_bom = input_.convert_utf16();  // Excel's "Unicode text"
    const bool is_converted = has_bom;
    (void)input_.have(kEvidence);
    std::string_view head = input_.window().substr(0, kEvidence);
    if (head.starts_with("\xEF\xBB\xBF")) {
        input_.consume(3);
        head.remove_prefix(3);
        has_bom = true;
    }
    is_encoding_known_ = has_bom || format.encoding;
    if (format.encoding && !is_converted) encoding_ = *format.encoding;
    detect_encoding();
    if (format.delimiter) {
        delimiter_ = *format.delimiter;
        return;
    }
    constexpr std::string_view kCandidates = ",\t;";
    std::array<std::size_t, kCandidates.size()> counts{};
    bool is_quoted = false;
    for (const char c : head) {
        if (c == '"') is_quoted = !is_quoted;
        if (is_quoted) continue;
        if (c == '\n' || c == '\r') break;
        const auto found = kCandidates.find(c);
        if (found != std::string_view::npos) ++counts[found];
    }
    delimiter_ = kCandidates[static_cast<std::size_t>(
        std::max_element(counts.begin(), counts.end()) - counts.begin())];
}

/// Counts the lines that are UTF-8 against those that are not: one damaged line must not turn a
/// whole file into nonsense, and a line of GB 18030 is well-formed UTF-8 only by chance.
void CsvReader::detect_encoding() {
    if (is_encoding_known_) return;
    (void)input_.have(kEvidence);
    std::string_view left = input_.window().substr(0, kEvidence);
    if (left.size() == kEvidence) {
        // The last line is cut, perhaps within a character.
        const auto end = left.find_last_of("\r\n");
        if (end != std::string_view::npos) left = left.substr(0, end);
    }
    std::size_t good = 0, bad = 0;
    while (!left.empty()) {
        const std::size_t end = std::min(left.find_first_of("\r\n"), left.size());
        const std::string_view line = left.substr(0, end);
        const bool is_ascii = std::all_of(
            line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
        if (!is_ascii) ++(is_utf8(line) ? good : bad);
        left.remove_prefix(std::min(end + 1, left.size()));
    }
    if (good == 0 && bad == 0) return;
    is_encoding_known_ = true;
    encoding_ = good > bad ? CsvEncoding::utf8 : CsvEncoding::gb18030;
}

/// Refuses the next `cut` bytes as a piece of a row above the limit.
Error CsvReader::refuse_long_row(std::size_t cut, bool is_line_end) {
    raw_.assign(input_.window().substr(0, cut));
    input_.consume(cut);
    is_in_long_row_ = !is_line_end;
    if (is_line_end) ++line_;
    return {Fault::bad_input,
            {input_.name(), 0, row_offset_, row_line_},
            msg("the row is longer than {} bytes: \"{}\"", kRowLimit, printable(raw_, 60)),
            msg("look for a quote that is never closed")};
}

std::optional<std::span<const std::string_view>> CsvReader::next() {
    if (is_in_long_row_) {
        // The rest of its line, in pieces, each refused: the memory stays bounded and no byte is
        // lost.
        row_offset_ = input_.offset();
        (void)input_.have(kRowLimit);
        const std::string_view window = input_.window().substr(0, kRowLimit);
        std::size_t end = window.find_first_of("\r\n");
        if (end != std::string_view::npos) {
            if (window[end] == '\r' && input_.have(end + 2) && input_.window()[end + 1] == '\n')
                ++end;
            throw refuse_long_row(end + 1, true);
        }
        if (!window.empty()) throw refuse_long_row(window.size(), false);
        is_in_long_row_ = false;
    }
    // Skip line ends left by empty lines.
    for (;;) {
        if (input_.window().empty() && !input_.more()) return std::nullopt;
        const char c = input_.window().front();
        if (c != '\n' && c != '\r') break;
        if (c == '\r') {
            (void)input_.have(2);
            if (input_.window().size() > 1 && input_.window()[1] == '\n') input_.consume(1);
        }
        input_.consume(1);
        ++line_;
    }
    row_line_ = line_;
    row_offset_ = input_.offset();

    // Find the end of the row. GB 18030 trail bytes are never quotes, delimiters or line ends below
    // 0x30, but ';' (0x3B) is none either: trail bytes start at 0x30-0x39 (four-byte forms) and
    // 0x40.
    std::size_t at = 0, first_line_end = 0;
    bool is_quoted = false, at_cell_start = true;
    std::uint64_t lines = 0;
    std::size_t row_end = 0, next_row = 0;
    for (;;) {
        if (at == input_.window().size() && !input_.more()) {
            if (is_quoted) {
                const std::size_t cut = first_line_end != 0 ? first_line_end : at;
                raw_.assign(input_.window().substr(0, cut));
                input_.consume(cut);
                ++line_;
                throw Error(
                    Fault::bad_input, {input_.name(), 0, row_offset_, row_line_},
                    msg("a quote that opens here is never closed: \"{}\"", printable(raw_, 60)));
            }
            row_end = next_row = at;
            break;
        }
        const std::string_view window = input_.window();
        const char c = window[at];
        if (is_quoted) {
            if (c == '"') {
                if (at + 1 == window.size()) (void)input_.more();
                if (at + 1 < input_.window().size() && input_.window()[at + 1] == '"')
                    ++at;
                else
                    is_quoted = false;
            } else if (c == '\n' || c == '\r') {
                if (c == '\r') {
                    if (at + 1 == window.size()) (void)input_.more();
                    if (at + 1 < input_.window().size() && input_.window()[at + 1] == '\n') ++at;
                }
                ++lines;
                if (first_line_end == 0) first_line_end = at + 1;
            }
        } else if (c == '"' && at_cell_start) {
            is_quoted = true;
        } else if (c == '\n' || c == '\r') {
            row_end = at;
            next_row = at + 1;
            if (c == '\r') {
                if (at + 1 == window.size()) (void)input_.more();
                if (at + 1 < input_.window().size() && input_.window()[at + 1] == '\n') ++next_row;
            }
            ++lines;
            break;
        }
        at_cell_start = !is_quoted && c == delimiter_;
        ++at;
        if (at > kRowLimit)
            throw refuse_long_row(first_line_end != 0 ? first_line_end : at, first_line_end != 0);
    }
    if (!is_encoding_known_) {
        const std::string_view seen = input_.window().substr(0, next_row);
        if (std::any_of(seen.begin(), seen.end(),
                        [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
            detect_encoding();
    }
    raw_.assign(input_.window().substr(0, next_row));
    input_.consume(next_row);
    line_ += lines;
    std::string_view row = std::string_view(raw_).substr(0, row_end);
    const Where where{input_.name(), 0, row_offset_, row_line_};
    const bool is_ascii = std::all_of(row.begin(), row.end(),
                                      [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (row.find('\0') != std::string_view::npos)
        throw Error(Fault::bad_input, where,
                    msg("the row holds a NUL byte: \"{}\"", printable(row, 60)));
    if (encoding_ == CsvEncoding::utf8 && !is_utf8(row))
        throw Error(Fault::bad_input, where,
                    msg("the row is not UTF-8: \"{}\"", printable(row, 60)));

    // GB 18030 rows are decoded whole, then split: the scratch keeps both decoded and unescaped
    // text.
    scratch_.clear();
    std::string decoded;
    if (encoding_ == CsvEncoding::gb18030 && !is_ascii) {
        auto text = utf8_from_gb18030(row);
        if (!text)
            throw Error(Fault::bad_input, where,
                        msg("the row is neither UTF-8 nor GB 18030: \"{}\"", printable(row, 60)));
        decoded = std::move(*text);
        row = decoded;
    }
    scratch_.reserve(row.size() * 2 + 1);  // cells are views into it: it must not move
    scratch_ = row;
    std::string_view text(scratch_.data(), row.size());
    cells_.clear();
    std::size_t begin = 0;
    for (;;) {
        if (begin < text.size() && text[begin] == '"') {
            const std::size_t out = scratch_.size();
            std::size_t i = begin + 1;
            while (i < text.size()) {
                if (text[i] == '"') {
                    if (i + 1 < text.size() && text[i + 1] == '"') {
                        scratch_ += '"';
                        i += 2;
                        continue;
                    }
                    break;
                }
                scratch_ += text[i++];
            }
            ++i;  // the closing quote
            while (i < text.size() && text[i] != delimiter_)
                scratch_ += text[i++];  // "a"b: keep what follows
            cells_.emplace_back(scratch_.data() + out, scratch_.size() - out);
            begin = i;
        } else {
            const std::size_t end = std::min(text.find(delimiter_, begin), text.size());
            cells_.push_back(text.substr(begin, end - begin));
            begin = end;
        }
        if (begin >= text.size()) break;
        ++begin;
        if (begin == text.size()) {
            cells_.emplace_back();
            break;
        }
    }
    return std::span<const std::string_view>(cells_);
}

std::optional<std::size_t> CsvReader::column(std::string_view name) const {
    const std::string wanted = folded(name);
    for (std::size_t i = 0; i < header_.size(); ++i)
        if (folded(header_[i]) == wanted) return i;
    return std::nullopt;
}

std::size_t CsvReader::required(std::string_view name) const {
    if (const auto found = column(name)) return *found;
    std::vector<std::string> names;
    for (const auto& column : header_) names.push_back(folded(column));
    const std::vector<std::string_view> views(names.begin(), names.end());
    const auto near = nearest(folded(name), views);
    throw Error(Fault::bad_input, {input_.name(), 0, 0, 1}, msg("there is no column \"{}\"", name),
                near ? msg("the nearest column is \"{}\"", printable(*near)) : Message());
}

CsvWriter::CsvWriter(Output& output, CsvStyle style) : output_(output), style_(style) {
    if (style_.bom && !style_.gb18030) output_.write("\xEF\xBB\xBF");
}

void CsvWriter::row(std::span<const std::string_view> cells) {
    line_.clear();
    bool is_first = true;
    for (std::string_view cell : cells) {
        if (!is_first) line_ += ',';
        is_first = false;
        const bool is_formula = style_.neutralise && runs_in_spreadsheet(cell);
        const bool is_quoted = is_formula ||
                               cell.find_first_of(",\"\r\n") != std::string_view::npos ||
                               (cells.size() == 1 && cell.empty());
        if (!is_quoted) {
            line_ += cell;
            continue;
        }
        line_ += '"';
        if (is_formula) line_ += '\'';
        for (const char c : cell) {
            if (c == '"') line_ += '"';
            line_ += c;
        }
        line_ += '"';
    }
    line_ += '\n';
    output_.write(style_.gb18030 ? std::string_view(line_ = gb18030_from_utf8(line_))
                                 : std::string_view(line_));
}

}  // namespace tushu
