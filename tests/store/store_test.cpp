// SPDX-License-Identifier: Apache-2.0
#include "test_store.hpp"

#include <limits>

using namespace tushu;
using namespace tushu::store;
using test::FreshStore;

namespace {

/// The fault of what `work` throws; the English text goes to `text`.
template <class Work>
std::optional<Fault> fault_of(const Work& work, std::string* text = nullptr) {
    try {
        work();
    } catch (const Error& e) {
        if (text != nullptr) *text = std::string(e.what()) + " | " + e.hint().text(Lang::en);
        return e.fault();
    }
    return std::nullopt;
}

std::string kind_of_store() { return GENERATE(from_range(test::store_kinds())); }

void make_table(Store& store) {
    store.script(R"(CREATE TABLE t (id BIGINT PRIMARY KEY, name TEXT COLLATE "C", n BIGINT))");
}

}  // namespace

TEST_CASE("what was written is read back: NULL, empty text, quotes, big integers, Chinese, bytes",
          "[store]") {
    FreshStore fresh(kind_of_store());
    Store& store = fresh.store();
    store.script(
        store.kind() == Kind::sqlite
            ? R"(CREATE TABLE b (id BIGINT PRIMARY KEY, name TEXT COLLATE "C", n BIGINT, raw BLOB))"
            : R"(CREATE TABLE b (id BIGINT PRIMARY KEY, name TEXT COLLATE "C", n BIGINT, raw BYTEA))");
    const std::vector<std::string> traps{"",
                                         "'",
                                         "''; DROP TABLE b; --",
                                         "\"",
                                         "\\",
                                         "\\N",
                                         "\\x41",
                                         "\\.",
                                         "$1",
                                         "%s",
                                         "a\tb",
                                         "a\nb\r\nc",
                                         "图书馆",
                                         "𠀀😀",
                                         std::string(100'000, 'x'),
                                         " leading",
                                         "trailing ",
                                         "NULL",
                                         "\x7f\x01\x1f"};
    const std::string bytes("\0\x01\\'\xff\xfe\n\t", 8);
    const auto largest = std::numeric_limits<std::int64_t>::max();
    const auto smallest = std::numeric_limits<std::int64_t>::min();
    std::int64_t id = 0;
    for (const auto& text : traps)
        CHECK(store.execute("INSERT INTO b (id, name, n, raw) VALUES ($1, $2, $3, $4)", ++id, text,
                            largest, Bytes{bytes}) == 1);
    {
        Transaction transaction(store);
        Bulk bulk = store.bulk("b", {"id", "name", "n", "raw"});
        for (const auto& text : traps) bulk.row(++id, text, smallest, Bytes{bytes});
        bulk.row(++id, std::optional<std::string>(), std::optional<std::int64_t>(),
                 std::monostate());
        bulk.row(++id, "", 0, Bytes{""});
        bulk.close();
        transaction.commit();
    }
    Rows rows = store.query("SELECT id, name, n, raw FROM b ORDER BY id");
    for (const bool is_bulk : {false, true}) {
        for (const auto& text : traps) {
            REQUIRE(rows.next());
            CHECK(rows.text(1) == text);
            CHECK_FALSE(rows.is_null(1));
            CHECK(rows.integer(2) == (is_bulk ? smallest : largest));
            CHECK(rows.bytes(3) == bytes);
        }
    }
    REQUIRE(rows.next());
    CHECK((rows.is_null(1) && rows.is_null(2) && rows.is_null(3)));
    REQUIRE(rows.next());
    CHECK_FALSE((rows.is_null(1) || rows.is_null(2) || rows.is_null(3)));
    CHECK(rows.bytes(3).empty());
    CHECK_FALSE(rows.next());
    CHECK_FALSE(rows.next());
    CHECK(store.integer("SELECT count(*) FROM b WHERE name IS NULL") == 1);
    CHECK(store.integer("SELECT count(*) FROM b WHERE name = ''") == 3);
}

TEST_CASE("a transaction that is not committed leaves nothing", "[store]") {
    FreshStore fresh(kind_of_store());
    Store& store = fresh.store();
    make_table(store);
    {
        Transaction transaction(store);
        store.execute("INSERT INTO t (id, name) VALUES ($1, $2)", 1, "a");
    }
    CHECK(store.integer("SELECT count(*) FROM t") == 0);
    {
        Transaction transaction(store);
        store.execute("INSERT INTO t (id, name) VALUES ($1, $2)", 1, "a");
        transaction.commit();
    }
    CHECK(store.integer("SELECT count(*) FROM t") == 1);
    fresh.reopen();
    CHECK(fresh.store().text("SELECT name FROM t WHERE id = $1", 1) == "a");
}

TEST_CASE("after an error inside a transaction only rolling back is left, on both kinds",
          "[store]") {
    FreshStore fresh(kind_of_store());
    Store& store = fresh.store();
    make_table(store);
    store.execute("INSERT INTO t (id, name) VALUES ($1, $2)", 1, "old");
    {
        Transaction transaction(store);
        store.execute("INSERT INTO t (id, name) VALUES ($1, $2)", 2, "new");
        std::string text;
        CHECK(fault_of(
                  [&] { store.execute("INSERT INTO t (id, name) VALUES ($1, $2)", 1, "SECRET"); },
                  &text) == Fault::bug);
        INFO(text);
        CHECK(text.find("SECRET") == std::string::npos);
        CHECK(fault_of([&] { store.execute("INSERT INTO t (id) VALUES ($1)", 3); }) == Fault::bug);
        CHECK(fault_of([&] { (void)store.integer("SELECT 1"); }) == Fault::bug);
        CHECK(fault_of([&] { transaction.commit(); }) == Fault::bug);
    }
    CHECK(store.integer("SELECT count(*) FROM t") == 1);
    CHECK(store.execute("UPDATE t SET name = $1 WHERE id = $2", "again", 1) == 1);
}
