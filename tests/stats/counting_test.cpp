// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "stats/circulation.hpp"
#include "stats/definitions.hpp"
#include "stats/event_keys.hpp"
#include "stats/event_time.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <vector>

using namespace tushu;
using namespace tushu::stats;

namespace {

constexpr const char* kShanghai = "Asia/Shanghai";

EventTime time_of(int year, unsigned month, unsigned day, std::int32_t second) {
    return {
        day_number(Day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(day))),
        second};
}

const Measures& measures() {
    static const Measures all = Measures::load(TUSHU_SHARE "/stats/measures.yaml");
    return all;
}

/// What the loader does with a plan's text that must be refused: its message.
std::string refusal(const std::string& yaml) {
    try {
        (void)Plan::parse(Yaml::parse(yaml, "plan.yaml"), measures());
    } catch (const Error& e) {
        CHECK(e.fault() == Fault::config);
        return std::string(e.what()) + (e.hint().empty() ? "" : " | " + e.hint().text(Lang::en));
    }
    return "accepted";
}

std::string plan_with(const std::string& targets, const std::string& checks = "") {
    return "year: 2019\nname: {zh: 计划, en: Plan}\nperiod: {begin: 2019-01-01, end: 2019-12-31}\n"
           "units: {册: volumes}\nsources: {log: {zh: 日志, en: log}}\ntargets:\n" +
           targets + checks;
}

std::string target(const std::string& id, const std::string& rest) {
    return "  - {id: " + id +
           ", section: 1, name_zh: 甲, name_en: A, unit: 册, source: log, kind: flow, raw: x, " +
           rest + "}\n";
}

struct Counted {
    std::vector<store::DailyCount> counts;
    std::map<std::string, std::int64_t> rejects;
    std::vector<std::string> raws, messages;
    std::int64_t rows_in = 0, duplicates = 0;
    std::int64_t n(const std::string& measure, const std::string& day,
                   const std::string& branch) const {
        for (const auto& c : counts)
            if (c.measure == measure && c.day == day && c.branch == branch) return c.n;
        return 0;
    }
    std::int64_t total() const {
        return std::accumulate(counts.begin(), counts.end(), std::int64_t{0},
                               [](std::int64_t sum, const auto& c) { return sum + c.n; });
    }
};

Counted counted(const std::string& log, CirculationOptions options = {}) {
    Counted out;
    options.patron_key = "test key";
    CirculationCounter counter(measures(), options);
    const auto input = Input::from_memory(log, "log.csv");
    counter.read(*input,
                 {[&out](std::string_view, const Error& e, std::string_view raw) {
                      out.raws.emplace_back(raw);
                      out.messages.emplace_back(e.what());
                  },
                  [](std::string_view, const Where&, const Message&) {}, [](std::uint64_t) {}});
    out.duplicates = counter.drop_duplicates(
        [](std::int32_t, std::span<const std::uint64_t>) { return std::vector<bool>(); },
        [](std::int32_t, std::span<const std::uint64_t>) {});
    counter.for_each_count([&out](const store::DailyCount& count) { out.counts.push_back(count); });
    out.rejects = counter.rejects();
    out.rows_in = counter.rows_in();
    return out;
}

constexpr const char* kHeader = "time,branch,type,patron,item\n";

}  // namespace

TEST_CASE("The plan of 2019 holds 69 targets and 14 milestones that keep its checks", "[stats]") {
    const Plan plan = Plan::load(TUSHU_SHARE "/stats/plan-2019.yaml", measures());
    CHECK(plan.targets.size() == 69);
    CHECK(plan.milestones.size() == 14);
    const Target* const cards = plan.target("T01.01");
    REQUIRE(cards != nullptr);
    CHECK(cards->low == 5'000'000);
    CHECK(cards->op == Op::more_than);
    CHECK(cards->kind == Kind::stock);
    CHECK(cards->name.text(Lang::zh) == "全市读者证持证人数");
    CHECK(cards->name.text(Lang::en) == "Card holders in the city");
    CHECK(cards->unit.text(Lang::zh) == "人");
    const Target* const papers = plan.target("T07.02");
    REQUIRE(papers != nullptr);
    CHECK(papers->low == 3);
    CHECK(papers->high == 6);
    const Target* const circulation = plan.target("T01.02");
    REQUIRE(circulation != nullptr);
    CHECK(circulation->formula.measures == std::vector<std::string>{"loans", "in_house_use"});
    REQUIRE(plan.milestone("M09") != nullptr);
    CHECK(text_of(plan.milestone("M09")->due) == "2019-02-04");
    // Nothing is counted twice: a record is a Chinese one, a foreign book, a serial, a Russian book
    // or a disc.
    for (const std::string_view category :
         {"chi/book", "eng/book", "rus/book", "chi/serial", "und/sound", "eng/serial"}) {
        std::vector<std::string> takers;
        for (const std::string_view id : {"T13.01", "T13.02", "T13.03", "T13.04", "T13.05"})
            if (plan.target(id)->formula.takes(category)) takers.emplace_back(id);
        INFO(category);
        CHECK(takers.size() == 1);
    }
}

TEST_CASE("A plan is refused with line, column and the word that was meant", "[stats]") {
    CHECK(refusal(plan_with(target("T1", "op: at_least, target: 5, count: hand"))) == "accepted");
    CHECK(refusal(plan_with(target("T1", "op: at_least, taget: 5, count: hand"))) ==
          "plan.yaml: line 7, column 110: \"taget\" is not known here | did you mean \"target\"?");
    CHECK(refusal(plan_with(target("T1", "op: at_least, target: 5, count: {measure: loan}"))) ==
          "plan.yaml: line 7, column 138: there is no measure \"loan\" | did you mean \"loans\"?");
    CHECK(refusal(plan_with(target("T1", "op: at_lest, target: 5, count: hand")))
              .find("is not one of") != std::string::npos);
    CHECK(
        refusal(plan_with(target("T1", "op: at_least, target: -5, count: hand"))).find("above 0") !=
        std::string::npos);
    CHECK(refusal(plan_with(target("T1", "op: range, target: {min: 6, max: 3}, count: hand")))
              .find("6 to 3") != std::string::npos);
    const std::string one = target("T1", "op: at_least, target: 5, count: hand");
    CHECK(refusal(plan_with(one + one)).find("\"T1\" stands here twice") != std::string::npos);
}

TEST_CASE("A plan whose parts do not add up is refused", "[stats]") {
    const std::string parts = target("T1", "op: at_least, target: 12, count: hand") +
                              target("T2", "op: at_least, target: 9, count: hand, part_of: T1") +
                              target("T3", "op: at_least, target: 3, count: hand, part_of: T1");
    CHECK(refusal(plan_with(parts, "checks:\n  - {kind: sum, total: T1, parts: [T2, T3]}\n")) ==
          "accepted");
    CHECK(refusal(plan_with(parts, "checks:\n  - {kind: sum, total: T1, parts: [T2, T2]}\n"))
              .find("the parts of T1 add up to 18, not to 12") != std::string::npos);
    CHECK(refusal(plan_with(parts, "checks:\n  - {kind: subset, total: T3, part: T2}\n"))
              .find("T2 is a part of T3, but its 9 are more than 3") != std::string::npos);
    CHECK(refusal(plan_with(parts, "checks:\n  - {kind: sum, total: T9, parts: [T2]}\n"))
              .find("the plan has no target \"T9\"") != std::string::npos);
    CHECK(refusal(plan_with(target("T1", "op: at_least, target: 5, count: hand") +
                            target("T2", "op: at_least, target: 9, count: hand, part_of: T1")))
              .find("its 9 are more than 5") != std::string::npos);
}

TEST_CASE("A pattern's star stands for any text, also none", "[stats]") {
    CHECK(fits("chi/book", "chi/*"));
    CHECK(fits("chi/", "chi/*"));
    CHECK(fits("chi/book", "*/book"));
    CHECK(fits("a/b/book", "*/book"));
    CHECK(fits("anything", "*"));
    CHECK_FALSE(fits("chi/book", "chi"));
    CHECK_FALSE(fits("chi/books", "*/book"));
    CHECK_FALSE(fits("", "chi"));
    CHECK(fits("", "*"));
}

TEST_CASE("Local times and instants fall on the library's day, at the year's end too", "[stats]") {
    EventClock clock(kShanghai);
    CHECK(clock.read("2019-12-31 23:59:59") == time_of(2019, 12, 31, 86'399));
    CHECK(clock.read("2020-01-01 00:00:00") == time_of(2020, 1, 1, 0));
    CHECK(clock.read("2019-12-31T15:59:59Z") == time_of(2019, 12, 31, 86'399));
    CHECK(clock.read("2019-12-31T16:00:00Z") == time_of(2020, 1, 1, 0));
    CHECK(clock.read("2018-12-31T16:00:00Z") == time_of(2019, 1, 1, 0));
    CHECK(clock.read("2019-06-01T00:30:00+09:00") == time_of(2019, 5, 31, 84'600));
    CHECK(clock.read("2019-06-01T08:15") == time_of(2019, 6, 1, 29'700));
    for (const std::string_view bad :
         {"", "2019-02-29 08:00:00", "2019-01-01 24:00:00", "2019-01-01 08:60:00",
          "2019/01/01 08:00:00", "2019-01-01x08:00:00", "2019-01-01 0a:00:00",
          "2019-01-01 08:00:00X", "01.02.2019", "20190101 08:00:00 "}) {
        INFO(bad);
        CHECK_FALSE(clock.read(bad));
    }
}

TEST_CASE("Days on which clocks change are read to the second", "[stats]") {
    // Shanghai set its clocks forward on 14 April 1991, the last summer time, at 02:00.
    EventClock shanghai(kShanghai);
    CHECK(shanghai.read("1991-04-14 12:00:00") == time_of(1991, 4, 14, 11 * 3600));
    CHECK(shanghai.read("1991-04-14T03:00:00Z") == time_of(1991, 4, 14, 11 * 3600));
    EventClock berlin("Europe/Berlin");
    CHECK(berlin.read("2019-10-27 23:59:59") == time_of(2019, 10, 27, 25 * 3600 - 1));
    CHECK(berlin.read("2019-10-27T22:59:59Z") == time_of(2019, 10, 27, 25 * 3600 - 1));
    CHECK(berlin.read("2019-10-27T23:00:00Z") == time_of(2019, 10, 28, 0));
}

TEST_CASE("SipHash gives the value of its authors' test vector", "[stats]") {
    // Appendix A of the paper: key 00..0f, message 00..0e.
    const SipHash hash({0x0706050403020100U, 0x0f0e0d0c0b0a0908U});
    std::string message;
    for (char c = 0; c < 15; ++c) message += c;
    CHECK(hash(message) == 0xa129ca6149be45e5U);
}

TEST_CASE("Event keys tell events apart and depend on the patron key", "[stats]") {
    const EventKeyMaker maker("one"), other("two");
    const EventKeyMaker::Event event{100, 7, "JC", "P1", "B1"};
    CHECK(maker.key(event) == EventKeyMaker("one").key(event));
    CHECK(maker.key(event) != other.key(event));
    CHECK(maker.key_id() != other.key_id());
    CHECK(maker.key(event) >> 47U == 100);
    CHECK(maker.key(event) != maker.key({100, 7, "JCP", "1", "B1"}));
    CHECK(maker.key(event) != maker.key({100, 7, "JC", "P1B", "1"}));
    CHECK(maker.key(event) != maker.key({100, 8, "JC", "P1", "B1"}));
    const std::string long_item(1000, 'x');
    CHECK(maker.key({1, 7, "JC", "P1", long_item}) !=
          maker.key({1, 7, "JC", "P1", long_item + "y"}));
}

TEST_CASE("Packed keys come back as they were, in about 6 bytes each", "[stats]") {
    std::vector<std::uint64_t> keys;
    std::uint64_t state = 1;
    for (int i = 0; i < 110'000; ++i) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        const std::uint64_t second = 8 * 3600 + (state >> 33U) % (12 * 3600);
        keys.push_back(second << 47U | state >> 17U);
    }
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    const std::string packed = pack_keys(keys);
    CHECK(unpack_keys(packed, keys.size()) == keys);
    CHECK(packed.size() < keys.size() * 625 / 100);
    for (const std::vector<std::uint64_t>& few : {std::vector<std::uint64_t>{},
                                                  {0},
                                                  {~std::uint64_t{0}},
                                                  {0, ~std::uint64_t{0}},
                                                  {5, 6, 7, 8},
                                                  {0, 1}}) {
        CHECK(unpack_keys(pack_keys(few), few.size()) == few);
    }
    CHECK_THROWS_AS(unpack_keys(std::string_view(packed).substr(0, 1000), keys.size()), Error);
    CHECK_THROWS_AS(unpack_keys("", 1), Error);
    CHECK_THROWS_AS(unpack_keys(std::string(40, '\xFF'), 2), Error);
}

TEST_CASE("A log is counted by day, branch and measure, each event once", "[stats]") {
    const Counted log =
        counted(std::string(kHeader) +
                "2019-03-01 08:15:00,JC,loan,P1,B1\n"
                "2019-03-01 08:15:00,JC,loan,P1,B1\n"  // the same event again
                "2019-03-01 08:15:00,JC,loan,P1,B2\n"
                "2019-03-01T00:15:00Z,JC,loan,P1,B1\n"  // and again, written as an instant
                "2019-03-01 08:15:01,JC,loan,P1,B1\n"
                "2019-03-01 09:00:00,PD,return,P2,B9\n"
                "2019-03-02 09:00:00,PD,in_house,,B9\n"
                "2019-03-02 09:00:00,PD,retrieval,,B9\r\n"
                "\n"
                "\"2019-03-02 09:00:00\",\"PD\",renewal,P\"\"1,B9");
    CHECK(log.rows_in == 9);
    CHECK(log.duplicates == 2);
    CHECK(log.rejects.empty());
    CHECK(log.n("loans", "2019-03-01", "JC") == 3);
    CHECK(log.n("returns", "2019-03-01", "PD") == 1);
    CHECK(log.n("in_house_use", "2019-03-02", "PD") == 1);
    CHECK(log.n("stack_retrievals", "2019-03-02", "PD") == 1);
    CHECK(log.n("renewals", "2019-03-02", "PD") == 1);
    CHECK(log.total() == 7);
}

TEST_CASE("Faulty rows are refused byte for byte, and no message names a patron", "[stats]") {
    const std::vector<std::string> bad{
        "2019-03-01 25:00:00,JC,loan,SECRET,B1\n",   "SECRET,JC,loan,P,B1\n",
        "2019-03-01 08:00:00,JC,lend,SECRET,B1\r\n", "2019-03-01 08:00:00,JC,SECRET9,loan,B1\n",
        "2019-03-01 08:00:00, ,loan,SECRET,B1\n",    "2019-03-01 08:00:00,JC,loan,SECRET\n",
        "2019-03-01 08:00:00,JC,loan,SECRET,B1,x\n", "2019-03-01 08:00:00,J\xFF,loan,SECRET,B1\n"};
    std::string text = kHeader;
    for (const auto& row : bad)
        text += row + "2019-03-01 09:00:00,JC,loan,P1,B" + std::to_string(text.size()) + "\n";
    const Counted log = counted(text);
    CHECK(log.rows_in == 16);
    CHECK(log.raws == bad);
    CHECK(log.rejects ==
          std::map<std::string, std::int64_t>{
              {"bad_row", 3}, {"bad_time", 2}, {"no_branch", 1}, {"unknown_type", 2}});
    CHECK(log.n("loans", "2019-03-01", "JC") == 8);
    for (const auto& message : log.messages) CHECK(message.find("SECRET") == std::string::npos);
    CHECK(log.messages[0] == "log.csv: line 2: the time \"2019-03-01 25:00:00\" is not readable");
    CHECK(log.messages[7].starts_with("log.csv: line 16: "));
}

TEST_CASE("An open quote refuses one line, not the rest of the log", "[stats]") {
    const Counted log = counted(std::string(kHeader) +
                                "2019-03-01 08:00:00,JC,loan,\"P1,B1\n"
                                "2019-03-01 08:00:01,JC,loan,P1,B2\n");
    CHECK(log.rows_in == 2);
    CHECK(log.raws == std::vector<std::string>{"2019-03-01 08:00:00,JC,loan,\"P1,B1\n"});
    CHECK(log.total() == 1);
}

TEST_CASE("Column order, delimiter, encoding and line ends change no number", "[stats]") {
    const std::string plain =
        std::string(kHeader) +
        "2019-03-01 08:00:00,静安,loan,P1,B1\n2019-03-01 08:00:00,静安,loan,P1,B1\n"
        "2019-03-02 08:00:00,浦东,return,P1,B1\n";
    const auto replaced = [](std::string text, char from, const std::string& to) {
        std::string out;
        for (const char c : text) out += c == from ? to : std::string(1, c);
        return out;
    };
    const Counted expected = counted(plain);
    REQUIRE(expected.total() == 2);
    REQUIRE(expected.n("loans", "2019-03-01", "静安") == 1);
    const std::string moved =
        "item,extra,Branch,TYPE,patron,time\nB1,,静安,loan,P1,2019-03-01 08:00:00\n"
        "B1,,静安,loan,P1,2019-03-01 08:00:00\nB1,,浦东,return,P1,2019-03-02 08:00:00\n";
    // "静安" and "浦东" in GB 18030 (Unicode's mapping table).
    std::string gb = kHeader;
    gb +=
        "2019-03-01 08:00:00,\xBE\xB2\xB0\xB2,loan,P1,B1\n2019-03-01 "
        "08:00:00,\xBE\xB2\xB0\xB2,loan,P1,B1\n"
        "2019-03-02 08:00:00,\xC6\xD6\xB6\xAB,return,P1,B1\n";
    for (const std::string& text :
         {moved, replaced(plain, ',', ";"), replaced(plain, ',', "\t"),
          replaced(plain, '\n', "\r\n"), replaced(plain, '\n', "\r"), "\xEF\xBB\xBF" + plain, gb}) {
        const Counted log = counted(text);
        INFO(text);
        CHECK(log.total() == 2);
        CHECK(log.duplicates == 1);
        CHECK(log.n("loans", "2019-03-01", "静安") == 1);
        CHECK(log.n("returns", "2019-03-02", "浦东") == 1);
    }
}

TEST_CASE("The order of rows and the size of the key memory change no number", "[stats]") {
    std::vector<std::string> rows;
    for (int i = 0; i < 3000; ++i) {
        const int item = i % 1500;  // every event twice, on one of 28 days
        const std::string day = std::to_string(item % 28 + 1), second = std::to_string(item % 60);
        rows.push_back("2019-03-" + std::string(2 - day.size(), '0') + day +
                       " 10:00:" + std::string(2 - second.size(), '0') + second + ",B" +
                       std::to_string(item % 7) + ",loan,P" + std::to_string(item) + ",I\n");
    }
    const auto log = [&rows] {
        return std::accumulate(rows.begin(), rows.end(), std::string(kHeader));
    };
    CirculationOptions small;
    small.keys_in_memory = 100;  // 30 runs in the scratch file
    const Counted first = counted(log()), spilled = counted(log(), small);
    std::reverse(rows.begin(), rows.end());
    const Counted reversed = counted(log());
    std::sort(rows.begin(), rows.end());
    const Counted sorted = counted(log(), small);
    CHECK(first.total() == 1500);
    CHECK(first.duplicates == 1500);
    for (const Counted* other : {&spilled, &reversed, &sorted}) {
        CHECK(other->duplicates == 1500);
        REQUIRE(other->counts.size() == first.counts.size());
        for (const auto& c : first.counts) CHECK(other->n(c.measure, c.day, c.branch) == c.n);
    }
}

TEST_CASE("A log without a header or a needed column is refused whole", "[stats]") {
    CHECK_THROWS_WITH(counted(""), Catch::Contains("not even a header line"));
    CHECK_THROWS_WITH(counted("time,branch,kind,patron,item\n"),
                      Catch::Contains("there is no column \"type\""));
    CHECK(counted(kHeader).rows_in == 0);
}
