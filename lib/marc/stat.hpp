// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/table.hpp"
#include "marc/path.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tushu::marc {

/// Counts what records are made of: fields and subfields, indicators, values of paths, sizes.
class Statistics {
  public:
    explicit Statistics(std::vector<Path> values)
        : values_(std::move(values)), value_counts_(values_.size()) {}
    void add(const Record& record);

    /// tag, code, records that have it, share of all, how often, most in one record, mean length.
    [[nodiscard]] Table fields() const;
    [[nodiscard]] Table indicators() const;
    /// The `top` most frequent values of each path, with a note about the others; all for 0.
    [[nodiscard]] Table values(std::size_t top) const;
    /// Records by size in ISO 2709, with the limits that matter.
    [[nodiscard]] Table sizes() const;
    [[nodiscard]] std::uint64_t records() const { return records_; }

  private:
    struct Count {
        std::uint64_t records = 0, times = 0, bytes = 0, most = 0, last = 0, here = 0;
        void add(std::uint64_t record, std::size_t size);
    };
    std::vector<Path> values_;
    std::uint64_t records_ = 0;
    std::map<std::string, Count> fields_;              // "245" or "245a"
    std::map<std::string, std::uint64_t> indicators_;  // "24510"
    std::vector<std::map<std::string, std::uint64_t>> value_counts_;
    std::array<std::uint64_t, 8> sizes_{};
    std::uint64_t bytes_ = 0, largest_ = 0;
};

}  // namespace tushu::marc
