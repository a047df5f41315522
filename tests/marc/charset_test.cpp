// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "sample.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

using namespace tushu;
using namespace tushu::marc;
using namespace tushu::marc::test;

namespace {

// ISO 2709 of a field 001 and data fields in bytes of any character set, its label true or not.
std::string raw(std::string_view leader,
                const std::vector<std::pair<std::string, std::string>>& fields) {
    std::string directory, data;
    const auto add = [&](std::string_view tag, std::string_view body) {
        directory += fmt::format("{}{:04}{:05}", tag, body.size() + 1, data.size());
        data.append(body) += kFieldEnd;
    };
    add("001", "x1");
    for (const auto& [tag, body] : fields) add(tag, body);
    const std::size_t base = 24 + directory.size() + 1;
    return fmt::format("{:05}{}{:05}{}", base + data.size() + 1, leader.substr(5, 7), base,
                       leader.substr(17)) +
           directory + kFieldEnd + data + kRecordEnd;
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

namespace {

std::string in_charset(Charset charset, std::string_view utf8) {
    std::string out;
    REQUIRE(Encoder(charset, BadChar::reject).append(out, utf8) == 0);
    return out;
}

std::string unimarc(std::string_view label, std::string_view body) {
    return raw("00000nam  2200000   450 ", {{"100",
                                             "  \x1F"
                                             "a20020204d1994    em y0chiy" +
                                                 std::string(label) + "    ea"},
                                            {"200",
                                             "1 \x1F"
                                             "a" +
                                                 std::string(body)}});
}

// The title that comes out of a record, and what the record was taken for.
std::string believed_title(const std::string& bytes) {
    const Got got = read(bytes);
    REQUIRE(got.records.size() == 1);
    const Record& record = got.records[0];
    std::string title(record.value("245", 'a'));
    if (title.empty()) title = record.value("200", 'a');
    return title + " in " + std::string(name_of(got.believed[0]));
}

}  // namespace

TEST_CASE("a short UTF-8 record with one bad sequence stays UTF-8", "[marc]") {
    const std::string bad = "中国图书馆\xED\xA0\x80 x";
    for (const auto leader : {kMarc21, kMarc21Utf8}) {
        const std::string bytes = raw(leader, {{"245", title(bad)},
                                               {"500",
                                                "  \x1F"
                                                "a好的上海 café naïve"}});
        const Got got = read(bytes);
        REQUIRE(got.records.size() == 1);
        CHECK(got.believed[0] == Charset::utf8);
        CHECK(got.records[0].value("245", 'a') == "中国图书馆\uFFFD\uFFFD\uFFFD x");
        CHECK(got.records[0].value("500", 'a') == "好的上海 café naïve");
        CHECK(got.repaired("bad_char"));
        CHECK(read(bytes, {.on_bad_char = BadChar::escape}).records.at(0).value("245", 'a') ==
              "中国图书馆\\xED\\xA0\\x80 x");
    }
    // One Hanzi as two surrogates (CESU-8).
    CHECK(believed_title(unimarc("50  ",
                                 "古籍\xED\xA1\x82\xED\xBE\xB7"
                                 "字典")) ==
          "古籍\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD字典 in utf-8");
    // Western text with one accent and one bad byte.
    CHECK(believed_title(raw(kMarc21Utf8, {{"245", title("Caf\u00E9 \xFF")}})) ==
          "Café \uFFFD in utf-8");
}

TEST_CASE("ISO 5426 is told by its marks without a label", "[marc]") {
    for (const std::string_view label : {"01  ", "50  ", "    "}) {
        for (const std::string_view text :
             {"L'été", "Germinal à Paris", "Élégie", "Œuvres complètes", "Ça ira", "Žižek"}) {
            CHECK(believed_title(unimarc(label, in_charset(Charset::iso5426, text))) ==
                  std::string(text) + " in iso5426");
        }
    }
    // MARC-8 has letters where ISO 5426 has marks.
    CHECK(believed_title(raw(kMarc21, {{"245", title("Gr\xE8o\xC7"
                                                     "e, \xC3"
                                                     "Oxford \xC2"
                                                     "2010")}})) ==
          "Größe, ©Oxford ℗2010 in marc-8");
}

TEST_CASE("MARC-8 is believed where its marks fit their letters, else it is Latin-1", "[marc]") {
    for (const auto leader : {kMarc21, kMarc21Utf8}) {
        for (const std::string_view text :
             {"L'été", "Élégie", "Œuvres complètes", "Ça ira", "Tōkyō", "São João", "Łódź"})
            CHECK(believed_title(raw(leader, {{"245", title(in_charset(Charset::marc8, text))}})) ==
                  std::string(text) + " in marc-8");
        for (const std::string_view text :
             {"Étude générale à la forêt de Besançon", "Müller", "Größe und Übermut", "Élégie",
              "Ça ira", "Thérèse Raquin"})
            CHECK(
                believed_title(raw(leader, {{"245", title(in_charset(Charset::latin1, text))}})) ==
                std::string(text) + " in latin1");
    }
    // The label decides what fits both.
    CHECK(believed_title(raw(kMarc21, {{"245", title("Dvo\xE9r\xE2"
                                                     "ak")}})) == "Dvořák in marc-8");
    CHECK(believed_title(raw(kMarc21Utf8, {{"245", title("mis\xE9rables")}})) ==
          "misérables in latin1");
}

TEST_CASE("Latin-1 is told although its label says MARC-8 and its bytes may be MARC-8", "[marc]") {
    for (const std::string_view text : {"Colección",
                                        "María",
                                        "Boletín de la República",
                                        "Köln",
                                        "för alla",
                                        "français",
                                        "célèbre",
                                        "Tradução",
                                        "Noël",
                                        "été à Paris",
                                        "København",
                                        "på svenska",
                                        "©2015",
                                        "£12.95",
                                        "España",
                                        "Länder und Städte",
                                        "maître",
                                        "«Avenir»",
                                        "1º",
                                        "État"})
        CHECK(believed_title(raw(kMarc21, {{"245", title(in_charset(Charset::latin1, text))}})) ==
              std::string(text) + " in latin1");
    // Its marks before letters that languages put them on; none of them is proof of MARC-8.
    for (const std::string_view text :
         {"čeština", "się", "Kr̥ṣṇa", "Tamil\u0332", "kern\u0332ci", "lǎo", "Pușcariu", "ḳitāb",
          "Ērgļi", "ľud", "Łódź", "Mosolʹ", "People͡ia", "Việt", "Strasse ß", "żółw", "ġobża",
          "ñandú", "œuvre"})
        CHECK(believed_title(raw(kMarc21, {{"245", title(in_charset(Charset::marc8, text))}})) ==
              std::string(text) + " in marc-8");
}

TEST_CASE("short titles in Big5 and GBK", "[marc]") {
    for (const std::string_view text : {"紅樓夢", "史記", "老子", "詩經", "孫子兵法", "臺灣史",
                                        "高等數學", "家", "子夜", "雷雨", "論語 : 譯注"})
        for (const std::string_view label : {"50  ", "09  ", "0120"}) {
            if (label == "0120" && (text == "家" || text == "雷雨"))
                continue;  // both are Hanzi in GB
            CHECK(believed_title(unimarc(label, in_charset(Charset::big5, text))) ==
                  std::string(text) + " in big5");
        }
    for (const std::string_view text : {"史記", "本草綱目", "家", "雷雨", "孙子兵法"})
        CHECK(believed_title(unimarc("0120", in_charset(Charset::gb18030, text))) ==
              std::string(text) + " in gb18030");
    CHECK(
        believed_title(raw(kMarc21, {{"245", title(in_charset(Charset::gb18030, "한국 é ♥"))}})) ==
        "한국 é ♥ in gb18030");
    // The label alone does not make GB of UTF-8.
    for (const std::string_view text : {"Müller", "à", "Война и мир", "Ελλάδα", "史記", "ə və ü"})
        CHECK(believed_title(unimarc("0120", text)) == std::string(text) + " in utf-8");
}

TEST_CASE("letters with marks of other scripts have MARC-8 codes of their own", "[marc]") {
    const auto hex = [](std::string_view utf8) {
        std::string out;
        for (const char c : in_charset(Charset::marc8, utf8))
            out += fmt::format("{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        return out;
    };
    CHECK(hex("パ") == "1b24316925511b2842");  // as yaz-iconv writes them
    CHECK(hex("ハ\u309A") == "1b24316925511b2842");
    CHECK(hex("أ") == "1b2833431b2842");
    CHECK(hex("й") == "1b284e4a1b2842");
    CHECK(hex("i\u0361a") == "eb69ec61");
    CHECK(hex("i\uFE20a\uFE21") == "eb69ec61");
    CHECK(hex("n\uFE22g\uFE23") == "fa6efb67");
    CHECK(hex("é") == "e265");
    Decoder decoder;
    for (const std::string_view text :
         {"がズパ ベートーヴェン", "أحمد آدم مسائل", "Сергей Ёлкин", "ѐ", "Ơ ố"}) {
        std::string back;
        CHECK(decoder.append(back, Charset::marc8, in_charset(Charset::marc8, text)) == 0);
        CHECK(back == text);
    }
}

TEST_CASE("a letter that a set does not have is escaped or replaced with its marks", "[marc]") {
    for (const Charset charset : {Charset::marc8, Charset::iso5426}) {
        std::string out;
        CHECK(Encoder(charset, BadChar::escape).append(out, "a ☃\u0301é") == 2);
        CHECK(out.starts_with("a &#x2603;&#x0301;"));
        CHECK_THROWS_AS(Encoder(charset, BadChar::reject).append(out, "☃\u0301"), Error);
    }
    std::string out;
    CHECK(Encoder(Charset::iso5426, BadChar::escape).append(out, "й") == 1);
    CHECK(out == "&#x0439;");
    // A tie survives a character next to it that is missing.
    out.clear();
    CHECK(Encoder(Charset::marc8, BadChar::replace).append(out, "i\u0361a☃") == 1);
    CHECK(out ==
          "\xEBi\xEC"
          "a?");
}

TEST_CASE("gbk and gb2312 refuse what they do not have; gb18030 has everything", "[marc]") {
    std::size_t gbk_size = 0, gb2312_size = 0;
    Encoder gbk(Charset::gbk, BadChar::replace), gb2312(Charset::gb2312, BadChar::replace);
    Decoder decoder;
    for (char32_t c = 0x80; c < 0x10000; ++c) {
        if (c >= 0xD800 && c < 0xE000) continue;
        std::string utf8;
        append_utf8(utf8, c);
        for (Encoder* const encoder : {&gbk, &gb2312}) {
            std::string bytes, back;
            if (encoder->append(bytes, utf8) != 0) continue;
            ++(encoder == &gbk ? gbk_size : gb2312_size);
            if (bytes.size() != 2) FAIL_CHECK("more than two bytes for " << utf8);
            decoder.append(back, Charset::gb18030, bytes);
            if (back != utf8) FAIL_CHECK(utf8 << " comes back as " << back);
        }
    }
    CHECK(gbk_size == 21791);    // GBK 1.0
    CHECK(gb2312_size == 7445);  // GB 2312-80
    for (const Charset charset : {Charset::gbk, Charset::gb2312}) {
        std::string out;
        CHECK_THROWS_AS(Encoder(charset, BadChar::reject).append(out, "한국"), Error);
        CHECK(Encoder(charset, BadChar::escape).append(out, "中♥€") == 2);
        CHECK(out == "\xD6\xD0&#x2665;&#x20AC;");
        out.clear();
        CHECK(Encoder(charset, BadChar::replace).append(out, "한") == 1);
        CHECK(out == "\xA1\xFE");
    }
    CHECK(in_charset(Charset::gb18030, "한").size() == 4);
    std::string out;
    CHECK(Encoder(Charset::gbk, BadChar::reject).append(out, "囍") == 0);
    CHECK_THROWS_AS(Encoder(Charset::gb2312, BadChar::reject).append(out, "囍"), Error);
}

TEST_CASE("the label of 100$a is true for every set that is written", "[marc]") {
    Record record;
    record.set_leader("00000nam  2200000   450 ");
    record.add_control("001", "1");
    record.add_data("100", ' ', ' ', {{'a', "20190315d2019    em y0chiy0120    ea"}});
    record.add_data("200", '1', ' ', {{'a', "abc"}});
    for (const auto& [charset, label] :
         {std::pair(Charset::utf8, "50      "), std::pair(Charset::gb18030, "0120    "),
          std::pair(Charset::gbk, "0120    "), std::pair(Charset::gb2312, "0120    "),
          std::pair(Charset::iso5426, "0103    "), std::pair(Charset::big5, "        ")}) {
        Record written = record;
        correct_label(written, Dialect::cnmarc, charset);
        INFO(name_of(charset));
        CHECK(written.value("100", 'a').substr(26, 8) == label);
    }
}

TEST_CASE("UNIMARC authority records have their label at 100$a/13", "[marc]") {
    const std::string bytes = raw("00000nx  a2200000   45  ", {{"200",
                                                                " 1\x1F"
                                                                "a鲁迅"},
                                                               {"100",
                                                                "  \x1F"
                                                                "a20020204achiy0120    ea"},
                                                               {"152",
                                                                "  \x1F"
                                                                "aNLC"}});
    const Got got = read(bytes);
    REQUIRE(got.records.size() == 1);
    CHECK(guess_dialect(got.records[0]) == Dialect::cnmarc);
    CHECK(declared_charset(got.records[0], Dialect::cnmarc) == Charset::gb18030);
    const Got again = read(write(got.records, {}));
    CHECK(again.records.at(0).value("100", 'a') == "20020204achiy50      ea");
    CHECK(declared_charset(again.records.at(0), Dialect::cnmarc) == Charset::utf8);
    const std::string xml = write(got.records, {.format = Format::marcxchange});
    CHECK(xml.find("<record format=\"UNIMARC\" type=\"Authority\">") != std::string::npos);
}

TEST_CASE("the kind of a record is written where a format has a place for it", "[marc]") {
    for (const auto& [type, name, folio] : {std::tuple('a', "Bibliographic", "MARC_BIB"),
                                            std::tuple('z', "Authority", "MARC_AUTHORITY"),
                                            std::tuple('x', "Holdings", "MARC_HOLDING"),
                                            std::tuple('w', "Classification", "MARC_BIB")}) {
        Record record = sample(1);
        record.set_leader_byte(6, type);
        CHECK(
            write({record}, {.format = Format::marcxchange}).find("type=\"" + std::string(name)) !=
            std::string::npos);
        CHECK(
            write({record}, {.format = Format::folio_srs}).find("\"" + std::string(folio) + "\"") !=
            std::string::npos);
    }
}

TEST_CASE("formats that are always UTF-8 refuse another character set", "[marc]") {
    for (const Format format : all_formats()) {
        const bool is_free = format == Format::iso2709 || format == Format::mrk ||
                             format == Format::line || format == Format::aleph;
        INFO(name_of(format));
        WriteOptions options;
        options.format = format;
        options.columns = {"001"};
        options.charset = Charset::gbk;
        if (is_free)
            CHECK_NOTHROW(make_writer(options));
        else
            CHECK_THROWS_AS(make_writer(options), Error);
        options.charset = Charset::utf8;
        CHECK_NOTHROW(make_writer(options));
    }
}

TEST_CASE("the label of a damaged 100$a does not lie about the text", "[marc]") {
    for (const std::string_view coded :
         {"2002汉字d1994    em y0chiy0120    ea", "2002汉字d1994    em y0chiy汉字10",
          "2002汉字d1994    em y0chi20汉03", "20020204d1994    em y0chiy10汉字ea"}) {
        Record record;
        record.set_leader("00000nam  2200000   450 ");
        record.add_data("100", ' ', ' ', {{'a', coded}});
        record.add_data("200", '1', ' ', {{'a', "ая汉字"}});
        record.add_data("801", ' ', '0', {{'a', "CN"}});
        INFO(coded);
        const Got got = read(write({record}, {}));
        REQUIRE(got.records.size() == 1);
        CHECK(got.records[0].value("200", 'a') == "ая汉字");
        const auto declared = declared_charset(got.records[0], Dialect::cnmarc);
        CHECK((!declared || *declared == Charset::utf8));
        const auto coded_again = got.records[0].value("100", 'a');
        CHECK(coded_again.size() == coded.size());
        CHECK(coded_again.find("汉") != std::string_view::npos);
    }
}

TEST_CASE("ASCII with escapes is MARC-8 where the label says so or every escape makes sense",
          "[marc]") {
    const std::string eacc = "The \x1B$1!0!!0$\x1B(B of", cut = "The \x1B$1!0!!0\x1B(B of",
                      open = "The \x1B$1!0!!0$ of", odd = "The \x1B$x of", none = "a \x1B(B b";
    for (const auto leader : {kMarc21, kMarc21Utf8})
        CHECK(believed_title(raw(leader, {{"245", title(eacc)}})) == "The 一三 of in marc-8");
    CHECK(believed_title(raw(kMarc21, {{"245", title(cut)}})) == "The 一\uFFFD of in marc-8");
    for (const std::string& text : {cut, open, odd, none}) {
        CHECK(believed_title(raw(kMarc21Utf8, {{"245", title(text)}})) == text + " in ascii");
        CHECK(believed_title(unimarc("50  ", text)) == text + " in ascii");
    }
    // Every format takes it in the same way, so that a record stays the same on all ways.
    for (const std::string& text : {eacc, cut}) {
        Record record;
        record.set_leader(kMarc21Utf8);
        record.add_data("245", '1', '0', {{'a', text}});
        const std::string wanted = text == eacc ? "The 一三 of" : text;
        for (const Format format : {Format::iso2709, Format::json, Format::line, Format::aleph}) {
            INFO(name_of(format));
            const Got got = read(write({record}, {.format = format}), {.format = format});
            REQUIRE(got.records.size() == 1);
            CHECK(got.records[0].value("245", 'a') == wanted);
        }
        const Got xml = read("<record><leader>" + std::string(kMarc21Utf8) +
                                 "</leader><datafield tag='245'><subfield code='a'>" + text +
                                 "</subfield></datafield></record>",
                             {.format = Format::marcxml});
        REQUIRE(xml.records.size() == 1);
        CHECK(xml.records[0].value("245", 'a') == wanted);
    }
}

TEST_CASE("what stands around the fields is no evidence for their character set", "[marc]") {
    std::string bytes = raw(kMarc21Utf8, {{"245", title("a \x1B(2 b")},
                                          {"500",
                                           "  \x1F"
                                           "a\u00E9"}});
    bytes.insert(bytes.size() - 1, "\xC9\xCF\xBA\xA3\xB5\xC4\xCA\xE9");
    const Got got = read(bytes);
    REQUIRE(got.records.size() == 1);
    CHECK(got.records[0].value("500", 'a') == "é");
    CHECK(got.records[0].value("245", 'a') == "a \x1B(2 b");
}
