// SPDX-License-Identifier: Apache-2.0
#include "inventory/lists.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

namespace tushu::inventory {
namespace {

constexpr OutcomeSet kPulled =
    set_of(Outcome::badread) | set_of(Outcome::badcheck) | set_of(Outcome::norec) |
    set_of(Outcome::ambig) | set_of(Outcome::deleted) | set_of(Outcome::withdrawn) |
    set_of(Outcome::wasmissing) | set_of(Outcome::onloan) | set_of(Outcome::otherstatus) |
    set_of(Outcome::wronglib) | set_of(Outcome::wrongloc) | set_of(Outcome::wrongcoll) |
    set_of(Outcome::outrange) | set_of(Outcome::outorder) | set_of(Outcome::duplabel) |
    set_of(Outcome::nolabel);

Message action_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::badread:
        case Outcome::badcheck:
            return msg("read the label again; replace it if it is damaged");
        case Outcome::norec:
            return msg("find or make its record");
        case Outcome::ambig:
            return msg(
                "look which of the items with this barcode it is; give the other a new label");
        case Outcome::deleted:
        case Outcome::withdrawn:
            return msg("take it off the shelf, or take back the withdrawal");
        case Outcome::wasmissing:
            return msg("clear the missing status");
        case Outcome::onloan:
            return msg("return it at the desk");
        case Outcome::otherstatus:
            return msg("finish the open transaction");
        case Outcome::wronglib:
        case Outcome::wrongloc:
        case Outcome::wrongcoll:
            return msg("bring it to its location");
        case Outcome::outrange:
            return msg("bring it to its shelf");
        case Outcome::outorder:
            return msg("put it between its neighbours");
        case Outcome::duplabel:
            return msg("compare the volumes with this barcode; give one a new label");
        case Outcome::nolabel:
            return msg("give it a barcode");
        default:
            return msg("nothing to do");
    }
}

// Columns of the pull list.
constexpr std::size_t kPosition = 2, kAction = 7, kToAnchor = 9, kLeft = 10;
// What is carried to its place and not to a desk.
constexpr OutcomeSet kCarried = set_of(Outcome::wronglib) | set_of(Outcome::wrongloc) |
                                set_of(Outcome::wrongcoll) | set_of(Outcome::outrange) |
                                set_of(Outcome::outorder);

std::uint64_t square_root(std::uint64_t n) {
    auto root = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(n)));
    while (root * root > n) --root;
    while ((root + 1) * (root + 1) <= n) ++root;
    return root;
}

Message meaning_of(Status status) {
    switch (status) {
        case Status::on_shelf:
            return msg("on the shelf");
        case Status::on_loan:
            return msg("on loan");
        case Status::in_transit:
            return msg("in transit");
        case Status::off_shelf:
            return msg("off the shelf for a known reason");
        case Status::missing:
            return msg("missing");
        case Status::withdrawn:
            return msg("withdrawn");
        case Status::pending:
            return msg("on order or in process");
        case Status::unknown:
            return msg("its status says nothing");
        case Status::deleted:
            return msg("deleted");
    }
    return {};
}

Message meaning_of(EventKind kind) {
    switch (kind) {
        case EventKind::loan:
            return msg("lent");
        case EventKind::renewal:
            return msg("renewed");
        case EventKind::returned:
            return msg("returned");
        case EventKind::in_house:
            return msg("used in the library");
        case EventKind::retrieval:
            return msg("fetched from the stack");
        case EventKind::hold:
            return msg("put on hold");
        case EventKind::transit:
            return msg("sent to another place");
        case EventKind::binding:
            return msg("sent to the binder");
        case EventKind::missing:
            return msg("reported missing");
        case EventKind::withdrawn:
            return msg("withdrawn");
    }
    return {};
}

bool is_working_day(Day day) {
    const unsigned weekday = std::chrono::weekday(std::chrono::sys_days(day)).c_encoding();
    return weekday != 0 && weekday != 6;
}

}  // namespace

Message meaning_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::badread:
            return msg("the code could not be read");
        case Outcome::badcheck:
            return msg("the check digit fails and no item has the code");
        case Outcome::notitem:
            return msg("not the code of an item");
        case Outcome::norec:
            return msg("no item has this code");
        case Outcome::ambig:
            return msg("several items have this code");
        case Outcome::deleted:
            return msg("on the shelf, but deleted in the catalogue");
        case Outcome::withdrawn:
            return msg("on the shelf, but withdrawn in the catalogue");
        case Outcome::wasmissing:
            return msg("on the shelf, but missing in the catalogue");
        case Outcome::onloan:
            return msg("on the shelf, but on loan in the catalogue");
        case Outcome::otherstatus:
            return msg("on the shelf, but its status says otherwise");
        case Outcome::wronglib:
            return msg("belongs to another branch");
        case Outcome::wrongloc:
            return msg("belongs to another location");
        case Outcome::wrongcoll:
            return msg("belongs to another collection");
        case Outcome::outrange:
            return msg("belongs on another shelf");
        case Outcome::outorder:
            return msg("stands in the wrong place on its shelf");
        case Outcome::found:
            return msg("found where it belongs");
        case Outcome::dupscan:
            return msg("read twice");
        case Outcome::duplabel:
            return msg("read at two places: two volumes may share a label");
        case Outcome::nolabel:
            return msg("has no barcode");
        case Outcome::setpart:
            return msg("parts of the set are not there");
        case Outcome::tagmismatch:
            return msg("the tag contradicts the record");
        case Outcome::missing1:
            return msg("not seen in one complete pass");
        case Outcome::missing2:
            return msg("not seen in two independent complete passes");
        case Outcome::notcovered:
            return msg("nobody has scanned where it stands");
        case Outcome::explained:
            return msg("absent for a known reason");
    }
    return {};
}

std::vector<OutcomeLine> Lists::in_walking_order(OutcomeSet wanted) const {
    std::vector<OutcomeLine> lines;
    result_->for_each([&](const OutcomeLine& line) {
        const Decision* const said = line.row == kNone ? nullptr : result_->decision(line.row);
        if (said != nullptr && said->verdict == Verdict::hold) return;
        if (contains(wanted, line.outcome)) lines.push_back(line);
    });
    const auto key = [this](const OutcomeLine& line) {
        if (line.scan == kNone) return std::tuple(kNone, line.row);
        const std::uint32_t place =
            result_->arrangement().walk_place[log_->scans[line.scan].segment];
        return std::tuple(
            place, shelf_position(*log_, result_->matching(), result_->arrangement(), line.scan));
    };
    std::stable_sort(lines.begin(), lines.end(),
                     [&](const OutcomeLine& a, const OutcomeLine& b) { return key(a) < key(b); });
    return lines;
}

std::string Lists::neighbour(std::uint32_t row) const {
    if (row == kNone) return {};
    const std::string_view title = snapshot_->text(row, Text::title);
    std::string text(snapshot_->text(row, Text::call_number));
    // Titles are cut at a character's end; twelve characters are enough to know a spine by.
    std::size_t at = 0;
    for (int characters = 0; at < title.size() && characters < 12; ++characters)
        (void)next_code_point(title, at);
    if (!title.empty()) text += " " + std::string(title.substr(0, at));
    return text;
}

Table Lists::pull() const {
    Table table = pull_table(pulled());
    table.name = "pull-list";
    table.title = msg("Books to take in hand, in walking order");
    return table;
}

std::vector<Lists::Pulled> Lists::pulled() const {
    std::vector<Pulled> lines;
    for (const auto& line : in_walking_order(kPulled)) {
        if (line.scan == kNone) continue;
        std::string to, left, right, to_location;
        for (const Move& move : moves_of(line)) {
            to_location = snapshot_->locations()[snapshot_->location_of(move.row)];
            to = move.to_segment == kNone
                     ? std::string(snapshot_->locations()[snapshot_->location_of(move.row)])
                     : log_->segments[move.to_segment].anchor();
            left = neighbour(move.left_row);
            right = neighbour(move.right_row);
        }
        if (to.empty() && line.outcome == Outcome::wrongloc)
            to = to_location = result_->location(line);
        if (to.empty() && line.outcome == Outcome::outrange)
            to = result_->recorded_shelf(line.scan);
        lines.push_back(
            {line,
             {log_->segments[log_->scans[line.scan].segment].location,
              std::string(result_->anchor(line)),
              std::int64_t{
                  shelf_position(*log_, result_->matching(), result_->arrangement(), line.scan)},
              result_->barcode(line),
              line.row == kNone ? "" : std::string(snapshot_->text(line.row, Text::call_number)),
              line.row == kNone ? std::string(log_->scans[line.scan].kind == Scan::Kind::no_label
                                                  ? log_->text_of(log_->scans[line.scan])
                                                  : "")
                                : std::string(snapshot_->text(line.row, Text::title)),
              std::string(name_of(line.outcome)), action_of(line.outcome), to_location, to, left,
              right, std::string()},
             0,
             {}});
    }
    find_runs(lines);
    return lines;
}

void Lists::find_runs(std::vector<Pulled>& lines) const {
    // A book of the block that goes to the desk, or stays by decision, parts it.
    const auto block_of = [this](const Pulled& entry) -> std::uint32_t {
        const auto moves = moves_of(entry.line);
        return moves.empty() || !contains(kCarried, entry.line.outcome) ? 0 : moves[0].block;
    };
    const auto position_of = [](const Pulled& entry) {
        return std::get<std::int64_t>(entry.cells[kPosition]);
    };
    std::uint32_t run = 0;
    for (std::size_t first = 0, next = 0; first < lines.size(); first = next) {
        const std::uint32_t block = block_of(lines[first]);
        for (next = first + 1; next < lines.size() && block != 0 &&
                               block_of(lines[next]) == block &&
                               position_of(lines[next]) == position_of(lines[next - 1]) + 1;)
            ++next;
        if (next - first < 2) continue;
        ++run;
        const Message what = together({&lines[first], next - first});
        for (std::size_t k = first; k < next; ++k) {
            lines[k].cells.back() = std::int64_t{block};
            lines[k].run = run;
            lines[k].together = what;
        }
    }
}

Message Lists::together(std::span<const Pulled> run) const {
    const std::size_t n = run.size();
    const std::string from = neighbour(run.front().line.row),
                      until = neighbour(run.back().line.row);
    const auto& to = std::get<std::string>(run[0].cells[kToAnchor]);
    const auto& left = std::get<std::string>(run[0].cells[kLeft]);
    const auto& right = std::get<std::string>(run[0].cells[kLeft + 1]);
    if (snapshot_->rank(run.front().line.row) > snapshot_->rank(run.back().line.row)) {
        if (left.empty() && right.empty())
            return msg("carry these {} together, from {} to {}, turn their order round, to {}", n,
                       from, until, to);
        if (left.empty())
            return msg(
                "carry these {} together, from {} to {}, turn their order round, to {} before {}",
                n, from, until, to, right);
        if (right.empty())
            return msg(
                "carry these {} together, from {} to {}, turn their order round, to {} behind {}",
                n, from, until, to, left);
        return msg(
            "carry these {} together, from {} to {}, turn their order round, to {} between {} and "
            "{}",
            n, from, until, to, left, right);
    }
    if (left.empty() && right.empty())
        return msg("carry these {} together, from {} to {}, to {}", n, from, until, to);
    if (left.empty())
        return msg("carry these {} together, from {} to {}, to {} before {}", n, from, until, to,
                   right);
    if (right.empty())
        return msg("carry these {} together, from {} to {}, to {} behind {}", n, from, until, to,
                   left);
    return msg("carry these {} together, from {} to {}, to {} between {} and {}", n, from, until,
               to, left, right);
}

Table Lists::pull_table(std::vector<Pulled> lines) {
    Table table;
    table.columns = {{"location", msg("Location"), ColumnKind::text},
                     {"anchor", msg("Shelf"), ColumnKind::text},
                     {"position", msg("Position"), ColumnKind::integer},
                     {"barcode", msg("Barcode"), ColumnKind::text},
                     {"call_number", msg("Call number"), ColumnKind::text},
                     {"title", msg("Title"), ColumnKind::text},
                     {"outcome", msg("Outcome"), ColumnKind::code},
                     {"action", msg("What to do"), ColumnKind::text},
                     {"to_location", msg("To location"), ColumnKind::text},
                     {"to_anchor", msg("To shelf"), ColumnKind::text},
                     {"left", msg("Left neighbour"), ColumnKind::text},
                     {"right", msg("Right neighbour"), ColumnKind::text},
                     {"block", msg("Block"), ColumnKind::integer}};
    std::set<std::uint32_t> told;
    for (Pulled& entry : lines) {
        if (entry.run != 0)
            entry.cells[kAction] =
                told.insert(entry.run).second
                    ? std::move(entry.together)
                    : msg("goes with block {}", std::get<std::int64_t>(entry.cells.back()));
        table.rows.push_back(std::move(entry.cells));
    }
    return table;
}

std::span<const Move> Lists::moves_of(const OutcomeLine& line) const {
    if (line.scan == kNone) return {};
    const auto& moves = result_->arrangement().moves;
    const auto found =
        std::lower_bound(moves.begin(), moves.end(), line.scan,
                         [](const Move& move, std::uint32_t scan) { return move.scan < scan; });
    if (found == moves.end() || found->scan != line.scan) return {};
    return {&*found, 1};
}

Table Lists::search() const {
    Table table;
    table.name = "search-list";
    table.title = msg("Missing books to look for again, in walking order");
    table.columns = {{"location", msg("Location"), ColumnKind::text},
                     {"anchor", msg("Shelf"), ColumnKind::text},
                     {"barcode", msg("Barcode"), ColumnKind::text},
                     {"call_number", msg("Call number"), ColumnKind::text},
                     {"title", msg("Title"), ColumnKind::text},
                     {"passes", msg("Passes without it"), ColumnKind::integer},
                     {"left", msg("Left neighbour"), ColumnKind::text},
                     {"right", msg("Right neighbour"), ColumnKind::text},
                     {"found", msg("Found"), ColumnKind::text}};
    for (const auto& line :
         in_walking_order(set_of(Outcome::missing1) | set_of(Outcome::missing2))) {
        const auto& fixed = result_->arrangement().fixed[snapshot_->group_of(line.row)];
        const auto& rows = result_->matching().row;
        const auto right = std::upper_bound(fixed.begin(), fixed.end(), snapshot_->rank(line.row),
                                            [&](std::uint32_t rank, std::uint32_t scan) {
                                                return rank < snapshot_->rank(rows[scan]);
                                            });
        table.rows.push_back({std::string(result_->location(line)),
                              std::string(result_->anchor(line)), result_->barcode(line),
                              std::string(snapshot_->text(line.row, Text::call_number)),
                              std::string(snapshot_->text(line.row, Text::title)),
                              std::int64_t{result_->coverage().passes[line.row]},
                              right == fixed.begin() ? "" : neighbour(rows[*(right - 1)]),
                              right == fixed.end() ? "" : neighbour(rows[*right]), std::string()});
    }
    return table;
}

Table Lists::cart() const {
    std::vector<Pulled> lines = pulled();
    std::erase_if(lines, [](const Pulled& entry) {
        return std::get<std::string>(entry.cells[kToAnchor]).empty();
    });
    const auto stop = [this](const Pulled& entry) {
        const auto moves = moves_of(entry.line);
        const std::uint32_t place = moves.empty() || moves[0].to_segment == kNone
                                        ? kNone
                                        : result_->arrangement().walk_place[moves[0].to_segment];
        return std::pair(place, entry.line.row);
    };
    std::stable_sort(lines.begin(), lines.end(),
                     [&](const Pulled& a, const Pulled& b) { return stop(a) < stop(b); });
    Table table = pull_table(std::move(lines));
    table.name = "cart-list";
    table.title = msg("Misplaced books in the order of the places they go to");
    return table;
}

Table Lists::shelf(const std::string& shelf) const {
    Table table;
    table.name = "shelf-list";
    table.title = msg("Shelves as they stand");
    table.columns = {{"location", msg("Location"), ColumnKind::text},
                     {"anchor", msg("Shelf"), ColumnKind::text},
                     {"position", msg("Position"), ColumnKind::integer},
                     {"barcode", msg("Barcode"), ColumnKind::text},
                     {"call_number", msg("Call number"), ColumnKind::text},
                     {"title", msg("Title"), ColumnKind::text},
                     {"outcome", msg("Outcome"), ColumnKind::code},
                     {"to_location", msg("To location"), ColumnKind::text},
                     {"to_anchor", msg("To shelf"), ColumnKind::text},
                     {"left", msg("Left neighbour"), ColumnKind::text},
                     {"right", msg("Right neighbour"), ColumnKind::text}};
    std::set<std::uint32_t> wanted;
    if (shelf.empty()) {
        for (const Move& move : result_->arrangement().moves)
            wanted.insert(log_->scans[move.scan].segment);
    } else {
        for (std::uint32_t s = 0; s < log_->segments.size(); ++s)
            if (log_->segments[s].anchor() == shelf) wanted.insert(s);
        if (wanted.empty())
            throw Error(Fault::usage, msg("no shelf \"{}\" was scanned", printable(shelf)));
    }
    OutcomeSet all = 0;
    for (std::size_t o = 0; o < kOutcomes; ++o) all |= set_of(static_cast<Outcome>(o));
    for (const auto& line : in_walking_order(all)) {
        if (line.scan == kNone || wanted.count(log_->scans[line.scan].segment) == 0 ||
            line.outcome == Outcome::dupscan)
            continue;
        std::string to, left, right, to_location;
        for (const Move& move : moves_of(line)) {
            to_location = snapshot_->locations()[snapshot_->location_of(move.row)];
            to = move.to_segment == kNone
                     ? std::string(snapshot_->locations()[snapshot_->location_of(move.row)])
                     : log_->segments[move.to_segment].anchor();
            left = neighbour(move.left_row);
            right = neighbour(move.right_row);
        }
        table.rows.push_back(
            {log_->segments[log_->scans[line.scan].segment].location,
             std::string(result_->anchor(line)),
             std::int64_t{
                 shelf_position(*log_, result_->matching(), result_->arrangement(), line.scan)},
             result_->barcode(line),
             line.row == kNone ? "" : std::string(snapshot_->text(line.row, Text::call_number)),
             line.row == kNone ? "" : std::string(snapshot_->text(line.row, Text::title)),
             std::string(name_of(line.outcome)), to_location, to, left, right});
    }
    return table;
}

Table Lists::coverage() const {
    struct Count {
        std::int64_t items = 0, seen = 0, once = 0, twice = 0, uncovered = 0, explained = 0,
                     unlabelled = 0, decided = 0;
    };
    std::vector<Count> counts(snapshot_->locations().size());
    result_->for_each([&](const OutcomeLine& line) {
        if (line.row == kNone || line.outcome == Outcome::dupscan ||
            line.outcome == Outcome::duplabel)
            return;
        Count& count = counts[snapshot_->location_of(line.row)];
        ++count.items;
        // Each item is in one column, so that they add up to the items.
        if (line.scan != kNone)
            ++count.seen;
        else if (line.outcome == Outcome::missing1)
            ++count.once;
        else if (line.outcome == Outcome::missing2)
            ++count.twice;
        else if (line.outcome == Outcome::notcovered)
            ++count.uncovered;
        else if (line.outcome == Outcome::explained)
            ++count.explained;
        else if (line.outcome == Outcome::nolabel)
            ++count.unlabelled;
        else
            ++count.decided;
    });
    std::vector<std::set<std::string_view>> shelves(counts.size());
    for (std::uint32_t s = 0; s < log_->segments.size(); ++s)
        if (const std::uint32_t l = result_->matching().location[s];
            l != kNone && log_->segments[s].is_complete)
            shelves[l].insert(log_->segments[s].shelf);
    Table table;
    table.name = "coverage";
    table.title = msg("What has been gone over, by location");
    table.columns = {{"location", msg("Location"), ColumnKind::text},
                     {"items", msg("Items"), ColumnKind::integer},
                     {"shelves", msg("Shelves scanned"), ColumnKind::integer},
                     {"seen", msg("Seen"), ColumnKind::integer},
                     {"missing1", msg("Missing once"), ColumnKind::integer},
                     {"missing2", msg("Missing twice"), ColumnKind::integer},
                     {"notcovered", msg("Not covered"), ColumnKind::integer},
                     {"explained", msg("Explained"), ColumnKind::integer},
                     {"nolabel", msg("No label"), ColumnKind::integer},
                     {"decided", msg("Found by decision"), ColumnKind::integer},
                     {"covered", msg("Covered"), ColumnKind::share}};
    for (std::size_t l = 0; l < counts.size(); ++l) {
        const Count& count = counts[l];
        const std::int64_t covered = count.seen + count.once + count.twice;
        table.rows.push_back({std::string(snapshot_->locations()[l]), count.items,
                              static_cast<std::int64_t>(shelves[l].size()), count.seen, count.once,
                              count.twice, count.uncovered, count.explained, count.unlabelled,
                              count.decided, Share{covered, covered + count.uncovered}});
    }
    return table;
}

Table Lists::shelves() const {
    struct Count {
        std::int64_t found = 0, misplaced = 0, other = 0;
    };
    std::vector<Count> counts(log_->segments.size());
    result_->for_each([&](const OutcomeLine& line) {
        if (line.scan == kNone) return;
        Count& count = counts[log_->scans[line.scan].segment];
        if (line.outcome == Outcome::found)
            ++count.found;
        else if (line.outcome == Outcome::outorder || line.outcome == Outcome::outrange ||
                 line.outcome == Outcome::wrongloc)
            ++count.misplaced;
        else
            ++count.other;
    });
    Table table;
    table.name = "shelves";
    table.title = msg("The shelves that were scanned");
    table.columns = {{"location", msg("Location"), ColumnKind::text},
                     {"shelf", msg("Shelf"), ColumnKind::text},
                     {"pass", msg("Pass"), ColumnKind::integer},
                     {"day", msg("Day"), ColumnKind::day},
                     {"operator", msg("Operator"), ColumnKind::text},
                     {"scans", msg("Scans"), ColumnKind::integer},
                     {"found", msg("In order"), ColumnKind::integer},
                     {"misplaced", msg("Misplaced"), ColumnKind::integer},
                     {"other", msg("Other remarks"), ColumnKind::integer},
                     {"again", msg("Counted in another pass"), ColumnKind::integer},
                     {"complete", msg("Complete"), ColumnKind::code}};
    for (const std::uint32_t s : result_->arrangement().walk) {
        const Segment& segment = log_->segments[s];
        const std::int64_t scans = std::int64_t{segment.end} - std::int64_t{segment.first};
        table.rows.push_back({segment.location, segment.shelf, std::int64_t{segment.pass},
                              segment.day ? Cell(*segment.day) : Cell(Mark::missing),
                              segment.operator_name, scans, counts[s].found, counts[s].misplaced,
                              counts[s].other,
                              scans - counts[s].found - counts[s].misplaced - counts[s].other,
                              std::string(segment.is_complete ? "yes" : "no")});
    }
    return table;
}

Table Lists::estimate() const {
    // Shelves that two passes completed; which rows each saw there.
    const Matching& m = result_->matching();
    std::map<std::pair<std::uint32_t, std::string_view>,
             std::map<std::uint32_t, std::set<std::uint32_t>>>
        looks;
    for (std::uint32_t s = 0; s < log_->segments.size(); ++s) {
        const Segment& segment = log_->segments[s];
        if (m.location[s] == kNone || segment.shelf.empty() || !segment.is_complete) continue;
        auto& seen = looks[{m.location[s], segment.shelf}][m.pass[s]];
        for (std::uint32_t i = segment.first; i < segment.end; ++i)
            if (m.row[i] != kNone && snapshot_->location_of(m.row[i]) == m.location[s])
                seen.insert(m.row[i]);
    }
    struct Sum {
        std::uint64_t first = 0, second = 0, both = 0, shelves = 0;
        std::int64_t missing = 0;
    };
    std::map<std::uint32_t, Sum> sums;
    for (const auto& [place, passes] : looks) {
        if (passes.size() < 2) continue;
        const auto& a = passes.begin()->second;
        const auto& b = std::next(passes.begin())->second;
        Sum& sum = sums[place.first];
        ++sum.shelves;
        sum.first += a.size();
        sum.second += b.size();
        for (const std::uint32_t row : a) sum.both += b.count(row);
    }
    result_->for_each([&](const OutcomeLine& line) {
        if (line.outcome != Outcome::missing2) return;
        if (const auto found = sums.find(snapshot_->location_of(line.row)); found != sums.end())
            ++found->second.missing;
    });
    Table table;
    table.name = "estimate";
    table.title = msg("What two passes overlooked");
    table.columns = {{"location", msg("Location"), ColumnKind::text},
                     {"shelves", msg("Shelves passed twice"), ColumnKind::integer},
                     {"first", msg("Seen in the first pass"), ColumnKind::integer},
                     {"second", msg("Seen in the second pass"), ColumnKind::integer},
                     {"both", msg("Seen in both"), ColumnKind::integer},
                     {"standing", msg("Standing there, estimated"), ColumnKind::integer},
                     {"overlooked_low", msg("Overlooked by both, at least"), ColumnKind::integer},
                     {"overlooked_high", msg("Overlooked by both, at most"), ColumnKind::integer},
                     {"missing", msg("Missing twice"), ColumnKind::integer},
                     {"truly_missing_low", msg("Truly missing, at least"), ColumnKind::integer},
                     {"truly_missing_high", msg("Truly missing, at most"), ColumnKind::integer}};
    for (const auto& [location, sum] : sums) {
        const std::uint64_t n1 = sum.first, n2 = sum.second, both = sum.both;
        const std::uint64_t standing = (n1 + 1) * (n2 + 1) / (both + 1) - 1;
        // Chapman: var = (n1+1)(n2+1)(n1-m)(n2-m) / ((m+1)^2 (m+2)); in floating point, the counts
        // may be large.
        const double variance = static_cast<double>(n1 + 1) * static_cast<double>(n2 + 1) *
                                static_cast<double>(n1 - both) * static_cast<double>(n2 - both) /
                                (static_cast<double>(both + 1) * static_cast<double>(both + 1) *
                                 static_cast<double>(both + 2));
        const auto half_width = static_cast<std::int64_t>(
            (196 * square_root(static_cast<std::uint64_t>(variance * 10'000)) + 9'999) / 10'000);
        const auto seen = static_cast<std::int64_t>(n1 + n2 - both);
        const std::int64_t likely =
            std::max<std::int64_t>(0, static_cast<std::int64_t>(standing) - seen);
        const std::int64_t low = std::max<std::int64_t>(0, likely - half_width),
                           high = likely + half_width;
        table.rows.push_back({std::string(snapshot_->locations()[location]),
                              static_cast<std::int64_t>(sum.shelves), static_cast<std::int64_t>(n1),
                              static_cast<std::int64_t>(n2), static_cast<std::int64_t>(both),
                              std::max(static_cast<std::int64_t>(standing), seen), low, high,
                              sum.missing, std::max<std::int64_t>(0, sum.missing - high),
                              std::max<std::int64_t>(0, sum.missing - low)});
    }
    table.notes.push_back(
        msg("Lincoln-Petersen estimate with Chapman's correction, 95 percent interval; it assumes "
            "that both passes overlook "
            "books independently."));
    return table;
}

Table Lists::forecast(std::int64_t target) const {
    std::map<Day, std::set<std::string>> people;
    std::map<Day, std::int64_t> days;
    std::int64_t seen = 0, left = 0;
    for (std::uint32_t i = 0; i < log_->scans.size(); ++i) {
        const Segment& segment = log_->segments[log_->scans[i].segment];
        if (!segment.day || log_->scans[i].kind != Scan::Kind::item) continue;
        people[*segment.day].insert(segment.operator_name);
    }
    for (const auto& day : result_->first_days())
        if (day) ++days[*day];
    result_->for_each([&](const OutcomeLine& line) {
        if (line.outcome == Outcome::notcovered) ++left;
    });
    seen = result_->seen();
    if (target > 0) left = std::max<std::int64_t>(0, target - seen);
    Table table;
    table.name = "forecast";
    table.title = msg("How fast it goes, and when it will be done");
    table.columns = {{"day", msg("Day"), ColumnKind::day},
                     {"people", msg("People"), ColumnKind::integer},
                     {"items", msg("Items"), ColumnKind::integer},
                     {"done", msg("Items so far"), ColumnKind::integer}};
    std::int64_t done = 0, person_days = 0;
    for (const auto& [day, n] : days) {
        done += n;
        person_days += static_cast<std::int64_t>(people[day].size());
        table.rows.push_back({day, static_cast<std::int64_t>(people[day].size()), n, done});
    }
    if (days.empty() || done == 0) {
        table.notes.push_back(msg("No scan says its day: nothing can be forecast."));
        return table;
    }
    const std::int64_t a_day =
        std::max<std::int64_t>(1, done / static_cast<std::int64_t>(days.size()));
    const std::int64_t needed = (left + a_day - 1) / a_day;
    Day finish = days.rbegin()->first;
    for (std::int64_t d = 0; d < std::min<std::int64_t>(needed, 36'500);) {
        finish = plus_days(finish, 1);
        if (is_working_day(finish)) ++d;
    }
    table.notes.push_back(msg("{} items a scanning day, {} a person and day.", a_day,
                              done / std::max<std::int64_t>(1, person_days)));
    table.notes.push_back(
        msg("{} items are left: {} working days, until {}.", left, needed, text_of(finish)));
    return table;
}

Table why(const std::string& barcode, const ScanLog& log, const Snapshot& snapshot,
          const Events& events, const std::vector<Decision>& decisions,
          const Reconciliation& reconciliation, const std::string& zone) {
    Table table;
    table.name = "why";
    table.title = msg("What is known about {}", printable(barcode));
    table.columns = {{"source", msg("Source"), ColumnKind::text},
                     {"when", msg("When"), ColumnKind::text},
                     {"where", msg("Where"), ColumnKind::text},
                     {"what", msg("What"), ColumnKind::text},
                     {"evidence", msg("Evidence"), ColumnKind::text}};
    std::string scratch;
    const std::string_view normal = normal_barcode(barcode, scratch);
    const Code code = code_of(normal);
    const Matching& m = reconciliation.matching();
    const auto rows = snapshot.find(code, normal);
    const std::string taken =
        snapshot.exported() ? local_text(*snapshot.exported(), zone) : std::string();
    std::string detail;
    for (std::uint32_t k = 0; k < rows.size(); ++k) {
        const std::uint32_t row = rows[k];
        table.rows.push_back({msg("record"), taken,
                              std::string(snapshot.locations()[snapshot.location_of(row)]),
                              meaning_of(snapshot.status(row)), snapshot.source_file()});
        table.rows.push_back({msg("record"), taken, std::string(),
                              msg("call number {}; {}", snapshot.text(row, Text::call_number),
                                  snapshot.text(row, Text::title)),
                              snapshot.source_file()});
        for (const Event& event : events.of(row))
            table.rows.push_back({msg("event"), local_text(event.time, zone), std::string(),
                                  meaning_of(event.kind), std::string()});
    }
    if (rows.empty())
        table.rows.push_back({msg("record"), taken, std::string(), msg("no item has this code"),
                              snapshot.source_file()});
    std::size_t scans = 0;
    for (std::uint32_t i = 0; i < log.scans.size(); ++i) {
        const Scan& scan = log.scans[i];
        if (scan.code != code || scan.kind != Scan::Kind::item ||
            (is_hashed(code) && log.text_of(scan) != normal))
            continue;
        ++scans;
        const Segment& segment = log.segments[scan.segment];
        std::string who = segment.operator_name;
        if (!segment.device.empty()) who += (who.empty() ? "" : ", ") + segment.device;
        const Message what =
            m.role[i] == ScanRole::dupscan ? msg("read again, pass {}, {}", segment.pass, who)
            : m.role[i] == ScanRole::duplabel
                ? msg("read on what must be another volume, pass {}, {}", segment.pass, who)
            : m.role[i] == ScanRole::again
                ? msg("read, a later reading counts for the place, pass {}, {}", segment.pass, who)
                : msg("read, pass {}, {}", segment.pass, who);
        table.rows.push_back(
            {msg("scan"), segment.day ? text_of(*segment.day) : std::string(),
             segment.anchor() + ":" +
                 std::to_string(shelf_position(log, m, reconciliation.arrangement(), i)),
             what, log.files[segment.file].name + ":" + std::to_string(scan.line)});
    }
    for (const Decision& decision : decisions)
        if (std::string own; normal_barcode(decision.barcode, own) == normal)
            table.rows.push_back({std::string("decision"), decision.when, std::string(),
                                  msg("{} decided \"{}\": {}", decision.who,
                                      name_of(decision.verdict), decision.reason),
                                  std::string("decisions.csv")});
    for (std::uint32_t k = 0; k < rows.size(); ++k) {
        const auto line = reconciliation.line_of_row(rows[k]);
        if (!line) {
            table.rows.push_back({msg("outcome"), std::string(), std::string(),
                                  msg("nobody expects it, nobody saw it"), std::string()});
            continue;
        }
        detail = name_of(line->outcome);
        if (line->secondary != 0) detail += ";";
        append_names(detail, line->secondary);
        std::string rest;
        reconciliation.append_detail(rest, *line);
        if (!rest.empty()) detail += ";" + rest;
        table.rows.push_back({msg("outcome"), std::string(),
                              std::string(reconciliation.anchor(*line)), meaning_of(line->outcome),
                              detail});
    }
    if (rows.empty() && scans == 0)
        table.notes.push_back(msg("It was neither scanned nor is it in the holdings."));
    return table;
}

}  // namespace tushu::inventory
