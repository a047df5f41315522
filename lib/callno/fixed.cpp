// SPDX-License-Identifier: Apache-2.0
// Accession order and fixed location (登录号, 固定排架, 架位号): size class, then whole numbers.
#include "callno/key.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace tushu::callno {

bool append_fixed(std::string& key, std::string_view text, const Rules& rules) {
    if (std::none_of(text.begin(), text.end(), is_digit)) return false;
    const auto& sizes = rules.settings().size_classes;
    if (!sizes.empty()) {
        std::size_t length = 0;
        while (length < text.size() && (is_letter(text[length]) || !is_ascii(text[length])))
            ++length;
        const std::string word = ascii_upper(text.substr(0, length));
        const auto at = std::find(sizes.begin(), sizes.end(), word);
        // No size word first, then the sizes as listed, then words the list does not have.
        const auto rank = word.empty() ? 0 : 1 + (at - sizes.begin());
        key.push_back(static_cast<char>(0x10 + std::min<std::ptrdiff_t>(rank, 0xD0)));
        if (at != sizes.end()) text.remove_prefix(length);
    }
    append_tail(key, text, rules);
    return true;
}

}  // namespace tushu::callno
