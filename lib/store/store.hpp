// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/error.hpp"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tushu::store {

/// Bytes that are not text (a BLOB or BYTEA parameter).
struct Bytes {
    std::string_view bytes;
};
/// One SQL parameter: NULL, integer, text or bytes. Texts are borrowed until the call returns.
using Param = std::variant<std::monostate, std::int64_t, std::string_view, Bytes>;

inline Param param(std::monostate) { return std::monostate{}; }
inline Param param(std::nullptr_t) { return std::monostate{}; }
template <std::integral I>
Param param(I number) {
    return static_cast<std::int64_t>(number);
}
template <std::convertible_to<std::string_view> S>
Param param(const S& text) {
    return std::string_view(text);
}
inline Param param(Bytes bytes) { return bytes; }
template <class T>
Param param(const std::optional<T>& value) {
    return value ? param(*value) : Param(std::monostate{});
}

/// The answer to a query, row by row. Cells are read by index from 0 and live until the next
/// next().
class Rows {
  public:
    class Source;
    explicit Rows(std::unique_ptr<Source> source);
    ~Rows();
    Rows(Rows&&) noexcept;
    Rows& operator=(Rows&&) noexcept;
    [[nodiscard]] bool next();
    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;    // NULL: 0
    [[nodiscard]] std::string_view text(int column) const;   // NULL: empty
    [[nodiscard]] std::string_view bytes(int column) const;  // NULL: empty

  private:
    std::unique_ptr<Source> source_;
};

/// Rows streamed into one table: COPY on PostgreSQL, one prepared INSERT on SQLite. Inside a
/// Transaction.
class Bulk {
  public:
    class Sink;
    explicit Bulk(std::unique_ptr<Sink> sink);
    ~Bulk();
    Bulk(Bulk&&) noexcept;
    Bulk& operator=(Bulk&&) noexcept;
    template <class... T>
    void row(const T&... values) {
        const Param params[] = {param(values)...};
        add(params);
    }
    void add(std::span<const Param> values);
    /// Must be called; on PostgreSQL nothing else may run on the Store before.
    void close();

  private:
    std::unique_ptr<Sink> sink_;
};

enum class Kind { sqlite, postgresql };

/// One connection to the store: SQLite (a file, WAL mode) or PostgreSQL, behind the same SQL.
///
/// SQL:    placeholders are $1, $2 ... and may repeat. Types to use in tables: BIGINT,
///         TEXT COLLATE "C" (bytewise order on both), BYTES (BLOB or BYTEA in migrations). Upsert
///         by INSERT ... ON CONFLICT, temporary tables, window functions, greatest(), least() and
///         WITH are common to both. Write NULLS FIRST or NULLS LAST where an ordered column may be
///         NULL.
/// Text:   UTF-8 without NUL bytes, on both; anything else is Error{bad_input} before it is sent.
/// Rows:   may be read while other statements run. On PostgreSQL an ORDER BY query is read by
///         a cursor, a few thousand rows at a time, until it was run so often that it is a lookup.
/// URI:    "path/to/file.db", "sqlite:path", "postgresql://user@host/db?...": the password
///         comes from PGPASSFILE or the service file, never from argv.
/// Errors: Error{unavailable} when it cannot be reached or opened, Error{again} when it stays
///         locked for longer than `busy`, Error{io} on a full disk, Error{bug} for SQL that does
///         not compile. No message holds parameter values or passwords.
class Store {
  public:
    struct Options {
        bool create =
            false;  // make a missing SQLite file (tushu-db init); otherwise Error{unavailable}
        std::chrono::milliseconds busy{15'000};
    };
    static Store open(const std::string& uri, Options options);
    static Store open(const std::string& uri) { return open(uri, Options{}); }
    ~Store();
    Store(Store&&) noexcept;
    Store& operator=(Store&&) noexcept;

    [[nodiscard]] Kind kind() const;
    /// The URI without password, for messages and status.
    [[nodiscard]] std::string display_name() const;

    /// Runs one statement; returns the rows changed.
    template <class... T>
    std::int64_t execute(std::string_view sql, const T&... values) {
        const Param params[] = {param(values)..., Param()};
        return execute_params(sql, std::span<const Param>(params, sizeof...(T)));
    }
    template <class... T>
    [[nodiscard]] Rows query(std::string_view sql, const T&... values) {
        const Param params[] = {param(values)..., Param()};
        return query_params(sql, std::span<const Param>(params, sizeof...(T)));
    }
    /// First cell of the first row; nullopt for no row or NULL.
    template <class... T>
    [[nodiscard]] std::optional<std::int64_t> integer(std::string_view sql, const T&... values) {
        Rows rows = query(sql, values...);
        if (!rows.next() || rows.is_null(0)) return std::nullopt;
        return rows.integer(0);
    }
    template <class... T>
    [[nodiscard]] std::optional<std::string> text(std::string_view sql, const T&... values) {
        Rows rows = query(sql, values...);
        if (!rows.next() || rows.is_null(0)) return std::nullopt;
        return std::string(rows.text(0));
    }
    std::int64_t execute_params(std::string_view sql, std::span<const Param> params);
    [[nodiscard]] Rows query_params(std::string_view sql, std::span<const Param> params);
    [[nodiscard]] Bulk bulk(std::string_view table, std::span<const std::string_view> columns);
    [[nodiscard]] Bulk bulk(std::string_view table,
                            std::initializer_list<std::string_view> columns) {
        return bulk(table, std::span<const std::string_view>(columns.begin(), columns.size()));
    }

    /// Runs a text of several statements without parameters (migrations).
    void script(const std::string& sql);
    [[nodiscard]] bool has_table(std::string_view table);
    /// After a table has changed much: lets PostgreSQL know how large it is now, so that its next
    /// plans are right at once and not only after its own housekeeping. SQLite plans without
    /// counts.
    void refresh_statistics(std::string_view table);

    class Backend;

  private:
    friend class Transaction;
    friend class Snapshot;
    explicit Store(std::unique_ptr<Backend> backend);
    std::unique_ptr<Backend> backend_;
};

/// Everything or nothing. Writers take the write lock at once (BEGIN IMMEDIATE), so that a busy
/// database shows at the start and not half-way: one writing transaction at a time, on both kinds.
/// Without commit() the destructor rolls back. After an Error of the database inside a transaction
/// only rolling back is left (as PostgreSQL has it): later statements and commit() throw
/// Error{bug}. A text that cannot be stored is found before it is sent, and the transaction may go
/// on. Rows opened inside end with it.
class Transaction {
  public:
    explicit Transaction(Store& store);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

  private:
    Store* store_;
    bool is_open_ = true;
};

/// Reads only, and sees the store as it was at the start, whatever others write meanwhile. Blocks
/// no writer. For results that must agree with each other.
class Snapshot {
  public:
    explicit Snapshot(Store& store);
    ~Snapshot();
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

  private:
    Store* store_;
};

/// The table versions. Files of data/migrations, NNNN-name.sql, run once each, in order.
struct Migration {
    int version = 0;
    std::string name;
    std::string sha256;
    std::string applied;  // instant, empty: pending
};
/// What is applied and what is pending. Errors: Error{config} when an applied file has changed
/// since.
[[nodiscard]] std::vector<Migration> migrations(Store& store,
                                                const std::vector<std::string>& files);
/// Applies the pending ones, each in a transaction; returns how many. `now` is recorded.
int migrate(Store& store, const std::vector<std::string>& files, const std::string& now);
/// Throws Error{config} with the hint "run tushu-db migrate" unless every file is applied.
void require_current(Store& store, const std::vector<std::string>& files);

/// A load: one file taken in by one module. Everything derived names the loads it came from.
struct Load {
    std::int64_t id = 0;
    bool is_repeat = false;  // the same bytes were loaded before for this kind and source
};
/// Registers a load; the same (kind, source, sha256, profile) again gives the first one back with
/// is_repeat, unless it was never finished. `profile` is what else decides the result (a column
/// profile's hash), or empty.
Load begin_load(Store& store, std::string_view kind, std::string_view source, std::string_view file,
                std::string_view sha256, std::string_view profile, std::string_view now);
/// Sets the counts of a load that has been taken in.
void finish_load(Store& store, std::int64_t id, std::int64_t rows, std::int64_t rejects);

/// One daily number: the shape in which every domain hands its results to the statistics.
struct DailyCount {
    std::string
        measure;      // "loans", "bibs_created", "items_found" ... (lib/stats/data/measures.yaml)
    std::string day;  // yyyy-mm-dd, local
    std::string branch;    // empty: not by branch
    std::string category;  // material, language, network ...; empty: none
    std::int64_t n = 0;
};
/// Replaces all daily counts of one origin ("circulation:<sha256>", "inventory:<session>") by
/// `rows`; rows with equal keys are added up. Runs in the caller's transaction.
void replace_daily_counts(Store& store, std::string_view origin, std::span<const DailyCount> rows);

/// As replace_daily_counts(), for origins with hundreds of thousands of rows: they are handed over
/// one by one, each (measure, day, branch, category) once. On PostgreSQL nothing else may run
/// before close().
class DailyCountWriter {
  public:
    DailyCountWriter(Store& store, std::string_view origin);
    void add(const DailyCount& row);
    void close() { bulk_.close(); }

  private:
    std::string origin_;
    Bulk bulk_;
};

}  // namespace tushu::store
