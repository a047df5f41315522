// SPDX-License-Identifier: Apache-2.0
#include "catalog/keyed_load.hpp"

#include "base/hash.hpp"

#include <fmt/format.h>

#include <bit>
#include <filesystem>
#include <unordered_map>
#include <unordered_set>

namespace tushu::catalog {
namespace {

/// "($2), ($3)", or "($2, $1), ($3, $1)" with a shared first parameter.
std::string value_rows(std::size_t count, bool is_pair) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i)
        out += fmt::format("{}(${}{})", i == 0 ? "" : ", ", i + 2, is_pair ? ", $1" : "");
    return out;
}

/// A comment that changes whenever the tables may have doubled. A database that keeps the plan it
/// made for a nearly empty table (PostgreSQL does, from the sixth time on) would otherwise read a
/// large one through for every batch.
std::string size_class(std::int64_t rows) {
    return fmt::format(" /* {} */", std::bit_width(static_cast<std::uint64_t>(rows)));
}

struct Known {
    std::string hash, state;
    std::int64_t first_load = 0;
};

std::string_view state_of(const Incoming& row) { return row.is_deleted ? "deleted" : "live"; }

}  // namespace

KeyedLoad::KeyedLoad(store::Store& store, const Keyed& keyed, const LoadOptions& options)
    : store_(store), keyed_(keyed), options_(options) {
    std::string columns;
    for (const auto column : keyed_.columns) columns += fmt::format(", {}", column);
    store_.execute(
        "CREATE TEMPORARY TABLE catalog_seen (k TEXT COLLATE \"C\" PRIMARY KEY, load_id BIGINT NOT "
        "NULL)");
    // Keys that are on file already and whose new row waits for finish(): the table keeps the state
    // before this load until then, so that counts do not depend on the order of repeated records.
    store_.execute(
        fmt::format("CREATE TEMPORARY TABLE catalog_stage AS SELECT {} AS k, hash, state, "
                    "last_load AS load_id{} FROM {} LIMIT 0",
                    keyed_.key, columns, keyed_.table));
    store_.execute("CREATE UNIQUE INDEX catalog_stage_k ON catalog_stage (k)");
    if (options_.is_full)
        live_before_ =
            store_
                .integer(fmt::format("SELECT count(*) FROM {} WHERE source = $1 AND state = 'live'",
                                     keyed_.table),
                         options_.source)
                .value_or(0);
}

void KeyedLoad::begin_file(const std::string& name, std::string_view profile) {
    const std::string base =
        name == "<stdin>" ? name : std::filesystem::path(name).filename().string();
    // The digest is known at the end of the file; a name of its own holds its place until then.
    const std::string place = fmt::format("reading {}", files_.size() + 1);
    File file;
    file.id =
        store::begin_load(store_, keyed_.kind, options_.source, base, place, profile, options_.now)
            .id;
    file.profile = profile;
    files_.push_back(std::move(file));
}

std::vector<Outcome> KeyedLoad::take(std::span<Incoming> batch) {
    std::vector<Outcome> outcomes(batch.size(), Outcome::fresh);
    if (batch.empty()) return outcomes;
    File& file = files_.back();
    const bool later_wins = keyed_.repeat == Keyed::Repeat::later_wins;

    // One row a key within the batch.
    std::unordered_map<std::string_view, std::size_t> by_key;
    by_key.reserve(batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const auto [at, is_new] = by_key.try_emplace(batch[i].key, i);
        if (is_new) continue;
        outcomes[later_wins ? at->second : i] = Outcome::repeated;
        if (later_wins) at->second = i;
    }
    std::vector<std::size_t> rows;
    std::vector<store::Param> params{store::param(file.id)};
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (outcomes[i] == Outcome::repeated) continue;
        rows.push_back(i);
        params.push_back(store::param(batch[i].key));
    }

    // Which keys did this load meet for the first time?
    std::unordered_set<std::string> fresh;
    {
        store::Rows answer =
            store_.query_params(fmt::format("INSERT INTO catalog_seen (k, load_id) VALUES {} ON "
                                            "CONFLICT (k) DO NOTHING RETURNING k",
                                            value_rows(rows.size(), true)),
                                params);
        while (answer.next()) fresh.emplace(answer.text(0));
    }
    file.fresh += static_cast<std::int64_t>(fresh.size());

    std::unordered_map<std::string, Known> known;
    params[0] = store::param(options_.source);
    {
        // The keys first, then a look into the primary key for each: CROSS JOIN keeps SQLite to
        // that order.
        store::Rows answer =
            store_.query_params(fmt::format("SELECT t.{0}, t.hash, t.state, t.first_load FROM "
                                            "(VALUES {2}) AS v CROSS JOIN {1} t "
                                            "WHERE t.{0} = v.column1 AND t.source = $1{3}",
                                            keyed_.key, keyed_.table,
                                            value_rows(rows.size(), false), size_class(taken_)),
                                params);
        while (answer.next())
            known.emplace(answer.text(0), Known{std::string(answer.text(1)),
                                                std::string(answer.text(2)), answer.integer(3)});
    }

    if (fresh.size() < rows.size() && later_wins) unstage(params, rows.size());

    std::vector<std::size_t> created, staged;
    for (const std::size_t i : rows) {
        const Incoming& row = batch[i];
        const bool is_fresh = fresh.contains(row.key);
        if (!is_fresh) outcomes[i] = Outcome::repeated;
        if (!is_fresh && !later_wins) continue;
        const auto found = known.find(row.key);
        if (found == known.end()) {
            created.push_back(i);
            continue;
        }
        const bool is_same = found->second.hash == row.hash && found->second.state == state_of(row);
        if (!is_fresh) {
            // Unless it is as the table has it, it is staged again below.
            if (found->second.first_load >= files_.front().id) {
                // Made by this very load: replaced at once, it stays one that was created.
                if (is_same) continue;
                store_.execute(fmt::format("DELETE FROM {} WHERE {} = $1 AND source = $2{}",
                                           keyed_.table, keyed_.key, size_class(taken_)),
                               row.key, options_.source);
                created.push_back(i);
                continue;
            }
        }
        if (!is_same) staged.push_back(i);
    }

    const std::size_t width = keyed_.columns.size();
    const auto add_cells = [&](std::vector<store::Param>& cells, const Incoming& row) {
        for (std::size_t c = 0; c < width; ++c)
            cells.push_back(keyed_.last_is_bytes && c + 1 == width
                                ? store::Param(store::Bytes{row.cells[c]})
                                : store::param(row.cells[c]));
    };
    if (!created.empty()) {
        std::vector<std::string_view> names{keyed_.key, "source",     "hash",
                                            "state",    "first_load", "last_load"};
        names.insert(names.end(), keyed_.columns.begin(), keyed_.columns.end());
        store::Bulk bulk = store_.bulk(keyed_.table, names);
        std::vector<store::Param> cells;
        for (const std::size_t i : created) {
            const Incoming& row = batch[i];
            // A row made by an earlier file of this load keeps that file as its first.
            const auto found = known.find(row.key);
            const std::int64_t first = found == known.end() ? file.id : found->second.first_load;
            if (found == known.end() && fresh.contains(row.key)) ++file.counts.created;
            file.is_named = true;
            cells = {store::param(row.key),  store::param(options_.source),
                     store::param(row.hash), store::param(state_of(row)),
                     store::param(first),    store::param(file.id)};
            add_cells(cells, row);
            bulk.add(cells);
        }
        bulk.close();
    }
    if (!staged.empty()) {
        std::vector<std::string_view> names{"k", "hash", "state", "load_id"};
        names.insert(names.end(), keyed_.columns.begin(), keyed_.columns.end());
        store::Bulk bulk = store_.bulk("catalog_stage", names);
        std::vector<store::Param> cells;
        for (const std::size_t i : staged) {
            const Incoming& row = batch[i];
            cells = {store::param(row.key), store::param(row.hash), store::param(state_of(row)),
                     store::param(file.id)};
            add_cells(cells, row);
            bulk.add(cells);
        }
        bulk.close();
    }
    taken_ += static_cast<std::int64_t>(batch.size());
    return outcomes;
}

/// Forgets what was staged for the keys of a batch that this load has met before.
void KeyedLoad::unstage(std::span<const store::Param> params, std::size_t rows) {
    (void)store_.execute_params(fmt::format("DELETE FROM catalog_stage WHERE $1 <> '' AND k IN "
                                            "(SELECT column1 FROM (VALUES {}) AS v){}",
                                            value_rows(rows, false), size_class(taken_)),
                                params);
}

void KeyedLoad::end_file(const std::string& sha256, LoadCounts counts) {
    File& file = files_.back();
    counts.created = file.counts.created;
    file.counts = std::move(counts);
    file.sha256 = sha256;
}

std::vector<LoadCounts> KeyedLoad::finish() {
    {
        store::Rows changed = store_.query(
            "SELECT s.load_id, count(*) FROM catalog_stage c JOIN catalog_seen s ON s.k = c.k "
            "GROUP BY s.load_id");
        while (changed.next())
            for (File& file : files_)
                if (file.id == changed.integer(0)) file.counts.changed = changed.integer(1);
    }
    {
        store::Rows named = store_.query("SELECT DISTINCT load_id FROM catalog_stage");
        while (named.next())
            for (File& file : files_) file.is_named = file.is_named || file.id == named.integer(0);
    }
    std::string columns;
    for (const auto column : keyed_.columns) columns += fmt::format(", {0} = s.{0}", column);
    store_.execute(
        fmt::format("UPDATE {0} SET hash = s.hash, state = s.state, last_load = s.load_id{2} "
                    "FROM catalog_stage s WHERE {0}.{1} = s.k AND {0}.source = $1",
                    keyed_.table, keyed_.key, columns),
        options_.source);
    if (options_.is_full && !files_.empty()) vanish();
    std::int64_t renewed = 0;
    for (File& file : files_) {
        LoadCounts& counts = file.counts;
        counts.unchanged = file.fresh - counts.created - counts.changed;
        counts.repeated = keyed_.repeat == Keyed::Repeat::first_wins
                              ? 0
                              : counts.records_in - counts.rejects - file.fresh;
        renewed += counts.created + counts.changed;
    }
    has_changed_ = renewed > 0;
    has_changed_ = has_changed_ || vanished_ > 0;
    if (!files_.empty()) files_.back().counts.vanished = vanished_;
    std::vector<LoadCounts> out;
    for (File& file : files_) {
        record_load(file, &file == &files_.back());
        out.push_back(file.counts);
    }
    constexpr std::int64_t kMany = 1000;
    if (renewed > kMany) store_.refresh_statistics(keyed_.table);
    store_.execute("DROP TABLE catalog_seen");
    store_.execute("DROP TABLE catalog_stage");
    return out;
}

void KeyedLoad::vanish() {
    const std::string gone = fmt::format(
        "source = $1 AND state = 'live' AND NOT EXISTS (SELECT 1 FROM catalog_seen s WHERE s.k = "
        "{0}.{1})",
        keyed_.table, keyed_.key);
    vanished_ = store_
                    .integer(fmt::format("SELECT count(*) FROM {} WHERE {}", keyed_.table, gone),
                             options_.source)
                    .value_or(0);
    if (vanished_ == 0) return;
    if (options_.max_vanish_percent &&
        vanished_ * 100 > live_before_ * *options_.max_vanish_percent)
        throw Error(
            Fault::bad_input,
            msg("{} of {} records of source \"{}\" are not in the files: more than {} % would "
                "vanish",
                vanished_, live_before_, options_.source, *options_.max_vanish_percent),
            msg("if the files are complete, give --allow-vanish; nothing has been changed"));
    store_.execute(fmt::format("UPDATE {} SET state = 'vanished', last_load = $2 WHERE {}",
                               keyed_.table, gone),
                   options_.source, files_.back().id);
}

void KeyedLoad::record_load(File& file, bool is_last) {
    const LoadCounts& counts = file.counts;
    std::int64_t before = 0;
    std::string profile = file.profile;
    const auto taken = [&] {
        return store_.integer(
            "SELECT id FROM load WHERE kind = $1 AND source = $2 AND sha256 = $3 AND profile = $4 "
            "AND id <> $5",
            keyed_.kind, options_.source, file.sha256, profile, file.id);
    };
    while (taken()) profile = fmt::format("{} again {}", file.profile, ++before);
    if (before > 0 && !file.is_named && !(is_last && vanished_ > 0)) {
        store_.execute("DELETE FROM load WHERE id = $1", file.id);
        return;
    }
    store_.execute("UPDATE load SET sha256 = $1, profile = $2 WHERE id = $3", file.sha256, profile,
                   file.id);
    store::finish_load(store_, file.id, counts.records_in, counts.rejects);
    store_.execute(
        "INSERT INTO catalog_load (load_id, is_full, records_in, created, changed, unchanged, "
        "repeated, rejects, "
        "vanished) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        file.id, options_.is_full ? 1 : 0, counts.records_in, counts.created, counts.changed,
        counts.unchanged, counts.repeated, counts.rejects, counts.vanished);
    for (const auto& [code, n] : counts.faults)
        store_.execute("INSERT INTO catalog_fault (load_id, code, n) VALUES ($1, $2, $3)", file.id,
                       code, n);
}

std::optional<LoadCounts> earlier_load(store::Store& store, std::string_view kind,
                                       const LoadOptions& options, const std::string& path,
                                       std::string_view profile) {
    if (options.is_full || options.is_again) return std::nullopt;
    // A pipe can be read only once, and hashing costs a pass that a first load need not pay.
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) return std::nullopt;
    if (!store.integer("SELECT min(id) FROM load WHERE kind = $1 AND source = $2", kind,
                       options.source))
        return std::nullopt;
    store::Rows rows = store.query(
        "SELECT c.records_in, c.rejects FROM load l JOIN catalog_load c ON c.load_id = l.id "
        "WHERE l.kind = $1 AND l.source = $2 AND l.sha256 = $3 AND l.profile = $4",
        kind, options.source, sha256_file(path), profile);
    if (!rows.next()) return std::nullopt;
    LoadCounts counts;
    counts.records_in = rows.integer(0);
    counts.rejects = rows.integer(1);
    counts.unchanged = counts.records_in - counts.rejects;
    return counts;
}

std::vector<FileLoad> load_each(
    store::Store& store, std::string_view kind, const std::vector<std::string>& files,
    const LoadOptions& options, std::string_view profile,
    const std::function<std::vector<LoadCounts>(std::span<const std::string>, bool)>& load) {
    std::vector<FileLoad> out;
    if (options.is_full) {
        const std::vector<LoadCounts> counts = load(files, false);
        for (std::size_t i = 0; i < files.size(); ++i) out.push_back({files[i], false, counts[i]});
        return out;
    }
    for (const std::string& file : files) {
        if (auto counts = earlier_load(store, kind, options, file, profile)) {
            if (counts->rejects > 0) (void)load({&file, 1}, true);
            out.push_back({file, true, std::move(*counts)});
        } else {
            out.push_back({file, false, load({&file, 1}, false).front()});
        }
    }
    return out;
}

}  // namespace tushu::catalog
