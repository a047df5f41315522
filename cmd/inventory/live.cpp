// SPDX-License-Identifier: Apache-2.0
// tushu-inventory live - scan into the terminal, get an answer at once.
#include "inventory/live.hpp"

#include "base/text.hpp"
#include "commands.hpp"
#include "run.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    std::string session, snapshot, name;
    bool silent = false;
};

Answer run(Context& context, const Options& opt) {
    using namespace inventory;
    const auto snapshot = Snapshot::open(opt.snapshot);
    auto session = Session::open_or_create(opt.session, opt.name);
    const auto take_in = [&](LiveFile& file) {
        const auto added = file.finish(session, text_of(context.now()));
        warn_of(context, file.path(), added.faults);
        if (added.is_repeat)
            context.say(msg("{} is in the session already (file {}): nothing to do", file.path(),
                            added.file.number));
        else
            context.summary().count("scans_added", added.file.scans);
        return added;
    };
    for (auto& file : LiveFile::left(session.folder())) {
        const auto added = take_in(file);
        if (!added.is_repeat)
            context.say(msg("{} came to no end: its {} scans are in the session now", file.path(),
                            added.file.scans));
    }
    LiveFile journal = LiveFile::begin(session.folder());
    LiveCheck check(snapshot);
    std::int64_t alarms = 0;
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
        if (!opt.silent) out.write(reply->leaves_shelf ? "\a\a" : reply->needs_hand ? "\a" : "");
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
    take_in(journal);
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
