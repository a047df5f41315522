// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

int main(int argc, char** argv) {
    using namespace tushu::cmd;
    return Program("tushu-callno",
                   tushu::msg(
                       "call numbers: shelf order, keys, doubts, and which rules a shelf follows"))
        .add(sort_command())
        .add(key_command())
        .add(check_command())
        .add(learn_command())
        .run(argc, argv);
}
