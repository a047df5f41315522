// SPDX-License-Identifier: Apache-2.0
#include "base/progress.hpp"

#include <fmt/format.h>

namespace tushu {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds(200);
constexpr auto kLogLine = std::chrono::minutes(1);

std::string clock_text(double seconds) {
    const auto whole = static_cast<std::int64_t>(seconds);
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

}  // namespace

Progress::Progress(Style style, Lang lang, Write write)
    : style_(style), lang_(lang), write_(std::move(write)) {}

Progress::~Progress() {
    if (is_shown_ && style_ == Style::terminal) write_("\r\x1B[K");
}

void Progress::begin(const Message& what, std::optional<std::uint64_t> total) {
    what_ = what.text(lang_);
    total_ = total;
    start_ = last_ = std::chrono::steady_clock::now();
}

void Progress::show(std::uint64_t done, std::uint64_t count) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ <
        (style_ == Style::terminal ? std::chrono::steady_clock::duration(kRedraw) : kLogLine))
        return;
    last_ = now;
    const double seconds = std::chrono::duration<double>(now - start_).count();
    const std::string rate = fmt::format("{:.0f}", static_cast<double>(count) / seconds);
    std::string text = msg("{}: {}, {} a second", what_, count, rate).text(lang_);
    if (total_ && *total_ != 0 && done != 0 && done <= *total_) {
        const double share = static_cast<double>(done) / static_cast<double>(*total_);
        text += msg(", {} %, {} left", fmt::format("{:.0f}", share * 100),
                    clock_text(seconds / share - seconds))
                    .text(lang_);
    }
    write_(style_ == Style::terminal ? "\r" + text + "\x1B[K" : text + "\n");
    is_shown_ = true;
}

void Progress::end() {
    if (is_shown_ && style_ == Style::terminal) write_("\r\x1B[K");
    is_shown_ = false;
}

}  // namespace tushu
