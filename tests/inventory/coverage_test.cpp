// SPDX-License-Identifier: Apache-2.0
#include "library.hpp"

#include <catch2/catch.hpp>

using namespace tushu;
using namespace tushu::inventory;

namespace {

std::map<std::string, std::string> reconcile(const Snapshot& snapshot,
                                             const std::vector<std::string>& files) {
    ScanLog log = scans_of(files);
    return outcomes(Reconciliation(log, snapshot, {}, {}));
}

}  // namespace

TEST_CASE("Only a shelf that is number 1 of its whole location has nothing before it",
          "[inventory]") {
    const Folder folder;
    const auto s = snapshot_of(folder, kHead + stack("I", "JC9", 33));
    const auto first_book = [&](const std::string& shelf) {
        return reconcile(s, {"#LOC JC9\n#SHELF " + shelf + "\n" + codes("I", 2, 33) + "#END\n"})
            .at("I01");
    };
    // Shelf A9 stands before B1 and was never scanned.
    for (const char* const shelf :
         {"B1", "B01", "JC9-B1", "JC91", "1B", "2", "1-2", "2-1", "JC9-10"})
        CHECK(first_book(shelf) == "NOTCOVERED");
    for (const char* const shelf : {"1", "001", "JC9-1", "JC9-001", "JC9/1-01", "1.1"})
        CHECK(first_book(shelf) == "MISSING1");
    const std::string pass = "#SHELF B1\n" + codes("I", 9, 23) + "#END\n";
    const auto twice = reconcile(s, {"#PASS 1\n#LOC JC9\n" + pass, "#PASS 2\n#LOC JC9\n" + pass});
    for (const char* const book : {"I01", "I08", "I24", "I33"})
        CHECK(twice.at(book) == "NOTCOVERED");
}

TEST_CASE("A recorded shelf is one of its own location", "[inventory]") {
    const Folder folder;
    const auto s = snapshot_of(folder,
                               "barcode,location,shelf,status\nA1,JC1,01,on_shelf\nA2,JC1,01,"
                               "on_shelf\nA3,JC1,01,on_shelf\nB1,JC2,01,on_shelf\nB2,JC2,01,"
                               "on_shelf\n");
    const std::string room = "#LOC JC1\n#SHELF 01\nA1\nA2\n#END\n";
    const auto got = reconcile(s, {"#PASS 1\n" + room, "#PASS 2\n" + room});
    CHECK(got.at("A3") == "MISSING2");
    CHECK(got.at("B1") == "NOTCOVERED");
    CHECK(got.at("B2") == "NOTCOVERED");
    // Nobody knows which location's shelf 01 that is.
    CHECK(reconcile(s, {"#LOC XX\n#SHELF 01\nA1\n#END\n"}).at("A2") == "NOTCOVERED");
}

TEST_CASE("Empty shelves are counted by their numbers, each in its own location", "[inventory]") {
    const Folder folder;
    const auto s = snapshot_of(folder, kHead + stack("E", "JC9", 20) + stack("F", "JC1", 2));
    const auto between = [&](const std::string& left, const std::string& empty,
                             const std::string& right) {
        return reconcile(s, {"#LOC JC9\n#SHELF " + left + "\n" + codes("E", 1, 9) + empty +
                             "#LOC JC9\n#SHELF " + right + "\n" + codes("E", 12, 20) + "#END\n"})
            .at("E10");
    };
    CHECK(between("A8", "#SHELF A9\n#EMPTY\n", "A10") == "MISSING1");
    CHECK(between("A9", "#SHELF A10\n#EMPTY\n", "A11") == "MISSING1");
    CHECK(between("A8", "#SHELF A9\n#EMPTY\n#SHELF A10\n#END\n", "A11") == "MISSING1");
    CHECK(between("A8", "#SHELF A10\n#EMPTY\n#SHELF A9\n#END\n", "A11") == "MISSING1");
    CHECK(between("A8", "#SHELF A10\n#EMPTY\n", "A11") == "NOTCOVERED");
    CHECK(between("A9", "#SHELF B10\n#EMPTY\n", "A11") == "NOTCOVERED");
    CHECK(between("A9", "#LOC JC1\n#SHELF A10\n#EMPTY\n", "A11") == "NOTCOVERED");
}

TEST_CASE("Behind the last book a stack ends where empty shelves follow", "[inventory]") {
    const Folder folder;
    const auto s = snapshot_of(folder, kHead + stack("E", "JC9", 10));
    const auto room = [&](int last, const std::string& behind, const std::string& other = "") {
        return reconcile(s,
                         {"#LOC JC9\n#SHELF 1\n" + codes("E", 2, last) + behind + "#END\n", other});
    };
    const std::string two = "#SHELF 2\n#EMPTY\n#SHELF 3\n#EMPTY\n";
    CHECK(room(9, two).at("E10") == "MISSING1");
    CHECK(room(9, two).at("E01") == "MISSING1");
    CHECK(room(5, two).at("E10") == "MISSING1");
    CHECK(room(9, "#SHELF 2\n#EMPTY\n").at("E10") == "MISSING1");
    CHECK(room(5, "#SHELF 2\n#EMPTY\n").at("E10") == "NOTCOVERED");  // a shelf 3 may hold them
    CHECK(room(9, "").at("E10") == "NOTCOVERED");
    CHECK(room(9, "#SHELF 3\n#EMPTY\n#SHELF 4\n#EMPTY\n").at("E10") == "NOTCOVERED");
    // Somebody saw books further on.
    CHECK(room(8, two, "#LOC JC9\n#PASS 2\n#SHELF 4\nE09\n#END\n").at("E10") == "NOTCOVERED");
    // Numbers that fall while call numbers rise: the end is on the other side.
    const std::string down = "#SHELF 8\n" + codes("E", 2, 5) + "#SHELF 7\n" + codes("E", 6, 9);
    CHECK(reconcile(s, {"#LOC JC9\n" + down + "#SHELF 6\n#EMPTY\n#SHELF 5\n#EMPTY\n"}).at("E10") ==
          "MISSING1");
    CHECK(reconcile(s, {"#LOC JC9\n" + down + "#SHELF 9\n#EMPTY\n#SHELF 10\n#EMPTY\n"}).at("E10") ==
          "NOTCOVERED");
}

TEST_CASE(
    "Where books were passed over none is missing, also at the end of a shelf or on all of it",
    "[inventory]") {
    const Folder folder;
    SECTION("recorded shelves") {
        const auto s = snapshot_of(folder,
                                   "barcode,location,shelf,status\nF1,JC9,S1,on_shelf\nF2,JC9,S1,"
                                   "on_shelf\nF3,JC9,S1,on_shelf\nF4,JC9,S2,on_shelf\nF5,JC9,S2,"
                                   "on_shelf\nF6,JC9,S2,on_shelf\nF7,JC9,S3,on_shelf\n");
        const auto got = reconcile(s, {"#LOC JC9\n#SHELF S1\nF1\n#GAP\nF3\n#SHELF S2\n#GAP\n#SHELF "
                                       "S3\n#END\n"});
        for (const char* const book : {"F2", "F4", "F5", "F6"}) CHECK(got.at(book) == "NOTCOVERED");
        CHECK(got.at("F7") == "MISSING1");
        const auto ended = reconcile(s, {"#LOC JC9\n#SHELF S2\n#GAP\n#END\n"});
        CHECK(ended.at("F4") == "NOTCOVERED");
        const auto again = reconcile(s, {"#LOC JC9\n#SHELF S2\n#GAP\n#END\n#SHELF S2\nF4\n#END\n"});
        CHECK(again.at("F5") == "MISSING1");
        // A remark about who scans does not complete a shelf; the file was cut behind it.
        const auto cut = reconcile(s, {"#LOC JC9\n#SHELF S1\nF1\n#OPERATOR li\nF2\n"});
        CHECK(cut.at("F3") == "NOTCOVERED");
        const auto whole = reconcile(s, {"#LOC JC9\n#SHELF S1\nF1\n#OPERATOR li\n#END\n"});
        CHECK(whole.at("F3") == "MISSING1");
    }
    SECTION("call numbers") {
        const auto s = snapshot_of(folder, kHead + stack("A", "JC9", 30));
        const auto between = [&](const std::string& mark) {
            return reconcile(s, {"#LOC JC9\n#SHELF 1\n" + codes("A", 1, 10) + mark +
                                 codes("A", 13, 30) + "#END\n"})
                .at("A11");
        };
        CHECK(between("#SHELF 2\n") == "MISSING1");
        CHECK(between("#GAP\n#SHELF 2\n") == "NOTCOVERED");
        CHECK(between("#SHELF 2\n#GAP\n") == "NOTCOVERED");
        CHECK(between("#GAP\n#OPERATOR li\n") == "NOTCOVERED");
        CHECK(between("#GAP\nA20\n#UNDO\n") == "NOTCOVERED");
        CHECK(between("#SHELF 2\n#GAP\n#END\n#SHELF 3\n") == "NOTCOVERED");
        CHECK(
            reconcile(s, {"#LOC JC9\n#SHELF 1\n#GAP\n" + codes("A", 2, 30) + "#END\n"}).at("A01") ==
            "NOTCOVERED");
        const std::string empty = "#SHELF 2\n#EMPTY\n#SHELF 3\n#EMPTY\n";
        CHECK(reconcile(s, {"#LOC JC9\n#SHELF 1\n" + codes("A", 1, 29) + "#GAP\n" + empty})
                  .at("A30") == "NOTCOVERED");
    }
}

TEST_CASE("The last scan can be undone after a line that describes", "[inventory]") {
    std::vector<ScanFault> faults;
    const auto log = scans_of({"#LOC A\n#SHELF 1\n1\n2\n3\n#OPERATOR li\n#UNDO\n#PASS "
                               "2\n#UNDO\n4\n#SHELF 2\n#UNDO\n5\n#END\n"},
                              {}, &faults);
    REQUIRE(log.scans.size() == 3);
    CHECK(log.code_text(log.scans[0]) == "1");
    CHECK(log.code_text(log.scans[1]) == "4");
    CHECK(log.segments[0].end == 1);
    CHECK(log.segments[1].pass == 2);
    CHECK(log.scans[1].segment == 1);
    REQUIRE(faults.size() == 1);  // nothing was scanned on shelf 2
    CHECK(faults[0].line == 12);
}

TEST_CASE("One pass that is delivered twice is one pass", "[inventory]") {
    const Folder folder;
    const auto s = snapshot_of(folder, kHead + stack("E", "JC9", 20));
    const std::string who = "#OPERATOR li\n#SCANNER 1\n", room = "#LOC JC9\n#SHELF 2\n",
                      books = codes("E", 1, 3) + codes("E", 5, 10);
    const std::string monday = who + "#DATE 2019-10-05\n" + room + books + "#END\n";
    const auto e04 = [&](const std::string& second, const std::string& first) {
        return reconcile(s, {first, second}).at("E04");
    };
    std::string crlf;
    for (const char c : monday) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
    CHECK(e04(crlf, monday) == "MISSING1");
    // Tuesday's file still holds Monday's scans; on Monday the shelf was left half way.
    const std::string cut = who + "#DATE 2019-10-05\n" + room + codes("E", 1, 3) + "E05\nE06\n";
    CHECK(e04(monday + "#SHELF 3\n" + codes("E", 11, 15) + "#END\n", monday) == "MISSING1");
    CHECK(e04(monday, cut) == "MISSING1");
    CHECK(e04(cut, monday) == "MISSING1");
    // Another person, terminal, day or row of codes is another look.
    CHECK(e04("#OPERATOR wang\n#SCANNER 1\n" + monday.substr(who.size()), monday) == "MISSING2");
    CHECK(e04("#OPERATOR li\n#SCANNER 2\n" + monday.substr(who.size()), monday) == "MISSING2");
    CHECK(e04(who + "#DATE 2019-10-06\n" + room + books + "#END\n", monday) == "MISSING2");
    CHECK(e04(who + "#DATE 2019-10-05\n" + room + "E02\nE01\nE03\n" + codes("E", 5, 10) + "#END\n",
              monday) == "MISSING2");
    CHECK(e04("#PASS 2\n" + monday, monday) == "MISSING2");
    CHECK(e04(room + books + "#END\n", room + books + "#END\n") == "MISSING1");
}
