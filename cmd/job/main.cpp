// SPDX-License-Identifier: Apache-2.0
// tushu-job - run chains of programs, one run a day, and pick up after a crash.
#include "commands.hpp"

int main(int argc, char** argv) {
    using namespace tushu::cmd;
    return Program("tushu-job",
                   tushu::msg("Run chains of programs by a job file, and pick up after a crash"))
        .add(check_command())
        .add(plan_command())
        .add(run_command())
        .add(resume_command())
        .add(status_command())
        .add(log_command())
        .add(graph_command())
        .add(cron_command())
        .run(argc, argv);
}
