// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/yaml.hpp"
#include "inventory/reconcile.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace tushu::inventory {

/// Groups of changes that are reviewed and loaded one by one.
enum class Batch : std::uint8_t { seen, missing, cleared, location, returns };
inline constexpr std::size_t kBatches = 5;
[[nodiscard]] std::string_view name_of(Batch batch);
[[nodiscard]] std::optional<Batch> batch_from(std::string_view name);

/// How one library system takes changes in (data/writeback/NAME.yaml).
/// Errors: Error{config} with line and column.
struct WritebackProfile {
    enum class Form { csv, lists, json } form = Form::csv;
    std::string name;
    Text id = Text::barcode;
    std::vector<std::string> columns;          // of csv: item key, barcode, field, expected, new
    std::string seen_field, status_field;      // empty: this system has no such change
    std::vector<std::string> location_fields;  // the one that the snapshot was made from is changed
    bool of_any_system = false;                // what stands in a field is taken from any column
    bool seen_as_epoch_day = false;
    std::map<Status, std::string> words;
    std::set<std::string> known;  // values the status field can take; empty: any
    std::set<std::string> never;  // values that must not be written
    static WritebackProfile load(const std::string& path);
};

/// One change of one field, with what must be there before it is made.
struct Change {
    Batch batch = Batch::seen;
    std::string barcode, id, field, expected, next, outcome, evidence;  // id: the item's key there
    bool is_shared = false;  // other items have this barcode too
};

struct WritebackPlan {
    std::string profile, session, snapshot;  // names; SHA-256 of the holdings
    std::vector<Change> changes;
    std::map<std::string, std::int64_t> left_out;  // by reason: no_id, no_change, no_day ...
};

/// What stands in the system where the snapshot, not made from its own export, has a word.
using KnownWords = std::map<std::string, std::string>;

struct WritebackOptions {
    std::set<Batch> batches{Batch::seen, Batch::missing, Batch::cleared, Batch::returns};
    int missing_passes =
        0;  // passes that must have gone by without a book; below 2 nothing becomes missing
    KnownWords was;
};

/// Turns outcomes into changes. Nothing is sent anywhere. A book becomes missing only when at least
/// two passes overlooked it and somebody said how many are wanted; returns are proposed and never
/// undone. What must be there before a change is what the export said, to the letter. Items that
/// share a barcode are told apart by their key in the system; without one they are left out.
/// Errors: Error{config} when the snapshot does not hold what stands in the field to be changed and
///         `was` does not say it: a guess would make stale changes and an undo that destroys.
[[nodiscard]] WritebackPlan plan_writeback(const Reconciliation& reconciliation, const ScanLog& log,
                                           const Snapshot& snapshot,
                                           const WritebackProfile& profile,
                                           const WritebackOptions& options);

/// Writes the plan's folder: changes.csv (the sheet to review), forward/ and inverse/ (files for
/// the system, a file for each batch), plan.yaml. `folder` must not exist.
void write_plan(const WritebackPlan& plan, const WritebackProfile& profile,
                const std::string& folder);
/// Reads changes.csv and plan.yaml back. Errors: Error{no_input}, Error{bad_input}.
[[nodiscard]] WritebackPlan read_plan(const std::string& folder);
/// The plan that takes this one back: what was new is expected, what was expected is new. Returns
/// cannot be taken back; they are left out and counted.
[[nodiscard]] WritebackPlan inverse_of(const WritebackPlan& plan);

/// How a plan stands against later holdings: changes whose expected value is no longer there are
/// stale, those whose new value is there are done.
struct PlanState {
    std::int64_t open = 0, done = 0, stale = 0, gone = 0;
    std::vector<std::pair<std::size_t, std::string>>
        stale_changes;  // index into changes, value found
};
[[nodiscard]] PlanState check_plan(const WritebackPlan& plan, const WritebackProfile& profile,
                                   const Snapshot& now, const KnownWords& was);

}  // namespace tushu::inventory
