// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/command.hpp"

namespace tushu::cmd {

Command doctor_command();
Command help_command();
Command version_command();

}  // namespace tushu::cmd
