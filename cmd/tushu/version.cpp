// SPDX-License-Identifier: Apache-2.0
// tushu version - what to write into a report of a fault.
#include "common/version.hpp"
#include "commands.hpp"
#include "programs.hpp"

namespace tushu::cmd {

Command version_command() {
    Command command("version", msg("Show the version and the programs installed with it"));
    return command.example("tushu version", msg("The first thing to put into a report of a fault"))
        .on_run([](Context& context) {
            auto& out = context.out();
            out.write("tushu " + std::string(kVersion) + "\n");
            for (const auto& [word, brief] : installed_programs())
                out.write("  tushu-" + word + "\n");
            return Answer::yes;
        });
}

}  // namespace tushu::cmd
