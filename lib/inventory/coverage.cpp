// SPDX-License-Identifier: Apache-2.0
#include "inventory/coverage.hpp"

#include "base/text.hpp"
#include "callno/lnds.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

namespace tushu::inventory {
namespace {

constexpr std::uint32_t kEdgeRun =
    3;                            // beside what was not scanned, fewer unseen books are believed
constexpr std::size_t kEdge = 3;  // books from the edge that must stand close together

class Coverer {
  public:
    Coverer(const ScanLog& log, const Snapshot& snapshot, const Matching& matching,
            const Arrangement& arrangement, const std::vector<std::uint32_t>& unseen_before,
            const CoverageOptions& options)
        : log_(log),
          snapshot_(snapshot),
          m_(matching),
          arrangement_(arrangement),
          unseen_before_(unseen_before),
          options_(options) {}

    Coverage run() {
        out_.passes.assign(snapshot_.rows(), 0);
        for (const Segment& segment : log_.segments) has_gaps_ = has_gaps_ || segment.has_gap;
        // Scans of each pass and group in walking order.
        std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::uint32_t>> lines;
        std::vector<std::uint32_t>* line = nullptr;
        std::pair<std::uint32_t, std::uint32_t> at{kNone, kNone};
        for (const std::uint32_t s : arrangement_.walk) {
            const Segment& segment = log_.segments[s];
            if (segment.is_ended && segment.first == segment.end && !segment.shelf.empty() &&
                !segment.has_gap)
                empty_.insert(stop_of(m_.pass[s], m_.location[s], segment.shelf));
            const std::uint32_t n = segment.end - segment.first;
            for (std::uint32_t k = 0; k < n; ++k) {
                const std::uint32_t i =
                    arrangement_.is_right_to_left[s] ? segment.end - 1 - k : segment.first + k;
                const std::uint32_t row = m_.row[i];
                if (row == kNone ||
                    (m_.role[i] != ScanRole::item && m_.role[i] != ScanRole::again) ||
                    snapshot_.is_unparsed(row))
                    continue;
                const std::uint32_t group = m_.group[i];
                if (snapshot_.groups()[group].location != m_.location[s]) continue;
                if (at != std::pair(m_.pass[s], group)) {
                    at = {m_.pass[s], group};
                    line = &lines[at];
                }
                line->push_back(i);
            }
        }
        for (std::uint32_t s = 0; s < log_.segments.size(); ++s) {
            const Segment& segment = log_.segments[s];
            if (!segment.is_complete || segment.has_gap || m_.location[s] == kNone) continue;
            for (std::uint32_t g = 0; g < snapshot_.groups().size(); ++g) {
                const Group& group = snapshot_.groups()[g];
                if (group.location != m_.location[s]) continue;
                const auto range =
                    LabelRange::of(segment, static_cast<callno::Scheme>(group.scheme));
                if (!range) continue;
                labelled_[{m_.pass[s], g}].push_back(rows_of(*range, group, s));
                (void)lines[{m_.pass[s], g}];
            }
        }
        std::uint32_t pass = kNone;
        for (const auto& [key, scans] : lines) {
            if (key.first != pass) begin_pass(pass = key.first);
            cover_group(pass, key.second, scans);
        }
        if (snapshot_.holds(Text::shelf)) cover_by_shelf();
        return std::move(out_);
    }

  private:
    [[nodiscard]] std::uint32_t rank_end(std::uint32_t row, const Group& group) const {
        const std::uint32_t rank = snapshot_.rank(row);
        std::uint32_t r = row + 1;
        while (r < group.end && snapshot_.rank(r) == rank) ++r;
        return r;
    }
    void begin_pass(std::uint32_t pass) {
        if (m_.passes < 2) return;
        seen_.assign(snapshot_.rows(), false);
        for (std::uint32_t s = 0; s < log_.segments.size(); ++s) {
            if (m_.pass[s] != pass) continue;
            for (std::uint32_t i = log_.segments[s].first; i < log_.segments[s].end; ++i)
                if (m_.row[i] < snapshot_.rows()) seen_[m_.row[i]] = true;
        }
    }
    /// Books that should stand here and that this pass did not see. What another pass saw in its
    /// place counts: this one was not here, however few books are missing altogether.
    [[nodiscard]] std::uint32_t unseen(std::uint32_t begin, std::uint32_t end) const {
        std::uint32_t n = unseen_before_[end] - unseen_before_[begin];
        if (m_.passes < 2) return n;
        for (std::uint32_t row = begin; row < end; ++row) {
            const std::uint32_t scan = m_.item_scan[row];
            if (scan != kNone && !seen_[row] && arrangement_.is_fixed[scan]) ++n;
        }
        return n;
    }

    /// A complete shelf's label: the rows from `begin` to `end` stand on it.
    struct Labelled {
        std::uint32_t segment, begin, end;
    };
    [[nodiscard]] Labelled rows_of(const LabelRange& range, const Group& group,
                                   std::uint32_t segment) const {
        const auto first_that = [&](auto test) {
            std::uint32_t low = group.begin, high = group.end;
            while (low < high) {
                const std::uint32_t middle = low + (high - low) / 2;
                // What is no call number files behind all others.
                if (snapshot_.is_unparsed(middle) ||
                    test(callno::key_of(static_cast<callno::Scheme>(group.scheme),
                                        snapshot_.text(middle, Text::call_number))))
                    high = middle;
                else
                    low = middle + 1;
            }
            return low;
        };
        const std::uint32_t begin =
            first_that([&](const std::string& key) { return !range.begins_behind(key); });
        const std::uint32_t end =
            first_that([&](const std::string& key) { return range.ends_before(key); });
        return {segment, begin, std::max(begin, end)};
    }

    void cover_group(std::uint32_t pass, std::uint32_t group_number,
                     const std::vector<std::uint32_t>& scans) {
        const Group& group = snapshot_.groups()[group_number];
        std::vector<std::uint32_t> ranks;
        ranks.reserve(scans.size());
        for (const std::uint32_t i : scans) ranks.push_back(snapshot_.rank(m_.row[i]));
        const auto kept = callno::longest_ordered(std::span<const std::uint32_t>(ranks));
        const std::size_t n = kept.size();
        std::vector<std::pair<std::uint32_t, std::uint32_t>> covered;
        const auto label = labelled_.find({pass, group_number});
        if (label != labelled_.end())
            for (const Labelled& shelf : label->second)
                cover_label(shelf, group, scans, kept, covered);
        if (n == 0) return count(covered);
        std::uint32_t shelves = 1;
        for (std::size_t k = 1; k < n; ++k)
            shelves += log_.scans[scans[kept[k]]].segment != log_.scans[scans[kept[k - 1]]].segment
                           ? 1U
                           : 0U;
        // What may be missing beside unknown shelves: next to nothing, measured by how much stands
        // on a shelf.
        edge_ = std::min<std::uint32_t>(kEdgeRun, static_cast<std::uint32_t>(n / shelves / 10));

        struct Gap {
            std::uint32_t begin, end, unseen;
            bool is_covered;
        };
        std::vector<Gap> gaps;
        gaps.reserve(n + 1);
        const auto row_at = [&](std::size_t k) { return m_.row[scans[kept[k]]]; };
        const auto add = [&](std::uint32_t begin, std::uint32_t end, std::uint32_t limit) {
            const std::uint32_t count = unseen(begin, end);
            gaps.push_back({begin, end, count, count <= limit});
        };
        const std::uint32_t head = log_.scans[scans[kept[0]]].segment,
                            tail = log_.scans[scans[kept[n - 1]]].segment;
        const std::int64_t step =
            numbered(log_.segments[tail].shelf).number < numbered(log_.segments[head].shelf).number
                ? -1
                : 1;
        add(group.begin, rank_end(row_at(0), group), front_limit(pass, scans[kept[0]], -step));
        for (std::size_t k = 0; k + 1 < n; ++k) {
            const std::uint32_t a = scans[kept[k]], b = scans[kept[k + 1]];
            add(snapshot_.rank(row_at(k)), rank_end(row_at(k + 1), group),
                limit_between(pass, a, b));
            if (!gaps.back().is_covered && log_.scans[a].segment == log_.scans[b].segment)
                ++out_.open_runs;
        }
        add(snapshot_.rank(row_at(n - 1)), group.end, back_limit(pass, scans[kept[n - 1]], step));

        // A stray at the edge of what was scanned would claim everything up to where it belongs.
        const auto trim = [&](auto first, auto last) {
            std::size_t seen_since_edge = kEdge;
            for (auto gap = first; gap != last; ++gap) {
                if (!gap->is_covered) {
                    seen_since_edge = 0;
                } else if (seen_since_edge < kEdge) {
                    ++seen_since_edge;
                    if (gap->unseen <= kEdgeRun) continue;
                    gap->is_covered = false;
                    for (auto back = gap; back != first && seen_since_edge > 1; --seen_since_edge)
                        (--back)->is_covered = false;
                    seen_since_edge = 0;
                }
            }
        };
        trim(gaps.begin(), gaps.end());
        trim(gaps.rbegin(), gaps.rend());
        for (const Gap& gap : gaps)
            if (gap.is_covered) covered.emplace_back(gap.begin, gap.end);
        count(covered);
    }

    /// From the label's ends to the outermost books of its shelf; a shelf that was found empty as a
    /// whole. Long runs of unseen books are not believed here either.
    void cover_label(const Labelled& shelf, const Group& group,
                     const std::vector<std::uint32_t>& scans,
                     const std::vector<std::uint32_t>& kept,
                     std::vector<std::pair<std::uint32_t, std::uint32_t>>& covered) {
        std::uint32_t first = kNone, last = kNone;
        for (const std::uint32_t k : kept) {
            if (log_.scans[scans[k]].segment != shelf.segment) continue;
            if (first == kNone) first = m_.row[scans[k]];
            last = m_.row[scans[k]];
        }
        const auto add = [&](std::uint32_t begin, std::uint32_t end) {
            if (begin < end && unseen(begin, end) <= options_.longest_run)
                covered.emplace_back(begin, end);
        };
        const Segment& segment = log_.segments[shelf.segment];
        if (first != kNone) {
            add(shelf.begin, rank_end(first, group));
            add(snapshot_.rank(last), shelf.end);
        } else if (segment.is_ended && segment.first == segment.end) {
            add(shelf.begin, shelf.end);
        }
    }

    /// One more pass over the rows of these stretches, which may overlap.
    void count(std::vector<std::pair<std::uint32_t, std::uint32_t>>& covered) {
        std::sort(covered.begin(), covered.end());
        std::uint32_t done = 0;
        for (const auto& [begin, end] : covered) {
            for (std::uint32_t r = std::max(done, begin); r < end; ++r)
                if (out_.passes[r] < UINT8_MAX) ++out_.passes[r];
            done = std::max(done, end);
        }
    }

    [[nodiscard]] std::uint32_t limit_between(std::uint32_t pass, std::uint32_t a,
                                              std::uint32_t b) const {
        const std::uint32_t s = log_.scans[a].segment, t = log_.scans[b].segment;
        if (s == t) {
            if (has_gaps_)
                for (std::uint32_t i = std::min(a, b) + 1; i <= std::max(a, b); ++i)
                    if (log_.scans[i].after_gap) return 0;
            return options_.longest_run;
        }
        if (has_gap_beside(a, Side::right) || has_gap_beside(b, Side::left)) return 0;
        const Segment &left = log_.segments[s], &right = log_.segments[t];
        if (!left.shelf.empty() && left.shelf == right.shelf) return options_.longest_run;
        // The file broke off on the left shelf: who knows what stands behind the last book read.
        if (!left.is_complete) return 0;
        if (left.shelf.empty() || right.shelf.empty())
            return left.is_ended && right.is_ended ? options_.longest_run : edge_;
        switch (adjacency(left.shelf, right.shelf)) {
            case Adjacency::adjacent:
                return options_.longest_run;
            case Adjacency::unclear:
                return edge_;
            case Adjacency::apart:
                return is_empty_between(pass, s, t) ? options_.longest_run : 0;
        }
        return 0;
    }

    enum class Side { left, right };
    /// Books were passed over between this scan and that end of its shelf.
    [[nodiscard]] bool has_gap_beside(std::uint32_t scan, Side side) const {
        const std::uint32_t s = log_.scans[scan].segment;
        const Segment& segment = log_.segments[s];
        if (!segment.has_gap) return false;
        if ((side == Side::right) == arrangement_.is_right_to_left[s]) {
            for (std::uint32_t i = segment.first; i <= scan; ++i)
                if (log_.scans[i].after_gap) return true;
            return false;
        }
        for (std::uint32_t i = scan + 1; i < segment.end; ++i)
            if (log_.scans[i].after_gap) return true;
        return segment.ends_in_gap;
    }
    /// A numbered shelf in one pass.
    struct Stop {
        std::uint32_t pass, location;
        std::string_view before, after;  // the number
        std::int64_t number;
        auto operator<=>(const Stop&) const = default;
    };
    static Stop stop_of(std::uint32_t pass, std::uint32_t location, std::string_view shelf) {
        const NumberedCode code = numbered(shelf);
        return {pass, location, code.before, code.after, code.number};
    }
    /// How many shelves in a row were found empty beside this one; `step` 1: above it, -1: below.
    [[nodiscard]] std::int64_t empty_beside(Stop stop, std::int64_t step) const {
        std::int64_t n = 0;
        if (stop.number < 0 || empty_.empty()) return n;
        for (stop.number += step; empty_.count(stop) != 0; stop.number += step) ++n;
        return n;
    }
    /// All shelves between the two were found empty.
    [[nodiscard]] bool is_empty_between(std::uint32_t pass, std::uint32_t s,
                                        std::uint32_t t) const {
        const Stop left = stop_of(pass, m_.location[s], log_.segments[s].shelf);
        const std::int64_t distance = numbered(log_.segments[t].shelf).number - left.number;
        return empty_beside(left, distance < 0 ? -1 : 1) >= std::abs(distance) - 1;
    }
    /// Behind the outermost shelf: two empty ones are the end of a stack, one may be the end of a
    /// bay. Neither is when somebody saw books further on.
    [[nodiscard]] std::uint32_t limit_beside_empty(std::uint32_t pass, std::uint32_t s,
                                                   std::int64_t step) const {
        const Stop stop = stop_of(pass, m_.location[s], log_.segments[s].shelf);
        const std::int64_t n = empty_beside(stop, step);
        if (n == 0) return 0;
        for (std::uint32_t t = 0; t < log_.segments.size(); ++t) {
            if (log_.segments[t].first == log_.segments[t].end) continue;
            const Stop other = stop_of(pass, m_.location[t], log_.segments[t].shelf);
            if (other.location == stop.location && other.before == stop.before &&
                other.after == stop.after && (other.number - stop.number) * step > n)
                return 0;
        }
        return n == 1 ? std::max(1U, edge_) : options_.longest_run;
    }

    /// Shelf number 1 of a location (1, 01-1, JC1-001). A letter that is not of the location's own
    /// code may name one of several stacks, and B1 stands behind A9.
    static bool is_first_shelf(const Segment& segment) {
        constexpr std::string_view kParts = "-/. _:";
        std::string_view code = segment.shelf;
        if (!segment.location.empty() && code.starts_with(segment.location) &&
            code.size() > segment.location.size() &&
            kParts.find(code[segment.location.size()]) != std::string_view::npos)
            code.remove_prefix(segment.location.size());
        bool has_number = false;
        while (!code.empty()) {
            const std::size_t digits = std::min(code.find_first_not_of("0123456789"), code.size());
            if (digits == 0 && kParts.find(code.front()) == std::string_view::npos) return false;
            if (digits != 0 && parse_integer(code.substr(0, digits)) != 1) return false;
            has_number = has_number || digits != 0;
            code.remove_prefix(std::max<std::size_t>(digits, 1));
        }
        return has_number;
    }
    /// `step`: from the number of a shelf to that of the one before it in the order of call
    /// numbers.
    [[nodiscard]] std::uint32_t front_limit(std::uint32_t pass, std::uint32_t scan,
                                            std::int64_t step) const {
        const std::uint32_t s = log_.scans[scan].segment;
        const Segment& segment = log_.segments[s];
        if (has_gap_beside(scan, Side::left)) return 0;
        if (segment.shelf.empty())
            return segment.is_ended && !segment.location.empty() ? options_.longest_run : 0;
        return is_first_shelf(segment) ? options_.longest_run : limit_beside_empty(pass, s, step);
    }
    [[nodiscard]] std::uint32_t back_limit(std::uint32_t pass, std::uint32_t scan,
                                           std::int64_t step) const {
        const std::uint32_t s = log_.scans[scan].segment;
        const Segment& segment = log_.segments[s];
        if (has_gap_beside(scan, Side::right)) return 0;
        if (segment.shelf.empty())
            return segment.is_ended && !segment.location.empty() ? options_.longest_run : 0;
        return segment.is_complete ? limit_beside_empty(pass, s, step) : 0;
    }

    /// Shelf codes are numbered anew in every location: 01 of JC1 is not 01 of JC2.
    void cover_by_shelf() {
        std::unordered_map<std::string_view, std::set<std::pair<std::uint32_t, std::uint32_t>>>
            complete;  // by shelf: locations and passes
        for (std::uint32_t s = 0; s < log_.segments.size(); ++s)
            if (log_.segments[s].is_complete && !log_.segments[s].has_gap &&
                !log_.segments[s].shelf.empty() && m_.location[s] != kNone)
                complete[log_.segments[s].shelf].emplace(m_.location[s], m_.pass[s]);
        for (const Group& group : snapshot_.groups())
            for (std::uint32_t r = group.begin; r < group.end; ++r) {
                if (unseen_before_[r + 1] == unseen_before_[r]) continue;
                const std::string_view shelf = snapshot_.text(r, Text::shelf);
                if (shelf.empty()) continue;
                out_.passes[r] = 0;
                const auto found = complete.find(shelf);
                if (found == complete.end()) continue;
                for (const auto& [location, pass] : found->second)
                    if (location == group.location && out_.passes[r] < UINT8_MAX) ++out_.passes[r];
            }
    }

    const ScanLog& log_;
    const Snapshot& snapshot_;
    const Matching& m_;
    const Arrangement& arrangement_;
    const std::vector<std::uint32_t>& unseen_before_;
    const CoverageOptions& options_;
    Coverage out_;
    std::set<Stop> empty_;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<Labelled>>
        labelled_;  // by pass and group
    std::uint32_t edge_ = 0;
    std::vector<bool> seen_;  // per row, by the pass at hand; only with several passes
    bool has_gaps_ = false;
};

}  // namespace

std::optional<LabelRange> LabelRange::of(const Segment& segment, callno::Scheme scheme) {
    if (segment.range_from.empty() && segment.range_to.empty()) return std::nullopt;
    LabelRange range;
    range.excludes_from_ = segment.range_excludes_from;
    range.excludes_to_ = segment.range_excludes_to;
    if (!segment.range_from.empty() && !callno::append_key(range.from_, scheme, segment.range_from))
        return std::nullopt;
    if (!segment.range_to.empty() && !callno::append_key(range.to_, scheme, segment.range_to))
        return std::nullopt;
    return range;
}

namespace {

/// The key itself, or one that only goes on where it ends: K21/5 in K21.
bool is_within(std::string_view key, std::string_view end) {
    return key == end || (!end.empty() && key.starts_with(end.substr(0, end.size() - 1)));
}

}  // namespace

bool LabelRange::begins_behind(std::string_view key) const {
    return !from_.empty() && (excludes_from_ ? key < from_ || is_within(key, from_) : key < from_);
}

bool LabelRange::ends_before(std::string_view key) const {
    return !to_.empty() && (excludes_to_ ? key >= to_ : key > to_ && !is_within(key, to_));
}

bool is_outside_label(const Segment& segment, const Snapshot& snapshot, std::uint32_t row) {
    if (segment.range_from.empty() && segment.range_to.empty()) return false;
    const auto scheme =
        static_cast<callno::Scheme>(snapshot.groups()[snapshot.group_of(row)].scheme);
    const auto range = LabelRange::of(segment, scheme);
    if (!range || snapshot.is_unparsed(row)) return false;
    const std::string key = callno::key_of(scheme, snapshot.text(row, Text::call_number));
    return range->begins_behind(key) || range->ends_before(key);
}

Coverage cover(const ScanLog& log, const Snapshot& snapshot, const Matching& matching,
               const Arrangement& arrangement, const std::vector<std::uint32_t>& unseen_before,
               const CoverageOptions& options) {
    return Coverer(log, snapshot, matching, arrangement, unseen_before, options).run();
}

}  // namespace tushu::inventory
