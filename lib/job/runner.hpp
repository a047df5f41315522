// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/date.hpp"
#include "base/message.hpp"
#include "job/journal.hpp"
#include "job/programs.hpp"
#include "job/spec.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tushu::job {

/// Where the files of one slot are: STATE/JOB/SLOT/{journal.jsonl,spec.yaml,run.json,logs,locks}.
struct Site {
    std::string state, job, slot;
    [[nodiscard]] std::string folder() const { return state + "/" + job + "/" + slot; }
    [[nodiscard]] std::string journal() const { return folder() + "/journal.jsonl"; }
    [[nodiscard]] std::string spec() const { return folder() + "/spec.yaml"; }
    [[nodiscard]] std::string record() const { return folder() + "/run.json"; }
    /// Held by the runner: one run of a job at a time, whatever the slot.
    [[nodiscard]] std::string lock() const { return state + "/" + job + "/lock"; }
    [[nodiscard]] std::string step_lock(const std::string& step) const {
        return folder() + "/locks/" + step;
    }
    /// logs/STEP.ATTEMPT.KIND with kind out, err, summary or exit.
    [[nodiscard]] std::string log(const std::string& step, int attempt,
                                  std::string_view kind) const;
};

/// Slots of a job that have a journal, oldest first.
[[nodiscard]] std::vector<std::string> slots_of(const std::string& state, const std::string& job);

/// What the journal says, with the steps in the captured spec's order, `running` where a runner is
/// at work. nullopt: the slot was never begun.
[[nodiscard]] std::optional<RunRecord> look_at(const Site& site);

enum class Level { info, warning, error };

/// What the runner gets from the program it runs in.
struct Host {
    SearchPath search;             // the suite's own folder first
    std::vector<std::string> env;  // what steps inherit
    std::string version;
    Clock clock;
    std::function<void(Level, const Message&)> say;
};

enum class Action { run, keep, skip };
/// What would become of a step, and why.
struct Plan {
    const Step* step = nullptr;
    Action action = Action::run;
    Message reason;
    std::vector<std::string> argv;
};
/// Errors: Error{config} for a program that is missing, Error{usage} for a template.
[[nodiscard]] std::vector<Plan> plan_run(const Spec& spec, const Values& values,
                                         const RunRecord* earlier, const Host& host);

struct RunOptions {
    std::size_t jobs = 1;     // steps at the same time
    bool is_again = false;    // begin the slot anew
    std::string record_file;  // a second place for run.json
};

struct RunReport {
    RunRecord record;
    bool was_complete = false;  // nothing was run
    int signal = 0;             // not 0: a person or the system asked to stop
};

/// Runs one slot to its end, resuming what an earlier run left.
///
/// Errors: Error{again} when a run of this job is going; Error{io} when the journal cannot be
/// written (steps are
///         stopped first); Error{config} for a missing program, before anything is begun.
/// A step that fails is no Error: the record says so. Needs a process with one thread.
[[nodiscard]] RunReport run_slot(const Spec& spec, const Values& values, const Site& site,
                                 const RunOptions& options, const Host& host);

/// Exit code a step's end stands for: its own where the suite's table has it, 75 for a timeout, 78
/// for a program that cannot be run, 70 for all else.
[[nodiscard]] int class_of(const StepEnd& end);

}  // namespace tushu::job
