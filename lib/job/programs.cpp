// SPDX-License-Identifier: Apache-2.0
#include "job/programs.hpp"

#include "base/text.hpp"
#include "job/process.hpp"

#include <unistd.h>

#include <filesystem>
#include <map>
#include <set>

namespace tushu::job {
namespace {

namespace fs = std::filesystem;
constexpr Duration kHelpLimit{10000};

bool is_ours(const std::string& program) {
    return program.substr(program.rfind('/') + 1).starts_with("tushu-");
}

/// The long options in a help text: every word that begins with "--".
std::set<std::string> options_in(const std::string& help) {
    std::set<std::string> out;
    for (std::size_t at = help.find("--"); at != std::string::npos; at = help.find("--", at)) {
        const std::size_t end = help.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-", at);
        if (at == 0 || help[at - 1] == ' ' || help[at - 1] == ',')
            out.insert(help.substr(at, end - at));
        at = end == std::string::npos ? help.size() : end;
    }
    return out;
}

Error at_step(const Step& step, const Error& e) {
    return {Fault::config, step.where, e.message(), e.hint()};
}

}  // namespace

std::string find_program(const std::string& name, const SearchPath& folders) {
    const auto is_program = [](const fs::path& path) {
        std::error_code ignored;
        return fs::is_regular_file(path, ignored) && ::access(path.c_str(), X_OK) == 0;
    };
    if (name.find('/') != std::string::npos) {
        if (is_program(name)) return name;
        throw Error(Fault::config, msg("no program is at {}", printable(name)));
    }
    for (const auto& folder : folders)
        if (!folder.empty() && is_program(fs::path(folder) / name))
            return (fs::path(folder) / name).string();
    throw Error(Fault::config,
                msg("there is no program \"{}\" on the search path", printable(name)),
                msg("cron's PATH is short; see \"tushu-job cron\""));
}

std::vector<Error> check_programs(const Spec& spec, const SearchPath& folders) {
    std::vector<Error> problems;
    std::map<std::pair<std::string, std::string>, std::optional<std::string>> helps;
    for (const auto& step : spec.steps) {
        std::string program;
        try {
            program = find_program(step.run[0], folders);
        } catch (const Error& e) {
            problems.push_back(at_step(step, e));
            continue;
        }
        if (!is_ours(program)) continue;
        const std::string command =
            step.run.size() > 1 && !step.run[1].starts_with('-') ? step.run[1] : "";
        const auto key = std::pair(program, command);
        if (!helps.contains(key)) {
            std::vector<std::string> question{program};
            if (!command.empty()) question.push_back(command);
            question.insert(question.end(), {"--lang", "en", "--help"});
            helps[key] = output_of(question, kHelpLimit);
        }
        const auto& help = helps[key];
        if (!help) {
            problems.emplace_back(Fault::config, step.where,
                                  msg("step \"{}\": {} knows no command \"{}\"", step.id,
                                      step.run[0], printable(command)));
            continue;
        }
        const auto known = options_in(*help);
        const std::vector<std::string_view> words(known.begin(), known.end());
        for (std::size_t i = 1; i < step.run.size() && step.run[i] != "--"; ++i) {
            const std::string option = step.run[i].substr(0, step.run[i].find('='));
            if (!option.starts_with("--") || known.contains(option)) continue;
            const auto near = nearest(option, words);
            problems.emplace_back(Fault::config, step.where,
                                  msg("step \"{}\": {} {} has no option {}", step.id, step.run[0],
                                      command, printable(option)),
                                  near ? msg("did you mean \"{}\"?", *near) : Message());
        }
    }
    return problems;
}

}  // namespace tushu::job
