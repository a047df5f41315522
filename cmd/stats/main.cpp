// SPDX-License-Identifier: Apache-2.0
// tushu-stats - logs and hand counts to daily counts, daily counts to the annual work plan.
#include "commands.hpp"

int main(int argc, char** argv) {
    using namespace tushu;
    return cmd::Program("tushu-stats",
                        msg("Count what the library does, and hold it against the work plan"))
        .add(cmd::load_command())
        .add(cmd::count_command())
        .add(cmd::plan_command())
        .add(cmd::show_command())
        .run(argc, argv);
}
