// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/command.hpp"

namespace tushu::cmd {

Command check_command();
Command cron_command();
Command graph_command();
Command log_command();
Command plan_command();
Command resume_command();
Command run_command();
Command status_command();

}  // namespace tushu::cmd
