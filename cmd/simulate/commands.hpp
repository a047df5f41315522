// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/command.hpp"
#include "simulate/library.hpp"
#include "simulate/stacks.hpp"

#include <optional>
#include <string>

namespace tushu::cmd {

/// What all subcommands ask for: which library is to be made.
struct LibraryOptions {
    std::uint64_t seed = 1, year = 2019;
    std::string size = "small";
    /// Adds --seed, --size and --year.
    void add_to(Command& command);
    /// Errors: Error{usage} for a year whose dates or time zone would not hold.
    [[nodiscard]] simulate::Library library() const;
    /// As library(), of the given sizes instead of --size.
    [[nodiscard]] simulate::Library library(const simulate::Sizes& sizes) const;
};

/// Sizes for a library of `items` items. Smaller than a thousand its shelves would have gaps, so
/// less is made of one of a thousand.
[[nodiscard]] simulate::Sizes sizes_for_items(std::uint64_t items);

/// --faults usual|all.
void add_faults(Command& command, std::string& name);
[[nodiscard]] simulate::Faults faults_named(const std::string& name);

Command all_command();
Command marc_command();
Command items_command();
Command scans_command();
Command circulation_command();

}  // namespace tushu::cmd
