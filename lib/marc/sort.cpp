// SPDX-License-Identifier: Apache-2.0
#include "marc/sort.hpp"

namespace tushu::marc {

void append_sort_key(std::string& key, const Record& record, const std::vector<Path>& paths,
                     bool descending) {
    const std::size_t begin = key.size();
    for (const auto& path : paths) {
        key += path.first(record);
        key += '\0';  // a shorter value comes before a longer one that begins with it
    }
    if (!descending) return;
    for (std::size_t i = begin; i < key.size(); ++i)
        key[i] = static_cast<char>(~static_cast<unsigned char>(key[i]));
}

}  // namespace tushu::marc
