// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/yaml.hpp"
#include "marc/record.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::marc {

/// Rules that change records: add, set, delete, rename, copy, move, replace, map, sort, each with
/// `if` and `unless` in the query language. tushu-marc-edit(1) explains them.
///
/// Shape:  apply() changes one record and says how often each rule did something. Applying a recipe
/// twice
///         changes nothing the second time, unless a `replace` matches its own result.
/// Errors: Error{config} with file, line and column for a recipe that is wrong. Not for two threads
/// at once.
class Recipe {
  public:
    /// A document with `rules:`, or a list of rules.
    [[nodiscard]] static Recipe from_yaml(const Yaml& yaml);
    /// One rule as on the command line: "delete: 590" or "{set: 040$e, to: rda}".
    void add_rule(const Yaml& rule);
    ~Recipe();
    Recipe();
    Recipe(Recipe&&) noexcept;
    Recipe& operator=(Recipe&&) noexcept;

    /// Applies all rules in order; adds to `fired`, one number a rule. True when the record
    /// changed.
    bool apply(Record& record, std::vector<std::uint64_t>& fired) const;
    [[nodiscard]] std::size_t size() const;
    /// The rule's name, or what it does: "delete 590".
    [[nodiscard]] const std::string& title(std::size_t rule) const;

  private:
    struct Rule;
    std::vector<Rule> rules_;
};

}  // namespace tushu::marc
