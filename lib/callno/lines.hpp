// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/input.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace tushu::callno {

/// Lines of a list of call numbers, as views into the input's window.
///
/// Shape:  LF or CRLF ends a line and belongs to no line; a last line without one counts. A byte
/// order
///         mark in front of the first line is skipped.
/// Units:  number() counts lines from 1.
/// Errors: Error{bad_input} for a line above 1 MiB: that is no list of call numbers.
///
/// The input is borrowed. A view is valid until the next call.
class LineReader {
  public:
    explicit LineReader(Input& input) : input_(input) {}
    [[nodiscard]] std::optional<std::string_view> next();
    [[nodiscard]] std::uint64_t number() const { return number_; }

  private:
    Input& input_;
    std::size_t used_ = 0;  // bytes of the window that the line of the last call takes
    std::uint64_t number_ = 0;
};

}  // namespace tushu::callno
