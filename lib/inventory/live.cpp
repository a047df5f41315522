// SPDX-License-Identifier: Apache-2.0
#include "inventory/live.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "inventory/lists.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace tushu::inventory {
namespace fs = std::filesystem;

std::optional<LiveCheck::Reply> LiveCheck::take(std::string_view line) {
    line = trim(line);
    if (line.empty()) return std::nullopt;
    Reply reply;
    if (line.front() == '#') {
        reply.is_anchor = true;
        const std::size_t blank = line.find_first_of(" \t");
        const std::string word =
            ascii_upper(line.substr(1, blank == std::string_view::npos ? blank : blank - 1));
        const std::string value(blank == std::string_view::npos ? std::string_view()
                                                                : trim(line.substr(blank + 1)));
        if (word == "LOC" || word == "SHELF") {
            (word == "LOC" ? location_ : shelf_) = value;
            if (word == "LOC") {
                shelf_.clear();
                if (!snapshot_->location(value)) {
                    reply.needs_hand = true;
                    reply.text =
                        msg("no item of the snapshot belongs to location \"{}\"", printable(value));
                }
            }
            last_row_ = before_last_row_ = kNone;
            on_shelf_.clear();
        } else if (word == "UNDO" && !on_shelf_.empty()) {
            on_shelf_.pop_back();
            last_row_ = before_last_row_;
            --scanned_;
        }
        reply.code = line;
        return reply;
    }
    ++scanned_;
    if (line.starts_with("NOBARCODE")) {
        reply.outcome = Outcome::nolabel;
        reply.needs_hand = reply.leaves_shelf = true;
        reply.text = meaning_of(reply.outcome);
        return reply;
    }
    std::string scratch;
    const std::string code(normal_barcode(line, scratch));
    reply.code = code;
    const Code number = code_of(code);
    const bool is_again = std::find(on_shelf_.begin(), on_shelf_.end(), number) != on_shelf_.end();
    on_shelf_.push_back(number);
    const auto rows = snapshot_->find(number, code);
    std::uint32_t row = rows.empty() ? kNone : rows[0];
    const auto here = snapshot_->location(location_);
    std::uint32_t matches = 0;
    for (std::uint32_t k = 0; k < rows.size(); ++k)
        if (here && snapshot_->location_of(rows[k]) == *here) {
            row = rows[k];
            ++matches;
        }
    if (rows.empty()) {
        reply.outcome = Outcome::norec;
        // What may be a reader's card is not shown.
        if (code.size() == 14 && code.front() == '2') reply.code.clear();
    } else if (is_again) {
        reply.outcome = Outcome::dupscan;
    } else if (rows.size() > 1 && matches != 1) {
        reply.outcome = Outcome::ambig;
    } else {
        reply.call_number = snapshot_->text(row, Text::call_number);
        reply.title = snapshot_->text(row, Text::title);
        switch (snapshot_->status(row)) {
            case Status::on_shelf:
            case Status::unknown:
                break;
            case Status::on_loan:
                reply.outcome = Outcome::onloan;
                break;
            case Status::missing:
                reply.outcome = Outcome::wasmissing;
                break;
            case Status::withdrawn:
                reply.outcome = Outcome::withdrawn;
                break;
            case Status::deleted:
                reply.outcome = Outcome::deleted;
                break;
            case Status::in_transit:
            case Status::off_shelf:
            case Status::pending:
                reply.outcome = Outcome::otherstatus;
                break;
        }
        const bool is_home = !here || snapshot_->location_of(row) == *here;
        if (reply.outcome == Outcome::found && !is_home) reply.outcome = Outcome::wrongloc;
        if (is_home && !snapshot_->is_unparsed(row)) {
            // A drop below the last book is either this one's fault or that one's: the one before
            // tells which.
            if (reply.outcome == Outcome::found && last_row_ != kNone &&
                snapshot_->group_of(row) == snapshot_->group_of(last_row_) &&
                snapshot_->rank(row) < snapshot_->rank(last_row_)) {
                const bool is_last_to_blame =
                    before_last_row_ != kNone &&
                    snapshot_->group_of(before_last_row_) == snapshot_->group_of(row) &&
                    snapshot_->rank(row) >= snapshot_->rank(before_last_row_);
                reply.outcome = Outcome::outorder;
                reply.text =
                    is_last_to_blame
                        ? msg("the book before it ({}) may stand in the wrong place",
                              snapshot_->text(last_row_, Text::call_number))
                        : msg("belongs before {}", snapshot_->text(last_row_, Text::call_number));
                if (is_last_to_blame) last_row_ = before_last_row_;
            }
            if (last_row_ == kNone || snapshot_->group_of(row) != snapshot_->group_of(last_row_) ||
                snapshot_->rank(row) >= snapshot_->rank(last_row_)) {
                before_last_row_ = last_row_;
                last_row_ = row;
            }
        }
    }
    reply.needs_hand = reply.outcome != Outcome::found && reply.outcome != Outcome::dupscan;
    reply.leaves_shelf = reply.needs_hand && reply.outcome != Outcome::outorder;
    if (reply.text.empty()) reply.text = meaning_of(reply.outcome);
    return reply;
}

LiveFile::LiveFile(LiveFile&& other) noexcept
    : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}

LiveFile::~LiveFile() {
    if (fd_ >= 0) ::close(fd_);
}

/// False when another program has it, or has had it and removed it since it was opened.
bool LiveFile::lock() const {
    if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return false;
        throw system_error(Fault::io, path_, errno);
    }
    struct stat opened {};
    struct stat named {};
    if (::fstat(fd_, &opened) != 0) throw system_error(Fault::io, path_, errno);
    return ::stat(path_.c_str(), &named) == 0 && named.st_dev == opened.st_dev &&
           named.st_ino == opened.st_ino;
}

LiveFile LiveFile::begin(const fs::path& folder) {
    for (std::size_t number = Session::open(folder.string()).files().size() + 1;; ++number) {
        const std::string name = "live-" + std::to_string(number) + ".txt",
                          path = (folder / name).string();
        const int fd =
            ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
        if (fd < 0 && errno == EEXIST) continue;
        if (fd < 0) throw system_error(Fault::io, path, errno);
        LiveFile file(path, fd);
        if (!file.lock()) continue;  // somebody took it for one that was left
        // Only now: another one of this name may have become a file of the session meanwhile.
        const auto known = Session::open(folder.string()).files();
        if (std::none_of(known.begin(), known.end(),
                         [&](const SessionFile& other) { return other.name == name; }))
            return file;
        ::unlink(path.c_str());
    }
}

std::vector<LiveFile> LiveFile::left(const fs::path& folder) {
    std::vector<std::pair<std::int64_t, std::string>> found;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with("live-") || !name.ends_with(".txt")) continue;
        const auto number = parse_integer(std::string_view(name).substr(5, name.size() - 9));
        if (number) found.emplace_back(*number, entry.path().string());
    }
    std::sort(found.begin(), found.end());
    std::vector<LiveFile> files;
    for (const auto& [number, path] : found) {
        const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
        if (fd < 0 && errno == ENOENT) continue;
        if (fd < 0) throw system_error(Fault::io, path, errno);
        LiveFile file(path, fd);
        if (!file.lock()) continue;
        if (fs::file_size(path) == 0)
            ::unlink(path.c_str());
        else
            files.push_back(std::move(file));
    }
    return files;
}

void LiveFile::add(std::string line) {
    line += '\n';
    const ssize_t written = ::write(fd_, line.data(), line.size());
    if (written != static_cast<ssize_t>(line.size()) || ::fdatasync(fd_) != 0)
        throw system_error(Fault::io, path_, errno);
}

Session::Added LiveFile::finish(Session& session, const std::string& now) {
    const auto lines = Input::open(path_, Input::Digest::sha256);
    auto added = session.add(*lines, ScanFormat{}, {}, now, {}, Session::Wait::yes);
    ::unlink(path_.c_str());  // its bytes are in the session now
    return added;
}

}  // namespace tushu::inventory
