// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tushu::callno {

/// Dense ranks of keys: the smallest key is 0, equal keys are equal, order is kept.
[[nodiscard]] std::vector<std::uint32_t> ranks_of(std::span<const std::string_view> keys);

/// Positions (ascending) of a longest non-decreasing subsequence: the books that may stay. All
/// others are the fewest that must move; equal keys (copies) may stand in any order.
///
/// Shape:  n ranks or keys in shelf order; at most n positions out. O(n log n) time, 12 n bytes.
/// Units:  positions count from 0; n below 2^32.
/// Among equally long ones, the subsequence with the smallest keys at its end is chosen.
[[nodiscard]] std::vector<std::uint32_t> longest_ordered(std::span<const std::uint32_t> ranks);
[[nodiscard]] std::vector<std::uint32_t> longest_ordered(std::span<const std::string_view> keys);

/// As longest_ordered(), but the kept books have the greatest sum of weights: give suspects (wrong
/// location) slightly less than others and they are the ones to move. Dense ranks wanted
/// (ranks_of); weights are at least 1. O(n log n), Fenwick tree of prefix maxima.
[[nodiscard]] std::vector<std::uint32_t> heaviest_ordered(std::span<const std::uint32_t> ranks,
                                                          std::span<const std::uint64_t> weights);

}  // namespace tushu::callno
