// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/message.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace tushu {

/// Rate, share and time left of long work: redrawn in place on a terminal, a line a minute in a
/// log.
///
/// `write` receives finished text for standard error. tick() is cheap enough for every record.
class Progress {
  public:
    enum class Style { none, terminal, log };
    using Write = std::function<void(const std::string&)>;
    Progress(Style style, Lang lang, Write write);
    ~Progress();  // clears the terminal line
    /// Names the work and, where known, its size in the same unit that done() reports.
    void begin(const Message& what, std::optional<std::uint64_t> total);
    /// `done` of `total` units of size, and `count` records so far.
    void tick(std::uint64_t done, std::uint64_t count) {
        if (style_ == Style::none || ++calls_ % 1024 != 0) return;
        show(done, count);
    }
    void end();

  private:
    void show(std::uint64_t done, std::uint64_t count);
    Style style_;
    Lang lang_;
    Write write_;
    std::string what_;
    std::optional<std::uint64_t> total_;
    std::uint64_t calls_ = 0;
    std::chrono::steady_clock::time_point start_, last_;
    bool is_shown_ = false;
};

}  // namespace tushu
