// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/config.hpp"
#include "base/date.hpp"
#include "base/input.hpp"
#include "base/output.hpp"
#include "base/progress.hpp"
#include "base/reject.hpp"
#include "base/summary.hpp"
#include "base/table.hpp"

#include <memory>
#include <optional>
#include <string>

namespace tushu::cmd {

/// What the command line says that every command understands.
struct CommonOptions {
    std::string lang, config, summary, output = "-", rejects, max_rejects, store,
                                       log_format = "text", format;
    bool is_quiet = false, force = false, excel = false;
    bool replaces_input = false;  // -o names one of the operands
};

/// The answer of a command that did its work: 0, or 1 for "no" or "needs attention".
enum class Answer : int { yes = 0, no = 1 };

/// What a running command gets: language, streams, settings, clock, accounts. The libraries get
/// what they need of it as arguments; none of them sees the environment.
class Context {
  public:
    Context(std::string program, const CommonOptions& options);
    ~Context();
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    [[nodiscard]] Lang lang() const { return lang_; }
    [[nodiscard]] const CommonOptions& options() const { return options_; }
    [[nodiscard]] Summary& summary() { return summary_; }
    /// The data output: -o FILE or standard output.
    [[nodiscard]] Output& out();
    /// Another output file beside -o; obeys --force. Closed by the caller, then listed by
    /// note_output().
    [[nodiscard]] std::unique_ptr<Output> create(const std::string& path);
    void note_output(Output& output);
    /// Opens an input, hashed when the summary wants it; call note_input() when it has been read.
    [[nodiscard]] std::unique_ptr<Input> open(const std::string& path);
    /// As open(), always hashed: for loads, which are known by their SHA-256.
    [[nodiscard]] std::unique_ptr<Input> open_hashed(const std::string& path);
    void note_input(Input& input);
    /// The reject file of --rejects (counts only, without it).
    [[nodiscard]] RejectSink& rejects();
    /// A refused record: to the reject file, and for the first few to standard error.
    void reject(std::string_view code, const Error& error, std::string_view raw,
                std::string_view key = {});
    /// Something a person should know that refuses nothing; counted by code, the first few are
    /// shown.
    void warn(std::string_view code, const Where& where, const Message& message);
    /// One line for people on standard error, unless --quiet.
    void say(const Message& message);
    [[nodiscard]] Progress& progress() { return *progress_; }

    [[nodiscard]] const Config& config();
    [[nodiscard]] const DataFolders& data();
    /// --store, else the configuration's.
    [[nodiscard]] std::string store_uri();
    /// SOURCE_DATE_EPOCH when set, else the system clock.
    [[nodiscard]] Instant now() const;
    [[nodiscard]] Day today() { return local_day(now(), config().zone); }
    [[nodiscard]] static std::optional<std::string> environment(const std::string& name);
    /// The key of the patron pseudonyms. Errors: Error{config} when none is configured.
    [[nodiscard]] std::string patron_key();

    /// Prints tables to out() as --format says: text (terminal), csv, json.
    void show(const Table& table);

    /// Closes outputs, applies --max-rejects, checks the sums. Called once by run_command.
    [[nodiscard]] int finish(Answer answer);
    /// One line on standard error in the chosen log format.
    void log(std::string_view level, const std::string& text, const Error* error = nullptr);
    void write_summary(int exit, const std::string& error);

  private:
    std::string program_;
    CommonOptions options_;
    Lang lang_ = Lang::en;
    Summary summary_;
    std::unique_ptr<Output> out_;
    std::unique_ptr<RejectSink> rejects_;
    std::unique_ptr<Progress> progress_;
    std::optional<Config> config_;
    std::optional<DataFolders> data_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Language by --lang, else LC_ALL, LC_MESSAGES, LANG; nullopt when those say nothing (cron's C
/// locale).
[[nodiscard]] std::optional<Lang> language_from(const std::string& option);
/// Folder of the running program, for its neighbours and its share folder.
[[nodiscard]] std::string program_folder();

}  // namespace tushu::cmd
