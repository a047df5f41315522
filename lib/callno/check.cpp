// SPDX-License-Identifier: Apache-2.0
#include "callno/check.hpp"

#include "base/text.hpp"
#include "callno/callno.hpp"
#include "callno/key.hpp"

#include <algorithm>

namespace tushu::callno {
namespace {

/// Latin letter that a Greek or Cyrillic one is mistaken for; 0: none. Keyboards and OCR bring them
/// in.
char latin_twin(char32_t c) {
    constexpr std::u32string_view kTwins = U"АВЕЅІЈКМНОРСТХУΑΒΕΖΗΙΚΜΝΟΡΤΥΧ";
    constexpr std::string_view kLatin = "ABESIJKMHOPCTXYABEZHIKMNOPTYX";
    const std::size_t at = kTwins.find(c);
    return at == std::u32string_view::npos ? '\0' : kLatin[at];
}

bool is_chinese(Scheme scheme) {
    return scheme == Scheme::clc || scheme == Scheme::lccas || scheme == Scheme::liu;
}

/// The class line of a label in plain spelling.
std::string_view class_line(std::string_view text) {
    return text.substr(0, text.find_first_of("/\\\n"));
}

void check_bytes(std::string_view raw, std::string_view plain, std::vector<Finding>& out) {
    if (!raw.empty() &&
        (raw.front() == ' ' || raw.back() == ' ' || raw.find("  ") != std::string_view::npos))
        out.push_back({"stored_blanks", msg("blanks are stored in front, behind or doubled")});
    if (std::any_of(raw.begin(), raw.end(),
                    [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7F'; }))
        out.push_back({"control_byte", msg("control bytes (tab, line end) are stored")});
    if (std::all_of(raw.begin(), raw.end(), is_ascii)) return;
    if (!is_utf8(raw)) {
        out.push_back({"not_utf8", msg("the text is not UTF-8")});
        return;
    }
    // Folded letters, digits and signs: what was beyond ASCII in the record and is ASCII in plain
    // spelling.
    const auto beyond = [](std::string_view text) {
        std::size_t count = 0;
        for (std::size_t at = 0; at < text.size();)
            if (next_code_point(text, at) >= 0x80) ++count;
        return count;
    };
    if (beyond(raw) > beyond(plain))
        out.push_back(
            {"wide_signs", msg("full-width letters, digits or signs are stored; plain is \"{}\"",
                               printable(plain))});
    for (std::size_t at = 0; at < plain.size();) {
        const char32_t c = next_code_point(plain, at);
        if (const char twin = latin_twin(c); twin != '\0') {
            std::string shown;
            append_utf8(shown, c);
            out.push_back(
                {"lookalike", msg("\"{}\" is a Greek or Cyrillic letter that looks like Latin {}",
                                  shown, twin)});
            break;
        }
    }
}

void check_brackets(std::string_view text, std::vector<Finding>& out) {
    constexpr std::pair<char, char> kPairs[] = {{'(', ')'}, {'<', '>'}, {'[', ']'}};
    for (const auto& [open, close] : kPairs) {
        const auto opened = std::count(text.begin(), text.end(), open),
                   closed = std::count(text.begin(), text.end(), close);
        if (opened != closed)
            out.push_back({"brackets", msg("\"{}\" and \"{}\" do not pair up", open, close)});
    }
    if (std::count(text.begin(), text.end(), '"') % 2 != 0)
        out.push_back({"brackets", msg("a quotation mark is not closed")});
}

void check_clc(std::string_view line, std::vector<Finding>& out) {
    std::size_t letters = 0;
    while (letters < line.size() && is_letter(line[letters])) ++letters;
    const std::string head = ascii_upper(line.substr(0, letters));
    // Main classes of the schedules: no L, M, W, Y. Second letters exist under T, and DF beside D9.
    constexpr std::string_view kMain = "ABCDEFGHIJKNOPQRSTUVXZ", kSecond = "BDEFGHJKLMNPQSTUV";
    const bool is_known =
        head.size() == 1 ? kMain.find(head[0]) != std::string_view::npos
        : head.size() == 2
            ? head == "DF" || (head[0] == 'T' && kSecond.find(head[1]) != std::string_view::npos)
            : false;
    if (!is_known)
        out.push_back({"class_letters", msg("CLC has no class \"{}\"", printable(head))});
    // A dot stands behind each third digit; elsewhere a digit is too many or missing.
    std::size_t digits = 0;
    for (const char c : line) {
        if (is_digit(c)) {
            ++digits;
        } else if (c == '.') {
            if (digits == 0 || digits % 3 != 0) {
                out.push_back(
                    {"class_dots", msg("a dot stands where no group of three digits ends: \"{}\"",
                                       printable(line))});
                break;
            }
        } else if (c != ' ') {
            digits = 0;
        }
    }
}

void check_book(std::string_view text, const Rules& rules, std::vector<Finding>& out) {
    const std::size_t at = text.find_first_of("/\\\n");
    if (at == std::string_view::npos) {
        if (text.find(' ') == std::string_view::npos)
            out.push_back({"class_alone", msg("a class number without a book number")});
        return;
    }
    std::string_view book = text.substr(at + 1);
    book = trim(book.substr(0, book.find_first_of("/\\\n-(=:+<\" ")));
    if (book.empty()) {
        out.push_back({"class_alone", msg("a class number without a book number")});
        return;
    }
    const auto digits = static_cast<std::size_t>(std::count_if(book.begin(), book.end(), is_digit));
    bool is_fitting = true;
    switch (rules.settings().book_number) {
        case BookNumber::sequence:
        case BookNumber::accession:
            is_fitting = digits > 0;
            break;
        case BookNumber::author:
            is_fitting = is_letter(book[0]) && digits >= 1 && digits <= 3;
            break;
        case BookNumber::corner:
            is_fitting = digits == book.size() - static_cast<std::size_t>(
                                                     std::count(book.begin(), book.end(), '.')) &&
                         (digits == 4 || digits == 5);
            break;
        case BookNumber::cutter:
            is_fitting = is_letter(book[0]) && digits > 0;
            break;
    }
    if (!is_fitting)
        out.push_back(
            {"book_type",
             msg("the book number \"{}\" is not of the kind this location uses", printable(book))});
}

void check_western(Scheme scheme, std::string_view text, std::vector<Finding>& out) {
    Cursor cursor{text};
    const std::string head = ascii_upper(cursor.letters());
    if (scheme == Scheme::lc && !head.empty() &&
        std::string_view("IOWXY").find(head[0]) != std::string_view::npos)
        out.push_back({"class_letters", msg("LC has no class \"{}\"", head)});
    if (scheme == Scheme::nlm) {
        const bool is_nlm = (head.size() <= 2 && head[0] == 'W') ||
                            (head.size() == 2 && head[0] == 'Q' && head[1] >= 'S');
        if (!is_nlm) out.push_back({"class_letters", msg("NLM has no class \"{}\"", head)});
        cursor.skip_blanks();
        if (cursor.digits().size() > 3)
            out.push_back({"class_letters", msg("NLM class numbers end at 999")});
    }
    // "2005 2005": chronology added to a call number that held it already
    std::string_view last;
    for (cursor.at = 0; !cursor.done();) {
        const std::string_view digits = cursor.digits();
        if (digits.size() == 4 && digits == last) {
            out.push_back({"repeated_year", msg("the year {} stands twice in a row", digits)});
            break;
        }
        if (!digits.empty())
            last = digits;
        else
            ++cursor.at;
        if (cursor.peek() != ' ' && !is_digit(cursor.peek())) last = {};
    }
}

/// O for 0 and l or I for 1 between digits.
void check_digit_letters(std::string_view text, std::vector<Finding>& out) {
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        const char c = text[i];
        if ((c == 'O' || c == 'o' || c == 'l' || c == 'I') && is_digit(text[i - 1]) &&
            is_digit(text[i + 1])) {
            out.push_back({"digit_letter", msg("the letter \"{}\" stands between digits", c)});
            return;
        }
    }
}

}  // namespace

std::vector<Finding> check(Scheme scheme, std::string_view call_number, const Rules& rules) {
    std::vector<Finding> out;
    std::string scratch, key;
    const std::string_view text = plain_spelling(call_number, scratch);
    if (text.empty()) return {{"empty", msg("no call number")}};
    check_bytes(call_number, text, out);
    const bool is_parsed = append_key(key, scheme, call_number, rules);
    const auto guess = guess_scheme(call_number, rules);
    if (!is_parsed) {
        out.push_back({"unparsed", msg("not a call number of {}; it files behind the others",
                                       name_of(scheme))});
        if (guess && *guess != scheme)
            out.push_back({"other_scheme", msg("looks like {}", name_of(*guess))});
        return out;
    }
    // LC and SuDoc marks can be read as CLC and the reverse; digits alone prove nothing.
    const bool letters_first = is_letter(text[0]);
    const bool is_western_guess =
        guess == Scheme::lc || guess == Scheme::nlm || guess == Scheme::sudoc;
    if (letters_first && guess && *guess != scheme &&
        ((scheme == Scheme::clc && is_western_guess) ||
         ((scheme == Scheme::lc || scheme == Scheme::nlm) && *guess == Scheme::clc &&
          text.find('/') != std::string_view::npos)))
        out.push_back({"other_scheme", msg("looks like {}", name_of(*guess))});
    if (scheme != Scheme::accession) check_brackets(text, out);
    check_digit_letters(text, out);
    if (scheme == Scheme::clc) check_clc(class_line(text), out);
    if (is_chinese(scheme)) check_book(text, rules, out);
    if (scheme == Scheme::lc || scheme == Scheme::nlm) check_western(scheme, text, out);
    if (scheme == Scheme::sudoc && text.find(':') == std::string_view::npos)
        out.push_back({"class_alone", msg("a SuDoc stem without its colon")});
    return out;
}

}  // namespace tushu::callno
