// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/yaml.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::inventory {

// ---- Check digits

/// The digit that makes `digits` pass Luhn (library Codabar's check digit); nullopt unless all are
/// digits.
///
/// Source: Codabar in libraries: position 14 of 14; odd positions doubled from the left.
[[nodiscard]] std::optional<char> luhn_digit(std::string_view digits);
/// True for two or more digits of which the last is the Luhn digit of the others.
[[nodiscard]] bool has_luhn(std::string_view code);
/// The Code 39 check character (sum of symbol values modulo 43); nullopt for characters Code 39 has
/// not.
[[nodiscard]] std::optional<char> mod43_character(std::string_view text);
[[nodiscard]] bool has_mod43(std::string_view code);

/// The symbols of a Code 128 label: start, data, check (sum modulo 103), stop. Pairs of digits are
/// packed (set C) where that is shorter.
///
/// Errors: empty for text with other than ASCII characters, or none.
[[nodiscard]] std::vector<int> code128_symbols(std::string_view text);
/// The text of Code 128 symbols as a raw reader delivers them; nullopt when the check or the
/// structure fails.
[[nodiscard]] std::optional<std::string> code128_text(std::span<const int> symbols);

/// The ISBN-13 of a scanned ISBN-10 or ISBN-13, hyphens or not; nullopt when it is none.
[[nodiscard]] std::optional<std::string> isbn13_of(std::string_view code);

// ---- Repair

/// What a reader or a record did to a barcode.
enum class Damage : std::uint8_t {
    blanks,      // blanks stored or read inside or around the code
    control,     // control bytes, byte order mark
    wide,        // full-width digits or letters
    lower_case,  // letters in lower case
    start_stop,  // Codabar A..D (T N * E) or Code 39 * transmitted
    keyboard,    // digits typed through a shifted or French keyboard
};
inline constexpr std::size_t kDamages = 6;
[[nodiscard]] std::string_view name_of(Damage damage);

/// A barcode in the form that is compared, and what was wrong with the one that was read.
struct CleanCode {
    std::string code;
    std::array<bool, kDamages> damages{};
    [[nodiscard]] bool has(Damage damage) const {
        return damages[static_cast<std::size_t>(damage)];
    }
    [[nodiscard]] bool is_damaged() const;
};
/// Some old stock counts the start and stop letters as part of the number.
enum class StartStop { strip, keep };
[[nodiscard]] CleanCode clean_barcode(std::string_view raw,
                                      StartStop start_stop = StartStop::strip);

// ---- What barcodes of this library look like

enum class CheckKind : std::uint8_t { none, luhn, mod43 };
[[nodiscard]] std::string_view name_of(CheckKind kind);

/// One kind of code: of items, patron cards or shelf labels.
struct CodePattern {
    std::vector<std::size_t> lengths;  // those allowed; empty: any
    std::string alphabet;              // characters allowed, in order; empty: any
    std::string prefix;
    std::string from, to;  // an inclusive range of codes of one length; empty: any
    CheckKind check = CheckKind::none;

    enum class Misfit : std::uint8_t { none, length, alphabet, prefix, range, check };
    [[nodiscard]] Misfit misfit(std::string_view code) const;
    [[nodiscard]] bool fits(std::string_view code) const { return misfit(code) == Misfit::none; }
};

/// What a scanned code is, by its form alone. The holdings have the last word: a code they know is
/// an item.
enum class CodeClass : std::uint8_t {
    item,
    patron,
    shelf,
    isbn,
    bad_length,
    bad_character,
    bad_prefix,
    bad_check
};
[[nodiscard]] std::string_view name_of(CodeClass kind);

/// The forms of a library's codes. Patron cards and shelf labels are tried before items.
struct CodeRules {
    std::vector<CodePattern> items, patrons, shelves;
    StartStop start_stop = StartStop::strip;
    [[nodiscard]] CodeClass classify(std::string_view code) const;
    /// Two or more codes read as one: the parts, when a cut into equal or allowed lengths fits the
    /// item forms.
    [[nodiscard]] std::vector<std::string> split_glued(std::string_view code) const;
};

/// Reads `items`, `patrons`, `shelves` (lists of length, alphabet, prefix, from, to, check) and
/// `start_stop`. Errors: Error{config} with line and column.
[[nodiscard]] CodeRules load_code_rules(const Yaml& file);
/// The same as YAML, ready for load_code_rules().
[[nodiscard]] std::string yaml_of(const CodeRules& rules);

/// Learns the form of item barcodes from the holdings.
///
/// Shape:  n codes in, one report out; 8 bytes a code while learning (for duplicates).
/// A length, a prefix or a check digit becomes a rule when at least 99.5 % of the codes obey it.
class CodeLearner {
  public:
    void add(std::string_view raw);
    struct Report {
        CodePattern pattern;
        StartStop start_stop = StartStop::strip;  // keep: 99.5 % of the records hold the signs
        std::uint64_t codes = 0, empty = 0,
                      duplicates = 0;  // duplicates: codes that occurred before
        std::uint64_t distinct = 0;
        std::map<std::size_t, std::uint64_t> lengths;
        std::array<std::uint64_t, kDamages> damages{};
        std::uint64_t luhn = 0, mod43 = 0;  // codes that pass
        std::uint64_t prefixed = 0;         // codes with the pattern's prefix
    };
    [[nodiscard]] Report finish();

  private:
    struct Shape {  // codes of one length
        std::uint64_t codes = 0, luhn = 0, mod43 = 0;
        std::vector<std::array<std::uint64_t, 128>> at;  // characters by position
    };
    std::map<std::size_t, Shape> shapes_;
    std::array<std::uint64_t, kDamages> damages_{};
    std::array<std::uint64_t, 128> characters_{};
    std::uint64_t empty_ = 0, start_stop_ = 0;
    std::vector<std::uint64_t> hashes_;
};

// ---- Suggestions

/// A known code one slip away from a code that was read.
struct Suggestion {
    std::string code;
    enum class Slip : std::uint8_t { swapped, replaced, missing, extra } slip = Slip::replaced;
};
/// Known codes at distance 1 (a character replaced, missing, extra, or two neighbours swapped).
///
/// Shape:  about 25 look-ups a character; results by slip, then by code, each once.
/// `alphabet` holds the characters that codes use; `is_known` asks the holdings.
[[nodiscard]] std::vector<Suggestion> suggest(
    std::string_view code, std::string_view alphabet,
    const std::function<bool(std::string_view)>& is_known);

}  // namespace tushu::inventory
