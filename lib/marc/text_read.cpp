// SPDX-License-Identifier: Apache-2.0
// Formats of one field a line: yaz line, MARCMaker's mrk, Aleph sequential. The character set is
// settled before a line is taken apart: second bytes of GBK and Big5 and EACC's codes look like $,
// ^ and |.
#include "base/text.hpp"
#include "marc/frame.hpp"
#include "marc/mnemonics.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

namespace tushu::marc {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view without_cr(std::string_view line) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

// Length of the system number that begins an Aleph line, 0 when none does. Fewer than nine digits
// are one where Aleph's columns follow: "245 10 L " would hardly stand inside a text.
std::size_t aleph_number(std::string_view line) {
    std::size_t n = 0;
    while (n < line.size() && n < 18 && is_digit(line[n])) ++n;
    if (n == 0 || n >= line.size() || line[n] != ' ' || line.size() <= n + 3) return 0;
    if (n >= 9) return n;
    const std::string_view columns = line.substr(n + 1);
    const bool has_columns =
        columns.size() >= 8 && columns[5] == ' ' && columns[6] != ' ' && columns[7] == ' ' &&
        std::all_of(columns.begin(), columns.begin() + 3,
                    [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); });
    return has_columns ? n : 0;
}

class TextFramer final : public Framer {
  public:
    TextFramer(Input& input, Format format) : input_(input), format_(format) {}

    bool next(Frame& frame) override {
        input_.consume(used_);
        used_ = 0;
        frame.repairs.clear();
        frame.reject_code = {};
        frame.is_cut = false;
        if (input_.offset() == 0 && input_.have(3) && input_.window().starts_with("\xEF\xBB\xBF"))
            input_.consume(3);
        std::size_t at = 0;
        has_leader_ = has_data_field_ = false;
        // What follows the refused beginning of a huge record belongs to it.
        bool has_lines = is_oversize_, is_oversize = false;
        bool has_format = false, has_leader = false;
        std::string number = is_oversize_ ? oversize_number_ : "";
        for (;;) {
            std::string_view line;
            const std::size_t end = line_at(at, line);
            if (line.empty() && end == at) {  // the end of the input
                has_lines = has_lines && at != 0;
                break;
            }
            const std::string_view text = without_cr(line);
            const std::string_view tag = aleph_tag(text);
            if (begins_next(text, has_lines, number)) {
                if (at != 0) break;
                is_oversize_ = has_lines = false;  // the huge record has ended at the cut
                number.clear();
            }
            // Records in a row may have one number: a second format or leader is another record's.
            if ((tag == "FMT" && has_format) || (tag == "LDR" && has_leader)) break;
            has_format = has_format || tag == "FMT";
            has_leader = has_leader || tag == "LDR";
            const bool is_blank = trim(text).empty();
            if (!has_lines && (is_blank || is_comment(text))) {
                input_.consume(end);  // between records
                at = 0;
                continue;
            }
            at = end;
            if (is_blank && format_ != Format::aleph) {
                is_oversize = false;
                break;
            }
            has_lines = true;
            if (format_ == Format::mrk) {
                has_leader_ = has_leader_ || text.starts_with("=LDR");
                has_data_field_ =
                    has_data_field_ || (text.starts_with("=") && !text.starts_with("=00") &&
                                        !text.starts_with("=LDR"));
            }
            if (number.empty()) number = text.substr(0, aleph_number(text));
            if (at > kMaxFrame) {
                oversize_number_ = number;
                is_oversize = is_oversize_ = true;
                break;
            }
        }
        if (!has_lines) return false;
        if (is_oversize_) {
            frame.reject_code = "no_record_end";
            frame.reject_message =
                msg("no end of the record within {} bytes", static_cast<std::uint64_t>(kMaxFrame));
        }
        is_oversize_ = is_oversize;
        frame.raw = input_.window().substr(0, at);
        // These formats have no mark for the end of a file.
        if (frame.reject_code.empty() && frame.raw.back() != '\n')
            frame.repairs.push_back(
                {"no_line_end", "the last line has no end: the file may have been cut there"});
        frame.record = ++record_;
        frame.offset = input_.offset();
        used_ = at;
        return true;
    }

  private:
    [[nodiscard]] bool is_comment(std::string_view line) const {
        return format_ == Format::mrk && (line.starts_with("//") || line.starts_with("#"));
    }

    [[nodiscard]] std::string_view aleph_tag(std::string_view line) const {
        const std::size_t size = format_ == Format::aleph ? aleph_number(line) : 0;
        return size == 0 ? std::string_view() : line.substr(size + 1, 3);
    }

    [[nodiscard]] bool begins_next(std::string_view line, bool has_lines,
                                   const std::string& number) const {
        if (!has_lines) return false;
        // A leader may stand behind the control fields of its record.
        if (format_ == Format::mrk)
            return line.starts_with("=LDR") && (has_leader_ || has_data_field_);
        if (format_ != Format::aleph) return false;
        const std::size_t size = aleph_number(line);
        return size != 0 && !number.empty() && line.substr(0, size) != number;
    }

    // The line that begins at `at`, without its end; returns where the next one begins.
    std::size_t line_at(std::size_t at, std::string_view& line) {
        std::size_t seen = at;
        for (;;) {
            const std::string_view window = input_.window();
            const std::size_t end = window.find('\n', seen);
            if (end != kNone) {
                line = window.substr(at, end - at);
                return end + 1;
            }
            seen = window.size();
            if (window.size() - at > kMaxFrame || !input_.more()) {
                line = input_.window().substr(at);
                return input_.window().size();
            }
        }
    }

    Input& input_;
    Format format_;
    std::size_t used_ = 0;
    std::uint64_t record_ = 0;
    bool has_leader_ = false, has_data_field_ = false;  // in the lines of this frame
    bool is_oversize_ = false;  // the frame before was the beginning of a huge record
    std::string oversize_number_;
};

// What the three formats have in common: decoding, and fields that grow subfield by subfield.
class TextParser : public Parser {
  public:
    explicit TextParser(const ReadOptions& options)
        : options_(options), decoder_(options.on_bad_char) {}

    void parse(const Frame& frame, Record& record, SourceNote& note) final {
        record.clear();
        record.set_leader("");
        has_leader_ = false;
        note_ = &note;
        const std::string_view text = decoded(frame.raw, note);
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find('\n', at), text.size());
            const std::string_view line = without_cr(text.substr(at, end - at));
            at = end + 1;
            if (!line.empty()) read_line(record, line);
        }
        finish(record);
        if (!has_leader_) {
            note.repairs.push_back({"no_leader", "a leader was made"});
            record.set_leader("00000nam  2200000   4500");
        }
        if (record.field_count() == 0) refuse(note, "no_fields", msg("no field could be read"));
        const Dialect dialect = dialect_of(record, options_.dialect);
        note.declared = declared_charset(record, dialect);
        after(record, dialect);
        tidy(record, note);
        mend_split_characters(record, note);
    }

  protected:
    virtual void read_line(Record& record, std::string_view line) = 0;
    virtual void finish(Record&) {}
    virtual void after(Record&, Dialect) {}

    void repair(std::string_view code, std::string detail) {
        note_->repairs.push_back({code, std::move(detail)});
    }

    // Aleph's format is a value, but may have subfields.
    static bool is_value(std::string_view tag, bool has_subfields) {
        return is_control_tag(tag) && !(tag == "FMT" && has_subfields);
    }

    void set_leader(Record& record, std::string_view leader) {
        if (leader.size() != 24)
            repair("leader", fmt::format("has {} characters, not 24", leader.size()));
        record.set_leader(leader);
        has_leader_ = true;
    }

    std::string good_tag(std::string_view given) {
        std::string tag(given);
        bool is_good = tag.size() == 3;
        for (char& c : tag) {
            if (c > ' ' && c <= '~') continue;
            is_good = false;
            c = 'X';
        }
        tag.resize(3, '0');
        if (!is_good) repair("tag", fmt::format("{}: was \"{}\"", tag, printable(given)));
        return tag;
    }

    char good_indicator(std::string_view tag, char c, char blank) {
        if (c == blank) return ' ';
        if (c >= ' ' && c <= '~') return c;
        repair("indicators", fmt::format("{}: one that is not ASCII became a blank", tag));
        return ' ';
    }

    // Code and text that begin behind a subfield mark.
    void add_subfield(std::string_view tag, std::string_view content) {
        body_ += kSubfieldMark;
        if (content.empty() || content[0] < ' ' || content[0] > '~') {
            repair("subfield_code",
                   fmt::format("{}: a code that is missing or not ASCII became \"?\"", tag));
            body_ += '?';
        } else {
            body_ += content[0];
            content.remove_prefix(1);
        }
        append_clean(content);
    }

    void append_clean(std::string_view text) {
        for (const char c : text) body_ += c >= kRecordEnd && c <= kSubfieldMark ? ' ' : c;
    }

    ReadOptions options_;
    SourceNote* note_ = nullptr;
    bool has_leader_ = false;
    std::string body_;

  private:
    // Columns are bytes: in a damaged line a tag or indicator may end inside a character.
    void mend_split_characters(Record& record, SourceNote& note) {
        for (std::size_t i = 0; i < record.field_count(); ++i) {
            const std::string_view body = record.body(i);
            if (simdjson::validate_utf8(body.data(), body.size())) continue;
            std::string mended;
            const std::size_t bad = decoder_.append(mended, Charset::utf8, body);
            note.repairs.push_back({"bad_char", fmt::format("{}: {} bytes are no whole character",
                                                            record.tag(i), bad)});
            record.replace_body(i, mended);
        }
    }

    std::string_view decoded(std::string_view raw, SourceNote& note) {
        const bool is_utf8 = simdjson::validate_utf8(raw.data(), raw.size());
        Charset charset = Charset::utf8;
        if (options_.charset)
            charset = *options_.charset;
        else if (!is_utf8 || raw.find('\x1B') != kNone)
            charset = believed_charset(raw, std::nullopt);
        else if (std::none_of(raw.begin(), raw.end(), [](char c) { return c < 0; }))
            charset = Charset::ascii;
        note.believed = charset;
        if (charset == Charset::ascii || (charset == Charset::utf8 && is_utf8)) return raw;
        decoded_.clear();
        std::size_t bad = 0;
        for (std::size_t at = 0; at < raw.size();) {  // MARC-8 starts anew on each line
            const std::size_t end = std::min(raw.find('\n', at), raw.size());
            bad += decoder_.append(decoded_, charset, raw.substr(at, end - at));
            decoded_ += '\n';
            at = end + 1;
        }
        if (bad != 0)
            note.repairs.push_back(
                {"bad_char", fmt::format("{} bytes are not {}", bad, name_of(charset))});
        return decoded_;
    }

    Decoder decoder_;
    std::string decoded_;
};

// yaz-marcdump's line format. Text like " $x " is a subfield to its readers.
class LineParser final : public TextParser {
  public:
    using TextParser::TextParser;

  protected:
    void read_line(Record& record, std::string_view line) override {
        if (!has_leader_ && record.field_count() == 0 &&
            (line.size() == 24 ? !is_field(line) : line.size() < 4 || line[3] != ' ')) {
            set_leader(record, line);
            return;
        }
        if (line.size() < 4 || line[3] != ' ') {
            repair("stray_line", fmt::format("dropped: {}", printable(line, 60)));
            return;
        }
        const std::string tag = good_tag(line.substr(0, 3));
        line.remove_prefix(4);
        if (is_value(tag, mark(line, 0) != kNone)) {
            body_.clear();
            append_clean(line);
            record.add_body(tag, true, body_);
            return;
        }
        body_.clear();
        body_ += good_indicator(tag, line.empty() ? ' ' : line[0], ' ');
        body_ += good_indicator(tag, line.size() < 2 ? ' ' : line[1], ' ');
        line.remove_prefix(std::min<std::size_t>(line.size(), 2));
        std::size_t at = mark(line, 0);
        if (!trim(line.substr(0, at)).empty()) {
            repair("no_subfield_code",
                   fmt::format("{}: text before the first subfield went into $a", tag));
            add_subfield(tag, "a" + std::string(trim(line.substr(0, at))));
        }
        while (at != kNone) {
            const std::size_t next = mark(line, at + 3);
            std::string_view content = line.substr(at + 2, next == kNone ? next : next - at - 2);
            std::string text(content.substr(0, 1));
            content.remove_prefix(content.empty() ? 0 : 1);
            if (!content.empty() && content.front() == ' ') content.remove_prefix(1);
            text += content;
            add_subfield(tag, text);
            at = next;
        }
        record.add_body(tag, false, body_);
    }

  private:
    // Whether a line as long as a leader is a field of a record that lost its leader.
    static bool is_field(std::string_view line) {
        if (line.substr(10, 2) == "22") return false;  // as in a leader
        return line.find(" $") != kNone ||
               (line.starts_with("00") && line[2] >= '1' && line[2] <= '9' && line[3] == ' ');
    }

    // Next " $x "; an empty subfield keeps its blank.
    static std::size_t mark(std::string_view line, std::size_t from) {
        for (std::size_t at = line.find(" $", from); at != kNone; at = line.find(" $", at + 1)) {
            if (at + 3 < line.size() && line[at + 3] == ' ') return at;
        }
        return kNone;
    }
};

class MrkParser final : public TextParser {
  public:
    using TextParser::TextParser;

  protected:
    void read_line(Record& record, std::string_view line) override {
        if (line.starts_with("//") || line.starts_with("#")) {
            // Or what is behind a line end inside data.
            repair("stray_line",
                   fmt::format("taken for a comment, dropped: {}", printable(line, 60)));
            return;
        }
        if (line[0] != '=' || line.size() < 4) {
            // A line end inside data: the rest belongs to the field before it.
            if (pending_.empty()) {
                repair("stray_line", fmt::format("dropped: {}", printable(line, 60)));
                return;
            }
            repair("broken_line",
                   fmt::format("{}: joined with the line before", pending_.substr(1, 3)));
            pending_ += ' ';
            pending_ += line;
            return;
        }
        flush(record);
        pending_ = line;
    }

    void finish(Record& record) override {
        flush(record);
        pending_.clear();
    }

  private:
    void flush(Record& record) {
        if (pending_.empty()) return;
        std::string_view line = pending_;
        const std::string_view given = line.substr(1, 3);
        line.remove_prefix(4);
        for (int i = 0; i < 2 && !line.empty() && line.front() == ' '; ++i) line.remove_prefix(1);
        if (given == "LDR" || (given == "000" && !has_leader_)) {  // its name in old files
            std::string leader(line);
            std::replace(leader.begin(), leader.end(), '\\', ' ');
            set_leader(record, leader);
            return;
        }
        const std::string tag = good_tag(given);
        body_.clear();
        if (is_value(tag, line.find('$') != kNone)) {
            std::string value(line);
            std::replace(value.begin(), value.end(), '\\', ' ');
            append_clean(plain(tag, value));
            record.add_body(tag, true, body_);
            return;
        }
        // A dollar sign for an indicator begins the subfields, unless they begin behind it.
        const bool is_short = line.size() < 3 || line[2] != '$';
        const std::size_t given_count =
            std::min<std::size_t>({is_short ? line.find('$') : kNone, line.size(), 2});
        if (given_count < 2 && !line.empty())
            repair("indicators", fmt::format("{}: blanks for what is missing", tag));
        body_ += good_indicator(tag, given_count < 1 ? ' ' : line[0], '\\');
        body_ += good_indicator(tag, given_count < 2 ? ' ' : line[1], '\\');
        line.remove_prefix(given_count);
        std::size_t at = line.find('$');
        if (at != 0 && !line.empty()) {
            repair("no_subfield_code",
                   fmt::format("{}: text before the first subfield went into $a", tag));
            add_subfield(tag, "a" + plain(tag, line.substr(0, at)));
        }
        while (at != kNone) {
            const std::size_t next = line.find('$', at + 1);
            add_subfield(tag,
                         plain(tag, line.substr(at + 1, next == kNone ? next : next - at - 1)));
            at = next;
        }
        record.add_body(tag, false, body_);
    }

    std::string plain(std::string_view tag, std::string_view text) {
        std::string unknown;
        std::string out = resolve_mnemonics(text, unknown);
        if (!unknown.empty())
            repair("mnemonic", fmt::format("{}: {} is not known and stays", tag, unknown));
        return out;
    }

    std::string pending_;
};

class AlephParser final : public TextParser {
  public:
    using TextParser::TextParser;

  protected:
    void read_line(Record& record, std::string_view line) override {
        const std::size_t number = aleph_number(line);
        if (number == 0) {
            if (tag_.empty()) {
                repair("stray_line", fmt::format("dropped: {}", printable(line, 60)));
                return;
            }
            repair("broken_line", fmt::format("{}: joined with the line before", tag_));
            content_ += ' ';
            content_ += line;
            return;
        }
        number_ = line.substr(0, number);
        std::string_view rest = line.substr(number + 1);
        const std::string_view tag = rest.substr(0, 3);
        std::string indicators(rest.substr(std::min<std::size_t>(rest.size(), 3), 2));
        indicators.resize(2, ' ');
        // "245 10 L text": five columns of tag and indicators, a blank, the script, a blank.
        std::string_view content;
        if (rest.size() >= 8 && rest[5] == ' ' && rest[7] == ' ') {
            content = rest.substr(8);
            if (rest[6] != 'L')  // what MARC has no place for
                repair("script", fmt::format("{}: the script code \"{}\" was dropped",
                                             printable(tag), printable(rest.substr(6, 1))));
        } else if (rest.size() == 7 && rest[5] == ' ')
            content = {};
        else {
            content = rest.substr(std::min<std::size_t>(rest.size(), 5));
            repair("columns",
                   fmt::format("{}: the columns before the text are not Aleph's", printable(tag)));
        }
        if (!tag_.empty() && tag == tag_ && indicators == indicators_ &&
            content.starts_with("$$9^")) {
            join(content.substr(4));
            return;
        }
        flush(record);
        tag_ = tag;
        indicators_ = indicators;
        content_ = content;
    }

    void finish(Record& record) override {
        flush(record);
        tag_.clear();
        if (record.value("001").empty() && !number_.empty()) {
            record.insert_body(0, "001", true, number_);
            repair("no_001", "the system number was taken");
        }
        record.set_system_number(number_);
        if (options_.system_number && record.has_other_number() && record.value("SYS", 'a').empty())
            record.add_data("SYS", ' ', ' ', {{'a', number_}});
        number_.clear();
    }

    // Carets are blanks in UNIMARC's coded fields too; elsewhere they may be text.
    void after(Record& record, Dialect dialect) override {
        if (dialect == Dialect::marc21) return;
        for (std::size_t i = 0; i < record.field_count(); ++i) {
            if (record.tag(i)[0] != '1' || record.is_control(i) ||
                record.body(i).find('^') == kNone)
                continue;
            std::string body(record.body(i));
            std::replace(body.begin(), body.end(), '^', ' ');
            record.replace_body(i, body);
        }
    }

  private:
    // Behind "$$9^": "^$$x" goes on inside the last subfield x, anything else begins a new one.
    void join(std::string_view rest) {
        const bool had_caret = !content_.empty() && content_.back() == '^';
        if (had_caret) content_.pop_back();
        if (rest.starts_with("^$$") && rest.size() >= 4) {
            if (had_caret) content_ += ' ';
            content_ += rest.substr(4);
        } else {
            content_ += rest;
        }
    }

    void flush(Record& record) {
        if (tag_.empty()) return;
        std::string_view text = content_;
        if (tag_ == "LDR") {
            std::string leader(text);
            std::replace(leader.begin(), leader.end(), '^', ' ');
            set_leader(record, leader);
            return;
        }
        const std::string tag = good_tag(tag_);
        body_.clear();
        if (is_value(tag, mark(text, 0) != kNone)) {
            std::string value(text);
            std::replace(value.begin(), value.end(), '^', ' ');
            append_clean(value);
            record.add_body(tag, true, body_);
            return;
        }
        body_ += good_indicator(tag, indicators_[0], '^');
        body_ += good_indicator(tag, indicators_[1], '^');
        std::size_t at = mark(text, 0);
        if (at != 0 && !text.empty()) {
            repair("no_subfield_code",
                   fmt::format("{}: text before the first subfield went into $a", tag));
            add_subfield(tag, "a" + std::string(text.substr(0, at)));
        }
        while (at != kNone) {
            const std::size_t next = mark(text, at + 3);
            add_subfield(tag, text.substr(at + 2, next == kNone ? next : next - at - 2));
            at = next;
        }
        record.add_body(tag, false, body_);
    }

    // "$$$b" is a dollar sign and then $$b.
    static std::size_t mark(std::string_view text, std::size_t from) {
        std::size_t at = text.find("$$", from);
        while (at != kNone && at + 2 < text.size() && text[at + 2] == '$') ++at;
        return at;
    }

    std::string number_, tag_, indicators_, content_;
};

}  // namespace

std::unique_ptr<Framer> make_text_framer(Input& input, Format format) {
    return std::make_unique<TextFramer>(input, format);
}

std::unique_ptr<Parser> make_text_parser(Format format, const ReadOptions& options) {
    if (format == Format::mrk) return std::make_unique<MrkParser>(options);
    if (format == Format::aleph) return std::make_unique<AlephParser>(options);
    return std::make_unique<LineParser>(options);
}

}  // namespace tushu::marc
