// SPDX-License-Identifier: Apache-2.0
#include "inventory/reconcile.hpp"

#include "base/text.hpp"
#include "inventory/rfid.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <future>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace tushu::inventory {
namespace {

constexpr std::uint8_t kNoOutcome = 255;
constexpr std::size_t kSuggestions = 3;
constexpr std::uint32_t kSampledCodes = 100'000;
constexpr std::uint32_t kLargestSet = 100;  // volumes; more are a serial, whose gaps are many

std::uint8_t number(Outcome outcome) { return static_cast<std::uint8_t>(outcome); }

Status after(Status status, EventKind kind) {
    switch (kind) {
        case EventKind::loan:
        case EventKind::renewal:
            return Status::on_loan;
        case EventKind::returned:
            return Status::on_shelf;
        case EventKind::hold:
        case EventKind::binding:
            return Status::off_shelf;
        case EventKind::transit:
            return Status::in_transit;
        case EventKind::missing:
            return Status::missing;
        case EventKind::withdrawn:
            return Status::withdrawn;
        case EventKind::in_house:
        case EventKind::retrieval:
            return status;
    }
    return status;
}

void append_cell(std::string& out, std::string_view cell) {
    const auto is_special = [](char c) { return c == ',' || c == '"' || c == '\n' || c == '\r'; };
    if (std::none_of(cell.begin(), cell.end(), is_special)) {
        out += cell;
        return;
    }
    out += '"';
    for (const char c : cell) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

void append_pair(std::string& out, std::size_t begin, std::string_view key,
                 std::string_view value) {
    if (out.size() != begin) out += ';';
    out += key;
    out += '=';
    out += value;
}

}  // namespace

/// Does the work of Reconciliation's constructor.
class Judge {
  public:
    Judge(Reconciliation& r) : r_(r), log_(*r.log_), snapshot_(*r.snapshot_) {}

    void run() {
        r_.matching_ = match(*r_.log_, snapshot_, r_.options_.match);
        // Hundreds of look-ups for each unknown code, meanwhile.
        auto alike = std::async(std::launch::async,
                                [this, codes = unknown_codes()] { return codes_alike(codes); });
        r_.arrangement_ = arrange(*r_.log_, snapshot_, r_.matching_);
        find_expected();
        r_.coverage_ = cover(log_, snapshot_, r_.matching_, r_.arrangement_, unseen_before_,
                             r_.options_.coverage);
        alike_ = alike.get();
        judge_scans();
        judge_rows();
        if (snapshot_.holds(Text::volume) && snapshot_.holds(Text::bib)) find_broken_sets();
        if (!tagged_sets_.empty()) find_broken_tagged_sets();
        if (r_.options_.decisions != nullptr) follow_decisions();
        for (const auto& [row, set] : r_.row_secondary_)
            for (OutcomeSet left = set; left != 0; left &= left - 1)
                ++r_.secondary_counts_[static_cast<std::size_t>(std::countr_zero(left))];
        for (const OutcomeSet set : r_.scan_secondary_)
            for (OutcomeSet left = set; left != 0; left &= left - 1)
                ++r_.secondary_counts_[static_cast<std::size_t>(std::countr_zero(left))];
    }

  private:
    void find_expected() {
        const Matching& m = r_.matching_;
        std::vector<bool> is_wanted(snapshot_.groups().size(), true);
        if (!r_.options_.locations.empty()) {
            for (std::size_t g = 0; g < is_wanted.size(); ++g) {
                const auto& wanted = r_.options_.locations;
                is_wanted[g] = std::find(wanted.begin(), wanted.end(),
                                         snapshot_.locations()[snapshot_.groups()[g].location]) !=
                               wanted.end();
            }
            for (const auto& code : r_.options_.locations)
                if (!snapshot_.location(code))
                    throw Error(Fault::usage,
                                msg("the snapshot has no location \"{}\"", printable(code)));
        }
        r_.row_outcome_.assign(snapshot_.rows(), kNoOutcome);
        unseen_before_.assign(snapshot_.rows() + std::size_t{1}, 0);
        // First the plain rows; what events and shared barcodes explain is put right afterwards.
        for (std::size_t g = 0; g < is_wanted.size(); ++g) {
            const Group& group = snapshot_.groups()[g];
            for (std::uint32_t row = group.begin; row < group.end; ++row) {
                if (m.item_scan[row] != kNone) continue;
                if (!is_wanted[g]) continue;
                switch (snapshot_.status(row)) {
                    case Status::on_shelf:
                    case Status::unknown:
                        r_.row_outcome_[row] = number(
                            snapshot_.code(row) == kNoCode ? Outcome::nolabel : Outcome::missing1);
                        break;
                    case Status::withdrawn:
                    case Status::deleted:
                        break;
                    default:
                        r_.row_outcome_[row] = number(Outcome::explained);
                }
            }
        }
        for (const std::uint32_t row : m.ambiguous_rows)
            if (r_.row_outcome_[row] == number(Outcome::missing1))
                r_.row_outcome_[row] = number(Outcome::explained);
        const auto& events = r_.events_->list;
        for (std::size_t e = 0; e < events.size();) {
            const std::uint32_t row = events[e].row;
            Status status = snapshot_.status(row);
            bool is_alive = false;
            for (; e < events.size() && events[e].row == row; ++e) {
                status = after(status, events[e].kind);
                is_alive = is_alive || (events[e].kind != EventKind::missing &&
                                        events[e].kind != EventKind::withdrawn);
            }
            if (m.item_scan[row] != kNone || !is_wanted[snapshot_.group_of(row)]) continue;
            // Whoever held it in their hands after the export knows that it exists.
            if (status == Status::withdrawn || status == Status::deleted)
                r_.row_outcome_[row] = kNoOutcome;
            else if (is_alive || (status != Status::on_shelf && status != Status::unknown))
                r_.row_outcome_[row] = number(Outcome::explained);
        }
        std::uint32_t unseen = 0;
        for (std::uint32_t row = 0; row < snapshot_.rows(); ++row) {
            unseen_before_[row] = unseen;
            unseen += r_.row_outcome_[row] == number(Outcome::missing1) ? 1U : 0U;
        }
        unseen_before_[snapshot_.rows()] = unseen;
    }

    void judge_scans() {
        const std::size_t n = log_.scans.size();
        r_.scan_outcome_.assign(n, kNoOutcome);
        r_.scan_secondary_.assign(n, 0);
        const auto& moves = r_.arrangement_.moves;
        if (!moves.empty()) r_.move_of_scan_.assign(n, kNone);
        for (std::uint32_t k = 0; k < moves.size(); ++k) r_.move_of_scan_[moves[k].scan] = k;
        for (const auto& segment : log_.segments)
            if (!segment.shelf.empty()) shelf_codes_.insert(segment.shelf);
        for (std::uint32_t i = 0; i < n; ++i) {
            const auto outcome = judge(i);
            if (!outcome) continue;
            r_.scan_outcome_[i] = number(*outcome);
            ++r_.counts_[number(*outcome)];
        }
    }

    std::optional<Outcome> judge(std::uint32_t i) {
        const Scan& scan = log_.scans[i];
        const Matching& m = r_.matching_;
        switch (m.role[i]) {
            case ScanRole::other:
                if (scan.kind == Scan::Kind::damaged) return Outcome::badread;
                if (scan.kind == Scan::Kind::no_label) return Outcome::nolabel;
                return std::nullopt;
            case ScanRole::again:
                if (const auto repaired = m.repaired.find(i); repaired != m.repaired.end())
                    if (m.row[i] != kNone)
                        r_.scan_secondary_[m.item_scan[m.row[i]]] |= repaired->second;
                return std::nullopt;
            case ScanRole::ambiguous:
                return Outcome::ambig;
            case ScanRole::dupscan:
                return Outcome::dupscan;
            case ScanRole::duplabel:
                if (m.row[i] != kNone)
                    r_.scan_secondary_[m.item_scan[m.row[i]]] |= set_of(Outcome::duplabel);
                return Outcome::duplabel;
            case ScanRole::unknown:
                return judge_unknown(i);
            case ScanRole::item:
                break;
        }
        ++r_.seen_;
        OutcomeSet found = 0;
        const Status status = status_at(i);
        switch (status) {
            case Status::deleted:
                found |= set_of(Outcome::deleted);
                break;
            case Status::withdrawn:
                found |= set_of(Outcome::withdrawn);
                break;
            case Status::missing:
                found |= set_of(Outcome::wasmissing);
                break;
            case Status::on_loan:
                found |= set_of(Outcome::onloan);
                break;
            case Status::in_transit:
            case Status::off_shelf:
            case Status::pending:
                found |= set_of(Outcome::otherstatus);
                break;
            case Status::on_shelf:
            case Status::unknown:
                break;
        }
        const Segment& segment = log_.segments[scan.segment];
        const std::uint32_t here = m.location[scan.segment];
        const std::uint32_t row = m.row[i];
        const bool is_home = here != kNone ? snapshot_.groups()[m.group[i]].location == here
                                           : segment.location.empty();
        // Whose a book is, where the shelf is somebody else's.
        const auto is_strange = [&](const std::vector<std::string>& owners, Text which) {
            if (owners.empty() || owners[scan.segment].empty()) return false;
            const auto owner = snapshot_.text(row, which);
            return !owner.empty() && owner != owners[scan.segment];
        };
        if (is_strange(m.library, Text::library)) found |= set_of(Outcome::wronglib);
        if (!is_home)
            found |= set_of(Outcome::wrongloc);
        else if (is_strange(m.collection, Text::collection))
            found |= set_of(Outcome::wrongcoll);
        if (is_home && !r_.move_of_scan_.empty() && r_.move_of_scan_[i] != kNone)
            found |= set_of(r_.arrangement_.moves[r_.move_of_scan_[i]].is_same_shelf
                                ? Outcome::outorder
                                : Outcome::outrange);
        else if (is_home &&
                 (!r_.recorded_shelf(i).empty() || is_outside_label(segment, snapshot_, row)))
            found |= set_of(Outcome::outrange);
        if (const auto repaired = m.repaired.find(i); repaired != m.repaired.end())
            r_.scan_secondary_[i] |= repaired->second;
        if (const TagRead* const tag = log_.tag_of(scan); tag != nullptr) {
            if (const std::string fault = fault_of(*tag, status == Status::on_loan);
                !fault.empty()) {
                found |= set_of(Outcome::tagmismatch);
                std::string& told = r_.scan_notes_[i];
                told += (told.empty() ? "tag=" : ";tag=") + fault;
            }
            if (tag->parts > 1) tagged_sets_.push_back(i);
        }
        if (found == 0) return Outcome::found;
        const auto primary = static_cast<Outcome>(std::countr_zero(found));
        r_.scan_secondary_[i] |= found & ~set_of(primary);
        return primary;
    }

    /// What the tag says against the label or the loan record; empty: nothing.
    static std::string fault_of(const TagRead& tag, bool is_on_loan) {
        if (tag.contradicts_label()) return tag.primary;
        if (const auto fault = tag_fault(is_on_loan, tag.afi, tag.eas); fault != TagFault::none)
            return std::string(name_of(fault));
        if (tag.is_on_loan && *tag.is_on_loan != is_on_loan)
            return std::string(
                name_of(is_on_loan ? TagFault::secured_on_loan : TagFault::released_on_shelf));
        return {};
    }
    /// Sets whose tags say how many parts there are, and fewer stand here: parts carry the same
    /// identifier, each its number.
    void find_broken_tagged_sets() {
        std::map<std::uint32_t, std::set<std::uint32_t>> seen;  // row -> parts
        for (std::uint32_t i = 0; i < log_.scans.size(); ++i) {
            const std::uint32_t row = r_.matching_.row[i];
            if (row == kNone || tagged_sets_.empty()) continue;
            if (const TagRead* const tag = log_.tag_of(log_.scans[i]); tag != nullptr)
                if (tag->part != 0) seen[row].insert(tag->part);
        }
        for (const std::uint32_t i : tagged_sets_) {
            const TagRead& tag = *log_.tag_of(log_.scans[i]);
            const std::size_t there = std::max<std::size_t>(1, seen[r_.matching_.row[i]].size());
            if (there >= tag.parts) continue;
            r_.scan_secondary_[i] |= set_of(Outcome::setpart);
            add_note(i, "parts=" + std::to_string(there) + "/" + std::to_string(tag.parts));
        }
    }
    void add_note(std::uint32_t i, const std::string& note) {
        std::string& notes = r_.scan_notes_[i];
        notes += (notes.empty() ? "" : ";") + note;
    }

    [[nodiscard]] std::vector<std::string> unknown_codes() const {
        std::vector<std::string> codes;
        for (std::uint32_t i = 0; i < log_.scans.size(); ++i)
            if (r_.matching_.role[i] == ScanRole::unknown)
                codes.push_back(log_.code_text(log_.scans[i]));
        std::sort(codes.begin(), codes.end());
        codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
        return codes;
    }

    /// Codes of the holdings that are one slip away, by code. Runs beside the rest: it reads the
    /// snapshot and the rules of barcodes only.
    [[nodiscard]] std::unordered_map<std::string, std::string> codes_alike(
        const std::vector<std::string>& unknown) {
        const CodeRules& rules = r_.matching_.rules;
        std::unordered_map<std::string, std::string> alike;
        for (const auto& code : unknown) {
            // The forms of items save look-ups for codes that are built like them. Another code may
            // be a slip of any code of the holdings, few of which may be built so.
            const std::string& usual = usual_characters();
            const bool is_usual =
                !rules.items.empty() && code.find_first_not_of(usual) == std::string::npos &&
                std::any_of(rules.items.begin(), rules.items.end(), [&](const CodePattern& item) {
                    return std::string_view(code).starts_with(item.prefix);
                });
            const auto may_be = [&](std::string_view candidate) {
                return !is_usual ||
                       std::any_of(rules.items.begin(), rules.items.end(),
                                   [&](const CodePattern& item) { return item.fits(candidate); });
            };
            const auto likely =
                suggest(code, is_usual ? usual : all_characters(), [&](std::string_view candidate) {
                    return may_be(candidate) &&
                           !snapshot_.find(code_of(candidate), candidate).empty();
                });
            for (std::size_t k = 0; k < std::min(kSuggestions, likely.size()); ++k)
                alike[code] += (k == 0 ? "" : " ") + likely[k].code;
        }
        return alike;
    }

    Outcome judge_unknown(std::uint32_t i) {
        const CodeRules& rules = r_.matching_.rules;
        const std::string code = log_.code_text(log_.scans[i]);
        if (shelf_codes_.count(code) != 0 || snapshot_.location(code))
            return note(i, Outcome::notitem, "kind=shelf");
        if (code.size() == 13 && code.starts_with("97") && isbn13_of(code))
            return note(i, Outcome::notitem, "kind=isbn");
        const CodeClass kind = rules.classify(code);
        switch (kind) {
            case CodeClass::isbn:
                return note(i, Outcome::notitem, "kind=isbn");
            case CodeClass::shelf:
                return note(i, Outcome::notitem, "kind=shelf");
            case CodeClass::patron:
                return note(i, Outcome::notitem, "kind=patron_card");
            default:
                break;
        }
        if (const auto alike = alike_.find(code); alike != alike_.end())
            r_.scan_notes_[i] = "like=" + alike->second;
        if (kind == CodeClass::bad_length || kind == CodeClass::bad_character)
            return Outcome::badread;
        const bool is_wrong =
            std::none_of(rules.items.begin(), rules.items.end(),
                         [&](const CodePattern& item) { return passes_check(item.check, code); });
        return is_wrong && !rules.items.empty() ? Outcome::badcheck : Outcome::norec;
    }
    static bool passes_check(CheckKind check, std::string_view code) {
        return check == CheckKind::luhn ? has_luhn(code)
                                        : check != CheckKind::mod43 || has_mod43(code);
    }
    /// The characters that nearly all codes of this library use, and those of any in the holdings
    /// (of a sample, where these are large).
    const std::string& usual_characters() {
        if (!usual_characters_.empty()) return usual_characters_;
        std::set<char> found;
        for (const CodePattern& item : r_.matching_.rules.items)
            found.insert(item.alphabet.begin(), item.alphabet.end());
        return usual_characters_.assign(found.begin(), found.end());
    }
    const std::string& all_characters() {
        if (!all_characters_.empty()) return all_characters_;
        std::string scratch;
        std::set<char> found(usual_characters().begin(), usual_characters().end());
        const std::uint32_t step = std::max<std::uint32_t>(1, snapshot_.rows() / kSampledCodes);
        for (std::uint32_t row = 0; row < snapshot_.rows(); row += step) {
            const std::string code = snapshot_.barcode(row);
            const std::string_view normal = normal_barcode(code, scratch);
            found.insert(normal.begin(), normal.end());
        }
        if (found.empty()) found.insert('0');
        return all_characters_.assign(found.begin(), found.end());
    }
    Outcome note(std::uint32_t i, Outcome outcome, const char* text) {
        r_.scan_notes_[i] = text;
        return outcome;
    }

    /// The item's status when it was scanned, by the snapshot and the events before. Where a day is
    /// all that is known, events of that day are read in the order that fits what was seen.
    [[nodiscard]] Status status_at(std::uint32_t i) {
        const std::uint32_t row = r_.matching_.row[i];
        Status status = snapshot_.status(row);
        if (r_.events_->list.empty()) return status;
        const auto events = r_.events_->of(row);
        if (events.empty()) return status;
        const Scan& scan = log_.scans[i];
        const auto& day = log_.segments[scan.segment].day;
        std::string later, unordered;
        for (const Event& event : events) {
            if (event.is_shared) continue;
            bool is_before = false, is_unclear = !day;
            if (day) {
                const Instant begin = start_of_day(*day, r_.options_.zone);
                if (scan.seconds >= 0) {
                    is_before = event.time <= begin + std::chrono::seconds(scan.seconds);
                } else {
                    is_before = event.time < begin;
                    is_unclear = !is_before &&
                                 event.time < start_of_day(plus_days(*day, 1), r_.options_.zone);
                }
            }
            // A return says that it is in the library, before the scan and after it: what the
            // catalogue still had against it has been settled.
            if (is_before || event.kind == EventKind::returned) status = after(status, event.kind);
            if (is_before || (is_unclear && event.kind == EventKind::returned)) continue;
            std::string& note = day ? later : unordered;
            note = std::string(name_of(event.kind)) + "@" +
                   text_of(local_day(event.time, r_.options_.zone));
        }
        if (!later.empty()) r_.scan_notes_[i] = "later=" + later;
        if (!unordered.empty()) {
            r_.scan_notes_[i] = "unordered=" + unordered;
            ++r_.unordered_;
        }
        return status;
    }

    void judge_rows() {
        for (std::uint32_t row = 0; row < snapshot_.rows(); ++row) {
            std::uint8_t& outcome = r_.row_outcome_[row];
            if (outcome == number(Outcome::missing1)) {
                const std::uint8_t passes = r_.coverage_.passes[row];
                if (passes == 0)
                    outcome = number(Outcome::notcovered);
                else if (passes > 1)
                    outcome = number(Outcome::missing2);
            }
            if (outcome != kNoOutcome)
                ++r_.counts_[outcome];
            else if (r_.matching_.item_scan[row] == kNone)
                ++r_.not_expected_;
        }
    }

    /// Puts what people decided in the place of what the scans say.
    void follow_decisions() {
        std::string scratch;
        for (const Decision& decision : *r_.options_.decisions) {
            const std::string_view normal = normal_barcode(decision.barcode, scratch);
            const auto rows = snapshot_.find(code_of(normal), normal);
            for (std::uint32_t k = 0; k < rows.size(); ++k) {
                if (decision.verdict == Verdict::none)
                    r_.decisions_.erase(rows[k]);
                else
                    r_.decisions_[rows[k]] = &decision;
            }
        }
        constexpr OutcomeSet kPlace = set_of(Outcome::wronglib) | set_of(Outcome::wrongloc) |
                                      set_of(Outcome::wrongcoll) | set_of(Outcome::outrange) |
                                      set_of(Outcome::outorder);
        constexpr OutcomeSet kAbsent =
            set_of(Outcome::missing1) | set_of(Outcome::missing2) | set_of(Outcome::notcovered);
        for (const auto& [row, decision] : r_.decisions_) {
            const std::uint32_t scan = r_.matching_.item_scan[row];
            std::uint8_t& outcome = scan == kNone ? r_.row_outcome_[row] : r_.scan_outcome_[scan];
            if (outcome == kNoOutcome) continue;
            const auto now = static_cast<Outcome>(outcome);
            Outcome next = now;
            if (scan == kNone && contains(kAbsent, now) && decision->verdict == Verdict::found)
                next = Outcome::found;
            if (scan == kNone && contains(kAbsent, now) && decision->verdict == Verdict::explained)
                next = Outcome::explained;
            if (scan != kNone && contains(kPlace, now) && decision->verdict == Verdict::stays)
                next = Outcome::found;
            if (next == now) continue;
            --r_.counts_[outcome];
            ++r_.counts_[number(next)];
            outcome = number(next);
            (scan == kNone ? r_.row_secondary_[row] : r_.scan_secondary_[scan]) |= set_of(now);
        }
    }

    /// Volumes that stand, of works of which another volume does not.
    void find_broken_sets() {
        for (std::uint32_t row = 0; row < snapshot_.rows(); ++row) {
            const auto outcome = r_.row_outcome_[row];
            if (outcome != number(Outcome::missing1) && outcome != number(Outcome::missing2))
                continue;
            const auto volume = snapshot_.text(row, Text::volume),
                       bib = snapshot_.text(row, Text::bib), copy = snapshot_.text(row, Text::copy);
            if (volume.empty() || bib.empty()) continue;
            // The volumes of a work stand together.
            const Group& group = snapshot_.groups()[snapshot_.group_of(row)];
            const auto is_near = [&](std::uint32_t r) {
                return snapshot_.rank(r) == snapshot_.rank(row) ||
                       snapshot_.text(r, Text::bib) == bib;
            };
            std::uint32_t begin = row, end = row + 1;
            while (begin > group.begin && row - begin <= kLargestSet && is_near(begin - 1)) --begin;
            while (end < group.end && end - row <= kLargestSet && is_near(end)) ++end;
            if (end - begin > kLargestSet) continue;
            for (std::uint32_t r = begin; r < end; ++r) {
                const std::uint32_t scan = r_.matching_.item_scan[r];
                if (scan == kNone || snapshot_.text(r, Text::bib) != bib ||
                    snapshot_.text(r, Text::copy) != copy ||
                    snapshot_.text(r, Text::volume) == volume ||
                    snapshot_.text(r, Text::volume).empty())
                    continue;
                r_.scan_secondary_[scan] |= set_of(Outcome::setpart);
                std::string& told = r_.scan_notes_[scan];
                const std::string absent = snapshot_.barcode(row);
                told += (told.empty()                  ? "absent="
                         : told.starts_with("absent=") ? " "
                                                       : ";absent=") +
                        absent;
            }
        }
    }

    Reconciliation& r_;
    const ScanLog& log_;
    const Snapshot& snapshot_;
    std::vector<std::uint32_t> unseen_before_;
    std::unordered_map<std::string, std::string> alike_;  // unknown codes and what they may be
    std::unordered_set<std::string> shelf_codes_;
    std::string usual_characters_, all_characters_;
    std::vector<std::uint32_t> tagged_sets_;  // scans of items whose tags name several parts
};

Reconciliation::Reconciliation(ScanLog& log, const Snapshot& snapshot, const Events& events,
                               ReconcileOptions options)
    : log_(&log), snapshot_(&snapshot), events_(&events), options_(std::move(options)) {
    Judge(*this).run();
}

void Reconciliation::for_each(const std::function<void(const OutcomeLine&)>& take,
                              OutcomeSet omitted) const {
    for_each(take, omitted, {0, places()});
}

void Reconciliation::for_each(const std::function<void(const OutcomeLine&)>& take,
                              OutcomeSet omitted, Part part) const {
    const auto is_taken = [omitted](std::uint8_t outcome) {
        return outcome != kNoOutcome && (omitted >> outcome & 1U) == 0;
    };
    const std::uint64_t scans = scan_outcome_.size();
    for (std::uint64_t i = part.begin; i < std::min(scans, part.end); ++i)
        if (is_taken(scan_outcome_[i]))
            take({matching_.row[i], static_cast<std::uint32_t>(i),
                  static_cast<Outcome>(scan_outcome_[i]), scan_secondary_[i]});
    for (std::uint64_t row = std::max(part.begin, scans) - scans; row + scans < part.end; ++row)
        if (is_taken(row_outcome_[row])) take(line_of_absent(static_cast<std::uint32_t>(row)));
}

OutcomeLine Reconciliation::line_of_absent(std::uint32_t row) const {
    const auto secondary = row_secondary_.find(row);
    return {row, kNone, static_cast<Outcome>(row_outcome_[row]),
            secondary == row_secondary_.end() ? OutcomeSet{0} : secondary->second};
}

const Decision* Reconciliation::decision(std::uint32_t row) const {
    const auto found = decisions_.find(row);
    return found == decisions_.end() ? nullptr : found->second;
}

std::optional<OutcomeLine> Reconciliation::line_of_row(std::uint32_t row) const {
    if (const std::uint32_t i = matching_.item_scan[row]; i != kNone)
        return OutcomeLine{row, i, static_cast<Outcome>(scan_outcome_[i]), scan_secondary_[i]};
    if (row_outcome_[row] == kNoOutcome) return std::nullopt;
    return line_of_absent(row);
}

std::vector<std::optional<Day>> Reconciliation::first_days() const {
    std::vector<std::optional<Day>> days(snapshot_->rows());
    for (std::uint32_t i = 0; i < log_->scans.size(); ++i) {
        const ScanRole role = matching_.role[i];
        if (matching_.row[i] == kNone || (role != ScanRole::item && role != ScanRole::again))
            continue;
        auto& first = days[matching_.row[i]];
        const auto& day = log_->segments[log_->scans[i].segment].day;
        if (day && (!first || *day < *first)) first = day;
    }
    return days;
}

std::string Reconciliation::barcode(const OutcomeLine& line) const {
    if (line.row != kNone) return snapshot_->barcode(line.row);
    const Scan& scan = log_->scans[line.scan];
    if (scan.kind == Scan::Kind::no_label) return {};
    // A patron's number is nobody's business here.
    if (line.outcome == Outcome::notitem)
        if (const auto note = scan_notes_.find(line.scan);
            note != scan_notes_.end() && note->second == "kind=patron_card")
            return {};
    return log_->code_text(scan);
}

std::string_view Reconciliation::anchor(const OutcomeLine& line) const {
    if (line.scan != kNone) return log_->segments[log_->scans[line.scan].segment].anchor();
    if (snapshot_->holds(Text::shelf))
        if (const auto shelf = snapshot_->text(line.row, Text::shelf); !shelf.empty()) return shelf;
    const std::uint32_t group = snapshot_->group_of(line.row);
    if (coverage_.passes[line.row] > 0) {
        // The shelf of the last book in order before it, else of the first one behind it.
        const auto& fixed = arrangement_.fixed[group];
        const auto right = std::upper_bound(fixed.begin(), fixed.end(), snapshot_->rank(line.row),
                                            [&](std::uint32_t rank, std::uint32_t scan) {
                                                return rank < snapshot_->rank(matching_.row[scan]);
                                            });
        if (!fixed.empty())
            return log_
                ->segments[log_->scans[right == fixed.begin() ? *right : *(right - 1)].segment]
                .anchor();
    }
    return snapshot_->locations()[snapshot_->groups()[group].location];
}

std::string_view Reconciliation::recorded_shelf(std::uint32_t scan) const {
    const std::uint32_t row = matching_.row[scan];
    if (row == kNone || !snapshot_->holds(Text::shelf)) return {};
    const std::string& here = log_->segments[log_->scans[scan].segment].shelf;
    const std::string_view shelf = snapshot_->text(row, Text::shelf);
    if (here.empty() || shelf == here || !snapshot_->text(row, Text::call_number).empty())
        return {};
    return shelf;
}

std::string_view Reconciliation::location(const OutcomeLine& line) const {
    if (line.row != kNone) return snapshot_->locations()[snapshot_->location_of(line.row)];
    return log_->segments[log_->scans[line.scan].segment].location;
}

void Reconciliation::append_detail(std::string& out, const OutcomeLine& line) const {
    const std::size_t begin = out.size();
    if (const Decision* const said = line.row == kNone ? nullptr : decision(line.row)) {
        append_pair(out, begin, "decision", name_of(said->verdict));
        append_pair(out, begin, "by", said->who);
    }
    if (line.scan == kNone) {
        if (line.outcome == Outcome::notcovered) return;
        if (line.outcome == Outcome::explained) {
            const auto events = events_->of(line.row);
            if (!events.empty())
                append_pair(out, begin, "event",
                            std::string(name_of(events.back().kind)) + "@" +
                                text_of(local_day(events.back().time, options_.zone)));
            if (snapshot_->status(line.row) != Status::on_shelf)
                append_pair(out, begin, "status", name_of(snapshot_->status(line.row)));
            else if (events.empty() && decision(line.row) == nullptr)
                append_pair(out, begin, "barcode", "shared");
            return;
        }
        append_pair(out, begin, "passes", std::to_string(coverage_.passes[line.row]));
        return;
    }
    const Scan& scan = log_->scans[line.scan];
    if (const auto note = scan_notes_.find(line.scan); note != scan_notes_.end())
        append_pair(out, begin, note->second.substr(0, note->second.find('=')),
                    note->second.substr(note->second.find('=') + 1));
    const OutcomeSet all = line.secondary | set_of(line.outcome);
    switch (line.outcome) {
        case Outcome::norec:
        case Outcome::badcheck:
        case Outcome::badread:
            return;
        case Outcome::nolabel:
            if (scan.kind == Scan::Kind::no_label && !log_->text_of(scan).empty())
                append_pair(out, begin, "text", log_->text_of(scan));
            return;
        case Outcome::ambig:
            append_pair(out, begin, "rows",
                        std::to_string(snapshot_->find(scan.code, log_->text_of(scan)).size()));
            return;
        case Outcome::dupscan:
        case Outcome::duplabel: {
            const std::uint32_t first = line.row != kNone && matching_.item_scan[line.row] != kNone
                                            ? matching_.item_scan[line.row]
                                            : matching_.previous[line.scan];
            if (first == kNone) return;
            const Segment& there = log_->segments[log_->scans[first].segment];
            append_pair(out, begin, "first",
                        there.anchor() + ":" + std::to_string(log_->scans[first].line));
            return;
        }
        default:
            break;
    }
    if (line.row == kNone) return;
    if ((all &
         (set_of(Outcome::deleted) | set_of(Outcome::withdrawn) | set_of(Outcome::wasmissing) |
          set_of(Outcome::onloan) | set_of(Outcome::otherstatus))) != 0)
        append_pair(out, begin, "status", name_of(snapshot_->status(line.row)));
    if (contains(all, Outcome::wrongloc))
        append_pair(out, begin, "belongs",
                    snapshot_->locations()[snapshot_->location_of(line.row)]);
    if (contains(all, Outcome::wronglib))
        append_pair(out, begin, "library", snapshot_->text(line.row, Text::library));
    if (contains(all, Outcome::wrongcoll))
        append_pair(out, begin, "collection", snapshot_->text(line.row, Text::collection));
    if (contains(all, Outcome::outrange) || contains(all, Outcome::outorder)) {
        const std::uint32_t k = move_of_scan_.empty() ? kNone : move_of_scan_[line.scan];
        if (k == kNone) {
            append_pair(out, begin, "to", recorded_shelf(line.scan));
            return;
        }
        const Move& move = arrangement_.moves[k];
        if (move.to_segment != kNone)
            append_pair(out, begin, "to", log_->segments[move.to_segment].anchor());
        if (move.left_row != kNone)
            append_pair(out, begin, "left", snapshot_->barcode(move.left_row));
        if (move.right_row != kNone)
            append_pair(out, begin, "right", snapshot_->barcode(move.right_row));
        if (move.doubt == Move::Doubt::swapped)
            append_pair(out, begin, "check",
                        "label_swapped_with_" + snapshot_->barcode(move.other_row));
        if (move.doubt == Move::Doubt::record)
            append_pair(out, begin, "check", "call_number_in_record");
    }
}

void write_outcomes(const Reconciliation& reconciliation, const ScanLog& log, OutcomeSet omitted,
                    Output& out) {
    out.write("barcode,outcome,secondary,anchor,file,line,detail\n");
    const auto text_of_part = [&](Reconciliation::Part part) {
        std::string text, detail, place;  // place: anchor and file, alike in a segment
        std::uint32_t segment = kNone;
        reconciliation.for_each(
            [&](const OutcomeLine& line) {
                append_cell(text, reconciliation.barcode(line));
                text += ',';
                text += name_of(line.outcome);
                text += ',';
                append_names(text, line.secondary);
                text += ',';
                if (line.scan == kNone) {
                    append_cell(text, reconciliation.anchor(line));
                    text += ",,,";
                } else {
                    const Scan& scan = log.scans[line.scan];
                    if (scan.segment != segment) {
                        segment = scan.segment;
                        place.clear();
                        append_cell(place, log.segments[segment].anchor());
                        place += ',';
                        append_cell(place, log.files[log.segments[segment].file].name);
                        place += ',';
                    }
                    text += place;
                    std::array<char, 10> digits{};
                    const auto end = std::to_chars(digits.begin(), digits.end(), scan.line).ptr;
                    text.append(digits.data(), end);
                    text += ',';
                }
                detail.clear();
                reconciliation.append_detail(detail, line);
                append_cell(text, detail);
                text += '\n';
            },
            omitted, part);
        return text;
    };
    // Lines are made on two threads while those before them are written.
    constexpr std::uint64_t kPart = 1U << 16U;
    std::deque<std::future<std::string>> ahead;
    std::uint64_t at = 0;
    const auto begin_part = [&] {
        if (at >= reconciliation.places()) return;
        const std::uint64_t end = std::min(at + kPart, reconciliation.places());
        ahead.push_back(
            std::async(std::launch::async, text_of_part, Reconciliation::Part{at, end}));
        at = end;
    };
    begin_part();
    begin_part();
    while (!ahead.empty()) {
        const std::string text = ahead.front().get();
        ahead.pop_front();
        begin_part();
        out.write(text);
    }
}

}  // namespace tushu::inventory
