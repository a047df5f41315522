// SPDX-License-Identifier: Apache-2.0
// tushu - the front door: `tushu marc convert ...` becomes `tushu-marc convert ...`.
#include "commands.hpp"
#include "programs.hpp"

#include <iostream>

int main(int argc, char** argv) {
    using namespace tushu::cmd;
    if (argc > 1 && is_installed(argv[1])) {
        try {
            become(argv[1], std::vector<std::string>(argv + 2, argv + argc));
        } catch (const tushu::Error& e) {
            std::cerr << "tushu: " << e.text(language_from("").value_or(tushu::Lang::en)) << "\n";
            return static_cast<int>(e.fault());
        }
    }
    return Program("tushu", tushu::msg("a librarian's toolkit: the front door to its programs"))
        .add(doctor_command())
        .add(help_command())
        .add(version_command())
        .list(tushu::msg("Programs (\"tushu marc count\" runs \"tushu-marc count\"):"),
              installed_programs())
        .run(argc, argv);
}
