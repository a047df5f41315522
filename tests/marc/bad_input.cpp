// SPDX-License-Identifier: Apache-2.0
// bad_input FILE... - what the readers make of bad input: each file cut at every byte, each byte of
// it changed to several others, and random bytes. Every byte must be in a record, in a reject, or
// mean nothing where it stands; what is lost without a reject or a repair must not be more than the
// one byte that was changed. Also built with address and undefined-behaviour sanitizers.
//
//   bad_input --each-record MB STEP FILE...   real files: one record at a time, with the one
//       behind it, until about so many MB would have been read for each file; of the places of
//       those records each STEPth (sanitizers). Whole files would take time by the square of their
//       size, and what one byte does ends at the next record; that it does is seen too.
#include "account.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>

using namespace tushu;
using namespace tushu::marc;

namespace {

using namespace std::literals;
constexpr std::string_view kNasty = "\x1D\x1E\x1F\0\xFF<&\"{$^9 \nx"sv;  // holds a NUL

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

// What is spoilt: each `step`th place from `begin` to `end`.
struct Piece {
    std::string name, bytes;
    Format format;
    std::size_t begin, end, step;
};

void cut(const Piece& piece) {
    for (std::size_t at = piece.begin; at < piece.end; at += piece.step)
        (void)check(piece.name + " cut at " + std::to_string(at), piece.bytes.substr(0, at),
                    piece.format, at % 2 == 1);
}

// `values`: to how many others a byte is changed, in turn.
void spoil(const Piece& piece, std::size_t values) {
    const test::Account whole = check(piece.name, piece.bytes, piece.format);
    if (whole.records == 0 || whole.rejects != 0) {
        ++failures;
        std::printf("FAILED: %s: %llu records, %llu rejects before anything was changed\n",
                    piece.name.c_str(), static_cast<unsigned long long>(whole.records),
                    static_cast<unsigned long long>(whole.rejects));
    }
    std::string spoiled = piece.bytes;
    std::size_t turn = 0;
    for (std::size_t at = piece.begin; at < piece.end; at += piece.step) {
        for (std::size_t k = 0; k < values; ++k) {
            const char nasty = kNasty[turn++ % kNasty.size()];
            if (nasty == piece.bytes[at]) continue;
            spoiled[at] = nasty;
            const std::string what = fmt::format("{} byte {} made \\x{:02X}", piece.name, at,
                                                 static_cast<unsigned char>(nasty));
            // One byte may be a mark or digit of a place that is not text: what it stood for, a
            // code, an indicator or an entity's name, may go with it.
            check_loss(what, whole, check(what, spoiled, piece.format), 12);
            if (k == 0) (void)check(what, spoiled, std::nullopt);
        }
        spoiled[at] = piece.bytes[at];
    }
}

// Records from all over the file, each with the one behind it, between what stands before the first
// record and behind the last.
void spoil_records(const std::string& name, const std::string& bytes, Format format,
                   std::size_t most_work, std::size_t step) {
    constexpr std::size_t kValues = 2;
    std::vector<std::size_t> begins, ends;
    ReadOptions options;
    options.format = format;
    const auto input = Input::from_memory(bytes, name);
    const auto source = open_records(*input, options);
    while (source->next() != nullptr) {
        begins.push_back(source->note().offset);
        ends.push_back(source->note().offset + source->note().raw.size());
    }
    const std::size_t n = begins.size();
    const std::string head = bytes.substr(0, begins.front()), tail = bytes.substr(ends.back());
    std::size_t stride = n * 5 / 8 + 1;  // a good mix of the whole file
    while (std::gcd(stride, n) != 1) ++stride;
    std::size_t done = 0, work = 0, places = 0;
    for (; done < n && work < most_work; ++done) {
        const std::size_t i = done * stride % n;
        const bool is_last = i + 1 == n;
        const std::size_t last_end = ends[is_last ? i : i + 1];
        Piece piece{fmt::format("{} record {}", name, i + 1),
                    head + bytes.substr(begins[i], last_end - begins[i]) + tail,
                    format,
                    done == 0 ? 0 : head.size(),
                    0,
                    step};
        piece.end = is_last ? piece.bytes.size() : head.size() + begins[i + 1] - begins[i];
        cut(piece);
        spoil(piece, kValues);
        places += (piece.end - piece.begin + step - 1) / step;
        work += (piece.end - piece.begin) * piece.bytes.size() * (kValues + 2);
    }
    std::printf("%s: %llu of %llu records, %llu places\n", name.c_str(),
                static_cast<unsigned long long>(done), static_cast<unsigned long long>(n),
                static_cast<unsigned long long>(places));
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
    std::size_t megabytes = 0, step = 1;
    int first = 1;
    if (argc > 3 && std::string_view(argv[1]) == "--each-record") {
        megabytes = static_cast<std::size_t>(std::atoi(argv[2]));
        step = static_cast<std::size_t>(std::max(1, std::atoi(argv[3])));
        first = 4;
    }
    for (int i = first; i < argc; ++i) {
        const std::filesystem::path path = argv[i];
        std::ifstream file(path, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(file), {}};
        const Format format = format_of(path);
        const std::string name = path.filename().string();
        if (megabytes != 0) {
            spoil_records(name, bytes, format, megabytes * 1'000'000, step);
            continue;
        }
        const Piece whole{name, bytes, format, 0, bytes.size(), 1};
        cut(whole);
        spoil(whole, kNasty.size());
        random_bytes(format);
    }
    std::printf("%llu inputs, %llu failures\n", static_cast<unsigned long long>(runs),
                static_cast<unsigned long long>(failures));
    return failures == 0 ? 0 : 1;
}
