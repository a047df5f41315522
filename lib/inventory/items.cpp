// SPDX-License-Identifier: Apache-2.0
#include "inventory/items.hpp"

#include "base/text.hpp"
#include "base/yaml.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tushu::inventory {
namespace {

struct Field {
    std::string_view name;
    std::optional<Text> text;  // structural fields (location, scheme, status) have none
    std::array<std::string_view, 6> headings;
};

constexpr std::array<Field, 19> kFields = {{
    {"barcode",
     Text::barcode,
     {"条码", "条码号", "馆藏条码", "item_barcode", "Z30_BARCODE", "ibarcode"}},
    {"bib", Text::bib, {"书目号", "书目记录号", "bib_id", "bib#", "biblionumber", "记录号"}},
    {"location",
     std::nullopt,
     {"馆藏地", "馆藏地点", "馆藏地代码", "sublibrary", "sub_library", "Z30_SUB_LIBRARY"}},
    {"call_number",
     Text::call_number,
     {"索书号", "callnumber", "call", "itemcallnumber", "Z30_CALL_NO", "call_reconstructed"}},
    {"scheme", std::nullopt, {"分类法", "call_type", "class_scheme", "cn_source", "", ""}},
    {"status", std::nullopt, {"状态", "馆藏状态", "item_status", "流通状态", "", ""}},
    {"volume",
     Text::volume,
     {"卷册", "卷册号", "enumeration", "description", "Z30_DESCRIPTION", ""}},
    {"copy", Text::copy, {"复本", "复本号", "copy_number", "copynumber", "", ""}},
    {"title", Text::title, {"题名", "书名", "正题名", "", "", ""}},
    {"source", Text::source, {"来源", "", "", "", "", ""}},
    {"item_id", Text::item_id, {"item#", "itemnumber", "Z30_REC_KEY", "rec_key", "馆藏号", ""}},
    {"shelf", Text::shelf, {"架位", "架位号", "层架号", "shelf_code", "排架号", ""}},
    {"isbn", Text::isbn, {"ISBN", "标准书号", "", "", "", ""}},
    {"due", Text::due, {"应还日期", "due_date", "onloan", "", "", ""}},
    {"hold", Text::hold, {"预约", "holds", "reserves", "", "", ""}},
    {"keep", Text::keep, {"保护", "protected", "特藏", "", "", ""}},
    {"collection", Text::collection, {"馆藏类型", "ccode", "Z30_COLLECTION", "", "", ""}},
    {"last_seen",
     Text::last_seen,
     {"datelastseen", "last_inventory_date", "最近清点", "上次清点", "", ""}},
    {"library", Text::library, {"分馆", "分馆代码", "branch", "homebranch", "", ""}},
}};

}  // namespace

std::optional<std::size_t> ItemReader::find(std::string_view field,
                                            const ItemColumns& columns) const {
    if (const auto named = columns.names.find(std::string(field)); named != columns.names.end())
        return rows_.required(named->second);
    if (const auto usual = columns.usual.find(std::string(field)); usual != columns.usual.end())
        if (const auto found = rows_.column(usual->second)) return found;
    if (const auto found = rows_.column(field)) return found;
    for (const auto& candidate : kFields) {
        if (candidate.name != field) continue;
        for (const std::string_view heading : candidate.headings)
            if (!heading.empty())
                if (const auto found = rows_.column(heading)) return found;
    }
    return std::nullopt;
}

ItemReader::ItemReader(RowSource& rows, const ItemColumns& columns)
    : rows_(rows),
      locations_(columns.locations),
      schemes_(columns.schemes),
      unknown_status_stops_(columns.unknown_status_stops),
      skips_unknown_schemes_(!columns.schemes.empty()) {
    for (const auto& [field, heading] : columns.names) {
        const bool is_known = std::any_of(kFields.begin(), kFields.end(),
                                          [&f = field](const Field& x) { return x.name == f; });
        if (is_known) continue;
        std::vector<std::string_view> names;
        for (const auto& known : kFields) names.push_back(known.name);
        const auto near = nearest(field, names);
        throw Error(Fault::usage, msg("there is no item field \"{}\"", printable(field)),
                    near ? msg("did you mean \"{}\"?", *near) : Message());
    }
    for (const auto& field : kFields) {
        const auto index = find(field.name, columns);
        if (!index) {
            // Without a barcode and a place nothing can be matched or expected.
            if (field.name == "barcode" || field.name == "location")
                (void)rows_.required(field.name);
            continue;
        }
        if (field.text)
            texts_.push_back({*index, *field.text});
        else if (field.name == "location")
            location_ = index;
        else if (field.name == "scheme")
            scheme_ = index;
        else
            status_ = index;
    }
    for (const auto& rule : columns.rules)
        if (const auto index = rows_.column(rule.column))
            rules_.push_back({*index, rule.values, rule.status});
    status_word_ = status_;
    if (!rules_.empty()) {
        const auto missing = std::find_if(rules_.begin(), rules_.end(), [](const Rule& rule) {
            return rule.status == Status::missing;
        });
        status_word_ = (missing == rules_.end() ? rules_.front() : *missing).index;
    }
    for (const auto& [word, name] : columns.statuses) {
        const auto status = status_from(name);
        if (!status) throw Error(Fault::config, msg("\"{}\" is no status class", printable(name)));
        statuses_.emplace(word, *status);
    }
}

std::string ItemReader::status_column() const {
    return status_word_ ? rows_.header()[*status_word_] : std::string();
}

const std::string& ItemReader::location_column() const { return rows_.header()[*location_]; }

Status ItemReader::class_of(std::string_view word) {
    auto known = statuses_.find(word);
    if (known == statuses_.end()) {
        auto status = word.empty() ? std::optional(Status::unknown) : status_from(word);
        if (!status) {
            if (unknown_status_stops_) {
                is_fatal_ = true;
                throw Error(Fault::bad_input, rows_.where(),
                            msg("no status class is known for \"{}\"", printable(word, 40)),
                            msg("map it with --status WORD=CLASS, or use --unknown-status warn"));
            }
            status = Status::unknown;
            unknown_statuses_.emplace(std::string(word), 0);
        }
        known = statuses_.emplace(std::string(word), *status).first;
    }
    if (!unknown_statuses_.empty())
        if (const auto counted = unknown_statuses_.find(word); counted != unknown_statuses_.end())
            ++counted->second;
    return known->second;
}

std::optional<ItemRow> ItemReader::next() {
    const auto cells = rows_.next();
    if (!cells) return std::nullopt;
    ItemRow row;
    const auto cell = [&cells](std::size_t index) {
        return index < cells->size() ? (*cells)[index] : std::string_view();
    };
    for (const auto& column : texts_) row.text(column.text) = cell(column.index);
    row.location = cell(*location_);
    if (!locations_.empty())
        if (const auto mapped = locations_.find(trim(row.location)); mapped != locations_.end()) {
            row.text(Text::location) = row.location;
            row.location = mapped->second;
        }
    if (scheme_) {
        const std::string_view word = trim(cell(*scheme_));
        if (!word.empty()) {
            const auto known = schemes_.find(word);
            const auto scheme =
                known == schemes_.end() ? callno::scheme_from(word) : std::optional(known->second);
            if (known == schemes_.end() && scheme) schemes_.emplace(std::string(word), *scheme);
            if (!scheme && !skips_unknown_schemes_)
                throw Error(Fault::bad_input, rows_.where(),
                            msg("\"{}\" is no call-number scheme", printable(word, 40)));
            row.scheme = scheme;
        }
    }
    if (std::string_view& call = row.text(Text::call_number);
        call.find("$$") != std::string_view::npos) {
        // ALEPH writes subfields of 852: $$h class, $$i item part, $$k prefix.
        call_.clear();
        for (std::size_t at = call.find("$$"); at != std::string_view::npos;) {
            const std::size_t next = call.find("$$", at + 2);
            const std::string_view part =
                call.substr(at, next == std::string_view::npos ? next : next - at);
            if (part.size() > 3 && (part[2] == 'h' || part[2] == 'i' || part[2] == 'k')) {
                if (!call_.empty())
                    call_ += part[2] == 'i' &&
                                     row.scheme.value_or(callno::Scheme::clc) == callno::Scheme::clc
                                 ? '/'
                                 : ' ';
                call_ += trim(part.substr(3));
            }
            at = next;
        }
        call = call_;
    }
    row.status = Status::on_shelf;
    if (status_word_) row.text(Text::status) = trim(cell(*status_word_));
    std::string_view unmapped;
    for (const auto& rule : rules_) {
        const std::string_view value = trim(cell(rule.index));
        if (!rule.values.empty() && !value.empty()) {
            // What the user says of a word goes before the rules of the profile.
            if (const auto mapped = statuses_.find(value); mapped != statuses_.end()) {
                row.status = class_of(value);
                if (row.status == Status::on_shelf) continue;
                return row;
            }
        }
        const auto has = [value](const Rule& any) {
            return any.values.empty()
                       ? !value.empty() && value != "0"
                       : std::find(any.values.begin(), any.values.end(), value) != any.values.end();
        };
        if (has(rule)) {
            row.status = rule.status;
            return row;
        }
        if (!value.empty() && value != "0" &&
            std::none_of(rules_.begin(), rules_.end(), [&](const Rule& other) {
                return other.index == rule.index && has(other);
            }))
            unmapped = value;
    }
    if (!unmapped.empty())
        row.status = class_of(unmapped);
    else if (status_)
        row.status = class_of(trim(cell(*status_)));
    return row;
}

void load_source(const std::string& path, ItemColumns& columns) {
    const Yaml yaml = Yaml::load(path);
    yaml.allow({"form", "delimiter", "field", "repeat", "columns", "status", "status_rules",
                "unknown_status", "locations", "schemes"});
    const Yaml form = yaml.get("form");
    if (const std::string name = form.text_or("table"); name == "json")
        columns.form = ItemColumns::Form::json;
    else if (name == "marc")
        columns.form = ItemColumns::Form::marc;
    else if (name != "table")
        throw form.error(msg("the form is table, json or marc, not \"{}\"", printable(name)));
    if (const Yaml delimiter = yaml.get("delimiter"); !delimiter.is_absent()) {
        if (delimiter.text().size() != 1)
            throw delimiter.error(msg("the delimiter is one character"));
        columns.delimiter = delimiter.text().front();
    }
    if (columns.form == ItemColumns::Form::table) {
        for (const auto& [field, value] : yaml.get("columns").entries())
            // Fields that only the catalogue keeps.
            if (field != "updated") columns.usual.emplace(field, value.text());
    } else {
        columns.formulas = yaml.need("columns");
    }
    if (columns.form == ItemColumns::Form::marc) {
        const Yaml field = yaml.need("field"), repeat = yaml.get("repeat");
        columns.marc_field = field.text();
        if (columns.marc_field.size() != 3) throw field.error(msg("a field has three characters"));
        columns.marc_repeat = repeat.text_or("");
        if (columns.marc_repeat.size() > 1)
            throw repeat.error(msg("a subfield has a code of one character"));
    }
    for (const auto& [word, name] : yaml.get("status").entries()) {
        if (!status_from(name.text()))
            throw name.error(msg("\"{}\" is no status class", printable(name.text())));
        columns.statuses.emplace(word, name.text());
    }
    for (const auto& [word, code] : yaml.get("locations").entries())
        columns.locations.emplace(word, code.text());
    for (const auto& [word, name] : yaml.get("schemes").entries()) {
        const auto scheme = callno::scheme_from(name.text());
        if (!scheme)
            throw name.error(msg("\"{}\" is no call-number scheme", printable(name.text())));
        columns.schemes.emplace(word, *scheme);
    }
    for (const auto& item : yaml.get("status_rules").items()) {
        item.allow({"column", "values", "class"});
        const Yaml name = item.need("class");
        const auto status = status_from(name.text());
        if (!status) throw name.error(msg("\"{}\" is no status class", printable(name.text())));
        columns.rules.push_back({item.need("column").text(), item.get("values").texts(), *status});
    }
    if (yaml.get("unknown_status").text_or("stop") == "warn") columns.unknown_status_stops = false;
}

}  // namespace tushu::inventory
