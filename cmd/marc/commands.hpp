// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/command.hpp"

namespace tushu::cmd {

Command convert_command();
Command count_command();
Command roundtrip_command();
Command select_command();

}  // namespace tushu::cmd
