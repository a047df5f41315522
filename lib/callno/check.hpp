// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/message.hpp"
#include "callno/rules.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::callno {

/// One doubt about a call number. `code` is for scripts, `reason` for people.
struct Finding {
    std::string_view code;
    Message reason;
};

/// What is wrong or suspicious about a call number as it is stored.
///
/// Shape:  none to a few findings. Codes: unparsed · empty · stored_blanks · control_byte ·
/// not_utf8 · wide_signs ·
///         lookalike · other_scheme · class_letters · class_dots · class_alone · brackets ·
///         book_type · repeated_year · digit_letter.
/// Errors: none.
[[nodiscard]] std::vector<Finding> check(Scheme scheme, std::string_view call_number,
                                         const Rules& rules = default_rules());

}  // namespace tushu::callno
