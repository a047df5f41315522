// SPDX-License-Identifier: Apache-2.0
#include "inventory/modes.hpp"

#include "base/csv.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "inventory/barcode.hpp"
#include "inventory/matching.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace tushu::inventory {
namespace {

using DayPlace = std::pair<Day, std::string>;
using PlaceName = std::pair<std::string, std::string>;  // location, shelf

void add_daily(ModeResult& result, const char* measure,
               const std::map<DayPlace, std::int64_t>& days) {
    for (const auto& [key, n] : days)
        result.daily.push_back({measure, tushu::text_of(key.first), "", key.second, n});
}

void count_day(ModeResult& result, std::map<DayPlace, std::int64_t>& days, const Segment& segment,
               std::int64_t n) {
    if (segment.day)
        days[{*segment.day, segment.location}] += n;
    else
        result.undated += n;
}

/// The ISBN of a catalogue's cell, which may say more: "7-111-21382-3 (pbk.) : CNY 30".
std::optional<std::string> isbn_in(std::string_view cell) {
    const std::string_view number = trim(cell).substr(0, trim(cell).find_first_of(" (:;,"));
    const auto isbn = isbn13_of(number);
    return isbn ? isbn : isbn13_of(cell);
}

/// Copies of one title: rows with the same bib (else ISBN) and the same volume.
std::string title_key(const Snapshot& snapshot, std::uint32_t row) {
    std::string_view id = snapshot.text(row, Text::bib);
    std::string key;
    if (!id.empty())
        key = "b" + std::string(snapshot.text(row, Text::source)) + "\n" + std::string(id);
    else if (id = snapshot.text(row, Text::isbn); !id.empty())
        key = "i" + isbn_in(id).value_or(std::string(id));
    else
        return {};
    return key + "\n" + std::string(snapshot.text(row, Text::volume));
}

/// The same within a branch or a location.
std::string title_key(const Snapshot& snapshot, std::uint32_t row, CopyScope within) {
    std::string key = title_key(snapshot, row);
    if (key.empty() || within == CopyScope::all) return key;
    key += "\n";
    key += within == CopyScope::branch ? snapshot.text(row, Text::library)
                                       : snapshot.locations()[snapshot.location_of(row)];
    return key;
}

void check_scope(const Snapshot& snapshot, CopyScope within) {
    if (within == CopyScope::branch && !snapshot.holds(Text::library))
        throw Error(Fault::usage, msg("the holdings name no branches"),
                    msg("the snapshot needs a column library; where the location is the branch, "
                        "count by location"));
}

bool is_set(std::string_view flag) {
    return !flag.empty() && flag != "0" && ascii_lower(flag) != "no" && flag != "否";
}

/// A code of the form of an ISBN whose check digit fails.
bool is_bad_isbn(const std::string& code) {
    return code.size() == 13 && (code.starts_with("978") || code.starts_with("979")) &&
           code.find_first_not_of("0123456789") == std::string::npos && !isbn13_of(code);
}

bool is_here(Status status) {
    return status != Status::missing && status != Status::withdrawn && status != Status::deleted;
}

/// A volume that there is: one that is on order or in process may never come.
bool is_held(Status status) { return is_here(status) && status != Status::pending; }

}  // namespace

ModeResult register_uncatalogued(const ScanLog& log, const Snapshot* snapshot) {
    ModeResult result;
    Table& table = result.table;
    table.name = "register";
    table.title = msg("Register of uncatalogued volumes");
    table.columns = {{"number", msg("No."), ColumnKind::integer},
                     {"location", msg("Location"), ColumnKind::text},
                     {"shelf", msg("Shelf"), ColumnKind::text},
                     {"position", msg("Position"), ColumnKind::integer},
                     {"code", msg("Code"), ColumnKind::text},
                     {"kind", msg("Kind"), ColumnKind::code},
                     {"title", msg("Title"), ColumnKind::text},
                     {"copy_of", msg("Copy of no."), ColumnKind::text},
                     {"candidates", msg("Records with this ISBN"), ColumnKind::text},
                     {"catalogued", msg("Item of the catalogue"), ColumnKind::text}};
    std::unordered_map<std::string, std::vector<std::string>> bibs;  // by ISBN-13
    if (snapshot != nullptr && snapshot->holds(Text::isbn))
        for (std::uint32_t row = 0; row < snapshot->rows(); ++row) {
            const auto isbn = isbn_in(snapshot->text(row, Text::isbn));
            if (!isbn) continue;
            auto& known = bibs[*isbn];
            std::string bib(snapshot->text(row, Text::bib));
            if (std::find(known.begin(), known.end(), bib) == known.end())
                known.push_back(std::move(bib));
        }
    std::unordered_map<std::string, std::int64_t> first;
    std::set<std::string> seen;
    std::map<DayPlace, std::int64_t> days;
    std::int64_t number = 0;
    for (const Segment& segment : log.segments) {
        std::int64_t position = 0;
        for (std::uint32_t i = segment.first; i < segment.end; ++i) {
            const Scan& scan = log.scans[i];
            if (scan.kind == Scan::Kind::count) continue;
            const std::string code =
                scan.kind == Scan::Kind::no_label ? std::string() : log.code_text(scan);
            const auto isbn = scan.kind == Scan::Kind::item ? isbn13_of(code) : std::nullopt;
            std::string kind = scan.kind == Scan::Kind::no_label  ? "no_label"
                               : scan.kind == Scan::Kind::damaged ? "damaged"
                               : isbn                             ? "isbn"
                               : is_bad_isbn(code)                ? "bad_isbn"
                                                                  : "code";
            // A temporary code belongs to one volume: again it is another reading of it.
            if (scan.kind == Scan::Kind::item && !isbn && !seen.insert(code).second) {
                ++result.counts["read_again"];
                continue;
            }
            if (kind == "bad_isbn") ++result.counts["bad_isbn"];
            std::string candidates, catalogued, copy_of;
            if (isbn)
                if (const auto found = bibs.find(*isbn); found != bibs.end())
                    for (const auto& bib : found->second)
                        candidates += (candidates.empty() ? "" : " ") + bib;
            if (kind == "code" && snapshot != nullptr &&
                !snapshot->find(scan.code, log.text_of(scan)).empty())
                catalogued = code;
            for (std::uint32_t copy = 0; copy < std::max<std::uint32_t>(1, scan.quantity); ++copy) {
                ++number;
                ++position;
                copy_of.clear();
                if (isbn) {
                    const auto [known, is_new] = first.try_emplace(*isbn, number);
                    if (!is_new) copy_of = std::to_string(known->second);
                }
                table.rows.push_back(
                    {number, segment.location, segment.shelf, position, isbn ? *isbn : code, kind,
                     scan.kind == Scan::Kind::no_label ? std::string(log.text_of(scan))
                                                       : std::string(),
                     copy_of, candidates, catalogued});
                ++result.counts["registered"];
                if (!copy_of.empty()) ++result.counts["copies"];
                if (!candidates.empty()) ++result.counts["with_candidates"];
                if (!catalogued.empty()) ++result.counts["catalogued_already"];
            }
            count_day(result, days, segment, std::max<std::int64_t>(1, scan.quantity));
        }
    }
    if (const auto again = result.counts.find("read_again"); again != result.counts.end())
        table.notes.push_back(
            msg("{} readings of a code that was read before are left out", again->second));
    add_daily(result, "items_registered", days);
    return result;
}

std::vector<PlannedMove> read_moves(Input& input) {
    CsvReader csv(input);
    const std::size_t barcode = csv.required("barcode"), to = csv.required("to");
    const auto from = csv.column("from"), box = csv.column("box"), shelf = csv.column("to_shelf");
    std::vector<PlannedMove> planned;
    while (const auto cells = csv.next()) {
        const auto cell = [&](std::optional<std::size_t> i) {
            return std::string(i && *i < cells->size() ? trim((*cells)[*i]) : std::string_view());
        };
        PlannedMove move{cell(barcode), cell(from), cell(to), cell(box), cell(shelf)};
        if (!move.barcode.empty()) planned.push_back(std::move(move));
    }
    return planned;
}

ModeResult compare_moves(const std::vector<PlannedMove>& planned, const ScanLog& departed,
                         const ScanLog& arrived) {
    std::string scratch;
    std::set<std::string> expected;
    for (const PlannedMove& move : planned)
        expected.insert(std::string(normal_barcode(move.barcode, scratch)));
    struct Place {
        std::uint32_t segment = 0;  // the last scan of a code says where it is
        bool is_elsewhere = false;  // it was scanned at another place before
    };
    const auto places = [&expected](const ScanLog& log) {
        std::map<std::string, Place> last;
        const auto put = [&](const std::string& code, std::uint32_t segment) {
            const auto [found, is_new] = last.try_emplace(code, Place{segment, false});
            if (is_new) return;
            found->second.is_elsewhere =
                found->second.is_elsewhere ||
                log.segments[found->second.segment].anchor() != log.segments[segment].anchor();
            found->second.segment = segment;
        };
        for (const Scan& scan : log.scans) {
            if (scan.kind != Scan::Kind::item) continue;
            const std::string code = log.code_text(scan);
            const std::string left = code.substr(0, code.size() / 2),
                              right = code.substr(code.size() / 2);
            // Two codes read as one.
            if (expected.count(code) == 0 && expected.count(left) != 0 &&
                expected.count(right) != 0) {
                put(left, scan.segment);
                put(right, scan.segment);
            } else {
                put(code, scan.segment);
            }
        }
        return last;
    };
    const auto out = places(departed), in = places(arrived);
    const auto segment_of = [](const ScanLog& log, const Place& place) -> const Segment& {
        return log.segments[place.segment];
    };
    std::set<std::string> locations;  // names that stand for locations, so for no shelf
    for (const ScanLog* log : {&departed, &arrived})
        for (const Segment& segment : log->segments) locations.insert(segment.location);
    const auto is_at = [&locations](const Segment& segment, const PlannedMove& move) {
        if (!move.to_shelf.empty())
            return segment.location == move.to && segment.shelf == move.to_shelf;
        return segment.location == move.to ||
               (segment.shelf == move.to && locations.count(move.to) == 0);
    };
    ModeResult result;
    Table& table = result.table;
    table.name = "transfer";
    table.title = msg("Stack move: planned, departed, arrived");
    table.columns = {{"barcode", msg("Barcode"), ColumnKind::text},
                     {"state", msg("State"), ColumnKind::code},
                     {"box", msg("Box"), ColumnKind::text},
                     {"from", msg("From"), ColumnKind::text},
                     {"to", msg("To"), ColumnKind::text},
                     {"departed", msg("Departed in"), ColumnKind::text},
                     {"arrived", msg("Arrived at"), ColumnKind::text},
                     {"remark", msg("Remark"), ColumnKind::code}};
    std::map<DayPlace, std::int64_t> days;
    std::set<std::string> known;
    for (const PlannedMove& move : planned) {
        const std::string code(normal_barcode(move.barcode, scratch));
        if (!known.insert(code).second) {
            ++result.counts["planned_twice"];
            continue;
        }
        ++result.counts["planned"];
        const auto left = out.find(code);
        const auto came = in.find(code);
        const std::string box =
            left != out.end() ? segment_of(departed, left->second).anchor() : move.box;
        std::string state, at;
        if (came != in.end()) {
            const Segment& segment = segment_of(arrived, came->second);
            const bool is_right = is_at(segment, move);
            at = is_right || segment.shelf.empty() ? segment.anchor()
                                                   : segment.location + " " + segment.shelf;
            state = is_right ? "MOVED-OK" : "MOVED-WRONG";
            if (left == out.end()) ++result.counts["arrived_without_departing"];
            if (is_right) count_day(result, days, segment, 1);
        } else {
            state = left != out.end() ? "MOVED-LOST" : "NOT-MOVED";
        }
        ++result.counts[state];
        std::string remark;
        const auto add = [&](const char* text) {
            remark += (remark.empty() ? "" : ";") + std::string(text);
            ++result.counts[text];
        };
        if (left != out.end() && !move.box.empty() && box != move.box) add("wrong_box");
        if (left != out.end() && left->second.is_elsewhere) add("in_several_boxes");
        if (came != in.end() && came->second.is_elsewhere) add("arrived_at_several_places");
        table.rows.push_back({move.barcode, state, move.box, move.from,
                              move.to_shelf.empty() ? move.to : move.to + " " + move.to_shelf,
                              left != out.end() ? box : std::string(), at, remark});
    }
    const auto add_extra = [&](const std::map<std::string, Place>& scans) {
        for (const auto& [code, place] : scans) {
            if (!known.insert(code).second) continue;
            const auto left = out.find(code), came = in.find(code);
            ++result.counts["MOVED-EXTRA"];
            table.rows.push_back(
                {code, std::string("MOVED-EXTRA"), std::string(), std::string(), std::string(),
                 left != out.end() ? segment_of(departed, left->second).anchor() : std::string(),
                 came != in.end() ? segment_of(arrived, came->second).anchor() : std::string(),
                 std::string()});
        }
    };
    add_extra(in);
    add_extra(out);
    auto& n = result.counts;
    if (n["planned"] != n["MOVED-OK"] + n["MOVED-WRONG"] + n["MOVED-LOST"] + n["NOT-MOVED"])
        throw Error(Fault::bug, msg("planned volumes do not add up"));
    table.notes.push_back(
        msg("{} planned = {} arrived + {} arrived elsewhere + {} lost on the way + {} still at "
            "their origin; {} not planned",
            n["planned"], n["MOVED-OK"], n["MOVED-WRONG"], n["MOVED-LOST"], n["NOT-MOVED"],
            n["MOVED-EXTRA"]));
    add_daily(result, "items_moved", days);
    return result;
}

ModeResult check_counts(ScanLog log, const Snapshot& snapshot) {
    (void)match(log, snapshot);  // finds out where scans were made when nobody said it
    const bool by_shelf = snapshot.holds(Text::shelf);
    struct Count {
        std::int64_t expected = 0, away = 0, counted = 0;
        bool is_counted = false;
    };
    std::map<std::pair<std::string, std::string>, Count> counts;
    for (const Group& group : snapshot.groups())
        for (std::uint32_t row = group.begin; row < group.end; ++row) {
            const Status status = snapshot.status(row);
            if (!is_here(status)) continue;
            Count& count =
                counts[{std::string(snapshot.locations()[group.location]),
                        by_shelf ? std::string(snapshot.text(row, Text::shelf)) : std::string()}];
            ++(status == Status::on_shelf || status == Status::unknown ? count.expected
                                                                       : count.away);
        }
    ModeResult result;
    std::map<DayPlace, std::int64_t> days;
    // The last declared pass over a place counts, not the sum of all; a code counts once.
    std::map<PlaceName, std::int32_t> last_pass;
    std::map<PlaceName, std::set<std::int32_t>> passes;
    const auto place_of = [by_shelf](const Segment& segment) {
        return PlaceName{segment.location, by_shelf ? segment.shelf : std::string()};
    };
    for (const Segment& segment : log.segments) {
        if (segment.first == segment.end && !segment.is_ended) continue;
        auto& last = last_pass[place_of(segment)];
        last = std::max(last, segment.pass);
        passes[place_of(segment)].insert(segment.pass);
    }
    std::map<PlaceName, std::set<std::string>> codes;
    for (const Segment& segment : log.segments) {
        const auto last = last_pass.find(place_of(segment));
        if (last == last_pass.end() || last->second != segment.pass) continue;
        std::int64_t n = 0, damaged = 0;
        auto& seen = codes[last->first];
        for (std::uint32_t i = segment.first; i < segment.end; ++i) {
            const Scan& scan = log.scans[i];
            if (scan.kind == Scan::Kind::damaged)
                ++damaged;
            else if (scan.kind == Scan::Kind::item && !seen.insert(log.code_text(scan)).second)
                ++result.counts["read_again"];
            else
                n += scan.quantity;
        }
        if (damaged != 0) result.counts["not_understood"] += damaged;
        // Nothing but lines that say nothing is no count.
        if (damaged != 0 && damaged == std::int64_t{segment.end} - std::int64_t{segment.first})
            continue;
        Count& count = counts[last->first];
        count.counted += n;
        count.is_counted = true;
        count_day(result, days, segment, n);
    }
    std::int64_t repeated = 0;
    for (const auto& [place, known] : passes) repeated += known.size() > 1 ? 1 : 0;
    Table& table = result.table;
    table.name = "count-check";
    table.title = msg("Counted against expected");
    table.columns = {{"location", msg("Location"), ColumnKind::text},
                     {"shelf", msg("Shelf"), ColumnKind::text},
                     {"expected", msg("Expected"), ColumnKind::integer},
                     {"away", msg("On loan or away"), ColumnKind::integer},
                     {"counted", msg("Counted"), ColumnKind::integer},
                     {"difference", msg("Difference"), ColumnKind::integer},
                     {"outcome", msg("Outcome"), ColumnKind::code}};
    std::int64_t expected = 0, counted = 0, open = 0;
    for (const auto& [place, count] : counts) {
        if (!count.is_counted) {
            ++open;
            continue;
        }
        expected += count.expected;
        counted += count.counted;
        const bool differs = count.expected != count.counted;
        ++result.counts[differs ? "COUNTDIFF" : "equal"];
        table.rows.push_back({place.first, place.second, count.expected, count.away, count.counted,
                              count.expected - count.counted,
                              std::string(differs ? "COUNTDIFF" : "equal")});
    }
    result.counts["counted"] = counted;
    table.notes.push_back(msg("{} expected, {} counted; {} shelves or locations were not counted",
                              expected, counted, open));
    if (repeated != 0)
        table.notes.push_back(
            msg("{} shelves or locations were counted in several passes: the last one counts",
                repeated));
    if (const auto damaged = result.counts.find("not_understood"); damaged != result.counts.end())
        table.notes.push_back(
            msg("{} lines were not understood and count as nothing", damaged->second));
    struct Stratum {
        std::int64_t places = 0, counted = 0;
        double sum = 0, squares = 0;  // of expected minus counted
    };
    std::map<std::string, Stratum> strata;
    for (const auto& [place, count] : counts) {
        Stratum& stratum = strata[place.first];
        ++stratum.places;
        if (!count.is_counted) continue;
        const auto difference = static_cast<double>(count.expected - count.counted);
        ++stratum.counted;
        stratum.sum += difference;
        stratum.squares += difference * difference;
    }
    // Stratified sampling (locations are the strata, shelves the units): the total is the sum of
    // N_h * mean_h, its variance that of N_h^2 (1 - n_h/N_h) s_h^2 / n_h (Cochran, section 5.4).
    double total = 0, variance = 0;
    std::int64_t bare = 0;  // places in strata without an error of their own
    for (const auto& [location, h] : strata) {
        if (h.counted < 2 && h.counted < h.places) {
            bare += h.places - h.counted;
            total += h.sum;
            continue;
        }
        const auto places = static_cast<double>(h.places), n = static_cast<double>(h.counted);
        total += places * h.sum / n;
        if (h.counted > 1)
            variance +=
                places * places * (1 - n / places) * (h.squares - h.sum * h.sum / n) / (n - 1) / n;
    }
    if (open != 0)
        table.notes.push_back(msg(
            "If the shelves were drawn at random, {} volumes are missing in all, plus or minus "
            "{} (95 percent); {} shelves or locations are in no such estimate",
            static_cast<std::int64_t>(std::llround(total)),
            static_cast<std::int64_t>(std::ceil(1.96 * std::sqrt(std::max(0.0, variance)))), bare));
    add_daily(result, "items_count_checked", days);
    return result;
}

Table draw_sample(const Snapshot& snapshot, std::size_t n, std::uint64_t seed) {
    std::map<std::pair<std::string, std::string>, std::int64_t> places;
    for (const Group& group : snapshot.groups())
        for (std::uint32_t row = group.begin; row < group.end; ++row)
            if (is_here(snapshot.status(row)))
                ++places[{std::string(snapshot.locations()[group.location]),
                          std::string(snapshot.text(row, Text::shelf))}];
    // Drawn by a hash of seed and place: the same on every machine, and the order of the holdings
    // does not matter.
    std::vector<std::pair<std::uint64_t, std::pair<std::string, std::string>>> drawn;
    for (const auto& [place, items] : places)
        drawn.push_back(
            {hash64(std::to_string(seed) + "\n" + place.first + "\n" + place.second), place});
    std::sort(drawn.begin(), drawn.end());
    // Stratified by location: each gets its share of the n, two at least (one gives no error) as
    // far as n goes.
    std::map<std::string, std::size_t> size, taken;
    for (const auto& [place, items] : places) ++size[place.first];
    std::vector<std::pair<std::string, std::string>> chosen;
    const auto draw = [&](const auto& is_wanted) {
        for (auto entry = drawn.begin(); entry != drawn.end() && chosen.size() < n;) {
            if (!is_wanted(entry->second.first)) {
                ++entry;
                continue;
            }
            ++taken[entry->second.first];
            chosen.push_back(entry->second);
            entry = drawn.erase(entry);
        }
    };
    draw([&](const std::string& location) { return taken[location] < 2; });
    const std::size_t all = places.size();
    draw([&](const std::string& location) { return taken[location] * all < size[location] * n; });
    draw([](const std::string&) { return true; });
    std::sort(chosen.begin(), chosen.end());
    Table table;
    table.name = "sample";
    table.title = msg("Places to count, drawn at random");
    table.columns = {{"location", msg("Location"), ColumnKind::text},
                     {"shelf", msg("Shelf"), ColumnKind::text},
                     {"items", msg("Items"), ColumnKind::integer}};
    for (const auto& place : chosen)
        table.rows.push_back({place.first, place.second, places[place]});
    return table;
}

ModeResult screen_duplicates(const Snapshot& snapshot, const KeepRule& rule) {
    check_scope(snapshot, rule.within);
    if (rule.copies == 0) throw Error(Fault::usage, msg("at least one copy of a title is kept"));
    std::map<std::string, std::vector<std::uint32_t>> titles;
    ModeResult result;
    for (std::uint32_t row = 0; row < snapshot.rows(); ++row) {
        if (!is_held(snapshot.status(row))) continue;
        std::string key = title_key(snapshot, row, rule.within);
        if (key.empty())
            ++result.counts["without_title"];
        else
            titles[std::move(key)].push_back(row);
    }
    Table& table = result.table;
    table.name = "duplicates";
    table.title = msg("Copies beyond what is kept");
    table.columns = {{"bib", msg("Record"), ColumnKind::text},
                     {"volume", msg("Volume"), ColumnKind::text},
                     {"barcode", msg("Barcode"), ColumnKind::text},
                     {"location", msg("Location"), ColumnKind::text},
                     {"call_number", msg("Call number"), ColumnKind::text},
                     {"title", msg("Title"), ColumnKind::text},
                     {"status", msg("Status"), ColumnKind::code},
                     {"copies", msg("Copies"), ColumnKind::integer},
                     {"decision", msg("Decision"), ColumnKind::code},
                     {"reason", msg("Reason"), ColumnKind::code},
                     {"branch", msg("Branch"), ColumnKind::text}};
    for (const auto& [key, rows] : titles) {
        ++result.counts["titles"];
        if (rows.size() <= rule.copies) continue;
        std::map<std::uint32_t, std::uint32_t> left;  // by location
        for (const std::uint32_t row : rows) ++left[snapshot.location_of(row)];
        std::map<std::uint32_t, std::string> reasons;
        std::vector<std::uint32_t> candidates;
        for (const std::uint32_t row : rows) {
            const Status status = snapshot.status(row);
            if (status == Status::on_loan)
                reasons[row] = "on_loan";
            else if (is_set(snapshot.text(row, Text::hold)))
                reasons[row] = "on_hold";
            else if (is_set(snapshot.text(row, Text::keep)))
                reasons[row] = "protected";
            else if (status != Status::on_shelf && status != Status::unknown)
                reasons[row] = "not_on_shelf";
            else
                candidates.push_back(row);
        }
        std::size_t surplus = rows.size() - rule.copies;
        std::set<std::uint32_t> gone;
        while (surplus > 0) {
            std::uint32_t best = kNone;
            for (const std::uint32_t row : candidates) {
                if (gone.count(row) != 0) continue;
                const std::uint32_t location = snapshot.location_of(row);
                const auto least =
                    rule.by_location.find(std::string(snapshot.locations()[location]));
                if (least != rule.by_location.end() && left[location] <= least->second) continue;
                // Where most copies are; among those the one that comes last.
                if (best == kNone || left[location] >= left[snapshot.location_of(best)]) best = row;
            }
            if (best == kNone) break;
            gone.insert(best);
            --left[snapshot.location_of(best)];
            --surplus;
        }
        ++result.counts["titles_with_duplicates"];
        for (const std::uint32_t row : rows) {
            const bool is_gone = gone.count(row) != 0;
            ++result.counts[is_gone ? "surplus" : "kept"];
            const auto reason = reasons.find(row);
            table.rows.push_back(
                {std::string(snapshot.text(row, Text::bib)),
                 std::string(snapshot.text(row, Text::volume)), snapshot.barcode(row),
                 std::string(snapshot.locations()[snapshot.location_of(row)]),
                 std::string(snapshot.text(row, Text::call_number)),
                 std::string(snapshot.text(row, Text::title)),
                 std::string(name_of(snapshot.status(row))), static_cast<std::int64_t>(rows.size()),
                 std::string(is_gone ? "surplus" : "keep"),
                 reason != reasons.end() ? reason->second
                                         : std::string(is_gone ? "beyond_rule" : "rule"),
                 std::string(snapshot.text(row, Text::library))});
        }
    }
    return result;
}

ModeResult check_weeding(const std::vector<std::string>& barcodes, const Snapshot& snapshot,
                         const WeedRule& rule, std::optional<Day> day) {
    ModeResult result;
    Table& table = result.table;
    table.name = "weeding";
    table.title = msg("Volumes proposed for withdrawal");
    table.columns = {{"barcode", msg("Barcode"), ColumnKind::text},
                     {"decision", msg("Decision"), ColumnKind::code},
                     {"reasons", msg("Reasons against it"), ColumnKind::code},
                     {"location", msg("Location"), ColumnKind::text},
                     {"call_number", msg("Call number"), ColumnKind::text},
                     {"title", msg("Title"), ColumnKind::text},
                     {"status", msg("Status"), ColumnKind::code},
                     {"copies_left", msg("Copies left"), ColumnKind::integer},
                     {"reason", msg("Reason for it"), ColumnKind::text},
                     {"batch", msg("Batch"), ColumnKind::text},
                     {"branch", msg("Branch"), ColumnKind::text}};
    check_scope(snapshot, rule.within);
    // Copies of the titles on the list, counted in one pass.
    std::string scratch;
    std::map<std::string, std::int64_t> copies;
    for (const auto& barcode : barcodes) {
        const std::string_view normal = normal_barcode(barcode, scratch);
        const auto rows = snapshot.find(code_of(normal), normal);
        if (rows.size() == 1)
            if (std::string key = title_key(snapshot, rows[0], rule.within); !key.empty())
                copies.emplace(std::move(key), 0);
    }
    for (std::uint32_t row = 0; row < snapshot.rows(); ++row) {
        if (!is_held(snapshot.status(row))) continue;
        if (const auto found = copies.find(title_key(snapshot, row, rule.within));
            found != copies.end())
            ++found->second;
    }
    std::set<std::string> seen;
    std::map<std::string, std::int64_t> weeded;
    for (const auto& barcode : barcodes) {
        const std::string code(normal_barcode(barcode, scratch));
        if (code.empty()) continue;
        const auto rows = snapshot.find(code_of(code), code);
        std::string reasons;
        const auto against = [&reasons](const char* reason) {
            reasons += (reasons.empty() ? "" : ";") + std::string(reason);
        };
        std::uint32_t row = kNone;
        if (!seen.insert(code).second)
            against("repeated");  // what it is was said the first time
        else if (rows.empty())
            against("unknown");
        else if (rows.size() > 1)
            against("ambiguous");
        else
            row = rows[0];
        std::int64_t left = 0;
        std::string key;
        if (row != kNone) {
            const Status status = snapshot.status(row);
            if (status == Status::withdrawn || status == Status::deleted)
                against("withdrawn");
            else if (status == Status::on_loan)
                against("on_loan");
            else if (status != Status::on_shelf && status != Status::unknown)
                against("not_on_shelf");
            if (is_set(snapshot.text(row, Text::hold))) against("on_hold");
            const std::string location(snapshot.locations()[snapshot.location_of(row)]);
            if (is_set(snapshot.text(row, Text::keep)) ||
                rule.protected_locations.count(location) != 0)
                against("protected");
            key = title_key(snapshot, row, rule.within);
            // A title that nothing else identifies counts as the only one there is.
            left = key.empty() ? 1 : copies[key];
            if (is_here(status) && left <= 1 && !rule.last_copy_may_go) against("last_copy");
        }
        const bool is_cleared = reasons.empty();
        if (is_cleared) {
            if (!key.empty())
                left = --copies[key];
            else
                left = 0;
            ++weeded[std::string(snapshot.locations()[snapshot.location_of(row)])];
        }
        ++result.counts[is_cleared ? "cleared" : "refused"];
        table.rows.push_back(
            {barcode, std::string(is_cleared ? "withdraw" : "refuse"), reasons,
             row == kNone ? std::string()
                          : std::string(snapshot.locations()[snapshot.location_of(row)]),
             row == kNone ? std::string() : std::string(snapshot.text(row, Text::call_number)),
             row == kNone ? std::string() : std::string(snapshot.text(row, Text::title)),
             row == kNone ? std::string() : std::string(name_of(snapshot.status(row))), left,
             is_cleared ? rule.reason : std::string(), is_cleared ? rule.batch : std::string(),
             row == kNone ? std::string() : std::string(snapshot.text(row, Text::library))});
    }
    for (const auto& [location, n] : weeded) {
        if (day)
            result.daily.push_back({"items_weeded", tushu::text_of(*day), "", location, n});
        else
            result.undated += n;
    }
    return result;
}

}  // namespace tushu::inventory
