// SPDX-License-Identifier: Apache-2.0
// For the writers that fill raw memory: reserve the worst case, put, commit what was used. `to` is
// where the next byte goes.
#pragma once
#include <cstddef>
#include <cstring>
#include <string_view>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace tushu::marc {

inline void put(char*& to, std::string_view text) {
    std::memcpy(to, text.data(), text.size());
    to += text.size();
}

template <std::size_t N>
inline void put_literal(char*& to, const char (&text)[N]) {
    std::memcpy(to, text, N - 1);
    to += N - 1;
}

/// The bytes that no format copies without a look: those below a blank, one at a time and sixteen
/// at a time. A format with special bytes of its own has a type of the same form.
struct Controls {
    static bool has(unsigned char c) { return c < 0x20; }
#if defined(__SSE2__)
    static __m128i mask(__m128i block) {
        return _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1F)), block);
    }
#endif
};

/// Copies text up to a special byte; returns where it stopped. What is copied 16 bytes at a time
/// may write up to 15 bytes too far: Bytes::reserve() leaves room for them.
template <class Special>
inline const char* copy_plain(char*& to, const char* at, const char* end) {
#if defined(__SSE2__)
    while (end - at >= 16) {
        __m128i block;
        std::memcpy(&block, at, 16);
        std::memcpy(to, &block, 16);
        const auto special = static_cast<unsigned>(_mm_movemask_epi8(Special::mask(block)));
        if (special != 0) {
            const auto n = static_cast<unsigned>(__builtin_ctz(special));
            to += n;
            return at + n;
        }
        to += 16;
        at += 16;
    }
    if (end - at >= 8) {  // fields are short: most of them end here
        const __m128i block = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(at));
        _mm_storel_epi64(reinterpret_cast<__m128i*>(to), block);
        const unsigned special =
            static_cast<unsigned>(_mm_movemask_epi8(Special::mask(block))) & 0xFFU;
        const auto n = special != 0 ? static_cast<unsigned>(__builtin_ctz(special)) : 8U;
        to += n;
        at += n;
        if (special != 0) return at;
    }
#endif
    while (at != end && !Special::has(static_cast<unsigned char>(*at))) *to++ = *at++;
    return at;
}

}  // namespace tushu::marc
