// SPDX-License-Identifier: Apache-2.0
#include "inventory/events.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace tushu::inventory {
namespace {

constexpr std::array<std::string_view, 10> kNames = {"loan",      "renewal",  "return",  "in_house",
                                                     "retrieval", "hold",     "transit", "binding",
                                                     "missing",   "withdrawn"};

std::optional<EventKind> kind_from(std::string_view word) {
    static const std::map<std::string, EventKind, std::less<>> kWords = [] {
        std::map<std::string, EventKind, std::less<>> words;
        for (std::size_t i = 0; i < kNames.size(); ++i)
            words.emplace(kNames[i], static_cast<EventKind>(i));
        const auto add = [&words](EventKind kind, std::initializer_list<const char*> names) {
            for (const char* const name : names) words.emplace(name, kind);
        };
        add(EventKind::loan, {"借出", "外借", "借", "checkout", "check-out", "issue"});
        add(EventKind::renewal, {"续借", "renew"});
        add(EventKind::returned, {"归还", "还回", "还", "checkin", "check-in", "returned"});
        add(EventKind::in_house, {"馆内阅览", "阅览", "in-house", "localuse"});
        add(EventKind::retrieval, {"调阅", "出库", "stack_retrieval"});
        add(EventKind::hold, {"预约", "预约到书"});
        add(EventKind::transit, {"运送", "调拨", "in_transit", "transfer"});
        add(EventKind::binding, {"装订", "off_shelf", "修复"});
        add(EventKind::missing, {"丢失", "lost"});
        add(EventKind::withdrawn, {"剔除", "注销", "discard"});
        return words;
    }();
    const auto found = kWords.find(ascii_lower(trim(word)));
    if (found == kWords.end()) return std::nullopt;
    return found->second;
}

}  // namespace

std::string_view name_of(EventKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

std::span<const Event> Events::of(std::uint32_t row) const {
    const auto first = std::lower_bound(list.begin(), list.end(), row,
                                        [](const Event& e, std::uint32_t r) { return e.row < r; });
    auto last = first;
    while (last != list.end() && last->row == row) ++last;
    return {first, last};
}

EventReader::EventReader(Input& input, const Snapshot& snapshot, std::string zone)
    : input_(input), snapshot_(snapshot), csv_(input), zone_(std::move(zone)) {
    const auto find = [this](std::initializer_list<const char*> names) {
        for (const char* const name : names)
            if (const auto found = csv_.column(name)) return *found;
        return csv_.required(*names.begin());
    };
    time_ = find({"time", "时间", "datetime", "date", "日期"});
    type_ = find({"type", "event", "类型", "事件"});
    item_ = find({"item", "barcode", "条码", "条码号"});
    for (const char* const name : {"item_id", "item#", "itemnumber", "Z30_REC_KEY"})
        if (!key_) key_ = csv_.column(name);
    for (const char* const name : {"location", "馆藏地"})
        if (!location_) location_ = csv_.column(name);
}

bool EventReader::next(Events& events) {
    code_ = "bad_row";
    const auto cells = csv_.next();
    if (!cells) return false;
    const auto cell = [&](std::size_t i) {
        return i < cells->size() ? (*cells)[i] : std::string_view();
    };
    const Where where{input_.name(), 0, 0, csv_.line()};
    const auto kind = kind_from(cell(type_));
    if (!kind) {
        code_ = "unknown_type";
        throw Error(Fault::bad_input, where,
                    msg("\"{}\" is no kind of event", printable(cell(type_), 40)));
    }
    auto time = parse_instant(trim(cell(time_)), zone_);
    if (!time)
        if (const auto day = parse_day(trim(cell(time_))))
            time = start_of_day(*day, zone_) + std::chrono::hours(12);
    if (!time) {
        code_ = "bad_time";
        throw Error(Fault::bad_input, where, msg("\"{}\" is no time", printable(cell(time_), 40)));
    }
    if (snapshot_.exported() && *time < *snapshot_.exported()) {
        ++events.before_export;
        return true;
    }
    const std::string_view normal = normal_barcode(cell(item_), scratch_);
    const auto rows = snapshot_.find(code_of(normal), normal);
    if (rows.empty()) ++events.not_held;
    // Branches may share barcodes: the record's key decides, then the location.
    std::vector<std::uint32_t> meant;
    const auto choose = [&](const auto& is_meant) {
        for (std::uint32_t k = 0; k < rows.size(); ++k)
            if (is_meant(rows[k])) meant.push_back(rows[k]);
    };
    if (rows.size() > 1 && key_)
        choose([&](std::uint32_t row) {
            const std::string_view key = trim(cell(*key_));
            return !key.empty() && snapshot_.text(row, Text::item_id) == key;
        });
    if (rows.size() > 1 && meant.empty() && location_)
        choose([&](std::uint32_t row) {
            const std::string_view place = trim(cell(*location_));
            return snapshot_.locations()[snapshot_.location_of(row)] == place ||
                   snapshot_.location_word(row) == place;
        });
    if (meant.empty()) choose([](std::uint32_t) { return true; });
    if (meant.size() > 1) ++events.shared;
    for (const std::uint32_t row : meant)
        events.list.push_back({row, *kind, *time, meant.size() > 1});
    return true;
}

void sort_events(Events& events) {
    std::stable_sort(events.list.begin(), events.list.end(), [](const Event& a, const Event& b) {
        return a.row != b.row ? a.row < b.row : a.time < b.time;
    });
}

}  // namespace tushu::inventory
