// SPDX-License-Identifier: Apache-2.0
#include "catalog/show.hpp"

#include "base/input.hpp"
#include "base/table.hpp"
#include "base/text.hpp"
#include "catalog/pack.hpp"
#include "catalog/tables.hpp"
#include "marc/record.hpp"

#include <set>
#include <utility>
#include <vector>

namespace tushu::catalog {
namespace {

using BibKey = std::pair<std::string, std::string>;  // control number, source

Message state_name(std::string_view state) {
    if (state == "deleted") return msg("deleted by its library");
    if (state == "vanished") return msg("gone from the last full load");
    return msg("live");
}

std::string load_text(store::Store& store, std::int64_t id) {
    store::Rows rows = store.query("SELECT file, loaded_at FROM load WHERE id = $1", id);
    if (!rows.next()) return {};
    return std::string(rows.text(0)) + " " + std::string(rows.text(1));
}

/// "200 1  $a..." a line, for reading; control bytes escaped.
std::string field_lines(const marc::Record& record) {
    std::string out = "LDR     " + printable(record.leader()) + "\n";
    for (std::size_t i = 0; i < record.field_count(); ++i) {
        const marc::Field field = record.field(i);
        std::string line(field.tag());
        if (field.is_control()) {
            line.append("     ").append(field.value());
        } else {
            line.append(1, ' ').append(1, field.indicator1()).append(1, field.indicator2());
            line.append("  ");
            for (const auto& [code, value] : field.subfields())
                line.append("$").append(1, code).append(value);
        }
        out += printable(line, 100'000) + "\n";
    }
    return out;
}

class Page {
  public:
    explicit Page(Lang lang) : lang_(lang) {}
    void line(const Message& label, std::string_view value) {
        if (value.empty()) return;
        constexpr std::size_t kWidth = 18;
        const std::string name = label.text(lang_);
        const std::size_t width = display_width(name);
        text_ += name + std::string(width < kWidth ? kWidth - width : 1, ' ') + std::string(value) +
                 "\n";
    }
    void line(const Message& label, const Message& value) { line(label, value.text(lang_)); }
    void add(std::string_view text) { text_ += text; }
    [[nodiscard]] std::string take() { return std::move(text_); }
    [[nodiscard]] bool empty() const { return text_.empty(); }
    [[nodiscard]] Lang lang() const { return lang_; }

  private:
    Lang lang_;
    std::string text_;
};

/// Items of a record's own source and of sources that have no such record themselves; and the one
/// with `barcode`, which may name no record at all.
void add_items(store::Store& store, Page& page, const BibKey& bib, std::string_view barcode = {}) {
    Table table;
    table.name = "items";
    table.title = msg("Items");
    table.columns = {{"barcode", msg("Barcode")},
                     {"location", msg("Location")},
                     {"call_number", msg("Call number")},
                     {"status", msg("Status")},
                     {"volume", msg("Volume")},
                     {"copy", msg("Copy")},
                     {"source", msg("Source")}};
    store::Rows rows = store.query(
        "SELECT i.barcode, i.location, i.call_number, i.status_class, i.volume, i.copy, i.source, "
        "i.status, i.state "
        "FROM item i WHERE ((i.bib = $1 AND $1 <> '') OR i.barcode = $3) AND (i.source = $2 OR NOT "
        "EXISTS "
        "(SELECT 1 FROM bib b WHERE b.control_number = i.bib AND b.source = i.source)) "
        "ORDER BY i.location, i.barcode, i.source",
        bib.first, bib.second, barcode);
    while (rows.next()) {
        std::string status = status_name(rows.text(3)).text(page.lang());
        if (!rows.text(7).empty() && rows.text(7) != status)
            status += " (" + std::string(rows.text(7)) + ")";
        if (rows.text(8) != "live") status += " - " + state_name(rows.text(8)).text(page.lang());
        table.rows.push_back({std::string(rows.text(0)), std::string(rows.text(1)),
                              std::string(rows.text(2)), status, std::string(rows.text(4)),
                              std::string(rows.text(5)), std::string(rows.text(6))});
    }
    if (!table.rows.empty()) page.add("\n" + table_text(table, page.lang()));
}

void add_bib(store::Store& store, Page& page, const BibKey& key, bool with_fields) {
    std::int64_t first_load = 0, last_load = 0;
    std::string packed;
    {
        store::Rows rows = store.query(
            "SELECT title, author, isbn, language, material, entered, state, dialect, first_load, "
            "last_load, record "
            "FROM bib WHERE control_number = $1 AND source = $2",
            key.first, key.second);
        if (!rows.next()) return;
        if (!page.empty()) page.add("\n");
        page.line(msg("Title"), rows.text(0));
        page.line(msg("Author"), rows.text(1));
        page.line(msg("ISBN"), rows.text(2));
        page.line(msg("Control number"), key.first);
        page.line(msg("Source"), key.second);
        page.line(msg("Format"), rows.text(7));
        page.line(msg("Language"), rows.text(3));
        page.line(msg("Material"), material_name(rows.text(4)));
        page.line(msg("Entered on file"), rows.text(5));
        page.line(msg("State"), state_name(rows.text(6)));
        first_load = rows.integer(8);
        last_load = rows.integer(9);
        packed = rows.bytes(10);
    }
    page.line(msg("First loaded from"), load_text(store, first_load));
    if (last_load != first_load) page.line(msg("Last changed by"), load_text(store, last_load));
    add_items(store, page, key);
    if (!with_fields) return;
    Unpacker unpacker;
    const std::string plain(unpacker.unpack(packed));
    const auto input = Input::from_memory(plain, "<store>");
    const auto records = open_plain(*input, is_json(plain));
    while (const marc::Record* record = records->next()) page.add("\n" + field_lines(*record));
}

/// The records that an item of `source` with this bib number belongs to (lib/catalog/export.hpp).
std::vector<BibKey> bibs_of(store::Store& store, const std::string& number,
                            std::string_view source) {
    std::vector<BibKey> own, others;
    store::Rows rows =
        store.query("SELECT source FROM bib WHERE control_number = $1 ORDER BY source", number);
    while (rows.next())
        (rows.text(0) == source ? own : others).emplace_back(number, std::string(rows.text(0)));
    return own.empty() ? others : own;
}

}  // namespace

std::string describe(store::Store& store, std::string_view number, Lang lang, bool with_fields) {
    Page page(lang);
    const std::string barcode = ascii_upper(trim(nfkc(number)));
    std::vector<BibKey> keys;
    std::vector<BibKey> orphans;  // bib numbers of items that have no record
    {
        store::Rows rows =
            store.query("SELECT source FROM bib WHERE control_number = $1 ORDER BY source", number);
        while (rows.next()) keys.emplace_back(std::string(number), std::string(rows.text(0)));
    }
    if (keys.empty()) {
        std::vector<BibKey> named;
        {
            store::Rows rows = store.query(
                "SELECT bib, source FROM item WHERE barcode = $1 ORDER BY source", barcode);
            while (rows.next())
                named.emplace_back(std::string(rows.text(0)), std::string(rows.text(1)));
        }
        std::set<BibKey> seen;
        for (const auto& [bib, source] : named) {
            const std::vector<BibKey> found = bibs_of(store, bib, source);
            for (const BibKey& key : found)
                if (seen.insert(key).second) keys.push_back(key);
            if (found.empty() && seen.emplace(bib, source).second)
                orphans.emplace_back(bib, source);
        }
    }
    for (const BibKey& key : keys) add_bib(store, page, key, with_fields);
    for (const BibKey& key : orphans) {
        if (!page.empty()) page.add("\n");
        page.line(msg("Control number"), key.first);
        page.line(msg("Source"), key.second);
        page.line(msg("State"), msg("there is no such bibliographic record"));
        add_items(store, page, key, barcode);
    }
    return page.take();
}

}  // namespace tushu::catalog
