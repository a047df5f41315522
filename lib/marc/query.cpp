// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "marc/caret.hpp"
#include "marc/path.hpp"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>
#include <unicode/uregex.h>
#include <unicode/utext.h>

#include <charconv>

namespace tushu::marc {
namespace {

enum class Operator { equal, differs, less, at_most, greater, at_least, matches, lacks };

std::optional<double> number_of(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty())
        return std::nullopt;
    return value;
}

int compare(std::string_view left, std::string_view right) {
    const auto l = number_of(left), r = number_of(right);
    if (l && r) return *l < *r ? -1 : *l > *r ? 1 : 0;
    return left.compare(right);
}

// Whether text holds what can also be written as a letter followed by its marks, as many MARC 21
// files do. Not so Han characters and ASCII, which most questions are about.
bool may_be_decomposed(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* const decomposed = icu::Normalizer2::getNFDInstance(status);
    const icu::Normalizer2* const composed = icu::Normalizer2::getNFCInstance(status);
    const auto utf16 =
        icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
    return U_SUCCESS(status) != 0 && (decomposed->isNormalized(utf16, status) == 0 ||
                                      composed->isNormalized(utf16, status) == 0);
}

bool is_ordered(int order, Operator op) {
    switch (op) {
        case Operator::less:
            return order < 0;
        case Operator::at_most:
            return order <= 0;
        case Operator::greater:
            return order > 0;
        default:
            return order >= 0;
    }
}

}  // namespace

struct Query::Node {
    enum class Kind { all, any, negation, presence, comparison, count };
    Kind kind = Kind::presence;
    std::vector<std::shared_ptr<const Node>> children;  // shared: trees are copied, never changed
    Path path;
    Operator op = Operator::equal;
    std::string text;
    std::optional<Pattern> pattern;

    bool is_composed = false;  // the text holds letters that may come as a letter and its marks

    [[nodiscard]] bool is_equal(std::string_view value) const {
        return is_composed ? nfc(value) == text : value == text;
    }
    // Bytes that every value holds for which the comparison is true; empty when there are none.
    [[nodiscard]] std::string_view needed() const {
        if (is_composed) return {};
        if (pattern) return pattern->literal();
        return op == Operator::equal || op == Operator::differs ? std::string_view(text)
                                                                : std::string_view();
    }
    [[nodiscard]] bool is_found_in(std::string_view value) const {
        return is_composed ? pattern->found_in(nfc(value)) : pattern->found_in(value);
    }

    [[nodiscard]] bool holds(const Record& record) const {
        switch (kind) {
            case Kind::all:
                for (const auto& child : children)
                    if (!child->holds(record)) return false;
                return true;
            case Kind::any:
                for (const auto& child : children)
                    if (child->holds(record)) return true;
                return false;
            case Kind::negation:
                return !children.front()->holds(record);
            case Kind::presence:
                return path.exists(record);
            case Kind::count: {
                const int order = compare(std::to_string(path.count(record)), text);
                if (op == Operator::equal) return order == 0;
                if (op == Operator::differs) return order != 0;
                return is_ordered(order, op);
            }
            case Kind::comparison:
                break;
        }
        const bool is_any = path.any_of(record, needed(), [this](std::string_view value) {
            switch (op) {
                case Operator::equal:
                case Operator::differs:
                    return is_equal(value);
                case Operator::matches:
                case Operator::lacks:
                    return is_found_in(value);
                default:
                    return is_ordered(compare(value, text), op);
            }
        });
        return is_any != (op == Operator::differs || op == Operator::lacks);
    }
};

class QueryParser {
  public:
    explicit QueryParser(std::string_view text) : text_(text) {}

    Query parse() {
        Query query;
        query.root_ = any();
        skip_space();
        if (at_ != text_.size())
            throw caret_error(text_, at_, msg("\"and\" or \"or\" was expected here"));
        return query;
    }

  private:
    using Node = Query::Node;
    using Pointer = std::shared_ptr<const Node>;

    void skip_space() {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n'))
            ++at_;
    }

    bool take_word(std::string_view word) {
        skip_space();
        const std::string_view given = text_.substr(at_, word.size());
        if (given != word && given != upper(word)) return false;
        const std::size_t end = at_ + word.size();
        // "or" must not eat the start of a longer word, and a tag may follow "not(" directly.
        if (end < text_.size() && text_[end] != ' ' && text_[end] != '(' && text_[end] != '\t' &&
            text_[end] != '\n')
            return false;
        at_ = end;
        return true;
    }

    bool take(std::string_view sign) {
        skip_space();
        if (!text_.substr(at_).starts_with(sign)) return false;
        at_ += sign.size();
        return true;
    }

    Pointer any() {
        auto first = all();
        if (!take_word("or")) return first;
        Node node;
        node.kind = Node::Kind::any;
        node.children.push_back(std::move(first));
        do node.children.push_back(all());
        while (take_word("or"));
        return std::make_shared<const Node>(std::move(node));
    }

    Pointer all() {
        auto first = one();
        if (!take_word("and")) return first;
        Node node;
        node.kind = Node::Kind::all;
        node.children.push_back(std::move(first));
        do node.children.push_back(one());
        while (take_word("and"));
        return std::make_shared<const Node>(std::move(node));
    }

    Pointer one() {
        if (++depth_ > 100) throw caret_error(text_, at_, msg("conditions are nested too deep"));
        Pointer result = one_inner();
        --depth_;
        return result;
    }

    Pointer one_inner() {
        if (take_word("not")) {
            Node node;
            node.kind = Node::Kind::negation;
            node.children.push_back(one());
            return std::make_shared<const Node>(std::move(node));
        }
        if (take("(")) {
            auto inner = any();
            if (!take(")")) throw caret_error(text_, at_, msg("{} is missing here", ")"));
            return inner;
        }
        Node node;
        if (take_word("count")) {
            if (!take("(")) throw caret_error(text_, at_, msg("{} is missing here", "("));
            skip_space();
            node.path = Path::parse_at(text_, at_);
            if (!take(")")) throw caret_error(text_, at_, msg("{} is missing here", ")"));
            node.kind = Node::Kind::count;
            const auto op = read_operator();
            if (!op || *op == Operator::matches || *op == Operator::lacks)
                throw caret_error(text_, at_,
                                  msg("count() needs a comparison, such as count(650) > 3"));
            node.op = *op;
            skip_space();
            const std::size_t start = at_;
            node.text = read_value();
            if (!number_of(node.text))
                throw caret_error(text_, start, msg("a number was expected here"));
            return std::make_shared<const Node>(std::move(node));
        }
        skip_space();
        if (at_ == text_.size())
            throw caret_error(text_, at_, msg("a path was expected here, such as 245$a"));
        node.path = Path::parse_at(text_, at_);
        const auto op = read_operator();
        if (!op) return std::make_shared<const Node>(std::move(node));
        node.kind = Node::Kind::comparison;
        node.op = *op;
        skip_space();
        const std::size_t start = at_;
        node.text = read_value();
        node.is_composed = may_be_decomposed(node.text);
        if (node.is_composed) node.text = nfc(node.text);
        if (*op == Operator::matches || *op == Operator::lacks) {
            try {
                node.pattern.emplace(node.text);
            } catch (const Error& e) {
                throw caret_error(text_, start, e.message());
            }
        }
        return std::make_shared<const Node>(std::move(node));
    }

    std::optional<Operator> read_operator() {
        if (take("!=")) return Operator::differs;
        if (take("!~")) return Operator::lacks;
        if (take("==") || take("=")) return Operator::equal;
        if (take("<=")) return Operator::at_most;
        if (take(">=")) return Operator::at_least;
        if (take("<")) return Operator::less;
        if (take(">")) return Operator::greater;
        if (take("~")) return Operator::matches;
        return std::nullopt;
    }

    static std::string upper(std::string_view word) {
        std::string out(word);
        for (char& c : out) c = static_cast<char>(c - 'a' + 'A');
        return out;
    }

    // "text" or 'text' (a doubled quote stands for one), the same in the quotes of a Chinese
    // keyboard, or a bare word.
    std::string read_value() {
        std::string value;
        const std::size_t start = at_;
        for (const auto& [open, close] :
             {std::pair{"\u201C", "\u201D"}, std::pair{"\u2018", "\u2019"}}) {
            if (!text_.substr(at_).starts_with(open)) continue;
            const std::size_t from = at_ + std::string_view(open).size();
            const std::size_t end = text_.find(close, from);
            if (end == std::string_view::npos)
                throw caret_error(text_, start, msg("the quoted text has no end"));
            at_ = end + std::string_view(close).size();
            return std::string(text_.substr(from, end - from));
        }
        if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) {
            const char quote = text_[at_++];
            for (;;) {
                if (at_ >= text_.size())
                    throw caret_error(text_, start, msg("the quoted text has no end"));
                if (text_[at_] == quote) {
                    if (at_ + 1 < text_.size() && text_[at_ + 1] == quote) {
                        value += quote;
                        at_ += 2;
                        continue;
                    }
                    ++at_;
                    return value;
                }
                value += text_[at_++];
            }
        }
        while (at_ < text_.size() && text_[at_] != ' ' && text_[at_] != ')' && text_[at_] != '\t' &&
               text_[at_] != '\n')
            value += text_[at_++];
        if (value.empty() ||
            std::string_view("=~<>!").find(value.front()) != std::string_view::npos)
            throw caret_error(text_, start, msg("a text or number was expected here"));
        return value;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

Query::Query() = default;
Query::~Query() = default;
Query::Query(const Query&) = default;
Query& Query::operator=(const Query&) = default;
Query::Query(Query&&) noexcept = default;
Query& Query::operator=(Query&&) noexcept = default;

Query Query::parse(std::string_view text) { return QueryParser(text).parse(); }

std::vector<std::string> Query::tags() const {
    std::vector<std::string> tags;
    bool is_simple = root_ != nullptr;
    const std::function<void(const Node&)> collect = [&](const Node& node) {
        for (const auto& child : node.children) collect(*child);
        if (!node.children.empty()) return;
        if (node.path.has_conditions()) is_simple = false;
        tags.emplace_back(node.path.tag());
    };
    if (root_) collect(*root_);
    return is_simple ? tags : std::vector<std::string>{};
}

bool Query::matches(const Record& record) const { return root_ == nullptr || root_->holds(record); }

struct Pattern::Compiled {
    URegularExpression* expression = nullptr;
    Compiled() = default;
    Compiled(const Compiled&) = delete;
    Compiled& operator=(const Compiled&) = delete;
    ~Compiled() { uregex_close(expression); }
};

Pattern::Pattern(std::string_view expression) : expression_(expression) {
    // Plain text needs ICU, whose first expression of all costs a millisecond, for replace() only.
    is_literal_ = !expression.empty() &&
                  expression.find_first_of("\\^$.|?*+()[]{}") == std::string_view::npos;
    if (!is_literal_) compile();
}

void Pattern::compile() const {
    UErrorCode status = U_ZERO_ERROR;
    UParseError where{};
    UText* text = utext_openUTF8(nullptr, expression_.data(),
                                 static_cast<std::int64_t>(expression_.size()), &status);
    compiled_ = std::make_unique<Compiled>();
    compiled_->expression = uregex_openUText(text, 0, &where, &status);
    utext_close(text);
    if (U_FAILURE(status) != 0)
        throw Error(Fault::usage,
                    msg("the regular expression is not valid at its character {}", where.offset));
    // A hostile pattern must end the command, not hang it.
    uregex_setTimeLimit(compiled_->expression, 5000, &status);
}

Pattern::~Pattern() = default;
Pattern::Pattern(const Pattern& other) : Pattern(other.expression_) {}

bool Pattern::found_in(std::string_view utf8) const {
    if (is_literal_) return utf8.find(expression_) != std::string_view::npos;
    UErrorCode status = U_ZERO_ERROR;
    UText text = UTEXT_INITIALIZER;
    utext_openUTF8(&text, utf8.data(), static_cast<std::int64_t>(utf8.size()), &status);
    uregex_setUText(compiled_->expression, &text, &status);
    const bool is_found = uregex_find(compiled_->expression, 0, &status) != 0;
    utext_close(&text);
    if (U_FAILURE(status) != 0)
        throw Error(Fault::usage, msg("the regular expression takes too long: {}", expression_));
    return is_found;
}

int Pattern::groups() const {
    if (!compiled_) compile();
    UErrorCode status = U_ZERO_ERROR;
    return uregex_groupCount(compiled_->expression, &status);
}

std::string Pattern::replace(std::string_view utf8, std::string_view replacement,
                             std::size_t& times) const {
    if (!compiled_) compile();
    UErrorCode status = U_ZERO_ERROR;
    UText text = UTEXT_INITIALIZER;
    utext_openUTF8(&text, utf8.data(), static_cast<std::int64_t>(utf8.size()), &status);
    URegularExpression* const expression = compiled_->expression;
    uregex_setUText(expression, &text, &status);
    std::string out;
    std::size_t last = 0;
    // Offsets into a UTF-8 UText are byte offsets, so the pieces can be taken from the text itself.
    while (uregex_findNext(expression, &status) != 0 && U_SUCCESS(status) != 0) {
        const auto begin = static_cast<std::size_t>(uregex_start64(expression, 0, &status));
        const auto end = static_cast<std::size_t>(uregex_end64(expression, 0, &status));
        out += utf8.substr(last, begin - last);
        for (std::size_t i = 0; i < replacement.size(); ++i) {
            const char c = replacement[i];
            if (c == '\\' && i + 1 < replacement.size()) {
                out += replacement[++i];
            } else if (c == '$' && i + 1 < replacement.size() && replacement[i + 1] >= '0' &&
                       replacement[i + 1] <= '9') {
                const int group = replacement[++i] - '0';
                const std::int64_t from = uregex_start64(expression, group, &status);
                const std::int64_t to = uregex_end64(expression, group, &status);
                if (U_SUCCESS(status) != 0 && from >= 0)
                    out += utf8.substr(static_cast<std::size_t>(from),
                                       static_cast<std::size_t>(to - from));
            } else {
                out += c;
            }
        }
        if (U_FAILURE(status) != 0) break;
        last = end;
        ++times;
    }
    utext_close(&text);
    if (U_FAILURE(status) != 0)
        throw Error(Fault::usage, msg("the regular expression or its replacement does not work: {}",
                                      expression_));
    out += utf8.substr(last);
    return out;
}

}  // namespace tushu::marc
