// SPDX-License-Identifier: Apache-2.0
// Writers of the formats that people read: yaz line, mrk, Aleph sequential, TurboMARC, CSV, TSV.
#include "base/text.hpp"
#include "marc/path.hpp"
#include "marc/write.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tushu::marc {
namespace {

constexpr std::size_t kAlephLine = 2000, kAlephCut = 1000;
constexpr std::size_t kNone = std::string_view::npos;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Line ends would break a format of one field a line.
std::string one_line(std::string_view text, std::uint64_t& replaced) {
    std::string out(text);
    for (char& c : out) {
        if (c != '\n' && c != '\r' && c != '\0') continue;
        c = ' ';
        ++replaced;
    }
    return out;
}

class TextWriter : public RecordWriter {
  public:
    explicit TextWriter(const WriteOptions& options) : options_(options), label_(options) {
        if (!is_utf8(options)) encoder_.emplace(*options.charset, options.on_bad_char);
    }

    void write(Bytes& out, const Record& given, bool) final {
        const Record& record = label_.run(given);
        dialect_ = dialect_of(record, options_.dialect);
        text_.clear();
        put(record);
        if (!encoder_) {
            out.append(text_);
            return;
        }
        // After the text is built: $ and ^ must be marks before they can become second bytes.
        encoded_.clear();
        for (std::size_t at = 0; at < text_.size();) {
            const std::size_t end = std::min(text_.find('\n', at), text_.size());
            const std::string_view line = std::string_view(text_).substr(at, end - at);
            try {
                replaced_ += encoder_->append(encoded_, line);
            } catch (const Error& e) {
                if (e.fault() != Fault::bad_input) throw;
                throw Error(e.fault(), msg("field {}: {} does not exist in {}", tag_of(line),
                                           encoder_->refused(), name_of(encoder_->charset())));
            }
            encoded_ += '\n';
            at = end + 1;
        }
        out.append(encoded_);
    }

  protected:
    virtual void put(const Record& record) = 0;
    // In a line of a field.
    [[nodiscard]] virtual std::string_view tag_of(std::string_view line) const {
        return line.substr(0, 3);
    }
    [[noreturn]] void refuse_field(std::string_view tag) const {
        throw Error(Fault::bad_input, msg("a field {} would begin another record in {}", tag,
                                          name_of(options_.format)));
    }
    WriteOptions options_;
    Dialect dialect_ = Dialect::marc21;
    std::string text_;

  private:
    LabelStage label_;
    std::optional<Encoder> encoder_;
    std::string encoded_;
};

class LineWriter final : public TextWriter {
  public:
    using TextWriter::TextWriter;

  protected:
    void put(const Record& record) override {
        text_ += record.leader();
        text_ += '\n';
        for (std::size_t i = 0; i < record.field_count(); ++i) {
            text_ += record.tag(i);
            text_ += ' ';
            const std::string_view body = record.body(i);
            if (record.is_control(i)) {
                text_ += one_line(body, replaced_);
            } else {
                text_ += body.substr(0, 2);
                SubfieldCursor cursor(body);
                Subfield subfield;
                while (cursor.next(subfield)) {
                    text_ += " $";
                    text_ += subfield.code;
                    text_ += ' ';
                    text_ += one_line(subfield.value, replaced_);
                }
            }
            text_ += '\n';
        }
        text_ += '\n';
    }
};

class MrkWriter final : public TextWriter {
  public:
    using TextWriter::TextWriter;

  protected:
    [[nodiscard]] std::string_view tag_of(std::string_view line) const override {
        return line.substr(1, 3);
    }
    void put(const Record& record) override {
        text_ += "=LDR  ";
        text_ += record.leader();
        text_ += '\n';
        for (std::size_t i = 0; i < record.field_count(); ++i) {
            if (record.tag(i) == "LDR") refuse_field(record.tag(i));
            text_ += '=';
            text_ += record.tag(i);
            text_ += "  ";
            const std::string_view body = record.body(i);
            if (record.is_control(i)) {
                put_text(body, true);
            } else {
                put_indicator(body.empty() ? ' ' : body[0]);
                put_indicator(body.size() < 2 ? ' ' : body[1]);
                SubfieldCursor cursor(body);
                Subfield subfield;
                while (cursor.next(subfield)) {
                    text_ += '$';
                    put_text({&subfield.code, 1}, false);
                    put_text(subfield.value, false);
                }
            }
            text_ += '\n';
        }
        text_ += '\n';
    }

  private:
    void put_indicator(char c) { text_ += c == ' ' ? '\\' : c; }

    void put_text(std::string_view text, bool is_fixed) {
        for (const char c : text) {
            switch (c) {
                case '$':
                    text_ += "{dollar}";
                    break;
                case '{':
                    text_ += "{lcub}";
                    break;
                case '}':
                    text_ += "{rcub}";
                    break;
                case ' ':
                    text_ += is_fixed ? '\\' : ' ';
                    break;
                case '\\':
                    if (is_fixed)
                        text_ += "{bsol}";
                    else
                        text_ += c;
                    break;
                case '\n':
                case '\r':
                    text_ += ' ';
                    ++replaced_;
                    break;
                default:
                    text_ += c;
            }
        }
    }
};

class AlephWriter final : public TextWriter {
  public:
    using TextWriter::TextWriter;

  protected:
    [[nodiscard]] std::string_view tag_of(std::string_view line) const override {
        return line.substr(10, 3);
    }
    void put(const Record& record) override {
        const std::string number = number_of(record);
        const bool is_format_first =
            record.field_count() != 0 && record.tag(0) == "FMT" && record.is_control(0);
        if (is_format_first) put_fixed(number, "FMT", record.body(0));
        put_fixed(number, "LDR", record.leader());
        bool has_format = is_format_first;
        for (std::size_t i = is_format_first ? 1 : 0; i < record.field_count(); ++i) {
            const bool is_format = record.tag(i) == "FMT";
            if (record.tag(i) == "LDR" || (is_format && has_format)) refuse_field(record.tag(i));
            has_format = has_format || is_format;
            if (record.is_control(i))
                put_fixed(number, record.tag(i), record.body(i));
            else
                put_data(number, record.tag(i), record.body(i));
        }
    }

  private:
    // Nine digits: the number that the record had in Aleph or that is its own, else its place.
    std::string number_of(const Record& record) {
        for (const std::string_view given :
             {record.system_number(), record.value("SYS", 'a'), record.control_number()}) {
            const std::string_view id = trim(given);
            if (!id.empty() && id.size() <= 9 && std::all_of(id.begin(), id.end(), is_digit))
                return fmt::format("{:0>9}", id);
        }
        ++placed_;
        return fmt::format("{:09}", number_);
    }

    void put_fixed(const std::string& number, std::string_view tag, std::string_view value) {
        std::string text = one_line(value, replaced_);
        std::replace(text.begin(), text.end(), ' ', '^');
        text_ += fmt::format("{} {}   L {}\n", number, tag, text);
    }

    void put_data(const std::string& number, std::string_view tag, std::string_view body) {
        const std::string head =
            fmt::format("{} {}{}{} L ", number, tag, body.empty() ? ' ' : body[0],
                        body.size() < 2 ? ' ' : body[1]);
        const bool is_coded = dialect_ != Dialect::marc21 && tag[0] == '1';
        std::string line = head;
        SubfieldCursor cursor(body);
        Subfield subfield;
        while (cursor.next(subfield)) {
            std::string value = one_line(subfield.value, replaced_);
            if (is_coded) std::replace(value.begin(), value.end(), ' ', '^');
            for (std::size_t at = value.find("$$"); at != kNone; at = value.find("$$", at + 1)) {
                value.insert(at + 1, " ");  // would be read as a subfield
                ++replaced_;
            }
            std::string_view rest = value;
            if (line.size() > head.size() && line.size() + 3 + rest.size() > kAlephLine &&
                line.size() > kAlephCut) {
                text_ += line + '\n';
                line = head + "$$9^";
            }
            line += "$$";
            line += subfield.code;
            while (line.size() + rest.size() > kAlephLine) {
                const std::size_t room = kAlephLine - line.size() - 1;
                std::size_t cut = cut_point(rest, room);
                const bool at_blank = rest[cut] == ' ';
                line += rest.substr(0, cut);
                if (at_blank) line += '^';
                text_ += line + '\n';
                rest.remove_prefix(cut + (at_blank ? 1 : 0));
                line = head + "$$9^^$$";
                line += subfield.code;
            }
            line += rest;
        }
        text_ += line + '\n';
    }

    // Behind " -- " or ". ", at a blank, else between two characters; never behind a caret, which
    // would be taken for the mark of a cut.
    static std::size_t cut_point(std::string_view text, std::size_t room) {
        const std::size_t from = std::min(room, kAlephCut) / 2;
        for (const std::string_view mark : {" -- ", ". ", " "}) {
            std::size_t at = text.substr(0, room).rfind(mark);
            while (at != kNone && at >= from) {
                const std::size_t blank = at + mark.size() - 1;
                if (blank > 0 && text[blank - 1] != '^') return blank;
                at = at == 0 ? kNone : text.rfind(mark, at - 1);
            }
        }
        std::size_t cut = room;
        while (cut > 1 && ((static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U ||
                           text[cut - 1] == '^' || text[cut] == ' ' || text[cut - 1] == '$'))
            --cut;
        return cut;
    }
};

class TurboWriter final : public TextWriter {
  public:
    using TextWriter::TextWriter;

    void begin(Bytes& out) override {
        out.append("<collection xmlns=\"http://www.indexdata.com/turbomarc\">\n");
    }
    void end(Bytes& out, bool) override { out.append("</collection>\n"); }

  protected:
    void put(const Record& record) override {
        text_ += "<r>\n  <l>";
        put_text(record.leader());
        text_ += "</l>\n";
        for (std::size_t i = 0; i < record.field_count(); ++i) {
            const std::string_view tag = record.tag(i), body = record.body(i);
            if (!std::all_of(tag.begin(), tag.end(), is_name_char))
                throw Error(Fault::bad_input, msg("tag {} cannot be a TurboMARC element", tag));
            if (record.is_control(i)) {
                text_ += fmt::format("  <c{}>", tag);
                put_text(body);
                text_ += fmt::format("</c{}>\n", tag);
                continue;
            }
            text_ += fmt::format("  <d{} i1=\"", tag);
            put_text(body.substr(0, 1));
            text_ += "\" i2=\"";
            put_text(body.size() < 2 ? " " : body.substr(1, 1));
            text_ += "\">\n";
            SubfieldCursor cursor(body);
            Subfield subfield;
            while (cursor.next(subfield)) {
                const bool is_plain = is_name_char(subfield.code);
                if (is_plain) {
                    text_ += fmt::format("    <s{}>", subfield.code);
                } else {
                    text_ += "    <s code=\"";
                    put_text({&subfield.code, 1});
                    text_ += "\">";
                }
                put_text(subfield.value);
                if (is_plain)
                    text_ += fmt::format("</s{}>\n", subfield.code);
                else
                    text_ += "</s>\n";
            }
            text_ += fmt::format("  </d{}>\n", tag);
        }
        replaced_ += replace_noncharacters(text_.data(), text_.data() + text_.size());
        text_ += "</r>\n";
    }

  private:
    static bool is_name_char(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    void put_text(std::string_view text) {
        for (const char c : text) {
            switch (c) {
                case '&':
                    text_ += "&amp;";
                    break;
                case '<':
                    text_ += "&lt;";
                    break;
                case '>':
                    text_ += "&gt;";
                    break;
                case '"':
                    text_ += "&quot;";
                    break;
                case '\n':
                    text_ += "&#10;";
                    break;
                case '\r':
                    text_ += "&#13;";
                    break;
                default:
                    if (c >= 0 && c < ' ' && c != '\t') {
                        text_ += "\xEF\xBF\xBD";
                        ++replaced_;
                    } else {
                        text_ += c;
                    }
            }
        }
    }
};

class CsvRecordWriter final : public RecordWriter {
  public:
    explicit CsvRecordWriter(const WriteOptions& options)
        : delimiter_(options.format == Format::tsv ? '\t' : ','), for_excel_(options.for_excel) {
        if (options.columns.empty())
            throw Error(Fault::usage, msg("CSV and TSV need columns: say which with --columns"),
                        msg("for example --columns '001,245$a'"));
        for (const auto& column : options.columns) {
            // "Title=245$a": a heading, which no path can be taken for.
            std::string_view text = trim(column);
            const std::size_t sign = text.find_first_of("={$/^[");
            const bool is_named = sign != kNone && sign != 0 && text[sign] == '=';
            if (is_named) headings_.emplace_back(trim(text.substr(0, sign)));
            if (is_named) text = trim(text.substr(sign + 1));
            paths_.push_back(Path::parse(text));
            if (!is_named) headings_.push_back(paths_.back().text());
        }
    }

    void begin(Bytes& out) override {
        std::string line;
        for (std::size_t i = 0; i < paths_.size(); ++i) {
            if (i != 0) line += delimiter_;
            put_cell(line, headings_[i]);
        }
        if (for_excel_) out.append("\xEF\xBB\xBF");
        out.append(line + "\n");
    }

    void write(Bytes& out, const Record& record, bool) override {
        std::string line;
        for (std::size_t i = 0; i < paths_.size(); ++i) {
            if (i != 0) line += delimiter_;
            std::string cell;
            std::optional<std::size_t> field;
            const bool is_text = has_several_codes(paths_[i]);
            paths_[i].visit(record, [&](const Path::Hit& hit) {
                if (field) cell += is_text && *field == hit.field ? " " : "; ";
                field = hit.field;
                cell += hit.value;
                return true;
            });
            put_cell(line, cell);
        }
        out.append(line + "\n");
    }

  private:
    // $a$b of one field belong together, as a title and what follows it; $a twice are two values.
    static bool has_several_codes(const Path& path) {
        return path.parts().size() > 1 ||
               (path.parts().size() == 1 && path.parts()[0].from != path.parts()[0].to);
    }

    // CSV is RFC 4180. TSV has no quotes (its readers split at each tab), so a tab or line end in a
    // value becomes a blank there and is counted. What a spreadsheet would run as a formula gets an
    // apostrophe in both.
    void put_cell(std::string& line, std::string_view cell) {
        const bool is_formula = !cell.empty() &&
                                std::string_view("=+-@\t\r").find(cell.front()) != kNone &&
                                cell.find_first_not_of("0123456789.,", 1) != kNone;
        if (delimiter_ == '\t') {
            if (is_formula) line += '\'';
            for (const char c : cell) {
                const bool is_mark = c == '\t' || c == '\n' || c == '\r';
                line += is_mark ? ' ' : c;
                if (is_mark) ++replaced_;
            }
            return;
        }
        const bool is_quoted = is_formula || cell.find_first_of(",\"\r\n") != kNone ||
                               (paths_.size() == 1 && cell.empty());
        if (!is_quoted) {
            line += cell;
            return;
        }
        line += '"';
        if (is_formula) line += '\'';
        for (const char c : cell) {
            if (c == '"') line += '"';
            line += c;
        }
        line += '"';
    }

    char delimiter_;
    bool for_excel_;
    std::vector<Path> paths_;
    std::vector<std::string> headings_;
};

}  // namespace

std::unique_ptr<RecordWriter> make_text_writer(const WriteOptions& options) {
    switch (options.format) {
        case Format::line:
            return std::make_unique<LineWriter>(options);
        case Format::mrk:
            return std::make_unique<MrkWriter>(options);
        case Format::aleph:
            return std::make_unique<AlephWriter>(options);
        case Format::turbomarc:
            return std::make_unique<TurboWriter>(options);
        default:
            return std::make_unique<CsvRecordWriter>(options);
    }
}

}  // namespace tushu::marc
