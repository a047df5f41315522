// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/error.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tushu {

struct FileFacts {
    std::string file;
    std::uint64_t bytes = 0;
    std::string sha256;  // of the bytes on disk; empty for streams
};

/// What one run of a program did: the JSON object behind --summary, which the job runner reads.
///
/// Counts are named in the plural of what they count ("records_in", "records_out", "rejects");
/// where a sum must hold, must_add_up() states it and a run that breaks it ends as a bug (70),
/// never as done.
class Summary {
  public:
    std::string program;  // "tushu-marc convert"
    std::string version;
    std::vector<FileFacts> inputs;
    std::vector<FileFacts> outputs;
    std::map<std::string, std::int64_t> counts;
    std::map<std::string, std::int64_t> rejects;   // by code
    std::map<std::string, std::int64_t> warnings;  // by code
    double seconds = 0;
    int exit = 0;
    std::string error;  // English text of what ended the run, if anything did

    void count(const std::string& name, std::int64_t by = 1) { counts[name] += by; }
    void reject(const std::string& code) { ++rejects[code]; }
    void warn(const std::string& code) { ++warnings[code]; }
    [[nodiscard]] std::int64_t total_rejects() const;
    /// States that `whole` = sum of `parts` (names of counts; "rejects" is the sum over codes).
    void must_add_up(std::string whole, std::vector<std::string> parts);
    /// Checks the stated sums. Errors: Error{bug} naming the first that does not hold.
    void check() const;
    [[nodiscard]] std::string json() const;

  private:
    std::vector<std::pair<std::string, std::vector<std::string>>> sums_;
};

}  // namespace tushu
