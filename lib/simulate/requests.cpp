// SPDX-License-Identifier: Apache-2.0
#include "simulate/bibs.hpp"
#include "simulate/logs.hpp"
#include "simulate/random.hpp"

#include "base/csv.hpp"

#include <algorithm>
#include <array>

namespace tushu::simulate {
namespace {

enum Stream : std::uint64_t { kRequest = 70, kBadRequest = 71 };

struct Partner {
    std::string_view code;
    std::uint64_t share;  // of a hundred
    bool asks_us;
};
constexpr std::array<Partner, 5> kPartners{{{"calis", 30, true},
                                            {"balis", 25, true},
                                            {"cashl", 20, true},
                                            {"oclc", 15, true},
                                            {"subito", 10, false}}};

constexpr std::array<std::string_view, 6> kJournals{"历史研究",   "图书馆杂志",      "文献",
                                                    "T'oung Pao", "Вопросы истории", "Nature"};

struct Event {
    int day = 0;  // of the year, from 0
    std::uint64_t order = 0;
    std::string reference, word, number, operator_name, note;
};

struct Step {
    std::string_view event;
    std::uint64_t most_days;  // after the step before
};

class Desk {
  public:
    Desk(const Library& library, Output& requests, Output& confirmations)
        : library_(library),
          first_(std::chrono::year(library.year()) / 1 / 1),
          requests_(requests, {.neutralise = false}),
          confirmations_(confirmations, {.neutralise = false}) {
        requests_.row({"reference", "role", "service", "title", "author", "container", "volume",
                       "issue", "year", "pages", "isbn", "issn", "partner", "patron", "requested",
                       "need_before"});
        confirmations_.row({"reference", "event", "day", "partner_number", "operator", "note"});
    }

    RequestsTruth run(std::uint64_t count) {
        for (std::uint64_t i = 0; i < count; ++i) {
            // Requests of the year's first eleven months, so that all is settled in it.
            const int day = static_cast<int>(i * 330 / count);
            write_good(i, day);
            if (i % 60 == 17) write_bad(i, day);
        }
        std::ranges::sort(events_, [](const Event& a, const Event& b) {
            return std::pair(a.day, a.order) < std::pair(b.day, b.order);
        });
        for (const Event& e : events_) write_event(e);
        return std::move(truth_);
    }

  private:
    std::string day_text(int day) const {
        return text_of(Day(std::chrono::sys_days(first_) + std::chrono::days(day)));
    }
    std::string reference(std::uint64_t i, std::string_view letter) const {
        return "ILL-" + std::to_string(library_.year()) + "-" + std::string(letter) +
               padded(i + 1, 5);
    }

    struct Row {
        std::string reference, role, service, title, author, container, volume, issue, year, pages,
            partner, patron, requested, need_before;
    };
    Row row_of(std::uint64_t i, int day, Random& random) const {
        Row row;
        std::uint64_t draw = random.below(100);
        std::size_t p = 0;
        while (draw >= kPartners[p].share) draw -= kPartners[p++].share;
        row.partner = kPartners[p].code;
        row.role = kPartners[p].asks_us && random.permille(400) ? "supplier" : "requester";
        row.service = random.permille(520) ? "copy" : "loan";
        const File file = kFiles[random.below(kFiles.size())];
        const BibId bib = library_.bib(file, random.below(library_.bibs_of(file)));
        row.title = title_of(library_, bib);
        row.author = surnames()[random.below(surnames().size())].text;
        row.author += given_names()[random.below(given_names().size())].text;
        row.year = std::to_string(facts_of(library_, bib).published);
        if (row.service == "copy") {
            row.container = kJournals[random.below(kJournals.size())];
            row.volume = std::to_string(random.between(1, 60));
            row.issue = std::to_string(random.between(1, 12));
            const std::uint64_t page = random.between(1, 300);
            row.pages = std::to_string(page) + "-" + std::to_string(page + random.between(3, 25));
        }
        if (row.role == "requester")
            row.patron = "P" + padded(random.below(library_.sizes().items) + 1, 7);
        row.reference = reference(i, "");
        row.requested = day_text(day);
        if (random.permille(500)) row.need_before = day_text(day + 30);
        return row;
    }
    void write(const Row& r) {
        requests_.row({r.reference, r.role, r.service, r.title, r.author, r.container, r.volume,
                       r.issue, r.year, r.pages, "", "", r.partner, r.patron, r.requested,
                       r.need_before});
        ++truth_.requests;
    }

    void write_good(std::uint64_t i, int day) {
        Random random(library_.seed(), kRequest, i);
        const Row row = row_of(i, day, random);
        write(row);
        const bool is_loan = row.service == "loan";
        std::vector<Step> steps;
        std::string state = "draft";
        const std::uint64_t fate = random.below(100);
        const bool comes_back = is_loan && random.permille(600);
        if (row.role == "requester") {
            if (fate >= 6) steps.push_back({"sent", 2});
            if (fate >= 14 && random.permille(600)) steps.push_back({"will_supply", 3});
            if (fate >= 14 && fate < 24)
                steps.push_back({"unfilled", 5});
            else if (fate >= 24 && fate < 29)
                steps.push_back({"cancelled", 5});
            else if (fate >= 33)
                steps.push_back({"received", 8});
        } else {
            if (fate >= 8 && random.permille(500)) steps.push_back({"will_supply", 2});
            if (fate >= 12 && fate < 30)
                steps.push_back({"unfilled", 4});
            else if (fate >= 30 && fate < 34)
                steps.push_back({"cancelled", 4});
            else if (fate >= 34)
                steps.push_back({"supplied", 6});
        }
        if (comes_back && !steps.empty() &&
            (steps.back().event == "received" || steps.back().event == "supplied"))
            steps.push_back({"returned", 14});
        int at = day;
        for (const Step& step : steps) {
            at += static_cast<int>(random.below(step.most_days + 1));
            state = step.event;
            if (step.event == "received" || step.event == "supplied")
                ++truth_.filled[{day_text(at).substr(0, 7), row.service, row.role}];
            add(at, row.reference, step.event,
                step.event == "sent" ? number_of(row.partner, i) : "");
        }
        ++truth_.states[{row.partner, row.role, row.service, state}];

        // What cannot have happened, or was told twice. None of it changes the state.
        if (state == "draft" && row.role == "requester") {
            if (i % 2 == 0)
                refused(day + 3, row.reference, "received", "");
            else
                refused(day + 1, row.reference, "sent", "");  // without the partner's number
        } else if (state == "received" && i % 9 == 0) {
            refused(at + 1, row.reference, "unfilled", "");
        } else if (state == "supplied" && i % 9 == 1) {
            refused(at + 1, row.reference, "received", "");  // an event of the other role
        } else if (state == "sent" && i % 3 == 0) {
            add(at, row.reference, "sent", number_of(row.partner, i));
            ++truth_.repeated_events;
        }
        if (i % 97 == 50)
            refused(day + 2, reference(i, "X"), "received", "");  // of a request nobody made
    }

    static std::string number_of(std::string_view partner, std::uint64_t i) {
        std::string out(partner.substr(0, 2));
        for (char& c : out) c = static_cast<char>(c - 'a' + 'A');
        append_number(out, 700000 + i * 37);
        return out;
    }

    void write_bad(std::uint64_t i, int day) {
        Random random(library_.seed(), kBadRequest, i);
        Row row = row_of(i, day, random);
        row.reference = reference(i, "B");
        switch (i / 60 % 3) {
            case 0:
                row.service = "借阅";
                break;
            case 1:
                row.partner = "nobody";
                break;
            default:
                row.title.clear();
                break;
        }
        write(row);
        ++truth_.rejects;
    }

    void add(int day, const std::string& reference, std::string_view word,
             const std::string& number) {
        constexpr std::array<std::string_view, 4> kOperators{"王", "陈", "沈", "Li"};
        Event event;
        event.day = day;
        event.order = events_.size();
        event.reference = reference;
        event.word = word;
        event.number = number;
        event.operator_name = kOperators[static_cast<std::size_t>(day) % kOperators.size()];
        if (word == "unfilled") event.note = "不外借";
        events_.push_back(std::move(event));
        ++truth_.events;
    }
    void refused(int day, const std::string& reference, std::string_view word,
                 const std::string& number) {
        add(day, reference, word, number);
        ++truth_.refused_events;
    }
    void write_event(const Event& e) {
        confirmations_.row(
            {e.reference, e.word, day_text(e.day), e.number, e.operator_name, e.note});
    }

    const Library& library_;
    Day first_;
    CsvWriter requests_, confirmations_;
    RequestsTruth truth_;
    std::vector<Event> events_;
};

}  // namespace

RequestsTruth write_requests(const Library& library, std::uint64_t count, Output& requests,
                             Output& confirmations) {
    return Desk(library, requests, confirmations).run(count);
}

}  // namespace tushu::simulate
