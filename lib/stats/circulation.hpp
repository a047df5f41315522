// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/input.hpp"
#include "stats/definitions.hpp"
#include "stats/event_keys.hpp"
#include "stats/loads.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tushu::stats {

struct CirculationOptions {
    std::string zone = "Asia/Shanghai";
    std::string patron_key;
    std::string scratch = "/tmp";  // folder for event keys that do not fit in memory
    std::size_t keys_in_memory = 2'500'000;
    bool finds_duplicates = true;  // off: to measure what it costs
};

/// Counts a circulation log while reading it.
///
/// Shape:  CSV with the columns time, branch, type, patron, item (more are ignored), in any order.
/// Rows
///         without quotes are read straight from the input's window, the others by CsvReader.
///         Memory is one counter for each (day, branch, type) and 40 MB of event keys, for any
///         number of rows, plus 16 bytes for each event of the busiest day.
/// Units:  days are local in `zone`; counts are events.
/// Rejects: bad_row (not CSV, or the wrong number of cells), bad_time, unknown_type, no_branch: in
/// this
///         order, one code a row. No message repeats a row's bytes: they may name a patron.
/// Errors: Error{bad_input} for a missing column, a file without a header, or more branches than a
///         network can have (65,536).
class CirculationCounter {
  public:
    CirculationCounter(const Measures& measures, CirculationOptions options);
    ~CirculationCounter();
    /// Reads all of `input`. Called once.
    void read(Input& input, const LoadEvents& events);

    [[nodiscard]] std::int64_t rows_in() const { return rows_in_; }
    [[nodiscard]] const std::map<std::string, std::int64_t>& rejects() const { return rejects_; }
    [[nodiscard]] const std::string& key_id() const { return keys_.key_id(); }

    /// Takes duplicates out of the counts: events that stand in the file twice, and those for which
    /// `known` says (for one day, with its sorted distinct keys) that an earlier load has them.
    /// `fresh` gets each day's new keys, sorted. Called once; returns the duplicates.
    using Known =
        std::function<std::vector<bool>(std::int32_t day, std::span<const std::uint64_t> keys)>;
    using Fresh = std::function<void(std::int32_t day, std::span<const std::uint64_t> keys)>;
    std::int64_t drop_duplicates(const Known& known, const Fresh& fresh);

    /// Hands out the rollup, sorted by day, branch and measure; no zeros.
    void for_each_count(const std::function<void(const store::DailyCount&)>& use) const;

  private:
    class Reader;
    struct TypeCode {
        std::string word;
        std::uint32_t measure = 0;
    };
    const Measures& measures_;
    CirculationOptions options_;
    EventClock clock_;
    EventKeyMaker keys_;
    EventSorter sorter_;
    std::vector<TypeCode> types_;
    std::vector<std::uint64_t> measure_hashes_;
    std::vector<std::string> measure_ids_;
    std::vector<std::string> branches_;
    std::map<std::int32_t, std::vector<std::int64_t>> days_;  // cell (branch, measure) -> events
    std::map<std::string, std::int64_t> rejects_;
    std::int64_t rows_in_ = 0;
};

/// Reads a circulation log into the store: daily counts with the origin "circulation:<sha256>",
/// event keys for the next files, faults. One transaction; a file that is in the store already
/// changes nothing.
///
/// `replaces`: a load to take back first. `input` must have been opened with a digest.
/// Errors: as CirculationCounter and Store.
LoadReport load_circulation(store::Store& store, const Measures& measures, Input& input,
                            const CirculationOptions& options,
                            const std::optional<LoadedFile>& replaces, const std::string& now,
                            const LoadEvents& events);

}  // namespace tushu::stats
