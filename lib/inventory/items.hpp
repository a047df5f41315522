// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "inventory/rows.hpp"
#include "inventory/snapshot.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tushu::inventory {

/// How the columns of a holdings file are named where they are not named as tushu names them.
struct ItemColumns {
    std::map<std::string, std::string> usual;     // as names, but the column may be absent
    std::map<std::string, std::string> names;     // "barcode" -> "条码"
    std::map<std::string, std::string> statuses;  // "借出" -> "on_loan"
    bool unknown_status_stops = true;             // else such items get the class `unknown`
    /// Systems that tell the status in several columns: the first rule whose column holds one of
    /// the values (any but empty and 0, when none are named) gives the class; without a match the
    /// item is on its shelf.
    struct Rule {
        std::string column;
        std::vector<std::string> values;
        Status status = Status::unknown;
    };
    std::vector<Rule> rules;
    std::map<std::string, std::string, std::less<>> locations;  // "uuid" -> "JC1"; others stay
    // Their word -> scheme; with such a map, other words say nothing.
    std::map<std::string, callno::Scheme, std::less<>> schemes;
    /// How the file is built. JSON and MARC have no headings: there `formulas` says what each
    /// field is made of.
    enum class Form : std::uint8_t { table, json, marc } form = Form::table;
    std::optional<char> delimiter;  // of tables; else found out
    std::string marc_field;         // the field that holds an item
    std::string marc_repeat;        // the subfield that each item has of its own; empty: none
    std::optional<Yaml> formulas;   // columns of JSON and MARC, as they stand in the profile
};

/// Columns and words of one system's export, from YAML: columns {field: heading}, status {word:
/// class}, status_rules [{column, values, class}], unknown_status stop|warn, locations {word:
/// code}, schemes {word: scheme}, form table|json|marc, delimiter, field and repeat (MARC). What
/// `columns` holds already stays; columns may be absent from a file. Errors: Error{config} with
/// line and column.
void load_source(const std::string& path, ItemColumns& columns);

/// Makes items of rows with named columns.
///
/// Shape:  n rows in, n rows or errors out; a row lives until the next call.
/// Errors: Error{bad_input} at the start when barcode or location is missing, naming the nearest
/// column;
///         per row for broken CSV and unknown schemes (the reader goes on behind them), and for a
///         status that no class is known for: is_fatal() tells that this one should stop the run.
///
/// Columns: barcode, location, call_number, scheme, status, and of bib, volume, copy, title,
/// source,
///          item_id, shelf, isbn, due, hold, keep, collection, last_seen, library what there is.
///          Common Chinese and English headings are known; without a status column every item is on
///          its shelf.
class ItemReader {
  public:
    /// Both are borrowed; `columns` is read in the constructor only.
    ItemReader(RowSource& rows, const ItemColumns& columns);
    [[nodiscard]] std::optional<ItemRow> next();
    [[nodiscard]] bool is_fatal() const { return is_fatal_; }
    /// The columns that the words for status and location are from; the first is empty when none
    /// is. Where rules tell the status from several, it is the one that can say "missing".
    [[nodiscard]] std::string status_column() const;
    [[nodiscard]] const std::string& location_column() const;
    /// Status words without a class, in the order met (only when they do not stop the run).
    [[nodiscard]] const std::map<std::string, std::int64_t, std::less<>>& unknown_statuses() const {
        return unknown_statuses_;
    }

  private:
    struct Column {
        std::size_t index;
        Text text;
    };
    struct Rule {
        std::size_t index;
        std::vector<std::string> values;
        Status status;
    };
    [[nodiscard]] std::optional<std::size_t> find(std::string_view field,
                                                  const ItemColumns& columns) const;
    RowSource& rows_;
    std::vector<Column> texts_;
    std::vector<Rule> rules_;
    std::string call_;
    [[nodiscard]] Status class_of(std::string_view word);
    std::optional<std::size_t> location_, scheme_, status_;
    std::optional<std::size_t> status_word_;  // the column that status_column() names
    std::map<std::string, Status, std::less<>> statuses_;
    std::map<std::string, std::int64_t, std::less<>> unknown_statuses_;
    std::map<std::string, std::string, std::less<>> locations_;
    std::map<std::string, callno::Scheme, std::less<>> schemes_;
    bool unknown_status_stops_ = true, is_fatal_ = false;
    bool skips_unknown_schemes_ = false;  // a profile's map: others say nothing
};

}  // namespace tushu::inventory
