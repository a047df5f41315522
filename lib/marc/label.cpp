// SPDX-License-Identifier: Apache-2.0
// What a record's label says of its text, made true before the record is written.
#include "marc/write.hpp"

namespace tushu::marc {

LabelStage::LabelStage(const WriteOptions& options)
    : dialect_(options.dialect), charset_(options.charset.value_or(Charset::utf8)) {}

const Record& LabelStage::run(const Record& record) {
    // The usual case needs no closer look: MARC 21 that says UTF-8 and has a title where MARC 21
    // has it.
    if (record.leader()[9] == 'a' && !dialect_ && charset_ == Charset::utf8) {
        unsigned has_245 = 0, has_200 = 0;
        for (const auto& entry : record.entries()) {
            const TagWord tag = entry.word();
            has_245 |= tag == tag_word("245") ? 1U : 0U;
            has_200 |= tag == tag_word("200") ? 1U : 0U;
        }
        if (has_245 != 0 && has_200 == 0) return record;
    }
    return run(record, dialect_of(record, dialect_));
}

const Record& LabelStage::run(const Record& record, Dialect dialect) {
    if (is_label_true(record, dialect, charset_)) return record;
    changed_.borrow(record);
    (void)correct_label(changed_, dialect, charset_);
    return changed_;
}

}  // namespace tushu::marc
