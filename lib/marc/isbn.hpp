// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace tushu::marc {

/// A number from an 010 or 020 as 13 digits; nullopt unless its check digit is right.
/// Source: ISO 2108; ISBN-10 is taken as 978-.
[[nodiscard]] std::optional<std::string> isbn13(std::string_view text);

}  // namespace tushu::marc
