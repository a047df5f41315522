// SPDX-License-Identifier: Apache-2.0
#include "store/store.hpp"

#include "base/hash.hpp"
#include "base/input.hpp"
#include "base/text.hpp"
#include "store/migration_file.hpp"

#include <algorithm>
#include <filesystem>

namespace tushu::store {
namespace {

/// Marks in `files` what the store has. Errors: Error{config} when the two contradict each other.
void compare(Store& store, std::vector<MigrationFile>& files) {
    if (!store.has_table("migration")) return;
    Rows rows =
        store.query("SELECT version, name, sha256, applied FROM migration ORDER BY version");
    while (rows.next()) {
        const auto version = rows.integer(0);
        const auto found = std::find_if(files.begin(), files.end(), [&](const MigrationFile& f) {
            return f.facts.version == version;
        });
        if (found == files.end())
            throw Error(
                Fault::config, {store.display_name()},
                msg("the store has the migration {}, which this tushu does not know", rows.text(1)),
                msg("use the newer tushu that made it"));
        if (found->facts.sha256 != rows.text(2))
            throw Error(Fault::config, {found->path},
                        msg("the migration has changed since it was applied"),
                        msg("put the file back as it was; changes need a new migration"));
        found->facts.applied = rows.text(3);
    }
}

/// The migration's SQL in the words of the store's kind.
std::string dialect(std::string sql, Kind kind) {
    const auto replace = [&sql](std::string_view from, std::string_view to) {
        const auto is_word = [&sql](std::size_t at) {
            return at < sql.size() &&
                   (std::isalnum(static_cast<unsigned char>(sql[at])) != 0 || sql[at] == '_');
        };
        for (std::size_t at = sql.find(from); at != std::string::npos;
             at = sql.find(from, at + 1)) {
            if ((at > 0 && is_word(at - 1)) || is_word(at + from.size())) continue;
            sql.replace(at, from.size(), to);
        }
    };
    replace("BYTES", kind == Kind::sqlite ? "BLOB" : "BYTEA");
    // To SQLite this spelling alone means the row number itself: half the size and time of an
    // index.
    if (kind == Kind::sqlite) replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY");
    return sql;
}

}  // namespace

std::vector<MigrationFile> load_migration_files(const std::vector<std::string>& paths) {
    std::vector<MigrationFile> files;
    for (const auto& path : paths) {
        MigrationFile file{{}, path, load_file(path)};
        file.facts.name = std::filesystem::path(path).stem().string();
        const auto number = file.facts.name.size() > 5 && file.facts.name[4] == '-'
                                ? parse_integer(std::string_view(file.facts.name).substr(0, 4))
                                : std::nullopt;
        if (!number || *number < 1)
            throw Error(Fault::config, {path},
                        msg("the name of a migration is NNNN-name.sql, a number from 0001"));
        file.facts.version = static_cast<int>(*number);
        file.facts.sha256 = sha256_hex(file.sql);
        files.push_back(std::move(file));
    }
    std::sort(files.begin(), files.end(), [](const MigrationFile& a, const MigrationFile& b) {
        return a.facts.version < b.facts.version;
    });
    const auto twice = std::adjacent_find(files.begin(), files.end(),
                                          [](const MigrationFile& a, const MigrationFile& b) {
                                              return a.facts.version == b.facts.version;
                                          });
    if (twice != files.end())
        throw Error(Fault::config, {twice->path},
                    msg("another migration has the number {} too", twice->facts.version));
    return files;
}

void make_migration_table(Store& store) {
    store.script(
        "CREATE TABLE IF NOT EXISTS migration (version BIGINT PRIMARY KEY, name TEXT COLLATE \"C\" "
        "NOT "
        "NULL, sha256 TEXT COLLATE \"C\" NOT NULL, applied TEXT COLLATE \"C\" NOT NULL)");
}

void apply_migration(Store& store, const MigrationFile& file, const std::string& now) {
    try {
        store.script(dialect(file.sql, store.kind()));
    } catch (const Error& e) {
        throw Error(e.fault(), {file.path}, e.message(), e.hint());
    }
    store.execute("INSERT INTO migration (version, name, sha256, applied) VALUES ($1, $2, $3, $4)",
                  file.facts.version, file.facts.name, file.facts.sha256, now);
}

std::vector<Migration> migrations(Store& store, const std::vector<std::string>& paths) {
    auto files = load_migration_files(paths);
    compare(store, files);
    std::vector<Migration> all;
    all.reserve(files.size());
    for (auto& file : files) all.push_back(std::move(file.facts));
    return all;
}

int migrate(Store& store, const std::vector<std::string>& paths, const std::string& now) {
    auto files = load_migration_files(paths);
    compare(store, files);
    if (std::none_of(files.begin(), files.end(),
                     [](const MigrationFile& file) { return file.facts.applied.empty(); }))
        return 0;  // a current store needs no lock
    int applied = 0;
    for (std::size_t i = 0; i < files.size(); ++i) {
        // Looked up again inside the lock: another process may be migrating too.
        Transaction transaction(store);
        make_migration_table(store);
        compare(store, files);
        if (!files[i].facts.applied.empty()) continue;
        apply_migration(store, files[i], now);
        transaction.commit();
        ++applied;
    }
    return applied;
}

void require_current(Store& store, const std::vector<std::string>& paths) {
    for (const auto& migration : migrations(store, paths))
        if (migration.applied.empty())
            throw Error(Fault::config, {store.display_name()},
                        msg("the store lacks the migration {}", migration.name),
                        msg("run \"tushu-db migrate\""));
}

}  // namespace tushu::store
