// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/message.hpp"
#include "inventory/outcome.hpp"
#include "inventory/scans.hpp"
#include "inventory/session.hpp"
#include "inventory/snapshot.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::inventory {

/// Answers each scan at once, for somebody who stands at the shelf with a scanner on a terminal.
///
/// Shape:  one line in, one answer out; remembers the shelf so far.
/// What it says is a first impression: only reconcile() and arrange() see the whole.
class LiveCheck {
  public:
    explicit LiveCheck(const Snapshot& snapshot) : snapshot_(&snapshot) {}
    struct Reply {
        Outcome outcome = Outcome::found;
        bool is_anchor = false;     // a directive: nothing was scanned
        bool needs_hand = false;    // sound an alarm
        bool leaves_shelf = false;  // a different alarm: take the book along
        std::string code, call_number, title;
        Message text;
    };
    /// The line as scanned or typed. nullopt for an empty one.
    [[nodiscard]] std::optional<Reply> take(std::string_view line);
    [[nodiscard]] std::int64_t scanned() const { return scanned_; }

  private:
    const Snapshot* snapshot_;
    std::string location_, shelf_;
    std::uint32_t last_row_ = kNone, before_last_row_ = kNone;
    std::vector<Code> on_shelf_;
    std::int64_t scanned_ = 0;
};

/// The lines of somebody who scans into the terminal, on disk as they come, until they are a file
/// of the session: a dead battery loses nothing.
///
/// Shape:  DIR/live-N.txt, one for each program, locked (flock) as long as the program lives.
/// Errors: Error{io} when a line cannot be written.
class LiveFile {
  public:
    /// A new one, of a name that is not in the session yet.
    static LiveFile begin(const std::filesystem::path& folder);
    /// Those of programs that came to no end (their lock is free), in the order they were begun.
    static std::vector<LiveFile> left(const std::filesystem::path& folder);
    ~LiveFile();
    LiveFile(LiveFile&& other) noexcept;
    LiveFile& operator=(LiveFile&&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    void add(std::string line);
    /// Makes it a file of the session, waiting for other programs that add to it, and removes it.
    Session::Added finish(Session& session, const std::string& now);

  private:
    LiveFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
    [[nodiscard]] bool lock() const;
    std::string path_;
    int fd_ = -1;
};

}  // namespace tushu::inventory
