// SPDX-License-Identifier: Apache-2.0
// tushu-inventory live - scan into the terminal, get an answer at once.
#include "inventory/live.hpp"

#include "base/text.hpp"
#include "commands.hpp"
#include "inventory/session.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace tushu::cmd {
namespace {

struct Options {
    std::string session, snapshot, name;
    bool silent = false;
};

/// The lines as they come, on disk before they are answered: a dead battery loses nothing.
class Journal {
  public:
    explicit Journal(std::string path) : path_(std::move(path)) {
        fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        if (fd_ < 0) throw system_error(Fault::io, path_, errno);
    }
    ~Journal() { ::close(fd_); }
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;
    void add(std::string line) {
        line += '\n';
        const ssize_t written = ::write(fd_, line.data(), line.size());
        if (written != static_cast<ssize_t>(line.size()) || ::fdatasync(fd_) != 0)
            throw system_error(Fault::io, path_, errno);
    }

  private:
    std::string path_;
    int fd_ = -1;
};

Answer run(Context& context, const Options& opt) {
    using namespace inventory;
    const auto snapshot = Snapshot::open(opt.snapshot);
    auto session = Session::open_or_create(opt.session, opt.name);
    const std::string path =
        (session.folder() / ("live-" + std::to_string(session.files().size() + 1) + ".txt"))
            .string();
    LiveCheck check(snapshot);
    std::int64_t alarms = 0;
    {
        Journal journal(path);
        journal.add("#DATE " + text_of(context.today()));
        const auto input = Input::open("-");
        Output& out = context.out();
        const auto answer = [&](std::string_view line) {
            const auto reply = check.take(line);
            if (!reply) return;
            journal.add(std::string(trim(line)));
            if (reply->needs_hand) ++alarms;
            if (reply->is_anchor && reply->text.empty()) return;
            // One bell: look here. Two: this book does not stay. None: go on.
            if (!opt.silent)
                out.write(reply->leaves_shelf ? "\a\a" : reply->needs_hand ? "\a" : "");
            std::string text(reply->is_anchor ? "!" : std::string(name_of(reply->outcome)));
            for (const std::string& part : {reply->code, reply->call_number, reply->title})
                if (!part.empty()) text += "  " + printable(part);
            if (reply->outcome != Outcome::found || reply->is_anchor)
                text += "  " + reply->text.text(context.lang());
            out.write(text + "\n");
            out.flush();
        };
        for (;;) {
            const std::string_view window = input->window();
            const std::size_t end = window.find_first_of("\r\n");
            if (end == std::string_view::npos) {
                if (input->more()) continue;
                if (!input->window().empty()) answer(input->window());
                break;
            }
            answer(window.substr(0, end));
            input->consume(end + 1);
        }
    }
    const auto scanned = Input::open(path, Input::Digest::sha256);
    const auto added = session.add(*scanned, ScanFormat{}, {}, text_of(context.now()));
    std::error_code ignored;
    std::filesystem::remove(path, ignored);  // its bytes are in the session now
    context.summary().count("scans_added", added.file.scans);
    context.summary().count("alarms", alarms);
    context.say(
        msg("{} scans are in session {}; {} need a hand", check.scanned(), session.name(), alarms));
    return Answer::yes;
}

}  // namespace

Command live_command() {
    auto opt = std::make_shared<Options>();
    Command command("live", msg("scan into the terminal and get an answer at once"));
    command.option("--session", "DIR", opt->session,
                   msg("Folder of the session; it is made when there is none"));
    command.required();
    command.option("--snapshot", "SNAP", opt->snapshot, msg("The expected holdings"));
    command.required();
    command.option("--name", "NAME", opt->name,
                   msg("Name of a new session; without it the folder's name"));
    command.flag(
        "--silent", opt->silent,
        msg("No sound characters: none is for a book in order, one for one out of order, two "
            "for one that does not stay"));
    command.with_output();
    command.example("tushu-inventory live --session 2019-autumn --snapshot holdings.snap",
                    msg("Scan shelf labels (#SHELF ...) and books; end with Ctrl-D"));
    command.on_run([opt](Context& context) { return run(context, *opt); });
    return command;
}

}  // namespace tushu::cmd
