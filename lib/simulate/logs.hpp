// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/output.hpp"
#include "simulate/library.hpp"
#include "simulate/truth.hpp"

#include <functional>

namespace tushu::simulate {

struct CirculationTruth {
    std::uint64_t rows = 0;
    Tally months, branches;  // month or branch, measure
    Tally faults;            // code
    Tally totals;            // measure
};

/// Writes a year's circulation log of eight branches in order of time.
///
/// Shape:  `count` events one row each, and the rows of planted faults when `with_faults`; constant
///         memory. `file_of` gives the file of a month (1-12).
/// Faults: unreadable times, unknown types, empty branches, rows that stand there twice, a month's
/// last
///         rows once more in the next month's file, events of other years. One branch writes UTC.
/// Errors: Error{io} from the outputs.
CirculationTruth write_circulation(const Library& library, std::uint64_t count, bool with_faults,
                                   const std::function<Output&(unsigned month)>& file_of);

struct RequestsTruth {
    std::uint64_t requests = 0, rejects = 0, events = 0, refused_events = 0, repeated_events = 0;
    Tally states;  // partner, role, service, state
    Tally filled;  // month, service, role
};

/// Writes `count` interlibrary requests and what partners and operators confirmed of them, in order
/// of days; a few requests cannot be used and a few events cannot have happened.
RequestsTruth write_requests(const Library& library, std::uint64_t count, Output& requests,
                             Output& confirmations);

struct HandCountsTruth {
    std::uint64_t rows = 0, rejects = 0;
    std::map<std::string, std::int64_t> targets;    // id -> total; absent: nobody counted
    std::map<std::string, std::string> milestones;  // id -> day done; absent: not done
};

/// Writes signed counts for those targets of the plan that no system counts: monthly, between 55
/// and 115 percent of the target over the year, some taken back, some targets not counted at all.
HandCountsTruth write_hand_counts(const Library& library, Output& out);

/// A target or milestone of the 2019 plan.
struct PlanEntry {
    std::string_view id;
    std::string_view due;  // milestones only
};
[[nodiscard]] std::span<const PlanEntry> milestones();
[[nodiscard]] std::vector<std::string> target_ids();

}  // namespace tushu::simulate
