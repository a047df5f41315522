// SPDX-License-Identifier: Apache-2.0
// Writers. The hot ones fill raw memory: reserve the worst case, write, commit what was used.
#include "marc/write.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "marc/scan.hpp"

#include <fmt/format.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <cstring>

namespace tushu::marc {
namespace {

constexpr std::size_t kMaxField = 9999, kMaxRecord = 99999, kLeader = 24, kEntry = 12;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

inline void put(char*& to, std::string_view text) {
    std::memcpy(to, text.data(), text.size());
    to += text.size();
}

template <std::size_t N>
inline void put_literal(char*& to, const char (&text)[N]) {
    std::memcpy(to, text, N - 1);
    to += N - 1;
}

void put_number(char* to, std::size_t width, std::size_t value) {
    for (std::size_t i = width; i-- > 0; value /= 10) to[i] = static_cast<char>('0' + value % 10);
}

// Copies text until a byte for which `is_special` holds in the table; returns where it stopped.
// What is copied 16 bytes at a time may write up to 15 bytes too far: reserve() leaves room for
// them.
template <class Mask, class Test>
inline const char* copy_plain(char*& to, const char* at, const char* end, Mask mask,
                              Test is_special) {
#if defined(__SSE2__)
    while (end - at >= 16) {
        __m128i block;
        std::memcpy(&block, at, 16);
        std::memcpy(to, &block, 16);
        const auto special = static_cast<unsigned>(_mm_movemask_epi8(mask(block)));
        if (special != 0) {
            const auto n = static_cast<unsigned>(__builtin_ctz(special));
            to += n;
            return at + n;
        }
        to += 16;
        at += 16;
    }
    if (end - at >= 8) {  // fields are short: most of them end here
        const __m128i block = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(at));
        _mm_storel_epi64(reinterpret_cast<__m128i*>(to), block);
        const unsigned special = static_cast<unsigned>(_mm_movemask_epi8(mask(block))) & 0xFFU;
        const auto n = special != 0 ? static_cast<unsigned>(__builtin_ctz(special)) : 8U;
        to += n;
        at += n;
        if (special != 0) return at;
    }
#else
    (void)mask;
#endif
    while (at != end && !is_special(static_cast<unsigned char>(*at))) *to++ = *at++;
    return at;
}

#if defined(__SSE2__)
inline __m128i xml_mask(__m128i block) {
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1F)), block);
    const __m128i amp = _mm_cmpeq_epi8(block, _mm_set1_epi8('&'));
    // '<' is 0x3C and '>' is 0x3E: one comparison with the bit between them masked out.
    const __m128i angle = _mm_cmpeq_epi8(_mm_or_si128(block, _mm_set1_epi8(2)), _mm_set1_epi8('>'));
    return _mm_or_si128(_mm_or_si128(control, amp), angle);
}
inline __m128i json_mask(__m128i block) {
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1F)), block);
    const __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
    const __m128i slash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
    return _mm_or_si128(_mm_or_si128(control, quote), slash);
}
inline __m128i control_mask(__m128i block) {
    return _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1F)), block);
}
#else
constexpr int xml_mask = 0, json_mask = 0, control_mask = 0;
#endif
inline bool is_control(unsigned char c) { return c < 0x20; }
inline bool xml_special(unsigned char c) { return c < 0x20 || c == '&' || c == '<' || c == '>'; }
inline bool json_special(unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; }

}  // namespace

char* Bytes::reserve(std::size_t size) {
    if (capacity_ - size_ < size + 16) {
        const std::size_t wanted =
            std::max<std::size_t>({size_ + size + 16, capacity_ * 2, 1U << 16U});
        std::unique_ptr<char[]> bigger(new char[wanted]);  // NOLINT: not zeroed on purpose
        if (size_ != 0) std::memcpy(bigger.get(), bytes_.get(), size_);
        bytes_ = std::move(bigger);
        capacity_ = wanted;
    }
    return bytes_.get() + size_;
}

void Bytes::append(std::string_view text) {
    char* to = reserve(text.size());
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    size_ += text.size();
}

LabelStage::LabelStage(const WriteOptions& options) : options_(options) {}

const Record& LabelStage::run(const Record& record) {
    // The usual case needs no closer look: MARC 21 that says UTF-8 and has a title where MARC 21
    // has it.
    if (record.leader()[9] == 'a' && !options_.dialect &&
        options_.charset.value_or(Charset::utf8) == Charset::utf8) {
        unsigned has_245 = 0, has_200 = 0;
        for (const auto& entry : record.entries()) {
            const TagWord tag = entry.word();
            has_245 |= tag == tag_word("245") ? 1U : 0U;
            has_200 |= tag == tag_word("200") ? 1U : 0U;
        }
        if (has_245 != 0 && has_200 == 0) return record;
    }
    return run(record, options_.dialect ? *options_.dialect : guess_dialect(record));
}

const Record& LabelStage::run(const Record& record, Dialect dialect) {
    const Charset charset = options_.charset.value_or(Charset::utf8);
    if (is_label_true(record, dialect, charset)) return record;
    changed_.borrow(record);
    (void)correct_label(changed_, dialect, charset);
    return changed_;
}

namespace {

void check_iso2709(const Record& record, std::size_t total) {
    const Message hint =
        msg("write MARCXML or JSON, or let --oversize of tushu-marc clamp or split it");
    for (std::size_t i = 0; i < record.field_count(); ++i) {
        if (record.body(i).size() + 1 > kMaxField)
            throw Error(Fault::bad_input,
                        msg("field {} has {} bytes; ISO 2709 holds {}", record.tag(i),
                            record.body(i).size() + 1, kMaxField),
                        hint);
    }
    if (total > kMaxRecord)
        throw Error(Fault::bad_input,
                    msg("the record has {} bytes; ISO 2709 holds {}", total, kMaxRecord), hint);
}

std::size_t iso2709_size(const Record& record) {
    if (!record.image().empty()) return kLeader + record.image().size() + 1;
    std::size_t size = kLeader + 2 + record.field_count() * (kEntry + 1);
    for (std::size_t i = 0; i < record.field_count(); ++i) size += record.body(i).size();
    return size;
}

// The record with its lengths; those that do not fit are held at their largest value.
char* put_iso2709(char* out, const Record& record, std::size_t total, Dialect dialect) {
    const std::size_t count = record.field_count();
    const std::size_t base = kLeader + count * kEntry + 1;
    std::memcpy(out, record.leader().data(), kLeader);
    put_number(out, 5, std::min(total, kMaxRecord));
    out[10] = out[11] = '2';
    put_number(out + 12, 5, std::min(base, kMaxRecord));
    std::memcpy(out + 20, dialect == Dialect::marc21 ? "4500" : "450 ", 4);
    if (const std::string_view image = record.image();
        !image.empty() && total <= kMaxRecord) {  // as it was read: nothing to work out anew
        std::memcpy(out + kLeader, image.data(), image.size());
        out[total - 1] = kRecordEnd;
        return out + total;
    }
    char* entry = out + kLeader;
    char* data = out + base;
    std::size_t start = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string_view body = record.body(i);
        std::memcpy(entry, record.tag(i).data(), 3);
        put_number(entry + 3, 4, std::min(body.size() + 1, kMaxField));
        put_number(entry + 7, 5, std::min(start, kMaxRecord));
        entry += kEntry;
        if (!body.empty()) std::memcpy(data, body.data(), body.size());
        data[body.size()] = kFieldEnd;
        data += body.size() + 1;
        start += body.size() + 1;
    }
    *entry = kFieldEnd;
    *data++ = kRecordEnd;
    return data;
}

class Iso2709Writer final : public RecordWriter {
  public:
    explicit Iso2709Writer(const WriteOptions& options)
        : options_(options), label_(options), encode_(options) {}

    void write(Bytes& out, const Record& given, bool) override {
        const Dialect dialect = options_.dialect ? *options_.dialect : guess_dialect(given);
        const Record& record = encode_.run(label_.run(given, dialect), replaced_);
        const std::size_t total = iso2709_size(record);
        const bool is_oversize = total > kMaxRecord || has_big_field(record);
        if (is_oversize && options_.oversize == Oversize::reject) check_iso2709(record, total);
        if (is_oversize && options_.oversize == Oversize::split) {
            split(out, record, total, dialect);
            return;
        }
        out.commit(put_iso2709(out.reserve(total), record, total, dialect));
        if (is_oversize)
            notes_.push_back(
                {"oversize_clamped",
                 msg("the record has {} bytes; ISO 2709's lengths are held at {} and {}", total,
                     kMaxRecord, kMaxField)});
    }

  private:
    static bool has_big_field(const Record& record) {
        if (!record.image().empty()) return false;  // its lengths have four digits
        for (std::size_t i = 0; i < record.field_count(); ++i)
            if (record.body(i).size() + 1 > kMaxField) return true;
        return false;
    }

    // Fields that repeat by the hundred (holdings, items, notes) are dealt out to parts that all
    // have the 001, the other control fields and the title.
    void split(Bytes& out, const Record& record, std::size_t total, Dialect dialect) {
        const auto is_in_all = [&](std::size_t i) {
            const std::string_view tag = record.tag(i);
            return record.is_control(i) || tag == "245" || tag == "200" ||
                   (tag == "100" && dialect != Dialect::marc21);
        };
        const std::string_view key = record.control_number();
        if (key.empty())
            throw Error(Fault::bad_input, msg("the record has {} bytes and no 001 that would hold "
                                              "its parts together",
                                              total));
        // A field above the limit stays above it in any part.
        if (has_big_field(record)) check_iso2709(record, total);
        std::size_t head =
            kLeader + 2 + kEntry + 1 + part_field(key, kMaxRecord, kMaxRecord).size();
        for (std::size_t i = 0; i < record.field_count(); ++i)
            if (is_in_all(i)) head += record.body(i).size() + 1 + kEntry;
        std::vector<std::size_t> part_of(record.field_count(), 1);  // for the fields dealt out
        std::size_t parts = 1, size = head;
        for (std::size_t i = 0; i < record.field_count(); ++i) {
            if (is_in_all(i)) continue;
            const std::size_t need = record.body(i).size() + 1 + kEntry;
            if (head + need > kMaxRecord) check_iso2709(record, total);
            if (size + need > kMaxRecord) {
                ++parts;
                size = head;
            }
            size += need;
            part_of[i] = parts;
        }
        Record part;
        for (std::size_t number = 1; number <= parts; ++number) {
            const std::string says = part_field(key, number, parts);
            part.clear();
            part.set_leader(record.leader());
            bool is_said = false;
            for (std::size_t i = 0; i < record.field_count(); ++i) {
                if (!is_in_all(i) && part_of[i] != number) continue;
                if (!is_said && record.tag(i) > options_.part_tag) {
                    part.add_body(options_.part_tag, false, says);
                    is_said = true;
                }
                part.borrow_body(record.tag(i), record.is_control(i), record.body(i));
            }
            if (!is_said) part.add_body(options_.part_tag, false, says);
            const std::size_t bytes = iso2709_size(part);
            out.commit(put_iso2709(out.reserve(bytes), part, bytes, dialect));
        }
        split_off_ += parts - 1;
        notes_.push_back(
            {"oversize_split",
             msg("the record has {} bytes; it was written as {} records", total, parts)});
    }

    // What ties the parts together: "Part 2 of 3", and in $w the number of the whole.
    static std::string part_field(std::string_view key, std::size_t number, std::size_t parts) {
        return fmt::format("  {0}aPart {1} of {2}{0}w{3}", kSubfieldMark, number, parts, key);
    }

    WriteOptions options_;
    LabelStage label_;
    EncodeStage encode_;
};

class XmlWriter final : public RecordWriter {
  public:
    explicit XmlWriter(const WriteOptions& options) : options_(options), label_(options) {}

    void begin(Bytes& out) override {
        out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        if (options_.format == Format::marcxchange)
            out.append("<collection xmlns=\"info:lc/xmlns/marcxchange-v1\">\n");
        else
            out.append("<collection xmlns=\"http://www.loc.gov/MARC21/slim\">\n");
    }

    void write(Bytes& out, const Record& given, bool) override {
        const Record& record = label_.run(given);
        // Each byte grows to at most six; each subfield, field and record adds a fixed dress.
        std::size_t worst = 400;
        for (std::size_t i = 0; i < record.field_count(); ++i)
            worst += 140 + record.body(i).size() * 44;
        if (worst > kBigRecord) {
            worst = 400;
            for (std::size_t i = 0; i < record.field_count(); ++i) {
                const std::string_view body = record.body(i);
                worst +=
                    140 + body.size() * 6 +
                    static_cast<std::size_t>(std::count(body.begin(), body.end(), kSubfieldMark)) *
                        44;
            }
        }
        char* const begin = out.reserve(worst);
        char* to = begin;
        if (options_.format == Format::marcxchange) {
            const Dialect dialect = options_.dialect ? *options_.dialect : guess_dialect(record);
            put(to, dialect == Dialect::marc21 ? "<record format=\"MARC21\" type=\""
                                               : "<record format=\"UNIMARC\" type=\"");
            put(to, name_of(kind_of(record, dialect)));
            put_literal(to, "\">\n");
        } else {
            put_literal(to, "<record>\n");
        }
        put_literal(to, "  <leader>");
        put_text(to, record.leader());
        put_literal(to, "</leader>\n");
        for (std::size_t i = 0; i < record.field_count(); ++i) {
            const std::string_view tag = record.tag(i), body = record.body(i);
            if (record.is_control(i)) {
                put_literal(to, "  <controlfield tag=\"");
                for (const char c : tag) put_attribute(to, c);
                put_literal(to, "\">");
                put_text(to, body);
                put_literal(to, "</controlfield>\n");
                continue;
            }
            put_literal(to, "  <datafield tag=\"");
            for (const char c : tag) put_attribute(to, c);
            put_literal(to, "\" ind1=\"");
            put_attribute(to, body.empty() ? ' ' : body[0]);
            put_literal(to, "\" ind2=\"");
            put_attribute(to, body.size() < 2 ? ' ' : body[1]);
            put_literal(to, "\">\n");
            put_subfields(to, body);
            put_literal(to, "  </datafield>\n");
        }
        put_literal(to, "</record>\n");
        replaced_ += replace_noncharacters(begin, to);
        out.commit(to);
    }

    void end(Bytes& out, bool) override { out.append("</collection>\n"); }

  private:
    static constexpr std::size_t kBigRecord = 4U << 20U;

    void put_subfields(char*& to, std::string_view body) {
        const char* at = body.data() + std::min<std::size_t>(2, body.size());
        const char* const end = body.data() + body.size();
        while (at < end && *at != kSubfieldMark) ++at;
        while (end - at >= 2) {
            put_literal(to, "    <subfield code=\"");
            put_attribute(to, at[1]);
            put_literal(to, "\">");
            at += 2;
            for (;;) {
                at = copy_plain(to, at, end, xml_mask, xml_special);
                if (at == end || *at == kSubfieldMark) break;
                put_special(to, *at++);
            }
            put_literal(to, "</subfield>\n");
        }
    }

    void put_text(char*& to, std::string_view text) {
        const char* at = text.data();
        const char* const end = at + text.size();
        for (;;) {
            at = copy_plain(to, at, end, xml_mask, xml_special);
            if (at == end) return;
            put_special(to, *at++);
        }
    }

    void put_special(char*& to, char c) {
        switch (c) {
            case '&':
                put_literal(to, "&amp;");
                return;
            case '<':
                put_literal(to, "&lt;");
                return;
            case '>':
                put_literal(to, "&gt;");
                return;
            case '\t':
                *to++ = c;
                return;
            case '\n':
                put_literal(to, "&#10;");
                return;
            case '\r':
                put_literal(to, "&#13;");
                return;
            default:
                break;
        }
        // XML 1.0 has no form for the other control characters.
        put(to, kReplacement);
        ++replaced_;
    }

    void put_attribute(char*& to, char c) {
        if (c == '"')
            put_literal(to, "&quot;");
        else if (xml_special(static_cast<unsigned char>(c)))
            put_special(to, c);
        else
            *to++ = c;
    }

    WriteOptions options_;
    LabelStage label_;
};

class JsonRecordWriter final : public RecordWriter {
  public:
    explicit JsonRecordWriter(const WriteOptions& options) : options_(options), label_(options) {}

    void begin(Bytes& out) override {
        if (options_.format == Format::json) out.append("[");
    }

    void write(Bytes& out, const Record& given, bool is_first) override {
        const Record& record = label_.run(given);
        std::size_t worst = 400;
        for (std::size_t i = 0; i < record.field_count(); ++i)
            worst += 80 + record.body(i).size() * 14;
        char* to = out.reserve(worst);
        if (options_.format == Format::json) put(to, is_first ? "\n" : ",\n");
        if (options_.format == Format::folio_srs) {
            put_literal(to, "{\"recordType\":\"");
            put(to, folio_type(record));
            put_literal(to, "\",\"state\":\"ACTUAL\",\"parsedRecord\":{\"content\":");
        }
        put_literal(to, "{\"leader\":\"");
        put_text(to, record.leader());
        put_literal(to, "\",\"fields\":[");
        for (std::size_t i = 0; i < record.field_count(); ++i) {
            const std::string_view tag = record.tag(i), body = record.body(i);
            if (i != 0) *to++ = ',';
            put_literal(to, "{\"");
            for (const char c : tag) put_char(to, c);
            if (record.is_control(i)) {
                put_literal(to, "\":\"");
                put_text(to, body);
                put_literal(to, "\"}");
                continue;
            }
            put_literal(to, "\":{\"ind1\":\"");
            put_char(to, body.empty() ? ' ' : body[0]);
            put_literal(to, "\",\"ind2\":\"");
            put_char(to, body.size() < 2 ? ' ' : body[1]);
            put_literal(to, "\",\"subfields\":[");
            put_subfields(to, body);
            put_literal(to, "]}}");
        }
        put_literal(to, "]}");
        if (options_.format == Format::folio_srs) put_literal(to, "}}");
        if (options_.format != Format::json) *to++ = '\n';
        out.commit(to);
    }

    [[nodiscard]] std::string_view between() const override {
        return options_.format == Format::json ? "," : "";
    }

    void end(Bytes& out, bool is_empty) override {
        if (options_.format == Format::json) out.append(is_empty ? "]\n" : "\n]\n");
    }

  private:
    [[nodiscard]] std::string_view folio_type(const Record& record) const {
        switch (kind_of(record, options_.dialect ? *options_.dialect : guess_dialect(record))) {
            case RecordKind::authority:
                return "MARC_AUTHORITY";
            case RecordKind::holdings:
                return "MARC_HOLDING";
            default:
                return "MARC_BIB";
        }
    }

    static void put_subfields(char*& to, std::string_view body) {
        const char* at = body.data() + std::min<std::size_t>(2, body.size());
        const char* const end = body.data() + body.size();
        while (at < end && *at != kSubfieldMark) ++at;
        bool is_first = true;
        while (end - at >= 2) {
            if (!is_first) *to++ = ',';
            is_first = false;
            put_literal(to, "{\"");
            put_char(to, at[1]);
            put_literal(to, "\":\"");
            at += 2;
            for (;;) {
                at = copy_plain(to, at, end, json_mask, json_special);
                if (at == end || *at == kSubfieldMark) break;
                put_special(to, *at++);
            }
            put_literal(to, "\"}");
        }
    }

    static void put_char(char*& to, char c) {
        if (json_special(static_cast<unsigned char>(c)))
            put_special(to, c);
        else
            *to++ = c;
    }

    static void put_text(char*& to, std::string_view text) {
        const char* at = text.data();
        const char* const end = at + text.size();
        for (;;) {
            at = copy_plain(to, at, end, json_mask, json_special);
            if (at == end) return;
            put_special(to, *at++);
        }
    }

    static void put_special(char*& to, char c) {
        switch (c) {
            case '"':
                put_literal(to, "\\\"");
                return;
            case '\\':
                put_literal(to, "\\\\");
                return;
            case '\n':
                put_literal(to, "\\n");
                return;
            case '\r':
                put_literal(to, "\\r");
                return;
            case '\t':
                put_literal(to, "\\t");
                return;
            default:
                break;
        }
        constexpr std::string_view kHex = "0123456789abcdef";
        const auto value = static_cast<unsigned char>(c);
        put_literal(to, "\\u00");
        *to++ = kHex[value >> 4U];
        *to++ = kHex[value & 15U];
    }

    WriteOptions options_;
    LabelStage label_;
};

// The line format in UTF-8; other character sets go through the slower writer of the text formats.
class FastLineWriter final : public RecordWriter {
  public:
    explicit FastLineWriter(const WriteOptions& options) : label_(options) {}

    void write(Bytes& out, const Record& given, bool) override {
        const Record& record = label_.run(given);
        std::size_t worst = 128;
        if (const std::string_view image = record.image(); !image.empty()) {
            char* to = out.reserve(worst + image.size() * 3);
            put(to, record.leader());
            *to++ = '\n';
            out.commit(put_image(to, image, record.field_count()));
            return;
        }
        for (std::size_t i = 0; i < record.field_count(); ++i)
            worst += 16 + record.body(i).size() * 3;
        char* to = out.reserve(worst);
        put(to, record.leader());
        *to++ = '\n';
        for (std::size_t i = 0; i < record.field_count(); ++i) {
            const std::string_view body = record.body(i);
            put(to, record.tag(i));
            *to++ = ' ';
            const char* at = body.data();
            const char* const end = at + body.size();
            if (!record.is_control(i)) {
                *to++ = body.empty() ? ' ' : body[0];
                *to++ = body.size() < 2 ? ' ' : body[1];
                at += std::min<std::size_t>(2, body.size());
            }
            for (;;) {
                at = copy_plain(to, at, end, control_mask, is_control);
                if (at == end) break;
                const char c = *at++;
                if (c == kSubfieldMark) {
                    if (at == end) break;
                    put_literal(to, " $");
                    *to++ = *at++;
                    *to++ = ' ';
                } else {
                    put_control(to, c);
                }
            }
            *to++ = '\n';
        }
        *to++ = '\n';
        out.commit(to);
    }

  private:
    // A record as it was read: all fields stand in a row, so one run over the bytes does for all of
    // them. A mark and its code become " $a ", a field end becomes a line end and the next tag;
    // which of the two it is, is worked out without a branch.
    char* put_image(char* to, std::string_view image, std::size_t fields) {
        const char* entry = image.data();
        const char* from = entry + fields * kEntry + 1;
        const char* const end = image.data() + image.size();
        if (fields == 0) {
            *to++ = '\n';
            return to;
        }
        put_tag(to, entry);
        const auto size = static_cast<std::size_t>(end - from);
        if (places_.size() < size + 8) places_.resize(size + 8);
        const std::uint32_t* place = places_.data();
        const std::uint32_t* const last = place + find_controls({from, size}, places_.data());
        for (const char* const data = from; place != last; ++place) {
            const char* const control = data + *place;
            copy_run(to, from, control, end);
            const char c = *control;
            if (c != kSubfieldMark && c != kFieldEnd) {
                put_control(to, c);
                from = control + 1;
                continue;
            }
            const std::size_t is_end = c == kFieldEnd ? 1 : 0;
            entry += is_end * kEntry;
            // Four bytes or five; the last entry is followed by the directory's end and the data.
            std::array<char, 8> mark{' ', '$', control[1 - is_end], ' '}, line{'\n'};
            std::memcpy(line.data() + 1, entry, 4);
            line[4] = ' ';
            std::uint64_t as_mark = 0, as_line = 0;
            std::memcpy(&as_mark, mark.data(), 8);
            std::memcpy(&as_line, line.data(), 8);
            const std::uint64_t chosen = is_end != 0 ? as_line : as_mark;
            std::memcpy(to, &chosen, 8);
            to += 4 + is_end;
            from = control + 2 - is_end;
        }
        // Behind the last field stands what would be the next tag.
        to -= 4;
        *to++ = '\n';
        return to;
    }

    static void put_tag(char*& to, const char* entry) {
        std::memcpy(to, entry, 3);
        to[3] = ' ';
        to += 4;
    }

    // A line end would end the field.
    void put_control(char*& to, char c) {
        const bool is_line_end = c == '\n' || c == '\r' || c == '\0';
        *to++ = is_line_end ? ' ' : c;
        replaced_ += is_line_end ? 1U : 0U;
    }

    // 32 bytes at a time, as long as so many may be read.
    static void copy_run(char*& to, const char* from, const char* stop, const char* readable) {
        const auto size = static_cast<std::size_t>(stop - from);
        if (readable - from >= static_cast<std::ptrdiff_t>(size + 32)) {
            std::size_t done = 0;
            do {
                std::memcpy(to + done, from + done, 32);
                done += 32;
            } while (done < size);
        } else {
            std::memcpy(to, from, size);
        }
        to += size;
    }

    LabelStage label_;
    std::vector<std::uint32_t> places_;
};

}  // namespace

std::uint64_t replace_noncharacters(char* begin, char* end) {
    std::uint64_t count = 0;
    while (end - begin >= 3) {
        begin = static_cast<char*>(
            std::memchr(begin, '\xEF', static_cast<std::size_t>(end - begin) - 2));
        if (begin == nullptr) break;
        if (begin[1] == '\xBF' && (begin[2] == '\xBE' || begin[2] == '\xBF')) {
            begin[2] = '\xBD';
            ++count;
        }
        ++begin;
    }
    return count;
}

EncodeStage::EncodeStage(const WriteOptions& options) {
    if (options.charset && *options.charset != Charset::utf8)
        encoder_.emplace(*options.charset, options.on_bad_char);
}

const Record& EncodeStage::run(const Record& record, std::uint64_t& replaced) {
    if (!encoder_) return record;
    encoded_.borrow(record);
    for (std::size_t i = 0; i < record.field_count(); ++i) {
        const std::string_view body = record.body(i);
        if (std::none_of(body.begin(), body.end(), [](char c) { return c < 0; })) continue;
        text_.clear();
        try {
            if (record.is_control(i)) {
                replaced += encoder_->append(text_, body);
            } else {
                text_ += body.substr(0, 2);
                SubfieldCursor cursor(body);
                Subfield subfield;
                while (cursor.next(subfield)) {
                    text_ += kSubfieldMark;
                    text_ += subfield.code;
                    replaced += encoder_->append(text_, subfield.value);
                }
            }
        } catch (const Error& e) {
            throw Error(e.fault(), msg("field {}: {}", record.tag(i), e.message().text(Lang::en)),
                        e.hint());
        }
        encoded_.replace_body(i, text_);
    }
    return encoded_;
}

void append_iso2709(std::string& out, const Record& given) {
    LabelStage label({});
    const Record& record = label.run(given);
    const std::size_t total = iso2709_size(record);
    check_iso2709(record, total);
    const std::size_t start = out.size();
    out.resize(start + total);
    put_iso2709(out.data() + start, record, total, guess_dialect(record));
}

std::unique_ptr<RecordWriter> make_writer(const WriteOptions& options) {
    const bool is_any_charset = options.format == Format::iso2709 ||
                                options.format == Format::mrk || options.format == Format::line ||
                                options.format == Format::aleph;
    if (!is_any_charset && options.charset.value_or(Charset::utf8) != Charset::utf8)
        throw Error(Fault::usage,
                    msg("{} is written in UTF-8 only, not in {}", name_of(options.format),
                        name_of(*options.charset)),
                    msg("iso2709, mrk, line and aleph can be written in other character sets"));
    switch (options.format) {
        case Format::iso2709:
            return std::make_unique<Iso2709Writer>(options);
        case Format::marcxml:
        case Format::marcxchange:
            return std::make_unique<XmlWriter>(options);
        case Format::json:
        case Format::jsonl:
        case Format::folio_srs:
            return std::make_unique<JsonRecordWriter>(options);
        case Format::line:
            if (!options.charset || *options.charset == Charset::utf8)
                return std::make_unique<FastLineWriter>(options);
            return make_text_writer(options);
        default:
            return make_text_writer(options);
    }
}

}  // namespace tushu::marc
