// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/date.hpp"
#include "base/error.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::job {

/// A parameter's value: one text, or a list of them.
struct Value {
    bool is_list = false;
    std::vector<std::string> texts;  // exactly one unless is_list
    bool operator==(const Value&) const = default;
    /// Nothing to pass on: an empty list or an empty text.
    [[nodiscard]] bool is_empty() const { return texts.empty() || (!is_list && texts[0].empty()); }
};

/// What `{{name}}` stands for, by name. std::map: the order of names must not depend on hashing.
using Values = std::map<std::string, Value>;

/// slot, slot.year, slot.month, slot.compact, slot.previous, slot.epoch.
///
/// Units:  month is "2019-12"; compact "20191231"; previous the day before; epoch the seconds since
/// 1970
///         at which the slot's day begins in `zone`.
[[nodiscard]] Values slot_values(Day slot, const std::string& zone);
/// The names that slot_values() gives, for checks before there is a slot.
[[nodiscard]] const std::vector<std::string>& slot_names();

/// The names used in `text`, in order. Errors: Error{usage} for "{{" without "}}" and for an empty
/// name.
[[nodiscard]] std::vector<std::string> names_in(std::string_view text);

/// `text` with every `{{name}}` replaced. Errors: Error{usage} for an unknown name (with the
/// nearest known one) and for a list parameter, which cannot stand inside a text.
[[nodiscard]] std::string expand(std::string_view text, const Values& values);

/// As expand() for each argument; one that is a list parameter, or text with one behind it
/// ("--events={{events}}"), becomes as many as the list holds.
[[nodiscard]] std::vector<std::string> expand_all(const std::vector<std::string>& texts,
                                                  const Values& values);

}  // namespace tushu::job
