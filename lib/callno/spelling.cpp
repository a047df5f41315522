// SPDX-License-Identifier: Apache-2.0
#include "callno/key.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace tushu::callno {
namespace {

/// Signs that NFKC leaves alone but labels and keyboards mix up; 0: drop, the character itself:
/// keep.
char32_t plain_sign(char32_t c) {
    switch (c) {
        case U'\u201C':  // “ ” „ ″ 〝 〞
        case U'\u201D':
        case U'\u201E':
        case U'\u2033':
        case U'\u301D':
        case U'\u301E':
            return U'"';
        case U'\u2018':  // ‘ ’ ′
        case U'\u2019':
        case U'\u2032':
            return U'\'';
        case U'\u2010':  // hyphens, dashes, minus, 一字线
        case U'\u2011':
        case U'\u2012':
        case U'\u2013':
        case U'\u2014':
        case U'\u2015':
        case U'\u2212':
            return U'-';
        case U'\u2329':  // 〈 《
        case U'\u27E8':
        case U'\u3008':
        case U'\u300A':
            return U'<';
        case U'\u232A':  // 〉 》
        case U'\u27E9':
        case U'\u3009':
        case U'\u300B':
            return U'>';
        case U'\u3010':  // 【 〔
        case U'\u3014':
            return U'[';
        case U'\u3011':
        case U'\u3015':
            return U']';
        case U'\u2236':  // ∶
            return U':';
        case U'\u2044':  // ⁄ ∕
        case U'\u2215':
            return U'/';
        case U'\u3002':  // 。
            return U'.';
        case U'\u2028':
        case U'\u2029':
            return U'\n';
        case U'\u200B':  // zero width blanks, byte order mark, soft hyphen
        case U'\u200C':
        case U'\u200D':
        case U'\u2060':
        case U'\uFEFF':
        case U'\u00AD':
            return 0;
        default:
            return c;
    }
}

/// True when nothing needs to change: printable ASCII, single blanks, none at the ends, no 852
/// marks.
bool is_plain(std::string_view raw) {
    char last = ' ';
    for (const char c : raw) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte >= 0x7F || (c == ' ' && last == ' ') || (c == '$' && last == '$'))
            return false;
        last = c;
    }
    return raw.empty() || last != ' ';
}

/// Blanks collapsed, control bytes dropped, 852's $$h class $$i item on lines of their own.
void tidy(std::string_view text, std::string& out) {
    out.clear();
    const auto blank = [&out](char c) {
        if (out.empty()) return;
        if (out.back() == ' ' || out.back() == '\n') {
            if (c == '\n') out.back() = '\n';
            return;
        }
        out += c;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '$' && i + 2 < text.size() && text[i + 1] == '$') {
            blank(text[i + 2] == 'i' ? '\n' : ' ');
            i += 2;
        } else if (c == '\n' || c == '\r') {
            blank('\n');
        } else if (c == ' ' || c == '\t' || c == '\v' || c == '\f') {
            blank(' ');
        } else if (static_cast<unsigned char>(c) >= 0x20 && c != '\x7F') {
            out += c;
        }
    }
    while (!out.empty() && (out.back() == ' ' || out.back() == '\n')) out.pop_back();
}

/// 一 to 九, 十, 百, and 上中下 as the numbers they count; nullopt for other characters.
int numeral(char32_t c) {
    constexpr std::u32string_view kDigits = U"〇一二三四五六七八九";
    if (c == U'零') return 0;
    const std::size_t at = kDigits.find(c);
    return at == std::u32string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

std::string_view plain_spelling(std::string_view raw, std::string& scratch) {
    if (is_plain(raw)) return raw;
    if (std::all_of(raw.begin(), raw.end(), is_ascii)) {
        tidy(raw, scratch);
        return scratch;
    }
    std::string text(raw);
    if (!is_utf8(text)) {
        // Neither UTF-8 nor GB 18030: keep the bytes that can be read, so that nothing is lost.
        if (auto decoded = utf8_from_gb18030(raw)) {
            text = std::move(*decoded);
        } else {
            text.clear();
            for (std::size_t at = 0; at < raw.size();) append_utf8(text, next_code_point(raw, at));
        }
    }
    // ‘‘ ’’ stand for one quotation mark; the prime marks of Dewey stay single.
    std::string mapped;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t start = at;
        const char32_t c = next_code_point(text, at);
        std::size_t behind = at;
        if ((c == U'\u2018' || c == U'\u2019') && at < text.size() &&
            next_code_point(text, behind) == c) {
            mapped += '"';
            at = behind;
            continue;
        }
        const char32_t plain = plain_sign(c);
        if (plain == c)
            mapped.append(text, start, at - start);
        else if (plain != 0)
            append_utf8(mapped, plain);
    }
    // NFKC brings forth signs of its own: ﹣ and － become hyphens, ″ two primes.
    mapped = nfkc(mapped);
    text.clear();
    for (std::size_t at = 0; at < mapped.size();) {
        const std::size_t start = at;
        const char32_t c = next_code_point(mapped, at);
        const char32_t plain = plain_sign(c);
        if (plain == c)
            text.append(mapped, start, at - start);
        else if (plain != 0)
            append_utf8(text, plain);
    }
    tidy(text, scratch);
    return scratch;
}

void append_integer(std::string& key, std::string_view digits, char base) {
    while (digits.starts_with('0')) digits.remove_prefix(1);
    constexpr std::size_t kShort = 29;
    if (digits.size() <= kShort) {
        key.push_back(static_cast<char>(base + static_cast<char>(digits.size())));
    } else {
        // Not a number anybody shelves by, but the order must hold for any text: the count in 7-bit
        // steps.
        key.push_back(static_cast<char>(base + 30));
        for (int shift = 28; shift >= 0; shift -= 7)
            key.push_back(
                static_cast<char>(1 + ((digits.size() >> static_cast<unsigned>(shift)) & 0x7FU)));
    }
    key.append(digits);
}

void append_decimals(std::string& key, std::string_view digits) {
    while (digits.ends_with('0')) digits.remove_suffix(1);
    key.append(digits);
}

std::string_view caption_of(std::string_view word, const Rules& rules) {
    for (const auto& list : rules.settings().captions) {
        for (const auto& spelling : list) {
            if (spelling.size() != word.size()) continue;
            if (std::equal(word.begin(), word.end(), spelling.begin(),
                           [](char a, char b) { return to_upper(a) == b; }))
                return list.front();
        }
    }
    return {};
}

void append_other(std::string& key, std::string_view text, std::size_t& at) {
    const std::size_t start = at;
    const char32_t c = next_code_point(text, at);
    if (c == U'第') return;
    // 上册 中册 下册, also as the last character
    constexpr std::u32string_view kParts = U"上中下", kUnits = U"册冊卷集部编編辑輯篇";
    if (const std::size_t part = kParts.find(c); part != std::u32string_view::npos) {
        std::size_t behind = at;
        const char32_t next = at < text.size() ? next_code_point(text, behind) : 0;
        if (next < 0x80 || kUnits.find(next) != std::u32string_view::npos) {
            append_integer(key, std::string(1, static_cast<char>('1' + part)));
            return;
        }
    }
    const int first = numeral(c);
    if (first < 0 && c != U'十') {
        key.append(text.substr(start, at - start));
        return;
    }
    // 十二 = 12, 二十 = 20, 二十一 = 21, 一百零五 = 105, 一九八五 = 1985 (digit by digit)
    std::string digits;
    int total = 0, pending = first;
    bool has_units = false;
    if (first >= 0) digits.push_back(static_cast<char>('0' + first));
    if (c == U'十') {
        total = 10;
        has_units = true;
    }
    while (at < text.size()) {
        std::size_t behind = at;
        const char32_t next = next_code_point(text, behind);
        const int digit = numeral(next);
        if (digit >= 0) {
            digits.push_back(static_cast<char>('0' + digit));
            pending = digit;
        } else if (next == U'十' || next == U'百') {
            total += std::max(pending, pending < 0 ? 1 : 0) * (next == U'十' ? 10 : 100);
            pending = -1;
            has_units = true;
        } else {
            break;
        }
        at = behind;
    }
    append_integer(key, has_units ? std::to_string(total + std::max(pending, 0)) : digits);
}

namespace {

void append_words(std::string& key, std::string_view text, const Rules* rules) {
    Cursor cursor{text};
    while (!cursor.done()) {
        const char c = cursor.peek();
        if (is_digit(c)) {
            append_integer(key, cursor.digits());
        } else if (is_letter(c)) {
            const std::string_view word = cursor.letters();
            const std::string_view caption =
                rules == nullptr ? std::string_view() : caption_of(word, *rules);
            append_upper(key, caption.empty() ? word : caption);
            key += kEnd;
        } else if (!is_ascii(c)) {
            append_other(key, text, cursor.at);
        } else {
            ++cursor.at;
        }
    }
    key += kEnd;
}

}  // namespace

void append_tail(std::string& key, std::string_view text, const Rules& rules) {
    append_words(key, text, &rules);
}

void append_natural(std::string& key, std::string_view text) { append_words(key, text, nullptr); }

}  // namespace tushu::callno
