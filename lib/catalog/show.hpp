// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/message.hpp"
#include "store/store.hpp"

#include <string>
#include <string_view>

namespace tushu::catalog {

/// What the store knows under a control number or a barcode, for people: each record with its
/// items.
///
/// Shape:  an item's barcode shows the item's record with all its items. Empty: nothing is known.
///         `with_fields` adds the record's MARC fields, a line each.
[[nodiscard]] std::string describe(store::Store& store, std::string_view number, Lang lang,
                                   bool with_fields);

}  // namespace tushu::catalog
