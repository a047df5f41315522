// SPDX-License-Identifier: Apache-2.0
#include "marc/isbn.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace tushu::marc {

std::optional<std::string> isbn13(std::string_view text) {
    std::string folded;
    const bool is_ascii = std::all_of(text.begin(), text.end(),
                                      [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (!is_ascii) {
        folded = nfkc(text);  // full-width digits
        text = folded;
    }
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c >= '0' && c <= '9') {
            digits += c;
        } else if ((c == 'X' || c == 'x') && digits.size() == 9) {
            digits += 'X';
        } else if (c == '-' || static_cast<unsigned char>(c) >= 0x80) {
            continue;  // hyphens in all their Unicode forms
        } else if (!digits.empty() && (c != ' ' || digits.size() == 10 || digits.size() == 13)) {
            break;  // what follows is a qualifier, a price or the old class tail "/TP·306"
        }
        if (digits.size() > 13) return std::nullopt;
    }
    if (digits.size() == 9) digits.insert(0, 1, '0');  // SBN
    if (digits.size() == 10) {
        int sum = 0;
        for (std::size_t i = 0; i < 10; ++i)
            sum += (10 - static_cast<int>(i)) * (digits[i] == 'X' ? 10 : digits[i] - '0');
        if (sum % 11 != 0) return std::nullopt;
        digits = "978" + digits.substr(0, 9) + "0";
        int weighted = 0;
        for (std::size_t i = 0; i < 12; ++i) weighted += (digits[i] - '0') * (i % 2 == 0 ? 1 : 3);
        digits[12] = static_cast<char>('0' + (10 - weighted % 10) % 10);
        return digits;
    }
    if (digits.size() != 13 || !(digits.starts_with("978") || digits.starts_with("979")))
        return std::nullopt;
    int sum = 0;
    for (std::size_t i = 0; i < 13; ++i) sum += (digits[i] - '0') * (i % 2 == 0 ? 1 : 3);
    if (sum % 10 != 0) return std::nullopt;
    return digits;
}

}  // namespace tushu::marc
