// SPDX-License-Identifier: Apache-2.0
#include "inventory/writeback.hpp"

#include "base/csv.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace tushu::inventory {
namespace fs = std::filesystem;
namespace {

constexpr std::array<std::string_view, kBatches> kBatchNames = {"seen", "missing", "cleared",
                                                                "location", "returns"};
constexpr std::array<std::string_view, 8> kSheet = {"batch",    "barcode", "id",      "field",
                                                    "expected", "new",     "outcome", "evidence"};

std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
    return out + "'";
}

std::string status_word(const WritebackProfile& profile, const Snapshot& snapshot,
                        std::uint32_t row) {
    // The word of the export is what must come back, if it is one of this system's at all.
    if (std::string kept(snapshot.text(row, Text::status));
        !kept.empty() && (profile.known.empty() || profile.known.count(kept) != 0))
        return kept;
    const auto word = profile.words.find(snapshot.status(row));
    return word == profile.words.end() ? std::string(name_of(snapshot.status(row))) : word->second;
}

/// A value that may be part of a file's name.
std::string file_part(const std::string& value) {
    std::string out;
    for (const char c : value) {
        const bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                              (c >= 'a' && c <= 'z') || c == '-' || c == '_';
        out += is_plain ? c : '_';
    }
    return out.empty() ? "empty" : out;
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
            csv.row(
                {profile.columns[0], profile.columns[1], profile.columns[2], profile.columns[3]});
            for (const Change* change : changes)
                csv.row({change->id, change->field, change->expected, change->next});
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
                    codes.write(change->barcode + "\n");
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
    yaml.allow({"name", "id", "form", "columns", "seen", "status", "location"});
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
    if (profile.form == Form::csv && profile.columns.size() != 4)
        throw form.error(msg("change files as csv need four columns: id, field, expected, new"));
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
        location.allow({"field"});
        profile.location_field = location.need("field").text();
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
    reconciliation.for_each([&](const OutcomeLine& line) {
        if (line.row == kNone) return;
        if (line.scan != kNone && m.role[line.scan] != ScanRole::item) return;
        const auto wanted = [&](Batch batch) { return options.batches.count(batch) != 0; };
        const OutcomeSet all = line.secondary | set_of(line.outcome);
        const std::string id(profile.id == Text::barcode
                                 ? snapshot.barcode(line.row)
                                 : std::string(snapshot.text(line.row, profile.id)));
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
            if (id.empty() && !field.empty()) {
                ++plan.left_out["no_id"];
            } else if (!field.empty() && expected == next) {
                ++plan.left_out["no_change"];
            } else if (profile.never.count(next) != 0 || profile.never.count(expected) != 0) {
                ++plan.left_out["never_written"];  // neither it nor its inverse may be written
            } else {
                plan.changes.push_back({batch, snapshot.barcode(line.row), id, field, expected,
                                        next, std::string(name_of(line.outcome)), evidence});
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
            add(Batch::cleared, profile.status_field, status_word(profile, snapshot, line.row),
                profile.words.at(Status::on_shelf));
        if (line.scan != kNone && contains(all, Outcome::onloan) && wanted(Batch::returns))
            add(Batch::returns, "", "on_loan", "returned");
        if (line.scan != kNone && contains(all, Outcome::wrongloc) && wanted(Batch::location) &&
            !profile.location_field.empty())
            add(Batch::location, profile.location_field,
                std::string(snapshot.locations()[snapshot.location_of(line.row)]),
                log.segments[log.scans[line.scan].segment].location);
        if (line.outcome == Outcome::missing2 && wanted(Batch::missing) &&
            !profile.status_field.empty()) {
            if (options.missing_passes < 2)
                ++plan.left_out["missing_passes_not_given"];
            else if (reconciliation.coverage().passes[line.row] < options.missing_passes)
                ++plan.left_out["too_few_passes"];
            else
                add(Batch::missing, profile.status_field, status_word(profile, snapshot, line.row),
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
                     c.evidence});
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
        plan.changes.push_back(
            {*batch, cell(1), cell(2), cell(3), cell(4), cell(5), cell(6), cell(7)});
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
                     const Snapshot& now) {
    PlanState state;
    std::string scratch;
    for (std::size_t i = 0; i < plan.changes.size(); ++i) {
        const Change& change = plan.changes[i];
        const std::string_view normal = normal_barcode(change.barcode, scratch);
        const auto rows = now.find(code_of(normal), normal);
        if (rows.size() != 1) {
            ++state.gone;
            continue;
        }
        std::string value;
        switch (change.batch) {
            case Batch::seen:
                value = now.text(rows[0], Text::last_seen);
                break;
            case Batch::missing:
            case Batch::cleared:
                value = status_word(profile, now, rows[0]);
                break;
            case Batch::location:
                value = now.locations()[now.location_of(rows[0])];
                break;
            case Batch::returns:
                value = now.status(rows[0]) == Status::on_loan ? "on_loan" : "returned";
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
