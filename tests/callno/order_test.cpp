// SPDX-License-Identifier: Apache-2.0
#include "callno/callno.hpp"
#include "callno/lnds.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

using namespace tushu::callno;

namespace {

using List = std::vector<std::string_view>;

/// Every pair of the list, so that a failure names the two call numbers.
void check_order(Scheme scheme, const List& list, const Rules& rules = default_rules()) {
    for (std::size_t i = 0; i < list.size(); ++i) {
        bool is_parsed = false;
        const std::string key = key_of(scheme, list[i], rules, &is_parsed);
        INFO(list[i]);
        CHECK(is_parsed);
        for (std::size_t j = i + 1; j < list.size(); ++j) {
            INFO(list[i] << " before " << list[j]);
            CHECK(key < key_of(scheme, list[j], rules));
        }
    }
}

void check_equal(Scheme scheme, const List& list, const Rules& rules = default_rules()) {
    for (const auto spelling : list) {
        INFO(list[0] << " like " << spelling);
        CHECK(key_of(scheme, spelling, rules) == key_of(scheme, list[0], rules));
    }
}

Rules with(void (*change)(Settings&)) {
    Settings settings;
    change(settings);
    return Rules(settings);
}

}  // namespace

TEST_CASE("CLC class numbers stand in the order of the auxiliary signs", "[callno]") {
    check_order(Scheme::clc, {"TP39", "TP39-44", "TP39(2)", "TP39(2)=5", "TP39(26)", "TP39=5",
                              "TP39<1>", "TP39:G25", "TP39:G258", "TP39+TN91", "TP391", "TP391-43",
                              "TP391.1", "TP391.12", "TP391.2", "TP392", "TP4", "TQ1"});
    check_order(Scheme::clc, {"G25", "G25-61", "G250", "G250.7", "G251", "G251-62", "G251.5",
                              "G252", "G253", "G26", "H1", "HB", "I1"});
    check_order(Scheme::clc, {"R711", "R711-62", "R711(711)", "R711(711)=535", "R711=6",
                              "R711<326>", "R711:R83", "R711+R173", "R711.1"});
    check_order(Scheme::clc, {"TP312", "TP312a", "TP312-43", "TP312(2)", "TP312\"1\"", "TP312=5",
                              "TP3121", "TP312A", "TP312AL", "TP312B"});
}

TEST_CASE("A whole CLC call number compares line by line", "[callno]") {
    check_order(Scheme::clc, {"K21/3", "K21/12", "K21/12-2", "K21/12-10", "K21/105", "K210/1",
                              "K22/4", "K22-53/2"});
    check_order(Scheme::clc,
                {"K20-42", "K20-42/15", "K20-42/15/v.2", "K20-42/15/v.10", "K20-42/16"});
}

TEST_CASE("LC call numbers stand in shelf order", "[callno]") {
    check_order(Scheme::lc, {"QA9", "QA9 1987", "QA9 .C5", "QA9 .C5 1990", "QA9 .C5 D2", "QA9 .C52",
                             "QA9 .C6", "QA9.27 .B1", "QA9.3 .B1", "QA10 .A1", "QA76 .A1",
                             "QA273 .A1", "QB1 .A1", "R5 .A1"});
}

TEST_CASE("Dewey call numbers stand in shelf order", "[callno]") {
    check_order(Scheme::ddc, {"025 A1", "025 A12", "025 A2", "025 A2b", "025 B1", "025.04 A1",
                              "025.1 A1", "025.12 A1", "026 A1"});
}

TEST_CASE("SuDoc numbers compare stem first, then by whole numbers", "[callno]") {
    check_order(Scheme::sudoc, {"C 3.2:", "C 3.2:B 4", "C 3.2:B 11", "C 3.2:7", "C 3.2/2:A 1",
                                "C 3.2/2-2:A 1", "C 3.11:A 1", "CC 1.1:5"});
}

TEST_CASE("UDC puts + and / before the bare number and the rest behind it", "[callno]") {
    check_order(Scheme::udc,
                {"629.4+656", "629.4/.6", "629.4/.5", "629.4", "629.4:33", "629.4=111", "629.4(07)",
                 "629.4(44)", "629.4(=411)", "629.4\"19\"", "629.4*X", "629.4A", "629.4.00",
                 "629.4-05", "629.4-1", "629.4.01", "629.4'1", "629.41"});
}

TEST_CASE("Spelling variants of one call number have one key", "[callno]") {
    check_equal(Scheme::clc, {"TP391.12/4", "TP391.12/4", "tp391.12/4", "TP 391.12 / 4",
                              "TP39112/4", " TP391.12/04 ", "TP391.12\\4", "TP391.12\n4",
                              "TP391.12 4", "$$hTP391.12$$i4", "TP391。12/4", "[TP391.12]/4"});
    check_equal(Scheme::clc, {"K207(2)=\"5\"", "K207(2)=“5”", "K207(2)=‘‘5’’", "K207(2)=＂5＂"});
    check_equal(Scheme::clc, {"D60-05<1>", "D60—05〈1〉", "D60－05《1》", "D60−05＜1＞"});
    check_equal(Scheme::lc, {"QA76.9 .C5 D2 1990", "QA 76.9 C5 D2 1990", "qa76.9.c5d2 1990",
                             "QA76.9.C5 .D2 1990", "ＱＡ７６．９　．Ｃ５　Ｄ２　１９９０"});
    check_equal(Scheme::ddc,
                {"025.431 A12 v.2", "25.431 A12 vol. 2", "025.4/31 A12 V2", "025.4'31 a12 Bd. 2"});
    check_equal(Scheme::sudoc, {"C 3.2/2:A 1", "c3.2/2:A1", "C 3.2 / 2 : A 1"});
    check_equal(Scheme::udc, {"629.4:33", "629.4 : 33", "６２９．４：３３"});
}

TEST_CASE("Settings change the order where houses differ", "[callno]") {
    check_order(Scheme::clc, {"TP312", "TP312A", "TP312-43", "TP3121"},
                with([](Settings& s) { s.clc_letters_before_signs = true; }));
    check_order(Scheme::clc, {"I247/A5", "I247/A12", "I247/A12B", "I247/A12AA", "I247/B1"},
                with([](Settings& s) { s.book_number = BookNumber::author; }));
    check_order(Scheme::clc, {"I247/2", "I247/4421", "I247/4421-2", "I247/4421-10", "I247/5"},
                with([](Settings& s) { s.book_number = BookNumber::corner; }));
    check_order(Scheme::clc, {"I247/C5", "I247/C5d", "I247/C52", "I247/C6"},
                with([](Settings& s) { s.book_number = BookNumber::cutter; }));
    check_order(Scheme::sudoc, {"C 3.2:7", "C 3.2:B 4"},
                with([](Settings& s) { s.sudoc_letters_first = false; }));
    check_order(Scheme::sudoc, {"C 3.2:965", "C 3.2:2005", "C 3.2:2"},
                with([](Settings& s) { s.sudoc_years_first = true; }));
    check_order(Scheme::sudoc, {"C 3.2:2", "C 3.2:965"});
}

TEST_CASE("The older Chinese schemes stand in digit order", "[callno]") {
    check_order(Scheme::lccas,
                {"71", "71.1/3", "73.2", "73.8791/5", "73.8791/12", "73.88", "74.1", "81"});
    check_equal(Scheme::lccas, {"73.8791/5", "738791/5", "73.8791 5", "７３．８７９１／５"});
    check_order(Scheme::liu,
                {"050", "573.07", "573.1", "857.63/44", "857.7", "857.7/4421", "857.7/5", "858"},
                with([](Settings& s) { s.book_number = BookNumber::corner; }));
    check_equal(Scheme::liu, {"050/3", "50/3", "050.0/3"});
    CHECK_FALSE(key_of(Scheme::lccas, "TP391/5") < key_of(Scheme::lccas, "99/1"));
}

TEST_CASE("Fixed locations order by size, then by whole numbers", "[callno]") {
    check_order(Scheme::accession, {"7", "0012", "105", "A7", "A12", "A12-2", "A12-10", "B1"});
    check_order(Scheme::accession, {"9", "大 12", "大 105", "中 3", "小 1", "特 1"},
                with([](Settings& s) {
                    s.size_classes = {"大", "中", "小"};
                }));
    check_equal(Scheme::accession, {"A0012", "a 12", "Ａ１２"});
}

TEST_CASE("Volumes count in Chinese numerals, too", "[callno]") {
    check_order(Scheme::clc, {"I242/7", "I242/7/上册", "I242/7/中册", "I242/7/下册"});
    check_order(Scheme::clc, {"I242/7/第二卷", "I242/7/第十卷", "I242/7/第十二卷",
                              "I242/7/第二十卷", "I242/7/第一百零五卷"});
    check_equal(Scheme::clc, {"I242/7/第十二卷", "I242/7/12卷"});
    check_order(Scheme::clc, {"I242/7(上)", "I242/7(中)", "I242/7(下)"});
}

TEST_CASE("LC marks that other tools file wrongly", "[callno]") {
    check_order(Scheme::lc,
                {"PZ7 .C5", "PZ7 .C5 1990", "PZ7 .C5 Ad", "PZ7 .C5 Ad 1990", "PZ7 .C5 Am"});
    check_order(Scheme::lc,
                {"Y4 .C5 no.93-2", "Y4 .C5 no.93-1483", "Y4 .C5 no.93-1484", "Y4 .C5 no.101"});
    check_order(Scheme::lc, {"KF26 2d .A1", "KF26 15th .A1", "KF26 115th .A1", "KF26 .A1"});
    check_order(Scheme::lc, {"QA9 .C5 1998", "QA9 .C5 1998a", "QA9 .C5 1998b", "QA9 .C5 1999"});
    check_order(Scheme::lc,
                {"QA9 .C5 v.2", "QA9 .C5 v.10", "QA9 .C5 v.10 pt.2", "QA9 .C5 v.10 suppl."});
    check_equal(Scheme::lc, {"QA9 .C5 1990 v.2", "QA9.C5 1990 vol. 2", "QA9 C5 1990 Bd. 2",
                             "qa 9 .c5 1990 V.2"});
    check_order(Scheme::nlm, {"QS 4 A1", "QV 4 A1", "W 1 AM123", "W 1 AM2", "W 1 B1",
                              "WB 100 A1 1990", "WB 100 A1 1991", "WB 100.5 A1", "WZ 100 A1"});
}

TEST_CASE("A collection word makes a sequence of its own, or says nothing", "[callno]") {
    check_order(Scheme::lc,
                {"QA76 .A1", "ZA1 .A1", "FOLIO QA9 .A1", "REF QA9 .A1", "REF QA76 .A1"});
    check_order(Scheme::clc, {"Z9/1", "REF/A1/2", "REF B1/1"});
    check_equal(Scheme::lc, {"QA76 .A1", "REF QA76 .A1", "ref QA76 .A1"},
                with([](Settings& s) { s.prefix_is_ignored = true; }));
}
