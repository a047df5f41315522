// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include <algorithm>

namespace tushu::cmd {

void LibraryOptions::add_to(Command& command) {
    command.option("--seed", "N", seed, msg("The same number makes the same bytes; default 1"));
    command.choice(
        "--size", size, {"small", "medium", "large"},
        msg("Of the library: small (3,000 records, 6,000 items; the default), medium (100 times "
            "that), large (1.2 million records, 10 million items)"));
    command.option("--year", "YYYY", year, msg("The year that is reported; default 2019"));
}

simulate::Library LibraryOptions::library() const { return library(simulate::Sizes::named(size)); }

simulate::Library LibraryOptions::library(const simulate::Sizes& sizes) const {
    // Before 1992 China had summer time; two-digit years in MARC 21 read up to 2070.
    if (year < 1992 || year > 2070)
        throw Error(Fault::usage, msg("--year: {} is not from 1992 to 2070", year));
    return {seed, sizes, static_cast<int>(year)};
}

simulate::Sizes sizes_for_items(std::uint64_t items) {
    constexpr std::uint64_t kFewest = 1000;
    constexpr std::uint64_t kMost = 20'000'000;  // eight digits of the barcodes count the places
    if (items > kMost) throw Error(Fault::usage, msg("a library holds at most {} items", kMost));
    return simulate::Sizes::for_items(std::max(items, kFewest));
}

void add_faults(Command& command, std::string& name) {
    command.choice("--faults", name, {"usual", "all"},
                   msg("What is wrong on the shelves: usual, as `all` makes them; all: also glued "
                       "codes, doubled labels, shared barcodes, deleted items, other libraries and "
                       "collections, loans since the export"));
}

simulate::Faults faults_named(const std::string& name) {
    return name == "all" ? simulate::Faults::all : simulate::Faults::usual;
}

}  // namespace tushu::cmd
