// SPDX-License-Identifier: Apache-2.0
#include "stats/targets.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace tushu::stats {
namespace {

using Sums =
    std::map<std::string, std::map<std::string, std::int64_t>, std::less<>>;  // measure, category

Sums sums(store::Store& store, Day first, Day last) {
    Sums out;
    store::Rows rows = store.query(
        "SELECT measure, category, CAST(SUM(n) AS BIGINT) FROM daily_count WHERE day >= $1 AND day "
        "<= $2 "
        "GROUP BY measure, category ORDER BY measure, category",
        text_of(first), text_of(last));
    while (rows.next()) out[std::string(rows.text(0))][std::string(rows.text(1))] = rows.integer(2);
    return out;
}

struct DayNumber {
    Day day;
    std::int64_t n = 0;
};

/// What was entered under one id, by day.
std::vector<DayNumber> by_day(store::Store& store, const std::string& measure, Day last) {
    std::vector<DayNumber> out;
    store::Rows rows = store.query(
        "SELECT day, CAST(SUM(n) AS BIGINT) FROM daily_count WHERE measure = $1 AND day <= $2 "
        "GROUP BY day ORDER BY day",
        measure, text_of(last));
    while (rows.next())
        if (const auto day = parse_day(rows.text(0))) out.push_back({*day, rows.integer(1)});
    return out;
}

std::optional<std::int64_t> flow(const Sums& sums, const Target& target) {
    std::optional<std::int64_t> total;
    for (const auto& measure : target.formula.measures) {
        const auto found = sums.find(measure);
        if (found == sums.end()) continue;
        std::int64_t n = 0;
        for (const auto& [category, count] : found->second)
            if (target.formula.takes(category)) n += count;
        total = total.value_or(0) + n;
    }
    if (const auto hand = sums.find(target.id); hand != sums.end())
        for (const auto& [category, count] : hand->second) total = total.value_or(0) + count;
    return total;
}

std::int64_t along(std::int64_t from, std::int64_t to, std::int64_t part, std::int64_t whole) {
    if (whole <= 0 || part >= whole) return to;
    return from + (to - from) * std::max<std::int64_t>(part, 0) / whole;
}

State state_of(std::optional<std::int64_t> actual, std::int64_t least_in_the_end,
               std::int64_t least_by_now) {
    if (!actual) return State::missing;
    if (*actual >= least_in_the_end) return State::reached;
    return *actual >= least_by_now ? State::on_course : State::behind;
}

TargetProgress stock(store::Store& store, const Plan& plan, const Target& target, Day as_of) {
    std::vector<DayNumber> counts = by_day(store, target.id, std::min(as_of, plan.end));
    // A count that a correction has taken back to nothing was no count.
    counts.erase(
        std::remove_if(counts.begin(), counts.end(), [](const DayNumber& c) { return c.n == 0; }),
        counts.end());
    TargetProgress out{&target, {}, {}, State::missing};
    if (as_of >= plan.end) out.expected = target.low;
    if (counts.empty()) return out;
    out.actual = counts.back().n;
    const DayNumber* opening = &counts.front();
    for (const auto& count : counts)
        if (count.day <= plan.begin) opening = &count;
    const Day from = std::max(opening->day, plan.begin);
    const auto now = days_between(from, as_of), whole = days_between(from, plan.end);
    const std::int64_t need = least(target, plan.about_tolerance_percent);
    out.expected = along(std::min(opening->n, target.low), target.low, now, whole);
    out.state = state_of(out.actual, need, along(std::min(opening->n, need), need, now, whole));
    return out;
}

MilestoneProgress milestone_on(store::Store& store, const Milestone& milestone, Day as_of) {
    MilestoneProgress out{&milestone, {}, MilestoneState::due};
    std::int64_t total = 0;
    for (const auto& count : by_day(store, milestone.id, as_of)) {
        const bool was_done = total > 0;
        total += count.n;
        if (total > 0 && !was_done) out.done = count.day;
        if (total <= 0) out.done.reset();
    }
    if (out.done)
        out.state = MilestoneState::done;
    else if (as_of > milestone.due)
        out.state = MilestoneState::overdue;
    return out;
}

}  // namespace

std::string_view name_of(State state) {
    constexpr std::string_view kNames[] = {"reached", "on_course", "behind", "missing"};
    return kNames[static_cast<std::size_t>(state)];
}

std::string_view name_of(MilestoneState state) {
    constexpr std::string_view kNames[] = {"done", "due", "overdue"};
    return kNames[static_cast<std::size_t>(state)];
}

std::int64_t least(const Target& target, std::int64_t about_tolerance_percent) {
    switch (target.op) {
        case Op::more_than:
            return target.low + 1;
        case Op::about:
            return (target.low * (100 - about_tolerance_percent) + 99) / 100;
        case Op::at_least:
        case Op::range:
            break;
    }
    return target.low;
}

Elapsed elapsed(const Plan& plan, Day as_of) {
    const std::int64_t whole = days_between(plan.begin, plan.end) + 1;
    return {std::clamp<std::int64_t>(days_between(plan.begin, as_of) + 1, 0, whole), whole};
}

PlanProgress progress(store::Store& store, const Plan& plan, Day as_of) {
    PlanProgress out;
    const Sums counted = sums(store, plan.begin, std::min(as_of, plan.end));
    const auto [days, whole] = elapsed(plan, as_of);
    for (const auto& target : plan.targets) {
        if (target.kind == Kind::stock) {
            out.targets.push_back(stock(store, plan, target, as_of));
            continue;
        }
        const std::int64_t need = least(target, plan.about_tolerance_percent);
        const auto actual = flow(counted, target);
        out.targets.push_back({&target, actual, along(0, target.low, days, whole),
                               state_of(actual, need, along(0, need, days, whole))});
    }
    for (const auto& milestone : plan.milestones)
        out.milestones.push_back(milestone_on(store, milestone, as_of));
    return out;
}

}  // namespace tushu::stats
