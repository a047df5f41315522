// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/command.hpp"

namespace tushu::cmd {

Command count_command();
Command load_command();
Command plan_command();
Command show_command();

}  // namespace tushu::cmd
