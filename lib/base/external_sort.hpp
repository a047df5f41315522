// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tushu {

/// Sorts any number of keyed values within a fixed amount of memory.
///
/// Shape:  add() everything, then next() steps through it in the byte order of the keys; equal keys
///         keep the order they came in. What does not fit goes to one nameless scratch file, about
///         as large as keys and values together.
/// Units:  `memory` is bytes for keys, values and merge buffers together (at least 1 MiB is used).
/// Errors: Error{io} when the scratch file cannot be made, written or read (disk full).
class ExternalSort {
  public:
    struct Limits {
        std::size_t memory = std::size_t{256} << 20U;
        std::string scratch_folder = "/tmp";
    };
    explicit ExternalSort(Limits limits);
    ~ExternalSort();
    ExternalSort(const ExternalSort&) = delete;
    ExternalSort& operator=(const ExternalSort&) = delete;

    void add(std::string_view key, std::string_view value);
    /// Moves to the first, then to the next value; false at the end. Nothing can be added any more.
    [[nodiscard]] bool next();
    /// Of the value at hand; good until the next call.
    [[nodiscard]] std::string_view key() const { return key_; }
    [[nodiscard]] std::string_view value() const { return value_; }
    /// Values added.
    [[nodiscard]] std::uint64_t size() const { return size_; }
    /// Sorted stretches that went to the scratch file; 0: everything fitted.
    [[nodiscard]] std::size_t runs() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
    std::string_view key_, value_;
    std::uint64_t size_ = 0;
};

/// A number as eight bytes that sort like it, for keys.
[[nodiscard]] std::string sortable(std::uint64_t number);
/// The number that sortable() wrote at the beginning of `bytes`.
[[nodiscard]] std::uint64_t from_sortable(std::string_view bytes);

}  // namespace tushu
