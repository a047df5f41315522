// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/summary.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace tushu {

/// Where refused records go: their bytes unchanged to FILE, one line each to FILE.reasons.csv
/// (code, file, record, line, byte, key, message in English). Counts every reject in the summary,
/// with or without a file.
///
/// Errors: Error{io} from add() and close(). close() makes both files appear; both are written,
/// empty,
///         when nothing was refused, so that an old reject file is never mistaken for today's.
class RejectSink {
  public:
    /// `path` empty: count only.
    RejectSink(const std::string& path, Summary& summary);
    ~RejectSink();
    /// `key` is the 001, barcode or row key where one is known. Never patron data.
    void add(std::string_view code, const Error& error, std::string_view raw,
             std::string_view key = {});
    [[nodiscard]] std::int64_t count() const { return count_; }
    void close();

  private:
    Summary& summary_;
    std::unique_ptr<Output> records_, reasons_;
    std::unique_ptr<CsvWriter> csv_;
    std::int64_t count_ = 0;
    bool is_line_open_ = false;  // the last record was a line without its line end
};

}  // namespace tushu
