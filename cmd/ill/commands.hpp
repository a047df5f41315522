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

}  // namespace tushu::cmd
