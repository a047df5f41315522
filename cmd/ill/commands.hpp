// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/command.hpp"
#include "ill/ill.hpp"
#include "store/store.hpp"

namespace tushu::cmd {

Command new_command();
Command import_command();
Command send_command();
Command confirm_command();
Command show_command();

/// The desk over a store, with the partners and states of the data folders.
ill::Desk open_desk(Context& context, store::Store& store);

/// Begins the load of a list: hashes it and registers it in the caller's transaction. nullopt (and
/// a line for people) when the same bytes were taken in before. Errors: Error{usage} for standard
/// input, which cannot be read a second time for its rows.
std::optional<store::Load> begin_list(Context& context, store::Store& store, std::string_view kind,
                                      const std::string& file);

/// Takes in one list as one load in one transaction; a list that was taken in before changes
/// nothing. `open(Input&)` makes the reader; `take(row, load id)` stores a row or returns why not.
/// Refused and unreadable rows go to the reject file, and the others go on.
template <class Open, class Take>
void take_list(Context& context, store::Store& store, ill::Desk& desk, std::string_view kind,
               const std::string& file, Open open, Take take) {
    store::Transaction transaction(store);
    const auto load = begin_list(context, store, kind, file);
    if (!load) return;
    const auto input = Input::open(file);
    auto reader = open(*input);
    std::int64_t rows = 0, rejects = 0;
    for (;;) {
        try {
            const auto row = reader.next();
            if (!row) break;
            ++rows;
            if (const std::optional<ill::Refusal> refusal = take(*row, load->id)) {
                ++rejects;
                context.reject(
                    refusal->code,
                    Error(Fault::bad_input, {file, 0, reader.csv().offset(), reader.csv().line()},
                          refusal->message),
                    reader.csv().raw(), row->reference);
            }
        } catch (const Error& e) {
            if (e.fault() != Fault::bad_input) throw;
            ++rows;
            ++rejects;
            context.reject("bad_row", e, reader.csv().raw());
        }
    }
    desk.count();
    store::finish_load(store, load->id, rows, rejects);
    transaction.commit();
    context.summary().count("records_in", rows);
}

}  // namespace tushu::cmd
