// SPDX-License-Identifier: Apache-2.0
#include "base/hash.hpp"
#include "base/text.hpp"
#include "ill/ill.hpp"

namespace tushu::ill {
namespace {

std::vector<std::string> provenance(store::Store& store) {
    std::vector<std::string> out;
    auto rows = store.query(
        "SELECT file, sha256 FROM load WHERE kind LIKE 'ill-%' ORDER BY kind, file, sha256");
    while (rows.next())
        out.push_back(std::string(rows.text(0)) + " sha256:" + std::string(rows.text(1)));
    return out;
}

/// The rows of a query, one cell a column of `table`: numbers where the column holds numbers.
void take_rows(Table& table, store::Rows rows) {
    while (rows.next()) {
        std::vector<Cell> row;
        for (int c = 0; c < static_cast<int>(table.columns.size()); ++c) {
            if (table.columns[static_cast<std::size_t>(c)].kind == ColumnKind::integer)
                row.emplace_back(rows.integer(c));
            else
                row.emplace_back(std::string(rows.text(c)));
        }
        table.rows.push_back(std::move(row));
    }
}

/// What identifies the wanted work, in the order of a request form.
std::vector<std::pair<Message, std::string>> work_of(const Request& request) {
    return {{msg("Title"), request.title},
            {msg("Author"), request.author},
            {msg("In (journal or book)"), request.container},
            {msg("Volume"), request.volume},
            {msg("Issue"), request.issue},
            {msg("Year"), request.year},
            {msg("Pages"), request.pages},
            {msg("ISBN"), request.isbn},
            {msg("ISSN"), request.issn}};
}

}  // namespace

std::string order_sheet(const Request& request, const std::string& attempt,
                        const Partner& partner) {
    std::string out;
    const auto line = [&out](const Message& label, std::string_view value) {
        if (value.empty()) return;
        out += label.text(Lang::zh) + " / " + label.text(Lang::en) + ": " + printable(value, 2000) +
               "\n";
    };
    line(msg("Order sheet"), attempt);
    line(msg("Partner"), partner.name_zh + " / " + partner.name_en);
    line(msg("Network"), partner.network_zh + " / " + partner.network_en);
    line(msg("Service"), request.service == "loan" ? msg("loan").text(Lang::zh) + " / loan"
                                                   : msg("copy").text(Lang::zh) + " / copy");
    out += "\n";
    for (const auto& [name, value] : work_of(request)) line(name, value);
    line(msg("Needed before"), request.need_before);
    out += "\n1. " + partner.how_zh + "\n   " + partner.how_en + "\n";
    const Message then =
        msg("Then record the number: {}",
            "tushu-ill confirm --event sent --number NUMBER --operator NAME " + request.reference);
    out += "2. " + then.text(Lang::zh) + "\n   " + then.text(Lang::en) + "\n";
    return out;
}

Table request_list(store::Store& store, const std::string& state, const std::string& partner) {
    Table table;
    table.name = "ill-list";
    table.title = msg("Interlibrary requests");
    table.columns = {{"id", msg("Number"), ColumnKind::text},
                     {"reference", msg("Reference"), ColumnKind::text},
                     {"partner", msg("Partner"), ColumnKind::code},
                     {"role", msg("Role"), ColumnKind::code},
                     {"service", msg("Service"), ColumnKind::code},
                     {"state", msg("State"), ColumnKind::code},
                     {"requested", msg("Requested"), ColumnKind::text},
                     {"filled", msg("Filled"), ColumnKind::text},
                     {"title", msg("Title"), ColumnKind::text}};
    take_rows(
        table,
        store.query(
            "SELECT r.id, r.reference, a.partner, r.role, r.service, r.state, r.requested, "
            "r.filled, r.title FROM ill_request r JOIN ill_attempt a ON a.request_id = r.id "
            "WHERE ($1 = '' OR r.state = $1) AND ($2 = '' OR a.partner = $2) ORDER BY r.id, a.id",
            state, partner));
    return table;
}

std::vector<Table> request_tables(store::Store& store, const Request& request) {
    Table data;
    data.name = "ill-request";
    data.title = msg("Request {}", request.id);
    data.columns = {{"name", msg("What"), ColumnKind::text},
                    {"value", msg("Value"), ColumnKind::text}};
    const auto line = [&data](const Message& name, const std::string& value) {
        if (!value.empty()) data.rows.push_back({name, value});
    };
    line(msg("Reference"), request.reference);
    line(msg("State"), request.state);
    line(msg("Role"), request.role);
    line(msg("Service"), request.service);
    for (const auto& [name, value] : work_of(request)) line(name, value);
    line(msg("Requested"), request.requested);
    line(msg("Needed before"), request.need_before);
    line(msg("Filled"), request.filled);

    Table attempts;
    attempts.name = "ill-attempts";
    attempts.title = msg("Attempts");
    attempts.columns = {{"attempt", msg("Attempt"), ColumnKind::text},
                        {"partner", msg("Partner"), ColumnKind::code},
                        {"state", msg("State"), ColumnKind::code},
                        {"partner_number", msg("Partner's number"), ColumnKind::text},
                        {"sent", msg("Sent"), ColumnKind::text}};
    take_rows(attempts, store.query("SELECT id, partner, state, partner_number, sent FROM "
                                    "ill_attempt WHERE request_id = $1 ORDER BY id",
                                    request.id));

    Table audit;
    audit.name = "ill-audit";
    audit.title = msg("Audit trail");
    audit.columns = {{"seq", msg("No."), ColumnKind::integer},
                     {"day", msg("Day"), ColumnKind::text},
                     {"event", msg("Event"), ColumnKind::code},
                     {"before", msg("Before"), ColumnKind::code},
                     {"after", msg("After"), ColumnKind::code},
                     {"operator", msg("Operator"), ColumnKind::text},
                     {"partner_number", msg("Partner's number"), ColumnKind::text},
                     {"note", msg("Note"), ColumnKind::text}};
    auto trail = store.query(
        "SELECT seq, day, event, before_state, after_state, operator, partner_number, note, "
        "recorded, chain FROM "
        "ill_audit WHERE request_id = $1 ORDER BY seq",
        request.id);
    std::string previous;
    while (trail.next()) {
        std::string bytes = previous;
        const std::string seq = std::to_string(trail.integer(0));
        for (const std::string_view field :
             {std::string_view(request.id), std::string_view(seq), trail.text(8), trail.text(1),
              trail.text(2), trail.text(5), trail.text(6), trail.text(7), trail.text(3),
              trail.text(4)})
            bytes += '\x1F' + std::string(field);
        previous = trail.text(9);
        if (sha256_hex(bytes) != previous)
            throw Error(
                Fault::bad_input,
                msg("the audit trail of request {} was changed at step {}", request.id, seq),
                msg("compare with a backup of the store"));
        std::vector<Cell> row{trail.integer(0)};
        for (int c = 1; c < 8; ++c) row.emplace_back(std::string(trail.text(c)));
        audit.rows.push_back(std::move(row));
    }
    return {data, attempts, audit};
}

std::vector<Table> tables(store::Store& store) {
    Table requests;
    requests.name = "ill-requests";
    requests.title = msg("Interlibrary requests by partner and state");
    requests.columns = {{"partner", msg("Partner"), ColumnKind::code},
                        {"role", msg("Role"), ColumnKind::code},
                        {"service", msg("Service"), ColumnKind::code},
                        {"state", msg("State"), ColumnKind::code},
                        {"n", msg("Requests"), ColumnKind::integer}};
    take_rows(requests,
              store.query("SELECT a.partner, r.role, r.service, r.state, COUNT(*) FROM ill_request "
                          "r JOIN ill_attempt a ON a.request_id = r.id WHERE a.id = (SELECT "
                          "MAX(b.id) FROM ill_attempt b WHERE b.request_id = r.id) GROUP BY "
                          "a.partner, r.role, r.service, r.state ORDER BY a.partner, r.role, "
                          "r.service, r.state"));
    requests.notes = {
        msg("A request that was tried at several partners counts once, at the last of them.")};
    requests.provenance = provenance(store);

    Table months;
    months.name = "ill-months";
    months.title = msg("Filled interlibrary requests by month");
    months.columns = {{"month", msg("Month"), ColumnKind::text},
                      {"service", msg("Service"), ColumnKind::code},
                      {"role", msg("Role"), ColumnKind::code},
                      {"n", msg("Filled"), ColumnKind::integer}};
    take_rows(months,
              store.query("SELECT substr(filled, 1, 7), service, role, COUNT(*) FROM ill_request "
                          "WHERE filled <> '' GROUP BY substr(filled, 1, 7), service, role "
                          "ORDER BY 1, 2, 3"));
    months.provenance = requests.provenance;
    return {requests, months};
}

}  // namespace tushu::ill
