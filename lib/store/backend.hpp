// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "store/store.hpp"

#include <map>
#include <string>

namespace tushu::store {

class Rows::Source {
  public:
    Source() = default;
    virtual ~Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    virtual bool next() = 0;
    [[nodiscard]] virtual bool is_null(int column) const = 0;
    [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
    [[nodiscard]] virtual std::string_view text(int column) const = 0;
    [[nodiscard]] virtual std::string_view bytes(int column) const = 0;
};

class Bulk::Sink {
  public:
    Sink() = default;
    virtual ~Sink() = default;
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    virtual void add(std::span<const Param> values) = 0;
    virtual void close() = 0;
};

/// What differs between SQLite and PostgreSQL. Everything else of the store stands above it.
class Store::Backend {
  public:
    Backend() = default;
    virtual ~Backend() = default;
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;
    [[nodiscard]] virtual Kind kind() const = 0;
    [[nodiscard]] const std::string& name() const { return name_; }
    virtual std::int64_t execute(std::string_view sql, std::span<const Param> params) = 0;
    virtual std::unique_ptr<Rows::Source> query(std::string_view sql,
                                                std::span<const Param> params) = 0;
    virtual std::unique_ptr<Bulk::Sink> bulk(std::string_view table,
                                             std::span<const std::string_view> columns) = 0;
    virtual void script(const std::string& sql) = 0;
    virtual void begin() = 0;
    virtual void begin_snapshot() = 0;
    virtual void commit() = 0;
    virtual void rollback() noexcept = 0;

    [[nodiscard]] bool is_in_transaction() const { return is_in_transaction_; }
    /// Counts transactions: rows that were opened in one end with it.
    [[nodiscard]] std::uint64_t transaction() const {
        return is_in_transaction_ ? transaction_ : 0;
    }
    [[nodiscard]] bool has_failed() const { return has_failed_; }
    void note_begin() {
        is_in_transaction_ = true;
        has_failed_ = false;
        ++transaction_;
    }
    void note_end() {
        is_in_transaction_ = false;
        has_failed_ = false;
    }
    /// PostgreSQL undoes a transaction at its first error, SQLite would go on: both must end alike.
    void note_failure() { has_failed_ = has_failed_ || is_in_transaction_; }

  protected:
    std::string name_;

  private:
    bool is_in_transaction_ = false, has_failed_ = false;
    std::uint64_t transaction_ = 0;
};

[[nodiscard]] std::unique_ptr<Store::Backend> open_sqlite(const std::string& path,
                                                          const Store::Options& options);
[[nodiscard]] std::unique_ptr<Store::Backend> open_postgresql(const std::string& uri,
                                                              const Store::Options& options);

/// Refuses text that one of the two kinds could not hold. Errors: Error{bad_input}.
void check_text(std::string_view text);
/// The whole cell as an integer. Errors: Error{bug}, naming the column only.
[[nodiscard]] std::int64_t integer_of(std::string_view cell, int column);
[[nodiscard]] Error rows_outlived_transaction();
[[nodiscard]] Error transaction_has_failed();
[[nodiscard]] Error bulk_needs_transaction();
/// Error for SQL that the database refused; `reason` must hold no parameter value.
[[nodiscard]] Error refused_sql(std::string_view sql, std::string_view reason);
/// A name for SQL text: letters, digits and _ only. Errors: Error{bug}.
[[nodiscard]] std::string_view identifier(std::string_view name);
[[nodiscard]] std::string joined(std::span<const std::string_view> names);

}  // namespace tushu::store
