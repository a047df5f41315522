// SPDX-License-Identifier: Apache-2.0
#include "callno/callno.hpp"

#include "callno/key.hpp"

namespace tushu::callno {
namespace {

/// Length of the collection word at the start of a label, with the blank or line end behind it; 0:
/// none.
std::size_t prefix_length(std::string_view text, const Rules& rules) {
    for (const auto& prefix : rules.settings().prefixes) {
        if (text.size() <= prefix.size()) continue;
        const char next = text[prefix.size()];
        if (next != ' ' && next != '\n' && next != '/' && next != '\\') continue;
        bool is_same = true;
        for (std::size_t i = 0; i < prefix.size() && is_same; ++i)
            is_same = to_upper(text[i]) == prefix[i];
        if (is_same) return prefix.size() + 1;
    }
    return 0;
}

bool append_parsed(std::string& key, Scheme scheme, std::string_view text, const Rules& rules) {
    switch (scheme) {
        case Scheme::clc:
        case Scheme::lccas:
        case Scheme::liu:
            return append_chinese(key, scheme, text, rules);
        case Scheme::lc:
        case Scheme::nlm:
            return append_lc(key, text, rules);
        case Scheme::ddc:
            return append_dewey(key, text, rules);
        case Scheme::sudoc:
            return append_sudoc(key, text, rules);
        case Scheme::udc:
            return append_udc(key, text, rules);
        case Scheme::accession:
            return append_fixed(key, text, rules);
    }
    return false;
}

}  // namespace

bool append_key(std::string& key, Scheme scheme, std::string_view call_number, const Rules& rules) {
    thread_local std::string scratch;
    const std::string_view text = plain_spelling(call_number, scratch);
    const std::size_t start = key.size();
    if (!text.empty()) {
        const std::size_t prefix =
            is_letter(text[0]) || !is_ascii(text[0]) ? prefix_length(text, rules) : 0;
        if (prefix > 0) {
            if (!rules.settings().prefix_is_ignored) {
                key += kPrefixed;
                append_upper(key, text.substr(0, prefix - 1));
                key += kEnd;
            }
            std::string_view rest = text.substr(prefix);
            while (rest.starts_with(' ')) rest.remove_prefix(1);
            if (append_parsed(key, scheme, rest, rules)) return true;
            key.resize(start);
        }
        if (append_parsed(key, scheme, text, rules)) return true;
        key.resize(start);
    }
    key += kUnparsed;
    append_natural(key, text);
    return false;
}

void append_unparsed(std::string& key, std::string_view call_number) {
    std::string scratch;
    key += kUnparsed;
    append_natural(key, plain_spelling(call_number, scratch));
}

std::string key_of(Scheme scheme, std::string_view call_number, const Rules& rules,
                   bool* is_parsed) {
    std::string key;
    const bool parsed = append_key(key, scheme, call_number, rules);
    if (is_parsed != nullptr) *is_parsed = parsed;
    return key;
}

bool append_mixed_key(std::string& key, Scheme scheme, std::string_view call_number,
                      const Rules& rules) {
    const std::size_t start = key.size();
    key.push_back(static_cast<char>(rules.mixed_rank(scheme)));
    if (append_key(key, scheme, call_number, rules)) return true;
    key.erase(start, 1);
    return false;
}

std::optional<Scheme> guess_scheme(std::string_view call_number, const Rules& rules) {
    std::string scratch, key;
    std::string_view text = plain_spelling(call_number, scratch);
    text.remove_prefix(prefix_length(text, rules));
    Cursor cursor{text};
    const std::string_view letters = cursor.letters();
    const auto parses = [&](Scheme scheme) {
        key.clear();
        return append_parsed(key, scheme, text, rules);
    };
    if (!letters.empty()) {
        const bool has_blank = cursor.peek() == ' ';
        cursor.skip_blanks();
        const std::string_view number = cursor.digits();
        if (has_blank && cursor.peek() == '.' && text.find(':') != std::string_view::npos &&
            parses(Scheme::sudoc))
            return Scheme::sudoc;
        if (cursor.peek() == '.' && is_digit(cursor.peek(1))) {
            ++cursor.at;
            (void)cursor.digits();
        }
        const bool has_gap = cursor.peek() == ' ' || cursor.peek() == '.';
        while (cursor.peek() == ' ' || cursor.peek() == '.') ++cursor.at;
        if (!number.empty() && number.size() <= 4 && has_gap && is_letter(cursor.peek()) &&
            is_digit(cursor.peek(1)) && parses(Scheme::lc)) {
            const char first = to_upper(letters[0]),
                       second = letters.size() > 1 ? to_upper(letters[1]) : 'A';
            return first == 'W' || (first == 'Q' && second >= 'S') ? Scheme::nlm : Scheme::lc;
        }
        if (parses(Scheme::clc)) return Scheme::clc;
        if (parses(Scheme::accession)) return Scheme::accession;
        return std::nullopt;
    }
    const std::string_view number = cursor.digits();
    if (number.size() == 2 && cursor.peek() == '.' && parses(Scheme::lccas)) return Scheme::lccas;
    if (text.find_first_of(":=\"(+") != std::string_view::npos && parses(Scheme::udc))
        return Scheme::udc;
    if (number.size() == 3 && parses(Scheme::ddc)) return Scheme::ddc;
    if (!number.empty() && parses(Scheme::accession)) return Scheme::accession;
    return std::nullopt;
}

}  // namespace tushu::callno
