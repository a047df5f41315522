// SPDX-License-Identifier: Apache-2.0
#include "job/runner.hpp"

#include "base/hash.hpp"
#include "base/input.hpp"
#include "base/json.hpp"
#include "base/output.hpp"
#include "base/text.hpp"
#include "job/process.hpp"
#include "job/record.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <set>

namespace tushu::job {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;
constexpr std::size_t kTailLines = 20;
constexpr int kNotFound = 127, kNotExecutable = 126;

/// Signals that ask to stop, as something to wait for; file-size and pipe signals become error
/// codes.
class Signals {
  public:
    Signals() {
        ::sigemptyset(&set_);
        for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&set_, number);
        ::sigprocmask(SIG_BLOCK, &set_, &before_);
        fd_ = ::signalfd(-1, &set_, SFD_CLOEXEC | SFD_NONBLOCK);
        if (fd_ < 0) throw system_error(Fault::io, "signalfd", errno);
        old_pipe_ = std::signal(SIGPIPE, SIG_IGN);
        old_size_ = std::signal(SIGXFSZ, SIG_IGN);
    }
    ~Signals() {
        ::close(fd_);
        std::signal(SIGPIPE, old_pipe_);
        std::signal(SIGXFSZ, old_size_);
        ::sigprocmask(SIG_SETMASK, &before_, nullptr);
    }
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;
    [[nodiscard]] int fd() const { return fd_; }
    /// The signal that has come, 0 for none.
    [[nodiscard]] int take() const {
        signalfd_siginfo info{};
        return ::read(fd_, &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo)
                                                              : 0;
    }
    /// Waits up to `limit` for one.
    [[nodiscard]] int wait(Duration limit) const {
        pollfd fd{fd_, POLLIN, 0};
        (void)::poll(&fd, 1, static_cast<int>(limit.count()));
        return take();
    }

  private:
    sigset_t set_{}, before_{};
    int fd_ = -1;
    void (*old_pipe_)(int) = nullptr;
    void (*old_size_)(int) = nullptr;
};

/// The runner's lock, for as long as it lives.
class RunLock {
  public:
    explicit RunLock(const std::string& path) : fd_(take_lock(path)) {
        if (fd_ < 0)
            throw Error(Fault::again, {path}, msg("a run of this job is going on"),
                        msg("see \"tushu-job status\""));
    }
    ~RunLock() { ::close(fd_); }
    RunLock(const RunLock&) = delete;
    RunLock& operator=(const RunLock&) = delete;

  private:
    int fd_;
};

struct Decision {
    Action action = Action::run;
    Message reason;
    std::vector<std::string> argv;
    std::string program, key;
};

/// Decides what becomes of a step: left out, kept, or run.
class Judge {
  public:
    Judge(const Values& values, const Host& host) : values_(values), host_(host) {}

    Decision decide(const Step& step, const StepRecord* earlier, bool are_needs_kept) {
        Decision d;
        if (!step.when.empty() && values_.at(step.when).is_empty()) {
            d.action = Action::skip;
            d.reason = msg("parameter \"{}\" is empty", step.when);
            return d;
        }
        if (!step.unless.empty() && !values_.at(step.unless).is_empty()) {
            d.action = Action::skip;
            d.reason = msg("parameter \"{}\" is set", step.unless);
            return d;
        }
        d.argv = expand_all(step.run, values_);
        d.program = find_program(step.run[0], host_.search);
        d.key = key_of(step, d);
        if (earlier == nullptr || earlier->state == StepState::waiting ||
            earlier->state == StepState::blocked) {
            d.reason = msg("not run yet");
        } else if (earlier->state == StepState::skipped) {
            d.reason = msg("was left out before");
        } else if (earlier->state != StepState::done && earlier->state != StepState::warn) {
            d.reason = msg("was not finished");
        } else if (!are_needs_kept) {
            d.reason = msg("what it needs is done anew");
        } else if (earlier->key != d.key) {
            d.reason = msg("its arguments, environment, inputs or program have changed");
        } else if (const auto changed = changed_output(*earlier)) {
            d.reason = msg("its output {} has changed or is gone", *changed);
        } else {
            d.action = Action::keep;
            d.reason = msg("finished in an earlier run");
        }
        return d;
    }

  private:
    const std::string& digest(const std::string& program) {
        const auto [found, is_new] = digests_.try_emplace(program);
        if (is_new) found->second = sha256_file(program);
        return found->second;
    }

    std::string key_of(const Step& step, const Decision& d) {
        JsonWriter json;
        json.begin_array();
        for (const auto& word : d.argv) json.value(word);
        json.end_array();
        json.begin_array();
        for (const auto& [name, text] : step.env) json.value(name + "=" + expand(text, values_));
        for (const auto& file : {step.input, step.output}) json.value(expand(file, values_));
        json.value(digest(d.program));
        for (const auto& file : expand_all(step.inputs, values_)) {
            std::error_code ignored;
            json.value(file);
            json.value(fs::is_regular_file(file, ignored) ? sha256_file(file) : std::string("-"));
        }
        json.end_array();
        return sha256_hex(json.take());
    }

    static std::optional<std::string> changed_output(const StepRecord& earlier) {
        for (const auto& facts : earlier.end.outputs) {
            std::error_code ignored;
            if (!fs::exists(facts.file, ignored)) return facts.file;
            if (!facts.sha256.empty() &&
                (fs::file_size(facts.file, ignored) != static_cast<std::uintmax_t>(facts.bytes) ||
                 sha256_file(facts.file) != facts.sha256))
                return facts.file;
        }
        return std::nullopt;
    }

    const Values& values_;
    const Host& host_;
    std::map<std::string, std::string> digests_;
};

void make_folder(const std::string& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error) throw system_error(Fault::io, path, error.value());
}

std::string scratch_of(const std::string& output) { return output + ".tushu-job"; }

std::string seconds_text(double seconds) { return fmt::format("{:.1f} s", seconds); }

/// One run of a slot.
class Runner {
  public:
    Runner(const Spec& spec, const Values& values, const Site& site, const RunOptions& options,
           const Host& host)
        : spec_(spec),
          values_(values),
          site_(site),
          options_(options),
          host_(host),
          judge_(values, host) {}

    RunReport run() {
        make_folder(site_.folder() + "/logs");
        make_folder(site_.folder() + "/locks");
        const RunLock lock(site_.lock());
        RunReport report;
        std::optional<RunRecord> earlier = read_journal();
        if (earlier && earlier->is_complete() && !options_.is_again) {
            order_steps(*earlier, spec_);
            host_.say(Level::info,
                      msg("{} {} is complete; --again runs it anew", site_.job, site_.slot));
            if (!options_.record_file.empty())
                save_file(options_.record_file, record_json(*earlier));
            report.record = std::move(*earlier);
            report.was_complete = true;
            return report;
        }
        check_before();
        ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // should a keeper be killed, what it kept comes to us
        const auto begin = Steady::now();
        Journal journal(site_.journal(), host_.clock);
        journal_ = &journal;
        begin_record(earlier);
        try {
            settle_orphans();
            if (options_.is_again) record_.steps.clear();
            // The captured spec is on disk before the journal speaks of it.
            save_file(site_.spec(), spec_.text);
            journal.run(record_, options_.is_again);
            for (const auto& step : spec_.steps) states_[step.id] = {};
            loop();
        } catch (const Error& e) {
            stop_all();
            while (!running_.empty()) (void)reap(*running_.begin());
            close_record(begin, RunResult::failed, static_cast<int>(e.fault()));
            try {
                save_record();
            } catch (const Error& second) {
                host_.say(Level::error, verbatim(second.what()));
            }
            throw;
        }
        RunResult result = RunResult::done;
        int exit = 0;
        for (const auto& step : spec_.steps) {
            const StepRecord* const r = record_.find(step.id);
            if (r == nullptr) continue;
            const bool is_current = states_[step.id].is_over;
            if (is_current && r->state == StepState::failed) {
                const int code = class_of(r->end);
                if (result != RunResult::failed || code == EX_CONFIG) exit = code;
                result = RunResult::failed;
            } else if (r->state == StepState::warn && result == RunResult::done) {
                result = RunResult::warn;
                exit = 1;
            }
        }
        if (signal_ != 0) {
            result = RunResult::stopped;
            exit = EX_TEMPFAIL;
        }
        close_record(begin, result, exit);
        journal.finish(result, exit, record_.seconds);
        save_record();
        report.record = record_;
        report.signal = signal_;
        return report;
    }

  private:
    struct Progress {
        bool is_over = false, is_kept = false,
             is_good = false;  // good: those that need it may go on
        int tries = 0;         // in this run
        std::optional<Steady::time_point> retry_at{};
    };
    struct Running {
        const Step* step;
        Keeper keeper;
    };

    std::optional<RunRecord> read_journal() {
        try {
            return replay_file(site_.journal());
        } catch (const Error& e) {
            if (!options_.is_again || e.fault() != Fault::bad_input) throw;
            // --again with a damaged journal: put it aside, keep it for whoever wants to know.
            const std::string aside = site_.journal() + ".damaged";
            fs::rename(site_.journal(), aside);
            host_.say(Level::warning, msg("the damaged journal is now {}", aside));
            return std::nullopt;
        }
    }

    void check_before() {
        for (const auto& step : spec_.steps) {
            try {
                (void)find_program(step.run[0], host_.search);
            } catch (const Error& e) {
                throw Error(e.fault(), {spec_.file, 0, 0, step.where.line, step.where.column},
                            e.message(), e.hint());
            }
        }
    }

    void begin_record(const std::optional<RunRecord>& earlier) {
        if (earlier) record_ = *earlier;
        record_.job = site_.job;
        record_.slot = site_.slot;
        record_.zone = spec_.zone;
        record_.folder = fs::current_path().string();
        record_.version = host_.version;
        record_.spec_file = spec_.file;
        record_.spec_sha256 = sha256_hex(spec_.text);
        record_.parameters = values_;
        ++record_.runs;
        record_.begun = text_of(host_.clock());
        record_.ended.clear();
        record_.result = RunResult::running;
        record_.exit = 0;
        for (auto& step : record_.steps) step.is_kept = false;
        if (record_.is_cut)
            host_.say(Level::info,
                      msg("the journal's last line was half-written and is disregarded"));
    }

    void close_record(Steady::time_point begin, RunResult result, int exit) {
        record_.result = result;
        record_.exit = exit;
        record_.seconds = std::chrono::duration<double>(Steady::now() - begin).count();
        record_.ended = text_of(host_.clock());
        order_steps(record_, spec_);
    }

    void save_record() {
        const std::string json = record_json(record_);
        save_file(site_.record(), json);
        if (!options_.record_file.empty()) save_file(options_.record_file, json);
    }

    /// What a dead runner left: processes, half-written files, outcomes nobody has read.
    void settle_orphans() {
        for (auto& step : record_.steps) {
            if (step.state != StepState::interrupted) continue;
            const std::string lock = site_.step_lock(step.id);
            if (step.on_orphan == "wait" && is_locked(lock)) {
                host_.say(Level::warning,
                          msg("{}: still running from the run before; waiting for it", step.id));
                while (is_locked(lock)) {
                    signal_ = signals_.wait(Duration(200));
                    if (signal_ != 0) return;
                }
            }
            if (is_locked(lock) || !holders(lock).empty()) {
                host_.say(Level::warning,
                          msg("{}: ending what the run before left running", step.id));
                end_holders(lock, spec_.grace);
            }
            const Step* const current = spec_.find(step.id);
            const auto outcome = left_outcome(site_.log(step.id, step.attempts, "exit"));
            if (current != nullptr && outcome && !outcome->is_stopped) {
                step.end.is_adopted = true;
                finish(*current, step, *outcome);
                journal_->end(step);
                host_.say(Level::info,
                          msg("{}: had ended after its runner; its end is taken over", step.id));
                continue;
            }
            if (current != nullptr) clean_up(*current);
        }
    }

    /// Removes what an unfinished attempt may have left half-written.
    void clean_up(const Step& step) {
        std::error_code ignored;
        if (!step.output.empty()) fs::remove(scratch_of(expand(step.output, values_)), ignored);
        for (const auto& output : expand_all(step.outputs, values_)) {
            // Scratch names of the suite's own outputs, NAME.tushu-PID, whose writer is gone.
            const fs::path path(output);
            const std::string prefix = path.filename().string() + ".tushu-";
            const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
            for (const auto& entry : fs::directory_iterator(folder, ignored)) {
                const std::string name = entry.path().filename().string();
                if (!name.starts_with(prefix)) continue;
                const auto pid = parse_integer(std::string_view(name).substr(prefix.size()));
                if (pid && ::kill(static_cast<pid_t>(*pid), 0) != 0 && errno == ESRCH)
                    fs::remove(entry.path(), ignored);
            }
        }
    }

    bool are_needs_good(const Step& step) {
        return std::all_of(step.needs.begin(), step.needs.end(),
                           [this](const auto& id) { return states_[id].is_good; });
    }

    void loop() {
        while (true) {
            if (const int number = signals_.take(); number != 0) ask_to_stop(number);
            start_ready();
            std::optional<Steady::time_point> next;
            for (const auto& [id, state] : states_)
                if (state.retry_at && !is_stopping())
                    next = next ? std::min(*next, *state.retry_at) : *state.retry_at;
            if (running_.empty() && !next) return;
            wait(next);
        }
    }

    [[nodiscard]] bool is_stopping() const { return signal_ != 0 || is_halted_; }

    void start_ready() {
        bool is_moving = true;
        while (is_moving && !is_stopping()) {
            is_moving = false;
            for (const auto& step : spec_.steps) {
                Progress& state = states_[step.id];
                if (state.is_over || is_running(step) || !are_needs_good(step)) continue;
                if (state.retry_at && Steady::now() < *state.retry_at) continue;
                if (running_.size() >= options_.jobs) return;
                begin(step, state);
                is_moving = true;
                if (is_stopping()) return;
            }
        }
    }

    [[nodiscard]] bool is_running(const Step& step) const {
        return std::any_of(running_.begin(), running_.end(),
                           [&step](const auto& r) { return r->step == &step; });
    }

    StepRecord& record_of(const std::string& id) {
        if (StepRecord* const known = record_.find(id)) return *known;
        record_.steps.push_back({.id = id});
        return record_.steps.back();
    }

    void begin(const Step& step, Progress& state) {
        const bool are_needs_kept =
            std::all_of(step.needs.begin(), step.needs.end(),
                        [this](const auto& id) { return states_[id].is_kept; });
        StepRecord& r = record_of(step.id);
        const Decision d = judge_.decide(step, state.tries == 0 ? &r : nullptr, are_needs_kept);
        if (d.action == Action::skip) {
            // Left out now as before: nothing that needs it is stale.
            state = {.is_over = true, .is_kept = r.state == StepState::skipped, .is_good = true};
            r = {.id = step.id, .state = StepState::skipped};
            journal_->skip(step.id);
            return;
        }
        if (d.action == Action::keep) {
            state = {.is_over = true, .is_kept = true, .is_good = true};
            r.is_kept = true;
            journal_->keep(step.id);
            host_.say(Level::info, msg("{}: kept, finished in an earlier run", step.id));
            return;
        }
        r.state = StepState::running;
        r.is_kept = false;
        ++r.attempts;
        r.key = d.key;
        r.argv = d.argv;
        r.on_orphan = step.on_orphan == OrphanRule::wait ? "wait" : "kill";
        r.end = {};
        state.retry_at.reset();
        ++state.tries;
        auto running = std::make_unique<Running>(Running{&step, Keeper(launch_of(step, r, d))});
        // On disk before the program can do anything.
        journal_->start(r, running->keeper.pid());
        host_.say(Level::info, msg("{}: begins", step.id));
        running->keeper.go();
        running_.push_back(std::move(running));
    }

    Launch launch_of(const Step& step, const StepRecord& r, const Decision& d) {
        Launch launch;
        launch.program = d.program;
        launch.argv = d.argv;
        if (step.wants_summary) {
            auto end = std::find(launch.argv.begin(), launch.argv.end(), "--");
            launch.argv.insert(end, {"--summary", site_.log(step.id, r.attempts, "summary")});
        }
        launch.env = host_.env;
        const auto set = [&launch](const std::string& name, const std::string& value) {
            std::erase_if(launch.env,
                          [&name](const std::string& e) { return e.starts_with(name + "="); });
            launch.env.push_back(name + "=" + value);
        };
        for (const auto& [name, text] : step.env) set(name, expand(text, values_));
        set("TUSHU_JOB", site_.job);
        set("TUSHU_JOB_SLOT", site_.slot);
        set("TUSHU_JOB_STEP", step.id);
        set(std::string(kLockVariable), site_.step_lock(step.id));
        launch.input = expand(step.input, values_);
        launch.error = site_.log(step.id, r.attempts, "err");
        launch.output = step.output.empty() ? site_.log(step.id, r.attempts, "out")
                                            : scratch_of(expand(step.output, values_));
        launch.lock = site_.step_lock(step.id);
        launch.exit_file = site_.log(step.id, r.attempts, "exit");
        launch.timeout = step.timeout;
        launch.grace = spec_.grace;
        launch.on_orphan = step.on_orphan;
        std::error_code
            ignored;  // an attempt of a slot that was begun anew may have had the same number
        for (const auto kind : {"exit", "summary"})
            fs::remove(site_.log(step.id, r.attempts, kind), ignored);
        return launch;
    }

    void wait(std::optional<Steady::time_point> next) {
        std::vector<pollfd> fds{{signals_.fd(), POLLIN, 0}};
        for (const auto& running : running_) fds.push_back({running->keeper.fd(), POLLIN, 0});
        int limit = -1;
        if (next) {
            const auto left = std::chrono::ceil<Duration>(*next - Steady::now()).count();
            limit = static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
        }
        if (::poll(fds.data(), fds.size(), limit) < 0 && errno != EINTR)
            throw system_error(Fault::io, "poll", errno);
        std::vector<const Running*> ended;
        for (std::size_t i = 1; i < fds.size(); ++i)
            if (fds[i].revents != 0) ended.push_back(running_[i - 1].get());
        for (const auto& one : ended) {
            const auto found = std::find_if(running_.begin(), running_.end(),
                                            [one](const auto& r) { return r.get() == one; });
            const Step& step = *one->step;
            journal_->end(reap(*found));
            conclude(step);
        }
    }

    /// Takes the outcome of a step that has ended and files it in the record.
    StepRecord& reap(std::unique_ptr<Running>& running) {
        const Step& step = *running->step;
        StepRecord& r = record_of(step.id);
        Outcome outcome = running->keeper.outcome();
        // Should the keeper have been killed, nobody has swept up behind the step.
        const std::string lock = site_.step_lock(step.id);
        if (outcome.signal == SIGKILL && !holders(lock).empty()) end_holders(lock, spec_.grace);
        while (running_.size() == 1 && ::waitpid(-1, nullptr, WNOHANG) > 0) continue;
        running_.erase(std::find_if(running_.begin(), running_.end(),
                                    [&step](const auto& other) { return other->step == &step; }));
        finish(step, r, outcome);
        return r;
    }

    /// From the bare outcome to the step's end: summary, standard output's file, declared outputs.
    void finish(const Step& step, StepRecord& r, const Outcome& outcome) {
        StepEnd& end = r.end;
        end.exit = outcome.exit;
        end.signal = outcome.signal;
        end.is_timeout = outcome.is_timeout;
        end.seconds = outcome.seconds;
        end.killed = outcome.killed;
        if (step.wants_summary) read_summary(site_.log(r.id, r.attempts, "summary"), end);
        if (outcome.is_timeout) {
            end.state = StepState::failed;
            end.error = fmt::format("ended after {} (timeout)", duration_text(step.timeout));
        } else if (outcome.is_stopped) {
            end.state = StepState::stopped;
        } else if (outcome.signal == 0 && outcome.exit == 0) {
            end.state = StepState::done;
        } else if (outcome.signal == 0 && outcome.exit == 1 &&
                   step.attention == Attention::proceed) {
            end.state = StepState::warn;
        } else {
            end.state = StepState::failed;
        }
        if (end.state == StepState::done || end.state == StepState::warn) {
            if (const auto missing = take_outputs(step, end)) {
                end.state = StepState::failed;
                end.exit = EX_SOFTWARE;
                end.error = *missing;
            }
        }
        if (end.state == StepState::failed || end.state == StepState::stopped) clean_up(step);
        r.state = end.state;
    }

    /// Puts declared outputs in place and on record; what is wrong, if anything.
    std::optional<std::string> take_outputs(const Step& step, StepEnd& end) {
        std::vector<std::string> files = expand_all(step.outputs, values_);
        if (!step.output.empty()) {
            const std::string target = expand(step.output, values_);
            std::error_code error;
            if (fs::exists(scratch_of(target), error))
                fs::rename(scratch_of(target), target, error);
            if (error) return fmt::format("{}: {}", target, error.message());
            files.push_back(target);
        }
        end.outputs.clear();
        for (const auto& file : files) {
            std::error_code ignored;
            if (!fs::exists(file, ignored))
                return fmt::format("the declared output {} was not made", file);
            OutputFacts facts{file, 0, ""};
            if (fs::is_regular_file(file, ignored)) {
                facts.bytes = static_cast<std::int64_t>(fs::file_size(file, ignored));
                facts.sha256 = sha256_file(file);
            }
            end.outputs.push_back(std::move(facts));
        }
        return std::nullopt;
    }

    /// What the end of an attempt means for the rest of the run.
    void conclude(const Step& step) {
        Progress& state = states_[step.id];
        const StepRecord& r = record_of(step.id);
        const StepEnd& end = r.end;
        if (end.killed != 0)
            host_.say(Level::warning,
                      msg("{}: left {} processes behind, which were ended", step.id, end.killed));
        switch (end.state) {
            case StepState::done:
                host_.say(Level::info, msg("{}: done in {}{}", step.id, seconds_text(end.seconds),
                                           counts_text(end)));
                break;
            case StepState::warn:
                host_.say(Level::warning, msg("{}: needs attention{}", step.id, counts_text(end)));
                show_tail(r);
                break;
            case StepState::stopped:
                host_.say(Level::warning, msg("{}: stopped", step.id));
                break;
            default: {
                const int code = class_of(end);
                const bool may_retry = end.signal == 0 && !end.is_timeout &&
                                       (end.exit == EX_TEMPFAIL || end.exit == EX_UNAVAILABLE);
                const auto tries = static_cast<std::size_t>(state.tries);
                if (may_retry && tries <= step.retries.size() && !is_stopping()) {
                    const Duration delay = step.retries[tries - 1];
                    state.retry_at = Steady::now() + delay;
                    journal_->retry(step.id, delay.count());
                    host_.say(Level::info, msg("{}: exit {}; again in {}", step.id, end.exit,
                                               duration_text(delay)));
                    return;
                }
                say_failed(step, r);
                if (code == EX_CONFIG && !is_halted_) {
                    is_halted_ = true;
                    host_.say(Level::error,
                              msg("the configuration is wrong: no further step is begun"));
                }
            }
        }
        state.is_over = true;
        state.is_good = end.state == StepState::done || end.state == StepState::warn;
    }

    void say_failed(const Step& step, const StepRecord& r) {
        const StepEnd& end = r.end;
        if (end.is_timeout)
            host_.say(Level::error, msg("{}: failed: not finished within {}", step.id,
                                        duration_text(step.timeout)));
        else if (end.signal != 0)
            host_.say(Level::error, msg("{}: failed: killed by signal {}", step.id, end.signal));
        else
            host_.say(Level::error, msg("{}: failed with exit code {}", step.id, end.exit));
        if (end.exit == EX_SOFTWARE && !end.error.empty())
            host_.say(Level::error, verbatim("  " + end.error));
        show_tail(r);
    }

    /// The last lines that the step wrote to standard error.
    void show_tail(const StepRecord& r) {
        const std::string path = site_.log(r.id, r.attempts, "err");
        std::error_code ignored;
        if (!fs::is_regular_file(path, ignored)) return;
        const auto input = Input::open(path);
        std::vector<std::string> lines;
        while (!input->window().empty() || input->more()) {
            std::size_t end = input->window().find('\n');
            constexpr std::size_t kLongest = 1U << 16U;
            if (end == std::string_view::npos && input->window().size() < kLongest && input->more())
                continue;
            end = std::min(end, input->window().size());
            lines.push_back(printable(input->window().substr(0, end), 300));
            input->consume(std::min(end + 1, input->window().size()));
            if (lines.size() > kTailLines) lines.erase(lines.begin());
        }
        if (lines.empty()) return;
        for (const auto& line : lines) host_.say(Level::error, verbatim("  | " + line));
        host_.say(Level::info, msg("the whole log: {}", path));
    }

    static std::string counts_text(const StepEnd& end) {
        std::string out;
        const auto add = [&out](const std::string& name, std::int64_t n) {
            if (n != 0) out += fmt::format("{}{} {}", out.empty() ? " (" : ", ", name, n);
        };
        for (const auto& [name, n] : end.counts) add(name, n);
        std::int64_t rejects = 0;
        for (const auto& [name, n] : end.rejects) rejects += n;
        add("rejects", rejects);
        return out.empty() ? out : out + ")";
    }

    void ask_to_stop(int number) {
        signal_ = number;
        host_.say(Level::warning, msg("stopping; the run can be resumed"));
        stop_all();
    }

    void stop_all() {
        for (auto& running : running_) running->keeper.stop();
    }

    const Spec& spec_;
    const Values& values_;
    const Site& site_;
    const RunOptions& options_;
    const Host& host_;
    Signals signals_;
    Judge judge_;
    RunRecord record_;
    Journal* journal_ = nullptr;
    std::map<std::string, Progress> states_;
    std::vector<std::unique_ptr<Running>> running_;
    int signal_ = 0;
    bool is_halted_ = false;
};

}  // namespace

std::string Site::log(const std::string& step, int attempt, std::string_view kind) const {
    return fmt::format("{}/logs/{}.{}.{}", folder(), step, attempt, kind);
}

std::vector<std::string> slots_of(const std::string& state, const std::string& job) {
    std::vector<std::string> out;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(fs::path(state) / job, ignored))
        if (parse_day(entry.path().filename().string()) &&
            fs::exists(entry.path() / "journal.jsonl", ignored))
            out.push_back(entry.path().filename().string());
    std::sort(out.begin(), out.end());
    return out;
}

std::optional<RunRecord> look_at(const Site& site) {
    auto run = replay_file(site.journal());
    if (!run) return run;
    const bool is_going = run->result == RunResult::interrupted && is_locked(site.lock());
    if (is_going) {
        run->result = RunResult::running;
        for (auto& step : run->steps)
            if (step.state == StepState::interrupted) step.state = StepState::running;
    }
    std::error_code ignored;
    if (fs::exists(site.spec(), ignored)) order_steps(*run, load_spec(site.spec()));
    return run;
}

std::vector<Plan> plan_run(const Spec& spec, const Values& values, const RunRecord* earlier,
                           const Host& host) {
    Judge judge(values, host);
    std::vector<Plan> out;
    std::set<std::string> kept;
    for (const Step* const step : run_order(spec)) {
        const StepRecord* const record = earlier == nullptr ? nullptr : earlier->find(step->id);
        const bool are_needs_kept =
            std::all_of(step->needs.begin(), step->needs.end(),
                        [&kept](const auto& id) { return kept.contains(id); });
        Decision d = judge.decide(*step, record, are_needs_kept);
        const bool was_skipped = record != nullptr && record->state == StepState::skipped;
        if (d.action == Action::keep || (d.action == Action::skip && was_skipped))
            kept.insert(step->id);
        out.push_back({step, d.action, std::move(d.reason), std::move(d.argv)});
    }
    return out;
}

RunReport run_slot(const Spec& spec, const Values& values, const Site& site,
                   const RunOptions& options, const Host& host) {
    return Runner(spec, values, site, options, host).run();
}

int class_of(const StepEnd& end) {
    if (end.is_timeout) return EX_TEMPFAIL;
    if (end.signal != 0) return EX_SOFTWARE;
    switch (end.exit) {
        case 0:
        case 1:
        case EX_USAGE:
        case EX_DATAERR:
        case EX_NOINPUT:
        case EX_UNAVAILABLE:
        case EX_SOFTWARE:
        case EX_IOERR:
        case EX_TEMPFAIL:
        case EX_CONFIG:
            return end.exit;
        case kNotExecutable:
        case kNotFound:
            return EX_CONFIG;
        default:
            return EX_SOFTWARE;
    }
}

}  // namespace tushu::job
