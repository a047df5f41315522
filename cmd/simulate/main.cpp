// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

int main(int argc, char** argv) {
    using namespace tushu::cmd;
    return Program("tushu-simulate",
                   tushu::msg("libraries of any size with known answers, to try and test with"))
        .add(all_command())
        .add(marc_command())
        .add(items_command())
        .add(scans_command())
        .add(circulation_command())
        .run(argc, argv);
}
