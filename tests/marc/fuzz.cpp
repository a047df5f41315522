// SPDX-License-Identifier: Apache-2.0
// The fuzz entry point of all readers. The first byte chooses the format (0xFF: by content), the
// rest is the file. Whatever comes in: no crash, no hang, and what can be read can be written in
// every format. With libFuzzer see tests/marc/fuzz.sh; without it the file runs over the files it
// is given.
#include "marc/path.hpp"
#include "sample.hpp"

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>

using namespace tushu;
using namespace tushu::marc;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    ReadOptions options;
    const auto formats = all_formats();
    if (data[0] != 0xFF)
        options.format = formats[data[0] % (formats.size() - 1)];  // csv is only written
    options.salvage = (data[0] & 0x40U) != 0;
    static const Query query =
        Query::parse("245$a ~ '[a-z]+' or 008/35-37 = chi or 461$1200$a or count(6..) > 3");
    std::size_t consumed = 0;
    const auto input = Input::from_memory(bytes, "fuzz");
    const auto source = [&]() -> std::unique_ptr<RecordSource> {
        try {
            return open_records(*input, options);
        } catch (const Error&) {
            return nullptr;
        }
    }();
    while (source) {
        try {
            const Record* const record = source->next();
            if (record == nullptr) break;
            consumed += source->note().raw.size();
            (void)query.matches(*record);
            for (std::size_t i = 0; i < record->field_count(); ++i)
                (void)record->field(i).subfields();
            for (const Format format : formats) {
                if (format == Format::csv || format == Format::tsv) continue;
                WriteOptions write;
                write.format = format;
                write.oversize = Oversize::clamp;
                try {
                    const std::string written = test::write({*record}, write);
                    ReadOptions again;
                    again.format = format;
                    (void)test::read(written, again);
                } catch (const Error&) {
                    continue;  // a record that the format cannot hold
                }
            }
        } catch (const Error& e) {
            if (e.fault() != Fault::bad_input) throw;
            consumed += source->note().raw.size();
        }
    }
    if (consumed > bytes.size()) __builtin_trap();  // bytes were given twice
    return 0;
}

#ifndef TUSHU_LIBFUZZER
// Each file as it is, cut short, and with bytes changed, always in the same way.
int main(int argc, char** argv) {
    std::size_t runs = 0;
    std::uint64_t state = 1;
    const auto random = [&state](std::size_t below) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        return below == 0 ? 0 : (state >> 33U) % below;
    };
    const auto run = [&runs](std::string bytes, char kind) {
        bytes.insert(bytes.begin(), kind);
        (void)LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                     bytes.size());
        ++runs;
    };
    constexpr std::string_view kNasty("\x1D\x1E\x1F\0\xFF<>&\"{}[]$\\^9 \n", 19);
    for (int i = 1; i < argc; ++i) {
        std::ifstream file(argv[i], std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(file), {}};
        run(bytes, '\xFF');
        for (int n = 0; n < 150; ++n) {
            std::string spoiled = bytes;
            if (n % 3 == 0) spoiled.resize(random(bytes.size()));
            for (std::size_t k = random(4) + 1; k > 0 && !spoiled.empty(); --k)
                spoiled[random(spoiled.size())] = kNasty[random(kNasty.size())];
            run(std::move(spoiled), n % 2 == 0 ? '\xFF' : static_cast<char>('\x40' | (n / 2 % 10)));
        }
    }
    std::printf("%zu inputs\n", runs);
    return 0;
}
#endif
