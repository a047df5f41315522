// SPDX-License-Identifier: Apache-2.0
#include "library.hpp"

#include "base/text.hpp"
#include "inventory/barcode.hpp"
#include "inventory/rfid.hpp"
#include "inventory/session.hpp"

#include <catch2/catch.hpp>

using namespace tushu;
using namespace tushu::inventory;

TEST_CASE("Barcodes compare without blanks, width and case, and leading zeros count",
          "[inventory]") {
    std::string scratch;
    CHECK(normal_barcode(" 3 0234\t000517861\r", scratch) == "30234000517861");
    CHECK(normal_barcode("ｄ０２８２５９", scratch) == "D028259");
    CHECK(normal_barcode("\xEF\xBB\xBF"
                         "42",
                         scratch) == "42");
    CHECK(code_of("0042") != code_of("42"));
    CHECK(digits_of(code_of("0042")) == "0042");
    CHECK(code_of("") == kNoCode);
    CHECK_FALSE(is_hashed(code_of("123456789012345678")));
    CHECK(is_hashed(code_of("1234567890123456789")));
    CHECK(is_hashed(code_of("B002")));
}

TEST_CASE("An anchor holds until the next one, which says that its shelf is complete",
          "[inventory]") {
    const auto log = scans_of({"1\n#LOC A\n#SHELF A-1\n2\n3\n#SHELF A-2\n4\n"});
    REQUIRE(log.segments.size() == 3);
    CHECK(log.segments[0].anchor().empty());
    CHECK(log.segments[1].anchor() == "A-1");
    CHECK(log.segments[1].is_complete);
    CHECK_FALSE(log.segments[1].is_ended);
    CHECK(log.segments[2].anchor() == "A-2");
    CHECK_FALSE(log.segments[2].is_complete);  // the file may have been cut
    CHECK(log.scans[2].line == 5);
    CHECK(log.scans[2].segment == 1);
}

TEST_CASE("An empty shelf is a claim when it is ended, and none when only the next label follows",
          "[inventory]") {
    const auto log = scans_of({"#LOC A\n#SHELF A-1\n#END\n#SHELF A-2\n#SHELF A-3\n5\n#END\n"});
    REQUIRE(log.segments.size() == 2);
    CHECK(log.segments[0].anchor() == "A-1");
    CHECK(log.segments[0].is_ended);
    CHECK(log.segments[0].first == log.segments[0].end);
    CHECK(log.segments[1].anchor() == "A-3");
}

TEST_CASE("Directives that describe do not end a shelf's anchor; unknown ones are told",
          "[inventory]") {
    std::vector<ScanFault> faults;
    const auto log = scans_of({"#LOC A\n#SHELF A-1\n1\n#OPERATOR 王\n#DATE 2019-10-14\n#PASS "
                               "2\n2\n#SHLF B\n# a remark\n#UNDO\n3\n#END\n"},
                              {}, &faults);
    REQUIRE(log.segments.size() == 2);
    CHECK(log.segments[1].anchor() == "A-1");
    CHECK(log.segments[1].operator_name == "王");
    CHECK(log.segments[1].pass == 2);
    CHECK(text_of(*log.segments[1].day) == "2019-10-14");
    REQUIRE(log.scans.size() == 2);
    CHECK(log.code_text(log.scans[1]) == "3");
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].code == "bad_directive");
    CHECK(faults[0].line == 8);
}

TEST_CASE("Line ends, separators, GB 18030 and damaged bytes are read as people meant them",
          "[inventory]") {
    CHECK(scans_of({"1\r\n2\r\n3"}).scans.size() == 3);
    CHECK(scans_of({"1\r2\r3\r"}).scans.size() == 3);
    CHECK(scans_of({"1 2\t3,4;5\n"}).scans.size() == 5);
    const auto gbk = scans_of({"#LOC \xBB\xF9\xB2\xD8\n1\n"});
    CHECK(gbk.segments[0].location == "基藏");
    const auto damaged = scans_of({"12\xFF\xFF\x01\n"});
    REQUIRE(damaged.scans.size() == 1);
    CHECK(damaged.scans[0].kind == Scan::Kind::damaged);
    const auto unlabelled = scans_of({"NOBARCODE 红楼梦 下册\n"});
    CHECK(unlabelled.scans[0].kind == Scan::Kind::no_label);
    CHECK(unlabelled.text_of(unlabelled.scans[0]) == "红楼梦 下册");
}

TEST_CASE("Forms of scanner files are found out from what stands in the columns", "[inventory]") {
    CHECK(detect_format("30100001\n30100002\n").text() == "codes");
    CHECK(detect_format("30100001,30100002\n30100003,30100004\n").text() == "codes");
    CHECK(detect_format("30100001,1,20191014,081500\n30100002,1,20191014,081502\n").text() ==
          "columns:barcode,quantity,day,time");
    CHECK(detect_format("081500\t20191014\t30100001\n081502\t20191014\t30100002\n").text() ==
          "columns:time,day,barcode:tab");
    CHECK(detect_format("条码,数量,日期\n1,1,2019-10-14\n").text() ==
          "columns:barcode,quantity,day:header");
    CHECK(detect_format("#LOC A\nA-1,30100001,1\nA-1,30100002,1\nA-1,30100003,1\nA-1,30100004,1\n")
              .text() == "columns:location,barcode,quantity");
    for (const char* const text :
         {"codes", "columns:barcode,-,time:tab", "counts:shelf,quantity:header"})
        CHECK(ScanFormat::from(text)->text() == text);
    CHECK_FALSE(ScanFormat::from("columns:quantity"));
    CHECK_FALSE(ScanFormat::from("columns:barcode:x"));
}

TEST_CASE("Columns by position, UTF-16, and headings in GBK are read", "[inventory]") {
    const auto fixed = *ScanFormat::from("fixed:barcode=3-10,quantity=11-14,day=15-22");
    CHECK(fixed.text() == "fixed:barcode=3-10,quantity=11-14,day=15-22");
    const auto log = scans_of({"  30100001   220191014\r\n  30100002   120191015\n"}, fixed);
    REQUIRE(log.scans.size() == 2);
    CHECK(log.code_text(log.scans[0]) == "30100001");
    CHECK(log.scans[0].quantity == 2);
    CHECK(text_of(*log.segments.back().day) == "2019-10-15");
    for (const char* const bad :
         {"fixed:barcode", "fixed:barcode=0-3", "fixed:barcode=5-3", "fixed:quantity=1-3"})
        CHECK_FALSE(ScanFormat::from(bad));

    using namespace std::string_literals;
    const std::string little = "\xFF\xFE#\0L\0O\0C\0 \0\xFA\x57\n\0001\0\r\0\n\0"s;  // #LOC 基
    CHECK(detect_format(little).text() == "codes");
    const auto wide = scans_of({little});
    REQUIRE(wide.scans.size() == 1);
    CHECK(wide.segments[0].location == "基");
    CHECK(detect_format("\xCC\xF5\xC2\xEB,\xCA\xFD\xC1\xBF\n1,2\n").text() ==
          "columns:barcode,quantity:header");  // 条码,数量
}

TEST_CASE("A shelf label may hold its range of call numbers, and may be scanned like a book",
          "[inventory]") {
    const auto log = scans_of(
        {"#LOC A\n#SHELF K20/1～K21/9`\n1\n#SHELF A-2\n#RANGE K22~\n2\n#SHELF A-3\n3\n#END\n"});
    REQUIRE(log.segments.size() == 3);
    CHECK(log.segments[0].range_from == "K20/1");
    CHECK(log.segments[0].range_to == "K21/9");
    CHECK(log.segments[0].range_excludes_to);
    CHECK_FALSE(log.segments[0].range_excludes_from);
    CHECK(log.segments[1].shelf == "A-2");
    CHECK(log.segments[1].range_from == "K22");
    CHECK(log.segments[1].range_to.empty());
    CHECK(log.segments[2].range_from.empty());  // the next label ends it

    CodePattern label;
    label.from = "0101";
    label.to = "0999";
    const std::vector<CodePattern> labels{label};
    ScanDefaults defaults;
    defaults.location = "A";
    defaults.shelf_labels = &labels;
    ScanLog scanned;
    scanned.files.push_back({"f", "", 0});
    std::vector<ScanFault> faults;
    read_scans(scanned, *Input::from_memory("0101\n31010000000001\n0102\n31010000000002\n", "f"),
               {}, defaults, faults);
    REQUIRE(scanned.segments.size() == 2);
    CHECK(scanned.segments[0].shelf == "0101");
    CHECK(scanned.segments[0].is_complete);
    CHECK(scanned.scans.size() == 2);
}

TEST_CASE("A long pause ends an anchor, unless the place stands on every line", "[inventory]") {
    ScanDefaults defaults;
    defaults.gap_minutes = 30;
    const auto read = [&defaults](const char* text, const char* form) {
        std::pair<ScanLog, std::vector<ScanFault>> out;
        out.first.files.push_back({"f", "", 0});
        read_scans(out.first, *Input::from_memory(text, "f"), *ScanFormat::from(form), defaults,
                   out.second);
        return out;
    };
    const auto [log, faults] = read(
        "#LOC A\n#SHELF A-1\n1,20191014,0900\n2,20191014,0929\n3,20191014,1000\n#SHELF A-2\n"
        "4,20191014,1200\n",
        "columns:barcode,day,time");
    REQUIRE(log.segments.size() == 3);
    CHECK(log.segments[0].anchor() == "A-1");
    CHECK_FALSE(log.segments[0].is_complete);  // who knows what else stood there
    CHECK(log.segments[1].anchor().empty());
    CHECK(log.segments[1].first == 2);
    CHECK(log.segments[2].anchor() == "A-2");  // a new label, so the pause does no harm
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].code == "long_gap");
    CHECK(faults[0].line == 5);
    const auto [placed, none] =
        read("A-1,1,20191014,0900\nA-1,2,20191014,1200\n", "columns:shelf,barcode,day,time");
    CHECK(placed.segments.size() == 1);
    CHECK(none.empty());
}

TEST_CASE("A last line that was cut off is told", "[inventory]") {
    std::vector<ScanFault> faults;
    (void)scans_of({"30100001\n30100002\n301\n30100003\n3010"}, {}, &faults);
    CHECK(faults.empty());  // shorter codes were seen before
    (void)scans_of({"30100001\n30100002\n3010"}, {}, &faults);
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].code == "cut_line");
    CHECK(faults[0].line == 3);
}

TEST_CASE("Reads of RFID tags become one scan a tag, with what its memory says", "[inventory]") {
    const auto objects = [](const char* id) {
        TagBytes bytes = encode_object(tag_object(kPrimaryItem, id), Align::no);
        const auto set = encode_object(tag_object(kSetInformation, "21"), Align::no);
        bytes.insert(bytes.end(), set.begin(), set.end());
        return hex_of(bytes);
    };
    const std::string fixed = hex_of(encode_fixed({1, 1, 1, 1, "31010000000003", "CN", "110001"}));
    EpcPayload payload;
    payload.id = "ABC000001";
    payload.is_on_loan = true;
    const std::string text =
        "uid,epc,user,pii,timestamp,afi,eas,rssi,ant\n"
        "E004,," +
        objects("31010000000001") +
        ",,2019-10-14 08:15:02.5,07,1,-61,1\n"
        "E0:05,," +
        fixed +
        ",31010000000009,2019-10-14 08:15:01,C2,0,-50,1\n"
        "E004,,,,2019-10-14 08:15:00,07,1,-40,2\n"
        "E006,,FFFF,,2019-10-14 08:15:09,,,,1\n"
        "E006,,FFFF,,2019-10-14 08:15:10,,,,1\n"
        "E007,,,,2019-10-14 08:15:11,,,,1\n"
        "," +
        hex_of(encode_epc(payload)) + ",,,2019-10-14 08:15:12,,,,1\n";
    const auto format = detect_format(text);
    CHECK(format.text() == "tags:uid,epc,payload,barcode,day,afi,eas,rssi,antenna:header");
    std::vector<ScanFault> faults;
    const auto log = scans_of({"#LOC A\n#SHELF A-1\n" + text, text}, format, &faults);
    // The headings stand behind the directives in the first file.
    REQUIRE(log.scans.size() == 10);
    CHECK(log.segments[0].anchor() == "A-1");
    CHECK(log.segments[0].is_unordered);
    const TagRead* const first = log.tag_of(log.scans[0]);
    REQUIRE(first != nullptr);
    CHECK(log.code_text(log.scans[0]) == "31010000000001");
    CHECK(first->reads == 2);
    CHECK(first->first_seconds == 8 * 3600 + 15 * 60);
    CHECK(first->last_seconds == 8 * 3600 + 15 * 60 + 2);
    CHECK(first->rssi == -40);
    CHECK(first->afi == 0x07);
    CHECK(first->eas == true);
    CHECK(first->parts == 2);
    CHECK(first->part == 1);
    CHECK_FALSE(first->contradicts_label());
    const TagRead* const other = log.tag_of(log.scans[1]);
    REQUIRE(other != nullptr);
    CHECK(log.code_text(log.scans[1]) == "31010000000009");  // what the label says
    CHECK(other->primary == "31010000000003");
    CHECK(other->uid == "E005");
    CHECK(other->contradicts_label());
    CHECK(tag_fault(true, other->afi, other->eas) == TagFault::none);
    CHECK(log.scans[2].kind == Scan::Kind::damaged);
    CHECK(log.scans[3].kind == Scan::Kind::damaged);
    CHECK(log.code_text(log.scans[4]) == "ABC000001");
    CHECK(log.tag_of(log.scans[4])->is_on_loan == true);
    CHECK(log.tag_of(log.scans[9])->file == 1);
    // Per file: one tag whose memory is none (both its reads), one whose barcode nobody has read.
    REQUIRE(faults.size() == 6);
    CHECK(faults[0].code == "bad_tag");
    CHECK(faults[0].text == "FFFF");
    CHECK(faults[0].line == 7);
    CHECK(faults[2].code == "unknown_uid");
    CHECK(faults[2].text == "E007");
}

TEST_CASE("A tag once read in full is known by its UID, and a peak time gives the order",
          "[inventory]") {
    const auto id = hex_of(encode_object(tag_object(kPrimaryItem, "31010000000001"), Align::no));
    const std::string jsonl = R"({"uid": "E001", "user": ")" + id + R"(", "reads": 3}
[{"uid": "E002", "pii": "31010000000002", "peak": "08:00:01"},
{"uid": "E001", "timestamp": "2019-10-15T08:00:00Z", "eas": false, "rssi": -55}]
not json
)";
    CHECK(detect_format(jsonl).text() == "jsonl");
    std::vector<ScanFault> faults;
    const auto log =
        scans_of({jsonl, "{\"uid\": \"e0 01\"}\n"}, *ScanFormat::from("jsonl"), &faults);
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].code == "bad_line");
    CHECK(log.code_text(log.scans.back()) == "31010000000001");
    CHECK(log.tag_of(log.scans[0])->reads == 3);

    const auto ordered = scans_of({"E001,1,080005\nE002,2,080003\nE003,3,080004\n"},
                                  *ScanFormat::from("tags:uid,barcode,peak"));
    REQUIRE(ordered.scans.size() == 3);
    CHECK_FALSE(ordered.segments[0].is_unordered);
    CHECK(ordered.code_text(ordered.scans[0]) == "2");
    CHECK(ordered.code_text(ordered.scans[2]) == "1");
    CHECK(ordered.tag_of(ordered.scans[2])->uid == "E001");
}

TEST_CASE("A location column is an anchor where it changes; days and times stay with the scans",
          "[inventory]") {
    const auto format = *ScanFormat::from("columns:location,barcode,day,time");
    const auto log =
        scans_of({"A,1,20191014,0815\nA,2,20191014,081501\nB,3,20191015,0700\n"}, format);
    REQUIRE(log.segments.size() == 2);
    CHECK(log.segments[0].location == "A");
    CHECK(log.segments[0].is_complete);
    CHECK(text_of(*log.segments[1].day) == "2019-10-15");
    CHECK(log.scans[1].seconds == 8 * 3600 + 15 * 60 + 1);
}

TEST_CASE("A session takes a file once, whatever it is called", "[inventory]") {
    const Folder folder;
    const auto path = [&](const char* name) { return (folder.path / name).string(); };
    save_file(path("one.txt"), "#LOC A\n1\n2\n#END\n");
    save_file(path("two.txt"), "#LOC A\n1\n2\n#END\n");
    auto session = Session::open_or_create(path("s"), "");
    const auto add = [&](const char* name) {
        const auto input = Input::open(path(name), Input::Digest::sha256);
        return session.add(*input, {}, {}, "2019-10-14T00:00:00Z");
    };
    CHECK_FALSE(add("one.txt").is_repeat);
    CHECK(add("two.txt").is_repeat);
    const auto again = Session::open(path("s"));
    CHECK(again.name() == "s");
    REQUIRE(again.files().size() == 1);
    CHECK(again.files()[0].scans == 2);
    CHECK(again.load().scans.size() == 2);
    CHECK_THROWS_AS(Session::open(path("none")), Error);
    CHECK_THROWS_AS(Session::open_or_create(path("s"), "another name"), Error);
}

TEST_CASE("A session that was never finished goes on; one that lost its journal says so",
          "[inventory]") {
    const Folder folder;
    const auto path = [&](const char* name) { return (folder.path / name).string(); };
    save_file(path("one.txt"), "#LOC A\n1\n2\n#END\n");
    const auto add = [&] {
        const auto input = Input::open(path("one.txt"), Input::Digest::sha256);
        return Session::open_or_create(path("s"), "").add(*input, {}, {}, "2019-10-14T00:00:00Z");
    };
    Session::open_or_create(path("s"), "");
    std::filesystem::remove(path("s/journal.csv"));  // what older versions left when they broke off
    CHECK(Session::open(path("s")).files().empty());
    CHECK_FALSE(add().is_repeat);
    std::filesystem::remove(path("s/session.yaml"));
    CHECK(add().is_repeat);  // the journal is kept
    std::filesystem::remove(path("s/journal.csv"));
    for (const bool has_settings : {true, false}) {
        if (!has_settings) std::filesystem::remove(path("s/session.yaml"));
        try {
            add();
            FAIL("files without a journal are not to be forgotten");
        } catch (const Error& e) {
            CHECK(e.fault() == Fault::no_input);
            CHECK(std::string(e.what()).find("journal.csv: is missing") != std::string::npos);
            CHECK_FALSE(e.hint().empty());
        }
    }
}

TEST_CASE("A file that was changed inside the session is refused by name", "[inventory]") {
    const Folder folder;
    const auto path = [&](const std::string& name) { return (folder.path / name).string(); };
    const std::string text = "#LOC A\n1\n2\n#END\n",
                      labels = "shelves:\n  - {from: '0101', to: '0999'}\n";
    save_file(path("one.txt"), text);
    auto session = Session::open_or_create(path("s"), "");
    const auto input = Input::open(path("one.txt"), Input::Digest::sha256);
    session.add(*input, {}, {}, "2019-10-14T00:00:00Z", labels);
    const auto load = [&] { return Session::open(path("s")).load().scans.size(); };
    REQUIRE(load() == 2);
    const std::string stored = "s/files/0001-" + sha256_hex(text).substr(0, 16) + ".txt";
    const std::string rules = "s/codes-" + sha256_hex(labels).substr(0, 16) + ".yaml";
    for (const auto& [file, before, after] :
         {std::tuple{stored, text, std::string("#LOC A\n1\n3\n#END\n")},
          std::tuple{rules, labels, std::string("shelves:\n  - {from: '0101', to: '0998'}\n")}}) {
        save_file(path(file), after);
        try {
            (void)load();
            FAIL(file << " was changed");
        } catch (const Error& e) {
            CHECK(e.fault() == Fault::bad_input);
            CHECK(std::string(e.what()) ==
                  path(file) + ": was changed after it was added to the session");
        }
        save_file(path(file), before);
        CHECK(load() == 2);
    }
    // Sessions of earlier versions do not know what they stored.
    std::string journal = load_file(path("s/journal.csv"));
    for (const std::string& last : {std::string(",stored"), "," + sha256_hex(text)}) {
        const auto at = journal.rfind(last);
        REQUIRE(at != std::string::npos);
        journal.erase(at, last.size());
    }
    save_file(path("s/journal.csv"), journal);
    save_file(path(stored), "#LOC A\n1\n3\n4\n#END\n");
    CHECK(load() == 3);
}

TEST_CASE("A snapshot finds every barcode and keeps walking order, whatever the order of the file",
          "[inventory]") {
    const Folder folder;
    const std::string one = kHead +
                            "X1,A,K21/3,on_shelf\n007,B,K20/1,on_loan\nX2,A,K20/12,on_shelf\n 7 "
                            ",A,K20/2,missing\n,A,K20/2,on_shelf\n";
    const auto s = snapshot_of(folder, one);
    REQUIRE(s.rows() == 5);
    const auto row = [&](const char* code) {
        const auto rows = s.find(code_of(code), code);
        REQUIRE(rows.size() == 1);
        return rows[0];
    };
    CHECK(row("7") < row("X2"));  // K20/2 before K20/12
    CHECK(row("X2") < row("X1"));
    CHECK(row("X1") < row("007"));  // location A before B
    CHECK(s.status(row("007")) == Status::on_loan);
    CHECK(s.barcode(row("007")) == "007");
    CHECK(s.has_blanks(row("7")));
    CHECK(s.text(row("X1"), Text::call_number) == "K21/3");
    CHECK(s.find(code_of("8"), "8").empty());
    CHECK(s.find(code_of("X3"), "X3").empty());
    CHECK(s.find(kNoCode, "").empty());

    const std::string other =
        kHead +
        ",A,K20/2,on_shelf\n 7 "
        ",A,K20/2,missing\n007,B,K20/1,on_loan\nX2,A,K20/12,on_shelf\nX1,A,K21/3,on_shelf\n";
    const auto t = snapshot_of(folder, other, {}, "b.snap");
    CHECK(load_file((folder.path / "a.snap").string()) ==
          load_file((folder.path / "b.snap").string()));
}

TEST_CASE("A snapshot that is cut, damaged or none at all is refused", "[inventory]") {
    const Folder folder;
    (void)snapshot_of(folder, kHead + stack("A", "JC1", 20));
    const std::string bytes = load_file((folder.path / "a.snap").string());
    const auto refused = [&](const std::string& text) {
        save_file((folder.path / "bad.snap").string(), text);
        try {
            (void)Snapshot::open((folder.path / "bad.snap").string());
            return false;
        } catch (const Error& e) {
            return e.fault() == Fault::bad_input;
        }
    };
    CHECK(refused(bytes.substr(0, bytes.size() - 1)));
    CHECK(refused(bytes.substr(0, 20)));
    CHECK(refused("barcode,location\n" + std::string(400, 'x')));
    std::string version = bytes;
    version[8] = 99;
    CHECK(refused(version));
    // Whatever byte is wrong (padding aside, which nobody reads): open() says so, or the first look
    // at the texts does.
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        std::string flipped = bytes;
        flipped[at] = static_cast<char>(flipped[at] ^ 0x5A);
        save_file((folder.path / "bad.snap").string(), flipped);
        bool is_refused = false;
        try {
            const auto s = Snapshot::open((folder.path / "bad.snap").string());
            for (std::uint32_t row = 0; row < s.rows(); ++row) (void)s.text(row, Text::call_number);
        } catch (const Error& e) {
            CHECK(e.fault() == Fault::bad_input);
            is_refused = true;
        }
        INFO("byte " << at);
        CHECK((is_refused || bytes[at] == '\0'));
    }
}
