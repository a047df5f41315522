// SPDX-License-Identifier: Apache-2.0
// MARC-in-JSON as one object, an array, one object a line or objects in a row; FOLIO's SRS
// envelope; the older controlfield/datafield form.
#include "base/text.hpp"
#include "marc/frame.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>

namespace tushu::marc {
namespace {

namespace dom = simdjson::dom;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// Collections that hold records under a name: {"records":[...]}, FOLIO's {"sourceRecords":[...]}.
constexpr std::array<std::string_view, 4> kWrappers = {"\"records\"", "\"sourceRecords\"",
                                                       "\"parsedRecords\"", "\"collection\""};

class JsonFramer final : public Framer {
  public:
    explicit JsonFramer(Input& input) : input_(input) {}

    bool next(Frame& frame) override {
        input_.consume(used_);
        used_ = 0;
        frame.repairs.clear();
        frame.reject_code = {};
        frame.is_cut = false;
        if (!is_started_) {
            is_started_ = true;
            if (input_.have(3) && input_.window().starts_with("\xEF\xBB\xBF")) input_.consume(3);
        }
        if (is_oversize_ && (!input_.window().empty() || input_.more())) return take_object(frame);
        for (;;) {
            if (input_.window().empty() && !input_.more()) return finish(frame);
            const char c = input_.window().front();
            if (is_space(c) || c == ',' || c == '\x1E' || c == '\0') {  // RS: JSON text sequences
                input_.consume(1);
            } else if (c == '[') {
                ++arrays_;
                input_.consume(1);
            } else if (c == ']') {
                --arrays_;
                input_.consume(1);
                if (in_wrapper_ && arrays_ <= wrapper_depth_) skip_rest_of_wrapper();
            } else if (c == '{') {
                if (enter_wrapper()) continue;
                return take_object(frame);
            } else {
                return take_junk(frame);
            }
        }
    }

  private:
    bool enter_wrapper() {
        (void)input_.have(512);
        const std::string_view window = input_.window().substr(0, 512);
        std::size_t at = 1;
        while (at < window.size() && is_space(window[at])) ++at;
        for (const auto name : kWrappers) {
            if (!window.substr(at).starts_with(name)) continue;
            std::size_t next = at + name.size();
            while (next < window.size() && (is_space(window[next]) || window[next] == ':')) ++next;
            if (next >= window.size() || window[next] != '[') return false;
            wrapper_depth_ = arrays_++;
            in_wrapper_ = true;
            input_.consume(next + 1);
            return true;
        }
        return false;
    }

    // The other members of a wrapper, up to its end. What is no member in good order, or holds
    // fields, is left to be told: the bracket before it was damage.
    void skip_rest_of_wrapper() {
        in_wrapper_ = false;
        while (const std::size_t size = member_size()) input_.consume(size);
        while (!input_.window().empty() || input_.more()) {
            const char c = input_.window().front();
            if (c != '}' && !is_space(c)) return;
            input_.consume(1);
            if (c == '}') return;
        }
    }

    // Size of the member with the comma before it that comes next; 0 for anything else. What has
    // been looked at in vain is not looked at again: it may hold as many wrappers as bytes.
    std::size_t member_size() {
        if (input_.offset() < vain_until_) return 0;
        std::size_t looked_at = 0;
        for (;;) {
            const std::string_view window = input_.window();
            const std::size_t size = member_size(window, looked_at);
            if (size == std::string_view::npos && window.size() <= kMaxFrame && input_.more())
                continue;
            if (size != 0 && size != std::string_view::npos) return size;
            vain_until_ = input_.offset() + looked_at;
            return 0;
        }
    }

    // The same in a text; npos when that ends too early.
    static std::size_t member_size(std::string_view text, std::size_t& at) {
        constexpr std::string_view kSpace = " \t\r\n";
        const auto to_next = [&](std::size_t from) {
            at = std::min(text.find_first_not_of(kSpace, from), text.size());
            return at < text.size();
        };
        if (!to_next(0)) return std::string_view::npos;
        if (text[at] != ',') return 0;
        if (!to_next(at + 1)) return std::string_view::npos;
        if (text[at] != '"') return 0;
        if (!to_next(string_end(text, at))) return std::string_view::npos;
        if (text[at] != ':') return 0;
        (void)to_next(at + 1);
        for (int depth = 0; at < text.size();) {
            const char c = text[at];
            if (c == '"') {
                at = string_end(text, at);
            } else if (c == '{' || c == '[') {
                ++depth;
                ++at;
            } else if (depth != 0) {
                if (c == '}' || c == ']') --depth;
                ++at;
            } else {
                const std::size_t end =
                    std::min(text.find_first_of("]},{[\" \t\r\n", at), text.size());
                if (end == at) return 0;
                at = end;
            }
            if (depth != 0 || at >= text.size()) continue;
            const std::string_view member = text.substr(0, at);
            for (const std::string_view word : {"\"fields\"", "\"subfields\"", "\"ind1\""})
                if (member.find(word) != std::string_view::npos) return 0;
            return at;
        }
        return std::string_view::npos;
    }

    // Behind the string that begins at `at`; the end of the text when it does not end there.
    static std::size_t string_end(std::string_view text, std::size_t at) {
        for (++at; (at = text.find_first_of("\"\\", at)) != std::string_view::npos; at += 2)
            if (text[at] == '"') return at + 1;
        return text.size();
    }

    bool take_object(Frame& frame) {
        std::size_t at = 0;
        if (!is_oversize_) {
            depth_ = 0;
            in_string_ = false;
        }
        for (;;) {
            // A file that has been read to its end in vain some times is not read so for each line.
            std::size_t line = std::string_view::npos;
            if (times_in_vain_ == kMaxTimes)
                line = input_.window().find("\n{", std::max<std::size_t>(at, 1) - 1);
            const std::string_view window =
                input_.window().substr(0, line == std::string_view::npos ? line : line + 1);
            while (at < window.size()) {
                const char c = window[at];
                if (in_string_) {
                    const std::size_t special = window.find_first_of("\"\\", at);
                    if (special == std::string_view::npos) {
                        at = window.size();
                        break;
                    }
                    at = special;
                    if (window[at] == '\\') {
                        if (at + 1 >= window.size())
                            break;  // the escaped character is not here yet
                        at += 2;
                    } else {
                        in_string_ = false;
                        ++at;
                    }
                    continue;
                }
                ++at;
                if (c == '"')
                    in_string_ = true;
                else if (c == '{' || c == '[')
                    ++depth_;
                else if ((c == '}' || c == ']') && --depth_ == 0)
                    return finish_object(frame, at);
            }
            const bool is_huge = window.size() > kMaxFrame;
            if (line == std::string_view::npos) {
                if (!is_huge && input_.more()) continue;
                // An unclosed string swallows everything behind it: give the following lines a
                // chance.
                line = window.find("\n{");
            }
            if (line != std::string_view::npos) {
                times_in_vain_ = std::min(times_in_vain_ + 1, kMaxTimes);
                is_oversize_ = false;
                return emit(frame, line + 1, "truncated", msg("the JSON ends inside a record"));
            }
            if (is_huge) {
                is_oversize_ = true;
                // A backslash at the edge stays with what it escapes.
                return emit(frame, in_string_ && at < window.size() ? at : window.size(),
                            "no_record_end", too_big());
            }
            is_oversize_ = false;
            arrays_ = 0;
            return emit(frame, window.size(), "truncated", msg("the JSON ends inside a record"));
        }
    }

    // The closing bracket of an object: of a record, or of one whose beginning was refused.
    bool finish_object(Frame& frame, std::size_t size) {
        const bool is_rest = is_oversize_;
        is_oversize_ = false;
        return is_rest ? emit(frame, size, "no_record_end", too_big()) : emit(frame, size, {}, {});
    }

    static Message too_big() {
        return msg("no end of the record within {} bytes", static_cast<std::uint64_t>(kMaxFrame));
    }

    bool take_junk(Frame& frame) {
        std::size_t at = 0;
        for (;;) {
            const std::string_view window = input_.window();
            at = window.find_first_of("{\n", at + (at == 0 ? 1 : 0));
            if (at != std::string_view::npos) break;
            at = window.size();
            if (at > kMaxFrame || !input_.more()) break;
        }
        const std::string_view raw = input_.window().substr(0, at);
        Message message = msg("no record begins here: {}", printable(raw, 40));
        return emit(frame, at, "not_a_record", std::move(message));
    }

    bool emit(Frame& frame, std::size_t size, std::string_view code, Message message) {
        frame.raw = input_.window().substr(0, size);
        frame.record = ++record_;
        frame.offset = input_.offset();
        frame.reject_code = code;
        frame.reject_message = std::move(message);
        used_ = size;
        return true;
    }

    bool finish(Frame& frame) {
        if (arrays_ <= 0) return false;
        arrays_ = 0;
        return emit(frame, 0, "cut_file", msg("the JSON array has no end; records may be missing"));
    }

    static constexpr int kMaxTimes = 16;

    Input& input_;
    std::size_t used_ = 0;
    std::uint64_t record_ = 0, vain_until_ = 0;
    int times_in_vain_ = 0;  // how often an object had no end up to the end of the file
    int arrays_ = 0, wrapper_depth_ = 0;
    int depth_ = 0;
    bool is_started_ = false, in_wrapper_ = false, in_string_ = false;
    bool is_oversize_ = false;  // the frame before was a piece of a huge object
};

class JsonParser final : public Parser {
  public:
    explicit JsonParser(const ReadOptions& options)
        : iso_(make_iso2709_parser(options)), text_(options) {}

    void parse(const Frame& frame, Record& record, SourceNote& note) override {
        record.clear();
        dom::element root;
        std::string_view raw = frame.raw;
        if (!simdjson::validate_utf8(raw.data(), raw.size())) {
            // GB in JSON is against RFC 8259 and exists. Its second bytes include the backslash, so
            // decode first.
            decoded_.clear();
            const Charset charset = believed_charset(raw, std::nullopt);
            note.believed = charset;
            const std::size_t bad = decoder_.append(decoded_, charset, raw);
            note.repairs.push_back({bad == 0 ? "json_charset" : "bad_char",
                                    "the JSON was not UTF-8 but " + std::string(name_of(charset))});
            raw = decoded_;
        }
        const auto error = parser_.parse(raw.data(), raw.size(), true).get(root);
        if (error != simdjson::SUCCESS)
            refuse(note, "bad_json", msg("not JSON: {}", simdjson::error_message(error)));
        dom::object object;
        if (root.get(object) != simdjson::SUCCESS)
            refuse(note, "not_marc_json", msg("no MARC in this JSON object"));
        if (read_envelope(object, record, note)) {
            tidy(record, note);
            return;
        }
        if (!read_record(object, record, note))
            refuse(note, "not_marc_json", msg("no MARC in this JSON object"));
        if (std::any_of(raw.begin(), raw.end(), [](char c) { return c < 0 || c == '\\'; })) {
            const Charset believed = note.believed;
            const bool has_escape = raw.find("\\u001b") != std::string_view::npos ||
                                    raw.find("\\u001B") != std::string_view::npos;
            text_.run(record, note, has_escape ? "\x1B" : raw, Charset::utf8);
            if (believed != Charset::ascii) note.believed = believed;
        }
        tidy(record, note);
    }

  private:
    // FOLIO SRS: parsedRecord.content as object or text, else rawRecord.content in ISO 2709.
    bool read_envelope(const dom::object& object, Record& record, SourceNote& note) {
        dom::element content;
        std::string_view text;
        if (object.at_pointer("/parsedRecord/content").get(content) == simdjson::SUCCESS) {
            dom::object inner;
            if (content.get(inner) == simdjson::SUCCESS) return read_record(inner, record, note);
            if (content.get(text) == simdjson::SUCCESS) {
                inner_text_ = text;
                dom::element parsed;
                if (inner_parser_.parse(inner_text_).get(parsed) != simdjson::SUCCESS ||
                    parsed.get(inner) != simdjson::SUCCESS)
                    refuse(note, "bad_json", msg("parsedRecord.content is not JSON"));
                return read_record(inner, record, note);
            }
        }
        if (object.at_pointer("/rawRecord/content").get(text) == simdjson::SUCCESS) {
            inner_text_ = text;
            Frame frame;
            frame.raw = inner_text_;
            iso_->parse(frame, record, note);
            return true;
        }
        return false;
    }

    bool read_record(const dom::object& object, Record& record, SourceNote& note) {
        std::string_view leader;
        const bool has_leader = object["leader"].get(leader) == simdjson::SUCCESS;
        if (has_leader && leader.size() != 24)
            note.repairs.push_back(
                {"leader", fmt::format("has {} characters, not 24", leader.size())});
        dom::array fields;
        bool any = false;
        if (object["fields"].get(fields) == simdjson::SUCCESS) {
            any = true;
            for (const dom::element item : fields) {
                dom::object field;
                if (item.get(field) != simdjson::SUCCESS)
                    refuse(note, "not_marc_json", msg("a field is no JSON object"));
                for (const auto [key, value] : field) read_field(key, value, record, note);
            }
        } else {
            any = read_old_form(object, record, note);
        }
        if (!any) return false;
        if (!has_leader) note.repairs.push_back({"no_leader", "a leader was made"});
        record.set_leader(has_leader ? leader : std::string_view("00000nam  2200000   4500"));
        return true;
    }

    void read_field(std::string_view key, const dom::element& value, Record& record,
                    SourceNote& note) {
        const std::string tag = tag_of(key, note);
        std::string_view text;
        if (value.get(text) == simdjson::SUCCESS) {
            check_text(tag, text, note);
            record.add_control(tag, text);
            return;
        }
        dom::object data;
        if (value.get(data) != simdjson::SUCCESS)
            refuse(note, "not_marc_json", msg("field {} is neither text nor object", tag));
        body_.clear();
        for (const char* const name : {"ind1", "ind2"}) body_ += indicator(data[name], tag, note);
        dom::array subfields;
        if (data["subfields"].get(subfields) != simdjson::SUCCESS)
            refuse(note, "not_marc_json", msg("field {} has no subfields", tag));
        for (const dom::element item : subfields) {
            dom::object subfield;
            if (item.get(subfield) != simdjson::SUCCESS)
                refuse(note, "not_marc_json", msg("field {} has no subfields", tag));
            for (const auto [code, inner] : subfield) add_subfield(tag, code, inner, note);
        }
        record.add_body(tag, false, body_);
    }

    // {"controlfield":[{"tag","data"}],"datafield":[{"tag","ind":"10","subfield":[{"code","data"}]}]}
    bool read_old_form(const dom::object& object, Record& record, SourceNote& note) {
        dom::array items;
        bool any = false;
        if (object["controlfield"].get(items) == simdjson::SUCCESS) {
            any = true;
            for (const dom::element item : items) {
                std::string_view tag, data;
                if (item["tag"].get(tag) != simdjson::SUCCESS ||
                    item["data"].get(data) != simdjson::SUCCESS)
                    refuse(note, "not_marc_json", msg("a field is no JSON object"));
                record.add_control(tag_of(tag, note), data);
            }
        }
        if (object["datafield"].get(items) == simdjson::SUCCESS) {
            any = true;
            for (const dom::element item : items) {
                std::string_view tag_text, indicators;
                dom::array subfields;
                if (item["tag"].get(tag_text) != simdjson::SUCCESS ||
                    item["subfield"].get(subfields) != simdjson::SUCCESS)
                    refuse(note, "not_marc_json", msg("a field is no JSON object"));
                const std::string tag = tag_of(tag_text, note);
                if (item["ind"].get(indicators) != simdjson::SUCCESS) indicators = {};
                body_.clear();
                for (std::size_t i = 0; i < 2; ++i)
                    body_ += i < indicators.size() && indicators[i] >= ' ' && indicators[i] <= '~'
                                 ? indicators[i]
                                 : ' ';
                for (const dom::element subfield : subfields) {
                    std::string_view code;
                    dom::element data;
                    if (subfield["code"].get(code) != simdjson::SUCCESS ||
                        subfield["data"].get(data) != simdjson::SUCCESS)
                        refuse(note, "not_marc_json", msg("field {} has no subfields", tag));
                    add_subfield(tag, code, data, note);
                }
                record.add_body(tag, false, body_);
            }
        }
        return any;
    }

    void add_subfield(const std::string& tag, std::string_view code, const dom::element& value,
                      SourceNote& note) {
        body_ += kSubfieldMark;
        if (code.size() == 1 && code[0] >= ' ' && code[0] <= '~') {
            body_ += code[0];
        } else {
            body_ += '?';
            note.repairs.push_back({"subfield_code", fmt::format("{}: code \"{}\" became \"?\"",
                                                                 tag, printable(code))});
        }
        std::string_view text;
        std::string number;
        if (value.get(text) != simdjson::SUCCESS) {
            number = simdjson::minify(value);
            text = number;
            note.repairs.push_back(
                {"json_type", fmt::format("{}: a value that is no text was taken as text", tag)});
        }
        check_text(tag, text, note);
        for (const char c : text) body_ += c >= kRecordEnd && c <= kSubfieldMark ? ' ' : c;
    }

    static void check_text(const std::string& tag, std::string_view text, SourceNote& note) {
        for (const char c : text) {
            if (c < kRecordEnd || c > kSubfieldMark) continue;
            note.repairs.push_back({"separator_in_text", fmt::format("{}: became a blank", tag)});
            return;
        }
    }

    static char indicator(simdjson::simdjson_result<dom::element> value, const std::string& tag,
                          SourceNote& note) {
        std::string_view text;
        if (value.get(text) != simdjson::SUCCESS) {
            note.repairs.push_back(
                {"indicators", fmt::format("{}: a missing one became a blank", tag)});
            return ' ';
        }
        if (text.size() == 1 && text[0] >= ' ' && text[0] <= '~') return text[0];
        if (!text.empty())
            note.repairs.push_back(
                {"indicators", fmt::format("{}: \"{}\" became a blank", tag, printable(text))});
        return ' ';
    }

    static std::string tag_of(std::string_view key, SourceNote& note) {
        std::string tag(key);
        bool is_good = tag.size() == 3;
        for (const char c : tag) is_good = is_good && c > ' ' && c <= '~';
        if (is_good) return tag;
        for (char& c : tag)
            if (c <= ' ' || c > '~') c = 'X';
        tag.resize(3, '0');
        note.repairs.push_back({"tag", fmt::format("{}: was \"{}\"", tag, printable(key))});
        return tag;
    }

    std::unique_ptr<Parser> iso_;
    TextStage text_;
    Decoder decoder_;
    dom::parser parser_, inner_parser_;
    std::string body_, inner_text_, decoded_;
};

}  // namespace

std::unique_ptr<Framer> make_json_framer(Input& input) {
    return std::make_unique<JsonFramer>(input);
}
std::unique_ptr<Parser> make_json_parser(const ReadOptions& options) {
    return std::make_unique<JsonParser>(options);
}

}  // namespace tushu::marc
