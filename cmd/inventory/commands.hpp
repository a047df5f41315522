// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/command.hpp"

namespace tushu::cmd {

Command snapshot_command();
Command scan_command();
Command reconcile_command();
Command order_command();
Command writeback_command();
Command undo_command();
Command list_command();
Command why_command();
Command decide_command();
Command report_command();
Command live_command();
Command register_command();
Command transfer_command();
Command count_command();
Command duplicates_command();
Command weed_command();
Command learn_barcode_command();
Command decode_tag_command();

}  // namespace tushu::cmd
