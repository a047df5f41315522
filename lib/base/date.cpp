// SPDX-License-Identifier: Apache-2.0
#include "base/date.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <date/date.h>
#include <date/tz.h>
#include <fmt/format.h>

#include <charconv>

namespace tushu {
namespace {

const date::time_zone* zone_named(const std::string& zone) {
    try {
        return date::locate_zone(zone);
    } catch (const std::runtime_error&) {
        throw Error(Fault::config,
                    msg("the time-zone database does not know \"{}\"", printable(zone)),
                    msg("use a name such as Asia/Shanghai"));
    }
}

/// Exactly `count` digits at the front of `text`, which is shortened by them.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
    if (text.size() < count) return std::nullopt;
    int value = 0;
    for (const char c : text.substr(0, count)) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(count);
    return value;
}

std::optional<Day> take_day(std::string_view& text) {
    const auto year = take_digits(text, 4);
    const bool has_dash = text.starts_with('-');
    if (has_dash) text.remove_prefix(1);
    const auto month = take_digits(text, 2);
    if (has_dash) {
        if (!text.starts_with('-')) return std::nullopt;
        text.remove_prefix(1);
    }
    const auto day = take_digits(text, 2);
    if (!year || !month || !day) return std::nullopt;
    const Day result{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                     std::chrono::day(static_cast<unsigned>(*day))};
    if (!result.ok()) return std::nullopt;
    return result;
}

date::local_seconds local(Day day, std::chrono::seconds time) {
    return date::local_seconds(std::chrono::sys_days(day).time_since_epoch() + time);
}

Instant to_utc(const date::time_zone* zone, date::local_seconds time) {
    const auto info = zone->get_info(time);
    if (info.result == date::local_info::nonexistent)
        return Instant(info.first.end.time_since_epoch());  // the instant at which the clock jumped
    return Instant(time.time_since_epoch() - info.first.offset);
}

}  // namespace

Clock system_clock() {
    return
        [] { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); };
}

Clock fixed_clock(Instant instant) {
    return [instant] { return instant; };
}

std::optional<Day> parse_day(std::string_view text) {
    const auto day = take_day(text);
    return text.empty() ? day : std::nullopt;
}

std::string text_of(Day day) {
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                       static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

std::optional<Instant> parse_instant(std::string_view text, const std::string& zone) {
    const auto day = take_day(text);
    if (!day || (!text.starts_with('T') && !text.starts_with(' '))) return std::nullopt;
    text.remove_prefix(1);
    const auto hours = take_digits(text, 2);
    if (!hours || !text.starts_with(':')) return std::nullopt;
    text.remove_prefix(1);
    const auto minutes = take_digits(text, 2);
    int seconds = 0;
    if (text.starts_with(':')) {
        text.remove_prefix(1);
        const auto value = take_digits(text, 2);
        if (!value) return std::nullopt;
        seconds = *value;
        if (text.starts_with('.')) {  // fractions are dropped: nothing here is finer than a second
            const std::size_t end = text.find_first_not_of("0123456789", 1);
            if (end == 1 || text.size() == 1) return std::nullopt;
            text.remove_prefix(end == std::string_view::npos ? text.size() : end);
        }
    }
    if (!minutes || *hours > 23 || *minutes > 59 || seconds > 60) return std::nullopt;
    const auto time =
        std::chrono::hours(*hours) + std::chrono::minutes(*minutes) + std::chrono::seconds(seconds);
    if (text.empty()) return to_utc(zone_named(zone), local(*day, time));
    if (text == "Z") return Instant(std::chrono::sys_days(*day)) + time;
    const int sign = text.front() == '+' ? 1 : text.front() == '-' ? -1 : 0;
    text.remove_prefix(1);
    const auto offset_hours = take_digits(text, 2);
    if (text.starts_with(':')) text.remove_prefix(1);
    const auto offset_minutes = take_digits(text, 2);
    if (sign == 0 || !offset_hours || !offset_minutes || !text.empty()) return std::nullopt;
    if (*offset_hours > 23 || *offset_minutes > 59) return std::nullopt;
    return Instant(std::chrono::sys_days(*day)) + time -
           sign * (std::chrono::hours(*offset_hours) + std::chrono::minutes(*offset_minutes));
}

std::string text_of(Instant instant) {
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    const std::chrono::hh_mm_ss time(instant - day);
    return fmt::format("{}T{:02}:{:02}:{:02}Z", text_of(Day(day)), time.hours().count(),
                       time.minutes().count(), time.seconds().count());
}

Day local_day(Instant instant, const std::string& zone) {
    const auto time = zone_named(zone)->to_local(instant);
    const auto days = date::floor<date::days>(time);
    return Day(std::chrono::sys_days(std::chrono::days(days.time_since_epoch().count())));
}

std::string local_text(Instant instant, const std::string& zone) {
    const auto time = zone_named(zone)->to_local(instant);
    const std::string utc_like = text_of(Instant(time.time_since_epoch()));
    return utc_like.substr(0, 10) + " " + utc_like.substr(11, 8);
}

Instant start_of_day(Day day, const std::string& zone) {
    return to_utc(zone_named(zone), local(day, std::chrono::seconds(0)));
}

void check_zone(const std::string& zone) { (void)zone_named(zone); }

}  // namespace tushu
