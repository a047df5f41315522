// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/error.hpp"

#include <string_view>

namespace tushu::marc {

/// Error{usage} about byte `at` of `text`; its hint shows the text with a caret below the place.
[[nodiscard]] Error caret_error(std::string_view text, std::size_t at, Message message);

}  // namespace tushu::marc
