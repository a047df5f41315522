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
