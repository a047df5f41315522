// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/output.hpp"
#include "simulate/library.hpp"
#include "simulate/truth.hpp"

#include <functional>
#include <memory>

namespace tushu::simulate {

/// Makes the file of a name below the library's folder; folders appear with it.
using MakeFile = std::function<std::unique_ptr<Output>(const std::string& name)>;
/// Told of each file when it is closed.
using FileDone = std::function<void(Output& file)>;

struct WholeCounts {
    std::uint64_t bibs = 0, items = 0, scans = 0, events = 0, requests = 0;
};

/// Writes a whole library: records, items, scans, logs, requests, hand counts, settings, and
/// truth.json with what each table of the report must say of them.
///
/// `size` is the name that goes into truth.json.
/// Errors: Error{io} from the files, Error{usage} when one exists and may not be replaced.
WholeCounts write_whole(const Library& library, const std::string& size, const MakeFile& make,
                        const FileDone& done);

}  // namespace tushu::simulate
