// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/hash.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tushu {

/// A file that appears whole or not at all, or standard output for "-".
///
/// Shape:  bytes go to a scratch name in the same folder; close() flushes, fsyncs, renames and
/// fsyncs
///         the folder. Without close() (an error, Ctrl-C) the scratch file is removed and an older
///         file of that name stays as it was. Devices and pipes (/dev/full, /dev/stdout, a FIFO)
///         are written directly.
///         A replaced file keeps its mode; a symbolic link stays one.
/// Errors: Error{usage} when the file exists and `replace` is no (also when it came meanwhile);
/// Error{io} with the system's reason
///         from write() or close(): a full disk is never silent.
class Output {
  public:
    enum class Replace { no, yes };
    Output(std::string path, Replace replace);
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    void write(std::string_view bytes) {
        if (bytes.size() <= kCapacity - used_) {
            bytes.copy(buffer_.data() + used_, bytes.size());
            used_ += bytes.size();
            return;
        }
        write_through(bytes);
    }
    void write(char byte) { write(std::string_view(&byte, 1)); }
    /// Gives back the descriptor and the buffer until the next write: for one of very many outputs.
    /// Nothing for standard output, devices and pipes. Errors: Error{io}.
    void rest();
    /// Hands buffered bytes to the system (interactive output); close() does it too.
    void flush();
    /// Makes the file appear. Errors: Error{io}.
    void close();
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::uint64_t bytes() const { return written_ + (is_resting_ ? 0 : used_); }
    /// SHA-256 of all that was written; asked for before the first write with keep_digest().
    void keep_digest() { digest_.emplace(); }
    [[nodiscard]] std::optional<std::string> sha256();

  private:
    static constexpr std::size_t kCapacity = 1U << 18U;
    void write_through(std::string_view bytes);
    void wake();
    void write_all(std::string_view bytes);
    std::string path_;
    std::string target_;  // path_, or what it links to
    std::string scratch_;
    int fd_ = -1;
    bool is_direct_ = false, is_new_ = false;
    std::string buffer_;
    std::size_t used_ = 0;  // all of kCapacity while resting, so that a write goes the long way
    bool is_resting_ = false;
    std::uint64_t written_ = 0;
    std::optional<Sha256> digest_;
};

/// Writes a whole small file atomically, replacing an older one.
void save_file(const std::string& path, std::string_view bytes);

/// Removes scratch files of this process: for the Ctrl-C handler, so async-signal-safe.
void remove_scratch_files() noexcept;

}  // namespace tushu
