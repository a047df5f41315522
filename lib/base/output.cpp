// SPDX-License-Identifier: Apache-2.0
#include "base/output.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <mutex>

namespace tushu {
namespace {

// Names of scratch files, in a list that only grows, so that a signal handler may walk along it and
// unlink them. A slot's name changes only while it is not used.
struct Slot {
    std::atomic<bool> is_used{false};
    std::string path;
    Slot* next = nullptr;
};
std::atomic<Slot*> scratch_slots{nullptr};  // NOLINT: a handler can reach nothing but a global
std::mutex scratch_mutex;                   // NOLINT: its lock, which the handler does without

void remember(const std::string& path) {
    const std::lock_guard lock(scratch_mutex);
    Slot* slot = scratch_slots;
    while (slot != nullptr && slot->is_used) slot = slot->next;
    if (slot == nullptr) {
        slot = new Slot;  // NOLINT: lives as long as the process, for the handler
        slot->next = scratch_slots;
        slot->path = path;
        slot->is_used = true;
        scratch_slots = slot;
        return;
    }
    slot->path = path;
    slot->is_used = true;
}

Slot* slot_of(const std::string& path) {
    const std::lock_guard lock(scratch_mutex);
    for (Slot* slot = scratch_slots; slot != nullptr; slot = slot->next)
        if (slot->is_used && slot->path == path) return slot;
    return nullptr;
}

bool is_remembered(const std::string& path) { return slot_of(path) != nullptr; }

void forget(const std::string& path) {
    Slot* const slot = slot_of(path);
    if (slot != nullptr) slot->is_used = false;
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
    for (const Slot* slot = scratch_slots; slot != nullptr; slot = slot->next)
        if (slot->is_used) ::unlink(slot->path.c_str());
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
    remember(scratch_);  // first: Ctrl-C may come as soon as the file is there
    fd_ = ::open(scratch_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd_ < 0) {
        const int reason = errno;
        forget(scratch_);
        throw system_error(Fault::io, path_, reason);
    }
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
    if (fd_ == STDOUT_FILENO || (fd_ < 0 && !is_resting_)) return;
    if (fd_ >= 0) ::close(fd_);
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

void Output::rest() {
    if (is_direct_ || is_resting_ || fd_ < 0) return;
    flush();
    const int fd = fd_;
    fd_ = -1;
    is_resting_ = true;
    used_ = kCapacity;
    std::string().swap(buffer_);
    if (::close(fd) != 0) throw system_error(Fault::io, path_, errno);
}

void Output::wake() {
    fd_ = ::open(scratch_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd_ < 0) throw system_error(Fault::io, path_, errno);
    buffer_.resize(kCapacity);
    used_ = 0;
    is_resting_ = false;
}

void Output::flush() {
    if (is_resting_) return;
    const std::size_t pending = used_;
    used_ = 0;
    write_all({buffer_.data(), pending});
}

void Output::write_through(std::string_view bytes) {
    if (is_resting_) wake();
    flush();
    if (bytes.size() >= kCapacity) {
        write_all(bytes);
        return;
    }
    bytes.copy(buffer_.data(), bytes.size());
    used_ = bytes.size();
}

void Output::close() {
    if (is_resting_) wake();
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
    flush();
    return digest_->hex();
}

void save_file(const std::string& path, std::string_view bytes) {
    Output out(path, Output::Replace::yes);
    out.write(bytes);
    out.close();
}

}  // namespace tushu
