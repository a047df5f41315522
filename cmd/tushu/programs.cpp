// SPDX-License-Identifier: Apache-2.0
#include "programs.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "common/context.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace tushu::cmd {
namespace {

std::string path_of(std::string_view word) {
    return program_folder() + "/tushu" + (word.empty() ? "" : "-") + std::string(word);
}

}  // namespace

std::vector<std::pair<std::string, Message>> known_programs() {
    return {{"marc", msg("MARC records: count, convert, select")},
            {"catalog", msg("bibliographic records and items in the store")},
            {"callno", msg("call numbers: sort, make keys")},
            {"inventory", msg("stock-taking: scans against holdings")},
            {"stats", msg("circulation and counts against the year's plan")},
            {"ill", msg("interlibrary loan and document delivery")},
            {"report", msg("reports from the results: HTML, XLSX, CSV")},
            {"job", msg("run the night's work from a job file")},
            {"db", msg("the store: make it, keep it current, save it")},
            {"simulate", msg("make a library with known answers, to try things out")}};
}

bool is_installed(std::string_view word) {
    const bool is_word = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    return is_word && word.front() != '-' && ::access(path_of(word).c_str(), X_OK) == 0;
}

std::vector<std::pair<std::string, Message>> installed_programs() {
    auto programs = known_programs();
    std::erase_if(programs, [](const auto& program) { return !is_installed(program.first); });
    return programs;
}

void become(const std::string& word, const std::vector<std::string>& args) {
    const std::string path = path_of(word);
    std::string name = std::filesystem::path(path).filename().string();
    std::vector<std::string> held = args;
    std::vector<char*> argv{name.data()};
    for (auto& arg : held) argv.push_back(arg.data());
    argv.push_back(nullptr);
    ::execv(path.c_str(), argv.data());
    throw system_error(Fault::unavailable, path, errno);
}

}  // namespace tushu::cmd
