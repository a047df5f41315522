// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "callno/callno.hpp"
#include "callno/check.hpp"
#include "callno/learn.hpp"
#include "callno/lines.hpp"
#include "callno/lnds.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>
#include <random>

using namespace tushu;
using namespace tushu::callno;

namespace {

std::string message_of(const char* yaml) {
    try {
        (void)load_rules(Yaml::parse(yaml, "house.yaml"));
    } catch (const Error& e) {
        CHECK(e.fault() == Fault::config);
        return e.what();
    }
    FAIL("these rules must be refused: " << yaml);
    return {};
}

bool has(const std::vector<Finding>& findings, std::string_view code) {
    return std::any_of(findings.begin(), findings.end(),
                       [code](const auto& f) { return f.code == code; });
}

std::string codes(Scheme scheme, std::string_view text) {
    std::string out;
    for (const auto& finding : check(scheme, text))
        out += (out.empty() ? "" : " ") + std::string(finding.code);
    return out;
}

}  // namespace

TEST_CASE("The rule files that come with the programs can be loaded", "[callno]") {
    const std::string folder = std::string(TUSHU_SHARE) + "/callno/";
    const House standard = load_rules(Yaml::load(folder + "standard.yaml"));
    const Settings built_in, written = standard.common().settings();
    // The file documents the defaults: it must not say anything else.
    CHECK(written.layout == built_in.layout);
    CHECK(written.book_number == built_in.book_number);
    CHECK(written.volume_signs == built_in.volume_signs);
    CHECK(written.clc_signs == built_in.clc_signs);
    CHECK(written.captions == built_in.captions);
    CHECK(written.prefixes == built_in.prefixes);
    CHECK(written.udc_order == built_in.udc_order);
    CHECK(written.sudoc_letters_first == built_in.sudoc_letters_first);
    for (const Scheme a : all_schemes())
        for (const Scheme b : all_schemes())
            CHECK((standard.common().mixed_rank(a) < standard.common().mixed_rank(b)) ==
                  (default_rules().mixed_rank(a) < default_rules().mixed_rank(b)));

    const House example = load_rules(Yaml::load(folder + "example.yaml"));
    CHECK(example.scheme("JC12") == Scheme::clc);
    CHECK(example.scheme("MG1") == Scheme::liu);
    CHECK(example.rules("MG1").settings().book_number == BookNumber::corner);
    CHECK(example.rules("WX1").settings().book_number == BookNumber::author);
    CHECK(example.rules("nowhere").settings().book_number == BookNumber::sequence);

    const House year = load_rules(Yaml::load(folder + "year-first.yaml"));
    const auto key = [&year](std::string_view text) {
        return key_of(Scheme::clc, text, year.rules(""));
    };
    CHECK(key("1985/TP391/12") < key("1986/A1/1"));
    CHECK(key("1985/TP391/2") < key("1985/TP391/12"));
    CHECK(key("TP391/2") < key("1985/TP391/2"));
}

TEST_CASE("Wrong rules are refused with their line and the word that was meant", "[callno]") {
    CHECK(message_of("name: x\nbook_number: autor\n") ==
          "house.yaml: line 2, column 14: \"autor\" is not known here");
    CHECK(message_of("name: x\nclc:\n  leters: before_signs\n").starts_with("house.yaml: line 3"));
    CHECK(message_of("volume_signs: [\"-\", \"-\"]\n").find("must stand once") !=
          std::string::npos);
    CHECK(message_of("scheme: clc\nlocations:\n  A1: {layout: [book]}\n")
              .starts_with("house.yaml: line 3"));
    CHECK(message_of("mixed_order: [clc, lc, clc]\n").find("stands twice") != std::string::npos);
    CHECK(message_of("udc: {order: [\"+\"]}\n").find("UDC sign") != std::string::npos);
    CHECK(message_of("- a list\n").find("must be a map") != std::string::npos);
}

TEST_CASE("Scheme words of exports are understood", "[callno]") {
    CHECK(scheme_from("CLC") == Scheme::clc);
    CHECK(scheme_from(" 中图法 ") == Scheme::clc);
    CHECK(scheme_from("dewey") == Scheme::ddc);
    CHECK(scheme_from("科图法") == Scheme::lccas);
    CHECK_FALSE(scheme_from("colon"));
    for (const Scheme scheme : all_schemes()) CHECK(scheme_from(name_of(scheme)) == scheme);
}

TEST_CASE("A mixed stack stands scheme by scheme, what is unparsed behind all", "[callno]") {
    Settings settings;
    settings.mixed_order = {Scheme::lccas, Scheme::clc};
    const Rules rules(settings);
    const auto key = [&rules](Scheme scheme, std::string_view text) {
        std::string out;
        (void)append_mixed_key(out, scheme, text, rules);
        return out;
    };
    CHECK(key(Scheme::lccas, "73.8791/5") < key(Scheme::clc, "A1/1"));
    CHECK(key(Scheme::clc, "Z9/1") < key(Scheme::lc, "A1"));
    CHECK(key(Scheme::accession, "999") < key(Scheme::lccas, "未编"));
    CHECK(key(Scheme::lccas, "未编2") < key(Scheme::clc, "未编10"));
}

TEST_CASE("Looks tell the scheme where records do not", "[callno]") {
    CHECK(guess_scheme("TP391.12/4") == Scheme::clc);
    CHECK(guess_scheme("K21/3") == Scheme::clc);
    CHECK(guess_scheme("QA76.9 .C5 D2 1990") == Scheme::lc);
    CHECK(guess_scheme("REF QA76.9.C5") == Scheme::lc);
    CHECK(guess_scheme("WB 100 .A1 1990") == Scheme::nlm);
    CHECK(guess_scheme("C 3.2/2:A 1") == Scheme::sudoc);
    CHECK(guess_scheme("025.431 A12") == Scheme::ddc);
    CHECK(guess_scheme("73.8791/5") == Scheme::lccas);
    CHECK(guess_scheme("629.4:33(44) ABC") == Scheme::udc);
    CHECK(guess_scheme("0012345") == Scheme::accession);
    CHECK_FALSE(guess_scheme(""));
    CHECK_FALSE(guess_scheme("未编"));
}

TEST_CASE("check finds what is wrong and leaves good call numbers alone", "[callno]") {
    CHECK(codes(Scheme::clc, "TP391.12/4").empty());
    CHECK(codes(Scheme::clc, "K22-53/2-1").empty());
    CHECK(codes(Scheme::clc, "I247.5/A12") == "");
    CHECK(codes(Scheme::lc, "QA76.9 .C5 D2 1990").empty());
    CHECK(codes(Scheme::nlm, "WB 100 .A1 1990").empty());
    CHECK(codes(Scheme::ddc, "025.431 A12").empty());
    CHECK(codes(Scheme::sudoc, "C 3.2:B 4").empty());

    CHECK(codes(Scheme::clc, "") == "empty");
    CHECK(codes(Scheme::clc, " \t ") == "empty");
    CHECK(codes(Scheme::clc, "待编") == "unparsed");
    CHECK(codes(Scheme::clc, " TP391/4 ") == "stored_blanks");
    CHECK(codes(Scheme::clc, "ＴＰ391/4") == "wide_signs");
    CHECK(codes(Scheme::clc, "L25/4") == "class_letters");
    CHECK(codes(Scheme::clc, "KP25/4") == "class_letters");
    CHECK(codes(Scheme::clc, "TP39.1/4") == "class_dots");
    CHECK(codes(Scheme::clc, "TP391") == "class_alone");
    CHECK(codes(Scheme::clc, "TP391/") == "class_alone");
    CHECK(codes(Scheme::clc, "K20(2/4") == "brackets");
    CHECK(codes(Scheme::clc, "QA76.9 .C5") == "other_scheme class_letters class_dots");
    CHECK(codes(Scheme::lc, "IA76.9 .C5") == "class_letters");
    CHECK(codes(Scheme::lc, "QA76.9 .C5 2005 2005") == "repeated_year");
    CHECK(codes(Scheme::lc, "025.4 A1") == "unparsed other_scheme");
    CHECK(codes(Scheme::nlm, "QA76 .A1") == "class_letters");
    CHECK(has(check(Scheme::clc, "К21/3"), "lookalike"));  // Cyrillic К
    CHECK(has(check(Scheme::clc, "K21/1O5"), "digit_letter"));
    CHECK(has(check(Scheme::clc, "\xD6\xD0"), "not_utf8"));
}

TEST_CASE("learn names the rules a shelf follows", "[callno]") {
    const auto best = [](std::vector<std::string> shelf) {
        const auto results = learn(shelf, standard_candidates());
        return std::string(name_of(results.front().candidate.scheme)) + " " +
               results.front().candidate.settings + " " +
               std::to_string(results.front().violations());
    };
    CHECK(best({"K21/3", "K21/12", "K21/105", "K210/1", "K22/4", "K22-53/2"}) == "clc  0");
    CHECK(best({"I247/4421", "I247/44", "I247/45", "I247/5", "I247/5023", "I2471/10"}) ==
          "clc book_number: corner 1");
    CHECK(best({"TP312/2", "TP312A/1", "TP312-43/1", "TP3121/1"}) ==
          "clc clc: {letters: before_signs} 0");
    CHECK(best({"QA9", "QA9 .C5", "QA9 .C52", "QA9.27 .B1", "QA10 .A1"}) == "lc  0");
    CHECK(best({"C 3.2:7", "C 3.2:B 4", "C 3.2:B 11"}) ==
          "sudoc sudoc: {letters_after_colon: last} 0");
    const std::vector<std::string> shelf{"K21/3", "未编", "K21/105", "K21/12", "K22/1"};
    const auto results = learn(shelf, {Candidate{Scheme::clc, default_rules(), ""}});
    REQUIRE(results.size() == 1);
    CHECK(results[0].unparsed == 1);
    CHECK(results[0].moves == 1);
    CHECK(results[0].violations() == 2);
    CHECK(results[0].out_of_order == std::vector<std::uint32_t>{2});
}

TEST_CASE("The longest ordered run keeps copies and accuses only the stray", "[callno]") {
    using Ranks = std::vector<std::uint32_t>;
    CHECK(longest_ordered(Ranks{1, 2, 9, 3, 4, 5}) == Ranks{0, 1, 3, 4, 5});
    CHECK(longest_ordered(Ranks{2, 2, 2}) == Ranks{0, 1, 2});
    CHECK(longest_ordered(Ranks{}).empty());
    CHECK(heaviest_ordered(Ranks{}, std::vector<std::uint64_t>{}).empty());
    // Either of 2 and 1 may stay: the one whose location is right does.
    CHECK(heaviest_ordered(Ranks{0, 2, 1, 3}, std::vector<std::uint64_t>{1000, 999, 1000, 1000}) ==
          Ranks{0, 2, 3});
    CHECK(heaviest_ordered(Ranks{0, 2, 1, 3}, std::vector<std::uint64_t>{1000, 1000, 999, 1000}) ==
          Ranks{0, 1, 3});
    const std::vector<std::string_view> keys{"a", "c", "b", "b"};
    CHECK(ranks_of(keys) == Ranks{0, 2, 1, 1});
    CHECK(longest_ordered(keys) == Ranks{0, 2, 3});
}

TEST_CASE("Ordered runs are as long as a slow search finds them", "[callno]") {
    std::mt19937 random(5);
    for (int round = 0; round < 300; ++round) {
        std::vector<std::uint32_t> ranks(random() % 40);
        for (auto& rank : ranks) rank = static_cast<std::uint32_t>(random() % 15);
        std::vector<std::uint64_t> weights(ranks.size());
        for (auto& weight : weights) weight = 1 + random() % 9;
        std::vector<std::size_t> length(ranks.size(), 1);
        std::vector<std::uint64_t> heavy = weights;
        for (std::size_t i = 0; i < ranks.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (ranks[j] > ranks[i]) continue;
                length[i] = std::max(length[i], length[j] + 1);
                heavy[i] = std::max(heavy[i], heavy[j] + weights[i]);
            }
        }
        const auto kept = longest_ordered(ranks), heaviest = heaviest_ordered(ranks, weights);
        CHECK(kept.size() == (ranks.empty() ? 0 : *std::max_element(length.begin(), length.end())));
        std::uint64_t sum = 0;
        for (const auto at : heaviest) sum += weights[at];
        CHECK(sum == (ranks.empty() ? 0 : *std::max_element(heavy.begin(), heavy.end())));
        for (const auto& list : {kept, heaviest}) {
            CHECK(std::is_sorted(list.begin(), list.end()));
            CHECK(std::is_sorted(
                list.begin(), list.end(),
                [&ranks](std::uint32_t a, std::uint32_t b) { return ranks[a] < ranks[b]; }));
        }
    }
}

TEST_CASE("Lines end with LF, CRLF or the file", "[callno]") {
    const auto input = Input::from_memory(
        "\xEF\xBB\xBF"
        "A1\r\n\nB2",
        "list");
    LineReader lines(*input);
    CHECK(lines.next() == "A1");
    CHECK(lines.next() == "");
    CHECK(lines.next() == "B2");
    CHECK(lines.number() == 3);
    CHECK_FALSE(lines.next());
    const auto long_line = Input::from_memory(std::string((1U << 20U) + 2, 'x'), "list");
    LineReader bad(*long_line);
    CHECK_THROWS_AS(bad.next(), Error);
}
