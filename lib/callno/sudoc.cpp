// SPDX-License-Identifier: Apache-2.0
// SuDoc: the stem up to the colon decides first; every number is a whole one.
#include "callno/key.hpp"

namespace tushu::callno {
namespace {

// Signs at one position: the end of the stem (the colon) before a dot before / before -.
constexpr char kDot = '\x02', kSlash = '\x03', kHyphen = '\x04', kOtherSign = '\x05',
               kYear = '\x06';
constexpr char kBehindLetters = '\x80';  // base of whole numbers where letters come first

/// Reads up to `stop` or the end.
void append_part(std::string& key, Cursor& cursor, char stop, char number_base, bool has_years) {
    while (!cursor.done() && cursor.peek() != stop) {
        const char c = cursor.peek();
        if (is_digit(c)) {
            const std::string_view digits = cursor.digits();
            // Three digits from 8 or 9 on are 18xx and 19xx; from 2000 on years have four digits.
            const bool is_short_year = digits.size() == 3 && (digits[0] == '8' || digits[0] == '9');
            if (has_years && (is_short_year || (digits.size() == 4 && digits[0] == '2'))) {
                key += kYear;
                append_integer(key,
                               is_short_year ? "1" + std::string(digits) : std::string(digits));
            } else {
                append_integer(key, digits, number_base);
            }
        } else if (is_letter(c)) {
            append_upper(key, cursor.letters());
            key += kEnd;
        } else if (!is_ascii(c)) {
            append_other(key, cursor.text, cursor.at);
        } else {
            ++cursor.at;
            if (c == '.')
                key += kDot;
            else if (c == '/')
                key += kSlash;
            else if (c == '-')
                key += kHyphen;
            else if (c != ' ' && c != '\n')
                key += kOtherSign;
        }
    }
    key += kEnd;
}

}  // namespace

bool append_sudoc(std::string& key, std::string_view text, const Rules& rules) {
    Cursor cursor{text};
    const std::string_view agency = cursor.letters();
    cursor.skip_blanks();
    if (agency.empty() || agency.size() > 5 || !is_digit(cursor.peek())) return false;
    cursor.at = 0;
    append_part(key, cursor, ':', kBehindLetters, false);
    if (!cursor.done()) ++cursor.at;
    append_part(key, cursor, '\0', rules.settings().sudoc_letters_first ? kBehindLetters : kInteger,
                rules.settings().sudoc_years_first);
    return true;
}

}  // namespace tushu::callno
