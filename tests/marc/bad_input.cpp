// SPDX-License-Identifier: Apache-2.0
// bad_input FILE... - what the readers make of bad input: each file cut at every byte, each byte of
// it changed to several others, and random bytes. Every byte must be in a record, in a reject, or
// mean nothing where it stands; what is lost without a reject or a repair must not be more than the
// one byte that was changed. Also built with address and undefined-behaviour sanitizers.
//
//   bad_input --step N FILE...   only each Nth place (sanitizers, real files)
#include "account.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace tushu;
using namespace tushu::marc;

namespace {

std::uint64_t runs = 0, failures = 0;

test::Account check(const std::string& what, const std::string& bytes, std::optional<Format> format,
                    bool salvage = false) {
    ReadOptions options;
    options.format = format;
    options.salvage = salvage;
    ++runs;
    test::Account sum = test::account(bytes, options);
    if (!sum.complaint.empty()) {
        if (++failures <= 20) std::printf("FAILED: %s: %s\n", what.c_str(), sum.complaint.c_str());
    }
    return sum;
}

// Nothing refused, nothing repaired, and yet text is gone.
void check_loss(const std::string& what, const test::Account& whole, const test::Account& spoiled,
                std::uint64_t allowed) {
    if (spoiled.rejects != 0 || spoiled.repairs != 0) return;
    if (spoiled.bytes + allowed >= whole.bytes) return;
    if (++failures <= 20)
        std::printf("FAILED: %s: %llu bytes of text are gone without a word\n", what.c_str(),
                    static_cast<unsigned long long>(whole.bytes - spoiled.bytes));
}

void spoil(const std::string& name, const std::string& bytes, Format format, std::size_t step) {
    using namespace std::literals;
    constexpr std::string_view kNasty = "\x1D\x1E\x1F\0\xFF<&\"{$^9 \nx"sv;  // holds a NUL
    const test::Account whole = check(name, bytes, format);
    if (whole.records == 0 || whole.rejects != 0) {
        ++failures;
        std::printf("FAILED: %s: %llu records, %llu rejects before anything was changed\n",
                    name.c_str(), static_cast<unsigned long long>(whole.records),
                    static_cast<unsigned long long>(whole.rejects));
    }
    for (std::size_t at = 0; at < bytes.size(); at += step)
        (void)check(name + " cut at " + std::to_string(at), bytes.substr(0, at), format,
                    at % 2 == 1);
    std::string spoiled = bytes;
    std::size_t turn = 0;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        for (std::size_t k = 0; k < (step == 1 ? kNasty.size() : 2); ++k) {
            const char nasty = kNasty[(step == 1 ? k : turn++) % kNasty.size()];
            if (nasty == bytes[at]) continue;
            spoiled[at] = nasty;
            const std::string what = fmt::format("{} byte {} made \\x{:02X}", name, at,
                                                 static_cast<unsigned char>(nasty));
            // One byte may be a mark or digit of a place that is not text: what it stood for, a
            // code, an indicator or an entity's name, may go with it.
            check_loss(what, whole, check(what, spoiled, format), 12);
            if (k == 0) (void)check(what, spoiled, std::nullopt);
        }
        spoiled[at] = bytes[at];
    }
}

void random_bytes(Format format) {
    std::uint64_t state = 7;
    const auto random = [&state] {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<std::uint32_t>(state >> 33U);
    };
    // Half of the bytes are ones that the format gives a meaning to.
    constexpr std::string_view kMarks = "\x1D\x1E\x1F<>/&;\"'{}[]:,$=^\\\n 0123456789record";
    for (int n = 0; n < 200; ++n) {
        std::string bytes(random() % 3000, '\0');
        for (char& c : bytes)
            c = random() % 2 == 0 ? static_cast<char>(random() & 0xFFU)
                                  : kMarks[random() % kMarks.size()];
        (void)check(fmt::format("{} random {}", name_of(format), n), bytes, format);
    }
}

Format format_of(const std::filesystem::path& path) {
    const auto named = format_named(path.extension().string().substr(1));
    if (named) return *named;
    const auto input = Input::open(path.string());
    return detect_format(*input);
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t step = 1;
    int first = 1;
    if (argc > 2 && std::string_view(argv[1]) == "--step") {
        step = static_cast<std::size_t>(std::atoi(argv[2]));
        first = 3;
    }
    for (int i = first; i < argc; ++i) {
        const std::filesystem::path path = argv[i];
        std::ifstream file(path, std::ios::binary);
        std::string bytes{std::istreambuf_iterator<char>(file), {}};
        const Format format = format_of(path);
        spoil(path.filename().string(), bytes, format, step);
        random_bytes(format);
    }
    std::printf("%llu inputs, %llu failures\n", static_cast<unsigned long long>(runs),
                static_cast<unsigned long long>(failures));
    return failures == 0 ? 0 : 1;
}
