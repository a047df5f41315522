// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

namespace tushu::cmd {

ill::Desk open_desk(Context& context, store::Store& store) {
    return {store, ill::load_partners(context.data()), ill::load_states(context.data())};
}

}  // namespace tushu::cmd

int main(int argc, char** argv) {
    using namespace tushu::cmd;
    return Program("tushu-ill",
                   tushu::msg(
                       "interlibrary loan and document delivery: requests, partners, audit trail"))
        .add(new_command())
        .add(import_command())
        .add(send_command())
        .add(confirm_command())
        .add(show_command())
        .run(argc, argv);
}
