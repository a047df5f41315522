// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/command.hpp"
#include "job/runner.hpp"

namespace tushu::cmd {

/// The options by which the commands find a job's slot.
struct SiteOptions {
    std::string spec;
    std::optional<std::string> slot;
    std::string state;
    std::vector<std::string> settings;
};

void add_spec_operand(Command& command, SiteOptions& options);
enum class SlotIs { optional, required };
void add_slot_options(Command& command, SiteOptions& options, SlotIs slot = SlotIs::optional);

/// "2019-12-31", "today", "yesterday", "tomorrow" in the job's zone.
[[nodiscard]] Day slot_day(Context& ctx, const std::string& text, const std::string& zone);

/// Where the slot's files are. The operand is a job file, or the folder of a slot. Without --slot:
/// the latest. Errors: Error{no_input} when the job has never run.
[[nodiscard]] job::Site find_site(Context& ctx, const SiteOptions& options);
/// The state folder of a job as an absolute path: --state, else the spec's, with the parameters put
/// in.
[[nodiscard]] std::string state_folder(const job::Spec& spec, const SiteOptions& options,
                                       const job::Values& values);

[[nodiscard]] job::SearchPath search_path();
[[nodiscard]] job::Host host_of(Context& ctx);

/// Reports the end of a run: exit code, and death by the signal that stopped it.
[[nodiscard]] Answer end_of(Context& ctx, const job::RunReport& report);

}  // namespace tushu::cmd
