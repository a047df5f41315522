// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

int main(int argc, char** argv) {
    using namespace tushu::cmd;
    return Program("tushu-marc", tushu::msg("Read, convert, query and repair MARC records"))
        .add(convert_command())
        .add(count_command())
        .add(diff_command())
        .add(edit_command())
        .add(get_command())
        .add(index_command())
        .add(merge_command())
        .add(roundtrip_command())
        .add(select_command())
        .add(sort_command())
        .add(split_command())
        .add(stat_command())
        .run(argc, argv);
}
