// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "inventory/items.hpp"
#include "marc/format.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tushu::cmd {

/// Items that stand in fields of bibliographic records (CNMARC 905, ALEPH's Z30-1, 852, 949), in
/// any format and character set that tushu-marc reads. Here and not in lib/inventory, which knows
/// nothing of MARC.
///
/// Shape:  one record in memory; a row for each item field, or for each subfield `marc_repeat` in
///         it (for one without any, one row without barcode).
/// Terms:  `$x` is a subfield of the item's field, `200$a` of another field, `001` a control field.
/// Errors: next() throws Error{bad_input} for a record that cannot be read, and goes on behind it.
class MarcRows final : public inventory::RowSource {
  public:
    /// `columns` as load_source() made them, of form marc. Errors: Error{config} for a bad term.
    MarcRows(Input& input, const inventory::ItemColumns& columns);
    [[nodiscard]] std::optional<std::span<const std::string_view>> next() override;
    [[nodiscard]] const std::vector<std::string>& header() const override { return header_; }
    [[nodiscard]] std::string_view raw() const override { return source_->note().raw; }
    [[nodiscard]] Where where() const override;

    /// Bibliographic records read, and those of them without an item field.
    [[nodiscard]] std::int64_t records() const { return records_; }
    [[nodiscard]] std::int64_t without_items() const { return without_items_; }
    /// How many item fields have each subfield: what tells one dialect from another.
    [[nodiscard]] const std::map<char, std::int64_t>& subfields_seen() const { return seen_; }

  private:
    struct Term {
        std::string tag;  // empty: the item's own field
        char code = ' ';
    };
    [[nodiscard]] std::size_t term(std::string_view text, const Yaml& yaml);
    [[nodiscard]] bool next_item();
    [[nodiscard]] std::string_view value(const Term& term) const;
    Input& input_;
    std::unique_ptr<marc::RecordSource> source_;
    const marc::Record* record_ = nullptr;
    std::string item_tag_;
    char repeat_ = ' ';
    std::vector<std::string> header_, scratch_;
    std::vector<inventory::Formula> formulas_;
    std::vector<Term> terms_;
    std::vector<std::string_view> cells_;
    std::vector<marc::Subfield> item_;       // subfields of the item's field
    std::size_t field_ = 0, repeat_at_ = 0;  // the next field; the subfield that is this item's own
    bool is_inside_ = false;
    std::int64_t records_ = 0, without_items_ = 0;
    std::map<char, std::int64_t> seen_;
};

}  // namespace tushu::cmd
