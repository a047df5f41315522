// SPDX-License-Identifier: Apache-2.0
#include "marc/compare.hpp"
#include "marc/path.hpp"
#include "sample.hpp"

#include <catch2/catch.hpp>

using namespace tushu;
using namespace tushu::marc;
using namespace tushu::marc::test;

namespace {

std::vector<Record> odd() {
    std::vector<Record> records{sample(1), sample(2)};
    records[0].add_data(
        "500", ' ', ' ',
        {{'a', "5 < 6 & 7 > \"2\" \\ {x} $5 $$ ' tab\there"}, {'b', ""}, {'a', " edge "}});
    records[1].add_data("505", '0', ' ',
                        {{'a', std::string(3000, 'w') + " " + std::string(1200, 'v')},
                         {'t', "学" + std::string(3000, 'x') + "中文"}});
    records[1].add_data("461", ' ', '0',
                        {{'1', "2001 "}, {'a', "丛书"}, {'1', "210  "}, {'c', "商务印书馆"}});
    records[1].add_control("009", "with  blanks ");
    return records;
}

}  // namespace

TEST_CASE("every format gives back what it was given", "[marc]") {
    for (const Format format : all_formats()) {
        if (format == Format::csv || format == Format::tsv || format == Format::line) continue;
        INFO(name_of(format));
        auto records = odd();
        if (format == Format::aleph) {  // two dollar signs cannot be told from a subfield there
            records[0].erase(records[0].field_count() - 1);
            for (auto& record : records)
                record.replace_body(
                    0, "00000100" + std::string(1, &record == records.data() ? '1' : '2'));
        }
        WriteOptions options;
        options.format = format;
        const Got got = read(write(records, options));
        CHECK(got.rejects.empty());
        REQUIRE(got.records.size() == 2);
        for (std::size_t i = 0; i < 2; ++i) {
            const auto changes = compare(records[i], got.records[i]);
            for (const auto& change : changes) CHECK(change.left == change.right);
        }
    }
}

TEST_CASE("XML is read with any prefix, in SRU, as text inside SRU, and with references",
          "[marc]") {
    const std::string field =
        "<m:datafield ind1='1' tag='245' ind2=' '><m:subfield code='a'>A "
        "&#x4E2D;&amp;<![CDATA[<b>]]></m:subfield></m:datafield>";
    const std::string record =
        "<m:record><m:leader>00000nam a2200000   4500</m:leader>" + field + "</m:record>";
    for (const std::string& text : std::vector<std::string>{
             "<m:collection xmlns:m='x'>" + record + "</m:collection>",
             "<r:records><record><recordData>" + record + "</recordData></record></r:records>",
             record}) {
        const Got got = read(text);
        REQUIRE(got.records.size() == 1);
        CHECK(got.records[0].value("245", 'a') == "A 中&<b>");
        CHECK(got.rejects.empty());
    }
    const Got packed = read(
        "<srw><record><recordPacking>string</"
        "recordPacking><recordData>&lt;record&gt;&lt;leader&gt;00000nam a2200000   "
        "4500&lt;/leader&gt;"
        "&lt;datafield tag=\"245\" ind1=\"1\" ind2=\"0\"&gt;&lt;subfield "
        "code=\"a\"&gt;Packed&amp;amp;text&lt;/subfield&gt;&lt;/datafield&gt;"
        "&lt;/record&gt;</recordData></record></srw>");
    REQUIRE(packed.records.size() == 1);
    CHECK(packed.records[0].value("245", 'a') == "Packed&text");
}

TEST_CASE("a cut XML file is never taken for a whole one", "[marc]") {
    const std::string whole = write({sample(1), sample(2)}, {.format = Format::marcxml});
    for (std::size_t size = 1; size < whole.size() - 14; ++size) {
        const Got got = read(whole.substr(0, size), {.format = Format::marcxml});
        INFO("size " << size);
        if (size > 45) CHECK(!got.rejects.empty());
    }
    CHECK(read(whole).rejects.empty());
}

TEST_CASE("JSON is read as object, array, lines, in a row and in FOLIO's envelope", "[marc]") {
    const std::string one =
        R"({"fields":[{"001":"x1"},{"245":{"subfields":[{"a":"T\u4e2d\n"}],"ind1":"1","ind2":"0"}}],"leader":"00000nam a2200000   4500"})";
    for (const std::string& text :
         std::vector<std::string>{one, "[" + one + "," + one + "]", one + "\n" + one + "\n",
                                  one + one, R"({"id":"u","parsedRecord":{"content":)" + one + "}}",
                                  R"({"sourceRecords":[{"parsedRecord":{"content":)" + one +
                                      R"(}}],"totalRecords":1})"}) {
        const Got got = read(text);
        INFO(text);
        CHECK(got.rejects.empty());
        REQUIRE(!got.records.empty());
        for (const auto& record : got.records) CHECK(record.value("245", 'a') == "T中\n");
    }
    const Got bad = read("[" + one + ",{\"leader\":\"x\",\"fields\":[{\"245\":5}]}," + one + "]");
    CHECK(bad.records.size() == 2);
    CHECK(bad.rejects == std::vector<std::string>{"not_marc_json"});
    CHECK(read("[" + one + ",").rejects == std::vector<std::string>{"cut_file"});
}

TEST_CASE("Aleph's continuation lines are joined, carets are blanks in fixed fields only",
          "[marc]") {
    const Got got = read(
        "000000007 LDR   L ^^^^^nam^a22^^^^^^^^4500\n"
        "000000007 008   L 190315s2019^^^^ch\n"
        "000000007 24510 L $$aA^b title$$bthat is^\n"
        "000000007 24510 L $$9^^$$bcut$$cbut whole\n"
        "000000007 24510 L $$9^$$hnext\n"
        "000000007 Z30-1 L $$lRUG50$$5000123\n");
    REQUIRE(got.records.size() == 1);
    const Record& record = got.records[0];
    CHECK(record.leader() == "     nam a22        4500");
    CHECK(record.value("008") == "190315s2019    ch");
    CHECK(record.value("245", 'a') == "A^b title");
    CHECK(record.value("245", 'b') == "that is cut");
    CHECK(record.value("245", 'h') == "next");
    CHECK(record.first("Z30")->indicator1() == '-');
    CHECK(record.control_number() == "000000007");
}

TEST_CASE("mrk mnemonics become characters", "[marc]") {
    const Got got = read(
        "=LDR  00000nam\\\\2200000\\a\\4500\n=008  a\\b\n=245  1\\$aCaf{eacute} {dollar}5 "
        "{uml}u{lcub}\n\n");
    REQUIRE(got.records.size() == 1);
    CHECK(got.records[0].value("245", 'a') == "Café $5 ü{");
    CHECK(got.records[0].value("008") == "a b");
    CHECK(got.records[0].leader() == "00000nam  2200000 a 4500");
}

TEST_CASE("mrk without indicators, and with the leader behind the control fields", "[marc]") {
    const Got got = read(
        "=001  one\n=LDR  00000nam a2200000 a 4500\n=245  $aBoth\n=700  1$aOne of them\n"
        "=500  $x$aA dollar sign it is\n=LDR  00000nam a2200000 a 4500\n=001  two\n");
    REQUIRE(got.records.size() == 2);
    const Record& one = got.records[0];
    CHECK(one.control_number() == "one");
    CHECK(one.value("245", 'a') == "Both");
    CHECK(one.first("245")->indicator1() == ' ');
    CHECK(one.value("700", 'a') == "One of them");
    CHECK(one.first("700")->indicator1() == '1');
    CHECK(one.first("700")->indicator2() == ' ');
    CHECK(one.first("500")->indicator1() == '$');
    CHECK(got.repaired("indicators"));
    CHECK_FALSE(got.repaired("no_leader"));
    CHECK(got.records[1].control_number() == "two");
}

TEST_CASE("an Aleph number with fewer than nine digits begins a record too", "[marc]") {
    const Got got = read(
        "000000011 LDR   L ^^^^^nam^a22^^^^^^^^4500\n000000011 24510 L $$aOne\n"
        "1984 is no number\n"
        "12 LDR   L ^^^^^nam^a22^^^^^^^^4500\n12 24510 L $$aTwo\n");
    REQUIRE(got.records.size() == 2);
    CHECK(got.records[0].value("245", 'a') == "One 1984 is no number");
    CHECK(got.records[1].value("245", 'a') == "Two");
    CHECK(got.records[1].control_number() == "12");
    for (const std::string number : {"12", "990002180740203961"}) {
        const Got first = read(number + " LDR   L ^^^^^nam^a22^^^^^^^^4500\n");
        REQUIRE(first.records.size() == 1);  // found out by the first line, too
        CHECK(first.records[0].control_number() == number);
    }
}

TEST_CASE("the character set is found by the bytes, whatever the label says", "[marc]") {
    Record record;
    record.set_leader("00000nam  2200000   450 ");
    record.add_control("001", "1");
    record.add_data("100", ' ', ' ', {{'a', "20190315d2019    em y0chiy50      ea"}});
    record.add_data("200", '1', ' ',
                    {{'a', "中国图书馆分类法的使用说明和历史沿革"}, {'f', "国家图书馆编"}});
    record.add_data("210", ' ', ' ', {{'a', "北京"}, {'c', "国家图书馆出版社"}, {'d', "2019"}});
    const std::string label = "20190315d2019    em y0chiy0120    ea";
    for (const Charset charset : {Charset::utf8, Charset::gb18030, Charset::big5}) {
        if (charset == Charset::big5) {
            record.replace_body(2,
                                "1 \x1F"
                                "a中華民國圖書館學會會報第一期目錄\x1F"
                                "f王明輝主編");
            record.replace_body(3,
                                "  \x1F"
                                "a臺北\x1F"
                                "c國立臺灣大學出版中心\x1F"
                                "d2019");
        }
        Record wrong = record;
        wrong.replace_body(1,
                           "  \x1F"
                           "a" +
                               label);
        WriteOptions options;
        options.charset = charset;
        const std::string bytes = write({wrong}, options);
        const Got got = read(bytes);
        INFO(name_of(charset));
        REQUIRE(got.records.size() == 1);
        CHECK(got.believed[0] == charset);
        CHECK(got.records[0].value("200", 'a') == record.value("200", 'a'));
        CHECK(guess_dialect(got.records[0]) == Dialect::cnmarc);
        // Written again, the label is true.
        const Got again = read(write(got.records, {}));
        CHECK(again.records.at(0).value("100", 'a').substr(26, 8) == "50      ");
    }
}

TEST_CASE("Russian in KOI8-R and Windows-1251, and MARC-8 with EACC", "[marc]") {
    Record record = sample(3);
    record.replace_body(3,
                        "10\x1F"
                        "aИстория библиотечного дела в России\x1F"
                        "cпод редакцией Иванова");
    record.erase(8);
    record.erase(7);
    for (const Charset charset : {Charset::koi8r, Charset::windows1251}) {
        const Got got = read(write({record}, {.charset = charset}));
        INFO(name_of(charset));
        REQUIRE(got.records.size() == 1);
        CHECK(got.believed[0] == charset);
        CHECK(got.records[0].value("245", 'a') == "История библиотечного дела в России");
    }
    const Record mixed = sample(4);
    const Got got =
        read(write({mixed}, {.charset = Charset::marc8, .on_bad_char = BadChar::reject}));
    REQUIRE(got.records.size() == 1);
    CHECK(got.believed[0] == Charset::marc8);
    CHECK(got.records[0].leader()[9] == ' ');
    CHECK(compare(mixed, got.records[0]).size() == 1);  // the label alone
}

TEST_CASE("Vietnamese goes to MARC-8, whose horns are letters of their own", "[marc]") {
    Record record = sample(4);
    record.add_data("500", ' ', ' ', {{'a', "Trường Đại học Cần Thơ, Nguyễn Văn Mười; ƯỚC MƠ"}});
    const Got got =
        read(write({record}, {.charset = Charset::marc8, .on_bad_char = BadChar::reject}));
    REQUIRE(got.records.size() == 1);
    CHECK(got.records[0].value("500", 'a') == record.value("500", 'a'));
}

TEST_CASE("ISO 5426 goes both ways and is found by its marks", "[marc]") {
    Record record;
    record.set_leader("00000nam  2200000   450 ");
    record.add_control("001", "1");
    record.add_data("100", ' ', ' ', {{'a', "20190315d2019    em y0frey0103    ba"}});
    record.add_data(
        "200", '1', ' ',
        {{'a', "Théâtre élémentaire à Besançon"}, {'f', "Jürgen Müller, Łukasz Žižek"}});
    WriteOptions options;
    options.charset = Charset::iso5426;
    const Got got = read(write({record}, options));
    REQUIRE(got.records.size() == 1);
    CHECK(got.believed[0] == Charset::iso5426);
    CHECK(got.records[0].value("200", 'a') == "Théâtre élémentaire à Besançon");
    CHECK(got.records[0].value("200", 'f') == "Jürgen Müller, Łukasz Žižek");
}

TEST_CASE("a character that a set does not have is never lost in silence", "[marc]") {
    Record record = sample(5);
    record.add_data("500", ' ', ' ', {{'a', "snow ☃ and 中"}});
    CHECK_THROWS_AS(write({record}, {.charset = Charset::marc8, .on_bad_char = BadChar::reject}),
                    Error);
    const std::string escaped =
        write({record}, {.charset = Charset::koi8r, .on_bad_char = BadChar::escape});
    CHECK(escaped.find("&#x2603;") != std::string::npos);
    // An escape would make the text behind it Cyrillic or Chinese in MARC-8.
    record = sample(5);
    record.add_data("500", ' ', ' ', {{'a', "\x1B(Nabc\x1B$1"}});
    CHECK_THROWS_AS(write({record}, {.charset = Charset::marc8}), Error);
    const Got got =
        read(write({record}, {.charset = Charset::marc8, .on_bad_char = BadChar::replace}));
    REQUIRE(got.records.size() == 1);
    CHECK(got.records[0].value("500", 'a') == "?(Nabc?$1");
    CHECK(read(write({record}, {})).records[0].value("500", 'a') == "\x1B(Nabc\x1B$1");
}

TEST_CASE("what XML has no form for becomes U+FFFD there, and stays elsewhere", "[marc]") {
    Record record = sample(5);
    record.add_data("500", ' ', ' ', {{'a', "a\uFFFEb\uFFFF\uFF0C"}});
    for (const Format format : {Format::marcxml, Format::turbomarc})
        CHECK(write({record}, {.format = format}).find("a\uFFFDb\uFFFD\uFF0C<") !=
              std::string::npos);
    CHECK(write({record}, {.format = Format::jsonl}).find("a\uFFFEb\uFFFF\uFF0C") !=
          std::string::npos);
}

TEST_CASE("Aleph records in a row with one number stay records of their own", "[marc]") {
    std::vector<Record> records{sample(1), sample(1), sample(2)};
    records[1].add_data("500", ' ', ' ', {{'a', "the other"}});
    const Got got = read(write(records, {.format = Format::aleph}));
    REQUIRE(got.records.size() == 3);
    CHECK(got.records[0].value("500", 'a') != "the other");
    CHECK(got.records[1].value("500", 'a') == records[1].value("500", 'a'));
    const Got formats = read(
        "000000001 FMT   L BK\n000000001 LDR   L ^^^^^nam^a22^^^^^^^^4500\n"
        "000000001 24500 L $$aOne\n000000001 FMT   L BK\n"
        "000000001 LDR   L ^^^^^nam^a22^^^^^^^^4500\n000000001 24500 L $$aTwo\n");
    REQUIRE(formats.records.size() == 2);
    CHECK(formats.records[0].value("FMT") == "BK");
    CHECK(formats.records[1].value("245", 'a') == "Two");
}

TEST_CASE("XML without a record is refused whole, unless it is an empty answer", "[marc]") {
    const std::string oai = "<?xml version='1.0'?>\n<OAI-PMH xmlns='x'>";
    for (const std::string& text : std::vector<std::string>{
             "<html><body>Error 500</body></html>",
             "<!DOCTYPE html>\n<html><p>a &lt; b</p></html>\n",
             "<s:searchRetrieveResponse><s:diagnostics><d:diagnostic><uri>info:srw/diagnostic/1/1</"
             "uri>"
             "</d:diagnostic></s:diagnostics></s:searchRetrieveResponse>",
             oai + "<error code='badArgument'>no such set</error></OAI-PMH>"}) {
        const Got got = read(text);
        CHECK(got.records.empty());
        REQUIRE(got.rejects == std::vector<std::string>{"not_marc"});
        CHECK(got.rejected == text);
    }
    for (const std::string& text : std::vector<std::string>{
             "<collection/>", "<collection xmlns='x'>\n</collection>\n",
             "<s:searchRetrieveResponse><s:numberOfRecords>0</s:numberOfRecords></"
             "s:searchRetrieveResponse>",
             oai + "<error code='noRecordsMatch'/></OAI-PMH>",
             oai +
                 "<ListRecords><record><header status='deleted'><identifier>x</identifier></header>"
                 "</record></ListRecords></OAI-PMH>"}) {
        const Got got = read(text);
        INFO(text);
        CHECK(got.records.empty());
        CHECK(got.rejects.empty());
    }
    // Far into another file, records are found all the same.
    const std::string long_head = "<export><note>" + std::string(300'000, 'x') + "</note>";
    const std::string record =
        "<record><leader>00000nam a2200000   4500</leader>"
        "<controlfield tag=\"001\">1</controlfield></record>";
    CHECK(read(long_head + record + "</export>").records.size() == 1);
}

TEST_CASE("a bad byte costs one character, not the record", "[marc]") {
    std::string bytes = iso(sample(6));
    bytes[bytes.find("\xE4\xB8\x8A") + 1] = 'x';
    const Got got = read(bytes);
    REQUIRE(got.records.size() == 1);
    CHECK(got.repaired("bad_char"));
    CHECK(got.records[0].value("245", 'b') == "a catalogue of books /");
    CHECK(read(bytes, {.on_bad_char = BadChar::reject}).rejects ==
          std::vector<std::string>{"bad_char"});
}

TEST_CASE("ISO 2709 limits: refused, clamped or split by choice", "[marc]") {
    Record record = sample(7);
    for (int i = 0; i < 200; ++i)
        record.add_data("952", ' ', ' ', {{'a', std::string(900, 'q') + std::to_string(i)}});
    CHECK_THROWS_AS(write({record}, {}), Error);
    const Got clamped = read(write({record}, {.oversize = Oversize::clamp}));
    REQUIRE(clamped.records.size() == 1);
    CHECK(compare(record, clamped.records[0]).empty());
    const Got split = read(write({record}, {.oversize = Oversize::split}));
    REQUIRE(split.records.size() > 1);
    std::size_t items = 0, number = 0;
    for (const auto& part : split.records) {
        CHECK(part.control_number() == record.control_number());
        CHECK(part.value("590", 'a') ==
              "Part " + std::to_string(++number) + " of " + std::to_string(split.records.size()));
        CHECK(part.value("590", 'w') == record.control_number());
        items += Path::parse("952").count(part);
    }
    CHECK(items == 200);
    // Without a number nothing would hold the parts together; a long field fits no part.
    record.erase(0);
    CHECK_THROWS_AS(write({record}, {.oversize = Oversize::split}), Error);
    record = sample(7);
    record.add_data("500", ' ', ' ', {{'a', std::string(12000, 'q')}});
    CHECK_THROWS_AS(write({record}, {.oversize = Oversize::split}), Error);
}

TEST_CASE("paths: positions, indexes, indicators, ranges, conditions, embedded fields", "[marc]") {
    Record record = odd()[1];
    const auto first = [&](std::string_view path) { return Path::parse(path).first(record); };
    CHECK(first("LDR/5-7") == "cam");
    CHECK(first("LDR/#") == "0");
    CHECK(first("008/35-37") == "chi");
    CHECK(first("245^1") == "1");
    CHECK(first("245$a/0-1") == "上海");
    CHECK(first("245$a-c[1]") == "a catalogue of books /");
    CHECK(first("650$z[#]") == "Shanghai.");
    CHECK(first("650[1]$a").empty());
    CHECK(Path::parse("6..$z").count(record) == 2);
    CHECK(first("461$1200$a") == "丛书");
    CHECK(first("461$1210$c") == "商务印书馆");
    CHECK(first("700{$e~\\editor}$a") == "Müller, Jürgen,");
    CHECK(first("700$a{$e=\\editor.}") == "Müller, Jürgen,");
    CHECK(first("700$a{$e=\\author}").empty());
    CHECK(first("020$c{?650}") == "CNY22.00");
    CHECK(first("020$c{!650}").empty());
}

TEST_CASE("queries hold or do not", "[marc]") {
    const Record record = odd()[1];
    const auto holds = [&](std::string_view text) { return Query::parse(text).matches(record); };
    CHECK(holds("245$a ~ \"上海\" and not 856"));
    CHECK(holds("008/35-37 = chi"));
    CHECK(holds("count(650$z) >= 2 and count(650) = 1"));
    CHECK_FALSE(holds("count(650$z) > 2"));
    CHECK(holds("856 or 245"));
    CHECK(holds("not (856 or 999)"));
    CHECK(holds("245$a ~ '^上海.*志'"));
    CHECK(holds("856$u != 'x'"));
    CHECK(holds("300$a < 200 or 264$c ~ '20[0-9]{2}'"));
    CHECK(holds("461$1200$a = 丛书"));
    CHECK_FALSE(holds("245$a !~ '上海'"));
    CHECK(holds("245$a ~ “上海” AND NOT 856"));
    CHECK_FALSE(holds("245$a ~ ‘北京’ OR 856"));
    CHECK(holds("245$a ~ '“' or 245"));
}

TEST_CASE("isbn() gives numbers in one form, bad_isbn() what is none", "[marc]") {
    Record record;
    for (const std::string_view number :
         {"0855275103 (pbk.) :", "978-0-85527-510-5", "7-5037-1744-0", "0855275104", "pbk."})
        record.add_data("020", ' ', ' ', {{'a', number}});
    const auto values = [&](std::string_view path) { return Path::parse(path).values(record); };
    CHECK(values("isbn(020$a)") ==
          std::vector<std::string>{"9780855275105", "9780855275105", "9787503717444"});
    CHECK(values("bad_isbn(020$a)") == std::vector<std::string>{"0855275104", "pbk."});
    CHECK(values("isbn(020[0]$a)") == std::vector<std::string>{"9780855275105"});
    CHECK(Path::parse("isbn(020$z)").count(record) == 0);
    CHECK(
        Query::parse("isbn(020$a) = 9787503717444 and count(bad_isbn(020$a)) = 2").matches(record));
    CHECK_FALSE(Query::parse("not bad_isbn(020$a)").matches(record));
}

TEST_CASE("a query finds a letter with its mark however either of them is written", "[marc]") {
    Record record;
    record.add_data("700", '1', ' ', {{'a', "Mu\u0308ller"}});
    record.add_data("701", '1', ' ', {{'a', "Müller"}});
    const auto holds = [&](std::string_view text) { return Query::parse(text).matches(record); };
    for (const std::string tag : {"700", "701"}) {
        for (const std::string name : {"Müller", "Mu\u0308ller"}) {
            CHECK(holds(tag + "$a = " + name));
            CHECK(holds(tag + "$a ~ '^" + name + "$'"));
            CHECK_FALSE(holds(tag + "$a != " + name));
        }
    }
    CHECK(holds("700$a ~ Mu and not 701$a ~ Mu"));
}

TEST_CASE("a mistake in a query is shown with its column", "[marc]") {
    const auto column_of = [](std::string_view text) -> std::uint64_t {
        try {
            (void)Query::parse(text);
        } catch (const Error& e) {
            CHECK(e.fault() == Fault::usage);
            CHECK(e.hint().text(Lang::en).find('^') != std::string::npos);
            return e.where().column;
        }
        return 0;
    };
    CHECK(column_of("245$a ~ ") == 9);
    CHECK(column_of("24") == 3);
    CHECK(column_of("245$a = \"上海") == 9);
    CHECK(column_of("(245 and 650") == 13);
    CHECK(column_of("245 650") == 5);
    CHECK(column_of("245$a ~ '['") == 9);
    CHECK(column_of("count(650)") == 11);
    CHECK(column_of("245$a and") == 10);
    CHECK(column_of("245$a =~ x") == 8);
    CHECK(column_of("245$a ~ “上海") == 9);
    CHECK(column_of("isbn(020$a = x") == 11);
    CHECK(column_of("001$a = x") == 4);
    CHECK(column_of("650 and LDR^1") == 12);
}

TEST_CASE("odd tags, codes and indicators come back from every format that takes them", "[marc]") {
    Record record = sample(1);
    record.add_data("<0>", '"', '\'', {{'&', "a"}, {'<', "b"}, {'{', "c"}, {'}', "d"}});
    record.add_data("&lt", '<', '&', {{'"', "a"}});
    record.add_data("000", ' ', ' ', {{'a', "no leader"}});
    record.add_data("FMT", ' ', ' ', {{'a', "BK"}, {'b', "x"}});
    for (const Format format : all_formats()) {
        if (format == Format::csv || format == Format::tsv || format == Format::turbomarc) continue;
        WriteOptions options;
        options.format = format;
        INFO(name_of(format));
        const auto changes = RoundTrip(options, {}).changes(record);
        for (const auto& change : changes) CHECK(change.left == change.right);
    }
}

TEST_CASE("mrk and Aleph refuse a field that would begin another record", "[marc]") {
    Record leader = sample(1), format = sample(1);
    leader.add_data("LDR", ' ', ' ', {{'a', "x"}});
    format.add_control("FMT", "BK");
    CHECK_NOTHROW(write({format}, {.format = Format::aleph}));
    format.add_control("FMT", "BK");
    for (const Format text : {Format::mrk, Format::aleph})
        CHECK_THROWS_AS(write({leader}, {.format = text}), Error);
    CHECK_THROWS_AS(write({format}, {.format = Format::aleph}), Error);
    CHECK(read(write({leader}, {.format = Format::line})).records.at(0).same_content(leader));
}
