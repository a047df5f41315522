// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/context.hpp"
#include "store/store.hpp"

#include <string>
#include <vector>

namespace tushu::cmd {

/// The migrations that this tushu knows, in order.
[[nodiscard]] std::vector<std::string> migration_files(Context& context);

/// How long to wait for a busy store (busy_seconds of the configuration).
[[nodiscard]] store::Store::Options store_options(Context& context);

/// The store of --store or the configuration, with all migrations applied.
/// Errors: Error{unavailable}, Error{config} with the command that mends it.
[[nodiscard]] store::Store open_store(Context& context);

}  // namespace tushu::cmd
