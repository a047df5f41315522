// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "store/backend.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstring>
#include <filesystem>

namespace tushu::store {
namespace {

constexpr std::size_t kMostStatements =
    400;  // cached ones; SQL texts are few, this only stops a runaway

struct CloseDatabase {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
struct Finalise {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, Finalise>;

int compare_bytes(void*, int left_size, const void* left, int right_size, const void* right) {
    const int shorter = std::min(left_size, right_size);
    const int order =
        shorter == 0 ? 0 : std::memcmp(left, right, static_cast<std::size_t>(shorter));
    return order != 0 ? order : left_size - right_size;
}

/// greatest() and least() as PostgreSQL has them: NULL arguments are ignored.
template <int kSign>
void extreme(sqlite3_context* context, int count, sqlite3_value** values) {
    sqlite3_value* best = nullptr;
    for (int i = 0; i < count; ++i) {
        if (sqlite3_value_type(values[i]) == SQLITE_NULL) continue;
        bool is_better = best == nullptr;
        if (!is_better && sqlite3_value_type(best) == SQLITE_INTEGER &&
            sqlite3_value_type(values[i]) == SQLITE_INTEGER)
            is_better = (sqlite3_value_int64(values[i]) > sqlite3_value_int64(best)) == (kSign > 0);
        else if (!is_better)
            is_better = kSign * compare_bytes(nullptr, sqlite3_value_bytes(values[i]),
                                              sqlite3_value_text(values[i]),
                                              sqlite3_value_bytes(best), sqlite3_value_text(best)) >
                        0;
        if (is_better) best = values[i];
    }
    if (best == nullptr)
        sqlite3_result_null(context);
    else
        sqlite3_result_value(context, best);
}

class SqliteBackend;

/// The prepared statements of one SQL text. More than one when rows of it are read while it runs
/// again.
struct Prepared {
    std::vector<Statement> idle;
    int lent = 0;
};
using Cache = std::map<std::string, Prepared, std::less<>>;

/// A prepared statement on loan from the cache; given back reset.
class Loan {
  public:
    Loan(SqliteBackend& backend, std::string_view sql);
    ~Loan();
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    [[nodiscard]] sqlite3_stmt* get() const { return statement_.get(); }
    void bind(std::span<const Param> params);
    /// True for a row, false at the end.
    bool step();

  private:
    SqliteBackend& backend_;
    Cache::value_type* entry_ = nullptr;  // borrowed from the cache, which keeps what is lent
    Statement statement_;
};

class SqliteBackend final : public Store::Backend {
  public:
    SqliteBackend(const std::string& path, const Store::Options& options);
    ~SqliteBackend() override { cache_.clear(); }
    [[nodiscard]] Kind kind() const override { return Kind::sqlite; }
    std::int64_t execute(std::string_view sql, std::span<const Param> params) override;
    std::unique_ptr<Rows::Source> query(std::string_view sql,
                                        std::span<const Param> params) override;
    std::unique_ptr<Bulk::Sink> bulk(std::string_view table,
                                     std::span<const std::string_view> columns) override;
    void script(const std::string& sql) override;
    void begin() override;
    void begin_snapshot() override;
    void commit() override;
    void rollback() noexcept override;

    [[nodiscard]] Error failure(int code, std::string_view sql);
    [[nodiscard]] sqlite3* database() const { return db_.get(); }

  private:
    friend class Loan;
    void plain(const char* sql);
    Database db_;
    Cache cache_;
};

Loan::Loan(SqliteBackend& backend, std::string_view sql) : backend_(backend) {
    if (backend.is_in_transaction() && backend.has_failed()) throw transaction_has_failed();
    auto found = backend.cache_.find(sql);
    if (found == backend.cache_.end()) {
        if (backend.cache_.size() >= kMostStatements)
            std::erase_if(backend.cache_, [](const auto& entry) { return entry.second.lent == 0; });
        found = backend.cache_.emplace(std::string(sql), Prepared()).first;
    }
    auto& [text, prepared] = *found;
    if (!prepared.idle.empty()) {
        statement_ = std::move(prepared.idle.back());
        prepared.idle.pop_back();
    } else {
        sqlite3_stmt* made = nullptr;
        const char* rest = nullptr;
        const int code =
            sqlite3_prepare_v3(backend.database(), text.data(), static_cast<int>(text.size()),
                               SQLITE_PREPARE_PERSISTENT, &made, &rest);
        statement_.reset(made);
        if (code != SQLITE_OK) throw backend.failure(code, sql);
        const std::string_view behind(rest,
                                      static_cast<std::size_t>(text.data() + text.size() - rest));
        if (made == nullptr || !trim(behind).empty())
            throw refused_sql(sql, "one statement at a time");
    }
    entry_ = &*found;
    ++prepared.lent;
}

Loan::~Loan() {
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
    --entry_->second.lent;
    entry_->second.idle.push_back(std::move(statement_));
}

void Loan::bind(std::span<const Param> params) {
    // A "$3" is a named parameter to SQLite: its index is the order of first appearance.
    const int count = sqlite3_bind_parameter_count(get());
    for (int index = 1; index <= count; ++index) {
        const char* const name = sqlite3_bind_parameter_name(get(), index);
        const auto number =
            name != nullptr && *name == '$' ? parse_integer(name + 1) : std::nullopt;
        if (!number || *number < 1 || *number > static_cast<std::int64_t>(params.size()))
            throw refused_sql(entry_->first, "a placeholder has no value");
        const Param& param = params[static_cast<std::size_t>(*number - 1)];
        int code = SQLITE_OK;
        if (const auto* const integer = std::get_if<std::int64_t>(&param)) {
            code = sqlite3_bind_int64(get(), index, *integer);
        } else if (const auto* const text = std::get_if<std::string_view>(&param)) {
            check_text(*text);
            // An empty view may have no address, and SQLite takes no address for NULL.
            code = sqlite3_bind_text64(get(), index, text->empty() ? "" : text->data(),
                                       text->size(), SQLITE_STATIC, SQLITE_UTF8);
        } else if (const auto* const bytes = std::get_if<Bytes>(&param)) {
            code =
                sqlite3_bind_blob64(get(), index, bytes->bytes.empty() ? "" : bytes->bytes.data(),
                                    bytes->bytes.size(), SQLITE_STATIC);
        } else {
            code = sqlite3_bind_null(get(), index);
        }
        if (code != SQLITE_OK) throw backend_.failure(code, entry_->first);
    }
}

bool Loan::step() {
    const int code = sqlite3_step(get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    throw backend_.failure(code, entry_->first);
}

class SqliteRows final : public Rows::Source {
  public:
    SqliteRows(SqliteBackend& backend, std::string_view sql, std::span<const Param> params)
        : backend_(backend), loan_(backend, sql), transaction_(backend.transaction()) {
        // The values are borrowed only until query() returns, but the rows are read later: keep
        // copies.
        texts_.reserve(params.size());
        for (const auto& param : params) keep(param);
        std::vector<Param> kept;
        kept.reserve(params.size());
        std::size_t text = 0;
        for (const auto& param : params) {
            if (std::holds_alternative<std::string_view>(param))
                kept.emplace_back(std::string_view(texts_[text++]));
            else if (std::holds_alternative<Bytes>(param))
                kept.emplace_back(Bytes{texts_[text++]});
            else
                kept.push_back(param);
        }
        loan_.bind(kept);
    }
    bool next() override {
        if (is_done_) return false;
        if (transaction_ != 0 && transaction_ != backend_.transaction())
            throw rows_outlived_transaction();
        if (loan_.step()) return true;
        is_done_ = true;
        sqlite3_reset(loan_.get());  // ends the read at once, not when the rows are thrown away
        return false;
    }
    [[nodiscard]] bool is_null(int column) const override {
        return sqlite3_column_type(loan_.get(), column) == SQLITE_NULL;
    }
    [[nodiscard]] std::int64_t integer(int column) const override {
        switch (sqlite3_column_type(loan_.get(), column)) {
            case SQLITE_NULL:
                return 0;
            case SQLITE_INTEGER:
                return sqlite3_column_int64(loan_.get(), column);
            default:
                return integer_of(text(column), column);
        }
    }
    [[nodiscard]] std::string_view text(int column) const override {
        const auto* const data = sqlite3_column_text(loan_.get(), column);
        if (data == nullptr) return {};
        return {reinterpret_cast<const char*>(data),
                static_cast<std::size_t>(sqlite3_column_bytes(loan_.get(), column))};
    }
    [[nodiscard]] std::string_view bytes(int column) const override {
        const void* const data = sqlite3_column_blob(loan_.get(), column);
        if (data == nullptr) return {};
        return {static_cast<const char*>(data),
                static_cast<std::size_t>(sqlite3_column_bytes(loan_.get(), column))};
    }

  private:
    void keep(const Param& param) {
        if (const auto* const text = std::get_if<std::string_view>(&param))
            texts_.emplace_back(*text);
        if (const auto* const bytes = std::get_if<Bytes>(&param)) texts_.emplace_back(bytes->bytes);
    }
    SqliteBackend& backend_;
    std::vector<std::string> texts_;
    Loan loan_;
    std::uint64_t transaction_;
    bool is_done_ = false;
};

class SqliteSink final : public Bulk::Sink {
  public:
    SqliteSink(SqliteBackend& backend, const std::string& sql, std::size_t width)
        : backend_(backend),
          loan_(backend, sql),
          width_(width),
          transaction_(backend.transaction()) {}
    ~SqliteSink() override {
        if (!is_closed_ && transaction_ == backend_.transaction()) backend_.note_failure();
    }
    void add(std::span<const Param> values) override {
        if (values.size() != width_)
            throw refused_sql(sqlite3_sql(loan_.get()), "a row has another number of values");
        if (transaction_ != backend_.transaction()) throw rows_outlived_transaction();
        loan_.bind(values);
        (void)loan_.step();
        sqlite3_reset(loan_.get());
    }
    void close() override { is_closed_ = true; }

  private:
    SqliteBackend& backend_;
    Loan loan_;
    std::size_t width_;
    std::uint64_t transaction_;
    bool is_closed_ = false;
};

SqliteBackend::SqliteBackend(const std::string& path, const Store::Options& options) {
    name_ = path;
    std::error_code ignored;
    if (!options.create && !std::filesystem::exists(path, ignored))
        throw Error(Fault::unavailable, {path}, msg("there is no store here"),
                    msg("run \"tushu-db init\" to make it"));
    sqlite3* opened = nullptr;
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (options.create ? SQLITE_OPEN_CREATE : 0);
    const int code = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
    db_.reset(opened);
    if (code != SQLITE_OK) throw failure(code, {});
    sqlite3_extended_result_codes(opened, 1);
    sqlite3_busy_timeout(opened, static_cast<int>(options.busy.count()));
    // A misspelt column must be an error as on PostgreSQL, not a text.
    sqlite3_db_config(opened, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(opened, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    sqlite3_create_collation(opened, "C", SQLITE_UTF8, nullptr, compare_bytes);
    constexpr int kPure = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    sqlite3_create_function(opened, "greatest", -1, kPure, nullptr, extreme<1>, nullptr, nullptr);
    sqlite3_create_function(opened, "least", -1, kPure, nullptr, extreme<-1>, nullptr, nullptr);
    {
        Loan mode(*this, "PRAGMA journal_mode");
        const bool is_wal =
            mode.step() &&
            std::strcmp(reinterpret_cast<const char*>(sqlite3_column_text(mode.get(), 0)), "wal") ==
                0;
        if (!is_wal) {
            sqlite3_reset(mode.get());
            plain("PRAGMA journal_mode=WAL");
        }
    }
    // NORMAL in WAL mode: a power cut may lose the last commits, never damage; a killed process
    // loses nothing.
    plain("PRAGMA synchronous=NORMAL");
    plain("PRAGMA cache_size=-65536");
    // Sorts and temporary tables may be larger than memory: they go to files when the cache is
    // full.
    plain("PRAGMA temp_store=FILE");
    plain("PRAGMA mmap_size=1073741824");
    plain("PRAGMA foreign_keys=ON");
    plain("PRAGMA case_sensitive_like=ON");
    plain("PRAGMA journal_size_limit=67108864");
}

void SqliteBackend::plain(const char* sql) {
    const int code = sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw failure(code, sql);
}

Error SqliteBackend::failure(int code, std::string_view sql) {
    note_failure();
    const char* const reason = db_ ? sqlite3_errmsg(db_.get()) : sqlite3_errstr(code);
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {Fault::again,
                    {name_},
                    msg("the store is locked by another program"),
                    msg("try again when the other program has finished")};
        case SQLITE_FULL:
            return {Fault::io,
                    {name_},
                    msg("no space left for the store"),
                    msg("free some space and run again; the store is as it was before")};
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return {Fault::unavailable, {name_}, msg("the store cannot be opened: {}", reason)};
        case SQLITE_READONLY:
            return {Fault::unavailable, {name_}, msg("the store may not be written: {}", reason)};
        case SQLITE_IOERR:
        case SQLITE_NOMEM:
        case SQLITE_TOOBIG:
            return {Fault::io, {name_}, msg("reading or writing the store failed: {}", reason)};
        case SQLITE_NOTADB:
            return {Fault::unavailable, {name_}, msg("this file is no store")};
        case SQLITE_CORRUPT:
            return {Fault::bad_input,
                    {name_},
                    msg("the store is damaged: {}", reason),
                    msg("restore the last backup with \"tushu-db restore\"")};
        default:
            return refused_sql(sql, reason);
    }
}

std::int64_t SqliteBackend::execute(std::string_view sql, std::span<const Param> params) {
    Loan loan(*this, sql);
    loan.bind(params);
    const auto before = sqlite3_total_changes64(db_.get());
    while (loan.step()) {
    }
    // Not sqlite3_changes: it keeps the number of the last INSERT when a CREATE runs.
    return sqlite3_total_changes64(db_.get()) == before ? 0 : sqlite3_changes64(db_.get());
}

std::unique_ptr<Rows::Source> SqliteBackend::query(std::string_view sql,
                                                   std::span<const Param> params) {
    return std::make_unique<SqliteRows>(*this, sql, params);
}

std::unique_ptr<Bulk::Sink> SqliteBackend::bulk(std::string_view table,
                                                std::span<const std::string_view> columns) {
    if (!is_in_transaction()) throw bulk_needs_transaction();
    std::string sql =
        fmt::format("INSERT INTO {} ({}) VALUES (", identifier(table), joined(columns));
    for (std::size_t i = 1; i <= columns.size(); ++i)
        sql += fmt::format("{}${}", i == 1 ? "" : ", ", i);
    return std::make_unique<SqliteSink>(*this, sql + ")", columns.size());
}

void SqliteBackend::script(const std::string& sql) {
    if (is_in_transaction() && has_failed()) throw transaction_has_failed();
    plain(sql.c_str());
}

void SqliteBackend::begin() {
    plain("BEGIN IMMEDIATE");
    note_begin();
}

void SqliteBackend::begin_snapshot() {
    plain("BEGIN DEFERRED");
    note_begin();
    // The snapshot is taken by the first read, not by BEGIN.
    plain("SELECT count(*) FROM sqlite_master");
}

void SqliteBackend::commit() {
    if (has_failed()) throw transaction_has_failed();
    plain("COMMIT");
    note_end();
}

void SqliteBackend::rollback() noexcept {
    // Some errors (a full disk) have rolled back already.
    if (sqlite3_get_autocommit(db_.get()) == 0)
        sqlite3_exec(db_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    note_end();
}

}  // namespace

std::unique_ptr<Store::Backend> open_sqlite(const std::string& path,
                                            const Store::Options& options) {
    return std::make_unique<SqliteBackend>(path, options);
}

}  // namespace tushu::store
