// SPDX-License-Identifier: Apache-2.0
#include "base/output.hpp"
#include "store/archive.hpp"
#include "test_store.hpp"

#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include <chrono>
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

TEST_CASE("a text that cannot be stored is refused before it is sent, and the transaction goes on",
          "[store]") {
    FreshStore fresh(kind_of_store());
    Store& store = fresh.store();
    make_table(store);
    Transaction transaction(store);
    for (const std::string& bad :
         {std::string("a\0b", 3), std::string("\0", 1), std::string("\xff"),
          std::string("\xe5\x9b"), std::string("\xed\xa0\x80"), std::string("\xc0\x80")}) {
        CHECK(fault_of([&] { store.execute("INSERT INTO t (id, name) VALUES (1, $1)", bad); }) ==
              Fault::bad_input);
        CHECK(fault_of([&] { (void)store.text("SELECT name FROM t WHERE name = $1", bad); }) ==
              Fault::bad_input);
    }
    store.execute("INSERT INTO t (id, name) VALUES (1, $1)", "good");
    transaction.commit();
    CHECK(store.integer("SELECT count(*) FROM t") == 1);
}

TEST_CASE("placeholders may repeat and stand in any order; one without a value is a bug",
          "[store]") {
    FreshStore fresh(kind_of_store());
    Store& store = fresh.store();
    make_table(store);
    for (int round = 0; round < 8;
         ++round) {  // from the first run to prepared statements and past cursors
        CHECK(store.text("SELECT CAST($2 AS TEXT) || $1 || CAST($2 AS TEXT)", "b", "a") == "aba");
        CHECK(store.integer(
                  "SELECT n FROM (SELECT 5 AS n UNION ALL SELECT 7) AS x WHERE n > $1 ORDER BY n",
                  5) == 7);
    }
    CHECK(fault_of([&] { store.execute("INSERT INTO t (id, n) VALUES ($1, $2)", 1); }) ==
          Fault::bug);
    CHECK(fault_of([&] { store.execute("INSERT INTO t (id) VALUES (1); DELETE FROM t"); }) ==
          Fault::bug);
    CHECK(fault_of([&] { store.execute("SELEC 1"); }) == Fault::bug);
    CHECK(fault_of([&] { (void)store.text(R"(SELECT "no such column" FROM t)"); }) == Fault::bug);
    CHECK(fault_of([&] { (void)store.bulk("t", {"id"}); }) == Fault::bug);
}

TEST_CASE("execute tells how many rows it changed", "[store]") {
    FreshStore fresh(kind_of_store());
    Store& store = fresh.store();
    make_table(store);
    CHECK(store.execute("INSERT INTO t (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'b')") == 3);
    CHECK(store.execute("UPDATE t SET n = 1 WHERE name = $1", "b") == 2);
    CHECK(store.execute("UPDATE t SET n = 1 WHERE name = $1", "z") == 0);
    CHECK(store.execute("INSERT INTO t (id, name) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET "
                        "name = excluded.name") == 1);
    CHECK(store.execute("INSERT INTO t (id, name) VALUES (1, 'x') ON CONFLICT (id) DO NOTHING") ==
          0);
    CHECK(store.execute("CREATE TEMPORARY TABLE scratch (id BIGINT)") == 0);
    CHECK(store.execute("DELETE FROM t") == 3);
}

TEST_CASE("what a comparison, a sum or NULL gives reads alike", "[store]") {
    FreshStore fresh(kind_of_store());
    Store& store = fresh.store();
    make_table(store);
    store.execute(
        "INSERT INTO t (id, name, n) VALUES (1, 'a', 9000000000000000000), (2, 'B', NULL), (3, "
        "'c', -5)");
    CHECK(store.integer("SELECT name = 'a' FROM t WHERE id = 1") == 1);
    CHECK(store.integer("SELECT name = 'a' FROM t WHERE id = 2") == 0);
    CHECK(store.integer("SELECT sum(n) FROM t") == 8999999999999999995);
    CHECK(store.integer("SELECT sum(n) FROM t WHERE id = 2") == std::nullopt);
    CHECK(store.integer("SELECT n FROM t WHERE id = 99") == std::nullopt);
    CHECK(store.integer("SELECT count(*) FROM t WHERE name LIKE 'b%'") == 0);
    CHECK(store.integer("SELECT greatest(n, 3, 7) FROM t WHERE id = 3") == 7);
    CHECK(store.integer("SELECT least(n, 3) FROM t WHERE id = 3") == -5);
    CHECK(store.integer("SELECT greatest(n, 3) FROM t WHERE id = 2") == 3);
    CHECK(store.text("SELECT greatest(name, 'b' COLLATE \"C\") FROM t WHERE id = 3") == "c");
    CHECK(store.integer("SELECT -7 / 2") == -3);
    CHECK(store.integer("SELECT length('图书馆')") == 3);
    CHECK(fault_of([&] { (void)store.integer("SELECT name FROM t WHERE id = 1"); }) == Fault::bug);
}

TEST_CASE("text is ordered by its bytes, Chinese too, whatever the database's own collation",
          "[store]") {
    FreshStore fresh(kind_of_store());
    Store& store = fresh.store();
    make_table(store);
    std::vector<std::string> words{"阿", "北", "B", "a", "ß", "Z", "中",  "_",  "", "𠀀",
                                   "é",  "e",  "Я", "z", "0", " ", "a b", "ab", "A"};
    std::int64_t id = 0;
    for (const auto& word : words)
        store.execute("INSERT INTO t (id, name) VALUES ($1, $2)", ++id, word);
    std::sort(words.begin(), words.end());
    std::vector<std::string> seen;
    Rows rows = store.query("SELECT name FROM t ORDER BY name");
    while (rows.next()) seen.emplace_back(rows.text(0));
    CHECK(seen == words);
    CHECK(store.text("SELECT max(name) FROM t") == words.back());
    CHECK(store.integer("SELECT count(*) FROM t WHERE name > $1", "z") ==
          std::count_if(words.begin(), words.end(),
                        [](const std::string& word) { return word > "z"; }));
}

TEST_CASE("many rows are read while other statements run, inside a transaction and outside",
          "[store]") {
    FreshStore fresh(kind_of_store());
    Store& store = fresh.store();
    make_table(store);
    constexpr std::int64_t kRows = 9'001;
    {
        Transaction transaction(store);
        Bulk bulk = store.bulk("t", {"id", "name"});
        for (std::int64_t id = 1; id <= kRows; ++id) bulk.row(id, "n" + std::to_string(id));
        bulk.close();
        transaction.commit();
    }
    const auto read = [&](std::string_view sql, bool is_writing) {
        Rows rows = store.query(sql);
        std::int64_t expected = 0;
        while (rows.next()) {
            ++expected;
            if (rows.integer(0) != expected) FAIL("a row is missing or out of order");
            if (is_writing && expected % 1500 == 0)
                store.execute("UPDATE t SET n = $1 WHERE id = $2", expected, expected);
        }
        CHECK(expected == kRows);
        CHECK_FALSE(rows.next());
    };
    for (int round = 0; round < 6; ++round) read("SELECT id FROM t ORDER BY id", false);
    {
        Transaction transaction(store);
        read("SELECT id, name FROM t ORDER BY id", true);
        transaction.commit();
    }
    read("SELECT id, 1 FROM t ORDER BY id", true);
    CHECK(store.integer("SELECT count(*) FROM t WHERE n IS NOT NULL") == kRows / 1500);
    // A result given up half-way leaves nothing behind.
    for (int i = 0; i < 3; ++i) {
        Rows rows = store.query("SELECT id, 2 FROM t ORDER BY id");
        REQUIRE(rows.next());
    }
    // The same text twice at once.
    Rows first = store.query("SELECT id, 3 FROM t ORDER BY id");
    Rows second = store.query("SELECT id, 3 FROM t ORDER BY id");
    REQUIRE((first.next() && first.next() && second.next()));
    CHECK(first.integer(0) == 2);
    CHECK(second.integer(0) == 1);
}

TEST_CASE("rows end with the transaction that they were opened in", "[store]") {
    FreshStore fresh(kind_of_store());
    Store& store = fresh.store();
    make_table(store);
    store.execute("INSERT INTO t (id) VALUES (1), (2), (3)");
    std::optional<Rows> rows;
    {
        Transaction transaction(store);
        rows.emplace(store.query("SELECT id FROM t ORDER BY id"));
        CHECK(rows->next());
        transaction.commit();
    }
    CHECK(fault_of([&] { (void)rows->next(); }) == Fault::bug);
    rows.reset();
    CHECK(store.integer("SELECT count(*) FROM t") == 3);
}

TEST_CASE("a bulk load that is not closed, or breaks a rule, spoils its transaction", "[store]") {
    FreshStore fresh(kind_of_store());
    Store& store = fresh.store();
    make_table(store);
    {
        Transaction transaction(store);
        {
            Bulk bulk = store.bulk("t", {"id", "name"});
            bulk.row(1, "a");
        }
        CHECK(fault_of([&] { transaction.commit(); }) == Fault::bug);
    }
    CHECK(store.integer("SELECT count(*) FROM t") == 0);
    {
        Transaction transaction(store);
        std::string text;
        const auto fault = fault_of(
            [&] {
                Bulk bulk = store.bulk("t", {"id", "name"});
                bulk.row(1, "SECRET");
                bulk.row(1, "SECRET");
                bulk.close();
            },
            &text);
        CHECK(fault == Fault::bug);
        INFO(text);
        CHECK(text.find("SECRET") == std::string::npos);
        CHECK(fault_of([&] { transaction.commit(); }) == Fault::bug);
    }
    {
        Transaction transaction(store);
        CHECK(fault_of([&] {
                  Bulk bulk = store.bulk("t", {"id", "name"});
                  bulk.row(1, std::string("a\0b", 3));
              }) == Fault::bad_input);
    }
    {
        Transaction transaction(store);
        Bulk bulk = store.bulk("t", {"id", "name"});
        bulk.row(1, "good");
        bulk.close();
        transaction.commit();
    }
    CHECK(store.text("SELECT name FROM t") == "good");
}

TEST_CASE("no message holds a value that was to be stored", "[store]") {
    FreshStore fresh(kind_of_store());
    Store& store = fresh.store();
    store.script(
        "CREATE TABLE u (name TEXT COLLATE \"C\" NOT NULL UNIQUE, n BIGINT CHECK (n < 10))");
    store.execute("INSERT INTO u (name, n) VALUES ($1, 1)", "SECRET");
    std::string text;
    const auto refused = [&](const auto& work) {
        text.clear();
        const auto fault = fault_of(work, &text);
        CAPTURE(text);
        CHECK(fault == Fault::bug);
        CHECK(text.find("SECRET") == std::string::npos);
        CHECK(text.find("123456789") == std::string::npos);
    };
    refused([&] { store.execute("INSERT INTO u (name, n) VALUES ($1, 2)", "SECRET"); });
    refused(
        [&] { store.execute("INSERT INTO u (name, n) VALUES ($1, $2)", "SECRET2", 123456789); });
    refused([&] {
        store.execute("INSERT INTO u (name, n) VALUES ($1, $2)", std::optional<std::string>(),
                      123456789);
    });
    refused([&] { (void)store.integer("SELECT name FROM u WHERE name = $1", "SECRET"); });
}

TEST_CASE("one writer at a time: the second waits, then says that the store is busy", "[store]") {
    FreshStore fresh(kind_of_store());
    make_table(fresh.store());
    Store other = Store::open(fresh.uri(), {.busy = std::chrono::milliseconds(100)});
    {
        Transaction transaction(fresh.store());
        fresh.store().execute("INSERT INTO t (id) VALUES (1)");
        const auto start = std::chrono::steady_clock::now();
        CHECK(fault_of([&] { Transaction second(other); }) == Fault::again);
        const auto waited = std::chrono::steady_clock::now() - start;
        CHECK(waited >= std::chrono::milliseconds(90));
        CHECK(waited < std::chrono::seconds(10));
        CHECK(other.integer("SELECT count(*) FROM t") == 0);  // readers are not kept waiting
        transaction.commit();
    }
    Transaction second(other);
    CHECK(other.integer("SELECT count(*) FROM t") == 1);
}

TEST_CASE("a snapshot sees the store as it was, and lets others write", "[store]") {
    FreshStore fresh(kind_of_store());
    make_table(fresh.store());
    Store reader = Store::open(fresh.uri());
    {
        const Snapshot snapshot(reader);
        CHECK(reader.integer("SELECT count(*) FROM t") == 0);
        Transaction transaction(fresh.store());
        fresh.store().execute("INSERT INTO t (id) VALUES (1)");
        transaction.commit();
        CHECK(reader.integer("SELECT count(*) FROM t") == 0);
    }
    CHECK(reader.integer("SELECT count(*) FROM t") == 1);
}

TEST_CASE("a process killed in the middle of a transaction leaves the old state", "[store]") {
    FreshStore fresh(kind_of_store());
    make_table(fresh.store());
    fresh.store().execute("INSERT INTO t (id, name) VALUES (0, 'old')");
    int pipe_ends[2];
    REQUIRE(::pipe(pipe_ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        try {
            Store store = Store::open(fresh.uri());
            Transaction transaction(store);
            store.execute("UPDATE t SET name = 'new'");
            Bulk bulk = store.bulk("t", {"id", "name"});
            for (std::int64_t id = 1; id <= 50'000; ++id) bulk.row(id, std::string(100, 'x'));
            (void)!::write(pipe_ends[1], "x", 1);
            for (;;) ::pause();
        } catch (const Error&) {
        }
        ::_exit(1);
    }
    char byte = 0;
    REQUIRE(::read(pipe_ends[0], &byte, 1) == 1);
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
    ::close(pipe_ends[0]);
    ::close(pipe_ends[1]);
    fresh.reopen();
    CHECK(fresh.store().integer("SELECT count(*) FROM t") == 1);
    CHECK(fresh.store().text("SELECT name FROM t") == "old");
    Transaction transaction(fresh.store());  // and its lock is gone
    transaction.commit();
}

TEST_CASE("four processes that migrate at once apply each migration once", "[store]") {
    FreshStore fresh(kind_of_store(), FreshStore::Tables::none);
    const auto files = test::all_migrations();
    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i) {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            try {
                Store store = Store::open(fresh.uri(), {.create = true});
                ::_exit(migrate(store, files, "2020-01-01T00:00:00Z"));
            } catch (const Error& e) {
                std::fprintf(stderr, "%s\n", e.what());
            }
            ::_exit(100);
        }
        children.push_back(child);
    }
    int applied = 0;
    for (const pid_t child : children) {
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        REQUIRE(WIFEXITED(status));
        REQUIRE(WEXITSTATUS(status) != 100);
        applied += WEXITSTATUS(status);
    }
    CHECK(applied == static_cast<int>(files.size()));
    require_current(fresh.store(), files);
}

TEST_CASE("migrations: a changed, an unknown and a broken one", "[store]") {
    FreshStore fresh(kind_of_store(), FreshStore::Tables::none);
    Store& store = fresh.store();
    const auto folder =
        std::filesystem::temp_directory_path() / ("tushu-migrations-" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    const std::string one = folder / "0001-one.sql", two = folder / "0002-two.sql";
    save_file(one,
              "CREATE TABLE a (id BIGINT PRIMARY KEY, raw BYTES); -- BYTESIZE and 'BYTES_' "
              "stay\nINSERT INTO a (id) VALUES (1);\n");
    save_file(two,
              "CREATE TABLE b (id BIGINT PRIMARY KEY);\nINSERT INTO b (id) VALUES (1);\nINSERT "
              "INTO nowhere VALUES (1);\n");
    CHECK(fault_of([&] { require_current(store, {one}); }) == Fault::config);
    std::string text;
    CHECK(fault_of([&] { migrate(store, {two, one}, "now"); }, &text) == Fault::bug);
    CHECK(text.find("0002-two.sql") != std::string::npos);
    CHECK(store.has_table("a"));
    CHECK_FALSE(store.has_table("b"));  // whole or not at all
    save_file(two, "CREATE TABLE b (id BIGINT PRIMARY KEY);\n");
    CHECK(migrate(store, {one, two}, "later") == 1);
    CHECK(migrate(store, {one, two}, "later") == 0);
    const auto all = migrations(store, {one, two});
    REQUIRE(all.size() == 2);
    CHECK(all[0].applied == "now");
    CHECK(all[1].applied == "later");
    CHECK(fault_of([&] { require_current(store, {one}); }, &text) == Fault::config);
    CHECK(text.find("0002-two") != std::string::npos);
    save_file(one, "CREATE TABLE a (id BIGINT PRIMARY KEY);\n");
    CHECK(fault_of([&] { migrate(store, {one, two}, "x"); }) == Fault::config);
    const std::string bad = folder / "1-x.sql", twice = folder / "0002-again.sql";
    save_file(bad, "");
    save_file(twice, "");
    CHECK(fault_of([&] { migrate(store, {bad}, "x"); }) == Fault::config);
    CHECK(fault_of([&] { migrate(store, {two, twice}, "x"); }) == Fault::config);
    std::filesystem::remove_all(folder);
}

TEST_CASE("the same file loaded twice is known; one never finished is done again", "[store]") {
    FreshStore fresh(kind_of_store());
    Store& store = fresh.store();
    const auto begin = [&](std::string_view sha, std::string_view profile) {
        return begin_load(store, "items", "aleph", "items.csv", sha, profile,
                          "2019-12-31T00:00:00Z");
    };
    const Load first = begin("aa", "");
    CHECK_FALSE(first.is_repeat);
    CHECK(begin("aa", "").id == first.id);
    CHECK_FALSE(begin("aa", "").is_repeat);
    finish_load(store, first.id, 10, 2);
    CHECK(begin("aa", "").is_repeat);
    CHECK(begin("aa", "").id == first.id);
    CHECK(begin("aa", "other").id != first.id);
    CHECK(begin("bb", "").id != first.id);
    CHECK(store.integer("SELECT row_count FROM load WHERE id = $1", first.id) == 10);
    CHECK(store.integer("SELECT count(*) FROM load") == 3);
    CHECK(fault_of([&] { finish_load(store, 999, 0, 0); }) == Fault::bug);
}

TEST_CASE("daily counts of an origin are replaced, equal keys are added up", "[store]") {
    FreshStore fresh(kind_of_store());
    Store& store = fresh.store();
    const auto replace = [&](std::string_view origin, const std::vector<DailyCount>& rows) {
        Transaction transaction(store);
        replace_daily_counts(store, origin, rows);
        transaction.commit();
    };
    replace("a", {{"loans", "2019-03-01", "JC", "", 2},
                  {"loans", "2019-03-01", "JC", "", 3},
                  {"loans", "2019-03-01", "", "", 7}});
    replace("b", {{"loans", "2019-03-01", "JC", "", 100}});
    CHECK(store.integer("SELECT n FROM daily_count WHERE origin = 'a' AND branch = 'JC'") == 5);
    CHECK(store.integer("SELECT sum(n) FROM daily_count") == 112);
    replace("a", {{"loans", "2019-03-02", "JC", "", -1}});
    CHECK(store.integer("SELECT sum(n) FROM daily_count") == 99);
    replace("a", {});
    CHECK(store.integer("SELECT sum(n) FROM daily_count") == 100);
    CHECK(fault_of([&] { replace("a", {{"loans", "20190301", "", "", 1}}); }) == Fault::bug);
    CHECK(fault_of([&] { replace("a", {{"loans", "2019-02-29", "", "", 1}}); }) == Fault::bug);
    CHECK(store.integer("SELECT sum(n) FROM daily_count") == 100);
}

TEST_CASE("a store that cannot be reached or is none is unavailable", "[store]") {
    const auto folder = std::filesystem::temp_directory_path() /
                        ("tushu-unreachable-" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder);
    const std::string text_file = folder / "notes.txt";
    save_file(text_file, std::string(5000, 'n'));
    std::string text;
    CHECK(fault_of([&] { (void)Store::open(folder / "absent.db"); }, &text) == Fault::unavailable);
    CHECK(text.find("tushu-db init") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(folder / "absent.db"));
    CHECK(fault_of([&] { (void)Store::open(folder, {.create = true}); }) == Fault::unavailable);
    CHECK(fault_of([&] { (void)Store::open(folder / "no" / "folder.db", {.create = true}); }) ==
          Fault::unavailable);
    CHECK(fault_of([&] { (void)Store::open(text_file); }) == Fault::unavailable);
    CHECK(fault_of([&] { (void)Store::open(""); }) == Fault::config);
    CHECK(fault_of([&] { (void)Store::open("mysql://x/y"); }) == Fault::config);
    CHECK(fault_of([&] {
              (void)Store::open("postgresql://tushu@/tushu?host=" + folder.string());
          }) == Fault::unavailable);
    for (const std::string uri :
         {"postgresql://tushu:hunter2@localhost/tushu",
          "postgresql://localhost/tushu?password=hunter2", "postgres://u:hunter2@[::1]:1/x",
          "postgresql://u:hunter2%zz@h/d", "postgresql://u:hunt/er2@h/d",
          "postgresql://localhost/x?pass%77ord=hunter2"}) {
        text.clear();
        const auto fault = fault_of([&] { (void)Store::open(uri); }, &text);
        CAPTURE(uri, text);
        CHECK((fault == Fault::config || fault == Fault::unavailable));
        CHECK(text.find("hunt") == std::string::npos);
    }
    std::filesystem::remove_all(folder);
}

TEST_CASE("a connection that is lost is unavailable, and nothing goes on outside the transaction",
          "[store]") {
    if (test::server_uri().empty()) return;  // the run says that it was not whole
    FreshStore fresh("postgresql");
    make_table(fresh.store());
    Store victim = Store::open(fresh.uri());
    const auto lose = [&] {
        const auto pid = victim.integer("SELECT pg_backend_pid()").value();
        CHECK(fresh.store().integer("SELECT pg_terminate_backend(CAST($1 AS integer))", pid) == 1);
    };
    {
        Transaction transaction(victim);
        victim.execute("INSERT INTO t (id) VALUES (1)");
        lose();
        CHECK(fault_of([&] { victim.execute("INSERT INTO t (id) VALUES (2)"); }) ==
              Fault::unavailable);
        CHECK(fault_of([&] { transaction.commit(); }).has_value());
    }
    CHECK(fault_of([&] { victim.execute("INSERT INTO t (id) VALUES (3)"); }) == Fault::unavailable);
    CHECK(fault_of([&] { Transaction transaction(victim); }) == Fault::unavailable);
    CHECK(fresh.store().integer("SELECT count(*) FROM t") == 0);
}

TEST_CASE("a full disk is an input or output fault and leaves the old state", "[store]") {
    const std::string folder =
        std::filesystem::temp_directory_path() / ("tushu-full-" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder);
    if (::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=2m") != 0) {
        std::filesystem::remove(folder);
        std::fprintf(stderr,
                     "SKIPPED: the test of a full disk, for no small file system can be mounted "
                     "(not root)\n");
        return;
    }
    {
        Store store = Store::open(folder + "/store.db", {.create = true});
        make_table(store);
        store.execute("INSERT INTO t (id, name) VALUES (1, 'old')");
        const auto fault = fault_of([&] {
            Transaction transaction(store);
            Bulk bulk = store.bulk("t", {"id", "name"});
            for (std::int64_t id = 2; id < 100'000; ++id) bulk.row(id, std::string(200, 'x'));
            bulk.close();
            transaction.commit();
        });
        CHECK(fault == Fault::io);
        CHECK(store.integer("SELECT count(*) FROM t") == 1);
        CHECK(store.text("SELECT name FROM t") == "old");
    }
    CHECK(::umount(folder.c_str()) == 0);
    std::filesystem::remove_all(folder);
}

TEST_CASE("an archive carries a store from either kind to either kind, byte for byte", "[store]") {
    const auto folder =
        std::filesystem::temp_directory_path() / ("tushu-archive-" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder);
    const auto archive = [](Store& store, const std::string& path) {
        Output out(path, Output::Replace::yes);
        const auto facts = write_archive(store, out, {});
        out.close();
        return facts;
    };
    const std::string first = folder / "0001-one.sql";
    save_file(first,
              "CREATE TABLE parent (id BIGINT PRIMARY KEY, name TEXT COLLATE \"C\");\n"
              "CREATE TABLE achild (id BIGINT PRIMARY KEY, parent BIGINT NOT NULL REFERENCES "
              "parent (id));\n"
              "CREATE TABLE mixed (a TEXT COLLATE \"C\", b BIGINT, c BYTES);\n"
              "INSERT INTO parent (id, name) VALUES (77, 'seed');\n");
    const std::vector<std::string> files{first};
    std::vector<std::string> archives;
    for (const auto& kind : test::store_kinds()) {
        FreshStore fresh(kind, FreshStore::Tables::none);
        Store& store = fresh.store();
        migrate(store, files, "2020-01-01T00:00:00Z");
        Transaction transaction(store);
        for (std::int64_t id = 1; id <= 5000; ++id)
            store.execute("INSERT INTO parent (id, name) VALUES ($1, $2)", id + 100,
                          "p\t\n\r\\" + std::to_string(id));
        store.execute("INSERT INTO achild (id, parent) VALUES (1, 101), (2, 77)");
        store.execute("INSERT INTO mixed (a, b, c) VALUES (NULL, NULL, NULL)");
        store.execute("INSERT INTO mixed (a, b, c) VALUES ('', 0, $1)", Bytes{""});
        store.execute("INSERT INTO mixed (a, b, c) VALUES ('\\N', -9223372036854775807, $1)",
                      Bytes{std::string_view("\0\xff\n\t", 4)});
        store.execute("INSERT INTO mixed (a, b, c) VALUES ('\\E mixed 1 x', 1, NULL)");
        transaction.commit();
        archives.push_back(folder / (kind + ".backup"));
        const auto facts = archive(store, archives.back());
        CHECK(facts.rows() == 5001 + 2 + 4);
        CHECK(table_names(store) == std::vector<std::string>{"mixed", "parent", "achild"});
    }
    const std::string whole = load_file(archives.front());
    for (const auto& path : archives) CHECK(load_file(path) == whole);

    for (const auto& kind : test::store_kinds()) {
        FreshStore fresh(kind, FreshStore::Tables::none);
        Store& store = fresh.store();
        const auto restore = [&](std::string bytes, Existing existing) {
            const auto in = Input::from_memory(std::move(bytes), "x.backup");
            return restore_archive(store, *in, files, "2021-01-01T00:00:00Z", existing, {});
        };
        CHECK(restore(whole, Existing::refuse).rows() == 5007);
        archive(store, folder / "again");
        CHECK(load_file(folder / "again") == whole);
        CHECK(fault_of([&] { restore(whole, Existing::refuse); }) == Fault::usage);
        CHECK(restore(whole, Existing::replace).rows() == 5007);
        store.execute("UPDATE parent SET name = 'mine' WHERE id = 77");
        // Cut at each line and inside lines near both ends; nothing of it may be taken for whole.
        std::vector<std::size_t> cuts{0, 1, 5, whole.size() - 1, whole.size() - 3};
        for (std::size_t at = whole.find('\n'); at < 1000; at = whole.find('\n', at + 1))
            cuts.push_back(at + 1);
        for (std::size_t at = whole.size() - 400; at != std::string::npos;
             at = whole.find('\n', at + 1))
            cuts.push_back(at);
        for (const auto cut : cuts) {
            CAPTURE(cut);
            CHECK(fault_of([&] { restore(whole.substr(0, cut), Existing::replace); }) ==
                  Fault::bad_input);
        }
        const auto changed = [&](std::string_view from, std::string_view to) {
            std::string bytes = whole;
            bytes.replace(bytes.find(from), from.size(), to);
            return bytes;
        };
        CHECK(fault_of([&] { restore(changed("\\\\42\n", "\\\\43\n"), Existing::replace); }) ==
              Fault::bad_input);
        CHECK(fault_of([&] {
                  restore(changed("\\E parent 5001", "\\E parent 5000"), Existing::replace);
              }) == Fault::bad_input);
        CHECK(fault_of([&] {
                  restore(changed("table parent id:int", "table parent id:tex"), Existing::replace);
              }) == Fault::bad_input);
        CHECK(fault_of([&] {
                  restore(changed("table parent ", "table parant "), Existing::replace);
              }) == Fault::bad_input);
        CHECK(fault_of([&] { restore(changed("done 3", "done 2"), Existing::replace); }) ==
              Fault::bad_input);
        CHECK(fault_of([&] { restore(whole + "x", Existing::replace); }) == Fault::bad_input);
        CHECK(fault_of([&] { restore(changed("0001-one ", "0001-one f"), Existing::replace); }) ==
              Fault::config);
        CHECK(fault_of([&] { restore("id,name\n1,2\n", Existing::replace); }) == Fault::bad_input);
        CHECK(store.text("SELECT name FROM parent WHERE id = 77") == "mine");
        CHECK(store.integer("SELECT count(*) FROM parent") == 5001);
    }
    std::filesystem::remove_all(folder);
}

TEST_CASE("a million rows are loaded and read back", "[store]") {
    FreshStore fresh(kind_of_store());
    Store& store = fresh.store();
    store.script(
        "CREATE TABLE big (id BIGINT PRIMARY KEY, barcode TEXT COLLATE \"C\" NOT NULL, title TEXT "
        "COLLATE \"C\", n BIGINT)");
    constexpr std::int64_t kRows = 1'000'000;
    const auto start = std::chrono::steady_clock::now();
    {
        Transaction transaction(store);
        Bulk bulk = store.bulk("big", {"id", "barcode", "title", "n"});
        for (std::int64_t id = 1; id <= kRows; ++id)
            bulk.row(id, std::to_string(10'000'000 + id), "图书馆学概论 第二版", id % 7);
        bulk.close();
        transaction.commit();
    }
    const auto loaded = std::chrono::steady_clock::now();
    std::int64_t sum = 0, count = 0;
    Rows rows = store.query("SELECT id, barcode, title, n FROM big ORDER BY id");
    while (rows.next()) {
        sum += rows.integer(3);
        if (rows.integer(0) != ++count) FAIL("a row is missing or out of order");
    }
    CHECK(count == kRows);
    CHECK(sum == 2'999'998);
    const auto seconds = [](auto from, auto to) {
        return std::chrono::duration<double>(to - from).count();
    };
    std::printf("%s: a million rows loaded in %.1f s, read in %.1f s\n",
                store.kind() == Kind::sqlite ? "SQLite" : "PostgreSQL", seconds(start, loaded),
                seconds(loaded, std::chrono::steady_clock::now()));
}
