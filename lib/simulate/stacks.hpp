// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/output.hpp"
#include "simulate/library.hpp"
#include "simulate/truth.hpp"

#include <functional>

namespace tushu::simulate {

/// Columns of an item file.
enum class ItemForm {
    ils,      // as an ILS exports them: Chinese column names and status words, GB 18030
    neutral,  // as the suite's own catalogue exports them: UTF-8
};

/// How much is wrong on the shelves. Items and scans that belong together need the same.
enum class Faults {
    usual,  // what `tushu-simulate all` plants
    all,  // also codes glued together, one label on two volumes, one barcode of two items, deleted
          // items, other libraries and collections, loans and returns since the export
};

/// Where the parts of the stacks go; what is absent is not made.
struct StackFiles {
    Output* items = nullptr;
    ItemForm form = ItemForm::ils;
    Faults faults = Faults::usual;
    bool has_bad_rows = false;  // rows without barcode, and with one that stood before
    std::uint64_t item_limit = ~std::uint64_t{0};
    /// The scanner file of one pass over one location.
    std::function<Output&(const Location&, unsigned pass)> scans;
    bool is_one_scan_file = false;  // the function above gives one file for all: passes alternate
    Output* outcomes = nullptr;     // every item and every extra scan with what is to be found
                                    // out; with Faults::all also the secondary outcome
    Output* events = nullptr;       // with Faults::all: loans and returns from 2 October on
    Output* moves = nullptr;        // every book that stands in the wrong place
};

struct StackTruth {
    std::uint64_t items_in = 0, items_kept = 0, item_rejects = 0;
    std::uint64_t seen = 0;   // distinct items of the catalogue that were scanned
    std::uint64_t scans = 0;  // barcodes in scanner files
    Tally items;              // location, status class
    Tally item_faults;        // code
    Tally outcomes;           // location, outcome
    std::vector<std::vector<std::string>> moves;  // barcode
};

/// Puts the items on shelves of about thirty in call-number order, damages shelves and catalogue,
/// and has somebody scan them.
///
/// Shape:  one pass over all items in shelf order; holds 24 shelves in memory (and the books that
///         strayed into the next location).
/// Faults: see samples/README.md. They are planted apart from each other: a shelf has at most one
/// kind
///         of misplaced book, single faults keep off the ends of shelves, and shelves that nobody
///         scans hold no other fault; so each item has one outcome and the misplaced books are the
///         only smallest set whose removal leaves the shelves in order.
/// Errors: Error{io} from the outputs.
StackTruth write_stacks(const Library& library, const StackFiles& files);

}  // namespace tushu::simulate
