// SPDX-License-Identifier: Apache-2.0
#include "inventory/rows.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace tushu::inventory {
namespace {

constexpr std::size_t kLineLimit = 1U << 20U;

std::string folded(std::string_view name) {
    std::string out = ascii_lower(trim(name));
    std::replace(out.begin(), out.end(), '-', '_');
    return out;
}

class CsvRows final : public RowSource {
  public:
    CsvRows(Input& input, std::optional<char> delimiter)
        : name_(input.name()), csv_(input, {delimiter, std::nullopt, true}) {}
    std::optional<std::span<const std::string_view>> next() override { return csv_.next(); }
    const std::vector<std::string>& header() const override { return csv_.header(); }
    std::optional<std::size_t> column(std::string_view name) const override {
        // CsvReader compares after NFKC, which Chinese headings need.
        const auto found = csv_.column(name);
        return found ? found : RowSource::column(name);
    }
    std::size_t required(std::string_view name) const override {
        const auto found = column(name);
        return found ? *found : csv_.required(name);
    }
    std::string_view raw() const override { return csv_.raw(); }
    Where where() const override { return {name_, 0, 0, csv_.line()}; }

  private:
    std::string name_;
    CsvReader csv_;
};

/// One column of a ruler: from `begin`, `size` units wide.
struct Ruled {
    std::size_t begin, size;
};

std::vector<Ruled> ruler_of(std::string_view line) {
    std::vector<Ruled> columns;
    for (std::size_t at = 0; at < line.size();) {
        if (line[at] != '-') {
            if (line[at] != ' ') return {};
            ++at;
            continue;
        }
        const std::size_t end = std::min(line.find_first_not_of('-', at), line.size());
        columns.push_back({at, end - at});
        at = end;
    }
    return columns;
}

enum class Unit { columns, characters, bytes };

/// Cuts a line at the ruler; false when what stands between two columns is not blank.
bool cut(std::string_view line, const std::vector<Ruled>& ruler, Unit unit,
         std::vector<std::string_view>& cells) {
    cells.clear();
    std::size_t at = 0, units = 0;
    const auto step = [&] {  // one character
        const std::size_t begin = at;
        if (unit == Unit::bytes) {
            ++at;
            ++units;
            return;
        }
        (void)next_code_point(line, at);
        units += unit == Unit::characters
                     ? 1
                     : std::max<std::size_t>(1, display_width(line.substr(begin, at - begin)));
    };
    for (std::size_t c = 0; c < ruler.size(); ++c) {
        while (at < line.size() && units < ruler[c].begin) {
            if (line[at] != ' ') return false;
            step();
        }
        if (at < line.size() && units != ruler[c].begin) return false;
        const std::size_t begin = at;
        const bool is_last = c + 1 == ruler.size();
        while (at < line.size() && (is_last || units < ruler[c].begin + ruler[c].size)) step();
        if (unit == Unit::bytes && at < line.size() && (line[at] & 0xC0) == 0x80) return false;
        cells.push_back(trim(line.substr(begin, at - begin)));
    }
    return true;
}

class RuledRows final : public RowSource {
  public:
    explicit RuledRows(Input& input) : input_(input) {
        while (const auto line = next_line()) {
            const auto ruler = ruler_of(*line);
            if (ruler.empty()) {
                heading_ = *line;
                continue;
            }
            ruler_ = ruler;
            break;
        }
        if (!fits(heading_))
            throw Error(Fault::bad_input, {input.name(), 0, 0, line_},
                        msg("the headings do not fit the ruler of dashes below them"));
        for (const auto cell : cells_) header_.emplace_back(cell);
    }

    std::optional<std::span<const std::string_view>> next() override {
        while (const auto line = next_line()) {
            if (trim(*line).empty() || !ruler_of(*line).empty() || *line == heading_) continue;
            // "12 rows selected." behind a blank line is the report's, not a row.
            if (was_blank_ && line->ends_with("selected.")) continue;
            if (fits(*line)) return cells_;
            throw Error(
                Fault::bad_input, {input_.name(), 0, 0, line_},
                msg("the line does not fit the ruler of dashes: \"{}\"", printable(*line, 60)));
        }
        return std::nullopt;
    }
    const std::vector<std::string>& header() const override { return header_; }
    std::string_view raw() const override { return raw_; }
    Where where() const override { return {input_.name(), 0, 0, line_}; }

  private:
    bool fits(std::string_view line) {
        for (const Unit unit : {Unit::columns, Unit::characters, Unit::bytes})
            if (cut(line, ruler_, unit, cells_)) return true;
        return false;
    }
    /// The next line in UTF-8, without its end; views text_.
    std::optional<std::string_view> next_line() {
        was_blank_ = trim(text_).empty();
        for (std::size_t seen = 0;;) {
            const std::string_view window = input_.window();
            const std::size_t end = window.find('\n', seen);
            if (end == std::string_view::npos && window.size() <= kLineLimit) {
                seen = window.size();
                if (input_.more()) continue;
                if (input_.window().empty()) return std::nullopt;
            }
            raw_ = input_.window().substr(0, end == std::string_view::npos ? end : end + 1);
            input_.consume(raw_.size());
            break;
        }
        ++line_;
        std::string_view line = raw_;
        while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
        if (line_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
        std::optional<std::string> utf8;
        if (!is_utf8(line)) utf8 = utf8_from_gb18030(line);
        text_ = utf8 ? std::move(*utf8) : std::string(line);
        return text_;
    }

    Input& input_;
    std::string raw_, text_, heading_;
    std::vector<std::string> header_;
    std::vector<Ruled> ruler_;
    std::vector<std::string_view> cells_;
    std::uint64_t line_ = 0;
    bool was_blank_ = false;
};

}  // namespace

std::optional<std::size_t> RowSource::column(std::string_view name) const {
    const std::string wanted = folded(name);
    for (std::size_t i = 0; i < header().size(); ++i)
        if (folded(header()[i]) == wanted) return i;
    return std::nullopt;
}

std::size_t RowSource::required(std::string_view name) const {
    if (const auto found = column(name)) return *found;
    const std::vector<std::string_view> names(header().begin(), header().end());
    const auto near = nearest(name, names);
    throw Error(Fault::bad_input, where(), msg("there is no column \"{}\"", printable(name)),
                near ? msg("did you mean \"{}\"?", printable(*near)) : Message());
}

bool is_same_column(std::string_view a, std::string_view b) { return folded(a) == folded(b); }

std::unique_ptr<RowSource> csv_rows(Input& input, std::optional<char> delimiter) {
    return std::make_unique<CsvRows>(input, delimiter);
}

std::unique_ptr<RowSource> ruled_rows(Input& input) { return std::make_unique<RuledRows>(input); }

bool is_ruled(Input& input) {
    (void)input.have(8192);
    std::string_view head = input.window().substr(0, 8192);
    for (int line = 0; line < 3 && !head.empty(); ++line) {
        const std::size_t end = std::min(head.find('\n'), head.size());
        if (line > 0 && head.substr(0, end).find("--") != std::string_view::npos &&
            !ruler_of(trim(head.substr(0, end))).empty())
            return true;
        head.remove_prefix(std::min(end + 1, head.size()));
    }
    return false;
}

Formula Formula::parse(const Yaml& yaml,
                       const std::function<std::size_t(std::string_view, const Yaml&)>& term) {
    Formula formula;
    const auto add = [&](const Yaml& item) {
        auto& parts = formula.alternatives_.emplace_back();
        const std::string text = item.text();
        std::string_view rest = text;
        parts.emplace_back();
        for (;;) {
            std::size_t end = rest.size();
            for (const std::string_view joint : {" + ", " / ", " | "})
                end = std::min(end, rest.find(joint));
            const std::string_view name = trim(rest.substr(0, end));
            if (name.empty()) throw item.error(msg("a term is empty in \"{}\"", printable(text)));
            parts.back().terms.push_back(term(name, item));
            if (end == rest.size()) break;
            if (rest[end + 1] != '|') parts.push_back({rest[end + 1] == '+' ? ' ' : '/', {}});
            rest.remove_prefix(end + 3);
        }
    };
    if (yaml.is_list())
        for (const auto& item : yaml.items()) add(item);
    else
        add(yaml);
    return formula;
}

std::string_view Formula::evaluate(const std::function<std::string_view(std::size_t)>& value,
                                   std::string& scratch) const {
    for (const auto& parts : alternatives_) {
        std::string_view only;
        scratch.clear();
        for (const auto& part : parts) {
            std::string_view text;
            for (const std::size_t term : part.terms)
                if (text = trim(value(term)); !text.empty()) break;
            if (text.empty()) continue;
            if (parts.size() == 1) {
                only = text;
                break;
            }
            if (!scratch.empty()) scratch += part.joint;
            scratch += text;
        }
        if (!only.empty()) return only;
        if (!scratch.empty()) return scratch;
    }
    return {};
}

}  // namespace tushu::inventory
