// SPDX-License-Identifier: Apache-2.0
// MARC-in-JSON as an array, a record a line, and inside FOLIO's source records.
#include "marc/put.hpp"
#include "marc/write.hpp"

#include <algorithm>

namespace tushu::marc {
namespace {

// The bytes that a JSON string cannot hold as they are.
struct Markup {
    static bool has(unsigned char c) { return Controls::has(c) || c == '"' || c == '\\'; }
#if defined(__SSE2__)
    static __m128i mask(__m128i block) {
        const __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
        const __m128i slash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
        return _mm_or_si128(_mm_or_si128(Controls::mask(block), quote), slash);
    }
#endif
};

void put_special(char*& to, char c) {
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

void put_char(char*& to, char c) {
    if (Markup::has(static_cast<unsigned char>(c)))
        put_special(to, c);
    else
        *to++ = c;
}

// Text up to a subfield mark; returns where it stopped. Inlined by force: a call would keep `to`
// in memory instead of a register.
[[gnu::always_inline]] inline const char* put_value(char*& to, const char* at, const char* end) {
    for (;;) {
        at = copy_plain<Markup>(to, at, end);
        if (at == end || *at == kSubfieldMark) return at;
        put_special(to, *at++);
    }
}

void put_text(char*& to, std::string_view text) {
    const char* at = text.data();
    const char* const end = at + text.size();
    while ((at = put_value(to, at, end)) != end) put_special(to, *at++);
}

void put_subfields(char*& to, std::string_view body) {
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
        at = put_value(to, at + 2, end);
        put_literal(to, "\"}");
    }
}

void put_field(char*& to, std::string_view tag, bool is_control, std::string_view body) {
    put_literal(to, "{\"");
    for (const char c : tag) put_char(to, c);
    if (is_control) {
        put_literal(to, "\":\"");
        put_text(to, body);
        put_literal(to, "\"}");
        return;
    }
    put_literal(to, "\":{\"ind1\":\"");
    put_char(to, body.empty() ? ' ' : body[0]);
    put_literal(to, "\",\"ind2\":\"");
    put_char(to, body.size() < 2 ? ' ' : body[1]);
    put_literal(to, "\",\"subfields\":[");
    put_subfields(to, body);
    put_literal(to, "]}}");
}

std::string_view folio_type(RecordKind kind) {
    switch (kind) {
        case RecordKind::authority:
            return "MARC_AUTHORITY";
        case RecordKind::holdings:
            return "MARC_HOLDING";
        default:
            return "MARC_BIB";
    }
}

class JsonRecordWriter final : public RecordWriter {
  public:
    explicit JsonRecordWriter(const WriteOptions& options)
        : is_array_(options.format == Format::json),
          is_folio_(options.format == Format::folio_srs),
          dialect_(options.dialect),
          label_(options) {}

    void begin(Bytes& out) override {
        if (is_array_) out.append("[");
    }

    void write(Bytes& out, const Record& given, bool is_first) override {
        const Record& record = label_.run(given);
        // Each byte grows to at most six; each subfield, field and record adds a fixed dress.
        std::size_t worst = 400;
        for (std::size_t i = 0; i < record.field_count(); ++i)
            worst += 80 + record.body(i).size() * 14;
        char* to = out.reserve(worst);
        if (is_array_) put(to, is_first ? "\n" : ",\n");
        if (is_folio_) {
            put_literal(to, "{\"recordType\":\"");
            put(to, folio_type(kind_of(record, dialect_of(record, dialect_))));
            put_literal(to, "\",\"state\":\"ACTUAL\",\"parsedRecord\":{\"content\":");
        }
        put_literal(to, "{\"leader\":\"");
        put_text(to, record.leader());
        put_literal(to, "\",\"fields\":[");
        for (std::size_t i = 0; i < record.field_count(); ++i) {
            if (i != 0) *to++ = ',';
            put_field(to, record.tag(i), record.is_control(i), record.body(i));
        }
        put_literal(to, "]}");
        if (is_folio_) put_literal(to, "}}");
        if (!is_array_) *to++ = '\n';
        out.commit(to);
    }

    [[nodiscard]] std::string_view between() const override { return is_array_ ? "," : ""; }

    void end(Bytes& out, bool is_empty) override {
        if (is_array_) out.append(is_empty ? "]\n" : "\n]\n");
    }

  private:
    bool is_array_, is_folio_;
    std::optional<Dialect> dialect_;
    LabelStage label_;
};

}  // namespace

std::unique_ptr<RecordWriter> make_json_writer(const WriteOptions& options) {
    return std::make_unique<JsonRecordWriter>(options);
}

}  // namespace tushu::marc
