// SPDX-License-Identifier: Apache-2.0
#include "catalog/export.hpp"

#include "base/csv.hpp"
#include "base/input.hpp"
#include "catalog/pack.hpp"

#include <array>

namespace tushu::catalog {
namespace {

constexpr std::size_t kBlock = 1U << 20U;

/// Turns blocks of stored records into the wanted format.
class BibWriter {
  public:
    BibWriter(marc::Format format, Output& out,
              const std::function<void(std::string_view, const Error&, std::string_view,
                                       std::string_view)>& reject)
        : format_(format), out_(out), reject_(reject) {
        marc::WriteOptions options;
        options.format = format;
        writer_ = marc::make_writer(options);
        writer_->begin(bytes_);
    }
    void add(std::string_view plain) {
        if (is_json(plain) != block_is_json_ || block_.size() > kBlock) flush();
        block_is_json_ = is_json(plain);
        block_.append(plain);
        ++counts_.records_in;
    }
    [[nodiscard]] ExportCounts close() {
        flush();
        writer_->end(bytes_, counts_.records_out == 0);
        out_.write(bytes_.view());
        return counts_;
    }

  private:
    void flush() {
        if (block_.empty()) return;
        if (format_ == marc::Format::iso2709 && !block_is_json_) {
            // Stored as they are to be written.
            for (const char c : block_)
                if (c == marc::kRecordEnd) ++counts_.records_out;
            out_.write(block_);
            block_.clear();
            return;
        }
        const auto input = Input::from_memory(std::move(block_), "<store>");
        block_.clear();
        const auto records = open_plain(*input, block_is_json_);
        while (const marc::Record* record = records->next()) {
            try {
                writer_->write(bytes_, *record, counts_.records_out == 0);
                ++counts_.records_out;
            } catch (const Error& e) {
                if (e.fault() != Fault::bad_input) throw;
                ++counts_.rejects;
                reject_("oversize", e, records->note().raw, record->control_number());
            }
            if (bytes_.size() > kBlock) write_out();
        }
        write_out();
    }
    void write_out() {
        out_.write(bytes_.view());
        bytes_.clear();
    }

    marc::Format format_;
    Output& out_;
    const std::function<void(std::string_view, const Error&, std::string_view, std::string_view)>&
        reject_;
    std::unique_ptr<marc::RecordWriter> writer_;
    marc::Bytes bytes_;
    std::string block_;
    bool block_is_json_ = false;
    ExportCounts counts_;
};

}  // namespace

ExportCounts export_bibs(store::Store& store, std::string_view source, marc::Format format,
                         Output& out,
                         const std::function<void(std::string_view, const Error&, std::string_view,
                                                  std::string_view)>& reject,
                         const std::function<void(std::uint64_t)>& tick) {
    BibWriter writer(format, out, reject);
    Unpacker unpacker;
    std::uint64_t n = 0;
    store::Rows rows = store.query(
        "SELECT record FROM bib WHERE state = 'live' AND ($1 = '' OR source = $1) ORDER BY "
        "control_number, source",
        source);
    while (rows.next()) {
        writer.add(unpacker.unpack(rows.bytes(0)));
        tick(++n);
    }
    return writer.close();
}

ExportCounts export_items(store::Store& store, std::string_view source, Output& out) {
    CsvWriter csv(out, {.neutralise = false});
    csv.row({"barcode", "bib", "location", "call_number", "scheme", "status", "volume", "copy",
             "title", "source"});
    ExportCounts counts;
    store::Rows rows = store.query(
        "SELECT i.barcode, i.bib, i.location, i.call_number, i.scheme, i.status_class, i.volume, "
        "i.copy, "
        "coalesce((SELECT b.title FROM bib b WHERE b.control_number = i.bib AND b.source = "
        "i.source), "
        "(SELECT min(o.title) FROM bib o WHERE o.control_number = i.bib HAVING count(*) = 1), ''), "
        "i.source "
        "FROM item i WHERE i.state = 'live' AND ($1 = '' OR i.source = $1) ORDER BY i.location, "
        "i.barcode, i.source",
        source);
    std::array<std::string_view, 10> cells;
    while (rows.next()) {
        for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = rows.text(static_cast<int>(i));
        csv.row(cells);
        ++counts.records_in;
        ++counts.records_out;
    }
    return counts;
}

}  // namespace tushu::catalog
