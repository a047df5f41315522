// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "marc/stream.hpp"

#include <cstdint>
#include <functional>

namespace tushu::marc {

/// Counts the records of an input by their frames; only frames that look damaged are read further.
/// `refused` gets what is no record; it is not part of the count.
[[nodiscard]] std::uint64_t count_records(Input& input, const ReadOptions& options,
                                          const std::function<void(const Rejected&)>& refused,
                                          const std::function<void(std::uint64_t)>& tick);

}  // namespace tushu::marc
