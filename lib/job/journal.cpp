// SPDX-License-Identifier: Apache-2.0
#include "job/journal.hpp"

#include "base/input.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace tushu::job {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 9> kStates{
    "waiting", "running", "done", "warn", "failed", "stopped", "interrupted", "skipped", "blocked"};
constexpr std::array<std::string_view, 6> kResults{"running", "done",    "warn",
                                                   "failed",  "stopped", "interrupted"};

template <class E, std::size_t N>
E named(const std::string& text, const std::array<std::string_view, N>& names) {
    const auto found = std::find(names.begin(), names.end(), text);
    if (found == names.end()) throw Error(Fault::bad_input, msg("\"{}\" is not a state", text));
    return static_cast<E>(found - names.begin());
}

Json of(const Values& values) {
    Json out = Json::object();
    for (const auto& [name, value] : values) {
        if (value.is_list)
            out[name] = value.texts;
        else
            out[name] = value.texts.at(0);
    }
    return out;
}

Values values_of(const Json& json) {
    Values out;
    for (const auto& [name, value] : json.items()) {
        if (value.is_array())
            out[name] = {true, value.get<std::vector<std::string>>()};
        else
            out[name] = {false, {value.get<std::string>()}};
    }
    return out;
}

/// Applies one journal object to the record.
void apply(RunRecord& run, const Json& line) {
    const std::string type = line.at("type");
    if (type == "run") {
        std::vector<StepRecord> earlier;
        if (!line.at("again").get<bool>()) earlier = std::move(run.steps);
        const bool was_cut = run.is_cut;
        run = RunRecord();
        run.is_cut = was_cut;
        run.job = line.at("job");
        run.slot = line.at("slot");
        run.zone = line.at("zone");
        run.folder = line.at("folder");
        run.version = line.at("version");
        run.spec_file = line.at("spec");
        run.spec_sha256 = line.at("spec_sha256");
        run.runs = line.at("run");
        run.begun = line.at("at");
        run.parameters = values_of(line.at("parameters"));
        run.steps = std::move(earlier);
        for (auto& step : run.steps) step.is_kept = false;
        return;
    }
    if (type == "end_run") {
        run.result = named<RunResult>(line.at("result"), kResults);
        run.exit = line.at("exit");
        run.seconds = line.at("seconds");
        run.ended = line.at("at");
        return;
    }
    const std::string id = line.at("step");
    StepRecord* step = run.find(id);
    if (step == nullptr) {
        run.steps.push_back({.id = id});
        step = &run.steps.back();
    }
    if (type == "keep") {
        step->is_kept = true;
    } else if (type == "skip") {
        *step = {.id = id, .state = StepState::skipped};
    } else if (type == "start") {
        step->state = StepState::interrupted;  // until an end says otherwise
        step->is_kept = false;
        step->attempts = line.at("attempt");
        step->key = line.at("key");
        step->argv = line.at("argv").get<std::vector<std::string>>();
        step->on_orphan = line.at("on_orphan");
        step->end = {};
    } else if (type == "end") {
        StepEnd& end = step->end;
        end.state = step->state = named<StepState>(line.at("state"), kStates);
        end.exit = line.at("exit");
        end.signal = line.at("signal");
        end.is_timeout = line.at("timeout");
        end.is_adopted = line.at("adopted");
        end.seconds = line.at("seconds");
        end.killed = line.at("killed");
        end.error = line.value("error", "");
        end.counts = line.at("counts").get<std::map<std::string, std::int64_t>>();
        end.rejects = line.at("rejects").get<std::map<std::string, std::int64_t>>();
        end.warnings = line.at("warnings").get<std::map<std::string, std::int64_t>>();
        end.outputs.clear();
        for (const auto& file : line.at("outputs"))
            end.outputs.push_back({file.at("file"), file.at("bytes"), file.value("sha256", "")});
    }
}

/// Calls f(object, line number) for each finished line; true when a half-written one follows.
template <class F>
bool each_line(std::string_view bytes, const std::string& name, F f) {
    std::uint64_t number = 0;
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        if (end == std::string_view::npos) return true;
        ++number;
        const Where where{.file = name, .line = number};
        try {
            f(Json::parse(bytes.substr(0, end)));
        } catch (const nlohmann::json::exception&) {
            throw Error(Fault::bad_input, where, msg("this line of the journal is damaged"),
                        msg("give --again to begin the slot anew; the journal is then put aside"));
        } catch (const Error& e) {
            throw Error(Fault::bad_input, where, e.message(), e.hint());
        }
        bytes.remove_prefix(end + 1);
    }
    return false;
}

}  // namespace

std::string_view name_of(StepState state) { return kStates.at(static_cast<std::size_t>(state)); }
std::string_view name_of(RunResult result) { return kResults.at(static_cast<std::size_t>(result)); }

StepRecord* RunRecord::find(std::string_view id) {
    for (auto& step : steps)
        if (step.id == id) return &step;
    return nullptr;
}
const StepRecord* RunRecord::find(std::string_view id) const {
    for (const auto& step : steps)
        if (step.id == id) return &step;
    return nullptr;
}

std::optional<RunRecord> replay(std::string_view bytes, const std::string& name) {
    RunRecord run;
    const bool is_cut = each_line(bytes, name, [&run](const Json& line) { apply(run, line); });
    run.is_cut = is_cut;
    if (run.runs == 0) return std::nullopt;
    return run;
}

std::optional<RunRecord> replay_file(const std::string& path) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) return std::nullopt;
    return replay(load_file(path), path);
}

std::vector<Entry> entries_in(std::string_view bytes, const std::string& name) {
    std::vector<Entry> out;
    (void)each_line(bytes, name, [&out](const Json& line) {
        Entry e;
        e.type = line.at("type");
        e.at = line.at("at");
        e.step = line.value("step", "");
        e.state = line.value("state", line.value("result", ""));
        e.attempt = line.value("attempt", std::int64_t{0});
        e.exit = line.value("exit", 0);
        e.signal = line.value("signal", 0);
        e.seconds = line.value("seconds", 0.0);
        out.push_back(std::move(e));
    });
    return out;
}

Journal::Journal(std::string path, Clock clock) : path_(std::move(path)), clock_(std::move(clock)) {
    fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd_ < 0) throw system_error(Fault::io, path_, errno);
    struct stat facts {};
    if (::fstat(fd_, &facts) != 0 || !S_ISREG(facts.st_mode) || facts.st_size == 0) return;
    const std::string bytes = load_file(path_);
    const std::size_t last = bytes.rfind('\n');
    const std::size_t whole = last == std::string::npos ? 0 : last + 1;
    if (whole != bytes.size() && ::ftruncate(fd_, static_cast<off_t>(whole)) != 0) {
        const int reason = errno;
        ::close(fd_);
        throw system_error(Fault::io, path_, reason);
    }
}

Journal::~Journal() { ::close(fd_); }

void Journal::append(std::string line) {
    line += '\n';
    std::string_view left = line;
    while (!left.empty()) {
        const ssize_t n = ::write(fd_, left.data(), left.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw system_error(Fault::io, path_, errno);
        left.remove_prefix(static_cast<std::size_t>(n));
    }
    if (::fsync(fd_) != 0) throw system_error(Fault::io, path_, errno);
}

void Journal::run(const RunRecord& run, bool is_again) {
    append(Json{{"type", "run"},
                {"at", text_of(clock_())},
                {"format", 1},
                {"job", run.job},
                {"slot", run.slot},
                {"zone", run.zone},
                {"run", run.runs},
                {"again", is_again},
                {"spec", run.spec_file},
                {"spec_sha256", run.spec_sha256},
                {"version", run.version},
                {"folder", run.folder},
                {"parameters", of(run.parameters)}}
               .dump(-1, ' ', false, Json::error_handler_t::replace));
}

void Journal::keep(const std::string& step) {
    append(Json{{"type", "keep"}, {"at", text_of(clock_())}, {"step", step}}.dump());
}

void Journal::skip(const std::string& step) {
    append(Json{{"type", "skip"}, {"at", text_of(clock_())}, {"step", step}}.dump());
}

void Journal::start(const StepRecord& step, int pid) {
    append(Json{{"type", "start"},
                {"at", text_of(clock_())},
                {"step", step.id},
                {"attempt", step.attempts},
                {"pid", pid},
                {"on_orphan", step.on_orphan},
                {"key", step.key},
                {"argv", step.argv}}
               .dump(-1, ' ', false, Json::error_handler_t::replace));
}

void Journal::end(const StepRecord& step) {
    const StepEnd& e = step.end;
    Json outputs = Json::array();
    for (const auto& file : e.outputs) {
        Json facts{{"file", file.file}, {"bytes", file.bytes}};
        if (!file.sha256.empty()) facts["sha256"] = file.sha256;
        outputs.push_back(std::move(facts));
    }
    Json line{{"type", "end"},
              {"at", text_of(clock_())},
              {"step", step.id},
              {"attempt", step.attempts},
              {"state", std::string(name_of(e.state))},
              {"exit", e.exit},
              {"signal", e.signal},
              {"timeout", e.is_timeout},
              {"adopted", e.is_adopted},
              {"killed", e.killed},
              {"seconds", e.seconds},
              {"counts", e.counts},
              {"rejects", e.rejects},
              {"warnings", e.warnings},
              {"outputs", std::move(outputs)}};
    if (!e.error.empty()) line["error"] = e.error;
    append(line.dump(-1, ' ', false, Json::error_handler_t::replace));
}

void Journal::retry(const std::string& step, std::int64_t delay_ms) {
    append(
        Json{{"type", "retry"}, {"at", text_of(clock_())}, {"step", step}, {"delay_ms", delay_ms}}
            .dump());
}

void Journal::finish(RunResult result, int exit, double seconds) {
    append(Json{{"type", "end_run"},
                {"at", text_of(clock_())},
                {"result", std::string(name_of(result))},
                {"exit", exit},
                {"seconds", seconds}}
               .dump());
}

}  // namespace tushu::job
