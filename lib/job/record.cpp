// SPDX-License-Identifier: Apache-2.0
#include "job/record.hpp"

#include "base/input.hpp"
#include "base/json.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

namespace tushu::job {
namespace {

std::int64_t total(const std::map<std::string, std::int64_t>& numbers) {
    std::int64_t sum = 0;
    for (const auto& [name, n] : numbers) sum += n;
    return sum;
}

void numbers(JsonWriter& json, std::string_view key,
             const std::map<std::string, std::int64_t>& list) {
    json.key(key);
    json.begin_object();
    for (const auto& [name, n] : list) json.member(name, n);
    json.end_object();
}

}  // namespace

void read_summary(const std::string& path, StepEnd& end) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) return;
    const auto json = nlohmann::json::parse(load_file(path), nullptr, /*allow_exceptions=*/false);
    if (!json.is_object()) return;
    const auto take = [&json](const char* key, std::map<std::string, std::int64_t>& to) {
        const auto found = json.find(key);
        if (found == json.end() || !found->is_object()) return;
        for (const auto& [name, n] : found->items())
            if (n.is_number_integer()) to[name] = n.get<std::int64_t>();
    };
    take("counts", end.counts);
    take("rejects", end.rejects);
    take("warnings", end.warnings);
    if (const auto error = json.find("error"); error != json.end() && error->is_string())
        end.error = error->get<std::string>();
}

void order_steps(RunRecord& run, const Spec& spec) {
    std::vector<StepRecord> ordered;
    for (const auto& step : spec.steps) {
        if (const StepRecord* const known = run.find(step.id)) {
            ordered.push_back(*known);
        } else {
            ordered.push_back({.id = step.id});
            if (run.result != RunResult::running) ordered.back().state = StepState::blocked;
        }
    }
    run.steps = std::move(ordered);
}

std::string record_json(const RunRecord& run) {
    JsonWriter json;
    json.begin_object();
    json.member("job", run.job);
    json.member("slot", run.slot);
    json.member("zone", run.zone);
    json.member("result", name_of(run.result));
    json.member("exit", run.exit);
    json.member("run", run.runs);
    json.member("begun", run.begun);
    json.member("ended", run.ended);
    json.key("seconds");
    json.seconds(run.seconds);
    json.member("version", run.version);
    json.member("spec", run.spec_file);
    json.member("spec_sha256", run.spec_sha256);
    json.key("parameters");
    json.begin_object();
    for (const auto& [name, value] : run.parameters) {
        json.key(name);
        if (value.is_list) {
            json.begin_array();
            for (const auto& text : value.texts) json.value(text);
            json.end_array();
        } else {
            json.value(value.texts.at(0));
        }
    }
    json.end_object();
    json.key("steps");
    json.begin_array();
    for (const auto& step : run.steps) {
        json.begin_object();
        json.member("id", step.id);
        json.member("state", name_of(step.state));
        json.member("kept", step.is_kept);
        json.member("attempts", step.attempts);
        json.member("exit", step.end.exit);
        if (step.end.signal != 0) json.member("signal", step.end.signal);
        if (step.end.is_timeout) json.member("timeout", true);
        if (step.end.is_adopted) json.member("adopted", true);
        if (step.end.killed != 0) json.member("killed", step.end.killed);
        json.key("seconds");
        json.seconds(step.end.seconds);
        json.key("argv");
        json.begin_array();
        for (const auto& word : step.argv) json.value(word);
        json.end_array();
        numbers(json, "counts", step.end.counts);
        numbers(json, "rejects", step.end.rejects);
        numbers(json, "warnings", step.end.warnings);
        json.key("outputs");
        json.begin_array();
        for (const auto& file : step.end.outputs) {
            json.begin_object();
            json.member("file", file.file);
            json.member("bytes", file.bytes);
            if (!file.sha256.empty()) json.member("sha256", file.sha256);
            json.end_object();
        }
        json.end_array();
        if (!step.end.error.empty()) json.member("error", step.end.error);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return json.take();
}

Message title_of(StepState state) {
    switch (state) {
        case StepState::waiting:
            return msg("waiting");
        case StepState::running:
            return msg("running");
        case StepState::done:
            return msg("done");
        case StepState::warn:
            return msg("needs attention");
        case StepState::failed:
            return msg("failed");
        case StepState::stopped:
            return msg("stopped");
        case StepState::interrupted:
            return msg("interrupted");
        case StepState::skipped:
            return msg("left out");
        case StepState::blocked:
            return msg("not begun");
    }
    return {};
}

Message title_of(RunResult result) {
    switch (result) {
        case RunResult::running:
            return msg("running");
        case RunResult::done:
            return msg("done");
        case RunResult::warn:
            return msg("needs attention");
        case RunResult::failed:
            return msg("failed");
        case RunResult::stopped:
            return msg("stopped");
        case RunResult::interrupted:
            return msg("interrupted");
    }
    return {};
}

Table steps_table(const RunRecord& run, Words words) {
    Table table;
    table.name = "job-steps";
    table.title = msg("Steps of {}, {}", run.job, run.slot);
    table.columns = {{"step", msg("Step"), ColumnKind::text},
                     {"state", msg("State"), ColumnKind::text},
                     {"exit", msg("Exit"), ColumnKind::integer},
                     {"attempts", msg("Attempts"), ColumnKind::integer},
                     {"seconds", msg("Seconds"), ColumnKind::text},
                     {"rejects", msg("Rejects"), ColumnKind::integer},
                     {"warnings", msg("Warnings"), ColumnKind::integer}};
    for (const auto& step : run.steps) {
        const bool has_ended = step.state == StepState::done || step.state == StepState::warn ||
                               step.state == StepState::failed || step.state == StepState::stopped;
        const auto when_ended = [has_ended](std::int64_t n) {
            return has_ended ? Cell(n) : Cell(Mark::not_applicable);
        };
        const bool is_signalled = step.end.signal != 0;
        // Scripts get the number that a shell would give.
        const Cell signalled = words == Words::titles ? Cell(msg("signal {}", step.end.signal))
                                                      : Cell(std::int64_t{128 + step.end.signal});
        table.rows.push_back(
            {step.id,
             words == Words::titles ? Cell(title_of(step.state))
                                    : Cell(std::string(name_of(step.state))),
             is_signalled ? signalled : when_ended(step.end.exit), std::int64_t{step.attempts},
             has_ended ? Cell(fmt::format("{:.1f}", step.end.seconds)) : Cell(Mark::not_applicable),
             when_ended(total(step.end.rejects)), when_ended(total(step.end.warnings))});
    }
    return table;
}

}  // namespace tushu::job
