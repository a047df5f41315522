// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "callno/rules.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::callno {

/// One scheme with one set of rules, and the words that say which in a rules file.
struct Candidate {
    Scheme scheme = Scheme::clc;
    Rules rules;
    std::string
        settings;  // "book_number: author; clc: {letters: before_signs}"; empty: the defaults
};

/// How well a candidate explains a shelf that is known to be in order.
struct Explanation {
    Candidate candidate;
    std::uint64_t moves = 0;     // books that would have to move: n - longest ordered subsequence
    std::uint64_t unparsed = 0;  // call numbers that are not of the scheme
    std::vector<std::uint32_t> out_of_order;  // positions (from 0) of the moves, the first few
    [[nodiscard]] std::uint64_t violations() const { return moves + unparsed; }
};

/// All schemes, each with the settings on which houses differ.
[[nodiscard]] std::vector<Candidate> standard_candidates();

/// Tries each candidate on call numbers in shelf order; the fewest violations first, among
/// equals the scheme that more of the call numbers look like, then the order the candidates came
/// in.
///
/// Shape:  n call numbers, one Explanation a candidate. O(candidates * n log n).
[[nodiscard]] std::vector<Explanation> learn(std::span<const std::string> shelf,
                                             std::vector<Candidate> candidates,
                                             std::size_t shown_positions = 10);

}  // namespace tushu::callno
