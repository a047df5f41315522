// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "store/backend.hpp"

#include <fmt/format.h>
#include <pqxx/connection>
#include <pqxx/errorhandler>
#include <pqxx/nontransaction>
#include <pqxx/result>
#include <pqxx/stream_to>
#include <pqxx/transaction>

#include <algorithm>
#include <array>
#include <charconv>

namespace tushu::store {
namespace {

/// A value in PostgreSQL's text form, as libpqxx wants it for parameters and for COPY.
struct Value {
    std::string text;
    bool is_null = false;
};

}  // namespace
}  // namespace tushu::store

namespace pqxx {
template <>
struct string_traits<tushu::store::Value> {
    static constexpr const char* name() noexcept { return "value"; }
    static constexpr bool has_null() noexcept { return true; }
    static bool is_null(const tushu::store::Value& value) { return value.is_null; }
    static std::string to_string(const tushu::store::Value& value) { return value.text; }
};
}  // namespace pqxx

namespace tushu::store {
namespace {

constexpr std::size_t kMostStatements = 400;
constexpr int kFetch = 2000;    // rows held in memory
constexpr int kCursorUses = 4;  // an ordered query run more often than this is a lookup: no cursor

std::string hex(std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out = "\\x";
    out.reserve(2 + 2 * bytes.size());
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += kDigits[byte >> 4U];
        out += kDigits[byte & 15U];
    }
    return out;
}

unsigned nibble(char digit) {
    return static_cast<unsigned>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

Value value_of(const Param& param) {
    if (const auto* const integer = std::get_if<std::int64_t>(&param))
        return {fmt::format_int(*integer).str()};
    if (const auto* const text = std::get_if<std::string_view>(&param)) {
        check_text(*text);
        return {std::string(*text)};
    }
    if (const auto* const bytes = std::get_if<Bytes>(&param)) return {hex(bytes->bytes)};
    return {"", true};
}

std::vector<Value> values_of(std::span<const Param> params) {
    std::vector<Value> values;
    values.reserve(params.size());
    for (const auto& param : params) values.push_back(value_of(param));
    return values;
}

/// True for a plain query in a stated order: the kind that may have a million rows.
bool is_ordered_query(std::string_view sql) {
    const std::string upper = ascii_upper(trim(sql));
    if (!upper.starts_with("SELECT") && !upper.starts_with("WITH")) return false;
    for (const std::string_view word : {"INSERT", "UPDATE", "DELETE"})
        if (upper.find(word) != std::string::npos) return false;
    return upper.find("ORDER BY") != std::string::npos &&
           upper.find("LIMIT 1") == std::string::npos;
}

struct Prepared {
    std::string name;
    int uses = 0;
    bool is_ordered = false;
};

class PostgresBackend final : public Store::Backend {
  public:
    PostgresBackend(const std::string& uri, const Store::Options& options);
    ~PostgresBackend() override = default;
    [[nodiscard]] Kind kind() const override { return Kind::postgresql; }
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

    /// Runs `work` on the open transaction; what libpqxx throws becomes an Error without values.
    template <class Work>
    auto guarded(std::string_view sql, const Work& work);
    pqxx::result run(std::string_view sql, std::span<const Param> params);
    [[nodiscard]] pqxx::transaction_base& session() { return *session_; }
    [[nodiscard]] bool is_reachable() const { return connection_->is_open() && session_; }

  private:
    [[nodiscard]] Error failure(const pqxx::sql_error& e, std::string_view sql);
    [[nodiscard]] Error unreachable(std::string_view reason);
    Prepared& statement(std::string_view sql);
    std::unique_ptr<pqxx::connection> connection_;
    std::unique_ptr<pqxx::errorhandler> quiet_;  // libpqxx prints notices otherwise
    std::unique_ptr<pqxx::transaction_base>
        session_;  // libpqxx wants one at any time, open transaction or not
    std::map<std::string, Prepared, std::less<>> cache_;
    std::uint64_t names_ = 0;
};

/// libpq's words without the URI in them; it quotes parts of a URI that it cannot read.
std::string first_line(std::string_view text) {
    text = text.substr(0, text.find('\n'));
    return std::string(trim(text));
}

Error PostgresBackend::unreachable(std::string_view reason) {
    note_failure();
    return {Fault::unavailable,
            {name_},
            msg("the database cannot be reached: {}", printable(first_line(reason), 400)),
            msg("see that the server runs, and that PGPASSFILE or the service file holds the "
                "password")};
}

/// By SQLSTATE (PostgreSQL manual, appendix A): the text of a data exception quotes the offending
/// value, so only syntax and constraint errors, which name columns and constraints, are shown in
/// its words.
Error PostgresBackend::failure(const pqxx::sql_error& e, std::string_view sql) {
    note_failure();
    const std::string& state = e.sqlstate();
    const std::string family = state.substr(0, 2);
    if (state == "55P03" || state == "40001" || state == "40P01" || state == "57014" ||
        state == "53300")
        return {Fault::again,
                {name_},
                msg("the store is locked by another program"),
                msg("try again when the other program has finished")};
    if (state == "53100")
        return {Fault::io,
                {name_},
                msg("no space left for the store"),
                msg("free some space and run again; the store is as it was before")};
    if (family == "53" || family == "58")
        return {Fault::io,
                {name_},
                msg("reading or writing the store failed: {}", fmt::format("SQLSTATE {}", state))};
    if (family == "08" || family == "28" || family == "3D" || family == "57" || !connection_ ||
        !connection_->is_open())
        return unreachable(e.what());
    if (state == "25006" || state == "42501")
        return {Fault::unavailable,
                {name_},
                msg("the store may not be written: {}", first_line(e.what()))};
    if (family == "42" || family == "23" || family == "0A")
        return refused_sql(sql, fmt::format("{} (SQLSTATE {})", first_line(e.what()), state));
    return refused_sql(sql, fmt::format("SQLSTATE {}", state));
}

template <class Work>
auto PostgresBackend::guarded(std::string_view sql, const Work& work) {
    if (is_in_transaction() && has_failed()) throw transaction_has_failed();
    // libpqxx would connect anew and go on outside the transaction, without the session's settings.
    if (!is_reachable()) throw unreachable("the connection was lost");
    try {
        return work();
    } catch (const pqxx::sql_error& e) {
        throw failure(e, sql);
    } catch (const pqxx::broken_connection& e) {
        if (!connection_->is_open()) throw unreachable(e.what());
        // SQLSTATE 08P01, which libpqxx counts among the lost connections: a placeholder has no
        // value.
        note_failure();
        throw refused_sql(sql, first_line(e.what()));
    } catch (const pqxx::in_doubt_error&) {
        throw unreachable(
            "the connection was lost while the transaction ended; look whether it was carried out");
    } catch (const pqxx::failure& e) {
        if (!connection_->is_open()) throw unreachable("the connection was lost");
        note_failure();
        throw refused_sql(sql, "libpqxx failed");
    } catch (const pqxx::pqxx_exception& e) {
        note_failure();
        throw refused_sql(sql, e.base().what());
    }
}

/// True for "user:password@" and for a parameter "password", however it is escaped or broken: libpq
/// quotes what it cannot read, so such a URI must not come near it.
bool holds_password(const std::string& uri) {
    const std::size_t authority = uri.find("://") + 3;
    const std::size_t parameters = std::min(uri.find('?'), uri.size());
    const std::size_t at = uri.rfind('@', parameters);
    if (at != std::string::npos && at > authority &&
        uri.substr(authority, at - authority).find(':') != std::string::npos)
        return true;
    std::string plain;
    for (std::size_t i = parameters; i < uri.size(); ++i) {
        unsigned code = 0;
        if (uri[i] == '%' && i + 2 < uri.size() &&
            std::from_chars(&uri[i + 1], &uri[i + 1] + 2, code, 16).ptr == &uri[i + 1] + 2) {
            plain += static_cast<char>(code);
            i += 2;
        } else {
            plain += uri[i];
        }
    }
    return ascii_lower(plain).find("password=") != std::string::npos;
}

PostgresBackend::PostgresBackend(const std::string& uri, const Store::Options& options) {
    if (holds_password(uri))
        throw Error(Fault::config, msg("the store's URI must not hold a password"),
                    msg("put it into the file that PGPASSFILE names (~/.pgpass, mode 0600)"));
    name_ = uri;
    std::string full = uri;
    const auto add = [&full](std::string_view key, std::string_view value) {
        if (full.find(std::string(key) + "=") == std::string::npos)
            full +=
                fmt::format("{}{}={}", full.find('?') == std::string::npos ? '?' : '&', key, value);
    };
    add("connect_timeout", "15");
    add("application_name", "tushu");
    try {
        connection_ = std::make_unique<pqxx::connection>(full);
        quiet_ = std::make_unique<pqxx::quiet_errorhandler>(*connection_);
        connection_->set_verbosity(pqxx::connection_base::terse);
        connection_->set_client_encoding("UTF8");
        session_ = std::make_unique<pqxx::nontransaction>(*connection_);
    } catch (const pqxx::failure& e) {
        throw unreachable(e.what());
    }
    script(fmt::format(
        "SET client_min_messages = warning; SET lock_timeout = {}; SET cursor_tuple_fraction = "
        "1.0; "
        "SET bytea_output = hex; SET standard_conforming_strings = on; SET timezone = 'UTC'",
        std::max<std::int64_t>(1, options.busy.count())));
    const std::string encoding = run("SHOW server_encoding", {})[0][0].c_str();
    if (encoding != "UTF8")
        throw Error(Fault::config, {name_},
                    msg("the database has the encoding {}, not UTF8", encoding),
                    msg("create it with: createdb --encoding=UTF8 --template=template0 NAME"));
}

Prepared& PostgresBackend::statement(std::string_view sql) {
    const auto found = cache_.find(sql);
    if (found != cache_.end()) return found->second;
    if (cache_.size() >= kMostStatements) {
        for (const auto& [text, old] : cache_)
            if (!old.name.empty()) connection_->unprepare(old.name);
        cache_.clear();
    }
    return cache_.emplace(std::string(sql), Prepared{{}, 0, is_ordered_query(sql)}).first->second;
}

pqxx::result PostgresBackend::run(std::string_view sql, std::span<const Param> params) {
    const auto values = values_of(params);
    return guarded(sql, [&] {
        Prepared& prepared = statement(sql);
        const auto dynamic = pqxx::prepare::make_dynamic_params(values);
        // What runs once is not worth a second round trip to prepare it.
        if (++prepared.uses == 1) return session_->exec_params(std::string(sql), dynamic);
        if (prepared.name.empty()) {
            prepared.name = fmt::format("tushu_{}", ++names_);
            connection_->prepare(prepared.name, std::string(sql));
        }
        return session_->exec_prepared(prepared.name, dynamic);
    });
}

std::int64_t PostgresBackend::execute(std::string_view sql, std::span<const Param> params) {
    return static_cast<std::int64_t>(run(sql, params).affected_rows());
}

/// Rows of a result in memory, or behind a cursor that brings kFetch at a time.
class PostgresRows final : public Rows::Source {
  public:
    PostgresRows(PostgresBackend& backend, pqxx::result result, std::string cursor)
        : backend_(backend),
          result_(std::move(result)),
          cursor_(std::move(cursor)),
          transaction_(backend.transaction()) {}
    ~PostgresRows() override {
        if (cursor_.empty() || transaction_ != backend_.transaction() || backend_.has_failed() ||
            !backend_.is_reachable())
            return;
        try {
            close();
        } catch (const std::exception&) {
            // Nothing is lost: the server drops the cursor with the transaction or the connection.
        }
    }
    bool next() override {
        if (transaction_ != 0 && transaction_ != backend_.transaction())
            throw rows_outlived_transaction();
        row_ += is_before_first_ ? 0U : 1U;
        is_before_first_ = false;
        if (row_ < result_.size()) return true;
        if (cursor_.empty()) {
            row_ = result_.size();
            return false;
        }
        if (result_.size() < kFetch) {
            close();
            return false;
        }
        result_ = backend_.guarded(cursor_, [&] {
            return backend_.session().exec(fmt::format("FETCH {} FROM {}", kFetch, cursor_));
        });
        row_ = 0;
        if (!result_.empty()) return true;
        close();
        return false;
    }
    [[nodiscard]] bool is_null(int column) const override { return field(column).is_null(); }
    [[nodiscard]] std::int64_t integer(int column) const override {
        const auto cell = field(column);
        if (cell.is_null()) return 0;
        const std::string_view seen(cell.c_str(), cell.size());
        if (seen == "t" || seen == "f")
            return seen == "t" ? 1 : 0;  // a comparison: SQLite has 1 and 0
        return integer_of(seen, column);
    }
    [[nodiscard]] std::string_view text(int column) const override {
        const auto cell = field(column);
        return {cell.c_str(), cell.size()};
    }
    [[nodiscard]] std::string_view bytes(int column) const override {
        const std::string_view digits = text(column);
        if (!digits.starts_with("\\x")) return digits;
        std::string& out = bytes_[column];
        out.resize((digits.size() - 2) / 2);
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = static_cast<char>(nibble(digits[2 + 2 * i]) << 4U | nibble(digits[3 + 2 * i]));
        return out;
    }

  private:
    [[nodiscard]] pqxx::field field(int column) const { return result_[row_][column]; }
    void close() {
        const std::string sql = "CLOSE " + cursor_;
        cursor_.clear();
        row_ = result_.size();
        backend_.guarded(sql, [&] { return backend_.session().exec(sql); });
    }
    PostgresBackend& backend_;
    pqxx::result result_;
    std::string cursor_;
    std::uint64_t transaction_;
    pqxx::result::size_type row_ = 0;
    bool is_before_first_ = true;
    mutable std::map<int, std::string> bytes_;  // decoded cells of the row
};

std::unique_ptr<Rows::Source> PostgresBackend::query(std::string_view sql,
                                                     std::span<const Param> params) {
    Prepared& prepared = statement(sql);
    if (!prepared.is_ordered || prepared.uses >= kCursorUses)
        return std::make_unique<PostgresRows>(*this, run(sql, params), "");
    ++prepared.uses;
    const auto values = values_of(params);
    std::string cursor = fmt::format("tushu_rows_{}", ++names_);
    auto result = guarded(sql, [&] {
        // Outside a transaction the server keeps the rows (WITH HOLD); so other statements may run
        // between.
        session_->exec_params(fmt::format("DECLARE {} NO SCROLL CURSOR {} FOR {}", cursor,
                                          is_in_transaction() ? "" : "WITH HOLD", sql),
                              pqxx::prepare::make_dynamic_params(values));
        return session_->exec(fmt::format("FETCH {} FROM {}", kFetch, cursor));
    });
    return std::make_unique<PostgresRows>(*this, std::move(result), std::move(cursor));
}

/// libpqxx 6 streams tuples only: one function for each width of a table.
constexpr std::size_t kMostColumns = 40;
using Writer = void (*)(pqxx::stream_to&, const std::vector<Value>&);
template <std::size_t... I>
void write_row(pqxx::stream_to& stream, const std::vector<Value>& values,
               std::index_sequence<I...>) {
    stream << std::tuple<decltype(values[I])...>(values[I]...);
}
template <std::size_t... Width>
constexpr std::array<Writer, sizeof...(Width)> writers(std::index_sequence<Width...>) {
    return {[](pqxx::stream_to& stream, const std::vector<Value>& values) {
        write_row(stream, values, std::make_index_sequence<Width + 1>());
    }...};
}
constexpr auto kWriters = writers(std::make_index_sequence<kMostColumns>());

class PostgresSink final : public Bulk::Sink {
  public:
    PostgresSink(PostgresBackend& backend, std::string_view table,
                 std::span<const std::string_view> columns)
        : backend_(backend), sql_("COPY " + std::string(table)), values_(columns.size()) {
        const std::vector<std::string> names(columns.begin(), columns.end());
        backend.guarded(sql_, [&] {
            stream_ =
                std::make_unique<pqxx::stream_to>(backend.session(), std::string(table), names);
        });
    }
    ~PostgresSink() override {
        if (stream_) backend_.note_failure();
    }
    void add(std::span<const Param> values) override {
        if (values.size() != values_.size())
            throw refused_sql(sql_, "a row has another number of values");
        if (!stream_) throw rows_outlived_transaction();
        std::transform(values.begin(), values.end(), values_.begin(), value_of);
        backend_.guarded(sql_, [&] { kWriters.at(values_.size() - 1)(*stream_, values_); });
    }
    void close() override {
        if (!stream_) return;
        backend_.guarded(sql_, [&] { stream_->complete(); });
        stream_.reset();
    }

  private:
    PostgresBackend& backend_;
    std::string sql_;
    std::vector<Value> values_;
    std::unique_ptr<pqxx::stream_to> stream_;
};

std::unique_ptr<Bulk::Sink> PostgresBackend::bulk(std::string_view table,
                                                  std::span<const std::string_view> columns) {
    if (!is_in_transaction()) throw bulk_needs_transaction();
    for (const auto column : columns) (void)identifier(column);
    if (columns.empty() || columns.size() > kMostColumns)
        throw refused_sql(table, "a bulk load has 1 to 40 columns");
    return std::make_unique<PostgresSink>(*this, identifier(table), columns);
}

void PostgresBackend::script(const std::string& sql) {
    guarded(sql, [&] { return session_->exec(sql); });
}

void PostgresBackend::begin() {
    guarded("BEGIN", [&] {
        session_.reset();
        session_ = std::make_unique<pqxx::work>(*connection_);
        return 0;
    });
    note_begin();
    // One writer at a time, as on SQLite: modules number their rows by what they find.
    try {
        guarded("lock", [&] {
            return session_->exec(
                "SELECT pg_advisory_xact_lock(hashtextextended('tushu ' || current_schema(), 0))");
        });
    } catch (...) {
        rollback();
        throw;
    }
}

void PostgresBackend::begin_snapshot() {
    using Reading = pqxx::transaction<pqxx::isolation_level::repeatable_read, pqxx::read_only>;
    guarded("BEGIN", [&] {
        session_.reset();
        session_ = std::make_unique<Reading>(*connection_);
        return 0;
    });
    note_begin();
}

void PostgresBackend::commit() {
    guarded("COMMIT", [&] {
        dynamic_cast<pqxx::work&>(*session_).commit();
        return 0;
    });
    note_end();
    session_.reset();
    session_ = std::make_unique<pqxx::nontransaction>(*connection_);
}

void PostgresBackend::rollback() noexcept {
    note_end();
    session_.reset();  // aborts
    try {
        if (connection_->is_open()) session_ = std::make_unique<pqxx::nontransaction>(*connection_);
    } catch (const std::exception&) {
        // Without a session the next statement says that the connection was lost.
    }
}

}  // namespace

std::unique_ptr<Store::Backend> open_postgresql(const std::string& uri,
                                                const Store::Options& options) {
    return std::make_unique<PostgresBackend>(uri, options);
}

}  // namespace tushu::store
