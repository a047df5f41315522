// SPDX-License-Identifier: Apache-2.0
#include "base/config.hpp"
#include "base/date.hpp"
#include "base/json.hpp"
#include "base/message.hpp"
#include "base/summary.hpp"
#include "base/table.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"
#include "scratch.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <functional>

using namespace tushu;
using namespace std::chrono_literals;
using test::contents;
using test::fault_of;
using test::Folder;

TEST_CASE("UTF-8: what is well-formed and what is not", "[text]") {
    for (const std::string_view good : {"", "a", "é", "图", "𠀀", "\xED\x9F\xBF", "\xEE\x80\x80",
                                        "\xF4\x8F\xBF\xBF", "\xEF\xBF\xBD"})
        CHECK(is_utf8(good));
    for (const std::string_view bad :
         {"\x80", "\xC0\x80", "\xC1\xAA", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
          "\xF8\x88\x80\x80\x80", "\xE5\x9B", "\xFF", "a\xE5"})
        CHECK_FALSE(is_utf8(bad));
    for (std::size_t pad = 0; pad < 20; ++pad) {  // around the eight-byte steps
        const std::string text = std::string(pad, 'x') + "图" + std::string(pad, 'y');
        CHECK(is_utf8(text));
        CHECK(utf8_prefix(text + "\xE5") == text.size());
    }
    std::string all;
    for (char32_t c = 1; c < 0x110000; c += 17)
        if (c < 0xD800 || c > 0xDFFF) append_utf8(all, c);
    CHECK(is_utf8(all));
    std::size_t at = 0;
    bool is_same = true;
    for (char32_t c = 1; c < 0x110000; c += 17)
        if (c < 0xD800 || c > 0xDFFF) is_same = is_same && next_code_point(all, at) == c;
    CHECK(is_same);
    CHECK(utf8_from_gb18030(gb18030_from_utf8(all)) == all);
}

TEST_CASE("NFKC and NFC", "[text]") {
    CHECK(nfkc("ＩＳＢＮ　７") == "ISBN 7");
    CHECK(nfkc("①㈱ﬁ") == "1(株)fi");
    CHECK(nfkc("e\xCC\x81") == "é");
    CHECK(nfc("e\xCC\x81") == "é");
    CHECK(nfc("Ａ") == "Ａ");
    CHECK(nfkc("神") == "神");  // a compatibility ideograph
    CHECK(nfkc("") == "");
}

TEST_CASE("GB 18030 and other encodings: what does not decode is refused", "[text]") {
    CHECK(utf8_from_gb18030("\xCD\xBC\xCA\xE9") == "图书");
    CHECK(utf8_from_gb18030("") == "");
    CHECK(utf8_from_gb18030("\x95\x32\x82\x36") == "𠀀");
    CHECK_FALSE(utf8_from_gb18030("\xCD"));
    CHECK_FALSE(utf8_from_gb18030("\xFF\xFF"));
    CHECK_FALSE(utf8_from_gb18030("\x95\x32\x82"));
    CHECK(utf8_from("Big5", "\xB9\xCF\xAE\xD1") == "圖書");
    CHECK(utf8_from("KOI8-R", "\xEB\xCE\xC9\xC7\xC1") == "Книга");
    CHECK(fault_of([] { (void)utf8_from("no-such-encoding", "x"); }) == 78);
}

TEST_CASE("a message line shows no byte that could fool a terminal", "[text]") {
    CHECK(printable("图书\n\x1b[31m\x7f") == "图书\\x0A\\x1B[31m\\x7F");
    CHECK(printable("a\xFF\xE5") == "a\\xFF\\xE5");
    CHECK(printable("\xC2\x85") == "\\xC2\\x85");
    CHECK(printable("\xE2\x80\xAE"
                    "gpj.exe") == "\\xE2\\x80\\xAEgpj.exe");  // right-to-left override
    CHECK(printable("abcdef", 3) == "abc...");
    CHECK(printable("abc", 3) == "abc");
    CHECK(is_utf8(printable("图书馆", 4)));
}

TEST_CASE("columns of a terminal", "[text]") {
    CHECK(display_width("abc") == 3);
    CHECK(display_width("图书馆") == 6);
    CHECK(display_width("Ａ，") == 4);
    CHECK(display_width("e\xCC\x81") == 1);
    CHECK(display_width("𠀀") == 2);
    CHECK(display_width("\xE2\x80\x8B") == 0);
    CHECK(display_width("") == 0);
}

TEST_CASE("the nearest word is offered only when it can be meant", "[text]") {
    const std::vector<std::string_view> words{"library", "store", "state", "题名", "馆藏地", "id"};
    CHECK(nearest("libary", words) == "library");
    CHECK(nearest("stor", words) == "store");
    CHECK(nearest("stae", words) == "state");
    CHECK(nearest("馆藏", words) == "馆藏地");
    CHECK(nearest("xy", words) == std::nullopt);
    CHECK(nearest("书号", words) == std::nullopt);  // another word, though its bytes are alike
    CHECK(nearest("circulation", words) == std::nullopt);
    CHECK(nearest("", words) == std::nullopt);
    CHECK(nearest("x", {}) == std::nullopt);
}

TEST_CASE("whole numbers only", "[text]") {
    CHECK(parse_integer("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
    for (const std::string_view bad :
         {"", "-", "+1", " 1", "1 ", "1.0", "0x1", "9223372036854775808", "１"})
        CHECK_FALSE(parse_integer(bad));
}

TEST_CASE("days: real ones only", "[date]") {
    CHECK(text_of(parse_day("2019-12-31").value()) == "2019-12-31");
    CHECK(text_of(parse_day("20240229").value()) == "2024-02-29");
    for (const std::string_view bad :
         {"", "2019-02-29", "2019-13-01", "2019-00-10", "2019-1-1", "2019-1231", "201912-31",
          "2019-12-31 ", "2019/12/31", "19-12-31", "２０１９-12-31"})
        CHECK_FALSE(parse_day(bad));
    CHECK(days_between(parse_day("2019-02-28").value(), parse_day("2020-02-28").value()) == 365);
    CHECK(text_of(plus_days(parse_day("2020-02-28").value(), 2)) == "2020-03-01");
}

TEST_CASE("instants, offsets and the library's zone", "[date]") {
    const auto utc = [](std::string_view text, const std::string& zone = "Asia/Shanghai") {
        const auto instant = parse_instant(text, zone);
        return instant ? text_of(*instant) : std::string("-");
    };
    CHECK(utc("2019-03-01T08:15:00Z") == "2019-03-01T08:15:00Z");
    CHECK(utc("2019-03-01 08:15:00") == "2019-03-01T00:15:00Z");
    CHECK(utc("2019-03-01T08:15") == "2019-03-01T00:15:00Z");
    CHECK(utc("2019-03-01T08:15:00.999+08:00") == "2019-03-01T00:15:00Z");
    CHECK(utc("2019-03-01T00:15:00-0530") == "2019-03-01T05:45:00Z");
    CHECK(utc("2016-12-31T23:59:60Z") == "2017-01-01T00:00:00Z");
    CHECK(utc("1986-06-01 12:00:00") ==
          "1986-06-01T03:00:00Z");  // China's summer time of 1986-1991
    CHECK(utc("1900-01-01 12:00:00") == "1900-01-01T03:54:17Z");  // local mean time
    CHECK(utc("2019-03-31 02:30:00", "Europe/Berlin") ==
          "2019-03-31T01:00:00Z");  // skipped: moved on
    CHECK(utc("2019-10-27 02:30:00", "Europe/Berlin") ==
          "2019-10-27T00:30:00Z");  // twice: the first
    for (const std::string_view bad :
         {"", "2019-03-01", "2019-03-01 24:00:00", "2019-03-01 08:60", "2019-03-01 08",
          "2019-03-01T08:15:00+08", "2019-03-01T08:15:00+99:99", "2019-03-01T08:15:00+08:60",
          "2019-03-01T08:15:00X", "2019-03-01T08:15:00Zx", "2019-02-30 08:15:00",
          "2019-03-01x08:15:00", "2019-03-01 08:15:61", "2019-03-01 08:15:00."})
        CHECK(utc(bad) == "-");
    const Instant late = parse_instant("2019-12-31T16:30:00Z", "UTC").value();
    CHECK(text_of(local_day(late, "Asia/Shanghai")) == "2020-01-01");
    CHECK(text_of(local_day(late, "Europe/Berlin")) == "2019-12-31");
    CHECK(local_text(late, "Asia/Shanghai") == "2020-01-01 00:30:00");
    CHECK(text_of(start_of_day(parse_day("2020-01-01").value(), "Asia/Shanghai")) ==
          "2019-12-31T16:00:00Z");
    CHECK(text_of(local_day(Instant(-1s), "UTC")) == "1969-12-31");
    for (const std::string bad : {"", "Asia/Peking2", "../../etc/passwd", "Shanghai"})
        CHECK(fault_of([&] { check_zone(bad); }) == 78);
}

TEST_CASE("YAML complaints name file, line and column", "[yaml]") {
    const auto complaint = [](std::string_view text, const std::function<void(const Yaml&)>& use) {
        std::string said;
        const auto fault = fault_of([&] { use(Yaml::parse(text, "x.yaml")); }, &said);
        return fault == 78 ? said : "(none) " + said;
    };
    const auto load_only = [](const Yaml&) {};
    CHECK(complaint("a: 1\nb: [1, 2\nc: 3\n", load_only).find("x.yaml: line ") == 0);
    CHECK(complaint("a:\n\t- b\n", load_only).find("x.yaml: line 2") == 0);
    CHECK(complaint("a: *nothing\n", load_only).find("x.yaml: line 1") == 0);
    CHECK(complaint("a: 1\nb: \xFF\n", load_only) == "x.yaml: line 2: is not UTF-8 here | ");
    CHECK(complaint("a: 1\n---\nb: 2\n", load_only).find("x.yaml: ") ==
          0);  // a second document would be lost
    CHECK(complaint(",x", load_only).find("x.yaml: line 1") == 0);  // yaml-cpp's LoadAll hangs
    CHECK(complaint(std::string_view("a: 1\nb\0,: @", 11), load_only) ==
          "x.yaml: line 2: a control byte, which YAML does not allow, stands here | ");
    CHECK(
        complaint("a: 1\nlibary: 2\n", [](const Yaml& y) {
            y.allow({"a", "library"});
        }) == "x.yaml: line 2, column 1: \"libary\" is not known here | did you mean \"library\"?");
    CHECK(complaint("a: 1\nb: 2\na: 3\n", [](const Yaml& y) {
              y.allow({"a", "b"});
          }).find("x.yaml: line 3, column 1") == 0);
    CHECK(complaint("a: 1\na: 3\n", [](const Yaml& y) {
              (void)y.get("a");
          }).find("x.yaml: line 2, column 1") == 0);
    CHECK(complaint("a: one\n", [](const Yaml& y) {
              (void)y.get("a").integer();
          }).find("x.yaml: line 1, column 4") == 0);
    CHECK(complaint("a: yes\n", [](const Yaml& y) {
              (void)y.get("a").boolean();
          }).find("x.yaml: line 1, column 4") == 0);
    CHECK(complaint("a:\n  b: 1\n", [](const Yaml& y) {
              (void)y.get("a").need("c");
          }).find("x.yaml: line 2, column 3: \"c\" is missing") == 0);
    CHECK(complaint("a: [1]\n", [](const Yaml& y) {
              (void)y.get("a").text();
          }).find("x.yaml: line 1, column 4") == 0);
    CHECK(complaint("- 1\n", [](const Yaml& y) { y.allow({"a"}); }).find("x.yaml: line 1") == 0);
    CHECK(complaint(std::string(20'000, '['), load_only).find("x.yaml: ") == 0);
    const Yaml y = Yaml::parse(
        "\xEF\xBB\xBF"
        "a: no\nb: ~\nc:\nd: [x, 图]\ne: 0755\nf: \"\"\n",
        "x.yaml");
    CHECK(y.get("a").text() == "no");  // the Norway trap
    CHECK(y.get("b").is_absent());
    CHECK(y.get("c").is_absent());
    CHECK(y.get("d").texts() == std::vector<std::string>{"x", "图"});
    CHECK(y.get("e").text() == "0755");
    CHECK(y.get("f").text().empty());
    CHECK(y.get("z").get("deep").texts().empty());
    CHECK(Yaml::parse("", "x").is_absent());
}

TEST_CASE("the configuration: its paths, its secrets, its complaints", "[config]") {
    const Folder folder;
    const auto load = [&](const std::string& text) {
        return Config::load(folder.file("tushu.yaml", text));
    };
    CHECK(load("").zone == "Asia/Shanghai");
    CHECK(load("store: a.db\n").store == folder / "a.db");
    CHECK(load("store: sqlite:a.db\n").store == "sqlite:" + (folder / "a.db"));
    CHECK(load("store: /x/a.db\n").store == "/x/a.db");
    CHECK(load("store: sqlite:/x/a.db\n").store == "sqlite:/x/a.db");
    CHECK(load("store: postgresql://h/d\n").store == "postgresql://h/d");
    CHECK(load("busy_seconds: 0\n").busy_seconds == 0);
    for (const std::string bad :
         {"busy_seconds: -1\n", "busy_seconds: 1e9\n", "library: {zone: Mars/Base}\n",
          "language: fr\n", "library: x\n", "stor: x\n"})
        CHECK(fault_of([&] { load(bad); }) == 78);
    const auto none = [](const std::string&) { return std::optional<std::string>(); };
    std::string text;
    const std::string key = folder.file("key", "  s3cret \n");
    REQUIRE(::chmod(key.c_str(), 0600) == 0);
    CHECK(resolve_secret("file:" + key, none) == "s3cret");
    CHECK(resolve_secret(
              "env:K", [](const std::string&) { return std::optional<std::string>("v"); }) == "v");
    REQUIRE(::chmod(key.c_str(), 0640) == 0);
    CHECK(fault_of([&] { (void)resolve_secret("file:" + key, none); }, &text) == 78);
    CHECK(text.find("s3cret") == std::string::npos);
    CHECK(fault_of([&] { (void)resolve_secret("s3cret", none); }, &text) == 78);
    CHECK(text.find("s3cret") == std::string::npos);
    CHECK(fault_of([&] { (void)resolve_secret("env:ABSENT", none); }) == 78);
}

TEST_CASE("a table on a terminal is aligned, Chinese counting two", "[table]") {
    Table table{"t",
                msg("missing"),
                {{"a", verbatim("馆"), ColumnKind::text},
                 {"n", verbatim("n"), ColumnKind::integer},
                 {"s", verbatim("s"), ColumnKind::share}},
                {},
                {verbatim("note")},
                {}};
    table.rows.push_back({std::string("图书馆"), std::int64_t{5}, Share{1, 3}});
    table.rows.push_back({std::string("ab"), std::int64_t{-12345}, Share{1, 0}});
    table.rows.push_back({std::string("x\ny"), Mark::missing, Share{-1, 2000}});
    CHECK(table_text(table, Lang::en) ==
          "missing\n\n"
          "馆            n       s\n"
          "------  -------  ------\n"
          "图书馆        5  33.3 %\n"
          "ab       -12345     n/a\n"
          "x\\x0Ay  missing  -0.1 %\n"
          "\nnote\n");
    table.rows.push_back({std::string("too short")});
    CHECK(fault_of([&] { (void)table_text(table, Lang::en); }) == 70);
    CHECK(fault_of([&] { (void)table_json(table, Lang::en); }) == 70);
}

TEST_CASE("shares are exact and rounded half up", "[table]") {
    const auto shown = [](std::int64_t part, std::int64_t whole) {
        return cell_data(Cell(Share{part, whole}), Lang::en);
    };
    CHECK(shown(1, 2) == "50.0");
    CHECK(shown(2, 3) == "66.7");
    CHECK(shown(1, 2000) == "0.1");
    CHECK(shown(1, 2001) == "0.0");
    CHECK(shown(-1, 2001) == "0.0");
    CHECK(shown(0, 5) == "0.0");
    CHECK(shown(5, 0) == "n/a");
    CHECK(shown(3, 2) == "150.0");
    CHECK(shown(9'000'000'000'000'000, 9'000'000'000'000'000) == "100.0");
    CHECK(shown(5'500'000'000'000'000, 9'000'000'000'000'000) == "61.1");
}

TEST_CASE("JSON stays JSON whatever the text holds", "[json]") {
    std::string out;
    append_json_string(out, std::string("\"\\\n\r\t\0\x1f图\xFF\xE5\x9B", 13));
    CHECK(out == "\"\\\"\\\\\\n\\r\\t\\u0000\\u001f图\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
    JsonWriter json;
    json.begin_object();
    json.member("a", std::int64_t{1});
    json.key("b");
    json.begin_array();
    json.end_array();
    json.key("c");
    json.begin_array();
    json.value(true);
    json.null();
    json.end_array();
    json.end_object();
    CHECK(json.take() == "{\n  \"a\": 1,\n  \"b\": [],\n  \"c\": [\n    true,\n    null\n  ]\n}\n");
}

TEST_CASE("a summary whose counts do not add up is a bug, not a success", "[summary]") {
    Summary summary;
    summary.count("records_in", 5);
    summary.count("records_out", 3);
    summary.reject("bad");
    summary.must_add_up("records_in", {"records_out", "rejects"});
    std::string text;
    CHECK(fault_of([&] { summary.check(); }, &text) == 70);
    CHECK(text.find("records_in is 5") != std::string::npos);
    summary.reject("worse");
    summary.check();
}

TEST_CASE("hashes have the values of their standards", "[hash]") {
    CHECK(sha256_hex("abc") ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-4, B.1
    CHECK(hmac_sha256_hex("Jefe", "what do ya want for nothing?") ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");  // RFC 4231, 4.3
    CHECK(hash64("a") != hash64(std::string("a\0", 2)));
    CHECK(hash64("") != hash64(std::string(1, '\0')));
}

TEST_CASE("an empty message is an empty text in every language", "[message]") {
    CHECK(tushu::Message().text(tushu::Lang::zh).empty());
    CHECK(tushu::Message().text(tushu::Lang::en).empty());
}

TEST_CASE("escapes in YAML give whole characters", "[yaml]") {
    const Yaml yaml = Yaml::parse(R"({a: "é\_\N\xE9\u4E2D\\_", "\_": b})", "x.yaml");
    CHECK(yaml.entries().at(0).second.text() == "é\u00A0\xC2\x85é中\\_");
    CHECK(yaml.entries().at(1).first == "\u00A0");
}
