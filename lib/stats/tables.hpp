// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/table.hpp"
#include "stats/definitions.hpp"
#include "store/store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::stats {

/// The tables of the annual report on `as_of`: plan, milestones, circulation-months,
/// circulation-branches, circulation-faults. Rows are sorted; zeros are left out of the circulation
/// tables.
[[nodiscard]] std::vector<Table> tables(store::Store& store, const Plan& plan, Day as_of);
[[nodiscard]] Table plan_table(store::Store& store, const Plan& plan, Day as_of);
[[nodiscard]] Table milestones_table(store::Store& store, const Plan& plan, Day as_of);

/// Words for the codes in the columns `state` and `op`; the code itself for one that is not known.
[[nodiscard]] Message state_text(std::string_view code);
[[nodiscard]] Message op_text(std::string_view code);

/// What to count: days from `first` to `last`, of `measures` (all, when empty), of one branch or of
/// the categories that fit a pattern.
struct CountQuery {
    std::optional<Day> first, last;
    std::vector<std::string> measures;
    std::optional<std::string> branch, category;
    std::vector<std::string>
        by;  // of day, month, year, branch, category, origin; in the order of columns
};
/// The words that CountQuery::by may hold.
[[nodiscard]] const std::vector<std::string>& count_dimensions();
/// Sums of the daily counts: one row for each measure and value of the dimensions, sorted, no
/// zeros.
[[nodiscard]] Table count_table(store::Store& store, const CountQuery& query);

/// Where one number of the plan table comes from. Errors: Error{usage} for an id that is not in the
/// plan, with the nearest one.
struct Explanation {
    Table facts;    // target: the definition and the formula in words
    Table months;   // target-months: what each month added, by measure
    Table inputs;   // target-inputs: origins with file, SHA-256, rows, duplicates, rejects
    Table entries;  // target-entries: the signed hand counts
};
[[nodiscard]] Explanation explain(store::Store& store, const Definitions& definitions,
                                  const std::string& id, Day as_of);

}  // namespace tushu::stats
