// SPDX-License-Identifier: Apache-2.0
#include "catalog/items.hpp"

#include "base/csv.hpp"
#include "base/date.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <array>
#include <unordered_map>

namespace tushu::catalog {
namespace {

constexpr std::size_t kBatchRows = 256;

constexpr std::array<std::string_view, 9> kColumns{"bib",    "location", "call_number",
                                                   "scheme", "status",   "status_class",
                                                   "volume", "copy",     "updated"};
const Keyed kItems{"items", "item", "barcode", kColumns, false, Keyed::Repeat::first_wins};
constexpr std::size_t kBib = 0;  // index into kColumns

std::string clean(std::string_view cell) { return std::string(trim(nfkc(cell))); }

/// Scanners and typists differ in width, case and blanks; the store holds one form (lib/inventory
/// compares it).
std::string clean_barcode(std::string_view cell) {
    std::string out;
    for (const char c : nfkc(cell)) {
        if (static_cast<unsigned char>(c) > 0x20 && c != 0x7F)
            out += c;
        else if (c == ' ' && !out.empty() && out.back() != ' ')
            out += ' ';
    }
    if (out.ends_with(' ')) out.pop_back();
    return ascii_upper(out);
}

class ItemReader {
  public:
    ItemReader(store::Store& store, KeyedLoad& load, const ItemProfile& profile,
               const LoadOptions& options, const LoadEvents& events)
        : store_(store), load_(load), profile_(profile), options_(options), events_(events) {}

    void read(const std::string& path) {
        const std::unique_ptr<Input> input = events_.open(path);
        load_.begin_file(input->name(), profile_.sha256);
        counts_ = {};
        CsvReader csv(*input);
        const ItemProfile::Columns& names = profile_.columns;
        const auto index = [&csv](const std::string& name) {
            return name.empty() || csv.header().empty() ? kAbsent : csv.required(name);
        };
        barcode_ = index(names.barcode);
        bib_ = index(names.bib);
        location_ = index(names.location);
        call_number_ = index(names.call_number);
        scheme_ = index(names.scheme);
        status_ = index(names.status);
        volume_ = index(names.volume);
        copy_ = index(names.copy);
        updated_ = index(names.updated);
        for (;;) {
            try {
                const auto row = csv.next();
                if (!row) break;
                ++counts_.records_in;
                add(*row, csv, input->name());
            } catch (const Error& e) {
                // An Error of the CSV reader that names a line is about one row.
                if (e.fault() != Fault::bad_input || e.where().line != csv.line() || is_fatal_)
                    throw;
                ++counts_.records_in;
                refuse("bad_row", e, csv.raw(), {});
            }
            events_.tick(*input, static_cast<std::uint64_t>(counts_.records_in));
        }
        flush();
        load_.end_file(input->sha256(), counts_);
        events_.read(*input);
    }

  private:
    static constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);

    void refuse(std::string_view code, const Error& error, std::string_view raw,
                std::string_view key) {
        ++counts_.rejects;
        ++counts_.faults[std::string(code)];
        events_.reject(code, error, raw, key);
    }
    void warn(std::string_view code, const Where& where, const Message& message) {
        ++counts_.faults[std::string(code)];
        events_.warn(code, where, message);
    }

    void add(std::span<const std::string_view> cells, const CsvReader& csv,
             const std::string& file) {
        Where where{file};
        where.line = csv.line();
        where.byte = csv.offset();
        if (cells.size() != csv.header().size()) {
            refuse("bad_row",
                   Error(Fault::bad_input, where,
                         msg("the row has {} cells, the header has {}", cells.size(),
                             csv.header().size())),
                   csv.raw(), {});
            return;
        }
        const auto cell = [&cells](std::size_t at) {
            return at == kAbsent ? std::string_view() : cells[at];
        };
        Incoming row;
        row.key = clean_barcode(cell(barcode_));
        if (row.key.empty()) {
            refuse("no_barcode", Error(Fault::bad_input, where, msg("the item has no barcode")),
                   csv.raw(), {});
            return;
        }
        for (const std::size_t at : {barcode_, bib_, location_}) {
            if (cell(at).size() <= kMostKeyBytes) continue;
            refuse("bad_row",
                   Error(Fault::bad_input, where,
                         msg("\"{}\" has {} bytes, {} are allowed", csv.header()[at],
                             cell(at).size(), kMostKeyBytes)),
                   csv.raw(), {});
            return;
        }
        const std::string status(trim(cell(status_)));
        std::string_view status_class = "unknown";
        if (status_ != kAbsent) {
            if (const auto found = profile_.class_of(status)) {
                status_class = *found;
            } else {
                is_fatal_ = profile_.stops_at_unknown_status;
                if (is_fatal_)
                    throw Error(
                        Fault::bad_input, where,
                        msg("the status \"{}\" is not in the item profile", printable(status)),
                        msg("say what it means under \"status\" in {}, or set \"unknown_status: "
                            "warn\" there",
                            profile_.file));
                warn("unknown_status", where,
                     msg("the status \"{}\" is not in the item profile: taken as unknown",
                         printable(status)));
            }
        }
        const std::string updated = clean(cell(updated_));
        const auto day = parse_day(updated);
        row.cells = {clean(cell(bib_)),
                     clean(cell(location_)),
                     std::string(trim(cell(call_number_))),
                     ascii_lower(clean(cell(scheme_))),
                     status,
                     std::string(status_class),
                     clean(cell(volume_)),
                     clean(cell(copy_)),
                     day ? text_of(*day) : updated};
        std::string all;
        for (const std::string& text : row.cells) all.append(text).append("\x1E");
        row.hash = sha256_hex(all).substr(0, 32);
        row.where = where;
        row.raw = csv.raw();
        batch_.push_back(std::move(row));
        if (batch_.size() == kBatchRows) flush();
    }

    void flush() {
        const std::vector<Outcome> outcomes = load_.take(batch_);
        std::vector<const Incoming*> kept;
        for (std::size_t i = 0; i < batch_.size(); ++i) {
            const Incoming& row = batch_[i];
            if (outcomes[i] == Outcome::fresh) {
                kept.push_back(&row);
                continue;
            }
            refuse("duplicate_barcode",
                   Error(Fault::bad_input, row.where,
                         msg("the barcode \"{}\" stood in an earlier row", printable(row.key))),
                   row.raw, row.key);
        }
        if (bib_ != kAbsent) check_bibs(kept);
        batch_.clear();
    }

    void check_bibs(const std::vector<const Incoming*>& rows) {
        struct Holders {
            bool has_own = false;
            int others = 0;
        };
        std::unordered_map<std::string, Holders> found;
        std::vector<store::Param> params;
        std::string values;
        for (const Incoming* row : rows) {
            const std::string& bib = row->cells[kBib];
            if (bib.empty() || !found.try_emplace(bib).second) continue;
            params.push_back(store::param(bib));
            values += fmt::format("{}(${})", params.size() == 1 ? "" : ", ", params.size());
        }
        if (!params.empty()) {
            store::Rows answer = store_.query_params(
                fmt::format(
                    "SELECT b.control_number, b.source FROM (VALUES {}) AS v CROSS JOIN bib b "
                    "WHERE b.control_number = v.column1",
                    values),
                params);
            while (answer.next()) {
                Holders& holders = found[std::string(answer.text(0))];
                if (answer.text(1) == options_.source)
                    holders.has_own = true;
                else
                    ++holders.others;
            }
        }
        for (const Incoming* row : rows) {
            const std::string& bib = row->cells[kBib];
            const Holders holders = bib.empty() ? Holders{} : found[bib];
            if (holders.has_own || holders.others == 1) continue;
            if (bib.empty())
                warn("unknown_bib", row->where,
                     msg("item \"{}\" names no bibliographic record", printable(row->key)));
            else if (holders.others == 0)
                warn("unknown_bib", row->where,
                     msg("item \"{}\": there is no bibliographic record \"{}\"",
                         printable(row->key), printable(bib)));
            else
                warn("ambiguous_bib", row->where,
                     msg("item \"{}\": {} other sources have a bibliographic record \"{}\"",
                         printable(row->key), holders.others, printable(bib)));
        }
    }

    store::Store& store_;
    KeyedLoad& load_;
    const ItemProfile& profile_;
    const LoadOptions& options_;
    const LoadEvents& events_;
    LoadCounts counts_;
    std::vector<Incoming> batch_;
    bool is_fatal_ = false;
    std::size_t barcode_ = kAbsent, bib_ = kAbsent, location_ = kAbsent, call_number_ = kAbsent,
                scheme_ = kAbsent, status_ = kAbsent, volume_ = kAbsent, copy_ = kAbsent,
                updated_ = kAbsent;
};

}  // namespace

std::vector<FileLoad> load_items(store::Store& store, const std::vector<std::string>& files,
                                 const ItemProfile& profile, const LoadOptions& options,
                                 const LoadEvents& events) {
    return load_each(store, kItems.kind, files, options, profile.sha256,
                     [&](std::span<const std::string> some, bool is_rehearsal) {
                         store::Transaction transaction(store);
                         KeyedLoad load(store, kItems, options);
                         ItemReader reader(store, load, profile, options, events);
                         for (const std::string& file : some) reader.read(file);
                         std::vector<LoadCounts> counts = load.finish();
                         if (!is_rehearsal) transaction.commit();
                         return counts;
                     });
}

}  // namespace tushu::catalog
