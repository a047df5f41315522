// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "marc/path.hpp"

#include <string>
#include <vector>

namespace tushu::marc {

/// Appends the first values of `paths` in a record as a key whose bytes sort like the values, one
/// path after the other; `descending` turns the order round.
void append_sort_key(std::string& key, const Record& record, const std::vector<Path>& paths,
                     bool descending);

}  // namespace tushu::marc
