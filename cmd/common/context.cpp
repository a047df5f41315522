// SPDX-License-Identifier: Apache-2.0
#include "common/context.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "common/version.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace tushu::cmd {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t kShownPerCode = 5;  // the reject file has them all

void to_stderr(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

}  // namespace

std::optional<std::string> Context::environment(const std::string& name) {
    const char* const value =
        std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): no threads yet
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
}

std::optional<Lang> language_from(const std::string& option) {
    if (!option.empty()) return language_of(option);
    for (const char* const name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const auto value = Context::environment(name);
        if (!value) continue;
        if (*value == "C" || *value == "POSIX" || value->starts_with("C.")) return std::nullopt;
        return language_of(*value);
    }
    return std::nullopt;
}

std::string program_folder() {
    std::error_code error;
    const fs::path self = fs::read_symlink("/proc/self/exe", error);
    return self.parent_path().string();
}

Context::Context(std::string program, const CommonOptions& options)
    : program_(std::move(program)), options_(options) {
    summary_.program = program_;
    summary_.version = kVersion;
    if (const auto lang = language_from(options_.lang)) {
        lang_ = *lang;
    } else {
        try {
            lang_ = config().language.value_or(Lang::en);
        } catch (const Error&) {
            // A broken configuration is reported by the command that needs it, not by the choice of
            // language.
        }
    }
    const bool is_terminal = ::isatty(STDERR_FILENO) != 0;
    const auto style = options_.is_quiet               ? Progress::Style::none
                       : options_.log_format == "json" ? Progress::Style::none
                       : is_terminal                   ? Progress::Style::terminal
                                                       : Progress::Style::log;
    progress_ = std::make_unique<Progress>(style, lang_, to_stderr);
}

Context::~Context() = default;

Output& Context::out() {
    if (!out_) {
        out_ = std::make_unique<Output>(
            options_.output, options_.force ? Output::Replace::yes : Output::Replace::no);
        if (!options_.summary.empty()) out_->keep_digest();
    }
    return *out_;
}

std::unique_ptr<Output> Context::create(const std::string& path) {
    auto output =
        std::make_unique<Output>(path, options_.force ? Output::Replace::yes : Output::Replace::no);
    if (!options_.summary.empty()) output->keep_digest();
    return output;
}

void Context::note_output(Output& output) {
    FileFacts facts{output.path(), output.bytes(), output.sha256().value_or("")};
    summary_.outputs.push_back(std::move(facts));
}

std::unique_ptr<Input> Context::open(const std::string& path) {
    return Input::open(path,
                       options_.summary.empty() ? Input::Digest::none : Input::Digest::sha256);
}

std::unique_ptr<Input> Context::open_hashed(const std::string& path) {
    return Input::open(path, Input::Digest::sha256);
}

void Context::note_input(Input& input) {
    if (options_.summary.empty()) return;
    const std::string digest = input.sha256();
    summary_.inputs.push_back({input.name(), input.raw_bytes(), digest});
}

RejectSink& Context::rejects() {
    if (!rejects_) rejects_ = std::make_unique<RejectSink>(options_.rejects, summary_);
    return *rejects_;
}

void Context::reject(std::string_view code, const Error& error, std::string_view raw,
                     std::string_view key) {
    rejects().add(code, error, raw, key);
    if (summary_.rejects[std::string(code)] <= kShownPerCode)
        log("reject", error.text(lang_), &error);
}

void Context::warn(std::string_view code, const Where& where, const Message& message) {
    summary_.warn(std::string(code));
    if (summary_.warnings[std::string(code)] > kShownPerCode) return;
    const Error as_error(Fault::bad_input, where, message);
    log("warning", as_error.text(lang_), &as_error);
}

void Context::say(const Message& message) {
    if (!options_.is_quiet) log("info", message.text(lang_));
}

void Context::log(std::string_view level, const std::string& text, const Error* error) {
    progress_->end();
    if (options_.log_format != "json") {
        to_stderr(program_.substr(0, program_.find(' ')) + ": " + text + "\n");
        if (error != nullptr && !error->hint().empty())
            to_stderr(msg("hint: {}", error->hint().text(lang_)).text(lang_) + "\n");
        return;
    }
    std::string line = "{\"level\":";
    const auto member = [&line](std::string_view key, std::string_view value) {
        line += ",\"" + std::string(key) + "\":";
        append_json_string(line, value);
    };
    append_json_string(line, level);
    member("program", program_);
    member("message", text);
    if (error != nullptr) {
        const Where& where = error->where();
        if (!where.file.empty()) member("file", where.file);
        if (where.record != 0) line += ",\"record\":" + std::to_string(where.record);
        if (where.line != 0) line += ",\"line\":" + std::to_string(where.line);
        if (where.record != 0 || where.byte != 0) line += ",\"byte\":" + std::to_string(where.byte);
        if (!error->hint().empty()) member("hint", error->hint().text(lang_));
    }
    to_stderr(line + "}\n");
}

const Config& Context::config() {
    if (config_) return *config_;
    std::string path = options_.config;
    if (path.empty()) path = environment("TUSHU_CONFIG").value_or("");
    if (path.empty()) {
        std::vector<std::string> candidates{"tushu.yaml"};
        if (const auto home = environment("HOME"))
            candidates.push_back(*home + "/.config/tushu/tushu.yaml");
        candidates.emplace_back("/etc/tushu/tushu.yaml");
        for (const auto& candidate : candidates) {
            std::error_code ignored;
            if (fs::exists(candidate, ignored)) {
                path = candidate;
                break;
            }
        }
    }
    if (path.empty()) {
        config_.emplace();
        return *config_;
    }
    try {
        config_ = Config::load(path);
    } catch (const Error& e) {
        // A configuration that is named but missing is a configuration fault, not a missing input.
        if (e.fault() == Fault::no_input)
            throw Error(Fault::config, e.where(), e.message(), e.hint());
        throw;
    }
    return *config_;
}

const DataFolders& Context::data() {
    if (data_) return *data_;
    std::vector<fs::path> folders;
    if (!config().data.empty()) folders.emplace_back(config().data);
    if (const auto named = environment("TUSHU_DATA")) folders.emplace_back(*named);
    folders.push_back(fs::path(program_folder()).parent_path() / "share" / "tushu");
    return data_.emplace(std::move(folders));
}

std::string Context::store_uri() {
    return options_.store.empty() ? config().store : options_.store;
}

Instant Context::now() const {
    if (const auto epoch = environment("SOURCE_DATE_EPOCH")) {
        const auto seconds = parse_integer(*epoch);
        if (!seconds)
            throw Error(Fault::config, msg("SOURCE_DATE_EPOCH must be a whole number, not \"{}\"",
                                           printable(*epoch)));
        return Instant(std::chrono::seconds(*seconds));
    }
    return system_clock()();
}

std::string Context::patron_key() {
    if (config().patron_key.empty())
        throw Error(Fault::config, {config().file}, msg("no patron_key is configured"),
                    msg("add \"patron_key: file:patron.key\" to tushu.yaml and put 32 random "
                        "characters into that file"));
    return resolve_secret(config().patron_key,
                          [](const std::string& name) { return environment(name); });
}

void Context::show(const Table& table) {
    if (options_.format == "csv")
        write_table_csv(table, lang_, out(), {.bom = options_.excel});
    else if (options_.format == "json")
        out().write(table_json(table, lang_));
    else
        out().write(table_text(table, lang_));
}

int Context::finish(Answer answer) {
    progress_->end();
    if (rejects_) rejects_->close();
    // The refused records are in that input only.
    const bool is_kept =
        options_.replaces_input && out_ && options_.rejects.empty() && summary_.total_rejects() > 0;
    if (is_kept) {
        out_.reset();
        const Error kept(Fault::bad_input, {options_.output},
                         msg("is an input and was not replaced: what was refused would be lost"),
                         msg("--rejects FILE keeps it"));
        log("error", kept.text(lang_), &kept);
        answer = Answer::no;
    }
    if (out_) {
        out_->close();
        if (options_.output != "-") note_output(*out_);
    }
    summary_.check();
    const std::int64_t refused = summary_.total_rejects();
    bool is_over = false;
    if (refused > 0) {
        std::int64_t limit = 0;
        const std::string& allowed = options_.max_rejects;
        if (allowed.ends_with('%')) {
            const auto share =
                parse_integer(std::string_view(allowed).substr(0, allowed.size() - 1));
            limit = summary_.counts["records_in"] * share.value_or(0) / 100;
        } else if (!allowed.empty()) {
            limit = parse_integer(allowed).value_or(0);
        }
        is_over = refused > limit;
        if (is_over || !options_.is_quiet)
            log(is_over ? "error" : "info",
                (options_.rejects.empty()
                     ? msg("records refused: {}", refused)
                     : msg("records refused: {}, kept in {}", refused, options_.rejects))
                    .text(lang_));
    }
    return is_over ? 1 : static_cast<int>(answer);
}

void Context::write_summary(int exit, const std::string& error) {
    if (options_.summary.empty()) return;
    summary_.exit = exit;
    summary_.error = error;
    summary_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    save_file(options_.summary, summary_.json());
}

}  // namespace tushu::cmd
