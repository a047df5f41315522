// SPDX-License-Identifier: Apache-2.0
#include "marc/mnemonics.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace tushu::marc {
namespace {

struct Mnemonic {
    std::string_view name;
    char32_t character;
};

// Sorted by name. MARCMaker's list for the characters of the extended Latin set (ANSEL).
constexpr std::array kSpacing = {
    Mnemonic{"AElig", U'Æ'},
    Mnemonic{"Dstrok", U'Đ'},
    Mnemonic{"ETH", U'Ð'},
    Mnemonic{"Lstrok", U'Ł'},
    Mnemonic{"OElig", U'Œ'},
    Mnemonic{"Ohorn", U'Ơ'},
    Mnemonic{"Ostrok", U'Ø'},
    Mnemonic{"THORN", U'Þ'},
    Mnemonic{"Uhorn", U'Ư'},
    Mnemonic{"aelig", U'æ'},
    Mnemonic{"alif", U'\u02BC'},
    Mnemonic{"amp", U'&'},
    Mnemonic{"apos", U'\''},
    Mnemonic{"ast", U'*'},
    Mnemonic{"ayn", U'\u02BB'},
    Mnemonic{"bsol", U'\\'},
    Mnemonic{"commat", U'@'},
    Mnemonic{"copy", U'©'},
    Mnemonic{"curren", U'¤'},
    Mnemonic{"deg", U'°'},
    Mnemonic{"dollar", U'$'},
    Mnemonic{"dstrok", U'đ'},
    Mnemonic{"edash", U'\u2014'},
    Mnemonic{"eth", U'ð'},
    Mnemonic{"euro", U'€'},
    Mnemonic{"flat", U'♭'},
    Mnemonic{"gt", U'>'},
    Mnemonic{"hardsign", U'\u02BA'},
    Mnemonic{"iexcl", U'¡'},
    Mnemonic{"inodot", U'ı'},
    Mnemonic{"iquest", U'¿'},
    Mnemonic{"laquo", U'«'},
    Mnemonic{"lcub", U'{'},
    Mnemonic{"lsqb", U'['},
    Mnemonic{"lstrok", U'ł'},
    Mnemonic{"lt", U'<'},
    Mnemonic{"middot", U'·'},
    Mnemonic{"mlrhring", U'\u02BC'},
    Mnemonic{"mllhring", U'\u02BB'},
    Mnemonic{"nbsp", U'\u00A0'},
    Mnemonic{"oelig", U'œ'},
    Mnemonic{"ohorn", U'ơ'},
    Mnemonic{"ostrok", U'ø'},
    Mnemonic{"percnt", U'%'},
    Mnemonic{"phono", U'℗'},
    Mnemonic{"plusmn", U'±'},
    Mnemonic{"pound", U'£'},
    Mnemonic{"quot", U'"'},
    Mnemonic{"raquo", U'»'},
    Mnemonic{"rcub", U'}'},
    Mnemonic{"reg", U'®'},
    Mnemonic{"rsqb", U']'},
    Mnemonic{"scriptl", U'ℓ'},
    Mnemonic{"sect", U'§'},
    Mnemonic{"sharp", U'♯'},
    Mnemonic{"softsign", U'\u02B9'},
    Mnemonic{"szlig", U'ß'},
    Mnemonic{"thorn", U'þ'},
    Mnemonic{"uhorn", U'ư'},
    Mnemonic{"verbar", U'|'},
};

// Combining marks: their names stand before the letter ({acute}e) or behind it in one word
// ({eacute}).
constexpr std::array kCombining = {
    Mnemonic{"acute", U'\u0301'},    Mnemonic{"breve", U'\u0306'},   Mnemonic{"breveb", U'\u032E'},
    Mnemonic{"candra", U'\u0310'},   Mnemonic{"caron", U'\u030C'},   Mnemonic{"cedil", U'\u0327'},
    Mnemonic{"circ", U'\u0302'},     Mnemonic{"circb", U'\u032D'},   Mnemonic{"commaa", U'\u0313'},
    Mnemonic{"commab", U'\u0326'},   Mnemonic{"dblac", U'\u030B'},   Mnemonic{"dbldotb", U'\u0324'},
    Mnemonic{"dblunder", U'\u0333'}, Mnemonic{"dot", U'\u0307'},     Mnemonic{"dotb", U'\u0323'},
    Mnemonic{"grave", U'\u0300'},    Mnemonic{"hooka", U'\u0309'},   Mnemonic{"ldbltil", U'\uFE22'},
    Mnemonic{"llig", U'\uFE20'},     Mnemonic{"macr", U'\u0304'},    Mnemonic{"ogon", U'\u0328'},
    Mnemonic{"rcedil", U'\u031C'},   Mnemonic{"rcommaa", U'\u0315'}, Mnemonic{"rdbltil", U'\uFE23'},
    Mnemonic{"ring", U'\u030A'},     Mnemonic{"ringb", U'\u0325'},   Mnemonic{"rlig", U'\uFE21'},
    Mnemonic{"tilde", U'\u0303'},    Mnemonic{"uml", U'\u0308'},     Mnemonic{"under", U'\u0332'},
};

template <std::size_t N>
std::optional<char32_t> find(const std::array<Mnemonic, N>& table, std::string_view name) {
    const auto* const at =
        std::find_if(table.begin(), table.end(), [&](const Mnemonic& m) { return m.name == name; });
    if (at == table.end()) return std::nullopt;
    return at->character;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

std::string resolve_mnemonics(std::string_view text, std::string& unknown) {
    if (text.find('{') == std::string_view::npos) return std::string(text);
    std::string out, marks;
    bool any_mark = false;
    const auto put_marks = [&] {
        out += marks;
        marks.clear();
    };
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] != '{') {
            const std::size_t start = at;
            (void)next_code_point(text, at);
            out += text.substr(start, at - start);
            put_marks();  // marks stand before their letter here, behind it in Unicode
            continue;
        }
        const std::size_t end = text.find('}', at);
        const std::string_view name =
            end == std::string_view::npos ? std::string_view{} : text.substr(at + 1, end - at - 1);
        if (const auto spacing = find(kSpacing, name)) {
            append_utf8(out, *spacing);
            put_marks();
        } else if (const auto mark = find(kCombining, name)) {
            append_utf8(marks, *mark);
            any_mark = true;
        } else if (const auto letter = name.size() > 1 && is_letter(name[0])
                                           ? find(kCombining, name.substr(1))
                                           : std::nullopt) {
            out += name[0];
            append_utf8(out, *letter);
            any_mark = true;
            put_marks();
        } else {
            const std::size_t size = end == std::string_view::npos ? 1 : end - at + 1;
            if (unknown.empty()) unknown = text.substr(at, std::min<std::size_t>(size, 20));
            out += text.substr(at, size);
            at += size;
            put_marks();
            continue;
        }
        at = end + 1;
    }
    out += marks;
    return any_mark ? nfc(out) : out;
}

}  // namespace tushu::marc
