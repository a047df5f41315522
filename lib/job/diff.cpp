// SPDX-License-Identifier: Apache-2.0
#include "job/diff.hpp"

#include <cstdint>

namespace tushu::job {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> out;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        out.push_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return out;
}

}  // namespace

std::vector<std::string> line_diff(std::string_view before, std::string_view after) {
    const auto a = lines_of(before), b = lines_of(after);
    std::size_t head = 0;
    while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
    std::size_t tail = 0;
    while (tail < a.size() - head && tail < b.size() - head &&
           a[a.size() - 1 - tail] == b[b.size() - 1 - tail])
        ++tail;
    const std::size_t rows = a.size() - head - tail, columns = b.size() - head - tail;
    // common[i][j]: length of the longest common subsequence of what follows line i and line j.
    std::vector<std::vector<std::uint32_t>> common(rows + 1,
                                                   std::vector<std::uint32_t>(columns + 1, 0));
    for (std::size_t i = rows; i-- > 0;)
        for (std::size_t j = columns; j-- > 0;)
            common[i][j] = a[head + i] == b[head + j]
                               ? common[i + 1][j + 1] + 1
                               : std::max(common[i + 1][j], common[i][j + 1]);
    std::vector<std::string> out;
    bool is_in_group = false;
    const auto say = [&](char sign, std::string_view line, std::size_t j) {
        if (!is_in_group) out.push_back("@@ line " + std::to_string(head + j + 1));
        is_in_group = true;
        out.push_back(sign + std::string(line));
    };
    for (std::size_t i = 0, j = 0; i < rows || j < columns;) {
        if (i < rows && j < columns && a[head + i] == b[head + j]) {
            ++i;
            ++j;
            is_in_group = false;
        } else if (i < rows && (j == columns || common[i + 1][j] >= common[i][j + 1])) {
            say('-', a[head + i], j);
            ++i;
        } else {
            say('+', b[head + j], j);
            ++j;
        }
    }
    return out;
}

}  // namespace tushu::job
