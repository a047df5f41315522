// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "stats/definitions.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tushu::stats {

/// How a target stands. Missing: no source has given a number, which is not the same as 0.
enum class State { reached, on_course, behind, missing };
/// How a milestone stands. Done late is done; the days tell.
enum class MilestoneState { done, due, overdue };
[[nodiscard]] std::string_view name_of(State state);           // "on_course"
[[nodiscard]] std::string_view name_of(MilestoneState state);  // "overdue"

/// One target on one day.
///
/// Units: `actual` and `expected` are in the target's unit. A flow is expected to grow in a
/// straight
///        line over the period, the day itself included, rounded down; a stock from its first count
///        of the period (or the last one before) to its number at the period's end.
struct TargetProgress {
    const Target* target = nullptr;  // borrowed from the plan
    std::optional<std::int64_t> actual;
    std::optional<std::int64_t> expected;  // absent: a stock without any count to start from
    State state = State::missing;
};

struct MilestoneProgress {
    const Milestone* milestone = nullptr;  // borrowed from the plan
    std::optional<Day> done;               // the day from which on it is entered as done
    MilestoneState state = MilestoneState::due;
};

struct PlanProgress {
    std::vector<TargetProgress> targets;
    std::vector<MilestoneProgress> milestones;
};

/// Where the plan stands on `as_of`: nothing that happened later is counted, nothing outside the
/// period.
[[nodiscard]] PlanProgress progress(store::Store& store, const Plan& plan, Day as_of);

/// The smallest number with which `target` is kept: one more than the number for more_than, the
/// number less the tolerance (rounded up) for about, the lower end of a range.
[[nodiscard]] std::int64_t least(const Target& target, std::int64_t about_tolerance_percent);

/// Days of the period that have gone by on `as_of`, that day included.
struct Elapsed {
    std::int64_t days = 0, of = 1;
};
[[nodiscard]] Elapsed elapsed(const Plan& plan, Day as_of);

}  // namespace tushu::stats
