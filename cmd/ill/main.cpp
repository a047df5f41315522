// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include <filesystem>

namespace tushu::cmd {

ill::Desk open_desk(Context& context, store::Store& store) {
    return {store, ill::load_partners(context.data()), ill::load_states(context.data())};
}

std::optional<store::Load> begin_list(Context& context, store::Store& store, std::string_view kind,
                                      const std::string& file) {
    if (file == "-")
        throw Error(Fault::usage, msg("requests are read from a file, not from standard input"));
    const auto input = context.open_hashed(file);
    const std::string digest = input->sha256();
    context.note_input(*input);
    const std::string name = std::filesystem::path(file).filename().string();
    store::Load load = store::begin_load(store, kind, "", name, digest, "", text_of(context.now()));
    if (!load.is_repeat) return load;
    context.summary().count("files_repeated");
    context.say(msg("{} was taken in before: nothing to do", file));
    return std::nullopt;
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
