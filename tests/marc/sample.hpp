// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/input.hpp"
#include "marc/format.hpp"

#include <string>
#include <vector>

namespace tushu::marc::test {

/// The Nth of a row of different records, with Chinese and Western text and enough fields to be
/// life-like.
inline Record sample(int n) {
    Record r;
    r.set_leader("00000cam a2200000 i 4500");
    r.add_control("001", "b" + std::to_string(1000 + n));
    r.add_control("008", "190315s2019    ch a     b    001 0 chi d");
    r.add_data("020", ' ', ' ',
               {{'a', "9787301000" + std::to_string(100 + n)},
                {'c', "CNY" + std::to_string(20 + n) + ".00"}});
    r.add_data("245", '1', '0',
               {{'a', "上海图书馆藏书志 " + std::to_string(n) + " :"},
                {'b', "a catalogue of books /"},
                {'c', "王明 [等]编."}});
    r.add_data("264", ' ', '1',
               {{'a', "Beijing :"}, {'b', "Peking University Press,"}, {'c', "2019."}});
    r.add_data("300", ' ', ' ', {{'a', std::to_string(100 + n) + " pages ;"}, {'c', "24 cm"}});
    r.add_data("650", ' ', '0', {{'a', "Libraries"}, {'z', "China"}, {'z', "Shanghai."}});
    r.add_data("700", '1', ' ', {{'a', "Müller, Jürgen,"}, {'e', "editor."}});
    r.add_data(
        "880", '1', '0',
        {{'6', "245-01/$1"}, {'a', "圖書館 " + std::string(static_cast<std::size_t>(n), 'x')}});
    return r;
}

inline std::string iso(const Record& record) {
    std::string out;
    append_iso2709(out, record);
    return out;
}

struct Got {
    std::vector<Record> records;
    std::vector<std::string> repairs, rejects;  // codes
    std::string rejected;                       // bytes
    std::vector<Charset> believed;
    [[nodiscard]] bool repaired(const std::string& code) const {
        for (const auto& c : repairs)
            if (c == code) return true;
        return false;
    }
};

inline Got read(const std::string& bytes, const ReadOptions& options = {}) {
    Got got;
    const auto input = Input::from_memory(bytes, "test");
    const auto source = open_records(*input, options);
    for (;;) {
        try {
            const Record* const record = source->next();
            if (record == nullptr) return got;
            got.records.push_back(*record);
            got.believed.push_back(source->note().believed);
            for (const auto& repair : source->note().repairs) got.repairs.emplace_back(repair.code);
        } catch (const Error&) {
            got.rejects.emplace_back(source->note().reject_code);
            got.rejected += source->note().raw;
        }
    }
}

inline std::string write(const std::vector<Record>& records, const WriteOptions& options) {
    const auto writer = make_writer(options);
    Bytes out;
    writer->begin(out);
    std::uint64_t n = 0;
    for (const auto& record : records) {
        writer->set_number(n + 1);
        writer->write(out, record, n == 0);
        ++n;
    }
    writer->end(out, n == 0);
    return std::string(out.view());
}

}  // namespace tushu::marc::test
