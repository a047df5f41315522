// SPDX-License-Identifier: Apache-2.0
#include "catalog/profile.hpp"

#include "base/hash.hpp"
#include "base/input.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"

#include <algorithm>
#include <array>

namespace tushu::catalog {
namespace {

constexpr std::array<std::string_view, 8> kClasses{
    "on_shelf", "on_loan", "in_transit", "off_shelf", "missing", "withdrawn", "pending", "unknown"};

std::string folded(std::string_view word) { return std::string(trim(nfkc(word))); }

}  // namespace

ItemProfile ItemProfile::load(const std::string& path) {
    const std::string text = load_file(path);
    const Yaml yaml = Yaml::parse(text, path);
    if (!yaml.is_map())
        throw yaml.error(msg("an item profile is a map with \"columns\" and \"status\""));
    yaml.allow({"columns", "status", "unknown_status"});
    ItemProfile profile;
    profile.file = path;
    profile.sha256 = sha256_hex(text);

    const Yaml columns = yaml.need("columns");
    columns.allow({"barcode", "bib", "location", "call_number", "scheme", "status", "volume",
                   "copy", "updated"});
    (void)columns.need("barcode");
    const auto column = [&columns](std::string_view key) { return columns.get(key).text_or(""); };
    profile.columns = {column("barcode"),     column("bib"),    column("location"),
                       column("call_number"), column("scheme"), column("status"),
                       column("volume"),      column("copy"),   column("updated")};

    const Yaml status = yaml.get("status");
    if (!profile.columns.status.empty() && status.is_absent())
        throw columns.get("status").error(
            msg("there is a status column but no \"status\" that says what its words mean"));
    for (const auto& [word, value] : status.entries()) {
        const std::string name = value.text();
        if (std::find(kClasses.begin(), kClasses.end(), name) == kClasses.end()) {
            const auto near = nearest(name, kClasses);
            throw value.error(msg("\"{}\" is not a status class", printable(name)),
                              near ? msg("did you mean \"{}\"?", *near)
                                   : msg("known are: {}",
                                         "on_shelf, on_loan, in_transit, off_shelf, missing, "
                                         "withdrawn, pending, unknown"));
        }
        if (!profile.status.emplace(folded(word), name).second)
            throw value.error(msg("\"{}\" stands here twice", printable(word)));
    }

    const Yaml unknown = yaml.get("unknown_status");
    const std::string answer = unknown.text_or("stop");
    if (answer != "stop" && answer != "warn")
        throw unknown.error(msg("must be stop or warn, not \"{}\"", printable(answer)));
    profile.stops_at_unknown_status = answer == "stop";
    return profile;
}

std::optional<std::string_view> ItemProfile::class_of(std::string_view word) const {
    auto found = status.find(word);
    if (found == status.end()) found = status.find(folded(word));
    if (found == status.end()) return std::nullopt;
    return found->second;
}

}  // namespace tushu::catalog
