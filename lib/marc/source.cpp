// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "marc/frame.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace tushu::marc {
namespace {

struct FormatName {
    std::string_view name;
    Format format;
};
constexpr std::array kFormats = {
    FormatName{"iso2709", Format::iso2709},
    FormatName{"marcxml", Format::marcxml},
    FormatName{"marcxchange", Format::marcxchange},
    FormatName{"turbomarc", Format::turbomarc},
    FormatName{"json", Format::json},
    FormatName{"jsonl", Format::jsonl},
    FormatName{"folio-srs", Format::folio_srs},
    FormatName{"mrk", Format::mrk},
    FormatName{"line", Format::line},
    FormatName{"aleph", Format::aleph},
    FormatName{"csv", Format::csv},
    FormatName{"tsv", Format::tsv},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

class FramedSource final : public RecordSource {
  public:
    FramedSource(Input& input, const ReadOptions& options) : input_(input) {
        const FileFacts facts = look_at(input, options);
        framer_ = make_framer(input, facts);
        parser_ = make_parser(facts, options);
    }

    const Record* next() override {
        do {
            if (!framer_->next(frame_)) return nullptr;
        } while (frame_.is_deleted);
        try {
            parse_frame(*parser_, frame_, record_, note_);
        } catch (const Error& e) {
            if (note_.reject_code.empty()) note_.reject_code = "bad_char";
            Where where{input_.name(), frame_.record, frame_.offset};
            throw Error(e.fault(), std::move(where), e.message(), e.hint());
        }
        return &record_;
    }

    [[nodiscard]] const SourceNote& note() const override { return note_; }

  private:
    Input& input_;
    std::unique_ptr<Framer> framer_;
    std::unique_ptr<Parser> parser_;
    Frame frame_;
    Record record_;
    SourceNote note_;
};

}  // namespace

std::string_view name_of(Format format) {
    for (const auto& entry : kFormats)
        if (entry.format == format) return entry.name;
    return "?";
}

std::optional<Format> format_named(std::string_view name) {
    for (const auto& entry : kFormats)
        if (entry.name == name) return entry.format;
    return std::nullopt;
}

namespace {

// Archives and compressions that are only named, so that nobody looks for records in them.
struct Packing {
    std::string_view mark, name, command;
};
constexpr std::array kPackings = {
    Packing{"PK\x03\x04", "ZIP", "unzip"},
    Packing{"BZh91A", "bzip2", "bunzip2"},
    Packing{"7z\xBC\xAF\x27\x1C", "7z", "7z x"},
    Packing{"Rar!", "RAR", "unrar x"},
};

const Packing* packing_of(std::string_view head) {
    const auto* const found =
        std::find_if(kPackings.begin(), kPackings.end(),
                     [&](const Packing& packing) { return head.starts_with(packing.mark); });
    return found == kPackings.end() ? nullptr : found;
}

}  // namespace

Format detect_format(Input& input) {
    (void)input.convert_utf16();
    (void)input.have(4096);
    std::string_view head = input.window().substr(0, 4096);
    if (const Packing* const packing = packing_of(head))
        throw Error(Fault::bad_input, {input.name()},
                    msg("is a {} file, which is not unpacked here", packing->name),
                    msg("unpack it first, with {}", packing->command));
    if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
    while (!head.empty() && (static_cast<unsigned char>(head[0]) <= ' ' || head[0] == '\x1A'))
        head.remove_prefix(1);
    if (head.empty()) return Format::iso2709;
    if (head[0] == '<') return Format::marcxml;
    if (head[0] == '{' || head[0] == '[') return Format::json;
    if (head[0] == '=' || head.starts_with("//") ||
        (head[0] == '#' && head.find("\n=") != std::string_view::npos))
        return Format::mrk;
    const std::size_t end = head.find('\n');
    std::string_view line = head.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    // A number, of nine digits mostly, and Aleph's columns: "000000001 24510 L ".
    const auto digits = static_cast<std::size_t>(
        std::find_if_not(line.begin(), line.end(), is_digit) - line.begin());
    if (digits != 0 && digits <= 18 && line.size() >= digits + 9 && line[digits] == ' ' &&
        line[digits + 6] == ' ' && line[digits + 8] == ' ' &&
        line.find(kFieldEnd) == std::string_view::npos)
        return Format::aleph;
    if (line.size() == 24 && end != std::string_view::npos &&
        line.find(kFieldEnd) == std::string_view::npos)
        return Format::line;
    return Format::iso2709;
}

FileFacts look_at(Input& input, const ReadOptions& options) {
    FileFacts facts;
    (void)input.convert_utf16();  // what Windows programs export as "Unicode"
    facts.format = options.format ? *options.format : detect_format(input);
    (void)input.have(512);
    const std::string_view head = input.window().substr(0, 512);
    const std::size_t declaration = head.find("<?xml");
    if (declaration != std::string_view::npos) {
        const std::string_view text =
            head.substr(declaration, head.find("?>", declaration) - declaration);
        const std::size_t at = text.find("encoding=");
        if (at != std::string_view::npos && at + 10 < text.size()) {
            const std::string_view rest = text.substr(at + 10);
            facts.encoding = charset_named(rest.substr(0, rest.find(text[at + 9])));
        }
    }
    return facts;
}

std::span<const Format> all_formats() {
    static constexpr auto kAll = [] {
        std::array<Format, kFormats.size()> all{};
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = kFormats[i].format;
        return all;
    }();
    return kAll;
}

std::unique_ptr<Framer> make_framer(Input& input, const FileFacts& facts) {
    switch (facts.format) {
        case Format::marcxml:
        case Format::marcxchange:
        case Format::turbomarc:
            return make_xml_framer(input);
        case Format::json:
        case Format::jsonl:
        case Format::folio_srs:
            return make_json_framer(input);
        case Format::iso2709:
            return make_iso2709_framer(input);
        case Format::line:
        case Format::mrk:
        case Format::aleph:
            return make_text_framer(input, facts.format);
        default:
            throw Error(Fault::usage, {input.name()},
                        msg("{} cannot be read", name_of(facts.format)));
    }
}

std::unique_ptr<Parser> make_parser(const FileFacts& facts, const ReadOptions& options) {
    switch (facts.format) {
        case Format::marcxml:
        case Format::marcxchange:
        case Format::turbomarc:
            return make_xml_parser(facts, options);
        case Format::json:
        case Format::jsonl:
        case Format::folio_srs:
            return make_json_parser(options);
        case Format::line:
        case Format::mrk:
        case Format::aleph:
            return make_text_parser(facts.format, options);
        default:
            return make_iso2709_parser(options);
    }
}

std::unique_ptr<RecordSource> open_records(Input& input, const ReadOptions& options) {
    return std::make_unique<FramedSource>(input, options);
}

std::unique_ptr<RecordSource> open_records(Input& input) { return open_records(input, {}); }

void parse_frame(Parser& parser, Frame& frame, Record& record, SourceNote& note) {
    note.record = frame.record;
    note.offset = frame.offset;
    note.raw = frame.raw;
    note.reject_code = {};
    note.declared.reset();
    note.believed = Charset::ascii;
    note.is_partial = false;
    note.repairs.swap(frame.repairs);
    if (!frame.reject_code.empty()) refuse(note, frame.reject_code, frame.reject_message);
    parser.parse(frame, record, note);
    const std::string_view leader = record.leader();
    if (note.is_partial || is_graphic(leader)) return;
    std::string places;
    for (std::size_t i = 0; i < leader.size(); ++i) {
        if (is_graphic(leader.substr(i, 1))) continue;
        places += fmt::format("{}{}: {:02X}", places.empty() ? "" : ", ", i,
                              static_cast<unsigned char>(leader[i]));
        record.set_leader_byte(i, ' ');
    }
    note.repairs.push_back({"leader", "bytes that are no ASCII became blanks, at " + places});
}

void refuse(SourceNote& note, std::string_view code, Message message) {
    note.reject_code = code;
    throw Error(Fault::bad_input, std::move(message));
}

void tidy_leader(Record& record, SourceNote& note) {
    const std::string_view leader = record.leader();
    std::size_t odd = 0;
    for (std::size_t i = 0; i < leader.size(); ++i) {
        if (leader[i] >= ' ' && leader[i] <= '~') continue;
        record.set_leader_byte(i, ' ');
        ++odd;
    }
    if (odd != 0)
        note.repairs.push_back(
            {"leader", std::to_string(odd) + " bytes that are not ASCII became blanks"});
}

void tidy(Record& record, SourceNote& note) {
    tidy_leader(record, note);
    std::string body;
    for (std::size_t i = 0; i < record.field_count(); ++i) {
        const bool is_value = record.is_control(i);
        const bool has_marks = record.body(i).find(kSubfieldMark) != std::string_view::npos;
        const std::string tag(record.tag(i));
        if (is_value == (is_control_tag(tag) && !(tag == "FMT" && has_marks && !is_value)) &&
            !(is_value && has_marks))
            continue;
        body.clear();
        if (is_control_tag(tag)) {
            if (is_value) {
                body = record.body(i);
                std::replace(body.begin(), body.end(), kSubfieldMark, ' ');
                note.repairs.push_back({"separator_in_text", tag + ": became a blank"});
            } else {
                Subfield subfield;
                for (SubfieldCursor cursor(record.body(i)); cursor.next(subfield);)
                    body.append(body.empty() ? "" : " ").append(subfield.value);
                note.repairs.push_back(
                    {"control_subfields", tag + ": the subfields were joined to one value"});
            }
        } else {
            body = "  ";
            body += kSubfieldMark;
            body += 'a';
            body += record.body(i);
            note.repairs.push_back(
                {"no_subfield_code", tag + ": a value without subfields went into $a"});
        }
        record.erase(i);
        record.insert_body(i, tag, is_control_tag(tag), body);
    }
}

void TextStage::run(Record& record, SourceNote& note, std::string_view evidence,
                    std::optional<Charset> known) {
    if (!options_.dialect && record.leader()[9] == 'a')
        note.declared = Charset::utf8;
    else
        note.declared = declared_charset(record, dialect_of(record, options_.dialect));
    bool is_utf8 = simdjson::validate_utf8(evidence.data(), evidence.size());
    if (!is_utf8 || evidence.find('\x1B') != std::string_view::npos) {
        // Damage around the fields says nothing about them, and is gone when they are read again.
        fields_.clear();
        for (std::size_t i = 0; i < record.field_count(); ++i)
            fields_.append(record.body(i)) += kFieldEnd;
        evidence = fields_;
        is_utf8 = simdjson::validate_utf8(evidence.data(), evidence.size());
    }
    Charset charset = Charset::utf8;
    if (options_.charset)
        charset = *options_.charset;
    else if (known && !is_utf8)
        charset = *known;
    else if (!is_utf8 || evidence.find('\x1B') != std::string_view::npos ||
             (!known && note.declared == Charset::gb18030 && is_gb_by_accident_utf8(evidence)))
        charset = believed_charset(evidence, note.declared);
    note.believed = charset;
    // A field put together by repairs may begin or end inside a character.
    if (charset == Charset::ascii || (charset == Charset::utf8 && is_utf8 && note.repairs.empty()))
        return;
    const auto is_plain = [](char c) { return c >= 0 && c != '\x1B'; };
    for (std::size_t i = 0; i < record.field_count(); ++i) {
        const std::string_view body = record.body(i);
        if (std::all_of(body.begin(), body.end(), is_plain)) continue;
        std::size_t bad = 0;
        text_.clear();
        const auto append = [&](std::string_view bytes) {
            try {
                bad += decoder_.append(text_, charset, bytes);
            } catch (const Error& e) {
                if (e.fault() != Fault::bad_input) throw;
                throw Error(e.fault(), msg("field {}: byte {} is not {}", record.tag(i),
                                           decoder_.refused(), name_of(charset)));
            }
        };
        if (record.is_control(i)) {
            append(body);
        } else {
            text_ += body.substr(0, 2);
            SubfieldCursor cursor(body);
            Subfield subfield;
            while (cursor.next(subfield)) {
                text_ += kSubfieldMark;
                text_ += subfield.code;
                append(subfield.value);
            }
        }
        if (bad != 0) {
            note.repairs.push_back({"bad_char", std::string(record.tag(i)) + ": " +
                                                    std::to_string(bad) + " bytes are not " +
                                                    std::string(name_of(charset))});
        }
        record.replace_body(i, text_);
    }
}

}  // namespace tushu::marc
