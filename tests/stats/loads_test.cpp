// SPDX-License-Identifier: Apache-2.0
#include "../store/test_store.hpp"
#include "base/error.hpp"
#include "stats/circulation.hpp"
#include "stats/hand.hpp"
#include "stats/tables.hpp"
#include "stats/targets.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace tushu;
using namespace tushu::stats;

namespace {

constexpr const char* kNow = "2020-01-01T00:00:00Z";
constexpr const char* kHeader = "time,branch,type,patron,item\n";

Day day(const std::string& text) { return *parse_day(text); }

/// A store with the definitions, and files to load into it.
class Fixture {
  public:
    explicit Fixture(const std::string& kind) : fresh(kind) {
        definitions = Definitions::load(DataFolders({TUSHU_SHARE}), "2019");
        folder =
            std::filesystem::temp_directory_path() / ("tushu-stats-" + std::to_string(::getpid()));
        std::filesystem::create_directories(folder);
    }
    ~Fixture() {
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }
    Fixture(const Fixture&) = delete;
    Fixture& operator=(const Fixture&) = delete;

    LoadReport log(const std::string& name, const std::string& rows,
                   const std::optional<std::string>& replaces = {},
                   const std::string& key = "test key") {
        CirculationOptions options;
        options.patron_key = key;
        const auto input = file(name, kHeader + rows);
        return load_circulation(store(), definitions.measures, *input, options,
                                earlier("circulation", replaces), kNow, events());
    }
    LoadReport hand(const std::string& name, const std::string& rows,
                    const std::optional<std::string>& replaces = {}) {
        const auto input = file(name, "day,target,count,evidence,signed_by\n" + rows);
        return load_hand_counts(store(), definitions.plan, *input, earlier("hand", replaces), kNow,
                                events());
    }
    store::Store& store() { return fresh.store(); }
    std::int64_t sum(const std::string& measure) {
        return store()
            .integer("SELECT CAST(SUM(n) AS BIGINT) FROM daily_count WHERE measure = $1", measure)
            .value_or(0);
    }
    TargetProgress target(const std::string& id, const std::string& as_of) {
        for (const auto& one : progress(store(), definitions.plan, day(as_of)).targets)
            if (one.target->id == id) return one;
        FAIL("no target " << id);
        return {};
    }
    MilestoneProgress milestone(const std::string& id, const std::string& as_of) {
        for (const auto& one : progress(store(), definitions.plan, day(as_of)).milestones)
            if (one.milestone->id == id) return one;
        FAIL("no milestone " << id);
        return {};
    }
    std::string csv(const std::string& table_name, const std::string& as_of) {
        for (const auto& table : tables(store(), definitions.plan, day(as_of))) {
            if (table.name != table_name) continue;
            std::string out;
            for (const auto& row : table.rows) {
                for (std::size_t i = 0; i < row.size(); ++i)
                    out += (i == 0 ? "" : ",") + cell_data(row[i], Lang::en);
                out += "\n";
            }
            return out;
        }
        return "no such table";
    }

    test::FreshStore fresh;
    Definitions definitions;
    std::filesystem::path folder;
    std::vector<std::string> refused, warned;

  private:
    std::unique_ptr<Input> file(const std::string& name, const std::string& bytes) {
        const std::string path = (folder / name).string();
        std::ofstream(path, std::ios::binary) << bytes;
        return Input::open(path, Input::Digest::sha256);
    }
    std::optional<LoadedFile> earlier(const std::string& kind,
                                      const std::optional<std::string>& word) {
        return word ? loads::find(store(), kind, *word) : std::nullopt;
    }
    LoadEvents events() {
        return {[this](std::string_view code, const Error&, std::string_view) {
                    refused.emplace_back(code);
                },
                [this](std::string_view code, const Where&, const Message&) {
                    warned.emplace_back(code);
                },
                [](std::uint64_t) {}};
    }
};

constexpr const char* kMarch =
    "2019-03-01 08:00:00,JC,loan,P1,B1\n"
    "2019-03-31 20:00:00,JC,loan,P2,B2\n"
    "2019-03-31 21:00:00,PD,return,P2,B2\n";
constexpr const char* kApril =
    "2019-03-31 21:00:00,PD,return,P2,B2\n"  // stands in March's file too
    "2019-04-01 08:00:00,PD,loan,P3,B3\n";

}  // namespace

TEST_CASE("Loading a log twice changes nothing", "[stats]") {
    Fixture f(GENERATE(from_range(test::store_kinds())));
    CHECK(f.log("03.csv", kMarch).counted == 3);
    const LoadReport again = f.log("renamed.csv", kMarch);
    CHECK(again.is_repeat);
    CHECK(again.already_loaded == 3);
    CHECK(again.counted == 0);
    CHECK(f.sum("loans") == 2);
    CHECK(f.store().integer("SELECT COUNT(*) FROM load") == 1);
}

TEST_CASE("An event in two files counts once, in a grown file too", "[stats]") {
    Fixture f(GENERATE(from_range(test::store_kinds())));
    (void)f.log("03.csv", kMarch);
    const LoadReport april = f.log("04.csv", kApril);
    CHECK(april.rows_in == 2);
    CHECK(april.counted == 1);
    CHECK(april.duplicates == 1);
    CHECK(f.sum("returns") == 1);
    const LoadReport grown =
        f.log("03.csv", std::string(kMarch) + "2019-03-31 22:00:00,JC,loan,P9,B9\n");
    CHECK(grown.counted == 1);
    CHECK(grown.duplicates == 3);
    CHECK(f.sum("loans") == 4);
    CHECK(f.csv("circulation-faults", "2019-12-31") == "duplicate,4\n");
    CHECK(f.csv("circulation-months", "2019-12-31") ==
          "2019-03,loans,3\n2019-03,returns,1\n2019-04,loans,1\n");
    CHECK(f.csv("circulation-branches", "2019-12-31") == "JC,loans,3\nPD,loans,1\nPD,returns,1\n");
}

TEST_CASE("A corrected file takes the place of the one it names", "[stats]") {
    Fixture f(GENERATE(from_range(test::store_kinds())));
    (void)f.log("03.csv", kMarch);
    const std::string corrected = "2019-03-01 08:00:00,XH,loan,P1,B1\n";
    SECTION("by its file name") {
        CHECK(f.log("03.csv", corrected, "03.csv").counted == 1);
        CHECK(f.sum("loans") == 1);
        CHECK(f.sum("returns") == 0);
        CHECK(f.csv("circulation-branches", "2019-12-31") == "XH,loans,1\n");
        CHECK(f.store().integer("SELECT COUNT(*) FROM stats_replaced") == 1);
        CHECK(f.log("03.csv", corrected, "03.csv").counted == 1);  // the job runs again
        CHECK(f.sum("loans") == 1);
        // The file that was replaced counts again when it is loaded again.
        CHECK(f.log("03.csv", kMarch).counted == 3);
    }
    SECTION("by its SHA-256, though it had been loaded beside it before") {
        const std::string sha = f.store().text("SELECT sha256 FROM load").value_or("");
        const std::string grown = std::string(kMarch) + corrected;
        CHECK(f.log("03.csv", grown).counted == 1);
        CHECK(f.log("03.csv", grown, sha.substr(0, 12)).counted == 4);
        CHECK(f.sum("loans") == 3);
        CHECK(f.log("03.csv", grown, sha.substr(0, 12)).is_repeat);
        CHECK(f.sum("loans") == 3);
    }
    SECTION("a name that no load has is a usage error") {
        CHECK_THROWS_WITH(f.log("03.csv", corrected, "02.csv"),
                          Catch::Contains("no file \"02.csv\" has been loaded"));
        CHECK(f.sum("loans") == 2);
    }
    SECTION("files that leaned on it are named") {
        (void)f.log("04.csv", kApril);
        const auto leaning =
            loads::leaning_on(f.store(), *loads::find(f.store(), "circulation", "03.csv"));
        REQUIRE(leaning.size() == 1);
        CHECK(leaning[0].file == "04.csv");
        CHECK(leaning[0].counted == 1);
        (void)f.log("03.csv", corrected, "03.csv");
        CHECK(f.log("04.csv", kApril, "04.csv").counted == 2);
        CHECK(f.sum("returns") == 1);
    }
}

TEST_CASE("A changed patron key is said, for overlaps can no longer be seen", "[stats]") {
    Fixture f(GENERATE(from_range(test::store_kinds())));
    (void)f.log("03.csv", kMarch);
    CHECK(f.warned.empty());
    (void)f.log("04.csv", kApril, {}, "another key");
    CHECK(f.warned == std::vector<std::string>{"key_changed"});
}

TEST_CASE("The store holds no patron id", "[stats]") {
    Fixture f(GENERATE(from_range(test::store_kinds())));
    (void)f.log(
        "03.csv",
        "2019-03-01 08:00:00,JC,loan,READER-4711,B1\n2019-03-01 08:00:00,JC,lend,READER-4711,B1\n");
    for (const std::string table :
         {"load", "daily_count", "stats_load", "stats_fault", "stats_overlap"}) {
        store::Rows rows = f.store().query("SELECT * FROM " + table);
        while (rows.next())
            for (int i = 0; i < 4; ++i)
                CHECK(std::string(rows.text(i)).find("4711") == std::string::npos);
    }
    store::Rows rows = f.store().query("SELECT keys FROM stats_event_keys");
    while (rows.next()) CHECK(std::string(rows.bytes(0)).find("4711") == std::string::npos);
}

TEST_CASE("Events outside the year are loaded and kept out of the year's tables", "[stats]") {
    Fixture f(GENERATE(from_range(test::store_kinds())));
    (void)f.log("12.csv",
                "2019-12-31T15:59:59Z,JC,loan,P1,B1\n"  // the last second of the year in Shanghai
                "2019-12-31T16:00:00Z,JC,loan,P1,B2\n"  // the first of the next
                "2018-12-31 23:59:59,JC,loan,P1,B3\n"
                "2019-13-01 08:00:00,JC,loan,P1,B4\n");
    CHECK(f.sum("loans") == 3);
    CHECK(f.csv("circulation-months", "2019-12-31") == "2019-12,loans,1\n");
    CHECK(f.csv("circulation-faults", "2019-12-31") == "bad_time,1\noutside_period,2\n");
    CHECK(f.target("T01.02", "2019-12-31").actual == 1);
    CHECK(f.target("T01.02", "2020-06-30").actual == 1);
}

TEST_CASE("Signed hand counts add up, corrections are entries of their own", "[stats]") {
    Fixture f(GENERATE(from_range(test::store_kinds())));
    const std::string rows =
        "2019-01-31,T03.01,9,register 1,Wang\n"
        "2019-02-28,T03.01,8,register 2,Wang\n"
        "2019-03-01,T03.01,-1,counted twice,Li\n"
        "2019-02-28,T3.01,8,register 2,Wang\n"
        "2019-02-28,T03.01,8.5,register 2,Wang\n"
        "2019-02-30,T03.01,8,register 2,Wang\n"
        "2019-02-28,T03.01,-8,,Wang\n"
        "2019-02-28,T04.01,3,register 3,\n"
        "2019-02-28,T04.01\n";
    const LoadReport report = f.hand("counts.csv", rows);
    CHECK(report.rows_in == 9);
    CHECK(report.counted == 4);
    CHECK(report.rejects == 5);
    CHECK(f.refused == std::vector<std::string>{"unknown_target", "bad_count", "bad_time",
                                                "bad_count", "bad_row"});
    CHECK(f.warned == std::vector<std::string>{"not_signed"});
    CHECK(f.target("T03.01", "2019-12-31").actual == 16);
    CHECK(f.target("T03.01", "2019-02-28").actual == 17);
    CHECK(f.hand("counts.csv", rows).is_repeat);
    SECTION("a register that has grown counts its old entries once") {
        const LoadReport grown =
            f.hand("counts.csv", rows + "2019-03-31,T03.01,4,register 4,Wang\n");
        CHECK(grown.counted == 1);
        CHECK(grown.duplicates == 4);
        CHECK(f.target("T03.01", "2019-12-31").actual == 20);
    }
    SECTION("a corrected register takes its place") {
        CHECK(f.hand("counts.csv", "2019-01-31,T03.01,7,register 1,Wang\n", "counts.csv").counted ==
              1);
        CHECK(f.target("T03.01", "2019-12-31").actual == 7);
        CHECK(f.target("T04.01", "2019-12-31").state == State::missing);
    }
}

TEST_CASE("A target is missing, behind, on course or reached", "[stats]") {
    Fixture f(GENERATE(from_range(test::store_kinds())));
    CHECK(f.target("T03.01", "2019-06-30").state == State::missing);
    CHECK_FALSE(f.target("T03.01", "2019-06-30").actual);
    (void)f.hand("counts.csv",
                 "2019-01-02,T03.01,49,r,W\n2019-07-01,T03.01,51,r,W\n"  // 100 promised: 49 by 30
                                                                         // June, 181 of 365 days
                 "2019-01-02,T05.01,1,r,W\n2019-01-02,T05.01,-1,void,W\n"
                 "2019-01-02,T07.02,3,r,W\n"                                 // a range, 3 to 6
                 "2019-01-02,T16.08,28499,r,W\n2019-02-01,T16.08,1,r,W\n");  // about 30,000
    CHECK(f.target("T03.01", "2019-06-30").expected == 49);
    CHECK(f.target("T03.01", "2019-06-30").state == State::on_course);
    CHECK(f.target("T03.01", "2019-12-31").expected == 100);
    CHECK(f.target("T03.01", "2019-12-31").state == State::reached);
    CHECK(f.target("T05.01", "2019-06-30").actual == 0);  // taken back is a number: 0
    CHECK(f.target("T05.01", "2019-06-30").state == State::behind);
    CHECK(f.target("T07.02", "2019-06-30").state == State::reached);
    CHECK(f.target("T16.08", "2019-01-31").state == State::on_course);
    CHECK(f.target("T16.08", "2019-02-01").state == State::reached);
    CHECK(f.target("T03.01", "2018-12-31").expected == 0);
}

TEST_CASE("A stock is its latest count, not a sum, and more than means more", "[stats]") {
    Fixture f(GENERATE(from_range(test::store_kinds())));
    (void)f.hand("counts.csv",
                 "2018-12-31,T01.01,4000000,registry,W\n2019-07-02,T01.01,4600000,registry,W\n"
                 "2019-12-31,T01.01,5000000,registry,W\n");
    CHECK(f.target("T01.01", "2019-01-01").actual == 4'000'000);
    CHECK(f.target("T01.01", "2019-07-02").actual == 4'600'000);
    CHECK(f.target("T01.01", "2019-07-02").expected ==
          4'500'000);  // half of the way from the opening stock
    CHECK(f.target("T01.01", "2019-07-02").state == State::on_course);
    CHECK(f.target("T01.01", "2019-12-30").state == State::behind);
    CHECK(f.target("T01.01", "2019-12-31").actual == 5'000'000);
    CHECK(f.target("T01.01", "2019-12-31").state ==
          State::behind);  // the plan says: more than five million
    (void)f.hand("more.csv", "2019-12-31,T01.01,1,late registrations,W\n");
    CHECK(f.target("T01.01", "2019-12-31").state == State::reached);
}

TEST_CASE("A milestone is due, overdue, or done on its day", "[stats]") {
    Fixture f(GENERATE(from_range(test::store_kinds())));
    CHECK(f.milestone("M09", "2019-02-04").state == MilestoneState::due);
    CHECK(f.milestone("M09", "2019-02-05").state == MilestoneState::overdue);
    (void)f.hand("counts.csv",
                 "2019-02-03,M09,1,minutes,W\n2019-03-01,M09,-1,not "
                 "accepted,W\n2019-04-01,M09,1,accepted,W\n");
    CHECK(f.milestone("M09", "2019-02-04").done == day("2019-02-03"));
    CHECK(f.milestone("M09", "2019-03-01").state == MilestoneState::overdue);
    CHECK(f.milestone("M09", "2019-04-01").state == MilestoneState::done);
    CHECK(f.milestone("M09", "2019-04-01").done == day("2019-04-01"));
}

TEST_CASE("Other domains' daily counts fill the plan by category", "[stats]") {
    Fixture f(GENERATE(from_range(test::store_kinds())));
    {
        store::Transaction transaction(f.store());
        const std::vector<store::DailyCount> bibs{
            {"bibs_created", "2019-05-01", "", "chi/book", 10},
            {"bibs_created", "2019-05-02", "", "chi/serial", 2},
            {"bibs_created", "2019-05-02", "", "eng/book", 5},
            {"bibs_created", "2018-05-02", "", "eng/book", 50},
            {"bibs_created", "2019-05-03", "", "rus/book", 4},
            {"bibs_created", "2019-05-03", "", "chi/map", 1}};
        store::replace_daily_counts(f.store(), "catalog:cnmarc", bibs);
        const std::vector<store::DailyCount> ill{
            {"ill_filled", "2019-05-03", "oclc", "loan/requester", 3},
            {"ill_filled", "2019-05-03", "calis", "copy/supplier", 4}};
        store::replace_daily_counts(f.store(), "ill", ill);
        transaction.commit();
    }
    const auto actual = [&f](const std::string& id) { return f.target(id, "2019-12-31").actual; };
    CHECK(actual("T13.01") == 11);
    CHECK(actual("T13.02") == 5);
    CHECK(actual("T13.03") == 2);
    CHECK(actual("T13.04") == 4);
    CHECK(actual("T13.05") == 0);  // records were counted, none of them a disc
    CHECK(actual("T30.01") == 7);
    CHECK(actual("T30.02") == 3);
    CHECK_FALSE(actual("T16.03"));
}

TEST_CASE("Every number of the plan can be asked where it comes from", "[stats]") {
    Fixture f(GENERATE(from_range(test::store_kinds())));
    const std::string sha = f.log("03.csv", kMarch).sha256;
    (void)f.log("04.csv", kApril);
    (void)f.hand("counts.csv", "2019-04-02,T01.02,5,branch log lost,Wang\n");
    const Explanation answer = explain(f.store(), f.definitions, "T01.02", day("2019-12-31"));
    std::int64_t months = 0, inputs = 0;
    for (const auto& row : answer.months.rows) months += std::get<std::int64_t>(row[2]);
    for (const auto& row : answer.inputs.rows) inputs += std::get<std::int64_t>(row[2]);
    CHECK(months == 8);
    CHECK(inputs == 8);
    CHECK(f.target("T01.02", "2019-12-31").actual == 8);
    const auto from_march =
        std::find_if(answer.inputs.rows.begin(), answer.inputs.rows.end(),
                     [](const auto& row) { return std::get<std::string>(row[3]) == "03.csv"; });
    REQUIRE(from_march != answer.inputs.rows.end());
    CHECK(std::get<std::int64_t>((*from_march)[2]) == 2);
    CHECK(std::get<std::string>((*from_march)[7]) == sha);
    REQUIRE(answer.entries.rows.size() == 1);
    CHECK(std::get<std::string>(answer.entries.rows[0][2]) == "branch log lost");
    CHECK_THROWS_WITH(explain(f.store(), f.definitions, "T1.02", day("2019-12-31")),
                      Catch::Contains("the plan has no target \"T1.02\""));
}

TEST_CASE("Counts can be taken by any dimension", "[stats]") {
    Fixture f(GENERATE(from_range(test::store_kinds())));
    (void)f.log("03.csv", kMarch);
    const auto rows = [&f](const CountQuery& query) {
        std::string out;
        for (const auto& row : count_table(f.store(), query).rows) {
            for (std::size_t i = 0; i < row.size(); ++i)
                out += (i == 0 ? "" : ",") + cell_data(row[i], Lang::en);
            out += "\n";
        }
        return out;
    };
    CHECK(rows({{}, {}, {}, {}, {}, {}}) == "loans,2\nreturns,1\n");
    CHECK(rows({{}, {}, {"loans"}, {}, {}, {"day", "branch"}}) ==
          "loans,2019-03-01,JC,1\nloans,2019-03-31,JC,1\n");
    CHECK(rows({day("2019-03-02"), day("2019-03-31"), {}, "PD", {}, {"year"}}) ==
          "returns,2019,1\n");
    CHECK(rows({{}, {}, {}, {}, "chi/*", {}}).empty());
}
