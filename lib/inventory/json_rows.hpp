// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "inventory/rows.hpp"

namespace tushu::inventory {

/// Items from JSON as an ILS's interface gives it (FOLIO): objects one a line, in an array, or in
/// the arrays of an envelope {"items": [...], "totalRecords": 2}, also several envelopes in a row
/// (pages of an answer).
///
/// Shape:  one object in memory (at most 16 MiB); of a look-up object about 150 bytes are kept.
/// Terms:  `a.b` is a member of a member; `a>b` takes the value of a for the id of an object in a
///         look-up file, and gives that object's b (holdingsRecordId>permanentLocationId>code).
/// Errors: next() throws Error{bad_input} with record and byte for an object that is no JSON, and
///         goes on behind it; is_fatal() after an object above 16 MiB or a cut end.
class JsonRows final : public RowSource {
  public:
    /// `columns`: field -> formula. Errors: Error{config} for a bad term.
    JsonRows(Input& input, const Yaml& columns);
    ~JsonRows() override;
    /// Takes in the objects of another file (holdings, locations) by their `id`. Before next().
    /// `refuse` gets objects that cannot be read.
    void look_up_in(Input& input,
                    const std::function<void(const Error&, std::string_view)>& refuse);
    [[nodiscard]] std::optional<std::span<const std::string_view>> next() override;
    [[nodiscard]] const std::vector<std::string>& header() const override;
    [[nodiscard]] std::string_view raw() const override;
    [[nodiscard]] Where where() const override;
    [[nodiscard]] bool is_fatal() const override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// True when the input begins as JSON does.
[[nodiscard]] bool is_json(Input& input);

}  // namespace tushu::inventory
