// SPDX-License-Identifier: Apache-2.0
// 中图法, 科图法, 刘国钧: a class number, and below it the lines of the label (索书号).
#include "callno/key.hpp"

#include <algorithm>
#include <array>

namespace tushu::callno {
namespace {

constexpr char kRecommended =
    '\x02';                     // the lower-case a of recommended reading, right behind the class
constexpr char kLine = '\x02';  // begins each line below the class
constexpr char kDigitsEnd = '\x02';  // C5 < C5d < C52

constexpr bool is_break(char c) { return c == '/' || c == '\\' || c == '\n'; }
constexpr bool is_decoration(char c) {
    // The dots are reading aids; [ ] alternative and { } withdrawn classes are the schedule's, not
    // the shelf's.
    return c == ' ' || c == '.' || c == '[' || c == ']' || c == '{' || c == '}';
}

/// Lines of a label; what a label has beyond these goes with the last.
struct Lines {
    std::array<std::string_view, 8> line;
    std::size_t count = 0;
    void add(std::string_view text) {
        while (text.starts_with(' ')) text.remove_prefix(1);
        while (text.ends_with(' ')) text.remove_suffix(1);
        if (!text.empty()) line[count++] = text;
    }
    [[nodiscard]] bool is_full() const { return count + 1 == line.size(); }
};

/// A blank that stands for a line break: behind a complete class and in front of a letter or digit
/// ("TP391 12"), unlike those of "TP 391" and "TP391 -43".
bool is_soft_break(std::string_view text, std::size_t blank) {
    if (blank + 1 >= text.size() || !(is_alnum(text[blank + 1]) || !is_ascii(text[blank + 1])))
        return false;
    const std::string_view before = text.substr(0, blank);
    const char last = before.back();
    if (!is_alnum(last) && last != ')' && last != '"' && last != '>') return false;
    return std::any_of(before.begin(), before.end(), is_digit);
}

Lines split(std::string_view text) {
    Lines lines;
    const bool has_breaks = std::any_of(text.begin(), text.end(), is_break);
    std::size_t start = 0;
    bool is_below = false;  // past the first blank that ends the class
    for (std::size_t i = 0; i < text.size() && !lines.is_full(); ++i) {
        bool is_end = is_break(text[i]);
        if (!has_breaks && text[i] == ' ' && (is_below || is_soft_break(text, i)))
            is_end = is_below = true;
        if (!is_end) continue;
        lines.add(text.substr(start, i - start));
        start = i + 1;
    }
    lines.add(text.substr(start));
    return lines;
}

bool append_clc_class(std::string& key, std::string_view line, const Rules& rules) {
    const auto& ranks = rules.clc_ranks();
    std::size_t size = 0;
    while (!line.empty() && is_decoration(line[0])) line.remove_prefix(1);
    // A class begins with one or two letters; more of them are a word, not a class.
    const auto letters = std::find_if_not(line.begin(), line.end(), is_letter) - line.begin();
    if (letters == 0 || letters > 2) return false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (is_decoration(c)) continue;
        if (c == 'a' && size > 0 && is_alnum(line[i - 1])) {
            const char next = i + 1 < line.size() ? line[i + 1] : '\0';
            const bool is_last = next == '\0' || next == ' ' ||
                                 (!is_alnum(next) && ranks[static_cast<unsigned char>(next)] != 0);
            const bool is_upper =
                std::none_of(line.begin(), line.end(),
                             [](char other) { return other > 'a' && other <= 'z'; }) &&
                std::count(line.begin(), line.end(), 'a') == 1;
            if (is_last && is_upper) {
                key += kRecommended;
                ++size;
                continue;
            }
        }
        const unsigned char rank = ranks[static_cast<unsigned char>(c)];
        if (rank == 0) return false;
        key.push_back(static_cast<char>(rank));
        ++size;
    }
    key += kEnd;
    return true;
}

/// 科图法: two main digits, a dot, decimals. 刘国钧: three digits, a dot, decimals.
bool append_digit_class(std::string& key, std::string_view line, std::size_t main_digits,
                        const Rules& rules) {
    Cursor cursor{line};
    const std::string_view main = cursor.digits();
    const bool has_dot = cursor.peek() == '.';
    if (main_digits == 3) {
        if (main.empty() || main.size() > 3) return false;
        key.append(3 - main.size(), '0');
    } else if (main.size() < 2 || (has_dot && main.size() != 2)) {
        return false;
    }
    key.append(main);
    bool is_number = true;  // still in the class itself, where zeros at the end say nothing
    const auto trim_zeros = [&key, start = key.size()] {
        while (key.size() > start && key.back() == '0') key.pop_back();
    };
    for (; !cursor.done(); ++cursor.at) {
        const char c = cursor.peek();
        if (is_decoration(c)) continue;
        if (is_letter(c)) return false;
        const unsigned char rank = rules.clc_ranks()[static_cast<unsigned char>(c)];
        if (rank == 0) return false;
        if (!is_digit(c) && is_number) {
            trim_zeros();
            is_number = false;
        }
        key.push_back(static_cast<char>(rank));
    }
    if (is_number) trim_zeros();
    key += kEnd;
    return true;
}

bool append_class(std::string& key, Scheme scheme, std::string_view line, const Rules& rules) {
    if (scheme == Scheme::clc) return append_clc_class(key, line, rules);
    return append_digit_class(key, line, scheme == Scheme::liu ? 3 : 2, rules);
}

/// Book number 书次号 with its volume signs. Behind a sign numbers are always whole numbers.
void append_book(std::string& key, std::string_view line, const Rules& rules) {
    const BookNumber type = rules.settings().book_number;
    const bool is_decimal_type = type == BookNumber::corner || type == BookNumber::cutter;
    bool is_decimal = is_decimal_type, is_behind_number = false;
    Cursor cursor{line};
    while (!cursor.done()) {
        const char c = cursor.peek();
        if (is_digit(c)) {
            const std::string_view digits = cursor.digits();
            if (!is_decimal) {
                append_integer(key, digits);
            } else if (type == BookNumber::cutter) {
                append_decimals(key, digits);
                key += kDigitsEnd;
            } else {
                key.append(digits);
                key += kDigitsEnd;
            }
            is_behind_number = true;
        } else if (is_letter(c)) {
            const std::string_view letters = cursor.letters();
            // Suffixes run A..Z, AA..; letters in front are a name and run as in a dictionary.
            if (is_behind_number && !is_decimal_type)
                key.push_back(
                    static_cast<char>(0x40 + std::min<std::size_t>(letters.size(), 0x3F)));
            append_upper(key, letters);
            is_behind_number = false;
        } else if (!is_ascii(c)) {
            append_other(key, line, cursor.at);
        } else {
            ++cursor.at;
            const unsigned char rank = rules.volume_ranks()[static_cast<unsigned char>(c)];
            if (rank == 0) continue;
            key.push_back(static_cast<char>(rank));
            is_decimal = is_behind_number = false;
        }
    }
    key += kEnd;
}

bool is_class(Scheme scheme, std::string_view line, const Rules& rules) {
    std::string trial;
    return append_class(trial, scheme, line, rules);
}

}  // namespace

bool append_chinese(std::string& key, Scheme scheme, std::string_view text, const Rules& rules) {
    const Lines lines = split(text);
    std::size_t at = 0;
    bool is_behind_class = false, has_book = false;
    for (const LabelLine part : rules.settings().layout) {
        const bool has_line = at < lines.count;
        switch (part) {
            case LabelLine::prefix:
                if (has_line && !is_behind_class && at + 1 < lines.count &&
                    !is_class(scheme, lines.line[at], rules))
                    append_natural(key, lines.line[at++]);
                else
                    key += kEnd;
                break;
            case LabelLine::year: {
                const bool is_year =
                    has_line && lines.line[at].size() == 4 &&
                    std::all_of(lines.line[at].begin(), lines.line[at].end(), is_digit);
                append_integer(key, is_year ? lines.line[at++] : std::string_view());
                break;
            }
            case LabelLine::class_number:
                if (!has_line || !append_class(key, scheme, lines.line[at++], rules)) return false;
                is_behind_class = true;
                break;
            case LabelLine::book:
                if (!has_line) break;
                key += kLine;
                append_book(key, lines.line[at++], rules);
                has_book = true;
                break;
            case LabelLine::volume:
                if (!has_line) break;
                key += kLine;
                append_tail(key, lines.line[at++], rules);
                break;
        }
    }
    for (; at < lines.count; ++at) {
        key += kLine;
        if (has_book)
            append_tail(key, lines.line[at], rules);
        else
            append_book(key, lines.line[at], rules);
        has_book = true;
    }
    key += kEnd;
    return true;
}

}  // namespace tushu::callno
