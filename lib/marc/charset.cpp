// SPDX-License-Identifier: Apache-2.0
#include "marc/charset.hpp"

#include "base/text.hpp"
#include "marc/marc8.hpp"

#include <fmt/format.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace tushu::marc {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr char kEscape = '\x1B';

struct Name {
    std::string_view name;
    Charset charset;
};
// The first name of each set is the one that is printed.
constexpr std::array kNames = {
    Name{"ascii", Charset::ascii},
    Name{"utf-8", Charset::utf8},
    Name{"marc-8", Charset::marc8},
    Name{"gb18030", Charset::gb18030},
    Name{"gbk", Charset::gbk},
    Name{"gb2312", Charset::gb2312},
    Name{"big5", Charset::big5},
    Name{"iso5426", Charset::iso5426},
    Name{"koi8-r", Charset::koi8r},
    Name{"windows-1251", Charset::windows1251},
    Name{"latin1", Charset::latin1},
    Name{"utf8", Charset::utf8},
    Name{"marc8", Charset::marc8},
    Name{"ansel", Charset::marc8},
    Name{"cp936", Charset::gbk},
    Name{"big-5", Charset::big5},
    Name{"iso-5426", Charset::iso5426},
    Name{"koi8r", Charset::koi8r},
    Name{"cp1251", Charset::windows1251},
    Name{"iso-8859-1", Charset::latin1},
    Name{"windows-1252", Charset::latin1},
};

bool is_gb(Charset charset) {
    return charset == Charset::gb18030 || charset == Charset::gbk || charset == Charset::gb2312;
}
bool is_high(char byte) { return static_cast<unsigned char>(byte) >= 0x80; }

// One yaz_iconv call over `bytes`, with what could not be converted handed to `on_bad(at)`, which
// says how many bytes to skip.
template <class OnBad>
void convert(yaz_iconv_t converter, std::string& out, std::string_view bytes, OnBad on_bad) {
    std::array<char, 4096> chunk{};
    char* from = const_cast<char*>(bytes.data());  // NOLINT: yaz_iconv does not write to its input
    std::size_t left = bytes.size();
    yaz_iconv(converter, nullptr, nullptr, nullptr, nullptr);
    bool is_flushing = false;
    for (;;) {
        char* to = chunk.data();
        std::size_t room = chunk.size();
        const std::size_t before = left;
        const std::size_t result = is_flushing ? yaz_iconv(converter, nullptr, nullptr, &to, &room)
                                               : yaz_iconv(converter, &from, &left, &to, &room);
        out.append(chunk.data(), chunk.size() - room);
        if (result != static_cast<std::size_t>(-1)) {
            if (is_flushing) return;
            is_flushing = true;
            continue;
        }
        if (yaz_iconv_error(converter) == YAZ_ICONV_E2BIG) {
            if (room == chunk.size() && left == before) return;  // no progress is possible
            continue;
        }
        if (is_flushing || left == 0) return;
        const std::size_t skipped = std::min(left, on_bad(std::string_view(from, left)));
        from += skipped;
        left -= skipped;
    }
}

// Canonical decomposition, but for Hangul, which EACC has as syllables, and what `is_kept`.
template <class IsKept>
std::string decomposed(std::string_view utf8, IsKept is_kept) {
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2* const nfd = unorm2_getNFDInstance(&status);
    std::string out;
    for (std::size_t at = 0; at < utf8.size();) {
        const char32_t c = next_code_point(utf8, at);
        std::array<UChar, 32> units{};
        status = U_ZERO_ERROR;
        const bool is_hangul = c >= 0xAC00 && c <= 0xD7A3;
        // CJK compatibility ideographs stay themselves too: EACC has codes for them.
        const bool is_han = c >= 0xF900 && c <= 0xFAFF;
        const std::int32_t size =
            c < 0x80 || is_hangul || is_han || is_kept(c)
                ? -1
                : unorm2_getDecomposition(nfd, static_cast<UChar32>(c), units.data(),
                                          static_cast<std::int32_t>(units.size()), &status);
        if (size < 0 || U_FAILURE(status) != 0) {
            append_utf8(out, c);
            continue;
        }
        for (std::int32_t i = 0; i < size;) {
            UChar32 part = 0;
            const UChar unit = units.at(static_cast<std::size_t>(i++));
            part = unit;
            if (U16_IS_LEAD(unit) && i < size)
                part = static_cast<UChar32>(0x10000U +
                                            ((static_cast<unsigned>(unit) - 0xD800U) << 10U) +
                                            (units.at(static_cast<std::size_t>(i++)) - 0xDC00U));
            append_utf8(out, static_cast<char32_t>(part));
        }
    }
    return out;
}

std::string decomposed(std::string_view utf8) {
    return decomposed(utf8, [](char32_t) { return false; });
}

bool is_combining(char32_t c) { return u_getCombiningClass(static_cast<UChar32>(c)) != 0; }

// MARC-8 has marks for all letters but the horn, which it has in four letters only (ANSEL AC, AD,
// BC, BD).
void join_horns(std::string& text) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kHorns = {
        {{"O\u031B", "\u01A0"},
         {"U\u031B", "\u01AF"},
         {"o\u031B", "\u01A1"},
         {"u\u031B", "\u01B0"}}};
    for (const auto& [apart, joined] : kHorns)
        for (std::size_t at = 0; (at = text.find(apart, at)) != std::string::npos;)
            text.replace(at, apart.size(), joined);
}

// Two halves of a tie (U+FE20, U+FE21) or of a double tilde (U+FE22, U+FE23) over two letters
// become the one character that reading makes of the halves of MARC-8.
void join_halves(std::string& text) {
    constexpr std::array<std::array<std::string_view, 3>, 2> kHalves = {
        {{"\uFE20", "\uFE21", "\u0361"}, {"\uFE22", "\uFE23", "\u0360"}}};
    for (const auto& [first, second, whole] : kHalves) {
        for (std::size_t at = 0; (at = text.find(first, at)) != std::string::npos; at += 1) {
            std::size_t end = at + first.size(), letters = 0;
            for (std::size_t next = end; next < text.size() && letters < 2; end = next) {
                if (std::string_view(text).substr(end).starts_with(second)) break;
                if (!is_combining(next_code_point(text, next))) ++letters;
            }
            if (letters != 1 || !std::string_view(text).substr(end).starts_with(second)) continue;
            text.erase(end, second.size());
            text.replace(at, first.size(), whole);
        }
    }
}

}  // namespace

std::string_view name_of(Charset charset) {
    for (const auto& entry : kNames)
        if (entry.charset == charset) return entry.name;
    return "?";
}

std::optional<Charset> charset_named(std::string_view name) {
    const std::string lower = ascii_lower(name);
    for (const auto& entry : kNames)
        if (entry.name == lower) return entry.charset;
    return std::nullopt;
}

namespace {

constexpr std::size_t kBibLabel = 26, kAuthorityLabel = 13;

// Where the codes of the character sets begin in 100$a, which is shorter in authority records.
std::size_t label_place(const Record& record, std::string_view coded) {
    const bool is_authority =
        coded.size() < 30 && kind_of(record, Dialect::unimarc) == RecordKind::authority;
    return is_authority ? kAuthorityLabel : kBibLabel;
}

std::optional<Charset> set_of_code(std::string_view code) {
    if (code == "50") return Charset::utf8;
    if (code == "10" || code == "20") return Charset::gb18030;
    if (code == "03") return Charset::iso5426;
    return std::nullopt;
}

}  // namespace

std::optional<Charset> declared_charset(const Record& record, Dialect dialect) {
    if (dialect == Dialect::marc21) {
        const char coding = record.leader()[9];
        if (coding == 'a') return Charset::utf8;
        if (coding == ' ' || coding == '#' || coding == '^') return Charset::marc8;
        return std::nullopt;
    }
    const std::string_view coded = record.value("100", 'a');
    const std::size_t label = label_place(record, coded);
    if (coded.size() < label + 4) return std::nullopt;
    for (const std::size_t at : {label, label + 2}) {
        if (const auto set = set_of_code(coded.substr(at, 2))) return set;
    }
    return std::nullopt;
}

struct Decoder::Converters {
    std::optional<Marc8Reader> marc8, iso5426;
};

Decoder::Decoder(BadChar policy) : policy_(policy), converters_(std::make_unique<Converters>()) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;

std::size_t Decoder::bad(std::string& out, std::string_view bytes) {
    std::string escaped;
    for (const char byte : bytes)
        escaped +=
            fmt::format("\\x{:02X}", static_cast<unsigned>(static_cast<unsigned char>(byte)));
    if (policy_ == BadChar::reject) {
        refused_ = escaped;
        throw Error(Fault::bad_input, msg("a character cannot be decoded at byte {}", escaped));
    }
    out += policy_ == BadChar::escape ? std::string_view(escaped) : kReplacement;
    return bytes.size();
}

std::size_t Decoder::append_marc8(std::string& out, Charset charset, std::string_view bytes) {
    const bool is_iso5426 = charset == Charset::iso5426;
    auto& reader = is_iso5426 ? converters_->iso5426 : converters_->marc8;
    if (!reader) reader.emplace(is_iso5426 ? Marc8Reader::Set::iso5426 : Marc8Reader::Set::marc8);
    std::size_t count = 0;
    scratch_.clear();
    reader->append(scratch_, bytes,
                   [&](std::string_view bad_bytes) { count += bad(scratch_, bad_bytes); });
    out += nfc(scratch_);
    return count;
}

std::size_t Decoder::append(std::string& out, Charset charset, std::string_view bytes) {
    if (charset != Charset::marc8 && std::none_of(bytes.begin(), bytes.end(), is_high)) {
        out += bytes;
        return 0;
    }
    switch (charset) {
        case Charset::marc8:
            if (bytes.find(kEscape) == std::string_view::npos &&
                std::none_of(bytes.begin(), bytes.end(), is_high)) {
                out += bytes;
                return 0;
            }
            return append_marc8(out, charset, bytes);
        case Charset::iso5426:
            return append_marc8(out, charset, bytes);
        case Charset::ascii:
        case Charset::utf8: {
            std::size_t count = 0;
            while (!bytes.empty()) {
                const std::size_t good = utf8_prefix(bytes);
                out += bytes.substr(0, good);
                bytes.remove_prefix(good);
                if (bytes.empty()) break;
                count += bad(out, bytes.substr(0, 1));
                bytes.remove_prefix(1);
            }
            return count;
        }
        default:
            break;
    }
    const char* const converter = charset == Charset::big5          ? "Big5-HKSCS"
                                  : charset == Charset::koi8r       ? "KOI8-R"
                                  : charset == Charset::windows1251 ? "windows-1251"
                                                                    : "windows-1252";
    const auto decode = [&](std::string_view piece) {
        return is_gb(charset) ? utf8_from_gb18030(piece) : utf8_from(converter, piece);
    };
    if (const auto whole = decode(bytes)) {
        out += *whole;
        return 0;
    }
    // Some byte is wrong: find it by decoding character after character.
    std::size_t count = 0;
    const bool is_wide = is_gb(charset) || charset == Charset::big5;
    while (!bytes.empty()) {
        std::size_t size = 1;
        std::optional<std::string> piece;
        if (!is_high(bytes.front())) piece = bytes.substr(0, 1);
        if (!piece && !is_wide) piece = decode(bytes.substr(0, 1));
        for (const std::size_t wide : {2U, 4U}) {
            if (piece || !is_wide || bytes.size() < wide) continue;
            piece = decode(bytes.substr(0, wide));
            if (piece) size = wide;
        }
        if (piece)
            out += *piece;
        else
            count += bad(out, bytes.substr(0, 1));
        bytes.remove_prefix(size);
    }
    return count;
}

struct Encoder::Converters {
    Converter converter;
    Decoder check;
    // ISO 5426, turned round from libyaz's decoder, which has no encoder for it.
    std::map<char32_t, char> letters, marks;
    Converter gb2312;                       // tells which codes of GBK are in GB 2312
    std::map<char32_t, bool> has_own_code;  // letters with marks of other scripts, in MARC-8
};

Encoder::Encoder(Charset charset, BadChar policy)
    : charset_(charset), policy_(policy), converters_(std::make_unique<Converters>()) {
    const char* name = nullptr;
    if (charset == Charset::marc8) name = "MARC-8";
    if (charset == Charset::big5) name = "BIG5-HKSCS";
    if (charset == Charset::gbk || charset == Charset::gb2312) name = "GBK";
    if (charset == Charset::koi8r) name = "KOI8-R";
    if (charset == Charset::windows1251) name = "WINDOWS-1251";
    if (charset == Charset::latin1) name = "WINDOWS-1252";
    if (name != nullptr) converters_->converter = open_converter(name, "UTF-8");
    if (charset == Charset::gb2312) converters_->gb2312 = open_converter("UTF-8", "GB2312");
    if (charset == Charset::iso5426) {
        const auto points = [this](std::string_view bytes) {
            std::string decoded;
            std::vector<char32_t> found;
            if (converters_->check.append(decoded, Charset::iso5426, bytes) != 0) return found;
            decoded = decomposed(decoded);
            for (std::size_t at = 0; at < decoded.size();)
                found.push_back(next_code_point(decoded, at));
            return found;
        };
        for (int byte = 0xA1; byte <= 0xFF; ++byte) {
            const char code = static_cast<char>(byte);
            const auto alone = points({&code, 1});
            if (alone.size() == 1 && alone[0] >= 0x80 && !is_combining(alone[0]))
                converters_->letters.emplace(alone[0], code);
            const auto with_letter = points(std::string{code, 'a'});
            if (with_letter.size() == 2 && with_letter[0] == 'a' && is_combining(with_letter[1]))
                converters_->marks.emplace(with_letter[1], code);
        }
    }
}

Encoder::~Encoder() = default;

std::size_t Encoder::bad(std::string& out, char32_t character) {
    const std::string code = fmt::format("{:04X}", static_cast<std::uint32_t>(character));
    if (policy_ == BadChar::reject) {
        refused_.clear();
        const auto point = static_cast<UChar32>(character);
        if (u_isgraph(point) != 0 && !is_combining(character)) append_utf8(refused_, character);
        refused_ += refused_.empty() ? "U+" + code : " (U+" + code + ")";
        throw Error(Fault::bad_input, msg("{} does not exist in {}", refused_, name_of(charset_)));
    }
    if (policy_ == BadChar::escape)
        out += "&#x" + code + ";";
    else if (charset_ == Charset::big5)
        out += "\xA1\xBC";
    else if (is_gb(charset_))
        out += "\xA1\xFE";
    else
        out += "?";
    return 1;
}

// A letter with its marks that is not there at all.
std::size_t Encoder::bad_cluster(std::string& out, std::string_view utf8) {
    const std::string composed = nfc(utf8);
    std::size_t count = 0;
    for (std::size_t at = 0; at < composed.size();)
        count += bad(out, next_code_point(composed, at));
    return count;
}

std::size_t Encoder::append(std::string& out, std::string_view utf8) {
    std::size_t count = 0;
    if (charset_ == Charset::marc8) {  // where an escape would begin another set
        for (std::size_t at = utf8.find(kEscape); at != std::string_view::npos;
             at = utf8.find(kEscape)) {
            count += append(out, utf8.substr(0, at)) + bad(out, static_cast<char32_t>(kEscape));
            utf8.remove_prefix(at + 1);
        }
    }
    const bool any_high = std::any_of(utf8.begin(), utf8.end(), is_high);
    if (!any_high || charset_ == Charset::utf8) {
        out += utf8;
        return count;
    }
    if (charset_ == Charset::gb18030) {
        out += gb18030_from_utf8(utf8);
        return 0;
    }
    if (charset_ == Charset::iso5426) return append_iso5426(out, utf8);
    if (charset_ == Charset::ascii) {
        for (std::size_t at = 0; at < utf8.size();) {
            const char32_t c = next_code_point(utf8, at);
            if (c < 0x80)
                out += static_cast<char>(c);
            else
                count += bad(out, c);
        }
        return count;
    }
    if (charset_ == Charset::marc8) return count + append_marc8(out, utf8);
    if (is_gb(charset_)) return append_gb(out, utf8);
    convert(converters_->converter.get(), out, utf8, [&](std::string_view rest) {
        std::size_t at = 0;
        count += bad(out, next_code_point(rest, at));
        return at;
    });
    return count;
}

// GBK or GB 2312 of the text if it has all of it. The codes of GB 2312 are written as GBK's: the
// two name some signs differently, and readers take both for GBK. The C library writes a euro sign,
// which GBK does not have, as 0x80.
std::optional<std::string> Encoder::gb_of(std::string_view text) {
    if (text.find("\u20AC") != std::string_view::npos) return std::nullopt;
    bool is_whole = true;
    const auto on_bad = [&](std::string_view rest) {
        is_whole = false;
        return rest.size();
    };
    std::string bytes, back;
    convert(converters_->converter.get(), bytes, text, on_bad);
    if (is_whole && charset_ == Charset::gb2312)
        convert(converters_->gb2312.get(), back, bytes, on_bad);
    return is_whole ? std::optional(bytes) : std::nullopt;
}

std::size_t Encoder::append_gb(std::string& out, std::string_view utf8) {
    if (const auto whole = gb_of(utf8)) {
        out += *whole;
        return 0;
    }
    std::size_t count = 0;
    for (std::size_t at = 0; at < utf8.size();) {
        const std::size_t start = at;
        const char32_t c = next_code_point(utf8, at);
        if (const auto bytes = gb_of(utf8.substr(start, at - start)))
            out += *bytes;
        else
            count += bad(out, c);
    }
    return count;
}

// The end of the letter at `at` with the marks behind it.
std::size_t cluster_end(std::string_view text, std::size_t at) {
    (void)next_code_point(text, at);
    for (std::size_t next = at; next < text.size(); at = next)
        if (!is_combining(next_code_point(text, next))) break;
    return at;
}

// A letter's marks stand before it.
std::size_t Encoder::append_iso5426(std::string& out, std::string_view utf8) {
    const std::string text = decomposed(utf8);
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = cluster_end(text, at);
        const std::string_view cluster = std::string_view(text).substr(at, end - at);
        const char32_t letter = next_code_point(text, at);
        const auto known = converters_->letters.find(letter);
        if (letter >= 0x80 && known == converters_->letters.end()) {
            count += bad_cluster(out, cluster);
            at = end;
            continue;
        }
        std::string marks;
        std::vector<char32_t> missing;
        while (at < end) {
            const char32_t mark = next_code_point(text, at);
            const auto byte = converters_->marks.find(mark);
            if (byte == converters_->marks.end())
                missing.push_back(mark);
            else
                marks += byte->second;
        }
        out += marks;
        out += letter < 0x80 ? static_cast<char>(letter) : known->second;
        for (const char32_t mark : missing) count += bad(out, mark);
    }
    return count;
}

// MARC-8 of the text if it has all of it. libyaz drops some characters that MARC-8 does not have
// without a word, so what comes out is read back and compared.
std::optional<std::string> Encoder::marc8_of(std::string_view text) {
    std::string bytes;
    bool is_whole = true;
    convert(converters_->converter.get(), bytes, text, [&](std::string_view rest) {
        is_whole = false;
        return rest.size();
    });
    if (!is_whole) return std::nullopt;
    std::string back;
    const std::size_t bad = converters_->check.append(back, Charset::marc8, bytes);
    return bad == 0 && back == nfc(text) ? std::optional(bytes) : std::nullopt;
}

// libyaz knows few composed letters, so Latin text goes in decomposed. Other scripts have codes for
// some letters with marks (voiced kana, Arabic hamza, Cyrillic short i).
std::size_t Encoder::append_marc8(std::string& out, std::string_view utf8) {
    const auto has_own_code = [this](char32_t c) {
        if (c < 0x370 || (c >= 0x1E00 && c < 0x1F00)) return false;
        const auto [known, is_new] = converters_->has_own_code.emplace(c, false);
        if (is_new) {
            std::string alone;
            append_utf8(alone, c);
            known->second = marc8_of(alone).has_value();
        }
        return known->second;
    };
    std::string text = decomposed(nfc(utf8), has_own_code);
    join_horns(text);
    join_halves(text);
    if (const auto whole = marc8_of(text)) {
        out += *whole;
        return 0;
    }
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size();) {
        // A letter with its marks at a time; each piece ends in ASCII, as a field does. A tie takes
        // in the next letter.
        std::size_t end = cluster_end(text, at);
        const std::string_view letter_of_tie = std::string_view(text).substr(at, end - at);
        if ((letter_of_tie.ends_with("\u0361") || letter_of_tie.ends_with("\u0360")) &&
            end < text.size())
            end = cluster_end(text, end);
        const std::string_view piece = std::string_view(text).substr(at, end - at);
        at = end;
        if (const auto bytes = marc8_of(piece)) {
            out += *bytes;
            continue;
        }
        std::size_t rest = 0;
        (void)next_code_point(piece, rest);
        const auto letter = rest < piece.size() ? marc8_of(piece.substr(0, rest)) : std::nullopt;
        if (!letter) {
            count += bad_cluster(out, piece);
            continue;
        }
        out += *letter;  // it is there without its marks
        while (rest < piece.size()) {
            const std::size_t start = rest;
            const char32_t mark = next_code_point(piece, rest);
            if (is_combining(mark))
                count += bad(out, mark);
            else if (const auto bytes = marc8_of(piece.substr(start, rest - start)))
                out += *bytes;
            else
                count += bad(out, mark);
        }
    }
    return count;
}

// Labels know one GB set.
Charset labelled_as(Charset charset) { return is_gb(charset) ? Charset::gb18030 : charset; }

bool is_label_true(const Record& record, Dialect dialect, Charset charset) {
    if (dialect == Dialect::marc21)
        return record.leader()[9] == (charset == Charset::utf8 ? 'a' : ' ');
    // A leader that has MARC 21's label is read as MARC 21.
    return record.leader()[9] != 'a' && declared_charset(record, dialect) == labelled_as(charset);
}

void correct_label(Record& record, Dialect dialect, Charset charset) {
    if (is_label_true(record, dialect, charset)) return;
    if (dialect == Dialect::marc21) {
        record.set_leader_byte(9, charset == Charset::utf8 ? 'a' : ' ');
        return;
    }
    if (record.leader()[9] == 'a') record.set_leader_byte(9, ' ');  // undefined there
    if (declared_charset(record, dialect) == labelled_as(charset)) return;
    std::string_view code = "  ", wanted = "        ";  // none for Big5, KOI8-R and the like
    if (charset == Charset::utf8) code = "50", wanted = "50      ";
    if (is_gb(charset)) code = "10", wanted = "0110    ";
    if (charset == Charset::iso5426) code = "03", wanted = "0103    ";
    if (charset == Charset::ascii) code = "01", wanted = "01      ";
    for (std::size_t i = 0; i < record.field_count(); ++i) {
        if (record.tag(i) != "100" || record.is_control(i)) continue;
        std::string body(record.body(i));
        const std::size_t mark = body.find(
            "\x1F"
            "a");
        if (mark == std::string::npos) continue;
        std::size_t end = body.find(kSubfieldMark, mark + 2);
        if (end == std::string::npos) end = body.size();
        std::string coded = body.substr(mark + 2, end - mark - 2);
        if (coded.size() < 8) return;  // too damaged to have a label
        const std::size_t label = label_place(record, coded);
        if (std::any_of(coded.begin(), coded.end(), is_high)) {
            // Text where codes belong, which columns would cut in the middle of a character: only
            // what reads as the code of another set is overwritten.
            for (const std::size_t at : {label, label + 2})
                if (at + 2 <= coded.size() && set_of_code(std::string_view(coded).substr(at, 2)))
                    coded.replace(at, 2, code);
            body.replace(mark + 2, end - mark - 2, coded);
            record.replace_body(i, body);
            return;
        }
        const std::size_t whole = label == kBibLabel ? 36 : label + wanted.size();
        if (coded.size() < whole) coded.resize(whole, ' ');
        coded.replace(label, wanted.size(), wanted);
        body.replace(mark + 2, end - mark - 2, coded);
        record.replace_body(i, body);
        return;
    }
}

}  // namespace tushu::marc
