// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

int main(int argc, char** argv) {
    using namespace tushu::cmd;
    return Program("tushu-inventory",
                   tushu::msg("stock-taking: scans of the shelves against the holdings"))
        .add(snapshot_command())
        .add(scan_command())
        .add(live_command())
        .add(reconcile_command())
        .add(order_command())
        .add(list_command())
        .add(why_command())
        .add(decide_command())
        .add(report_command())
        .add(writeback_command())
        .add(undo_command())
        .add(register_command())
        .add(transfer_command())
        .add(count_command())
        .add(duplicates_command())
        .add(weed_command())
        .add(learn_barcode_command())
        .add(decode_tag_command())
        .run(argc, argv);
}
