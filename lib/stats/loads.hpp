// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/error.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::stats {

/// Where a load tells what it met on the way. All three must be set.
struct LoadEvents {
    std::function<void(std::string_view code, const Error& error, std::string_view raw)> reject;
    std::function<void(std::string_view code, const Where& where, const Message& message)> warn;
    std::function<void(std::uint64_t rows)> tick;  // every few rows
};

/// What a load did: rows_in = counted + duplicates + rejects, or already_loaded + rejects for a
/// repeat.
struct LoadReport {
    std::string sha256;
    std::int64_t rows_in = 0;
    std::int64_t counted = 0;
    std::int64_t duplicates = 0;      // the same event twice, in this file or in an earlier one
    std::int64_t already_loaded = 0;  // this very file is in the store: nothing was changed
    std::int64_t rejects = 0;
    bool is_repeat = false;
};

/// A file that is in the store.
struct LoadedFile {
    std::int64_t id = 0;
    std::string file, sha256, origin;
    std::int64_t counted = 0;
};

/// What the loads of one kind ("circulation", "hand") have in common.
namespace loads {

/// The load named by its file's base name or by at least 8 digits of its SHA-256; nullopt when one
/// of that SHA-256 has been replaced already (a job that runs again). Errors: Error{usage} when
/// there never was one, or there is more than one.
[[nodiscard]] std::optional<LoadedFile> find(store::Store& store, std::string_view kind,
                                             const std::string& word);
/// Other files of this name in the store (other bytes), oldest first.
[[nodiscard]] std::vector<LoadedFile> same_name(store::Store& store, std::string_view kind,
                                                const std::string& file, const std::string& sha256);
/// Takes a load back: its daily counts, keys, faults and hand counts go; that it was here and which
/// file took its place stays on record. A load of the file that takes its place goes as well, so
/// that this file is counted anew: it may lack what the other had counted first. Runs in the
/// caller's transaction.
void take_back(store::Store& store, std::string_view kind, const LoadedFile& load,
               const std::string& replaced_by, const std::string& now);
/// Files with events that `load` had counted first: they lack these events once it is taken back.
[[nodiscard]] std::vector<LoadedFile> leaning_on(store::Store& store, const LoadedFile& load);
/// Waits until no other load is looking for overlaps. First statement of the caller's transaction.
void take_turn(store::Store& store);
/// The facts of a load beside its counts.
struct Facts {
    std::string origin, first_day, last_day, key_id;
    std::map<std::string, std::int64_t> faults;
};
void record(store::Store& store, std::int64_t id, const LoadReport& report, const Facts& facts);

/// "2019-03.csv" of "logs/2019-03.csv": results must not depend on folders.
[[nodiscard]] std::string base_name(const std::string& path);

}  // namespace loads
}  // namespace tushu::stats
