// SPDX-License-Identifier: Apache-2.0
#include "base/hash.hpp"
#include "base/text.hpp"
#include "ill/ill.hpp"

#include <algorithm>

namespace tushu::ill {
namespace {

/// A day as yyyy-mm-dd; nullopt for anything that is none.
std::optional<std::string> day_text(const std::string& text) {
    const auto day = parse_day(text);
    return day ? std::optional(text_of(*day)) : std::nullopt;
}

std::string chained(const std::string& previous, std::initializer_list<std::string_view> fields) {
    std::string bytes = previous;
    for (const auto field : fields) bytes += '\x1F' + std::string(field);
    return sha256_hex(bytes);
}

}  // namespace

Desk::Desk(store::Store& store, std::map<std::string, Partner> partners, StateMachine states)
    : store_(store), partners_(std::move(partners)), states_(std::move(states)) {}

std::optional<Refusal> Desk::check(const Request& request) {
    if (request.reference.empty())
        return Refusal{"no_reference", msg("the request has no reference")};
    if (request.title.empty())
        return Refusal{"no_title", msg("request \"{}\" has no title", request.reference)};
    if (!states_.contains(request.role))
        return Refusal{"bad_role", msg("role \"{}\" is neither requester nor supplier",
                                       printable(request.role))};
    if (request.service != "loan" && request.service != "copy")
        return Refusal{"bad_service",
                       msg("service \"{}\" is neither loan nor copy", printable(request.service))};
    const auto partner = partners_.find(request.partner);
    if (partner == partners_.end())
        return Refusal{"unknown_partner",
                       msg("there is no partner \"{}\"", printable(request.partner))};
    if (!partner->second.roles.contains(request.role))
        return Refusal{"bad_role", msg("with partner \"{}\" the library is never {}",
                                       request.partner, request.role)};
    if (!day_text(request.requested))
        return Refusal{"bad_day",
                       msg("\"{}\" is not a day such as 2019-12-31", printable(request.requested))};
    if (!request.need_before.empty() && !day_text(request.need_before))
        return Refusal{"bad_day", msg("\"{}\" is not a day such as 2019-12-31",
                                      printable(request.need_before))};
    if (store_.integer("SELECT 1 FROM ill_request WHERE reference = $1", request.reference))
        return Refusal{"duplicate_reference",
                       msg("there is a request \"{}\" already", printable(request.reference))};
    return std::nullopt;
}

std::string Desk::add(const Request& request, std::optional<std::int64_t> load, Instant now) {
    const std::string requested = day_text(request.requested).value();
    const int year = static_cast<int>(parse_integer(requested.substr(0, 4)).value());
    const std::string prefix = requested.substr(2, 2);
    const auto last =
        store_.text("SELECT MAX(id) FROM ill_request WHERE substr(id, 1, 2) = $1", prefix);
    const std::int64_t sequence = last ? parse_integer(last->substr(2, 6)).value() + 1 : 1;
    if (sequence > 999'999)
        throw Error(Fault::bug, msg("the year {} has no request numbers left", year));
    const std::string id = request_id(year, sequence);
    store_.execute(
        "INSERT INTO ill_request (id, reference, role, service, title, author, container, volume, "
        "issue, year, "
        "pages, isbn, issn, patron, requested, need_before, state, filled, load_id) VALUES "
        "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'draft', '', $17)",
        id, request.reference, request.role, request.service, request.title, request.author,
        request.container, request.volume, request.issue, request.year, request.pages, request.isbn,
        request.issn, request.patron, requested,
        request.need_before.empty() ? "" : day_text(request.need_before).value(), load);
    store_.execute(
        "INSERT INTO ill_attempt (id, request_id, partner, state, partner_number, sheet_written, "
        "sent) VALUES "
        "($1, $2, $3, 'draft', '', '', '')",
        id + "A", id, request.partner);
    audit(id, Event{request.reference, "created", requested, "", "", ""}, "", "draft", now);
    return id;
}

std::optional<Request> Desk::find(const std::string& id_or_reference) {
    const auto id = store_.text(
        "SELECT id FROM ill_request WHERE id = $1 UNION ALL SELECT id FROM ill_request WHERE "
        "reference = $1 UNION ALL "
        "SELECT request_id FROM ill_attempt WHERE id = $1 LIMIT 1",
        id_or_reference);
    if (!id) return std::nullopt;
    auto rows = store_.query(
        "SELECT r.id, r.reference, r.role, r.service, r.title, r.author, r.container, r.volume, "
        "r.issue, r.year, "
        "r.pages, r.isbn, r.issn, a.partner, r.requested, r.need_before, r.state, r.filled "
        "FROM ill_request r JOIN ill_attempt a ON a.request_id = r.id "
        "WHERE r.id = $1 ORDER BY a.id DESC LIMIT 1",
        *id);
    if (!rows.next()) return std::nullopt;
    const auto text = [&rows](int column) { return std::string(rows.text(column)); };
    Request request;
    request.id = text(0);
    request.reference = text(1);
    request.role = text(2);
    request.service = text(3);
    request.title = text(4);
    request.author = text(5);
    request.container = text(6);
    request.volume = text(7);
    request.issue = text(8);
    request.year = text(9);
    request.pages = text(10);
    request.isbn = text(11);
    request.issn = text(12);
    request.partner = text(13);
    request.requested = text(14);
    request.need_before = text(15);
    request.state = text(16);
    request.filled = text(17);
    return request;
}

std::optional<Refusal> Desk::apply(const Event& event, Instant now) {
    const auto request = find(event.reference);
    if (!request)
        return Refusal{"unknown_reference",
                       msg("there is no request \"{}\"", printable(event.reference))};
    const auto& events = states_.at(request->role);
    const auto found = events.find(event.event);
    if (found == events.end()) {
        const bool is_known =
            std::any_of(states_.begin(), states_.end(),
                        [&event](const auto& role) { return role.second.contains(event.event); });
        if (!is_known)
            return Refusal{"unknown_event",
                           msg("there is no event \"{}\"", printable(event.event))};
        return Refusal{"not_allowed",
                       msg("a {} request has no event \"{}\"", request->role, event.event)};
    }
    const auto day = day_text(event.day);
    if (!day)
        return Refusal{"bad_day",
                       msg("\"{}\" is not a day such as 2019-12-31", printable(event.day))};
    const bool is_repeat =
        store_
            .integer(
                "SELECT 1 FROM ill_audit WHERE request_id = $1 AND event = $2 AND day = $3 AND "
                "partner_number = $4",
                request->id, event.event, *day, event.partner_number)
            .has_value();
    if (is_repeat) return Refusal{"repeated", msg("this event is recorded already")};
    const Transition& rule = found->second;
    if (std::find(rule.from.begin(), rule.from.end(), request->state) == rule.from.end())
        return Refusal{"not_allowed", msg("request \"{}\" is \"{}\": it cannot become \"{}\"",
                                          request->reference, request->state, rule.to)};
    if (!rule.service.empty() && rule.service != request->service)
        return Refusal{"not_allowed", msg("request \"{}\" is a {}: it cannot become \"{}\"",
                                          request->reference, request->service, rule.to)};
    if (rule.needs == "partner_number" && event.partner_number.empty())
        return Refusal{"no_partner_number",
                       msg("request \"{}\" is not sent before the partner's number is known",
                           request->reference)};
    if (*day < request->requested)
        return Refusal{"bad_day", msg("the event is of {}, before the request of {}", *day,
                                      request->requested)};

    const std::string filled = rule.fills ? *day : request->filled;
    store_.execute("UPDATE ill_request SET state = $2, filled = $3 WHERE id = $1", request->id,
                   rule.to, filled);
    // The attempt that the event belongs to is the latest one: ids end in A, B, C ...
    const std::string attempt =
        store_.text("SELECT MAX(id) FROM ill_attempt WHERE request_id = $1", request->id).value();
    store_.execute(
        "UPDATE ill_attempt SET state = $2, partner_number = CASE WHEN $3 = '' THEN partner_number "
        "ELSE $3 END, "
        "sent = CASE WHEN $4 = 'sent' THEN $5 ELSE sent END WHERE id = $1",
        attempt, rule.to, event.partner_number, event.event, *day);
    Event recorded = event;
    recorded.day = *day;
    audit(request->id, recorded, request->state, rule.to, now);
    return std::nullopt;
}

void Desk::audit(const std::string& request, const Event& event, const std::string& before,
                 const std::string& after, Instant now) {
    std::int64_t seq = 1;
    std::string previous;
    {
        auto rows = store_.query(
            "SELECT seq, chain FROM ill_audit WHERE request_id = $1 ORDER BY seq DESC LIMIT 1",
            request);
        if (rows.next()) {
            seq = rows.integer(0) + 1;
            previous = rows.text(1);
        }
    }
    const std::string recorded = text_of(now);
    const std::string chain =
        chained(previous, {request, std::to_string(seq), recorded, event.day, event.event,
                           event.operator_name, event.partner_number, event.note, before, after});
    store_.execute(
        "INSERT INTO ill_audit (request_id, seq, recorded, day, event, operator, partner_number, "
        "note, before_state, "
        "after_state, chain) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        request, seq, recorded, event.day, event.event, event.operator_name, event.partner_number,
        event.note, before, after, chain);
}

void Desk::count() {
    std::vector<store::DailyCount> counts;
    auto rows = store_.query(
        "SELECT r.filled, a.partner, r.service, r.role, COUNT(*) FROM ill_request r JOIN "
        "ill_attempt a ON "
        "a.request_id = r.id WHERE r.filled <> '' AND a.id = (SELECT MAX(b.id) FROM ill_attempt b "
        "WHERE b.request_id "
        "= r.id) GROUP BY r.filled, a.partner, r.service, r.role ORDER BY r.filled, a.partner, "
        "r.service, r.role");
    while (rows.next())
        counts.push_back({"ill_filled", std::string(rows.text(0)), std::string(rows.text(1)),
                          std::string(rows.text(2)) + "/" + std::string(rows.text(3)),
                          rows.integer(4)});
    store::replace_daily_counts(store_, "ill", counts);
}

std::vector<DraftAttempt> drafts(store::Store& store, const std::string& partner) {
    std::vector<DraftAttempt> out;
    auto rows = store.query(
        "SELECT a.id, r.id, r.reference, r.service, r.title, r.author, r.container, r.volume, "
        "r.issue, r.year, "
        "r.pages, r.isbn, r.issn, a.partner, r.requested, r.need_before FROM ill_attempt a JOIN "
        "ill_request r ON r.id "
        "= a.request_id WHERE a.state = 'draft' AND r.role = 'requester' AND ($1 = '' OR a.partner "
        "= $1) ORDER BY a.id",
        partner);
    const auto text = [&rows](int column) { return std::string(rows.text(column)); };
    while (rows.next()) {
        DraftAttempt draft;
        draft.id = text(0);
        Request& r = draft.request;
        r.id = text(1);
        r.reference = text(2);
        r.role = "requester";
        r.service = text(3);
        r.title = text(4);
        r.author = text(5);
        r.container = text(6);
        r.volume = text(7);
        r.issue = text(8);
        r.year = text(9);
        r.pages = text(10);
        r.isbn = text(11);
        r.issn = text(12);
        r.partner = text(13);
        r.requested = text(14);
        r.need_before = text(15);
        out.push_back(std::move(draft));
    }
    return out;
}

void mark_sheet_written(store::Store& store, const std::string& attempt, Instant now) {
    store.execute("UPDATE ill_attempt SET sheet_written = $2 WHERE id = $1", attempt, text_of(now));
}

}  // namespace tushu::ill
