// SPDX-License-Identifier: Apache-2.0
// Inside lib/callno only: the bytes keys are made of, and the readers of each scheme.
#pragma once
#include "callno/rules.hpp"

#include <string>
#include <string_view>

namespace tushu::callno {

inline constexpr char kEnd = '\x01';  // ends a field; nothing sorts below it
inline constexpr char kInteger =
    '\x20';  // whole numbers: this plus the digit count, then the digits
inline constexpr char kPrefixed = '\xF8';  // labels with a collection word, behind those without
inline constexpr char kUnparsed = '\xFF';  // behind everything parsed

// What may follow the class number or a cutter, in this order.
inline constexpr char kDate = '\x02';
inline constexpr char kTail = '\x03';
inline constexpr char kMark = '\x04';

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
constexpr bool is_letter(char c) { return to_upper(c) >= 'A' && to_upper(c) <= 'Z'; }
constexpr bool is_alnum(char c) { return is_digit(c) || is_letter(c); }
constexpr bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

/// A whole number of any length; leading zeros do not count.
void append_integer(std::string& key, std::string_view digits, char base = kInteger);
/// Digits of a decimal fraction; trailing zeros do not count. The caller ends the field.
void append_decimals(std::string& key, std::string_view digits);
/// Words and whole numbers in turn; captions as the rules spell them, 上中下 and 第三 as numbers.
void append_tail(std::string& key, std::string_view text, const Rules& rules);
/// Natural order of any text, for what no scheme reads.
void append_natural(std::string& key, std::string_view text);
/// One non-ASCII character at `at`: numerals as a whole number, others as their bytes. Moves past
/// it.
void append_other(std::string& key, std::string_view text, std::size_t& at);

/// A reader's place in a text.
struct Cursor {
    std::string_view text;
    std::size_t at = 0;

    [[nodiscard]] bool done() const { return at >= text.size(); }
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at + ahead < text.size() ? text[at + ahead] : '\0';
    }
    [[nodiscard]] std::string_view rest() const { return text.substr(at); }
    void skip_blanks() {
        while (!done() && (text[at] == ' ' || text[at] == '\n')) ++at;
    }
    [[nodiscard]] std::string_view digits() {
        const std::size_t start = at;
        while (!done() && is_digit(text[at])) ++at;
        return text.substr(start, at - start);
    }
    [[nodiscard]] std::string_view letters() {
        const std::size_t start = at;
        while (!done() && is_letter(text[at])) ++at;
        return text.substr(start, at - start);
    }
};

inline void append_upper(std::string& key, std::string_view letters) {
    for (const char c : letters) key.push_back(to_upper(c));
}

/// The first word of the caption list that holds `word` (any case); empty when it is no caption.
[[nodiscard]] std::string_view caption_of(std::string_view word, const Rules& rules);

/// One spelling for all: NFKC, quotes and dashes, blanks collapsed, 852 subfield marks. Text that
/// is in order already is returned as it is; else `scratch` holds the result.
[[nodiscard]] std::string_view plain_spelling(std::string_view raw, std::string& scratch);

// Each reads a call number in plain spelling; false (and a key in disorder) when it is not of the
// scheme.
[[nodiscard]] bool append_chinese(std::string& key, Scheme scheme, std::string_view text,
                                  const Rules& rules);
[[nodiscard]] bool append_lc(std::string& key, std::string_view text, const Rules& rules);
[[nodiscard]] bool append_dewey(std::string& key, std::string_view text, const Rules& rules);
[[nodiscard]] bool append_sudoc(std::string& key, std::string_view text, const Rules& rules);
[[nodiscard]] bool append_udc(std::string& key, std::string_view text, const Rules& rules);
[[nodiscard]] bool append_fixed(std::string& key, std::string_view text, const Rules& rules);

}  // namespace tushu::callno
