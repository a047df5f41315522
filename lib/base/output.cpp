// SPDX-License-Identifier: Apache-2.0
#include "base/output.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace tushu {
namespace {

// Names of scratch files, in fixed storage so that a signal handler may unlink them.
constexpr std::size_t kSlots = 64, kPathLimit = 4096;
struct Slot {
    std::atomic<bool> is_used{false};
    std::array<char, kPathLimit> path{};
};
std::array<Slot, kSlots> scratch_slots;  // NOLINT: a signal handler can reach nothing but a global

void remember(const std::string& path) {
    for (auto& slot : scratch_slots) {
        if (path.size() < kPathLimit && slot.path[0] == '\0') {
            std::memcpy(slot.path.data(), path.c_str(), path.size() + 1);
            slot.is_used = true;
            return;
        }
    }
}

bool is_remembered(const std::string& path) {
    return std::any_of(scratch_slots.begin(), scratch_slots.end(), [&path](const Slot& slot) {
        return slot.is_used && path == slot.path.data();
    });
}

void forget(const std::string& path) {
    for (auto& slot : scratch_slots) {
        if (slot.is_used && path == slot.path.data()) {
            slot.is_used = false;
            slot.path[0] = '\0';
            return;
        }
    }
}

Error exists_already(const std::string& path) {
    return {
        Fault::usage, {path}, msg("the file exists already"), msg("give --force to replace it")};
}

void sync_folder(const std::string& path) {
    std::string folder = std::filesystem::path(path).parent_path().string();
    if (folder.empty()) folder = ".";
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;  // a folder we may write but not read: the rename itself has succeeded
    (void)::fsync(fd);
    ::close(fd);
}

}  // namespace

void remove_scratch_files() noexcept {
    for (auto& slot : scratch_slots)
        if (slot.is_used) ::unlink(slot.path.data());
}

Output::Output(std::string path, Replace replace)
    : path_(std::move(path)), buffer_(kCapacity, '\0') {
    if (path_ == "-") {
        path_ = "<stdout>";
        fd_ = STDOUT_FILENO;
        is_direct_ = true;
        return;
    }
    struct stat facts {};
    const bool exists = ::stat(path_.c_str(), &facts) == 0;
    if (exists && S_ISDIR(facts.st_mode)) throw system_error(Fault::io, path_, EISDIR);
    if (exists && !S_ISREG(facts.st_mode)) {
        fd_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
        if (fd_ < 0) throw system_error(Fault::io, path_, errno);
        is_direct_ = true;
        return;
    }
    if (exists && replace == Replace::no) throw exists_already(path_);
    // Through a symbolic link, the file it points to is replaced (or made) and not the link.
    std::error_code failed;
    if (std::filesystem::is_symlink(path_, failed)) {
        const auto behind = std::filesystem::weakly_canonical(path_, failed);
        if (failed) throw system_error(Fault::io, path_, failed.value());
        target_ = behind.string();
        if (!exists && std::filesystem::is_symlink(target_, failed)) {
            // weakly_canonical stops at a link to what is not there yet.
            target_ =
                (behind.parent_path() / std::filesystem::read_symlink(behind, failed)).string();
            if (std::filesystem::is_symlink(target_, failed))
                throw system_error(Fault::io, path_, ELOOP);
        }
    } else {
        target_ = path_;
    }
    is_new_ = replace == Replace::no;
    scratch_ = fmt::format("{}.tushu-{}", target_, ::getpid());
    if (is_remembered(scratch_))
        throw Error(Fault::usage, {path_}, msg("is named as two outputs at once"));
    fd_ = ::open(scratch_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd_ < 0) throw system_error(Fault::io, path_, errno);
    remember(scratch_);
    // What was private must not become readable by being written again.
    if (exists && ::fchmod(fd_, facts.st_mode & 07777U) != 0) {
        const int reason = errno;
        ::close(fd_);
        ::unlink(scratch_.c_str());
        forget(scratch_);
        throw system_error(Fault::io, path_, reason);
    }
}

Output::~Output() {
    if (fd_ < 0 || fd_ == STDOUT_FILENO) return;
    ::close(fd_);
    if (is_direct_) return;
    ::unlink(scratch_.c_str());
    forget(scratch_);
}

void Output::write_all(std::string_view bytes) {
    if (digest_) digest_->update(bytes);
    while (!bytes.empty()) {
        const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw system_error(Fault::io, path_, errno);
        bytes.remove_prefix(static_cast<std::size_t>(n));
        written_ += static_cast<std::uint64_t>(n);
    }
}

void Output::flush() {
    const std::size_t pending = used_;
    used_ = 0;
    write_all({buffer_.data(), pending});
}

void Output::write_through(std::string_view bytes) {
    flush();
    if (bytes.size() >= kCapacity) {
        write_all(bytes);
        return;
    }
    bytes.copy(buffer_.data(), bytes.size());
    used_ = bytes.size();
}

void Output::close() {
    if (fd_ < 0) return;
    flush();
    if (fd_ == STDOUT_FILENO) {
        fd_ = -1;
        return;
    }
    const int fd = fd_;
    if (!is_direct_ && ::fsync(fd) != 0) throw system_error(Fault::io, path_, errno);
    fd_ = -1;
    if (::close(fd) != 0) {
        const int reason = errno;
        if (!is_direct_) {
            ::unlink(scratch_.c_str());
            forget(scratch_);
        }
        throw system_error(Fault::io, path_, reason);
    }
    if (is_direct_) return;
    // Without leave to replace, a file that came meanwhile is kept. Old file systems cannot do
    // this.
    int status = ::renameat2(AT_FDCWD, scratch_.c_str(), AT_FDCWD, target_.c_str(),
                             is_new_ ? RENAME_NOREPLACE : 0U);
    if (status != 0 && is_new_ && (errno == EINVAL || errno == ENOSYS))
        status = ::rename(scratch_.c_str(), target_.c_str());
    if (status != 0) {
        const int reason = errno;
        ::unlink(scratch_.c_str());
        forget(scratch_);
        if (reason == EEXIST) throw exists_already(path_);
        throw system_error(Fault::io, path_, reason);
    }
    forget(scratch_);
    sync_folder(target_);
}

std::optional<std::string> Output::sha256() {
    if (!digest_) return std::nullopt;
    if (used_ != 0) flush();
    return digest_->hex();
}

void save_file(const std::string& path, std::string_view bytes) {
    Output out(path, Output::Replace::yes);
    out.write(bytes);
    out.close();
}

}  // namespace tushu
