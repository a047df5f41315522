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

}  // namespace tushu::cmd
