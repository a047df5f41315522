// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "marc/path.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tushu::marc {

struct SortOptions {
    std::vector<Path> by;
    bool descending = false;
    std::string folder = ".";                     // where runs are kept meanwhile
    std::size_t memory = std::size_t{32} << 20U;  // bytes of records held at once
};

/// Sorts any number of records in bounded memory: runs on disk, merged at the end. Records with
/// equal keys keep their order.
///
/// Errors: Error{io} when a run cannot be written or read.
class Sorter {
  public:
    explicit Sorter(SortOptions options);
    ~Sorter();
    Sorter(const Sorter&) = delete;
    Sorter& operator=(const Sorter&) = delete;
    void add(const Record& record);
    /// Hands all records out in order. Once, at the end.
    void finish(const std::function<void(const Record&)>& take);

  private:
    struct Item {
        std::string key;
        std::uint64_t number = 0;
        std::string record;
    };
    struct Run;
    [[nodiscard]] bool before(const Item& left, const Item& right) const;
    void sort_held();
    void spill();
    SortOptions options_;
    std::vector<Item> held_;
    std::size_t held_bytes_ = 0;
    std::uint64_t number_ = 0;
    std::vector<std::unique_ptr<Run>> runs_;
};

}  // namespace tushu::marc
