// SPDX-License-Identifier: Apache-2.0
#include "../store/test_store.hpp"
#include "base/csv.hpp"
#include "base/text.hpp"
#include "catalog/bibs.hpp"
#include "catalog/export.hpp"
#include "catalog/extract.hpp"
#include "catalog/items.hpp"
#include "catalog/pack.hpp"
#include "catalog/show.hpp"
#include "catalog/tables.hpp"
#include "marc/isbn.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iostream>

using namespace tushu;
namespace fs = std::filesystem;

namespace {

class Folder {
  public:
    Folder() {
        static int count = 0;
        path_ = fs::temp_directory_path() /
                ("tushu-catalog-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
        fs::create_directory(path_);
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string file(const std::string& name, const std::string& bytes) const {
        const std::string path = (path_ / name).string();
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }
    std::string path(const std::string& name) const { return (path_ / name).string(); }

  private:
    fs::path path_;
};

marc::Record record21(const std::string& number, const std::string& title,
                      const std::string& entered = "190301", char status = 'c') {
    marc::Record record;
    record.set_leader(std::string("00000") + status + "am a2200000 a 4500");
    if (!number.empty()) record.add_control("001", number);
    record.add_control("008", entered + "s2019    enk           000 0 eng d");
    record.add_data("020", ' ', ' ', {{'a', "0306406152 (pbk.)"}});
    record.add_data("100", '1', ' ', {{'a', "Knuth, Donald E.,"}, {'d', "1938-"}});
    record.add_data("245", '1', '0', {{'a', title + " :"}, {'b', "a test /"}, {'c', "D. Knuth."}});
    return record;
}

marc::Record record_cn(const std::string& number, const std::string& title,
                       const std::string& leader = "00000nam0 2200000   450 ") {
    marc::Record record;
    record.set_leader(leader);
    if (!number.empty()) record.add_control("001", number);
    record.add_data("010", ' ', ' ',
                    {{'a', "７－１１８－０１９８４－４／ＴＰ·３０６"}, {'d', "CNY12.00"}});
    record.add_data("100", ' ', ' ', {{'a', "20190304d2018    em y0chiy50      ea"}});
    record.add_data("101", '0', ' ', {{'a', "chi"}});
    record.add_data(
        "200", '1', ' ',
        {{'a', title}, {'b', "专著"}, {'h', "第二卷"}, {'i', "古代"}, {'f', "张三[等]著"}});
    record.add_data("690", ' ', ' ', {{'a', "TP306"}, {'v', "5"}});
    record.add_data("701", ' ', '0', {{'a', "张三"}, {'4', "著"}});
    record.add_data("801", ' ', '0', {{'a', "CN"}, {'b', "NLC"}, {'c', "20190304"}});
    return record;
}

std::string iso(const marc::Record& record) {
    std::string out;
    marc::append_iso2709(out, record);
    return out;
}

/// What a load said while it ran.
struct Said {
    std::vector<std::string> rejects, warnings;  // "code key"
    std::string raw;
    int kill_at = 0;
    catalog::LoadEvents events() {
        return {[](const std::string& path) { return Input::open(path, Input::Digest::sha256); },
                [this](std::string_view code, const Error&, std::string_view bytes,
                       std::string_view key) {
                    rejects.push_back(std::string(code) + " " + std::string(key));
                    raw += bytes;
                },
                [this](std::string_view code, const Where&, const Message&) {
                    warnings.emplace_back(code);
                },
                [this](Input&, std::uint64_t n) {
                    if (kill_at != 0 && n == static_cast<std::uint64_t>(kill_at))
                        std::raise(SIGKILL);
                },
                [](Input&) {}};
    }
};

catalog::LoadOptions options(const std::string& source) {
    catalog::LoadOptions out;
    out.source = source;
    out.now = "2020-01-01T00:00:00Z";
    return out;
}

std::string counted(const catalog::LoadCounts& counts) {
    CHECK(counts.records_in ==
          counts.created + counts.changed + counts.unchanged + counts.repeated + counts.rejects);
    return std::to_string(counts.records_in) + " in " + std::to_string(counts.created) + " new " +
           std::to_string(counts.changed) + " changed " + std::to_string(counts.unchanged) +
           " same " + std::to_string(counts.repeated) + " repeated " +
           std::to_string(counts.rejects) + " refused " + std::to_string(counts.vanished) +
           " vanished";
}

std::string load(store::Store& store, const std::vector<std::string>& files,
                 const catalog::LoadOptions& chosen, Said& said) {
    std::string out;
    for (const auto& file : catalog::load_bibs(store, files, chosen, said.events())) {
        if (!out.empty()) out += "; ";
        out += file.is_repeat ? "repeat" : counted(file.counts);
    }
    return out;
}
std::string load(store::Store& store, const std::string& file,
                 const catalog::LoadOptions& chosen = options("a")) {
    Said said;
    return load(store, std::vector<std::string>{file}, chosen, said);
}

std::string query(store::Store& store, const std::string& sql, int columns) {
    std::string out;
    store::Rows rows = store.query(sql);
    while (rows.next()) {
        if (!out.empty()) out += " / ";
        for (int i = 0; i < columns; ++i) out += (i == 0 ? "" : "|") + std::string(rows.text(i));
    }
    return out;
}

/// Everything that loads leave behind, to compare stores with.
std::string whole_state(store::Store& store) {
    std::string out;
    for (const auto& [sql, columns] : std::vector<std::pair<std::string, int>>{
             {"SELECT control_number, source, hash, state, first_load, last_load, title FROM bib "
              "ORDER BY "
              "control_number, source",
              7},
             {"SELECT barcode, source, hash, state, first_load, last_load, status_class FROM item "
              "ORDER "
              "BY barcode, source",
              7},
             {"SELECT id, kind, source, file, sha256, profile, row_count, reject_count FROM load "
              "ORDER BY id",
              8},
             {"SELECT load_id, records_in, created, changed, unchanged, repeated, rejects, "
              "vanished FROM "
              "catalog_load ORDER BY load_id",
              8},
             {"SELECT load_id, code, n FROM catalog_fault ORDER BY load_id, code", 3},
             {"SELECT origin, measure, day, category, n FROM daily_count ORDER BY origin, measure, "
              "day, "
              "category",
              5}})
        out += query(store, sql, columns) + "\n";
    return out;
}

std::string table_csv(store::Store& store, const std::string& name) {
    Folder folder;
    for (const Table& table : catalog::tables(store)) {
        if (table.name != name) continue;
        Output out(folder.path("t.csv"), Output::Replace::yes);
        write_table_csv(table, Lang::en, out);
        out.close();
        return load_file(folder.path("t.csv"));
    }
    return "no such table";
}

const std::string kProfile =
    "columns: {barcode: 条码, bib: 书目号, location: 馆藏地, call_number: 索书号, scheme: 分类法, "
    "status: 状态, volume: 卷册, copy: 复本, updated: 更新日期}\n"
    "status: {在架: on_shelf, 借出: on_loan, 运送中: in_transit, 装订: off_shelf, 丢失: missing, "
    "剔除: "
    "withdrawn}\n";
const std::string kHeader = "条码,书目号,馆藏地,索书号,分类法,状态,卷册,复本,更新日期\r\n";

catalog::ItemProfile profile(const Folder& folder, const std::string& text = kProfile) {
    return catalog::ItemProfile::load(folder.file("profile.yaml", text));
}

std::string load_items(store::Store& store, const std::string& file,
                       const catalog::ItemProfile& columns, Said& said,
                       const catalog::LoadOptions& chosen = options("a")) {
    const auto files = catalog::load_items(store, {file}, columns, chosen, said.events());
    return files.at(0).is_repeat ? "repeat" : counted(files.at(0).counts);
}

std::string export_items(store::Store& store) {
    Folder folder;
    Output out(folder.path("items.csv"), Output::Replace::yes);
    (void)catalog::export_items(store, "", out);
    out.close();
    return load_file(folder.path("items.csv"));
}

std::string export_bibs(store::Store& store, marc::Format format,
                        std::vector<std::string>& refused) {
    Folder folder;
    Output out(folder.path("bibs"), Output::Replace::yes);
    const auto counts = catalog::export_bibs(
        store, "", format, out,
        [&refused](std::string_view code, const Error&, std::string_view, std::string_view key) {
            refused.push_back(std::string(code) + " " + std::string(key));
        },
        [](std::uint64_t) {});
    out.close();
    CHECK(counts.records_in == counts.records_out + counts.rejects);
    return load_file(folder.path("bibs"));
}

}  // namespace

TEST_CASE("The facts of a MARC 21 record come without ISBD punctuation", "[catalog]") {
    const auto facts = catalog::facts_of(record21("  ocm1 ", "Art of programming"));
    CHECK(facts.dialect == marc::Dialect::marc21);
    CHECK(facts.control_number == "ocm1");
    CHECK(facts.title == "Art of programming : a test");
    CHECK(facts.author == "Knuth, Donald E.");
    CHECK(facts.isbn == "9780306406157");
    CHECK(facts.language == "eng");
    CHECK(facts.material == "book");
    CHECK(facts.entered == "2019-03-01");
    CHECK(facts.is_bib);
    CHECK_FALSE(facts.is_deleted);
}

TEST_CASE("A title in its original script is preferred to its romanisation", "[catalog]") {
    marc::Record record;
    record.set_leader("00000cas a2200000 a 4500");
    record.add_control("001", "1");
    record.add_control("008", "671301d19991999ch            00001 ||| d");
    record.add_data("245", '0', '0', {{'6', "880-01"}, {'a', "Handa shishi."}});
    record.add_data("880", '0', '0', {{'6', "245-01/$1"}, {'a', "半田 市誌."}});
    const auto facts = catalog::facts_of(record);
    CHECK(facts.title == "半田 市誌");
    CHECK(facts.material == "serial");
    CHECK(facts.language == "und");
    CHECK(facts.entered.empty());  // there is no month 13
}

TEST_CASE("The facts of a CNMARC record follow its own fields", "[catalog]") {
    const auto facts = catalog::facts_of(record_cn("012019000001", "中国通史"));
    CHECK(facts.dialect == marc::Dialect::cnmarc);
    CHECK(facts.title == "中国通史. 第二卷, 古代");
    CHECK(facts.author == "张三");
    CHECK(facts.isbn == "9787118019841");
    CHECK(facts.language == "chi");
    CHECK(facts.material == "book");
    CHECK(facts.entered == "2019-03-04");
    CHECK(catalog::facts_of(record_cn("1", "学报", "00000nas0 2200000   450 ")).material ==
          "serial");
    CHECK(catalog::facts_of(record_cn("1", "手稿", "00000nbm0 2200000   450 ")).material ==
          "manuscript");
    CHECK(catalog::facts_of(record_cn("1", "盘", "00000nlm0 2200000   450 ")).material ==
          "electronic");
}

TEST_CASE("Only an ISBN whose check digit is right counts", "[catalog]") {
    CHECK(marc::isbn13("978-7-118-01984-1") == "9787118019841");
    CHECK(marc::isbn13("7-118-01984-4/TP·306") == "9787118019841");
    CHECK(marc::isbn13("080442957X (cloth)") == "9780804429573");
    CHECK(marc::isbn13("306406152") == "9780306406157");  // SBN
    CHECK(marc::isbn13("9787118019842") == std::nullopt);
    CHECK(marc::isbn13("CNY12.00") == std::nullopt);
    CHECK(marc::isbn13("") == std::nullopt);
    CHECK(marc::isbn13("97871180198411234") == std::nullopt);
}

TEST_CASE("The content hash knows the same record in another container", "[catalog]") {
    const marc::Record record = record21("1", "Same");
    marc::WriteOptions xml;
    xml.format = marc::Format::marcxml;
    const auto writer = marc::make_writer(xml);
    marc::Bytes bytes;
    writer->begin(bytes);
    writer->write(bytes, record, true);
    writer->end(bytes, false);
    const auto from_xml = Input::from_memory(std::string(bytes.view()), "x.xml");
    const auto from_iso = Input::from_memory(iso(record), "x.mrc");
    const auto in_xml = marc::open_records(*from_xml), in_iso = marc::open_records(*from_iso);
    CHECK(catalog::content_hash(*in_xml->next()) == catalog::content_hash(*in_iso->next()));
    CHECK(catalog::content_hash(record21("1", "Other")) != catalog::content_hash(record));
    CHECK(catalog::content_hash(record21("1", "Same", "190301", 'd')) !=
          catalog::content_hash(record));
}

TEST_CASE("A second load of the same file changes nothing", "[catalog]") {
    const std::string kind = GENERATE(from_range(test::store_kinds()));
    test::FreshStore fresh(kind);
    store::Store& store = fresh.store();
    const Folder folder;
    const std::string file =
        folder.file("a.mrc", iso(record21("1", "One")) + iso(record_cn("2", "二")) +
                                 iso(record21("3", "Three")));
    CHECK(load(store, file) == "3 in 3 new 0 changed 0 same 0 repeated 0 refused 0 vanished");
    const std::string state = whole_state(store);
    CHECK(load(store, file) == "repeat");
    CHECK(whole_state(store) == state);

    // Asked for again it is read, found the same, and leaves no trace.
    catalog::LoadOptions again = options("a");
    again.is_again = true;
    CHECK(load(store, file, again) ==
          "3 in 0 new 0 changed 3 same 0 repeated 0 refused 0 vanished");
    CHECK(whole_state(store) == state);

    // Another source is another world.
    CHECK(load(store, file, options("b")) ==
          "3 in 3 new 0 changed 0 same 0 repeated 0 refused 0 vanished");
    CHECK(store.integer("SELECT count(*) FROM bib") == 6);

    // The same records in a file of other bytes.
    const std::string turned =
        folder.file("b.mrc", iso(record21("3", "Three")) + iso(record21("1", "One")) +
                                 iso(record_cn("2", "二")));
    CHECK(load(store, turned) == "3 in 0 new 0 changed 3 same 0 repeated 0 refused 0 vanished");
}

TEST_CASE("A changed record keeps its first load and names the one that changed it", "[catalog]") {
    const std::string kind = GENERATE(from_range(test::store_kinds()));
    test::FreshStore fresh(kind);
    store::Store& store = fresh.store();
    const Folder folder;
    const std::string old_file =
        folder.file("a.mrc", iso(record21("1", "One")) + iso(record21("2", "Two")));
    const std::string new_file =
        folder.file("b.mrc", iso(record21("1", "Uno")) + iso(record21("2", "Two", "190301", 'd')) +
                                 iso(record21("3", "Three")));
    CHECK(load(store, old_file) == "2 in 2 new 0 changed 0 same 0 repeated 0 refused 0 vanished");
    CHECK(load(store, new_file) == "3 in 1 new 2 changed 0 same 0 repeated 0 refused 0 vanished");
    CHECK(query(store,
                "SELECT control_number, title, state, first_load, last_load FROM bib ORDER BY "
                "control_number",
                5) ==
          "1|Uno : a test|live|1|2 / 2|Two : a test|deleted|1|2 / 3|Three : a test|live|2|2");
    CHECK(table_csv(store, "catalog-bibs") == "source,language,material,n\na,eng,book,2\n");

    // Back to the old file: only when asked, and then it is a load of its own.
    CHECK(load(store, old_file) == "repeat");
    catalog::LoadOptions again = options("a");
    again.is_again = true;
    CHECK(load(store, old_file, again) ==
          "2 in 0 new 2 changed 0 same 0 repeated 0 refused 0 vanished");
    CHECK(query(store,
                "SELECT control_number, title, state, last_load FROM bib ORDER BY control_number",
                4) == "1|One : a test|live|3 / 2|Two : a test|live|3 / 3|Three : a test|live|2");
    CHECK(table_csv(store, "catalog-loads") ==
          "source,file,records_in,created,changed,unchanged,rejects,repeated,vanished\n"
          "a,a.mrc,2,2,0,0,0,0,0\na,b.mrc,3,1,2,0,0,0,0\na,a.mrc,2,0,2,0,0,0,0\n");
}

TEST_CASE(
    "Of records with the same control number the later wins, and loading them again changes "
    "nothing",
    "[catalog]") {
    const std::string kind = GENERATE(from_range(test::store_kinds()));
    test::FreshStore fresh(kind);
    store::Store& store = fresh.store();
    const Folder folder;
    // Far enough apart to lie in different batches, and near enough for the same one.
    std::string bytes = iso(record21("x", "Early")) + iso(record21("y", "First"));
    for (int i = 0; i < 700; ++i) bytes += iso(record21("n" + std::to_string(i), "Filler"));
    bytes +=
        iso(record21("x", "Late")) + iso(record21("y", "Second")) + iso(record21("y", "Third"));
    const std::string file = folder.file("a.mrc", bytes);
    CHECK(load(store, file) == "705 in 702 new 0 changed 0 same 3 repeated 0 refused 0 vanished");
    CHECK(query(store,
                "SELECT title FROM bib WHERE control_number IN ('x', 'y') ORDER BY control_number",
                1) == "Late : a test / Third : a test");
    const std::string state = whole_state(store);
    catalog::LoadOptions again = options("a");
    again.is_again = true;
    CHECK(load(store, file, again) ==
          "705 in 0 new 0 changed 702 same 3 repeated 0 refused 0 vanished");
    CHECK(whole_state(store) == state);
    CHECK(store.integer("SELECT sum(n) FROM daily_count WHERE measure = 'bibs_created'") == 702);
}

TEST_CASE("A full load marks what has vanished, unless too much would", "[catalog]") {
    const std::string kind = GENERATE(from_range(test::store_kinds()));
    test::FreshStore fresh(kind);
    store::Store& store = fresh.store();
    const Folder folder;
    std::string all, most, few = iso(record21("n0", "Kept"));
    for (int i = 0; i < 20; ++i) {
        const std::string one = iso(record21("n" + std::to_string(i), "Kept"));
        all += one;
        if (i >= 2) most += one;
    }
    const std::string all_file = folder.file("all.mrc", all),
                      most_file = folder.file("most.mrc", most),
                      few_file = folder.file("few.mrc", few),
                      empty_file = folder.file("empty.mrc", "");
    catalog::LoadOptions full = options("a");
    full.is_full = true;
    CHECK(load(store, all_file, full) ==
          "20 in 20 new 0 changed 0 same 0 repeated 0 refused 0 vanished");
    CHECK(load(store, all_file, options("b")) ==
          "20 in 20 new 0 changed 0 same 0 repeated 0 refused 0 vanished");
    std::string state = whole_state(store);
    for (const std::string& file : {few_file, empty_file}) {
        try {
            (void)load(store, file, full);
            FAIL("a cut export must not empty the catalogue");
        } catch (const Error& e) {
            CHECK(e.fault() == Fault::bad_input);
        }
        CHECK(whole_state(store) == state);
    }
    CHECK(load(store, most_file, full) ==
          "18 in 0 new 0 changed 18 same 0 repeated 0 refused 2 vanished");
    CHECK(store.integer("SELECT count(*) FROM bib WHERE state = 'live'") ==
          38);  // source b is untouched
    state = whole_state(store);
    CHECK(load(store, most_file, full) ==
          "18 in 0 new 0 changed 18 same 0 repeated 0 refused 0 vanished");
    CHECK(whole_state(store) == state);
    // What was entered was entered: the days keep their counts.
    CHECK(query(store, "SELECT n FROM daily_count WHERE origin = 'catalog:a'", 1) == "20");

    // What comes back is live again, from a file that is known already.
    CHECK(load(store, all_file, full) ==
          "20 in 0 new 2 changed 18 same 0 repeated 0 refused 0 vanished");
    CHECK(store.integer("SELECT count(*) FROM bib WHERE state = 'live'") == 40);
    catalog::LoadOptions allowed = full;
    allowed.max_vanish_percent.reset();
    CHECK(load(store, few_file, allowed) ==
          "1 in 0 new 0 changed 1 same 0 repeated 0 refused 19 vanished");

    // Several files are one whole.
    Said said;
    CHECK(load(store, std::vector<std::string>{few_file, most_file}, full, said) ==
          "1 in 0 new 0 changed 1 same 0 repeated 0 refused 0 vanished; "
          "18 in 0 new 18 changed 0 same 0 repeated 0 refused 0 vanished");
}

TEST_CASE("Records that cannot be kept are refused byte for byte, and the rest is taken",
          "[catalog]") {
    const std::string kind = GENERATE(from_range(test::store_kinds()));
    test::FreshStore fresh(kind);
    store::Store& store = fresh.store();
    const Folder folder;
    marc::Record numbered = record21("", "By 035");
    numbered.add_data("035", ' ', ' ', {{'a', "(OCoLC) 42"}});
    marc::Record holding = record21("h1", "Holding");
    holding.set_leader("00000cx  a2200000 a 4500");
    const std::string nameless = iso(record21("", "Nobody")), held = iso(holding),
                      cut = iso(record21("9", "Cut")).substr(0, 60);
    const std::string file =
        folder.file("a.mrc", iso(record21("1", "One")) + nameless + iso(numbered) + held + cut);
    Said said;
    CHECK(load(store, std::vector<std::string>{file}, options("a"), said) ==
          "5 in 2 new 0 changed 0 same 0 repeated 3 refused 0 vanished");
    REQUIRE(said.rejects.size() == 3);
    CHECK(said.rejects[0] == "no_control_number ");
    CHECK(said.rejects[1] == "not_bib h1");
    CHECK(said.raw == nameless + held + cut);
    CHECK(said.warnings == std::vector<std::string>{"no_001"});
    CHECK(query(store, "SELECT control_number FROM bib ORDER BY control_number", 1) ==
          "035:(OCoLC) 42 / 1");
}

TEST_CASE("Keys too long for an index are refused on both stores", "[catalog]") {
    const std::string kind = GENERATE(from_range(test::store_kinds()));
    test::FreshStore fresh(kind);
    store::Store& store = fresh.store();
    const Folder folder;
    const std::string number(9000, '7');
    Said said;
    CHECK(load(store, std::vector<std::string>{folder.file("a.mrc", iso(record21(number, "Long")))},
               options("a"),
               said) == "1 in 0 new 0 changed 0 same 0 repeated 1 refused 0 vanished");
    const std::string row = "A1," + number + ",JC1,,,在架,,,\n";
    CHECK(load_items(store, folder.file("i.csv", kHeader + row), profile(folder), said) ==
          "1 in 0 new 0 changed 0 same 0 repeated 1 refused 0 vanished");
    CHECK(said.rejects.at(1) == "bad_row ");
    CHECK(said.raw.ends_with(row));
}

TEST_CASE("A record beyond the limits of ISO 2709 survives", "[catalog]") {
    const std::string kind = GENERATE(from_range(test::store_kinds()));
    test::FreshStore fresh(kind);
    store::Store& store = fresh.store();
    const Folder folder;
    marc::Record big = record21("big", "Big");
    std::string note;
    while (note.size() < 120'000) note += "第" + std::to_string(note.size()) + "章 ";
    big.add_data("505", '0', ' ', {{'a', note}});
    marc::WriteOptions json;
    json.format = marc::Format::jsonl;
    const auto writer = marc::make_writer(json);
    marc::Bytes bytes;
    writer->write(bytes, record21("a", "Before"), true);
    writer->write(bytes, big, false);
    writer->write(bytes, record21("c", "Behind"), false);
    const std::string lines(bytes.view());
    CHECK(load(store, folder.file("a.jsonl", lines)) ==
          "3 in 3 new 0 changed 0 same 0 repeated 0 refused 0 vanished");

    std::vector<std::string> refused;
    const auto out =
        Input::from_memory(export_bibs(store, marc::Format::jsonl, refused), "out.jsonl");
    CHECK(refused.empty());
    const auto records = marc::open_records(*out);
    std::vector<std::string> numbers, hashes;
    while (const marc::Record* record = records->next()) {
        numbers.emplace_back(record->control_number());
        hashes.push_back(catalog::content_hash(*record));
    }
    CHECK(numbers == std::vector<std::string>{"a", "big", "c"});
    CHECK(hashes.at(1) == catalog::content_hash(big));

    const std::string iso_out = export_bibs(store, marc::Format::iso2709, refused);
    CHECK(refused == std::vector<std::string>{"oversize big"});
    CHECK(std::count(iso_out.begin(), iso_out.end(), '\x1D') == 2);
    // A load of the export finds nothing new.
    CHECK(
        load(store, folder.file("again.jsonl", export_bibs(store, marc::Format::jsonl, refused))) ==
        "3 in 0 new 0 changed 3 same 0 repeated 0 refused 0 vanished");
}

TEST_CASE("The days on which records were entered are counted by language and material",
          "[catalog]") {
    const std::string kind = GENERATE(from_range(test::store_kinds()));
    test::FreshStore fresh(kind);
    store::Store& store = fresh.store();
    const Folder folder;
    (void)load(store, folder.file("a.mrc", iso(record21("1", "One")) + iso(record21("2", "Two")) +
                                               iso(record21("3", "Old", "991231")) +
                                               iso(record_cn("4", "四")) +
                                               iso(record21("5", "No day", "      "))));
    const std::string days =
        "SELECT origin, measure, day, category, n FROM daily_count ORDER BY day, category";
    CHECK(query(store, days, 5) ==
          "catalog:a|bibs_created|1999-12-31|eng/book|1 / "
          "catalog:a|bibs_created|2019-03-01|eng/book|2 / "
          "catalog:a|bibs_created|2019-03-04|chi/book|1");
    (void)load(store, folder.file("b.mrc", iso(record21("2", "Two", "190302"))));
    CHECK(query(store, "SELECT day, n FROM daily_count WHERE category = 'eng/book' ORDER BY day",
                2) == "1999-12-31|1 / 2019-03-01|1 / 2019-03-02|1");
}

TEST_CASE("A load that is killed leaves the store as it was, and run again gives the same",
          "[catalog]") {
    const std::string kind = GENERATE(from_range(test::store_kinds()));
    const Folder folder;
    std::string first, second;
    for (int i = 0; i < 1500; ++i) {
        const std::string number = "n" + std::to_string(i);
        first += iso(record21(number, "Before"));
        second += iso(record21(number, i % 3 == 0 ? "After" : "Before"));
        if (i % 5 == 0) second += iso(record21("m" + std::to_string(i), "New"));
    }
    const std::string first_file = folder.file("1.mrc", first),
                      second_file = folder.file("2.mrc", second);
    std::string wanted;
    {
        test::FreshStore fresh(kind);
        (void)load(fresh.store(), first_file);
        (void)load(fresh.store(), second_file);
        wanted = whole_state(fresh.store());
    }
    test::FreshStore fresh(kind);
    (void)load(fresh.store(), first_file);
    const std::string before = whole_state(fresh.store());
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        // Its own connection: the parent's must not be touched from here.
        store::Store store = store::Store::open(fresh.uri());
        Said said;
        said.kill_at = 1111;
        (void)load(store, std::vector<std::string>{second_file}, options("a"), said);
        std::_Exit(1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    fresh.reopen();
    CHECK(whole_state(fresh.store()) == before);
    CHECK(load(fresh.store(), second_file) ==
          "1800 in 300 new 500 changed 1000 same 0 repeated 0 refused 0 vanished");
    CHECK(whole_state(fresh.store()) == wanted);
}

TEST_CASE("Items come from GB 18030 with their faults counted", "[catalog]") {
    const std::string kind = GENERATE(from_range(test::store_kinds()));
    test::FreshStore fresh(kind);
    store::Store& store = fresh.store();
    const Folder folder;
    (void)load(store, folder.file("bibs.mrc",
                                  iso(record_cn("b1", "红楼梦")) + iso(record21("b2", "Hamlet"))));
    const auto columns = profile(folder);
    const std::string no_barcode = ",b1,JC1,I242.4/1,clc,在架,,1,2019-01-02\r\n";
    const std::string duplicate = "ａ0001,b2,JC2,PR2807,lc,在架,,1,2019-01-02\r\n";
    const std::string short_row = "A0009,b1,JC1\r\n";
    const std::string rows = kHeader + "A0002,b1,JC1,I242.4/1,clc,借出,v.2,2,20190103\r\n" +
                             "a0001 ,b1,JC1,I242.4/1,CLC, 在架,卷一,1,2019-01-02\r\n" + no_barcode +
                             duplicate + short_row +
                             "A0003,nosuch,JC1,\"I247.5/3, x\",clc,丢失,,1,\r\n" +
                             "A0004,b2,FX,=HYPERLINK,lc,在架,,1,\r\n";
    const std::string file = folder.file("items.csv", gb18030_from_utf8(rows));
    Said said;
    CHECK(load_items(store, file, columns, said) ==
          "7 in 4 new 0 changed 0 same 0 repeated 3 refused 0 vanished");
    CHECK(said.rejects ==
          std::vector<std::string>{"no_barcode ", "bad_row ", "duplicate_barcode A0001"});
    CHECK(said.raw == gb18030_from_utf8(no_barcode + short_row + duplicate));
    CHECK(said.warnings == std::vector<std::string>{"unknown_bib"});
    CHECK(query(store,
                "SELECT barcode, bib, location, call_number, scheme, status, status_class, volume, "
                "copy, updated FROM "
                "item ORDER BY barcode LIMIT 2",
                10) ==
          "A0001|b1|JC1|I242.4/1|clc|在架|on_shelf|卷一|1|2019-01-02 / "
          "A0002|b1|JC1|I242.4/1|clc|借出|on_loan|v.2|2|2019-01-03");
    CHECK(table_csv(store, "item-faults") ==
          "code,n\nbad_row,1\nduplicate_barcode,1\nno_barcode,1\nunknown_bib,1\n");
    CHECK(table_csv(store, "catalog-items") ==
          "location,status,n\nFX,on_shelf,1\nJC1,missing,1\nJC1,on_loan,1\nJC1,on_shelf,1\n");
    CHECK(export_items(store) ==
          "barcode,bib,location,call_number,scheme,status,volume,copy,title,source\n"
          "A0004,b2,FX,=HYPERLINK,lc,on_shelf,,1,Hamlet : a test,a\n"
          "A0001,b1,JC1,I242.4/1,clc,on_shelf,卷一,1,\"红楼梦. 第二卷, 古代\",a\n"
          "A0002,b1,JC1,I242.4/1,clc,on_loan,v.2,2,\"红楼梦. 第二卷, 古代\",a\n"
          "A0003,nosuch,JC1,\"I247.5/3, x\",clc,missing,,1,,a\n");

    const std::string state = whole_state(store);
    CHECK(load_items(store, file, columns, said) == "repeat");
    catalog::LoadOptions again = options("a");
    again.is_again = true;
    CHECK(load_items(store, file, columns, said, again) ==
          "7 in 0 new 0 changed 4 same 0 repeated 3 refused 0 vanished");
    CHECK(whole_state(store) == state);
    // The record arrives after its item: the fault is gone without loading the items again.
    (void)load(store, folder.file("late.mrc", iso(record21("nosuch", "Late"))));
    CHECK(table_csv(store, "item-faults") ==
          "code,n\nbad_row,1\nduplicate_barcode,1\nno_barcode,1\n");

    // A profile that reads a word differently is another load of the same bytes.
    std::string other = kProfile;
    other.replace(other.find("丢失: missing"), std::string("丢失: missing").size(),
                  "丢失: withdrawn");
    CHECK(load_items(store, file, profile(folder, other), said) ==
          "7 in 0 new 1 changed 3 same 0 repeated 3 refused 0 vanished");
}

TEST_CASE("An item finds its record in the only other source that has its number", "[catalog]") {
    const std::string kind = GENERATE(from_range(test::store_kinds()));
    test::FreshStore fresh(kind);
    store::Store& store = fresh.store();
    const Folder folder;
    (void)load(store, folder.file("cn.mrc", iso(record_cn("1", "甲")) + iso(record_cn("2", "乙"))),
               options("cnmarc"));
    (void)load(store,
               folder.file("us.mrc", iso(record21("2", "Two")) + iso(record21("3", "Three"))),
               options("marc21"));
    (void)load(store, folder.file("own.mrc", iso(record21("3", "Own"))), options("ils"));
    Said said;
    const auto columns = catalog::ItemProfile::load(
        folder.file("p.yaml", "columns: {barcode: barcode, bib: bib}\n"));
    CHECK(load_items(store,
                     folder.file("i.tsv", "barcode\tbib\ni1\t1\ni2\t2\ni3\t3\ni4\t4\ni5\t\n"),
                     columns, said, options("ils")) ==
          "5 in 5 new 0 changed 0 same 0 repeated 0 refused 0 vanished");
    CHECK(said.warnings == std::vector<std::string>{"ambiguous_bib", "unknown_bib", "unknown_bib"});
    CHECK(table_csv(store, "item-faults") == "code,n\nambiguous_bib,1\nunknown_bib,2\n");
    CHECK(export_items(store) ==
          "barcode,bib,location,call_number,scheme,status,volume,copy,title,source\n"
          "I1,1,,,,unknown,,,\"甲. 第二卷, "
          "古代\",ils\nI2,2,,,,unknown,,,,ils\nI3,3,,,,unknown,,,Own : a test,ils\n"
          "I4,4,,,,unknown,,,,ils\nI5,,,,,unknown,,,,ils\n");
    CHECK(catalog::describe(store, "i1", Lang::zh, false).find("甲. 第二卷, 古代") !=
          std::string::npos);
    CHECK(catalog::describe(store, "3", Lang::en, true).find("Own") != std::string::npos);
    CHECK(catalog::describe(store, "I5", Lang::en, false).find("I5") != std::string::npos);
    CHECK(catalog::describe(store, "nothing", Lang::en, false).empty());
}

TEST_CASE("A status that the profile does not know stops the load or is warned about",
          "[catalog]") {
    const std::string kind = GENERATE(from_range(test::store_kinds()));
    test::FreshStore fresh(kind);
    store::Store& store = fresh.store();
    const Folder folder;
    const std::string file =
        folder.file("items.csv", kHeader + "A1,1,JC1,,,在架,,,\nA2,1,JC1,,,遗失,,,\n");
    Said said;
    try {
        (void)load_items(store, file, profile(folder), said);
        FAIL("an unknown status must stop");
    } catch (const Error& e) {
        CHECK(e.fault() == Fault::bad_input);
        CHECK(e.where().line == 3);
        CHECK(std::string(e.what()).find("遗失") != std::string::npos);
    }
    CHECK(store.integer("SELECT count(*) FROM item") == 0);
    CHECK(store.integer("SELECT count(*) FROM load") == 0);
    CHECK(load_items(store, file, profile(folder, kProfile + "unknown_status: warn\n"), said) ==
          "2 in 2 new 0 changed 0 same 0 repeated 0 refused 0 vanished");
    CHECK(table_csv(store, "item-faults") == "code,n\nunknown_bib,2\nunknown_status,1\n");
}

TEST_CASE("Items that vanish from a full load are marked and leave the exports", "[catalog]") {
    const std::string kind = GENERATE(from_range(test::store_kinds()));
    test::FreshStore fresh(kind);
    store::Store& store = fresh.store();
    const Folder folder;
    const auto columns = profile(folder, kProfile);
    std::string all = kHeader, most = kHeader;
    for (int i = 10; i < 30; ++i) {
        const std::string row = "A" + std::to_string(i) + ",1,JC1,,,在架,,,\n";
        all += row;
        if (i != 17) most += row;
    }
    catalog::LoadOptions full = options("a");
    full.is_full = true;
    Said said;
    const std::string all_file = folder.file("all.csv", all),
                      most_file = folder.file("most.csv", most);
    CHECK(load_items(store, all_file, columns, said, full) ==
          "20 in 20 new 0 changed 0 same 0 repeated 0 refused 0 vanished");
    CHECK(load_items(store, most_file, columns, said, full) ==
          "19 in 0 new 0 changed 19 same 0 repeated 0 refused 1 vanished");
    CHECK(query(store, "SELECT barcode FROM item WHERE state = 'vanished'", 1) == "A17");
    CHECK(export_items(store).find("A17") == std::string::npos);
    CHECK_THROWS_AS(load_items(store, folder.file("none.csv", kHeader), columns, said, full),
                    Error);
    CHECK_THROWS_AS(load_items(store, folder.file("empty.csv", ""), columns, said, full), Error);
    CHECK(store.integer("SELECT count(*) FROM item WHERE state = 'live'") == 19);
}

TEST_CASE("A faulty item profile is refused with its line", "[catalog]") {
    const Folder folder;
    const auto line_of = [&folder](const std::string& text) -> std::uint64_t {
        try {
            (void)profile(folder, text);
        } catch (const Error& e) {
            CHECK(e.fault() == Fault::config);
            return e.where().line;
        }
        return 0;
    };
    CHECK(line_of(kProfile) == 0);
    CHECK(line_of("columns:\n  barcode: 条码\n  shelf: 架位\n") == 3);
    CHECK(line_of("columns:\n  bib: 书目号\n") == 2);
    CHECK(line_of("columns: {barcode: 条码, status: 状态}\n") == 1);
    CHECK(line_of("columns: {barcode: 条码, status: 状态}\nstatus:\n  在架: on_shelf\n  借出: "
                  "on_laon\n") == 4);
    CHECK(line_of("columns: {barcode: 条码}\nunknown_status: skip\n") == 2);
    CHECK(line_of("columns: {barcode: 条码}\nencoding: gbk\n") == 2);
    CHECK(line_of("just text\n") == 1);
}

TEST_CASE("A column that the profile names and the file lacks is named", "[catalog]") {
    test::FreshStore fresh("sqlite");
    const Folder folder;
    Said said;
    try {
        (void)load_items(fresh.store(), folder.file("i.csv", "条码,书目,状态\nA1,1,在架\n"),
                         profile(folder), said);
        FAIL("the column is not there");
    } catch (const Error& e) {
        CHECK(e.fault() == Fault::bad_input);
        CHECK(std::string(e.what()).find("书目号") != std::string::npos);
    }
}

TEST_CASE("The real files load with totals that add up, and again without a change",
          "[.realdata]") {
    const char* const named = std::getenv("TUSHU_REALDATA");
    const fs::path data =
        (named != nullptr ? fs::path(named) : fs::path(TUSHU_TEST_DATA) / "../../../shared/data") /
        "marc";
    if (!fs::is_directory(data)) {
        std::cout << "SKIPPED: no real MARC files (set TUSHU_REALDATA)" << std::endl;
        std::_Exit(77);
    }
    const std::string kind = GENERATE(from_range(test::store_kinds()));
    test::FreshStore fresh(kind);
    store::Store& store = fresh.store();
    const auto one = [&](const std::string& file, const catalog::LoadOptions& chosen) {
        return load(store, (data / file).string(), chosen);
    };
    catalog::LoadOptions again = options("real");
    for (const bool is_again : {false, true}) {
        again.is_again = is_again;
        for (const auto& [file, n] :
             std::vector<std::pair<std::string, int>>{{"cnmarc-10.sru.xml", 10},
                                                      {"cornell-cjk-62.mrc", 62},
                                                      {"eacc-col1.mrc", 19},
                                                      {"uva-marc8-2000.mrc", 2000},
                                                      {"vendor-marc8-246.mrc", 246}}) {
            const std::string count = std::to_string(n);
            CHECK(one(file, again) == count + " in " + (is_again ? "0" : count) +
                                          " new 0 changed " + (is_again ? count : "0") +
                                          " same 0 repeated 0 refused 0 vanished");
        }
    }
    CHECK(query(store,
                "SELECT title, language, material, entered, isbn, dialect FROM bib WHERE "
                "control_number = "
                "'990002180740203961'",
                6) == "'94中国发展报告|chi|book|2002-02-04|9787503717444|cnmarc");
    CHECK(store.integer("SELECT count(*) FROM bib WHERE title = ''") == 0);
}
