// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/config.hpp"
#include "base/date.hpp"
#include "base/message.hpp"
#include "base/yaml.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::stats {

/// One kind of daily count: what store::DailyCount.measure may name.
struct Measure {
    std::string id;  // "loans"
    Message name;
    Message definition;
    Message unit;
    std::vector<std::string>
        log_types;  // words for it in a circulation log; empty: not counted from one
};

/// The measures of data/measures.yaml, in file order.
///
/// Errors: Error{config} with line and column for unknown keys (with the nearest one), unknown
/// units and
///         a log word that two measures claim.
class Measures {
  public:
    static Measures load(const std::string& path);
    static Measures parse(const Yaml& yaml);
    [[nodiscard]] const std::vector<Measure>& all() const { return all_; }
    [[nodiscard]] const Measure* find(std::string_view id) const;  // nullptr: no such measure

  private:
    std::vector<Measure> all_;
};

/// How the plan words a target: "over 5 million", "100 or more", "about 30,000", "3 to 6".
enum class Op { more_than, at_least, about, range };
/// A flow is added up over the period; a stock is what there is on the day.
enum class Kind { flow, stock };
[[nodiscard]] std::string_view name_of(Op op);      // "more_than" ...
[[nodiscard]] std::string_view name_of(Kind kind);  // "flow", "stock"

/// Which daily counts a target adds up: measures, and of them the categories that fit any of
/// `categories` (all, when empty) and none of `except`. No measures: hand counts only.
struct Formula {
    std::vector<std::string> measures;
    std::vector<std::string> categories;
    std::vector<std::string> except;
    [[nodiscard]] bool takes(std::string_view category) const;
    /// "loans + in_house_use", "bibs_created [*/book] - [chi/*, rus/*]", "hand counts".
    [[nodiscard]] std::string text() const;
};
/// `*` stands for any text, everything else for itself.
[[nodiscard]] bool fits(std::string_view category, std::string_view pattern);

/// A number that the plan promises.
struct Target {
    std::string id;  // "T03.01"
    std::int64_t section = 0;
    Message name, unit, source;
    std::int64_t low = 0;   // the number, or the lower end of a range
    std::int64_t high = 0;  // the upper end; equal to `low` unless op is range
    Op op = Op::at_least;
    Kind kind = Kind::flow;
    std::string raw;      // the plan's wording of the number
    std::string part_of;  // target this one is a share of, or empty
    Formula formula;
};

/// A thing that the plan promises to have done by a day.
struct Milestone {
    std::string id;  // "M09"
    std::int64_t section = 0;
    Message name, unit, source;
    std::int64_t target = 0;
    Day due;
};

/// An annual work plan (data/plan-YYYY.yaml).
///
/// Errors: Error{config} with file, line and column for unknown keys (with the nearest one), units,
///         sources or measures that are not defined, ids that stand twice, a part_of or check that
///         names no target, and for checks that the numbers do not keep: parts that do not add up
///         to their total, or a part above the whole.
struct Plan {
    std::int64_t year = 0;
    Message name;
    Day begin, end;
    std::int64_t about_tolerance_percent = 0;
    std::vector<Target> targets;  // in file order
    std::vector<Milestone> milestones;

    static Plan load(const std::string& path, const Measures& measures);
    static Plan parse(const Yaml& yaml, const Measures& measures);
    [[nodiscard]] const Target* target(std::string_view id) const;
    [[nodiscard]] const Milestone* milestone(std::string_view id) const;
    /// The target or milestone id nearest to `id`.
    [[nodiscard]] std::optional<std::string> nearest_id(std::string_view id) const;
};

/// The years for which the data folders hold a plan, sorted.
[[nodiscard]] std::vector<std::string> plan_years(const DataFolders& data);

/// The measures and one plan as the data folders hold them (stats/measures.yaml,
/// stats/plan-2019.yaml).
struct Definitions {
    Measures measures;
    Plan plan;
    /// The plan of `year`; without one, the newest that is not for a later year than `as_of`.
    /// Errors: Error{usage} naming the plans there are.
    static Definitions load(const DataFolders& data, const std::string& year,
                            std::optional<Day> as_of = {});
};

}  // namespace tushu::stats
