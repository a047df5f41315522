// SPDX-License-Identifier: Apache-2.0
#include "marc/path.hpp"

#include "base/text.hpp"
#include "marc/caret.hpp"
#include "marc/characters.hpp"
#include "marc/isbn.hpp"

#include <algorithm>

namespace tushu::marc {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_tag_char(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.';
}

// A range against a count: first and one behind last; empty when it lies outside.
std::pair<std::size_t, std::size_t> bounds(const Path::Range& range, std::size_t count) {
    if (count == 0) return {0, 0};
    if (range.from_end) {  // #-N: the last N+1 ; # alone: the last
        const std::size_t back = std::min(range.from, count - 1);
        return {count - 1 - back, count};
    }
    const std::size_t last = range.to_end ? count - 1 : std::min(range.to, count - 1);
    if (range.from >= count || last < range.from) return {0, 0};
    return {range.from, last + 1};
}

std::string_view slice(std::string_view text, const std::optional<Path::Range>& range) {
    if (!range) return text;
    const auto [from, to] = bounds(*range, characters_in(text));
    if (from == to) return {};
    const std::size_t begin = character_at(text, from);
    return text.substr(begin, character_at(text, to) - begin);
}

}  // namespace

// {left op right}: several in one brace are alternatives.
struct Path::Condition {
    enum class Operator { exists, missing, equal, differs, contains, lacks };
    struct Term {
        bool is_context = false;     // the value that the path itself has found
        bool is_same_field = false;  // an abbreviated path: looked up in the field at hand
        std::optional<std::string> literal;
        std::optional<Path> path;
    };
    struct Test {
        Operator op = Operator::exists;
        Term left, right;
    };
    std::vector<Test> alternatives;

    [[nodiscard]] bool holds(const Record& record, std::size_t field,
                             std::string_view context) const {
        return std::any_of(alternatives.begin(), alternatives.end(), [&](const Test& test) {
            const auto values = [&](const Term& term) {
                std::vector<std::string> found;
                if (term.literal)
                    found.push_back(*term.literal);
                else if (term.is_context)
                    found.emplace_back(context);
                else if (term.is_same_field)
                    term.path->visit_field(record, field, [&](const Hit& hit) {
                        found.emplace_back(hit.value);
                        return true;
                    });
                else if (term.path)
                    found = term.path->values(record);
                return found;
            };
            const auto right = values(test.right);
            if (test.op == Operator::exists) return !right.empty();
            if (test.op == Operator::missing) return right.empty();
            const auto left = values(test.left);
            const bool contains = test.op == Operator::contains || test.op == Operator::lacks;
            const bool any = std::any_of(left.begin(), left.end(), [&](const std::string& l) {
                return std::any_of(right.begin(), right.end(), [&](const std::string& r) {
                    return contains ? l.find(r) != std::string::npos : l == r;
                });
            });
            return any == (test.op == Operator::equal || test.op == Operator::contains);
        });
    }
};

namespace {

bool all_hold(const std::shared_ptr<const std::vector<Path::Condition>>& conditions,
              const Record& record, std::size_t field, std::string_view context) {
    return !conditions || std::all_of(conditions->begin(), conditions->end(),
                                      [&](const Path::Condition& condition) {
                                          return condition.holds(record, field, context);
                                      });
}

}  // namespace

class PathParser {
  public:
    PathParser(std::string_view text, std::size_t at) : text_(text), at_(at) {}

    Path parse(bool may_be_abbreviated, std::string_view context_tag = {}) {
        Path path;
        const std::size_t start = at_;
        if (may_be_abbreviated && (peek() == '$' || peek() == '/' || peek() == '^')) {
            std::copy_n(context_tag.begin(), 3, path.tag_.begin());
        } else {
            read_tag(path.tag_);
            if (peek() == '[') path.index_ = read_range(']');
        }
        const auto field_conditions = read_conditions(path.tag());
        const bool is_control =
            path.tag() == "LDR" ||
            (path.tag().starts_with("00") && is_digit(path.tag()[2]) && path.tag()[2] != '0');
        if (is_control && (peek() == '$' || peek() == '^'))
            throw caret_error(text_, at_,
                              msg("{} has neither indicators nor subfields", path.tag()));
        if (peek() == '/') {
            path.characters_ = read_positions();
        } else if (peek() == '^') {
            ++at_;
            read_indicator(path);
        } else {
            while (peek() == '$') read_part(path);
        }
        path.conditions_ = field_conditions      ? field_conditions
                           : path.parts_.empty() ? read_conditions(path.tag())
                                                 : nullptr;
        path.text_ = text_.substr(start, at_ - start);
        path.is_plain_ = path.is_plain();
        return path;
    }

    [[nodiscard]] std::size_t at() const { return at_; }

  private:
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }

    void read_tag(std::array<char, 3>& tag) {
        for (std::size_t i = 0; i < 3; ++i) {
            if (!is_tag_char(peek(i)))
                throw caret_error(text_, at_ + i,
                                  i == 0 ? msg("a path was expected here, such as 245$a")
                                         : msg("a tag has three characters"));
            tag[i] = text_[at_ + i];
        }
        at_ += 3;
    }

    void read_indicator(Path& path) {
        if (peek() != '1' && peek() != '2')
            throw caret_error(text_, at_, msg("an indicator is ^1 or ^2"));
        path.indicator_ = text_[at_++] - '0';
    }

    std::size_t read_number() {
        std::size_t value = 0;
        const std::size_t start = at_;
        while (is_digit(peek()) && at_ - start < 9)
            value = value * 10 + static_cast<std::size_t>(text_[at_++] - '0');
        if (at_ == start) throw caret_error(text_, at_, msg("a number or # was expected here"));
        return value;
    }

    Path::Range read_bounds() {
        Path::Range range;
        if (peek() == '#') {
            ++at_;
            range.from_end = true;
            if (peek() == '-') {
                ++at_;
                if (peek() == '#')
                    ++at_;
                else
                    range.from = read_number();
            }
            return range;
        }
        range.from = range.to = read_number();
        if (peek() == '-') {
            ++at_;
            if (peek() == '#') {
                ++at_;
                range.to_end = true;
            } else {
                range.to = read_number();
                if (range.to < range.from)
                    throw caret_error(text_, at_, msg("a range ends before it begins"));
            }
        }
        return range;
    }

    std::optional<Path::Range> read_range(char close) {
        ++at_;
        const Path::Range range = read_bounds();
        if (peek() != close)
            throw caret_error(text_, at_, msg("{} is missing here", std::string(1, close)));
        ++at_;
        return range;
    }

    Path::Range read_positions() {
        ++at_;
        return read_bounds();
    }

    void read_part(Path& path) {
        ++at_;
        const char code = peek();
        if (code <= ' ' || code > '~')
            throw caret_error(text_, at_, msg("a subfield code was expected here"));
        ++at_;
        // $1 and a tag: a field embedded in a linking field of UNIMARC.
        if (code == '1' && is_tag_char(peek()) && is_tag_char(peek(1)) && is_tag_char(peek(2)) &&
            path.parts_.empty() && !path.embedded_) {
            path.embedded_.emplace();
            read_tag(*path.embedded_);
            if (peek() == '/') path.characters_ = read_positions();
            if (peek() == '^') {
                ++at_;
                read_indicator(path);
            }
            return;
        }
        Path::Part part;
        part.from = part.to = code;
        if (peek() == '-' && peek(1) > ' ' && (is_tag_char(peek(1)))) {
            part.to = peek(1);
            at_ += 2;
            if (part.to < part.from)
                throw caret_error(text_, at_ - 1, msg("the range of subfields runs backwards"));
        }
        if (peek() == '[') part.index = read_range(']');
        if (peek() == '/') part.characters = read_positions();
        part.conditions = read_conditions(path.tag());
        path.parts_.push_back(std::move(part));
    }

    std::shared_ptr<const std::vector<Path::Condition>> read_conditions(std::string_view tag) {
        std::vector<Path::Condition> conditions;
        while (peek() == '{') {
            ++at_;
            Path::Condition condition;
            for (;;) {
                condition.alternatives.push_back(read_test(tag));
                if (peek() != '|') break;
                ++at_;
            }
            if (peek() != '}') throw caret_error(text_, at_, msg("{} is missing here", "}"));
            ++at_;
            conditions.push_back(std::move(condition));
        }
        if (conditions.empty()) return nullptr;
        return std::make_shared<const std::vector<Path::Condition>>(std::move(conditions));
    }

    std::optional<Path::Condition::Operator> read_operator() {
        using Op = Path::Condition::Operator;
        const std::string_view rest = text_.substr(at_);
        const auto take = [&](std::size_t size, Op op) {
            at_ += size;
            return op;
        };
        if (rest.starts_with("!=")) return take(2, Op::differs);
        if (rest.starts_with("!~")) return take(2, Op::lacks);
        if (rest.starts_with("=")) return take(1, Op::equal);
        if (rest.starts_with("~")) return take(1, Op::contains);
        if (rest.starts_with("?")) return take(1, Op::exists);
        if (rest.starts_with("!")) return take(1, Op::missing);
        return std::nullopt;
    }

    Path::Condition::Test read_test(std::string_view tag) {
        Path::Condition::Test test;
        auto op = read_operator();
        if (op) {
            test.left.is_context = true;
        } else {
            Path::Condition::Term term = read_term(tag);
            op = read_operator();
            if (!op) {  // a term alone asks for presence
                test.right = std::move(term);
                return test;
            }
            test.left = std::move(term);
        }
        test.op = *op;
        test.right = read_term(tag);
        return test;
    }

    Path::Condition::Term read_term(std::string_view tag) {
        Path::Condition::Term term;
        if (peek() == '\\') {
            ++at_;
            std::string literal;
            while (at_ < text_.size() && peek() != '}' && peek() != '|' && peek() != '=' &&
                   peek() != '~' && peek() != '!' && peek() != '?') {
                if (peek() == '\\' && at_ + 1 < text_.size()) {
                    ++at_;
                    literal += peek() == 's' ? ' ' : peek();
                    ++at_;
                    continue;
                }
                literal += text_[at_++];
            }
            term.literal = std::move(literal);
            return term;
        }
        term.is_same_field = peek() == '$' || peek() == '/' || peek() == '^';
        if (++depth_ > 8) throw caret_error(text_, at_, msg("conditions are nested too deep"));
        term.path = parse(true, tag);
        --depth_;
        return term;
    }

    std::string_view text_;
    std::size_t at_;
    int depth_ = 0;
};

Error caret_error(std::string_view text, std::size_t at, Message message) {
    at = std::min(at, text.size());
    const std::size_t column = display_width(text.substr(0, at));
    Where where;
    where.column = characters_in(text.substr(0, at)) + 1;
    return Error(Fault::usage, std::move(where), std::move(message),
                 verbatim("\n  " + std::string(text) + "\n  " + std::string(column, ' ') + "^"));
}

Path::Path() = default;
Path::~Path() = default;
Path::Path(const Path&) = default;
Path& Path::operator=(const Path&) = default;
Path::Path(Path&&) noexcept = default;
Path& Path::operator=(Path&&) noexcept = default;

Path Path::parse_at(std::string_view text, std::size_t& at) {
    const std::size_t start = at;
    const std::string_view rest = text.substr(at);
    const Function function = rest.starts_with("isbn(")       ? Function::isbn
                              : rest.starts_with("bad_isbn(") ? Function::bad_isbn
                                                              : Function::none;
    if (function != Function::none) at += rest.find('(') + 1;
    PathParser parser(text, at);
    Path path = parser.parse(false);
    at = parser.at();
    if (function == Function::none) return path;
    if (at >= text.size() || text[at] != ')')
        throw caret_error(text, at, msg("{} is missing here", ")"));
    ++at;
    path.function_ = function;
    path.is_plain_ = false;
    path.text_ = text.substr(start, at - start);
    return path;
}

Path Path::parse(std::string_view text) {
    std::size_t at = 0;
    Path path = parse_at(text, at);
    if (at != text.size())
        throw caret_error(text, at, msg("the path ends here, but the text goes on"));
    return path;
}

bool Path::is_plain() const {
    return tag() != "LDR" && !index_ && !characters_ && !embedded_ && indicator_ == 0 &&
           !has_conditions() && !parts_.empty() &&
           std::none_of(parts_.begin(), parts_.end(),
                        [](const Part& part) { return part.index || part.characters; });
}

bool Path::has_conditions() const {
    return conditions_ != nullptr ||
           std::any_of(parts_.begin(), parts_.end(),
                       [](const Part& part) { return part.conditions != nullptr; });
}

bool Path::visit_field(const Record& record, std::size_t index,
                       const std::function<bool(const Hit&)>& visit) const {
    const std::string_view body = record.body(index);
    if (record.is_control(index)) {
        if (!parts_.empty() || indicator_ != 0 || embedded_) return true;
        const std::string_view value = slice(body, characters_);
        if (characters_ && value.empty()) return true;
        if (!all_hold(conditions_, record, index, value)) return true;
        return visit({value, index});
    }
    // An embedded field is a run of subfields between two $1.
    std::string_view scope = body;
    const auto each_scope = [&](auto use) {
        if (!embedded_) return use(scope, body.substr(0, 2));
        std::size_t at = body.find(
            "\x1F"
            "1");
        while (at != kNone) {
            const std::size_t next = body.find(
                "\x1F"
                "1",
                at + 2);
            const std::string_view inner =
                body.substr(at + 2, next == kNone ? next : next - at - 2);
            bool is_wanted = inner.size() >= 3;
            for (std::size_t i = 0; is_wanted && i < 3; ++i)
                is_wanted = (*embedded_)[i] == '.' || (*embedded_)[i] == inner[i];
            if (is_wanted) {
                // Control fields follow their tag directly; data fields have two indicators
                // between.
                const bool is_control = inner.starts_with("00") && inner[2] != '0';
                if (is_control ? !visit({slice(inner.substr(3), characters_), index})
                               : inner.size() >= 5 && !use(inner.substr(3), inner.substr(3, 2)))
                    return false;
            }
            at = next;
        }
        return true;
    };
    return each_scope([&](std::string_view field, std::string_view indicators) {
        if (indicator_ != 0) {
            if (indicators.size() < 2) return true;
            const std::string_view value =
                indicators.substr(static_cast<std::size_t>(indicator_ - 1), 1);
            return !all_hold(conditions_, record, index, value) || visit({value, index});
        }
        if (parts_.empty()) {
            std::string joined;
            SubfieldCursor cursor(field);
            Subfield subfield;
            while (cursor.next(subfield)) {
                if (!joined.empty()) joined += ' ';
                joined += subfield.value;
            }
            const std::string_view value = slice(joined, characters_);
            return !all_hold(conditions_, record, index, value) || visit({value, index});
        }
        if (!all_hold(conditions_, record, index, field)) return true;
        for (const Part& part : parts_) {
            std::size_t first = 0, last = kNone;
            if (part.index) {
                std::size_t count = 0;
                SubfieldCursor counting(field);
                Subfield subfield;
                while (counting.next(subfield))
                    count += subfield.code >= part.from && subfield.code <= part.to ? 1U : 0U;
                std::tie(first, last) = bounds(*part.index, count);
            }
            SubfieldCursor cursor(field);
            Subfield subfield;
            std::size_t number = 0;
            while (cursor.next(subfield)) {
                if (subfield.code < part.from || subfield.code > part.to) continue;
                const std::size_t n = number++;
                if (n < first || n >= last) continue;
                const std::string_view value = slice(subfield.value, part.characters);
                if (part.characters && value.empty()) continue;
                if (!all_hold(part.conditions, record, index, value)) continue;
                if (!visit({value, index})) return false;
            }
        }
        return true;
    });
}

void Path::visit(const Record& record, const std::function<bool(const Hit&)>& visit) const {
    if (function_ == Function::none) {
        visit_values(record, visit);
        return;
    }
    visit_values(record, [&](const Hit& hit) {
        const auto isbn = isbn13(hit.value);
        if (function_ == Function::isbn) return !isbn || visit({*isbn, hit.field});
        return isbn.has_value() || visit(hit);
    });
}

void Path::visit_values(const Record& record, const std::function<bool(const Hit&)>& visit) const {
    if (tag() == "LDR") {
        const std::string_view value = slice(record.leader(), characters_);
        if (parts_.empty() && indicator_ == 0 && !value.empty()) (void)visit({value, kNone});
        return;
    }
    if (!index_) {
        for (std::size_t i = 0; i < record.field_count(); ++i)
            if (matches_tag(record.tag(i)) && !visit_field(record, i, visit)) return;
        return;
    }
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < record.field_count(); ++i)
        if (matches_tag(record.tag(i))) found.push_back(i);
    const auto [from, to] = bounds(*index_, found.size());
    for (std::size_t i = from; i < to; ++i)
        if (!visit_field(record, found[i], visit)) return;
}

bool Path::exists(const Record& record) const {
    return any_of(record, {}, [](std::string_view) { return true; });
}

Path Path::without_positions() const {
    Path path = *this;
    path.characters_.reset();
    for (auto& part : path.parts_) part.characters.reset();
    return path;
}

std::size_t Path::count(const Record& record) const {
    std::size_t n = 0;
    visit(record, [&](const Hit&) {
        ++n;
        return true;
    });
    return n;
}

std::vector<std::string> Path::values(const Record& record) const {
    std::vector<std::string> found;
    visit(record, [&](const Hit& hit) {
        found.emplace_back(hit.value);
        return true;
    });
    return found;
}

std::string Path::first(const Record& record) const {
    std::string value;
    visit(record, [&](const Hit& hit) {
        value = hit.value;
        return false;
    });
    return value;
}

std::vector<std::size_t> Path::fields(const Record& record) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < record.field_count(); ++i)
        if (matches_tag(record.tag(i))) found.push_back(i);
    if (index_) {
        const auto [from, to] = bounds(*index_, found.size());
        found = std::vector<std::size_t>(found.begin() + static_cast<std::ptrdiff_t>(from),
                                         found.begin() + static_cast<std::ptrdiff_t>(to));
    }
    if (conditions_) {
        std::erase_if(found, [&](std::size_t i) {
            return !all_hold(conditions_, record, i, record.body(i));
        });
    }
    return found;
}

}  // namespace tushu::marc
