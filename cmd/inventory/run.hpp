// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/context.hpp"
#include "inventory/reconcile.hpp"
#include "inventory/session.hpp"

#include <span>
#include <string>
#include <vector>

namespace tushu::cmd {

/// Tells the lines of a scanner file that were not understood.
void warn_of(Context& context, const std::string& path,
             std::span<const inventory::ScanFault> faults);
/// The same again for all files of a session.
void warn_of_faults(Context& context, const inventory::ScanLog& log);

/// What every question about a session begins with: its scans, the snapshot and the events, read
/// and noted in the summary.
struct SessionInputs {
    inventory::Session session;
    inventory::Snapshot snapshot;
    inventory::ScanLog log;
    inventory::Events events;
    std::vector<inventory::Decision> decisions;
};
[[nodiscard]] SessionInputs read_session(Context& context, const std::string& folder,
                                         const std::string& snapshot,
                                         const std::vector<std::string>& event_files);

/// Warnings about the scans that a person should see before believing the result, those about
/// lines among them.
void warn_about_scans(Context& context, const inventory::ScanLog& log,
                      const inventory::Matching& matching,
                      const inventory::Arrangement& arrangement);

}  // namespace tushu::cmd
