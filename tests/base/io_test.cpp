// SPDX-License-Identifier: Apache-2.0
#include "base/external_sort.hpp"
#include "base/input.hpp"
#include "base/output.hpp"
#include "base/reject.hpp"
#include "scratch.hpp"

#include <fcntl.h>
#include <lzma.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <zlib.h>
#include <zstd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <vector>

using namespace tushu;
using test::contents;
using test::fault_of;
using test::Folder;

namespace {

std::string gzip(const std::string& plain) {
    z_stream z{};
    REQUIRE(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(deflateBound(&z, plain.size()) + 64, '\0');
    std::string in = plain;
    z.next_in = reinterpret_cast<unsigned char*>(in.data());
    z.avail_in = static_cast<unsigned>(in.size());
    z.next_out = reinterpret_cast<unsigned char*>(out.data());
    z.avail_out = static_cast<unsigned>(out.size());
    REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

std::string zstd(const std::string& plain) {
    std::string out(ZSTD_compressBound(plain.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), plain.data(), plain.size(), 3));
    return out;
}

std::string xz(const std::string& plain) {
    std::string out(lzma_stream_buffer_bound(plain.size()), '\0');
    std::size_t size = 0;
    REQUIRE(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, nullptr,
                                    reinterpret_cast<const unsigned char*>(plain.data()),
                                    plain.size(), reinterpret_cast<unsigned char*>(out.data()),
                                    &size, out.size()) == LZMA_OK);
    out.resize(size);
    return out;
}

using Pack = std::string (*)(const std::string&);

std::string read_all(Input& in) {
    std::string all;
    while (!in.window().empty() || in.more()) {
        // Odd steps, so that views, refills and the growing window all come to pass.
        const std::size_t step = std::min<std::size_t>(in.window().size(), 77'777);
        all += in.window().substr(0, step);
        in.consume(step);
    }
    return all;
}

std::string noise(std::size_t size) {
    std::string out(size, '\0');
    std::uint64_t state = 42;
    for (char& c : out) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        c = static_cast<char>(state >> 60U);  // compresses to about a half
    }
    return out;
}

}  // namespace

TEST_CASE("plain and compressed input give the same bytes, whatever the name", "[base]") {
    const Folder folder;
    const Pack pack =
        GENERATE(Pack([](const std::string& s) { return s; }), Pack(gzip), Pack(zstd), Pack(xz));
    const std::size_t size =
        GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{5}, std::size_t{6}, std::size_t{7},
                 std::size_t{1} << 20U, (std::size_t{1} << 20U) + 1, std::size_t{5'000'000});
    const std::string plain = noise(size);
    const std::string packed = pack(plain);
    const auto in = Input::open(folder.file("x.csv", packed), Input::Digest::sha256);
    CHECK((read_all(*in) == plain));
    CHECK(in->offset() == size);
    CHECK_FALSE(in->more());
    CHECK_FALSE(in->more());
    CHECK(in->sha256() == sha256_hex(packed));
    CHECK(in->raw_bytes() == packed.size());
    CHECK(in->raw_size() == packed.size());
}

TEST_CASE("members one behind the other are read through to the end", "[base]") {
    const Folder folder;
    const Pack pack = GENERATE(Pack(gzip), Pack(zstd), Pack(xz));
    const std::string first = noise(3'000'000), second = "second\n", third = noise(70'000);
    const auto in =
        Input::open(folder.file("x", pack(first) + pack("") + pack(second) + pack(third)));
    CHECK((read_all(*in) == first + second + third));
}

TEST_CASE("compressed input that is cut anywhere is an error, never a shorter file", "[base]") {
    const Folder folder;
    const Pack pack = GENERATE(Pack(gzip), Pack(zstd), Pack(xz));
    const std::string plain = noise(200'000);
    for (const std::string& whole : {pack(plain), pack("first") + pack(plain)}) {
        for (std::size_t cut = 6; cut < whole.size();
             cut += cut < 40 || cut + 40 > whole.size() ? 1U : 9973U) {
            if (cut == pack("first").size() && whole.size() > pack(plain).size())
                continue;  // a whole first member
            CAPTURE(cut, whole.size());
            const auto in = Input::open(folder.file("x", whole.substr(0, cut)));
            CHECK(fault_of([&] { (void)read_all(*in); }) == 65);
        }
    }
}

TEST_CASE("compressed input that is damaged is an error", "[base]") {
    const Folder folder;
    const Pack pack =
        GENERATE(Pack(gzip), Pack(xz));  // a zstd frame has a checksum only on request
    const std::string plain = noise(100'000);
    const std::string whole = pack(plain);
    for (std::size_t at = 12; at < whole.size(); at += 1009) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
        CAPTURE(at);
        const auto in = Input::open(folder.file("x", damaged));
        std::string seen;
        const auto fault = fault_of([&] { seen = read_all(*in); });
        CHECK((fault == 65 || seen == plain));  // some header bits mean nothing
    }
    const auto in = Input::open(folder.file("x", whole + "rubbish behind"));
    CHECK(fault_of([&] { (void)read_all(*in); }) == 65);
}

TEST_CASE("what cannot be opened is a missing input", "[base]") {
    const Folder folder;
    std::string text;
    CHECK(fault_of([&] { (void)Input::open(folder / "absent"); }, &text) == 66);
    CHECK(text.find("absent: no such file or folder") != std::string::npos);
    CHECK(fault_of([&] { (void)Input::open(folder / ""); }) == 66);
    CHECK(fault_of([&] { (void)Input::open(folder.file("f", "x") + "/below"); }) == 66);
    CHECK(fault_of([&] { (void)Input::open("/proc/self/mem"); }) ==
          74);  // opens, and fails to be read
}

TEST_CASE("a pipe is an input, compressed or not", "[base]") {
    const std::string plain = noise(300'000);
    for (const std::string& bytes : {plain, gzip(plain), zstd(plain)}) {
        const Folder folder;
        const std::string fifo = folder / "pipe";
        REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            const int fd = ::open(fifo.c_str(), O_WRONLY);
            for (std::size_t at = 0; at < bytes.size(); at += 1) {
                const std::size_t n =
                    at < 8 ? 1 : bytes.size() - at;  // the magic bytes come one by one
                const ssize_t put = ::write(fd, bytes.data() + at, n);
                if (put <= 0) ::_exit(1);
                at += static_cast<std::size_t>(put) - 1;
            }
            ::_exit(0);
        }
        const auto in = Input::open(fifo, Input::Digest::sha256);
        CHECK_FALSE(in->raw_size());
        CHECK((read_all(*in) == plain));
        CHECK(in->sha256() == sha256_hex(bytes));
        int status = 0;
        ::waitpid(child, &status, 0);
    }
}

TEST_CASE("have() grows the window as far as asked and no further than the input", "[base]") {
    const auto in = Input::from_memory("0123456789", "m");
    CHECK(in->have(10));
    CHECK_FALSE(in->have(11));
    in->consume(4);
    CHECK(in->window() == "456789");
    CHECK(in->offset() == 4);
    CHECK_FALSE(in->have(7));
    const Folder folder;
    const std::string plain = noise(4'000'000);
    const auto file = Input::open(folder.file("x", gzip(plain)));
    file->consume(0);
    REQUIRE(file->have(3'500'000));
    CHECK(file->window().substr(0, 3'500'000) == std::string_view(plain).substr(0, 3'500'000));
    CHECK(fault_of([&] { (void)load_file(folder / "x", 1000); }) == 65);
    CHECK(load_file(folder / "x").size() == plain.size());
}

TEST_CASE("what is held of an input stays as it is while the rest is read", "[base]") {
    const Folder folder;
    std::string bytes;
    for (int i = 0; bytes.size() < 3U << 20U; ++i) bytes += std::to_string(i) + "\n";
    const auto in = Input::open(folder.file("x", bytes));
    std::vector<std::pair<std::shared_ptr<const void>, std::string_view>> held;
    std::uint64_t block = 0;
    std::string all;
    const std::size_t steps[] = {70000, 3, 600001, 11};  // larger than a block now and then
    for (std::size_t i = 0; in->have(1); ++i) {
        const std::string_view view =
            in->have(steps[i % 4]) ? in->window().substr(0, steps[i % 4]) : in->window();
        CHECK(in->is_in_block(view));
        CHECK_FALSE(in->is_in_block("elsewhere"));
        held.emplace_back(in->block_number() != block ? in->hold() : nullptr, view);
        block = in->block_number();
        in->consume(view.size());
    }
    CHECK(block > 5);
    for (const auto& [hold, view] : held) all += view;
    CHECK(all == bytes);
}

TEST_CASE("an output file appears whole at close and not before", "[base]") {
    const Folder folder;
    const std::string path = folder / "out.txt";
    {
        Output out(path, Output::Replace::no);
        out.keep_digest();
        out.write(std::string(600'000, 'x'));
        out.write("end");
        CHECK_FALSE(std::filesystem::exists(path));
        out.close();
        CHECK(out.bytes() == 600'003);
        CHECK(out.sha256() == sha256_hex(std::string(600'000, 'x') + "end"));
        out.close();  // twice does no harm
    }
    CHECK(contents(path).size() == 600'003);
    CHECK(folder.count() == 1);
    {
        Output out(path, Output::Replace::yes);
        out.write("never finished");
    }
    CHECK(contents(path).size() == 600'003);
    CHECK(folder.count() == 1);
}

TEST_CASE("an existing file is kept unless it may be replaced; then its mode stays", "[base]") {
    const Folder folder;
    const std::string path = folder.file("out.txt", "old");
    CHECK(fault_of([&] { Output(path, Output::Replace::no); }) == 64);
    CHECK(contents(path) == "old");
    REQUIRE(::chmod(path.c_str(), 0600) == 0);
    save_file(path, "new");
    CHECK(contents(path) == "new");
    struct stat facts {};
    REQUIRE(::stat(path.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 07777U) == 0600);  // what was private does not become readable
}

TEST_CASE("a file that another process makes meanwhile is not overwritten", "[base]") {
    const Folder folder;
    Output out(folder / "out.txt", Output::Replace::no);
    out.write("mine");
    folder.file("out.txt", "theirs");
    CHECK(fault_of([&] { out.close(); }) == 64);
    CHECK(contents(folder / "out.txt") == "theirs");
    CHECK(folder.count() == 1);
}

TEST_CASE("one file cannot be two outputs at once", "[base]") {
    const Folder folder;
    Output out(folder / "out.txt", Output::Replace::yes);
    CHECK(fault_of([&] { Output(folder / "out.txt", Output::Replace::yes); }) == 64);
    out.write("whole");
    out.close();
    CHECK(contents(folder / "out.txt") == "whole");
}

TEST_CASE("a symbolic link stays a link, and the file behind it is replaced", "[base]") {
    const Folder folder;
    const std::string real = folder.file("real", "old");
    std::filesystem::create_symlink(real, folder / "link");
    save_file(folder / "link", "new");
    CHECK(std::filesystem::is_symlink(folder / "link"));
    CHECK(contents(real) == "new");
    std::filesystem::create_symlink(
        "later", folder / "dangling");  // relative, to a file that is not there yet
    save_file(folder / "dangling", "made");
    CHECK(std::filesystem::is_symlink(folder / "dangling"));
    CHECK(contents(folder / "later") == "made");
    std::filesystem::create_symlink("loop", folder / "loop");
    CHECK(fault_of([&] { save_file(folder / "loop", "x"); }) == 74);
    CHECK(folder.count() == 5);
}

TEST_CASE("lost output is always an error", "[base]") {
    CHECK(fault_of([] {
              Output out("/dev/full", Output::Replace::no);
              out.write("x");
              out.close();
          }) == 74);
    CHECK(fault_of([] {
              Output out("/dev/full", Output::Replace::no);
              out.write(std::string(1'000'000, 'x'));
          }) == 74);
    const Folder folder;
    CHECK(fault_of([&] { Output(folder / "no/folder", Output::Replace::no); }) == 74);
    CHECK(fault_of([&] { Output(folder / "", Output::Replace::no); }) == 74);
    Output null("/dev/null", Output::Replace::no);  // a device needs no --force
    null.write("x");
    null.close();
}

TEST_CASE("Ctrl-C removes what is half-written", "[base]") {
    const Folder folder;
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        Output one(folder / "one", Output::Replace::no);
        Output two(folder / "two", Output::Replace::no);
        two.close();
        remove_scratch_files();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(folder.count() == 1);
    CHECK(std::filesystem::exists(folder / "two"));
}

TEST_CASE("refused records are kept byte for byte, with their reasons", "[base]") {
    const Folder folder;
    Summary summary;
    {
        RejectSink sink(folder / "bad", summary);
        sink.add("no_barcode",
                 Error(Fault::bad_input, {"items.csv", 0, 17, 3}, msg("a \"quoted\" reason")),
                 std::string("a\0b\xff\n", 5), "=key");
        sink.add("no_barcode", Error(Fault::bad_input, {"items.csv", 0, 99, 4}, msg("x")),
                 "second\r\n");
        sink.close();
    }
    CHECK(contents(folder / "bad") == std::string("a\0b\xff\nsecond\r\n", 13));
    CHECK(contents(folder / "bad.reasons.csv") ==
          "code,file,record,line,byte,key,message\n"
          "no_barcode,items.csv,,3,17,\"'=key\",\"a \"\"quoted\"\" reason\"\n"
          "no_barcode,items.csv,,4,99,,x\n");
    CHECK(summary.total_rejects() == 2);
    // A last line without a line end does not run into the next file's line.
    {
        RejectSink sink(folder / "bad", summary);
        sink.add("x", Error(Fault::bad_input, {"a.csv", 0, 17, 3}, msg("x")), "last of a");
        sink.add("x", Error(Fault::bad_input, {"b.csv", 0, 17, 3}, msg("x")), "of b\n");
        sink.add("x", Error(Fault::bad_input, {"c.mrc", 1, 0, 0}, msg("x")), "bytes\x1D");
        sink.add("x", Error(Fault::bad_input, {"c.mrc", 2, 40, 0}, msg("x")), "more\x1D");
        sink.close();
    }
    CHECK(contents(folder / "bad") == "last of a\nof b\nbytes\x1Dmore\x1D");
    // A night without refusals leaves empty files, not yesterday's.
    RejectSink empty(folder / "bad", summary);
    empty.close();
    CHECK(contents(folder / "bad").empty());
}

TEST_CASE("Sorting is stable and the same whether or not it fits into memory", "[base]") {
    std::mt19937 random(9);
    std::vector<std::pair<std::string, std::string>> lines;
    for (int i = 0; i < 60'000; ++i)
        lines.emplace_back("key" + std::to_string(random() % 5000),
                           "line " + std::to_string(i) + std::string(random() % 60, 'x'));
    auto expected = lines;
    std::stable_sort(expected.begin(), expected.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const std::size_t memory : {std::size_t{1} << 30U, std::size_t{1} << 20U}) {
        ExternalSort sorter({memory, "/tmp"});
        for (const auto& [key, line] : lines) sorter.add(key, line);
        std::size_t at = 0, wrong = 0;
        for (; sorter.next(); ++at)
            wrong += sorter.key() != expected.at(at).first || sorter.value() != expected[at].second;
        CHECK(at == lines.size());
        CHECK(wrong == 0);
        CHECK((sorter.runs() == 0) == (memory > std::size_t{1} << 20U));
    }
    ExternalSort nothing({1, "/tmp"});
    CHECK(!nothing.next());
}

TEST_CASE("A sort of many runs joins them, and a value may be larger than the memory", "[base]") {
    ExternalSort sorter({1, "/tmp"});  // 1 MiB
    const std::string big(3U << 20U, 'b');
    std::vector<std::uint64_t> numbers;
    std::mt19937_64 random(4);
    for (int i = 0; i < 300; ++i) {
        numbers.push_back(random() % 200);
        sorter.add(sortable(numbers.back()), i == 150 ? big : std::string(600'000, 'x'));
    }
    std::sort(numbers.begin(), numbers.end());
    CHECK(sorter.runs() > 128);
    std::size_t at = 0, wrong = 0, found_big = 0;
    for (; sorter.next(); ++at) {
        wrong += from_sortable(sorter.key()) != numbers.at(at);
        found_big += sorter.value() == big;
    }
    CHECK(at == numbers.size());
    CHECK(wrong == 0);
    CHECK(found_big == 1);
}
