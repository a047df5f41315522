// SPDX-License-Identifier: Apache-2.0
// compare_outcomes TRUTH OUTCOMES [TRUTH-MOVES MOVES] - precision and recall of a reconciliation
// for each outcome code (+CODE: as a secondary one), and of the moves. Exit 1 when anything planted
// was not found or anything innocent accused.
#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace {

using Counts = std::map<std::vector<std::string>, std::int64_t>;  // the columns -> rows

Counts read(const std::string& file, const std::vector<std::string>& columns,
            const std::string& labels = {}) {
    const auto input = tushu::Input::open(file);
    tushu::CsvReader csv(*input);
    std::vector<std::size_t> index;
    for (const auto& column : columns) index.push_back(csv.required(column));
    const auto secondary = labels.empty() ? std::nullopt : csv.column(labels);
    Counts out;
    while (const auto row = csv.next()) {
        std::vector<std::string> key;
        for (const std::size_t at : index) key.emplace_back((*row)[at]);
        // Readers' cards are in no report.
        if (key.size() == 2 && key[1] == "NOTITEM") key[0].clear();
        std::string_view codes = secondary ? (*row)[*secondary] : std::string_view();
        while (!codes.empty()) {
            const std::size_t end = std::min(codes.find(';'), codes.size());
            ++out[std::vector<std::string>{key[0], "+" + std::string(codes.substr(0, end))}];
            codes.remove_prefix(std::min(end + 1, codes.size()));
        }
        ++out[std::move(key)];
    }
    return out;
}

struct Score {
    std::int64_t planted = 0, reported = 0, right = 0;
};

bool print(const std::map<std::string, Score>& scores) {
    bool is_perfect = true;
    for (const auto& [code, s] : scores) {
        const auto share = [](std::int64_t part, std::int64_t whole) {
            return whole == 0 ? std::string("-")
                              : fmt::format("{:.4f}",
                                            static_cast<double>(part) / static_cast<double>(whole));
        };
        fmt::print("{:<12} planted {:>8}  reported {:>8}  precision {}  recall {}\n", code,
                   s.planted, s.reported, share(s.right, s.reported), share(s.right, s.planted));
        is_perfect = is_perfect && s.right == s.planted && s.right == s.reported;
    }
    return is_perfect;
}

std::map<std::string, Score> score(const Counts& truth, const Counts& report, std::size_t code_at,
                                   int& shown) {
    std::map<std::string, Score> out;
    const auto code = [&](const std::vector<std::string>& key) {
        return code_at < key.size() ? key[code_at] : "moves";
    };
    for (const auto& [key, n] : truth) {
        const auto found = report.find(key);
        const std::int64_t m = found == report.end() ? 0 : found->second;
        out[code(key)].planted += n;
        out[code(key)].right += std::min(n, m);
        if (m < n && shown++ < 20) fmt::print("not found: {}\n", fmt::join(key, " "));
    }
    for (const auto& [key, n] : report) {
        out[code(key)].reported += n;
        const auto found = truth.find(key);
        if ((found == truth.end() || found->second < n) && shown++ < 20)
            fmt::print("accused: {}\n", fmt::join(key, " "));
    }
    return out;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 && argc != 5) {
        fmt::print(stderr, "usage: compare_outcomes TRUTH OUTCOMES [TRUTH-MOVES MOVES]\n");
        return 64;
    }
    try {
        int shown = 0;
        const std::vector<std::string> outcome{"barcode", "outcome"};
        // The simulator says nothing of secondary outcomes unless it plants faults for them.
        const auto input = tushu::Input::open(argv[1]);
        const std::string labels = tushu::CsvReader(*input).column("secondary") ? "secondary" : "";
        bool is_perfect =
            print(score(read(argv[1], outcome, labels), read(argv[2], outcome, labels), 1, shown));
        if (argc == 5) {
            const std::vector<std::string> move{"barcode", "to_anchor"};
            is_perfect =
                print(score(read(argv[3], move), read(argv[4], move), 2, shown)) && is_perfect;
        }
        return is_perfect ? 0 : 1;
    } catch (const tushu::Error& e) {
        fmt::print(stderr, "compare_outcomes: {}\n", e.what());
        return 1;
    }
}
