// SPDX-License-Identifier: Apache-2.0
// marc_corpus FILE BYTES >OUT - real records replicated in a fixed pseudo-random order, each with
// an 001 and a 245 of its own, in UTF-8, until BYTES are written: the input of the MARC benchmarks.
#include "base/input.hpp"
#include "marc/record.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: marc_corpus FILE BYTES >OUT\n", stderr);
        return 64;
    }
    using namespace tushu;
    std::vector<marc::Record> records;
    const auto input = Input::open(argv[1]);
    const auto source = marc::open_records(*input);
    while (const marc::Record* record = source->next()) records.push_back(*record);
    if (records.empty()) return 65;
    const std::uint64_t wanted = std::strtoull(argv[2], nullptr, 10);
    std::uint64_t written = 0, state = 1;
    // In large pieces: a file that is written in pieces of 4 KiB lies in the page cache in such,
    // and reading it from there costs twice of what a file costs that came from a disk.
    std::vector<char> buffer(4U << 20U);
    if (std::setvbuf(stdout, buffer.data(), _IOFBF, buffer.size()) != 0) return 74;
    std::string out;
    for (std::uint64_t n = 1; written < wanted; ++n) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        marc::Record record = records[(state >> 33U) % records.size()];
        for (std::size_t i = 0; i < record.field_count(); ++i) {
            if (record.tag(i) == "001") record.replace_body(i, "b" + std::to_string(n));
            if (record.tag(i) == "245")
                record.replace_body(i, std::string(record.body(i)) + " " + std::to_string(n));
        }
        out.clear();
        try {
            marc::append_iso2709(out, record);
        } catch (const Error&) {
            continue;
        }
        if (std::fwrite(out.data(), 1, out.size(), stdout) != out.size()) return 74;
        written += out.size();
    }
    return std::fclose(stdout) == 0 ? 0 : 74;  // while there is its buffer
}
