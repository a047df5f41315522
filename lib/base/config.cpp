// SPDX-License-Identifier: Apache-2.0
#include "base/config.hpp"

#include "base/date.hpp"
#include "base/input.hpp"
#include "base/text.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <set>

namespace tushu {
namespace fs = std::filesystem;

Config Config::load(const std::string& path) {
    const Yaml root = Yaml::load(path);
    root.allow({"library", "store", "busy_seconds", "state", "data", "patron_key", "language",
                "sources", "partners"});
    Config config;
    config.file = path;
    const fs::path folder = fs::path(path).parent_path();
    const auto relative_to_file = [&folder](const std::string& name) {
        if (name.empty() || name.find("://") != std::string::npos) return name;
        const std::string scheme = name.starts_with("sqlite:") ? "sqlite:" : "";
        return scheme +
               (folder / name.substr(scheme.size())).string();  // an absolute path stays as it is
    };
    const Yaml library = root.get("library");
    library.allow({"name", "name_en", "isil", "zone"});
    config.library_name = library.get("name").text_or(config.library_name);
    config.library_name_en = library.get("name_en").text_or(config.library_name_en);
    config.isil = library.get("isil").text_or("");
    const Yaml zone = library.get("zone");
    config.zone = zone.text_or(config.zone);
    try {
        check_zone(config.zone);
    } catch (const Error& e) {
        throw zone.error(e.message(), e.hint());
    }
    const Yaml language = root.get("language");
    if (!language.is_absent()) {
        if (language.text() != "zh" && language.text() != "en")
            throw language.error(msg("must be zh or en, not \"{}\"", printable(language.text())));
        config.language = language_of(language.text());
    }
    config.store = relative_to_file(root.get("store").text_or(config.store));
    const Yaml busy = root.get("busy_seconds");
    config.busy_seconds = busy.integer_or(config.busy_seconds);
    if (config.busy_seconds < 0 || config.busy_seconds > 86'400)
        throw busy.error(msg("must be 0 to 86400 seconds"));
    config.state = relative_to_file(root.get("state").text_or(config.state));
    config.data = relative_to_file(root.get("data").text_or(""));
    config.patron_key = root.get("patron_key").text_or("");
    if (config.patron_key.starts_with("file:"))
        config.patron_key = "file:" + relative_to_file(config.patron_key.substr(5));
    config.sources = root.get("sources");
    config.partners = root.get("partners");
    return config;
}

std::string DataFolders::find(const std::string& name) const {
    std::string searched;
    for (const auto& folder : folders_) {
        std::error_code ignored;
        if (fs::is_regular_file(folder / name, ignored)) return (folder / name).string();
        searched += (searched.empty() ? "" : ", ") + folder.string();
    }
    throw Error(Fault::config, msg("the definition file \"{}\" is in none of: {}", name, searched),
                msg("install tushu whole, or name its share folder in TUSHU_DATA"));
}

std::vector<std::string> DataFolders::list(const std::string& folder,
                                           const std::string& extension) const {
    std::set<std::string> names;
    for (const auto& root : folders_) {
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(root / folder, ignored))
            if (entry.path().extension() == extension)
                names.insert(entry.path().filename().string());
    }
    return {names.begin(), names.end()};
}

std::string resolve_secret(
    const std::string& reference,
    const std::function<std::optional<std::string>(const std::string&)>& environment) {
    std::string secret;
    if (reference.starts_with("env:")) {
        const auto value = environment(reference.substr(4));
        if (!value)
            throw Error(Fault::config,
                        msg("the environment has no variable \"{}\"", reference.substr(4)));
        secret = *value;
    } else if (reference.starts_with("file:")) {
        const std::string path = reference.substr(5);
        struct stat facts {};
        if (::stat(path.c_str(), &facts) != 0) throw system_error(Fault::config, path, errno);
        if ((facts.st_mode & 077U) != 0)
            throw Error(Fault::config, {path}, msg("others may read this secret"),
                        msg("run: chmod 600 {}", path));
        secret = trim(load_file(path, 4096));
    } else {
        throw Error(Fault::config, msg("a secret is named as env:NAME or file:PATH"));
    }
    if (secret.empty()) throw Error(Fault::config, msg("the secret \"{}\" is empty", reference));
    return secret;
}

}  // namespace tushu
