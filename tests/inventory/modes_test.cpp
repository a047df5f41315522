// SPDX-License-Identifier: Apache-2.0
#include "inventory/modes.hpp"

#include "library.hpp"

#include <catch2/catch.hpp>

using namespace tushu;
using namespace tushu::inventory;

namespace {

/// b1: two in branch N (one room each), two in branch S; b2: one in each.
const std::string kBranches =
    "barcode,bib,location,call_number,status,library\n"
    "N1,b1,N-1,K20/1,on_shelf,N\nN2,b1,N-2,K20/1,on_shelf,N\n"
    "S1,b1,S-1,K20/1,on_shelf,S\nS2,b1,S-1,K20/1,on_loan,S\n"
    "N3,b2,N-1,K20/2,on_shelf,N\nS3,b2,S-1,K20/2,on_shelf,S\n";

using Decisions = std::map<std::string, std::string>;  // by barcode

Decisions decisions(const Table& table, std::size_t barcode, std::size_t decision,
                    std::size_t reason) {
    Decisions found;
    for (const auto& row : table.rows)
        found[std::get<std::string>(row[barcode])] =
            std::get<std::string>(row[decision]) + " " + std::get<std::string>(row[reason]);
    return found;
}

Decisions screened(const Snapshot& snapshot, const KeepRule& rule) {
    return decisions(screen_duplicates(snapshot, rule).table, 2, 8, 9);
}

Decisions weeded(const std::vector<std::string>& barcodes, const Snapshot& snapshot,
                 CopyScope within) {
    const WeedRule rule{{}, "", "", false, within};
    return decisions(check_weeding(barcodes, snapshot, rule, {}).table, 0, 1, 2);
}

}  // namespace

TEST_CASE("Duplicates are counted in all, within branches or within locations", "[inventory]") {
    const Folder folder;
    const auto s = snapshot_of(folder, kBranches);
    SECTION("in all: one copy of each title stays somewhere") {
        CHECK(screened(s, {CopyScope::all, 1, {}}) == Decisions{{"N1", "surplus beyond_rule"},
                                                                {"N2", "surplus beyond_rule"},
                                                                {"S1", "surplus beyond_rule"},
                                                                {"S2", "keep on_loan"},
                                                                {"N3", "keep rule"},
                                                                {"S3", "surplus beyond_rule"}});
    }
    SECTION("within branches: each keeps one, and what another branch has does not count") {
        CHECK(screened(s, {CopyScope::branch, 1, {}}) == Decisions{{"N1", "keep rule"},
                                                                   {"N2", "surplus beyond_rule"},
                                                                   {"S1", "surplus beyond_rule"},
                                                                   {"S2", "keep on_loan"}});
        CHECK(screened(s, {CopyScope::branch, 2, {}}).empty());
    }
    SECTION("within locations: the two rooms of a branch are two") {
        CHECK(screened(s, {CopyScope::location, 1, {}}) ==
              Decisions{{"S1", "surplus beyond_rule"}, {"S2", "keep on_loan"}});
    }
    SECTION("the copies column counts what the scope holds") {
        const Table table = screen_duplicates(s, {CopyScope::branch, 1, {}}).table;
        REQUIRE(table.rows.size() == 4);
        for (const auto& row : table.rows) CHECK(std::get<std::int64_t>(row[7]) == 2);
        CHECK(std::get<std::string>(table.rows[0].back()) == "N");
        CHECK(std::get<std::string>(table.rows[3].back()) == "S");
    }
    SECTION("no rule takes the last copy") {
        CHECK_THROWS_AS(screened(s, {CopyScope::branch, 0, {}}), Error);
        CHECK_THROWS_AS(screened(s, {CopyScope::all, 0, {}}), Error);
    }
}

TEST_CASE("The last copy is guarded in all, or in its branch or location", "[inventory]") {
    const Folder folder;
    const auto s = snapshot_of(folder, kBranches);
    const std::vector<std::string> list{"N1", "N2", "N3", "S1"};
    CHECK(weeded(list, s, CopyScope::all) ==
          Decisions{
              {"N1", "withdraw "}, {"N2", "withdraw "}, {"N3", "withdraw "}, {"S1", "withdraw "}});
    // S2, on loan, is the copy that branch S keeps; branch N keeps one of its two.
    CHECK(weeded(list, s, CopyScope::branch) == Decisions{{"N1", "withdraw "},
                                                          {"N2", "refuse last_copy"},
                                                          {"N3", "refuse last_copy"},
                                                          {"S1", "withdraw "}});
    CHECK(weeded(list, s, CopyScope::location) == Decisions{{"N1", "refuse last_copy"},
                                                            {"N2", "refuse last_copy"},
                                                            {"N3", "refuse last_copy"},
                                                            {"S1", "withdraw "}});
}

TEST_CASE("Branches cannot be told apart where the holdings name none", "[inventory]") {
    const Folder folder;
    const auto s = snapshot_of(folder,
                               "barcode,bib,location,call_number,status\n1,b1,A,K20/1,on_shelf\n"
                               "2,b1,B,K20/1,on_shelf\n");
    CHECK_THROWS_AS(screened(s, {CopyScope::branch, 1, {}}), Error);
    CHECK_THROWS_AS(weeded({"1"}, s, CopyScope::branch), Error);
    CHECK(screened(s, {CopyScope::location, 1, {}}).empty());
    // Items that name no branch among others that do are a branch of their own.
    const auto t =
        snapshot_of(folder,
                    "barcode,bib,location,call_number,status,library\n1,b1,A,K20/1,on_shelf,\n"
                    "2,b1,A,K20/1,on_shelf,N\n3,b1,B,K20/1,on_shelf,\n",
                    {}, "t.snap");
    CHECK(weeded({"1", "2", "3"}, t, CopyScope::branch) ==
          Decisions{{"1", "withdraw "}, {"2", "refuse last_copy"}, {"3", "refuse last_copy"}});
}
