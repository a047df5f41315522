// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "marc/record.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tushu::catalog {

/// What the store keeps of a bibliographic record beside the record itself. Empty: the record does
/// not say.
struct BibFacts {
    marc::Dialect dialect = marc::Dialect::marc21;
    std::string control_number;  // 001 without blanks at its ends, else "035:" and the first 035 $a
    std::string title;           // one line; original script where MARC 21 gives it in an 880
    std::string author;
    std::string isbn;      // the first valid one, as 13 digits
    std::string language;  // three lower-case letters; "und" when not said
    std::string material;  // book, serial, sound, map, video, score, electronic, manuscript, other
    std::string entered;   // day entered on file, yyyy-mm-dd
    bool is_deleted = false;  // Leader/05 = d
    bool is_bib = true;       // false: a holdings or authority record by Leader/06
};

/// Reads the facts off a record.
///
/// Source: CNMARC/UNIMARC 001 010 035 100 101 200 7XX; MARC 21 001 008 020 035 041 1XX 245 880;
/// Leader/05-07.
[[nodiscard]] BibFacts facts_of(const marc::Record& record);

/// 32 hex digits of the SHA-256 of what the record says. The container is left out (lengths,
/// offsets, Leader/09-11 and 20-23), so that the same record in ISO 2709 and in MARCXML has the
/// same hash.
[[nodiscard]] std::string content_hash(const marc::Record& record);

/// "marc21", "unimarc", "cnmarc".
[[nodiscard]] std::string_view name_of(marc::Dialect dialect);

}  // namespace tushu::catalog
