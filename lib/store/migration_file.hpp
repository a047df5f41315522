// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "store/store.hpp"

#include <string>
#include <vector>

namespace tushu::store {

struct MigrationFile {
    Migration facts;
    std::string path, sql;
};
/// The files in the order of their numbers. Errors: Error{config} for a bad name or a number used
/// twice.
[[nodiscard]] std::vector<MigrationFile> load_migration_files(
    const std::vector<std::string>& paths);
void make_migration_table(Store& store);
/// Runs one and records it; in the caller's transaction.
void apply_migration(Store& store, const MigrationFile& file, const std::string& now);

}  // namespace tushu::store
