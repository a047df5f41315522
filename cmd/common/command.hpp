// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/context.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tushu::cmd {

/// One subcommand: its options, its help, and what it runs. Only command.cpp knows CLI11.
///
/// Parsing opens no file; running reads no argv. Every command has --help, --version, --quiet,
/// --lang,
/// --config, --log-format and --summary; the with_...() calls add further shared groups.
class Command {
  public:
    Command(std::string name, Message brief);

    /// `names`: "--limit" or "-n,--limit". `value`: what stands for the value in the help ("N",
    /// "FILE").
    Command& flag(std::string names, bool& target, Message help);
    Command& option(std::string names, std::string value, std::string& target, Message help);
    Command& option(std::string names, std::string value, std::optional<std::string>& target,
                    Message help);
    Command& option(std::string names, std::string value, std::vector<std::string>& target,
                    Message help);
    Command& option(std::string names, std::string value, std::uint64_t& target, Message help);
    Command& option(std::string names, std::string value, std::optional<std::uint64_t>& target,
                    Message help);
    Command& option(std::string names, std::string value, std::optional<Day>& target, Message help);
    /// One of the given words.
    Command& choice(std::string names, std::string& target, std::vector<std::string> words,
                    Message help);
    /// Marks the option added last as one that must be given.
    Command& required();
    /// Operands. A vector takes what is left (`at_least` of them); a string takes exactly one.
    Command& operand(std::string name, std::string& target, Message help);
    Command& operands(std::string name, std::vector<std::string>& target, std::size_t at_least,
                      Message help);

    /// -o FILE and --force: the command writes data.
    Command& with_output();
    /// --rejects FILE and --max-rejects N|N%.
    Command& with_rejects();
    /// --store URI.
    Command& with_store();
    /// --format and --excel: the command prints tables. Formats beside text, csv and json are the
    /// command's own work.
    Command& with_tables(std::vector<std::string> formats = {"text", "csv", "json"});

    /// Two or three real command lines with what they do; `--help` and the man page show them.
    Command& example(std::string command_line, Message meaning);
    Command& on_run(std::function<Answer(Context&)> run);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const Message& brief() const { return brief_; }

  private:
    friend class Program;
    using Target =
        std::variant<bool*, std::string*, std::optional<std::string>*, std::vector<std::string>*,
                     std::uint64_t*, std::optional<std::uint64_t>*, std::optional<Day>*>;
    struct Option {
        std::string names, value;
        Target target;
        Message help;
        std::vector<std::string> words;
        bool is_required = false, is_common = false;
    };
    struct Operand {
        std::string name;
        Target target;
        Message help;
        std::size_t at_least = 0;
    };
    struct Example {
        std::string command_line;
        Message meaning;
    };
    Command& add(std::string names, std::string value, Target target, Message help);
    [[nodiscard]] std::string help(const std::string& program, Lang lang) const;
    void parse(const std::string& program, std::vector<std::string> args);
    /// Errors: Error{usage} when two outputs are one file, or one would overwrite an input.
    void check_files() const;
    std::string name_;
    Message brief_;
    std::vector<Option> options_;
    std::vector<Operand> operands_;
    std::vector<std::string> words_;  // operands as given
    std::vector<Example> examples_;
    std::function<Answer(Context&)> run_;
    std::shared_ptr<CommonOptions> common_;  // shared: option targets outlive moves of the command
    std::shared_ptr<bool> is_help_;          // shared, as common_
};

/// An executable of the suite: a name, a line about it, and its subcommands.
class Program {
  public:
    Program(std::string name, Message brief);
    Program& add(Command command);
    /// A further list for the program's help, below the commands.
    Program& list(Message title, std::vector<std::pair<std::string, Message>> entries);
    /// Parses, runs, reports; returns the exit code. The only place that catches.
    int run(int argc, char** argv);

  private:
    [[nodiscard]] std::string help(Lang lang) const;
    [[nodiscard]] bool has(std::string_view name) const;
    std::string name_;
    Message brief_;
    std::vector<Command> commands_;
    Message list_title_;
    std::vector<std::pair<std::string, Message>> list_;
};

}  // namespace tushu::cmd
