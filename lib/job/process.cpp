// SPDX-License-Identifier: Apache-2.0
#include "job/process.hpp"

#include "base/input.hpp"
#include "base/output.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <map>

namespace tushu::job {
namespace {

using Steady = std::chrono::steady_clock;
constexpr int kCannotRun = 127;  // as shells have it
constexpr Duration kRound{20};   // between looks at processes that are being killed

std::string line_of(const Outcome& o) {
    return fmt::format("{} {} {} {} {:.3f} {}\n", o.exit, o.signal, o.is_timeout ? 1 : 0,
                       o.is_stopped ? 1 : 0, o.seconds, o.killed);
}

std::optional<Outcome> parse_outcome(const std::string& line) {
    Outcome o;
    int timeout = 0, stopped = 0;
    long long killed = 0;
    if (!line.ends_with('\n')) return std::nullopt;
    if (std::sscanf(line.c_str(), "%d %d %d %d %lf %lld", &o.exit, &o.signal, &timeout, &stopped,
                    &o.seconds,  // NOLINT
                    &killed) != 6)
        return std::nullopt;
    o.is_timeout = timeout != 0;
    o.is_stopped = stopped != 0;
    o.killed = killed;
    return o;
}

/// Parent of each live process. A zombie is none: nobody needs to kill it.
std::map<pid_t, pid_t> parents() {
    std::map<pid_t, pid_t> out;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
        const auto pid = parse_integer(entry.path().filename().string());
        if (!pid) continue;
        std::array<char, 512> buffer{};
        const int fd = ::open((entry.path() / "stat").c_str(), O_RDONLY | O_CLOEXEC);
        if (fd < 0) continue;
        const ssize_t n = ::read(fd, buffer.data(), buffer.size() - 1);
        ::close(fd);
        if (n <= 0) continue;
        // "pid (name) state ppid": the name may hold anything, also ")".
        const std::string_view text(buffer.data(), static_cast<std::size_t>(n));
        const std::size_t end = text.rfind(')');
        if (end == std::string_view::npos || end + 4 >= text.size() || text[end + 2] == 'Z')
            continue;
        const std::string_view rest = text.substr(end + 4);
        if (const auto parent = parse_integer(rest.substr(0, rest.find(' '))))
            out[static_cast<pid_t>(*pid)] = static_cast<pid_t>(*parent);
    }
    return out;
}

/// Whether a process was begun with this lock's name in its environment (it may have closed the
/// lock since).
bool has_tag(const std::filesystem::path& environ_file, const std::string& lock) {
    const int fd = ::open(environ_file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    std::string text;
    std::array<char, 65536> buffer{};
    while (true) {
        const ssize_t n = ::read(fd, buffer.data(), buffer.size());
        if (n <= 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(n));
    }
    ::close(fd);
    return ('\0' + text).find('\0' + (std::string(kLockVariable) + '=' + lock) + '\0') !=
           std::string::npos;
}

std::vector<pid_t> descendants(pid_t root) {
    const auto parent_of = parents();
    std::vector<pid_t> out;
    for (const auto& [pid, first] : parent_of) {
        for (pid_t up = first; up > 1;) {
            if (up == root) {
                out.push_back(pid);
                break;
            }
            const auto next = parent_of.find(up);
            if (next == parent_of.end()) break;
            up = next->second;
        }
    }
    return out;
}

[[noreturn]] void become_step(const Launch& launch) {
    ::setpgid(0, 0);
    const auto redirect = [](const std::string& path, int flags, int to) {
        const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
        if (fd >= 0 && ::dup2(fd, to) >= 0) return;
        const std::string text =
            fmt::format("{}: {}\n", path, std::generic_category().message(errno));
        (void)!::write(STDERR_FILENO, text.data(), text.size());
        ::_exit(EX_IOERR);
    };
    redirect(launch.error, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, STDERR_FILENO);
    redirect(launch.output, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, STDOUT_FILENO);
    redirect(launch.input.empty() ? "/dev/null" : launch.input, O_RDONLY, STDIN_FILENO);
    for (int number = 1; number < NSIG; ++number)
        std::signal(number, SIG_DFL);  // fails for KILL, STOP: as it should
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    std::vector<char*> argv, env;
    for (const auto& word : launch.argv)
        argv.push_back(const_cast<char*>(word.c_str()));  // NOLINT: execve's type
    for (const auto& word : launch.env) env.push_back(const_cast<char*>(word.c_str()));  // NOLINT
    argv.push_back(nullptr);
    env.push_back(nullptr);
    ::execve(launch.program.c_str(), argv.data(), env.data());
    const std::string text =
        fmt::format("{}: {}\n", launch.program, std::generic_category().message(errno));
    (void)!::write(STDERR_FILENO, text.data(), text.size());
    ::_exit(kCannotRun);
}

/// The keeper's whole life after the fork.
class Watch {
  public:
    Watch(const Launch& launch, int socket, int signals)
        : launch_(launch), socket_(socket), signals_(signals) {}

    Outcome see_through() {
        const auto begin = Steady::now();
        child_ = ::fork();
        if (child_ == 0) become_step(launch_);
        if (child_ < 0) {
            outcome_.exit = EX_OSERR;
            return outcome_;
        }
        ::setpgid(child_, child_);
        if (launch_.timeout.count() > 0) deadline_ = begin + launch_.timeout;
        while (true) {
            reap();
            if (has_ended_) {
                const auto left = descendants(::getpid());
                if (left.empty()) break;
                // The step is over but left processes behind.
                if (launch_.on_orphan == OrphanRule::kill && !is_ending_) begin_end();
            }
            const auto now = Steady::now();
            if (!is_ending_ && deadline_ && now >= *deadline_) {
                outcome_.is_timeout = true;
                begin_end();
            }
            if (is_ending_ && now >= kill_at_) signal_all(SIGKILL);
            wait();
        }
        outcome_.seconds = std::chrono::duration<double>(Steady::now() - begin).count();
        return outcome_;
    }

  private:
    void reap() {
        int status = 0;
        while (true) {
            const pid_t pid = ::waitpid(-1, &status, WNOHANG);
            if (pid <= 0) return;
            if (pid != child_) continue;
            has_ended_ = true;
            if (WIFEXITED(status)) outcome_.exit = WEXITSTATUS(status);
            if (WIFSIGNALED(status)) outcome_.signal = WTERMSIG(status);
        }
    }

    void begin_end() {
        is_ending_ = true;
        kill_at_ = Steady::now() + launch_.grace;
        if (has_ended_) outcome_.killed = static_cast<std::int64_t>(descendants(::getpid()).size());
        signal_all(SIGTERM);
    }

    void signal_all(int number) {
        if (!has_ended_)
            ::kill(-child_, number);  // the group first: no process of it can slip away by forking
        for (const pid_t pid : descendants(::getpid())) {
            ::kill(pid, number);
            if (number == SIGTERM) ::kill(pid, SIGCONT);  // a stopped process could not act on it
        }
    }

    void wait() {
        std::array<pollfd, 2> fds{pollfd{signals_, POLLIN, 0},
                                  pollfd{is_alone_ ? -1 : socket_, POLLIN, 0}};
        int limit = -1;
        const auto until = [&limit](Steady::time_point when) {
            const auto left = std::chrono::ceil<Duration>(when - Steady::now()).count();
            const int ms = static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
            limit = limit < 0 ? ms : std::min(limit, ms);
        };
        if (deadline_ && !is_ending_) until(*deadline_);
        if (is_ending_) until(std::max(kill_at_, Steady::now() + kRound));
        if (has_ended_) until(Steady::now() + kRound);
        if (::poll(fds.data(), fds.size(), limit) <= 0) return;
        if ((fds[0].revents & POLLIN) != 0) {
            signalfd_siginfo info{};
            (void)!::read(signals_, &info, sizeof info);
            if (info.ssi_signo != SIGCHLD) ask_to_end();
        }
        if (fds[1].revents != 0) {
            char byte = 0;
            const ssize_t n = ::read(socket_, &byte, 1);
            if (n == 1) {
                ask_to_end();
            } else if (n == 0 || errno != EINTR) {
                is_alone_ = true;  // the runner has died
                if (launch_.on_orphan == OrphanRule::kill) ask_to_end();
            }
        }
    }

    void ask_to_end() {
        outcome_.is_stopped = true;
        if (!is_ending_) begin_end();
    }

    const Launch& launch_;
    int socket_, signals_;
    pid_t child_ = -1;
    bool has_ended_ = false, is_ending_ = false, is_alone_ = false;
    std::optional<Steady::time_point> deadline_;
    Steady::time_point kill_at_;
    Outcome outcome_;
};

sigset_t watched_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&set, number);
    return set;
}

[[noreturn]] void keep(const Launch& launch, int socket) {
    // Signals are blocked since before the fork; the handlers of the runner must never run here.
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) std::signal(number, SIG_DFL);
    std::signal(SIGPIPE, SIG_IGN);
    ::setsid();
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::prctl(PR_SET_NAME, "tushu-job-step");
    const int null = ::open("/dev/null", O_RDWR);
    for (int fd = 0; fd <= 2; ++fd) ::dup2(null, fd);
    constexpr int kSocket = 3;
    ::dup2(socket, kSocket);
    ::fcntl(kSocket, F_SETFD, FD_CLOEXEC);
    ::close_range(kSocket + 1, ~0U, 0);  // the runner's lock and journal, other steps' sockets
    // Not close-on-exec: while any process of the step lives, the lock is held.
    const int lock =
        ::open(launch.lock.c_str(), O_RDWR | O_CREAT, 0666);  // NOLINT(android-cloexec-open)
    if (lock < 0 || ::flock(lock, LOCK_EX | LOCK_NB) != 0) {
        const char answer = lock < 0 ? 'e' : 'b';
        (void)!::write(kSocket, &answer, 1);
        ::_exit(EX_TEMPFAIL);
    }
    const char ready = 'r';
    char byte = 0;
    if (::write(kSocket, &ready, 1) != 1 || ::read(kSocket, &byte, 1) != 1 || byte != 'g')
        ::_exit(0);
    const sigset_t set = watched_signals();
    const int signals = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    const Outcome outcome = Watch(launch, kSocket, signals).see_through();
    const std::string line = line_of(outcome);
    try {
        save_file(launch.exit_file, line);
    } catch (const Error&) {
        // Only a later runner needs the file; without it, the step is done again.
    }
    (void)!::write(kSocket, line.data(), line.size());
    ::_exit(0);
}

}  // namespace

Keeper::Keeper(const Launch& launch) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw system_error(Fault::io, "socketpair", errno);
    sigset_t all, before;
    ::sigfillset(&all);
    ::sigprocmask(SIG_BLOCK, &all, &before);
    pid_ = ::fork();
    if (pid_ == 0) keep(launch, ends[1]);
    const int reason = errno;
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    ::close(ends[1]);
    fd_ = ends[0];
    if (pid_ < 0) {
        ::close(fd_);
        fd_ = -1;
        throw system_error(Fault::again, "fork", reason);
    }
    char answer = 0;
    ssize_t n = 0;
    do n = ::read(fd_, &answer, 1);
    while (n < 0 && errno == EINTR);
    if (n == 1 && answer == 'r') return;
    ::close(fd_);
    fd_ = -1;
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
    if (n == 1 && answer == 'b')
        throw Error(Fault::again, {launch.lock}, msg("something of an earlier attempt still runs"));
    throw Error(Fault::io, {launch.lock}, msg("the lock cannot be taken"));
}

Keeper::Keeper(Keeper&& other) noexcept : pid_(other.pid_), fd_(other.fd_) {
    other.pid_ = -1;
    other.fd_ = -1;
}

Keeper::~Keeper() {
    // Closing the socket tells the keeper that nobody waits: it ends the step by its rule.
    if (fd_ >= 0) ::close(fd_);
}

void Keeper::go() { (void)!::send(fd_, "g", 1, MSG_NOSIGNAL); }
void Keeper::stop() { (void)!::send(fd_, "s", 1, MSG_NOSIGNAL); }

Outcome Keeper::outcome() {
    std::string text;
    std::array<char, 256> buffer{};
    while (true) {
        const ssize_t n = ::read(fd_, buffer.data(), buffer.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(n));
    }
    ::close(fd_);
    fd_ = -1;
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
    if (const auto outcome = parse_outcome(text)) return *outcome;
    Outcome lost;
    lost.signal = SIGKILL;
    return lost;
}

int take_lock(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) throw system_error(Fault::io, path, errno);
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
    const int reason = errno;
    ::close(fd);
    if (reason != EWOULDBLOCK) throw system_error(Fault::io, path, reason);
    return -1;
}

bool is_locked(const std::string& lock) {
    const int fd = ::open(lock.c_str(), O_RDWR | O_CLOEXEC);
    if (fd < 0) return false;
    const bool is_free = ::flock(fd, LOCK_EX | LOCK_NB) == 0;
    ::close(fd);
    return !is_free;
}

std::vector<pid_t> holders(const std::string& lock) {
    std::vector<pid_t> out;
    struct stat wanted {};
    if (::stat(lock.c_str(), &wanted) != 0) return out;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
        const auto pid = parse_integer(entry.path().filename().string());
        if (!pid || *pid == ::getpid()) continue;
        if (has_tag(entry.path() / "environ", lock)) {
            out.push_back(static_cast<pid_t>(*pid));
            continue;
        }
        std::error_code denied;  // other people's processes cannot hold our lock
        for (const auto& fd : std::filesystem::directory_iterator(entry.path() / "fd", denied)) {
            struct stat facts {};
            if (::stat(fd.path().c_str(), &facts) != 0) continue;
            if (facts.st_dev != wanted.st_dev || facts.st_ino != wanted.st_ino) continue;
            out.push_back(static_cast<pid_t>(*pid));
            break;
        }
    }
    return out;
}

void end_holders(const std::string& lock, Duration grace) {
    const auto kill_at = Steady::now() + grace;
    int number = SIGTERM;
    std::vector<pid_t> told;
    while (true) {
        const auto living = holders(lock);
        if (living.empty() && !is_locked(lock)) return;
        if (Steady::now() >= kill_at) number = SIGKILL;
        for (const pid_t pid : living) {
            // SIGTERM once, SIGKILL as often as it takes: what forks meanwhile is found in the next
            // round.
            if (number == SIGTERM && std::find(told.begin(), told.end(), pid) != told.end())
                continue;
            ::kill(pid, number);
            if (number == SIGTERM) ::kill(pid, SIGCONT);
            told.push_back(pid);
        }
        ::poll(nullptr, 0, static_cast<int>(kRound.count()));
    }
}

std::optional<Outcome> left_outcome(const std::string& exit_file) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(exit_file, ignored)) return std::nullopt;
    return parse_outcome(load_file(exit_file));
}

std::optional<std::string> output_of(const std::vector<std::string>& argv, Duration limit) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw system_error(Fault::io, "pipe", errno);
    const pid_t pid = ::fork();
    if (pid == 0) {
        const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
        ::dup2(null, STDIN_FILENO);
        ::dup2(ends[1], STDOUT_FILENO);
        ::dup2(null, STDERR_FILENO);
        std::vector<char*> words;
        for (const auto& word : argv)
            words.push_back(const_cast<char*>(word.c_str()));  // NOLINT: execv's type
        words.push_back(nullptr);
        ::execv(words[0], words.data());
        ::_exit(kCannotRun);
    }
    ::close(ends[1]);
    if (pid < 0) {
        ::close(ends[0]);
        throw system_error(Fault::again, "fork", errno);
    }
    constexpr std::size_t kLimit = 1U << 20U;
    const auto deadline = Steady::now() + limit;
    std::string text;
    bool is_whole = false;
    while (text.size() < kLimit) {
        pollfd fd{ends[0], POLLIN, 0};
        const auto left = std::chrono::ceil<Duration>(deadline - Steady::now()).count();
        if (left <= 0 ||
            ::poll(&fd, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000))) <= 0)
            break;
        std::array<char, 4096> buffer{};
        const ssize_t n = ::read(ends[0], buffer.data(), buffer.size());
        if (n <= 0) {
            is_whole = n == 0;
            break;
        }
        text.append(buffer.data(), static_cast<std::size_t>(n));
    }
    ::close(ends[0]);
    if (!is_whole) ::kill(pid, SIGKILL);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    if (!is_whole || !WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
    return text;
}

}  // namespace tushu::job
