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

/// Where a shelf code's last number stands.
struct Numbered {
    std::string_view before, after;
    std::int64_t number = -1;
};

Numbered numbered(std::string_view code) {
    std::size_t end = code.size();
    while (end > 0 && (code[end - 1] < '0' || code[end - 1] > '9')) --end;
    std::size_t begin = end;
    while (begin > 0 && code[begin - 1] >= '0' && code[begin - 1] <= '9') --begin;
    const auto number = parse_integer(code.substr(begin, end - begin));
    if (!number) return {code, {}, -1};
    return {code.substr(0, begin), code.substr(end), *number};
}

class Arranger {
  public:
    Arranger(const ScanLog& log, const Snapshot& snapshot, Matching& matching)
        : log_(log), snapshot_(snapshot), m_(matching) {}

    Arrangement run() {
        out_.is_fixed.assign(log_.scans.size(), false);
        out_.fixed.resize(snapshot_.groups().size());
        out_.is_right_to_left.assign(log_.segments.size(), false);
        find_directions();
        find_walk();
        find_fixed();
        find_moves();
        return std::move(out_);
    }

  private:
    /// Whether the scan takes part in the order of its own location.
    [[nodiscard]] bool is_ordered(std::uint32_t i) const {
        const std::uint32_t row = m_.row[i];
        if (row == kNone || (m_.role[i] != ScanRole::item && m_.role[i] != ScanRole::duplabel))
            return false;
        return !snapshot_.is_unparsed(row) &&
               snapshot_.location_of(row) == m_.location[log_.scans[i].segment];
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
                    snapshot_.location_of(row) != m_.location[s])
                    continue;
                const std::uint32_t rank = snapshot_.rank(row);
                if (last != kNone && rank != last) ++(rank > last ? up : down);
                last = rank;
            }
            if (down + 1 >= kReversedAtLeast && down >= 4 * up) {
                out_.is_right_to_left[s] = true;
                ++out_.reversed_undeclared;
            }
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
        std::vector<std::uint32_t> rows;
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
                stop.median = *middle;
            }
            if (!segment.shelf.empty())
                (void)callno::append_key(stop.code_key, callno::Scheme::accession, segment.shelf);
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
            if (!has_codes || std::max(forward, backward) * 10 < medians.size() * 7) {
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
                if (is_ordered(i)) lines[snapshot_.group_of(m_.row[i])].push_back(i);
            }
        }
        is_placed_.assign(log_.scans.size(), false);
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
        }
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
            const bool is_home = snapshot_.location_of(m_.row[i]) == m_.location[segment];
            if (is_home ? !is_placed_[i] : snapshot_.is_unparsed(m_.row[i])) continue;
            Move move;
            move.scan = i;
            move.row = m_.row[i];
            move.is_home = is_home;
            const auto& fixed = out_.fixed[snapshot_.group_of(move.row)];
            const std::uint32_t rank = snapshot_.rank(move.row);
            const auto right = std::upper_bound(fixed.begin(), fixed.end(), rank,
                                                [&](std::uint32_t r, std::uint32_t scan) {
                                                    return r < snapshot_.rank(m_.row[scan]);
                                                });
            if (right != fixed.begin()) {
                const std::uint32_t left = *(right - 1);
                move.left_row = m_.row[left];
                move.to_segment = log_.scans[left].segment;
                move.is_same_shelf = is_same_shelf(move.to_segment, segment);
            }
            if (right != fixed.end()) {
                move.right_row = m_.row[*right];
                const std::uint32_t there = log_.scans[*right].segment;
                // Between two shelves either end will do: it may stay where it is, or goes behind
                // its left neighbour.
                if (move.to_segment == kNone ||
                    (!move.is_same_shelf && is_same_shelf(there, segment))) {
                    move.to_segment = there;
                    move.is_same_shelf = is_same_shelf(there, segment);
                }
            }
            out_.moves.push_back(move);
        }
    }
    [[nodiscard]] bool is_same_shelf(std::uint32_t a, std::uint32_t b) const {
        return a == b || (log_.segments[a].location == log_.segments[b].location &&
                          log_.segments[a].shelf == log_.segments[b].shelf &&
                          !log_.segments[a].shelf.empty());
    }

    const ScanLog& log_;
    const Snapshot& snapshot_;
    Matching& m_;
    Arrangement out_;
    std::vector<bool> is_placed_;
};

}  // namespace

Arrangement arrange(const ScanLog& log, const Snapshot& snapshot, Matching& matching) {
    return Arranger(log, snapshot, matching).run();
}

Adjacency adjacency(std::string_view a, std::string_view b) {
    const Numbered left = numbered(a), right = numbered(b);
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
    csv.row(
        {"barcode", "from_anchor", "from_position", "to_anchor", "left_barcode", "right_barcode"});
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
        csv.row({barcode, from.anchor(), position, to, left, right});
    }
}

}  // namespace tushu::inventory
