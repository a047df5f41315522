// SPDX-License-Identifier: Apache-2.0
#include "sample.hpp"

#include <catch2/catch.hpp>

using namespace tushu;
using namespace tushu::marc;
using namespace tushu::marc::test;

namespace {

// A record in bytes of any character set: a control field 001, then data fields as given.
std::string raw(std::string_view leader,
                const std::vector<std::pair<std::string, std::string>>& fields) {
    Record record;
    record.set_leader(leader);
    record.add_control("001", "x1");
    for (const auto& [tag, body] : fields) {
        record.add_data(tag, ' ', ' ', {{'a', "x"}});
        record.replace_body(record.field_count() - 1, body);
    }
    std::string bytes = iso(record);
    bytes[9] = leader[9];  // the label as it was, true or not
    return bytes;
}

std::string title(std::string_view text) {
    return "10\x1F"
           "a" +
           std::string(text);
}

constexpr std::string_view kMarc21 = "00000nam  2200000 a 4500";
constexpr std::string_view kMarc21Utf8 = "00000nam a2200000 a 4500";

}  // namespace

TEST_CASE("every byte of MARC-8 and ISO 5426 becomes a character or is told", "[marc]") {
    for (const Charset charset : {Charset::marc8, Charset::iso5426}) {
        Decoder decoder(BadChar::escape);
        Decoder strict(BadChar::reject);
        std::size_t defined = 0;
        for (unsigned byte = 0x80; byte <= 0xFF; ++byte) {
            const std::string given = {'<', static_cast<char>(byte), '>'};
            std::string out, rest;
            const std::size_t bad = decoder.append(out, charset, given);
            INFO(name_of(charset) << " " << byte << " " << out);
            CHECK(out.size() > 2);
            CHECK((out.find("\\x") != std::string::npos) == (bad == 1));
            if (bad == 0)
                ++defined;
            else
                CHECK_THROWS_AS(strict.append(rest, charset, given), Error);
        }
        CHECK(defined == (charset == Charset::marc8 ? 69U : 79U));
    }
}

TEST_CASE("codes that EACC and the sets by escape do not have are told", "[marc]") {
    Decoder decoder(BadChar::escape);
    const auto decoded = [&](std::string_view bytes, std::size_t bad) {
        std::string out;
        CHECK(decoder.append(out, Charset::marc8, bytes) == bad);
        return out;
    };
    CHECK(decoded("\x1B$1!0!~~~\x1B(Bz", 3) == "一\\x7E\\x7E\\x7Ez");
    CHECK(decoded("\x1B$1!0!!0\x1B(Bz", 2) == "一\\x21\\x30z");  // a code is cut
    CHECK(decoded("\x1B$1!0! !0!\x1B(Bz", 0) == "一 一z");       // the blank has no code
    CHECK(decoded("\x1B(Nab\x1B(QA?\x1B(B", 1) == "АБђ\\x3F");
    CHECK(decoded("H\x1B"
                  "b2\x1BsO",
                  0) == "H₂O");
    CHECK(decoded("a\x1BZb", 1) == "a\\x1BZb");  // no such escape
    CHECK(decoded("e\xE2", 1) == "e\\xE2");      // a mark without its letter
    CHECK(decoded("\xE8\xE5u", 0) == "ǖ");
    CHECK(decoded("\xEBi\xECu", 0) == "i͡u");
    CHECK(decoded("\x88The \x89"
                  "end",
                  0) ==
          "\u0098The \u009C"
          "end");
}

TEST_CASE("an undefined byte in a MARC-8 record costs one character and is told", "[marc]") {
    const std::string bytes = raw(kMarc21, {{"245", title("Caf\xE2"
                                                          "e \xFC ol\xE2"
                                                          "e \xC9 \xE2"
                                                          "a")}});
    const Got got = read(bytes);
    REQUIRE(got.records.size() == 1);
    CHECK(got.records[0].value("245", 'a') == "Café \uFFFD olé \uFFFD á");
    CHECK(got.repaired("bad_char"));
    CHECK(read(bytes, {.on_bad_char = BadChar::reject}).rejects ==
          std::vector<std::string>{"bad_char"});
    CHECK(read(bytes, {.on_bad_char = BadChar::escape}).records.at(0).value("245", 'a') ==
          "Café \\xFC olé \\xC9 á");
}
