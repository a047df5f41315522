// SPDX-License-Identifier: Apache-2.0
// tushu help - the help of a program or of one of its commands.
#include "base/text.hpp"
#include "commands.hpp"
#include "programs.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    std::vector<std::string> words;
};

Answer run(const std::vector<std::string>& words, Context& context) {
    std::vector<std::string> args{"--lang", std::string(name_of(context.lang()))};
    if (words.empty()) {
        args.emplace_back("--help");
        become("", args);
    }
    const std::vector<std::string_view> own{"doctor", "help", "version"};
    if (std::find(own.begin(), own.end(), words.front()) != own.end()) {
        args.insert(args.end(), {words.front(), "--help"});
        become("", args);
    }
    if (is_installed(words.front())) {
        args.insert(args.end(), words.begin() + 1, words.end());
        args.emplace_back("--help");
        become(words.front(), args);
    }
    const auto programs = installed_programs();
    std::vector<std::string_view> names(own);
    for (const auto& program : programs) names.emplace_back(program.first);
    const auto near = nearest(words.front(), names);
    throw Error(
        Fault::usage, msg("there is no program or command \"{}\"", printable(words.front())),
        near ? msg("did you mean \"{}\"?", *near) : msg("run \"tushu --help\" for the list"));
}

}  // namespace

Command help_command() {
    auto options = std::make_shared<Options>();
    Command command("help", msg("Show the help of a program, or of one of its commands"));
    return command
        .operands("WORD", options->words, 0, msg("A program and, if wanted, one of its commands"))
        .example("tushu help marc", msg("What tushu-marc can do"))
        .example("tushu help marc count", msg("The options and examples of one command"))
        .on_run([options](Context& context) { return run(options->words, context); });
}

}  // namespace tushu::cmd
