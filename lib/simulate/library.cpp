// SPDX-License-Identifier: Apache-2.0
#include "simulate/library.hpp"

#include "base/error.hpp"
#include "simulate/random.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <utility>

namespace tushu::simulate {
namespace {

// Uses of random numbers in this file (1-19; the others' numbers stand in their files).
enum Stream : std::uint64_t { kNumbers = 1, kBookNumber = 2, kSet = 3 };

// Copies of sixteen titles in a row, on average two; larger libraries scale them up.
constexpr std::array<std::uint64_t, 17> kCopies{0,  1,  3,  4,  7,  8,  9,  13, 14,
                                                16, 17, 22, 23, 25, 28, 30, 32};
constexpr std::uint64_t kTitles = kCopies.size() - 1;
constexpr std::uint64_t kMostCopies = 5;  // in the table above

std::uint64_t weight_before(std::uint64_t bib) {
    return bib / kTitles * kCopies.back() + kCopies[bib % kTitles];
}

struct GroupPlan {
    std::string_view code;
    Kind kind;
    File file;
    std::uint64_t share;  // of a thousand titles
};
constexpr GroupPlan kGroups[] = {
    {"JC1", Kind::chinese, File::cnmarc, 233},   {"JC2", Kind::chinese, File::cnmarc, 233},
    {"LS1", Kind::republican, File::cnmarc, 84}, {"QK1", Kind::serial, File::cnmarc, 30},
    {"CP1", Kind::disc, File::cnmarc, 23},       {"SE1", Kind::children, File::cnmarc_gbk, 83},
    {"WY1", Kind::western, File::marc21, 127},   {"WY2", Kind::western, File::marc21, 67},
    {"EW1", Kind::russian, File::marc21, 120},
};

struct LocationPlan {
    std::string_view code;
    std::size_t group;
    std::string_view scheme;
    std::uint64_t share;  // of a thousand items
    std::uint64_t every, unparsable;
    unsigned passes;
    bool is_covered_whole;
};
constexpr LocationPlan kLocations[] = {
    {"JC1", 0, "clc", 220, 1, 4, 2, true}, {"YL1", 0, "clc", 47, 5, 0, 1, true},
    {"JC2", 1, "clc", 233, 1, 0, 1, true}, {"LS1", 2, "clc", 84, 1, 3, 2, true},
    {"QK1", 3, "clc", 60, 1, 0, 1, false}, {"CP1", 4, "clc", 23, 1, 0, 0, false},
    {"SE1", 5, "clc", 93, 1, 0, 1, true},  {"WY1", 6, "lc", 110, 1, 0, 1, true},
    {"WY2", 7, "ddc", 60, 1, 0, 0, false}, {"EW1", 8, "clc", 70, 1, 2, 1, true},
};

std::span<const Subject> subjects_of(std::string_view code) {
    if (code == "JC1") return subjects_jc1();
    if (code == "JC2") return subjects_jc2();
    if (code == "LS1") return subjects_ls1();
    if (code == "QK1") return subjects_qk1();
    if (code == "CP1") return subjects_cp1();
    if (code == "SE1") return subjects_se1();
    if (code == "WY1") return subjects_wy1();
    if (code == "WY2") return subjects_wy2();
    return subjects_ew1();
}

// Parts of `whole` in proportion to the shares; the rounding goes to the first.
template <class Plan, std::size_t N>
std::array<std::uint64_t, N> parts(const Plan (&plans)[N], std::uint64_t whole) {
    std::array<std::uint64_t, N> out{};
    std::uint64_t rest = whole;
    for (std::size_t i = 1; i < N; ++i) {
        out[i] = whole * plans[i].share / 1000;
        rest -= out[i];
    }
    out[0] = rest;
    return out;
}

constexpr std::string_view kNoCallNumbers[] = {"?/?", "待编", "无索书号", "暂存 12 架"};

// A letter and 3 or 5 digits, none of them a last zero: the o-th of n such marks in shelf order.
void append_mark(std::string& out, std::uint64_t o, std::uint64_t n) {
    const std::size_t digits = n * 2 < 26 * 810 ? 3 : 5;
    const std::uint64_t per_letter = digits == 3 ? 810 : 81000;
    const std::uint64_t mark = o * (26 * per_letter / n);
    const std::uint64_t rest = mark % per_letter;
    out += static_cast<char>('A' + mark / per_letter);
    append_number(out, (rest / 9 + per_letter / 81) * 10 + rest % 9 + 1);
}

}  // namespace

Sizes Sizes::named(std::string_view size) {
    if (size == "small") return {3000, 6000, 6400, 20000, 300};
    if (size == "medium") return {300000, 600000, 640000, 2000000, 3000};
    return {1200000, 10000000, 2000000, 40000000, 28000};
}

Sizes Sizes::for_items(std::uint64_t items) {
    return {std::min<std::uint64_t>(items / 2, 1200000), items, items * 16 / 15, items * 10 / 3,
            items / 20};
}

Sizes Sizes::for_bibs(std::uint64_t bibs) {
    return {bibs, bibs * 2, bibs * 2, bibs * 7, bibs / 10};
}

std::string_view name_of(File file) {
    switch (file) {
        case File::cnmarc:
            return "cnmarc.mrc";
        case File::cnmarc_gbk:
            return "cnmarc-gbk.mrc";
        case File::marc21:
            return "marc21.mrc";
    }
    return {};
}

std::string_view source_of(File file) { return file == File::marc21 ? "marc21" : "cnmarc"; }

Library::Permutation::Permutation(std::uint64_t size, std::uint64_t seed) : n(size) {
    if (n < 3) return;
    Random random(seed, kNumbers, n);
    shift = random.below(n);
    do {
        factor = n / 2 + random.below(n / 2);
    } while (std::gcd(factor, n) != 1);
    // Extended Euclid: inverse * factor = 1 (mod n).
    std::int64_t a = static_cast<std::int64_t>(n), b = static_cast<std::int64_t>(factor), x = 0,
                 y = 1;
    while (b != 0) {
        const std::int64_t q = a / b;
        a = std::exchange(b, a - q * b);
        x = std::exchange(y, x - q * y);
    }
    inverse = static_cast<std::uint64_t>(x < 0 ? x + static_cast<std::int64_t>(n) : x);
}

Library::Library(std::uint64_t seed, const Sizes& sizes, int year)
    : seed_(seed), sizes_(sizes), year_(year) {
    const auto bibs = parts(kGroups, sizes.bibs);
    for (std::size_t i = 0; i < std::size(kGroups); ++i) {
        const GroupPlan& plan = kGroups[i];
        std::uint64_t& file = bibs_[index(plan.file)];
        groups_.push_back({plan.code, plan.kind, plan.file, subjects_of(plan.code), bibs[i], file});
        file += bibs[i];
    }
    for (const File file : kFiles)
        numbers_[index(file)] = Permutation(bibs_[index(file)], mixed(seed) + index(file));
    const auto items = parts(kLocations, sizes.items);
    std::uint64_t first = 0;
    for (std::size_t i = 0; i < std::size(kLocations); ++i) {
        const LocationPlan& plan = kLocations[i];
        Location location;
        location.code = plan.code;
        location.group = plan.group;
        location.scheme = plan.scheme;
        location.every = plan.every;
        location.bibs = groups_[plan.group].bibs / plan.every;
        location.items = items[i];
        Group& group = groups_[plan.group];
        location.first_slot = group.slots;
        if (location.bibs != 0)
            group.slots += kMostCopies * items[i] / weight_before(location.bibs) + 2;
        location.unparsable = plan.unparsable < items[i] ? plan.unparsable : 0;
        location.first_item = first;
        location.passes = plan.passes;
        location.is_covered_whole = plan.is_covered_whole;
        first += items[i];
        locations_.push_back(location);
    }
    std::uint64_t serial = 0;
    for (Group& group : groups_) {
        group.first_serial = serial;
        serial += group.bibs * group.slots;
        labels_.emplace_back(group.bibs, mixed(seed) + 16 + labels_.size());
    }
    if (serial > kSerials)
        throw Error(Fault::bug, msg("{} items need more barcodes than there are", sizes.items));
}

BibId Library::bib(File file, std::uint64_t number) const {
    const std::uint64_t x = numbers_[index(file)].at(number);
    for (std::size_t g = groups_.size(); g-- > 0;)
        if (groups_[g].file == file && x >= groups_[g].first)
            return {g, x - groups_[g].first, number};
    return {0, 0, number};
}

BibId Library::bib(std::size_t group, std::uint64_t ordinal) const {
    const Group& g = groups_[group];
    return {group, ordinal, numbers_[index(g.file)].back(g.first + ordinal)};
}

std::string Library::control_number(const BibId& bib) const {
    std::string out(1, "CSW"[index(groups_[bib.group].file)]);
    append_number(out, bib.number + 1, 8);
    return out;
}

const Subject& Library::subject(const BibId& bib) const {
    const Group& g = groups_[bib.group];
    return g.subjects[bib.ordinal * g.subjects.size() / g.bibs];
}

std::string Library::call_number(const BibId& bib) const {
    const Group& g = groups_[bib.group];
    const std::uint64_t classes = g.subjects.size();
    const std::uint64_t c = bib.ordinal * classes / g.bibs;
    const std::uint64_t first = (c * g.bibs + classes - 1) / classes;
    const std::uint64_t next = ((c + 1) * g.bibs + classes - 1) / classes;
    std::string out(g.subjects[c].class_number);
    if (g.kind == Kind::western) {
        out += g.code == "WY1" ? " ." : " ";
        append_mark(out, bib.ordinal - first, next - first);
    } else {
        out += '/';
        Random random(seed_, kBookNumber, bib.group << 40U | bib.ordinal);
        append_number(out, 1 + 3 * (bib.ordinal - first) + random.below(3));
    }
    return out;
}

Library::Copy Library::copy_at(const Location& location, std::uint64_t place) {
    const std::uint64_t whole = weight_before(location.bibs);
    const std::uint64_t weight = place * whole / location.items;
    std::uint64_t bib = weight / kCopies.back() * kTitles;
    while (weight_before(bib + 1) <= weight) ++bib;
    const auto first_place = [&](std::uint64_t b) {
        return (weight_before(b) * location.items + whole - 1) / whole;
    };
    const std::uint64_t first = first_place(bib);
    return {bib, place - first, first_place(bib + 1) - first};
}

std::uint64_t Library::serial(const BibId& bib, std::uint64_t slot) const {
    const Group& group = groups_[bib.group];
    return group.first_serial + labels_[bib.group].at(bib.ordinal) * group.slots + slot;
}

Item Library::item(const Location& location, std::uint64_t place) const {
    const Copy at = copy_at(location, place);
    Item item;
    item.bib = bib(location.group, at.bib * location.every);
    item.copy = at.copy;
    item.copies = at.copies;
    item.serial = serial(item.bib, location.first_slot + at.copy);
    const std::uint64_t left = location.items - place;
    if (left <= location.unparsable) {
        item.call_number = kNoCallNumbers[location.unparsable - left];
        return item;
    }
    item.call_number = call_number(item.bib);
    const Kind kind = groups_[location.group].kind;
    if (at.copies > 1 && (kind == Kind::chinese || kind == Kind::children) &&
        Random(seed_, kSet, item.bib.group << 40U | item.bib.ordinal).below(12) == 0) {
        item.is_part_of_set = true;
        item.call_number += '-';
        append_number(item.call_number, at.copy + 1);
    }
    return item;
}

std::uint64_t Library::serial_of_item(std::uint64_t number) const {
    std::size_t at = locations_.size() - 1;
    while (number < locations_[at].first_item) --at;
    const Location& location = locations_[at];
    const Copy copy = copy_at(location, number - location.first_item);
    return serial(bib(location.group, copy.bib * location.every), location.first_slot + copy.copy);
}

void append_number(std::string& out, std::uint64_t value, std::size_t width) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    const auto length = static_cast<std::size_t>(end - digits.data());
    if (length < width) out.append(width - length, '0');
    out.append(digits.data(), length);
}

std::string padded(std::uint64_t value, std::size_t width) {
    std::string out;
    append_number(out, value, width);
    return out;
}

void append_barcode(std::string& out, std::uint64_t serial, char first) {
    const std::size_t start = out.size();
    out += first;
    out += "2101";
    append_number(out, serial, 8);
    unsigned sum = 0;
    for (std::size_t i = 0; i < 13; ++i) {
        const auto digit = static_cast<unsigned>(out[start + i] - '0');
        const unsigned twice = digit * 2;
        sum += i % 2 == 0 ? (twice > 9 ? twice - 9 : twice) : digit;
    }
    out += static_cast<char>('0' + (10 - sum % 10) % 10);
}

}  // namespace tushu::simulate
