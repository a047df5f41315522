// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "job/spec.hpp"

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace tushu::job {

/// A program to run, every path and word final.
struct Launch {
    std::string program;            // path of the executable
    std::vector<std::string> argv;  // argv[0] included
    std::vector<std::string> env;   // "NAME=value"
    std::string input;              // file behind standard input; empty: /dev/null
    std::string output, error;      // files behind standard output and error, made anew
    std::string lock;               // held by every process of the step
    std::string exit_file;          // where the keeper leaves the outcome for a later runner
    Duration timeout{0}, grace{10000};
    OrphanRule on_orphan = OrphanRule::kill;
};

/// How a program ended.
struct Outcome {
    int exit = 0;
    int signal = 0;
    bool is_timeout = false;
    bool is_stopped = false;  // because the runner asked, or died
    double seconds = 0;
    std::int64_t killed = 0;  // processes that outlived it and had to be ended
};

/// A child of the runner that looks after one step: a session of its own and the reaper of all that
/// the step leaves behind, so that a timeout, Ctrl-C or the runner's death reaches daemons and
/// grandchildren too.
///
/// Shape:  start() forks the keeper, which takes the lock; nothing runs until go(). fd() becomes
/// readable when the
///         outcome is there, and outcome() is asked for once.
/// Errors: Error{again} from start() when the lock is held; Error{io} for failing system calls.
///
/// When the runner dies, the keeper ends the step (OrphanRule::kill) or sees it through (wait).
/// Either way the outcome is in `exit_file`, and the lock says whether anything of the step still
/// lives. Needs a process with one thread.
class Keeper {
  public:
    explicit Keeper(const Launch& launch);
    ~Keeper();
    Keeper(Keeper&& other) noexcept;
    Keeper& operator=(Keeper&&) = delete;
    [[nodiscard]] pid_t pid() const { return pid_; }
    [[nodiscard]] int fd() const { return fd_; }
    void go();
    /// Asks for an orderly end: SIGTERM, then SIGKILL after the grace.
    void stop();
    /// Reads the outcome and reaps the keeper. A keeper that was itself killed counts as signal 9.
    [[nodiscard]] Outcome outcome();

  private:
    pid_t pid_ = -1;
    int fd_ = -1;
};

/// Whether any process still holds the lock file open and locked.
[[nodiscard]] bool is_locked(const std::string& lock);
/// Names the step's lock in the environment of its processes.
inline constexpr std::string_view kLockVariable = "TUSHU_JOB_LOCK";
/// Processes (other than this one) that have `lock` open or were begun with its name in
/// kLockVariable. Exact where a stored pid is not: pids are reused.
[[nodiscard]] std::vector<pid_t> holders(const std::string& lock);
/// Ends all holders of `lock`: SIGTERM, after `grace` SIGKILL. Returns when there are none.
void end_holders(const std::string& lock, Duration grace);
/// The outcome that a keeper left in its exit file, if it did.
[[nodiscard]] std::optional<Outcome> left_outcome(const std::string& exit_file);

/// Runs a short-lived program and returns what it wrote to standard output; nullopt when it does
/// not end with 0 within `limit` or writes over 1 MiB.
[[nodiscard]] std::optional<std::string> output_of(const std::vector<std::string>& argv,
                                                   Duration limit);

/// Takes a lock file for this process alone (not inherited by programs it runs); -1 when it is
/// held.
[[nodiscard]] int take_lock(const std::string& path);

}  // namespace tushu::job
