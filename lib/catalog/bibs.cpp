// SPDX-License-Identifier: Apache-2.0
#include "catalog/bibs.hpp"

#include "catalog/extract.hpp"
#include "catalog/pack.hpp"
#include "marc/record.hpp"

#include <array>

namespace tushu::catalog {
namespace {

constexpr std::size_t kBatchRows = 256;
constexpr std::size_t kBatchBytes = 8U << 20U;

constexpr std::array<std::string_view, 8> kColumns{"dialect",  "title",    "author",  "isbn",
                                                   "language", "material", "entered", "record"};
const Keyed kBibs{"bibs", "bib", "control_number", kColumns, true, Keyed::Repeat::later_wins};

class BibReader {
  public:
    BibReader(KeyedLoad& load, const LoadEvents& events) : load_(load), events_(events) {}

    void read(const std::string& path) {
        const std::unique_ptr<Input> input = events_.open(path);
        load_.begin_file(input->name(), "");
        counts_ = {};
        const std::unique_ptr<marc::RecordSource> records = marc::open_records(*input);
        std::uint64_t last_bad = 0;
        for (;;) {
            const marc::Record* record = nullptr;
            try {
                record = records->next();
                if (record == nullptr) break;
            } catch (const Error& e) {
                // Damage below the records (a cut gzip file) has no record to refuse.
                const marc::SourceNote& note = records->note();
                if (e.fault() != Fault::bad_input || note.record == last_bad) throw;
                last_bad = note.record;
                ++counts_.records_in;
                refuse(note.reject_code.empty() ? "bad_record" : note.reject_code, e, note.raw, {});
                continue;
            }
            ++counts_.records_in;
            add(*record, records->note(), input->name());
            events_.tick(*input, static_cast<std::uint64_t>(counts_.records_in));
        }
        flush();
        load_.end_file(input->sha256(), counts_);
        events_.read(*input);
    }

  private:
    void refuse(std::string_view code, const Error& error, std::string_view raw,
                std::string_view key) {
        ++counts_.rejects;
        ++counts_.faults[std::string(code)];
        events_.reject(code, error, raw, key);
    }

    void add(const marc::Record& record, const marc::SourceNote& note, const std::string& file) {
        const Where where{file, note.record, note.offset};
        BibFacts facts = facts_of(record);
        if (!facts.is_bib) {
            refuse("not_bib",
                   Error(Fault::bad_input, where,
                         msg("Leader/06 is \"{}\": not a bibliographic record",
                             record.leader().substr(6, 1))),
                   note.raw, facts.control_number);
            return;
        }
        if (facts.control_number.empty()) {
            refuse("no_control_number",
                   Error(Fault::bad_input, where, msg("the record has neither 001 nor 035 $a")),
                   note.raw, {});
            return;
        }
        if (facts.control_number.size() > kMostKeyBytes) {
            refuse("bad_control_number",
                   Error(Fault::bad_input, where,
                         msg("the control number has {} bytes, {} are allowed",
                             facts.control_number.size(), kMostKeyBytes)),
                   note.raw, facts.control_number.substr(0, 40));
            return;
        }
        if (facts.control_number.starts_with("035:")) {
            ++counts_.faults["no_001"];
            events_.warn("no_001", where, msg("no 001: kept under \"{}\"", facts.control_number));
        }
        Incoming row;
        row.key = std::move(facts.control_number);
        row.hash = content_hash(record);
        row.is_deleted = facts.is_deleted;
        row.cells = {std::string(name_of(facts.dialect)),
                     std::move(facts.title),
                     std::move(facts.author),
                     std::move(facts.isbn),
                     std::move(facts.language),
                     std::move(facts.material),
                     std::move(facts.entered),
                     packer_.pack(record)};
        bytes_ += row.cells.back().size();
        batch_.push_back(std::move(row));
        if (batch_.size() == kBatchRows || bytes_ > kBatchBytes) flush();
    }

    void flush() {
        (void)load_.take(batch_);
        batch_.clear();
        bytes_ = 0;
    }

    KeyedLoad& load_;
    const LoadEvents& events_;
    Packer packer_;
    LoadCounts counts_;
    std::vector<Incoming> batch_;
    std::size_t bytes_ = 0;
};

/// What the table says was entered on which day. Records deleted since then were entered all the
/// same.
void count_days(store::Store& store, const std::string& source) {
    std::vector<store::DailyCount> counts;
    {
        store::Rows rows = store.query(
            "SELECT entered, language, material, count(*) FROM bib WHERE source = $1 AND entered "
            "<> '' "
            "GROUP BY entered, language, material ORDER BY entered, language, material",
            source);
        while (rows.next())
            counts.push_back({"bibs_created", std::string(rows.text(0)), "",
                              std::string(rows.text(1)) + "/" + std::string(rows.text(2)),
                              rows.integer(3)});
    }
    store::replace_daily_counts(store, "catalog:" + source, counts);
}

}  // namespace

std::vector<FileLoad> load_bibs(store::Store& store, const std::vector<std::string>& files,
                                const LoadOptions& options, const LoadEvents& events) {
    return load_each(store, kBibs.kind, files, options, "",
                     [&](std::span<const std::string> some, bool is_rehearsal) {
                         store::Transaction transaction(store);
                         KeyedLoad load(store, kBibs, options);
                         BibReader reader(load, events);
                         for (const std::string& file : some) reader.read(file);
                         std::vector<LoadCounts> counts = load.finish();
                         if (is_rehearsal) return counts;
                         if (load.has_changed()) count_days(store, options.source);
                         transaction.commit();
                         return counts;
                     });
}

}  // namespace tushu::catalog
