// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "marc/record.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tushu::marc {

/// What to do with a character that cannot be decoded or encoded.
enum class BadChar {
    reject,   // refuse the record
    replace,  // U+FFFD when reading; "?" (or 〓 in GB and Big5) when writing
    escape,   // \xE5 for a byte when reading, &#xE5; for a character when writing
};

[[nodiscard]] std::string_view name_of(Charset charset);
/// "utf-8", "gbk", "gb2312", "marc-8", "cp1251" ... in any case; nullopt for anything else.
[[nodiscard]] std::optional<Charset> charset_named(std::string_view name);

/// What Leader/09 (MARC 21) or 100$a/26-29 (UNIMARC, CNMARC) say; nullopt when that is nothing
/// usable.
///
/// Source: MARC 21 Leader 09; UNIMARC 100 $a/26-29, in UNIMARC/Authorities 100 $a/13-16; 10 and 20
/// are GB sets in CNMARC practice.
[[nodiscard]] std::optional<Charset> declared_charset(const Record& record, Dialect dialect);

/// What the bytes themselves say, whatever is declared: valid or mostly valid UTF-8 wins, then
/// MARC-8 escapes, then bytes that pair as common Hanzi (GB, Big5), then Cyrillic runs, then
/// combining marks before the letters that have them (MARC-8, ISO 5426). `declared` decides where
/// the bytes are good in several sets.
[[nodiscard]] Charset believed_charset(std::string_view bytes, std::optional<Charset> declared);

/// Whether text that is declared as GB and happens to be valid UTF-8 is GB all the same: a few
/// Hanzi whose two bytes each would be letters of different scripts. False for all other valid
/// UTF-8.
[[nodiscard]] bool is_gb_by_accident_utf8(std::string_view utf8);

/// Turns text of a character set into UTF-8. Composed (NFC) for those with combining marks.
///
/// Errors: Error{bad_input} under BadChar::reject. Not for two threads at once.
class Decoder {
  public:
    explicit Decoder(BadChar policy = BadChar::replace);
    ~Decoder();
    Decoder(Decoder&&) noexcept;
    /// Appends to `out`; returns how many bytes could not be decoded. `bytes` must be one
    /// subfield or control field: MARC-8's escapes do not outlive it.
    std::size_t append(std::string& out, Charset charset, std::string_view bytes);
    /// The bytes that made append() throw, as \xE5.
    [[nodiscard]] const std::string& refused() const { return refused_; }

  private:
    std::size_t bad(std::string& out, std::string_view bytes);
    std::size_t append_marc8(std::string& out, Charset charset, std::string_view bytes);
    struct Converters;
    BadChar policy_;
    std::unique_ptr<Converters> converters_;
    std::string scratch_, refused_;
};

/// Turns UTF-8 into a character set.
///
/// Errors: Error{bad_input} under BadChar::reject. Not for two threads at once.
class Encoder {
  public:
    Encoder(Charset charset, BadChar policy);
    ~Encoder();
    /// Appends one subfield or control field; returns how many characters the set does not have.
    std::size_t append(std::string& out, std::string_view utf8);
    [[nodiscard]] Charset charset() const { return charset_; }
    /// The character that made append() throw, as people know it: 한 (U+D55C).
    [[nodiscard]] const std::string& refused() const { return refused_; }

  private:
    std::size_t bad(std::string& out, char32_t character);
    std::size_t bad_cluster(std::string& out, std::string_view utf8);
    std::optional<std::string> marc8_of(std::string_view text);
    std::size_t append_marc8(std::string& out, std::string_view utf8);
    std::size_t append_iso5426(std::string& out, std::string_view utf8);
    std::optional<std::string> gb_of(std::string_view text);
    std::size_t append_gb(std::string& out, std::string_view utf8);
    struct Converters;
    Charset charset_;
    BadChar policy_;
    std::unique_ptr<Converters> converters_;
    std::string refused_;
};

/// Whether the label says already what the text is.
[[nodiscard]] bool is_label_true(const Record& record, Dialect dialect, Charset charset);

/// Makes the label say what the text is: Leader/09 for MARC 21, 100$a/26-33 for UNIMARC and CNMARC.
/// A label that is true already stays as it is (0110 and 0120 are both used for GB). Of a 100$a
/// that is damaged only what reads as the code of another set is changed.
void correct_label(Record& record, Dialect dialect, Charset charset);

}  // namespace tushu::marc
