// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/command.hpp"

namespace tushu::cmd {

Command snapshot_command();
Command scan_command();
Command reconcile_command();
Command order_command();
Command learn_barcode_command();
Command decode_tag_command();

}  // namespace tushu::cmd
