// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/error.hpp"

#include <array>
#include <cstdint>
#include <cstring>
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

/// ISO 2709's separators. No text inside a record holds any of them.
inline constexpr char kSubfieldMark = '\x1F', kFieldEnd = '\x1E', kRecordEnd = '\x1D';

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

/// A tag as one number, for comparisons by the million.
using TagWord = std::uint32_t;
[[nodiscard]] constexpr TagWord tag_word(const char* three) {
    const auto byte = [three](int i) {
        return static_cast<TagWord>(static_cast<unsigned char>(three[i]));
    };
    return byte(0) | byte(1) << 8U | byte(2) << 16U;
}

/// Bytes that live as long as their record; reset() keeps the memory for the next one.
class Arena {
  public:
    [[nodiscard]] char* allocate(std::size_t size, std::size_t alignment = 1);
    [[nodiscard]] std::string_view copy(std::string_view bytes);
    void reset() {
        if (block_ != 0 || used_ != 0) start_again();
    }

  private:
    void start_again();
    struct Block {
        std::unique_ptr<char[]> bytes;  // NOLINT(cppcoreguidelines-avoid-c-arrays): raw storage
        std::size_t size = 0;
    };
    std::vector<Block> blocks_;
    std::size_t block_ = 0, used_ = 0;
};

/// A bibliographic, authority or holdings record in memory, text in UTF-8.
///
/// Shape:  leader of 24 bytes, then fields in record order. No limit on sizes: ISO 2709's limits
/// belong
///         to its writer. Views handed in are copied (but for the borrow... members, which say so);
///         views handed out live until the next change. A copy owns all its bytes.
///
/// Inside, a field is its ISO 2709 body: the value of a control field, or two indicators followed
/// by (mark, code, value)... That is what makes reading free of copies and writing a memcpy;
/// subfields are split when somebody asks for them. Not for two threads at once, not even for
/// reading.
class Record {
  public:
    Record();
    Record(const Record& other);
    Record& operator=(const Record& other);
    Record(Record&&) noexcept = default;
    Record& operator=(Record&&) noexcept = default;
    ~Record() = default;

    [[nodiscard]] std::string_view leader() const { return {leader_.data(), leader_.size()}; }
    void set_leader(std::string_view leader);  // padded or cut to 24 bytes
    void set_leader_byte(std::size_t position, char value) { leader_.at(position) = value; }
    [[nodiscard]] std::size_t field_count() const { return entries_.size(); }
    [[nodiscard]] Field field(std::size_t index) const;
    /// First field with this tag; nullopt when there is none.
    [[nodiscard]] std::optional<Field> first(std::string_view tag) const;
    /// First value of tag and subfield ("200", 'a'), or of a control field (code ' '); empty when
    /// absent.
    [[nodiscard]] std::string_view value(std::string_view tag, char code = ' ') const;
    [[nodiscard]] std::string_view control_number() const { return value("001"); }

    /// Digits that an Aleph file numbers the record with; empty when it comes out of another
    /// format.
    [[nodiscard]] std::string_view system_number() const {
        return {system_number_.data(), system_number_size_};
    }
    void set_system_number(std::string_view digits);
    /// There is a system number, and the 001 is another one (leading zeros aside).
    [[nodiscard]] bool has_other_number() const;

    /// The field without splitting it: tag, kind, and its ISO 2709 body without the end mark.
    [[nodiscard]] std::string_view tag(std::size_t index) const {
        return {entries_[index].tag.data(), 3};
    }
    [[nodiscard]] bool is_control(std::size_t index) const { return entries_[index].is_control; }
    [[nodiscard]] std::string_view body(std::size_t index) const {
        return {entries_[index].data, entries_[index].size};
    }

    void clear();
    void add_control(std::string_view tag, std::string_view value);
    void add_data(std::string_view tag, char indicator1, char indicator2,
                  std::initializer_list<Subfield> subfields);
    void add_data(std::string_view tag, char indicator1, char indicator2,
                  std::span<const Subfield> subfields);
    /// A field by its body. The caller vouches for the form of it.
    void add_body(std::string_view tag, bool is_control, std::string_view body);
    void insert_body(std::size_t index, std::string_view tag, bool is_control,
                     std::string_view body);
    void replace_body(std::size_t index, std::string_view body);
    void set_tag(std::size_t index, std::string_view tag);
    void erase(std::size_t index);
    void move_field(std::size_t from, std::size_t to);
    /// Adds a field whose bytes stay where they are; they must outlive the record's next clear().
    void borrow_body(std::string_view tag, bool is_control, std::string_view body) {
        changed();
        entries_.emplace_back(tag.data(), is_control, body);
    }
    /// One field as a reader sees it: nothing but its place.
    struct Entry {
        Entry() {}  // NOLINT: not zeroed on purpose, readers fill them by the million
        Entry(const char* three, bool control, std::string_view body)
            : tag{three[0], three[1], three[2]},
              is_control(control),
              size(static_cast<std::uint32_t>(body.size())),
              data(body.data()) {}
        std::array<char, 3> tag;
        bool is_control;
        std::uint32_t size;
        const char* data;
        [[nodiscard]] TagWord word() const { return tag_word(tag.data()); }
    };
    [[nodiscard]] std::span<const Entry> entries() const { return entries_; }
    /// As borrow_body() for all fields of an empty record at once: the caller fills the entries.
    [[nodiscard]] std::span<Entry> borrow_bodies(std::size_t count) {
        changed();
        entries_.resize(count);
        return entries_;
    }
    /// What an ISO 2709 record in perfect order has between its leader and its record end
    /// (directory and fields), borrowed as the bodies are, while the fields are exactly those; else
    /// empty. Writers copy it where they would only make it again.
    [[nodiscard]] std::string_view image() const { return image_; }
    void set_image(std::string_view image) { image_ = image; }
    /// Takes `other`'s fields without copying their bytes; `other` must stay as it is meanwhile.
    void borrow(const Record& other);
    /// Space for bytes that are borrowed by this record's own fields.
    [[nodiscard]] Arena& arena() { return arena_; }

    /// Same leader (lengths aside: 0-4 and 12-16), same fields in the same order.
    [[nodiscard]] bool same_content(const Record& other) const;

  private:
    Entry entry_of(std::string_view tag, bool is_control, std::string_view body);
    void changed() {
        image_ = {};
        splits_.clear();
    }
    std::array<char, 24> leader_{};
    std::array<char, 18> system_number_{};
    std::uint8_t system_number_size_ = 0;
    std::vector<Entry> entries_;
    std::string_view image_;
    Arena arena_;
    // Subfields of the fields that somebody asked for.
    mutable std::vector<std::span<const Subfield>> splits_;
    mutable Arena subfield_arena_;
};

/// Walks the subfields of a data field's body without splitting it first.
class SubfieldCursor {
  public:
    explicit SubfieldCursor(std::string_view body)
        : at_(body.data()), end_(body.data() + body.size()) {
        at_ += body.size() < 2 ? body.size() : 2;
    }
    [[nodiscard]] bool next(Subfield& subfield) {
        // `at_` stands on a mark, or at the end. A body made by a reader has nothing before the
        // first mark.
        while (at_ < end_ && *at_ != kSubfieldMark) ++at_;
        if (end_ - at_ < 2) return false;
        subfield.code = at_[1];
        at_ += 2;
        const auto left = static_cast<std::size_t>(end_ - at_);
        const auto* mark =
            left == 0 ? nullptr : static_cast<const char*>(std::memchr(at_, kSubfieldMark, left));
        if (mark == nullptr) mark = end_;
        subfield.value = {at_, static_cast<std::size_t>(mark - at_)};
        at_ = mark;
        return true;
    }

  private:
    const char* at_;
    const char* end_;
};

enum class Dialect { marc21, unimarc, cnmarc };

/// Character sets that records arrive in.
enum class Charset {
    ascii,  // nothing but ASCII: no evidence for any
    utf8,
    marc8,    // ANSEL with escape sequences, EACC for CJK
    gb18030,  // superset of GBK and GB 2312
    big5,
    iso5426,
    koi8r,
    windows1251,
    latin1,
    gbk,  // these two only where they are asked for: what is read as GB is read as gb18030
    gb2312,
};

/// One thing that was put right while reading: a code for programs, a detail for people.
struct Repair {
    std::string_view code;  // one of the words in tushu-marc(1), REPAIRS
    std::string detail;
};

/// Where a record came from and what had to be repaired, beside the record itself.
struct SourceNote {
    std::uint64_t record = 0;           // from 1
    std::uint64_t offset = 0;           // byte of its first byte in the (uncompressed) input
    std::string_view raw;               // its bytes as they stood; valid until the next record
    std::string_view reject_code;       // why the record was refused, when next() has thrown
    std::vector<Repair> repairs;        // what was put right in this record, in order
    std::optional<Charset> declared;    // what Leader/09 or 100$a/26-29 say; absent: nothing usable
    Charset believed = Charset::ascii;  // what the bytes say
    bool is_partial = false;            // only the fields that were asked for have been looked at
};

/// A stream of records from one file, whatever its format.
///
/// next() gives a record that is valid until the next call, or nullptr at a clean end. A record
/// that cannot be used throws Error{bad_input} naming file, record, byte; note().raw then holds its
/// bytes, and the following next() goes on behind it.
class RecordSource {
  public:
    virtual ~RecordSource() = default;
    [[nodiscard]] virtual const Record* next() = 0;
    [[nodiscard]] virtual const SourceNote& note() const = 0;
};

/// Opens a file in any known format (detected by content) and any character set (by evidence); text
/// comes out as UTF-8. `input` is borrowed and must outlive the source. See format.hpp for choices.
[[nodiscard]] std::unique_ptr<RecordSource> open_records(Input& input);

/// The record as one ISO 2709 record in UTF-8 (Leader/09 or 100$a/26-33 say so).
/// Errors: Error{bad_input} when a field passes 9 999 bytes or the record 99 999.
void append_iso2709(std::string& out, const Record& record);

/// CNMARC, UNIMARC or MARC 21 by score (marc-formats: no byte says which).
[[nodiscard]] Dialect guess_dialect(const Record& record);

/// What a record describes, by Leader/06.
enum class RecordKind { bibliographic, authority, holdings, classification, community };
[[nodiscard]] std::string_view name_of(RecordKind kind);  // as in ISO 25577: "Bibliographic" ...

/// Source: MARC 21 Leader 06; UNIMARC/Authorities record label 6 (x, y, z).
[[nodiscard]] RecordKind kind_of(const Record& record, Dialect dialect);

}  // namespace tushu::marc
