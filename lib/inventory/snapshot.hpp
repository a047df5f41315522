// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/date.hpp"
#include "base/error.hpp"
#include "base/output.hpp"
#include "callno/callno.hpp"
#include "inventory/code.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::inventory {

/// What the catalogue says of an item, in the classes that every ILS's status words are mapped to.
enum class Status : std::uint8_t {
    on_shelf,
    on_loan,
    in_transit,
    off_shelf,
    missing,
    withdrawn,
    pending,
    unknown,
    deleted
};
inline constexpr std::size_t kStatuses = 9;
[[nodiscard]] std::string_view name_of(Status status);
/// The class named by a word: the class words themselves, and the Chinese and English words that
/// catalogues show (在架, 借出, "Checked out"). Case and blanks do not matter.
[[nodiscard]] std::optional<Status> status_from(std::string_view word);

/// Texts of an item that are kept for people and for write-back.
enum class Text : std::uint8_t {
    barcode,
    bib,
    call_number,
    status,
    volume,
    copy,
    title,
    source,
    item_id,
    shelf,
    isbn,
    due,
    hold,
    keep,
    collection,
    last_seen,
    library,
    location  // as the export says it, where that is not the location's code here
};
inline constexpr std::size_t kTexts = 18;

/// One holdings row on its way into a snapshot. Views are read before add() returns.
/// The status text is what the export says in words, whatever class it has here: what write-back
/// expects to be there and puts back.
struct ItemRow {
    std::array<std::string_view, kTexts> texts{};
    std::string_view location;
    std::optional<callno::Scheme> scheme;  // nullopt: the location's, the default one, or guessed
    Status status = Status::unknown;

    [[nodiscard]] std::string_view text(Text which) const {
        return texts[static_cast<std::size_t>(which)];
    }
    [[nodiscard]] std::string_view& text(Text which) {
        return texts[static_cast<std::size_t>(which)];
    }
};

/// One stretch of a stack that is in a single order: a location and a call-number scheme.
struct Group {
    std::uint32_t location = 0;
    std::uint32_t scheme = 0;          // callno::Scheme
    std::uint32_t begin = 0, end = 0;  // rows
};

/// The expected holdings, frozen: one file that is mapped into memory, never edited.
///
/// Shape:  rows stand in walking order (location, scheme, call number, volume). Barcodes are 8-byte
///         codes with an index for look-up; locations, schemes and statuses are dictionary-coded;
///         the call-number key is kept as its rank in its group, equal for copies. About 30 bytes
///         an item plus its texts.
/// Errors: Error{no_input} when the file is missing, Error{bad_input} when it is no snapshot, is
/// cut
///         short, was written by another version, or is damaged. Everything but the texts is
///         checked by open() (0.3 GB of ten million items, at the speed of memory); texts are
///         checked by pieces of 64 KiB when one of them is first looked at, so that no run pays for
///         what it does not read. text() throws where its piece is damaged.
///
/// Not for two threads at once, not even for reading.
class Snapshot {
  public:
    static Snapshot open(const std::string& path);
    ~Snapshot();
    Snapshot(Snapshot&&) noexcept;
    Snapshot& operator=(Snapshot&&) noexcept;

    [[nodiscard]] std::uint32_t rows() const { return rows_; }
    [[nodiscard]] Code code(std::uint32_t row) const { return codes_[row]; }
    /// First row of the same group with an equal call-number key: an order-keeping stand-in for the
    /// key.
    [[nodiscard]] std::uint32_t rank(std::uint32_t row) const { return ranks_[row]; }
    [[nodiscard]] Status status(std::uint32_t row) const {
        return static_cast<Status>(flags_[row] & 0x0FU);
    }
    [[nodiscard]] bool is_unparsed(std::uint32_t row) const {
        return (flags_[row] & kUnparsed) != 0;
    }
    [[nodiscard]] bool has_blanks(std::uint32_t row) const { return (flags_[row] & kBlanks) != 0; }
    [[nodiscard]] std::span<const Group> groups() const { return groups_; }
    [[nodiscard]] std::uint32_t group_of(std::uint32_t row) const;
    [[nodiscard]] std::uint32_t location_of(std::uint32_t row) const {
        return groups_[group_of(row)].location;
    }
    [[nodiscard]] std::span<const std::string_view> locations() const { return locations_; }
    [[nodiscard]] std::optional<std::uint32_t> location(std::string_view code) const;
    /// Rows with this barcode; more than one where branches share barcodes.
    class Rows {
      public:
        [[nodiscard]] std::uint32_t size() const { return size_; }
        [[nodiscard]] bool empty() const { return size_ == 0; }
        [[nodiscard]] std::uint32_t operator[](std::uint32_t i) const;

      private:
        friend class Snapshot;
        const char* first_ = nullptr;
        std::uint32_t size_ = 0;
    };
    [[nodiscard]] Rows find(Code code, std::string_view normal) const;
    /// Fetches what find() will look at; worth it a few look-ups ahead.
    void prefetch_bucket(Code code) const {
        __builtin_prefetch(&buckets_[spread(code) >> bucket_shift_]);
    }
    void prefetch_entries(Code code) const {
        __builtin_prefetch(index_ + std::size_t{buckets_[spread(code) >> bucket_shift_]} * kEntry);
    }
    [[nodiscard]] std::string barcode(std::uint32_t row) const;
    [[nodiscard]] std::string_view text(std::uint32_t row, Text which) const;
    /// What the export says of the item's status and location, to the letter (but for blanks
    /// around it).
    [[nodiscard]] std::string_view status_word(std::uint32_t row) const;
    [[nodiscard]] std::string_view location_word(std::uint32_t row) const;
    /// The columns of the export that these words stood in; empty when it had none.
    [[nodiscard]] const std::string& status_column() const { return status_column_; }
    [[nodiscard]] const std::string& location_column() const { return location_column_; }
    [[nodiscard]] bool holds(Text which) const {
        return (texts_held_ >> static_cast<unsigned>(which) & 1U) != 0;
    }

    /// When the holdings were exported; nullopt when nobody said.
    [[nodiscard]] std::optional<Instant> exported() const { return exported_; }
    /// SHA-256 of the holdings file: what this snapshot is known by.
    [[nodiscard]] const std::string& source_sha256() const { return source_sha256_; }
    [[nodiscard]] const std::string& source_file() const { return source_file_; }
    [[nodiscard]] std::uint32_t unparsed() const { return unparsed_; }

    static constexpr std::uint8_t kUnparsed = 0x10, kBlanks = 0x20;
    static constexpr std::size_t kEntry = 12;  // bytes of an index entry: spread code, row

  private:
    Snapshot() = default;
    [[nodiscard]] Error damaged(std::uint64_t offset, std::uint64_t size) const;
    [[nodiscard]] std::optional<std::string_view> kept_text(std::uint32_t row, Text which) const;
    void check_texts(std::uint64_t begin, std::uint64_t end) const;
    const char* data_ = nullptr;
    std::size_t size_ = 0;
    std::uint32_t rows_ = 0, unparsed_ = 0, index_size_ = 0;
    const Code* codes_ = nullptr;
    const std::uint32_t* ranks_ = nullptr;
    const std::uint8_t* flags_ = nullptr;
    const char* index_ = nullptr;
    std::span<const std::uint32_t> buckets_;
    unsigned bucket_shift_ = 0;
    const std::uint64_t* text_blocks_ = nullptr;
    const char* texts_ = nullptr;
    std::uint64_t texts_size_ = 0;
    std::span<const std::uint64_t> text_sums_;
    mutable std::vector<std::uint8_t> is_sound_;  // per piece of the texts: checked
    std::string path_;
    std::span<const Group> groups_;
    std::vector<std::string_view> locations_;
    std::uint32_t texts_held_ = 0;
    std::optional<Instant> exported_;
    std::string source_sha256_, source_file_, status_column_, location_column_;
    std::array<std::string_view, kStatuses> usual_words_{};  // of rows that keep no status word
};

/// Builds a snapshot in memory and writes it.
///
/// Shape:  n rows in, one file out; memory is about 200 bytes an item while building.
/// Errors: Error{bad_input} above 2^32 - 2 rows.
class SnapshotBuilder {
  public:
    struct Options {
        std::optional<callno::Scheme> scheme;  // for rows that do not say
        const callno::House* house = nullptr;  // borrowed; rules and schemes by location
        std::optional<Instant> exported;
        std::string status_column, location_column;  // of the export
    };
    explicit SnapshotBuilder(Options options);
    ~SnapshotBuilder();
    void add(const ItemRow& row);
    [[nodiscard]] std::uint32_t rows() const;
    [[nodiscard]] std::uint32_t unparsed() const { return unparsed_; }
    /// Barcodes with blanks in or around them; they are kept without those around.
    [[nodiscard]] std::uint32_t with_blanks() const { return with_blanks_; }
    /// Sorts and writes. `sha256` and `file` name the holdings export.
    void write(Output& out, const std::string& sha256, const std::string& file);

  private:
    struct Pending;
    std::unique_ptr<Pending> pending_;
    Options options_;
    std::uint32_t unparsed_ = 0, with_blanks_ = 0;
};

}  // namespace tushu::inventory
