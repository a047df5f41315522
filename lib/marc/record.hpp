// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/error.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tushu {
class Input;
}

namespace tushu::marc {

/// One subfield: code and value, as views into the record that owns them.
struct Subfield {
    char code = ' ';
    std::string_view value;
};

/// One field. Control fields have a value; data fields have two indicators and subfields.
/// Views are valid until the record changes.
class Field {
  public:
    [[nodiscard]] std::string_view tag() const { return {tag_.data(), 3}; }
    [[nodiscard]] bool is_control() const { return is_control_; }
    [[nodiscard]] std::string_view value() const { return value_; }  // control fields
    [[nodiscard]] char indicator1() const { return indicators_[0]; }
    [[nodiscard]] char indicator2() const { return indicators_[1]; }
    [[nodiscard]] std::span<const Subfield> subfields() const { return subfields_; }
    /// Value of the first subfield with this code; nullopt when there is none.
    [[nodiscard]] std::optional<std::string_view> first(char code) const;

  private:
    friend class Record;
    std::array<char, 3> tag_{};
    std::array<char, 2> indicators_{};
    bool is_control_ = false;
    std::string_view value_;
    std::span<const Subfield> subfields_;
};

/// A bibliographic, authority or holdings record in memory, text in UTF-8.
///
/// Shape:  leader of 24 bytes, then fields in record order. No limit on sizes: ISO 2709's limits
/// belong
///         to its writer. Views handed in are copied; views handed out live until the next change.
class Record {
  public:
    [[nodiscard]] std::string_view leader() const;
    void set_leader(std::string_view leader);  // padded or cut to 24 bytes
    [[nodiscard]] std::size_t field_count() const;
    [[nodiscard]] Field field(std::size_t index) const;
    /// First field with this tag; nullopt when there is none.
    [[nodiscard]] std::optional<Field> first(std::string_view tag) const;
    /// First value of tag and subfield ("200", 'a'), or of a control field (code ' '); empty when
    /// absent.
    [[nodiscard]] std::string_view value(std::string_view tag, char code = ' ') const;
    [[nodiscard]] std::string_view control_number() const { return value("001"); }

    void clear();
    void add_control(std::string_view tag, std::string_view value);
    void add_data(std::string_view tag, char indicator1, char indicator2,
                  std::initializer_list<Subfield> subfields);
    void add_data(std::string_view tag, char indicator1, char indicator2,
                  std::span<const Subfield> subfields);
};

enum class Dialect { marc21, unimarc, cnmarc };

/// Where a record came from and what had to be repaired, beside the record itself.
struct SourceNote {
    std::uint64_t record = 0;  // from 1
    std::uint64_t offset = 0;  // byte of its first byte in the (uncompressed) input
    std::string_view raw;      // its bytes as they stood; valid until the next record
};

/// A stream of records from one file, whatever its format.
///
/// next() gives a record that is valid until the next call, or nullptr at a clean end. A record
/// that cannot be used throws Error{bad_input} naming file, record, byte; raw() then holds its
/// bytes, and the following next() goes on behind it.
class RecordSource {
  public:
    virtual ~RecordSource() = default;
    [[nodiscard]] virtual const Record* next() = 0;
    [[nodiscard]] virtual const SourceNote& note() const = 0;
};

/// Opens a file in any known format (detected by content) and any character set (by evidence); text
/// comes out as UTF-8. `input` is borrowed and must outlive the source.
[[nodiscard]] std::unique_ptr<RecordSource> open_records(Input& input);

/// The record as one ISO 2709 record in UTF-8 (Leader/09 or 100$a/26-33 say so).
/// Errors: Error{bad_input} when a field passes 9 999 bytes or the record 99 999.
void append_iso2709(std::string& out, const Record& record);

/// CNMARC, UNIMARC or MARC 21 by score (marc-formats: no byte says which).
[[nodiscard]] Dialect guess_dialect(const Record& record);

}  // namespace tushu::marc
