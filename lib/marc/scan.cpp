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

bool fits_any(std::uint32_t word, std::span<const TagPattern> patterns) {
    bool fits = false;
    for (const TagPattern& pattern : patterns) fits |= (word & pattern.mask()) == pattern.tag();
    return fits;
}

bool read_narrow(std::string_view directory, std::string_view data,
                 std::span<const TagPattern> patterns, Place* places, std::uint64_t* fits) {
    std::size_t sum = 0, at = 0;
    for (std::size_t i = 0; at < directory.size(); at += kEntry, ++i) {
        const char* const entry = directory.data() + at;
        const std::uint32_t length = number_of<4>(entry + 3), start = number_of<5>(entry + 7);
        if (length - 1 >= 9999 || start != sum) return false;
        sum += length;
        if (sum > data.size() || data[sum - 1] != kFieldEnd) return false;
        places[i] = {length, start};
        std::uint32_t word = 0;
        std::memcpy(&word, entry, 4);
        if (i % 64 == 0) fits[i / 64] = 0;
        if (fits_any(word, patterns)) fits[i / 64] |= std::uint64_t{1} << i % 64;
    }
    return sum == data.size();
}

#if defined(__x86_64__)
// Four entries at a time: their digits are sorted into place and added up in three steps.
class WideDirectory {
  public:
    // Mostly there is one pattern or none, which is then one that nothing fits.
    [[gnu::always_inline,
      gnu::target("avx2")]] inline explicit WideDirectory(std::span<const TagPattern> patterns)
        : tag_(_mm256_set1_epi32(patterns.empty() ? -1 : static_cast<int>(patterns[0].tag()))),
          mask_(_mm256_set1_epi32(patterns.empty() ? 0 : static_cast<int>(patterns[0].mask()))),
          others_(patterns.empty() ? patterns : patterns.subspan(1)) {}

    // `left`: how many of the four are entries; 52 bytes are read in any case.
    template <bool kIsWhole>
    [[gnu::always_inline, gnu::target("avx2")]] inline unsigned read(const char* entry,
                                                                     std::size_t left,
                                                                     Place* places) {
        __m256i even = load(entry, entry + 2 * kEntry);
        __m256i odd = load(entry + kEntry, entry + 3 * kEntry);
        const __m256i tags = _mm256_unpacklo_epi32(even, odd);  // 0, 1, x, x, 2, 3, x, x
        __m256i hit = _mm256_cmpeq_epi32(_mm256_and_si256(tags, mask_), tag_);
        for (const TagPattern& pattern : others_) {
            const __m256i tag = _mm256_set1_epi32(static_cast<int>(pattern.tag())),
                          mask = _mm256_set1_epi32(static_cast<int>(pattern.mask()));
            hit = _mm256_or_si256(hit, _mm256_cmpeq_epi32(_mm256_and_si256(tags, mask), tag));
        }
        even = digits_of(even);
        odd = digits_of(odd);
        __m256i is_entry = _mm256_set1_epi64x(UINT32_MAX);  // in a place: its length
        if (!kIsWhole) {
            const __m256i number = _mm256_setr_epi64x(0, 1, 2, 3);
            const __m256i are =
                _mm256_cmpgt_epi64(_mm256_set1_epi64x(static_cast<std::int64_t>(left)), number);
            is_entry = _mm256_and_si256(is_entry, are);
            // Entry 0 and 2 are the halves of `even`, 1 and 3 of `odd`.
            even = _mm256_and_si256(even, _mm256_unpacklo_epi64(are, are));
            odd = _mm256_and_si256(odd, _mm256_unpackhi_epi64(are, are));
        }
        highest_ = _mm256_max_epu8(highest_, _mm256_max_epu8(even, odd));
        const __m256i numbers = _mm256_madd_epi16(
            _mm256_packs_epi32(fours_of(even), fours_of(odd)),
            _mm256_set1_epi32(10000 | 1 << 16));  // length, start; four times, in order
        std::memcpy(places, &numbers, sizeof numbers);
        const __m256i starts = _mm256_srli_epi64(numbers, 32);
        const __m256i ends = _mm256_permute4x64_epi64(_mm256_add_epi32(numbers, starts),
                                                      0b10'01'00'11);  // 3, 0, 1, 2
        const __m256i wrong = _mm256_xor_si256(starts, _mm256_blend_epi32(ends, last_, 0b11));
        const __m256i empty = _mm256_cmpeq_epi32(numbers, _mm256_setzero_si256());
        wrong_ = _mm256_or_si256(wrong_, _mm256_and_si256(_mm256_or_si256(wrong, empty), is_entry));
        last_ = ends;
        const auto bits = static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(hit)));
        return (bits & 0b11U) | (bits >> 2U & 0b1100U);
    }

    // Were all numbers digits, no length 0, each start the end before it?
    [[nodiscard]] [[gnu::always_inline, gnu::target("avx2")]] inline bool is_in_order() const {
        const __m256i high = _mm256_subs_epu8(highest_, _mm256_set1_epi8(9));
        const __m256i any = _mm256_or_si256(high, wrong_);
        return _mm256_testz_si256(any, any) != 0;
    }

  private:
    [[gnu::always_inline, gnu::target("avx2")]] static inline __m256i load(const char* low,
                                                                           const char* high) {
        __m128i first, second;
        std::memcpy(&first, low, 16);
        std::memcpy(&second, high, 16);
        return _mm256_inserti128_si256(_mm256_castsi128_si256(first), second, 1);
    }
    // Bytes 3 to 11 are digits: length; the start's first; its other four.
    [[gnu::always_inline, gnu::target("avx2")]] static inline __m256i digits_of(__m256i entries) {
        const __m256i order = _mm256_broadcastsi128_si256(
            _mm_setr_epi8(-1, -1, -1, -1, 3, 4, 5, 6, -1, -1, -1, 7, 8, 9, 10, 11));
        return _mm256_shuffle_epi8(_mm256_sub_epi8(entries, _mm256_set1_epi8('0')), order);
    }
    [[gnu::always_inline, gnu::target("avx2")]] static inline __m256i fours_of(__m256i digits) {
        return _mm256_madd_epi16(_mm256_maddubs_epi16(digits, _mm256_set1_epi16(10 | 1 << 8)),
                                 _mm256_set1_epi32(100 | 1 << 16));
    }

    __m256i tag_, mask_;
    std::span<const TagPattern> others_;
    __m256i highest_{}, wrong_{};
    __m256i last_{};  // where the entry before ends, in the first place
};

[[gnu::target("avx2")]] bool read_wide(std::string_view directory, std::string_view data,
                                       std::span<const TagPattern> patterns, Place* places,
                                       std::uint64_t* fits) {
    constexpr std::size_t kGroup = 4 * kEntry;
    const std::size_t count = directory.size() / kEntry;
    const char* entry = directory.data();
    // The last group takes four bytes, or three entries and four bytes, that are no entry's.
    if (count == 0 || data.size() < kGroup + 4)
        return read_narrow(directory, data, patterns, places, fits);
    WideDirectory wide(patterns);
    std::uint64_t word = 0;
    std::size_t i = 0;
    for (; i + 4 <= count; i += 4, entry += kGroup) {
        const std::uint64_t bits = wide.read<true>(entry, 4, places + i);
        word |= bits << i % 64;
        if (i % 64 != 60) continue;
        fits[i / 64] = word;
        word = 0;
    }
    if (i != count) {
        const std::uint64_t bits = wide.read<false>(entry, count - i, places + i);
        word |= (bits & ((1U << (count - i)) - 1U)) << i % 64;
    }
    if (count % 64 != 0) fits[count / 64] = word;
    if (!wide.is_in_order()) return false;
    if (places[count - 1].start + places[count - 1].length != data.size()) return false;
    const char* const before = data.data() - 1;  // the directory's end mark
    int other = 0;
#pragma GCC unroll 8
    for (std::size_t next = 1; next < count; ++next)
        other |= before[places[next].start] ^ kFieldEnd;
    return other == 0 && data.back() == kFieldEnd;
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

bool check_directory(std::string_view directory, std::string_view data,
                     std::span<const TagPattern> patterns, Place* places, std::uint64_t* fits,
                     Width width) {
#if defined(__x86_64__)
    if (width == Width::best && has_avx2())
        return read_wide(directory, data, patterns, places, fits);
#endif
    (void)width;
    return read_narrow(directory, data, patterns, places, fits);
}

}  // namespace tushu::marc
