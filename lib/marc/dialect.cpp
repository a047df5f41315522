// SPDX-License-Identifier: Apache-2.0
#include "marc/dialect.hpp"

#include <algorithm>

namespace tushu::marc {
namespace {

constexpr std::uint32_t key(std::string_view tag) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(tag[0])) << 16U |
           static_cast<std::uint32_t>(static_cast<unsigned char>(tag[1])) << 8U |
           static_cast<std::uint32_t>(static_cast<unsigned char>(tag[2]));
}

bool is_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Dialect guess_dialect(const Record& record) {
    int unimarc = 0, chinese = 0;
    if (record.leader()[9] == 'a') unimarc -= 2;
    if (record.leader().substr(22) == "0 ") unimarc += 1;
    for (std::size_t i = 0; i < record.field_count(); ++i) {
        const std::string_view body = record.body(i);
        switch (key(record.tag(i))) {
            case key("008"):
                unimarc -= 3;
                break;
            case key("245"):
                unimarc -= 4;
                break;
            case key("040"):
                unimarc -= 1;
                break;
            case key("200"):
                unimarc += 4;
                break;
            case key("801"):
                unimarc += 2;
                if (body.find("\x1F"
                              "aCN") != std::string_view::npos)
                    ++chinese;
                break;
            case key("701"):
            case key("210"):
            case key("215"):
                unimarc += 1;
                break;
            case key("100"):
                // Coded data of 36 characters that begin with a date, or a personal name.
                if (body.size() >= 12 && body[2] == kSubfieldMark && body[3] == 'a' &&
                    is_digits(body.substr(4, 8))) {
                    unimarc += 3;
                    if (body.size() >= 29 && body.substr(26, 3) == "chi") ++chinese;
                } else {
                    unimarc -= 2;
                }
                break;
            case key("101"):
                if (body.find("\x1F"
                              "achi") != std::string_view::npos)
                    ++chinese;
                break;
            case key("102"):
                if (body.find("\x1F"
                              "aCN") != std::string_view::npos)
                    ++chinese;
                break;
            case key("690"):
            case key("692"):
            case key("905"):
            case key("091"):
            case key("092"):
                ++chinese;
                break;
            default:
                break;
        }
    }
    if (unimarc <= 0) return Dialect::marc21;
    return chinese > 0 ? Dialect::cnmarc : Dialect::unimarc;
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
