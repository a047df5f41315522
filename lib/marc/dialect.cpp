// SPDX-License-Identifier: Apache-2.0
#include "marc/dialect.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace tushu::marc {
namespace {

// What the mere presence of a field says for UNIMARC, and against it, by its tag as a number.
constexpr auto kWeights = [] {
    std::array<std::int8_t, 1000> weights{};
    weights[8] = -3;
    weights[245] = -4;
    weights[40] = -1;
    weights[200] = 4;
    weights[801] = 2;
    weights[701] = weights[210] = weights[215] = 1;
    return weights;
}();

// 1000 for a tag that is no number.
unsigned number_of(std::string_view tag) {
    const auto digit = [&tag](std::size_t i) {
        return static_cast<unsigned>(static_cast<unsigned char>(tag[i])) - '0';
    };
    const unsigned hundreds = digit(0), tens = digit(1), ones = digit(2);
    if (hundreds > 9 || tens > 9 || ones > 9) return 1000;
    return hundreds * 100 + tens * 10 + ones;
}

bool is_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// UNIMARC as the National Library of China has it: its language, country or agency, or a field of
// its own.
bool is_chinese(const Record& record) {
    const bool is_authority = kind_of(record, Dialect::unimarc) == RecordKind::authority;
    for (std::size_t i = 0; i < record.field_count(); ++i) {
        const std::string_view body = record.body(i);
        const auto has = [body](std::string_view text) {
            return body.find(text) != std::string_view::npos;
        };
        switch (number_of(record.tag(i))) {
            case 801:
            case 102:
                if (has("\x1F"
                        "aCN"))
                    return true;
                break;
            case 100:
                // $a/22-24; in authority records, whose $a is shorter, $a/9-11.
                if (body.size() >= 16 && body[2] == kSubfieldMark && body[3] == 'a' &&
                    is_digits(body.substr(4, 8)) &&
                    (is_authority
                         ? body.substr(13, 3)
                         : body.substr(std::min<std::size_t>(26, body.size()), 3)) == "chi")
                    return true;
                break;
            case 101:
                if (has("\x1F"
                        "achi"))
                    return true;
                break;
            case 690:
            case 692:
            case 905:
            case 91:
            case 92:
                return true;
            default:
                break;
        }
    }
    return false;
}

// The usual case, which needs no closer look: MARC 21 that says UTF-8 and has a title where MARC 21
// has it.
bool is_plain_marc21(const Record& record) {
    if (record.leader()[9] != 'a') return false;
    unsigned has_245 = 0, has_200 = 0;
    for (const auto& entry : record.entries()) {
        const TagWord tag = entry.word();
        has_245 |= tag == tag_word("245") ? 1U : 0U;
        has_200 |= tag == tag_word("200") ? 1U : 0U;
    }
    return has_245 != 0 && has_200 == 0;
}

}  // namespace

Dialect guess_dialect(const Record& record) {
    if (is_plain_marc21(record)) return Dialect::marc21;
    int unimarc = 0;
    if (record.leader()[9] == 'a') unimarc -= 2;
    if (record.leader().substr(22) == "0 ") unimarc += 1;
    for (std::size_t i = 0; i < record.field_count(); ++i) {
        const unsigned tag = number_of(record.tag(i));
        if (tag == 1000) continue;
        unimarc += kWeights[tag];
        if (tag != 100) continue;
        // Coded data of 36 characters that begin with a date, or a personal name.
        const std::string_view body = record.body(i);
        const bool is_coded = body.size() >= 12 && body[2] == kSubfieldMark && body[3] == 'a' &&
                              is_digits(body.substr(4, 8));
        unimarc += is_coded ? 3 : -2;
    }
    if (unimarc <= 0) return Dialect::marc21;
    return is_chinese(record) ? Dialect::cnmarc : Dialect::unimarc;
}

RecordKind kind_of(const Record& record, Dialect dialect) {
    const char type = record.leader()[6];
    if (dialect != Dialect::marc21)
        return type >= 'x' && type <= 'z' ? RecordKind::authority : RecordKind::bibliographic;
    switch (type) {
        case 'z':
            return RecordKind::authority;
        case 'u':
        case 'v':
        case 'x':
        case 'y':
            return RecordKind::holdings;
        case 'w':
            return RecordKind::classification;
        case 'q':
            return RecordKind::community;
        default:
            return RecordKind::bibliographic;
    }
}

std::string_view name_of(RecordKind kind) {
    switch (kind) {
        case RecordKind::authority:
            return "Authority";
        case RecordKind::holdings:
            return "Holdings";
        case RecordKind::classification:
            return "Classification";
        case RecordKind::community:
            return "Community";
        default:
            return "Bibliographic";
    }
}

std::string_view name_of(Dialect dialect) {
    return dialect == Dialect::marc21    ? "marc21"
           : dialect == Dialect::unimarc ? "unimarc"
                                         : "cnmarc";
}

std::optional<Dialect> dialect_named(std::string_view name) {
    for (const Dialect dialect : {Dialect::marc21, Dialect::unimarc, Dialect::cnmarc})
        if (name_of(dialect) == name) return dialect;
    return std::nullopt;
}

}  // namespace tushu::marc
