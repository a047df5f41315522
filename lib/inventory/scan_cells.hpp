// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "inventory/scans.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::inventory {

/// The cells of a line, trimmed, without quotes around them.
[[nodiscard]] std::vector<std::string_view> cells_of(std::string_view line, char delimiter);
/// 081500, 0815, 08:15, 08:15:00.25+08:00 as seconds of the day, as written.
[[nodiscard]] std::optional<std::int32_t> time_of_day(std::string_view text);
/// UTF-16 with a byte order mark as UTF-8; nullopt for anything else.
[[nodiscard]] std::optional<std::string> utf8_from_utf16(std::string_view bytes);

/// One line of an RFID reader's export: cells as they stand, empty where there is none.
struct TagLine {
    std::string_view uid, epc, payload, barcode, afi, eas, rssi;
};
/// A line understood. `code` is the item's (normal form); empty: the tag could not be read, and the
/// line says nothing else. `fault` says what is wrong with `value`; empty: nothing.
struct TagAnswer {
    TagRead read;
    std::string code, value;
    Message fault;
};
[[nodiscard]] TagAnswer read_tag(const TagLine& line, ScanFormat::Tag form);

}  // namespace tushu::inventory
