// SPDX-License-Identifier: Apache-2.0
// The two passes that every ISO 2709 record goes through, in the widest steps there are.
#include "marc/scan.hpp"

#include "marc/record.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tushu::marc {
namespace {

constexpr std::size_t kEntry = 12;

#if defined(__x86_64__)
bool has_avx2() {
    static const bool has = __builtin_cpu_supports("avx2") != 0 &&
                            __builtin_cpu_supports("bmi") != 0 &&
                            __builtin_cpu_supports("popcnt") != 0;
    return has;
}
#endif

// What may stand behind a subfield mark: kCodes bytes from a blank on.
constexpr unsigned char kCodes = '~' - ' ' + 1;
inline bool is_code(unsigned char b) { return static_cast<unsigned char>(b - ' ') < kCodes; }

inline void note_byte(ByteFacts& facts, char byte, bool after_mark) {
    const auto b = static_cast<unsigned char>(byte);
    facts.has_high |= b >= 0x80;
    facts.has_low |= b <= 0x1D;
    facts.field_ends += byte == kFieldEnd ? 1U : 0U;
    facts.has_bad_mark |= after_mark && !is_code(b);
}

// Vectors of N bytes as the compiler knows them: one text for SSE2, NEON and AVX2.
template <std::size_t N>
struct Vector {
    typedef unsigned char Bytes __attribute__((vector_size(N)));  // NOLINT: no other spelling
};

// Whole blocks of N bytes from `at` on, each byte with its left neighbour, which is a second load
// one byte earlier; returns where it stopped. There must be a byte before `at`.
template <std::size_t N>
[[gnu::always_inline]] inline const char* scan_blocks(const char* at, const char* end,
                                                      ByteFacts& facts) {
    using V = typename Vector<N>::Bytes;
    V high{}, low{}, bad{};
    while (static_cast<std::size_t>(end - at) >= N) {
        V counted{};
        // A byte counts to 255.
        for (int i = 0; i < 255 && static_cast<std::size_t>(end - at) >= N; ++i, at += N) {
            V block, left;
            std::memcpy(&block, at, N);
            std::memcpy(&left, at - 1, N);
            high |= block;
            low |= V(block <= 0x1D);
            counted -= V(block == kFieldEnd);
            bad |= V(left == kSubfieldMark) & V((block - ' ') >= kCodes);
        }
        std::array<std::uint64_t, N / 8> words;  // NOLINT: filled at once
        std::memcpy(words.data(), &counted, N);
        for (const std::uint64_t word : words) {
            constexpr std::uint64_t kPairs = 0x00FF00FF00FF00FFU, kUnits = 0x0001000100010001U;
            facts.field_ends += ((word & kPairs) + (word >> 8U & kPairs)) * kUnits >> 48U;
        }
    }
    const auto top_bit = [](const V& vector) {
        std::array<std::uint64_t, N / 8> words;  // NOLINT: filled at once
        std::memcpy(words.data(), &vector, N);
        std::uint64_t all = 0;
        for (const std::uint64_t word : words) all |= word;
        return (all & 0x8080808080808080U) != 0;
    };
    facts.has_high |= top_bit(high);
    facts.has_low |= top_bit(low);
    facts.has_bad_mark |= top_bit(bad);
    return at;
}

const char* scan_narrow(const char* at, const char* end, ByteFacts& facts) {
    return scan_blocks<16>(at, end, facts);
}
#if defined(__x86_64__)
[[gnu::target("avx2")]] const char* scan_wide(const char* at, const char* end, ByteFacts& facts) {
    return scan_blocks<32>(at, end, facts);
}
#endif

// Four or five digits; a number above all others where one of them is none.
template <std::size_t N>
inline std::uint32_t number_of(const char* digits) {
    std::uint32_t value = 0, odd = 0;
    for (std::size_t i = 0; i < N; ++i) {
        const auto digit = static_cast<std::uint32_t>(static_cast<unsigned char>(digits[i])) - '0';
        odd |= static_cast<std::uint32_t>(digit > 9);
        value = value * 10 + digit;
    }
    return odd != 0 ? UINT32_MAX : value;
}

// Entry after entry; `sum` is what the entries before these have come to.
bool read_narrow(const char* entry, const char* end, std::string_view data, std::size_t sum,
                 std::uint16_t* lengths) {
    for (; entry != end; entry += kEntry) {
        const std::uint32_t length = number_of<4>(entry + 3);
        if (length - 1 >= 9999 || number_of<5>(entry + 7) != sum) return false;
        *lengths++ = static_cast<std::uint16_t>(length);
        sum += length;
        if (sum > data.size() || data[sum - 1] != kFieldEnd) return false;
    }
    return sum == data.size();
}

#if defined(__x86_64__)
// Two entries at a time: their digits are sorted into place and added up in three steps.
[[gnu::target("avx2")]] bool read_wide(const char* entry, const char* end, std::string_view data,
                                       std::uint16_t* lengths) {
    const __m256i zero = _mm256_set1_epi8('0'), nine = _mm256_set1_epi8(9);
    // Bytes 3 to 11 of an entry are digits; the rest is none of our business.
    const __m256i digits = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0));
    const __m256i order = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(-1, -1, -1, -1, 3, 4, 5, 6, -1, -1, -1, 7, 8, 9, 10, 11));
    const __m256i tens = _mm256_set1_epi16(10 | 1 << 8),
                  hundreds = _mm256_set1_epi32(100 | 1 << 16),
                  myriads = _mm256_set1_epi32(10000 | 1 << 16);
    __m256i odd = _mm256_setzero_si256();
    const char* const before = data.data() - 1;  // the directory's end mark
    const std::size_t size = data.size();
    std::size_t sum = 0;
    // The second load takes four bytes more than its entry; there are data behind it.
    constexpr std::ptrdiff_t kPair = 2 * kEntry;
    const char* const data_end = data.data() + data.size();
    for (; end - entry >= kPair && data_end - entry >= kPair + 4; entry += kPair) {
        __m128i first, second;
        std::memcpy(&first, entry, 16);
        std::memcpy(&second, entry + kEntry, 16);
        const __m256i both = _mm256_sub_epi8(
            _mm256_inserti128_si256(_mm256_castsi128_si256(first), second, 1), zero);
        odd = _mm256_or_si256(odd, _mm256_and_si256(_mm256_subs_epu8(both, nine), digits));
        const __m256i pairs = _mm256_maddubs_epi16(_mm256_shuffle_epi8(both, order), tens);
        const __m256i fours = _mm256_madd_epi16(pairs, hundreds);
        // 0, length, first digit of the start, the other four -> length, start.
        const __m256i numbers = _mm256_madd_epi16(_mm256_packs_epi32(fours, fours), myriads);
        const auto a =
            static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm256_castsi256_si128(numbers)));
        const auto b =
            static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm256_extracti128_si256(numbers, 1)));
        const std::size_t length_a = a & UINT32_MAX, length_b = b & UINT32_MAX;
        if (a >> 32U != sum || length_a == 0) return false;
        sum += length_a;
        if (sum > size || before[sum] != kFieldEnd || b >> 32U != sum || length_b == 0)
            return false;
        sum += length_b;
        if (sum > size || before[sum] != kFieldEnd) return false;
        lengths[0] = static_cast<std::uint16_t>(length_a);
        lengths[1] = static_cast<std::uint16_t>(length_b);
        lengths += 2;
    }
    if (_mm256_testz_si256(odd, odd) == 0) return false;
    return read_narrow(entry, end, data, sum, lengths);
}
#endif

std::size_t find_narrow(const char* bytes, std::size_t at, std::size_t size, std::uint32_t* to) {
    std::size_t count = 0;
    for (; at < size; ++at) {
        to[count] = static_cast<std::uint32_t>(at);
        count += static_cast<unsigned char>(bytes[at]) < ' ' ? 1U : 0U;
    }
    return count;
}

#if defined(__x86_64__)
// 64 bytes to 64 bits; eight places are written whether so many there are or not, because nothing
// tells beforehand.
[[gnu::target("avx2,bmi,popcnt")]] std::size_t find_wide(const char* bytes, std::size_t size,
                                                         std::uint32_t* to) {
    const __m256i limit = _mm256_set1_epi8(' ' - 1);
    std::uint32_t* const start = to;
    std::size_t at = 0;
    for (; at + 64 <= size; at += 64) {
        __m256i low, high;
        std::memcpy(&low, bytes + at, 32);
        std::memcpy(&high, bytes + at + 32, 32);
        low = _mm256_cmpeq_epi8(_mm256_min_epu8(low, limit), low);
        high = _mm256_cmpeq_epi8(_mm256_min_epu8(high, limit), high);
        std::uint64_t bits =
            static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
            static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(high)))
                << 32U;
        const auto count = static_cast<std::size_t>(_mm_popcnt_u64(bits));
        std::size_t done = 0;
        do {
            for (const std::size_t end = done + 8; done != end; ++done) {
                to[done] = static_cast<std::uint32_t>(at + _tzcnt_u64(bits));
                bits = _blsr_u64(bits);
            }
        } while (done < count);
        to += count;
    }
    return static_cast<std::size_t>(to - start) + find_narrow(bytes, at, size, to);
}
#endif

}  // namespace

ByteFacts scan_bytes(std::string_view bytes, Width width) {
    ByteFacts facts;
    const char* at = bytes.data();
    const char* const end = at + bytes.size();
    bool after_mark = false;
    if (bytes.size() >= 17) {
        note_byte(facts, *at++, false);
        if (width == Width::best) {
#if defined(__x86_64__)
            if (has_avx2()) at = scan_wide(at, end, facts);
#endif
            at = scan_narrow(at, end, facts);
        }
        after_mark = at[-1] == kSubfieldMark;
    }
    for (; at != end; ++at) {
        note_byte(facts, *at, after_mark);
        after_mark = *at == kSubfieldMark;
    }
    return facts;
}

bool is_clean(std::string_view body) {
    using V = Vector<16>::Bytes;
    const char* at = body.data();
    const char* const end = at + body.size();
    if (body.size() < 17) {
        for (bool after_mark = false; at != end; ++at) {
            const auto b = static_cast<unsigned char>(*at);
            if (b >= 0x80 || b <= 0x1E || (after_mark && !is_code(b))) return false;
            after_mark = b == 0x1F;
        }
        return true;
    }
    V odd{};
    const auto look = [&odd](const char* from) {
        V block, left;
        std::memcpy(&block, from, 16);
        std::memcpy(&left, from - 1, 16);
        odd |= V(block <= 0x1E) | block | (V(left == kSubfieldMark) & V((block - ' ') >= kCodes));
    };
    // The first byte has no left neighbour here; the last block may overlap the one before.
    if (static_cast<unsigned char>(*at) <= 0x1E || static_cast<unsigned char>(*at) >= 0x80)
        return false;
    for (++at; end - at > 16; at += 16) look(at);
    look(end - 16);
    std::array<std::uint64_t, 2> words;  // NOLINT: filled at once
    std::memcpy(words.data(), &odd, 16);
    return ((words[0] | words[1]) & 0x8080808080808080U) == 0;
}

std::size_t find_controls(std::string_view bytes, std::uint32_t* places, Width width) {
#if defined(__x86_64__)
    if (width == Width::best && has_avx2()) return find_wide(bytes.data(), bytes.size(), places);
#endif
    (void)width;
    return find_narrow(bytes.data(), 0, bytes.size(), places);
}

TagPattern::TagPattern(std::string_view text) {
    std::array<char, 4> tag{}, mask{};
    for (std::size_t i = 0; i < 3; ++i) {
        if (text[i] == '.') continue;
        tag[i] = text[i];
        mask[i] = '\xFF';
    }
    std::memcpy(&tag_, tag.data(), 4);
    std::memcpy(&mask_, mask.data(), 4);
}

std::size_t find_tags(std::string_view directory, std::span<const TagPattern> patterns,
                      std::uint32_t* places, Width width) {
    std::size_t count = 0, at = 0;
#if defined(__SSE2__)
    // Four entries are three vectors of four words; every third word begins with a tag.
    for (; width == Width::best && at + 4 * kEntry <= directory.size(); at += 4 * kEntry) {
        unsigned hits = 0;
        for (std::size_t part = 0; part < 3; ++part) {
            __m128i words;
            std::memcpy(&words, directory.data() + at + part * 16, 16);
            __m128i hit = _mm_setzero_si128();
            for (const TagPattern& pattern : patterns) {
                const __m128i tag = _mm_set1_epi32(static_cast<int>(pattern.tag())),
                              mask = _mm_set1_epi32(static_cast<int>(pattern.mask()));
                hit = _mm_or_si128(hit, _mm_cmpeq_epi32(_mm_and_si128(words, mask), tag));
            }
            hits |= static_cast<unsigned>(_mm_movemask_ps(_mm_castsi128_ps(hit))) << part * 4;
        }
        hits &= 0b001001001001;
        // The first two are taken without a branch: where the hits are, nothing foretells.
        constexpr unsigned kGuard = 1U << 12U;
        do {
            for (int i = 0; i < 2; ++i) {
                const auto bit = static_cast<unsigned>(__builtin_ctz(hits | kGuard));
                places[count] = static_cast<std::uint32_t>(at) + 4 * bit;
                count += hits != 0 ? 1U : 0U;
                hits &= hits - 1;
            }
        } while (__builtin_expect(static_cast<long>(hits != 0), 0) != 0);
    }
#endif
    (void)width;
    for (; at < directory.size(); at += kEntry) {
        std::uint32_t word = 0;
        std::memcpy(&word, directory.data() + at, 4);
        places[count] = static_cast<std::uint32_t>(at);
        bool fits = false;
        for (const TagPattern& pattern : patterns) fits |= (word & pattern.mask()) == pattern.tag();
        count += fits ? 1U : 0U;
    }
    return count;
}

bool check_directory(std::string_view directory, std::string_view data, std::uint16_t* lengths,
                     Width width) {
    const char* const end = directory.data() + directory.size();
#if defined(__x86_64__)
    if (width == Width::best && has_avx2()) return read_wide(directory.data(), end, data, lengths);
#endif
    (void)width;
    return read_narrow(directory.data(), end, data, 0, lengths);
}

}  // namespace tushu::marc
