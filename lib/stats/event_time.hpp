// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/date.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tushu::stats {

/// When something happened, as the statistics need it: the library's day and the second of that
/// day.
struct EventTime {
    std::int32_t day = 0;  // days since 1970-01-01, in the library's zone
    std::int32_t second =
        0;  // seconds since that day's local midnight; up to 90,000 where clocks go back
    bool operator==(const EventTime&) const = default;
};

/// Reads the times of logs, millions a second.
///
/// Shape:  "2019-03-01 08:15:00" is local time; RFC 3339 with Z or an offset is an instant and is
/// put on
///         the library's day. The two common forms are read by hand with one zone look-up a day;
///         anything else goes through parse_instant().
/// Errors: Error{config} for an unknown zone; nullopt for unreadable text.
class EventClock {
  public:
    explicit EventClock(std::string zone);
    [[nodiscard]] std::optional<EventTime> read(std::string_view text);

  private:
    struct DayFacts {
        std::int64_t start = 0;  // UTC second of local midnight
        bool is_plain = false;   // 24 hours long
    };
    const DayFacts& facts(std::int32_t day);
    [[nodiscard]] std::optional<std::int32_t> date(std::string_view text);
    [[nodiscard]] EventTime at(std::int64_t instant);
    std::string zone_;
    std::unordered_map<std::int32_t, DayFacts> days_;
    std::array<char, 10> last_text_{};
    std::int32_t last_day_ = 0;
    DayFacts last_facts_;
};

/// Days since 1970-01-01 as text and back.
[[nodiscard]] std::string text_of_day_number(std::int32_t day);
[[nodiscard]] std::int32_t day_number(Day day);

}  // namespace tushu::stats
