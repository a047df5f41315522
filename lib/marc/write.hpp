// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "marc/format.hpp"

#include <optional>
#include <string>

namespace tushu::marc {

/// Gives the record back with a true label, unchanged (and not copied) when it has one.
class LabelStage {
  public:
    explicit LabelStage(const WriteOptions& options);
    [[nodiscard]] const Record& run(const Record& record);
    [[nodiscard]] const Record& run(const Record& record, Dialect dialect);

  private:
    WriteOptions options_;
    Record changed_;
};

/// Gives the record back in the character set of the options, unchanged when that is UTF-8.
///
/// Errors: Error{bad_input} naming the field, under BadChar::reject.
class EncodeStage {
  public:
    explicit EncodeStage(const WriteOptions& options);
    [[nodiscard]] const Record& run(const Record& record, std::uint64_t& replaced);

  private:
    std::optional<Encoder> encoder_;
    Record encoded_;
    std::string text_;
};

/// XML has no form for U+FFFE and U+FFFF: they become U+FFFD in UTF-8 text, in place. How many.
std::uint64_t replace_noncharacters(char* begin, char* end);

/// The writers of line, mrk, Aleph sequential, TurboMARC and CSV.
[[nodiscard]] std::unique_ptr<RecordWriter> make_text_writer(const WriteOptions& options);

}  // namespace tushu::marc
