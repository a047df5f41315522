// SPDX-License-Identifier: Apache-2.0
#include "inventory/matching.hpp"

#include <algorithm>
#include <future>
#include <tuple>
#include <unordered_map>

namespace tushu::inventory {
namespace {

constexpr std::uint32_t kSample = 10'000;  // rows that the form of barcodes is learned from
constexpr std::uint32_t kEnough = 100;     // rows that it takes to know a form

/// The form of the holdings' barcodes; none when there are too few to tell.
CodeRules learn_rules(const Snapshot& snapshot) {
    CodeRules rules;
    CodeLearner learner;
    const std::uint32_t step = std::max<std::uint32_t>(1, snapshot.rows() / kSample);
    for (std::uint32_t r = 0; r < snapshot.rows(); r += step)
        if (snapshot.code(r) != kNoCode) learner.add(snapshot.barcode(r));
    const auto report = learner.finish();
    rules.start_stop = report.start_stop;
    if (report.codes < kEnough) return rules;
    rules.items.push_back(report.pattern);
    // Library Codabar: items begin with 3, readers' cards with 2.
    const auto& lengths = report.pattern.lengths;
    if (lengths.size() == 1 && lengths[0] == 14 && report.pattern.prefix.starts_with('3')) {
        CodePattern cards = report.pattern;
        cards.prefix = "2";
        cards.check = CheckKind::none;
        rules.patrons.push_back(cards);
    }
    return rules;
}

constexpr std::uint32_t kMany = kNone - 1;  // while joining: several rows have the code

/// The row of each scan. Two million look-ups in ten million codes wait for memory most of the
/// time, so what is wanted next is fetched ahead, and two threads wait together.
void look_up(const ScanLog& log, const Snapshot& snapshot, Matching& m) {
    m.row.assign(log.scans.size(), kNone);
    const auto look = [&](std::size_t begin, std::size_t end) {
        constexpr std::size_t kAhead = 12;
        for (std::size_t i = begin; i < end; ++i) {
            if (i + 2 * kAhead < end) snapshot.prefetch_bucket(log.scans[i + 2 * kAhead].code);
            if (i + kAhead < end) snapshot.prefetch_entries(log.scans[i + kAhead].code);
            const Scan& scan = log.scans[i];
            if (scan.kind != Scan::Kind::item) continue;
            const auto rows = snapshot.find(scan.code, log.text_of(scan));
            if (!rows.empty()) m.row[i] = rows.size() == 1 ? rows[0] : kMany;
        }
    };
    const std::size_t middle = log.scans.size() / 2;
    auto first = std::async(std::launch::async, look, std::size_t{0}, middle);
    look(middle, log.scans.size());
    first.get();
}

/// The codes of which `code` was glued together, when the holdings know one of them: two equal
/// halves, or parts that have the form of barcodes.
std::vector<std::string> parts_of(const std::string& code, const Snapshot& snapshot,
                                  const CodeRules& rules) {
    const auto is_known = [&snapshot](const std::string& part) {
        return !snapshot.find(code_of(part), part).empty();
    };
    auto parts = rules.split_glued(code);
    if (std::any_of(parts.begin(), parts.end(), is_known)) return parts;
    if (code.size() % 2 != 0 || code.size() < 8) return {};
    parts = {code.substr(0, code.size() / 2), code.substr(code.size() / 2)};
    if (!is_known(parts[0]) || !is_known(parts[1])) return {};
    return parts;
}

/// Mends codes that match nothing: start/stop signs cut off, codes read as one taken apart.
void repair(ScanLog& log, const Snapshot& snapshot, const MatchOptions& options, Matching& m) {
    struct Part {
        std::uint32_t after;
        Scan scan;
    };
    std::vector<Part> behind;  // what is glued behind the first code of a reading
    bool has_changed = false, has_rules = false;
    const auto set_code = [&log](Scan& scan, const std::string& code) {
        scan.code = code_of(code);
        scan.text = kNone;
        scan.text_size = 0;
        if (!is_hashed(scan.code)) return;
        scan.text = static_cast<std::uint32_t>(log.texts.size());
        scan.text_size = static_cast<std::uint16_t>(code.size());
        log.texts += code;
    };
    if (options.rules != nullptr) m.rules = *options.rules;
    for (std::uint32_t i = 0; i < log.scans.size(); ++i) {
        Scan& scan = log.scans[i];
        if (scan.kind != Scan::Kind::item || m.row[i] != kNone) continue;
        if (!has_rules && options.rules == nullptr) m.rules = learn_rules(snapshot);
        has_rules = true;
        const std::string code = log.code_text(scan);
        const std::string clean = clean_barcode(code, m.rules.start_stop).code;
        if (clean != code && !snapshot.find(code_of(clean), clean).empty()) {
            set_code(scan, clean);
            has_changed = true;
            continue;
        }
        const auto parts = parts_of(code, snapshot, m.rules);
        if (parts.empty()) continue;
        for (std::size_t k = 1; k < parts.size(); ++k) {
            behind.push_back({i, scan});
            set_code(behind.back().scan, parts[k]);
        }
        set_code(scan, parts[0]);
        has_changed = true;
    }
    if (!has_changed) return;
    std::vector<Scan> scans;
    scans.reserve(log.scans.size() + behind.size());
    std::vector<std::uint32_t> moved(log.scans.size() + 1);
    std::size_t b = 0;
    for (std::uint32_t i = 0; i < log.scans.size(); ++i) {
        moved[i] = static_cast<std::uint32_t>(scans.size());
        scans.push_back(log.scans[i]);
        for (; b < behind.size() && behind[b].after == i; ++b) {
            m.repaired[moved[i]] = set_of(Outcome::badread);
            m.repaired[static_cast<std::uint32_t>(scans.size())] = set_of(Outcome::badread);
            scans.push_back(behind[b].scan);
        }
    }
    moved[log.scans.size()] = static_cast<std::uint32_t>(scans.size());
    log.scans = std::move(scans);
    for (auto& segment : log.segments) {
        segment.first = moved[segment.first];
        segment.end = moved[segment.end];
    }
    look_up(log, snapshot, m);
}

/// RFID reads come in no order: put in the catalogue's, they say nothing of places on the shelf.
void stand_in_order(ScanLog& log, Matching& m) {
    if (log.tags.empty()) return;
    std::vector<std::pair<std::uint32_t, Scan>> reads;
    for (const Segment& segment : log.segments) {
        if (!segment.is_unordered) continue;
        reads.clear();
        for (std::uint32_t i = segment.first; i < segment.end; ++i)
            reads.emplace_back(m.row[i], log.scans[i]);
        std::stable_sort(reads.begin(), reads.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        for (std::uint32_t i = segment.first; i < segment.end; ++i)
            std::tie(m.row[i], log.scans[i]) = reads[i - segment.first];
    }
}

/// The location whose code a shelf code begins with ("JC1" of "JC1-003"), the longest one.
std::uint32_t location_of_shelf(const Snapshot& snapshot, const std::string& shelf) {
    for (std::size_t length = shelf.size(); length > 0; --length) {
        const bool is_boundary =
            length == shelf.size() ||
            std::string_view("-/. _:").find(shelf[length]) != std::string_view::npos;
        if (!is_boundary) continue;
        if (const auto found = snapshot.location(std::string_view(shelf).substr(0, length)))
            return *found;
    }
    return kNone;
}

/// What #LOC or the shelf's code says of a segment; kNone when they say nothing, or nothing known.
std::uint32_t declared_location(const Segment& segment, const Snapshot& snapshot) {
    if (segment.location.empty())
        return segment.shelf.empty() ? kNone : location_of_shelf(snapshot, segment.shelf);
    if (const auto found = snapshot.location(segment.location)) return *found;
    // Terminals have one column for the place, and people scan shelf labels into it.
    return segment.shelf.empty() ? location_of_shelf(snapshot, segment.location) : kNone;
}

// So many books of another location in a row are a label passed over; fewer are strays.
constexpr std::uint32_t kLabelBooks = 8;

/// A file without labels: where its books' own location changes for good. The answer with the
/// fewest strangers, where each change costs as much as kLabelBooks strangers (Viterbi's path).
std::vector<std::uint32_t> changes_of_location(const Segment& segment, const Snapshot& snapshot,
                                               const Matching& m) {
    constexpr std::size_t kMost = 32;  // locations in one file without labels
    std::vector<std::uint32_t> locations, scans, of_scan;
    for (std::uint32_t i = segment.first; i < segment.end; ++i) {
        if (m.row[i] >= kMany) continue;
        const std::uint32_t location = snapshot.location_of(m.row[i]);
        std::size_t k = 0;
        while (k < locations.size() && locations[k] != location) ++k;
        if (k == locations.size() && k < kMost) locations.push_back(location);
        scans.push_back(i);
        of_scan.push_back(static_cast<std::uint32_t>(k));  // kMost: a stranger everywhere
    }
    if (locations.size() < 2) return {};
    std::vector<std::uint32_t> cost(locations.size(), 0), came(scans.size(), 0);
    std::vector<std::uint8_t> best_before(scans.size(), 0);
    for (std::size_t t = 0; t < scans.size(); ++t) {
        const auto best =
            static_cast<std::size_t>(std::min_element(cost.begin(), cost.end()) - cost.begin());
        const std::uint32_t changed = cost[best] + (t == 0 ? 0 : kLabelBooks);
        best_before[t] = static_cast<std::uint8_t>(best);
        for (std::size_t k = 0; k < cost.size(); ++k) {
            if (changed < cost[k]) {
                cost[k] = changed;
                came[t] |= std::uint32_t{1} << k;
            }
            cost[k] += k == of_scan[t] ? 0U : 1U;
        }
    }
    auto at = static_cast<std::size_t>(std::min_element(cost.begin(), cost.end()) - cost.begin());
    std::vector<std::uint32_t> changes;
    for (std::size_t t = scans.size(); t-- > 1;) {
        if ((came[t] >> at & 1U) == 0) continue;
        changes.push_back(scans[t]);
        at = best_before[t];
    }
    std::reverse(changes.begin(), changes.end());
    return changes;
}

/// A shelf whose last books belong where the next label says: that label was passed over and set
/// later. The scan where it should have been; kNone when there is no such run.
std::uint32_t late_label(const Segment& segment, const Segment& next, const Snapshot& snapshot,
                         const Matching& m) {
    const std::uint32_t here = declared_location(segment, snapshot);
    const std::uint32_t there = declared_location(next, snapshot);
    if (segment.file != next.file || here == kNone || there == kNone || here == there) return kNone;
    std::int64_t score = 0, best = kLabelBooks - 1;
    std::uint32_t cut = kNone;
    for (std::uint32_t i = segment.end; i-- > segment.first;) {
        if (m.row[i] >= kMany) continue;
        score += snapshot.location_of(m.row[i]) == there ? 1 : -1;
        if (score > best) {
            best = score;
            cut = i;
        }
        if (score < -static_cast<std::int64_t>(kLabelBooks)) break;
    }
    return cut;
}

/// Gives runs of books whose #LOC was forgotten segments of their own.
void split_at_forgotten_labels(ScanLog& log, const Snapshot& snapshot, const Matching& m) {
    std::vector<Segment> segments;
    segments.reserve(log.segments.size());
    bool has_changed = false;
    for (std::size_t s = 0; s < log.segments.size(); ++s) {
        Segment rest = log.segments[s];
        std::vector<std::uint32_t> cuts;
        if (rest.location.empty() && rest.shelf.empty()) {
            cuts = changes_of_location(rest, snapshot, m);
        } else if (s + 1 < log.segments.size()) {
            const std::uint32_t cut = late_label(rest, log.segments[s + 1], snapshot, m);
            if (cut != kNone) cuts.push_back(cut);
        }
        for (const std::uint32_t cut : cuts) {
            has_changed = true;
            Segment head = rest;
            head.end = rest.first = cut;
            head.ends_in_gap = head.is_ended = false;  // only the last run met what closed it
            rest.line = log.scans[cut].line;
            rest.location.clear();
            rest.shelf.clear();
            if (head.first != head.end) segments.push_back(std::move(head));
        }
        segments.push_back(std::move(rest));
    }
    if (!has_changed) return;
    log.segments = std::move(segments);
    for (std::uint32_t s = 0; s < log.segments.size(); ++s)
        for (std::uint32_t i = log.segments[s].first; i < log.segments[s].end; ++i)
            log.scans[i].segment = s;
}

void find_locations(ScanLog& log, const Snapshot& snapshot, Matching& m) {
    m.location.assign(log.segments.size(), kNone);
    for (std::uint32_t s = 0; s < log.segments.size(); ++s) {
        Segment& segment = log.segments[s];
        m.location[s] = declared_location(segment, snapshot);
        if (!segment.location.empty()) {
            if (m.location[s] == kNone) {
                ++m.unknown_locations;
            } else if (!snapshot.location(segment.location)) {
                segment.shelf = segment.location;
                segment.location = snapshot.locations()[m.location[s]];
            }
            continue;
        }
        if (m.location[s] == kNone) {
            // Nobody said where this was: most of the books know it.
            std::unordered_map<std::uint32_t, std::uint32_t> votes;
            std::uint32_t known = 0;
            for (std::uint32_t i = segment.first; i < segment.end; ++i) {
                if (m.row[i] >= kMany) continue;
                ++known;
                ++votes[snapshot.location_of(m.row[i])];
            }
            for (const auto& [location, n] : votes)
                if (n * 2 > known) m.location[s] = location;
            segment.is_inferred = m.location[s] != kNone;
        }
        if (m.location[s] != kNone) segment.location = snapshot.locations()[m.location[s]];
    }
}

/// To which library or collection the shelf of each segment belongs: as declared, else as four
/// fifths of its books have it, else (few books) as those of its location have it.
void find_owners(const ScanLog& log, const Snapshot& snapshot, Matching& m, Text which) {
    constexpr std::uint32_t kFew = 5, kRows = 200;
    using Votes = std::map<std::string_view, std::uint32_t>;
    const auto winner = [](const Votes& votes) {
        std::uint32_t all = 0;
        auto best = votes.end();
        for (auto v = votes.begin(); v != votes.end(); ++v) {
            all += v->second;
            if (best == votes.end() || best->second < v->second) best = v;
        }
        return best != votes.end() && best->second * 5 >= all * 4 ? std::string(best->first)
                                                                  : std::string();
    };
    std::map<std::uint32_t, std::string> of_location;
    const auto location_owner = [&](std::uint32_t location) {
        const auto [found, is_new] = of_location.try_emplace(location);
        if (!is_new) return found->second;
        Votes votes;
        for (const Group& group : snapshot.groups()) {
            if (group.location != location) continue;
            const std::uint32_t step = std::max(1U, (group.end - group.begin) / kRows);
            for (std::uint32_t r = group.begin; r < group.end; r += step)
                if (const auto text = snapshot.text(r, which); !text.empty()) ++votes[text];
        }
        return found->second = winner(votes);
    };
    auto& owners = which == Text::library ? m.library : m.collection;
    owners.resize(log.segments.size());
    for (std::uint32_t s = 0; s < log.segments.size(); ++s) {
        const Segment& segment = log.segments[s];
        const auto& declared = which == Text::library ? segment.library : segment.collection;
        owners[s] = declared;
        if (!declared.empty() || m.location[s] == kNone) continue;
        Votes votes;
        std::uint32_t known = 0;
        for (std::uint32_t i = segment.first; i < segment.end; ++i) {
            if (m.row[i] >= kMany || snapshot.location_of(m.row[i]) != m.location[s]) continue;
            const auto text = snapshot.text(m.row[i], which);
            if (text.empty()) continue;
            ++known;
            ++votes[text];
        }
        owners[s] = known < kFew ? location_owner(m.location[s]) : winner(votes);
    }
}

/// Whether both segments are one act of scanning, delivered in two files: the same place, operator,
/// device, day and row of codes. One may have been cut, so it need only begin the other. A day that
/// nobody declared in the file itself is that of the delivery and says nothing.
bool is_one_act(const ScanLog& log, const Segment& a, const Segment& b) {
    if (a.file == b.file || a.location != b.location || a.shelf != b.shelf ||
        a.operator_name != b.operator_name || a.device != b.device)
        return false;
    if (a.has_own_day && b.has_own_day && a.day != b.day) return false;
    const std::uint32_t of_a = a.end - a.first, of_b = b.end - b.first, n = std::min(of_a, of_b);
    if (of_a != of_b && (n == 0 || (of_a < of_b ? a : b).is_complete)) return false;
    bool is_timed = n != 0;
    for (std::uint32_t k = 0; k < n; ++k) {
        const Scan &x = log.scans[a.first + k], &y = log.scans[b.first + k];
        if (x.kind != y.kind || x.code != y.code) return false;
        const bool has_times = x.seconds >= 0 && y.seconds >= 0;
        if (has_times && x.seconds != y.seconds) return false;
        is_timed = is_timed && has_times;
    }
    // Whoever declares another pass means another look, unless the clock says otherwise.
    return a.pass == b.pass || is_timed;
}

/// For each segment the first one that is the same act of scanning: itself, or one of an earlier
/// file. Terminals whose memory is not cleared deliver everything again every day.
std::vector<std::uint32_t> find_deliveries(const ScanLog& log, Matching& m) {
    std::vector<std::uint32_t> first(log.segments.size());
    std::unordered_map<Code, std::vector<std::uint32_t>> by_code;  // of their first scan
    for (std::uint32_t s = 0; s < log.segments.size(); ++s) {
        const Segment& segment = log.segments[s];
        first[s] = s;
        if (log.files.size() < 2) continue;
        auto& alike =
            by_code[segment.first == segment.end ? kNoCode : log.scans[segment.first].code];
        for (const std::uint32_t t : alike)
            if (is_one_act(log, log.segments[t], segment)) {
                first[s] = first[t];
                ++m.repeated_segments;
                break;
            }
        alike.push_back(s);
    }
    return first;
}

/// Which segments are independent looks at the same place. A pass is what #PASS says (or the
/// undeclared one); within it a second file or operator that saw much the same volumes of a shelf
/// made a pass of their own. What was delivered a second time is no second look.
void number_passes(const ScanLog& log, Matching& m) {
    const auto first_delivery = find_deliveries(log, m);
    using Place = std::tuple<std::int32_t, std::string_view, std::string_view>;
    std::map<Place, std::vector<std::uint32_t>> by_place;
    for (std::uint32_t s = 0; s < log.segments.size(); ++s) {
        const Segment& segment = log.segments[s];
        if (first_delivery[s] == s)
            by_place[{segment.pass, segment.location, segment.shelf}].push_back(s);
    }
    const auto codes_of = [&](std::uint32_t s) {
        std::vector<Code> codes;
        for (std::uint32_t i = log.segments[s].first; i < log.segments[s].end; ++i)
            if (log.scans[i].kind == Scan::Kind::item) codes.push_back(log.scans[i].code);
        std::sort(codes.begin(), codes.end());
        codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
        return codes;
    };
    std::vector<std::uint32_t> look(log.segments.size(),
                                    0);  // which look at this place in this pass
    for (const auto& [place, segments] : by_place) {
        if (segments.size() < 2) continue;
        struct Look {
            std::uint32_t file;
            std::string_view who;
            std::vector<Code> codes;
        };
        std::vector<Look> looks;
        for (const std::uint32_t s : segments) {
            const Segment& segment = log.segments[s];
            auto codes = codes_of(s);
            std::size_t k = 0;
            for (; k < looks.size(); ++k) {
                if (looks[k].file == segment.file && looks[k].who == segment.operator_name) break;
                std::vector<Code> both;
                std::set_intersection(codes.begin(), codes.end(), looks[k].codes.begin(),
                                      looks[k].codes.end(), std::back_inserter(both));
                if (both.size() * 2 < std::min(codes.size(), looks[k].codes.size()) ||
                    (both.empty() && codes.size() != looks[k].codes.size()))
                    break;
            }
            look[s] = static_cast<std::uint32_t>(k);
            if (k == looks.size()) {
                looks.push_back({segment.file, segment.operator_name, std::move(codes)});
            } else {
                std::vector<Code> all;
                std::set_union(codes.begin(), codes.end(), looks[k].codes.begin(),
                               looks[k].codes.end(), std::back_inserter(all));
                looks[k].codes = std::move(all);
            }
        }
    }
    std::map<std::pair<std::int32_t, std::uint32_t>, std::uint32_t> passes;
    m.pass.resize(log.segments.size());
    for (std::uint32_t s = 0; s < log.segments.size(); ++s)
        if (first_delivery[s] == s) passes.try_emplace({log.segments[s].pass, look[s]}, 0U);
    for (auto& [key, id] : passes) id = m.passes++;
    for (std::uint32_t s = 0; s < log.segments.size(); ++s) {
        const std::uint32_t first = first_delivery[s];
        m.pass[s] = passes[{log.segments[first].pass, look[first]}];
    }
}

/// Later passes replace earlier ones in what they say of positions. For shelves that have no code
/// of their own only a higher declared pass does: otherwise two files may be two parts of a room.
void find_current(const ScanLog& log, Matching& m) {
    using Place = std::pair<std::string, std::string>;
    struct Best {
        bool is_complete = false;
        Day day{};
        std::int32_t pass = 0;
        std::uint32_t file = 0, pass_id = 0;
    };
    const auto rank = [](const Best& b) {
        return std::tuple(b.is_complete, std::chrono::sys_days(b.day), b.pass, b.file, b.pass_id);
    };
    std::map<Place, Best> best;
    std::map<std::string, std::int32_t> highest;
    const auto of = [&](std::uint32_t s) {
        const Segment& segment = log.segments[s];
        return Best{segment.is_complete, segment.day.value_or(Day{std::chrono::year{1970} / 1 / 1}),
                    segment.pass, segment.file, m.pass[s]};
    };
    for (std::uint32_t s = 0; s < log.segments.size(); ++s) {
        const Segment& segment = log.segments[s];
        if (segment.shelf.empty()) {
            auto& top = highest[segment.location];
            top = std::max(top, segment.pass);
            continue;
        }
        const auto [found, is_new] =
            best.try_emplace(Place(segment.location, segment.shelf), of(s));
        if (!is_new && rank(found->second) < rank(of(s))) found->second = of(s);
    }
    m.is_current.resize(log.segments.size());
    for (std::uint32_t s = 0; s < log.segments.size(); ++s) {
        const Segment& segment = log.segments[s];
        m.is_current[s] = segment.shelf.empty()
                              ? segment.pass == highest[segment.location]
                              : best[Place(segment.location, segment.shelf)].pass_id == m.pass[s];
    }
}

class Joiner {
  public:
    Joiner(const ScanLog& log, const Snapshot& snapshot, const MatchOptions& options, Matching& m)
        : log_(log), snapshot_(snapshot), options_(options), m_(m) {}

    void run() {
        const std::size_t n = log_.scans.size();
        m_.role.assign(n, ScanRole::other);
        m_.previous.assign(n, kNone);
        m_.item_scan.assign(snapshot_.rows(), kNone);
        for (std::uint32_t i = 0; i < n; ++i) join(i);
        choose();
        count_positions();
        find_groups();
    }

  private:
    void join(std::uint32_t i) {
        const Scan& scan = log_.scans[i];
        if (scan.kind != Scan::Kind::item) return;
        if (m_.row[i] == kNone) {
            m_.role[i] = ScanRole::unknown;
            const auto [found, is_new] = unknown_last_.try_emplace(scan.code, i);
            if (is_new) return;
            m_.previous[i] = found->second;
            found->second = i;
            m_.role[i] = relation(i);
            // A code without record at another place or time is still only a code without record.
            if (m_.role[i] == ScanRole::item || m_.role[i] == ScanRole::again)
                m_.role[i] = ScanRole::again;
            return;
        }
        if (m_.row[i] == kMany) {
            // Branches share barcodes: the one that belongs where this was scanned is meant.
            const auto rows = snapshot_.find(scan.code, log_.text_of(scan));
            m_.row[i] = the_one(rows, [&](std::uint32_t row) {
                return snapshot_.location_of(row) == m_.location[scan.segment];
            });
            if (m_.row[i] == kNone && !m_.library.empty())
                m_.row[i] = the_one(rows, [&](std::uint32_t row) {
                    const auto library = snapshot_.text(row, Text::library);
                    return !library.empty() && library == m_.library[scan.segment];
                });
            if (m_.row[i] == kNone) {
                m_.role[i] = ScanRole::ambiguous;
                for (std::uint32_t k = 0; k < rows.size(); ++k)
                    m_.ambiguous_rows.push_back(rows[k]);
                return;
            }
        }
        const std::uint32_t row = m_.row[i];
        std::uint32_t& last = m_.item_scan[row];  // while joining: the last scan of the row
        m_.previous[i] = last;
        if (last == kNone) {
            m_.role[i] = ScanRole::item;
        } else {
            m_.role[i] = relation(i);
            repeated_.push_back(row);
        }
        last = i;
    }

    /// The row for which `holds` holds, when it is a single one.
    template <class F>
    static std::uint32_t the_one(const Snapshot::Rows& rows, F holds) {
        std::uint32_t found = kNone;
        for (std::uint32_t k = 0; k < rows.size(); ++k) {
            if (!holds(rows[k])) continue;
            if (found != kNone) return kNone;
            found = rows[k];
        }
        return found;
    }

    /// How scan `i` relates to the earlier scans of its code.
    [[nodiscard]] ScanRole relation(std::uint32_t i) const {
        const Scan& scan = log_.scans[i];
        const Segment& segment = log_.segments[scan.segment];
        bool is_other_label = false;
        for (std::uint32_t p = m_.previous[i]; p != kNone; p = m_.previous[p]) {
            const Scan& before = log_.scans[p];
            const Segment& there = log_.segments[before.segment];
            if (m_.role[p] == ScanRole::duplabel) continue;
            const bool is_same_place =
                segment.location == there.location && segment.shelf == there.shelf;
            const bool is_same_pass = segment.pass == there.pass;
            if (!is_same_pass) continue;
            if (segment.file == there.file) {
                if (before.segment == scan.segment) {
                    if (i - p <= options_.dup_distance || is_rescan(i, p)) return ScanRole::dupscan;
                    is_other_label = true;
                } else if (is_same_place) {
                    return ScanRole::dupscan;  // the shelf was opened a second time
                } else {
                    is_other_label = true;
                }
            } else if (!is_same_place && segment.day && segment.day == there.day) {
                is_other_label = true;
            }
        }
        return is_other_label ? ScanRole::duplabel : ScanRole::again;
    }

    /// The neighbours repeat with it: the whole shelf was scanned again, not one label twice.
    [[nodiscard]] bool is_rescan(std::uint32_t i, std::uint32_t p) const {
        const auto same = [&](std::uint32_t a, std::uint32_t b) {
            return log_.scans[a].code == log_.scans[b].code;
        };
        const Segment& segment = log_.segments[log_.scans[i].segment];
        const bool left = p > segment.first && same(i - 1, p - 1);
        const bool right = i + 1 < segment.end && same(i + 1, p + 1);
        return left || right;
    }

    /// Among the scans of a row that are no double readings, the latest complete one stands for the
    /// item.
    void choose() {
        std::sort(repeated_.begin(), repeated_.end());
        repeated_.erase(std::unique(repeated_.begin(), repeated_.end()), repeated_.end());
        for (const std::uint32_t row : repeated_) {
            const std::uint32_t last = m_.item_scan[row];
            std::uint32_t best = kNone;
            for (std::uint32_t i = last; i != kNone; i = m_.previous[i]) {
                if (m_.role[i] == ScanRole::dupscan || m_.role[i] == ScanRole::duplabel) continue;
                if (best == kNone || recency(best) < recency(i)) best = i;
            }
            for (std::uint32_t i = last; i != kNone; i = m_.previous[i])
                if (m_.role[i] == ScanRole::item || m_.role[i] == ScanRole::again)
                    m_.role[i] = i == best ? ScanRole::item : ScanRole::again;
            m_.item_scan[row] = best;
        }
    }
    [[nodiscard]] std::tuple<bool, bool, std::chrono::sys_days, std::int32_t, std::uint32_t>
    recency(std::uint32_t i) const {
        const std::uint32_t s = log_.scans[i].segment;
        const Segment& segment = log_.segments[s];
        return {m_.is_current[s], segment.is_complete,
                std::chrono::sys_days(segment.day.value_or(Day{std::chrono::year{1970} / 1 / 1})),
                segment.pass, i};
    }

    void count_positions() {
        m_.position.assign(log_.scans.size(), 0);
        for (std::uint32_t s = 0; s < log_.segments.size(); ++s) {
            const Segment& segment = log_.segments[s];
            std::uint32_t at = 0;
            for (std::uint32_t i = segment.first; i < segment.end; ++i)
                m_.position[i] =
                    m_.role[i] == ScanRole::dupscan || log_.scans[i].kind == Scan::Kind::count
                        ? at
                        : ++at;
        }
    }

    void find_groups() {
        // Books that stand together belong together: the last answer mostly holds.
        m_.group.assign(m_.row.size(), kNone);
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < m_.row.size(); ++i) {
            const std::uint32_t row = m_.row[i];
            if (row == kNone) continue;
            const Group& last = snapshot_.groups()[group];
            if (row < last.begin || row >= last.end) group = snapshot_.group_of(row);
            m_.group[i] = group;
        }
    }

    const ScanLog& log_;
    const Snapshot& snapshot_;
    const MatchOptions& options_;
    Matching& m_;
    std::vector<std::uint32_t> repeated_;  // rows with more than one scan
    std::unordered_map<Code, std::uint32_t> unknown_last_;
};

}  // namespace

Matching match(ScanLog& log, const Snapshot& snapshot, const MatchOptions& options) {
    Matching m;
    look_up(log, snapshot, m);
    stand_in_order(log, m);
    repair(log, snapshot, options, m);
    split_at_forgotten_labels(log, snapshot, m);
    find_locations(log, snapshot, m);
    if (snapshot.holds(Text::library)) find_owners(log, snapshot, m, Text::library);
    if (snapshot.holds(Text::collection)) find_owners(log, snapshot, m, Text::collection);
    number_passes(log, m);
    find_current(log, m);
    Joiner(log, snapshot, options, m).run();
    std::sort(m.ambiguous_rows.begin(), m.ambiguous_rows.end());
    m.ambiguous_rows.erase(std::unique(m.ambiguous_rows.begin(), m.ambiguous_rows.end()),
                           m.ambiguous_rows.end());
    return m;
}

}  // namespace tushu::inventory
