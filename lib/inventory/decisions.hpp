// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/date.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::inventory {

/// What a person decides about an item against, or beyond, what the scans say.
enum class Verdict : std::uint8_t {
    found,      // it was found after all: no longer missing
    explained,  // it is away for a known reason, such as an exhibition
    stays,      // it stands where it should, whatever its call number or location says
    hold,       // nothing is to be done about it for now: no list, no write-back
    none,       // the earlier decision is taken back
};
[[nodiscard]] std::string_view name_of(Verdict verdict);
[[nodiscard]] std::optional<Verdict> verdict_from(std::string_view name);

struct Decision {
    std::string when;  // instant; for people
    std::string who, barcode;
    Verdict verdict = Verdict::none;
    std::string reason;
};

/// The decisions of a session, in DIR/decisions.csv: when, who, barcode, decision, reason. Lines
/// are only ever added; the last one about a barcode holds.
///
/// Errors: Error{bad_input} with the line for a decision nobody knows or nobody signed.
[[nodiscard]] std::vector<Decision> load_decisions(const std::filesystem::path& session);
/// Adds to the log, which is on disk when this returns.
/// Errors: Error{usage} for one without who, barcode or reason; Error{io}.
void append_decisions(const std::filesystem::path& session, const std::vector<Decision>& decisions);

}  // namespace tushu::inventory
