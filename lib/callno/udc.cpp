// SPDX-License-Identifier: Apache-2.0
// UDC: digits one by one, signs by the table of the rules, then an item mark behind a blank.
#include "callno/key.hpp"

namespace tushu::callno {
namespace {

/// The digits of the number in front of a range sign, dots included, for ranges that give only the
/// changed end: 629.41/.43.
std::string_view last_number(std::string_view text, std::size_t end) {
    std::size_t start = end;
    while (start > 0 && (is_digit(text[start - 1]) || text[start - 1] == '.')) --start;
    return text.substr(start, end - start);
}

/// The end of a range, turned round: the wider range files first (x.41/.43 before x.41/.42, 5/6
/// before 5/59).
void append_range_end(std::string& key, std::string_view start, std::string_view end) {
    std::string whole;
    if (end.starts_with('.'))
        whole = start.substr(
            0, start.rfind('.') == std::string_view::npos ? start.size() : start.rfind('.'));
    whole += end;
    for (const char c : whole)
        if (is_digit(c)) key.push_back(static_cast<char>('0' + ('9' - c)));
    key += kEnd;
}

constexpr bool is_class_sign(char c) {
    return std::string_view("+/:=(\"*)-'.").find(c) != std::string_view::npos;
}

}  // namespace

bool append_udc(std::string& key, std::string_view text, const Rules& rules) {
    const auto put = [&key, &rules](Rules::UdcSign sign) {
        key.push_back(static_cast<char>(rules.udc_rank(sign)));
    };
    Cursor cursor{text};
    if (!is_digit(cursor.peek()) &&
        std::string_view("(\"=").find(cursor.peek()) == std::string_view::npos)
        return false;
    std::size_t group = 0;  // digits since the last sign: a dot after each third is a reading aid
    bool is_quoted = false, has_digit = false;
    std::size_t open = 0;
    while (!cursor.done()) {
        const char c = cursor.peek();
        if (is_digit(c)) {
            key += c;
            ++group;
            has_digit = true;
            ++cursor.at;
            continue;
        }
        if (c == ' ' || c == '\n' || c == '\\') {
            // Blanks around signs are layout; one between two words ends the class.
            std::size_t next = cursor.at;
            while (next < text.size() && (text[next] == ' ' || text[next] == '\n')) ++next;
            const char behind = next < text.size() ? text[next] : '\0';
            const bool is_layout =
                c != '\\' &&
                ((is_class_sign(behind) && behind != '.') ||
                 (cursor.at > 0 && is_class_sign(text[cursor.at - 1]) &&
                  text[cursor.at - 1] != ')' && !(text[cursor.at - 1] == '"' && !is_quoted)));
            if (!is_layout) break;
            cursor.at = next;
            continue;
        }
        if (is_letter(c)) {
            put(Rules::letter);
            append_upper(key, cursor.letters());
            key += kEnd;
            group = 0;
            continue;
        }
        ++cursor.at;
        const char next = cursor.peek();
        switch (c) {
            case '.':
                if (next == '0' && cursor.peek(1) == '0') {
                    put(Rules::view);
                    cursor.at += 2;
                    group = 0;
                } else if (next == '0' && group % 3 != 0) {
                    put(Rules::special);
                    ++cursor.at;
                    group = 0;
                }
                continue;  // the dot alone is a reading aid
            case '+':
                put(Rules::plus);
                break;
            case '/': {
                put(Rules::slash);
                const std::string_view from = last_number(text, cursor.at - 1);
                const std::size_t start = cursor.at;
                while (is_digit(cursor.peek()) ||
                       (cursor.peek() == '.' && is_digit(cursor.peek(1))))
                    ++cursor.at;
                append_range_end(key, from, text.substr(start, cursor.at - start));
                break;
            }
            case ':':
                if (next == ':') ++cursor.at;
                put(next == ':' ? Rules::double_colon : Rules::colon);
                break;
            case '=':
                put(Rules::equals);
                break;
            case '(':
                put(next == '=' ? Rules::people : next == '0' ? Rules::form : Rules::place);
                if (next == '=') ++cursor.at;
                ++open;
                break;
            case ')':
                if (open == 0) return false;
                --open;
                put(Rules::end);
                break;
            case '"':
                put(is_quoted ? Rules::end : Rules::quote);
                is_quoted = !is_quoted;
                break;
            case '*':
                put(Rules::star);
                break;
            case '-':
                // Places and times hold hyphens of their own, ordered like the special ones.
                put(next == '0' ? Rules::person : Rules::property);
                if (next == '0') ++cursor.at;
                break;
            case '\'':
                put(Rules::prime);
                break;
            case '[':
            case ']':
                continue;  // subgrouping: no place in the order
            default:
                return false;
        }
        group = 0;
    }
    if (!has_digit || open > 0 || is_quoted) return false;
    put(Rules::end);
    while (cursor.peek() == ' ' || cursor.peek() == '\n' || cursor.peek() == '\\') ++cursor.at;
    if (!cursor.done())
        append_tail(key, cursor.rest(), rules);
    else
        key += kEnd;
    return true;
}

}  // namespace tushu::callno
