// SPDX-License-Identifier: Apache-2.0
#include "store/store.hpp"

#include "base/date.hpp"
#include "base/text.hpp"
#include "store/backend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace tushu::store {

void check_text(std::string_view text) {
    if (std::memchr(text.data(), 0, text.size()) != nullptr)
        throw Error(Fault::bad_input, msg("a text with a NUL byte cannot be stored"));
    if (!is_utf8(text))
        throw Error(Fault::bad_input, msg("a text that is not UTF-8 cannot be stored"));
}

std::int64_t integer_of(std::string_view cell, int column) {
    const auto number = parse_integer(cell);
    if (!number) throw Error(Fault::bug, msg("column {} of a query is not an integer", column));
    return *number;
}

Error rows_outlived_transaction() {
    return {Fault::bug, msg("rows were read after the end of their transaction")};
}
Error transaction_has_failed() {
    return {Fault::bug, msg("a transaction was continued after an error in it")};
}
Error bulk_needs_transaction() {
    return {Fault::bug, msg("a bulk load was started outside a transaction")};
}

Error refused_sql(std::string_view sql, std::string_view reason) {
    return {Fault::bug, msg("the database refuses a statement: {}", printable(reason, 300)),
            msg("the statement: {}", printable(sql, 300))};
}

std::string_view identifier(std::string_view name) {
    const bool is_good = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
    if (!is_good) throw refused_sql(name, "not a table or column name");
    return name;
}

std::string joined(std::span<const std::string_view> names) {
    std::string out;
    for (const auto name : names)
        out += fmt::format("{}{}", out.empty() ? "" : ", ", identifier(name));
    return out;
}

Rows::Rows(std::unique_ptr<Source> source) : source_(std::move(source)) {}
Rows::~Rows() = default;
Rows::Rows(Rows&&) noexcept = default;
Rows& Rows::operator=(Rows&&) noexcept = default;
bool Rows::next() { return source_->next(); }
bool Rows::is_null(int column) const { return source_->is_null(column); }
std::int64_t Rows::integer(int column) const { return source_->integer(column); }
std::string_view Rows::text(int column) const { return source_->text(column); }
std::string_view Rows::bytes(int column) const { return source_->bytes(column); }

Bulk::Bulk(std::unique_ptr<Sink> sink) : sink_(std::move(sink)) {}
Bulk::~Bulk() = default;
Bulk::Bulk(Bulk&&) noexcept = default;
Bulk& Bulk::operator=(Bulk&&) noexcept = default;
void Bulk::add(std::span<const Param> values) { sink_->add(values); }
void Bulk::close() { sink_->close(); }

Store::Store(std::unique_ptr<Backend> backend) : backend_(std::move(backend)) {}
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

Store Store::open(const std::string& uri, Options options) {
    if (uri.starts_with("postgresql://") || uri.starts_with("postgres://"))
        return Store(open_postgresql(uri, options));
    const std::string path = uri.starts_with("sqlite:") ? uri.substr(7) : uri;
    if (path.empty() || path.find("://") != std::string::npos)
        throw Error(Fault::config, msg("\"{}\" is not the address of a store", printable(path)),
                    msg("give the path of a SQLite file or postgresql://USER@HOST/DATABASE"));
    return Store(open_sqlite(path, options));
}

Kind Store::kind() const { return backend_->kind(); }
std::string Store::display_name() const { return backend_->name(); }
std::int64_t Store::execute_params(std::string_view sql, std::span<const Param> params) {
    return backend_->execute(sql, params);
}
Rows Store::query_params(std::string_view sql, std::span<const Param> params) {
    return Rows(backend_->query(sql, params));
}
Bulk Store::bulk(std::string_view table, std::span<const std::string_view> columns) {
    return Bulk(backend_->bulk(table, columns));
}
void Store::script(const std::string& sql) { backend_->script(sql); }

void Store::refresh_statistics(std::string_view table) {
    if (kind() == Kind::postgresql) (void)execute(fmt::format("ANALYZE {}", identifier(table)));
}

bool Store::has_table(std::string_view table) {
    return integer(kind() == Kind::sqlite
                       ? "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1"
                       : "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND "
                         "tablename = $1",
                   table)
               .value_or(0) != 0;
}

Transaction::Transaction(Store& store) : store_(&store) {
    if (store.backend_->is_in_transaction())
        throw Error(Fault::bug, msg("a transaction was begun inside another one"));
    store.backend_->begin();
}

Transaction::~Transaction() {
    if (is_open_) store_->backend_->rollback();
}

void Transaction::commit() {
    store_->backend_->commit();
    is_open_ = false;
}

Snapshot::Snapshot(Store& store) : store_(&store) {
    if (store.backend_->is_in_transaction())
        throw Error(Fault::bug, msg("a transaction was begun inside another one"));
    store.backend_->begin_snapshot();
}

Snapshot::~Snapshot() { store_->backend_->rollback(); }

Load begin_load(Store& store, std::string_view kind, std::string_view source, std::string_view file,
                std::string_view sha256, std::string_view profile, std::string_view now) {
    {
        Rows rows = store.query(
            "SELECT id, row_count FROM load WHERE kind = $1 AND source = $2 AND sha256 = $3 AND "
            "profile = $4",
            kind, source, sha256, profile);
        // One that was begun and never finished has not been taken in: it is done again under its
        // number.
        if (rows.next()) return {rows.integer(0), !rows.is_null(1)};
    }
    const std::int64_t id = store.integer("SELECT coalesce(max(id), 0) + 1 FROM load").value_or(1);
    store.execute(
        "INSERT INTO load (id, kind, source, file, sha256, profile, loaded_at) VALUES ($1, $2, $3, "
        "$4, $5, $6, $7)",
        id, kind, source, file, sha256, profile, now);
    return {id, false};
}

void finish_load(Store& store, std::int64_t id, std::int64_t rows, std::int64_t rejects) {
    if (store.execute("UPDATE load SET row_count = $2, reject_count = $3 WHERE id = $1", id, rows,
                      rejects) != 1)
        throw Error(Fault::bug, msg("load {} was finished but never begun", id));
}

DailyCountWriter::DailyCountWriter(Store& store, std::string_view origin)
    : origin_(origin),
      bulk_((store.execute("DELETE FROM daily_count WHERE origin = $1", origin),
             store.bulk("daily_count", {"origin", "measure", "day", "branch", "category", "n"}))) {}

void DailyCountWriter::add(const DailyCount& row) {
    if (!parse_day(row.day) || row.day.size() != 10)
        throw Error(Fault::bug, msg("a daily count has the day \"{}\"", printable(row.day)));
    bulk_.row(origin_, row.measure, row.day, row.branch, row.category, row.n);
}

void replace_daily_counts(Store& store, std::string_view origin, std::span<const DailyCount> rows) {
    using Key = std::tuple<std::string_view, std::string_view, std::string_view, std::string_view>;
    std::map<Key, std::int64_t> sums;
    for (const auto& row : rows) {
        std::int64_t& sum = sums[{row.measure, row.day, row.branch, row.category}];
        if (__builtin_add_overflow(sum, row.n, &sum))
            throw Error(Fault::bad_input, msg("the sum of \"{}\" is too large", row.measure));
    }
    DailyCountWriter writer(store, origin);
    for (const auto& [key, n] : sums)
        writer.add({std::string(std::get<0>(key)), std::string(std::get<1>(key)),
                    std::string(std::get<2>(key)), std::string(std::get<3>(key)), n});
    writer.close();
}

}  // namespace tushu::store
