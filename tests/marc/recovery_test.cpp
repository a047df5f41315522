// SPDX-License-Identifier: Apache-2.0
// Each fault that real files have, put into the eleventh of fifty records: all fifty must come out,
// and the eleventh with the content it had.
#include "sample.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>

using namespace tushu::marc;
using namespace tushu::marc::test;

namespace {

constexpr std::size_t kBad = 10;

std::vector<Record> fifty() {
    std::vector<Record> records;
    for (int i = 0; i < 50; ++i) records.push_back(sample(i));
    return records;
}

std::string join(const std::vector<Record>& records,
                 const std::function<std::string(std::string)>& spoil,
                 const std::string& between = "") {
    std::string file;
    for (std::size_t i = 0; i < records.size(); ++i) {
        std::string raw = iso(records[i]);
        file += i == kBad ? spoil(raw) : raw;
        file += between;
    }
    return file;
}

void check_all(const Got& got, const std::vector<Record>& wanted) {
    CHECK(got.rejects.empty());
    REQUIRE(got.records.size() == wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        INFO("record " << i + 1);
        CHECK(got.records[i].same_content(wanted[i]));
    }
}

std::string replaced(std::string raw, std::size_t at, const std::string& with) {
    return raw.replace(at, with.size(), with);
}

// A record whose numbers are written by `lengths(start, size)` as twelve or more characters an
// entry.
std::string with_directory(const Record& record,
                           const std::function<std::string(std::size_t, std::size_t)>& lengths,
                           const std::string& leader_length, const std::string& base_digits) {
    std::string directory, data;
    for (std::size_t i = 0; i < record.field_count(); ++i) {
        directory += std::string(record.tag(i)) + lengths(data.size(), record.body(i).size() + 1);
        data += std::string(record.body(i)) + kFieldEnd;
    }
    std::string leader(record.leader());
    leader.replace(0, 5, leader_length);
    leader.replace(
        12, 5, base_digits.empty() ? fmt::format("{:05}", 24 + directory.size() + 1) : base_digits);
    leader.replace(10, 2, "22");
    leader.replace(20, 4, "4500");
    return leader + directory + kFieldEnd + data + kRecordEnd;
}

Record big(std::size_t fields, std::size_t size) {
    Record record = sample(10);
    for (std::size_t i = 0; i < fields; ++i)
        record.add_data("952", ' ', ' ',
                        {{'a', "item " + std::to_string(i)}, {'x', std::string(size, 'y')}});
    return record;
}

}  // namespace

TEST_CASE("no fault: fifty records, no repairs", "[marc]") {
    const auto records = fifty();
    const Got got = read(join(records, [](std::string raw) { return raw; }));
    check_all(got, records);
    CHECK(got.repairs.empty());
}

TEST_CASE("a leader byte that is no ASCII becomes a blank, and is told", "[marc]") {
    auto records = fifty();
    const Got got =
        read(join(records, [](const std::string& raw) { return replaced(raw, 18, "\xFF"); }));
    records[kBad].set_leader_byte(18, ' ');
    check_all(got, records);
    REQUIRE(got.repairs.size() == 1);
    CHECK(got.repairs[0] == "leader");
}

TEST_CASE("an indicator that cannot be printed becomes a blank, and is told", "[marc]") {
    const auto records = fifty();
    for (const char odd : {'\x7F', '\x01'}) {
        Record record = records[kBad];
        std::size_t field = 0;
        while (record.is_control(field)) ++field;
        std::string body(record.body(field));
        body[1] = odd;
        record.replace_body(field, body);
        const std::string raw = iso(record);
        const Got got = read(join(records, [&](const std::string&) { return raw; }));
        body[1] = ' ';
        record.replace_body(field, body);
        auto wanted = records;
        wanted[kBad] = record;
        check_all(got, wanted);
        CHECK(got.repaired("indicators"));
    }
}

TEST_CASE("a leader length that is wrong costs nothing", "[marc]") {
    const auto records = fifty();
    for (const std::string length : {"-7", "+7", "     ", "00000", "99999", "abcde"}) {
        INFO("length " << length);
        const Got got = read(join(records, [&](std::string raw) {
            if (length == "-7") return replaced(raw, 0, fmt::format("{:05}", raw.size() - 7));
            if (length == "+7") return replaced(raw, 0, fmt::format("{:05}", raw.size() + 7));
            return replaced(raw, 0, length);
        }));
        check_all(got, records);
        CHECK(got.repaired("length"));
    }
}

TEST_CASE("a length that takes in the next record does not swallow it", "[marc]") {
    const auto records = fifty();
    const Got got = read(join(records, [&](std::string raw) {
        return replaced(raw, 0, fmt::format("{:05}", raw.size() + iso(records[kBad + 1]).size()));
    }));
    check_all(got, records);
}

TEST_CASE("a missing record end does not join two records", "[marc]") {
    const auto records = fifty();
    const Got got =
        read(join(records, [](std::string raw) { return raw.substr(0, raw.size() - 1); }));
    check_all(got, records);
    CHECK(got.repaired("no_record_end"));
}

TEST_CASE("a base address of 99999 is found again", "[marc]") {
    const auto records = fifty();
    const Got got =
        read(join(records, [](const std::string& raw) { return replaced(raw, 12, "99999"); }));
    check_all(got, records);
    CHECK(got.repaired("base_address"));
}

TEST_CASE("a directory offset that is off by one gives the right fields", "[marc]") {
    const auto records = fifty();
    const Got got = read(join(records, [](std::string raw) {
        const char last = raw.at(24 + 3 * 12 + 11);
        return replaced(raw, 24 + 3 * 12 + 11, std::string(1, static_cast<char>(last + 1)));
    }));
    check_all(got, records);
    CHECK(got.repaired("directory"));
}

TEST_CASE("lengths counted in characters instead of bytes give the right fields", "[marc]") {
    const auto records = fifty();
    const Got got = read(join(records, [&](const std::string&) {
        std::size_t chars = 0;
        return with_directory(
            records[kBad],
            [&](std::size_t, std::size_t size) {
                const std::string entry = fmt::format("{:04}{:05}", size - size / 5, chars);
                chars += size - size / 5;
                return entry;
            },
            "00500", "");
    }));
    check_all(got, records);
}

TEST_CASE("a field of 18 kB with its length held at 9999 is whole", "[marc]") {
    auto records = fifty();
    records[kBad].add_data("505", '0', ' ', {{'a', std::string(18000, 'z')}});
    records[kBad].add_data("999", ' ', ' ', {{'a', "behind it"}});
    const Got got = read(join(fifty(), [&](const std::string&) {
        return with_directory(
            records[kBad],
            [](std::size_t start, std::size_t size) {
                return fmt::format("{:04}{:05}", std::min<std::size_t>(size, 9999), start);
            },
            "18900", "");
    }));
    check_all(got, records);
    CHECK(got.repaired("directory"));
}

TEST_CASE("a record of 150 kB is whole, however its offsets were written", "[marc]") {
    auto records = fifty();
    records[kBad] = big(100, 1500);
    const auto file = [&](const std::function<std::string(std::size_t, std::size_t)>& lengths,
                          const std::string& length) {
        return join(fifty(), [&](const std::string&) {
            return with_directory(records[kBad], lengths, length, "");
        });
    };
    SECTION("offsets held at 99999") {
        const Got got = read(file(
            [](std::size_t start, std::size_t size) {
                return fmt::format("{:04}{:05}", size, std::min<std::size_t>(start, 99999));
            },
            "99999"));
        check_all(got, records);
        CHECK(got.repaired("directory"));
    }
    SECTION("offsets modulo 100 000") {
        const Got got = read(
            file([](std::size_t start,
                    std::size_t size) { return fmt::format("{:04}{:05}", size, start % 100000); },
                 "00000"));
        check_all(got, records);
        CHECK(got.repaired("directory"));
    }
    SECTION("offsets with as many digits as they need") {
        const Got got =
            read(file([](std::size_t start,
                         std::size_t size) { return fmt::format("{:04}{:05}", size, start); },
                      "99999"));
        check_all(got, records);
        CHECK(got.repaired("wide_directory"));
    }
}

TEST_CASE("line ends, NULs and a byte order mark between records are passed over", "[marc]") {
    const auto records = fifty();
    const auto plain = [](std::string raw) { return raw; };
    const Got crlf = read(join(records, plain, "\r\n"));
    check_all(crlf, records);
    CHECK(crlf.repairs.empty());
    const Got nul = read(join(records, plain, std::string(5, '\0')));
    check_all(nul, records);
    CHECK(nul.repaired("padding"));
    check_all(read("\xEF\xBB\xBF" + join(records, plain)), records);
    check_all(read(join(records, plain) + "\x1A\r\n"), records);
}

TEST_CASE("text between two records is kept as a reject, byte for byte", "[marc]") {
    const auto records = fifty();
    const std::string junk = "Export of 2019-12-31, page 2 of 7";
    const Got got = read(join(records, [&](const std::string& raw) { return junk + raw; }));
    CHECK(got.records.size() == 50);
    CHECK(got.rejected == junk);
    CHECK(got.rejects == std::vector<std::string>{"not_a_record"});
    for (std::size_t i = 0; i < got.records.size(); ++i)
        CHECK(got.records[i].same_content(records[i]));
}

TEST_CASE("a file that is cut: refused whole, or its whole fields when asked for", "[marc]") {
    const auto records = fifty();
    std::string file = join(records, [](std::string raw) { return raw; });
    const std::string last = iso(records.back());
    file.resize(file.size() - 100);
    const Got strict = read(file);
    CHECK(strict.records.size() == 49);
    CHECK(strict.rejects == std::vector<std::string>{"truncated"});
    CHECK(strict.rejected == last.substr(0, last.size() - 100));
    ReadOptions options;
    options.salvage = true;
    const Got salvaged = read(file, options);
    REQUIRE(salvaged.records.size() == 50);
    const Record& part = salvaged.records.back();
    CHECK(part.field_count() < records.back().field_count());
    for (std::size_t i = 0; i < part.field_count(); ++i) {
        CHECK(part.tag(i) == records.back().tag(i));
        CHECK(part.body(i) == records.back().body(i));
    }
    CHECK(salvaged.repaired("truncated"));
}

TEST_CASE("a record cut in the middle of a file does not take its neighbour along", "[marc]") {
    const auto records = fifty();
    for (const std::size_t left : {30U, 100U, 200U, 300U}) {
        INFO("bytes left " << left);
        const Got got =
            read(join(records, [&](const std::string& raw) { return raw.substr(0, left); }));
        CHECK(got.records.size() == 49);
        CHECK(got.rejects.size() == 1);
        REQUIRE(got.records.size() > kBad);
        CHECK(got.records[kBad].same_content(records[kBad + 1]));
    }
}

TEST_CASE("damage inside fields is repaired and told", "[marc]") {
    Record record = sample(1);
    const auto with_field = [&](const std::string& body, const std::string& tag = "500") {
        Record spoiled = record;
        spoiled.add_body(tag, false, body);
        return read(with_directory(
            spoiled,
            [](std::size_t start, std::size_t size) {
                return fmt::format("{:04}{:05}", size, start);
            },
            "00900", ""));
    };
    const auto last = [](const Got& got) {
        REQUIRE(got.records.size() == 1);
        return std::string(got.records[0].body(got.records[0].field_count() - 1));
    };
    CHECK(last(with_field("\x1F"
                          "atext")) ==
          "  \x1F"
          "atext");
    CHECK(with_field("\x1F"
                     "atext")
              .repaired("indicators"));
    CHECK(last(with_field("  \x1F\x1F"
                          "atext")) ==
          "  \x1F"
          "atext");
    CHECK(with_field("  \x1F\x1F"
                     "atext")
              .repaired("empty_subfield"));
    CHECK(last(with_field("  \x1F"
                          "atext\x1F")) ==
          "  \x1F"
          "atext");
    const Got format = with_field("  \x1F", "FMT");
    CHECK(last(format) == "  ");
    CHECK(format.records[0].is_control(format.records[0].field_count() - 1));
    CHECK(last(with_field("  plain text")) ==
          "  \x1F"
          "aplain text");
    CHECK(with_field("  plain text").repaired("no_subfield_code"));
    CHECK(last(with_field("  \x1F\xC3\xA9text")) == "  \x1F?\xC3\xA9text");
    CHECK(with_field("  \x1F\xC3\xA9text").repaired("subfield_code"));
    CHECK(last(with_field("  \x1F\x7Ftext")) == "  \x1F?\x7Ftext");
    CHECK(last(with_field("  \x1F"
                          "ano\x1E"
                          "ise")) ==
          "  \x1F"
          "ano ise");
}

TEST_CASE("a record end inside the text does not break the record in two", "[marc]") {
    auto records = fifty();
    const Got got = read(join(records, [](std::string raw) {
        const std::size_t at = raw.find("Peking");
        raw[at + 6] = '\x1D';
        return raw;
    }));
    REQUIRE(got.records.size() == 50);
    CHECK(got.records[kBad].value("264", 'b') == "Peking University Press,");
    CHECK(got.repaired("stray_record_end"));
}

TEST_CASE(
    "each truncation and each damaged byte: no crash, and every byte is in a record or a reject",
    "[marc]") {
    const std::string whole = iso(sample(1)) + iso(sample(2)) + iso(sample(3));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const Got got = read(whole.substr(0, size));
        const std::size_t first = iso(sample(1)).size(), second = first + iso(sample(2)).size();
        const std::size_t begun =
            (size > 0 ? 1U : 0U) + (size > first ? 1U : 0U) + (size > second ? 1U : 0U);
        INFO("size " << size);
        CHECK(got.records.size() + got.rejects.size() == begun);
    }
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const char byte : {'\0', '9', '\x1D', '\x1E', '\x1F', '\xFF'}) {
            std::string spoiled = whole;
            spoiled[at] = byte;
            const Got got = read(spoiled);
            INFO("byte " << at << " as " << static_cast<int>(byte));
            CHECK(got.records.size() + got.rejects.size() >= 3);
            CHECK(got.records.size() >= 2);
        }
    }
}

TEST_CASE("a blank line inside a record does not make the field behind it a leader", "[marc]") {
    ReadOptions options;
    options.format = Format::line;
    const Got got = read(
        "00000nam a2200301 i 4500\n001 1\n\n035    $a (DLC) 78307846\n245 10 $a T\n"
        "\n001 7830784 of the DLC 2\n245 10 $a T\n",
        options);
    REQUIRE(got.records.size() == 3);
    CHECK(got.records[1].field_count() == 2);
    CHECK(got.records[2].control_number() == "7830784 of the DLC 2");
    CHECK(std::count(got.repairs.begin(), got.repairs.end(), "no_leader") == 2);
}

TEST_CASE("what looks like a comment inside an mrk record is told; between records it is not",
          "[marc]") {
    ReadOptions options;
    options.format = Format::mrk;
    const Got got = read(
        "// a comment\n=LDR  00000nam0 2200253   450 \n=100  \\\\$a20190611d####\n##u##y0chiy50\n"
        "=101  \\\\$achi\n\n# another\n=LDR  00000nam0 2200253   450 \n=101  \\\\$achi\n",
        options);
    CHECK(got.records.size() == 2);
    CHECK(got.repairs == std::vector<std::string>{"stray_line"});
}

TEST_CASE("a damaged declaration in XML does not swallow the field behind it", "[marc]") {
    const std::string field =
        "<datafield tag=\"245\" ind1=\"1\" ind2=\"0\"><subfield "
        "code=\"a\">Title</subfield></datafield>";
    for (const std::string start : {"<!ecord ", "<!DOCTYPE x "}) {
        const Got got = read("<collection>" + start + field + "</record></collection>",
                             {.format = Format::marcxml});
        INFO(start);
        REQUIRE(got.records.size() == 1);
        CHECK(got.records[0].value("245", 'a') == "Title");
        CHECK(got.repaired("no_record_start"));
    }
}

TEST_CASE("behind the records of a JSON wrapper nothing but its other members is passed over",
          "[marc]") {
    const std::string start =
        R"({"records":[{"leader":"00000nam a2200000   4500","fields":[{"001":"1"}]}])";
    for (const std::string rest :
         {R"(})", R"( , "totalRecords" : 1 , "next":{"a":["}"],"b":"\""} } )", R"(,"n":[]})"}) {
        const Got got = read(start + rest);
        INFO(rest);
        CHECK(got.records.size() == 1);
        CHECK(got.rejects.empty());
    }
    for (const std::string rest :
         {R"(x"}, ","subfields":[{"a":"lost"}]}})", R"(,"fields":[{"001":"lost"}]})",
          R"(,{"245":{"ind1":"lost"}}]})", R"(,"a""lost"})", R"(,"a":,"lost"})"}) {
        const Got got = read(start + rest);
        INFO(rest);
        CHECK(got.records.size() == 1);
        CHECK(got.rejected.find("lost") != std::string::npos);
    }
}
