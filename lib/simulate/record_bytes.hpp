// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace tushu::simulate {

/// Puts ISO 2709 records together byte by byte.
///
/// The suite's own writer is not used on purpose: what it tests must not be made by what is tested.
class RecordBytes {
  public:
    using Subfields = std::initializer_list<std::pair<char, std::string_view>>;
    /// `leader`: 24 bytes whose lengths are filled in by append_to(). With `is_gbk` texts are
    /// encoded in GBK, with all lengths in its bytes.
    void begin(std::string_view leader, bool is_gbk);
    void control(std::string_view tag, std::string_view value);
    void data(std::string_view tag, std::string_view indicators, Subfields subfields);
    /// One more subfield at the end of the field made last.
    void more(char code, std::string_view value);
    /// An embedded field for $1 (4XX): tag, indicators and subfields as bytes of one value.
    [[nodiscard]] static std::string embedded(std::string_view tag, std::string_view indicators,
                                              Subfields subfields);
    void append_to(std::string& out) const;

  private:
    void text(std::string_view utf8);
    void close_field(std::string_view tag, std::size_t start);
    std::string leader_, directory_, body_;
    bool is_gbk_ = false;
    std::size_t field_start_ = 0;
};

}  // namespace tushu::simulate
