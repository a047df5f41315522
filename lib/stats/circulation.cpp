// SPDX-License-Identifier: Apache-2.0
#include "stats/circulation.hpp"

#include "base/csv.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace tushu::stats {
namespace {

constexpr std::size_t kMostBranches = 65'536;
constexpr std::size_t kMostColumns = 32;
constexpr std::size_t kLongestPlainRow = std::size_t{1} << 20U;
constexpr std::string_view kColumns[] = {"time", "branch", "type", "patron", "item"};

/// Texts to small numbers: open addressing over the texts' hashes, with the last hit tried first.
class Dictionary {
  public:
    explicit Dictionary(std::vector<std::string>& texts) : texts_(texts), slots_(1024, 0) {}
    std::uint32_t number(std::string_view text, const Input& input) {
        if (last_ < texts_.size() && texts_[last_] == text) return last_;
        std::size_t at = hash64(text) & (slots_.size() - 1);
        for (; slots_[at] != 0; at = (at + 1) & (slots_.size() - 1)) {
            if (texts_[slots_[at] - 1] == text) return last_ = slots_[at] - 1;
        }
        if (texts_.size() == kMostBranches)
            throw Error(Fault::bad_input, {input.name()},
                        msg("there are more than {} branch codes", kMostBranches),
                        msg("is \"branch\" the right column?"));
        texts_.emplace_back(text);
        slots_[at] = static_cast<std::uint32_t>(texts_.size());
        last_ = slots_[at] - 1;
        if (texts_.size() * 2 > slots_.size()) grow();
        return last_;
    }

  private:
    void grow() {
        slots_.assign(slots_.size() * 4, 0);
        for (std::size_t i = 0; i < texts_.size(); ++i) {
            std::size_t at = hash64(texts_[i]) & (slots_.size() - 1);
            while (slots_[at] != 0) at = (at + 1) & (slots_.size() - 1);
            slots_[at] = static_cast<std::uint32_t>(i + 1);
        }
    }
    std::vector<std::string>& texts_;
    std::vector<std::uint32_t> slots_;  // number + 1; 0: free
    std::uint32_t last_ = 0;
};

constexpr std::uint64_t repeated(unsigned char byte) { return 0x0101010101010101U * byte; }

/// The high bit of each byte of `word` that is 0 (exact, no carries between bytes).
constexpr std::uint64_t zero_bytes(std::uint64_t word) {
    constexpr std::uint64_t kLow = 0x7F7F7F7F7F7F7F7FU;
    return ~(((word & kLow) + kLow) | word | kLow);
}

/// Splits a line without quotes at `delimiter`, eight bytes at a time.
class PlainSplitter {
  public:
    explicit PlainSplitter(char delimiter)
        : delimiter_(repeated(static_cast<unsigned char>(delimiter))) {}
    /// False when the line holds a quote, a NUL, a carriage return or too many cells: CsvReader's
    /// business.
    [[nodiscard]] bool split(std::string_view line) {
        count_ = 0;
        is_ascii_ = true;
        std::size_t begin = 0;
        std::uint64_t high = 0, odd = 0;
        for (std::size_t at = 0; at < line.size(); at += 8) {
            std::uint64_t word = repeated('x');
            const std::size_t take = std::min<std::size_t>(8, line.size() - at);
            if (take == 8)
                std::memcpy(&word, line.data() + at, 8);
            else
                std::memcpy(&word, line.data() + at, take);
            if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
            high |= word;
            odd |= zero_bytes(word ^ repeated('"')) | zero_bytes(word ^ repeated('\r')) |
                   zero_bytes(word);
            for (std::uint64_t hits = zero_bytes(word ^ delimiter_); hits != 0; hits &= hits - 1) {
                const std::size_t end = at + static_cast<std::size_t>(std::countr_zero(hits)) / 8;
                if (count_ == kMostColumns - 1) return false;
                cells_[count_++] = line.substr(begin, end - begin);
                begin = end + 1;
            }
        }
        cells_[count_++] = line.substr(begin);
        is_ascii_ = (high & repeated(0x80)) == 0;
        return odd == 0;
    }
    [[nodiscard]] std::size_t count() const { return count_; }
    [[nodiscard]] bool is_ascii() const { return is_ascii_; }
    [[nodiscard]] std::string_view operator[](std::size_t i) const { return cells_[i]; }

  private:
    std::uint64_t delimiter_;
    std::array<std::string_view, kMostColumns> cells_;
    std::size_t count_ = 0;
    bool is_ascii_ = true;
};

// Cells for messages, unless they could be a patron id that stands in the wrong column.
std::string shown_time(std::string_view cell) {
    return cell.find_first_of("-:/") == std::string_view::npos ? "..." : printable(cell, 40);
}
std::string shown_type(std::string_view cell) {
    return cell.find_first_of("0123456789") != std::string_view::npos ? "..." : printable(cell, 40);
}

/// trim() for cells that rarely need it.
std::string_view trimmed(std::string_view cell) {
    if (cell.empty() || (cell.front() > ' ' && cell.back() > ' ')) return cell;
    return trim(cell);
}

}  // namespace

/// The reading loop with what it keeps only while it runs.
class CirculationCounter::Reader {
  public:
    Reader(CirculationCounter& counter, Input& input, const LoadEvents& events)
        : counter_(counter),
          input_(input),
          events_(events),
          csv_(input),
          splitter_(csv_.delimiter()),
          branches_(counter.branches_) {
        if (csv_.header().empty())
            throw Error(Fault::bad_input, {input.name()}, msg("is empty: not even a header line"));
        for (std::size_t i = 0; i < columns_.size(); ++i) columns_[i] = csv_.required(kColumns[i]);
        width_ = csv_.header().size();
        measures_ = static_cast<std::uint32_t>(counter_.measure_ids_.size());
        is_plain_ = csv_.encoding() == CsvEncoding::utf8 && csv_.raw().ends_with('\n') &&
                    width_ < kMostColumns;
        line_ =
            1 + static_cast<std::uint64_t>(std::count(csv_.raw().begin(), csv_.raw().end(), '\n'));
    }

    void run() {
        while (is_plain_) {
            const std::string_view window = input_.window();
            const void* const found =
                window.empty() ? nullptr : std::memchr(window.data(), '\n', window.size());
            if (found == nullptr) {
                if (window.size() < kLongestPlainRow && input_.more()) continue;
                if (window.empty()) return;
                odd_row();  // the last line has no end, or no line has
                continue;
            }
            const auto size =
                static_cast<std::size_t>(static_cast<const char*>(found) - window.data());
            std::string_view line = window.substr(0, size);
            if (line.ends_with('\r')) line.remove_suffix(1);
            if (line.empty()) {
                input_.consume(size + 1);
                ++line_;
            } else if (splitter_.split(line) && splitter_.count() == width_ &&
                       (splitter_.is_ascii() || is_utf8(line))) {
                const std::string_view raw = window.substr(0, size + 1);
                const Where where{{}, 0, input_.offset(), line_, 0};
                event(where, raw, splitter_);
                input_.consume(size + 1);
                ++line_;
            } else {
                odd_row();
            }
        }
        while (odd_row()) {
        }
    }

  private:
    /// One row by the general reader; false at the end.
    bool odd_row() {
        try {
            const auto cells = csv_.next();
            if (!cells) return false;
            const Where where{{}, 0, csv_.offset(), row_line(), 0};
            if (cells->size() == width_)
                event(where, csv_.raw(), *cells);
            else
                reject("bad_row", where, csv_.raw(),
                       msg("the row has {} cells where the header has {}", cells->size(), width_));
        } catch (const Error& e) {
            // The reader's own message quotes the row, which may name a patron.
            // One without a line is the input's: damaged compression, and the end of the load.
            if (e.fault() != Fault::bad_input || e.where().line == 0) throw;
            reject("bad_row", {{}, 0, csv_.offset(), row_line(), 0}, csv_.raw(),
                   msg("the row is not readable as CSV: an open quote, a NUL byte or the wrong "
                       "encoding"));
        }
        const std::string_view raw = csv_.raw();
        line_ += static_cast<std::uint64_t>(std::count(raw.begin(), raw.end(), '\n'));
        return true;
    }
    /// The general reader counts lines itself, but sees all of them only when it reads all rows.
    [[nodiscard]] std::uint64_t row_line() const { return is_plain_ ? line_ : csv_.line(); }

    template <class Cells>
    void event(const Where& where, std::string_view raw, const Cells& cells) {
        ++counter_.rows_in_;
        const auto time = counter_.clock_.read(trimmed(cells[columns_[0]]));
        if (!time) {
            refuse("bad_time", where, raw,
                   msg("the time \"{}\" is not readable", shown_time(cells[columns_[0]])));
            return;
        }
        const TypeCode* const type = type_of(trimmed(cells[columns_[2]]));
        if (type == nullptr) {
            refuse("unknown_type", where, raw,
                   msg("the type \"{}\" is not a known one", shown_type(cells[columns_[2]])));
            return;
        }
        const std::string_view branch = trimmed(cells[columns_[1]]);
        if (branch.empty()) {
            refuse("no_branch", where, raw, msg("the row names no branch"));
            return;
        }
        const std::uint32_t cell = branches_.number(branch, input_) * measures_ + type->measure;
        if (day_cells_ == nullptr || time->day != day_) {
            day_ = time->day;
            day_cells_ = &counter_.days_[day_];
        }
        if (cell >= day_cells_->size())
            day_cells_->resize(counter_.branches_.size() * measures_, 0);
        ++(*day_cells_)[cell];
        if (counter_.options_.finds_duplicates)
            counter_.sorter_.add(
                {counter_.keys_.key({time->second, counter_.measure_hashes_[type->measure], branch,
                                     trimmed(cells[columns_[3]]), trimmed(cells[columns_[4]])}),
                 time->day, cell});
        tick();
    }
    void tick() {
        if (counter_.rows_in_ % 64 == 0)
            events_.tick(static_cast<std::uint64_t>(counter_.rows_in_));
    }

    const TypeCode* type_of(std::string_view word) {
        if (last_type_ != nullptr && last_type_->word == word) return last_type_;
        for (const auto& type : counter_.types_)
            if (type.word == word) return last_type_ = &type;
        return nullptr;
    }

    void reject(std::string_view code, const Where& where, std::string_view raw, Message message) {
        ++counter_.rows_in_;
        refuse(code, where, raw, std::move(message));
    }
    void refuse(std::string_view code, Where where, std::string_view raw, Message message) {
        where.file = input_.name();
        ++counter_.rejects_[std::string(code)];
        events_.reject(code, Error(Fault::bad_input, std::move(where), std::move(message)), raw);
        tick();
    }

    CirculationCounter& counter_;
    Input& input_;
    const LoadEvents& events_;
    CsvReader csv_;
    PlainSplitter splitter_;
    Dictionary branches_;
    std::array<std::size_t, std::size(kColumns)> columns_{};
    std::size_t width_ = 0;
    bool is_plain_ = false;
    std::uint64_t line_ = 1;  // of the next row
    std::int32_t day_ = 0;
    std::vector<std::int64_t>* day_cells_ = nullptr;
    const TypeCode* last_type_ = nullptr;
    std::uint32_t measures_ = 0;
};

CirculationCounter::CirculationCounter(const Measures& measures, CirculationOptions options)
    : measures_(measures),
      options_(std::move(options)),
      clock_(options_.zone),
      keys_(options_.patron_key),
      sorter_(options_.finds_duplicates ? options_.keys_in_memory : 0, options_.scratch) {
    for (const auto& measure : measures_.all()) {
        if (measure.log_types.empty()) continue;
        const auto number = static_cast<std::uint32_t>(measure_hashes_.size());
        measure_hashes_.push_back(hash64(measure.id));
        measure_ids_.push_back(measure.id);
        for (const auto& word : measure.log_types) types_.push_back({word, number});
    }
}

CirculationCounter::~CirculationCounter() = default;

void CirculationCounter::read(Input& input, const LoadEvents& events) {
    Reader(*this, input, events).run();
}

std::int64_t CirculationCounter::drop_duplicates(const Known& known, const Fresh& fresh) {
    std::int64_t duplicates = 0;
    std::vector<std::uint64_t> keys;
    std::vector<std::uint32_t> cells;
    sorter_.for_each_day([&](std::int32_t day, std::span<const EventEntry> entries) {
        std::vector<std::int64_t>& counts = days_.at(day);
        const auto drop = [&](std::uint32_t cell) {
            --counts[cell];
            ++duplicates;
        };
        keys.clear();
        cells.clear();
        for (const auto& entry : entries) {
            if (!keys.empty() && entry.key == keys.back()) {
                drop(entry.cell);
                continue;
            }
            keys.push_back(entry.key);
            cells.push_back(entry.cell);
        }
        const std::vector<bool> is_known = known(day, keys);
        std::size_t kept = 0;
        for (std::size_t i = 0; i < keys.size(); ++i) {
            if (!is_known.empty() && is_known[i])
                drop(cells[i]);
            else
                keys[kept++] = keys[i];
        }
        if (kept != 0) fresh(day, std::span<const std::uint64_t>(keys).first(kept));
    });
    return duplicates;
}

void CirculationCounter::for_each_count(
    const std::function<void(const store::DailyCount&)>& use) const {
    std::vector<std::size_t> by_name(branches_.size());
    for (std::size_t i = 0; i < by_name.size(); ++i) by_name[i] = i;
    std::sort(by_name.begin(), by_name.end(),
              [this](std::size_t a, std::size_t b) { return branches_[a] < branches_[b]; });
    store::DailyCount count;
    for (const auto& [day, cells] : days_) {
        count.day = text_of_day_number(day);
        for (const std::size_t branch : by_name) {
            count.branch = branches_[branch];
            for (std::size_t measure = 0; measure < measure_ids_.size(); ++measure) {
                const std::size_t cell = branch * measure_ids_.size() + measure;
                if (cell >= cells.size() || cells[cell] == 0) continue;
                count.measure = measure_ids_[measure];
                count.n = cells[cell];
                use(count);
            }
        }
    }
}

namespace {

/// The event keys of one day that the store holds, by load.
struct StoredKeys {
    std::int64_t load_id = 0;
    std::vector<std::uint64_t> keys;
    std::size_t at = 0;
};

std::vector<StoredKeys> stored_keys(store::Store& store, const std::string& day) {
    std::vector<StoredKeys> out;
    store::Rows rows = store.query(
        "SELECT load_id, n, keys FROM stats_event_keys WHERE day = $1 ORDER BY load_id", day);
    while (rows.next())
        out.push_back({rows.integer(0),
                       unpack_keys(rows.bytes(2), static_cast<std::size_t>(rows.integer(1)))});
    return out;
}

void warn_about_keys(store::Store& store, const std::string& key_id, const std::string& file,
                     const LoadEvents& events) {
    const auto others = store.integer(
        "SELECT COUNT(*) FROM stats_load s JOIN load l ON l.id = s.load_id "
        "WHERE l.kind = 'circulation' AND s.key_id <> $1",
        key_id);
    if (others.value_or(0) > 0)
        events.warn("key_changed", {file},
                    msg("{} earlier files were loaded with another patron key: events that stand "
                        "in them too cannot be recognised",
                        *others));
}

}  // namespace

LoadReport load_circulation(store::Store& store, const Measures& measures, Input& input,
                            const CirculationOptions& options,
                            const std::optional<LoadedFile>& replaces, const std::string& now,
                            const LoadEvents& events) {
    CirculationCounter counter(measures, options);
    counter.read(input, events);

    LoadReport report;
    report.sha256 = input.sha256();
    report.rows_in = counter.rows_in();
    for (const auto& [code, n] : counter.rejects()) report.rejects += n;

    store::Transaction transaction(store);
    loads::take_turn(store);
    if (replaces) loads::take_back(store, "circulation", *replaces, report.sha256, now);
    const std::string file = loads::base_name(input.name());
    const store::Load load =
        store::begin_load(store, "circulation", "", file, report.sha256, "", now);
    if (load.is_repeat) {
        report.is_repeat = true;
        report.already_loaded = report.rows_in - report.rejects;
        return report;
    }
    warn_about_keys(store, counter.key_id(), input.name(), events);

    std::map<std::int64_t, std::int64_t> overlaps;
    const auto known = [&](std::int32_t day, std::span<const std::uint64_t> keys) {
        std::vector<StoredKeys> stored = stored_keys(store, text_of_day_number(day));
        std::vector<bool> is_known(stored.empty() ? 0 : keys.size(), false);
        for (auto& one : stored) {
            for (std::size_t i = 0; i < keys.size(); ++i) {
                while (one.at < one.keys.size() && one.keys[one.at] < keys[i]) ++one.at;
                if (one.at == one.keys.size()) break;
                if (one.keys[one.at] != keys[i]) continue;
                is_known[i] = true;
                ++overlaps[one.load_id];
            }
        }
        return is_known;
    };
    const auto fresh = [&](std::int32_t day, std::span<const std::uint64_t> keys) {
        const std::string packed = pack_keys(keys);
        store.execute(
            "INSERT INTO stats_event_keys (day, load_id, n, keys) VALUES ($1, $2, $3, $4)",
            text_of_day_number(day), load.id, keys.size(), store::Bytes{packed});
    };
    report.duplicates = counter.drop_duplicates(known, fresh);
    report.counted = report.rows_in - report.duplicates - report.rejects;

    loads::Facts facts;
    facts.origin = "circulation:" + report.sha256;
    facts.key_id = counter.key_id();
    facts.faults = counter.rejects();
    if (report.duplicates != 0) facts.faults["duplicate"] = report.duplicates;
    store::DailyCountWriter writer(store, facts.origin);
    counter.for_each_count([&writer, &facts](const store::DailyCount& count) {
        if (facts.first_day.empty()) facts.first_day = count.day;
        facts.last_day = count.day;
        writer.add(count);
    });
    writer.close();
    for (const auto& [earlier, n] : overlaps)
        store.execute("INSERT INTO stats_overlap (load_id, earlier_id, n) VALUES ($1, $2, $3)",
                      load.id, earlier, n);
    loads::record(store, load.id, report, facts);
    store::finish_load(store, load.id, report.rows_in, report.rejects);
    transaction.commit();
    return report;
}

}  // namespace tushu::stats
