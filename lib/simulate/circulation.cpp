// SPDX-License-Identifier: Apache-2.0
#include "simulate/logs.hpp"
#include "simulate/random.hpp"

#include <array>
#include <numeric>
#include <utility>

namespace tushu::simulate {
namespace {

enum Stream : std::uint64_t { kEvent = 60, kDamageRow = 61 };

struct Branch {
    std::string_view code;
    std::uint64_t share;  // of a hundred
    bool writes_utc;
};
constexpr std::array<Branch, 8> kBranches{{{"ZX", 30, false},
                                           {"PD", 18, false},
                                           {"XH", 13, false},
                                           {"JA", 11, false},
                                           {"HK", 9, false},
                                           {"YP", 8, false},
                                           {"CN", 6, false},
                                           {"MH", 5, true}}};

struct Type {
    std::string_view word, measure;
    std::uint64_t share;
};
constexpr std::array<Type, 5> kTypes{{{"loan", "loans", 34},
                                      {"return", "returns", 33},
                                      {"in_house", "in_house_use", 15},
                                      {"renewal", "renewals", 10},
                                      {"retrieval", "stack_retrievals", 8}}};
constexpr std::size_t kRetrieval = 4;

// Sunday to Saturday; Monday only the machines take books.
constexpr std::array<std::uint64_t, 7> kWeekdays{15, 4, 9, 9, 9, 10, 16};

constexpr unsigned kUtcOffset = 8 * 3600;  // Asia/Shanghai, without summer time since 1992
constexpr std::size_t kCarried = 3;        // rows of a month that its next file repeats

struct Event {
    unsigned second = 0;  // of the local day
    std::size_t branch = 0, type = 0;
    std::uint64_t patron = 0, serial = 0;
};

template <class Shares>
std::size_t by_share(std::uint64_t draw, const Shares& shares) {
    std::size_t i = 0;
    while (draw >= shares[i].share) draw -= shares[i++].share;
    return i;
}

class Log {
  public:
    Log(const Library& library, bool with_faults, const std::function<Output&(unsigned)>& file_of)
        : library_(library), with_faults_(with_faults), file_of_(file_of) {
        while (std::gcd(stride_, library.sizes().items) != 1) ++stride_;
    }

    CirculationTruth run(std::uint64_t count) {
        const std::chrono::sys_days first(std::chrono::year(library_.year()) / 1 / 1);
        const std::chrono::sys_days end(std::chrono::year(library_.year() + 1) / 1 / 1);
        std::uint64_t whole = 0;
        for (auto day = first; day < end; day += std::chrono::days(1)) whole += weight(day);
        std::uint64_t before = 0, index = 0;
        for (auto day = first; day < end; day += std::chrono::days(1)) {
            before += weight(day);
            // Counts of up to 2^32 times weights of a year stay far below 2^64.
            const std::uint64_t upto = count * before / whole;
            begin_day(day);
            write_day(index, upto - index);
            index = upto;
        }
        if (with_faults_ && count != 0) write_outside(end);
        finish();
        return std::move(truth_);
    }

  private:
    static std::uint64_t weight(std::chrono::sys_days day) {
        return kWeekdays[std::chrono::weekday(day).c_encoding()];
    }

    void begin_day(std::chrono::sys_days day) {
        const Day local(day);
        const auto month = static_cast<unsigned>(local.month());
        if (month != month_) begin_month(month, day);
        day_text_ = text_of(local);
        day_before_text_ = text_of(Day(day - std::chrono::days(1)));
    }

    void begin_month(unsigned month, std::chrono::sys_days day) {
        if (month_ != 0) flush();
        month_ = month;
        month_text_ = text_of(Day(day)).substr(0, 7);
        out_ = &file_of_(month);
        if (out_->bytes() == 0) out_->write("time,branch,type,patron,item\n");
        if (!with_faults_) return;
        if (month == 1) {
            day_text_ = text_of(Day(day - std::chrono::days(1)));
            day_before_text_ = text_of(Day(day - std::chrono::days(2)));
            write_elsewhen(0);
        }
        for (const std::string& row : last_rows_) {  // written last month already
            append(row);
            ++truth_.faults[{"duplicate"}];
        }
        last_rows_.clear();
    }

    void write_outside(std::chrono::sys_days end) {
        day_text_ = text_of(Day(end));
        day_before_text_ = text_of(Day(end - std::chrono::days(1)));
        write_elsewhen(1000);
    }

    // Events of the neighbouring years, as a system writes them whose clock or batch runs over.
    void write_elsewhen(std::uint64_t from) {
        for (std::uint64_t i = from; i < from + 4; ++i) {
            Event event = event_of(0xFFFF0000U + i);
            event.second = 36000 + static_cast<unsigned>(i % 1000) * 60;
            row_.clear();
            append_event(event);
            append(row_);
            ++truth_.faults[{"outside_period"}];
        }
    }

    Event event_of(std::uint64_t index) const {
        Random random(library_.seed(), kEvent, index);
        Event event;
        event.branch = by_share(random.below(100), kBranches);
        event.type = by_share(random.below(100), kTypes);
        if (event.type == kRetrieval)
            event.branch = 0;  // only the central library has closed stacks
        event.patron = random.below(library_.sizes().items / 2 + 1000);
        // The stride keeps events of one item far apart, so no two events are the same by chance.
        event.serial = library_.serial_of_item(index * stride_ % library_.sizes().items);
        return event;
    }

    void write_day(std::uint64_t first, std::uint64_t n) {
        for (std::uint64_t i = 0; i < n; ++i) {
            Event event = event_of(first + i);
            Random random(library_.seed(), kDamageRow, first + i);
            // From half past eight to half past eight; the machines at the doors work all night.
            constexpr std::uint64_t kOpen = 30600, kSpan = 43200;
            event.second = static_cast<unsigned>(kOpen + (i * kSpan + random.below(kSpan)) / n);
            if (i == 0 && n > 20) event.second = 1800 + static_cast<unsigned>(random.below(1800));
            if (i + 1 == n && n > 20)
                event.second = 82800 + static_cast<unsigned>(random.below(3500));
            row_.clear();
            append_event(event);
            append(row_);
            count(event);
            if (with_faults_) damage(random, event);
        }
    }

    void count(const Event& event) { ++counts_[event.branch][event.type]; }

    void damage(Random& random, const Event& event) {
        const std::uint64_t draw = random.below(10000);
        if (draw < 20) {
            append(row_);
            ++truth_.faults[{"duplicate"}];
        } else if (draw < 32) {
            const std::size_t comma = row_.find(',');
            const std::array<std::string, 3> kBad{"2019-02-30 10:00:00", "10:15", "N/A"};
            append(kBad[draw % 3] + row_.substr(comma));
            ++truth_.faults[{"bad_time"}];
        } else if (draw < 40) {
            row_.clear();
            append_time(event);
            row_ += ',';
            row_ += kBranches[event.branch].code;
            row_ += draw % 2 == 0 ? ",borrow?," : ",借还,";
            append_rest(event);
            append(row_);
            ++truth_.faults[{"unknown_type"}];
        } else if (draw < 51) {
            row_.clear();
            append_time(event);
            row_ += ",,";
            row_ += kTypes[event.type].word;
            row_ += ',';
            append_rest(event);
            append(row_);
            ++truth_.faults[{"no_branch"}];
        } else {
            if (last_rows_.size() == kCarried) last_rows_.erase(last_rows_.begin());
            last_rows_.push_back(row_);
        }
    }

    void append_time(const Event& event) {
        unsigned second = event.second;
        const bool is_utc = kBranches[event.branch].writes_utc;
        const bool is_day_before = is_utc && second < kUtcOffset;
        if (is_utc) second = is_day_before ? second + 86400 - kUtcOffset : second - kUtcOffset;
        row_ += is_day_before ? day_before_text_ : day_text_;
        row_ += is_utc ? 'T' : ' ';
        append_number(row_, second / 3600, 2);
        row_ += ':';
        append_number(row_, second / 60 % 60, 2);
        row_ += ':';
        append_number(row_, second % 60, 2);
        if (is_utc) row_ += 'Z';
    }

    void append_rest(const Event& event) {
        row_ += 'P';
        append_number(row_, event.patron + 1, 7);
        row_ += ',';
        append_barcode(row_, event.serial);
        row_ += '\n';
    }

    void append_event(const Event& event) {
        append_time(event);
        row_ += ',';
        row_ += kBranches[event.branch].code;
        row_ += ',';
        row_ += kTypes[event.type].word;
        row_ += ',';
        append_rest(event);
    }

    void append(std::string_view row) {
        out_->write(row);
        ++truth_.rows;
    }

    void flush() {
        for (std::size_t b = 0; b < kBranches.size(); ++b)
            for (std::size_t t = 0; t < kTypes.size(); ++t) {
                const std::int64_t n = std::exchange(counts_[b][t], 0);
                const std::string measure(kTypes[t].measure);
                truth_.months[{month_text_, measure}] += n;
                truth_.branches[{std::string(kBranches[b].code), measure}] += n;
                truth_.totals[{measure}] += n;
            }
    }
    void finish() { flush(); }

    const Library& library_;
    bool with_faults_;
    const std::function<Output&(unsigned)>& file_of_;
    CirculationTruth truth_;
    std::uint64_t stride_ = 7919;
    unsigned month_ = 0;
    std::string month_text_, day_text_, day_before_text_, row_;
    Output* out_ = nullptr;
    std::array<std::array<std::int64_t, 5>, 8> counts_{};
    std::vector<std::string> last_rows_;
};

}  // namespace

CirculationTruth write_circulation(const Library& library, std::uint64_t count, bool with_faults,
                                   const std::function<Output&(unsigned month)>& file_of) {
    return Log(library, with_faults, file_of).run(count);
}

}  // namespace tushu::simulate
