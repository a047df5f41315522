// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

int main(int argc, char** argv) {
    using namespace tushu::cmd;
    return Program("tushu-db", tushu::msg("the store: make it, keep it current, save it"))
        .add(init_command())
        .add(migrate_command())
        .add(status_command())
        .add(backup_command())
        .add(restore_command())
        .run(argc, argv);
}
