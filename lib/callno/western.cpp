// SPDX-License-Identifier: Apache-2.0
// LC, NLM and Dewey: a class number, then cutters or item marks, dates, and a volume tail.
#include "callno/key.hpp"

#include <cstdint>

namespace tushu::callno {
namespace {

constexpr char kOrdinal = '\x02';  // 2d, 2nd, 15th: behind the bare number
constexpr std::size_t kCutterLetters = 3;
constexpr std::size_t kAnyWord = SIZE_MAX;
constexpr char kLetters = '\x03';  // 1998a

/// A year or other number with what is written against it: 1998, 1998a, 2d, 15th.
void append_date(std::string& key, Cursor& cursor) {
    const std::string_view digits = cursor.digits();
    append_integer(key, digits);
    const std::string_view letters = cursor.letters();
    if (!letters.empty()) {
        const auto is = [letters](std::string_view word) {
            if (letters.size() != word.size()) return false;
            for (std::size_t i = 0; i < word.size(); ++i)
                if (to_upper(letters[i]) != word[i]) return false;
            return true;
        };
        if (digits.size() < 4 && (is("D") || is("ST") || is("ND") || is("RD") || is("TH"))) {
            key += kOrdinal;
        } else {
            key += kLetters;
            append_upper(key, letters);
        }
    }
    key += kEnd;
}

/// What stands behind the class number: dates, cutters or item marks, then the tail.
///
/// Nothing comes first, then a date, then free text, then a further cutter (LC); blanks and the dot
/// in front of a cutter say nothing.
void append_marks(std::string& key, Cursor& cursor, std::size_t longest_word, const Rules& rules) {
    std::size_t marks = 0, dates = 0;
    for (;;) {
        const std::size_t gap = cursor.at;
        while (cursor.peek() == ' ' || cursor.peek() == '\n' || cursor.peek() == '.') ++cursor.at;
        if (cursor.done()) break;
        const bool has_dot =
            cursor.text.substr(gap, cursor.at - gap).find('.') != std::string_view::npos;
        if (is_digit(cursor.peek())) {
            key += kDate;
            append_date(key, cursor);
            ++dates;
            continue;
        }
        if (!is_letter(cursor.peek())) {
            key += kTail;
            append_tail(key, cursor.rest(), rules);
            break;
        }
        const std::size_t start = cursor.at;
        const std::string_view letters = cursor.letters();
        const bool has_digits = is_digit(cursor.peek());
        bool is_tail = letters.size() > longest_word;
        if (has_digits && !has_dot && marks > 0 && longest_word > kCutterLetters)
            is_tail =
                !caption_of(letters, rules).empty();  // v2: Dewey marks seldom have a second part
        if (!has_digits && !is_tail && !has_dot && (marks > 0 || dates > 0) &&
            !caption_of(letters, rules).empty()) {
            // v.2, no. 3, or a caption that needs no number (Suppl., Index)
            std::size_t ahead = 0;
            while (cursor.peek(ahead) == '.' || cursor.peek(ahead) == ' ') ++ahead;
            is_tail = (ahead > 0 && is_digit(cursor.peek(ahead))) || letters.size() > 1;
        }
        if (is_tail) {
            cursor.at = start;
            key += kTail;
            append_tail(key, cursor.rest(), rules);
            break;
        }
        key += kMark;
        append_upper(key, letters);
        key += kEnd;
        append_decimals(key, cursor.digits());
        key += kEnd;
        if (has_digits) {
            // Work letters, unless they begin the next cutter (.C5D2) or a volume (.C5v.2).
            const std::size_t work = cursor.at;
            const std::string_view work_letters = cursor.letters();
            const bool is_volume = cursor.peek() == '.' && is_digit(cursor.peek(1)) &&
                                   !caption_of(work_letters, rules).empty();
            if (is_digit(cursor.peek()) || is_volume)
                cursor.at = work;
            else
                append_upper(key, work_letters);
        }
        key += kEnd;
        ++marks;
    }
    key += kEnd;
}

}  // namespace

bool append_lc(std::string& key, std::string_view text, const Rules& rules) {
    Cursor cursor{text};
    const std::string_view letters = cursor.letters();
    if (letters.empty() || letters.size() > 3) return false;
    cursor.skip_blanks();
    const std::string_view number = cursor.digits();
    if (number.empty() || number.size() > 4) return false;
    append_upper(key, letters);
    key += kEnd;
    append_integer(key, number);
    std::size_t dot = 0;
    while (cursor.peek(dot) == ' ') ++dot;
    if (cursor.peek(dot) == '.') {
        ++dot;
        while (cursor.peek(dot) == ' ') ++dot;
        if (is_digit(cursor.peek(dot))) {
            cursor.at += dot;
            append_decimals(key, cursor.digits());
        }
    }
    key += kEnd;
    append_marks(key, cursor, kCutterLetters, rules);
    return true;
}

bool append_dewey(std::string& key, std::string_view text, const Rules& rules) {
    Cursor cursor{text};
    const std::string_view main = cursor.digits();
    if (main.empty() || main.size() > 3) return false;
    key.append(3 - main.size(), '0');
    key.append(main);
    // Prime marks may stand in front of the dot and among the decimals.
    const auto is_prime = [&cursor](std::size_t ahead) {
        return cursor.peek(ahead) == '/' || cursor.peek(ahead) == '\'';
    };
    const bool has_prime_first = is_prime(0) && cursor.peek(1) == '.';
    if (has_prime_first) ++cursor.at;
    std::size_t dot = 0;
    while (cursor.peek(dot) == ' ') ++dot;
    if (cursor.peek(dot) == '.' && is_digit(cursor.peek(dot + 1))) {
        cursor.at += dot + 1;
        std::string decimals;
        std::size_t group = 0;  // digits since the last blank: schedules print them in threes
        for (;;) {
            const std::string_view digits = cursor.digits();
            decimals.append(digits);
            group += digits.size();
            if (is_prime(0) && is_digit(cursor.peek(1))) {
                ++cursor.at;
                continue;
            }
            if (is_prime(0) && (cursor.peek(1) == ' ' || cursor.peek(1) == '\0')) ++cursor.at;
            if (cursor.peek() != ' ' || group % 3 != 0) break;
            std::size_t next = 0;
            while (is_digit(cursor.peek(1 + next))) ++next;
            const char behind = cursor.peek(1 + next);
            if (next == 0 || next > 3 || is_letter(behind)) break;
            ++cursor.at;
            group = 0;
        }
        append_decimals(key, decimals);
    }
    key += kEnd;
    if (cursor.peek() == '/' || cursor.peek() == '\\') ++cursor.at;
    append_marks(key, cursor, kAnyWord, rules);
    return true;
}

}  // namespace tushu::callno
