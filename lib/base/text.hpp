// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tushu {

/// True when every byte belongs to well-formed UTF-8 (Unicode 15, table 3-7: no surrogates, no
/// overlongs).
[[nodiscard]] bool is_utf8(std::string_view bytes);
/// Length of the longest well-formed prefix; a sequence cut by the end is not part of it.
[[nodiscard]] std::size_t utf8_prefix(std::string_view bytes);
/// Reads one code point at `at` and moves past it. Malformed bytes give U+FFFD and advance by one.
[[nodiscard]] char32_t next_code_point(std::string_view text, std::size_t& at);
void append_utf8(std::string& out, char32_t code_point);

/// Unicode NFKC / NFC (ICU). Input that is already in the form is returned after a quick check.
[[nodiscard]] std::string nfkc(std::string_view utf8);
[[nodiscard]] std::string nfc(std::string_view utf8);

/// GB 18030 (superset of GBK and GB 2312; ICU's table) to UTF-8; nullopt when a byte does not
/// decode.
[[nodiscard]] std::optional<std::string> utf8_from_gb18030(std::string_view bytes);
/// UTF-8 to GB 18030; every Unicode character has a GB 18030 form.
[[nodiscard]] std::string gb18030_from_utf8(std::string_view utf8);
/// Any single ICU converter by name ("Big5", "KOI8-R", "windows-1251"); nullopt when a byte does
/// not decode.
[[nodiscard]] std::optional<std::string> utf8_from(const char* converter, std::string_view bytes);

/// Text fit for one line of a message: control and malformed bytes as \xNN, cut at `limit` bytes
/// with "...".
[[nodiscard]] std::string printable(std::string_view bytes, std::size_t limit = 200);

/// Columns of a terminal that `utf8` takes: 2 for wide East Asian characters, 0 for combining ones.
[[nodiscard]] std::size_t display_width(std::string_view utf8);

/// The candidate nearest to `word` by edit distance, if near enough to be meant.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> candidates);

[[nodiscard]] std::string_view trim(std::string_view text);  // ASCII white space, both ends
[[nodiscard]] std::string ascii_lower(std::string_view text);
[[nodiscard]] std::string ascii_upper(std::string_view text);
/// Whole text as a decimal integer; nullopt for empty text, signs alone, blanks or overflow.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);

/// Digits in groups of three: 1234567 is "1,234,567". For people; data never has it.
[[nodiscard]] std::string grouped(std::int64_t number);

}  // namespace tushu
