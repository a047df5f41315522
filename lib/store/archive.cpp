// SPDX-License-Identifier: Apache-2.0
#include "store/archive.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "store/backend.hpp"
#include "store/migration_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace tushu::store {
namespace {

constexpr std::string_view kMagic = "tushu-backup 1";
constexpr std::string_view kMigrations = "migration";
constexpr std::size_t kLongestLine = 256U << 20U;

enum class Type { integer, text, bytes };

struct Column {
    std::string name;
    Type type = Type::text;
};

std::string_view word_of(Type type) {
    switch (type) {
        case Type::integer:
            return "int";
        case Type::bytes:
            return "bytes";
        default:
            return "text";
    }
}

std::vector<std::string> first_column(Rows rows) {
    std::vector<std::string> cells;
    while (rows.next()) cells.emplace_back(rows.text(0));
    return cells;
}

/// Tables that `table` refers to by foreign keys.
std::vector<std::string> parents(Store& store, const std::string& table) {
    if (store.kind() == Kind::sqlite)
        return first_column(store.query(
            "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list($1) ORDER BY 1", table));
    return first_column(store.query(
        "SELECT DISTINCT p.relname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid "
        "JOIN pg_class p ON p.oid = c.confrelid JOIN pg_namespace n ON n.oid = t.relnamespace "
        "WHERE c.contype = 'f' AND t.relname = $1 AND n.nspname = current_schema() ORDER BY 1",
        table));
}

std::vector<Column> columns_of(Store& store, const std::string& table) {
    std::vector<Column> columns;
    Rows rows =
        store.kind() == Kind::sqlite
            ? store.query("SELECT name, lower(type) FROM pragma_table_info($1) ORDER BY cid", table)
            : store.query(
                  "SELECT column_name, lower(data_type) FROM information_schema.columns "
                  "WHERE table_schema = current_schema() AND table_name = $1 ORDER BY "
                  "ordinal_position",
                  table);
    while (rows.next()) {
        const std::string_view type = rows.text(1);
        Type known = Type::text;
        if (type == "bigint" || type == "integer")
            known = Type::integer;
        else if (type == "blob" || type == "bytea")
            known = Type::bytes;
        else if (type != "text")
            throw Error(
                Fault::bug,
                msg("the table {} has a column of the type \"{}\", which is not in use here", table,
                    type));
        columns.push_back({std::string(rows.text(0)), known});
    }
    return columns;
}

std::vector<std::string> primary_key(Store& store, const std::string& table) {
    if (store.kind() == Kind::sqlite)
        return first_column(
            store.query("SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk", table));
    return first_column(store.query(
        "SELECT k.column_name FROM information_schema.table_constraints c "
        "JOIN information_schema.key_column_usage k USING (constraint_schema, constraint_name) "
        "WHERE c.constraint_type = 'PRIMARY KEY' AND c.table_schema = current_schema() "
        "AND c.table_name = $1 ORDER BY k.ordinal_position",
        table));
}

void append_text(std::string& line, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '\t':
                line += "\\t";
                break;
            case '\n':
                line += "\\n";
                break;
            case '\r':
                line += "\\r";
                break;
            case '\\':
                line += "\\\\";
                break;
            default:
                line += c;
        }
    }
}

void append_hex(std::string& line, std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (const char c : bytes) {
        line += kDigits[static_cast<unsigned char>(c) >> 4U];
        line += kDigits[static_cast<unsigned char>(c) & 15U];
    }
}

/// Lines of an archive, with their numbers for complaints.
class Lines {
  public:
    explicit Lines(Input& in) : in_(in) {}
    [[nodiscard]] std::string_view next() {
        in_.consume(used_);
        used_ = 0;
        ++number_;
        for (std::size_t seen = 0;;) {
            const auto at = in_.window().find('\n', seen);
            if (at != std::string_view::npos) {
                used_ = at + 1;
                return in_.window().substr(0, at);
            }
            seen = in_.window().size();
            if (seen > kLongestLine) throw error(msg("a line is too long"));
            if (!in_.more()) throw error(msg("the backup is cut short"));
        }
    }
    [[nodiscard]] bool is_at_end() {
        in_.consume(used_);
        used_ = 0;
        return in_.window().empty() && !in_.more();
    }
    [[nodiscard]] Error error(Message message) const {
        return {Fault::bad_input,
                {in_.name(), 0, 0, number_},
                std::move(message),
                msg("the store was left as it is")};
    }

  private:
    Input& in_;
    std::size_t used_ = 0;
    std::uint64_t number_ = 0;
};

std::vector<std::string_view> split(std::string_view text, char at) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = text.find(at);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::optional<std::string> unescaped(std::string_view cell) {
    std::string out;
    out.reserve(cell.size());
    for (std::size_t i = 0; i < cell.size(); ++i) {
        if (cell[i] != '\\') {
            out += cell[i];
            continue;
        }
        if (++i == cell.size()) return std::nullopt;
        constexpr std::string_view kFrom = "tnr\\", kTo = "\t\n\r\\";
        const auto found = kFrom.find(cell[i]);
        if (found == std::string_view::npos) return std::nullopt;
        out += kTo[found];
    }
    return out;
}

std::optional<std::string> from_hex(std::string_view digits) {
    if (digits.size() % 2 != 0) return std::nullopt;
    std::string out;
    out.reserve(digits.size() / 2);
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const auto high = kDigits.find(digits[i]), low = kDigits.find(digits[i + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
        out += static_cast<char>(high << 4U | low);
    }
    return out;
}

void refuse_rows(Store& store) {
    for (const auto& table : table_names(store)) {
        Rows rows = store.query(fmt::format("SELECT 1 FROM {} LIMIT 1", identifier(table)));
        if (rows.next())
            throw Error(Fault::usage, {store.display_name()},
                        msg("the store is not empty: the table {} has rows", table),
                        msg("say --force to replace all of it by the backup"));
    }
}

void drop_everything(Store& store) {
    if (store.kind() == Kind::sqlite)
        for (const auto& view : first_column(
                 store.query("SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY 1")))
            store.script(fmt::format("DROP VIEW {}", identifier(view)));
    auto tables = table_names(store);
    if (store.has_table(kMigrations)) tables.insert(tables.begin(), std::string(kMigrations));
    for (auto table = tables.rbegin(); table != tables.rend(); ++table)
        store.script(fmt::format("DROP TABLE {} {}", identifier(*table),
                                 store.kind() == Kind::sqlite ? "" : "CASCADE"));
}

/// The rows of one table, up to and with its "end" line.
TableFacts restore_table(Store& store, Lines& lines, std::string_view head, const Tick& tick,
                         std::int64_t done) {
    const auto words = split(head, ' ');
    TableFacts facts{std::string(words.at(1)), 0, {}};
    std::vector<Column> columns;
    std::vector<std::string_view> names;
    for (std::size_t i = 2; i < words.size(); ++i) {
        const auto colon = words[i].find(':');
        const std::string_view type =
            colon == std::string_view::npos ? "" : words[i].substr(colon + 1);
        if (type != "int" && type != "text" && type != "bytes")
            throw lines.error(msg("the table's columns are not readable"));
        columns.push_back({std::string(words[i].substr(0, colon)), type == "int"    ? Type::integer
                                                                   : type == "text" ? Type::text
                                                                                    : Type::bytes});
    }
    for (const auto& column : columns) names.push_back(column.name);
    const auto there = columns_of(store, facts.table);
    const bool is_same = std::is_permutation(
        there.begin(), there.end(), columns.begin(), columns.end(),
        [](const Column& a, const Column& b) { return a.name == b.name && a.type == b.type; });
    if (there.empty() || !is_same)
        throw lines.error(msg("the table {} does not have the columns that its migrations make",
                              printable(facts.table)));
    store.execute(fmt::format("DELETE FROM {}", identifier(facts.table)));
    Bulk bulk = store.bulk(facts.table, names);
    Sha256 hash;
    std::vector<std::string> held(columns.size());
    std::vector<Param> row(columns.size());
    for (;;) {
        const std::string_view line = lines.next();
        // "\\E" cannot begin a row: no cell holds a bare backslash.
        if (line.starts_with("\\E ")) {
            const auto parts = split(line, ' ');
            if (parts.size() != 4 || parts[1] != facts.table ||
                parse_integer(parts[2]) != facts.rows || parts[3] != hash.hex())
                throw lines.error(
                    msg("the rows of the table {} are not those that were saved", facts.table));
            bulk.close();
            facts.sha256 = hash.hex();
            const auto count =
                store.integer(fmt::format("SELECT count(*) FROM {}", identifier(facts.table)));
            if (count != facts.rows)
                throw lines.error(
                    msg("the rows of the table {} are not those that were saved", facts.table));
            return facts;
        }
        hash.update(line);
        hash.update("\n");
        const auto cells = split(line, '\t');
        if (cells.size() != columns.size())
            throw lines.error(
                msg("a row has {} cells instead of {}", cells.size(), columns.size()));
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (cells[i] == "\\N") {
                row[i] = std::monostate{};
                continue;
            }
            if (columns[i].type == Type::integer) {
                const auto number = parse_integer(cells[i]);
                if (!number)
                    throw lines.error(
                        msg("a cell of the column {} cannot be read", columns[i].name));
                row[i] = *number;
                continue;
            }
            auto cell = columns[i].type == Type::text ? unescaped(cells[i]) : from_hex(cells[i]);
            if (!cell)
                throw lines.error(msg("a cell of the column {} cannot be read", columns[i].name));
            held[i] = std::move(*cell);
            row[i] = columns[i].type == Type::text ? Param(std::string_view(held[i]))
                                                   : Param(Bytes{held[i]});
        }
        bulk.add(row);
        ++facts.rows;
        if (tick) tick(done + facts.rows);
    }
}

}  // namespace

std::int64_t ArchiveFacts::rows() const {
    std::int64_t sum = 0;
    for (const auto& table : tables) sum += table.rows;
    return sum;
}

std::vector<std::string> table_names(Store& store) {
    auto left = first_column(
        store.kind() == Kind::sqlite
            ? store.query("SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, "
                          "7) <> 'sqlite_' "
                          "AND name <> 'migration' ORDER BY name COLLATE \"C\"")
            : store.query("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() "
                          "AND tablename <> 'migration' ORDER BY tablename COLLATE \"C\""));
    // Parents first; a table that refers to itself needs no order, and a circle is cut anywhere.
    std::vector<std::string> ordered;
    std::map<std::string, std::vector<std::string>> waits;
    for (const auto& table : left) waits[table] = parents(store, table);
    while (!left.empty()) {
        auto ready = std::find_if(left.begin(), left.end(), [&](const std::string& table) {
            return std::all_of(waits[table].begin(), waits[table].end(),
                               [&](const std::string& parent) {
                                   return parent == table ||
                                          std::find(left.begin(), left.end(), parent) == left.end();
                               });
        });
        if (ready == left.end()) ready = left.begin();
        ordered.push_back(*ready);
        left.erase(ready);
    }
    return ordered;
}

std::int64_t store_bytes(Store& store) {
    return store
        .integer(
            store.kind() == Kind::sqlite
                ? "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
                : "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c "
                  "JOIN pg_namespace n ON n.oid = c.relnamespace "
                  "WHERE c.relkind = 'r' AND n.nspname = current_schema()")
        .value_or(0);
}

ArchiveFacts write_archive(Store& store, Output& out, const Tick& tick) {
    const Snapshot snapshot(store);
    ArchiveFacts facts;
    out.write(fmt::format("{}\n", kMagic));
    {
        Rows rows =
            store.query("SELECT version, name, sha256, applied FROM migration ORDER BY version");
        while (rows.next()) {
            facts.migrations.push_back({static_cast<int>(rows.integer(0)),
                                        std::string(rows.text(1)), std::string(rows.text(2)),
                                        std::string(rows.text(3))});
            const auto& m = facts.migrations.back();
            out.write(
                fmt::format("migration {} {} {} {}\n", m.version, m.name, m.sha256, m.applied));
        }
    }
    std::int64_t done = 0;
    for (const auto& table : table_names(store)) {
        const auto columns = columns_of(store, table);
        std::string head = "table " + table, cells, order;
        for (const auto& column : columns) {
            head += fmt::format(" {}:{}", column.name, word_of(column.type));
            cells += fmt::format("{}{}", cells.empty() ? "" : ", ", identifier(column.name));
        }
        auto key = primary_key(store, table);
        if (key.empty())
            for (const auto& column : columns) key.push_back(column.name);
        for (const auto& column : key)
            order += fmt::format("{}{} NULLS FIRST", order.empty() ? "" : ", ", identifier(column));
        out.write(head + "\n");
        TableFacts table_facts{table, 0, {}};
        Sha256 hash;
        std::string line;
        Rows rows = store.query(
            fmt::format("SELECT {} FROM {} ORDER BY {}", cells, identifier(table), order));
        while (rows.next()) {
            line.clear();
            for (std::size_t i = 0; i < columns.size(); ++i) {
                const int column = static_cast<int>(i);
                if (i > 0) line += '\t';
                if (rows.is_null(column))
                    line += "\\N";
                else if (columns[i].type == Type::integer)
                    line += fmt::format_int(rows.integer(column)).str();
                else if (columns[i].type == Type::bytes)
                    append_hex(line, rows.bytes(column));
                else
                    append_text(line, rows.text(column));
            }
            line += '\n';
            hash.update(line);
            out.write(line);
            ++table_facts.rows;
            if (tick) tick(++done);
        }
        table_facts.sha256 = hash.hex();
        out.write(fmt::format("\\E {} {} {}\n", table, table_facts.rows, table_facts.sha256));
        facts.tables.push_back(std::move(table_facts));
    }
    out.write(fmt::format("done {}\n", facts.tables.size()));
    return facts;
}

ArchiveFacts restore_archive(Store& store, Input& in, const std::vector<std::string>& paths,
                             const std::string& now, Existing existing, const Tick& tick) {
    Lines lines(in);
    if (lines.next() != kMagic) throw lines.error(msg("this is no backup of a store"));
    ArchiveFacts facts;
    std::string line(lines.next());
    for (; line.starts_with("migration "); line = lines.next()) {
        const auto words = split(line, ' ');
        const auto number = words.size() == 5 ? parse_integer(words[1]) : std::nullopt;
        if (!number) throw lines.error(msg("the list of migrations is not readable"));
        facts.migrations.push_back({static_cast<int>(*number), std::string(words[2]),
                                    std::string(words[3]), std::string(words[4])});
    }
    const auto files = load_migration_files(paths);
    {
        Transaction transaction(store);
        if (existing == Existing::refuse) refuse_rows(store);
        drop_everything(store);
        make_migration_table(store);
        for (const auto& saved : facts.migrations) {
            const auto file = std::find_if(files.begin(), files.end(), [&](const MigrationFile& f) {
                return f.facts.version == saved.version;
            });
            if (file == files.end() || file->facts.sha256 != saved.sha256)
                throw Error(Fault::config, {in.name()},
                            msg("the backup has the migration {}, which this tushu does not know",
                                printable(saved.name)),
                            msg("use the tushu that made the backup"));
            apply_migration(store, *file, saved.applied);
        }
        std::set<std::string> missing;
        for (auto& table : table_names(store)) missing.insert(std::move(table));
        for (; line.starts_with("table "); line = lines.next()) {
            facts.tables.push_back(restore_table(store, lines, line, tick, facts.rows()));
            if (missing.erase(facts.tables.back().table) != 1)
                throw lines.error(msg("the table {} is not one of this store, or comes twice",
                                      printable(facts.tables.back().table)));
        }
        if (line != fmt::format("done {}", facts.tables.size()) || !missing.empty())
            throw lines.error(msg("the backup does not end as it should"));
        if (!lines.is_at_end())
            throw lines.error(msg("there is more behind the end of the backup"));
        transaction.commit();
    }
    migrate(store, paths, now);
    return facts;
}

}  // namespace tushu::store
