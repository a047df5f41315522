// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/date.hpp"
#include "simulate/words.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::simulate {

/// Serials of barcodes below this belong to items; those above are free for books that have no
/// record.
inline constexpr std::uint64_t kSerials = 95000000;

/// How large a library is to be made. All are exact but `scans` (whole shelves are scanned).
struct Sizes {
    std::uint64_t bibs = 0, items = 0, scans = 0, events = 0, requests = 0;
    /// small: 3,000 bibs and 6,000 items; medium a hundred times that; large 1.2 M and 10 M.
    [[nodiscard]] static Sizes named(std::string_view size);
    /// A library of `items` items with everything else in small's proportions, but at most large's
    /// titles.
    [[nodiscard]] static Sizes for_items(std::uint64_t items);
    [[nodiscard]] static Sizes for_bibs(std::uint64_t bibs);
};

/// What the records of one group have in common: they stand together on the shelves.
enum class Kind { chinese, republican, serial, disc, children, western, russian };

/// The MARC files of a library.
enum class File { cnmarc, cnmarc_gbk, marc21 };
inline constexpr std::array kFiles{File::cnmarc, File::cnmarc_gbk, File::marc21};
[[nodiscard]] std::string_view name_of(File file);  // cnmarc.mrc
[[nodiscard]] std::string_view source_of(
    File file);  // the catalogue's name for where it comes from

struct Group {
    std::string_view code;
    Kind kind = Kind::chinese;
    File file = File::cnmarc;
    std::span<const Subject> subjects;
    std::uint64_t bibs = 0;
    std::uint64_t first = 0;  // of this group's titles among those of its file
    std::uint64_t slots = 0;  // barcodes kept free for the copies of a title
    std::uint64_t first_serial = 0;
};

/// A place with shelves. Its items stand in the order of their call numbers, which is how they are
/// made.
struct Location {
    std::string_view code;
    std::size_t group = 0;
    std::string_view scheme;  // clc, lc, ddc
    std::uint64_t every = 1;  // holds every n-th title of the group
    std::uint64_t bibs = 0, items = 0;
    std::uint64_t first_slot = 0;   // of its copies among all copies of a title
    std::uint64_t unparsable = 0;   // items at the end whose call number is none
    std::uint64_t first_item = 0;   // among the items of the library
    unsigned passes = 0;            // how often it is scanned: 0, 1, 2
    bool is_covered_whole = false;  // else scanning stops part-way
};

/// One title: which, and its number in its file (records stand in the file by that number).
struct BibId {
    std::size_t group = 0;
    std::uint64_t ordinal = 0;  // in shelf order of its group
    std::uint64_t number = 0;   // from 0, in its file
};

struct Item {
    BibId bib;
    std::uint64_t copy = 0, copies = 0;  // copy counts from 0
    bool is_part_of_set = false;         // the copies are volumes
    std::uint64_t serial = 0;            // of the barcode
    std::string call_number;
};

/// A library as arithmetic: every title, item and call number can be computed from its place alone,
/// so ten million need no memory, and shelf order needs no sorting.
class Library {
  public:
    Library(std::uint64_t seed, const Sizes& sizes, int year);
    [[nodiscard]] std::uint64_t seed() const { return seed_; }
    [[nodiscard]] const Sizes& sizes() const { return sizes_; }
    [[nodiscard]] int year() const { return year_; }
    [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }
    [[nodiscard]] const std::vector<Location>& locations() const { return locations_; }

    [[nodiscard]] std::uint64_t bibs_of(File file) const { return bibs_[index(file)]; }
    [[nodiscard]] BibId bib(File file, std::uint64_t number) const;
    [[nodiscard]] BibId bib(std::size_t group, std::uint64_t ordinal) const;
    /// The record's 001: a letter and eight digits.
    [[nodiscard]] std::string control_number(const BibId& bib) const;
    [[nodiscard]] const Subject& subject(const BibId& bib) const;
    /// Class and book number, without the signs of a single item.
    [[nodiscard]] std::string call_number(const BibId& bib) const;
    /// The item at `place` (from 0) in shelf order of `location`.
    [[nodiscard]] Item item(const Location& location, std::uint64_t place) const;
    /// Any item by its number in the library, for logs.
    [[nodiscard]] std::uint64_t serial_of_item(std::uint64_t number) const;

  private:
    struct Permutation {  // of 0..n-1, by multiplication modulo n
        std::uint64_t n = 1, factor = 1, inverse = 1, shift = 0;
        Permutation() = default;
        Permutation(std::uint64_t size, std::uint64_t seed);
        [[nodiscard]] std::uint64_t at(std::uint64_t x) const { return (x * factor + shift) % n; }
        [[nodiscard]] std::uint64_t back(std::uint64_t y) const {
            return (y + n - shift) % n * inverse % n;
        }
    };
    struct Copy {
        std::uint64_t bib = 0, copy = 0, copies = 0;
    };
    [[nodiscard]] static std::size_t index(File file) { return static_cast<std::size_t>(file); }
    [[nodiscard]] static Copy copy_at(const Location& location, std::uint64_t place);
    [[nodiscard]] std::uint64_t serial(const BibId& bib, std::uint64_t slot) const;
    std::uint64_t seed_;
    Sizes sizes_;
    int year_;
    std::vector<Group> groups_;
    std::vector<Location> locations_;
    std::array<std::uint64_t, 3> bibs_{};
    std::array<Permutation, 3> numbers_;
    std::vector<Permutation> labels_;  // by group: barcodes do not follow the shelves
};

/// Fourteen digits: 3 (an item; 2: a reader's card), institution 2101, the serial, and the check
/// digit of library Codabar.
void append_barcode(std::string& out, std::uint64_t serial, char first = '3');
/// `value` with at least `width` digits.
void append_number(std::string& out, std::uint64_t value, std::size_t width = 1);
[[nodiscard]] std::string padded(std::uint64_t value, std::size_t width);

}  // namespace tushu::simulate
