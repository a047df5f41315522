// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tushu::simulate {

/// Counts by key columns, in key order.
using Tally = std::map<std::vector<std::string>, std::int64_t>;

/// A table of known answers: rows of the columns named, in a stated order.
struct TruthTable {
    std::string name;
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
    std::size_t numbers = 0;  // this many of the last columns are numbers
};

/// The rows of a tally: its keys and, last, its count; keys with a count of 0 are left out.
[[nodiscard]] TruthTable table_of(std::string name, std::vector<std::string> columns,
                                  const Tally& tally);

/// What must be counted in a library made by this module, in the form of truth.json.
struct Truth {
    std::uint64_t seed = 0;
    std::string size;
    int year = 0;
    std::vector<TruthTable> tables;
    [[nodiscard]] std::string json() const;
};

}  // namespace tushu::simulate
