// SPDX-License-Identifier: Apache-2.0
// What a record's label says of its text, made true before the record is written.
#include "marc/write.hpp"

namespace tushu::marc {

LabelStage::LabelStage(const WriteOptions& options)
    : dialect_(options.dialect), charset_(options.charset.value_or(Charset::utf8)) {}

const Record& LabelStage::run(const Record& record) {
    return run(record, dialect_of(record, dialect_));
}

const Record& LabelStage::run(const Record& record, Dialect dialect) {
    if (is_label_true(record, dialect, charset_)) return record;
    changed_.borrow(record);
    correct_label(changed_, dialect, charset_);
    return changed_;
}

}  // namespace tushu::marc
