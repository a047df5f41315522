// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "marc/charset.hpp"
#include "marc/dialect.hpp"
#include "marc/record.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tushu::marc {

/// The serialisations of a record.
enum class Format {
    iso2709,
    marcxml,
    marcxchange,  // info:lc/xmlns/marcxchange-v1, the right one for UNIMARC
    turbomarc,
    json,   // an array of MARC-in-JSON objects
    jsonl,  // one MARC-in-JSON object a line
    folio_srs,
    mrk,
    line,
    aleph,
    csv,  // written only, as tsv
    tsv,
};

[[nodiscard]] std::string_view name_of(Format format);  // as on the command line
[[nodiscard]] std::optional<Format> format_named(std::string_view name);
[[nodiscard]] std::span<const Format> all_formats();

/// The format of the bytes that follow, by their look; nothing is consumed (UTF-16 becomes UTF-8).
/// An empty input is iso2709. Errors: Error{bad_input} for a ZIP, bzip2, 7z or RAR file.
[[nodiscard]] Format detect_format(Input& input);

/// What the caller knows better than the evidence.
struct ReadOptions {
    std::optional<Format> format{};
    std::optional<Charset> charset{};  // of every record, whatever its label or its bytes say
    std::optional<Dialect> dialect{};
    BadChar on_bad_char = BadChar::replace;
    /// Give what is left of a record that lost its end, instead of refusing it. Off where half a
    /// record would do harm (loading a catalogue), on where a person looks at the result.
    bool salvage = false;
    /// Add an Aleph line's number that is not the 001 to the record, as SYS $a.
    bool system_number = false;
    /// Tags of the only fields that the caller looks at (`.` stands for any character). ISO 2709
    /// records in good order may then come with these fields alone. Empty: all.
    std::vector<std::string> only_tags{};
};

[[nodiscard]] std::unique_ptr<RecordSource> open_records(Input& input, const ReadOptions& options);

/// A growing block of bytes that writers fill without zeroing it first.
class Bytes {
  public:
    /// Room for at least `size` more bytes; commit() says how many were used.
    [[nodiscard]] char* reserve(std::size_t size);
    void commit(const char* end) { size_ = static_cast<std::size_t>(end - bytes_.get()); }
    void append(std::string_view text);
    void append(char byte) { append(std::string_view(&byte, 1)); }
    void clear() { size_ = 0; }
    [[nodiscard]] std::size_t size() const { return size_; }
    void resize_down(std::size_t size) { size_ = size; }
    [[nodiscard]] std::string_view view() const { return {bytes_.get(), size_}; }

  private:
    std::unique_ptr<char[]> bytes_;  // NOLINT(cppcoreguidelines-avoid-c-arrays): raw storage
    std::size_t size_ = 0, capacity_ = 0;
};

/// What to do with a record that ISO 2709's five-digit lengths cannot hold.
enum class Oversize {
    reject,
    clamp,  // length 99999, offsets held at 99999: readers that pair fields in order can read it
    split,  // several records with the same 001, and a field that says which part each is
};

struct WriteOptions {
    Format format = Format::iso2709;
    Oversize oversize = Oversize::reject;
    std::string part_tag = "590";  // of the field "$a Part 2 of 3 $w 001" in the parts of a split
    std::optional<Charset> charset{};  // ISO 2709 and text formats; UTF-8 without it
    BadChar on_bad_char = BadChar::reject;
    std::optional<Dialect> dialect{};    // else guessed per record
    std::vector<std::string> columns{};  // paths, for CSV and TSV
    bool for_excel = false;              // CSV begins with a byte order mark
};

/// Something that was done to a record so that the format could hold it, or could not be done.
struct WriteNote {
    std::string code;  // oversize_clamped, oversize_split; of a recipe rule_1_failed ...
    Message message;
};

/// Writes records in one format. write() appends whole records only: when it throws, nothing was
/// added.
///
/// Errors: Error{bad_input} from write() when the format or character set cannot hold the record.
class RecordWriter {
  public:
    virtual ~RecordWriter() = default;
    virtual void begin(Bytes&) {}
    /// `is_first`: no record was written before it into the same file (separators).
    virtual void write(Bytes& out, const Record& record, bool is_first) = 0;
    virtual void end(Bytes&, bool /*is_empty*/) {}
    /// What stands between two runs of records that were each begun with `is_first`.
    [[nodiscard]] virtual std::string_view between() const { return {}; }
    /// The record's place in the run, for formats that number their records.
    void set_number(std::uint64_t number) { number_ = number; }
    /// Characters that the format could not hold and that were replaced, so far.
    [[nodiscard]] std::uint64_t replaced() const { return replaced_; }
    /// Records written beyond one for each record given (Oversize::split), so far.
    [[nodiscard]] std::uint64_t split_off() const { return split_off_; }
    /// Records that got their place for a number, in a format that numbers them, so far.
    [[nodiscard]] std::uint64_t placed() const { return placed_; }
    /// What has been done to records since the last call.
    [[nodiscard]] std::vector<WriteNote> take_notes() { return std::exchange(notes_, {}); }

  protected:
    std::uint64_t replaced_ = 0, number_ = 0, split_off_ = 0, placed_ = 0;
    std::vector<WriteNote> notes_;
};

[[nodiscard]] std::unique_ptr<RecordWriter> make_writer(const WriteOptions& options);

}  // namespace tushu::marc
