// SPDX-License-Identifier: Apache-2.0
#include "marc_rows.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace tushu::cmd {

MarcRows::MarcRows(Input& input, const inventory::ItemColumns& columns)
    : input_(input),
      item_tag_(columns.marc_field),
      repeat_(columns.marc_repeat.empty() ? ' ' : columns.marc_repeat.front()) {
    for (const auto& [field, formula] : columns.formulas->entries()) {
        header_.push_back(field);
        formulas_.push_back(inventory::Formula::parse(
            formula, [this](std::string_view text, const Yaml& yaml) { return term(text, yaml); }));
    }
    scratch_.resize(header_.size());
    cells_.resize(header_.size());
    source_ = marc::open_records(input, marc::ReadOptions{});
}

std::size_t MarcRows::term(std::string_view text, const Yaml& yaml) {
    const std::size_t sign = text.find('$');
    Term made;
    made.tag = text.substr(0, sign);
    const bool is_sound =
        sign == std::string_view::npos
            ? made.tag.size() == 3
            : (made.tag.empty() || made.tag.size() == 3) && sign + 2 == text.size();
    if (!is_sound)
        throw yaml.error(msg("\"{}\" is not of the form $x, 200$a or 001", printable(text)));
    if (sign != std::string_view::npos) made.code = text[sign + 1];
    terms_.push_back(made);
    return terms_.size() - 1;
}

bool MarcRows::next_item() {
    if (record_ == nullptr) return false;
    if (is_inside_ && repeat_ != ' ') {
        // The same field again, for its next repeated subfield.
        for (++repeat_at_; repeat_at_ < item_.size(); ++repeat_at_)
            if (item_[repeat_at_].code == repeat_) return true;
    }
    is_inside_ = false;
    for (; field_ < record_->field_count(); ++field_) {
        if (record_->tag(field_) != item_tag_ || record_->is_control(field_)) continue;
        const auto subfields = record_->field(field_).subfields();
        item_.assign(subfields.begin(), subfields.end());
        ++field_;
        is_inside_ = true;
        std::string codes;
        for (const auto& subfield : item_)
            if (codes.find(subfield.code) == std::string::npos) codes += subfield.code;
        for (const char code : codes) ++seen_[code];
        repeat_at_ = 0;
        if (repeat_ != ' ') {
            while (repeat_at_ < item_.size() && item_[repeat_at_].code != repeat_) ++repeat_at_;
        }
        return true;
    }
    return false;
}

std::string_view MarcRows::value(const Term& term) const {
    if (!term.tag.empty()) return record_->value(term.tag, term.code);
    if (repeat_ != ' ' && repeat_at_ < item_.size()) {
        if (term.code == repeat_) return item_[repeat_at_].value;
        for (std::size_t i = repeat_at_ + 1; i < item_.size() && item_[i].code != repeat_; ++i)
            if (item_[i].code == term.code) return item_[i].value;
    }
    for (const auto& subfield : item_)
        if (subfield.code == term.code) return subfield.value;
    return {};
}

std::optional<std::span<const std::string_view>> MarcRows::next() {
    while (!next_item()) {
        field_ = 0;
        record_ = nullptr;
        record_ = source_->next();
        if (record_ == nullptr) return std::nullopt;
        ++records_;
        const auto is_item = [this](std::size_t i) { return record_->tag(i) == item_tag_; };
        bool has_items = false;
        for (std::size_t i = 0; i < record_->field_count(); ++i) has_items |= is_item(i);
        if (!has_items) ++without_items_;
    }
    for (std::size_t c = 0; c < formulas_.size(); ++c)
        cells_[c] =
            formulas_[c].evaluate([this](std::size_t t) { return value(terms_[t]); }, scratch_[c]);
    return cells_;
}

Where MarcRows::where() const {
    return {input_.name(), source_->note().record, source_->note().offset};
}

}  // namespace tushu::cmd
