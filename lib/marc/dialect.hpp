// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "marc/record.hpp"

#include <optional>
#include <string_view>

namespace tushu::marc {

[[nodiscard]] std::string_view name_of(Dialect dialect);  // "marc21", "unimarc", "cnmarc"
[[nodiscard]] std::optional<Dialect> dialect_named(std::string_view name);

/// The dialect that somebody knows, else guess_dialect().
[[nodiscard]] inline Dialect dialect_of(const Record& record, std::optional<Dialect> known) {
    return known ? *known : guess_dialect(record);
}

}  // namespace tushu::marc
