// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

int main(int argc, char** argv) {
    using namespace tushu::cmd;
    return Program("tushu-report",
                   tushu::msg("reports from the store: HTML, XLSX and CSV, in Chinese and English"))
        .add(list_command())
        .add(render_command())
        .run(argc, argv);
}
