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
///         twice changes nothing the second time, unless warnings() or `repeat: true` say so, or a
///         `replace` matches its own result.
/// Errors: Error{config} with file, line and column for a recipe that is wrong, such as one that
///         would make a field that cannot be. Not for two threads at once.
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

    /// What a rule could not do to a record, which it left as it was.
    struct Failure {
        std::size_t rule;
        Message why;
    };
    /// Applies all rules in order; adds to `fired`, one number a rule, and to `failures`, where
    /// somebody asks for them. True when the record changed.
    bool apply(Record& record, std::vector<std::uint64_t>& fired,
               std::vector<Failure>* failures = nullptr) const;
    /// Rules that a second run would apply again, each with its place in the recipe.
    [[nodiscard]] const std::vector<Error>& warnings() const;
    [[nodiscard]] std::size_t size() const;
    /// The rule's name, or what it does: "delete 590".
    [[nodiscard]] const std::string& title(std::size_t rule) const;

  private:
    struct Rule;
    std::vector<Rule> rules_;
    std::vector<Error> warnings_;
};

}  // namespace tushu::marc
