// SPDX-License-Identifier: Apache-2.0
#include "inventory/code.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace tushu::inventory {
namespace {

constexpr std::size_t kExactDigits = 18;  // 10^18 + 18 digits stay below 2^63

bool is_plain(char c) { return c > ' ' && c < 0x7F && (c < 'a' || c > 'z'); }

}  // namespace

std::string_view normal_barcode(std::string_view raw, std::string& scratch) {
    raw = trim(raw);
    if (std::all_of(raw.begin(), raw.end(), is_plain)) return raw;
    const bool is_ascii = std::all_of(raw.begin(), raw.end(),
                                      [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    const std::string folded = is_ascii ? std::string() : nfkc(raw);
    scratch.clear();
    for (const char c : is_ascii ? raw : std::string_view(folded)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= ' ' || byte == 0x7F) continue;
        scratch += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    if (scratch.starts_with("\xEF\xBB\xBF"))
        scratch.erase(0, 3);  // a byte order mark glued to the first code
    return scratch;
}

Code exact_code_of(std::string_view text) {
    if (text.empty() || text.size() > kExactDigits) return kNoCode;
    Code code = 1;
    for (const char c : text) {
        if (c < '0' || c > '9') return kNoCode;
        code = code * 10 + static_cast<Code>(c - '0');
    }
    return code;
}

Code code_of(std::string_view normal) {
    if (normal.empty()) return kNoCode;
    const Code exact = exact_code_of(normal);
    return exact != kNoCode ? exact : hash64(normal) | kHashed;
}

std::string digits_of(Code code) { return std::to_string(code).substr(1); }

}  // namespace tushu::inventory
