// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "marc/format.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::marc {

/// Keys under which a record can be fetched: its 001, its 035$a (also without the prefix in
/// parentheses), its ISBNs in the form of thirteen digits. As typed by people: normalise a question
/// with the same function.
[[nodiscard]] std::vector<std::string> record_keys(const Record& record);
/// An identifier as people write it, in the form that record_keys() gives.
[[nodiscard]] std::vector<std::string> question_keys(std::string_view typed);

/// Writes where the records of a file stand, sorted by key, to `FILE.tushu-idx`.
///
/// Shape:  24 bytes a key; made in constant memory, with a scratch file beside the index.
/// Errors: Error{usage} for compressed files and streams, which cannot be read from the middle.
struct IndexReport {
    std::uint64_t records = 0, keys = 0, refused = 0;
};
IndexReport make_index(const std::string& file, const std::string& index,
                       const ReadOptions& options, bool may_replace);

/// Fetches records by key from a file that has an index. Reads nothing but the index's pages that a
/// binary search touches, and the records found.
///
/// Errors: Error{no_input} without an index, Error{bad_input} when the file is newer than its index
/// or another.
class IndexedFile {
  public:
    IndexedFile(std::string file, const std::string& index);
    ~IndexedFile();
    IndexedFile(const IndexedFile&) = delete;
    IndexedFile& operator=(const IndexedFile&) = delete;
    /// Calls `take` with the bytes of each record that has this key; returns how many there were.
    std::size_t get(std::string_view typed, const ReadOptions& options,
                    const std::function<void(const Record&, std::string_view raw)>& take);

    /// One key of an index: its hash, where the record stands and how many bytes it has.
    struct Entry {
        std::uint64_t key = 0, offset = 0;
        std::uint32_t size = 0, unused = 0;
    };

  private:
    [[nodiscard]] Entry entry(std::uint64_t number) const;
    std::string file_;
    int data_ = -1, index_ = -1;
    std::uint64_t count_ = 0;
    Format format_ = Format::iso2709;
};

}  // namespace tushu::marc
