// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <numeric>
#include <vector>

namespace tushu {
namespace {

/// Length of the well-formed sequence at p (1-4), or 0 (Unicode 15, table 3-7).
std::size_t sequence_length(const unsigned char* p, const unsigned char* end) {
    const auto in = [](unsigned char c, int low, int high) { return c >= low && c <= high; };
    if (*p < 0x80) return 1;
    const std::ptrdiff_t left = end - p;
    if (in(*p, 0xC2, 0xDF)) return left >= 2 && in(p[1], 0x80, 0xBF) ? 2 : 0;
    if (in(*p, 0xE0, 0xEF)) {
        const int low = *p == 0xE0 ? 0xA0 : 0x80, high = *p == 0xED ? 0x9F : 0xBF;
        return left >= 3 && in(p[1], low, high) && in(p[2], 0x80, 0xBF) ? 3 : 0;
    }
    if (in(*p, 0xF0, 0xF4)) {
        const int low = *p == 0xF0 ? 0x90 : 0x80, high = *p == 0xF4 ? 0x8F : 0xBF;
        return left >= 4 && in(p[1], low, high) && in(p[2], 0x80, 0xBF) && in(p[3], 0x80, 0xBF) ? 4
                                                                                                : 0;
    }
    return 0;
}

std::string normalised(const icu::Normalizer2* form, std::string_view utf8) {
    // ASCII is in every form; most barcodes and numbers are.
    if (std::all_of(utf8.begin(), utf8.end(),
                    [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
        return std::string(utf8);
    UErrorCode status = U_ZERO_ERROR;
    std::string out;
    icu::StringByteSink<std::string> sink(&out);
    form->normalizeUTF8(0, icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size())), sink,
                        nullptr, status);
    if (U_FAILURE(status))
        throw Error(Fault::bug, msg("ICU cannot normalise text: {}", u_errorName(status)));
    return out;
}

const icu::Normalizer2* form_named(const icu::Normalizer2* (*get)(UErrorCode&)) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* const form = get(status);
    if (U_FAILURE(status))
        throw Error(Fault::bug, msg("ICU cannot normalise text: {}", u_errorName(status)));
    return form;
}

struct ConverterClose {
    void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, ConverterClose>;

Converter open_converter(const char* name) {
    UErrorCode status = U_ZERO_ERROR;
    Converter converter(ucnv_open(name, &status));
    if (U_FAILURE(status)) throw Error(Fault::config, msg("ICU has no converter \"{}\"", name));
    ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr,
                        &status);
    ucnv_setFromUCallBack(converter.get(), UCNV_FROM_U_CALLBACK_STOP, nullptr, nullptr, nullptr,
                          &status);
    return converter;
}

std::optional<std::string> decode(UConverter* converter, std::string_view bytes) {
    UErrorCode status = U_ZERO_ERROR;
    std::vector<UChar> wide(bytes.size() +
                            16);  // every converter here gives at most one UChar a byte
    const int32_t length = ucnv_toUChars(converter, wide.data(), static_cast<int32_t>(wide.size()),
                                         bytes.data(), static_cast<int32_t>(bytes.size()), &status);
    if (U_FAILURE(status)) return std::nullopt;
    std::string out;
    icu::UnicodeString(false, wide.data(), length).toUTF8String(out);
    return out;
}

}  // namespace

std::size_t utf8_prefix(std::string_view bytes) {
    const auto* const begin = reinterpret_cast<const unsigned char*>(bytes.data());
    const auto* const end = begin + bytes.size();
    const auto* p = begin;
    while (p < end) {
        std::uint64_t word = 0;
        while (end - p >= 8) {
            std::memcpy(&word, p, 8);
            if ((word & 0x8080808080808080U) != 0) break;
            p += 8;
        }
        if (p == end) break;
        const std::size_t length = sequence_length(p, end);
        if (length == 0) break;
        p += length;
    }
    return static_cast<std::size_t>(p - begin);
}

bool is_utf8(std::string_view bytes) { return utf8_prefix(bytes) == bytes.size(); }

char32_t next_code_point(std::string_view text, std::size_t& at) {
    const auto* const p = reinterpret_cast<const unsigned char*>(text.data()) + at;
    const auto* const end = reinterpret_cast<const unsigned char*>(text.data()) + text.size();
    const std::size_t length = sequence_length(p, end);
    at += length == 0 ? 1 : length;
    switch (length) {
        case 1:
            return p[0];
        case 2:
            return (p[0] & 0x1FU) << 6U | (p[1] & 0x3FU);
        case 3:
            return (p[0] & 0x0FU) << 12U | (p[1] & 0x3FU) << 6U | (p[2] & 0x3FU);
        case 4:
            return (p[0] & 0x07U) << 18U | (p[1] & 0x3FU) << 12U | (p[2] & 0x3FU) << 6U |
                   (p[3] & 0x3FU);
        default:
            return 0xFFFD;
    }
}

void append_utf8(std::string& out, char32_t c) {
    const auto put = [&out](char32_t byte) { out += static_cast<char>(byte); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0U | c >> 6U);
        put(0x80U | (c & 0x3FU));
    } else if (c < 0x10000) {
        put(0xE0U | c >> 12U);
        put(0x80U | (c >> 6U & 0x3FU));
        put(0x80U | (c & 0x3FU));
    } else {
        put(0xF0U | c >> 18U);
        put(0x80U | (c >> 12U & 0x3FU));
        put(0x80U | (c >> 6U & 0x3FU));
        put(0x80U | (c & 0x3FU));
    }
}

std::string nfkc(std::string_view utf8) {
    static const icu::Normalizer2* const form = form_named(icu::Normalizer2::getNFKCInstance);
    return normalised(form, utf8);
}

std::string nfc(std::string_view utf8) {
    static const icu::Normalizer2* const form = form_named(icu::Normalizer2::getNFCInstance);
    return normalised(form, utf8);
}

std::optional<std::string> utf8_from_gb18030(std::string_view bytes) {
    thread_local const Converter converter = open_converter("gb18030");
    return decode(converter.get(), bytes);
}

std::optional<std::string> utf8_from(const char* name, std::string_view bytes) {
    return decode(open_converter(name).get(), bytes);
}

std::string gb18030_from_utf8(std::string_view utf8) {
    thread_local const Converter converter = open_converter("gb18030");
    const icu::UnicodeString wide = icu::UnicodeString::fromUTF8(
        icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size())));
    std::string out(static_cast<std::size_t>(wide.length()) * 4 + 8, '\0');
    UErrorCode status = U_ZERO_ERROR;
    const int32_t length =
        ucnv_fromUChars(converter.get(), out.data(), static_cast<int32_t>(out.size()),
                        wide.getBuffer(), wide.length(), &status);
    if (U_FAILURE(status))
        throw Error(Fault::bug, msg("ICU cannot write GB 18030: {}", u_errorName(status)));
    out.resize(static_cast<std::size_t>(length));
    return out;
}

std::string printable(std::string_view bytes, std::size_t limit) {
    std::string out;
    std::size_t at = 0;
    while (at < bytes.size()) {
        if (out.size() >= limit) return out + "...";
        const std::size_t start = at;
        const char32_t c = next_code_point(bytes, at);
        const bool is_malformed = c == 0xFFFD && at - start == 1;
        // Marks that turn the direction of writing could make a name look like another one.
        const bool is_turning = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
        if (c < 0x20 || c == 0x7F || (c >= 0x80 && c < 0xA0) || is_turning || is_malformed) {
            for (std::size_t i = start; i < at; ++i)
                out += fmt::format("\\x{:02X}", static_cast<unsigned char>(bytes[i]));
        } else {
            out += bytes.substr(start, at - start);
        }
    }
    return out;
}

std::size_t display_width(std::string_view utf8) {
    std::size_t width = 0;
    for (std::size_t at = 0; at < utf8.size();) {
        const auto c = static_cast<UChar32>(next_code_point(utf8, at));
        const int type = u_charType(c);
        if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR)
            continue;
        const int east = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
        width += east == U_EA_WIDE || east == U_EA_FULLWIDTH ? 2 : 1;
    }
    return width;
}

std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> candidates) {
    // By characters: two Chinese words differ in few bytes and are not alike for that.
    const auto characters = [](std::string_view text) {
        std::u32string out;
        for (std::size_t at = 0; at < text.size();) out += next_code_point(text, at);
        return out;
    };
    const std::u32string wanted = characters(word);
    if (wanted.empty()) return std::nullopt;
    // One change in a word of two characters, two in longer ones, a third in long ones.
    std::optional<std::string_view> best;
    std::size_t best_distance =
        std::min(wanted.size() - 1, std::max<std::size_t>(2, wanted.size() / 3)) + 1;
    std::vector<std::size_t> row;
    for (const auto candidate : candidates) {
        const std::u32string other = characters(candidate);
        row.resize(other.size() + 1);
        std::iota(row.begin(), row.end(), std::size_t{0});
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            std::size_t diagonal = row[0];
            row[0] = i + 1;
            for (std::size_t j = 0; j < other.size(); ++j) {
                const std::size_t cost = diagonal + (wanted[i] == other[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = std::min({cost, row[j] + 1, diagonal + 1});
            }
        }
        if (row.back() < best_distance) {
            best_distance = row.back();
            best = candidate;
        }
    }
    return best;
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n\v\f";
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string ascii_lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return out;
}

std::string ascii_upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
    return out;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty())
        return std::nullopt;
    return value;
}

std::string grouped(std::int64_t n) {
    std::string digits = std::to_string(n);
    for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > (n < 0 ? 1 : 0);
         at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    return digits;
}

}  // namespace tushu
