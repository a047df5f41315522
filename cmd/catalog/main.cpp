// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

int main(int argc, char** argv) {
    using namespace tushu::cmd;
    return Program("tushu-catalog",
                   tushu::msg("the catalogue: bibliographic records and items in the store"))
        .add(load_command())
        .add(items_command())
        .add(export_command())
        .add(status_command())
        .add(show_command())
        .run(argc, argv);
}
