// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "marc/record.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace tushu::catalog {

/// Makes the bytes of bib.record: ISO 2709 in UTF-8, or MARC-in-JSON for a record beyond its
/// limits; in a zstd frame when that is smaller. The first byte tells them apart: a digit, '{', or
/// 0x28.
class Packer {
  public:
    Packer();
    ~Packer();
    [[nodiscard]] std::string pack(const marc::Record& record);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Undoes Packer's compression. Errors: Error{io} when the stored bytes are damaged.
class Unpacker {
  public:
    Unpacker();
    ~Unpacker();
    /// The record's ISO 2709 or JSON bytes; valid until the next call.
    [[nodiscard]] std::string_view unpack(std::string_view stored);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

[[nodiscard]] inline bool is_json(std::string_view plain) { return plain.starts_with('{'); }
/// Reads unpacked records of one kind, one behind the other.
[[nodiscard]] std::unique_ptr<marc::RecordSource> open_plain(Input& input, bool is_json);

}  // namespace tushu::catalog
