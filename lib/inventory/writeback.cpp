// SPDX-License-Identifier: Apache-2.0
#include "inventory/writeback.hpp"

#include "base/csv.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "inventory/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace tushu::inventory {
namespace fs = std::filesystem;
namespace {

constexpr std::array<std::string_view, kBatches> kBatchNames = {"seen", "missing", "cleared",
                                                                "location", "returns"};
constexpr std::array<std::string_view, 9> kSheet = {
    "batch", "barcode", "id", "field", "expected", "new", "outcome", "evidence", "shared"};

std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
    return out + "'";
}

/// What stands in the system's status field: the word of its own export; of other snapshots a word
/// that only this field can have, or what the user says.
std::string status_there(const WritebackProfile& profile, const Snapshot& snapshot,
                         std::uint32_t row, const KnownWords& was) {
    std::string word(snapshot.status_word(row));
    const std::string& column = snapshot.status_column();
    const bool is_own =
        !column.empty() && (profile.of_any_system || is_same_column(column, profile.status_field) ||
                            profile.known.count(word) != 0);
    if (is_own) return word;
    const std::string known = column.empty() ? std::string(name_of(snapshot.status(row))) : word;
    if (const auto told = was.find(known); told != was.end()) return told->second;
    throw Error(Fault::config, {snapshot.source_file()},
                msg("status \"{}\" of item {} is not from {}: what stands there is not known",
                    printable(known), printable(snapshot.barcode(row)), profile.status_field),
                msg("make the snapshot from the system's own export, or say what stands there with "
                    "--was {}=VALUE",
                    printable(known)));
}

/// The field that the snapshot's locations are from; nothing else may be written when they change.
std::string location_field(const WritebackProfile& profile, const Snapshot& snapshot) {
    if (profile.of_any_system) return profile.location_fields.front();
    for (const auto& field : profile.location_fields)
        if (is_same_column(field, snapshot.location_column())) return field;
    throw Error(Fault::config, {snapshot.source_file()},
                msg("its locations are from column \"{}\", which profile {} does not write",
                    printable(snapshot.location_column()), profile.name));
}

/// What the export calls each location; nullopt where it has several words for one.
std::vector<std::optional<std::string>> words_of_locations(const Snapshot& snapshot) {
    std::vector<std::optional<std::string>> words(snapshot.locations().begin(),
                                                  snapshot.locations().end());
    if (!snapshot.holds(Text::location)) return words;
    std::vector<bool> is_met(words.size(), false);
    for (const Group& group : snapshot.groups())
        for (std::uint32_t row = group.begin; row < group.end; ++row) {
            auto& word = words[group.location];
            const std::string_view here = snapshot.location_word(row);
            if (!is_met[group.location])
                word = std::string(here);
            else if (word && *word != here)
                word.reset();
            is_met[group.location] = true;
        }
    return words;
}

/// The item that a change is about: its key decides, then the barcode if no other item has it.
std::uint32_t row_of(const Change& change, const Snapshot& snapshot) {
    std::string scratch;
    const std::string_view normal = normal_barcode(change.barcode, scratch);
    const auto rows = snapshot.find(code_of(normal), normal);
    const bool has_keys = !change.id.empty() && snapshot.holds(Text::item_id);
    for (std::uint32_t k = 0; has_keys && k < rows.size(); ++k)
        if (snapshot.text(rows[k], Text::item_id) == change.id) return rows[k];
    return !has_keys && rows.size() == 1 ? rows[0] : kNone;
}

/// A value as part of a file's name; two values never give one name.
std::string file_part(const std::string& value) {
    if (value.empty()) return "empty";
    std::string out;
    for (const char c : value) {
        const bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                              (c >= 'a' && c <= 'z') || c == '-' || c == '_';
        if (is_plain)
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out == "empty" ? "%65mpty" : out;
}

void write_forward(const std::vector<const Change*>& changes, const WritebackProfile& profile,
                   const fs::path& folder, std::string_view batch) {
    if (changes.empty()) return;
    const std::string base = (folder / batch).string();
    const bool is_action =
        changes.front()->field.empty();  // returns: a list of barcodes for the check-in screen
    if (is_action) {
        Output out(base + ".txt", Output::Replace::yes);
        for (const Change* change : changes) out.write(change->barcode + "\n");
        out.close();
        return;
    }
    switch (profile.form) {
        case WritebackProfile::Form::csv: {
            Output out(base + ".csv", Output::Replace::yes);
            CsvWriter csv(out);
            csv.row({profile.columns[0], profile.columns[1], profile.columns[2], profile.columns[3],
                     profile.columns[4]});
            for (const Change* change : changes)
                csv.row(
                    {change->id, change->barcode, change->field, change->expected, change->next});
            out.close();
            return;
        }
        case WritebackProfile::Form::lists: {
            std::map<std::pair<std::string, std::string>, std::vector<const Change*>> by_value;
            for (const Change* change : changes)
                by_value[{change->field, change->next}].push_back(change);
            for (const auto& [value, members] : by_value) {
                const std::string name =
                    base + "." + file_part(value.first) + "." + file_part(value.second);
                Output keys(name + ".keys.txt", Output::Replace::yes),
                    codes(name + ".barcodes.txt", Output::Replace::yes);
                for (const Change* change : members) {
                    keys.write(change->id + "\n");
                    // A list of barcodes cannot say which of the items that share one is meant.
                    if (!change->is_shared) codes.write(change->barcode + "\n");
                }
                keys.close();
                codes.close();
            }
            return;
        }
        case WritebackProfile::Form::json: {
            JsonWriter json;
            json.begin_object();
            json.key("items");
            json.begin_array();
            for (const Change* change : changes) {
                json.begin_object();
                json.member("id", change->id);
                const std::size_t dot = change->field.find('.');
                json.key(change->field.substr(0, dot));
                if (dot == std::string::npos) {
                    json.value(change->next);
                } else {
                    json.begin_object();
                    json.member(change->field.substr(dot + 1), change->next);
                    json.end_object();
                }
                json.end_object();
            }
            json.end_array();
            json.end_object();
            Output out(base + ".json", Output::Replace::yes);
            out.write(json.take());
            out.close();
            return;
        }
    }
}

}  // namespace

std::string_view name_of(Batch batch) { return kBatchNames[static_cast<std::size_t>(batch)]; }

std::optional<Batch> batch_from(std::string_view name) {
    for (std::size_t b = 0; b < kBatches; ++b)
        if (kBatchNames[b] == name) return static_cast<Batch>(b);
    return std::nullopt;
}

WritebackProfile WritebackProfile::load(const std::string& path) {
    const Yaml yaml = Yaml::load(path);
    yaml.allow({"name", "id", "form", "columns", "seen", "status", "location", "of_any_system"});
    WritebackProfile profile;
    profile.name = yaml.need("name").text();
    const Yaml id = yaml.need("id");
    if (id.text() == "item_id")
        profile.id = Text::item_id;
    else if (id.text() != "barcode")
        throw id.error(
            msg("an item is known by barcode or item_id, not by \"{}\"", printable(id.text())));
    const Yaml form = yaml.need("form");
    if (form.text() == "csv")
        profile.form = Form::csv;
    else if (form.text() == "lists")
        profile.form = Form::lists;
    else if (form.text() == "json")
        profile.form = Form::json;
    else
        throw form.error(msg("\"{}\" is no form of change files; there are csv, lists and json",
                             printable(form.text())));
    profile.columns = yaml.get("columns").texts();
    if (profile.form == Form::csv && profile.columns.size() != 5)
        throw form.error(
            msg("change files as csv need five columns: item key, barcode, field, expected, new"));
    profile.of_any_system = yaml.get("of_any_system").boolean_or(false);
    if (const Yaml seen = yaml.get("seen"); !seen.is_absent()) {
        seen.allow({"field", "as"});
        profile.seen_field = seen.need("field").text();
        profile.seen_as_epoch_day = seen.get("as").text_or("day") == "epoch_day";
    }
    if (const Yaml status = yaml.get("status"); !status.is_absent()) {
        status.allow({"field", "words", "known", "never"});
        profile.status_field = status.need("field").text();
        for (const auto& [word, value] : status.need("words").entries()) {
            const auto known = status_from(word);
            if (!known) throw value.error(msg("\"{}\" is no status class", printable(word)));
            profile.words[*known] = value.text();
        }
        for (const auto& word : status.get("known").texts()) profile.known.insert(word);
        for (const auto& word : status.get("never").texts()) profile.never.insert(word);
    }
    if (const Yaml location = yaml.get("location"); !location.is_absent()) {
        location.allow({"fields"});
        profile.location_fields = location.need("fields").texts();
        if (profile.location_fields.empty())
            throw location.error(msg("at least one field must be named"));
    }
    return profile;
}

WritebackPlan plan_writeback(const Reconciliation& reconciliation, const ScanLog& log,
                             const Snapshot& snapshot, const WritebackProfile& profile,
                             const WritebackOptions& options) {
    if (options.batches.count(Batch::missing) != 0 && options.missing_passes == 1)
        throw Error(Fault::usage, msg("a book becomes missing only after two passes or more"));
    WritebackPlan plan;
    plan.profile = profile.name;
    plan.snapshot = snapshot.source_sha256();
    const Matching& m = reconciliation.matching();
    std::string scratch;
    std::vector<std::optional<std::string>> location_words;
    reconciliation.for_each([&](const OutcomeLine& line) {
        if (line.row == kNone) return;
        if (line.scan != kNone && m.role[line.scan] != ScanRole::item) return;
        const Decision* const said = reconciliation.decision(line.row);
        if (said != nullptr && said->verdict == Verdict::hold) {
            ++plan.left_out["decided_to_hold"];
            return;
        }
        const auto wanted = [&](Batch batch) { return options.batches.count(batch) != 0; };
        const OutcomeSet all = line.secondary | set_of(line.outcome);
        const std::string id(snapshot.text(line.row, Text::item_id)),
            barcode = snapshot.barcode(line.row);
        const std::string_view normal = normal_barcode(barcode, scratch);
        const bool is_shared = snapshot.find(code_of(normal), normal).size() > 1;
        std::string evidence;
        if (line.scan != kNone) {
            const Segment& segment = log.segments[log.scans[line.scan].segment];
            evidence = log.files[segment.file].name + ":" +
                       std::to_string(log.scans[line.scan].line) + " " + segment.anchor();
        } else {
            evidence = "passes=" + std::to_string(reconciliation.coverage().passes[line.row]);
        }
        const auto add = [&](Batch batch, const std::string& field, const std::string& expected,
                             const std::string& next) {
            const bool is_action = field.empty();  // by barcode, at a desk
            if (id.empty() && !is_action && profile.id == Text::item_id) {
                ++plan.left_out["no_id"];
            } else if (is_shared && (is_action || id.empty())) {
                ++plan.left_out["shared_barcode"];  // it would hit the other item as well
            } else if (!is_action && expected == next) {
                ++plan.left_out["no_change"];
            } else if (profile.never.count(next) != 0 || profile.never.count(expected) != 0) {
                ++plan.left_out["never_written"];  // neither it nor its inverse may be written
            } else {
                plan.changes.push_back({batch, barcode, id, field, expected, next,
                                        std::string(name_of(line.outcome)), evidence, is_shared});
                if (is_shared && profile.form == WritebackProfile::Form::lists)
                    ++plan.left_out["shared_barcode_in_barcodes_txt"];
            }
        };
        if (line.scan != kNone && wanted(Batch::seen) && !profile.seen_field.empty()) {
            const auto& day = log.segments[log.scans[line.scan].segment].day;
            if (!day)
                ++plan.left_out["no_day"];
            else
                add(Batch::seen, profile.seen_field,
                    std::string(snapshot.text(line.row, Text::last_seen)),
                    profile.seen_as_epoch_day
                        ? std::to_string(std::chrono::sys_days(*day).time_since_epoch().count())
                        : text_of(*day));
        }
        if (line.scan != kNone && contains(all, Outcome::wasmissing) && wanted(Batch::cleared) &&
            !profile.status_field.empty())
            add(Batch::cleared, profile.status_field,
                status_there(profile, snapshot, line.row, options.was),
                profile.words.at(Status::on_shelf));
        if (line.scan != kNone && contains(all, Outcome::onloan) && wanted(Batch::returns))
            add(Batch::returns, "", "on_loan", "returned");
        if (line.scan != kNone && contains(all, Outcome::wrongloc) && wanted(Batch::location) &&
            (said == nullptr || said->verdict != Verdict::stays) &&
            !profile.location_fields.empty()) {
            if (location_words.empty()) location_words = words_of_locations(snapshot);
            const std::uint32_t here = m.location[log.scans[line.scan].segment];
            if (here == kNone)
                ++plan.left_out["unknown_location"];  // no item of the system is there
            else if (!location_words[here])
                ++plan.left_out["several_words_for_location"];
            else
                add(Batch::location, location_field(profile, snapshot),
                    std::string(snapshot.location_word(line.row)), *location_words[here]);
        }
        if (line.outcome == Outcome::missing2 && wanted(Batch::missing) &&
            !profile.status_field.empty()) {
            if (options.missing_passes < 2)
                ++plan.left_out["missing_passes_not_given"];
            else if (reconciliation.coverage().passes[line.row] < options.missing_passes)
                ++plan.left_out["too_few_passes"];
            else
                add(Batch::missing, profile.status_field,
                    status_there(profile, snapshot, line.row, options.was),
                    profile.words.at(Status::missing));
        }
        if (line.outcome == Outcome::missing1 && wanted(Batch::missing))
            ++plan.left_out["missing_once_only"];
    });
    std::stable_sort(plan.changes.begin(), plan.changes.end(),
                     [](const Change& a, const Change& b) { return a.batch < b.batch; });
    return plan;
}

void write_plan(const WritebackPlan& plan, const WritebackProfile& profile,
                const std::string& folder) {
    std::error_code error;
    if (fs::exists(folder, error))
        throw Error(Fault::usage, {folder}, msg("exists already; a plan is never overwritten"));
    const fs::path scratch = folder + ".part";
    fs::remove_all(scratch, error);
    fs::create_directories(scratch / "forward", error);
    if (!error) fs::create_directories(scratch / "inverse", error);
    if (error) throw system_error(Fault::io, folder, error.value());
    {
        Output out((scratch / "changes.csv").string(), Output::Replace::yes);
        CsvWriter csv(out, {.neutralise = false});
        csv.row(kSheet);
        for (const Change& c : plan.changes)
            csv.row({name_of(c.batch), c.barcode, c.id, c.field, c.expected, c.next, c.outcome,
                     c.evidence, c.is_shared ? "yes" : ""});
        out.close();
    }
    const WritebackPlan inverse = inverse_of(plan);
    for (std::size_t b = 0; b < kBatches; ++b) {
        const auto batch = static_cast<Batch>(b);
        const auto members = [batch](const WritebackPlan& of) {
            std::vector<const Change*> found;
            for (const Change& change : of.changes)
                if (change.batch == batch) found.push_back(&change);
            return found;
        };
        write_forward(members(plan), profile, scratch / "forward", name_of(batch));
        write_forward(members(inverse), profile, scratch / "inverse", name_of(batch));
    }
    save_file((scratch / "plan.yaml").string(), "profile: " + quoted(plan.profile) +
                                                    "\nsession: " + quoted(plan.session) +
                                                    "\nsnapshot: " + quoted(plan.snapshot) + "\n");
    fs::rename(scratch, folder, error);
    if (error) throw system_error(Fault::io, folder, error.value());
}

WritebackPlan read_plan(const std::string& folder) {
    WritebackPlan plan;
    if (std::error_code ignored; !fs::exists(fs::path(folder) / "plan.yaml", ignored))
        throw Error(Fault::no_input, {folder}, msg("is no write-back plan"),
                    msg("make one with \"tushu-inventory writeback plan\""));
    const Yaml yaml = Yaml::load((fs::path(folder) / "plan.yaml").string());
    yaml.allow({"profile", "session", "snapshot"});
    plan.profile = yaml.need("profile").text();
    plan.session = yaml.need("session").text();
    plan.snapshot = yaml.need("snapshot").text();
    const std::string sheet = (fs::path(folder) / "changes.csv").string();
    const auto input = Input::open(sheet);
    CsvReader csv(*input, {',', CsvEncoding::utf8, true});
    std::array<std::size_t, kSheet.size()> at{};
    for (std::size_t i = 0; i < kSheet.size(); ++i) at[i] = csv.required(kSheet[i]);
    while (const auto cells = csv.next()) {
        const auto cell = [&](std::size_t i) {
            return std::string(at[i] < cells->size() ? (*cells)[at[i]] : std::string_view());
        };
        const auto batch = batch_from(cell(0));
        if (!batch)
            throw Error(Fault::bad_input, {sheet, 0, 0, csv.line()},
                        msg("\"{}\" is no batch of changes", printable(cell(0))));
        plan.changes.push_back({*batch, cell(1), cell(2), cell(3), cell(4), cell(5), cell(6),
                                cell(7), !cell(8).empty()});
    }
    return plan;
}

WritebackPlan inverse_of(const WritebackPlan& plan) {
    WritebackPlan inverse{plan.profile, plan.session, plan.snapshot, {}, {}};
    for (auto change = plan.changes.rbegin(); change != plan.changes.rend(); ++change) {
        if (change->batch == Batch::returns) {
            ++inverse.left_out["return_cannot_be_undone"];
            continue;
        }
        Change back = *change;
        std::swap(back.expected, back.next);
        inverse.changes.push_back(std::move(back));
    }
    std::stable_sort(inverse.changes.begin(), inverse.changes.end(),
                     [](const Change& a, const Change& b) { return a.batch < b.batch; });
    return inverse;
}

PlanState check_plan(const WritebackPlan& plan, const WritebackProfile& profile,
                     const Snapshot& now, const KnownWords& was) {
    PlanState state;
    for (std::size_t i = 0; i < plan.changes.size(); ++i) {
        const Change& change = plan.changes[i];
        const std::uint32_t row = row_of(change, now);
        if (row == kNone) {
            ++state.gone;
            continue;
        }
        std::string value;
        switch (change.batch) {
            case Batch::seen:
                value = now.text(row, Text::last_seen);
                break;
            case Batch::missing:
            case Batch::cleared:
                value = status_there(profile, now, row, was);
                break;
            case Batch::location:
                (void)location_field(profile, now);  // checks that this is the field
                value = now.location_word(row);
                break;
            case Batch::returns:
                value = now.status(row) == Status::on_loan ? "on_loan" : "returned";
                break;
        }
        if (value == change.next) {
            ++state.done;
        } else if (value == change.expected) {
            ++state.open;
        } else {
            ++state.stale;
            state.stale_changes.emplace_back(i, value);
        }
    }
    return state;
}

}  // namespace tushu::inventory
