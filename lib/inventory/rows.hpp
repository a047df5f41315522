// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/csv.hpp"
#include "base/yaml.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::inventory {

/// Rows of named cells, whatever file they come from: what ItemReader makes items of.
///
/// Shape:  one row at a time; views live until the next call.
/// Errors: next() throws Error{bad_input} for a row that cannot be read, and goes on behind it.
class RowSource {
  public:
    virtual ~RowSource() = default;
    [[nodiscard]] virtual std::optional<std::span<const std::string_view>> next() = 0;
    [[nodiscard]] virtual const std::vector<std::string>& header() const = 0;
    /// Index of a column by name; the case of ASCII letters does not matter, nor - or _ in it
    /// (ALEPH's Z30_BARCODE is z30-barcode elsewhere). nullopt when absent.
    [[nodiscard]] virtual std::optional<std::size_t> column(std::string_view name) const;
    /// As column(), but throws Error{bad_input} naming the nearest column there is.
    [[nodiscard]] virtual std::size_t required(std::string_view name) const;
    /// The bytes of the current (or just refused) row.
    [[nodiscard]] virtual std::string_view raw() const = 0;
    [[nodiscard]] virtual Where where() const = 0;
    /// True when the error just thrown means that what follows is lost: no snapshot of half a file.
    [[nodiscard]] virtual bool is_fatal() const { return false; }
};

/// Two names of one column, as RowSource::column() compares them.
[[nodiscard]] bool is_same_column(std::string_view a, std::string_view b);

/// CSV and TSV with a header line; `delimiter` nullopt: found out.
[[nodiscard]] std::unique_ptr<RowSource> csv_rows(Input& input, std::optional<char> delimiter);

/// Columns of fixed width, as a database's own report prints them: a line of headings, a ruler of
/// dashes below it (`-------- ---------`), rows below that. The ruler says where columns stand.
///
/// Units:  widths are columns of a terminal (a Chinese character takes two), else characters, else
///         bytes: the first reading in which what parts the columns is blank, row by row.
/// Errors: a row where none of them fits is refused. Headings that come again (page breaks), blank
///         lines, and what stands behind the rows ("12 rows selected.") are passed over.
[[nodiscard]] std::unique_ptr<RowSource> ruled_rows(Input& input);
/// True when the second line is a ruler.
[[nodiscard]] bool is_ruled(Input& input);

/// How a cell is put together from parts of a record: the first alternative that is not empty; in
/// it, parts joined by a blank (` + `) or a stroke (` / `), each the first of its terms (` | `)
/// that is not empty.
///
///     ["$f", "$d | 690$a / $e"]      effectiveCallNumberComponents.prefix + callNumber
class Formula {
  public:
    /// A scalar or a list of scalars. `term` is asked to check each term, and gives its number.
    /// Errors: Error{config} with line and column for an empty term.
    static Formula parse(const Yaml& yaml,
                         const std::function<std::size_t(std::string_view, const Yaml&)>& term);
    /// The cell; `value` gives what a term stands for. A view of `scratch` or of a value.
    [[nodiscard]] std::string_view evaluate(
        const std::function<std::string_view(std::size_t)>& value, std::string& scratch) const;

  private:
    struct Part {
        char joint = ' ';  // before it
        std::vector<std::size_t> terms;
    };
    std::vector<std::vector<Part>> alternatives_;
};

}  // namespace tushu::inventory
