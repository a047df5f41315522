// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "marc/record.hpp"

#include <string>
#include <string_view>

namespace tushu::marc {

/// A record as bytes of no outside format: what sort keeps on disk. Holds any record, however
/// large.
void pack(std::string& out, const Record& record);
/// The fields are borrowed from `bytes`.
void unpack(std::string_view bytes, Record& record);

}  // namespace tushu::marc
