// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/date.hpp"
#include "base/error.hpp"
#include "job/template.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tushu::job {

/// What a step has come to. `interrupted`: begun, no end written, nobody is at work on it.
enum class StepState {
    waiting,
    running,
    done,
    warn,
    failed,
    stopped,
    interrupted,
    skipped,
    blocked
};
/// What a run has come to. `interrupted`: no end was written and the runner is gone.
enum class RunResult { running, done, warn, failed, stopped, interrupted };
[[nodiscard]] std::string_view name_of(StepState state);
[[nodiscard]] std::string_view name_of(RunResult result);

/// A file that a step declared, as it stood when the step ended.
struct OutputFacts {
    std::string file;
    std::int64_t bytes = 0;
    std::string sha256;  // empty for folders and devices
    bool operator==(const OutputFacts&) const = default;
};

/// How one attempt of a step ended.
struct StepEnd {
    StepState state = StepState::done;
    int exit = 0;
    int signal = 0;  // not 0: killed by it, `exit` means nothing
    bool is_timeout = false, is_adopted = false;
    double seconds = 0;
    std::int64_t killed = 0;  // left-over processes that had to be ended
    std::string error;        // what the program's summary says, or the runner
    std::map<std::string, std::int64_t> counts, rejects, warnings;
    std::vector<OutputFacts> outputs;
};

/// One step as the journal tells it.
struct StepRecord {
    std::string id;
    StepState state = StepState::waiting;
    int attempts = 0;
    bool is_kept = false;  // from an earlier run of this slot
    std::string key{};  // what would make its result stale: arguments, environment, program, inputs
    std::vector<std::string> argv{};
    std::string on_orphan = "kill";
    StepEnd end{};
};

/// One slot as the journal tells it: the latest run, with the steps it kept from earlier ones.
struct RunRecord {
    std::string job, slot, zone, folder, version, spec_file, spec_sha256;
    std::int64_t runs = 0;
    Values parameters;
    std::string begun, ended;  // UTC
    RunResult result = RunResult::interrupted;
    int exit = 0;
    double seconds = 0;
    std::vector<StepRecord> steps;  // in the order in which they were first begun
    bool is_cut = false;            // the last line was half-written and has been disregarded
    [[nodiscard]] StepRecord* find(std::string_view id);
    [[nodiscard]] const StepRecord* find(std::string_view id) const;
    [[nodiscard]] bool is_complete() const {
        return result == RunResult::done || result == RunResult::warn;
    }
};

/// One journal line, for those who follow it.
struct Entry {
    std::string type, at, step, state;
    std::int64_t attempt = 0;
    int exit = 0, signal = 0;
    double seconds = 0;
};

/// Rebuilds the record from the journal's bytes. A last line without its line end was being written
/// when the machine or the runner stopped: it counts as never written. Errors: Error{bad_input}
/// with the line for damage anywhere else.
[[nodiscard]] std::optional<RunRecord> replay(std::string_view bytes, const std::string& name);
/// The same for a file; nullopt when there is none or it is empty.
[[nodiscard]] std::optional<RunRecord> replay_file(const std::string& path);
/// The finished lines in `bytes`, each as an Entry.
[[nodiscard]] std::vector<Entry> entries_in(std::string_view bytes, const std::string& name);

/// The append-only journal of one slot: one JSON object a line, on disk before the call returns.
///
/// Errors: Error{io} when a line cannot be written and synced: the caller must then not go on.
class Journal {
  public:
    /// Opens or creates; a half-written last line is cut off first.
    Journal(std::string path, Clock clock);
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    void run(const RunRecord& run, bool is_again);
    void keep(const std::string& step);
    void skip(const std::string& step);
    void start(const StepRecord& step, int pid);
    void end(const StepRecord& step);
    void retry(const std::string& step, std::int64_t delay_ms);
    void finish(RunResult result, int exit, double seconds);

  private:
    void append(std::string line);
    std::string path_;
    Clock clock_;
    int fd_ = -1;
};

}  // namespace tushu::job
