// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/error.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::inventory {

/// Bytes of a tag as they lie in its memory.
using TagBytes = std::vector<std::uint8_t>;
/// "91 00 05 1C" or "9100051c" (blanks do not matter) to bytes. Errors: nullopt for anything else.
[[nodiscard]] std::optional<TagBytes> bytes_from_hex(std::string_view hex);
[[nodiscard]] std::string hex_of(std::span<const std::uint8_t> bytes);

// ---- ISO 28560-2 (GB/T 35660.2, WH/T 44): a row of objects

/// How the text of an object is packed (precursor bits 7-5).
enum class Packing : std::uint8_t {
    application,
    integer,
    numeric,
    five_bit,
    six_bit,
    seven_bit,
    octets,
    utf8
};

/// Relative object identifiers that inventory uses.
enum TagOid : std::uint8_t {
    kPrimaryItem = 1,
    kContentParameter = 2,
    kOwner = 3,
    kSetInformation = 4,
    kUsage = 5,
    kShelfLocation = 6,
    kTitle = 17,
    kAlternativeItem = 22,
};

/// One object. `text` is what people read: the barcode, an ISIL, hex digits for content parameter,
/// type of usage and other raw bytes.
struct TagObject {
    std::uint8_t oid = 0;
    Packing packing = Packing::octets;
    std::string text;
    bool operator==(const TagObject&) const = default;
};

/// Takes a tag's memory apart.
///
/// Shape:  n bytes, m objects in memory order; ends at a zero precursor or at the end.
/// Errors: Error{bad_input} with the byte for an object that runs past the end, an empty length, or
///         packed data that cannot be (a digit above 9).
/// Source: ISO 28560-2 / ISO 15962 object structure; OID 15 in the precursor is followed by a byte
/// with
///         the OID less 15, a set offset bit by the count of padding bytes behind the data.
[[nodiscard]] std::vector<TagObject> decode_objects(std::span<const std::uint8_t> memory);

enum class Align { no, yes };
/// The shortest packing for a text by the standard's rules, ISIL packing for owners.
[[nodiscard]] TagObject tag_object(std::uint8_t oid, std::string_view text);
/// Puts objects together. Aligned ones end on a block boundary, padded by the offset mechanism, so
/// that they can be locked alone.
///
/// Units:  `block` is bytes in a block of the tag's memory (4 with most tags).
/// Errors: Error{bad_input} for a text that its packing cannot hold.
[[nodiscard]] TagBytes encode_object(const TagObject& object, Align align, std::size_t block = 4);

/// ISIL packing (application-defined packing of owner institutions): 5-bit letters, 4-bit digits,
/// with switches between upper case, lower case and digits.
[[nodiscard]] std::optional<TagBytes> pack_isil(std::string_view isil);
[[nodiscard]] std::string unpack_isil(std::span<const std::uint8_t> bytes);

// ---- ISO 28560-3: the fixed block

struct FixedBlock {
    std::uint8_t version = 1, usage = 1;  // nibbles of byte 0
    std::uint8_t parts = 1, part = 1;
    std::string id;       // primary item identifier, up to 16 bytes
    std::string country;  // 2 letters
    std::string owner;    // rest of the ISIL, up to 11 bytes
    bool operator==(const FixedBlock&) const = default;
};
/// Shape:  34 bytes or more (32 with the owner cut); missing bytes count as zero.
/// Errors: Error{bad_input} when it is shorter than 21 bytes or the CRC does not match.
/// Source: ISO 28560-3 basic block; CRC-16, polynomial 0x1021, start 0xFFFF, over bytes 0-18 and
/// 21-33.
[[nodiscard]] FixedBlock decode_fixed(std::span<const std::uint8_t> memory);
/// Errors: Error{bad_input} for an identifier above 16 or an owner above 11 bytes.
[[nodiscard]] TagBytes encode_fixed(const FixedBlock& block);
/// CRC-16 with polynomial 0x1021 and start 0xFFFF.
[[nodiscard]] std::uint16_t crc16(std::span<const std::uint8_t> bytes,
                                  std::uint16_t start = 0xFFFF);

// ---- Security

enum class TagSecurity : std::uint8_t { unknown, secured, released };
/// 07 and D7 are secured, C2 and DA released.
[[nodiscard]] TagSecurity security_of_afi(std::uint8_t afi);
/// What is wrong between a tag and the loan record.
enum class TagFault : std::uint8_t {
    none,
    released_on_shelf,  // the gate would let it pass although it is not on loan
    secured_on_loan,    // the gate would sound at a borrower
    afi_eas_disagree,   // one says secured, the other released
};
[[nodiscard]] std::string_view name_of(TagFault fault);
[[nodiscard]] TagFault tag_fault(bool is_on_loan, std::optional<std::uint8_t> afi,
                                 std::optional<bool> eas_is_on);

// ---- UHF: EPC of the Chinese university alliance 高校联盟

struct EpcPayload {
    bool is_on_loan = false;
    std::uint8_t reserved = 0;  // 2 bits
    std::uint8_t sorting = 0;   // 4 bits
    std::uint8_t version = 1;   // from 1
    std::vector<int> content;   // OIDs that the user memory holds
    std::string id;             // 1 to 14 characters
    enum class Coding : std::uint8_t { bits96, bits128, text } coding = Coding::bits96;
    bool operator==(const EpcPayload&) const = default;
};
/// The payload behind the protocol control word, or (Epc::bank) the whole EPC bank with CRC and PC.
///
/// Errors: Error{bad_input} for too few bytes, an impossible length of the identifier, an unknown
/// coding.
enum class Epc { payload, bank };
[[nodiscard]] EpcPayload decode_epc(std::span<const std::uint8_t> bytes, Epc form = Epc::payload);
/// The payload, an even number of bytes; the shortest coding that holds the identifier is chosen.
/// Errors: Error{bad_input} for identifiers that are empty, above 14 characters or not ASCII.
[[nodiscard]] TagBytes encode_epc(const EpcPayload& payload);

}  // namespace tushu::inventory
