// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "marc/format.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tushu::marc {

/// A record that was refused, with its bytes as they stood.
struct Rejected {
    std::string code;
    Error error;
    std::string raw;
    std::string key;  // its 001, where it could be read
};

/// One repaired thing of one record: a line of a --repairs file.
struct RepairLine {
    std::uint64_t record = 0, offset = 0;
    std::string key, code, detail;
};

/// One thing that was done to a record on the way out.
struct WriteLine {
    std::uint64_t record = 0, offset = 0;
    std::string key;
    WriteNote note;
};

inline constexpr std::size_t kCharsets = 11;  // of enum Charset
/// How many records declared which character set (last row: none) and were believed to be in which.
using CharsetCounts = std::array<std::array<std::uint64_t, kCharsets>, kCharsets + 1>;

/// What became of some hundred records in a row.
struct Batch {
    Bytes bytes;
    std::uint64_t in = 0, out = 0, dropped = 0;
    std::uint64_t done = 0;  // bytes of the input used so far, for progress
    std::vector<Rejected> rejects;
    std::vector<RepairLine> repairs;
    std::vector<WriteLine> notes;
    std::uint64_t replaced = 0, split_off = 0, placed = 0;  // as RecordWriter counts them
    std::uint64_t numbered = 0;  // records whose system number is not their 001
    CharsetCounts charsets{};
};

/// What is done with each record. One per thread, so it may keep state that no result depends on.
class RecordStep {
  public:
    virtual ~RecordStep() = default;
    /// Is this record, of which only the fields of ReadOptions::only_tags have been looked at, to
    /// be read whole before it is processed?
    [[nodiscard]] virtual bool wants_whole(const Record& /*some*/) { return false; }
    /// Appends what is to be written; false when the record is dropped on purpose. An
    /// Error{bad_input} makes the record a reject.
    virtual bool process(const Record& record, const SourceNote& note, Bytes& out) = 0;
    /// The writer, whose accounts are part of the batch's.
    [[nodiscard]] virtual RecordWriter* writer() { return nullptr; }
    /// What was done to, or could not be done to, the last record.
    [[nodiscard]] virtual std::vector<WriteNote> take_notes() {
        return writer() != nullptr ? writer()->take_notes() : std::vector<WriteNote>();
    }
};

struct StreamOptions {
    ReadOptions read;
    unsigned threads = 1;
    std::uint64_t number_base = 0;          // records in the files before
    std::uint64_t skip = 0;                 // records to pass over unread
    std::optional<std::uint64_t> limit;     // records to read
    std::optional<std::uint64_t> most_out;  // stop when the step has taken so many; on one thread
    bool wants_repairs = false;
};

/// Sends all records of an input through a step, on one or more threads; batches come back in the
/// order of the file and with the same bytes whatever the number of threads. Returns the number of
/// frames that were passed over.
///
/// Errors: what `take` throws, and Error{io} from the input.
std::uint64_t run_stream(Input& input, const StreamOptions& options,
                         const std::function<std::unique_ptr<RecordStep>()>& make_step,
                         const std::function<void(Batch&)>& take);

}  // namespace tushu::marc
