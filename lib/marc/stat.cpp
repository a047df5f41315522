// SPDX-License-Identifier: Apache-2.0
#include "marc/stat.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace tushu::marc {
namespace {

// Upper bounds of the size classes; what is above the last is more than ISO 2709 holds.
constexpr std::array<std::uint64_t, 7> kBounds = {500, 1000, 2000, 5000, 10000, 50000, 99999};

std::int64_t number(std::uint64_t n) { return static_cast<std::int64_t>(n); }

}  // namespace

void Statistics::Count::add(std::uint64_t record, std::size_t size) {
    if (last != record) {
        last = record;
        here = 0;
        ++records;
    }
    ++times;
    bytes += size;
    most = std::max(most, ++here);
}

void Statistics::add(const Record& record) {
    ++records_;
    std::uint64_t size = 26;
    std::string key;
    for (std::size_t i = 0; i < record.field_count(); ++i) {
        const std::string_view body = record.body(i);
        size += 13 + body.size();
        key = record.tag(i);
        fields_[key].add(records_, body.size());
        if (record.is_control(i)) continue;
        ++indicators_[key + std::string(body.substr(0, 2))];
        SubfieldCursor cursor(body);
        Subfield subfield;
        while (cursor.next(subfield)) {
            key.resize(3);
            key += subfield.code;
            fields_[key].add(records_, subfield.value.size());
        }
    }
    bytes_ += size;
    largest_ = std::max(largest_, size);
    ++sizes_.at(static_cast<std::size_t>(std::lower_bound(kBounds.begin(), kBounds.end(), size) -
                                         kBounds.begin()));
    for (std::size_t i = 0; i < values_.size(); ++i) {
        values_[i].visit(record, [&](const Path::Hit& hit) {
            ++value_counts_[i][std::string(hit.value)];
            return true;
        });
    }
}

Table Statistics::fields() const {
    Table table;
    table.name = "marc-fields";
    table.title = msg("Fields and subfields of {} records", records_);
    table.columns = {{"tag", msg("Field"), ColumnKind::code},
                     {"code", msg("Subfield"), ColumnKind::code},
                     {"records", msg("Records"), ColumnKind::integer},
                     {"share", msg("Share"), ColumnKind::share},
                     {"times", msg("Times"), ColumnKind::integer},
                     {"most", msg("Most in one record"), ColumnKind::integer},
                     {"mean_bytes", msg("Mean bytes"), ColumnKind::integer}};
    for (const auto& [key, count] : fields_) {
        table.rows.push_back({key.substr(0, 3),
                              key.size() > 3 ? "$" + key.substr(3) : std::string(),
                              number(count.records), Share{number(count.records), number(records_)},
                              number(count.times), number(count.most),
                              number((count.bytes + count.times / 2) / count.times)});
    }
    return table;
}

Table Statistics::indicators() const {
    Table table;
    table.name = "marc-indicators";
    table.title = msg("Indicators of {} records", records_);
    table.columns = {{"tag", msg("Field"), ColumnKind::code},
                     {"indicators", msg("Indicators"), ColumnKind::code},
                     {"times", msg("Times"), ColumnKind::integer}};
    for (const auto& [key, times] : indicators_) {
        // # is a blank, as in the formats' manuals; one that stands in the record has a backslash.
        std::string shown;
        for (const char c : std::string_view(key).substr(3)) {
            if (c == '#') shown += '\\';
            shown += c == ' ' ? '#' : c;
        }
        table.rows.push_back({key.substr(0, 3), shown, number(times)});
    }
    return table;
}

Table Statistics::values(std::size_t top) const {
    Table table;
    table.name = "marc-values";
    table.title = msg("Values in {} records", records_);
    table.columns = {{"path", msg("Path"), ColumnKind::code},
                     {"value", msg("Value"), ColumnKind::text},
                     {"times", msg("Times"), ColumnKind::integer}};
    for (std::size_t i = 0; i < values_.size(); ++i) {
        std::vector<std::pair<std::string, std::uint64_t>> found(value_counts_[i].begin(),
                                                                 value_counts_[i].end());
        std::stable_sort(found.begin(), found.end(),
                         [](const auto& a, const auto& b) { return a.second > b.second; });
        if (top != 0 && found.size() > top) {
            std::uint64_t others = 0;
            for (std::size_t k = top; k < found.size(); ++k) others += found[k].second;
            table.notes.push_back(msg("{}: {} further values, {} times; --top 0 shows all",
                                      values_[i].text(), found.size() - top, others));
            found.resize(top);
        }
        for (const auto& [value, times] : found)
            table.rows.push_back({values_[i].text(), value, number(times)});
    }
    return table;
}

Table Statistics::sizes() const {
    Table table;
    table.name = "marc-sizes";
    table.title = msg("Sizes of {} records", records_);
    table.columns = {{"up_to", msg("Bytes up to"), ColumnKind::text},
                     {"records", msg("Records"), ColumnKind::integer},
                     {"share", msg("Share"), ColumnKind::share}};
    for (std::size_t i = 0; i < sizes_.size(); ++i) {
        const std::string bound = i < kBounds.size() ? std::to_string(kBounds.at(i)) : "> 99999";
        table.rows.push_back(
            {bound, number(sizes_.at(i)), Share{number(sizes_.at(i)), number(records_)}});
    }
    if (records_ != 0)
        table.notes.push_back(msg("Mean {} bytes, largest {} bytes, as ISO 2709 in UTF-8",
                                  bytes_ / records_, largest_));
    return table;
}

}  // namespace tushu::marc
