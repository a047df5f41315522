// SPDX-License-Identifier: Apache-2.0
#include "inventory/rfid.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace tushu::inventory {
namespace {

Error damaged(std::size_t byte, Message message) {
    return {Fault::bad_input, Where{"", 0, byte}, std::move(message)};
}

/// Bits in and out of bytes, the highest first.
class BitWriter {
  public:
    void put(unsigned value, unsigned bits) {
        for (unsigned i = bits; i-- > 0;) {
            if (used_ % 8 == 0) bytes_.push_back(0);
            if ((value >> i & 1U) != 0)
                bytes_.back() = static_cast<std::uint8_t>(bytes_.back() | 0x80U >> used_ % 8);
            ++used_;
        }
    }
    /// Fills the last byte from the left of `pattern` (8 bits), beginning behind what is used.
    void pad(unsigned pattern, unsigned pattern_bits) {
        for (unsigned i = 0; used_ % 8 != 0; ++i)
            put(pattern >> (pattern_bits - 1 - i % pattern_bits) & 1U, 1);
    }
    [[nodiscard]] TagBytes take() { return std::move(bytes_); }

  private:
    TagBytes bytes_;
    std::size_t used_ = 0;
};

class BitReader {
  public:
    explicit BitReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
    [[nodiscard]] std::size_t left() const { return bytes_.size() * 8 - used_; }
    unsigned take(unsigned bits) {
        unsigned value = 0;
        for (unsigned i = 0; i < bits; ++i, ++used_)
            value = value << 1U | (bytes_[used_ / 8] >> (7 - used_ % 8) & 1U);
        return value;
    }

  private:
    std::span<const std::uint8_t> bytes_;
    std::size_t used_ = 0;
};

bool all_in(std::string_view text, char low, char high) {
    return std::all_of(text.begin(), text.end(),
                       [low, high](char c) { return c >= low && c <= high; });
}

/// Decimal digits without leading zeros that fit the standard's 63 bits.
std::optional<std::uint64_t> whole_number(std::string_view text) {
    constexpr std::size_t kMostDigits = 19;
    if (text.empty() || text.size() > kMostDigits || text[0] == '0' || !all_in(text, '0', '9'))
        return std::nullopt;
    const auto value = parse_integer(text);
    return value ? std::optional(static_cast<std::uint64_t>(*value)) : std::nullopt;
}

TagBytes pack(Packing packing, std::string_view text) {
    const auto refuse = [text] {
        return Error(Fault::bad_input,
                     msg("\"{}\" cannot be packed this way on a tag", printable(text)));
    };
    BitWriter bits;
    switch (packing) {
        case Packing::integer: {
            const auto number = whole_number(text);
            if (!number) throw refuse();
            TagBytes out;
            for (unsigned shift = 64; shift > 0; shift -= 8) {
                const auto byte = static_cast<std::uint8_t>(*number >> (shift - 8) & 0xFFU);
                if (byte != 0 || !out.empty()) out.push_back(byte);
            }
            return out;
        }
        case Packing::numeric:
            if (!all_in(text, '0', '9')) throw refuse();
            for (const char c : text) bits.put(static_cast<unsigned>(c - '0'), 4);
            bits.pad(0xF, 4);
            return bits.take();
        case Packing::five_bit:
            if (!all_in(text, 'A', '_')) throw refuse();
            for (const char c : text) bits.put(static_cast<unsigned>(c) & 0x1FU, 5);
            bits.pad(0, 1);
            return bits.take();
        case Packing::six_bit:
            if (!all_in(text, ' ', '_')) throw refuse();
            for (const char c : text) bits.put(static_cast<unsigned>(c) & 0x3FU, 6);
            bits.pad(0x20, 6);
            return bits.take();
        case Packing::seven_bit:
            if (!all_in(text, '\0', '~')) throw refuse();
            for (const char c : text) bits.put(static_cast<unsigned>(c), 7);
            bits.pad(1, 1);
            return bits.take();
        case Packing::application:
            if (const auto packed = pack_isil(text)) return *packed;
            throw refuse();
        case Packing::octets:
        case Packing::utf8:
            break;
    }
    return {text.begin(), text.end()};
}

std::string unpack(Packing packing, std::span<const std::uint8_t> data, std::size_t at) {
    BitReader bits(data);
    std::string out;
    switch (packing) {
        case Packing::integer: {
            if (data.size() > 8)
                throw damaged(at, msg("a number on the tag has more than 8 bytes"));
            std::uint64_t number = 0;
            for (const std::uint8_t byte : data) number = number << 8U | byte;
            return std::to_string(number);
        }
        case Packing::numeric:
            while (bits.left() >= 4) {
                const unsigned digit = bits.take(4);
                if (digit == 0xF && bits.left() == 0) break;
                if (digit > 9) throw damaged(at, msg("a packed digit on the tag is above 9"));
                out += static_cast<char>('0' + digit);
            }
            return out;
        case Packing::five_bit:
            while (bits.left() >= 5)
                if (const unsigned c = bits.take(5); c != 0) out += static_cast<char>(c + 0x40);
            return out;
        case Packing::six_bit:
            while (bits.left() >= 6) {
                const unsigned c = bits.take(6);
                out += static_cast<char>(c < 0x20 ? c + 0x40 : c);
            }
            // Six padding bits read as a blank.
            if (data.size() % 3 == 0 && out.ends_with(' ')) out.pop_back();
            return out;
        case Packing::seven_bit:
            while (bits.left() >= 7)
                if (const unsigned c = bits.take(7); c != 0x7F) out += static_cast<char>(c);
            return out;
        case Packing::application:
            return unpack_isil(data);
        case Packing::octets:
        case Packing::utf8:
            break;
    }
    return {data.begin(), data.end()};
}

bool is_raw(std::uint8_t oid) { return oid == kContentParameter || oid == kUsage; }
bool is_isil(std::uint8_t oid) { return oid == kOwner || oid == 11 || oid == 23; }

}  // namespace

std::optional<TagBytes> bytes_from_hex(std::string_view hex) {
    TagBytes out;
    int high = -1;
    for (const char c : hex) {
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') continue;
        const std::size_t digit = std::string_view("0123456789abcdef")
                                      .find(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
        if (digit == std::string_view::npos) return std::nullopt;
        if (high < 0) {
            high = static_cast<int>(digit);
        } else {
            out.push_back(static_cast<std::uint8_t>(high * 16 + static_cast<int>(digit)));
            high = -1;
        }
    }
    return high < 0 ? std::optional(out) : std::nullopt;
}

std::string hex_of(std::span<const std::uint8_t> bytes) {
    std::string out;
    for (const std::uint8_t byte : bytes) {
        out += "0123456789abcdef"[byte >> 4U];
        out += "0123456789abcdef"[byte & 0xFU];
    }
    return out;
}

// ---- ISO 28560-2

std::vector<TagObject> decode_objects(std::span<const std::uint8_t> memory) {
    std::vector<TagObject> out;
    std::size_t at = 0;
    while (at < memory.size() && memory[at] != 0) {
        const std::size_t start = at;
        const auto next = [&] {
            if (at >= memory.size())
                throw damaged(start, msg("an object on the tag runs past the end of its memory"));
            return memory[at++];
        };
        const std::uint8_t precursor = next();
        TagObject object;
        object.packing = static_cast<Packing>(precursor >> 4U & 7U);
        object.oid = precursor & 0xFU;
        if (object.oid == 15) object.oid = static_cast<std::uint8_t>(15 + next());
        const std::size_t padding = (precursor & 0x80U) != 0 ? next() : 0;
        const std::size_t length = next();
        if (length == 0) throw damaged(start, msg("an object on the tag is empty"));
        if (length + padding > memory.size() - at)
            throw damaged(start, msg("an object on the tag runs past the end of its memory"));
        const auto data = memory.subspan(at, length);
        at += length + padding;
        object.text =
            is_raw(object.oid) || (object.packing == Packing::application && !is_isil(object.oid))
                ? hex_of(data)
                : unpack(object.packing, data, start);
        out.push_back(std::move(object));
    }
    return out;
}

TagObject tag_object(std::uint8_t oid, std::string_view text) {
    TagObject out{oid, Packing::octets, std::string(text)};
    if (oid == kContentParameter) {
        out.packing = Packing::application;
    } else if (is_raw(oid)) {
        out.packing = Packing::octets;
    } else if (is_isil(oid) && pack_isil(text)) {
        out.packing = Packing::application;
    } else if (text.size() > 1 && whole_number(text)) {
        out.packing = Packing::integer;
    } else if (text.size() > 1 && all_in(text, '0', '9')) {
        out.packing = Packing::numeric;
    } else if (all_in(text, 'A', '_')) {
        out.packing = Packing::five_bit;
    } else if (all_in(text, ' ', '_')) {
        out.packing = Packing::six_bit;
    } else if (all_in(text, '\0', '~')) {
        out.packing = Packing::seven_bit;
    } else {
        out.packing = Packing::utf8;
    }
    return out;
}

TagBytes encode_object(const TagObject& object, Align align, std::size_t block) {
    TagBytes data;
    if (is_raw(object.oid) || (object.packing == Packing::application && !is_isil(object.oid))) {
        const auto bytes = bytes_from_hex(object.text);
        if (!bytes)
            throw Error(Fault::bad_input,
                        msg("\"{}\" is not a row of hexadecimal bytes", printable(object.text)));
        data = *bytes;
    } else {
        data = pack(object.packing, object.text);
    }
    constexpr std::size_t kMostBytes = 127;  // one length byte
    if (data.empty() || data.size() > kMostBytes || object.oid == 0 || block == 0)
        throw Error(Fault::bad_input,
                    msg("\"{}\" cannot be packed this way on a tag", printable(object.text)));
    TagBytes out;
    out.push_back(static_cast<std::uint8_t>(static_cast<unsigned>(object.packing) << 4U |
                                            std::min<unsigned>(object.oid, 15)));
    if (object.oid >= 15) out.push_back(static_cast<std::uint8_t>(object.oid - 15));
    const std::size_t plain = out.size() + 1 + data.size();
    std::size_t padding = 0;
    if (align == Align::yes && plain % block != 0) {
        padding = (block - (plain + 1) % block) % block;
        out[0] |= 0x80U;
        out.push_back(static_cast<std::uint8_t>(padding));
    }
    out.push_back(static_cast<std::uint8_t>(data.size()));
    out.insert(out.end(), data.begin(), data.end());
    out.insert(out.end(), padding, 0);
    return out;
}

// ---- ISIL: three sets. Upper and lower: 5 bits, 0 "-", 1-26 letters, 27 ":" or "/", 28/29 switch
// to or borrow from the other case, 30/31 the same for digits. Digits: 4 bits, 10 "-", 11 ":",
// 12/13 upper, 14/15 lower.

namespace {

enum class IsilSet { upper, lower, digit };

/// Value of a character in a set; nullopt when it is not in it.
std::optional<unsigned> isil_value(IsilSet set, char c) {
    if (c == '-') return set == IsilSet::digit ? 10 : 0;
    if (set == IsilSet::digit) {
        if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
        return c == ':' ? std::optional(11U) : std::nullopt;
    }
    const char first = set == IsilSet::upper ? 'A' : 'a';
    if (c >= first && c <= first + 25) return static_cast<unsigned>(c - first + 1);
    return c == (set == IsilSet::upper ? ':' : '/') ? std::optional(27U) : std::nullopt;
}

unsigned isil_bits(IsilSet set) { return set == IsilSet::digit ? 4 : 5; }

/// Code that switches from `from` to `to` (for good); one more borrows for one character.
unsigned isil_switch(IsilSet from, IsilSet to) {
    if (from == IsilSet::digit) return to == IsilSet::upper ? 12 : 14;
    return to == IsilSet::digit ? 30 : 28;
}

}  // namespace

std::optional<TagBytes> pack_isil(std::string_view isil) {
    BitWriter bits;
    IsilSet set = IsilSet::upper;
    for (std::size_t i = 0; i < isil.size(); ++i) {
        if (const auto value = isil_value(set, isil[i])) {
            bits.put(*value, isil_bits(set));
            continue;
        }
        std::optional<IsilSet> other;
        for (const IsilSet candidate : {IsilSet::upper, IsilSet::lower, IsilSet::digit})
            if (!other && isil_value(candidate, isil[i])) other = candidate;
        if (!other) return std::nullopt;
        // Switch when the next character needs the same set and not the present one; else borrow.
        const bool is_run =
            i + 1 < isil.size() && isil_value(*other, isil[i + 1]) && !isil_value(set, isil[i + 1]);
        bits.put(isil_switch(set, *other) + (is_run ? 0U : 1U), isil_bits(set));
        bits.put(*isil_value(*other, isil[i]), isil_bits(*other));
        if (is_run) set = *other;
    }
    bits.pad(1, 1);
    TagBytes out = bits.take();
    return out.empty() ? std::nullopt : std::optional(out);
}

std::string unpack_isil(std::span<const std::uint8_t> bytes) {
    BitReader bits(bytes);
    std::string out;
    IsilSet set = IsilSet::upper, borrowed = IsilSet::upper;
    bool is_borrowed = false;
    for (;;) {
        const IsilSet now = is_borrowed ? borrowed : set;
        if (bits.left() < isil_bits(now)) break;
        const unsigned value = bits.take(isil_bits(now));
        is_borrowed = false;
        if (now == IsilSet::digit) {
            if (value < 12) {
                out += value < 10 ? static_cast<char>('0' + value) : value == 10 ? '-' : ':';
                continue;
            }
            borrowed = value < 14 ? IsilSet::upper : IsilSet::lower;
        } else {
            if (value == 0) {
                out += '-';
                continue;
            }
            if (value < 28) {
                const bool is_upper = now == IsilSet::upper;
                out += value == 27 ? (is_upper ? ':' : '/')
                                   : static_cast<char>((is_upper ? 'A' : 'a') + value - 1);
                continue;
            }
            borrowed = value >= 30             ? IsilSet::digit
                       : now == IsilSet::upper ? IsilSet::lower
                                               : IsilSet::upper;
        }
        if (value % 2 == 0)
            set = borrowed;
        else
            is_borrowed = true;
    }
    return out;
}

// ---- ISO 28560-3

namespace {

constexpr std::size_t kFixedSize = 34, kIdAt = 3, kIdSize = 16, kCrcAt = 19, kCountryAt = 21,
                      kOwnerAt = 23, kOwnerSize = 11;

std::uint16_t fixed_crc(std::span<const std::uint8_t> memory) {
    const std::uint16_t first = crc16(memory.subspan(0, kCrcAt));
    return crc16(memory.subspan(kCountryAt, kFixedSize - kCountryAt), first);
}

std::string text_at(std::span<const std::uint8_t> memory, std::size_t at, std::size_t size) {
    const auto part = memory.subspan(at, size);
    return {part.begin(), std::find(part.begin(), part.end(), 0)};
}

}  // namespace

std::uint16_t crc16(std::span<const std::uint8_t> bytes, std::uint16_t start) {
    unsigned crc = start;
    for (const std::uint8_t byte : bytes) {
        crc ^= static_cast<unsigned>(byte) << 8U;
        for (int i = 0; i < 8; ++i)
            crc = (crc & 0x8000U) != 0 ? (crc << 1U ^ 0x1021U) & 0xFFFFU : crc << 1U & 0xFFFFU;
    }
    return static_cast<std::uint16_t>(crc);
}

FixedBlock decode_fixed(std::span<const std::uint8_t> memory) {
    if (memory.size() < kCountryAt)
        throw damaged(memory.size(), msg("a fixed tag block needs at least {} bytes", kCountryAt));
    TagBytes block(memory.begin(), memory.begin() + static_cast<std::ptrdiff_t>(
                                                        std::min(memory.size(), kFixedSize)));
    block.resize(kFixedSize, 0);
    const auto stored = static_cast<std::uint16_t>(block[kCrcAt] | block[kCrcAt + 1] << 8);
    if (stored != fixed_crc(block))
        throw damaged(kCrcAt, msg("the check sum of the tag does not match its content"));
    return {static_cast<std::uint8_t>(block[0] >> 4U),
            static_cast<std::uint8_t>(block[0] & 0xFU),
            block[1],
            block[2],
            text_at(block, kIdAt, kIdSize),
            text_at(block, kCountryAt, 2),
            text_at(block, kOwnerAt, kOwnerSize)};
}

TagBytes encode_fixed(const FixedBlock& fixed) {
    if (fixed.id.empty() || fixed.id.size() > kIdSize || fixed.country.size() > 2 ||
        fixed.owner.size() > kOwnerSize || fixed.version > 15 || fixed.usage > 15)
        throw Error(Fault::bad_input, msg("\"{}\" does not fit the fixed tag block",
                                          printable(fixed.id + " " + fixed.country + fixed.owner)));
    TagBytes out(kFixedSize, 0);
    out[0] = static_cast<std::uint8_t>(fixed.version << 4U | fixed.usage);
    out[1] = fixed.parts;
    out[2] = fixed.part;
    std::copy(fixed.id.begin(), fixed.id.end(), out.begin() + kIdAt);
    std::copy(fixed.country.begin(), fixed.country.end(), out.begin() + kCountryAt);
    std::copy(fixed.owner.begin(), fixed.owner.end(), out.begin() + kOwnerAt);
    const std::uint16_t crc = fixed_crc(out);
    out[kCrcAt] = static_cast<std::uint8_t>(crc & 0xFFU);
    out[kCrcAt + 1] = static_cast<std::uint8_t>(crc >> 8U);
    return out;
}

// ---- Security

TagSecurity security_of_afi(std::uint8_t afi) {
    switch (afi) {
        case 0x07:
        case 0xD7:
            return TagSecurity::secured;
        case 0xC2:
        case 0xDA:
            return TagSecurity::released;
        default:
            return TagSecurity::unknown;
    }
}

std::string_view name_of(TagFault fault) {
    constexpr std::array<std::string_view, 4> kNames{"none", "released_on_shelf", "secured_on_loan",
                                                     "afi_eas_disagree"};
    return kNames.at(static_cast<std::size_t>(fault));
}

TagFault tag_fault(bool is_on_loan, std::optional<std::uint8_t> afi,
                   std::optional<bool> eas_is_on) {
    const TagSecurity by_afi = afi ? security_of_afi(*afi) : TagSecurity::unknown;
    const TagSecurity by_eas = !eas_is_on   ? TagSecurity::unknown
                               : *eas_is_on ? TagSecurity::secured
                                            : TagSecurity::released;
    const bool is_known = by_afi != TagSecurity::unknown && by_eas != TagSecurity::unknown;
    if (is_known && by_afi != by_eas) return TagFault::afi_eas_disagree;
    const TagSecurity state = by_afi == TagSecurity::unknown ? by_eas : by_afi;
    if (state == TagSecurity::released && !is_on_loan) return TagFault::released_on_shelf;
    if (state == TagSecurity::secured && is_on_loan) return TagFault::secured_on_loan;
    return TagFault::none;
}

// ---- UHF
//
// Identifiers of 8 (96 bits) or 12 (128 bits) to 14 characters are packed, shorter ones stand
// behind their length. Words are 32 bits, low byte first; letters and digits are 6 bits, the
// character less '0'. The first word ends with the last character (8 bits, any) and the length (4
// bits).

namespace {

constexpr std::array<int, 16> kContentOids{3,  4,  5,  6,  11, 12, 14, 15,
                                           16, 24, 26, 27, 28, 29, 30, 31};
constexpr std::size_t kMostCharacters = 14;

std::uint32_t word_at(std::span<const std::uint8_t> bytes, std::size_t at) {
    std::uint32_t word = 0;
    for (std::size_t i = 4; i-- > 0;) word = word << 8U | bytes[at + i];
    return word;
}

void append_word(TagBytes& out, std::uint32_t word) {
    for (unsigned shift = 0; shift < 32; shift += 8)
        out.push_back(static_cast<std::uint8_t>(word >> shift & 0xFFU));
}

std::uint32_t six_bits(std::string_view text) {
    std::uint32_t word = 0;
    for (const char c : text) word = word << 6U | static_cast<std::uint32_t>(c - '0');
    return word;
}

std::string from_six_bits(std::uint32_t word, std::size_t count) {
    std::string out(count, '0');
    for (std::size_t i = count; i-- > 0; word >>= 6U)
        out[i] = static_cast<char>('0' + (word & 0x3FU));
    return out;
}

bool is_upper_or_digit(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

std::string unpack_id(EpcPayload::Coding coding, std::span<const std::uint8_t> data) {
    if (coding == EpcPayload::Coding::text) {
        std::string out(data.begin(), data.end());
        out.erase(out.find_last_not_of('\0') + 1);
        return out;
    }
    const bool is_96 = coding == EpcPayload::Coding::bits96;
    const std::size_t packed_from = is_96 ? 8 : 12, packed_size = is_96 ? 8 : 12;
    const std::size_t count = data.empty() ? 0 : data[0] & 0xFU;
    const std::size_t needed = count < packed_from ? count + 1 : packed_size;
    if (count == 0 || count > kMostCharacters || data.size() < needed)
        throw damaged(4, msg("the identifier on the UHF tag has an impossible length"));
    if (count < packed_from)
        return {data.begin() + 1, data.begin() + 1 + static_cast<std::ptrdiff_t>(count)};
    std::uint32_t word = word_at(data, 0) >> 4U;
    const char last = static_cast<char>(word & 0xFFU);
    word >>= 8U;
    std::string out;
    if (is_96) {
        // Three letters or digits, the fourth digit split over both words, then up to nine digits.
        out = from_six_bits(word, 3);
        const std::uint32_t digits = word_at(data, 4);
        out += static_cast<char>('0' + ((word >> 18U & 3U) | (digits & 3U) << 2U));
        const std::string number = std::to_string(digits >> 2U);
        if (number.size() > count - 5)
            throw damaged(4, msg("the identifier on the UHF tag has an impossible length"));
        out += std::string(count - 5 - number.size(), '0') + number;
    } else {
        out = from_six_bits(word_at(data, 8), 5) + from_six_bits(word_at(data, 4), 5) +
              from_six_bits(word, count - 11);
    }
    return out + last;
}

/// Nullopt when the coding cannot hold the identifier.
std::optional<TagBytes> pack_id(EpcPayload::Coding coding, std::string_view id) {
    if (coding == EpcPayload::Coding::text) return TagBytes(id.begin(), id.end());
    const bool is_96 = coding == EpcPayload::Coding::bits96;
    TagBytes out;
    if (id.size() < (is_96 ? 8U : 12U)) {
        out.push_back(static_cast<std::uint8_t>(id.size()));
        out.insert(out.end(), id.begin(), id.end());
        return out;
    }
    const std::string_view body = id.substr(0, id.size() - 1);
    const auto tail = static_cast<std::uint32_t>(static_cast<unsigned char>(id.back())) << 4U |
                      static_cast<std::uint32_t>(id.size());
    if (!is_upper_or_digit(body)) return std::nullopt;
    if (!is_96) {
        append_word(out, six_bits(body.substr(10)) << 12U | tail);
        append_word(out, six_bits(body.substr(5, 5)));
        append_word(out, six_bits(body.substr(0, 5)));
        return out;
    }
    if (!all_in(body.substr(3), '0', '9')) return std::nullopt;
    const auto fourth = static_cast<std::uint32_t>(body[3] - '0');
    const auto number = parse_integer(body.substr(4)).value_or(0);
    append_word(out, (fourth & 3U) << 30U | six_bits(body.substr(0, 3)) << 12U | tail);
    append_word(out, static_cast<std::uint32_t>(number) << 2U | fourth >> 2U);
    return out;
}

}  // namespace

EpcPayload decode_epc(std::span<const std::uint8_t> bytes, Epc form) {
    if (form == Epc::bank) {
        // CRC and protocol control word; its top five bits count the words that follow.
        if (bytes.size() < 4)
            throw damaged(bytes.size(), msg("the EPC of the UHF tag is cut short"));
        const std::size_t size = static_cast<std::size_t>(bytes[2] >> 3U) * 2;
        if (bytes.size() < 4 + size)
            throw damaged(bytes.size(), msg("the EPC of the UHF tag is cut short"));
        bytes = bytes.subspan(4, size);
    }
    constexpr std::size_t kHead = 4;
    if (bytes.size() <= kHead)
        throw damaged(bytes.size(), msg("the EPC of the UHF tag is cut short"));
    EpcPayload out;
    out.is_on_loan = (bytes[0] & 0x80U) != 0;
    out.reserved = bytes[0] >> 4U & 3U;
    out.sorting = bytes[0] & 0xFU;
    const unsigned coding = bytes[1] >> 6U;
    if (coding > 2) throw damaged(1, msg("the UHF tag uses an unknown coding of its identifier"));
    out.coding = static_cast<EpcPayload::Coding>(coding);
    out.version = static_cast<std::uint8_t>((bytes[1] & 0x3FU) + 1);
    const unsigned content = static_cast<unsigned>(bytes[2]) << 8U | bytes[3];
    for (std::size_t i = 0; i < kContentOids.size(); ++i)
        if ((content >> i & 1U) != 0) out.content.push_back(kContentOids[i]);
    out.id = unpack_id(out.coding, bytes.subspan(kHead));
    return out;
}

TagBytes encode_epc(const EpcPayload& payload) {
    const bool is_ascii = all_in(payload.id, '\x01', '\x7F');
    if (payload.id.empty() || payload.id.size() > kMostCharacters || !is_ascii ||
        payload.version == 0)
        throw Error(Fault::bad_input,
                    msg("\"{}\" does not fit the EPC of a UHF tag", printable(payload.id)));
    auto coding = EpcPayload::Coding::bits96;
    std::optional<TagBytes> id = pack_id(coding, payload.id);
    for (const auto wider : {EpcPayload::Coding::bits128, EpcPayload::Coding::text}) {
        if (id) break;
        coding = wider;
        id = pack_id(coding, payload.id);
    }
    unsigned content = 0;
    for (const int oid : payload.content) {
        const auto at = std::find(kContentOids.begin(), kContentOids.end(), oid);
        if (at == kContentOids.end())
            throw Error(Fault::bad_input,
                        msg("element {} has no place in the content parameter of a UHF tag", oid));
        content |= 1U << static_cast<unsigned>(at - kContentOids.begin());
    }
    TagBytes out;
    out.push_back(static_cast<std::uint8_t>((payload.is_on_loan ? 0x80U : 0U) |
                                            (payload.reserved & 3U) << 4U |
                                            (payload.sorting & 0xFU)));
    out.push_back(static_cast<std::uint8_t>(static_cast<unsigned>(coding) << 6U |
                                            ((payload.version - 1U) & 0x3FU)));
    out.push_back(static_cast<std::uint8_t>(content >> 8U));
    out.push_back(static_cast<std::uint8_t>(content & 0xFFU));
    out.insert(out.end(), id->begin(), id->end());
    if (out.size() % 2 != 0) out.push_back(0);  // memory is counted in words
    return out;
}

}  // namespace tushu::inventory
