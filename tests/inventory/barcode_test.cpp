// SPDX-License-Identifier: Apache-2.0
// Tag vectors: the worked examples of ISO 28560-2 / GB/T 35660.2 and of the alliance's published
// EPC rules.
#include "inventory/barcode.hpp"
#include "inventory/rfid.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <set>

using namespace tushu;
using namespace tushu::inventory;

namespace {

TagBytes hex(std::string_view text) { return bytes_from_hex(text).value(); }

std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const auto& part : parts) out += (out.empty() ? "" : " ") + part;
    return out;
}

}  // namespace

TEST_CASE("Library Codabar check digits are Luhn digits", "[inventory]") {
    CHECK(has_luhn("30234000517861"));
    CHECK(has_luhn("33191000105864"));
    CHECK_FALSE(has_luhn("33191000105865"));
    CHECK(luhn_digit("3319100010586") == '4');
    CHECK_FALSE(luhn_digit("33A"));
    CHECK_FALSE(has_luhn("4"));
    // Every single wrong digit is caught, every swap of neighbours but 09 and 90.
    const std::string good = "30234000517861";
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (char c = '0'; c <= '9'; ++c) {
            std::string bad = good;
            bad[i] = c;
            CHECK(has_luhn(bad) == (c == good[i]));
        }
        if (i + 1 == good.size()) break;
        std::string swapped = good;
        std::swap(swapped[i], swapped[i + 1]);
        const std::string pair{good[i], good[i + 1]};
        CHECK(has_luhn(swapped) == (good[i] == good[i + 1] || pair == "09" || pair == "90"));
    }
}

TEST_CASE("Code 39 check characters are sums modulo 43", "[inventory]") {
    CHECK(mod43_character("CODE39") == 'W');
    CHECK(has_mod43("CODE39W"));
    CHECK_FALSE(has_mod43("CODE39X"));
    CHECK_FALSE(mod43_character("code39"));
}

TEST_CASE("Code 128 symbols carry their text and their check", "[inventory]") {
    CHECK(code128_symbols("PJJ123C") == std::vector<int>{104, 48, 42, 42, 17, 18, 19, 35, 55, 106});
    CHECK(code128_symbols("123456") == std::vector<int>{105, 12, 34, 56, 44, 106});
    CHECK(code128_symbols("").empty());
    CHECK(code128_symbols("馆").empty());
    for (const std::string text : {"30234000517861", "B002", "DPB000119", "a\tb", "12", "1",
                                   "AB12345C", "ABC123456", "1234567x", "x1234567"}) {
        const auto symbols = code128_symbols(text);
        INFO(text);
        CHECK(code128_text(symbols) == text);
        for (std::size_t i = 1; i + 1 < symbols.size(); ++i) {
            auto wrong = symbols;
            wrong[i] = (wrong[i] + 1) % 103;
            CHECK(code128_text(wrong) != text);
        }
    }
}

TEST_CASE("ISBNs are known by their check digit", "[inventory]") {
    CHECK(isbn13_of("978-7-5013-4567-1").has_value() == isbn13_of("9787501345671").has_value());
    CHECK(isbn13_of("0-306-40615-2") == "9780306406157");
    CHECK(isbn13_of("9780306406157") == "9780306406157");
    CHECK(isbn13_of("080442957X") == "9780804429573");
    CHECK_FALSE(isbn13_of("9780306406158"));
    CHECK_FALSE(isbn13_of("0306406153"));
    CHECK_FALSE(isbn13_of("30234000517861"));
}

TEST_CASE("A barcode is mended and the damage named", "[inventory]") {
    const auto clean = [](std::string_view raw) {
        const auto out = clean_barcode(raw);
        std::string text = out.code;
        for (std::size_t i = 0; i < kDamages; ++i)
            if (out.damages[i]) text += " " + std::string(name_of(static_cast<Damage>(i)));
        return text;
    };
    CHECK(clean("30234000517861") == "30234000517861");
    CHECK(clean(" 30234 000517861 ") == "30234000517861 blanks");
    CHECK(clean("30234000517861\r") == "30234000517861 control");
    CHECK(clean("３０２３４000517861") == "30234000517861 wide");
    CHECK(clean("dpb000119") == "DPB000119 lower_case");
    CHECK(clean("A30234000517861B") == "30234000517861 start_stop");
    CHECK(clean("a30234000517861t") == "30234000517861 start_stop");
    CHECK(clean("*DPB000119*") == "DPB000119 start_stop");
    CHECK(clean("B002") == "B002");
    CHECK(clean("#)@#$)))%!&*^!") == "30234000517861 keyboard");  // Shift held down
    CHECK(clean("\"àé\"'ààà(&èè-&") == "30234000517761 keyboard");
    CHECK(clean_barcode("A30234000517861B", StartStop::keep).code == "A30234000517861B");
    CHECK(clean("") == "");
}

TEST_CASE("Patron cards, shelf labels, ISBNs and items are told apart", "[inventory]") {
    const CodeRules rules =
        load_code_rules(Yaml::parse("items:\n  - {length: 14, alphabet: \"0-9\", prefix: \"3\", "
                                    "check: luhn}\n  - {length: [7, 9], prefix: DPB}\n"
                                    "patrons:\n  - {length: 14, prefix: \"2\"}\nshelves:\n  - "
                                    "{from: \"00001\", to: \"01999\"}\n  - {prefix: \"JC1-\"}\n",
                                    "codes.yaml"));
    CHECK(rules.classify("30234000517861") == CodeClass::item);
    CHECK(rules.classify("DPB000119") == CodeClass::item);
    CHECK(rules.classify("30234000517862") == CodeClass::bad_check);
    CHECK(rules.classify("20234000517861") == CodeClass::patron);
    CHECK(rules.classify("00605") == CodeClass::shelf);
    CHECK(rules.classify("02605") == CodeClass::bad_length);
    CHECK(rules.classify("JC1-003") == CodeClass::shelf);
    CHECK(rules.classify("9780306406157") == CodeClass::isbn);
    CHECK(rules.classify("40234000517861") == CodeClass::bad_prefix);
    CHECK(rules.classify("3023400051786X") == CodeClass::bad_character);
    CHECK(joined(rules.split_glued("3023400051786133191000105864")) ==
          "30234000517861 33191000105864");
    CHECK(joined(rules.split_glued("DPB000119DPB0001")) == "DPB000119 DPB0001");
    CHECK(rules.split_glued("30234000517861").empty());
    CHECK(rules.split_glued("3023400051786133191000105865").empty());  // the second fails its check
    const CodeRules again = load_code_rules(Yaml::parse(yaml_of(rules), "again.yaml"));
    CHECK(yaml_of(again) == yaml_of(rules));
    CHECK_THROWS_AS(load_code_rules(Yaml::parse("items: [{lenght: 14}]", "x.yaml")), Error);
    CHECK_THROWS_AS(load_code_rules(Yaml::parse("items: [{length: long}]", "x.yaml")), Error);
    CHECK_THROWS_AS(load_code_rules(Yaml::parse("items: [{check: luna}]", "x.yaml")), Error);
    CHECK_THROWS_AS(load_code_rules(Yaml::parse("shelves: [{from: \"2\", to: \"1\"}]", "x.yaml")),
                    Error);
}

TEST_CASE("The form of barcodes is learned where 99.5 % agree", "[inventory]") {
    CodeLearner learner;
    for (int i = 0; i < 1000; ++i) {
        const std::string serial = std::to_string(1'000'000 + i * 7919 % 1'000'000).substr(1);
        const std::string body = "30234" + std::string("00") + serial;
        learner.add(i == 5 ? "X1" : body + *luhn_digit(body));
    }
    learner.add("");
    learner.add(" 3023400" + std::string("000000") + *luhn_digit("3023400000000"));
    const auto report = learner.finish();
    CHECK(report.codes == 1001);
    CHECK(report.empty == 1);
    CHECK(report.duplicates == 1);
    CHECK(report.pattern.lengths == std::vector<std::size_t>{14});
    CHECK(report.pattern.alphabet == "0123456789");
    CHECK(report.pattern.prefix == "30234");
    CHECK(report.pattern.check == CheckKind::luhn);
    CHECK(report.damages[static_cast<std::size_t>(Damage::blanks)] == 1);
    CHECK(report.pattern.fits("30234000517861"));

    CodeLearner plain;
    for (int i = 0; i < 1000; ++i) plain.add("B" + std::to_string(100'000 + i * 31));
    const auto found = plain.finish();
    CHECK(found.pattern.check == CheckKind::none);
    CHECK(found.pattern.alphabet == "0123456789B");
    CHECK(found.pattern.prefix == "B1");

    CodeLearner signs;
    for (int i = 0; i < 300; ++i) signs.add("A" + std::to_string(100'000 + i * 31) + "B");
    CHECK(signs.finish().start_stop == StartStop::keep);
    CodeLearner nothing;
    CHECK(nothing.finish().codes == 0);
}

TEST_CASE("Known codes one slip away are suggested", "[inventory]") {
    const std::set<std::string, std::less<>> known{"30234000517861", "30234000571861",
                                                   "3023400051786", "30234000517869", "99"};
    const auto is_known = [&known](std::string_view code) { return known.contains(code); };
    const auto found = suggest("30234000517816", "0123456789", is_known);
    REQUIRE(found.size() == 2);
    CHECK(found[0].code == "30234000517861");
    CHECK(found[0].slip == Suggestion::Slip::swapped);
    CHECK(found[1].code == "3023400051786");
    CHECK(found[1].slip == Suggestion::Slip::extra);
    const auto more = suggest("30234000517862", "0123456789", is_known);
    REQUIRE(more.size() == 3);
    CHECK(more[0].code == "30234000517861");
    CHECK(more[1].code == "30234000517869");
    CHECK(more[2].slip == Suggestion::Slip::extra);
    CHECK(suggest("30234000517861", "0123456789", is_known).front().code == "30234000571861");
    CHECK(suggest("9", "0123456789", is_known).front().slip == Suggestion::Slip::missing);
    CHECK(suggest("", "", is_known).empty());
}

TEST_CASE("The worked example of ISO 28560-2 decodes and encodes", "[inventory]") {
    const TagBytes memory =
        hex("91 00 05 1c be 99 1a 14 02 01 d0 14 02 04 b3 46 07 44 1c b6 e2 e3 35 d6 83 02 07 ac "
            "c0 9e ba a0 6f 6b 00 00");
    const auto objects = decode_objects(memory);
    const std::vector<TagObject> expected{{kPrimaryItem, Packing::integer, "123456789012"},
                                          {kContentParameter, Packing::application, "d0"},
                                          {kSetInformation, Packing::integer, "1203"},
                                          {kShelfLocation, Packing::six_bit, "QA268.L55"},
                                          {kOwner, Packing::application, "US-InU-Mu"}};
    CHECK(objects == expected);
    TagBytes written;
    for (const auto& object : expected) {
        CHECK(tag_object(object.oid, object.text) == object);
        const bool is_locked = object.oid == kPrimaryItem || object.oid == kOwner;
        const auto bytes = encode_object(object, is_locked ? Align::yes : Align::no);
        written.insert(written.end(), bytes.begin(), bytes.end());
    }
    CHECK(hex_of(written) == hex_of(memory));
    CHECK(decode_objects(written) == expected);
    CHECK(hex_of(encode_object(expected[4], Align::yes)) == "830207acc09ebaa06f6b0000");
    CHECK(hex_of(encode_object({kOwner, Packing::seven_bit, "US-InU-Mu"}, Align::no)) ==
          "5308ab4d6c9dd556cdeb");
}

TEST_CASE("Every packing returns its text", "[inventory]") {
    const auto both_ways = [](const TagObject& object) {
        for (const auto align : {Align::no, Align::yes}) {
            const auto bytes = encode_object(object, align);
            INFO(object.text);
            if (align == Align::yes) CHECK(bytes.size() % 4 == 0);
            CHECK(decode_objects(bytes) == std::vector<TagObject>{object});
        }
    };
    for (const char* text : {"10", "0012345", "123456789012", "9223372036854775807",
                             "12345678901234567890", "ABC", "ABCDEFGH", "QA268.L55", "TP391.12/4",
                             "ABC/", "abc DEF", "12345678", "123456781234567", "鲁迅全集", "7"})
        both_ways(tag_object(kTitle, text));
    both_ways(tag_object(26, "LOCAL"));
    both_ways(tag_object(kUsage, "10"));
    CHECK(tag_object(kPrimaryItem, "0012345").packing == Packing::numeric);
    CHECK(hex_of(encode_object({kTitle, Packing::seven_bit, "12345678"}, Align::no)).substr(6) ==
          "62c99b46ad9bb8");
    CHECK(hex_of(encode_object({kTitle, Packing::seven_bit, "123456781234567"}, Align::no))
              .ends_with("62c99b46ad9bff"));
    CHECK_THROWS_AS(encode_object({kTitle, Packing::integer, "A"}, Align::no), Error);
    CHECK_THROWS_AS(encode_object({kUsage, Packing::octets, "xyz"}, Align::no), Error);
}

TEST_CASE("ISIL packing switches and borrows between its sets", "[inventory]") {
    CHECK(hex_of(pack_isil("DE-Heu1").value()) == "21408e16bf1f");
    CHECK(hex_of(pack_isil("US-InU-Mu").value()) == "acc09ebaa06f6b");
    for (const char* isil : {"CN-0000001", "DE-Heu1", "CY-BL", "CN-SH001-a", "FR-751131010",
                             "US-dlc", "A:b/c", "OCLC-PIN"})
        CHECK(unpack_isil(pack_isil(isil).value()) == isil);
    CHECK_FALSE(pack_isil("图"));
    CHECK_FALSE(pack_isil(""));
}

TEST_CASE("Damaged tag memory is refused with the byte where it goes wrong", "[inventory]") {
    CHECK(decode_objects({}).empty());
    CHECK(decode_objects(hex("00 00 00 00")).empty());
    for (const char* bytes : {"91", "91 00", "91 00 05 1c be", "11 00", "9f 01", "21 02 ab cd",
                              "11 09 01 02 03 04 05 06 07 08 09"})
        CHECK_THROWS_AS(decode_objects(hex(bytes)), Error);
    std::mt19937 random(3);
    for (int i = 0; i < 20'000; ++i) {
        TagBytes noise(random() % 40);
        for (auto& byte : noise) byte = static_cast<std::uint8_t>(random());
        for (const int what : {0, 1, 2, 3}) {
            try {
                if (what == 0)
                    (void)decode_objects(noise);
                else if (what == 1)
                    (void)decode_fixed(noise);
                else
                    (void)decode_epc(noise, what == 2 ? Epc::payload : Epc::bank);
            } catch (const Error& e) {
                CHECK(e.fault() == Fault::bad_input);
            }
        }
    }
    CHECK_FALSE(bytes_from_hex("9"));
    CHECK_FALSE(bytes_from_hex("zz"));
}

TEST_CASE("The fixed block of ISO 28560-3 is guarded by its CRC", "[inventory]") {
    const TagBytes digits{'1', '2', '3', '4', '5', '6', '7', '8', '9'};
    CHECK(crc16(digits) == 0x29B1);  // the usual test value of this CRC
    const FixedBlock block{1, 1, 3, 2, "30234000517861", "CN", "SHL"};
    const auto bytes = encode_fixed(block);
    REQUIRE(bytes.size() == 34);
    CHECK(decode_fixed(bytes) == block);
    CHECK(bytes[0] == 0x11);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        auto wrong = bytes;
        wrong[i] ^= 0x10U;
        CHECK_THROWS_AS(decode_fixed(wrong), Error);
    }
    const std::vector<std::uint8_t> first32(bytes.begin(), bytes.begin() + 32);
    CHECK(decode_fixed(first32) == block);  // small tags leave the zero bytes at the end away
    CHECK_THROWS_AS(decode_fixed(hex("11 01 01")), Error);
    CHECK_THROWS_AS(encode_fixed({1, 1, 1, 1, "12345678901234567", "CN", "SHL"}), Error);
}

TEST_CASE("A tag that contradicts the loan record is named", "[inventory]") {
    CHECK(security_of_afi(0x07) == TagSecurity::secured);
    CHECK(security_of_afi(0xC2) == TagSecurity::released);
    CHECK(security_of_afi(0xD7) == TagSecurity::secured);
    CHECK(security_of_afi(0xDA) == TagSecurity::released);
    CHECK(tag_fault(false, 0x07, std::nullopt) == TagFault::none);
    CHECK(tag_fault(false, 0xC2, std::nullopt) == TagFault::released_on_shelf);
    CHECK(tag_fault(true, 0x07, std::nullopt) == TagFault::secured_on_loan);
    CHECK(tag_fault(true, 0xC2, false) == TagFault::none);
    CHECK(tag_fault(true, 0xC2, true) == TagFault::afi_eas_disagree);
    CHECK(tag_fault(true, std::nullopt, true) == TagFault::secured_on_loan);
    CHECK(tag_fault(false, 0x55, std::nullopt) == TagFault::none);
    CHECK(name_of(TagFault::secured_on_loan) == "secured_on_loan");
}

TEST_CASE("UHF payloads hold identifiers in the shortest coding", "[inventory]") {
    const auto id_hex = [](std::string_view id) {
        EpcPayload payload;
        payload.id = id;
        const auto bytes = encode_epc(payload);
        const auto back = decode_epc(bytes);
        INFO(id);
        CHECK(back.id == id);
        CHECK(encode_epc(back) == bytes);
        return hex_of(bytes).substr(8);
    };
    CHECK(id_hex("ABC01").starts_with("054142433031"));
    CHECK(id_hex("A00000@") == "0741303030303040");
    CHECK(id_hex("ABC0123*") == "a8324911ec010000");
    CHECK(id_hex("ABC01234=") == "d933491148130000");
    CHECK(id_hex("ABC0123456a") == "1b36491100890700");
    CHECK(id_hex("ABC0123456789?") == "fe33491154346f1d");
    CHECK(id_hex("AAA9000000000)") == "9e12455102000000");
    CHECK(id_hex("ZZZ80007000000") == "0ea3aa2a82b92a00");
    CHECK(id_hex("99999999999999") == "9e932449fe276bee");
    CHECK(id_hex("29899999196916") == "6e8324422e4166ee");
    CHECK(id_hex("ZZZZZZZZZZZZZZ") ==
          "aea5aa2aaaaaaa2aaaaaaa2a");  // letters throughout need 128 bits
    CHECK(id_hex("lower-case.ok") ==
          "6c6f7765722d636173652e6f6b00");  // and others stand as they are
    EpcPayload payload{true, 1, 5, 4, {3, 12, 15}, "30234000517861", EpcPayload::Coding::bits96};
    const auto bytes = encode_epc(payload);
    CHECK(hex_of(bytes).substr(0, 8) == "950300a1");
    CHECK(decode_epc(bytes) == payload);
    TagBytes bank{0xC4, 0x1E, static_cast<std::uint8_t>(bytes.size() / 2 << 3U), 0};
    bank.insert(bank.end(), bytes.begin(), bytes.end());
    bank.insert(bank.end(), {0, 0, 0, 0});
    CHECK(decode_epc(bank, Epc::bank) == payload);
    bank.resize(10);
    CHECK_THROWS_AS(decode_epc(bank, Epc::bank), Error);
    payload.id = "123456789012345";
    CHECK_THROWS_AS(encode_epc(payload), Error);
    payload.id = "1";
    payload.content = {1};
    CHECK_THROWS_AS(encode_epc(payload), Error);
}
