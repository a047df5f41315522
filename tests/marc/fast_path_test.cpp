// SPDX-License-Identifier: Apache-2.0
// Every short cut gives what the long way gives: over sound records, and over the same records with
// bytes changed, cut out and put in.
#include "marc/path.hpp"
#include "marc/scan.hpp"
#include "marc/stream.hpp"
#include "sample.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>

using namespace tushu;
using namespace tushu::marc;
using namespace tushu::marc::test;

namespace {

// Records of all kinds: Western, Chinese, long and short fields, controls in the text, UNIMARC.
std::string file_of(int records) {
    std::string file;
    for (int n = 0; n < records; ++n) {
        Record record = sample(n);
        if (n % 3 == 0) {
            record = Record();
            record.set_leader("00000nam0 2200000   450 ");
            record.add_control("001", std::to_string(n));
            record.add_data("100", ' ', ' ', {{'a', "20190315d2019    em y0chiy50      ea"}});
            record.add_data("200", '1', ' ', {{'a', "上海图书馆藏书志"}, {'e', "目录"}});
            record.add_data("801", ' ', '0', {{'a', "CN"}, {'b', "NLC"}});
        }
        if (n % 4 == 1) {
            for (int i = 0; i < n % 40; ++i)
                record.add_data("650", ' ', '0',
                                {{'a', std::string(static_cast<std::size_t>(i), 'P')},
                                 {'x', "Philosophy"},
                                 {'y', i % 5 == 0 ? "line\nend" : ""}});
            record.add_data("500", ' ', ' ',
                            {{'a', std::string(static_cast<std::size_t>(n) * 7 % 900, 'w')}});
        }
        file += iso(record);
    }
    return file;
}

std::string damaged(std::string file, std::mt19937& random) {
    const auto below = [&random](std::size_t n) { return random() % n; };
    const std::string odd("\x1D\x1E\x1F\0\n 09a\x80\xE5\x1B", 12);
    for (std::size_t times = below(6); times > 0; --times) {
        const std::size_t at = below(file.size());
        switch (below(4)) {
            case 0:
                file.erase(at, 1 + below(20));
                break;
            case 1:
                file.insert(at, 1, odd[below(odd.size())]);
                break;
            default:
                file[at] = odd[below(odd.size())];
        }
        if (file.empty()) file = "0";
    }
    return file;
}

// What one record gives in each format, and how many characters were replaced.
std::vector<std::string> written(const Record& record) {
    std::vector<std::string> all;
    for (const Format format : all_formats()) {
        for (const Oversize oversize : {Oversize::reject, Oversize::clamp, Oversize::split}) {
            if (format != Format::iso2709 && oversize != Oversize::reject) continue;
            WriteOptions options;
            options.format = format;
            options.oversize = oversize;
            options.columns = {"001", "245$a"};
            const auto writer = make_writer(options);
            Bytes out;
            try {
                writer->write(out, record, true);
                all.push_back(std::string(out.view()) + std::to_string(writer->replaced()));
            } catch (const Error& e) {
                all.push_back(e.what());
            }
        }
    }
    return all;
}

}  // namespace

TEST_CASE("wide steps over bytes find what single steps find", "[marc]") {
    std::mt19937 random(1);
    const std::string some("\x1D\x1E\x1F\x1F\x1B\0 aaaaaaaaaaaaaaaaaaaaaaaaaaaaa~\x7F\x80", 38);
    for (int round = 0; round < 20000; ++round) {
        std::string bytes(random() % 200, 'x');
        const std::size_t kinds = random() % 3 == 0 ? some.size() : 6 + random() % 30;
        for (char& c : bytes) c = some[some.size() - 1 - random() % kinds];
        if (!bytes.empty() && random() % 2 == 0) bytes[random() % bytes.size()] = '\x1F';
        const ByteFacts facts = scan_bytes(bytes);
        REQUIRE(facts == scan_bytes(bytes, Width::portable));
        REQUIRE(is_clean(bytes) == (!facts.has_high && !facts.has_low && !facts.has_bad_mark &&
                                    facts.field_ends == 0));
        std::vector<std::uint32_t> wide(bytes.size() + 8), narrow(bytes.size() + 8);
        wide.resize(find_controls(bytes, wide.data()));
        narrow.resize(find_controls(bytes, narrow.data(), Width::portable));
        REQUIRE(wide == narrow);
    }
}

TEST_CASE("wide steps over a directory find what single steps find", "[marc]") {
    std::mt19937 random(2);
    std::size_t in_order = 0;
    for (int round = 0; round < 20000; ++round) {
        std::string directory, data;
        const std::size_t count = 1 + random() % (random() % 10 == 0 ? 200 : 30);
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t length = 1 + random() % (random() % 50 == 0 ? 9999 : 40);
            char entry[16];
            std::snprintf(entry, sizeof entry, "%03u%04zu%05zu", unsigned(random() % 8) * 100,
                          length, data.size());
            directory.append(entry, 12);
            data += std::string(length - 1, 'x') + kFieldEnd;
        }
        std::string raw = directory + kFieldEnd + data;
        if (random() % 2 == 0) raw[random() % raw.size()] = "0123456789 x\x1E"[random() % 13];
        const std::string_view entries = std::string_view(raw).substr(0, directory.size()),
                               fields = std::string_view(raw).substr(directory.size() + 1);
        const std::vector<TagPattern> patterns{TagPattern("100"), TagPattern("7.0")};
        const std::span<const TagPattern> wanted(patterns.data(), random() % 3);
        const auto read = [&](Width width) {
            std::vector<Place> places(count + 3);
            std::vector<std::uint64_t> fits(count / 64 + 1);
            const bool is_sound =
                check_directory(entries, fields, wanted, places.data(), fits.data(), width);
            places.resize(is_sound ? count : 0);
            fits.resize(is_sound ? (count + 63) / 64 : 0);
            return std::pair(places, fits);
        };
        const auto wide = read(Width::best);
        REQUIRE(wide == read(Width::portable));
        in_order += wide.first.empty() ? 0U : 1U;
    }
    CHECK(in_order > 9000);
    CHECK(in_order < 19000);
}

TEST_CASE("a record in order is written as its copy is, which was not read from ISO 2709",
          "[marc]") {
    std::mt19937 random(3);
    const std::string file = file_of(60);
    std::size_t in_order = 0, others = 0;
    for (int round = 0; round < 40; ++round) {
        const auto input = Input::from_memory(round == 0 ? file : damaged(file, random), "test");
        const auto source = open_records(*input);
        for (;;) {
            try {
                const Record* const record = source->next();
                if (record == nullptr) break;
                ++(record->image().empty() ? others : in_order);
                const Record copy = *record;  // its fields stand one by one
                REQUIRE(copy.image().empty());
                REQUIRE(written(*record) == written(copy));
                Record changed;
                changed.borrow(*record);
                if (changed.field_count() == 0) continue;
                changed.erase(0);
                REQUIRE(changed.image().empty());
            } catch (const Error&) {
                continue;  // a reject
            }
        }
    }
    CHECK(in_order > 1000);
    CHECK(others > 30);
}

TEST_CASE("a query is answered alike from its own fields and from the whole record", "[marc]") {
    std::mt19937 random(4);
    const std::string file = file_of(60);
    const std::vector<std::string> queries{"650$x ~ \"Philosophy\"",   "6.. ~ '^P+$' or 001 = 7",
                                           "not 245$a-c ~ \"of\"",     "count(650) > 3 and 100$a",
                                           "200$a = 上海图书馆藏书志", "700$a[0] ~ M"};
    for (int round = 0; round < 60; ++round) {
        const std::string bytes = round == 0 ? file : damaged(file, random);
        const Query query = Query::parse(queries[static_cast<std::size_t>(round) % queries.size()]);
        ReadOptions some;
        some.only_tags = query.tags();
        REQUIRE_FALSE(some.only_tags.empty());
        const auto answers = [&](const ReadOptions& options) {
            std::vector<std::string> all;
            const auto input = Input::from_memory(bytes, "test");
            const auto source = open_records(*input, options);
            for (;;) {
                std::string line;
                try {
                    const Record* const record = source->next();
                    if (record == nullptr) return all;
                    line = query.matches(*record) ? "yes" : "no";
                    for (const auto& repair : source->note().repairs) line += repair.code;
                } catch (const Error& e) {
                    line = e.what();
                }
                all.push_back(line);
            }
        };
        const auto long_way = answers({}), short_cut = answers(some);
        REQUIRE(short_cut.size() == long_way.size());
        for (std::size_t i = 0; i < long_way.size(); ++i) {
            INFO(queries[static_cast<std::size_t>(round) % queries.size()] << ", record " << i + 1);
            // A fault in a field that nobody asks for may stay unseen: then the answer is the same.
            CHECK(long_way[i].starts_with(short_cut[i]));
        }
    }
}

TEST_CASE("any number of threads gives the same bytes, rejects and repairs", "[marc]") {
    const auto path = std::filesystem::temp_directory_path() /
                      ("tushu-fast-path-" + std::to_string(::getpid()) + ".mrc");
    std::mt19937 random(5);
    const std::string file = file_of(200);
    std::string big;
    while (big.size() < 3U << 20U) big += damaged(file, random);  // many blocks of input
    std::ofstream(path, std::ios::binary) << big;
    class Step final : public RecordStep {
      public:
        bool process(const Record& record, const SourceNote& note, Bytes& out) override {
            out.append(std::to_string(note.record) + ' ' + std::to_string(note.offset) + '\n');
            writer_->write(out, record, true);
            return true;
        }

      private:
        std::unique_ptr<RecordWriter> writer_ = make_writer({});
    };
    const auto all = [&](unsigned threads) {
        StreamOptions options;
        options.threads = threads;
        options.skip = 3;
        std::string text, rejected;
        std::size_t repairs = 0;
        const auto input = Input::open(path.string());
        (void)run_stream(
            *input, options, [] { return std::make_unique<Step>(); },
            [&](Batch& batch) {
                text += batch.bytes.view();
                for (const auto& reject : batch.rejects)
                    rejected += reject.raw + reject.error.what();
                for (const auto& repair : batch.repairs) rejected += repair.code + repair.detail;
                repairs += batch.repairs.size();
            });
        CHECK(repairs > 10);
        return text + rejected;
    };
    const std::string one = all(1);
    CHECK(one.size() > big.size());
    CHECK(one == all(2));
    CHECK(one == all(5));
    std::filesystem::remove(path);
}
