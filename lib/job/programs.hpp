// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "job/spec.hpp"

#include <string>
#include <vector>

namespace tushu::job {

/// Folders in which programs are looked for, in order.
using SearchPath = std::vector<std::string>;

/// Path of the program a step names: as it stands when it holds a "/", else the first match in
/// `folders`. Errors: Error{config} when there is none or it cannot be run.
[[nodiscard]] std::string find_program(const std::string& name, const SearchPath& folders);

/// What is wrong with the programs of a job: missing ones, and options that `PROGRAM COMMAND
/// --help` does not list (asked of the suite's own programs only: others may not take --help for a
/// question).
[[nodiscard]] std::vector<Error> check_programs(const Spec& spec, const SearchPath& folders);

}  // namespace tushu::job
