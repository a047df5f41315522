// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/message.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tushu::cmd {

/// The programs of the suite by the word behind "tushu", in the order in which a night uses them.
[[nodiscard]] std::vector<std::pair<std::string, Message>> known_programs();
/// Those that stand beside this one.
[[nodiscard]] std::vector<std::pair<std::string, Message>> installed_programs();
[[nodiscard]] bool is_installed(std::string_view word);

/// Becomes the program tushu-WORD (or, for an empty word, tushu itself); does not return.
/// Errors: Error{unavailable} when it cannot be run.
[[noreturn]] void become(const std::string& word, const std::vector<std::string>& args);

}  // namespace tushu::cmd
