// SPDX-License-Identifier: Apache-2.0
#include "simulate/truth.hpp"

#include "base/json.hpp"
#include "base/text.hpp"

namespace tushu::simulate {

TruthTable table_of(std::string name, std::vector<std::string> columns, const Tally& tally) {
    TruthTable table{std::move(name), std::move(columns), {}, 1};
    for (const auto& [key, n] : tally) {
        if (n == 0) continue;
        table.rows.push_back(key);
        table.rows.back().push_back(std::to_string(n));
    }
    return table;
}

std::string Truth::json() const {
    // One row a line: a person reads this file, and differences between two of them.
    std::string out = "{\n  \"seed\": " + std::to_string(seed) + ",\n  \"size\": ";
    append_json_string(out, size);
    out += ",\n  \"year\": " + std::to_string(year) + ",\n  \"tables\": {";
    for (std::size_t t = 0; t < tables.size(); ++t) {
        const TruthTable& table = tables[t];
        out += t == 0 ? "\n    " : ",\n    ";
        append_json_string(out, table.name);
        out += ": [";
        for (std::size_t r = 0; r < table.rows.size(); ++r) {
            out += r == 0 ? "\n      {" : ",\n      {";
            for (std::size_t c = 0; c < table.columns.size(); ++c) {
                const std::string& cell = table.rows[r][c];
                if (c != 0) out += ", ";
                append_json_string(out, table.columns[c]);
                out += ": ";
                if (c + table.numbers >= table.columns.size() && parse_integer(cell)) {
                    out += cell;
                } else {
                    append_json_string(out, cell);
                }
            }
            out += '}';
        }
        out += table.rows.empty() ? "]" : "\n    ]";
    }
    out += "\n  }\n}\n";
    return out;
}

}  // namespace tushu::simulate
