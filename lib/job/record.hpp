// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/table.hpp"
#include "job/journal.hpp"
#include "job/spec.hpp"

#include <string>

namespace tushu::job {

/// What a step reads of a program's --summary file. Absent or unreadable: nothing is set.
void read_summary(const std::string& path, StepEnd& end);

/// All steps of the spec in its order, those that never began as waiting or blocked; steps that the
/// spec no longer has are left out.
void order_steps(RunRecord& run, const Spec& spec);

/// run.json: the summary of a run.
[[nodiscard]] std::string record_json(const RunRecord& run);
/// How a state is shown: to people in their language, or as the word that scripts know.
enum class Words { titles, codes };
/// One row a step: step, state, exit, attempts, seconds, rejects, warnings.
[[nodiscard]] Table steps_table(const RunRecord& run, Words words);
[[nodiscard]] Message title_of(StepState state);
[[nodiscard]] Message title_of(RunResult result);

}  // namespace tushu::job
