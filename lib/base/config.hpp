// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/yaml.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tushu {

/// The library's settings (tushu.yaml).
///
/// Keys: library {name, name_en, isil, zone, language} · store · busy_seconds · state · data ·
/// patron_key ·
///       sources {NAME: ...} · partners (folder or list) · anything below `sources` and `partners`
///       is read by the module that owns it, which checks its own keys.
/// Errors: Error{config} with line and column; unknown keys are refused with the nearest known one.
struct Config {
    std::string file;  // empty: defaults only
    std::string library_name = "示例图书馆";
    std::string library_name_en = "Sample Library";
    std::string isil;
    std::string zone = "Asia/Shanghai";
    std::optional<Lang> language;
    std::string store =
        "tushu.db";  // path or URI; relative paths start at the config file's folder
    std::int64_t busy_seconds = 15;  // how long to wait for a store that another program writes to
    std::string state = "state";     // sessions, snapshots, reject files
    std::string data;        // the library's own definitions, searched before the installed ones
    std::string patron_key;  // secret reference: "env:NAME" or "file:PATH" (mode 0600)
    Yaml sources;
    Yaml partners;

    static Config load(const std::string& path);
};

/// Where definitions are looked for: the library's own folder first, then what is installed.
class DataFolders {
  public:
    explicit DataFolders(std::vector<std::filesystem::path> folders)
        : folders_(std::move(folders)) {}
    /// Path of "stats/plan-2019.yaml". Errors: Error{config} naming the folders searched.
    [[nodiscard]] std::string find(const std::string& name) const;
    /// Names of files with `extension` directly below `folder`, each once, sorted.
    [[nodiscard]] std::vector<std::string> list(const std::string& folder,
                                                const std::string& extension) const;

  private:
    std::vector<std::filesystem::path> folders_;
};

/// The secret behind "env:NAME" or "file:PATH". `environment` looks variables up (base reads none
/// itself). Errors: Error{config} when absent, empty, or the file's mode lets others read it. The
/// value is in no message.
[[nodiscard]] std::string resolve_secret(
    const std::string& reference,
    const std::function<std::optional<std::string>(const std::string&)>& environment);

}  // namespace tushu
