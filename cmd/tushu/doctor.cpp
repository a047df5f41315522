// SPDX-License-Identifier: Apache-2.0
// tushu doctor - what is configured, reachable and missing, and what to do about it.
#include "commands.hpp"
#include "common/store.hpp"
#include "programs.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace tushu::cmd {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

enum class State { ok, warning, fault };

/// Collects the rows; a check that throws becomes a fault with the error's own words and hint.
class Examination {
  public:
    explicit Examination(Context& context) : context_(context) {}

    void add(const std::string& item, Message what, State state, Message found,
             Message advice = {}) {
        needs_attention_ = needs_attention_ || state != State::ok;
        // People read a word of their language, scripts the code.
        const bool is_for_people = context_.options().format == "text";
        const Message word = state == State::ok        ? msg("ok")
                             : state == State::warning ? msg("warning")
                                                       : msg("fault");
        const std::string code = state == State::ok        ? "ok"
                                 : state == State::warning ? "warning"
                                                           : "fault";
        table_.rows.push_back({item, std::move(what), is_for_people ? Cell(word) : Cell(code),
                               std::move(found),
                               advice.empty() ? Cell(std::string()) : Cell(std::move(advice))});
    }
    template <class Check>
    bool attempt(const std::string& item, const Message& what, const Check& check) {
        try {
            check();
            return true;
        } catch (const Error& e) {
            add(item, what, State::fault, verbatim(e.text(context_.lang())), e.hint());
            return false;
        }
    }
    void note(Message message) { table_.notes.push_back(std::move(message)); }
    [[nodiscard]] Table take() { return std::move(table_); }
    [[nodiscard]] bool needs_attention() const { return needs_attention_; }

  private:
    Context& context_;
    bool needs_attention_ = false;
    Table table_{"doctor",
                 msg("What is configured, reachable and missing"),
                 {{"item", msg("item"), ColumnKind::code},
                  {"what", msg("what"), ColumnKind::text},
                  {"state", msg("state"), ColumnKind::code},
                  {"found", msg("found"), ColumnKind::text},
                  {"advice", msg("what to do"), ColumnKind::text}},
                 {},
                 {},
                 {}};
};

void examine_config(Context& context, Examination& result) {
    const Config& config = context.config();
    if (config.file.empty())
        result.add("config", msg("settings"), State::warning, msg("none; the defaults are in use"),
                   msg("write a tushu.yaml in this folder"));
    else
        result.add("config", msg("settings"), State::ok,
                   verbatim(fs::absolute(config.file).lexically_normal().string()));
    if (config.library_name == Config().library_name)
        result.add("library", msg("library"), State::warning, verbatim(config.library_name),
                   msg("set library: name in tushu.yaml"));
    else
        result.add("library", msg("library"), State::ok,
                   verbatim(config.isil.empty() ? config.library_name
                                                : config.library_name + " (" + config.isil + ")"));
    result.attempt("zone", msg("time zone"), [&] {
        check_zone(config.zone);
        result.add("zone", msg("time zone"), State::ok, verbatim(config.zone));
    });
    result.add("language", msg("language"), State::ok, verbatim(name_of(context.lang())));
}

void examine_folders(Context& context, Examination& result) {
    const Config& config = context.config();
    result.attempt("data", msg("installed definitions"), [&] {
        const fs::path first = migration_files(context).front();
        result.add("data", msg("installed definitions"), State::ok,
                   verbatim(first.parent_path().parent_path().parent_path().string()));
    });
    std::error_code ignored;
    if (!config.data.empty() && !fs::is_directory(config.data, ignored))
        result.add("own_data", msg("the library's own definitions"), State::fault,
                   msg("the folder {} is missing", config.data),
                   msg("make the folder, or take \"data\" out of tushu.yaml"));
    else if (!config.data.empty())
        result.add("own_data", msg("the library's own definitions"), State::ok,
                   verbatim(config.data));
    // The nearest folder that exists decides whether the state folder can be used or made.
    fs::path state = fs::absolute(config.state);
    const bool exists = fs::exists(state, ignored);
    while (!fs::exists(state, ignored) && state.has_relative_path()) state = state.parent_path();
    if (!fs::is_directory(state, ignored) || ::access(state.c_str(), W_OK | X_OK) != 0)
        result.add("state", msg("folder for sessions and journals"), State::fault,
                   msg("{} may not be written", state.string()),
                   msg("change its owner or mode, or set \"state\" in tushu.yaml"));
    else
        result.add(
            "state", msg("folder for sessions and journals"), State::ok,
            exists ? verbatim(config.state) : msg("{} (made when it is needed)", config.state));
}

void examine_store(Context& context, Examination& result) {
    const auto what = msg("store");
    std::optional<store::Store> store;
    if (!result.attempt("store", what, [&] {
            store.emplace(store::Store::open(context.store_uri(), {.busy = 2s}));
            result.add("store", what, State::ok,
                       verbatim(fmt::format(
                           "{} {}", store->kind() == store::Kind::sqlite ? "SQLite" : "PostgreSQL",
                           store->display_name())));
        }))
        return;
    result.attempt("migrations", msg("tables of the store"), [&] {
        const auto all = store::migrations(*store, migration_files(context));
        const auto pending = std::count_if(
            all.begin(), all.end(), [](const store::Migration& m) { return m.applied.empty(); });
        if (pending > 0)
            result.add("migrations", msg("tables of the store"), State::fault,
                       msg("migrations pending: {}", pending), msg("run \"tushu-db migrate\""));
        else
            result.add("migrations", msg("tables of the store"), State::ok,
                       msg("current; migrations applied: {}", all.size()));
    });
}

void examine_key(Context& context, Examination& result) {
    const auto what = msg("key of the patron pseudonyms");
    if (context.config().patron_key.empty()) {
        result.add("patron_key", what, State::warning, msg("none"),
                   msg("add \"patron_key: file:patron.key\" to tushu.yaml"));
        return;
    }
    result.attempt("patron_key", what, [&] {
        constexpr std::size_t kShortest = 16;
        const bool is_short = context.patron_key().size() < kShortest;
        result.add(
            "patron_key", what, is_short ? State::warning : State::ok,
            is_short ? msg("shorter than {} characters", kShortest) : msg("present"),
            is_short ? msg("use 32 random characters; a change makes new pseudonyms") : Message());
    });
}

bool has_cjk_font() {
    std::vector<fs::path> roots{"/usr/share/fonts", "/usr/local/share/fonts"};
    if (const auto home = Context::environment("HOME"))
        roots.push_back(fs::path(*home) / ".local/share/fonts");
    std::error_code ignored;
    for (const auto& root : roots) {
        auto entry = fs::recursive_directory_iterator(
            root, fs::directory_options::skip_permission_denied, ignored);
        for (; !ignored && entry != fs::recursive_directory_iterator(); entry.increment(ignored)) {
            const std::string name = entry->path().filename().string();
            for (const std::string_view mark :
                 {"CJK", "SourceHan", "wqy", "uming", "ukai", "simsun", "simhei"})
                if (name.find(mark) != std::string::npos) return true;
        }
    }
    return false;
}

bool is_on_path(const std::string& program) {
    const std::string path = Context::environment("PATH").value_or("");
    for (std::size_t at = 0; at <= path.size();) {
        const std::size_t end = std::min(path.find(':', at), path.size());
        if (::access((path.substr(at, end - at) + "/" + program).c_str(), X_OK) == 0) return true;
        at = end + 1;
    }
    return false;
}

void examine_installation(Examination& result) {
    const auto known = known_programs();
    const auto installed = installed_programs();
    const bool is_whole = installed.size() == known.size();
    result.add("programs", msg("programs of the suite"), is_whole ? State::ok : State::warning,
               msg("{} of {}", installed.size(), known.size()),
               is_whole ? Message() : msg("install tushu whole, all its programs in one folder"));
    for (const auto& [word, brief] : known)
        if (!is_installed(word)) result.note(msg("missing: {}", "tushu-" + word));
    std::error_code ignored;
    const fs::path pages = fs::path(program_folder()).parent_path() / "share" / "man" / "man1";
    const bool has_pages =
        fs::exists(pages / "tushu.1", ignored) || fs::exists(pages / "tushu.1.gz", ignored);
    result.add("manual", msg("manual pages"), has_pages ? State::ok : State::warning,
               has_pages ? verbatim(pages.string()) : msg("missing"),
               has_pages ? Message() : msg("install tushu whole, with its share folder"));
    const bool has_font = has_cjk_font();
    result.add("fonts", msg("Chinese font for documents"), has_font ? State::ok : State::warning,
               has_font ? msg("present") : msg("missing"),
               has_font ? Message() : msg("install one: apt-get install {}", "fonts-noto-cjk"));
    const auto optional_program = [&](const std::string& program, const std::string& package,
                                      const Message& use) {
        const bool is_there = is_on_path(program);
        result.add(program, use, State::ok, is_there ? msg("present") : msg("not installed"),
                   is_there ? Message() : msg("only if wanted: apt-get install {}", package));
    };
    optional_program("man", "man-db", msg("reads the manual pages"));
    optional_program("yaz-client", "yaz", msg("tries out Z39.50 servers by hand"));
    optional_program("psql", "postgresql-client", msg("looks into a PostgreSQL store by hand"));
    optional_program("sqlite3", "sqlite3", msg("looks into a SQLite store by hand"));
}

Answer run(Context& context) {
    Examination result(context);
    // Without readable settings the rest would examine the defaults, which nobody uses.
    if (result.attempt("config", msg("settings"), [&] { (void)context.config(); })) {
        examine_config(context, result);
        examine_folders(context, result);
        examine_store(context, result);
        examine_key(context, result);
    }
    examine_installation(result);
    context.show(result.take());
    return result.needs_attention() ? Answer::no : Answer::yes;
}

}  // namespace

Command doctor_command() {
    Command command("doctor",
                    msg("Say what is configured, reachable and missing, and what to do about it"));
    return command.with_store()
        .with_tables()
        .example("tushu doctor",
                 msg("Examine this machine; the exit code is 1 when something needs attention"))
        .example("tushu doctor --format csv", msg("The same for a monitoring script"))
        .on_run(run);
}

}  // namespace tushu::cmd
