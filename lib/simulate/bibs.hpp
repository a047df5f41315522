// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/output.hpp"
#include "simulate/library.hpp"
#include "simulate/truth.hpp"

namespace tushu::simulate {

/// What is known of a title before its record is written.
struct BibFacts {
    std::string_view language;  // chi, eng, rus ...
    std::string_view material;  // book, serial, sound, manuscript
    Day entered{};              // on file
    int published = 0;
};

[[nodiscard]] BibFacts facts_of(const Library& library, const BibId& bib);

[[nodiscard]] std::string title_of(const Library& library, const BibId& bib);

/// Appends the title's record in ISO 2709: CNMARC (UTF-8 or GBK) or MARC 21, as its file says.
void append_record(std::string& out, const Library& library, const BibId& bib);

/// What stands in one MARC file, planted faults included.
struct BibsTruth {
    std::uint64_t records_in = 0, created = 0, rejects = 0;
    Tally bibs;     // language, material
    Tally entered;  // measure category "language/material" of those entered in the library's year
};

/// Writes the first `count` titles of one file, with planted faults among them when `with_faults`.
///
/// Faults: bytes that are no record, a record without 001, a wrong length in a leader (repairable:
/// all fields stand), and at the end a record cut inside its directory. Errors: Error{io} from
/// `out`.
BibsTruth write_bibs(Output& out, const Library& library, File file, std::uint64_t count,
                     bool with_faults);

}  // namespace tushu::simulate
