// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "catalog/keyed_load.hpp"
#include "common/command.hpp"

#include <memory>
#include <string>
#include <vector>

namespace tushu::cmd {

Command load_command();
Command items_command();
Command export_command();
Command status_command();
Command show_command();

/// What `load` and `items` have in common.
struct LoadChoices {
    std::string source;
    std::vector<std::string> files;
    bool is_full = false, is_again = false, allow_vanish = false;
    std::uint64_t max_vanish = 10;
};
/// --source, --full, --max-vanish, --allow-vanish, --again.
void add_load_options(Command& command, LoadChoices& choices);
[[nodiscard]] catalog::LoadOptions load_options(const Context& context, const LoadChoices& choices);
[[nodiscard]] catalog::LoadEvents load_events(Context& context);
/// Puts the counts into the summary and says them.
void report_loads(Context& context, const std::vector<catalog::FileLoad>& loads);

}  // namespace tushu::cmd
