// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/command.hpp"

#include "base/external_sort.hpp"

namespace tushu::cmd {

/// --memory and --scratch of the commands that sort more than memory holds.
struct ScratchOptions {
    std::string memory, folder;

    /// `usual`: the memory without --memory, such as "256M".
    explicit ScratchOptions(std::string usual) : memory(std::move(usual)) {}
    void add_to(Command& command);
    /// Errors: Error{usage} when --memory is no size.
    [[nodiscard]] ExternalSort::Limits limits(const Context& context) const;
};

}  // namespace tushu::cmd
