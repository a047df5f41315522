// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "marc/format.hpp"

#include <memory>
#include <optional>

namespace tushu::marc {

[[nodiscard]] inline bool is_utf8(const WriteOptions& options) {
    return options.charset.value_or(Charset::utf8) == Charset::utf8;
}

/// Gives the record back with a true label, unchanged (and not copied) when it has one.
class LabelStage {
  public:
    explicit LabelStage(const WriteOptions& options);
    [[nodiscard]] const Record& run(const Record& record);
    [[nodiscard]] const Record& run(const Record& record, Dialect dialect);

  private:
    std::optional<Dialect> dialect_;
    Charset charset_;
    Record changed_;
};

/// XML has no form for U+FFFE and U+FFFF: they become U+FFFD in UTF-8 text, in place. How many.
std::uint64_t replace_noncharacters(char* begin, char* end);

// The writers that make_writer() chooses from.
[[nodiscard]] std::unique_ptr<RecordWriter> make_iso2709_writer(const WriteOptions& options);
[[nodiscard]] std::unique_ptr<RecordWriter> make_xml_writer(const WriteOptions& options);
[[nodiscard]] std::unique_ptr<RecordWriter> make_json_writer(const WriteOptions& options);
[[nodiscard]] std::unique_ptr<RecordWriter> make_utf8_line_writer(const WriteOptions& options);
/// The writers of line in other sets, mrk, Aleph sequential, TurboMARC and CSV.
[[nodiscard]] std::unique_ptr<RecordWriter> make_text_writer(const WriteOptions& options);

}  // namespace tushu::marc
