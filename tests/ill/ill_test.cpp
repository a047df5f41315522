// SPDX-License-Identifier: Apache-2.0
#include "ill/ill.hpp"

#include "base/output.hpp"

#include "../store/test_store.hpp"

using namespace tushu;
using namespace tushu::ill;
using test::FreshStore;

namespace {

const DataFolders& share() {
    static const DataFolders folders({std::filesystem::path(TUSHU_SHARE)});
    return folders;
}

Desk desk_of(store::Store& store) { return {store, load_partners(share()), load_states(share())}; }

const Instant kNow = Instant(std::chrono::seconds(1'577'808'000));

Request request_of(const std::string& reference, const std::string& role,
                   const std::string& service) {
    Request r;
    r.reference = reference;
    r.role = role;
    r.service = service;
    r.title = "明清上海";
    r.partner = "calis";
    r.requested = "2019-03-01";
    return r;
}

Event event_of(const std::string& reference, const std::string& event) {
    return {reference, event, "2019-03-02", event == "sent" ? "C-1" : "", "王", ""};
}

std::string kind_of_store() { return GENERATE(from_range(test::store_kinds())); }

}  // namespace

TEST_CASE("request numbers are nine digits with a check digit that catches any single wrong digit",
          "[ill]") {
    CHECK(request_id(2019, 1) == "190000018");
    const std::string id = request_id(2019, 123456);
    REQUIRE(id.size() == 9);
    const auto check_of = [](const std::string& digits) {
        return request_id(2000 + std::stoi(digits.substr(0, 2)), std::stoll(digits.substr(2, 6)));
    };
    for (std::size_t at = 0; at < 8; ++at) {
        for (char digit = '0'; digit <= '9'; ++digit) {
            std::string wrong = id;
            wrong[at] = digit;
            CHECK((check_of(wrong) == wrong) == (wrong == id));
        }
    }
}

TEST_CASE(
    "every state and event is either in the state machine or refused, and refusals change nothing",
    "[ill]") {
    // Written out by hand, not read from states.yaml: role, state -> events that lead on.
    const std::map<std::string, std::map<std::string, std::set<std::string>>> allowed{
        {"requester",
         {{"draft", {"sent", "cancelled"}},
          {"sent", {"will_supply", "received", "unfilled", "cancelled"}},
          {"will_supply", {"received", "unfilled", "cancelled"}},
          {"received", {"returned"}},
          {"returned", {}},
          {"unfilled", {}},
          {"cancelled", {}}}},
        {"supplier",
         {{"draft", {"will_supply", "supplied", "unfilled", "cancelled"}},
          {"will_supply", {"supplied", "unfilled", "cancelled"}},
          {"supplied", {"returned"}},
          {"returned", {}},
          {"unfilled", {}},
          {"cancelled", {}}}}};
    const std::map<std::string, std::vector<std::string>> way{
        {"draft", {}},
        {"sent", {"sent"}},
        {"unfilled", {"sent", "unfilled"}},
        {"cancelled", {"cancelled"}},
    };
    FreshStore fresh(kind_of_store());
    store::Store& store = fresh.store();
    Desk desk = desk_of(store);
    store::Transaction transaction(store);
    int n = 0;
    for (const auto& [role, states] : allowed) {
        for (const auto& [state, events] : states) {
            for (const char* const event : {"sent", "will_supply", "received", "supplied",
                                            "returned", "unfilled", "cancelled"}) {
                const std::string reference = "R" + std::to_string(++n);
                (void)desk.add(request_of(reference, role, "loan"), std::nullopt, kNow);
                // Bring it into the state by the shortest way.
                std::vector<std::string> steps;
                if (way.contains(state))
                    steps = way.at(state);
                else if (state == "will_supply" && role == "requester")
                    steps = {"sent", "will_supply"};
                else if (state == "received")
                    steps = {"sent", "received"};
                else if (state == "returned" && role == "requester")
                    steps = {"sent", "received", "returned"};
                else if (state == "returned")
                    steps = {"supplied", "returned"};
                else
                    steps = {state};
                if (role == "supplier" && state == "unfilled") steps = {"unfilled"};
                for (const auto& step : steps)
                    REQUIRE_FALSE(desk.apply(event_of(reference, step), kNow));
                REQUIRE(desk.find(reference)->state == state);

                Event tried = event_of(reference, event);
                tried.day = "2019-03-20";
                const auto refusal = desk.apply(tried, kNow);
                INFO(role << " " << state << " " << event);
                CHECK(!refusal == events.contains(event));
                if (refusal) {
                    CHECK(refusal->code == "not_allowed");
                    CHECK(desk.find(reference)->state == state);
                }
            }
        }
    }
    transaction.commit();
}

TEST_CASE("a copy is never returned", "[ill]") {
    FreshStore fresh(kind_of_store());
    Desk desk = desk_of(fresh.store());
    (void)desk.add(request_of("R", "requester", "copy"), std::nullopt, kNow);
    REQUIRE_FALSE(desk.apply(event_of("R", "sent"), kNow));
    REQUIRE_FALSE(desk.apply(event_of("R", "received"), kNow));
    CHECK(desk.apply(event_of("R", "returned"), kNow)->code == "not_allowed");
}

TEST_CASE(
    "nothing is sent before the partner's number is known, and nothing happens before the request",
    "[ill]") {
    FreshStore fresh(kind_of_store());
    Desk desk = desk_of(fresh.store());
    (void)desk.add(request_of("R", "requester", "loan"), std::nullopt, kNow);
    Event sent = event_of("R", "sent");
    sent.partner_number.clear();
    CHECK(desk.apply(sent, kNow)->code == "no_partner_number");
    sent.partner_number = "C-1";
    sent.day = "2019-02-28";
    CHECK(desk.apply(sent, kNow)->code == "bad_day");
    sent.day = "2019-02-29";
    CHECK(desk.apply(sent, kNow)->code == "bad_day");
    sent.day = "20190301";
    REQUIRE_FALSE(desk.apply(sent, kNow));
    CHECK(desk.apply(sent, kNow)->code == "repeated");
}

TEST_CASE("filled requests become daily counts of their day, partner, service and role, once",
          "[ill]") {
    FreshStore fresh(kind_of_store());
    store::Store& store = fresh.store();
    Desk desk = desk_of(store);
    for (const char* const reference : {"A", "B", "C"}) {
        (void)desk.add(request_of(reference, "supplier", "loan"), std::nullopt, kNow);
        if (*reference != 'C') REQUIRE_FALSE(desk.apply(event_of(reference, "supplied"), kNow));
    }
    for (int again = 0; again < 2; ++again) {
        store::Transaction transaction(store);
        desk.count();
        transaction.commit();
        auto rows =
            store.query("SELECT measure, day, branch, category, n, origin FROM daily_count");
        REQUIRE(rows.next());
        CHECK(rows.text(0) == "ill_filled");
        CHECK(rows.text(1) == "2019-03-02");
        CHECK(rows.text(2) == "calis");
        CHECK(rows.text(3) == "loan/supplier");
        CHECK(rows.integer(4) == 2);
        CHECK(rows.text(5) == "ill");
        CHECK_FALSE(rows.next());
    }
}

TEST_CASE("an audit trail that somebody altered is found out", "[ill]") {
    FreshStore fresh(kind_of_store());
    store::Store& store = fresh.store();
    Desk desk = desk_of(store);
    (void)desk.add(request_of("R", "requester", "loan"), std::nullopt, kNow);
    REQUIRE_FALSE(desk.apply(event_of("R", "sent"), kNow));
    const Request request = *desk.find("R");
    CHECK(request_tables(store, request)[2].rows.size() == 2);
    store.execute("UPDATE ill_audit SET operator = 'nobody' WHERE seq = 2");
    try {
        (void)request_tables(store, request);
        FAIL("the change was not noticed");
    } catch (const Error& e) {
        CHECK(e.fault() == Fault::bad_input);
        CHECK(std::string(e.what()).find("step 2") != std::string::npos);
    }
}

TEST_CASE("what comes in is checked before it is stored", "[ill]") {
    FreshStore fresh(kind_of_store());
    Desk desk = desk_of(fresh.store());
    CHECK_FALSE(desk.check(request_of("R", "requester", "loan")));
    const auto code = [&desk](auto change) {
        Request r = request_of("R", "requester", "loan");
        change(r);
        const auto refusal = desk.check(r);
        return refusal ? refusal->code : std::string("accepted");
    };
    CHECK(code([](Request& r) { r.reference.clear(); }) == "no_reference");
    CHECK(code([](Request& r) { r.title.clear(); }) == "no_title");
    CHECK(code([](Request& r) { r.role = "reader"; }) == "bad_role");
    CHECK(code([](Request& r) { r.service = "scan"; }) == "bad_service");
    CHECK(code([](Request& r) { r.partner = "x'); DROP TABLE ill_request; --"; }) ==
          "unknown_partner");
    CHECK(code([](Request& r) { r.need_before = "soon"; }) == "bad_day");
    (void)desk.add(request_of("R", "requester", "loan"), std::nullopt, kNow);
    CHECK(code([](Request&) {}) == "duplicate_reference");
}

TEST_CASE("a damaged partner profile is refused with its line", "[ill]") {
    const auto folder =
        std::filesystem::temp_directory_path() / ("tushu-ill-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder / "ill/partners");
    save_file((folder / "ill/partners/x.yaml").string(),
              "code: x\nname: {zh: 甲, en: X}\nroles: [requester, lender]\nmode: assisted\n"
              "network: {zh: 甲, en: X}\nhow: {zh: 甲, en: X}\n");
    try {
        (void)load_partners(DataFolders({folder}));
        FAIL("no error");
    } catch (const Error& e) {
        CHECK(e.fault() == Fault::config);
        CHECK(e.where().line == 3);
        CHECK(std::string(e.what()).find("lender") != std::string::npos);
    }
    std::filesystem::remove_all(folder);
}
