// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/error.hpp"
#include "job/template.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tushu::job {

using Duration = std::chrono::milliseconds;

/// "500ms", "90s", "30m", "2h", "1d"; nullopt for anything else.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);
[[nodiscard]] std::string duration_text(Duration duration);

/// What a step may be told from outside (`--set name=value`).
struct Parameter {
    std::string name, about;
    bool is_list = false, is_required = false;
    std::vector<std::string> value;  // the default, as templates over earlier parameters
    std::string files;  // list of the files that match this pattern when the run begins
};

/// What exit code 1 ("needs attention") of a step means for those that need it.
enum class Attention { proceed, stop };
/// What becomes of a step whose runner has died.
enum class OrphanRule { kill, wait };

/// One program call. Texts are templates until a run expands them.
struct Step {
    std::string id, about;
    std::vector<std::string> run, needs, inputs, outputs;
    std::vector<std::pair<std::string, std::string>>
        env;                        // the job's first; the last of a name counts
    std::string input, output;      // files behind standard input and output; empty: none, the log
    std::string when, unless;       // parameters that must, must not hold something
    Duration timeout{0};            // 0: none
    std::vector<Duration> retries;  // delays before the second, third ... attempt
    Attention attention = Attention::proceed;
    OrphanRule on_orphan = OrphanRule::kill;
    bool wants_summary = false;
    Where where;
};

/// A job file (YAML), checked whole.
///
/// Source: tushu-job(5).
struct Spec {
    std::string file, text;  // where it came from, and its bytes (captured with each run)
    std::string name, about;
    std::string zone = "Asia/Shanghai";
    std::string state = "state/job";
    Duration grace{10000};  // between SIGTERM and SIGKILL
    std::vector<Parameter> parameters;
    std::vector<Step> steps;
    [[nodiscard]] const Step* find(std::string_view id) const;
};

/// Reads a job file and collects everything that is wrong with it, so that one look is enough.
///
/// Shape:  `problems` are Error{usage} with line and column, in file order. The Spec is only fit
/// for use
///         when there are none.
/// Errors: Error{no_input}, Error{io} for the file itself.
[[nodiscard]] Spec parse_spec(std::string text, const std::string& name,
                              std::vector<Error>& problems);
/// As parse_spec() for a file, throwing the first problem.
[[nodiscard]] Spec load_spec(const std::string& path);

/// Parameter values of a run: defaults, then `settings` ("name=value", lists by repeating), then
/// file patterns looked up on disk. Holds the slot's values too. Errors: Error{usage} for an
/// unknown name, a text where "=" is missing, a required value that is absent.
[[nodiscard]] Values resolve(const Spec& spec, Day slot, const std::vector<std::string>& settings);

/// Ids in an order in which every step follows what it needs; ties keep the file's order.
[[nodiscard]] std::vector<const Step*> run_order(const Spec& spec);

}  // namespace tushu::job
