// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace tushu::marc {

/// MARCMaker's names for characters ({dollar}, {eacute}, {acute}e) to the characters. Those that
/// are not known stay as they are; the first of them goes to `unknown`.
[[nodiscard]] std::string resolve_mnemonics(std::string_view text, std::string& unknown);

}  // namespace tushu::marc
