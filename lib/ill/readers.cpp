// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "ill/ill.hpp"

namespace tushu::ill {
namespace {

std::map<std::string, std::size_t> find_columns(const CsvReader& csv,
                                                std::initializer_list<const char*> needed,
                                                std::initializer_list<const char*> optional) {
    std::map<std::string, std::size_t> columns;
    for (const char* const name : needed) columns[name] = csv.required(name);
    for (const char* const name : optional)
        if (const auto index = csv.column(name)) columns[name] = *index;
    return columns;
}

/// The cell of a column as composed text (NFC) with single blanks; empty when the column or cell is
/// absent.
std::string cell(const std::map<std::string, std::size_t>& columns,
                 std::span<const std::string_view> row, const char* name) {
    const auto column = columns.find(name);
    if (column == columns.end() || column->second >= row.size()) return {};
    std::string out;
    for (const char c : nfc(trim(row[column->second]))) {
        const bool is_blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (!is_blank)
            out += c;
        else if (!out.ends_with(' '))
            out += ' ';
    }
    return out;
}

}  // namespace

RequestReader::RequestReader(Input& input, std::function<std::string(std::string_view)> pseudonym)
    : csv_(input), pseudonym_(std::move(pseudonym)) {
    if (csv_.header().empty()) return;  // an empty file holds no requests
    columns_ = find_columns(csv_, {"reference", "role", "service", "title", "partner", "requested"},
                            {"author", "container", "volume", "issue", "year", "pages", "isbn",
                             "issn", "patron", "need_before"});
}

std::optional<Request> RequestReader::next() {
    const auto row = csv_.next();
    if (!row) return std::nullopt;
    const auto get = [&](const char* name) { return cell(columns_, *row, name); };
    Request request;
    request.reference = get("reference");
    request.role = ascii_lower(get("role"));
    request.service = ascii_lower(get("service"));
    request.title = get("title");
    request.author = get("author");
    request.container = get("container");
    request.volume = get("volume");
    request.issue = get("issue");
    request.year = get("year");
    request.pages = get("pages");
    request.isbn = get("isbn");
    request.issn = get("issn");
    request.partner = ascii_lower(get("partner"));
    const std::string patron = get("patron");
    if (!patron.empty()) request.patron = pseudonym_(patron);
    request.requested = get("requested");
    request.need_before = get("need_before");
    return request;
}

EventReader::EventReader(Input& input) : csv_(input) {
    if (csv_.header().empty()) return;
    columns_ =
        find_columns(csv_, {"reference", "event", "day"}, {"partner_number", "operator", "note"});
}

std::optional<Event> EventReader::next() {
    const auto row = csv_.next();
    if (!row) return std::nullopt;
    const auto get = [&](const char* name) { return cell(columns_, *row, name); };
    return Event{get("reference"),      ascii_lower(get("event")), get("day"),
                 get("partner_number"), get("operator"),           get("note")};
}

}  // namespace tushu::ill
