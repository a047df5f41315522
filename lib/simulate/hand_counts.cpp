// SPDX-License-Identifier: Apache-2.0
#include "simulate/logs.hpp"
#include "simulate/random.hpp"

#include "base/csv.hpp"

#include <algorithm>
#include <array>

namespace tushu::simulate {
namespace {

enum Stream : std::uint64_t { kCounts = 80 };

enum class Source {
    automatic,  // a system counts it: nobody counts by hand
    missing,    // nobody counts it at all
    stock,      // one count at the end of the year
    flow        // monthly counts
};

struct Target {
    std::string_view id;
    std::int64_t least;
    Source source;
    std::string_view evidence;
};

// The targets of the 2019 plan, with the lower end of ranges.
constexpr Target kTargets[] = {
    {"T01.01", 5000000, Source::stock, "读者登记"},
    {"T01.02", 4000000, Source::automatic, "流通日志"},
    {"T03.01", 100, Source::flow, "活动登记"},
    {"T04.01", 50, Source::flow, "活动登记"},
    {"T05.01", 12, Source::flow, "活动登记"},
    {"T05.02", 3, Source::missing, "活动登记"},
    {"T05.03", 10, Source::flow, "活动登记"},
    {"T06.01", 40, Source::flow, "项目登记"},
    {"T07.01", 20, Source::flow, "项目登记"},
    {"T07.02", 3, Source::flow, "简报登记"},
    {"T07.03", 4, Source::flow, "简报登记"},
    {"T08.01", 80, Source::flow, "简报登记"},
    {"T08.02", 80, Source::flow, "简报登记"},
    {"T08.03", 10, Source::flow, "简报登记"},
    {"T08.04", 20, Source::flow, "简报登记"},
    {"T08.05", 10, Source::flow, "简报登记"},
    {"T09.01", 3500, Source::flow, "简报登记"},
    {"T09.02", 300, Source::flow, "简报登记"},
    {"T09.03", 30000, Source::flow, "简报登记"},
    {"T09.04", 60, Source::flow, "简报登记"},
    {"T12.01", 115000, Source::flow, "采访验收单"},
    {"T12.02", 26500, Source::flow, "采访验收单"},
    {"T12.03", 2500, Source::flow, "采访验收单"},
    {"T12.04", 12000, Source::flow, "采访验收单"},
    {"T12.05", 2800, Source::flow, "采访验收单"},
    {"T12.06", 9200, Source::flow, "采访验收单"},
    {"T12.07", 190, Source::flow, "采访验收单"},
    {"T12.08", 1500, Source::flow, "采访验收单"},
    {"T13.01", 150000, Source::automatic, "编目日志"},
    {"T13.02", 40000, Source::automatic, "编目日志"},
    {"T13.03", 450, Source::automatic, "编目日志"},
    {"T13.04", 50000, Source::automatic, "编目日志"},
    {"T13.05", 14000, Source::automatic, "编目日志"},
    {"T13.06", 720, Source::flow, "编目日志"},
    {"T13.07", 3000, Source::flow, "编目日志"},
    {"T13.08", 2000, Source::flow, "编目日志"},
    {"T13.09", 4000, Source::flow, "编目日志"},
    {"T15.01", 2000000, Source::flow, "数字化日志"},
    {"T15.02", 500000, Source::flow, "数字化日志"},
    {"T15.03", 100000, Source::flow, "数字化日志"},
    {"T15.04", 7950000, Source::flow, "数字化日志"},
    {"T15.05", 200000, Source::missing, "数字化日志"},
    {"T15.06", 50000, Source::flow, "数字化日志"},
    {"T15.07", 385000, Source::flow, "数字化日志"},
    {"T15.08", 400000, Source::flow, "数字化日志"},
    {"T15.09", 100000, Source::flow, "数字化日志"},
    {"T15.10", 400000, Source::flow, "数字化日志"},
    {"T15.11", 2400, Source::flow, "数字化日志"},
    {"T15.12", 120000, Source::flow, "数字化日志"},
    {"T15.13", 500000, Source::flow, "数字化日志"},
    {"T15.14", 200, Source::flow, "数字化日志"},
    {"T16.01", 300000, Source::missing, "清点记录"},
    {"T16.02", 650000, Source::automatic, "清点记录"},
    {"T16.03", 1300000, Source::flow, "书库日志"},
    {"T16.04", 5000, Source::flow, "书库日志"},
    {"T16.05", 100000, Source::flow, "清点记录"},
    {"T16.06", 460000, Source::automatic, "流通日志"},
    {"T16.07", 200000, Source::flow, "书库日志"},
    {"T16.08", 30000, Source::flow, "书库日志"},
    {"T16.09", 500, Source::flow, "修复日志"},
    {"T16.10", 500000, Source::flow, "修复日志"},
    {"T16.11", 250000, Source::missing, "修复日志"},
    {"T16.12", 1500000, Source::flow, "修复日志"},
    {"T24.01", 5, Source::missing, "项目登记"},
    {"T26.01", 28, Source::flow, "项目登记"},
    {"T30.01", 28000, Source::automatic, "馆际互借日志"},
    {"T30.02", 8000, Source::automatic, "馆际互借日志"},
    {"T32.01", 18, Source::missing, "项目登记"},
    {"T00.01", 3, Source::flow, "项目登记"},
};

struct Milestone {
    PlanEntry entry;
    std::string_view done;  // month and day; empty: not done
    bool is_taken_back;     // entered as done, then not
};
constexpr Milestone kMilestones[] = {
    {{"M01", "12-31"}, "10-25", false}, {{"M02", "12-31"}, "08-30", false},
    {{"M03", "12-31"}, "", false},      {{"M04", "12-31"}, "11-08", false},
    {{"M05", "12-31"}, "05-17", false}, {{"M06", "12-31"}, "11-21", true},
    {{"M07", "12-31"}, "06-28", false}, {{"M08", "12-31"}, "12-06", false},
    {{"M09", "02-04"}, "01-28", false}, {{"M10", "08-31"}, "09-12", false},
    {{"M11", "11-30"}, "", false},      {{"M12", "12-31"}, "", false},
    {{"M13", "12-31"}, "12-20", false}, {{"M14", "12-31"}, "12-20", false},
};

constexpr std::array<std::string_view, 5> kPeople{"王建国", "陈丽华", "沈晓东", "周文华", "顾志明"};

class Book {
  public:
    Book(const Library& library, Output& out)
        : year_(std::to_string(library.year())), out_(out, {.neutralise = false}) {
        out_.row({"day", "target", "count", "evidence", "signed_by"});
    }
    void entry(std::string_view month_day, std::string_view id, const std::string& count,
               std::string_view evidence) {
        const std::string day = year_ + "-" + std::string(month_day);
        out_.row({day, id, count, evidence, kPeople[truth.rows % kPeople.size()]});
        ++truth.rows;
    }
    HandCountsTruth truth;

  private:
    std::string year_;
    CsvWriter out_;
};

std::string month_day(std::uint64_t month, std::uint64_t day) {
    return padded(month, 2) + "-" + padded(day, 2);
}

std::int64_t share_of(const Target& target, Random& random, std::uint64_t least,
                      std::uint64_t most) {
    const auto percent = static_cast<std::int64_t>(random.between(least, most));
    return std::max<std::int64_t>(1, target.least * percent / 100);
}

void write_flow(Book& book, const Target& target, Random& random, std::int64_t total,
                bool with_void) {
    std::int64_t before = 0;
    for (std::int64_t month = 1; month <= 12; ++month) {
        const std::int64_t upto = total * month / 12;
        if (upto != before)
            book.entry(month_day(static_cast<std::uint64_t>(month), random.between(24, 28)),
                       target.id, std::to_string(upto - before),
                       std::string(target.evidence) + " 第" + std::to_string(month) + "号");
        before = upto;
    }
    if (with_void) {
        // Counted twice in October, taken back in November with the page it stands on.
        const std::string wrong = std::to_string(total / 12 + 1);
        book.entry("10-29", target.id, wrong, std::string(target.evidence) + " 补登");
        book.entry("11-15", target.id, "-" + wrong,
                   std::string(target.evidence) + " 补登重复，冲销");
    }
    book.truth.targets[std::string(target.id)] = total;
}

}  // namespace

HandCountsTruth write_hand_counts(const Library& library, Output& out) {
    Book book(library, out);
    for (std::size_t i = 0; i < std::size(kTargets); ++i) {
        const Target& target = kTargets[i];
        Random random(library.seed(), kCounts, i);
        if (target.source == Source::flow) {
            std::int64_t total = share_of(target, random, 55, 115);
            if (target.id ==
                "T12.04") {  // the sum of the two behind it: foreign and Chinese serials
                total = 0;
                for (std::size_t part = i + 1; part <= i + 2; ++part) {
                    Random its(library.seed(), kCounts, part);
                    total += share_of(kTargets[part], its, 55, 115);
                }
            }
            write_flow(book, target, random, total, i % 9 == 4);
        }
        if (target.source == Source::stock) {
            const std::int64_t n = share_of(target, random, 85, 108);
            book.entry("12-31", target.id, std::to_string(n),
                       std::string(target.evidence) + " 年终");
            book.truth.targets[std::string(target.id)] = n;
        }
    }
    for (const Milestone& milestone : kMilestones) {
        if (milestone.done.empty()) continue;
        book.entry(milestone.done, milestone.entry.id, "1", "会议纪要或验收单");
        if (milestone.is_taken_back) {
            book.entry("12-02", milestone.entry.id, "-1", "登记有误，活动延期，冲销");
        } else {
            book.truth.milestones[std::string(milestone.entry.id)] =
                std::to_string(library.year()) + "-" + std::string(milestone.done);
        }
    }
    const auto refused = [&](std::string_view day, std::string_view id, const std::string& count,
                             std::string_view evidence) {
        book.entry(day, id, count, evidence);
        ++book.truth.rejects;
    };
    refused("05-27", "T99.01", "12", "活动登记");
    refused("06-27", "T03.01", "12.5", "活动登记");
    refused("07-27", "T04.01", "三", "活动登记");
    refused("08-27", "T08.01", "-3", "");  // a correction without evidence
    return std::move(book.truth);
}

std::span<const PlanEntry> milestones() {
    static constexpr auto kEntries = [] {
        std::array<PlanEntry, std::size(kMilestones)> out{};
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = kMilestones[i].entry;
        return out;
    }();
    return kEntries;
}

std::vector<std::string> target_ids() {
    std::vector<std::string> out;
    for (const Target& target : kTargets) out.emplace_back(target.id);
    return out;
}

}  // namespace tushu::simulate
