// SPDX-License-Identifier: Apache-2.0
#pragma once
// A fresh store for a test, on every kind of database there is:
//
//     const std::string kind = GENERATE(from_range(tushu::test::store_kinds()));
//     tushu::test::FreshStore fresh(kind);
//     store::Store& store = fresh.store();   // all migrations applied
//
// With `tushu_unit_test(... LABELS db)` a PostgreSQL server runs; without the label, or where no
// server is installed, only SQLite is tested. In the second case the test ends as skipped, never as
// passed. Include it in one file of a test program.
#include "base/input.hpp"
#include "store/store.hpp"

#include <unistd.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tushu::test {

/// URI of the test server; empty when there is none.
inline std::string server_uri() {
    const char* const file = std::getenv("TUSHU_TEST_POSTGRES");
    if (file == nullptr || !std::filesystem::exists(file)) return {};
    std::string uri = load_file(file);
    while (!uri.empty() && uri.back() == '\n') uri.pop_back();
    return uri;
}

inline std::vector<std::string> store_kinds() {
    if (server_uri().empty()) return {"sqlite"};
    return {"sqlite", "postgresql"};
}

/// All migrations of this build.
inline std::vector<std::string> all_migrations() {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(TUSHU_SHARE "/store/migrations"))
        files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    return files;
}

class FreshStore {
  public:
    enum class Tables { all, none };
    explicit FreshStore(const std::string& kind, Tables tables = Tables::all) {
        static int count = 0;
        const std::string name = "t" + std::to_string(::getpid()) + "_" + std::to_string(++count);
        if (kind == "postgresql") {
            schema_ = name;
            store::Store::open(server_uri()).script("CREATE SCHEMA " + schema_);
            uri_ = server_uri() + "&options=-csearch_path%3D" + schema_;
        } else {
            folder_ = std::filesystem::temp_directory_path() / ("tushu-test-" + name);
            std::filesystem::create_directory(folder_);
            uri_ = (folder_ / "store.db").string();
        }
        store_.emplace(store::Store::open(uri_, {.create = true}));
        if (tables == Tables::all)
            store::migrate(*store_, all_migrations(), "2020-01-01T00:00:00Z");
    }
    ~FreshStore() {
        store_.reset();
        std::error_code ignored;
        if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
        try {
            if (!schema_.empty())
                store::Store::open(server_uri()).script("DROP SCHEMA " + schema_ + " CASCADE");
        } catch (const Error& e) {
            std::fprintf(stderr, "the schema of a test stays: %s\n", e.what());
        }
    }
    FreshStore(const FreshStore&) = delete;
    FreshStore& operator=(const FreshStore&) = delete;
    [[nodiscard]] store::Store& store() { return *store_; }
    /// For a second connection, or for a program under test.
    [[nodiscard]] const std::string& uri() const { return uri_; }
    /// Closes the connection and opens another one.
    void reopen() {
        store_.reset();
        store_.emplace(store::Store::open(uri_));
    }

  private:
    std::string uri_, schema_;
    std::filesystem::path folder_;
    std::optional<store::Store> store_;
};

#ifdef CATCH_CONFIG_EXTERNAL_INTERFACES
/// A server was promised and is not there: everything else may pass, but the run must not look
/// complete.
struct SayWhatWasSkipped : Catch::TestEventListenerBase {
    using TestEventListenerBase::TestEventListenerBase;
    void testRunEnded(const Catch::TestRunStats& stats) override {
        if (std::getenv("TUSHU_TEST_POSTGRES") == nullptr || !server_uri().empty() ||
            stats.totals.assertions.failed != 0)
            return;
        std::fprintf(stderr,
                     "SKIPPED: the PostgreSQL half of these tests, for no server is installed; the "
                     "SQLite half passed\n");
        std::fflush(stdout);
        std::_Exit(77);
    }
};
CATCH_REGISTER_LISTENER(SayWhatWasSkipped)  // NOLINT
#endif

}  // namespace tushu::test
