// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "marc/format.hpp"

#include <string>
#include <vector>

namespace tushu::marc {

/// One field that stands on one side only, or on both with different text.
struct FieldChange {
    std::string tag;
    std::string left, right;  // as people write it: "10 $aTitle"; empty: not there
};

/// "10 $aTitle $bmore" or the value of a control field.
[[nodiscard]] std::string field_text(const Record& record, std::size_t index);

/// What changed from `left` to `right`, field by field in record order, the leader as "LDR" first
/// (without its lengths). Fields of one tag are paired by equality first, then in order.
[[nodiscard]] std::vector<FieldChange> compare(const Record& left, const Record& right);

/// Writes a record in a format, reads it back and says what has changed.
///
/// The label (Leader/09, 100$a/26-33) is corrected first, as every writer does; lengths do not
/// count.
class RoundTrip {
  public:
    RoundTrip(const WriteOptions& options, const ReadOptions& read);
    [[nodiscard]] std::vector<FieldChange> changes(const Record& record);

  private:
    WriteOptions options_;
    ReadOptions read_;
    std::unique_ptr<RecordWriter> writer_;
    Bytes bytes_;
};

}  // namespace tushu::marc
