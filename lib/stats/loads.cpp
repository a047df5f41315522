// SPDX-License-Identifier: Apache-2.0
#include "stats/loads.hpp"

#include "base/text.hpp"

#include <filesystem>

namespace tushu::stats::loads {
namespace {

constexpr std::size_t kShortestSha = 8;

std::vector<LoadedFile> read(store::Rows rows) {
    std::vector<LoadedFile> out;
    while (rows.next())
        out.push_back({rows.integer(0), std::string(rows.text(1)), std::string(rows.text(2)),
                       std::string(rows.text(3)), rows.integer(4)});
    return out;
}

void remove(store::Store& store, const LoadedFile& load) {
    store::replace_daily_counts(store, load.origin, {});
    for (const std::string_view sql :
         {"DELETE FROM stats_event_keys WHERE load_id = $1",
          "DELETE FROM stats_fault WHERE load_id = $1",
          "DELETE FROM stats_overlap WHERE load_id = $1 OR earlier_id = $1",
          "DELETE FROM stats_hand_count WHERE load_id = $1",
          "DELETE FROM stats_load WHERE load_id = $1", "DELETE FROM load WHERE id = $1"})
        store.execute(sql, load.id);
}

}  // namespace

std::optional<LoadedFile> find(store::Store& store, std::string_view kind,
                               const std::string& word) {
    const std::string name = base_name(word);
    const bool may_be_sha = word.size() >= kShortestSha &&
                            word.find_first_not_of("0123456789abcdef") == std::string::npos;
    // A prefix as a range: LIKE would have its own ideas about case on one of the two databases.
    const std::string above = word + "g";
    const std::vector<LoadedFile> found =
        read(store.query("SELECT l.id, l.file, l.sha256, s.origin, s.counted FROM load l JOIN "
                         "stats_load s ON s.load_id = l.id "
                         "WHERE l.kind = $1 AND (l.file = $2 OR ($3 = 1 AND l.sha256 >= $4 AND "
                         "l.sha256 < $5)) ORDER BY l.id",
                         kind, name, may_be_sha ? 1 : 0, word, above));
    if (found.empty() && may_be_sha &&
        store.integer("SELECT COUNT(*) FROM stats_replaced WHERE kind = $1 AND sha256 >= $2 AND "
                      "sha256 < $3",
                      kind, word, above)
                .value_or(0) > 0)
        return std::nullopt;
    if (found.empty())
        throw Error(Fault::usage,
                    msg("no file \"{}\" has been loaded that could be replaced", printable(word)));
    if (found.size() > 1)
        throw Error(Fault::usage,
                    msg("{} files named \"{}\" have been loaded", found.size(), printable(word)),
                    msg("name the one to replace by its SHA-256, for instance {}",
                        found.back().sha256.substr(0, 12)));
    return found.front();
}

std::vector<LoadedFile> same_name(store::Store& store, std::string_view kind,
                                  const std::string& file, const std::string& sha256) {
    return read(
        store.query("SELECT l.id, l.file, l.sha256, s.origin, s.counted FROM load l JOIN "
                    "stats_load s ON s.load_id = l.id "
                    "WHERE l.kind = $1 AND l.file = $2 AND l.sha256 <> $3 ORDER BY l.id",
                    kind, file, sha256));
}

void take_back(store::Store& store, std::string_view kind, const LoadedFile& load,
               const std::string& replaced_by, const std::string& now) {
    remove(store, load);
    for (const auto& same :
         read(store.query("SELECT l.id, l.file, l.sha256, s.origin, s.counted FROM load l "
                          "JOIN stats_load s ON s.load_id = l.id WHERE l.kind = $1 AND l.sha256 = "
                          "$2 ORDER BY l.id",
                          kind, replaced_by)))
        remove(store, same);
    if (load.sha256 == replaced_by) return;
    store.execute(
        "INSERT INTO stats_replaced (kind, sha256, file, counted, replaced_by, replaced_at) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (kind, sha256, replaced_by) DO NOTHING",
        kind, load.sha256, load.file, load.counted, replaced_by, now);
}

std::vector<LoadedFile> leaning_on(store::Store& store, const LoadedFile& load) {
    return read(
        store.query("SELECT l.id, l.file, l.sha256, s.origin, o.n FROM stats_overlap o JOIN load l "
                    "ON l.id = o.load_id "
                    "JOIN stats_load s ON s.load_id = l.id WHERE o.earlier_id = $1 ORDER BY l.id",
                    load.id));
}

void take_turn(store::Store& store) {
    store.execute("UPDATE stats_turn SET turns = turns + 1 WHERE id = 1");
}

void record(store::Store& store, std::int64_t id, const LoadReport& report, const Facts& facts) {
    store.execute(
        "INSERT INTO stats_load (load_id, origin, rows_in, counted, duplicates, first_day, "
        "last_day, key_id) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        id, facts.origin, report.rows_in, report.counted, report.duplicates, facts.first_day,
        facts.last_day, facts.key_id);
    for (const auto& [code, n] : facts.faults)
        store.execute("INSERT INTO stats_fault (load_id, code, n) VALUES ($1, $2, $3)", id, code,
                      n);
}

std::string base_name(const std::string& path) {
    return std::filesystem::path(path).filename().string();
}

}  // namespace tushu::stats::loads
