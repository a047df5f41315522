// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace tushu::inventory {

/// A barcode as one 64-bit number: exact for up to 18 digits (leading zeros count), otherwise a
/// 63-bit hash with the top bit set, which a comparison of the texts must confirm. 0 is no barcode.
using Code = std::uint64_t;
inline constexpr Code kNoCode = 0;
inline constexpr Code kHashed = Code{1} << 63U;

/// A barcode in the form that is compared: full-width signs made ASCII, blanks and control bytes
/// dropped (wherever they stand), letters upper-case.
///
/// Shape:  the result is a view of `raw` when nothing had to change, else of `scratch`.
[[nodiscard]] std::string_view normal_barcode(std::string_view raw, std::string& scratch);

/// The number of a normal barcode.
[[nodiscard]] Code code_of(std::string_view normal);
/// The same for text that is nothing but up to 18 digits; kNoCode for every other text.
[[nodiscard]] Code exact_code_of(std::string_view text);
[[nodiscard]] inline bool is_hashed(Code code) { return (code & kHashed) != 0; }
/// The digits of an exact code, leading zeros included.
[[nodiscard]] std::string digits_of(Code code);

/// A bijection that spreads codes evenly over 64 bits, so that sorted codes can be found by their
/// leading bits.
[[nodiscard]] constexpr std::uint64_t spread(Code code) {
    code ^= code >> 33U;
    code *=
        0xff51afd7ed558ccdULL;  // MurmurHash3's finaliser (public domain); each step is invertible
    code ^= code >> 33U;
    code *= 0xc4ceb9fe1a85ec53ULL;
    return code ^ (code >> 33U);
}

}  // namespace tushu::inventory
