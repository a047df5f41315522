// SPDX-License-Identifier: Apache-2.0
// bench_stats [ROWS] [FOLDER] - how fast circulation logs are counted, and what finding duplicates
// costs.
//
// Writes a log in time order (310 branches, 5 types, 365 days), then runs in turn, each in a
// process of its own: wc -l, an awk that counts by day, branch and type, the counter without and
// with event keys, and the whole load into a SQLite store. CPU seconds are the steady figure;
// ratios are to the same run.
#include "base/error.hpp"
#include "base/output.hpp"
#include "stats/circulation.hpp"
#include "store/store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>

namespace {

using namespace tushu;

/// Splitmix64: the same log on every machine.
class Random {
  public:
    std::uint64_t below(std::uint64_t n) {
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t z = state_;
        z = (z ^ z >> 30U) * 0xBF58476D1CE4E5B9U;
        z = (z ^ z >> 27U) * 0x94D049BB133111EBU;
        return (z ^ z >> 31U) % n;
    }

  private:
    std::uint64_t state_ = 1;
};

void write_log(const std::string& path, std::uint64_t rows) {
    constexpr std::string_view kTypes[] = {"loan", "return", "renewal", "in_house", "retrieval"};
    Random random;
    Output out(path, Output::Replace::yes);
    out.write("time,branch,type,patron,item\n");
    const Day first{std::chrono::year(2019), std::chrono::month(1), std::chrono::day(1)};
    std::string row, day_text;
    std::uint64_t last_day = ~std::uint64_t{0};
    for (std::uint64_t i = 0; i < rows; ++i) {
        const std::uint64_t day = i * 365 / rows;
        if (day != last_day) day_text = text_of(plus_days(first, static_cast<int>(day)));
        last_day = day;
        const std::uint64_t second = 8 * 3600 + (i * 365 % rows) * (12 * 3600) / rows;
        row.clear();
        const std::uint64_t branch =
            random.below(310) * random.below(310) / 310;  // some are much busier
        fmt::format_to(std::back_inserter(row),
                       "{} {:02}:{:02}:{:02},B{:03},{},P{:07},3120{:010}\n", day_text,
                       second / 3600, second / 60 % 60, second % 60, branch,
                       kTypes[random.below(5)], random.below(1'000'000), random.below(50'000'000));
        out.write(row);
    }
    out.close();
}

struct Cost {
    double cpu = 0, wall = 0;
    long peak_kib = 0;
};

/// Runs `work` in a child process and measures it alone.
Cost measure(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    const pid_t child = ::fork();
    if (child == 0) {
        try {
            work();
        } catch (const std::exception& e) {
            fmt::print(stderr, "bench_stats: {}\n", e.what());
            ::_exit(1);
        }
        ::_exit(0);
    }
    int status = 0;
    rusage usage{};
    if (child < 0 || ::wait4(child, &status, 0, &usage) != child || status != 0) {
        fmt::print(stderr, "bench_stats: a measured process failed\n");
        std::exit(1);
    }
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return {seconds(usage.ru_utime) + seconds(usage.ru_stime),
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
            usage.ru_maxrss};
}

/// Becomes another program, its output thrown away.
void become(const std::vector<std::string>& words) {
    const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::dup2(null, STDOUT_FILENO);
    std::vector<char*> argv;
    for (const auto& word : words)
        argv.push_back(const_cast<char*>(word.c_str()));  // a C interface
    argv.push_back(nullptr);
    ::execvp(argv.front(), argv.data());
    ::_exit(1);
}

const stats::LoadEvents kQuiet{[](std::string_view, const Error&, std::string_view) {},
                               [](std::string_view, const Where&, const Message&) {},
                               [](std::uint64_t) {}};

void count_only(const std::string& path, const stats::Measures& measures, bool finds_duplicates,
                Input::Digest digest) {
    stats::CirculationOptions options;
    options.patron_key = "bench";
    options.finds_duplicates = finds_duplicates;
    stats::CirculationCounter counter(measures, options);
    const auto input = Input::open(path, digest);
    counter.read(*input, kQuiet);
    if (digest == Input::Digest::sha256) (void)input->sha256();
    if (finds_duplicates)
        (void)counter.drop_duplicates(
            [](std::int32_t, std::span<const std::uint64_t>) { return std::vector<bool>(); },
            [](std::int32_t, std::span<const std::uint64_t>) {});
    std::int64_t total = 0;
    counter.for_each_count([&total](const store::DailyCount& count) { total += count.n; });
    if (total == 0) throw Error(Fault::bug, msg("the benchmark counted nothing"));
}

void load(const std::string& path, const std::string& store_path, const stats::Measures& measures) {
    stats::CirculationOptions options;
    options.patron_key = "bench";
    store::Store store = store::Store::open(store_path);
    const auto input = Input::open(path, Input::Digest::sha256);
    (void)stats::load_circulation(store, measures, *input, options, std::nullopt,
                                  "2020-01-01T00:00:00Z", kQuiet);
}

}  // namespace

int main(int argc, char** argv) {
    const std::uint64_t rows = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 4'000'000;
    const std::string folder = argc > 2 ? argv[2] : std::filesystem::temp_directory_path().string();
    const std::string log = folder + "/bench-stats.csv", store_path = folder + "/bench-stats.db";
    const auto measures = stats::Measures::load(TUSHU_SHARE "/stats/measures.yaml");
    write_log(log, rows);
    std::filesystem::remove(store_path);
    {
        std::vector<std::string> files;
        for (const auto& entry :
             std::filesystem::directory_iterator(TUSHU_SHARE "/store/migrations"))
            files.push_back(entry.path().string());
        std::sort(files.begin(), files.end());
        store::Store store = store::Store::open(store_path, {.create = true});
        store::migrate(store, files, "2020-01-01T00:00:00Z");
    }
    (void)measure([&] { become({"wc", "-l", log}); });  // warms the page cache
    struct Run {
        std::string name;
        Cost cost;
    };
    const Run runs[] = {
        {"wc -l", measure([&] {
             become({"wc", "-l", log});
         })},
        {"awk, group by day, branch, type", measure([&] {
             become({"awk", "-F,",
                     "{ n[substr($1, 1, 10) FS $2 FS $3]++ } END { for (k in n) print k, n[k] }",
                     log});
         })},
        {"count", measure([&] { count_only(log, measures, false, Input::Digest::none); })},
        {"count and SHA-256",
         measure([&] { count_only(log, measures, false, Input::Digest::sha256); })},
        {"count, each event once",
         measure([&] { count_only(log, measures, true, Input::Digest::none); })},
        {"load into SQLite, all of it", measure([&] { load(log, store_path, measures); })},
        {"load again (nothing changes)", measure([&] { load(log, store_path, measures); })},
    };
    fmt::print("{} rows, {:.2f} GB\n", rows,
               static_cast<double>(std::filesystem::file_size(log)) / 1e9);
    fmt::print("{:<34}{:>8}{:>8}{:>16}{:>9}{:>9}{:>10}\n", "way", "CPU s", "wall s", "M rows/CPU s",
               "x wc", "x awk", "peak MiB");
    for (const auto& [name, cost] : runs)
        fmt::print("{:<34}{:>8.2f}{:>8.2f}{:>16.2f}{:>9.2f}{:>9.2f}{:>10}\n", name, cost.cpu,
                   cost.wall, static_cast<double>(rows) / 1e6 / cost.cpu,
                   cost.cpu / runs[0].cost.cpu, runs[1].cost.cpu / cost.cpu, cost.peak_kib / 1024);
    fmt::print("store: {:.1f} MB\n",
               static_cast<double>(std::filesystem::file_size(store_path)) / 1e6);
    std::filesystem::remove(log);
    std::filesystem::remove(store_path);
    return 0;
}
