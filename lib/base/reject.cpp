// SPDX-License-Identifier: Apache-2.0
#include "base/reject.hpp"

namespace tushu {

RejectSink::RejectSink(const std::string& path, Summary& summary) : summary_(summary) {
    if (path.empty()) return;
    // Yesterday's rejects are yesterday's: the file is always replaced.
    records_ = std::make_unique<Output>(path, Output::Replace::yes);
    reasons_ = std::make_unique<Output>(path + ".reasons.csv", Output::Replace::yes);
    csv_ = std::make_unique<CsvWriter>(*reasons_);
    csv_->row({"code", "file", "record", "line", "byte", "key", "message"});
}

RejectSink::~RejectSink() = default;

void RejectSink::add(std::string_view code, const Error& error, std::string_view raw,
                     std::string_view key) {
    ++count_;
    summary_.reject(std::string(code));
    if (!records_) return;
    const Where& where = error.where();
    // A file's last line may lack its line end; the next file's line must not run into it.
    if (is_line_open_ && where.line != 0) records_->write("\n");
    is_line_open_ = where.line != 0 && !raw.empty() && raw.back() != '\n';
    records_->write(raw);
    const auto number = [](std::uint64_t n) { return n == 0 ? std::string() : std::to_string(n); };
    csv_->row({code, where.file, number(where.record), number(where.line),
               std::to_string(where.byte), key, error.message().text(Lang::en)});
}

void RejectSink::close() {
    if (!records_) return;
    records_->close();
    reasons_->close();
}

}  // namespace tushu
