// SPDX-License-Identifier: Apache-2.0
#include "base/input.hpp"
#include "report/document.hpp"

#include <catch2/catch.hpp>
#include <pugixml.hpp>

#include <cstdlib>
#include <filesystem>

using namespace tushu;
using namespace tushu::report;

namespace {

namespace fs = std::filesystem;

struct Scratch {
    fs::path folder = fs::temp_directory_path() / ("tushu-report-" + std::to_string(::getpid()));
    Scratch() { fs::create_directories(folder); }
    ~Scratch() { fs::remove_all(folder); }
};

Table months() {
    Table table;
    table.name = "circulation-months";
    table.title = msg("Circulation by month");
    table.columns = {{"month", msg("Month"), ColumnKind::text},
                     {"type", msg("Service"), ColumnKind::code},
                     {"n", msg("Requests"), ColumnKind::integer},
                     {"share", msg("Value"), ColumnKind::share}};
    table.rows = {{std::string("2019-01"), std::string("loans"), std::int64_t{1200}, Share{1, 3}},
                  {std::string("2019-01"), std::string("returns"), std::int64_t{300}, Share{5, 4}},
                  {std::string("2019-02"), std::string("loans"), std::int64_t{90}, Share{0, 0}},
                  {std::string("<b>&\"坏"), std::string("loans"), Mark::missing, Mark::missing}};
    table.notes = {msg("no rows")};
    table.provenance = {"2019-01.csv sha256:00ff"};
    return table;
}

Chart columns() {
    return {Chart::Kind::columns, "month", "type", "n", msg("Circulation by month")};
}

Document document() {
    Document d;
    d.library_zh = "示例图书馆";
    d.library_en = "Sample Library";
    d.title = msg("Work of the year {}", 2019);
    d.headline = msg("no rows");
    d.as_of = Day(std::chrono::year(2019), std::chrono::month(12), std::chrono::day(31));
    d.tiles = {{msg("bibs"), "3,000"}};
    d.sections = {
        {"circulation", msg("Circulation"), msg("Circulation"), {{months(), {columns()}, 3}}}};
    return d;
}

const Words& words() {
    static const Words w(std::string(TUSHU_SHARE) + "/report/words.yaml");
    return w;
}

std::string html(Lang lang, const fs::path& folder) {
    const std::string path = (folder / "page.html").string();
    Output out(path, Output::Replace::yes);
    write_html(document(), lang, words(), std::string(TUSHU_SHARE) + "/report/report.html.mustache",
               out);
    out.close();
    return load_file(path);
}

}  // namespace

TEST_CASE("a chart says in words what it shows, in both languages", "[report]") {
    CHECK(chart_summary(months(), columns(), words(), Lang::en) ==
          "1,590 in all; most: 2019-01 with 1,500; least: 2019-02 with 90. Largest part: loans "
          "with 1,290.");
    CHECK(chart_summary(months(), columns(), words(), Lang::zh) ==
          "合计 1,590；最多：2019-01（1,500）；最少：2019-02（90）。占比最大：外借（1,290）。");
}

TEST_CASE("a chart is well-formed SVG with title, desc and a box for every value above zero",
          "[report]") {
    for (const auto kind : {Chart::Kind::columns, Chart::Kind::bars}) {
        Chart chart = columns();
        chart.kind = kind;
        pugi::xml_document svg;
        REQUIRE(svg.load_string(chart_svg(months(), chart, words(), Lang::zh).c_str()));
        CHECK(svg.child("svg").attribute("role").as_string() == std::string("img"));
        CHECK_FALSE(std::string(svg.child("svg").child_value("desc")).empty());
        int boxes = 0;
        for (const auto& rect : svg.child("svg").children("rect"))
            boxes += rect.child("title") ? 1 : 0;
        CHECK(boxes == 3);
    }
}

TEST_CASE("a chart of an empty table says that there is nothing to draw", "[report]") {
    Table table = months();
    table.rows.clear();
    pugi::xml_document svg;
    REQUIRE(svg.load_string(chart_svg(table, columns(), words(), Lang::en).c_str()));
    CHECK(std::string(svg.child("svg").child_value("desc")) == "There is nothing to draw yet.");
}

TEST_CASE("HTML escapes data, translates codes, and names the rows it leaves out", "[report]") {
    const Scratch scratch;
    const std::string zh = html(Lang::zh, scratch.folder);
    CHECK(zh.find("lang=\"zh-CN\"") != std::string::npos);
    CHECK(zh.find(">外借</th>") != std::string::npos);
    CHECK(zh.find("<b>&\"坏") == std::string::npos);
    CHECK(zh.find("src=") == std::string::npos);  // nothing from outside
    CHECK(zh.find("<script") == std::string::npos);
    CHECK(zh.find("sha256:00ff") != std::string::npos);
    const std::string en = html(Lang::en, scratch.folder);
    CHECK(en.find(">loans</th>") != std::string::npos);
    CHECK(en.find(">1,200</td>") != std::string::npos);
    CHECK(html(Lang::en, scratch.folder) == en);
}

TEST_CASE("a long table says how many of its rows are shown, and shares stay in their boxes",
          "[report]") {
    const Scratch scratch;
    Document d = document();
    d.sections[0].views[0].charts.clear();
    Output out((scratch.folder / "page.html").string(), Output::Replace::yes);
    write_html(d, Lang::zh, words(), std::string(TUSHU_SHARE) + "/report/report.html.mustache",
               out);
    out.close();
    const std::string page = load_file((scratch.folder / "page.html").string());
    CHECK(page.find("此处显示前 3 行，共 4 行") != std::string::npos);
    CHECK(page.find(">外借</td>") != std::string::npos);
    CHECK(page.find("33.3 %") != std::string::npos);
    CHECK(page.find("<i style=\"width:100%\">") !=
          std::string::npos);  // 125 % does not leave its box
}

TEST_CASE("the numbers of a chart stand in a table of its shape, with what was added up",
          "[report]") {
    const Table cross = cross_table(months(), columns(), words(), Lang::en);
    REQUIRE(cross.columns.size() == 4);
    CHECK(cross.columns[1].key == "loans");
    REQUIRE(cross.rows.size() == 2);
    CHECK(std::get<std::int64_t>(cross.rows[0][3]) == 1500);
    CHECK(cross.notes.back().text(Lang::en).starts_with("Added up over: Value."));
}

TEST_CASE("the workbook has the same bytes every time and opens", "[report]") {
    const Scratch scratch;
    const std::string path = (scratch.folder / "r.xlsx").string();
    write_xlsx(document(), Lang::zh, words(), path);
    const std::string first = load_file(path);
    write_xlsx(document(), Lang::zh, words(), path);
    CHECK(load_file(path) == first);
    CHECK(first.starts_with("PK"));
    // Nothing but the workbook stays in the folder.
    CHECK(std::distance(fs::directory_iterator(scratch.folder), fs::directory_iterator()) == 1);
}

TEST_CASE("a workbook that cannot be written is an I/O fault", "[report]") {
    try {
        write_xlsx(document(), Lang::en, words(), "/nowhere/at/all.xlsx");
        FAIL("no error");
    } catch (const Error& e) {
        CHECK(e.fault() == Fault::io);
    }
}

TEST_CASE("words.yaml names both languages of each word", "[report]") {
    CHECK(words().text("outcome", "FOUND", Lang::zh) == "相符");
    CHECK(words().text("outcome", "NEVERSEEN", Lang::zh) == "NEVERSEEN");
    const Scratch scratch;
    const std::string path = (scratch.folder / "words.yaml").string();
    save_file(path, "state:\n  done: {zh: 完成}\n");
    try {
        const Words bad(path);
        FAIL("no error");
    } catch (const Error& e) {
        CHECK(e.fault() == Fault::config);
        CHECK(e.where().line == 2);
    }
}
