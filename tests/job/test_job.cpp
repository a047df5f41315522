// SPDX-License-Identifier: Apache-2.0
#include "base/hash.hpp"
#include "job/diff.hpp"
#include "job/journal.hpp"
#include "job/record.hpp"
#include "job/runner.hpp"
#include "job/spec.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace tushu;
using namespace tushu::job;
using namespace std::chrono_literals;

namespace {

constexpr Day kSlot{std::chrono::year(2019), std::chrono::month(12), std::chrono::day(31)};

/// "LINE:COLUMN message" of each problem.
std::vector<std::string> problems_of(const std::string& text) {
    std::vector<Error> problems;
    (void)parse_spec(text, "job.yaml", problems);
    std::vector<std::string> out;
    for (const auto& e : problems) {
        CHECK(e.fault() == Fault::usage);
        std::string line = std::to_string(e.where().line) + ":" + std::to_string(e.where().column) +
                           " " + e.message().text(Lang::en);
        if (!e.hint().empty()) line += " / " + e.hint().text(Lang::en);
        out.push_back(line);
    }
    return out;
}

Spec spec_of(const std::string& text) {
    std::vector<Error> problems;
    Spec spec = parse_spec(text, "job.yaml", problems);
    for (const auto& e : problems) INFO(e.what());
    REQUIRE(problems.empty());
    return spec;
}

std::string slurp(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

struct Folder {
    std::string path =
        std::filesystem::temp_directory_path() / ("tushu-test-job-" + std::to_string(::getpid()));
    Folder() {
        std::filesystem::remove_all(path);
        std::filesystem::create_directories(path);
    }
    ~Folder() { std::filesystem::remove_all(path); }
};

}  // namespace

TEST_CASE("A job file's mistakes are all found at once, each with its place", "[job]") {
    const auto problems = problems_of(R"(job: night shift
zone: Asia/Shangai
parameters:
  lib: x
  early: "{{late}}"
  late: y
  slot: z
steps:
  - id: load
    rnu: [echo]
  - id: two
    run: echo hello
    needs: lod
    timeout: soon
    attention: halt
    retries: [1x]
  - id: two
    run: [echo, "{{libb}}", "{{lib"]
    when: libb
)");
    REQUIRE(problems.size() == 15);
    CHECK(problems[0] ==
          "1:6 \"night shift\" is not fit for a name / letters, digits, - and _ only, at most 64 "
          "of them");
    CHECK(problems[1].starts_with("2:7 the time-zone database does not know \"Asia/Shangai\""));
    CHECK(problems[2].starts_with("5:10 no parameter is called \"late\""));
    CHECK(problems[3].starts_with("7:9 \"slot\" is what the run stands for"));
    CHECK(problems[4] == "9:5 \"run\" is missing here");
    CHECK(problems[5] == "10:5 \"rnu\" is not known here / did you mean \"run\"?");
    CHECK(problems[6] ==
          "12:10 must be a list: the program, then its arguments / there is no shell; write "
          "[program, argument, ...]");
    CHECK(problems[7] ==
          "13:12 step \"two\" needs \"lod\", which is not a step / did you mean \"load\"?");
    CHECK(problems[8] == "14:14 \"soon\" is not a duration / write 90s, 30m or 2h");
    CHECK(problems[9].starts_with("15:16 \"halt\" is not known here"));
    CHECK(problems[10] == "16:15 \"1x\" is not a duration / write 90s, 30m or 2h");
    CHECK(problems[11] == "17:9 \"two\" stands here twice");
    CHECK(problems[12] == "18:17 no parameter is called \"libb\" / did you mean \"lib\"?");
    CHECK(problems[13].starts_with("18:29 \"{{lib\" opens a parameter that is not closed"));
    CHECK(problems[14] == "19:11 no parameter is called \"libb\" / did you mean \"lib\"?");
}

TEST_CASE("Steps that need each other in a circle are named", "[job]") {
    const auto problems = problems_of(R"(job: ring
steps:
  - {id: start, run: [x]}
  - {id: a, run: [x], needs: [start, c]}
  - {id: b, run: [x], needs: a}
  - {id: c, run: [x], needs: b}
)");
    REQUIRE(problems.size() == 1);
    CHECK(problems[0] == "4:5 steps need each other in a circle: a -> c -> b -> a");
}

TEST_CASE("A file that is not YAML, or has no steps, is one problem", "[job]") {
    CHECK(problems_of("job: [").size() == 1);
    CHECK(problems_of("").size() >= 1);
    CHECK(problems_of("job: x\nsteps: []\n") ==
          std::vector<std::string>{"2:8 a job needs at least one step"});
    CHECK(problems_of("job: x\nsteps:\n  - {id: a, run: [\"{{slot}}\"]}\n") ==
          std::vector<std::string>{"3:18 the program itself cannot be a parameter"});
    CHECK(problems_of("job: x\nstate: \"{{slot}}\"\nsteps: [{id: a, run: [x]}]\n") ==
          std::vector<std::string>{"2:8 the state folder is the same for all slots"});
}

TEST_CASE("Templates put in the slot and the parameters", "[job]") {
    Values values = slot_values(kSlot, "Asia/Shanghai");
    values["lib"] = {false, {"/srv/lib"}};
    values["files"] = {true, {"a b", "c"}};
    values["none"] = {true, {}};
    CHECK(expand("{{lib}}/{{ slot.year }}/{{slot.month}}-{{slot.compact}}-{{slot.previous}}",
                 values) == "/srv/lib/2019/2019-12-20191231-2019-12-30");
    CHECK(expand("{{slot.epoch}}", values) == "1577721600");  // 2019-12-30T16:00:00Z
    CHECK(expand_all({"--in={{files}}", "--in={{none}}"}, values).size() ==
          values.at("files").texts.size());
    CHECK(expand_all({"--in={{files}}"}, values).front() ==
          "--in=" + values.at("files").texts.front());
    CHECK(expand_all({"x", "{{files}}", "{{none}}", "--lib={{lib}}"}, values) ==
          std::vector<std::string>{"x", "a b", "c", "--lib=/srv/lib"});
    CHECK(expand("{ } {x} }}", values) == "{ } {x} }}");
    CHECK_THROWS_WITH(expand("--files={{files}}", values), Catch::Contains("is a list"));
    CHECK_THROWS_WITH(expand("{{lb}}", values), Catch::Contains("no parameter is called \"lb\""));
    CHECK_THROWS_WITH(expand("{{}}", values), Catch::Contains("without a name"));
    CHECK_THROWS_WITH(expand("{{lib", values), Catch::Contains("not closed"));
}

TEST_CASE("A value that looks like a template is not expanded again", "[job]") {
    Values values = slot_values(kSlot, "Asia/Shanghai");
    values["a"] = {false, {"{{b}}"}};
    values["b"] = {false, {"secret"}};
    CHECK(expand("{{a}}", values) == "{{b}}");
}

TEST_CASE("Parameters come from defaults, settings and file patterns", "[job]") {
    const Folder folder;
    for (const auto* const name : {"b.txt", "a.txt", "c.dat"})
        std::ofstream(folder.path + "/" + name) << "x";
    const Spec spec = spec_of(R"(job: p
parameters:
  lib: )" + folder.path + R"(
  store: {default: "{{lib}}/db", about: where}
  marc: {list: true}
  two: [x, "{{lib}}"]
  found: {files: "{{lib}}/*.txt"}
  needed:
steps: [{id: a, run: [x, "{{needed}}"]}]
)");
    Values values = resolve(spec, kSlot, {"needed=1", "marc=m1", "marc=m2=3"});
    CHECK(values.at("store").texts == std::vector<std::string>{folder.path + "/db"});
    CHECK(values.at("marc").texts == std::vector<std::string>{"m1", "m2=3"});
    CHECK(values.at("two").texts == std::vector<std::string>{"x", folder.path});
    CHECK(values.at("found").texts ==
          std::vector<std::string>{folder.path + "/a.txt", folder.path + "/b.txt"});
    values = resolve(spec, kSlot, {"needed=1", "two=", "lib=/nowhere"});
    CHECK(values.at("two").is_empty());
    CHECK(values.at("found").is_empty());
    CHECK(values.at("store").texts == std::vector<std::string>{"/nowhere/db"});
    CHECK_THROWS_WITH(resolve(spec, kSlot, {}),
                      Catch::Contains("parameter \"needed\" has no value"));
    CHECK_THROWS_WITH(resolve(spec, kSlot, {"needed=1", "lab=2"}),
                      Catch::Contains("no parameter is called \"lab\""));
    CHECK_THROWS_WITH(resolve(spec, kSlot, {"needed=1", "lib=1", "lib=2"}),
                      Catch::Contains("is set twice"));
    CHECK_THROWS_WITH(resolve(spec, kSlot, {"needed"}), Catch::Contains("sets nothing"));
}

TEST_CASE("Steps run in the file's order unless their needs say otherwise", "[job]") {
    const Spec spec = spec_of(R"(job: o
steps:
  - {id: d, run: [x], needs: [b, c]}
  - {id: c, run: [x], needs: a}
  - {id: b, run: [x]}
  - {id: a, run: [x]}
  - {id: e, run: [x]}
)");
    std::string order;
    for (const Step* const step : run_order(spec)) order += step->id;
    CHECK(order == "bacde");
}

TEST_CASE("Durations need a unit", "[job]") {
    CHECK(parse_duration("90s") == Duration(90s));
    CHECK(parse_duration("250ms") == Duration(250));
    CHECK(parse_duration("2h") == Duration(2h));
    CHECK(parse_duration("1d") == Duration(24h));
    for (const auto* const bad : {"", "s", "90", "-1s", "1.5h", "1 h", "99999999999s", "1hour"})
        CHECK_FALSE(parse_duration(bad));
    CHECK(duration_text(Duration(90s)) == "90s");
    CHECK(duration_text(Duration(30min)) == "30m");
    CHECK(duration_text(Duration(2h)) == "2h");
    CHECK(duration_text(Duration(1500)) == "1500ms");
}

TEST_CASE("Programs of the suite give a summary unless told otherwise", "[job]") {
    const Spec spec = spec_of(R"(job: s
timeout: 1h
retries: [1s]
env: {A: outer}
steps:
  - {id: a, run: [tushu-db, init]}
  - {id: b, run: [tushu-db, init], summary: false, timeout: 0s, retries: [], env: {A: inner}}
  - {id: c, run: [/usr/bin/sort], summary: true}
  - {id: d, run: [sort]}
)");
    CHECK(spec.find("a")->wants_summary);
    CHECK_FALSE(spec.find("b")->wants_summary);
    CHECK(spec.find("c")->wants_summary);
    CHECK_FALSE(spec.find("d")->wants_summary);
    CHECK(spec.find("a")->timeout == Duration(1h));
    CHECK(spec.find("b")->timeout == Duration(0));
    CHECK(spec.find("a")->retries.size() == 1);
    CHECK(spec.find("b")->retries.empty());
    CHECK(spec.find("b")->env.back().second == "inner");
}

TEST_CASE("The journal says what has been, also when its last line is cut", "[job]") {
    const Folder folder;
    const std::string path = folder.path + "/journal.jsonl";
    const Clock clock = fixed_clock(Instant(1577808000s));
    RunRecord run;
    run.job = "night";
    run.slot = "2019-12-31";
    run.zone = "Asia/Shanghai";
    run.folder = "/srv";
    run.version = "1";
    run.spec_file = "n.yaml";
    run.spec_sha256 = "00";
    run.runs = 1;
    run.parameters = {{"lib", {false, {"x"}}}, {"marc", {true, {"a", "b"}}}};
    StepRecord step{
        .id = "load", .attempts = 1, .key = "k", .argv = {"tushu-catalog", "load", "\xff\"\n"}};
    {
        Journal journal(path, clock);
        journal.run(run, false);
        journal.start(step, 123);
        step.end.state = StepState::warn;
        step.end.exit = 1;
        step.end.seconds = 1.5;
        step.end.counts = {{"records_in", 7}};
        step.end.rejects = {{"bad", 2}};
        step.end.outputs = {{"out.csv", 12, "ab"}, {"report", 0, ""}};
        journal.end(step);
        journal.skip("opt");
        step.id = "next";
        journal.start(step, 124);
    }
    const std::string bytes = slurp(path);
    const auto replayed = replay(bytes, path);
    REQUIRE(replayed);
    CHECK(replayed->result == RunResult::interrupted);
    CHECK(replayed->parameters == run.parameters);
    CHECK_FALSE(replayed->is_cut);
    const StepRecord* const load = replayed->find("load");
    REQUIRE(load != nullptr);
    CHECK(load->state == StepState::warn);
    CHECK(load->key == "k");
    CHECK(load->end.rejects.at("bad") == 2);
    CHECK(load->end.outputs == std::vector<OutputFacts>{{"out.csv", 12, "ab"}, {"report", 0, ""}});
    CHECK(replayed->find("opt")->state == StepState::skipped);
    CHECK(replayed->find("next")->state == StepState::interrupted);

    SECTION("at every byte") {
        for (std::size_t at = 0; at < bytes.size(); ++at) {
            const auto cut = replay(std::string_view(bytes).substr(0, at), path);
            if (at <= bytes.find('\n')) {
                CHECK_FALSE(cut);
                continue;
            }
            REQUIRE(cut);
            CHECK(cut->is_cut == (bytes[at - 1] != '\n'));
            const StepRecord* const next = cut->find("next");
            CHECK((next == nullptr || next->state == StepState::interrupted));
        }
    }
    SECTION("and writing on cuts the half line off") {
        std::ofstream(path, std::ios::binary | std::ios::trunc)
            << bytes.substr(0, bytes.size() - 3);
        { Journal(path, clock).skip("later"); }
        const auto on = replay_file(path);
        REQUIRE(on);
        CHECK_FALSE(on->is_cut);
        CHECK(on->find("next") == nullptr);
        CHECK(on->find("later")->state == StepState::skipped);
    }
    SECTION("damage elsewhere is an error that names the line") {
        std::string damaged = bytes;
        damaged[bytes.find('\n') + 1] = 'x';
        try {
            (void)replay(damaged, "j");
            FAIL("damage must not pass for an end");
        } catch (const Error& e) {
            CHECK(e.fault() == Fault::bad_input);
            CHECK(std::string(e.what()).starts_with("j: line 2: "));
        }
    }
    SECTION("a further run keeps finished steps, --again forgets them") {
        {
            Journal journal(path, clock);
            run.runs = 2;
            journal.run(run, false);
            journal.keep("load");
            journal.finish(RunResult::warn, 1, 2.5);
        }
        auto second = replay_file(path);
        REQUIRE(second);
        CHECK(second->is_complete());
        CHECK(second->runs == 2);
        CHECK(second->find("load")->is_kept);
        {
            Journal journal(path, clock);
            run.runs = 3;
            journal.run(run, true);
        }
        second = replay_file(path);
        CHECK(second->steps.empty());
        CHECK(second->result == RunResult::interrupted);
    }
}

TEST_CASE("A step's end stands for one exit code of the suite's table", "[job]") {
    const auto ended = [](int exit, int signal, bool is_timeout) {
        StepEnd end;
        end.exit = exit;
        end.signal = signal;
        end.is_timeout = is_timeout;
        return class_of(end);
    };
    for (const int code : {0, 1, 64, 65, 66, 69, 70, 74, 75, 78})
        CHECK(ended(code, 0, false) == code);
    CHECK(ended(2, 0, false) == 70);
    CHECK(ended(127, 0, false) == 78);
    CHECK(ended(0, 9, false) == 70);
    CHECK(ended(0, 15, true) == 75);
}

TEST_CASE("The difference of two job files shows lines, not noise", "[job]") {
    CHECK(line_diff("a\nb\nc\n", "a\nb\nc\n").empty());
    CHECK(line_diff("a\nb\nc\nd\n", "a\nx\nc\nd\ne\n") ==
          std::vector<std::string>{"@@ line 2", "-b", "+x", "@@ line 5", "+e"});
    CHECK(line_diff("", "a\n") == std::vector<std::string>{"@@ line 1", "+a"});
    CHECK(line_diff("a\n", "") == std::vector<std::string>{"@@ line 1", "-a"});
}

TEST_CASE("run.json is the same bytes for the same record", "[job]") {
    RunRecord run;
    run.job = "night";
    run.slot = "2019-12-31";
    run.result = RunResult::warn;
    run.exit = 1;
    run.steps = {{.id = "a", .state = StepState::warn, .attempts = 1}};
    const Spec spec = spec_of("job: night\nsteps: [{id: b, run: [x]}, {id: a, run: [x]}]\n");
    order_steps(run, spec);
    const std::string json = record_json(run);
    CHECK(json == record_json(run));
    CHECK(json.find("\"id\": \"b\",\n      \"state\": \"blocked\"") < json.find("\"id\": \"a\""));
    CHECK(json.find("\"result\": \"warn\"") != std::string::npos);
}
