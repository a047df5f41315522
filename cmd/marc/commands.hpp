// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/command.hpp"

namespace tushu::cmd {

Command convert_command();
Command count_command();
Command diff_command();
Command edit_command();
Command get_command();
Command index_command();
Command merge_command();
Command roundtrip_command();
Command select_command();
Command sort_command();
Command split_command();
Command stat_command();

}  // namespace tushu::cmd
