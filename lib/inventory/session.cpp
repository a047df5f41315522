// SPDX-License-Identifier: Apache-2.0
#include "inventory/session.hpp"

#include "base/error.hpp"
#include "base/output.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"
#include "inventory/barcode.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>

namespace tushu::inventory {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kFileLimit = std::size_t{1} << 30U;
constexpr std::array<std::string_view, 16> kJournal = {
    "number", "sha256", "file",  "format", "location", "shelf", "operator", "device",
    "pass",   "day",    "lines", "scans",  "added",    "gap",   "labels",   "stored"};

/// Holds DIR/lock while one program makes the session or adds to it.
class Lock {
  public:
    Lock(const fs::path& folder, Session::Wait wait) {
        const std::string path = (folder / "lock").string();
        fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (fd_ < 0) throw system_error(Fault::io, path, errno);
        int status = 0;
        do status = ::flock(fd_, wait == Session::Wait::yes ? LOCK_EX : LOCK_EX | LOCK_NB);
        while (status != 0 && errno == EINTR);
        if (status == 0) return;
        const int reason = errno;
        ::close(fd_);
        if (reason != EWOULDBLOCK) throw system_error(Fault::io, path, reason);
        throw Error(Fault::again, {folder.string()},
                    msg("another program is adding to this session"));
    }
    ~Lock() { ::close(fd_); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

  private:
    int fd_ = -1;
};

Error changed(const std::string& path) {
    return {Fault::bad_input,
            {path},
            msg("was changed after it was added to the session"),
            msg("bring it back from a backup; corrections go into a file of their own")};
}

}  // namespace

Session Session::open(const std::string& folder) {
    const fs::path path(folder);
    const fs::path settings = path / "session.yaml";
    std::error_code ignored;
    if (!fs::is_directory(path, ignored)) throw system_error(Fault::no_input, folder, ENOENT);
    if (!fs::exists(settings, ignored))
        throw Error(Fault::no_input, {folder}, msg("is no stock-taking session"),
                    msg("begin one with \"tushu-inventory scan add\""));
    const Yaml yaml = Yaml::load(settings.string());
    yaml.allow({"name"});
    Session session(path, yaml.need("name").text());
    session.read_journal();
    return session;
}

Session Session::open_or_create(const std::string& folder, const std::string& name) {
    const fs::path path(folder);
    const fs::path settings = path / "session.yaml", journal = path / "journal.csv";
    std::error_code error;
    if (!fs::exists(settings, error) || !fs::exists(journal, error)) {
        fs::create_directories(path / "files", error);
        if (error) throw system_error(Fault::io, folder, error.value());
        const Lock lock(path, Wait::yes);  // somebody else may be making it just now
        std::string chosen =
            name.empty() ? fs::absolute(path).lexically_normal().filename().string() : name;
        if (chosen.empty())
            chosen = fs::absolute(path).lexically_normal().parent_path().filename().string();
        // First the journal: a folder with session.yaml is a whole session at any time.
        Session session(path, chosen);
        if (!fs::exists(journal, error)) {
            session.read_journal();
            session.write_journal();
        }
        if (!fs::exists(settings, error)) {
            std::string quoted = "'";
            for (const char c : chosen) quoted += c == '\'' ? std::string("''") : std::string(1, c);
            save_file(settings.string(), "name: " + quoted + "'\n");
        }
    }
    Session session = open(folder);
    if (!name.empty() && name != session.name_)
        throw Error(
            Fault::usage, {folder},
            msg("the session is called \"{}\", not \"{}\"", session.name_, printable(name)));
    return session;
}

fs::path Session::path_of(const SessionFile& file) const {
    return folder_ / "files" / fmt::format("{:04}-{}.txt", file.number, file.sha256.substr(0, 16));
}

fs::path Session::labels_path(const std::string& sha256) const {
    return folder_ / ("codes-" + sha256.substr(0, 16) + ".yaml");
}

void Session::read_journal() {
    files_.clear();
    const std::string path = (folder_ / "journal.csv").string();
    std::error_code error;
    if (!fs::exists(path, error)) {
        // Nothing was added yet, or the journal is lost: how the files are to be read, it alone
        // says.
        fs::directory_iterator stored(folder_ / "files", error);
        if (error || stored == fs::directory_iterator()) return;
        throw Error(Fault::no_input, {path},
                    msg("is missing, though \"files\" holds scanner files"),
                    msg("bring it back from a backup, or add the files to a new session"));
    }
    const auto input = Input::open(path);
    CsvReader csv(*input, {',', CsvEncoding::utf8, true});
    std::array<std::size_t, kJournal.size()> at{};
    // Sessions of earlier versions have no pauses, no labels and no digest of what is stored.
    for (std::size_t i = 0; i < kJournal.size(); ++i)
        at[i] = i < 13 ? csv.required(kJournal[i])
                       : csv.column(kJournal[i]).value_or(csv.header().size());
    while (const auto cells = csv.next()) {
        const auto cell = [&](std::size_t i) {
            return at[i] < cells->size() ? (*cells)[at[i]] : std::string_view();
        };
        const auto number = [&](std::size_t i) {
            const auto n = parse_integer(cell(i));
            if (!n)
                throw Error(Fault::bad_input, {path, 0, 0, csv.line()},
                            msg("\"{}\" is no number", printable(cell(i))));
            return *n;
        };
        SessionFile file;
        file.number = number(0);
        file.sha256 = cell(1);
        file.name = cell(2);
        const auto format = ScanFormat::from(cell(3));
        if (!format)
            throw Error(Fault::bad_input, {path, 0, 0, csv.line()},
                        msg("\"{}\" is no scanner format", printable(cell(3))));
        file.format = *format;
        file.defaults.location = cell(4);
        file.defaults.shelf = cell(5);
        file.defaults.operator_name = cell(6);
        file.defaults.device = cell(7);
        file.defaults.pass = static_cast<std::int32_t>(number(8));
        file.defaults.day = parse_day(cell(9));
        file.lines = number(10);
        file.scans = number(11);
        file.added = cell(12);
        if (!cell(13).empty()) file.defaults.gap_minutes = static_cast<std::int32_t>(number(13));
        file.labels = cell(14);
        file.stored = cell(15);
        files_.push_back(std::move(file));
    }
}

void Session::write_journal() const {
    Output out((folder_ / "journal.csv").string(), Output::Replace::yes);
    CsvWriter csv(out, {.neutralise = false});
    csv.row(kJournal);
    for (const auto& file : files_) {
        const std::string number = std::to_string(file.number),
                          pass = std::to_string(file.defaults.pass),
                          day = file.defaults.day ? tushu::text_of(*file.defaults.day) : "",
                          lines = std::to_string(file.lines), scans = std::to_string(file.scans),
                          format = file.format.text(),
                          gap = std::to_string(file.defaults.gap_minutes);
        csv.row({number, file.sha256, file.name, format, file.defaults.location,
                 file.defaults.shelf, file.defaults.operator_name, file.defaults.device, pass, day,
                 lines, scans, file.added, gap, file.labels, file.stored});
    }
    out.close();
}

Session::Added Session::add(Input& input, const std::optional<ScanFormat>& format,
                            const ScanDefaults& defaults, const std::string& now,
                            const std::string& code_rules, Wait wait) {
    while (input.window().size() <= kFileLimit && input.more()) {
    }
    if (input.window().size() > kFileLimit)
        throw Error(Fault::bad_input, {input.name()},
                    msg("is larger than the limit of {} bytes", kFileLimit));
    const Lock lock(folder_, wait);
    read_journal();  // another scanner's file may have come in since
    Added added;
    added.file.sha256 = input.sha256();
    for (const auto& known : files_)
        if (known.sha256 == added.file.sha256) return {true, known, {}};
    added.file.number = static_cast<std::int64_t>(files_.size()) + 1;
    added.file.name = fs::path(input.name()).filename().string();
    added.file.defaults = defaults;
    added.file.added = now;
    const std::string bytes(input.window());
    added.file.stored = sha256_hex(bytes);
    added.file.format =
        format ? *format : detect_format(std::string_view(bytes).substr(0, 1U << 16U));
    ScanLog log;
    if (added.file.format.is_rfid()) {
        // Tags read in full in earlier files are known by their UID.
        ScanLog before;
        std::vector<ScanFault> told;
        for (const auto& file : files_) {
            if (!file.format.is_rfid()) continue;
            read_stored(before, file, file.defaults, told);
        }
        log.uid_codes = std::move(before.uid_codes);
    }
    CodeRules rules;
    ScanDefaults with_labels = defaults;
    if (!code_rules.empty()) {
        rules = load_code_rules(Yaml::parse(code_rules, "code rules"));
        with_labels.shelf_labels = &rules.shelves;
        added.file.labels = sha256_hex(code_rules);
    }
    log.files.push_back({added.file.name, added.file.sha256, 0});
    const auto copy = Input::from_memory(bytes, input.name());
    read_scans(log, *copy, added.file.format, with_labels, added.faults);
    added.file.lines = static_cast<std::int64_t>(log.files.back().lines);
    added.file.scans = static_cast<std::int64_t>(log.scans.size());
    if (!code_rules.empty()) save_file(labels_path(added.file.labels).string(), code_rules);
    // First the bytes, then the journal: a file that no journal row names does not exist.
    save_file(path_of(added.file).string(), bytes);
    files_.push_back(added.file);
    write_journal();
    return added;
}

void Session::read_stored(ScanLog& log, const SessionFile& file, const ScanDefaults& defaults,
                          std::vector<ScanFault>& faults) const {
    const std::string path = path_of(file).string();
    const auto input = Input::open(path, Input::Digest::sha256);
    log.files.push_back({file.name, file.sha256, 0});
    read_scans(log, *input, file.format, defaults, faults);
    if (!file.stored.empty() && input->sha256() != file.stored) throw changed(path);
}

ScanLog Session::load() const {
    ScanLog log;
    std::vector<ScanFault> faults;
    std::size_t scans = 0;
    for (const auto& file : files_) scans += static_cast<std::size_t>(file.scans);
    log.scans.reserve(scans);
    std::map<std::string, CodeRules> rules;
    for (const auto& file : files_) {
        ScanDefaults defaults = file.defaults;
        if (!file.labels.empty()) {
            auto known = rules.find(file.labels);
            if (known == rules.end()) {
                const std::string path = labels_path(file.labels).string();
                const std::string text = load_file(path);
                if (sha256_hex(text) != file.labels) throw changed(path);
                known = rules.emplace(file.labels, load_code_rules(Yaml::parse(text, path))).first;
            }
            defaults.shelf_labels = &known->second.shelves;
        }
        read_stored(log, file, defaults, faults);
    }
    log.faults = std::move(faults);
    return log;
}

}  // namespace tushu::inventory
