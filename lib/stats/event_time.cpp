// SPDX-License-Identifier: Apache-2.0
#include "stats/event_time.hpp"

#include <cstring>

namespace tushu::stats {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;

/// Two digits; 255 when they are none.
unsigned two(const char* at) {
    const unsigned tens = static_cast<unsigned char>(at[0]) - unsigned{'0'};
    const unsigned ones = static_cast<unsigned char>(at[1]) - unsigned{'0'};
    return tens > 9 || ones > 9 ? 255 : tens * 10 + ones;
}

/// "hh:mm:ss" to seconds; nullopt for anything else, the leap second :60 included (parse_instant
/// knows it).
std::optional<std::int32_t> seconds_of(const char* at) {
    const unsigned hours = two(at), minutes = two(at + 3), seconds = two(at + 6);
    if (hours > 23 || minutes > 59 || seconds > 59 || at[2] != ':' || at[5] != ':')
        return std::nullopt;
    return static_cast<std::int32_t>(hours * 3600 + minutes * 60 + seconds);
}

std::int64_t seconds(Instant instant) { return instant.time_since_epoch().count(); }

Day day_from(std::int32_t number) { return Day(std::chrono::sys_days(std::chrono::days(number))); }

}  // namespace

EventClock::EventClock(std::string zone) : zone_(std::move(zone)) { check_zone(zone_); }

const EventClock::DayFacts& EventClock::facts(std::int32_t day) {
    const auto [place, is_new] = days_.try_emplace(day);
    if (is_new) {
        const std::int64_t start = seconds(start_of_day(day_from(day), zone_));
        const std::int64_t next = seconds(start_of_day(day_from(day + 1), zone_));
        place->second = {start, next - start == kDaySeconds};
    }
    return place->second;
}

std::optional<std::int32_t> EventClock::date(std::string_view text) {
    if (text != std::string_view(last_text_.data(), last_text_.size())) {
        const auto day = parse_day(text);
        if (!day) return std::nullopt;
        last_day_ = day_number(*day);
        last_facts_ = facts(last_day_);
        std::memcpy(last_text_.data(), text.data(), last_text_.size());
    }
    return last_day_;
}

EventTime EventClock::at(std::int64_t instant) {
    // The local day is the UTC day or a neighbour of it.
    auto day = static_cast<std::int32_t>((instant >= 0 ? instant : instant - kDaySeconds + 1) /
                                         kDaySeconds);
    while (facts(day).start > instant) --day;
    while (facts(day + 1).start <= instant) ++day;
    return {day, static_cast<std::int32_t>(instant - facts(day).start)};
}

std::optional<EventTime> EventClock::read(std::string_view text) {
    const bool is_zulu = text.size() == 20 && text[19] == 'Z';
    if ((text.size() == 19 || is_zulu) && (text[10] == ' ' || text[10] == 'T')) {
        const auto second = seconds_of(text.data() + 11);
        if (second) {
            const auto day = date(text.substr(0, 10));
            if (!day) return std::nullopt;
            if (is_zulu) return at(*day * kDaySeconds + *second);
            if (last_facts_.is_plain) return EventTime{*day, *second};
        }
    }
    const auto instant = parse_instant(text, zone_);
    if (!instant) return std::nullopt;
    return at(seconds(*instant));
}

std::string text_of_day_number(std::int32_t day) { return text_of(day_from(day)); }

std::int32_t day_number(Day day) {
    return static_cast<std::int32_t>(std::chrono::sys_days(day).time_since_epoch().count());
}

}  // namespace tushu::stats
