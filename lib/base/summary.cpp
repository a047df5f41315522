// SPDX-License-Identifier: Apache-2.0
#include "base/summary.hpp"

#include "base/json.hpp"

namespace tushu {

std::int64_t Summary::total_rejects() const {
    std::int64_t total = 0;
    for (const auto& [code, n] : rejects) total += n;
    return total;
}

void Summary::must_add_up(std::string whole, std::vector<std::string> parts) {
    sums_.emplace_back(std::move(whole), std::move(parts));
}

void Summary::check() const {
    const auto named = [this](const std::string& name) {
        if (name == "rejects") return total_rejects();
        const auto found = counts.find(name);
        return found == counts.end() ? 0 : found->second;
    };
    for (const auto& [whole, parts] : sums_) {
        std::int64_t sum = 0;
        std::string names;
        for (const auto& part : parts) {
            sum += named(part);
            names += (names.empty() ? "" : " + ") + part;
        }
        if (sum != named(whole))
            throw Error(Fault::bug, msg("counts do not add up: {} is {} but {} is {}", whole,
                                        named(whole), names, sum));
    }
}

std::string Summary::json() const {
    JsonWriter json;
    const auto files = [&json](std::string_view key, const std::vector<FileFacts>& list) {
        json.key(key);
        json.begin_array();
        for (const auto& file : list) {
            json.begin_object();
            json.member("file", file.file);
            json.member("bytes", file.bytes);
            if (!file.sha256.empty()) json.member("sha256", file.sha256);
            json.end_object();
        }
        json.end_array();
    };
    const auto numbers = [&json](std::string_view key,
                                 const std::map<std::string, std::int64_t>& list) {
        json.key(key);
        json.begin_object();
        for (const auto& [name, n] : list) json.member(name, n);
        json.end_object();
    };
    json.begin_object();
    json.member("program", program);
    json.member("version", version);
    files("inputs", inputs);
    files("outputs", outputs);
    numbers("counts", counts);
    numbers("rejects", rejects);
    numbers("warnings", warnings);
    json.key("seconds");
    json.seconds(seconds);
    json.member("exit", exit);
    if (!error.empty()) json.member("error", error);
    json.end_object();
    return json.take();
}

}  // namespace tushu
