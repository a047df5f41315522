// SPDX-License-Identifier: Apache-2.0
// Cuts MARCXML, marcxchange and TurboMARC into records, whatever is wrapped around them.
#include "base/text.hpp"
#include "marc/frame.hpp"
#include "marc/xml_scan.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace tushu::marc {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// A field where no record has begun: its record lost its start tag. (<date> is no TurboMARC.)
bool is_stray_field(std::string_view name) {
    switch (element_of(name)) {
        case XmlElement::leader:
            return name != "l";
        case XmlElement::control:
        case XmlElement::data:
            return name.size() != 4 || std::all_of(name.begin() + 1, name.end(),
                                                   [](char c) { return c >= '0' && c <= '9'; });
        case XmlElement::subfield:
            return true;
        default:
            return false;
    }
}

// string_view::find stops at each first letter; memmem does not.
std::size_t find_word(std::string_view text, std::string_view word, std::size_t from) {
    if (from >= text.size()) return kNone;
    const void* const found =
        ::memmem(text.data() + from, text.size() - from, word.data(), word.size());
    if (found == nullptr) return kNone;
    return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

// "<!" by its rarer half.
bool has_declaration(std::string_view text) {
    for (std::size_t at = text.find('!', 1); at != kNone; at = text.find('!', at + 1))
        if (text[at - 1] == '<') return true;
    return false;
}

// OAI-PMH: <record><header status="deleted">.
bool is_deletion(std::string_view record) {
    const std::size_t header = record.find("header");
    if (header == kNone) return false;
    const std::string_view tag = record.substr(header, record.find('>', header) - header);
    return tag.find("\"deleted\"") != kNone || tag.find("'deleted'") != kNone;
}

// Behind the next end tag of a record, found without reading what is before it.
std::size_t record_end(std::string_view window, std::size_t from) {
    const std::size_t plain = find_word(window, "record>", from);
    const std::size_t turbo = find_word(window.substr(0, plain), "</r>", from);
    if (turbo != kNone) return turbo + 4;
    return plain == kNone ? plain : plain + 7;
}

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
        found_ = {};
        for (;;) {
            if (found_.has_content && !found_.is_careful) jump();
            const std::string_view window = input_.window();
            const std::size_t open = window.find('<', found_.at);
            if (has_open_declaration_ && open != kNone && open + 1 < window.size() &&
                (window[open + 1] == '!' || window[open + 1] == '?')) {
                found_.at = open + 1;
                continue;
            }
            const std::size_t size = open == kNone ? kNone : markup_end(window.substr(open));
            if (size == kNone) {
                if (const auto is_frame = read_on(frame, open)) return *is_frame;
                continue;
            }
            const std::string_view markup = window.substr(open, size);
            found_.at = open + size;
            if (markup.size() < 3 || markup[1] == '!' || markup[1] == '?') continue;
            const bool is_frame =
                markup[1] == '/' ? end_tag(frame, markup) : start_tag(frame, markup, open);
            if (is_frame) return true;
        }
    }

  private:
    // What is known of the record that is looked for.
    struct Found {
        std::size_t start = kNone;  // of its start tag
        std::size_t at = 0;         // how far the window has been read
        std::int64_t depth = 0;     // of its element
        bool has_content = false;   // a field was seen
        bool is_turbo = false;
        bool is_careful = false;  // it may hold "record" in a comment or CDATA section
        [[nodiscard]] bool has_begun() const { return start != kNone; }
    };

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

    void begin(std::size_t open, bool is_turbo) {
        found_.start = open;
        found_.depth = depth_;
        found_.is_turbo = is_turbo;
    }

    // Whether the tag begins behind a whole frame, or is one.
    bool start_tag(Frame& frame, std::string_view markup, std::size_t open) {
        const bool is_empty = markup[markup.size() - 2] == '/';
        const std::string_view name = local_name(markup.substr(1));
        const XmlElement element = element_of(name);
        if (root_.empty()) root_ = name;
        if (element == XmlElement::record) {
            if (found_.has_begun() && found_.has_content) {
                depth_ = found_.depth;
                return emit(frame, found_.start, open, "no_record_end",
                            msg("a new record begins before the end of this one"));
            }
            begin(open, name == "r");  // inside a record element: the outer one is SRU's wrapper
            if (is_empty)
                return emit(frame, open, found_.at, "no_fields",
                            msg("a record element without MARC fields"));
        } else if (found_.has_begun()) {
            found_.has_content |= element != XmlElement::other;
        } else if (is_stray_field(name)) {
            begin(open, name.size() <= 4);
            found_.has_content = true;
            frame.repairs.push_back(
                {"no_record_start", "fields without the start tag of their record"});
        } else {
            has_diagnostic_ |= name == "diagnostic" || name == "diagnostics" ||
                               (name == "error" && markup.find("noRecordsMatch") == kNone);
        }
        if (!is_empty) ++depth_;
        return false;
    }

    // Whether a frame ends with the tag.
    bool end_tag(Frame& frame, std::string_view markup) {
        --depth_;
        if (element_of(local_name(markup.substr(2))) != XmlElement::record) return false;
        if (!found_.has_begun()) return false;  // the end of a wrapper
        const std::string_view record =
            input_.window().substr(found_.start, found_.at - found_.start);
        frame.is_deleted = !found_.has_content && is_deletion(record);
        if (!found_.has_content && !frame.is_deleted && record.find("&lt;") == kNone)
            return emit(frame, found_.start, found_.at, "no_fields",
                        msg("a record element without MARC fields"));
        depth_ = found_.depth;
        return emit(frame, found_.start, found_.at, {}, {});
    }

    // Gets more of the input. When there is none, or too much for a record: next()'s answer.
    // `open`: where markup begins that is not all there.
    std::optional<bool> read_on(Frame& frame, std::size_t open) {
        found_.at = std::min(open, input_.window().size());
        // Until a record is seen, a file that turns out to hold none can still be refused.
        if (!found_.has_begun() && record_ != 0) {
            input_.consume(found_.at);
            found_.at = 0;
        }
        const std::size_t had = input_.window().size();
        if (had > kMaxFrame) {
            is_oversize_ = true;
            return emit(
                frame, 0, had, "no_record_end",
                msg("no end of the record within {} bytes", static_cast<std::uint64_t>(kMaxFrame)));
        }
        // Doubling keeps a huge element from being scanned again for each block of the file.
        bool any = false;
        do {
            if (!input_.more()) break;
            any = true;
        } while (input_.window().size() < 2 * had && open != kNone);
        if (any) return std::nullopt;
        if (found_.has_begun()) return cut(frame, found_.start, found_.at);
        return record_ == 0 && open == kNone ? no_record(frame) : cut(frame, 0, 0);
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
        if (end == kNone)
            return emit(frame, start, window.size(), "truncated",
                        msg("the XML ends inside a record"));
        return emit(frame, start, end, "bad_xml", msg("an XML tag is not closed"));
    }

    // What follows the part of a huge record that was refused: refused too, byte for byte, up to
    // its end tag.
    bool rest_of_oversize(Frame& frame) {
        std::size_t end = record_end(input_.window(), 0);
        while (end == kNone && input_.window().size() < kMaxFrame) {
            const std::size_t seen = std::max<std::size_t>(input_.window().size(), 8) - 8;
            if (!input_.more()) break;
            end = record_end(input_.window(), seen);
        }
        const std::size_t size = input_.window().size();
        is_oversize_ = end == kNone && size != 0;
        if (size == 0) return finish(frame);
        depth_ = 0;
        return emit(
            frame, 0, std::min(end, size), "no_record_end",
            msg("no end of the record within {} bytes", static_cast<std::uint64_t>(kMaxFrame)));
    }

    // Inside a record nothing matters but its end, or the start of another one: goes to the next
    // tag that looks like either, or to where the window ends. With comments or CDATA sections,
    // which may hold such words, the record is walked through tag by tag instead.
    void jump() {
        constexpr std::size_t kLongestTag = 48;
        const std::string_view window = input_.window();
        const std::string_view word = found_.is_turbo ? "r>" : "record";
        std::size_t goal =
            std::max(found_.at, window.size() - std::min(window.size(), kLongestTag));
        for (std::size_t found = find_word(window, word, found_.at); found != kNone;
             found = find_word(window, word, found + 1)) {
            const std::size_t from = std::max(found_.at, found - std::min(found, kLongestTag));
            const std::size_t open = window.substr(from, found - from).rfind('<');
            if (open == kNone) continue;
            const std::string_view between =
                window.substr(from + open + 1, found - from - open - 1);
            // "<", "</", "<x:" or "</x:" and nothing else.
            if (between.find_first_of(" \"'=>!") != kNone) continue;
            if (!between.empty() && between != "/" && between.back() != ':') continue;
            goal = from + open;
            break;
        }
        if (goal > found_.at && window[goal - 1] == '<') --goal;  // where the window ends
        found_.is_careful = has_declaration(window.substr(found_.at, goal - found_.at));
        if (!found_.is_careful) found_.at = goal;
    }

    bool finish(Frame& frame) {
        if (depth_ <= 0) return false;
        // A file that was cut between two records looks complete otherwise.
        depth_ = 0;
        return emit(frame, input_.window().size(), input_.window().size(), "cut_file",
                    msg("the XML ends before its last end tag; records may be missing"));
    }

    Input& input_;
    Found found_;
    std::size_t used_ = 0;
    std::uint64_t record_ = 0;
    std::int64_t depth_ = 0;
    std::string root_;  // the first element
    bool has_diagnostic_ = false;
    bool is_oversize_ = false;
    bool has_open_declaration_ = false;  // from here on "<!" and "<?" are text: they have no end
};

}  // namespace

std::unique_ptr<Framer> make_xml_framer(Input& input) { return std::make_unique<XmlFramer>(input); }

}  // namespace tushu::marc
