// SPDX-License-Identifier: Apache-2.0
#include "marc/marc8.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace tushu::marc {
namespace {

constexpr char kEscape = '\x1B';
// Final characters of the escapes: ASCII and ANSEL, Hebrew, Arabic, Cyrillic, Greek, and technique
// 1's Greek symbols, subscripts and superscripts. "s" is ASCII again.
constexpr std::string_view kSets = "BE234NQSgbp";
constexpr char kEacc = '1';
constexpr std::size_t kRow = 94;  // codes 0x21-0x7E
constexpr char32_t kUndefined = 0xFFFFFFFF;
// The halves of a tie and of a double tilde over two letters; in Unicode the first is the whole.
constexpr char32_t kTie = 0x361, kTieEnd = 0xFE21, kTilde = 0x360, kTildeEnd = 0xFE23;

unsigned char low7(char byte) { return static_cast<unsigned char>(byte) & 0x7FU; }

}  // namespace

std::optional<Marc8Escape> marc8_escape(std::string_view rest) {
    std::size_t at = 1;
    const auto take = [&](std::string_view any) {
        const bool is_there = at < rest.size() && any.find(rest[at]) != std::string_view::npos;
        if (is_there) ++at;
        return is_there;
    };
    const bool is_wide = take("$");
    const bool is_g1 = take(")-");
    const bool is_named = is_g1 || take("(,") || is_wide;
    if (is_named) (void)take("!");  // ANSEL is !E
    if (at >= rest.size()) return std::nullopt;
    char final = rest[at++];
    // Technique 1 has no intermediate characters, the other sets have one.
    if (!is_named && std::string_view("gbps").find(final) == std::string_view::npos)
        return std::nullopt;
    if (final == 's') final = 'B';
    if (!(final == kEacc && is_wide) && kSets.find(final) == std::string_view::npos)
        return std::nullopt;
    return Marc8Escape{at, final, is_g1};
}

bool is_whole_marc8(std::string_view ascii) {
    char set = 'B';
    bool has_others = false;
    for (std::size_t at = 0; at < ascii.size();) {
        const char c = ascii[at];
        if (c == kEscape) {
            const auto escape = marc8_escape(ascii.substr(at));
            if (!escape) return false;
            if (!escape->is_g1) set = escape->final;
            at += escape->size;
        } else if (c < ' ') {
            if (set != 'B') return false;
            ++at;
        } else if (set == kEacc && c != ' ') {
            const std::string_view code = ascii.substr(at, 3);
            if (code.size() < 3 ||
                std::any_of(code.begin(), code.end(), [](char b) { return b <= ' ' || b == 0x7F; }))
                return false;
            has_others = true;
            at += 3;
        } else {
            has_others = has_others || (set != 'B' && c != ' ');
            ++at;
        }
    }
    return has_others && set == 'B';
}

Converter open_converter(const char* to, const char* from) {
    Converter converter(yaz_iconv_open(to, from));
    if (!converter) throw Error(Fault::bug, msg("no converter from {} to {}", from, to));
    return converter;
}

Marc8Reader::Marc8Reader(Set set)
    : set_(set), converter_(open_converter("UTF-8", set == Set::marc8 ? "MARC-8" : "ISO5426")) {
    const std::string_view sets = set == Set::marc8 ? kSets : kSets.substr(0, 2);
    for (const char final : sets) {
        Table table{};
        for (unsigned code = 0x21; code < 0x7F; ++code) {
            // ASCII and ANSEL (or ISO 5426) are there from the start, the others by escape.
            std::string bytes;
            if (final == 'E')
                bytes = {static_cast<char>(code | 0x80U)};
            else if (final == 'B')
                bytes = {static_cast<char>(code)};
            else if (final == 'g' || final == 'b' || final == 'p')
                bytes = {kEscape, final, static_cast<char>(code), kEscape, 's'};
            else
                bytes = {kEscape, '(', final, static_cast<char>(code), kEscape, '(', 'B'};
            table[code] = ask(bytes);
        }
        if (final == 'E' && set == Set::marc8) {  // libyaz passes over the second halves
            table[0x6C] = {kTieEnd, true};
            table[0x7B] = {kTildeEnd, true};
        }
        if (final == 'E' && set == Set::iso5426) table[0x5E] = {kTildeEnd, true};
        tables_.emplace_back(final, table);
    }
}

// The character of one code, told by what becomes of it before a letter.
Marc8Reader::Glyph Marc8Reader::ask(const std::string& bytes) const {
    std::string given = bytes + "a";
    std::array<char, 32> room{};
    char* from = given.data();
    char* to = room.data();
    std::size_t left = given.size(), free = room.size();
    yaz_iconv(converter_.get(), nullptr, nullptr, nullptr, nullptr);
    if (yaz_iconv(converter_.get(), &from, &left, &to, &free) == static_cast<std::size_t>(-1))
        return {};
    yaz_iconv(converter_.get(), nullptr, nullptr, &to, &free);
    const std::string_view got(room.data(), room.size() - free);
    std::size_t at = 0;
    const char32_t first = next_code_point(got, at);
    if (at >= got.size()) return {};  // the letter alone
    const char32_t second = next_code_point(got, at);
    return second == 'a' ? Glyph{first, false} : Glyph{second, true};
}

const Marc8Reader::Table* Marc8Reader::table_of(char final) const {
    for (const auto& [name, table] : tables_)
        if (name == final) return &table;
    return nullptr;
}

Marc8Reader::Glyph Marc8Reader::eacc(std::string_view bytes) {
    std::size_t place = 0;
    std::string asked = {kEscape, '$', '1'};
    for (const char byte : bytes) {
        if (low7(byte) <= 0x20 || low7(byte) == 0x7F) return {};
        place = place * kRow + low7(byte) - 0x21U;
        asked += static_cast<char>(low7(byte));
    }
    if (eacc_.empty()) eacc_.resize(kRow * kRow * kRow);
    char32_t& code = eacc_[place];
    if (code == 0) {
        code = ask(asked + kEscape + "(B").code;
        if (code == 0) code = kUndefined;
    }
    return {code == kUndefined ? 0 : code, false};
}

// Length of a valid escape at the beginning of `rest`, which takes effect; 0 for any other.
std::size_t Marc8Reader::read_escape(std::string_view rest) {
    const auto escape = marc8_escape(rest);
    if (!escape) return 0;
    (escape->is_g1 ? g1_ : g0_) = escape->final == kEacc ? nullptr : table_of(escape->final);
    return escape->size;
}

// The character at the front of `rest`, which is no escape, and the bytes it takes.
std::pair<Marc8Reader::Glyph, std::size_t> Marc8Reader::read_code(std::string_view rest) {
    const auto byte = static_cast<unsigned char>(rest.front());
    // Controls and the blank stand outside the sets.
    if (byte <= 0x20) return {{byte, false}, 1};
    if (byte >= 0x80 && byte < 0xA0) {
        const char32_t code = byte == 0x88   ? 0x98  // begin and end of what is not sorted
                              : byte == 0x89 ? 0x9C
                              : byte == 0x8D ? 0x200D
                              : byte == 0x8E ? 0x200C
                                             : 0;
        return {{code, false}, 1};
    }
    const Table* const table = byte < 0x80 ? g0_ : g1_;
    if (table != nullptr) return {(*table)[low7(rest.front())], 1};
    std::size_t size = 1;
    while (size < 3 && size < rest.size() && low7(rest[size]) > 0x20 &&
           (rest[size] < 0) == (rest.front() < 0))
        ++size;
    return {size == 3 ? eacc(rest.substr(0, 3)) : Glyph{}, size};
}

void Marc8Reader::append(std::string& out, std::string_view bytes,
                         const std::function<void(std::string_view)>& on_bad) {
    const Table* const ascii = table_of('B');
    g0_ = ascii;
    g1_ = table_of('E');
    marks_.clear();
    bool is_tie_open = false, is_tilde_open = false;
    for (std::size_t at = 0; at < bytes.size();) {
        if (bytes[at] == kEscape) {
            const std::size_t size = set_ == Set::marc8 ? read_escape(bytes.substr(at)) : 0;
            if (size == 0) on_bad(bytes.substr(at, 1));
            at += std::max<std::size_t>(size, 1);
            continue;
        }
        if (bytes[at] >= 0 && g0_ == ascii && marks_.empty()) {
            out += bytes[at++];
            continue;
        }
        const auto [glyph, size] = read_code(bytes.substr(at));
        if (glyph.is_mark) {
            const bool is_end = (glyph.code == kTieEnd && is_tie_open) ||
                                (glyph.code == kTildeEnd && is_tilde_open);
            if (glyph.code == kTie || glyph.code == kTieEnd) is_tie_open = glyph.code == kTie;
            if (glyph.code == kTilde || glyph.code == kTildeEnd)
                is_tilde_open = glyph.code == kTilde;
            if (!is_end) marks_.emplace_back(glyph.code, bytes[at]);
        } else {
            if (glyph.code == 0 && bytes[at] != 0)
                on_bad(bytes.substr(at, size));
            else
                append_utf8(out, glyph.code);
            for (const auto& [code, byte] : marks_) append_utf8(out, code);
            marks_.clear();
        }
        at += size;
    }
    for (const auto& [code, byte] : marks_) on_bad(std::string_view(&byte, 1));
    marks_.clear();
}

}  // namespace tushu::marc
