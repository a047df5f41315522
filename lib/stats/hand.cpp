// SPDX-License-Identifier: Apache-2.0
#include "stats/hand.hpp"

#include "base/csv.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace tushu::stats {
namespace {

struct Entry {
    std::string day, target, evidence, signed_by;
    std::int64_t n = 0;
    std::uint64_t line = 0;
    auto key() const { return std::tie(target, day, n, evidence, signed_by); }
    bool operator<(const Entry& other) const { return key() < other.key(); }
};

/// Reads the entries, refusing what cannot be counted.
class Reader {
  public:
    Reader(const Plan& plan, Input& input, const LoadEvents& events, LoadReport& report)
        : plan_(plan), input_(input), events_(events), report_(report), csv_(input) {
        if (csv_.header().empty())
            throw Error(Fault::bad_input, {input.name()}, msg("is empty: not even a header line"));
        constexpr std::array<std::string_view, 5> kColumns{"day", "target", "count", "evidence",
                                                           "signed_by"};
        for (std::size_t i = 0; i < kColumns.size(); ++i) columns_[i] = csv_.required(kColumns[i]);
    }

    std::vector<Entry> entries() {
        std::vector<Entry> out;
        for (;;) {
            try {
                const auto cells = csv_.next();
                if (!cells) return out;
                ++report_.rows_in;
                if (auto entry = entry_of(*cells)) out.push_back(std::move(*entry));
            } catch (const Error& e) {
                // Without a line it is the input's: damaged compression, and the end of the load.
                if (e.fault() != Fault::bad_input || e.where().line == 0) throw;
                ++report_.rows_in;
                refuse("bad_row", e);
            }
            events_.tick(static_cast<std::uint64_t>(report_.rows_in));
        }
    }
    [[nodiscard]] const std::map<std::string, std::int64_t>& faults() const { return faults_; }

  private:
    std::optional<Entry> entry_of(std::span<const std::string_view> cells) {
        if (cells.size() != csv_.header().size())
            return refuse("bad_row", msg("the row has {} cells where the header has {}",
                                         cells.size(), csv_.header().size()));
        const auto cell = [&](std::size_t i) { return trim(cells[columns_[i]]); };
        Entry entry;
        const auto day = parse_day(cell(0));
        if (!day)
            return refuse("bad_time",
                          msg("\"{}\" is not a day such as 2019-12-31", printable(cell(0), 40)));
        entry.day = text_of(*day);
        entry.target = std::string(cell(1));
        if (plan_.target(entry.target) == nullptr && plan_.milestone(entry.target) == nullptr) {
            const auto near = plan_.nearest_id(entry.target);
            return refuse("unknown_target",
                          msg("the plan has no target \"{}\"", printable(entry.target, 40)),
                          near ? msg("did you mean \"{}\"?", *near) : Message());
        }
        const auto count = parse_integer(cell(2));
        if (!count)
            return refuse("bad_count", msg("\"{}\" is not a whole number", printable(cell(2), 40)));
        entry.n = *count;
        entry.evidence = std::string(cell(3));
        entry.signed_by = std::string(cell(4));
        entry.line = csv_.line();
        if (entry.n < 0 && entry.evidence.empty())
            return refuse("bad_count", msg("a correction of {} needs evidence", entry.n));
        if (entry.signed_by.empty())
            events_.warn("not_signed", here(),
                         msg("the count of {} for {} is not signed", entry.n, entry.target));
        return entry;
    }

    [[nodiscard]] Where here() const { return {input_.name(), 0, csv_.offset(), csv_.line(), 0}; }
    std::nullopt_t refuse(const std::string& code, Message message, Message hint = {}) {
        return refuse(code, Error(Fault::bad_input, here(), std::move(message), std::move(hint)));
    }
    std::nullopt_t refuse(const std::string& code, const Error& error) {
        ++faults_[code];
        ++report_.rejects;
        events_.reject(code, error, csv_.raw());
        return std::nullopt;
    }

    const Plan& plan_;
    Input& input_;
    const LoadEvents& events_;
    LoadReport& report_;
    CsvReader csv_;
    std::array<std::size_t, 5> columns_{};
    std::map<std::string, std::int64_t> faults_;
};

/// The entries that other loads have put into the store for the targets and days of `wanted`.
std::set<Entry> stored_entries(store::Store& store, const std::vector<Entry>& wanted) {
    std::set<Entry> out;
    if (wanted.empty()) return out;
    const auto [first, last] = std::minmax_element(
        wanted.begin(), wanted.end(), [](const Entry& a, const Entry& b) { return a.day < b.day; });
    store::Rows rows = store.query(
        "SELECT day, target, n, evidence, signed_by FROM stats_hand_count WHERE day >= $1 AND day "
        "<= $2 "
        "ORDER BY target, day, load_id, line",
        first->day, last->day);
    while (rows.next())
        out.insert({std::string(rows.text(0)), std::string(rows.text(1)), std::string(rows.text(3)),
                    std::string(rows.text(4)), rows.integer(2), 0});
    return out;
}

}  // namespace

LoadReport load_hand_counts(store::Store& store, const Plan& plan, Input& input,
                            const std::optional<LoadedFile>& replaces, const std::string& now,
                            const LoadEvents& events) {
    LoadReport report;
    Reader reader(plan, input, events, report);
    const std::vector<Entry> entries = reader.entries();
    report.sha256 = input.sha256();

    store::Transaction transaction(store);
    loads::take_turn(store);
    if (replaces) loads::take_back(store, "hand", *replaces, report.sha256, now);
    const store::Load load = store::begin_load(store, "hand", "", loads::base_name(input.name()),
                                               report.sha256, "", now);
    if (load.is_repeat) {
        report.is_repeat = true;
        report.already_loaded = report.rows_in - report.rejects;
        return report;
    }

    std::set<Entry> seen = stored_entries(store, entries);
    std::vector<store::DailyCount> counts;
    std::vector<const Entry*> fresh;
    for (const auto& entry : entries) {
        if (!seen.insert(entry).second) {
            ++report.duplicates;
            continue;
        }
        fresh.push_back(&entry);
        counts.push_back({entry.target, entry.day, {}, {}, entry.n});
    }
    report.counted = static_cast<std::int64_t>(fresh.size());
    loads::Facts facts;
    facts.origin = "hand:" + report.sha256;
    facts.faults = reader.faults();
    if (report.duplicates != 0) facts.faults["duplicate"] = report.duplicates;
    for (const auto* entry : fresh) {
        if (facts.first_day.empty() || entry->day < facts.first_day) facts.first_day = entry->day;
        facts.last_day = std::max(facts.last_day, entry->day);
    }
    store::Bulk bulk = store.bulk(
        "stats_hand_count", {"load_id", "line", "day", "target", "n", "evidence", "signed_by"});
    for (const auto* entry : fresh)
        bulk.row(load.id, entry->line, entry->day, entry->target, entry->n, entry->evidence,
                 entry->signed_by);
    bulk.close();
    store::replace_daily_counts(store, facts.origin, counts);
    loads::record(store, load.id, report, facts);
    store::finish_load(store, load.id, report.rows_in, report.rejects);
    transaction.commit();
    return report;
}

}  // namespace tushu::stats
