// SPDX-License-Identifier: Apache-2.0
#include "inventory/decisions.hpp"

#include "base/csv.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace tushu::inventory {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"found", "explained", "stays", "hold", "none"};
constexpr std::array<std::string_view, 5> kColumns = {"when", "who", "barcode", "decision",
                                                      "reason"};

std::string path_of(const std::filesystem::path& session) {
    return (session / "decisions.csv").string();
}

void append_cell(std::string& out, std::string_view cell) {
    out += '"';
    for (const char c : cell) {
        if (c == '"') out += '"';
        // One line a decision, so that a person can read the file.
        out += c == '\n' || c == '\r' ? ' ' : c;
    }
    out += '"';
}

}  // namespace

std::string_view name_of(Verdict verdict) { return kNames[static_cast<std::size_t>(verdict)]; }

std::optional<Verdict> verdict_from(std::string_view name) {
    const auto at = std::find(kNames.begin(), kNames.end(), name);
    if (at == kNames.end()) return std::nullopt;
    return static_cast<Verdict>(at - kNames.begin());
}

std::vector<Decision> load_decisions(const std::filesystem::path& session) {
    std::vector<Decision> out;
    const std::string path = path_of(session);
    if (std::error_code ignored; !std::filesystem::exists(path, ignored)) return out;
    const auto input = Input::open(path);
    CsvReader csv(*input);
    std::array<std::size_t, kColumns.size()> at{};
    for (std::size_t i = 0; i < kColumns.size(); ++i) at[i] = csv.required(kColumns[i]);
    while (const auto cells = csv.next()) {
        const auto cell = [&](std::size_t i) {
            return std::string(at[i] < cells->size() ? (*cells)[at[i]] : std::string_view());
        };
        const auto verdict = verdict_from(cell(3));
        if (!verdict)
            throw Error(Fault::bad_input, {path, 0, 0, csv.line()},
                        msg("\"{}\" is no decision", printable(cell(3))));
        if (cell(1).empty() || cell(2).empty())
            throw Error(Fault::bad_input, {path, 0, 0, csv.line()},
                        msg("a decision needs who, barcode and reason"));
        out.push_back({cell(0), cell(1), cell(2), *verdict, cell(4)});
    }
    return out;
}

void append_decisions(const std::filesystem::path& session,
                      const std::vector<Decision>& decisions) {
    std::string bytes;
    for (const Decision& d : decisions) {
        if (trim(d.who).empty() || trim(d.barcode).empty() || trim(d.reason).empty())
            throw Error(Fault::usage, msg("a decision needs who, barcode and reason"));
        const std::array<std::string_view, kColumns.size()> cells = {d.when, d.who, d.barcode,
                                                                     name_of(d.verdict), d.reason};
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (i != 0) bytes += ',';
            append_cell(bytes, cells[i]);
        }
        bytes += '\n';
    }
    const std::string path = path_of(session);
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0) throw system_error(Fault::io, path, errno);
    int error = ::flock(fd, LOCK_EX) != 0 ? errno : 0;
    if (error == 0 && ::lseek(fd, 0, SEEK_END) == 0) {
        std::string head;
        for (const auto column : kColumns) head += (head.empty() ? "" : ",") + std::string(column);
        bytes.insert(0, head + "\n");
    }
    // All lines in one write: a reader sees all of them or none.
    if (error == 0) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0)
            error = errno;
        else if (static_cast<std::size_t>(written) != bytes.size())
            error = ENOSPC;
    }
    if (error == 0 && ::fsync(fd) != 0) error = errno;
    ::close(fd);
    if (error != 0) throw system_error(Fault::io, path, error);
}

}  // namespace tushu::inventory
