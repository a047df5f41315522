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
