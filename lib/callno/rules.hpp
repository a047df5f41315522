// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/yaml.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tushu::callno {

/// Shelf orders: 中图法, LC, Dewey, NLM, SuDoc, UDC, 科图法, 刘国钧, and accession or fixed
/// location.
enum class Scheme { clc, lc, ddc, nlm, sudoc, udc, lccas, liu, accession };
inline constexpr std::size_t kSchemes = 9;

/// "clc", "lc", ... and the words exports use ("中图法", "dewey", "科图法"); case does not matter.
[[nodiscard]] std::optional<Scheme> scheme_from(std::string_view word);
[[nodiscard]] std::string_view name_of(Scheme scheme);
[[nodiscard]] const std::array<Scheme, kSchemes>& all_schemes();

/// How the line below the class (书次号) compares. Set per location: it cannot be told from the
/// digits.
enum class BookNumber {
    sequence,   // 种次号: whole numbers, 2 < 12 < 105
    author,     // 通用汉语著者号: letter, whole number, letters with the shorter first
    corner,     // 四角号码: digit by digit
    cutter,     // Cutter: letters, decimal digits, work letters
    accession,  // 登录号: prefix letters, whole number
};

/// The lines of a label, from the top. `prefix` and `year` lines may be absent from a label.
enum class LabelLine { prefix, year, class_number, book, volume };

/// House rules, as a library writes them down; the defaults are those of the published manuals.
struct Settings {
    std::string name = "default";

    // Whole call numbers of the Chinese schemes
    std::vector<LabelLine> layout{LabelLine::class_number, LabelLine::book, LabelLine::volume};
    BookNumber book_number = BookNumber::sequence;
    std::string volume_signs = "-(\"=<:+";  // order of the signs behind a book number

    // CLC class numbers
    std::string clc_signs = "-(\"=<:+";     // order of the auxiliary signs
    bool clc_letters_before_signs = false;  // TP312A before TP312-43

    // Labels with a collection word in front: REF QA76 ...
    std::vector<std::string> prefixes{"REF", "FOLIO", "MICRO", "OVERSIZE"};
    bool prefix_is_ignored = false;  // else each prefix is a sequence of its own, unprefixed first

    // Volume captions that mean the same; the first word of each list stands for all
    std::vector<std::vector<std::string>> captions{{"V", "VOL", "VOLS", "VOLUME", "BD", "BAND"},
                                                   {"NO", "NR", "NUM", "NUMBER"},
                                                   {"PT", "PART", "TEIL"},
                                                   {"C", "COPY", "COP"},
                                                   {"SUPPL", "SUPP", "SUPPLEMENT"},
                                                   {"SER", "SERIES"},
                                                   {"INDEX", "IND"}};

    bool sudoc_letters_first = true;  // behind the colon: C 3.2:B 4 before C 3.2:7
    bool sudoc_years_first = false;   // a year files before a small number

    // UDC: order at one position. "end" is the bare number, "A" letters, "(1" any place, "-1" any
    // -1/-9.
    std::vector<std::string> udc_order{"+",  "/", "end", ":",   "::", "=",  "(0", "(1", "(=",
                                       "\"", "*", "A",   ".00", "-0", "-1", ".0", "'"};

    // Fixed location: size classes in shelf order (leading words such as F, Q, O or 大, 中, 小)
    std::vector<std::string> size_classes;

    // Mixed stacks: schemes in the order they stand; those not named follow in the order of Scheme
    std::vector<Scheme> mixed_order;
};

/// Settings made ready for use: the tables that key building looks bytes up in.
///
/// Errors: Error{config} when a setting contradicts itself (a sign named twice or left out).
class Rules {
  public:
    explicit Rules(Settings settings = {});
    [[nodiscard]] const Settings& settings() const { return settings_; }

    using Table = std::array<unsigned char, 256>;
    /// Rank byte of each character of a class number; 0 where the character does not belong there.
    [[nodiscard]] const Table& clc_ranks() const { return clc_ranks_; }
    /// Rank byte of each sign in a book number line; 0 for anything but a sign.
    [[nodiscard]] const Table& volume_ranks() const { return volume_ranks_; }
    enum UdcSign : std::size_t {
        plus,
        slash,
        end,
        colon,
        double_colon,
        equals,
        form,
        place,
        people,
        quote,
        star,
        letter,
        view,
        person,
        property,
        special,
        prime,
        udc_signs
    };
    [[nodiscard]] unsigned char udc_rank(UdcSign sign) const { return udc_ranks_[sign]; }
    [[nodiscard]] unsigned char mixed_rank(Scheme scheme) const {
        return mixed_ranks_[static_cast<std::size_t>(scheme)];
    }

  private:
    Settings settings_;
    Table clc_ranks_{}, volume_ranks_{};
    std::array<unsigned char, udc_signs> udc_ranks_{};
    std::array<unsigned char, kSchemes> mixed_ranks_{};
};

[[nodiscard]] const Rules& default_rules();

/// The rules of a house: common ones, and per location what differs there.
class House {
  public:
    House() = default;
    /// Rules and scheme at a location (its code, or a prefix of it that the file lists with a `*`).
    [[nodiscard]] const Rules& rules(std::string_view location) const;
    [[nodiscard]] std::optional<Scheme> scheme(std::string_view location) const;
    [[nodiscard]] bool has(std::string_view location) const { return find(location) != nullptr; }
    [[nodiscard]] const Rules& common() const { return common_; }
    [[nodiscard]] std::optional<Scheme> common_scheme() const { return scheme_; }
    struct Named {
        Scheme scheme = Scheme::clc;
        Rules rules;
        std::string name;
    };
    /// Everything that has a scheme: the common rules under the file's name, then each location's.
    [[nodiscard]] std::vector<Named> all() const;

  private:
    friend House load_rules(const Yaml& file);
    struct Location {
        std::optional<Scheme> scheme;
        Rules rules;
    };
    [[nodiscard]] const Location* find(std::string_view location) const;
    Rules common_;
    std::optional<Scheme> scheme_;
    std::map<std::string, Location, std::less<>> locations_;
};

/// House rules from YAML (tushu-callno(1) lists the keys; lib/callno/data/*.yaml are examples).
///
/// Errors: Error{config} with line and column for unknown keys and words, and for settings that
///         contradict themselves.
[[nodiscard]] House load_rules(const Yaml& file);

}  // namespace tushu::callno
