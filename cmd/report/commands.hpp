// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/command.hpp"
#include "report/document.hpp"
#include "store/store.hpp"

namespace tushu::cmd {

Command list_command();
Command render_command();

/// Every table of every domain, in the order of the report. The one place where the domains meet.
std::vector<report::Section> collect_sections(Context& context, store::Store& store,
                                              const std::string& plan_year, Day as_of);

}  // namespace tushu::cmd
