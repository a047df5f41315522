// SPDX-License-Identifier: Apache-2.0
// MARCXML, marcxchange and TurboMARC, by local names, so that prefixes, namespaces and wrappings
// (SRU, OAI) do not matter. A pull scanner of its own, because the usual parsers either hold the
// whole file or are slower than everything else together.
#include "base/text.hpp"
#include "marc/frame.hpp"

#include <fmt/format.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <cstring>

namespace tushu::marc {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// "<marc:datafield tag=..." without its angle bracket to "datafield".
std::string_view local_name(std::string_view tag) {
    std::size_t end = 0;
    while (end < tag.size() && !is_space(tag[end]) && tag[end] != '>' && tag[end] != '/') ++end;
    const std::string_view name = tag.substr(0, end);
    const std::size_t colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool is_turbo_field(std::string_view name, char kind) {
    return name.size() == 4 && name[0] == kind;
}

// A field where no record has begun: its record lost its start tag. (<date> is no TurboMARC.)
bool is_stray_field(std::string_view name) {
    if (name == "leader" || name == "controlfield" || name == "datafield" || name == "subfield" ||
        (name.size() == 2 && name[0] == 's'))
        return true;
    return (is_turbo_field(name, 'c') || is_turbo_field(name, 'd')) &&
           std::all_of(name.begin() + 1, name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// End of the markup that begins at `text[0]` == '<' (one behind its '>'); npos when it is not all
// there.
std::size_t markup_end(std::string_view text) {
    const auto behind = [&](std::string_view mark, std::size_t from) {
        const std::size_t at = text.find(mark, from);
        return at == std::string_view::npos ? at : at + mark.size();
    };
    if (text.starts_with("<!--")) return behind("-->", 4);
    if (text.starts_with("<![CDATA[")) return behind("]]>", 9);
    if (text.starts_with("<?")) return behind("?>", 2);
    if (text.starts_with("<!")) {
        const std::size_t end = text.find('>');
        const std::size_t subset = text.find('[');
        if (subset != std::string_view::npos && subset < end && text.starts_with("<!DOCTYPE"))
            return behind("]>", subset);
        return end == std::string_view::npos ? end : end + 1;
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
                if (i + 1 == text.size()) return std::string_view::npos;
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
    return std::string_view::npos;
}

// An instruction or a declaration with a tag inside has lost its end, or is a tag that was damaged
// at its beginning; what follows must not go with it.
bool swallows_tag(std::string_view markup) {
    if (markup.size() < 2 || (markup[1] != '!' && markup[1] != '?') || markup.starts_with("<!--") ||
        markup.starts_with("<![CDATA["))
        return false;
    for (std::size_t at = markup.find('<', 1); at != std::string_view::npos;
         at = markup.find('<', at + 1))
        if (at + 1 == markup.size() || (markup[at + 1] != '!' && markup[at + 1] != '?'))
            return true;
    return false;
}

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

// string_view::find stops at each first letter; memmem does not.
std::size_t find_word(std::string_view text, std::string_view word, std::size_t from) {
    if (from >= text.size()) return std::string_view::npos;
    const void* const found =
        ::memmem(text.data() + from, text.size() - from, word.data(), word.size());
    if (found == nullptr) return std::string_view::npos;
    return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

// "<!" by its rarer half.
bool has_declaration(std::string_view text) {
    for (std::size_t at = text.find('!', 1); at != std::string_view::npos;
         at = text.find('!', at + 1))
        if (text[at - 1] == '<') return true;
    return false;
}

template <std::size_t N>
bool stands_at(const char* at, const char* end, const char (&text)[N]) {
    return static_cast<std::size_t>(end - at) >= N - 1 && std::memcmp(at, text, N - 1) == 0;
}

bool is_plain_code(char c) { return c >= ' ' && c <= '~' && c != '&' && c != '"'; }

class XmlFramer final : public Framer {
  public:
    explicit XmlFramer(Input& input) : input_(input) {}

    bool next(Frame& frame) override {
        input_.consume(used_);
        used_ = 0;
        frame.repairs.clear();
        frame.reject_code = {};
        frame.is_cut = frame.is_deleted = false;
        if (is_oversize_) return rest_of_oversize(frame);
        std::size_t at = 0;
        std::size_t start = std::string_view::npos;
        bool has_content = false, is_turbo = false, is_careful = false;
        std::int64_t depth_at_start = 0;
        for (;;) {
            const std::string_view window = input_.window();
            if (has_content && !is_careful) at = jump(window, start, at, is_turbo, is_careful);
            const std::size_t open = window.find('<', at);
            if (has_open_declaration_ && open != std::string_view::npos &&
                open + 1 < window.size() && (window[open + 1] == '!' || window[open + 1] == '?')) {
                at = open + 1;
                continue;
            }
            std::size_t end = std::string_view::npos;
            if (open != std::string_view::npos) end = markup_end(window.substr(open));
            if (open == std::string_view::npos || end == std::string_view::npos) {
                const std::size_t wanted = open == std::string_view::npos ? window.size() : open;
                // Until a record is seen, a file that turns out to hold none can still be refused.
                if (start == std::string_view::npos && record_ != 0) {
                    input_.consume(wanted);
                    at = 0;
                } else {
                    at = wanted;
                }
                if (input_.window().size() > kMaxFrame) {
                    is_oversize_ = true;
                    return emit(frame, 0, input_.window().size(), "no_record_end",
                                msg("no end of the record within {} bytes",
                                    static_cast<std::uint64_t>(kMaxFrame)));
                }
                // Doubling keeps a huge element from being scanned again for each block of the
                // file.
                const std::size_t had = input_.window().size();
                bool any = false;
                do {
                    if (!input_.more()) break;
                    any = true;
                } while (input_.window().size() < 2 * had && open != std::string_view::npos);
                if (any) continue;
                if (record_ == 0 && start == std::string_view::npos &&
                    open == std::string_view::npos)
                    return no_record(frame);
                return start == std::string_view::npos ? cut(frame, 0, 0) : cut(frame, start, at);
            }
            const std::string_view markup = window.substr(open, end);
            at = open + end;
            if (swallows_tag(markup)) {
                at = open + 1;
                continue;
            }
            if (markup.size() < 3 || markup[1] == '!' || markup[1] == '?') continue;
            if (markup[1] == '/') {
                const std::string_view name = local_name(markup.substr(2));
                --depth_;
                if (name != "record" && name != "r") continue;
                if (start == std::string_view::npos) continue;  // the end of a wrapper
                if (!has_content && is_deletion(window.substr(start, at - start))) {
                    frame.is_deleted = true;
                    depth_ = depth_at_start;
                    return emit(frame, start, at, {}, {});
                }
                if (!has_content &&
                    window.substr(start, at - start).find("&lt;") == std::string_view::npos)
                    return emit(frame, start, at, "no_fields",
                                msg("a record element without MARC fields"));
                depth_ = depth_at_start;
                return emit(frame, start, at, {}, {});
            }
            const bool is_empty = markup[markup.size() - 2] == '/';
            const std::string_view name = local_name(markup.substr(1));
            if (root_.empty()) root_ = name;
            if (name == "record" || name == "r") {
                if (start != std::string_view::npos && has_content) {
                    depth_ = depth_at_start;
                    return emit(frame, start, open, "no_record_end",
                                msg("a new record begins before the end of this one"));
                }
                start = open;  // a record inside a record element: the outer one is SRU's wrapper
                depth_at_start = depth_;
                is_turbo = name == "r";
                if (is_empty)
                    return emit(frame, start, at, "no_fields",
                                msg("a record element without MARC fields"));
            } else if (start == std::string_view::npos) {
                has_diagnostic_ |=
                    name == "diagnostic" || name == "diagnostics" ||
                    (name == "error" && markup.find("noRecordsMatch") == std::string_view::npos);
                if (is_stray_field(name)) {
                    start = open;
                    depth_at_start = depth_;
                    is_turbo = name.size() <= 4;
                    has_content = true;
                    frame.repairs.push_back(
                        {"no_record_start", "fields without the start tag of their record"});
                }
            } else if (!has_content) {
                has_content = name == "l" || is_stray_field(name) || is_turbo_field(name, 'c') ||
                              is_turbo_field(name, 'd');
            }
            if (!is_empty) ++depth_;
        }
    }

  private:
    bool emit(Frame& frame, std::size_t from, std::size_t to, std::string_view code,
              Message message) {
        frame.raw = input_.window().substr(from, to - from);
        frame.record = ++record_;
        frame.offset = input_.offset() + from;
        frame.reject_code = code;
        frame.reject_message = std::move(message);
        used_ = to;
        return true;
    }

    // OAI-PMH: <record><header status="deleted">.
    static bool is_deletion(std::string_view record) {
        const std::size_t header = record.find("header");
        if (header == std::string_view::npos) return false;
        const std::string_view tag = record.substr(header, record.find('>', header) - header);
        return tag.find("\"deleted\"") != std::string_view::npos ||
               tag.find("'deleted'") != std::string_view::npos;
    }

    // The whole input is held and has no record. An empty answer or collection is in order; an
    // error page, a diagnostic or another kind of XML is not what anybody asked for.
    bool no_record(Frame& frame) {
        constexpr std::array<std::string_view, 7> kWrappers = {
            "collection",  "records",   "searchRetrieveResponse", "OAI-PMH",
            "ListRecords", "GetRecord", "explainResponse"};
        const bool is_wrapper =
            std::find(kWrappers.begin(), kWrappers.end(), root_) != kWrappers.end();
        const std::size_t size = input_.window().size();
        if (root_.empty() || (is_wrapper && !has_diagnostic_)) {
            input_.consume(size);
            return finish(frame);
        }
        depth_ = 0;
        return emit(frame, 0, size, "not_marc",
                    is_wrapper ? msg("the answer holds an error report and no record")
                               : msg("no MARC record in this XML, which begins with <{}>", root_));
    }

    // The input ends in a record, or in a tag, comment or the like that has no end: everything up
    // to the next end of a record is refused, and reading goes on behind it. `at`: where that tag
    // begins.
    bool cut(Frame& frame, std::size_t start, std::size_t at) {
        const std::string_view window = input_.window();
        if (trim(window.substr(start)).empty()) return finish(frame);
        depth_ = 0;
        const std::string_view rest = window.substr(at);
        has_open_declaration_ |= rest.starts_with("<!") || rest.starts_with("<?");
        const std::size_t end = record_end(window, at);
        if (end == std::string_view::npos)
            return emit(frame, start, window.size(), "truncated",
                        msg("the XML ends inside a record"));
        return emit(frame, start, end, "bad_xml", msg("an XML tag is not closed"));
    }

    // Behind the next end tag of a record, found without reading what is before it.
    static std::size_t record_end(std::string_view window, std::size_t from) {
        const std::size_t plain = find_word(window, "record>", from);
        const std::size_t turbo = find_word(window.substr(0, plain), "</r>", from);
        if (turbo != std::string_view::npos) return turbo + 4;
        return plain == std::string_view::npos ? plain : plain + 7;
    }

    // What follows the part of a huge record that was refused: refused too, byte for byte, up to
    // its end tag.
    bool rest_of_oversize(Frame& frame) {
        Message message =
            msg("no end of the record within {} bytes", static_cast<std::uint64_t>(kMaxFrame));
        std::size_t end = record_end(input_.window(), 0);
        for (std::size_t seen = 0; end == std::string_view::npos;) {
            seen = std::max<std::size_t>(input_.window().size(), 8) - 8;
            if (input_.window().size() >= kMaxFrame || !input_.more()) break;
            end = record_end(input_.window(), seen);
        }
        const std::string_view window = input_.window();
        is_oversize_ = end == std::string_view::npos && !window.empty();
        if (window.empty()) return finish(frame);
        depth_ = 0;
        return emit(frame, 0, std::min(end, window.size()), "no_record_end", std::move(message));
    }

    // Inside a record nothing matters but its end, or the start of another one: goes to the next
    // tag that looks like either, or to where the window ends. With comments or CDATA sections
    // (`is_careful`), which may hold such words, the record is walked through tag by tag instead.
    static std::size_t jump(std::string_view window, std::size_t start, std::size_t at,
                            bool is_turbo, bool& is_careful) {
        constexpr std::size_t kLongestTag = 48;
        const std::string_view word = is_turbo ? "r>" : "record";
        std::size_t goal = std::max(at, window.size() - std::min(window.size(), kLongestTag));
        for (std::size_t found = find_word(window, word, at); found != std::string_view::npos;
             found = find_word(window, word, found + 1)) {
            const std::size_t from = std::max(at, found - std::min(found, kLongestTag));
            const std::size_t open = window.substr(from, found - from).rfind('<');
            if (open == std::string_view::npos) continue;
            const std::string_view between =
                window.substr(from + open + 1, found - from - open - 1);
            // "<", "</", "<x:" or "</x:" and nothing else.
            if (between.find_first_of(" \"'=>!") != std::string_view::npos) continue;
            if (!between.empty() && between != "/" && between.back() != ':') continue;
            goal = from + open;
            break;
        }
        is_careful = has_declaration(window.substr(start, goal - start));
        return is_careful ? at : goal;
    }

    bool finish(Frame& frame) {
        if (depth_ <= 0) return false;
        // A file that was cut between two records looks complete otherwise.
        depth_ = 0;
        return emit(frame, input_.window().size(), input_.window().size(), "cut_file",
                    msg("the XML ends before its last end tag; records may be missing"));
    }

    Input& input_;
    std::size_t used_ = 0;
    std::uint64_t record_ = 0;
    std::int64_t depth_ = 0;
    std::string root_;  // the first element
    bool has_diagnostic_ = false;
    bool is_oversize_ = false;
    bool has_open_declaration_ = false;  // from here on "<!" and "<?" are text: they have no end
};

class XmlParser final : public Parser {
  public:
    XmlParser(const FileFacts& facts, const ReadOptions& options)
        : encoding_(facts.encoding), text_(options) {}

    void parse(const Frame& frame, Record& record, SourceNote& note) override {
        record.clear();
        note_ = &note;
        std::string_view raw = frame.raw;
        if (raw.find("&lt;") != std::string_view::npos &&
            raw.find("datafield") != std::string_view::npos &&
            raw.find("<datafield") == std::string_view::npos &&
            raw.find("<controlfield") == std::string_view::npos &&
            raw.find(":datafield") == std::string_view::npos &&
            raw.find(":controlfield") == std::string_view::npos) {
            // recordPacking=string: the record is text inside the wrapper.
            unpacked_.clear();
            append_text(unpacked_, raw);
            raw = unpacked_;
        }
        at_ = raw.data();
        end_ = raw.data() + raw.size();
        has_leader_ = false;
        for (;;) {
            while (quick_field(record)) {
            }
            const char* const text = at_;
            if (!next_tag()) break;
            if (raw.data() == frame.raw.data())  // SRU's own elements stand around packed records
                check_between({text, static_cast<std::size_t>(tag_.data() - text)});
            element(record);
        }
        if (!has_leader_) {
            record.set_leader("00000nam  2200000   4500");
            note.repairs.push_back({"no_leader", "a leader was made"});
        }
        if (record.field_count() == 0)
            refuse(note, "no_fields", msg("a record element without MARC fields"));
        // Programs write MARC-8 into XML as it is, escapes and all.
        if (scan_bytes(raw).has_high || raw.find('\x1B') != std::string_view::npos) {
            text_.run(record, note, raw, encoding_ == Charset::utf8 ? std::nullopt : encoding_);
        }
        tidy(record, note);
    }

  private:
    // Moves behind the next start or end tag; text before it that is not white space goes to
    // stray_.
    bool next_tag() {
        for (;;) {
            const auto* const open = static_cast<const char*>(
                std::memchr(at_, '<', static_cast<std::size_t>(end_ - at_)));
            if (open == nullptr) return false;
            const std::string_view rest(open, static_cast<std::size_t>(end_ - open));
            const std::size_t size = markup_end(rest);
            if (size == std::string_view::npos)
                refuse(*note_, "bad_xml", msg("an XML tag is not closed"));
            at_ = open + size;
            if (rest[1] == '!' || rest[1] == '?') continue;
            tag_ = rest.substr(0, size);
            if (tag_.back() != '>') refuse(*note_, "bad_xml", msg("an XML tag is not closed"));
            is_end_ = tag_[1] == '/';
            is_empty_ = !is_end_ && tag_[tag_.size() - 2] == '/';
            name_ = local_name(tag_.substr(is_end_ ? 2 : 1));
            return true;
        }
    }

    // A field in the form that all common writers give it, without attributes in another order,
    // prefixes or references: nine tenths of all there is. Anything else moves nothing and is left
    // to element().
    bool quick_field(Record& record) {
        const char* at = at_;
        while (at != end_ && is_space(*at)) ++at;
        if (stands_at(at, end_, "<controlfield tag=\"")) {
            at += 19;
            if (end_ - at < 5 || at[3] != '"' || at[4] != '>' || !is_plain_tag(at)) return false;
            const char* const text = at + 5;
            const char* const stop = find_special(text, end_);
            if (!stands_at(stop, end_, "</controlfield>")) return false;
            if (std::memcmp(at, "LDR", 3) == 0) return false;
            record.add_body({at, 3}, true, {text, static_cast<std::size_t>(stop - text)});
            at_ = stop + 15;
            return true;
        }
        if (!stands_at(at, end_, "<datafield tag=\"")) return false;
        const char* const tag = at + 16;
        if (end_ - tag < 24 || !is_plain_tag(tag) || std::memcmp(tag + 3, "\" ind1=\"", 8) != 0 ||
            !is_plain_code(tag[11]) || std::memcmp(tag + 12, "\" ind2=\"", 8) != 0 ||
            !is_plain_code(tag[20]) || tag[21] != '"' || tag[22] != '>')
            return false;
        body_.clear();
        body_ += tag[11];
        body_ += tag[20];
        at = tag + 23;
        for (;;) {
            while (at != end_ && is_space(*at)) ++at;
            if (stands_at(at, end_, "</datafield>")) break;
            if (end_ - at < 19 || !stands_at(at, end_, "<subfield code=\"") ||
                !is_plain_code(at[16]) || at[17] != '"' || at[18] != '>')
                return false;
            const char code = at[16];
            const char* const text = at + 19;
            const char* const stop = find_special(text, end_);
            if (!stands_at(stop, end_, "</subfield>")) return false;
            body_ += kSubfieldMark;
            body_ += code;
            body_.append(text, static_cast<std::size_t>(stop - text));
            at = stop + 11;
        }
        record.add_body({tag, 3}, false, body_);
        at_ = at + 12;
        return true;
    }

    static bool is_plain_tag(const char* tag) {
        for (int i = 0; i < 3; ++i)
            if (tag[i] <= ' ' || tag[i] > '~' || tag[i] == '&' || tag[i] == '"') return false;
        return true;
    }

    // Damage that takes a tag away must not take the field along without a word.
    void check_between(std::string_view text) {
        if (text.find('<') == std::string_view::npos &&
            std::any_of(text.begin(), text.end(), [](char c) { return !is_space(c); }))
            note_->repairs.push_back(
                {"stray_text",
                 fmt::format("text outside fields was dropped: {}", printable(text, 60))});
        const bool is_subfield = name_ == "subfield" || (name_.size() == 2 && name_[0] == 's');
        const bool is_field = name_ == "datafield" || name_ == "controlfield" ||
                              name_ == "leader" || name_ == "l" || is_turbo_field(name_, 'c') ||
                              is_turbo_field(name_, 'd');
        if (is_subfield) refuse(*note_, "bad_xml", msg("a subfield stands outside a field"));
        if (is_end_ && is_field)
            refuse(*note_, "bad_xml", msg("an end tag without its start tag: {}", name_));
        if (!is_end_ && !is_field && name_ != "record" && name_ != "r")
            note_->repairs.push_back(
                {"unknown_element", fmt::format("<{}> was passed over", printable(name_, 40))});
    }

    void element(Record& record) {
        if (is_end_) return;
        if (name_ == "leader" || name_ == "l") {
            read_text(name_);
            std::string_view leader = value_;
            if (leader.size() != 24 && trim(leader).size() == 24) leader = trim(leader);
            if (leader.size() != 24)
                note_->repairs.push_back(
                    {"leader", fmt::format("has {} characters, not 24", leader.size())});
            record.set_leader(leader);
            has_leader_ = true;
            return;
        }
        if (name_ == "controlfield" || is_turbo_field(name_, 'c')) {
            const std::string tag = tag_of(name_);
            read_text(name_);
            if (tag == "LDR") {  // some exports keep the leader among the fields
                record.set_leader(value_);
                has_leader_ = true;
                return;
            }
            record.add_control(tag, value_);
            return;
        }
        if (name_ == "datafield" || is_turbo_field(name_, 'd')) data_field(record);
    }

    std::string tag_of(std::string_view name) {
        std::string tag(name.size() == 4 ? name.substr(1) : attribute("tag"));
        bool is_good = tag.size() == 3;
        for (const char c : tag) is_good = is_good && c > ' ' && c <= '~';
        if (is_good) return tag;
        const std::string was = tag;
        for (char& c : tag)
            if (c <= ' ' || c > '~') c = 'X';
        tag.resize(3, '0');
        note_->repairs.push_back({"tag", fmt::format("{}: was \"{}\"", tag, printable(was))});
        return tag;
    }

    char indicator(std::string_view tag, std::string_view marc, std::string_view turbo) {
        std::string_view value = attribute(marc);
        if (value.empty()) value = attribute(turbo);
        if (value.empty()) return ' ';
        if (value == "&lt;") return '<';
        if (value == "&gt;") return '>';
        if (value == "&amp;") return '&';
        if (value == "&quot;") return '"';
        if (value.size() == 1 && value[0] >= ' ' && value[0] <= '~') return value[0];
        note_->repairs.push_back(
            {"indicators", fmt::format("{}: \"{}\" became a blank", tag, printable(value))});
        return ' ';
    }

    void data_field(Record& record) {
        const std::string field_name(name_);
        const std::string tag = tag_of(name_);
        body_.clear();
        body_ += indicator(tag, "ind1", "i1");
        body_ += indicator(tag, "ind2", "i2");
        if (!is_empty_) {
            for (;;) {
                const char* const text = at_;
                if (!next_tag()) refuse(*note_, "bad_xml", msg("field {} has no end", tag));
                const std::string_view between(text, static_cast<std::size_t>(tag_.data() - text));
                if (std::any_of(between.begin(), between.end(),
                                [](char c) { return !is_space(c); }) &&
                    between.find('<') == std::string_view::npos)
                    note_->repairs.push_back(
                        {"stray_text", fmt::format("{}: text outside subfields was dropped: {}",
                                                   tag, printable(between, 60))});
                if (is_end_) {
                    if (name_ == field_name) break;
                    refuse(*note_, "bad_xml", msg("field {} has no end", tag));
                }
                if (name_ == "datafield" || name_ == "record" || name_ == "controlfield")
                    refuse(*note_, "bad_xml", msg("field {} has no end", tag));
                subfield(tag);
            }
        }
        record.add_body(tag, false, body_);
    }

    void subfield(std::string_view tag) {
        std::string_view code = attribute("code");
        if (code.empty() && name_.size() == 2 && name_[0] == 's') code = name_.substr(1);
        char c = '?';
        if (code == "&lt;")
            c = '<';
        else if (code == "&gt;")
            c = '>';
        else if (code == "&amp;")
            c = '&';
        else if (code == "&quot;")
            c = '"';
        else if (code.size() == 1 && code[0] >= ' ' && code[0] <= '~')
            c = code[0];
        else
            note_->repairs.push_back({"subfield_code", fmt::format("{}: code \"{}\" became \"?\"",
                                                                   tag, printable(code))});
        read_subfield_text(c);
    }

    // The text of a subfield. UNIMARC exports nest whole fields in $1: they are flattened to $1
    // runs.
    void read_subfield_text(char code) {
        const std::string name(name_);
        if (is_empty_) {
            body_ += kSubfieldMark;
            body_ += code;
            return;
        }
        const char* from = at_;
        bool is_nested = false;
        for (;;) {
            if (!next_tag()) refuse(*note_, "bad_xml", msg("a subfield has no end"));
            if (is_end_ && name_ == name) break;
            if (!is_end_ && (name_ == "datafield" || name_ == "controlfield")) {
                is_nested = true;
                body_ += kSubfieldMark;
                body_ += '1';
                const std::string tag = tag_of(name_);
                body_ += tag;
                if (name_ == "datafield") {
                    body_ += indicator(tag, "ind1", "i1");
                    body_ += indicator(tag, "ind2", "i2");
                    while (next_tag() && !(is_end_ && name_ == "datafield")) {
                        if (!is_end_ && name_ == "subfield") {
                            const std::string_view inner = attribute("code");
                            read_flat(inner.size() == 1 ? inner[0] : '?');
                        }
                    }
                } else {
                    read_text("controlfield");
                    append_clean(value_);
                }
                continue;
            }
            refuse(*note_, "bad_xml", msg("a subfield has no end"));
        }
        if (is_nested) return;
        body_ += kSubfieldMark;
        body_ += code;
        value_.clear();
        append_text(value_, {from, static_cast<std::size_t>(tag_.data() - from)});
        append_clean(value_);
    }

    void read_flat(char code) {
        read_text("subfield");
        body_ += kSubfieldMark;
        body_ += code;
        append_clean(value_);
    }

    void append_clean(std::string_view text) {
        for (const char c : text) body_ += c >= kRecordEnd && c <= kSubfieldMark ? ' ' : c;
    }

    // The text up to the end tag of `name` into value_.
    void read_text(std::string_view name_view) {
        const std::string name(name_view);
        value_.clear();
        if (is_empty_) return;
        const char* const from = at_;
        if (!next_tag() || !is_end_ || name_ != name)
            refuse(*note_, "bad_xml", msg("element {} has no end", name));
        append_text(value_, {from, static_cast<std::size_t>(tag_.data() - from)});
    }

    // Character data with references, CDATA and comments resolved and line ends made one
    // (XML 1.0, 2.11).
    void append_text(std::string& out, std::string_view text) {
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t special = text.find_first_of("&\r<", at);
            out += text.substr(at, special - at);
            if (special == std::string_view::npos) return;
            at = special;
            if (text[at] == '\r') {
                out += '\n';
                at += text.substr(at).starts_with("\r\n") ? 2U : 1U;
                continue;
            }
            if (text[at] == '<') {
                const std::string_view rest = text.substr(at);
                std::size_t size = markup_end(rest);
                if (size == std::string_view::npos || size == 0) size = rest.size();
                if (rest.starts_with("<![CDATA[") && size >= 12)
                    out += rest.substr(9, size - 12);
                else if (!rest.starts_with("<!--") && !rest.starts_with("<?"))
                    out += rest.substr(0, size);
                at += size;
                continue;
            }
            at += reference(out, text.substr(at));
        }
    }

    std::size_t reference(std::string& out, std::string_view text) {
        const std::size_t end = text.substr(0, 12).find(';');
        const std::string_view name =
            end == std::string_view::npos ? std::string_view{} : text.substr(1, end - 1);
        if (name == "amp")
            out += '&';
        else if (name == "lt")
            out += '<';
        else if (name == "gt")
            out += '>';
        else if (name == "quot")
            out += '"';
        else if (name == "apos")
            out += '\'';
        else if (name.size() > 1 && name[0] == '#') {
            const bool is_hex = name[1] == 'x' || name[1] == 'X';
            char32_t c = 0;
            for (const char digit : name.substr(is_hex ? 2 : 1)) {
                const int value = digit >= '0' && digit <= '9'   ? digit - '0'
                                  : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                                  : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                                                 : 99;
                if (value >= (is_hex ? 16 : 10)) return literal(out);
                c = c * (is_hex ? 16 : 10) + static_cast<char32_t>(value);
            }
            if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return literal(out);
            append_utf8(out, c);
        } else {
            return literal(out);
        }
        return end + 1;
    }

    std::size_t literal(std::string& out) {
        out += '&';
        note_->repairs.push_back(
            {"bad_reference", "an XML reference that is none was kept as text"});
        return 1;
    }

    // Value of an attribute of the current tag, references unresolved.
    [[nodiscard]] std::string_view attribute(std::string_view name) const {
        std::size_t at = 1;
        while ((at = tag_.find(name, at)) != std::string_view::npos) {
            std::size_t next = at + name.size();
            const bool starts = is_space(tag_[at - 1]);
            while (next < tag_.size() && is_space(tag_[next])) ++next;
            if (starts && next + 1 < tag_.size() && tag_[next] == '=') {
                ++next;
                while (next < tag_.size() && is_space(tag_[next])) ++next;
                if (next < tag_.size() && (tag_[next] == '"' || tag_[next] == '\'')) {
                    const std::size_t close = tag_.find(tag_[next], next + 1);
                    if (close != std::string_view::npos)
                        return tag_.substr(next + 1, close - next - 1);
                }
            }
            at += name.size();
        }
        return {};
    }

    std::optional<Charset> encoding_;
    TextStage text_;
    SourceNote* note_ = nullptr;
    const char* at_ = nullptr;
    const char* end_ = nullptr;
    std::string_view tag_, name_;
    bool is_end_ = false, is_empty_ = false, has_leader_ = false;
    std::string value_, body_, unpacked_;
};

}  // namespace

std::unique_ptr<Framer> make_xml_framer(Input& input) { return std::make_unique<XmlFramer>(input); }
std::unique_ptr<Parser> make_xml_parser(const FileFacts& facts, const ReadOptions& options) {
    return std::make_unique<XmlParser>(facts, options);
}

}  // namespace tushu::marc
