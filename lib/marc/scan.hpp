// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tushu::marc {

/// How wide a step the processor may take. Every width gives the same answer.
enum class Width {
    best,      // what this processor has
    portable,  // what every processor has: the measure for the tests
};

/// What one pass over the bytes of a record tells.
struct ByteFacts {
    bool has_high = false;  // any byte above 0x7F
    bool has_low = false;   // any byte up to 0x1D: controls that are no separators, or a record end
    bool has_bad_mark = false;  // a subfield mark followed by no printable ASCII
    std::size_t field_ends = 0;
    bool operator==(const ByteFacts&) const = default;
};
[[nodiscard]] ByteFacts scan_bytes(std::string_view bytes, Width width = Width::best);

/// No byte above 0x7F, none up to 0x1E, and no subfield mark before another control: text that
/// needs neither decoding nor repair, but for a mark at its end.
[[nodiscard]] bool is_clean(std::string_view body);

/// Where the bytes below a blank are, in order: `places` takes one number for each of them and
/// needs room for eight more than there are bytes. Returns how many there are.
[[nodiscard]] std::size_t find_controls(std::string_view bytes, std::uint32_t* places,
                                        Width width = Width::best);

/// Three bytes of a tag as they stand in memory; `.` in the text stands for any character.
class TagPattern {
  public:
    explicit TagPattern(std::string_view text);
    [[nodiscard]] std::uint32_t tag() const { return tag_; }
    [[nodiscard]] std::uint32_t mask() const { return mask_; }

  private:
    std::uint32_t tag_ = 0, mask_ = 0;
};

/// What an entry of a directory says: a field's length, its end mark included, and where it starts.
struct Place {
    std::uint32_t length, start;
    bool operator==(const Place&) const = default;
};

/// Is an ISO 2709 directory (whole entries, without its end mark) true of the data behind it? All
/// of its numbers are digits, no length is 0, each start is the sum of the lengths before it, the
/// last field ends where the data end and each field in a field end. `data` stands behind the
/// directory in memory.
///
/// Shape:  `places` takes one Place for each entry and needs room for three more; `fits` takes a
///         bit for each entry whose tag fits one of the patterns, 64 in a word from the lowest up.
///         Both mean nothing where the answer is no.
/// Source: ISO 2709 directory; MARC 21 entry map 4500.
[[nodiscard]] bool check_directory(std::string_view directory, std::string_view data,
                                   std::span<const TagPattern> patterns, Place* places,
                                   std::uint64_t* fits, Width width = Width::best);

}  // namespace tushu::marc
