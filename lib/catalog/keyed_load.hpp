// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/input.hpp"
#include "base/message.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::catalog {

/// Longest control number, barcode or location: PostgreSQL's indexes hold no long texts.
inline constexpr std::size_t kMostKeyBytes = 255;

/// What a load tells its caller while it runs. The library prints nothing.
struct LoadEvents {
    /// Opens an input, hashed (Input::Digest::sha256).
    std::function<std::unique_ptr<Input>(const std::string& path)> open;
    /// A refused record: code, where and why, its bytes, its key where one is known.
    std::function<void(std::string_view code, const Error&, std::string_view raw,
                       std::string_view key)>
        reject;
    std::function<void(std::string_view code, const Where&, const Message&)> warn;
    /// After each record: the input it came from and how many there were so far.
    std::function<void(Input&, std::uint64_t)> tick;
    /// A file has been read to its end.
    std::function<void(Input&)> read;
};

/// What a load is to do beside taking records in.
struct LoadOptions {
    std::string source;
    bool is_full = false;   // the files are all there is: mark what they do not hold as vanished
    bool is_again = false;  // take a file in although it was loaded before
    /// Refuse a full load when more than this share of the live records would vanish; nullopt:
    /// allow any.
    std::optional<std::int64_t> max_vanish_percent = 10;
    std::string now;  // RFC 3339, recorded with the load
};

/// How the records of one file were taken in: records_in is the sum of created, changed, unchanged,
/// repeated and rejects.
struct LoadCounts {
    std::int64_t records_in = 0, created = 0, changed = 0, unchanged = 0, repeated = 0, rejects = 0;
    std::int64_t vanished = 0;
    std::map<std::string, std::int64_t> faults;  // rejects and warnings by code
};

/// One file of a load, for the caller's report.
struct FileLoad {
    std::string file;
    bool is_repeat = false;  // loaded before and left alone: what is not refused is unchanged
    LoadCounts counts;
};

/// A table that is loaded by key: bib, item.
struct Keyed {
    std::string_view kind;   // of the load rows: "bibs", "items"
    std::string_view table;  // has KEY, source, hash, state, first_load, last_load and `columns`
    std::string_view key;
    std::span<const std::string_view> columns;
    bool last_is_bytes = false;
    enum class Repeat { later_wins, first_wins } repeat = Repeat::later_wins;
};

/// One record on its way in; `cells` as Keyed::columns says.
struct Incoming {
    std::string key, hash;
    bool is_deleted = false;
    std::vector<std::string> cells;
    // For the caller, when the record comes back as repeated:
    Where where;
    std::string raw;
};
enum class Outcome { fresh, repeated };

/// Brings the rows of one source up to date from files, in one transaction that the caller holds.
///
/// Shape:  begin_file(), take() batch by batch, end_file(), for each file; then finish(). Holds one
/// batch
///         in memory; which keys were seen and what changed is in temporary tables, new rows go
///         straight into the table.
/// Rules:  a row is left untouched when hash and state are the same. first_load and last_load name
/// the
///         loads that brought it and that changed it last. A file that was loaded before and
///         changes nothing leaves no trace; one that does change something is recorded as a load of
///         its own.
/// Errors: Error{bad_input} from finish() when a full load would make more vanish than allowed.
class KeyedLoad {
  public:
    KeyedLoad(store::Store& store, const Keyed& keyed, const LoadOptions& options);

    /// `profile`: what else decides the result of reading this file (store::begin_load).
    void begin_file(const std::string& name, std::string_view profile);
    [[nodiscard]] std::vector<Outcome> take(std::span<Incoming> batch);
    /// `counts` brings records_in, rejects and faults; the rest is filled in by finish().
    void end_file(const std::string& sha256, LoadCounts counts);
    /// Applies the changes and marks the vanished; returns the counts file by file.
    [[nodiscard]] std::vector<LoadCounts> finish();
    /// True when finish() changed any row.
    [[nodiscard]] bool has_changed() const { return has_changed_; }

  private:
    struct File {
        std::int64_t id = 0;
        std::string sha256, profile;
        std::int64_t fresh = 0;
        bool is_named = false;  // some row says that this load brought or changed it
        LoadCounts counts;
    };
    void unstage(std::span<const store::Param> params, std::size_t rows);
    void vanish();
    void record_load(File& file, bool is_last);
    store::Store& store_;
    const Keyed& keyed_;
    const LoadOptions& options_;
    std::vector<File> files_;
    std::int64_t live_before_ = 0, vanished_ = 0, taken_ = 0;
    bool has_changed_ = false;
};

/// The counts of the load that took these bytes in before, for the same kind, source and profile,
/// as they are now: nothing new. nullopt for a file that is new, for full loads and --again, and
/// for standard input, which is never known beforehand.
[[nodiscard]] std::optional<LoadCounts> earlier_load(store::Store& store, std::string_view kind,
                                                     const LoadOptions& options,
                                                     const std::string& path,
                                                     std::string_view profile);

/// Loads files by `load(files, is_rehearsal)`: all together when the load is full, else one by one.
/// A file that was loaded before is left alone; when records of it were refused, it is rehearsed
/// (read and rolled back), so that they are reported every time and a reject file that was lost
/// comes back.
[[nodiscard]] std::vector<FileLoad> load_each(
    store::Store& store, std::string_view kind, const std::vector<std::string>& files,
    const LoadOptions& options, std::string_view profile,
    const std::function<std::vector<LoadCounts>(std::span<const std::string>, bool)>& load);

}  // namespace tushu::catalog
