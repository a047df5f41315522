// SPDX-License-Identifier: Apache-2.0
// compare_truth TRUTH.json REPORT-FOLDER - every row that the simulator promises stands in the
// report, and the report has no row that it does not promise. Compared on the columns that the
// truth names.
#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/input.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace {

using Row = std::vector<std::string>;

std::string text_of(const nlohmann::json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

/// Differences between the promised and the reported rows of one table, as counts by row.
std::size_t compare(const std::string& name, const nlohmann::json& promised,
                    const std::string& file) {
    if (promised.empty()) {
        fmt::print("{}: the truth promises no rows\n", name);
        return 1;
    }
    Row columns;
    for (const auto& [key, value] : promised.front().items()) columns.push_back(key);
    std::map<Row, long> balance;
    for (const auto& object : promised) {
        Row row;
        for (const auto& column : columns) row.push_back(text_of(object.at(column)));
        ++balance[row];
    }
    const auto input = tushu::Input::open(file);
    tushu::CsvReader csv(*input);
    std::vector<std::size_t> index;
    for (const auto& column : columns) index.push_back(csv.required(column));
    std::size_t rows = 0;
    while (const auto cells = csv.next()) {
        Row row;
        for (const std::size_t at : index) row.emplace_back((*cells)[at]);
        --balance[row];
        ++rows;
    }
    std::size_t differences = 0;
    for (const auto& [row, n] : balance) {
        if (n == 0) continue;
        if (++differences <= 10)
            fmt::print("{}: {} {}\n", name,
                       n > 0 ? "promised, not reported:" : "reported, not promised:",
                       fmt::join(row, " | "));
    }
    fmt::print("{}: {} rows on {}, {} differences\n", name, rows, fmt::join(columns, ", "),
               differences);
    return differences;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        fmt::print(stderr, "usage: compare_truth TRUTH.json REPORT-FOLDER\n");
        return 64;
    }
    try {
        const auto truth = nlohmann::json::parse(tushu::load_file(argv[1]));
        std::size_t differences = 0, tables = 0;
        for (const auto& [name, rows] : truth.at("tables").items()) {
            ++tables;
            differences += compare(name, rows, std::string(argv[2]) + "/" + name + ".csv");
        }
        fmt::print("{} tables compared, {} differences\n", tables, differences);
        return differences == 0 && tables >= 10 ? 0 : 1;
    } catch (const std::exception& e) {
        fmt::print(stderr, "compare_truth: {}\n", e.what());
        return 1;
    }
}
