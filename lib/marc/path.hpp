// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "marc/record.hpp"

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::marc {

/// A place in records: `245$a`, `008/35-37`, `LDR/6`, `650[0]$a`, `245^1`, `9..`, `100$a/0-7`,
/// `245$a-c`, `020$a{?020$q}`, and `461$1200$a` for the field 200 embedded in 461's $1 (UNIMARC).
///
/// `isbn(020$a)` gives the values that are ISBNs, as thirteen digits; `bad_isbn(020$a)` the others.
///
/// Shape:  yields 0..n values, in record order. A data field without subfields named yields the
/// text of
///         all of them joined by blanks.
/// Units:  positions and indexes count from 0, in characters; `#` is the last one.
/// Errors: Error{usage} with the column, and the text with a caret under it as hint.
/// Source: MARCspec 1.0 (pages.github.com, "MARCspec - A common MARC record path language");
///         the embedded fields of $1 are an extension.
class Path {
  public:
    Path();
    ~Path();
    Path(const Path&);
    Path& operator=(const Path&);
    Path(Path&&) noexcept;
    Path& operator=(Path&&) noexcept;

    [[nodiscard]] static Path parse(std::string_view text);
    /// Reads a path at `at` of a longer text and moves `at` behind it.
    [[nodiscard]] static Path parse_at(std::string_view text, std::size_t& at);

    /// One value and where it was found. `subfield` is the index within its field, or npos.
    struct Hit {
        std::string_view value;
        std::size_t field = 0;
    };
    /// Calls `visit` for each value until it returns false. Values live until the next call or
    /// change.
    void visit(const Record& record, const std::function<bool(const Hit&)>& visit) const;
    /// Does any value pass the test? `needed`: bytes that each value holds which passes it, or
    /// nothing.
    template <class Test>
    [[nodiscard]] bool any_of(const Record& record, std::string_view needed, Test test) const;
    [[nodiscard]] bool exists(const Record& record) const;
    [[nodiscard]] std::vector<std::string> values(const Record& record) const;
    [[nodiscard]] std::size_t count(const Record& record) const;
    /// First value, or empty.
    [[nodiscard]] std::string first(const Record& record) const;

    /// Does the path speak of this field (tag, index and indicators aside)?
    [[nodiscard]] bool matches_tag(std::string_view tag) const {
        for (std::size_t i = 0; i < 3; ++i)
            if (tag_[i] != '.' && tag_[i] != tag[i]) return false;
        return true;
    }
    [[nodiscard]] const std::string& text() const { return text_; }

    struct Condition;
    struct Range {
        std::size_t from = 0, to = 0;
        bool from_end = false;  // `from` counts from the last: #-1
        bool to_end = false;    // `to` is the last
    };
    struct Part {
        char from = 'a', to = 'a';
        std::optional<Range> index, characters;
        std::shared_ptr<const std::vector<Condition>>
            conditions;  // shared: paths are copied, never changed
    };

    // What edit recipes need to know about a path that they write to.
    [[nodiscard]] std::string_view tag() const { return {tag_.data(), 3}; }
    [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
    [[nodiscard]] const std::optional<Range>& characters() const { return characters_; }
    [[nodiscard]] int indicator() const { return indicator_; }
    [[nodiscard]] bool has_conditions() const;
    [[nodiscard]] const std::optional<Range>& index() const { return index_; }
    /// The values that this path takes its positions of.
    [[nodiscard]] Path without_positions() const;
    /// isbn() or bad_isbn(): its values do not stand in the record as they are given.
    [[nodiscard]] bool is_function() const { return function_ != Function::none; }
    [[nodiscard]] bool has_embedded() const { return embedded_.has_value(); }
    /// Indexes of the fields the path speaks of, index and conditions considered.
    [[nodiscard]] std::vector<std::size_t> fields(const Record& record) const;
    [[nodiscard]] bool part_matches(char code) const {
        for (const Part& part : parts_)
            if (code >= part.from && code <= part.to) return true;
        return false;
    }

    /// As visit(), for one field only.
    bool visit_field(const Record& record, std::size_t index,
                     const std::function<bool(const Hit&)>& visit) const;

  private:
    friend class PathParser;
    // A tag with whole subfields of it and nothing else.
    [[nodiscard]] bool is_plain() const;
    void visit_values(const Record& record, const std::function<bool(const Hit&)>& visit) const;
    enum class Function { none, isbn, bad_isbn };
    Function function_ = Function::none;
    std::string text_;
    std::array<char, 3> tag_{};
    std::optional<Range> index_, characters_;
    std::optional<std::array<char, 3>> embedded_;
    int indicator_ = 0;
    std::vector<Part> parts_;
    std::shared_ptr<const std::vector<Condition>> conditions_;  // shared: as above
    bool is_plain_ = false;
};

template <class Test>
bool Path::any_of(const Record& record, std::string_view needed, Test test) const {
    if (!is_plain_) {
        bool is_any = false;
        visit(record, [&](const Hit& hit) {
            is_any = test(hit.value);
            return !is_any;
        });
        return is_any;
    }
    // Most questions are of this kind, and of a million records.
    for (std::size_t i = 0; i < record.field_count(); ++i) {
        if (record.is_control(i) || !matches_tag(record.tag(i))) continue;
        // One search of the field is cheaper than splitting it, and most fields do not fit.
        if (record.body(i).find(needed) == std::string_view::npos) continue;
        SubfieldCursor cursor(record.body(i));
        Subfield subfield;
        while (cursor.next(subfield))
            if (part_matches(subfield.code) && test(subfield.value)) return true;
    }
    return false;
}

/// A question about a record: `245$a ~ "上海" and not 856`, `count(650) > 3`, `008/35-37 = "chi"`.
///
/// Grammar: or, and, not, parentheses; comparisons = != < <= > >= of a path with a text or number,
/// ~ and !~ with a regular expression (ICU), a path alone asks for presence, count(path) is a
/// number. A comparison holds when any value of the path fulfils it; != and !~ are the exact
/// opposites of = and ~.
///
/// Errors: Error{usage} with the column, and the query with a caret under it as hint.
class Query {
  public:
    Query();
    ~Query();
    Query(const Query&);
    Query& operator=(const Query&);
    Query(Query&&) noexcept;
    Query& operator=(Query&&) noexcept;
    [[nodiscard]] static Query parse(std::string_view text);
    [[nodiscard]] bool matches(const Record& record) const;
    /// Tags of the fields that the answer depends on (`.` for any character); empty when that is
    /// not so simple.
    [[nodiscard]] std::vector<std::string> tags() const;

    struct Node;

  private:
    friend class QueryParser;
    std::shared_ptr<const Node>
        root_;  // shared: a query is copied with the paths that hold it, never changed
};

/// A regular expression over UTF-8 (ICU's syntax), guarded by a time limit.
///
/// Errors: Error{usage} when it does not compile. Not for two threads at once.
class Pattern {
  public:
    explicit Pattern(std::string_view expression);
    ~Pattern();
    Pattern(const Pattern&);
    Pattern& operator=(const Pattern&) = delete;
    [[nodiscard]] bool found_in(std::string_view utf8) const;
    /// All matches replaced; `$1` ... in `replacement` are groups. Counts replacements into
    /// `times`.
    [[nodiscard]] std::string replace(std::string_view utf8, std::string_view replacement,
                                      std::size_t& times) const;
    [[nodiscard]] const std::string& text() const { return expression_; }
    /// The expression where it stands for itself, so that it must be in the text; else empty.
    [[nodiscard]] std::string_view literal() const {
        return is_literal_ ? std::string_view(expression_) : std::string_view();
    }
    /// How many pairs of parentheses may be named in a replacement.
    [[nodiscard]] int groups() const;

  private:
    struct Compiled;
    void compile() const;
    std::string expression_;
    bool is_literal_ = false;
    mutable std::unique_ptr<Compiled> compiled_;  // made when it is needed
};

}  // namespace tushu::marc
