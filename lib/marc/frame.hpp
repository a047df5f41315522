// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/input.hpp"
#include "marc/format.hpp"
#include "marc/scan.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::marc {

/// A record with more bytes than this is refused: memory must stay bounded (64 MiB in all, of which
/// the JSON parser takes nine times the record). Sixty times what ISO 2709 can hold.
inline constexpr std::size_t kMaxFrame = 6U << 20U;

/// The bytes of one record as they stand in the file, not yet understood.
struct Frame {
    std::string_view raw;  // borrowed from the input until the next call
    std::uint64_t record = 0;
    std::uint64_t offset = 0;
    std::string_view reject_code;  // set when these bytes are no record at all
    Message reject_message;
    std::vector<Repair> repairs;  // what framing had to put right
    bool is_cut = false;          // the end is missing
    bool is_deleted = false;      // OAI's notice that a record is gone: counted, and nothing else
};

/// Cuts an input into frames. Cheap and sequential, so that parsing may be handed to several
/// threads.
class Framer {
  public:
    virtual ~Framer() = default;
    /// False at the end of the input.
    [[nodiscard]] virtual bool next(Frame& frame) = 0;
};

/// Turns a frame into a record. One per thread.
///
/// Errors: Error{bad_input} without a place (the caller knows it), after note.reject_code was set.
class Parser {
  public:
    virtual ~Parser() = default;
    virtual void parse(const Frame& frame, Record& record, SourceNote& note) = 0;
};

/// Nothing but ASCII that can be seen, and blanks: what a leader is made of.
[[nodiscard]] [[gnu::always_inline]] inline bool is_graphic(std::string_view text) {
    // Leaders are three times eight bytes, and every record has one: a byte's top bit comes up
    // where it is above 0x7E or below a blank.
    constexpr std::uint64_t kOnes = 0x0101010101010101U;
    std::uint64_t odd = 0;
    for (; text.size() >= 8; text.remove_prefix(8)) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), 8);
        odd |= word | (word + kOnes) | (word - kOnes * ' ');
    }
    return (odd & kOnes * 0x80U) == 0 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// Turns a frame into a record, with its place and repairs in the note. A leader that is not ASCII
/// is mended here, for all formats: no format holds it.
///
/// Errors: as Parser::parse(), also for frames that were refused before.
void parse_frame(Parser& parser, Frame& frame, Record& record, SourceNote& note);

/// What all frames of one file have in common, found at its beginning.
struct FileFacts {
    Format format = Format::iso2709;
    std::optional<Charset> encoding;  // an XML declaration's
};

[[nodiscard]] std::unique_ptr<Framer> make_framer(Input& input, const FileFacts& facts);
[[nodiscard]] std::unique_ptr<Parser> make_parser(const FileFacts& facts,
                                                  const ReadOptions& options);
[[nodiscard]] FileFacts look_at(Input& input, const ReadOptions& options);

std::unique_ptr<Framer> make_iso2709_framer(Input& input);
std::unique_ptr<Parser> make_iso2709_parser(const ReadOptions& options);
std::unique_ptr<Framer> make_xml_framer(Input& input);
std::unique_ptr<Parser> make_xml_parser(const FileFacts& facts, const ReadOptions& options);
std::unique_ptr<Framer> make_text_framer(Input& input, Format format);
std::unique_ptr<Parser> make_text_parser(Format format, const ReadOptions& options);
std::unique_ptr<Framer> make_json_framer(Input& input);
std::unique_ptr<Parser> make_json_parser(const ReadOptions& options);

/// Sets note.reject_code and throws. `code` must be a literal.
[[noreturn]] void refuse(SourceNote& note, std::string_view code, Message message);

/// 00X and Aleph's FMT have a value, all others indicators and subfields.
[[nodiscard]] inline bool is_control_tag(std::string_view tag) {
    return (tag[0] == '0' && tag[1] == '0' && tag[2] != '0') || tag == "FMT";
}

/// Puts right what formats other than ISO 2709 can say and MARC cannot: values under data tags,
/// subfields under control tags, a leader that is not ASCII. The end of each parser.
void tidy(Record& record, SourceNote& note);
/// The leader's part of tidy().
void tidy_leader(Record& record, SourceNote& note);

/// Finds out a parsed record's character set and turns its text into UTF-8 where it is something
/// else. `evidence`: the record's bytes, or what of them is text. Where they are not all UTF-8 or
/// have an escape, the fields are looked at instead.
class TextStage {
  public:
    explicit TextStage(const ReadOptions& options)
        : options_(options), decoder_(options.on_bad_char) {}
    void run(Record& record, SourceNote& note, std::string_view evidence,
             std::optional<Charset> known = {});

  private:
    ReadOptions options_;
    Decoder decoder_;
    std::string text_, fields_;
};

}  // namespace tushu::marc
