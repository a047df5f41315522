// SPDX-License-Identifier: Apache-2.0
// What one line of an RFID reader's export says.
#include "base/text.hpp"
#include "inventory/rfid.hpp"
#include "inventory/scan_cells.hpp"

#include <algorithm>

namespace tushu::inventory {
namespace {

std::optional<TagBytes> bytes_of(std::string_view hex) {
    if (hex.starts_with("0x") || hex.starts_with("0X")) hex.remove_prefix(2);
    auto bytes = bytes_from_hex(hex);
    if (bytes && bytes->empty()) return std::nullopt;
    return bytes;
}

/// ISO 28560 set information: total and part number, of one to three digits each.
void take_set(TagRead& read, std::string_view digits) {
    const std::size_t half = digits.size() / 2;
    const auto total = parse_integer(digits.substr(0, half)),
               part = parse_integer(digits.substr(half));
    if (half == 0 || digits.size() % 2 != 0 || !total || !part || *total < 1) return;
    read.parts = static_cast<std::uint32_t>(*total);
    read.part = static_cast<std::uint32_t>(*part);
}

void take_objects(TagRead& read, std::span<const std::uint8_t> memory) {
    for (const auto& object : decode_objects(memory)) {
        if (object.oid == kPrimaryItem) read.primary = object.text;
        if (object.oid == kSetInformation) take_set(read, object.text);
    }
    if (read.primary.empty())
        throw Error(Fault::bad_input, msg("the tag has no primary item identifier"));
}

void take_fixed(TagRead& read, std::span<const std::uint8_t> memory) {
    const auto block = decode_fixed(memory);
    read.primary = block.id;
    read.parts = block.parts;
    read.part = block.part;
    if (read.primary.empty())
        throw Error(Fault::bad_input, msg("the tag has no primary item identifier"));
}

void take_epc(TagRead& read, std::span<const std::uint8_t> bytes, Epc form) {
    const auto epc = decode_epc(bytes, form);
    read.primary = epc.id;
    read.is_on_loan = epc.is_on_loan;
}

/// A whole EPC bank says in its control word how long it is; its checksum is often not kept.
bool is_bank(std::span<const std::uint8_t> bytes) {
    return bytes.size() > 4 && bytes.size() == 4 + std::size_t{2} * (bytes[2] >> 3U);
}

/// Tries one form after the other; the last one's complaint is passed on.
void take_either(const std::function<void()>& first, const std::function<void()>& second) {
    try {
        return first();
    } catch (const Error& e) {
        if (e.fault() != Fault::bad_input) throw;
    }
    second();
}

}  // namespace

TagAnswer read_tag(const TagLine& line, ScanFormat::Tag form) {
    using Tag = ScanFormat::Tag;
    TagAnswer answer;
    TagRead& read = answer.read;
    read.reads = 1;
    std::string scratch;
    read.uid = ascii_upper(line.uid);
    std::erase_if(read.uid, [](char c) { return c == ' ' || c == ':' || c == '-'; });
    if (!line.barcode.empty()) read.printed = normal_barcode(line.barcode, scratch);
    if (const auto afi = bytes_of(line.afi); afi && afi->size() == 1) read.afi = afi->front();
    const std::string eas = ascii_lower(line.eas);
    if (eas == "1" || eas == "true" || eas == "on") read.eas = true;
    if (eas == "0" || eas == "false" || eas == "off") read.eas = false;
    if (const auto rssi = parse_integer(line.rssi.substr(0, line.rssi.find('.'))))
        read.rssi = static_cast<std::int32_t>(std::clamp<std::int64_t>(*rssi, -1000, 1000));
    const bool is_epc = line.payload.empty() || form == Tag::epc || form == Tag::epc_bank;
    answer.value = is_epc && !line.epc.empty() ? line.epc : line.payload;
    if (!answer.value.empty()) {
        try {
            const auto bytes = bytes_of(answer.value);
            if (!bytes) throw Error(Fault::bad_input, msg("it is not a row of hexadecimal bytes"));
            if (form == Tag::objects)
                take_objects(read, *bytes);
            else if (form == Tag::fixed)
                take_fixed(read, *bytes);
            else if (form == Tag::epc)
                take_epc(read, *bytes, Epc::payload);
            else if (form == Tag::epc_bank)
                take_epc(read, *bytes, Epc::bank);
            else if (is_epc)
                take_epc(read, *bytes, is_bank(*bytes) ? Epc::bank : Epc::payload);
            else  // a fixed block's checksum tells it from objects
                take_either([&] { take_fixed(read, *bytes); }, [&] { take_objects(read, *bytes); });
        } catch (const Error& e) {
            if (e.fault() != Fault::bad_input) throw;
            answer.fault = e.message();
            read.primary.clear();
        }
    }
    if (!read.primary.empty()) read.primary = std::string(normal_barcode(read.primary, scratch));
    answer.code = read.printed.empty() ? read.primary : read.printed;
    return answer;
}

}  // namespace tushu::inventory
