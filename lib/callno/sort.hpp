// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace tushu::callno {

/// Sorts any number of lines by their keys within a fixed amount of memory.
///
/// Shape:  add() keys with their lines, then finish() hands the lines out in key order; lines with
/// equal
///         keys keep the order they came in. What does not fit goes to one nameless scratch file,
///         about as large as the lines and keys together.
/// Units:  `memory` is bytes for lines, keys and merge buffers together (at least 1 MiB is used).
/// Errors: Error{io} when the scratch file cannot be made, written or read (disk full).
class Sorter {
  public:
    struct Limits {
        std::size_t memory = std::size_t{256} << 20U;
        std::string scratch_folder = "/tmp";
    };
    explicit Sorter(Limits limits);
    ~Sorter();
    Sorter(const Sorter&) = delete;
    Sorter& operator=(const Sorter&) = delete;

    void add(std::string_view key, std::string_view line);
    void finish(const std::function<void(std::string_view line)>& write);
    [[nodiscard]] std::uint64_t lines() const { return lines_; }
    /// Sorted stretches that went to the scratch file; 0: everything fitted.
    [[nodiscard]] std::size_t runs() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
    std::uint64_t lines_ = 0;
};

}  // namespace tushu::callno
