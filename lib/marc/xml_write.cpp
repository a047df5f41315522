// SPDX-License-Identifier: Apache-2.0
// MARCXML and marcxchange.
#include "marc/put.hpp"
#include "marc/write.hpp"

#include <algorithm>

namespace tushu::marc {
namespace {

// The bytes that XML's text cannot hold as they are.
struct Markup {
    static bool has(unsigned char c) {
        return Controls::has(c) || c == '&' || c == '<' || c == '>';
    }
#if defined(__SSE2__)
    static __m128i mask(__m128i block) {
        const __m128i amp = _mm_cmpeq_epi8(block, _mm_set1_epi8('&'));
        // '<' is 0x3C and '>' is 0x3E: one comparison with the bit between them masked out.
        const __m128i angle =
            _mm_cmpeq_epi8(_mm_or_si128(block, _mm_set1_epi8(2)), _mm_set1_epi8('>'));
        return _mm_or_si128(_mm_or_si128(Controls::mask(block), amp), angle);
    }
#endif
};

class XmlWriter final : public RecordWriter {
  public:
    explicit XmlWriter(const WriteOptions& options)
        : is_marcxchange_(options.format == Format::marcxchange),
          dialect_(options.dialect),
          label_(options) {}

    void begin(Bytes& out) override {
        out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        out.append(is_marcxchange_ ? "<collection xmlns=\"info:lc/xmlns/marcxchange-v1\">\n"
                                   : "<collection xmlns=\"http://www.loc.gov/MARC21/slim\">\n");
    }

    void write(Bytes& out, const Record& given, bool) override {
        const Record& record = label_.run(given);
        char* const begin = out.reserve(worst_size(record));
        char* to = begin;
        put_start(to, record);
        put_literal(to, "  <leader>");
        put_text(to, record.leader());
        put_literal(to, "</leader>\n");
        for (std::size_t i = 0; i < record.field_count(); ++i) {
            const std::string_view tag = record.tag(i), body = record.body(i);
            if (record.is_control(i))
                put_control(to, tag, body);
            else
                put_data(to, tag, body);
        }
        put_literal(to, "</record>\n");
        replaced_ += replace_noncharacters(begin, to);
        out.commit(to);
    }

    void end(Bytes& out, bool) override { out.append("</collection>\n"); }

  private:
    // Each byte grows to at most six; each subfield, field and record adds a fixed dress.
    static std::size_t worst_size(const Record& record) {
        constexpr std::size_t kRecordDress = 400, kFieldDress = 140, kSubfieldDress = 44;
        constexpr std::size_t kBig = 4U << 20U;
        std::size_t worst = kRecordDress;
        for (std::size_t i = 0; i < record.field_count(); ++i)
            worst += kFieldDress + record.body(i).size() * kSubfieldDress;
        if (worst <= kBig) return worst;
        worst = kRecordDress;  // so much memory is worth counting the subfields
        for (std::size_t i = 0; i < record.field_count(); ++i) {
            const std::string_view body = record.body(i);
            const auto marks = std::count(body.begin(), body.end(), kSubfieldMark);
            worst +=
                kFieldDress + body.size() * 6 + static_cast<std::size_t>(marks) * kSubfieldDress;
        }
        return worst;
    }

    void put_start(char*& to, const Record& record) {
        if (!is_marcxchange_) {
            put_literal(to, "<record>\n");
            return;
        }
        const Dialect dialect = dialect_of(record, dialect_);
        put(to, dialect == Dialect::marc21 ? "<record format=\"MARC21\" type=\""
                                           : "<record format=\"UNIMARC\" type=\"");
        put(to, name_of(kind_of(record, dialect)));
        put_literal(to, "\">\n");
    }

    void put_control(char*& to, std::string_view tag, std::string_view value) {
        put_literal(to, "  <controlfield tag=\"");
        for (const char c : tag) put_attribute(to, c);
        put_literal(to, "\">");
        put_text(to, value);
        put_literal(to, "</controlfield>\n");
    }

    void put_data(char*& to, std::string_view tag, std::string_view body) {
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

    void put_subfields(char*& to, std::string_view body) {
        const char* at = body.data() + std::min<std::size_t>(2, body.size());
        const char* const end = body.data() + body.size();
        while (at < end && *at != kSubfieldMark) ++at;
        while (end - at >= 2) {
            put_literal(to, "    <subfield code=\"");
            put_attribute(to, at[1]);
            put_literal(to, "\">");
            at = put_value(to, at + 2, end);
            put_literal(to, "</subfield>\n");
        }
    }

    // Text up to a subfield mark; returns where it stopped. Inlined by force: a call would keep
    // `to` in memory instead of a register.
    [[gnu::always_inline]] const char* put_value(char*& to, const char* at, const char* end) {
        for (;;) {
            at = copy_plain<Markup>(to, at, end);
            if (at == end || *at == kSubfieldMark) return at;
            put_special(to, *at++);
        }
    }

    [[gnu::always_inline]] void put_text(char*& to, std::string_view text) {
        const char* at = text.data();
        const char* const end = at + text.size();
        while ((at = put_value(to, at, end)) != end) put_special(to, *at++);
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
            default:  // XML 1.0 has no form for the other control characters
                put_literal(to, "\xEF\xBF\xBD");
                ++replaced_;
        }
    }

    void put_attribute(char*& to, char c) {
        if (c == '"')
            put_literal(to, "&quot;");
        else if (Markup::has(static_cast<unsigned char>(c)))
            put_special(to, c);
        else
            *to++ = c;
    }

    bool is_marcxchange_;
    std::optional<Dialect> dialect_;
    LabelStage label_;
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

std::unique_ptr<RecordWriter> make_xml_writer(const WriteOptions& options) {
    return std::make_unique<XmlWriter>(options);
}

}  // namespace tushu::marc
