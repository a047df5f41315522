// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/table.hpp"
#include "store/store.hpp"

#include <vector>

namespace tushu::inventory {

/// What has been published: inventory-outcomes (session, location, outcome, n) and inventory-moves
/// (session, barcode, from_anchor, from_position, to_anchor, left_barcode, right_barcode).
[[nodiscard]] std::vector<Table> tables(store::Store& store);

}  // namespace tushu::inventory
