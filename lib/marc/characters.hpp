// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstddef>
#include <string_view>

namespace tushu::marc {

/// Code points in a UTF-8 text.
[[nodiscard]] inline std::size_t characters_in(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

/// Byte offset of the character with this number, from 0; the text's size when it has no such one.
[[nodiscard]] inline std::size_t character_at(std::string_view text, std::size_t number) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) continue;
        if (number-- == 0) return i;
    }
    return text.size();
}

}  // namespace tushu::marc
