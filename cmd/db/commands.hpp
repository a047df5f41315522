// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/command.hpp"

namespace tushu::cmd {

Command init_command();
Command migrate_command();
Command status_command();
Command backup_command();
Command restore_command();

}  // namespace tushu::cmd
