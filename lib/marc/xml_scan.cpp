// SPDX-License-Identifier: Apache-2.0
#include "marc/xml_scan.hpp"

#include "base/text.hpp"
#include "marc/frame.hpp"

#include <cstring>

namespace tushu::marc {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool is_turbo_field(std::string_view name, char kind) {
    return name.size() == 4 && name[0] == kind;
}

// The character of "&#20013;" or "&#x4E2D;", given as "#20013" or "#x4E2D"; 0 when it is none.
char32_t numbered_character(std::string_view name) {
    if (name.size() < 2 || name[0] != '#') return 0;
    const bool is_hex = name[1] == 'x' || name[1] == 'X';
    char32_t c = 0;
    for (const char digit : name.substr(is_hex ? 2 : 1)) {
        const int value = digit >= '0' && digit <= '9'   ? digit - '0'
                          : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                          : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                                         : 99;
        if (value >= (is_hex ? 16 : 10)) return 0;
        c = c * (is_hex ? 16 : 10) + static_cast<char32_t>(value);
    }
    return c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF) ? 0 : c;
}

char32_t named_character(std::string_view name) {
    if (name == "amp") return '&';
    if (name == "lt") return '<';
    if (name == "gt") return '>';
    if (name == "quot") return '"';
    if (name == "apos") return '\'';
    return numbered_character(name);
}

// The reference that `text` begins with, or its & where that is none; returns its size.
std::size_t append_reference(std::string& out, std::string_view text, SourceNote& note) {
    const std::size_t end = text.substr(0, 12).find(';');
    if (const char32_t c = end == kNone ? 0 : named_character(text.substr(1, end - 1)); c != 0) {
        append_utf8(out, c);
        return end + 1;
    }
    out += '&';
    note.repairs.push_back({"bad_reference", "an XML reference that is none was kept as text"});
    return 1;
}

// An instruction or a declaration ends behind its mark, or where a tag begins: then it has lost its
// end, or is a tag that was damaged at its beginning, and what follows must not go with it.
std::size_t declaration_end(std::string_view text, std::string_view mark) {
    for (std::size_t i = 2; i < text.size(); ++i) {
        if (text.substr(i).starts_with(mark)) return i + mark.size();
        if (text[i] != '<') continue;
        if (i + 1 == text.size()) break;
        if (text[i + 1] != '!' && text[i + 1] != '?') return i;
    }
    return kNone;
}

// The CDATA section, comment or instruction that `text` begins with; returns its size. Any other
// markup is text.
std::size_t append_section(std::string& out, std::string_view text) {
    std::size_t size = markup_end(text);
    if (size == kNone || size == 0) size = text.size();
    if (text.starts_with("<![CDATA[") && size >= 12)
        out += text.substr(9, size - 12);
    else if (!text.starts_with("<!--") && !text.starts_with("<?"))
        out += text.substr(0, size);
    return size;
}

}  // namespace

std::size_t markup_end(std::string_view text) {
    const auto behind = [&](std::string_view mark, std::size_t from) {
        const std::size_t at = text.find(mark, from);
        return at == kNone ? at : at + mark.size();
    };
    if (text.starts_with("<!--")) return behind("-->", 4);
    if (text.starts_with("<![CDATA[")) return behind("]]>", 9);
    if (text.starts_with("<?")) return declaration_end(text, "?>");
    if (text.starts_with("<!")) {
        const std::size_t at = text.starts_with("<!DOCTYPE") ? text.find_first_of("[<>", 2) : kNone;
        return declaration_end(text, at < text.size() && text[at] == '[' ? "]>" : ">");
    }
    char quote = 0;
    for (std::size_t i = 1; i < text.size(); ++i) {
        const char c = text[i];
        if (quote != 0) {
            if (c == quote) {
                quote = 0;
            } else if (c == '<') {
                // Not allowed in values, and yet "<" is written for &lt;. More than that is a
                // quotation mark that is missing, which must not swallow the tags behind it.
                if (i + 1 == text.size()) return kNone;
                if (text[i + 1] != quote) return i;
            }
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '>') {
            return i + 1;
        } else if (c == '<') {
            return i;  // an unclosed tag: damage stays where it is
        }
    }
    return kNone;
}

std::string_view local_name(std::string_view tag) {
    std::size_t end = 0;
    while (end < tag.size() && !is_xml_space(tag[end]) && tag[end] != '>' && tag[end] != '/') ++end;
    const std::string_view name = tag.substr(0, end);
    const std::size_t colon = name.find(':');
    return colon == kNone ? name : name.substr(colon + 1);
}

XmlElement element_of(std::string_view name) {
    if (name == "record" || name == "r") return XmlElement::record;
    if (name == "leader" || name == "l") return XmlElement::leader;
    if (name == "controlfield" || is_turbo_field(name, 'c')) return XmlElement::control;
    if (name == "datafield" || is_turbo_field(name, 'd')) return XmlElement::data;
    if (name == "subfield" || (name.size() == 2 && name[0] == 's')) return XmlElement::subfield;
    return XmlElement::other;
}

void append_character_data(std::string& out, std::string_view text, SourceNote& note) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t special = text.find_first_of("&\r<", at);
        out += text.substr(at, special - at);
        if (special == kNone) return;
        const std::string_view rest = text.substr(special);
        at = special;
        if (rest[0] == '\r') {
            out += '\n';
            at += rest.starts_with("\r\n") ? 2U : 1U;
        } else if (rest[0] == '<') {
            at += append_section(out, rest);
        } else {
            at += append_reference(out, rest, note);
        }
    }
}

bool XmlTags::next(SourceNote& note) {
    const char* const from = at_;
    for (;;) {
        const auto* const open =
            static_cast<const char*>(std::memchr(at_, '<', static_cast<std::size_t>(end_ - at_)));
        if (open == nullptr) return false;
        const std::string_view rest(open, static_cast<std::size_t>(end_ - open));
        const std::size_t size = markup_end(rest);
        if (size == kNone) refuse(note, "bad_xml", msg("an XML tag is not closed"));
        at_ = open + size;
        if (rest[1] == '!' || rest[1] == '?') continue;
        before_ = {from, static_cast<std::size_t>(open - from)};
        tag_ = rest.substr(0, size);
        if (tag_.back() != '>') refuse(note, "bad_xml", msg("an XML tag is not closed"));
        name_ = local_name(tag_.substr(is_end() ? 2 : 1));
        return true;
    }
}

std::string_view XmlTags::attribute(std::string_view name) const {
    const auto behind_space = [this](std::size_t at) {
        while (at < tag_.size() && is_xml_space(tag_[at])) ++at;
        return at;
    };
    for (std::size_t at = tag_.find(name, 1); at != kNone; at = tag_.find(name, at + name.size())) {
        if (!is_xml_space(tag_[at - 1])) continue;
        const std::size_t equals = behind_space(at + name.size());
        if (equals + 1 >= tag_.size() || tag_[equals] != '=') continue;
        const std::size_t quote = behind_space(equals + 1);
        if (quote == tag_.size() || (tag_[quote] != '"' && tag_[quote] != '\'')) continue;
        const std::size_t close = tag_.find(tag_[quote], quote + 1);
        if (close != kNone) return tag_.substr(quote + 1, close - quote - 1);
    }
    return {};
}

}  // namespace tushu::marc
