// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/hash.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tushu {

/// Bytes of a file, pipe or "-" (standard input), uncompressed on the way.
///
/// Shape:  .gz, .zst and .xz are recognised by their first bytes, whatever the name; concatenated
///         members are read through to the end.
/// Units:  window() is a view of unread bytes; offset() is the uncompressed offset of its first
/// byte. Errors: Error{no_input} when the file is missing, a folder or unreadable; Error{io} when
/// reading
///         fails; Error{bad_input} when compressed data is damaged or cut short.
///
/// Readers look at window(), call more() when it holds too little, and consume() what they have
/// used. Views are valid until the next more() or consume().
class Input {
  public:
    /// Keep a SHA-256 of the bytes as they stand on disk (costs a pass; only summaries want it).
    enum class Digest { none, sha256 };
    static std::unique_ptr<Input> open(const std::string& path, Digest digest = Digest::none);
    /// Bytes that are already in memory, under a name for messages.
    static std::unique_ptr<Input> from_memory(std::string bytes, std::string name);
    ~Input();
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;

    [[nodiscard]] std::string_view window() const { return {data_ + begin_, end_ - begin_}; }
    /// Adds at least one byte to the window (growing it when full); false at the end of the input.
    [[nodiscard]] bool more();
    /// Ensures the window holds `count` bytes; false when the input ends before that.
    [[nodiscard]] bool have(std::size_t count) {
        while (end_ - begin_ < count)
            if (!more()) return false;
        return true;
    }
    void consume(std::size_t count) {
        begin_ += count;
        offset_ += count;
    }
    /// Keeps views into the block of bytes behind window() valid until what is returned is gone,
    /// whatever is read meanwhile: for handing them to another thread without a copy. Let go of it
    /// on the thread that reads.
    [[nodiscard]] std::shared_ptr<const void> hold() const { return block_; }
    /// Is this a view into that block, and not into something that a reader made of it?
    [[nodiscard]] bool is_in_block(std::string_view view) const {
        return std::less_equal<>()(block_->data(), view.data()) &&
               std::less_equal<>()(view.data() + view.size(), block_->data() + block_->size());
    }
    /// Which block it is: changes when views into the last one would be no longer valid.
    [[nodiscard]] std::uint64_t block_number() const { return block_number_; }
    [[nodiscard]] std::uint64_t offset() const { return offset_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    /// Bytes read from disk so far, and the size on disk where it is known (files): for progress.
    [[nodiscard]] std::uint64_t raw_bytes() const { return raw_bytes_; }
    [[nodiscard]] std::optional<std::uint64_t> raw_size() const { return raw_size_; }
    /// Turns UTF-16 into UTF-8 from here on: window() and offset() then speak of the converted
    /// text. A unit that is no character becomes U+FFFD. False, and nothing done, unless the input
    /// begins with a byte order mark of UTF-16 (which is dropped) or, being XML, with "<" in
    /// UTF-16.
    bool convert_utf16();
    /// SHA-256 of all bytes on disk; reads what is left first. Only with Digest::sha256.
    [[nodiscard]] std::string sha256();

  private:
    Input(std::string name, int fd, Digest digest);
    [[nodiscard]] std::size_t read_raw(char* to, std::size_t size);
    [[nodiscard]] bool more_of_utf16();
    struct Decoder;
    std::string name_;
    int fd_ = -1;
    using Block = std::vector<char>;
    void use(std::shared_ptr<Block> block);
    void make_room();
    std::shared_ptr<Block> block_;                // shared with those who hold() it
    std::vector<std::shared_ptr<Block>> blocks_;  // all of the usual size, to be used again
    char* data_ = nullptr;
    std::uint64_t block_number_ = 0;
    std::size_t begin_ = 0, end_ = 0;
    std::uint64_t offset_ = 0, raw_bytes_ = 0;
    std::optional<std::uint64_t> raw_size_;
    std::optional<Sha256> digest_;
    std::unique_ptr<Decoder> decoder_;
    std::unique_ptr<Input> utf16_;  // what is converted, when something is
    bool is_big_endian_ = false;
    std::string converted_;  // from UTF-16, of which converted_used_ bytes are in the window
    std::size_t converted_used_ = 0;
    bool at_end_ = false;
};

/// A whole small file (configuration, definitions). Errors: as Input, and Error{bad_input} above
/// `limit`.
[[nodiscard]] std::string load_file(const std::string& path, std::size_t limit = 16U << 20U);

}  // namespace tushu
