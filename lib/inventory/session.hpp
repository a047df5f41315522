// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "inventory/scans.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace tushu::inventory {

/// One scanner file as the session's journal has it.
struct SessionFile {
    std::int64_t number = 0;  // from 1, in the order added
    std::string sha256;       // of the file as it was handed in, perhaps compressed
    std::string stored;       // SHA-256 of the bytes that the session keeps; empty: not known
    std::string name;         // base name
    ScanFormat format;
    ScanDefaults defaults;  // shelf_labels: not kept, see `labels`
    std::string labels;     // SHA-256 of the code rules it was read with; empty: none
    std::int64_t lines = 0, scans = 0;
    std::string added;  // instant; for people, in no result
};

/// A stock-taking session: a folder with every scanner file as it came and a journal that says how
/// each is to be read. Nothing in it is ever changed; all results are computed from it anew.
///
/// Shape:  DIR/session.yaml (name), DIR/journal.csv (one row a file), DIR/files/NNNN-<sha256>.txt,
///         DIR/codes-<sha256>.yaml (rules that shelf labels in the stream are known by).
/// Errors: Error{no_input} for a folder that is no session or has lost its journal,
///         Error{bad_input} for a damaged journal, Error{again} while another program adds to it.
class Session {
  public:
    /// An existing session.
    static Session open(const std::string& folder);
    /// An existing session or a new one; `name` empty: the folder's base name. Waits while another
    /// program makes it.
    static Session open_or_create(const std::string& folder, const std::string& name);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    [[nodiscard]] const std::vector<SessionFile>& files() const { return files_; }

    struct Added {
        bool is_repeat = false;  // the same bytes are in the session already: nothing was done
        SessionFile file;
        std::vector<ScanFault> faults;
    };
    /// While another program adds to the session: give up (Error{again}), or wait for it.
    enum class Wait { no, yes };
    /// Takes in one scanner file. `format` nullopt: detected. `code_rules`: YAML text for
    /// load_code_rules(), of which `shelves` are labels in the stream; empty: none.
    Added add(Input& input, const std::optional<ScanFormat>& format, const ScanDefaults& defaults,
              const std::string& now, const std::string& code_rules = {}, Wait wait = Wait::no);
    /// Reads all files of the session; ScanLog::faults are what add() told of them.
    /// Error{bad_input} when one is not as it was added.
    [[nodiscard]] ScanLog load() const;

  private:
    Session(std::filesystem::path folder, std::string name)
        : folder_(std::move(folder)), name_(std::move(name)) {}
    void read_journal();
    void write_journal() const;
    void read_stored(ScanLog& log, const SessionFile& file, const ScanDefaults& defaults,
                     std::vector<ScanFault>& faults) const;
    [[nodiscard]] std::filesystem::path path_of(const SessionFile& file) const;
    [[nodiscard]] std::filesystem::path labels_path(const std::string& sha256) const;
    std::filesystem::path folder_;
    std::string name_;
    std::vector<SessionFile> files_;
};

}  // namespace tushu::inventory
