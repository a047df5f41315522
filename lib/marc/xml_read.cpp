// SPDX-License-Identifier: Apache-2.0
// Makes records of MARCXML, marcxchange and TurboMARC.
#include "base/text.hpp"
#include "marc/frame.hpp"
#include "marc/xml_scan.hpp"

#include <fmt/format.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <cstring>

namespace tushu::marc {
namespace {

// First byte of text that is not itself: a reference, a tag, a control character; or the end.
const char* find_special(const char* at, const char* end) {
#if defined(__SSE2__)
    for (; end - at >= 16; at += 16) {
        __m128i block;
        std::memcpy(&block, at, 16);
        const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1F)), block);
        const __m128i mark = _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('&')),
                                          _mm_cmpeq_epi8(block, _mm_set1_epi8('<')));
        const auto special = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(control, mark)));
        if (special != 0) return at + __builtin_ctz(special);
    }
#endif
    while (at != end && static_cast<unsigned char>(*at) >= 0x20 && *at != '&' && *at != '<') ++at;
    return at;
}

template <std::size_t N>
bool stands_at(const char* at, const char* end, const char (&text)[N]) {
    return static_cast<std::size_t>(end - at) >= N - 1 && std::memcmp(at, text, N - 1) == 0;
}

bool is_graphic(char c) { return c >= ' ' && c <= '~'; }

bool is_plain_code(char c) { return is_graphic(c) && c != '&' && c != '"'; }

bool is_plain_tag(const char* tag) {
    for (int i = 0; i < 3; ++i)
        if (!is_plain_code(tag[i]) || tag[i] == ' ') return false;
    return true;
}

// Text where no text belongs, unless there is a comment or the like in it.
bool is_stray(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return !is_xml_space(c); }) &&
           text.find('<') == std::string_view::npos;
}

// An indicator or a code; nullopt when it is not one ASCII character.
std::optional<char> single_character(std::string_view value) {
    return value.size() == 1 && is_graphic(value[0]) ? std::optional(value[0]) : std::nullopt;
}

// SRU's recordPacking=string: the record is text inside its wrapper.
bool is_packed(std::string_view raw) {
    const auto has = [raw](std::string_view text) {
        return raw.find(text) != std::string_view::npos;
    };
    return has("&lt;") && has("datafield") && !has("<datafield") && !has("<controlfield") &&
           !has(":datafield") && !has(":controlfield");
}

class XmlParser final : public Parser {
  public:
    XmlParser(const FileFacts& facts, const ReadOptions& options)
        : encoding_(facts.encoding), text_(options) {
        if (encoding_ == Charset::utf8) encoding_.reset();  // no news
    }

    void parse(const Frame& frame, Record& record, SourceNote& note) override {
        record.clear();
        note_ = &note;
        std::string_view raw = frame.raw;
        const bool was_packed = is_packed(raw);
        if (was_packed) {
            unpacked_.clear();
            append_character_data(unpacked_, raw, note);
            raw = unpacked_;
        }
        tags_.reset(raw);
        has_leader_ = false;
        for (;;) {
            while (quick_field(record)) {
            }
            if (!tags_.next(note)) break;
            if (!was_packed) check_between();  // SRU's own elements stand around packed records
            if (!tags_.is_end()) element(record);
        }
        if (!has_leader_) {
            record.set_leader("00000nam  2200000   4500");
            note.repairs.push_back({"no_leader", "a leader was made"});
        }
        if (record.field_count() == 0)
            refuse(note, "no_fields", msg("a record element without MARC fields"));
        // Programs write MARC-8 into XML as it is, escapes and all.
        if (scan_bytes(raw).has_high || raw.find('\x1B') != std::string_view::npos)
            text_.run(record, note, raw, encoding_);
        tidy(record, note);
    }

  private:
    // A field in the form that all common writers give it, without attributes in another order,
    // prefixes or references: nine tenths of all there is. Anything else moves nothing and is left
    // to element(). Inlined by force: on its own, each comparison would be a call.
    [[gnu::always_inline]] bool quick_field(Record& record) {
        const char* at = tags_.at();
        const char* const end = tags_.end();
        while (at != end && is_xml_space(*at)) ++at;
        if (stands_at(at, end, "<controlfield tag=\"")) {
            at += 19;
            if (end - at < 5 || at[3] != '"' || at[4] != '>' || !is_plain_tag(at)) return false;
            const char* const text = at + 5;
            const char* const stop = find_special(text, end);
            if (!stands_at(stop, end, "</controlfield>")) return false;
            if (std::memcmp(at, "LDR", 3) == 0) return false;
            record.add_body({at, 3}, true, {text, static_cast<std::size_t>(stop - text)});
            tags_.skip_to(stop + 15);
            return true;
        }
        if (!stands_at(at, end, "<datafield tag=\"")) return false;
        const char* const tag = at + 16;
        if (end - tag < 24 || !is_plain_tag(tag) || std::memcmp(tag + 3, "\" ind1=\"", 8) != 0 ||
            !is_plain_code(tag[11]) || std::memcmp(tag + 12, "\" ind2=\"", 8) != 0 ||
            !is_plain_code(tag[20]) || tag[21] != '"' || tag[22] != '>')
            return false;
        body_.clear();
        body_ += tag[11];
        body_ += tag[20];
        at = tag + 23;
        for (;;) {
            while (at != end && is_xml_space(*at)) ++at;
            if (stands_at(at, end, "</datafield>")) break;
            if (end - at < 19 || !stands_at(at, end, "<subfield code=\"") ||
                !is_plain_code(at[16]) || at[17] != '"' || at[18] != '>')
                return false;
            const char code = at[16];
            const char* const text = at + 19;
            const char* const stop = find_special(text, end);
            if (!stands_at(stop, end, "</subfield>")) return false;
            body_ += kSubfieldMark;
            body_ += code;
            body_.append(text, static_cast<std::size_t>(stop - text));
            at = stop + 11;
        }
        record.add_body({tag, 3}, false, body_);
        tags_.skip_to(at + 12);
        return true;
    }

    // Damage that takes a tag away must not take the field along without a word.
    void check_between() {
        if (is_stray(tags_.before()))
            repaired("stray_text", fmt::format("text outside fields was dropped: {}",
                                               printable(tags_.before(), 60)));
        switch (tags_.element()) {
            case XmlElement::subfield:
                refuse(*note_, "bad_xml", msg("a subfield stands outside a field"));
            case XmlElement::leader:
            case XmlElement::control:
            case XmlElement::data:
                if (tags_.is_end())
                    refuse(*note_, "bad_xml",
                           msg("an end tag without its start tag: {}", tags_.name()));
                return;
            case XmlElement::record:
                return;
            case XmlElement::other:
                if (!tags_.is_end())
                    repaired("unknown_element",
                             fmt::format("<{}> was passed over", printable(tags_.name(), 40)));
        }
    }

    void element(Record& record) {
        switch (tags_.element()) {
            case XmlElement::leader:
                leader(record);
                return;
            case XmlElement::control:
                control_field(record);
                return;
            case XmlElement::data:
                data_field(record);
                return;
            default:
                return;
        }
    }

    void leader(Record& record) {
        read_text();
        std::string_view leader = value_;
        if (leader.size() != 24 && trim(leader).size() == 24) leader = trim(leader);
        if (leader.size() != 24)
            repaired("leader", fmt::format("has {} characters, not 24", leader.size()));
        record.set_leader(leader);
        has_leader_ = true;
    }

    void control_field(Record& record) {
        const std::string tag = field_tag();
        read_text();
        if (tag == "LDR") {  // some exports keep the leader among the fields
            record.set_leader(value_);
            has_leader_ = true;
            return;
        }
        record.add_control(tag, value_);
    }

    std::string field_tag() {
        const std::string_view name = tags_.name();
        std::string tag(name.size() == 4 ? std::string(name.substr(1)) : attribute("tag"));
        const auto is_bad = [](char c) { return !is_graphic(c) || c == ' '; };
        if (tag.size() == 3 && std::none_of(tag.begin(), tag.end(), is_bad)) return tag;
        const std::string was = tag;
        std::replace_if(tag.begin(), tag.end(), is_bad, 'X');
        tag.resize(3, '0');
        repaired("tag", fmt::format("{}: was \"{}\"", tag, printable(was)));
        return tag;
    }

    // Of the tag that has been read, with its references resolved.
    std::string attribute(std::string_view name) {
        std::string value;
        append_character_data(value, tags_.attribute(name), *note_);
        return value;
    }

    void append_indicators(std::string_view tag) {
        body_ += indicator(tag, "ind1", "i1");
        body_ += indicator(tag, "ind2", "i2");
    }

    char indicator(std::string_view tag, std::string_view marc, std::string_view turbo) {
        std::string value = attribute(marc);
        if (value.empty()) value = attribute(turbo);
        if (value.empty()) return ' ';
        if (const auto c = single_character(value)) return *c;
        repaired("indicators", fmt::format("{}: \"{}\" became a blank", tag, printable(value)));
        return ' ';
    }

    void data_field(Record& record) {
        const std::string_view name = tags_.name();
        const std::string tag = field_tag();
        body_.clear();
        append_indicators(tag);
        if (!tags_.is_empty()) {
            const auto no_end = [&] { refuse(*note_, "bad_xml", msg("field {} has no end", tag)); };
            for (;;) {
                if (!tags_.next(*note_)) no_end();
                if (is_stray(tags_.before()))
                    repaired("stray_text", fmt::format("{}: text outside subfields was dropped: {}",
                                                       tag, printable(tags_.before(), 60)));
                if (tags_.ends(name)) break;
                if (tags_.is_end() || tags_.name() == "datafield" || tags_.name() == "record" ||
                    tags_.name() == "controlfield")
                    no_end();
                subfield(tag);
            }
        }
        record.add_body(tag, false, body_);
    }

    void subfield(std::string_view tag) {
        const std::string_view name = tags_.name();
        std::string code = attribute("code");
        if (code.empty() && tags_.element() == XmlElement::subfield && name.size() == 2)
            code = name.substr(1);
        const auto c = single_character(code);
        if (!c)
            repaired("subfield_code",
                     fmt::format("{}: code \"{}\" became \"?\"", tag, printable(code)));
        subfield_text(c.value_or('?'));
    }

    // The text of a subfield. UNIMARC exports nest whole fields in $1: they are flattened to $1
    // runs.
    void subfield_text(char code) {
        const std::string_view name = tags_.name();
        if (tags_.is_empty()) {
            append_subfield(code, {});
            return;
        }
        bool is_nested = false;
        for (;;) {
            if (!tags_.next(*note_)) refuse(*note_, "bad_xml", msg("a subfield has no end"));
            if (tags_.ends(name)) break;
            if (!tags_.begins("datafield") && !tags_.begins("controlfield"))
                refuse(*note_, "bad_xml", msg("a subfield has no end"));
            is_nested = true;
            nested_field();
        }
        if (is_nested) return;
        value_.clear();
        append_character_data(value_, tags_.before(), *note_);
        append_subfield(code, value_);
    }

    void nested_field() {
        const std::string tag = field_tag();
        append_subfield('1', tag);
        if (tags_.name() == "controlfield") {
            read_text();
            append_clean(value_);
            return;
        }
        append_indicators(tag);
        while (tags_.next(*note_) && !tags_.ends("datafield")) {
            if (!tags_.begins("subfield")) continue;
            const auto code = single_character(attribute("code"));
            read_text();
            append_subfield(code.value_or('?'), value_);
        }
    }

    void append_subfield(char code, std::string_view value) {
        body_ += kSubfieldMark;
        body_ += code;
        append_clean(value);
    }

    void append_clean(std::string_view text) {
        for (const char c : text) body_ += c >= kRecordEnd && c <= kSubfieldMark ? ' ' : c;
    }

    // The text of the element that has begun into value_.
    void read_text() {
        const std::string_view name = tags_.name();
        value_.clear();
        if (tags_.is_empty()) return;
        if (!tags_.next(*note_) || !tags_.ends(name))
            refuse(*note_, "bad_xml", msg("element {} has no end", name));
        append_character_data(value_, tags_.before(), *note_);
    }

    void repaired(std::string_view code, std::string detail) {
        note_->repairs.push_back({code, std::move(detail)});
    }

    std::optional<Charset> encoding_;
    TextStage text_;
    SourceNote* note_ = nullptr;
    XmlTags tags_;
    bool has_leader_ = false;
    std::string value_, body_, unpacked_;
};

}  // namespace

std::unique_ptr<Parser> make_xml_parser(const FileFacts& facts, const ReadOptions& options) {
    return std::make_unique<XmlParser>(facts, options);
}

}  // namespace tushu::marc
