// SPDX-License-Identifier: Apache-2.0
#include "base/csv.hpp"
#include "base/input.hpp"
#include "base/text.hpp"
#include "callno/callno.hpp"
#include "marc/record.hpp"
#include "simulate/bibs.hpp"
#include "simulate/logs.hpp"
#include "simulate/random.hpp"
#include "simulate/stacks.hpp"
#include "simulate/whole.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

using namespace tushu;
using namespace tushu::simulate;
namespace fs = std::filesystem;

namespace {

struct Scratch {
    fs::path path = fs::temp_directory_path() / ("tushu-simulate-" + std::to_string(getpid()));
    Scratch() { fs::create_directories(path); }
    ~Scratch() { fs::remove_all(path); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    [[nodiscard]] std::string operator/(const std::string& name) const {
        return (path / name).string();
    }
};

callno::Scheme scheme_of(std::string_view word) {
    return word == "lc"    ? callno::Scheme::lc
           : word == "ddc" ? callno::Scheme::ddc
                           : callno::Scheme::clc;
}

std::map<std::string, std::string> files_below(const fs::path& folder) {
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file())
            out[fs::relative(entry.path(), folder).string()] = load_file(entry.path().string());
    return out;
}

WholeCounts write_to(const fs::path& folder, const Library& library) {
    return write_whole(
        library, "small",
        [&](const std::string& name) {
            fs::create_directories((folder / name).parent_path());
            return std::make_unique<Output>((folder / name).string(), Output::Replace::no);
        },
        [](Output&) {});
}

std::vector<std::vector<std::string>> rows_of(const std::string& path) {
    const auto input = Input::open(path);
    CsvReader csv(*input);
    std::vector<std::vector<std::string>> out;
    while (const auto row = csv.next()) out.emplace_back(row->begin(), row->end());
    return out;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        out.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

// Length of the longest non-decreasing run of picks that ends (or, reversed, begins) at each place.
std::vector<std::size_t> longest_to(const std::vector<std::size_t>& ranks) {
    std::vector<std::size_t> tails, out;
    for (const std::size_t rank : ranks) {
        const auto at = std::upper_bound(tails.begin(), tails.end(), rank);
        out.push_back(static_cast<std::size_t>(at - tails.begin()) + 1);
        if (at == tails.end())
            tails.push_back(rank);
        else
            *at = rank;
    }
    return out;
}

}  // namespace

TEST_CASE("splitmix64 gives the published numbers", "[simulate]") {
    // The first outputs of the reference generator with state 0.
    CHECK(mixed(0) == 0xE220A8397B1DCDAFU);
    CHECK(mixed(0x9E3779B97F4A7C15U) == 0x6E789E6AA1B965F4U);
    CHECK(mixed(2 * 0x9E3779B97F4A7C15U) == 0x06C45D188009454FU);
}

TEST_CASE("Titles and their numbers are one to one", "[simulate]") {
    const Library library(3, Sizes::named("small"), 2019);
    std::set<std::string> numbers;
    for (const File file : kFiles)
        for (std::uint64_t n = 0; n < library.bibs_of(file); ++n) {
            const BibId bib = library.bib(file, n);
            CHECK(library.bib(bib.group, bib.ordinal).number == n);
            numbers.insert(library.control_number(bib));
        }
    CHECK(numbers.size() == 3000);
}

TEST_CASE("Items come in the order that the call-number rules know", "[simulate]") {
    const std::uint64_t items = GENERATE(1000U, 6000U, 300000U);
    const Library library(1, Sizes::for_items(items), 2019);
    std::set<std::uint64_t> serials;
    for (const Location& location : library.locations()) {
        std::string before;
        std::uint64_t descents = 0, unparsed = 0;
        for (std::uint64_t place = 0; place < location.items; ++place) {
            const Item item = library.item(location, place);
            serials.insert(item.serial);
            bool is_parsed = true;
            std::string key = callno::key_of(scheme_of(location.scheme), item.call_number,
                                             callno::default_rules(), &is_parsed);
            unparsed += is_parsed ? 0U : 1U;
            descents += key < before ? 1U : 0U;
            before = std::move(key);
        }
        INFO(location.code);
        CHECK(descents == 0);
        CHECK(unparsed == location.unparsable);
    }
    CHECK(serials.size() == items);
}

TEST_CASE("Every sound record reads back whole, with its title", "[simulate]") {
    const Scratch scratch;
    const Library library(1, Sizes::named("small"), 2019);
    for (const File file : kFiles) {
        const std::string path = scratch / std::string(name_of(file));
        Output out(path, Output::Replace::no);
        const BibsTruth truth = write_bibs(out, library, file, ~std::uint64_t{0}, false);
        out.close();
        CHECK(truth.records_in == library.bibs_of(file));
        CHECK(truth.rejects == 0);
        const auto input = Input::open(path);
        const auto source = marc::open_records(*input);
        std::uint64_t n = 0, beyond_bmp = 0;
        while (const marc::Record* record = source->next()) {
            const BibId bib = library.bib(file, n++);
            REQUIRE(record->control_number() == library.control_number(bib));
            if (file == File::marc21) {
                REQUIRE(record->value("008").size() == 40);
                const bool is_russian = facts_of(library, bib).language == "rus";
                std::string title;
                for (std::size_t f = 0; f < record->field_count(); ++f) {
                    const marc::Field field = record->field(f);
                    const bool is_880 =
                        field.tag() == "880" && field.first('6')->starts_with("245");
                    if (is_russian ? is_880 : field.tag() == "245") title = *field.first('a');
                }
                REQUIRE(title == title_of(library, bib) + " /");
            } else {
                REQUIRE(record->value("100", 'a').size() == 36);
                REQUIRE(record->value("200", 'a') == title_of(library, bib));
            }
            for (const char c : record->value("701", 'a'))
                beyond_bmp += (c & '\xF8') == '\xF0' ? 1U : 0U;
        }
        CHECK(n == library.bibs_of(file));
        CHECK((beyond_bmp > 0) == (file == File::cnmarc));
    }
}

TEST_CASE("ISBN and ISSN have sound check digits", "[simulate]") {
    const Library library(1, Sizes::named("small"), 2019);
    std::uint64_t isbn10 = 0, isbn13 = 0, issn = 0;
    for (std::uint64_t n = 0; n < library.bibs_of(File::cnmarc); ++n) {
        std::string bytes;
        append_record(bytes, library, library.bib(File::cnmarc, n));
        for (const std::string_view before : {"\x1E  \x1F"
                                              "a978-7-",
                                              "\x1E  \x1F"
                                              "a7-",
                                              "\x1E  \x1F"
                                              "a"}) {
            const std::size_t at = bytes.find(before);
            if (at == std::string::npos) continue;
            std::string digits = bytes.substr(at + 5, bytes.find('\x1F', at + 5) - at - 5);
            if (digits.find_first_not_of("0123456789X-") != std::string::npos) break;
            std::erase(digits, '-');
            unsigned sum = 0;
            for (std::size_t i = 0; i < digits.size(); ++i) {
                const unsigned digit =
                    digits[i] == 'X' ? 10 : static_cast<unsigned>(digits[i] - '0');
                sum += digit * static_cast<unsigned>(digits.size() == 13 ? 1 + i % 2 * 2
                                                                         : digits.size() - i);
            }
            if (digits.size() == 13)
                CHECK((sum % 10 == 0 && ++isbn13 > 0));
            else if (digits.size() == 10)
                CHECK((sum % 11 == 0 && ++isbn10 > 0));
            else if (digits.size() == 8)
                CHECK((sum % 11 == 0 && ++issn > 0));
            break;
        }
    }
    CHECK(isbn13 > 200);
    CHECK(isbn10 > 300);
    CHECK(issn == 90);
}

TEST_CASE("A whole library is the same bytes each time, and other bytes for another seed",
          "[simulate]") {
    const Scratch scratch;
    const Library one(1, Sizes::named("small"), 2019), two(2, Sizes::named("small"), 2019);
    const WholeCounts counts = write_to(scratch.path / "a", one);
    write_to(scratch.path / "b", one);
    write_to(scratch.path / "c", two);
    CHECK(counts.bibs == 3000);
    CHECK(counts.items == 6000);
    const auto a = files_below(scratch.path / "a"), b = files_below(scratch.path / "b"),
               c = files_below(scratch.path / "c");
    CHECK(a == b);
    for (const auto& [name, bytes] : a) {
        if (name == "tushu.yaml" || name == "items/profile.yaml") continue;
        INFO(name);
        CHECK(bytes != c.at(name));
    }
}

TEST_CASE("The truth of the stacks adds up and agrees with the files", "[simulate]") {
    const Scratch scratch;
    const auto [seed, items] =
        GENERATE(table<std::uint64_t, std::uint64_t>({{1, 6000}, {5, 6000}, {9, 150000}}));
    Sizes sizes = Sizes::for_items(items);
    if (items > 100000) sizes.scans = items / 5;  // as the large library: a fifth is scanned
    const Library library(seed, sizes, 2019);
    Output item_file(scratch / "items.csv", Output::Replace::no);
    Output outcome_file(scratch / "outcomes.csv", Output::Replace::no);
    Output move_file(scratch / "moves.csv", Output::Replace::no);
    std::map<std::string, std::unique_ptr<Output>> scan_files;
    StackFiles files;
    files.items = &item_file;
    files.has_bad_rows = true;
    files.form = ItemForm::neutral;
    files.outcomes = &outcome_file;
    files.moves = &move_file;
    files.scans = [&](const Location& location, unsigned pass) -> Output& {
        auto& file = scan_files[std::string(location.code) + "-" + std::to_string(pass)];
        if (!file)
            file = std::make_unique<Output>(
                scratch / (std::string(location.code) + std::to_string(pass)), Output::Replace::no);
        return *file;
    };
    const StackTruth truth = write_stacks(library, files);
    item_file.close();
    outcome_file.close();
    move_file.close();
    for (auto& [name, file] : scan_files) file->close();

    // Items.
    CHECK(truth.items_kept == items);
    CHECK(truth.items_in == truth.items_kept + truth.item_rejects);
    const auto item_rows = rows_of(scratch / "items.csv");
    CHECK(item_rows.size() == truth.items_in);
    Tally by_status;
    std::map<std::string, std::pair<std::string, std::string>> item_of;  // barcode -> location, key
    for (const auto& row : item_rows) {
        if (row[0].empty() || item_of.contains(row[0])) continue;
        ++by_status[{row[2], row[5]}];
        item_of[row[0]] = {row[2], callno::key_of(scheme_of(row[4]), row[3])};
    }
    Tally promised = truth.items;
    std::erase_if(promised, [](const auto& entry) { return entry.second == 0; });
    CHECK(by_status == promised);

    // Outcomes: one for each item but those that are gone as the catalogue says, and one for each
    // extra.
    const auto outcome_rows = rows_of(scratch / "outcomes.csv");
    Tally by_outcome;
    std::map<std::string, std::string> outcome_of;
    std::uint64_t extras = 0;
    for (const auto& row : outcome_rows) {
        ++by_outcome[{row[1], row[2]}];
        if (row[2] == "DUPSCAN" || !item_of.contains(row[0]))
            ++extras;
        else
            CHECK(outcome_of.emplace(row[0], row[2]).second);
    }
    CHECK(by_outcome == truth.outcomes);
    std::uint64_t gone = 0;
    for (const auto& [barcode, item] : item_of) gone += outcome_of.contains(barcode) ? 0U : 1U;
    CHECK(outcome_rows.size() == items - gone + extras);

    // Scans: whoever was seen has an outcome of those seen, whoever was not has not.
    std::set<std::string> seen;
    std::uint64_t scans = 0;
    const std::set<std::string> kAbsent{"MISSING1", "MISSING2", "NOTCOVERED", "EXPLAINED"};
    for (const auto& [name, file] : scan_files) {
        const auto lines = lines_of(load_file(file->path()));
        REQUIRE(lines.back() == "#END");
        for (const auto& line : lines) {
            if (line.starts_with('#')) continue;
            ++scans;
            if (item_of.contains(line)) seen.insert(line);
        }
    }
    CHECK(scans == truth.scans);
    CHECK(seen.size() == truth.seen);
    std::uint64_t wrong = 0;
    for (const auto& [barcode, outcome] : outcome_of)
        wrong += kAbsent.contains(outcome) == seen.contains(barcode) ? 1U : 0U;
    CHECK(wrong == 0);

    // The misplaced books are the one smallest set whose removal leaves each location in order.
    std::set<std::string> moves;
    for (const auto& row : truth.moves) moves.insert(row[0]);
    CHECK(moves.size() == truth.moves.size());
    std::uint64_t moves_found = 0, ambiguous = 0, reversed = 0;
    for (const auto& [name, file] : scan_files) {
        const std::string location = name.substr(0, 3);
        std::vector<std::string> barcodes, keys;
        std::size_t shelf = 0;  // where the shelf begins
        const auto end_shelf = [&] {
            // Scanned from right to left: falls all the way.
            const auto first = keys.begin() + static_cast<std::ptrdiff_t>(shelf);
            if (keys.size() - shelf > 10 && *first > keys.back() &&
                std::is_sorted(first, keys.end(), std::greater<>())) {
                std::reverse(first, keys.end());
                std::reverse(barcodes.begin() + static_cast<std::ptrdiff_t>(shelf), barcodes.end());
                ++reversed;
            }
            shelf = keys.size();
        };
        for (const auto& line : lines_of(load_file(file->path()))) {
            if (line.starts_with('#')) end_shelf();
            const auto found = item_of.find(line);
            if (found == item_of.end() || found->second.first != location) continue;
            if (!barcodes.empty() && barcodes.back() == line) continue;  // read twice
            barcodes.push_back(line);
            keys.push_back(found->second.second);
        }
        std::vector<std::string> sorted = keys;
        std::sort(sorted.begin(), sorted.end());
        std::vector<std::size_t> ranks, mirrored;
        for (const auto& key : keys) {
            const auto at = std::lower_bound(sorted.begin(), sorted.end(), key) - sorted.begin();
            ranks.push_back(static_cast<std::size_t>(at));
        }
        for (std::size_t i = ranks.size(); i-- > 0;) mirrored.push_back(keys.size() - ranks[i]);
        const auto to = longest_to(ranks);
        auto from = longest_to(mirrored);
        std::reverse(from.begin(), from.end());
        const std::size_t longest = to.empty() ? 0 : *std::max_element(to.begin(), to.end());
        for (std::size_t i = 0; i < barcodes.size(); ++i) {
            const bool is_in_one = to[i] + from[i] - 1 == longest;
            const bool is_moved = moves.contains(barcodes[i]);
            ambiguous += is_in_one == is_moved ? 1U : 0U;
            moves_found += is_moved && name.ends_with("-1") ? 1U : 0U;
        }
    }
    CHECK(ambiguous == 0);
    CHECK(reversed > 0);
    CHECK(moves_found == moves.size());

    // Every kind of damage occurs.
    std::set<std::string> kinds;
    for (const auto& row : outcome_rows) kinds.insert(row[3]);
    CHECK(kinds.size() == (items > 100000 ? 17U : kinds.size()));
    CHECK(kinds.size() >= 15);
}

TEST_CASE("A log has as many events as asked for, no two of them the same", "[simulate]") {
    const Scratch scratch;
    const Library library(1, Sizes::named("small"), 2019);
    Output out(scratch / "log.csv", Output::Replace::no);
    const CirculationTruth truth =
        write_circulation(library, 30000, false, [&](unsigned) -> Output& { return out; });
    out.close();
    CHECK(truth.rows == 30000);
    CHECK(truth.faults.empty());
    const auto lines = lines_of(load_file(scratch / "log.csv"));
    CHECK(lines.size() == 30001);
    CHECK(std::set<std::string>(lines.begin(), lines.end()).size() == lines.size());
    std::int64_t months = 0, branches = 0, totals = 0;
    for (const auto& [key, n] : truth.months) months += n;
    for (const auto& [key, n] : truth.branches) branches += n;
    for (const auto& [key, n] : truth.totals) totals += n;
    CHECK(months == 30000);
    CHECK(branches == 30000);
    CHECK(totals == 30000);
}

TEST_CASE("Requests, events and counts add up", "[simulate]") {
    const Scratch scratch;
    const Library library(1, Sizes::named("small"), 2019);
    Output requests(scratch / "requests.csv", Output::Replace::no);
    Output events(scratch / "events.csv", Output::Replace::no);
    const RequestsTruth truth = write_requests(library, 300, requests, events);
    requests.close();
    events.close();
    std::int64_t states = 0;
    for (const auto& [key, n] : truth.states) states += n;
    CHECK(states + static_cast<std::int64_t>(truth.rejects) ==
          static_cast<std::int64_t>(truth.requests));
    CHECK(rows_of(scratch / "requests.csv").size() == truth.requests);
    const auto rows = rows_of(scratch / "events.csv");
    CHECK(rows.size() == truth.events);
    CHECK(truth.refused_events > 0);
    CHECK(truth.repeated_events > 0);
    for (std::size_t i = 1; i < rows.size(); ++i) REQUIRE(rows[i - 1][2] <= rows[i][2]);

    Output counts(scratch / "counts.csv", Output::Replace::no);
    const HandCountsTruth hand = write_hand_counts(library, counts);
    counts.close();
    std::map<std::string, std::int64_t> sums;
    std::set<std::vector<std::string>> distinct;
    for (const auto& row : rows_of(scratch / "counts.csv")) {
        CHECK(distinct.insert(row).second);
        const auto n = parse_integer(row[2]);
        if (n && row[1] != "T99.01" && !(*n < 0 && row[3].empty())) sums[row[1]] += *n;
    }
    for (const auto& [target, n] : hand.targets) {
        INFO(target);
        CHECK(sums[target] == n);
    }
    CHECK(hand.targets.at("T12.04") == hand.targets.at("T12.05") + hand.targets.at("T12.06"));
    CHECK(target_ids().size() == 69);
    CHECK(milestones().size() == 14);
}
