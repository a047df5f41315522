// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace tushu::simulate {

/// The finaliser of splitmix64 (Steele, Lea, Flood 2014): 64 well-mixed bits of a number.
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

/// Random numbers that depend on nothing but (seed, stream, index): record 7 of a library is the
/// same record whoever asks for it, in whatever order, on whatever machine. Integers only.
///
/// Units: `stream` keeps uses apart (one number a use), `index` is the thing drawn for.
/// Source: splitmix64; the state starts at mixed(mixed(mixed(seed) + stream) + index).
class Random {
  public:
    Random(std::uint64_t seed, std::uint64_t stream, std::uint64_t index)
        : state_(mixed(mixed(mixed(seed) + stream) + index)) {}
    [[nodiscard]] std::uint64_t next() {
        const std::uint64_t value = mixed(state_);
        state_ += 0x9E3779B97F4A7C15U;
        return value;
    }
    /// 0 <= result < n, by multiply and shift (n below 2^32; the bias is below 2^-32).
    [[nodiscard]] std::uint64_t below(std::uint64_t n) { return ((next() >> 32U) * n) >> 32U; }
    /// first <= result <= last.
    [[nodiscard]] std::uint64_t between(std::uint64_t first, std::uint64_t last) {
        return first + below(last - first + 1);
    }
    /// True `n` times in a thousand.
    [[nodiscard]] bool permille(std::uint64_t n) { return below(1000) < n; }

  private:
    std::uint64_t state_;
};

}  // namespace tushu::simulate
