// SPDX-License-Identifier: Apache-2.0
#include "inventory/order.hpp"

#include "base/csv.hpp"
#include "base/text.hpp"
#include "callno/lnds.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace tushu::inventory {
namespace {

constexpr std::uint64_t kTrusted = 1000, kSuspect = 999;  // suspects leave the shelf order first
constexpr std::uint32_t kReversedAtLeast = 5;             // books it takes to tell a direction

constexpr std::size_t kMissedLabel =
    8;                      // books in order elsewhere that it takes to believe in a missed label
constexpr int kRounds = 4;  // of cutting at missed labels and looking again

}  // namespace

NumberedCode numbered(std::string_view code) {
    std::size_t end = code.size();
    while (end > 0 && (code[end - 1] < '0' || code[end - 1] > '9')) --end;
    std::size_t begin = end;
    while (begin > 0 && code[begin - 1] >= '0' && code[begin - 1] <= '9') --begin;
    const auto number = parse_integer(code.substr(begin, end - begin));
    if (!number) return {code, {}, -1};
    return {code.substr(0, begin), code.substr(end), *number};
}

namespace {

class Arranger {
  public:
    Arranger(ScanLog& log, const Snapshot& snapshot, Matching& matching)
        : log_(log), snapshot_(snapshot), m_(matching) {}

    Arrangement run() {
        find_ordered();
        for (int round = 0; round < kRounds; ++round) {
            out_.is_fixed.assign(log_.scans.size(), false);
            out_.fixed.assign(snapshot_.groups().size(), {});
            out_.is_right_to_left.assign(log_.segments.size(), false);
            out_.walk.clear();
            find_directions();
            find_walk();
            find_fixed();
            if (!cut_at_missed_labels()) break;
        }
        find_moves();
        find_doubts();
        find_blocks();
        return std::move(out_);
    }

  private:
    /// Whether the scan takes part in the order of its own location.
    [[nodiscard]] bool is_ordered(std::uint32_t i) const { return is_ordered_[i] != 0; }
    void find_ordered() {
        is_ordered_.resize(log_.scans.size());
        for (std::uint32_t i = 0; i < log_.scans.size(); ++i)
            is_ordered_[i] = m_.row[i] != kNone &&
                             (m_.role[i] == ScanRole::item || m_.role[i] == ScanRole::duplabel) &&
                             !snapshot_.is_unparsed(m_.row[i]) &&
                             location_of(i) == m_.location[log_.scans[i].segment];
    }
    [[nodiscard]] std::uint32_t location_of(std::uint32_t scan) const {
        return snapshot_.groups()[m_.group[scan]].location;
    }

    void find_directions() {
        for (std::uint32_t s = 0; s < log_.segments.size(); ++s) {
            const Segment& segment = log_.segments[s];
            out_.is_right_to_left[s] = segment.is_reversed;
            if (segment.is_reversed) continue;
            std::uint32_t up = 0, down = 0, last = kNone;
            for (std::uint32_t i = segment.first; i < segment.end; ++i) {
                const std::uint32_t row = m_.row[i];
                if (row == kNone || m_.role[i] == ScanRole::dupscan || snapshot_.is_unparsed(row) ||
                    location_of(i) != m_.location[s])
                    continue;
                const std::uint32_t rank = snapshot_.rank(row);
                if (last != kNone && rank != last) ++(rank > last ? up : down);
                last = rank;
            }
            if (down + 1 >= kReversedAtLeast && down >= 4 * up) out_.is_right_to_left[s] = true;
        }
    }

    /// The shelves of each location in walking order: by their codes where the books agree with
    /// them, else by the books.
    void find_walk() {
        struct Stop {
            std::uint32_t segment;
            std::uint32_t median;  // row; kNone without books of this location
            std::string code_key;
        };
        std::map<std::uint32_t, std::vector<Stop>> by_location;
        medians_.assign(log_.segments.size(), kNone);
        uppers_.assign(log_.segments.size(), kNone);
        lowers_.assign(log_.segments.size(), kNone);
        std::vector<std::uint32_t> rows;
        std::map<std::pair<std::uint32_t, std::uint32_t>, std::string> last_key;  // file, location
        for (std::uint32_t s = 0; s < log_.segments.size(); ++s) {
            if (m_.location[s] == kNone) continue;
            const Segment& segment = log_.segments[s];
            rows.clear();
            for (std::uint32_t i = segment.first; i < segment.end; ++i)
                if (is_ordered(i)) rows.push_back(snapshot_.rank(m_.row[i]));
            Stop stop{s, kNone, {}};
            if (!rows.empty()) {
                const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2);
                std::nth_element(rows.begin(), middle, rows.end());
                stop.median = medians_[s] = *middle;
                const auto upper = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() * 9 / 10);
                std::nth_element(middle, upper, rows.end());
                uppers_[s] = *upper;
                const auto lower = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 10);
                std::nth_element(rows.begin(), lower, middle);
                lowers_[s] = *lower;
            }
            // A shelf whose label was forgotten after a #LOC line stands behind the shelf before
            // it.
            std::string& before = last_key[{segment.file, m_.location[s]}];
            if (!segment.shelf.empty()) {
                (void)callno::append_key(stop.code_key, callno::Scheme::accession, segment.shelf);
                before = stop.code_key;
            } else if (!before.empty()) {
                stop.code_key = before + '\xFF';
            }
            by_location[m_.location[s]].push_back(std::move(stop));
        }
        for (auto& [location, stops] : by_location) {
            const bool has_codes = std::all_of(stops.begin(), stops.end(),
                                               [](const Stop& x) { return !x.code_key.empty(); });
            std::stable_sort(stops.begin(), stops.end(),
                             [](const Stop& a, const Stop& b) { return a.code_key < b.code_key; });
            std::vector<std::uint32_t> medians;
            for (const Stop& stop : stops)
                if (stop.median != kNone) medians.push_back(stop.median);
            const std::size_t forward =
                callno::longest_ordered(std::span<const std::uint32_t>(medians)).size();
            std::reverse(medians.begin(), medians.end());
            const std::size_t backward =
                callno::longest_ordered(std::span<const std::uint32_t>(medians)).size();
            if (!has_codes ||
                std::max(forward, backward) + std::max<std::size_t>(1, medians.size() * 3 / 10) <
                    medians.size()) {
                std::stable_sort(stops.begin(), stops.end(),
                                 [](const Stop& a, const Stop& b) { return a.median < b.median; });
            } else if (backward > forward) {
                std::reverse(stops.begin(), stops.end());
            }
            for (const Stop& stop : stops) out_.walk.push_back(stop.segment);
        }
        out_.walk_place.assign(log_.segments.size(), kNone);
        for (std::uint32_t w = 0; w < out_.walk.size(); ++w) out_.walk_place[out_.walk[w]] = w;
    }

    void find_fixed() {
        std::vector<std::vector<std::uint32_t>> lines(snapshot_.groups().size());
        for (const std::uint32_t s : out_.walk) {
            if (!m_.is_current[s]) continue;
            const Segment& segment = log_.segments[s];
            const std::uint32_t n = segment.end - segment.first;
            for (std::uint32_t k = 0; k < n; ++k) {
                const std::uint32_t i =
                    out_.is_right_to_left[s] ? segment.end - 1 - k : segment.first + k;
                if (is_ordered(i)) lines[m_.group[i]].push_back(i);
            }
        }
        is_placed_.assign(log_.scans.size(), false);
        stands_in_gap_.clear();
        std::vector<std::uint32_t> ranks, distinct;
        std::vector<std::uint64_t> weights;
        for (std::size_t g = 0; g < lines.size(); ++g) {
            const auto& line = lines[g];
            if (line.empty()) continue;
            ranks.clear();
            weights.clear();
            bool has_suspects = false;
            for (const std::uint32_t i : line) {
                is_placed_[i] = true;
                const std::uint32_t row = m_.row[i];
                const bool is_suspect =
                    snapshot_.status(row) != Status::on_shelf || m_.role[i] == ScanRole::duplabel;
                has_suspects = has_suspects || is_suspect;
                ranks.push_back(snapshot_.rank(row));
                weights.push_back(is_suspect ? kSuspect : kTrusted);
            }
            std::vector<std::uint32_t> kept;
            if (has_suspects) {
                densify(ranks, distinct);
                kept = callno::heaviest_ordered(ranks, weights);
            } else {
                kept = callno::longest_ordered(std::span<const std::uint32_t>(ranks));
            }
            for (const std::uint32_t k : kept)
                if (m_.role[line[k]] == ScanRole::item) out_.is_fixed[line[k]] = true;
            for (const std::uint32_t k : kept) {
                const std::uint32_t i = line[k];
                if (m_.role[i] == ScanRole::duplabel) {
                    // Of two volumes with one label, the one that stands in order is the item.
                    std::uint32_t& item = m_.item_scan[m_.row[i]];
                    if (item == kNone || out_.is_fixed[item]) continue;
                    m_.role[item] = ScanRole::duplabel;
                    m_.role[i] = ScanRole::item;
                    item = i;
                    out_.is_fixed[i] = true;
                }
                out_.fixed[g].push_back(i);
            }
            std::uint32_t before = 0;
            for (const std::uint32_t i : line) {
                if (out_.is_fixed[i])
                    ++before;
                else if (m_.role[i] == ScanRole::item)
                    stands_in_gap_.emplace(i, before);
            }
        }
    }

    /// Cuts off the end of a segment where enough books stand in order, but not after what is
    /// before them.
    bool cut_at_missed_labels() {
        bool has_cut = false;
        const std::size_t segments = log_.segments.size();
        for (std::uint32_t s = 0; s < segments; ++s) {
            if (!m_.is_current[s] || out_.is_right_to_left[s]) continue;
            const std::uint32_t begin = log_.segments[s].first, end = log_.segments[s].end;
            const std::uint32_t limit = end_of_next_shelf(s);
            std::uint32_t cut = end;
            std::vector<std::uint32_t> ranks;
            for (std::uint32_t i = end; i-- > begin;) {
                if (!is_ordered(i)) continue;
                if (out_.is_fixed[i] && snapshot_.rank(m_.row[i]) <= limit) break;
                cut = i;
                ranks.push_back(snapshot_.rank(m_.row[i]));
            }
            if (ranks.size() < kMissedLabel || cut == begin) continue;
            std::reverse(ranks.begin(), ranks.end());
            if (callno::longest_ordered(std::span<const std::uint32_t>(ranks)).size() * 10 <
                ranks.size() * 9)
                continue;
            bool has_kept = false;  // all of a shelf in the wrong place is no missed label
            for (std::uint32_t i = begin; i < cut; ++i) has_kept = has_kept || is_ordered(i);
            if (!has_kept) continue;
            split(s, cut, ranks);
            has_cut = true;
        }
        return has_cut;
    }

    /// The rank that nine tenths of the books on the next shelf stay below: what stands on this
    /// shelf and files behind it cannot belong here.
    [[nodiscard]] std::uint32_t end_of_next_shelf(std::uint32_t s) const {
        const std::uint32_t place = out_.walk_place[s];
        if (place == kNone || log_.segments[s].shelf.empty()) return kNone;
        for (std::uint32_t w = place + 1; w < out_.walk.size(); ++w) {
            const std::uint32_t t = out_.walk[w];
            if (m_.location[t] != m_.location[s]) break;
            if (!m_.is_current[t] || uppers_[t] == kNone) continue;
            return log_.segments[t].shelf.empty() || uppers_[t] < lowers_[s] ? kNone : uppers_[t];
        }
        return kNone;
    }

    void split(std::uint32_t s, std::uint32_t cut, const std::vector<std::uint32_t>& ranks) {
        Segment tail = log_.segments[s];
        tail.first = cut;
        tail.line = log_.scans[cut].line;
        tail.is_inferred = true;
        // The shelf between those whose books are its neighbours, where the codes say which that
        // is.
        if (!tail.shelf.empty()) {
            const std::uint32_t middle_rank = ranks[ranks.size() / 2];
            std::uint32_t left = kNone, right = kNone;
            for (std::uint32_t t = 0; t < medians_.size(); ++t) {
                if (t == s || medians_[t] == kNone || m_.location[t] != m_.location[s]) continue;
                if (medians_[t] <= middle_rank && (left == kNone || medians_[t] > medians_[left]))
                    left = t;
                if (medians_[t] > middle_rank && (right == kNone || medians_[t] < medians_[right]))
                    right = t;
            }
            const std::string left_shelf =
                left == kNone ? std::string() : log_.segments[left].shelf;
            const std::string right_shelf =
                right == kNone ? std::string() : log_.segments[right].shelf;
            const NumberedCode a = numbered(left_shelf), b = numbered(right_shelf);
            tail.shelf = (left_shelf.empty() ? tail.shelf : left_shelf) + "?";
            if (a.number >= 0 && b.number == a.number + 2 && a.before == b.before &&
                a.after == b.after) {
                std::string middle = std::to_string(a.number + 1);
                const std::size_t width = left_shelf.size() - a.before.size() - a.after.size();
                if (middle.size() < width) middle.insert(0, width - middle.size(), '0');
                tail.shelf = std::string(a.before) + middle + std::string(a.after);
            }
        }
        const auto id = static_cast<std::uint32_t>(log_.segments.size());
        const std::uint32_t before = m_.position[cut] - 1;
        for (std::uint32_t i = cut; i < tail.end; ++i) {
            log_.scans[i].segment = id;
            m_.position[i] -= before;
        }
        log_.segments[s].end = cut;
        log_.segments[s].is_complete = true;
        log_.segments[s].ends_in_gap = false;
        log_.segments.push_back(std::move(tail));
        m_.location.push_back(m_.location[s]);
        m_.pass.push_back(m_.pass[s]);
        for (auto* owner : {&m_.library, &m_.collection})
            if (!owner->empty()) owner->push_back((*owner)[s]);
        m_.is_current.push_back(true);
        out_.missed_labels.push_back({id, s});
    }

    /// Ranks are rows of the snapshot; the weighted search wants them without holes.
    static void densify(std::vector<std::uint32_t>& ranks, std::vector<std::uint32_t>& distinct) {
        distinct = ranks;
        std::sort(distinct.begin(), distinct.end());
        distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
        for (auto& rank : ranks)
            rank = static_cast<std::uint32_t>(
                std::lower_bound(distinct.begin(), distinct.end(), rank) - distinct.begin());
    }

    void find_moves() {
        for (std::uint32_t i = 0; i < log_.scans.size(); ++i) {
            if (m_.role[i] != ScanRole::item || out_.is_fixed[i] || m_.row[i] == kNone) continue;
            const std::uint32_t segment = log_.scans[i].segment;
            const bool is_home = location_of(i) == m_.location[segment];
            if (is_home ? !is_placed_[i] : snapshot_.is_unparsed(m_.row[i])) continue;
            Move move;
            move.scan = i;
            move.row = m_.row[i];
            move.is_home = is_home;
            const auto& fixed = out_.fixed[m_.group[i]];
            const std::uint32_t rank = snapshot_.rank(move.row);
            const auto right = std::upper_bound(fixed.begin(), fixed.end(), rank,
                                                [&](std::uint32_t r, std::uint32_t scan) {
                                                    return r < snapshot_.rank(m_.row[scan]);
                                                });
            target_gap_.push_back(static_cast<std::uint32_t>(right - fixed.begin()));
            put_in_gap(move, target_gap_.back());
            out_.moves.push_back(move);
        }
    }
    /// Sets where the book goes: behind so many fixed books of its group.
    void put_in_gap(Move& move, std::uint32_t gap) const {
        const auto& fixed = out_.fixed[m_.group[move.scan]];
        const std::uint32_t segment = log_.scans[move.scan].segment;
        move.left_row = move.right_row = move.to_segment = kNone;
        move.is_same_shelf = false;
        if (gap > 0) {
            const std::uint32_t left = fixed[gap - 1];
            move.left_row = m_.row[left];
            move.to_segment = log_.scans[left].segment;
            move.is_same_shelf = is_same_shelf(move.to_segment, segment);
        }
        if (gap < fixed.size()) {
            move.right_row = m_.row[fixed[gap]];
            const std::uint32_t there = log_.scans[fixed[gap]].segment;
            // Between two shelves either end will do: it may stay where it is, or goes behind
            // its left neighbour.
            if (move.to_segment == kNone ||
                (!move.is_same_shelf && is_same_shelf(there, segment))) {
                move.to_segment = there;
                move.is_same_shelf = is_same_shelf(there, segment);
            }
        }
    }
    /// The first gap that will do for a book: before the fixed copies of its title.
    [[nodiscard]] std::uint32_t first_gap(std::size_t k) const {
        const auto& fixed = out_.fixed[m_.group[out_.moves[k].scan]];
        const std::uint32_t rank = snapshot_.rank(out_.moves[k].row);
        const auto first = std::lower_bound(
            fixed.begin(), fixed.end(), rank,
            [&](std::uint32_t scan, std::uint32_t r) { return snapshot_.rank(m_.row[scan]) < r; });
        return static_cast<std::uint32_t>(first - fixed.begin());
    }
    /// Two books each of which stands where the other belongs have changed labels; one whose class
    /// is a slip away from that of both its neighbours may have a wrong record.
    void find_doubts() {
        using Gap = std::pair<std::uint32_t, std::uint32_t>;  // group, fixed books before it
        std::map<Gap, std::vector<std::uint32_t>> standing;
        for (std::uint32_t k = 0; k < out_.moves.size(); ++k)
            if (const auto gap = stands_in_gap_.find(out_.moves[k].scan);
                gap != stands_in_gap_.end())
                standing[{m_.group[out_.moves[k].scan], gap->second}].push_back(k);
        for (std::uint32_t k = 0; k < out_.moves.size(); ++k) {
            Move& move = out_.moves[k];
            const auto stands = stands_in_gap_.find(move.scan);
            if (stands == stands_in_gap_.end()) continue;
            const std::uint32_t group = m_.group[move.scan];
            const auto there = standing.find({group, target_gap_[k]});
            if (there != standing.end() && there->second.size() == 1 && there->second[0] != k) {
                const std::uint32_t other = there->second[0];
                if (target_gap_[other] == stands->second &&
                    standing[{group, stands->second}].size() == 1) {
                    move.doubt = Move::Doubt::swapped;
                    move.other_row = out_.moves[other].row;
                    continue;
                }
            }
            const auto& fixed = out_.fixed[group];
            if (stands->second == 0 || stands->second >= fixed.size()) continue;
            const auto class_of = [&](std::uint32_t scan) {
                const std::string_view call = snapshot_.text(m_.row[scan], Text::call_number);
                return call.substr(0, call.find('/'));
            };
            const std::string_view own = class_of(move.scan),
                                   left = class_of(fixed[stands->second - 1]),
                                   right = class_of(fixed[stands->second]);
            if (left == right && own != left && is_one_slip(own, left))
                move.doubt = Move::Doubt::record;
        }
    }
    /// Two neighbours swapped; or, in classes long enough for that to be no accident, one character
    /// wrong.
    static bool is_one_slip(std::string_view a, std::string_view b) {
        const bool is_long = std::min(a.size(), b.size()) >= 5;
        std::size_t same = 0;
        while (same < a.size() && same < b.size() && a[same] == b[same]) ++same;
        a.remove_prefix(same);
        b.remove_prefix(same);
        if (a.size() == b.size() && a.size() >= 2 && a[0] == b[1] && a[1] == b[0] &&
            a.substr(2) == b.substr(2))
            return true;
        // A longer or shorter class is a neighbour in every scheme: only a wrong character counts,
        // not at the end.
        return is_long && a.size() == b.size() && a.size() >= 2 && a.substr(1) == b.substr(1);
    }
    void find_blocks() {
        struct Target {
            std::uint32_t group, rank;
            auto operator<=>(const Target&) const = default;
        };
        std::vector<Target> targets;
        for (std::size_t k = 0; k < out_.moves.size(); ++k)
            targets.push_back({m_.group[out_.moves[k].scan], snapshot_.rank(out_.moves[k].row)});
        std::vector<Target> sorted = targets;
        std::sort(sorted.begin(), sorted.end());
        const auto is_side_by_side = [&](std::size_t a, std::size_t b) {
            const std::uint32_t scan = out_.moves[a].scan, next = out_.moves[b].scan;
            return log_.scans[scan].segment == log_.scans[next].segment &&
                   m_.position[next] == m_.position[scan] + 1 &&
                   targets[a].group == targets[b].group;
        };
        std::uint32_t block = 0;
        for (std::size_t first = 0, next = 0; first < targets.size(); first = next) {
            // Books of the run that stay between its first and its last, and those equal to it.
            std::ptrdiff_t inner = 0, at_last = 0;
            // Gaps that will do for all of them: copies may stand on either side of fixed copies.
            std::uint32_t lowest = first_gap(first), highest = target_gap_[first];
            for (next = first + 1; next < targets.size() && is_side_by_side(next - 1, next);
                 ++next) {
                const Target &start = targets[first], &last = targets[next - 1],
                             &own = targets[next];
                const bool is_equal = own == last;
                if (!is_equal && last != start && (last < own) != (start < last)) break;
                const std::ptrdiff_t passed = inner + (is_equal ? 0 : at_last);
                const auto between =
                    std::lower_bound(sorted.begin(), sorted.end(), std::max(start, own)) -
                    std::upper_bound(sorted.begin(), sorted.end(), std::min(start, own));
                // Copies have one place: none is between them.
                if (own != start && between != passed) break;
                const std::uint32_t low = std::max(lowest, first_gap(next)),
                                    high = std::min(highest, target_gap_[next]);
                if (low > high) break;
                lowest = low;
                highest = high;
                inner = passed;
                if (own != start) at_last = is_equal ? at_last + 1 : 1;
            }
            if (next - first < 2) continue;
            ++block;
            for (std::size_t k = first; k < next; ++k) {
                out_.moves[k].block = block;
                if (target_gap_[k] != highest) put_in_gap(out_.moves[k], highest);
            }
        }
    }
    [[nodiscard]] bool is_same_shelf(std::uint32_t a, std::uint32_t b) const {
        return a == b || (log_.segments[a].location == log_.segments[b].location &&
                          log_.segments[a].shelf == log_.segments[b].shelf &&
                          !log_.segments[a].shelf.empty());
    }

    ScanLog& log_;
    const Snapshot& snapshot_;
    Matching& m_;
    Arrangement out_;
    std::vector<std::uint8_t> is_ordered_;  // per scan
    std::vector<bool> is_placed_;
    std::vector<std::uint32_t> medians_, uppers_,
        lowers_;  // per segment: ranks; kNone without books
    std::map<std::uint32_t, std::uint32_t>
        stands_in_gap_;                      // scan out of order: fixed books before it
    std::vector<std::uint32_t> target_gap_;  // per move
};

}  // namespace

Arrangement arrange(ScanLog& log, const Snapshot& snapshot, Matching& matching) {
    return Arranger(log, snapshot, matching).run();
}

Adjacency adjacency(std::string_view a, std::string_view b) {
    const NumberedCode left = numbered(a), right = numbered(b);
    if (left.number < 0 || right.number < 0 || left.before != right.before ||
        left.after != right.after)
        return Adjacency::unclear;
    const std::int64_t distance =
        left.number > right.number ? left.number - right.number : right.number - left.number;
    return distance <= 1 ? Adjacency::adjacent : Adjacency::apart;
}

std::uint32_t shelf_position(const ScanLog& log, const Matching& matching,
                             const Arrangement& arrangement, std::uint32_t scan) {
    const std::uint32_t s = log.scans[scan].segment;
    const std::uint32_t at = matching.position[scan];
    if (!arrangement.is_right_to_left[s]) return at;
    const Segment& segment = log.segments[s];
    return matching.position[segment.end - 1] - at + 1;
}

void write_moves(const ScanLog& log, const Snapshot& snapshot, const Matching& matching,
                 const Arrangement& arrangement, Strays strays, Output& out) {
    CsvWriter csv(out, {.neutralise = false});
    csv.row({"barcode", "from_anchor", "from_position", "to_anchor", "left_barcode",
             "right_barcode", "block"});
    for (const Move& move : arrangement.moves) {
        if (!move.is_home && strays == Strays::left_out) continue;
        const Segment& from = log.segments[log.scans[move.scan].segment];
        const std::string barcode = snapshot.barcode(move.row);
        const std::string position =
            std::to_string(shelf_position(log, matching, arrangement, move.scan));
        const std::string left = move.left_row == kNone ? "" : snapshot.barcode(move.left_row);
        const std::string right = move.right_row == kNone ? "" : snapshot.barcode(move.right_row);
        const std::string_view to = move.to_segment == kNone
                                        ? snapshot.locations()[snapshot.location_of(move.row)]
                                        : std::string_view(log.segments[move.to_segment].anchor());
        const std::string block = move.block == 0 ? "" : std::to_string(move.block);
        csv.row({barcode, from.anchor(), position, to, left, right, block});
    }
}

}  // namespace tushu::inventory
