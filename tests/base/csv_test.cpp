// SPDX-License-Identifier: Apache-2.0
#include "base/csv.hpp"
#include "base/text.hpp"
#include "scratch.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace tushu;
using test::contents;
using test::fault_of;
using test::Folder;

namespace {

using Row = std::vector<std::string>;

/// All rows; a refused one is {"!", line of the error, its raw bytes}.
std::vector<Row> rows_of(const std::string& bytes,
                         CsvFormat format = {
                             .delimiter = {}, .encoding = {}, .has_header = false}) {
    const auto in = Input::from_memory(bytes, "t.csv");
    CsvReader reader(*in, format);
    std::vector<Row> rows;
    for (;;) {
        try {
            const auto row = reader.next();
            if (!row) return rows;
            rows.emplace_back(row->begin(), row->end());
        } catch (const Error& e) {
            REQUIRE(e.fault() == Fault::bad_input);
            rows.push_back({"!", std::to_string(e.where().line), std::string(reader.raw())});
        }
    }
}

std::vector<std::uint64_t> lines_of(const std::string& bytes) {
    const auto in = Input::from_memory(bytes, "t.csv");
    CsvReader reader(*in, {.delimiter = {}, .encoding = {}, .has_header = false});
    std::vector<std::uint64_t> lines;
    while (reader.next()) lines.push_back(reader.line());
    return lines;
}

}  // namespace

TEST_CASE("RFC 4180: quotes, doubled quotes, newlines and delimiters in quotes, empty cells",
          "[csv]") {
    CHECK(rows_of("a,b,c\n") == std::vector<Row>{{"a", "b", "c"}});
    CHECK(rows_of("a,b,c") == std::vector<Row>{{"a", "b", "c"}});
    CHECK(rows_of("\"a,b\",\"c\"\"d\",\"e\nf\"\r\ng,,\r\n") ==
          std::vector<Row>{{"a,b", "c\"d", "e\nf"}, {"g", "", ""}});
    CHECK(rows_of("\"\",\"\"\"\"\n") == std::vector<Row>{{"", "\""}});
    CHECK(rows_of(",\n,") == std::vector<Row>{{"", ""}, {"", ""}});
    CHECK(rows_of("a,\"\"\n\"\"") == std::vector<Row>{{"a", ""}, {""}});
    CHECK(rows_of("5\" disk,x\n") == std::vector<Row>{{"5\" disk", "x"}});
    CHECK(rows_of("\"a\"b,c\n") == std::vector<Row>{{"ab", "c"}});
    CHECK(rows_of("").empty());
    CHECK(rows_of("\n\r\n\n").empty());
}

TEST_CASE("line ends LF, CRLF and CR, mixed, and the lines where rows start", "[csv]") {
    CHECK(rows_of("a,b\rc,d\re,f") == std::vector<Row>{{"a", "b"}, {"c", "d"}, {"e", "f"}});
    CHECK(rows_of("a\r\nb\nc\rd\r\n\r\ne") == std::vector<Row>{{"a"}, {"b"}, {"c"}, {"d"}, {"e"}});
    CHECK(lines_of("a\r\nb\nc\rd\r\n\r\ne") == std::vector<std::uint64_t>{1, 2, 3, 4, 6});
    CHECK(lines_of("\n\nx,\"1\n2\n3\",y\nz\n") == std::vector<std::uint64_t>{3, 6});
    CHECK(lines_of("a,\"1\r2\"\rz\r") == std::vector<std::uint64_t>{1, 3});
    CHECK(lines_of("a,\"1\r\n2\"\r\nz\r\n") == std::vector<std::uint64_t>{1, 3});
}

TEST_CASE("the delimiter is the one the header holds most, outside quotes", "[csv]") {
    CHECK(rows_of("a;b;c\n1,5;2;3\n")[1] == Row{"1,5", "2", "3"});
    CHECK(rows_of("a\tb\n1,2\t3\n")[1] == Row{"1,2", "3"});
    CHECK(rows_of("\"a, b, c\";\"d\";e\n1;2;3\n")[1] == Row{"1", "2", "3"});
    CHECK(rows_of("a\n1;2\n")[1] == Row{"1;2"});
    CHECK(rows_of("a|b\n", {.delimiter = '|', .encoding = {}, .has_header = false})[0] ==
          Row{"a", "b"});
}

TEST_CASE("a byte order mark is no part of the first cell", "[csv]") {
    CHECK(rows_of("\xEF\xBB\xBF\"条码\",b\n") == std::vector<Row>{{"条码", "b"}});
    CHECK(rows_of("\xEF\xBB\xBF").empty());
}

TEST_CASE("UTF-16 is converted, whole or damaged, small or large", "[csv]") {
    const auto utf16 = [](std::u16string_view text, bool is_big) {
        std::string out = is_big ? "\xFE\xFF" : "\xFF\xFE";
        for (const char16_t c : text) {
            const auto high = static_cast<char>(c >> 8U), low = static_cast<char>(c & 0xFFU);
            out += is_big ? high : low;
            out += is_big ? low : high;
        }
        return out;
    };
    for (const bool is_big : {false, true}) {
        CHECK(rows_of(utf16(u"条码\t𠀀\n1\t2\n", is_big)) ==
              std::vector<Row>{{"条码", "𠀀"}, {"1", "2"}});
        // Half a pair, half a unit.
        CHECK(rows_of(utf16(u"a,\xD840x\n", is_big) + "1") ==
              std::vector<Row>{{"a", "\uFFFDx"}, {"\uFFFD"}});
        // A pair at each edge of the blocks that are converted at once.
        std::u16string big(u"a,");
        for (int i = 0; i < 200'000; ++i) big += i % 2 == 0 ? u"𠀀" : u"𠀀b";
        std::string wanted;
        for (int i = 0; i < 200'000; ++i) wanted += i % 2 == 0 ? "𠀀" : "𠀀b";
        const auto rows = rows_of(utf16(big + u"\n", is_big));
        REQUIRE(rows.size() == 1);
        CHECK(rows[0][1] == wanted);
    }
}

TEST_CASE("GB 18030 is known by evidence, wherever its first Chinese stands", "[csv]") {
    const std::string text = "条码,题名\n01,图书馆\n02,模糊\n03,\"𠀀,龥\"\n";
    const std::vector<Row> wanted{
        {"条码", "题名"}, {"01", "图书馆"}, {"02", "模糊"}, {"03", "𠀀,龥"}};
    CHECK(rows_of(text) == wanted);
    CHECK(rows_of(gb18030_from_utf8(text)) == wanted);
    // Western call numbers for half a megabyte, then Chinese.
    std::string ascii;
    while (ascii.size() < 600'000) ascii += "0001,QA76.73\n";
    const std::size_t before = rows_of(ascii).size();
    for (const std::string& tail : {text, gb18030_from_utf8(text)}) {
        const auto rows = rows_of(ascii + tail);
        REQUIRE(rows.size() == before + 4);
        CHECK(rows[before + 1] == Row{"01", "图书馆"});
    }
}

TEST_CASE("one damaged row does not make a UTF-8 file a GB 18030 one", "[csv]") {
    std::string text = "条码,题名\n";
    for (int i = 0; i < 50; ++i) text += "01,图书馆\n";
    const auto rows = rows_of(text + "02,\xC4\xE3\n" + text);
    REQUIRE(rows.size() == 103);
    CHECK(rows[51] == Row{"!", "52", "02,\xC4\xE3\n"});
    CHECK(rows[102] == Row{"01", "图书馆"});
    // And the other way round: a GB 18030 file with one byte that is nothing.
    const auto others =
        rows_of(gb18030_from_utf8(text) + "02,\xFF\xFF\n" + gb18030_from_utf8(text));
    REQUIRE(others.size() == 103);
    CHECK(others[51][0] == "!");
    CHECK(others[102] == Row{"01", "图书馆"});
}

TEST_CASE("an unclosed quote costs one line, not the rest of the file", "[csv]") {
    CHECK(rows_of("a,b\n1,\"two\n3,4\n5,6\n") ==
          std::vector<Row>{{"a", "b"}, {"!", "2", "1,\"two\n"}, {"3", "4"}, {"5", "6"}});
    CHECK(rows_of("a,b\r1,\"two\r3,4\r") ==
          std::vector<Row>{{"a", "b"}, {"!", "2", "1,\"two\r"}, {"3", "4"}});
    CHECK(rows_of("a,b\r\n1,\"two\r\n3,4\r\n") ==
          std::vector<Row>{{"a", "b"}, {"!", "2", "1,\"two\r\n"}, {"3", "4"}});
    CHECK(rows_of("a,b\n1,\"two") == std::vector<Row>{{"a", "b"}, {"!", "2", "1,\"two"}});
    // Far from the end of the file: the row limit finds it.
    std::string far = "a,b\n1,\"two\n";
    while (far.size() < 3'000'000) far += "33333,44444\n";
    const auto rows = rows_of(far);
    CHECK(rows[1] == Row{"!", "2", "1,\"two\n"});
    CHECK(rows[2] == Row{"33333", "44444"});
    CHECK(rows.back() == Row{"33333", "44444"});
}

TEST_CASE("a row that is too long is refused whole, piece by piece, and the next one is read",
          "[csv]") {
    const std::string huge = "x," + std::string(3'500'000, 'y') + "\n";
    const auto rows = rows_of("a,b\n" + huge + "1,2\n");
    REQUIRE(rows.size() >= 3);
    CHECK(rows.front() == Row{"a", "b"});
    CHECK(rows.back() == Row{"1", "2"});
    std::string refused;
    for (std::size_t i = 1; i + 1 < rows.size(); ++i) {
        REQUIRE(rows[i].size() == 3);
        const bool is_refused = rows[i][0] == "!" && rows[i][1] == "2";
        CHECK(is_refused);
        refused += rows[i][2];
    }
    const bool is_same = refused == huge;  // byte for byte
    CHECK(is_same);
    // Just below the limit it is a row.
    CHECK(rows_of("x," + std::string(1'000'000, 'y') + "\n1,2\n").size() == 2);
    const std::string quoted = "\"" + std::string(900'000, '"') + "\",z\n";
    const bool is_read = rows_of(quoted + "1,2\n")[0] == Row{std::string(450'000, '"'), "z"};
    CHECK(is_read);
}

TEST_CASE("NUL bytes and bytes outside the encoding refuse their row only", "[csv]") {
    const std::string bytes("a,b\n1,\0\n2,\xE5\x9B\xBE\n3,\xE5\x9B\n4,\xE9\xA6\x86\n", 25);
    const auto rows = rows_of(bytes);
    REQUIRE(rows.size() == 5);
    CHECK(rows[1] == Row{"!", "2", std::string("1,\0\n", 4)});
    CHECK(rows[2] == Row{"2", "图"});
    CHECK(rows[3] == Row{"!", "4", "3,\xE5\x9B\n"});
    CHECK(rows[4] == Row{"4", "馆"});
}

TEST_CASE("rows of every size cross the ends of the read blocks unharmed", "[csv]") {
    std::string text;
    std::vector<Row> wanted;
    for (std::size_t i = 0; text.size() < 5'000'000; ++i) {
        const std::string cell(i * 37 % 5003, static_cast<char>('a' + i % 26));
        const std::string quoted = "图\"" + cell + "\r\n馆";
        text += std::to_string(i) + ",\"图\"\"" + cell + "\r\n馆\"\r\n";
        wanted.push_back({std::to_string(i), quoted});
    }
    const Folder folder;
    const auto in = Input::open(folder.file("big.csv", text));
    CsvReader reader(*in, {.delimiter = {}, .encoding = {}, .has_header = false});
    std::size_t n = 0, wrong = 0;
    std::uint64_t bytes = 0;
    while (const auto row = reader.next()) {
        wrong += Row(row->begin(), row->end()) == wanted[n] ? 0U : 1U;
        CHECK(reader.offset() == bytes);
        CHECK(reader.line() == 2 * n + 1);
        bytes += reader.raw().size();
        ++n;
    }
    CHECK(n == wanted.size());
    CHECK(wrong == 0);
    CHECK(bytes == text.size());
}

TEST_CASE("columns are found whatever their case, width and blanks; the nearest one is named",
          "[csv]") {
    const auto in = Input::from_memory(" Barcode ,ＩＳＢＮ,馆藏地\n1,2,3\n", "t.csv");
    CsvReader reader(*in);
    CHECK(reader.column("barcode") == 0);
    CHECK(reader.column("isbn") == 1);
    CHECK(reader.required("馆藏地") == 2);
    CHECK_FALSE(reader.column("title"));
    std::string text;
    CHECK(fault_of([&] { (void)reader.required("barcod"); }, &text) == 65);
    CHECK(text.find("\"barcode\"") != std::string::npos);
    const auto empty = Input::from_memory("", "t.csv");
    CsvReader none(*empty);
    CHECK(none.header().empty());
    CHECK(fault_of([&] { (void)none.required("barcode"); }) == 65);
}

TEST_CASE("what the writer writes the reader reads back", "[csv]") {
    const Folder folder;
    const std::vector<Row> rows{
        {"a", "b"},          {"", ""},       {"x,y", "\"q\""}, {"line\nline", "cr\rcr"},
        {" lead", "trail "}, {"图书", "𠀀"}, {"-5", "+1.5"},   {"a\tb", ";"}};
    for (const bool gb : {false, true}) {
        Output out(folder / "w.csv", Output::Replace::yes);
        CsvWriter writer(out, {.bom = true, .gb18030 = gb});
        for (const auto& row : rows) writer.row({row[0], row[1]});
        out.close();
        CHECK(rows_of(contents(folder / "w.csv"),
                      {.delimiter = ',', .encoding = {}, .has_header = false}) == rows);
    }
    Output one(folder / "one.csv", Output::Replace::no);
    CsvWriter single(one);
    single.row({""});
    single.row({"x"});
    one.close();
    CHECK(contents(folder / "one.csv") == "\"\"\nx\n");
}

TEST_CASE("cells that a spreadsheet would run are neutralised; numbers stay numbers", "[csv]") {
    const Folder folder;
    Output out(folder / "f.csv", Output::Replace::no);
    CsvWriter writer(out);
    for (const std::string cell : {"=1", "=cmd|' /C calc'!A0", "@SUM(A1)", "+1+2", "-1-2", "\tx",
                                   "-x", "＝1", "-5", "+3.5", "-", "-1,000", "a=b"})
        writer.row({cell});
    out.close();
    CHECK(contents(folder / "f.csv") ==
          "\"'=1\"\n\"'=cmd|' /C "
          "calc'!A0\"\n\"'@SUM(A1)\"\n\"'+1+2\"\n\"'-1-2\"\n\"'\tx\"\n\"'-x\"\n\"'＝1\"\n-5\n+3."
          "5\n-\n\"-1,000\"\na=b\n");
}
