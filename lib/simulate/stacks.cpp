// SPDX-License-Identifier: Apache-2.0
#include "simulate/stacks.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "simulate/bibs.hpp"
#include "simulate/random.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace tushu::simulate {
namespace {

enum Stream : std::uint64_t { kShelf = 40, kMoves = 41, kUpdated = 42, kStray = 43 };

constexpr std::size_t kShelfItems = 30;
constexpr std::size_t kSegment = 24;   // shelves planned together
constexpr std::size_t kMargin = 3;     // items at each end of a shelf that stay without faults
constexpr std::size_t kSmallest = 24;  // a shelf with fewer items gets no faults
constexpr std::size_t kFar = 3;        // shelves between a book and its place
constexpr std::size_t kNear = 5;       // other titles jumped over within a shelf
constexpr std::size_t kTitlesThatShow =
    9;                             // changes of title on a shelf scanned from right to left
constexpr std::size_t kBlock = 6;  // books that were moved together

enum class Status { on_shelf, on_loan, in_transit, off_shelf, missing, withdrawn, deleted };
constexpr std::array<std::string_view, 7> kStatusClass{
    "on_shelf", "on_loan", "in_transit", "off_shelf", "missing", "withdrawn", "deleted"};
constexpr std::array<std::string_view, 7> kStatusWord{"在架", "借出", "运送中", "装订",
                                                      "丢失", "剔除", "已删除"};

enum class Damage {
    none,
    away,         // a status explains that it is not there
    gone,         // withdrawn, and not there: nothing to say of it
    present,      // its status says it is not there, but it is
    missing,      // nothing explains that it is not there
    missed_1,     // overlooked in the first pass
    missed_2,     // overlooked in the second pass
    double_scan,  // read twice in a row
    misread,      // read with a wrong digit, then right
    cut_read,     // read without its first digits, then right
    card,         // a reader's card was read before it
    unknown,      // a book without a record stands behind it
    glued_left,   // read as one with its right neighbour
    glued,        // read as one with its left neighbour
    doubled,      // another volume on a far shelf carries the same label
    ambiguous,    // two items have its barcode, and both labels were read
    collection,   // the catalogue has it in another collection
    lent,         // lent after the export, so it is away
    returned,     // on loan at the export, returned before the scan
    lent_later,   // seen, and lent after that
    strayed,      // stands in another location
    near,         // stands elsewhere on its shelf
    far,          // stands on another shelf
    block,        // stands on another shelf with its neighbours
    swapped,      // its label and another book's were exchanged
    wrong_record  // stands right, but the catalogue has another book's call number
};
constexpr std::array<std::string_view, 26> kDamageName{"",
                                                       "away",
                                                       "gone",
                                                       "present",
                                                       "missing",
                                                       "missed_pass_1",
                                                       "missed_pass_2",
                                                       "double_scan",
                                                       "misread",
                                                       "cut_read",
                                                       "readers_card",
                                                       "unknown",
                                                       "glued",
                                                       "glued",
                                                       "double_label",
                                                       "shared_barcode",
                                                       "wrong_collection",
                                                       "lent",
                                                       "returned",
                                                       "lent_later",
                                                       "strayed",
                                                       "near",
                                                       "far",
                                                       "block",
                                                       "swapped_label",
                                                       "wrong_record"};

/// A damage of single items: how often, with what status, and on which shelves it can be told.
struct Single {
    std::uint64_t permille;
    Damage damage;
    Status status;
    enum class Shelf { any, covered, covered_twice } on;
};
constexpr std::array<Single, 18> kSingles{{
    {45, Damage::away, Status::on_loan, Single::Shelf::any},
    {5, Damage::away, Status::in_transit, Single::Shelf::any},
    {6, Damage::away, Status::off_shelf, Single::Shelf::any},
    {4, Damage::away, Status::missing, Single::Shelf::any},
    {3, Damage::gone, Status::withdrawn, Single::Shelf::any},
    {4, Damage::present, Status::on_loan, Single::Shelf::covered},
    {1, Damage::present, Status::in_transit, Single::Shelf::covered},
    {2, Damage::present, Status::off_shelf, Single::Shelf::covered},
    {2, Damage::present, Status::missing, Single::Shelf::covered},
    {2, Damage::present, Status::withdrawn, Single::Shelf::covered},
    {12, Damage::missing, Status::on_shelf, Single::Shelf::covered},
    {4, Damage::missed_1, Status::on_shelf, Single::Shelf::covered_twice},
    {4, Damage::missed_2, Status::on_shelf, Single::Shelf::covered_twice},
    {6, Damage::double_scan, Status::on_shelf, Single::Shelf::covered},
    {2, Damage::misread, Status::on_shelf, Single::Shelf::covered},
    {1, Damage::cut_read, Status::on_shelf, Single::Shelf::covered},
    {1, Damage::card, Status::on_shelf, Single::Shelf::covered},
    {3, Damage::unknown, Status::on_shelf, Single::Shelf::covered},
}};

/// Planted with Faults::all behind those above, which therefore stay where they are.
constexpr std::array<Single, 6> kMoreSingles{{
    {2, Damage::present, Status::deleted, Single::Shelf::covered},
    {4, Damage::glued, Status::on_shelf, Single::Shelf::covered},
    {2, Damage::collection, Status::on_shelf, Single::Shelf::covered},
    {3, Damage::lent, Status::on_shelf, Single::Shelf::covered},
    {3, Damage::returned, Status::on_loan, Single::Shelf::covered},
    {3, Damage::lent_later, Status::on_shelf, Single::Shelf::covered},
}};

struct Unit {
    Item item;
    Status status = Status::on_shelf;
    Damage fault = Damage::none;
    std::size_t home = 0;  // shelf where its call number belongs
    bool is_unknown_bib = false;
    std::uint64_t unknown = 0;  // serial of the book without a record, or of the card
};

struct Shelf {
    std::uint64_t number = 0;
    std::vector<Unit> units;  // in true order
    bool is_covered = false, is_covered_twice = false, is_last = false, has_moves = false;
    bool has_near = false;
};

/// A book on a shelf: the unit `unit` of shelf `shelf` of the segment.
struct Place {
    std::size_t shelf = 0, unit = 0;
};

/// A reading that stands for no item.
struct Extra {
    std::size_t shelf = 0;
    Damage damage = Damage::none;
    std::string_view outcome;
    std::string code;
};

struct Stray {
    Unit unit;
    std::string_view location, library;
};

/// A volume on shelf `shelf` whose label is that of item `serial`.
struct Double {
    std::size_t shelf = 0;
    std::uint64_t serial = 0;
};

bool is_absent(const Unit& unit) {
    return unit.fault == Damage::away || unit.fault == Damage::gone ||
           unit.fault == Damage::missing || unit.fault == Damage::lent ||
           unit.fault == Damage::strayed;
}
bool is_moved(const Unit& unit) { return unit.fault >= Damage::near; }

std::string_view present_outcome(Status status) {
    switch (status) {
        case Status::on_loan:
            return "ONLOAN";
        case Status::missing:
            return "WASMISSING";
        case Status::withdrawn:
            return "WITHDRAWN";
        case Status::deleted:
            return "DELETED";
        default:
            return "OTHERSTATUS";
    }
}

class Stacks {
  public:
    Stacks(const Library& library, const StackFiles& files) : library_(library), files_(files) {
        for (const auto word : kStatusWord) status_gb_.push_back(gb18030_from_utf8(word));
        volume_gb_ = {gb18030_from_utf8("第"), gb18030_from_utf8("册")};
        for (const Location& location : library.locations()) whole_ += full_scans(location);
    }

    StackTruth run() {
        write_headers();
        const auto& locations = library_.locations();
        for (std::size_t i = 0; i < locations.size(); ++i) {
            begin_location(i);
            std::uint64_t place = 0;
            while (place < locations[i].items && !is_full()) {
                place = fill_segment(locations[i], place);
                plan_moves();
                plan_singles();
                if (files_.faults == Faults::all) plan_pairs();
                plan_strays();
                write_items();
                write_scans();
                write_outcomes();
            }
            end_location();
            if (is_full()) break;
        }
        if (files_.scans && files_.is_one_scan_file) scan_output(1).write("#END\n");
        if (!strays_.empty() && !is_full())
            throw Error(Fault::bug, msg("{} strayed books found no shelf", strays_.size()));
        return std::move(truth_);
    }

  private:
    // Scans when the location is covered as planned: a second pass goes over six tenths of it.
    static std::uint64_t full_scans(const Location& location) {
        const std::uint64_t covered =
            location.is_covered_whole ? location.items : location.items / 2;
        return location.passes == 0 ? 0 : location.passes == 1 ? covered : covered * 16 / 10;
    }
    static std::uint64_t part(std::uint64_t n, std::uint64_t numerator, std::uint64_t denominator) {
        return numerator >= denominator ? n : n * (numerator * 1000 / denominator) / 1000;
    }
    bool is_full() const { return item_rows_ >= files_.item_limit; }

    void write_headers() {
        if (files_.items != nullptr) {
            if (files_.form == ItemForm::ils) {
                files_.items->write(gb18030_from_utf8(
                    "条码,书目号,馆藏地,索书号,分类法,状态,卷册,复本,更新日期\n"));
            } else {
                files_.items->write(
                    "barcode,bib,location,call_number,scheme,status,volume,copy,title,source");
                files_.items->write(files_.faults == Faults::all ? ",library,collection\n" : "\n");
            }
        }
        if (files_.outcomes != nullptr)
            files_.outcomes->write(files_.faults == Faults::all
                                       ? "barcode,location,outcome,fault,anchor,secondary\n"
                                       : "barcode,location,outcome,fault,anchor\n");
        if (files_.events != nullptr) files_.events->write("time,type,item\n");
        if (files_.moves != nullptr)
            files_.moves->write("barcode,location,fault,from_anchor,to_anchor\n");
    }

    void begin_location(std::size_t i) {
        at_ = i;
        const Location& location = library_.locations()[i];
        const std::uint64_t planned = location.passes == 0        ? 0
                                      : location.is_covered_whole ? location.items
                                                                  : location.items / 2;
        covered_ = part(planned, library_.sizes().scans, whole_);
        covered_twice_ = location.passes == 2 ? covered_ * 6 / 10 : 0;
        shelves_ = 0;
        anchor_width_ =
            std::max<std::size_t>(3, std::to_string(location.items / kShelfItems + 1).size());
        scanned_ = {};
        is_started_ = {};
        stray_room_ = 0;
        for (std::size_t next = i + 1; next < library_.locations().size(); ++next) {
            const Location& other = library_.locations()[next];
            if (other.passes == 0) continue;
            const std::uint64_t items = part(other.is_covered_whole ? other.items : other.items / 2,
                                             library_.sizes().scans, whole_);
            stray_room_ = items < 4 * kShelfItems ? 0 : items / (kSegment * kShelfItems * 2) + 2;
            break;
        }
        if (location.passes == 0) stray_room_ = 0;
    }

    std::string anchor(const Shelf& shelf) const {
        std::string out(library_.locations()[at_].code);
        out += '-';
        append_number(out, shelf.number + 1, anchor_width_);
        return out;
    }

    // Shelves end where the call number changes, so no title stands on two of them.
    std::uint64_t fill_segment(const Location& location, std::uint64_t place) {
        segment_.clear();
        Unit next{library_.item(location, place)};
        while (place < location.items && segment_.size() < kSegment) {
            Shelf shelf;
            shelf.number = shelves_++;
            shelf.is_covered = place < covered_ && !is_hole(shelf.number, place);
            shelf.is_covered_twice = shelf.is_covered && place < covered_twice_;
            while (place < location.items &&
                   (shelf.units.size() < kShelfItems ||
                    next.item.call_number == shelf.units.back().item.call_number ||
                    location.items - place <= kShelfItems / 2)) {
                next.home = segment_.size();
                shelf.units.push_back(std::move(next));
                ++place;
                if (place < location.items) next = Unit{library_.item(location, place)};
            }
            shelf.is_last = place == location.items;
            segment_.push_back(std::move(shelf));
        }
        return place;
    }

    // One shelf in 31 was passed over; never near the end of what was covered.
    bool is_hole(std::uint64_t shelf, std::uint64_t place) const {
        return shelf % 31 == 11 && place + 4 * kShelfItems < covered_;
    }

    bool takes_faults(const Shelf& shelf) const {
        return shelf.is_covered && !shelf.is_last && shelf.units.size() >= kSmallest;
    }

    void plan_moves() {
        std::vector<std::size_t> free;
        for (std::size_t s = 0; s < segment_.size(); ++s)
            if (takes_faults(segment_[s])) free.push_back(s);
        random_ = Random(library_.seed(), kMoves, at_ << 40U | segment_.front().number);
        for (std::size_t i = free.size(); i > 1; --i)
            std::swap(free[i - 1], free[random_.below(i)]);
        places_.assign(segment_.size(), {});
        inserted_.clear();
        const auto take = [&]() {
            const std::size_t s = free.back();
            free.pop_back();
            segment_[s].has_moves = true;
            return s;
        };
        // A partner at least kFar shelves from `s`; itself when there is none left.
        const auto take_far_from = [&](std::size_t s) {
            for (std::size_t i = free.size(); i-- > 0;) {
                const std::size_t distance = free[i] > s ? free[i] - s : s - free[i];
                if (distance < kFar) continue;
                const std::size_t t = free[i];
                free.erase(free.begin() + static_cast<std::ptrdiff_t>(i));
                segment_[t].has_moves = true;
                return t;
            }
            return s;
        };
        constexpr std::array kPlan{Damage::near,         Damage::far,  Damage::swapped,
                                   Damage::block,        Damage::near, Damage::far,
                                   Damage::wrong_record, Damage::near, Damage::far};
        const std::size_t most =
            std::max<std::size_t>(1, segment_.size() * kPlan.size() / kSegment);
        for (std::size_t k = 0; k < std::min(most, kPlan.size()) && free.size() >= 3; ++k) {
            const Damage fault = kPlan[k];
            const std::size_t s = take();
            if (fault == Damage::near) {
                plan_near(s);
                continue;
            }
            const std::size_t t = take_far_from(s);
            if (t == s) continue;
            const std::size_t unit = middle(segment_[s]);
            switch (fault) {
                case Damage::far:
                    move(s, unit, 1, t, fault);
                    break;
                case Damage::block:
                    move(s, unit - kBlock / 2, kBlock, t, fault);
                    break;
                case Damage::swapped: {
                    const std::size_t other = middle(segment_[t]);
                    segment_[s].units[unit].fault = segment_[t].units[other].fault = fault;
                    swapped_.push_back({{s, unit}, {t, other}});
                    break;
                }
                case Damage::wrong_record: {
                    Unit& wrong = segment_[s].units[unit];
                    wrong.fault = fault;
                    wrong.item.call_number =
                        segment_[t].units[middle(segment_[t])].item.call_number;
                    wrong.home = t;
                    break;
                }
                default:
                    break;
            }
        }
    }

    static std::size_t middle(const Shelf& shelf) { return shelf.units.size() / 2; }

    void move(std::size_t from, std::size_t first, std::size_t n, std::size_t to, Damage fault) {
        for (std::size_t i = first; i < first + n; ++i) segment_[from].units[i].fault = fault;
        inserted_.push_back({to, middle(segment_[to]), {from, first}, n});
    }

    // A book near the left end goes to the right over at least kNear books of other titles.
    void plan_near(std::size_t s) {
        std::vector<Unit>& units = segment_[s].units;
        const std::size_t from = kMargin + random_.below(4);
        std::size_t others = 0;
        for (std::size_t to = from + 1; to + kMargin < units.size(); ++to) {
            others += units[to].item.call_number != units[from].item.call_number ? 1U : 0U;
            if (others == kNear) {
                units[from].fault = Damage::near;
                segment_[s].has_near = true;
                inserted_.push_back({s, to + 1, {s, from}, 1});
                return;
            }
        }
    }

    void plan_singles() {
        for (Shelf& shelf : segment_) {
            Random random(library_.seed(), kShelf, at_ << 40U | shelf.number);
            const bool has_unknown_bib = random.permille(30);
            const std::size_t unknown_bib_at = random.below(shelf.units.size());
            if (has_unknown_bib) shelf.units[unknown_bib_at].is_unknown_bib = true;
            // What a book jumped over must all be there to see. The last shelf holds what has no
            // call number.
            if (shelf.has_near || shelf.units.size() < kSmallest || shelf.is_last) continue;
            for (std::size_t u = kMargin; u + kMargin < shelf.units.size(); ++u)
                damage(shelf, u, random.below(1000));
        }
    }

    void damage(Shelf& shelf, std::size_t u, std::uint64_t draw) {
        Unit& unit = shelf.units[u];
        if (unit.fault != Damage::none) return;
        std::vector<Single> singles(kSingles.begin(), kSingles.end());
        if (files_.faults == Faults::all)
            singles.insert(singles.end(), kMoreSingles.begin(), kMoreSingles.end());
        for (const Single& single : singles) {
            if (draw >= single.permille) {
                draw -= single.permille;
                continue;
            }
            if (single.on == Single::Shelf::covered && !shelf.is_covered) return;
            if (single.on == Single::Shelf::covered_twice && !shelf.is_covered_twice) return;
            // A work whose volumes stand on both sides of the segment's end is not looked over.
            const bool is_at_end = &shelf == &segment_.front() || &shelf == &segment_.back();
            if (files_.faults == Faults::all && single.damage == Damage::missing && is_at_end &&
                unit.item.is_part_of_set)
                return;
            if (single.damage == Damage::glued) {
                Unit& left = shelf.units[u - 1];
                if (left.fault != Damage::none) return;
                left.fault = Damage::glued_left;
            }
            unit.fault = single.damage;
            unit.status = single.status;
            if (unit.fault == Damage::card || unit.fault == Damage::unknown)
                unit.unknown = kSerials + ++unknown_count_;
            return;
        }
    }

    // One label on two volumes, and one barcode in two records: on shelves that were scanned once,
    // far apart, so that each has one answer.
    void plan_pairs() {
        doubles_.clear();
        std::vector<std::size_t> free;
        for (std::size_t s = 0; s < segment_.size(); ++s)
            if (takes_faults(segment_[s]) && !segment_[s].is_covered_twice &&
                !segment_[s].has_moves && middle_of(s).fault == Damage::none)
                free.push_back(s);
        for (const Damage fault : {Damage::doubled, Damage::ambiguous}) {
            if (free.size() < 2 || free.back() - free.front() < kFar) return;
            const std::size_t s = free.front(), t = free.back();
            free.erase(free.begin());
            free.pop_back();
            segment_[s].has_moves = segment_[t].has_moves = true;
            middle_of(s).fault = fault;
            if (fault == Damage::doubled) {
                doubles_.push_back({t, middle_of(s).item.serial});
            } else {
                middle_of(t).fault = fault;
                middle_of(t).item.serial = middle_of(s).item.serial;
            }
        }
    }
    Unit& middle_of(std::size_t s) { return segment_[s].units[middle(segment_[s])]; }

    std::string_view library_of(std::size_t location) const {
        return location / 2 % 2 == 0 ? "EAST" : "WEST";
    }

    // Books that strayed into the location before this one's shelves; and some of this one's for
    // the next.
    void plan_strays() {
        placed_.clear();
        std::size_t room = 4;
        for (std::size_t s = 0; s < segment_.size() && room != 0 && !strays_.empty(); ++s) {
            if (!takes_faults(segment_[s]) || segment_[s].has_moves) continue;
            placed_.push_back({s, std::move(strays_.back())});
            strays_.pop_back();
            --room;
        }
        Random random(library_.seed(), kStray, at_ << 40U | segment_.front().number);
        std::size_t taken = 0;
        for (std::size_t i = 0; i < 8 && taken < 2 && leaving_.size() < stray_room_; ++i) {
            Shelf& shelf = segment_[random.below(segment_.size())];
            const std::size_t u = kMargin + 1 + random.below(kSmallest - 2 * kMargin - 2);
            if (!takes_faults(shelf) || shelf.has_moves || shelf.units[u].fault != Damage::none)
                continue;
            shelf.units[u].fault = Damage::strayed;
            leaving_.push_back({shelf.units[u], library_.locations()[at_].code, library_of(at_)});
            ++taken;
        }
    }

    void end_location() {
        if (library_.locations()[at_].passes == 0) return;
        strays_.insert(strays_.end(), leaving_.begin(), leaving_.end());
        leaving_.clear();
        for (unsigned pass = 1; pass <= 2; ++pass)
            if (files_.scans && is_started_[pass - 1] && !files_.is_one_scan_file)
                scan_output(pass).write("#END\n");
    }

    void append_row(const Unit& unit, const Shelf& shelf, std::string_view barcode,
                    std::uint64_t copy, bool is_unknown_bib) {
        const Location& location = library_.locations()[at_];
        const bool is_neutral = files_.form == ItemForm::neutral;
        row_ += barcode;
        row_ += ',';
        row_ += is_unknown_bib ? "C9" + padded(shelf.number, 7)
                               : library_.control_number(unit.item.bib);
        row_ += ',';
        row_ += location.code;
        row_ += ',';
        const std::string& call = unit.item.call_number;
        const bool is_ascii = std::ranges::none_of(call, [](char c) { return (c & '\x80') != 0; });
        row_ += is_ascii || is_neutral ? call : gb18030_from_utf8(call);
        row_ += ',';
        row_ += location.scheme;
        row_ += ',';
        const auto status = static_cast<std::size_t>(unit.status);
        row_ += is_neutral ? std::string(kStatusClass[status]) : status_gb_[status];
        row_ += ',';
        if (unit.item.is_part_of_set || library_.groups()[location.group].kind == Kind::serial) {
            row_ += is_neutral ? "第" : volume_gb_[0];
            append_number(row_, unit.item.copy + 1);
            row_ += is_neutral ? "册" : volume_gb_[1];
        }
        row_ += ',';
        append_number(row_, copy);
        row_ += ',';
        if (is_neutral) {
            row_ += title_of(library_, unit.item.bib);
            row_ += ',';
            row_ += source_of(library_.groups()[location.group].file);
            if (files_.faults == Faults::all) {
                row_ += ',';
                row_ += library_of(at_);
                row_ += unit.fault == Damage::collection ? ",REF" : ",GEN";
            }
        } else {
            Random random(library_.seed(), kUpdated, unit.item.serial);
            append_number(row_, static_cast<std::uint64_t>(library_.year()) - random.below(2), 4);
            row_ += '-';
            append_number(row_, random.between(1, 9), 2);
            row_ += '-';
            append_number(row_, random.between(1, 28), 2);
        }
        row_ += '\n';
    }

    void write_items() {
        std::string barcode;
        for (const Shelf& shelf : segment_) {
            Random random(library_.seed(), kShelf, 1ULL << 60U | at_ << 40U | shelf.number);
            const bool nameless = random.permille(25), twice = random.permille(25);
            const std::size_t fault_at = random.below(shelf.units.size());
            for (std::size_t u = 0; u < shelf.units.size(); ++u) {
                if (files_.items != nullptr && item_rows_ >= files_.item_limit) return;
                const Unit& unit = shelf.units[u];
                const std::uint64_t copy = unit.item.is_part_of_set ? 1 : unit.item.copy + 1;
                barcode.clear();
                append_barcode(barcode, unit.item.serial);
                row_.clear();
                append_row(unit, shelf, barcode, copy, unit.is_unknown_bib);
                ++item_rows_;
                ++truth_.items_in;
                ++truth_.items_kept;
                ++status_[static_cast<std::size_t>(unit.status)];
                if (unit.is_unknown_bib) ++truth_.item_faults[{"unknown_bib"}];
                // Rows only whole libraries have; a benchmark's are all good.
                if (u == fault_at && files_.has_bad_rows) {
                    if (nameless) {
                        append_row(unit, shelf, "", copy, false);
                        ++truth_.item_faults[{"no_barcode"}];
                    }
                    if (twice) {
                        append_row(unit, shelf, barcode, copy + 1, false);
                        ++truth_.item_faults[{"duplicate_barcode"}];
                    }
                    const std::uint64_t refused = (nameless ? 1U : 0U) + (twice ? 1U : 0U);
                    truth_.items_in += refused;
                    truth_.item_rejects += refused;
                }
                if (files_.items != nullptr) files_.items->write(row_);
            }
        }
        for (std::size_t s = 0; s < status_.size(); ++s) {
            truth_.items[{std::string(library_.locations()[at_].code),
                          std::string(kStatusClass[s])}] += status_[s];
            status_[s] = 0;
        }
    }

    // The books of each shelf from left to right as they stand.
    void arrange() {
        for (std::size_t s = 0; s < segment_.size(); ++s) {
            std::vector<Place>& row = places_[s];
            for (std::size_t u = 0; u <= segment_[s].units.size(); ++u) {
                for (const Insertion& i : inserted_)
                    if (i.shelf == s && i.before == u)
                        for (std::size_t k = 0; k < i.n; ++k)
                            row.push_back({i.first.shelf, i.first.unit + k});
                if (u == segment_[s].units.size()) break;
                const Damage fault = segment_[s].units[u].fault;
                if (is_absent(segment_[s].units[u]) || fault == Damage::near ||
                    fault == Damage::far || fault == Damage::block)
                    continue;
                row.push_back({s, u});
            }
        }
        // The barcode of one label is read where the other book stands.
        for (const auto& [a, b] : swapped_) {
            for (auto& row : places_)
                for (Place& place : row) {
                    if (place.shelf == a.shelf && place.unit == a.unit)
                        place = {b.shelf, b.unit};
                    else if (place.shelf == b.shelf && place.unit == b.unit)
                        place = {a.shelf, a.unit};
                }
        }
        swapped_.clear();
    }

    Output& scan_output(unsigned pass) { return files_.scans(library_.locations()[at_], pass); }

    // Working days only; who scans changes from day to day.
    void append_day(std::string& out, unsigned pass) {
        constexpr std::array<std::string_view, 6> kOperators{"王", "李", "陈", "周", "沈", "顾"};
        const std::uint64_t per_day = std::max<std::uint64_t>(480, library_.sizes().scans / 200);
        const std::uint64_t working_day = scanned_[pass - 1] / per_day;
        const auto first = std::chrono::sys_days(std::chrono::year(library_.year()) /
                                                 (pass == 1 ? 10 : 11) / (pass == 1 ? 8 : 18));
        // Days modulo 28 keep even the largest library inside the year.
        auto day = first + std::chrono::days(at_ % 3);
        for (std::uint64_t left = working_day % 28;;) {
            const unsigned weekday = std::chrono::weekday(day).c_encoding();
            if (weekday != 0 && weekday != 6 && left-- == 0) break;
            day += std::chrono::days(1);
        }
        out += "#DATE " + text_of(Day(day)) + "\n#LOC ";
        out += library_.locations()[at_].code;
        out += "\n#PASS " + std::to_string(pass) + "\n#OPERATOR ";
        out += kOperators[(at_ + working_day + pass) % kOperators.size()];
        out += '\n';
        day_[pass - 1] = working_day;
    }

    void write_scans() {
        arrange();
        extras_.clear();
        for (unsigned pass = 1; pass <= 2; ++pass) {
            std::string out;
            const std::uint64_t per_day =
                std::max<std::uint64_t>(480, library_.sizes().scans / 200);
            for (std::size_t s = 0; s < segment_.size(); ++s) {
                const Shelf& shelf = segment_[s];
                if (!(pass == 1 ? shelf.is_covered : shelf.is_covered_twice)) continue;
                if (!is_started_[pass - 1] || scanned_[pass - 1] / per_day != day_[pass - 1] ||
                    (files_.is_one_scan_file && out.empty()))
                    append_day(out, pass);
                is_started_[pass - 1] = true;
                if (!(pass == 1 && is_label_forgotten(s))) out += "#SHELF " + anchor(shelf) + "\n";
                scan_shelf(out, s, pass);
            }
            if (files_.scans && !out.empty()) scan_output(pass).write(out);
        }
    }

    void scan(std::string& out, std::string_view code, unsigned pass) {
        out += code;
        out += '\n';
        ++scanned_[pass - 1];
        ++truth_.scans;
    }

    // Readings that stand for no item; what was read twice over is planted in the first pass only.
    void scan_extra(std::string& out, const std::string& code, unsigned pass, Extra extra) {
        scan(out, code, pass);
        if (pass != 1) return;
        extra.code = code;
        extras_.push_back(std::move(extra));
    }

    // The label of a shelf was not read: its books seem to stand on the shelf before.
    bool is_label_forgotten(std::size_t s) const {
        const Shelf& shelf = segment_[s];
        if (s == 0 || shelf.number % 37 != 20 || shelf.has_moves || has_stray(s) ||
            has_stray(s - 1))
            return false;
        const Shelf& before = segment_[s - 1];
        return before.is_covered && !before.has_moves;
    }
    bool has_stray(std::size_t s) const {
        return std::ranges::any_of(placed_, [s](const auto& placed) { return placed.first == s; });
    }

    // Somebody walked the other way. That shows only where the shelf holds enough titles.
    bool is_right_to_left(std::size_t s) const {
        const Shelf& shelf = segment_[s];
        if (shelf.number % 41 != 30 || shelf.has_moves || has_stray(s) || shelf.is_last)
            return false;
        // With a label forgotten on either side nobody could tell which books were turned round.
        if (is_label_forgotten(s) || (s + 1 < segment_.size() && is_label_forgotten(s + 1)))
            return false;
        std::size_t changes = 0;
        for (std::size_t u = 1; u < shelf.units.size(); ++u)
            changes +=
                shelf.units[u].item.call_number != shelf.units[u - 1].item.call_number ? 1U : 0U;
        return changes >= kTitlesThatShow;
    }

    void scan_shelf(std::string& out, std::size_t s, unsigned pass) {
        std::vector<Place> row = places_[s];
        if (is_right_to_left(s) && pass == 1) std::ranges::reverse(row);
        for (std::size_t i = 0; i < row.size(); ++i) {
            Unit& unit = segment_[row[i].shelf].units[row[i].unit];
            for (const Double& twin : doubles_)
                if (twin.shelf == s && i == row.size() / 2)
                    scan(out, barcode_of(twin.serial), pass);
            for (const auto& [shelf, stray] : placed_)
                if (shelf == s && i == row.size() / 2)
                    scan(out, barcode_of(stray.unit.item.serial), pass);
            if (unit.fault == (pass == 1 ? Damage::missed_1 : Damage::missed_2)) continue;
            const std::string barcode = barcode_of(unit.item.serial);
            if (pass == 1 && unit.fault == Damage::glued_left) {
                Unit& right = segment_[row[i].shelf].units[row[i].unit + 1];
                if (i + 1 < row.size() && row[i + 1].shelf == row[i].shelf &&
                    row[i + 1].unit == row[i].unit + 1 && i + 1 != row.size() / 2) {
                    scan(out, barcode + barcode_of(right.item.serial), pass);
                    ++scanned_[0];
                    ++truth_.scans;
                    ++i;
                    continue;
                }
                // Something stands between them, or the shelf is read from right to left.
                unit.fault = right.fault = Damage::none;
            }
            if (pass == 1 && unit.fault == Damage::glued) {
                segment_[row[i].shelf].units[row[i].unit - 1].fault = Damage::none;
                unit.fault = Damage::none;
            }
            if (pass == 1 && unit.fault == Damage::misread) {
                std::string code = barcode;
                code[12] = code[12] == '9' ? '0' : static_cast<char>(code[12] + 1);
                scan_extra(out, code, pass, {s, unit.fault, "BADCHECK", {}});
            } else if (pass == 1 && unit.fault == Damage::cut_read) {
                scan_extra(out, barcode.substr(3), pass, {s, unit.fault, "BADREAD", {}});
            } else if (pass == 1 && unit.fault == Damage::card) {
                scan_extra(out, barcode_of(unit.unknown, '2'), pass,
                           {s, unit.fault, "NOTITEM", {}});
            }
            scan(out, barcode, pass);
            if (unit.fault == Damage::double_scan && pass == 1) scan(out, barcode, pass);
            if (unit.fault == Damage::unknown)
                scan_extra(out, barcode_of(unit.unknown), pass, {s, unit.fault, "NOREC", {}});
        }
    }

    static std::string barcode_of(std::uint64_t serial, char first = '3') {
        std::string out;
        append_barcode(out, serial, first);
        return out;
    }

    void outcome(std::string_view barcode, std::string_view location, std::string_view code,
                 Damage fault, std::string_view where, std::string_view secondary = {}) {
        ++truth_.outcomes[{std::string(location), std::string(code)}];
        if (files_.outcomes == nullptr) return;
        row_.clear();
        row_ += barcode;
        for (const std::string_view cell :
             {location, code, kDamageName[static_cast<std::size_t>(fault)], where}) {
            row_ += ',';
            row_ += cell;
        }
        if (files_.faults == Faults::all) {
            row_ += ',';
            row_ += secondary;
        }
        row_ += '\n';
        files_.outcomes->write(row_);
    }

    void write_outcomes() {
        const std::string_view location = library_.locations()[at_].code;
        std::vector<std::vector<std::size_t>> stands_on(segment_.size());
        for (std::size_t s = 0; s < segment_.size(); ++s)
            stands_on[s].assign(segment_[s].units.size(), s);
        for (std::size_t s = 0; s < places_.size(); ++s)
            for (const Place& place : places_[s]) stands_on[place.shelf][place.unit] = s;
        for (std::size_t s = 0; s < segment_.size(); ++s) {
            const Shelf& shelf = segment_[s];
            const std::string here = anchor(shelf);
            for (std::size_t u = 0; u < shelf.units.size(); ++u) {
                const Unit& unit = shelf.units[u];
                // A stray is told where it stands; of what is gone as the catalogue says, nothing.
                if (unit.fault == Damage::strayed || unit.fault == Damage::gone) continue;
                const std::string barcode = barcode_of(unit.item.serial);
                std::string_view code = "FOUND";
                std::string_view secondary = is_in_broken_set(shelf, unit) ? "SETPART" : "";
                std::string where = here;
                event(unit, barcode);
                if (unit.fault == Damage::away || unit.fault == Damage::lent) {
                    code = "EXPLAINED";
                } else if (!shelf.is_covered) {
                    code = "NOTCOVERED";
                } else if (unit.fault == Damage::missing) {
                    code = shelf.is_covered_twice ? "MISSING2" : "MISSING1";
                } else if (unit.fault == Damage::present) {
                    code = present_outcome(unit.status);
                } else if (unit.fault == Damage::collection) {
                    code = "WRONGCOLL";
                } else if (unit.fault == Damage::glued || unit.fault == Damage::glued_left) {
                    secondary = secondary.empty() ? "BADREAD" : "BADREAD;SETPART";
                } else if (unit.fault == Damage::doubled) {
                    outcome(barcode, location, "DUPLABEL", unit.fault, here);
                    secondary = secondary.empty() ? "DUPLABEL" : "DUPLABEL;SETPART";
                } else if (unit.fault == Damage::ambiguous) {
                    outcome(barcode, location, "AMBIG", unit.fault, here);
                    code = "EXPLAINED";
                    secondary = {};
                } else if (is_moved(unit)) {
                    const std::size_t stands = stands_on[s][u];
                    where = anchor(segment_[stands]);
                    code = unit.home == stands ? "OUTORDER" : "OUTRANGE";
                    truth_.moves.push_back({barcode});
                    if (files_.moves != nullptr)
                        files_.moves->write(
                            barcode + "," + std::string(location) + "," +
                            std::string(kDamageName[static_cast<std::size_t>(unit.fault)]) + "," +
                            where + "," + anchor(segment_[unit.home]) + "\n");
                }
                outcome(barcode, location, code, unit.fault, where, secondary);
                if (shelf.is_covered && !is_absent(unit) && unit.fault != Damage::ambiguous)
                    ++truth_.seen;
                if (unit.fault == Damage::double_scan)
                    outcome(barcode, location, "DUPSCAN", unit.fault, here);
            }
        }
        for (const auto& [s, stray] : placed_) {
            const bool is_other = files_.faults == Faults::all && stray.library != library_of(at_);
            outcome(barcode_of(stray.unit.item.serial), stray.location,
                    is_other ? "WRONGLIB" : "WRONGLOC", stray.unit.fault, anchor(segment_[s]),
                    is_other ? "WRONGLOC" : "");
            ++truth_.seen;
        }
        for (const Extra& extra : extras_)
            outcome(extra.code, location, extra.outcome, extra.damage,
                    anchor(segment_[extra.shelf]));
    }

    // What happened between the export, on 1 October, and the first scan, or after the last one.
    void event(const Unit& unit, const std::string& barcode) {
        if (files_.events == nullptr) return;
        const std::string year = std::to_string(library_.year());
        if (unit.fault == Damage::lent)
            files_.events->write(year + "-10-02 10:30:00,loan," + barcode + "\n");
        if (unit.fault == Damage::returned)
            files_.events->write(year + "-10-03 09:15:00,return," + barcode + "\n");
        if (unit.fault == Damage::lent_later)
            files_.events->write(year + "-12-30 16:00:00,loan," + barcode + "\n");
    }

    // Another volume of its work is missing. Where the record has another work's number or none,
    // nobody can tell.
    bool is_in_broken_set(const Shelf& shelf, const Unit& unit) const {
        const auto is_known = [](const Unit& x) {
            return x.item.is_part_of_set && !x.is_unknown_bib && x.fault != Damage::wrong_record;
        };
        if (files_.faults != Faults::all || !shelf.is_covered || !is_known(unit) || is_absent(unit))
            return false;
        const auto is_missing_sibling = [&](const Unit& other) {
            return other.fault == Damage::missing && is_known(other) &&
                   other.item.bib.group == unit.item.bib.group &&
                   other.item.bib.number == unit.item.bib.number;
        };
        return std::ranges::any_of(segment_, [&](const Shelf& other) {
            return std::ranges::any_of(other.units, is_missing_sibling);
        });
    }

    struct Insertion {
        std::size_t shelf = 0, before = 0;
        Place first;
        std::size_t n = 0;
    };

    const Library& library_;
    const StackFiles& files_;
    StackTruth truth_;
    std::vector<std::string> status_gb_, volume_gb_;
    std::uint64_t whole_ = 0;  // scans if everything planned were scanned
    std::size_t at_ = 0;       // location
    std::uint64_t unknown_count_ = 0;
    std::uint64_t covered_ = 0, covered_twice_ = 0, shelves_ = 0, item_rows_ = 0;
    std::size_t anchor_width_ = 3, stray_room_ = 0;
    std::array<std::uint64_t, 2> scanned_{}, day_{};
    std::array<std::int64_t, 7> status_{};
    std::array<bool, 2> is_started_{};
    Random random_{0, 0, 0};
    std::vector<Shelf> segment_;
    std::vector<std::vector<Place>> places_;
    std::vector<Insertion> inserted_;
    std::vector<std::pair<Place, Place>> swapped_;
    std::vector<Double> doubles_;
    std::vector<std::pair<std::size_t, Stray>> placed_;
    std::vector<Stray> strays_, leaving_;
    std::vector<Extra> extras_;
    std::string row_;
};

}  // namespace

StackTruth write_stacks(const Library& library, const StackFiles& files) {
    return Stacks(library, files).run();
}

}  // namespace tushu::simulate
