// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace tushu::job {

/// The lines that differ, each behind "-" (only in `before`) or "+" (only in `after`), with "@@
/// line N" (of `after`) before each group. For job files: quadratic in the lines that differ.
[[nodiscard]] std::vector<std::string> line_diff(std::string_view before, std::string_view after);

}  // namespace tushu::job
