// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace tushu {

using Day = std::chrono::year_month_day;
using Instant = std::chrono::sys_seconds;  // UTC
/// The clock is an argument: programs pass system_clock(), tests a fixed one.
using Clock = std::function<Instant()>;

/// Now, or SOURCE_DATE_EPOCH's instant where the caller passes its value.
[[nodiscard]] Clock system_clock();
[[nodiscard]] Clock fixed_clock(Instant instant);

/// "2019-12-31" or "20191231"; nullopt unless it is a real day.
[[nodiscard]] std::optional<Day> parse_day(std::string_view text);
[[nodiscard]] std::string text_of(Day day);  // 2019-12-31
/// RFC 3339 with Z or an offset; also "2019-03-01 08:15:00" and "...T08:15" taken in `zone`.
/// Errors: nullopt for unreadable text. A local time that daylight saving skips is shifted forward,
/// one that occurs twice is the first.
[[nodiscard]] std::optional<Instant> parse_instant(std::string_view text, const std::string& zone);
[[nodiscard]] std::string text_of(Instant instant);  // 2019-12-31T16:00:00Z
/// The day in `zone` at `instant`. Errors: Error{config} for an unknown zone name.
[[nodiscard]] Day local_day(Instant instant, const std::string& zone);
[[nodiscard]] std::string local_text(Instant instant,
                                     const std::string& zone);  // 2020-01-01 00:00:00
[[nodiscard]] Instant start_of_day(Day day, const std::string& zone);
/// Throws Error{config} unless the time-zone database knows `zone`.
void check_zone(const std::string& zone);

[[nodiscard]] inline int days_between(Day from, Day to) {
    return static_cast<int>((std::chrono::sys_days(to) - std::chrono::sys_days(from)).count());
}
[[nodiscard]] inline Day plus_days(Day day, int days) {
    return Day(std::chrono::sys_days(day) + std::chrono::days(days));
}

}  // namespace tushu
