// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "inventory/reconcile.hpp"
#include "inventory/session.hpp"
#include "store/store.hpp"

namespace tushu::inventory {

/// Replaces what the store knows of this session: counts by location and outcome, and the daily
/// counts `items_inventoried` (each distinct item once, on the day it was first scanned, by its
/// location).
///
/// Shape:  one transaction; the same session again gives the same rows.
/// Errors: Error{usage} when a session of the same name but with another first file was published.
/// Returns the items seen on no known day: they are in no daily count.
std::int64_t publish_outcomes(store::Store& store, const Session& session, const ScanLog& log,
                              const Snapshot& snapshot, const Reconciliation& reconciliation);

/// Replaces the session's books out of order. One transaction.
void publish_moves(store::Store& store, const Session& session, const ScanLog& log,
                   const Snapshot& snapshot, const Matching& matching,
                   const Arrangement& arrangement);

}  // namespace tushu::inventory
