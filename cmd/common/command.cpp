// SPDX-License-Identifier: Apache-2.0
#include "common/command.hpp"

#include "base/text.hpp"
#include "common/version.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>

namespace tushu::cmd {
namespace {

template <class... F>
struct Overloaded : F... {
    using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

Error usage(Message message, Message hint = {}) {
    return {Fault::usage, std::move(message), std::move(hint)};
}

Message see_help(const std::string& program) {
    return msg("run \"{} --help\" to see what there is", program);
}

/// Ctrl-C and kill: leave nothing half-written, then die of the signal so that a shell sees it.
void on_signal(int number) {
    remove_scratch_files();
    std::signal(number, SIG_DFL);
    std::raise(number);
}

// Do both names lead to one file? Devices and pipes do not count: /dev/null takes everything.
bool is_same_file(const std::string& a, const std::string& b) {
    std::error_code error;
    const auto is_special = [&](const std::string& path) {
        return std::filesystem::exists(path, error) &&
               !std::filesystem::is_regular_file(path, error);
    };
    if (a.empty() || is_special(a) || is_special(b)) return false;
    if (std::filesystem::equivalent(a, b, error)) return true;
    const auto full = [&](const std::string& path) {
        return std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
    };
    return full(a) == full(b);
}

std::string wrapped(const std::string& text, std::size_t indent, std::size_t width) {
    // Breaks at spaces, and between wide characters, which have none.
    std::string out, line;
    std::size_t used = indent;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t start = at;
        if (static_cast<unsigned char>(text[at]) < 0x80 && text[at] != ' ') {
            while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80 &&
                   text[at] != ' ')
                ++at;
        } else {
            (void)next_code_point(text, at);
        }
        const std::string piece = text.substr(start, at - start);
        const std::size_t columns = display_width(piece);
        if (used + columns > width && used > indent) {
            line.erase(line.find_last_not_of(' ') + 1);
            out += line + "\n" + std::string(indent, ' ');
            line.clear();
            used = indent;
            if (piece == " ") continue;
        }
        line += piece;
        used += columns;
    }
    return out + line;
}

std::string entry(const std::string& left, const std::string& right) {
    constexpr std::size_t kIndent = 26, kWidth = 92;
    const std::string head = "  " + left;
    const std::size_t columns = display_width(head);
    const std::string gap = columns + 2 > kIndent ? "\n" + std::string(kIndent, ' ')
                                                  : std::string(kIndent - columns, ' ');
    return head + gap + wrapped(right, kIndent, kWidth) + "\n";
}

// Whether standard output goes into this file: `>> books.mrc` would be read again without end.
bool is_standard_output(const std::string& path) {
    struct stat out {
    }, in{};
    return ::fstat(STDOUT_FILENO, &out) == 0 && S_ISREG(out.st_mode) &&
           ::stat(path.c_str(), &in) == 0 && in.st_dev == out.st_dev && in.st_ino == out.st_ino;
}

}  // namespace

Command::Command(std::string name, Message brief)
    : name_(std::move(name)),
      brief_(std::move(brief)),
      common_(std::make_shared<CommonOptions>()),
      is_help_(std::make_shared<bool>(false)) {}

Command& Command::add(std::string names, std::string value, Target target, Message help) {
    options_.push_back(
        {std::move(names), std::move(value), target, std::move(help), {}, false, false});
    return *this;
}

Command& Command::flag(std::string names, bool& target, Message help) {
    return add(std::move(names), "", &target, std::move(help));
}
Command& Command::option(std::string names, std::string value, std::string& target, Message help) {
    return add(std::move(names), std::move(value), &target, std::move(help));
}
Command& Command::option(std::string names, std::string value, std::optional<std::string>& target,
                         Message help) {
    return add(std::move(names), std::move(value), &target, std::move(help));
}
Command& Command::option(std::string names, std::string value, std::vector<std::string>& target,
                         Message help) {
    return add(std::move(names), std::move(value), &target, std::move(help));
}
Command& Command::option(std::string names, std::string value, std::uint64_t& target,
                         Message help) {
    return add(std::move(names), std::move(value), &target, std::move(help));
}
Command& Command::option(std::string names, std::string value, std::optional<std::uint64_t>& target,
                         Message help) {
    return add(std::move(names), std::move(value), &target, std::move(help));
}
Command& Command::option(std::string names, std::string value, std::optional<Day>& target,
                         Message help) {
    return add(std::move(names), std::move(value), &target, std::move(help));
}

Command& Command::choice(std::string names, std::string& target, std::vector<std::string> words,
                         Message help) {
    std::string value;
    for (const auto& word : words) value += (value.empty() ? "" : "|") + word;
    add(std::move(names), value, &target, std::move(help));
    options_.back().words = std::move(words);
    return *this;
}

Command& Command::required() {
    options_.back().is_required = true;
    return *this;
}

Command& Command::operand(std::string name, std::string& target, Message help) {
    operands_.push_back({std::move(name), &target, std::move(help), 1});
    return *this;
}

Command& Command::operands(std::string name, std::vector<std::string>& target, std::size_t at_least,
                           Message help) {
    operands_.push_back({std::move(name), &target, std::move(help), at_least});
    return *this;
}

Command& Command::with_output() {
    option("-o,--output", "FILE", common_->output,
           msg("Write to FILE instead of standard output; it appears whole or not at all"));
    return flag("--force", common_->force, msg("Replace output files that exist"));
}

Command& Command::with_rejects() {
    option("--rejects", "FILE", common_->rejects,
           msg("Keep refused records unchanged in FILE, and why in FILE.reasons.csv"));
    return option(
        "--max-rejects", "N", common_->max_rejects,
        msg("Accept up to N refused records (or N% of those read); above that the exit code is 1"));
}

Command& Command::with_store() {
    return option("--store", "URI", common_->store,
                  msg("The store: a SQLite file or postgresql://...; default from tushu.yaml"));
}

Command& Command::with_tables(std::vector<std::string> formats) {
    common_->format = "text";
    choice("--format", common_->format, std::move(formats), msg("How to print the table"));
    flag("--excel", common_->excel,
         msg("Begin CSV with a byte order mark, which Excel needs for Chinese"));
    return with_output();
}

Command& Command::example(std::string command_line, Message meaning) {
    examples_.push_back({std::move(command_line), std::move(meaning)});
    return *this;
}

Command& Command::on_run(std::function<Answer(Context&)> run) {
    run_ = std::move(run);
    const std::size_t own = options_.size();
    option("--config", "FILE", common_->config,
           msg("Settings; default: $TUSHU_CONFIG, ./tushu.yaml, ~/.config/tushu/tushu.yaml, "
               "/etc/tushu/tushu.yaml"));
    choice("--lang", common_->lang, {"zh", "en"},
           msg("Language of texts for people; default: the locale, then tushu.yaml"));
    choice("--log-format", common_->log_format, {"text", "json"},
           msg("Form of the lines on standard error"));
    flag("-q,--quiet", common_->is_quiet, msg("Only warnings and errors on standard error"));
    option("--summary", "FILE", common_->summary,
           msg("Write one JSON object about the run to FILE"));
    flag("-h,--help", *is_help_, msg("Show this help and exit"));
    for (std::size_t i = own; i < options_.size(); ++i) options_[i].is_common = true;
    return *this;
}

std::string Command::help(const std::string& program, Lang lang) const {
    const std::string full = name_.empty() ? program : program + " " + name_;
    std::string out = full + " - " + brief_.text(lang) + "\n\n" + msg("Usage:").text(lang) + " " +
                      full + msg(" [OPTIONS]").text(lang);
    for (const auto& option : options_)
        if (option.is_required)
            out += " " + option.names.substr(option.names.rfind(',') + 1) + " " + option.value;
    for (const auto& operand : operands_) {
        const bool is_many = std::holds_alternative<std::vector<std::string>*>(operand.target);
        const std::string shown = operand.name + (is_many ? "..." : "");
        out += operand.at_least == 0 ? " [" + shown + "]" : " " + shown;
    }
    out += "\n";
    if (!operands_.empty()) out += "\n";
    for (const auto& operand : operands_) out += entry(operand.name, operand.help.text(lang));
    for (const bool common : {false, true}) {
        bool has_title = false;
        for (const auto& option : options_) {
            if (option.is_common != common) continue;
            if (!has_title)
                out += "\n" + (common ? msg("Common options:") : msg("Options:")).text(lang) + "\n";
            has_title = true;
            std::string left = option.names;
            if (const auto comma = left.find(','); comma != std::string::npos)
                left.insert(comma + 1, " ");
            out += entry(option.value.empty() ? left : left + " " + option.value,
                         option.help.text(lang));
        }
    }
    if (!examples_.empty()) out += "\n" + msg("Examples:").text(lang) + "\n";
    for (const auto& e : examples_)
        out += "  " + e.command_line + "\n      " + wrapped(e.meaning.text(lang), 6, 92) + "\n";
    out += "\n" +
           msg("Exit codes: 0 done, 1 needs attention, 64 usage, 65 bad data, 66 no input, 69 "
               "unavailable, 70 bug, 74 input or output failed, 75 busy, 78 configuration.")
               .text(lang) +
           "\n";
    return out;
}

void Command::parse(const std::string& program, std::vector<std::string> args) {
    CLI::App app;
    app.set_help_flag();
    app.allow_extras(false);
    for (auto& option : options_) {
        const std::string long_name = option.names.substr(option.names.rfind(',') + 1);
        if (auto* const target = std::get_if<bool*>(&option.target)) {
            app.add_flag(option.names, **target);
            continue;
        }
        const auto store = [&option, long_name](const CLI::results_t& values) {
            const std::string& last = values.back();
            const auto number = [&]() -> std::uint64_t {
                const auto n = parse_integer(last);
                if (!n || *n < 0)
                    throw usage(
                        msg("option {}: \"{}\" is not a whole number", long_name, printable(last)));
                return static_cast<std::uint64_t>(*n);
            };
            std::visit(
                Overloaded{
                    [](bool*) {},
                    [&](std::string* t) {
                        if (!option.words.empty() &&
                            std::find(option.words.begin(), option.words.end(), last) ==
                                option.words.end())
                            throw usage(msg("option {}: \"{}\" is not one of {}", long_name,
                                            printable(last), option.value));
                        *t = last;
                    },
                    [&](std::optional<std::string>* t) { *t = last; },
                    [&](std::vector<std::string>* t) { *t = values; },
                    [&](std::uint64_t* t) { *t = number(); },
                    [&](std::optional<std::uint64_t>* t) { *t = number(); },
                    [&](std::optional<Day>* t) {
                        const auto day = parse_day(last);
                        if (!day)
                            throw usage(msg("option {}: \"{}\" is not a day such as 2019-12-31",
                                            long_name, printable(last)));
                        *t = *day;
                    },
                },
                option.target);
            return true;
        };
        CLI::Option* const added = app.add_option(option.names, store, "");
        added->expected(1);
        const bool is_list = std::holds_alternative<std::vector<std::string>*>(option.target);
        added->multi_option_policy(is_list ? CLI::MultiOptionPolicy::TakeAll
                                           : CLI::MultiOptionPolicy::Throw);
    }
    std::vector<std::string> words;
    app.add_option("operands", words, "");
    std::reverse(args.begin(), args.end());  // CLI11 wants them so
    try {
        app.parse(args);
    } catch (const CLI::ExtrasError&) {
        std::string word = app.remaining().empty() ? std::string() : app.remaining().front();
        std::vector<std::string> names;
        for (const auto& option : options_)
            names.push_back(option.names.substr(option.names.rfind(',') + 1));
        const std::vector<std::string_view> views(names.begin(), names.end());
        const auto near = nearest(word.substr(0, word.find('=')), views);
        throw usage(msg("unknown option \"{}\"", printable(word)),
                    near ? msg("did you mean \"{}\"?", *near) : see_help(program));
    } catch (const CLI::ArgumentMismatch& e) {
        const std::string text = e.what();
        throw usage(
            msg("option {} needs one value and may be given once", text.substr(0, text.find(':'))),
            see_help(program));
    } catch (const CLI::ParseError& e) {
        throw usage(msg("the command line cannot be read: {}", e.what()), see_help(program));
    }
    if (*is_help_) return;
    // Here and not by CLI11, which would report what is missing before what it does not know.
    for (const auto& option : options_) {
        const std::string long_name = option.names.substr(option.names.rfind(',') + 1);
        if (option.is_required && app.count(long_name) == 0)
            throw usage(msg("option {} must be given", long_name), see_help(program));
    }
    words_ = words;
    std::size_t at = 0;
    for (const auto& operand : operands_) {
        if (auto* const one = std::get_if<std::string*>(&operand.target)) {
            if (at == words.size())
                throw usage(msg("{} is missing", operand.name), see_help(program));
            **one = words[at++];
        } else if (auto* const many = std::get_if<std::vector<std::string>*>(&operand.target)) {
            if (words.size() - at < operand.at_least)
                throw usage(msg("{} is missing", operand.name), see_help(program));
            if (at < words.size())
                (*many)->assign(words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
            at = words.size();
        }
    }
    if (at < words.size())
        throw usage(msg("\"{}\" is one operand too many", printable(words[at])), see_help(program));
    const std::string& allowed = common_->max_rejects;
    const std::string_view digits =
        std::string_view(allowed).substr(0, allowed.size() - (allowed.ends_with('%') ? 1 : 0));
    if (!allowed.empty() && (!parse_integer(digits) || *parse_integer(digits) < 0))
        throw usage(msg("option --max-rejects: \"{}\" is neither a number nor a share such as 2%",
                        printable(allowed)));
}

void Command::check_files() const {
    struct File {
        std::string option, path;
    };
    std::vector<File> written;
    std::vector<std::string> read = words_;
    for (const auto& option : options_) {
        const std::string name = option.names.substr(option.names.rfind(',') + 1);
        const auto* const target = std::get_if<std::string*>(&option.target);
        if (option.value != "FILE" || target == nullptr || (*target)->empty()) continue;
        const bool is_written =
            name == "--output" || name == "--rejects" || name == "--repairs" || name == "--summary";
        if (!is_written)
            read.push_back(**target);
        else
            written.push_back({name, **target});
        if (name == "--rejects") written.push_back({name, **target + ".reasons.csv"});
    }
    for (std::size_t i = 0; i < written.size(); ++i) {
        const File& file = written[i];
        if (file.path == "-" && file.option == "--rejects")
            throw usage(msg("option {} needs a file of its own, not standard output", file.option));
        if (file.option == "--output" &&
            (file.path.ends_with(".gz") || file.path.ends_with(".xz") ||
             file.path.ends_with(".zst")))
            throw usage(msg("{} would not be compressed", printable(file.path)),
                        msg("write to standard output and pipe it into gzip, xz or zstd"));
        for (std::size_t k = 0; k < i; ++k)
            if (is_same_file(written[k].path, file.path))
                throw usage(msg("options {} and {} name the same file: {}", written[k].option,
                                file.option, printable(file.path)));
        for (const auto& path : read) {
            if (!is_same_file(path, file.path)) continue;
            if (file.option == "--output")
                common_->replaces_input = true;  // as a whole, when all is read
            else
                throw usage(
                    msg("option {} would overwrite the input {}", file.option, printable(path)));
        }
    }
    // What was refused then is in no input any more.
    std::error_code none;
    const std::string& rejects = common_->rejects;
    if (common_->replaces_input && !rejects.empty() && std::filesystem::exists(rejects, none) &&
        std::filesystem::file_size(rejects, none) != 0)
        throw usage(msg("{} holds what was refused before", printable(rejects)),
                    msg("name another file for --rejects: an input is replaced, and nothing else "
                        "would keep it"));
    for (const auto& path : read)
        if (is_standard_output(path))
            throw usage(msg("standard output is the input {}", printable(path)),
                        msg("write to another file, or with -o and --force"));
}

Program::Program(std::string name, Message brief)
    : name_(std::move(name)), brief_(std::move(brief)) {}

Program& Program::add(Command command) {
    commands_.push_back(std::move(command));
    return *this;
}

Program& Program::list(Message title, std::vector<std::pair<std::string, Message>> entries) {
    list_title_ = std::move(title);
    list_ = std::move(entries);
    return *this;
}

bool Program::has(std::string_view name) const {
    return std::any_of(commands_.begin(), commands_.end(),
                       [&](const Command& command) { return command.name() == name; });
}

std::string Program::help(Lang lang) const {
    std::string out = name_ + " - " + brief_.text(lang) + "\n\n" + msg("Usage:").text(lang) + " " +
                      name_ + msg(" COMMAND [OPTIONS]").text(lang) + "\n\n" +
                      msg("Commands:").text(lang) + "\n";
    for (const auto& command : commands_) out += entry(command.name(), command.brief().text(lang));
    if (!list_.empty()) out += "\n" + list_title_.text(lang) + "\n";
    for (const auto& [name, brief] : list_) out += entry(name, brief.text(lang));
    out += "\n" +
           msg("Run \"{} COMMAND --help\" for the options and examples of one command.", name_)
               .text(lang) +
           "\n";
    return out;
}

int Program::run(int argc, char** argv) {
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    std::signal(SIGHUP, on_signal);
    std::signal(SIGPIPE, on_signal);  // "| head": other outputs must not stay half-written
    std::vector<std::string> args(argv + 1, argv + argc);
    // The language is needed before the command line can be read, for the errors of reading it.
    CommonOptions early;
    for (std::size_t i = 0; i < args.size(); ++i) {
        if (args[i] == "--lang" && i + 1 < args.size()) early.lang = args[i + 1];
        if (args[i].starts_with("--lang=")) early.lang = args[i].substr(7);
        if (args[i] == "--") break;
    }
    const Lang lang = language_from(early.lang).value_or(Lang::en);
    const auto print = [](const std::string& text) {
        Output out("-", Output::Replace::yes);
        out.write(text);
        out.close();
        return 0;
    };
    std::string program = name_;
    std::unique_ptr<Context> context;
    const auto fail = [&](const Error& e) {
        const int code = static_cast<int>(e.fault());
        if (!context) context = std::make_unique<Context>(program, early);
        context->log("error", e.text(context->lang()), &e);
        try {
            context->write_summary(code, e.what());
        } catch (const Error& second) {
            context->log("error", second.text(context->lang()), &second);
        }
        return code;
    };
    try {
        Command* command = nullptr;
        if (commands_.size() == 1 && commands_.front().name().empty()) {
            command = &commands_.front();
        } else {
            // The language may also be said before the command, which then gets it as its own.
            std::vector<std::string> before;
            if (!args.empty() && (args[0] == "--lang" || args[0].starts_with("--lang="))) {
                const auto end = args.begin() + (args[0] == "--lang" && args.size() > 1 ? 2 : 1);
                before.assign(args.begin(), end);
                args.erase(args.begin(), end);
            }
            if (args.empty()) {
                std::cerr << help(lang);
                return static_cast<int>(Fault::usage);
            }
            if (args[0] == "--help" || args[0] == "-h" || (args[0] == "help" && !has("help"))) {
                if (args[0] != "help" || args.size() == 1) return print(help(lang));
                std::swap(args[0], args[1]);
                args[1] = "--help";
            }
            if (args[0] == "--version" || (args[0] == "version" && !has("version")))
                return print(fmt::format("{} {}\n", name_, kVersion));
            std::vector<std::string_view> names;
            for (auto& candidate : commands_) {
                names.push_back(candidate.name());
                if (candidate.name() == args[0]) command = &candidate;
            }
            if (command == nullptr) {
                const auto near = nearest(args[0], names);
                throw usage(msg("unknown command \"{}\"", printable(args[0])),
                            near ? msg("did you mean \"{}\"?", *near) : see_help(name_));
            }
            program += " " + command->name();
            args.erase(args.begin());
            args.insert(args.begin(), before.begin(), before.end());
        }
        for (const auto& arg : args) {
            if (arg == "--") break;
            if (arg == "--version") return print(fmt::format("{} {}\n", name_, kVersion));
        }
        command->parse(program, args);
        if (*command->is_help_) return print(command->help(name_, lang));
        command->check_files();
        context = std::make_unique<Context>(program, *command->common_);
        const Answer answer = command->run_(*context);
        const int code = context->finish(answer);
        context->write_summary(code, "");
        return code;
    } catch (const Error& e) {
        return fail(e);
    } catch (const std::bad_alloc&) {
        return fail(Error(Fault::io, msg("out of memory")));
    } catch (const std::exception& e) {
        return fail(Error(Fault::bug, msg("this is a bug in tushu: {}", e.what()),
                          msg("please report it with the command line")));
    }
}

}  // namespace tushu::cmd
