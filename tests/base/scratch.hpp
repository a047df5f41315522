// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/error.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

namespace tushu::test {

/// A folder that goes with its owner.
class Folder {
  public:
    Folder() {
        static int count = 0;
        path_ = std::filesystem::temp_directory_path() /
                ("tushu-base-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
        std::filesystem::create_directory(path_);
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::string operator/(const std::string& name) const {
        return (path_ / name).string();
    }
    /// Makes a file by the plainest means there are, not by what is under test.
    std::string file(const std::string& name, const std::string& bytes) const {
        std::ofstream(path_ / name, std::ios::binary) << bytes;
        return *this / name;
    }
    [[nodiscard]] std::size_t count() const {
        std::size_t n = 0;
        for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(path_)) ++n;
        return n;
    }

  private:
    std::filesystem::path path_;
};

inline std::string contents(const std::string& path) {
    std::ostringstream out;
    out << std::ifstream(path, std::ios::binary).rdbuf();
    return out.str();
}

/// The fault of what `work` throws; nullopt when it throws nothing.
template <class Work>
std::optional<int> fault_of(const Work& work, std::string* text = nullptr) {
    try {
        work();
    } catch (const Error& e) {
        if (text != nullptr) *text = std::string(e.what()) + " | " + e.hint().text(Lang::en);
        return static_cast<int>(e.fault());
    }
    return std::nullopt;
}

}  // namespace tushu::test
