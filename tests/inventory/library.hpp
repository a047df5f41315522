// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "inventory/items.hpp"
#include "inventory/reconcile.hpp"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

/// A folder that goes away with the test.
struct Folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() /
                                 ("tushu-inventory-test-" + std::to_string(::getpid()));
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
};

inline tushu::inventory::Snapshot snapshot_of(const Folder& folder, const std::string& csv,
                                              std::optional<tushu::Instant> exported = {},
                                              const std::string& name = "a.snap") {
    using namespace tushu;
    const auto input = Input::from_memory(csv, "items.csv");
    const auto rows = inventory::csv_rows(*input, std::nullopt);
    inventory::ItemReader reader(*rows, {});
    inventory::SnapshotBuilder builder(
        {callno::Scheme::clc, nullptr, exported, reader.status_column(), reader.location_column()});
    while (const auto row = reader.next()) builder.add(*row);
    Output out((folder.path / name).string(), Output::Replace::yes);
    builder.write(out, std::string(64, '0'), "items.csv");
    out.close();
    return inventory::Snapshot::open((folder.path / name).string());
}

inline tushu::inventory::ScanLog scans_of(
    const std::vector<std::string>& files, const tushu::inventory::ScanFormat& format = {},
    std::vector<tushu::inventory::ScanFault>* told = nullptr) {
    using namespace tushu;
    inventory::ScanLog log;
    std::vector<inventory::ScanFault> faults;
    for (const auto& text : files) {
        log.files.push_back({"file" + std::to_string(log.files.size() + 1), "", 0});
        const auto input = Input::from_memory(text, log.files.back().name);
        inventory::read_scans(log, *input, format, {}, faults);
    }
    if (told != nullptr) *told = faults;
    return log;
}

/// Items A01 to A<n> of location `location`, call numbers K20/1 to K20/<n>; barcode `prefix`01 ...
inline std::string stack(const std::string& prefix, const std::string& location, int n,
                         const std::string& class_number = "K20") {
    std::string csv;
    for (int i = 1; i <= n; ++i) {
        const std::string two = (i < 10 ? "0" : "") + std::to_string(i);
        csv += prefix + two + "," + location + "," + class_number + "/" + std::to_string(i) +
               ",on_shelf\n";
    }
    return csv;
}
inline const std::string kHead = "barcode,location,call_number,status\n";

/// Codes `prefix`<from> to `prefix`<to>, one a line.
inline std::string codes(const std::string& prefix, int from, int to) {
    std::string text;
    for (int i = from; i <= to; ++i)
        text += prefix + (i < 10 ? "0" : "") + std::to_string(i) + "\n";
    return text;
}

/// Every line as "OUTCOME" or "OUTCOME+SECONDARY", by barcode, several joined by a blank.
inline std::map<std::string, std::string> outcomes(const tushu::inventory::Reconciliation& result) {
    std::map<std::string, std::string> found;
    result.for_each([&](const tushu::inventory::OutcomeLine& line) {
        std::string text(name_of(line.outcome));
        if (line.secondary != 0) {
            text += "+";
            tushu::inventory::append_names(text, line.secondary);
        }
        std::string& cell = found[result.barcode(line)];
        cell += (cell.empty() ? "" : " ") + text;
    });
    return found;
}
