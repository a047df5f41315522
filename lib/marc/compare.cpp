// SPDX-License-Identifier: Apache-2.0
#include "marc/compare.hpp"

#include "base/input.hpp"
#include "base/text.hpp"
#include "marc/write.hpp"

#include <algorithm>

namespace tushu::marc {

std::string field_text(const Record& record, std::size_t index) {
    const std::string_view body = record.body(index);
    if (record.is_control(index)) return std::string(body);
    std::string text(body.substr(0, 2));
    SubfieldCursor cursor(body);
    Subfield subfield;
    while (cursor.next(subfield)) {
        text += " $";
        text += subfield.code;
        text += subfield.value;
    }
    return text;
}

std::vector<FieldChange> compare(const Record& left, const Record& right) {
    std::vector<FieldChange> changes;
    const auto content = [](std::string_view leader) {
        // Lengths, counts and the directory's map are the container's.
        return std::string(leader.substr(5, 5)) + std::string(leader.substr(17, 3));
    };
    if (content(left.leader()) != content(right.leader()))
        changes.push_back({"LDR", std::string(left.leader()), std::string(right.leader())});
    std::vector<bool> is_paired(right.field_count(), false);
    std::vector<std::size_t> lonely;
    const auto same = [&](std::size_t l, std::size_t r) {
        return left.tag(l) == right.tag(r) && left.is_control(l) == right.is_control(r) &&
               left.body(l) == right.body(r);
    };
    bool is_ordered = true;
    std::size_t last = 0;
    for (std::size_t l = 0; l < left.field_count(); ++l) {
        std::size_t r =
            l < right.field_count() && !is_paired[l] && same(l, l) ? l : right.field_count();
        for (std::size_t i = 0; r == right.field_count() && i < right.field_count(); ++i)
            if (!is_paired[i] && same(l, i)) r = i;
        if (r == right.field_count()) {
            lonely.push_back(l);
            continue;
        }
        is_paired[r] = true;
        is_ordered = is_ordered && r >= last;
        last = r;
    }
    for (const std::size_t l : lonely) {
        FieldChange change{std::string(left.tag(l)), field_text(left, l), {}};
        for (std::size_t r = 0; r < right.field_count(); ++r) {
            if (is_paired[r] || right.tag(r) != left.tag(l)) continue;
            is_paired[r] = true;
            change.right = field_text(right, r);
            if (change.right.empty()) change.right = " ";
            break;
        }
        changes.push_back(std::move(change));
    }
    for (std::size_t r = 0; r < right.field_count(); ++r)
        if (!is_paired[r]) changes.push_back({std::string(right.tag(r)), {}, field_text(right, r)});
    if (changes.empty() && !is_ordered)
        changes.push_back({"---", "the order of the fields", "another order"});
    return changes;
}

RoundTrip::RoundTrip(const WriteOptions& options, const ReadOptions& read)
    : options_(options), read_(read), writer_(make_writer(options)) {
    read_.format = options.format;
    read_.charset = options.charset;
    read_.salvage = false;
}

std::vector<FieldChange> RoundTrip::changes(const Record& record) {
    LabelStage label(options_);
    const Record& labelled = label.run(record);
    Record composed;
    if (options_.charset) {  // canonically equal text is equal text for them
        composed = labelled;
        for (std::size_t i = 0; i < composed.field_count(); ++i)
            composed.replace_body(i, nfc(composed.body(i)));
    }
    const Record& wanted = options_.charset ? composed : labelled;
    bytes_.clear();
    writer_->begin(bytes_);
    writer_->set_number(1);
    writer_->write(bytes_, record, true);
    writer_->end(bytes_, false);
    const auto input =
        Input::from_memory(std::string(bytes_.view()), std::string(name_of(options_.format)));
    const auto source = open_records(*input, read_);
    const Record* const back = source->next();
    if (back == nullptr) return {{"LDR", std::string(record.leader()), "no record"}};
    Record read = *back;
    if (options_.charset)
        for (std::size_t i = 0; i < read.field_count(); ++i)
            read.replace_body(i, nfc(read.body(i)));
    std::vector<FieldChange> changes = compare(wanted, read);
    if (source->next() != nullptr) changes.push_back({"LDR", "one record", "several records"});
    return changes;
}

}  // namespace tushu::marc
