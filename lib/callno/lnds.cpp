// SPDX-License-Identifier: Apache-2.0
#include "callno/lnds.hpp"

#include <algorithm>
#include <numeric>

namespace tushu::callno {
namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

std::vector<std::uint32_t> chain(std::uint32_t last, const std::vector<std::uint32_t>& before) {
    std::vector<std::uint32_t> out;
    for (std::uint32_t at = last; at != kNone; at = before[at]) out.push_back(at);
    std::reverse(out.begin(), out.end());
    return out;
}

/// Patience: tails[k] is the position of the smallest value that ends an ordered run of k + 1
/// values.
template <class T>
std::vector<std::uint32_t> patience(std::span<const T> values) {
    std::vector<std::uint32_t> tails, before(values.size(), kNone);
    std::vector<T> ends;  // the values at tails, side by side for the binary search
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto here = static_cast<std::uint32_t>(i);
        // Most books stand in order: look at the last run before searching.
        const std::size_t at =
            ends.empty() || !(values[i] < ends.back())
                ? ends.size()
                : static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), values[i]) -
                                           ends.begin());
        if (at > 0) before[i] = tails[at - 1];
        if (at == ends.size()) {
            ends.push_back(values[i]);
            tails.push_back(here);
        } else {
            ends[at] = values[i];
            tails[at] = here;
        }
    }
    return chain(tails.empty() ? kNone : tails.back(), before);
}

}  // namespace

std::vector<std::uint32_t> ranks_of(std::span<const std::string_view> keys) {
    std::vector<std::uint32_t> order(keys.size()), ranks(keys.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(),
              [keys](std::uint32_t a, std::uint32_t b) { return keys[a] < keys[b]; });
    std::uint32_t rank = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i > 0 && keys[order[i - 1]] != keys[order[i]]) ++rank;
        ranks[order[i]] = rank;
    }
    return ranks;
}

std::vector<std::uint32_t> longest_ordered(std::span<const std::uint32_t> ranks) {
    return patience(ranks);
}

std::vector<std::uint32_t> longest_ordered(std::span<const std::string_view> keys) {
    return patience(keys);
}

std::vector<std::uint32_t> heaviest_ordered(std::span<const std::uint32_t> ranks,
                                            std::span<const std::uint64_t> weights) {
    if (ranks.empty()) return {};
    const std::size_t size = *std::max_element(ranks.begin(), ranks.end()) + std::size_t{1};
    // Fenwick tree: node r holds the position of the heaviest run that ends in its stretch of
    // ranks.
    std::vector<std::uint32_t> tree(size + 1, kNone), before(ranks.size(), kNone);
    std::vector<std::uint64_t> sums(ranks.size(), 0);
    std::uint32_t best = kNone;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        std::uint32_t previous = kNone;
        for (std::size_t r = ranks[i] + std::size_t{1}; r > 0; r &= r - 1)
            if (tree[r] != kNone && (previous == kNone || sums[tree[r]] > sums[previous]))
                previous = tree[r];
        before[i] = previous;
        sums[i] = weights[i] + (previous == kNone ? 0 : sums[previous]);
        const auto here = static_cast<std::uint32_t>(i);
        for (std::size_t r = ranks[i] + std::size_t{1}; r <= size; r += r & (~r + 1))
            if (tree[r] == kNone || sums[here] > sums[tree[r]]) tree[r] = here;
        if (best == kNone || sums[here] > sums[best]) best = here;
    }
    return chain(best, before);
}

}  // namespace tushu::callno
