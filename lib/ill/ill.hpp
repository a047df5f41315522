// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/config.hpp"
#include "base/csv.hpp"
#include "base/date.hpp"
#include "base/table.hpp"
#include "store/store.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tushu::ill {

/// A partner library or network, from data/partners/CODE.yaml.
struct Partner {
    std::string code, name_zh, name_en, network_zh, network_en, how_zh, how_en;
    std::set<std::string> roles;  // of ours: requester, supplier
    std::string mode;             // assisted: a person enters the order and its number
};
/// All partner profiles. Errors: Error{config} with file, line, column.
[[nodiscard]] std::map<std::string, Partner> load_partners(const DataFolders& data);

/// What an event does to a request, from data/states.yaml.
struct Transition {
    std::vector<std::string> from;
    std::string to;
    std::string needs;    // "partner_number" or empty
    std::string service;  // only for this service, when set
    bool fills = false;
};
/// Role -> event -> transition.
using StateMachine = std::map<std::string, std::map<std::string, Transition>>;
[[nodiscard]] StateMachine load_states(const DataFolders& data);

/// What a reader (or a partner) asks for. Texts are UTF-8; days are local.
struct Request {
    std::string id;         // empty until stored
    std::string reference;  // the number under which it came in; unique
    std::string role, service, title, author, container, volume, issue, year, pages, isbn, issn,
        partner;
    std::string patron;  // pseudonym
    std::string requested, need_before;
    std::string state, filled;
};

/// One step of a request's life as an operator or a partner's message reports it.
struct Event {
    std::string reference, event, day, partner_number, operator_name, note;
};

/// Request numbers: two digits of the year, six of a sequence, one check digit (Luhn): digits only
/// and 9 long, because some partners cut at 13 characters or refuse letters. Attempts add a letter.
[[nodiscard]] std::string request_id(int year, std::int64_t sequence);

/// An expected refusal: its code and what is wrong.
struct Refusal {
    std::string code;
    Message message;
};

/// The requests of the store. Every change is one transaction of the caller's, with its audit row.
class Desk {
  public:
    Desk(store::Store& store, std::map<std::string, Partner> partners, StateMachine states);

    /// What is wrong with a request as it comes in; nullopt when it may be stored.
    [[nodiscard]] std::optional<Refusal> check(const Request& request);
    /// Stores a checked request with its first attempt in state draft; returns its id.
    std::string add(const Request& request, std::optional<std::int64_t> load, Instant now);
    /// Applies an event. nullopt when done; a Refusal when the state machine or the data forbid it,
    /// or when the same event is recorded already (code "repeated").
    [[nodiscard]] std::optional<Refusal> apply(const Event& event, Instant now);
    /// Recomputes the daily counts (measure ill_filled) from the requests.
    void count();

    [[nodiscard]] std::optional<Request> find(const std::string& id_or_reference);
    [[nodiscard]] const std::map<std::string, Partner>& partners() const { return partners_; }

  private:
    void audit(const std::string& request, const Event& event, const std::string& before,
               const std::string& after, Instant now);
    store::Store& store_;
    std::map<std::string, Partner> partners_;
    StateMachine states_;
};

/// Reads requests from CSV (header: reference, role, service, title, author, container, volume,
/// issue, year, pages, isbn, issn, partner, patron, requested, need_before). `pseudonym` turns a
/// card number into its pseudonym at once; the number itself is kept nowhere.
class RequestReader {
  public:
    RequestReader(Input& input, std::function<std::string(std::string_view)> pseudonym);
    /// nullopt at the end. Errors: Error{bad_input} for an unreadable row; the next call goes on.
    [[nodiscard]] std::optional<Request> next();
    [[nodiscard]] const CsvReader& csv() const { return csv_; }

  private:
    CsvReader csv_;
    std::function<std::string(std::string_view)> pseudonym_;
    std::map<std::string, std::size_t> columns_;
};

/// Reads events from CSV (header: reference, event, day, partner_number, operator, note).
class EventReader {
  public:
    explicit EventReader(Input& input);
    [[nodiscard]] std::optional<Event> next();
    [[nodiscard]] const CsvReader& csv() const { return csv_; }

  private:
    CsvReader csv_;
    std::map<std::string, std::size_t> columns_;
};

/// The order sheet of an attempt: what an operator types into the partner's own system, in both
/// languages, without any patron data.
[[nodiscard]] std::string order_sheet(const Request& request, const std::string& attempt,
                                      const Partner& partner);

struct DraftAttempt {
    std::string id;
    Request request;
};
/// Attempts of our own requests that nobody has sent yet, by id.
[[nodiscard]] std::vector<DraftAttempt> drafts(store::Store& store, const std::string& partner);
void mark_sheet_written(store::Store& store, const std::string& attempt, Instant now);

/// Requests as a list, newest last; empty filters mean all.
[[nodiscard]] Table request_list(store::Store& store, const std::string& state,
                                 const std::string& partner);
/// One request: its data, its attempts, its audit trail; Error{bad_input} when the trail was
/// altered.
[[nodiscard]] std::vector<Table> request_tables(store::Store& store, const Request& request);

/// The report's tables: ill-requests (partner, role, service, state, n) and ill-months (month,
/// service, role, n).
[[nodiscard]] std::vector<Table> tables(store::Store& store);

}  // namespace tushu::ill
