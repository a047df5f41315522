// SPDX-License-Identifier: Apache-2.0
#include "common/scratch.hpp"

#include "base/text.hpp"

#include <filesystem>

namespace tushu::cmd {
namespace {

/// "256M", "1G", "65536K" or bytes.
std::size_t bytes_of(const std::string& text) {
    const std::string_view units = "KMG";
    const std::size_t unit = text.empty() ? std::string_view::npos : units.find(text.back());
    const bool has_unit = unit != std::string_view::npos;
    const auto number =
        parse_integer(std::string_view(text).substr(0, text.size() - (has_unit ? 1 : 0)));
    constexpr std::int64_t kMost = std::int64_t{1} << 20;  // of any unit: a terabyte and more
    if (!number || *number < 1 || (has_unit && *number > kMost))
        throw Error(Fault::usage,
                    msg("option --memory: \"{}\" is not a size such as 256M", printable(text)));
    return static_cast<std::size_t>(*number) << (has_unit ? 10U * (unit + 1) : 0U);
}

}  // namespace

void ScratchOptions::add_to(Command& command) {
    command.option("--memory", "SIZE", memory,
                   msg("Memory for what is sorted ({}); more goes through a scratch file", memory));
    command.option(
        "--scratch", "FOLDER", folder,
        msg("Where the scratch file lies; default: $TMPDIR, else beside the output, else /tmp"));
}

ExternalSort::Limits ScratchOptions::limits(const Context& context) const {
    ExternalSort::Limits limits{bytes_of(memory), folder};
    if (!folder.empty()) return limits;
    // Beside the result there is room for it, or the result would not fit either.
    const std::string& output = context.options().output;
    const bool is_file = output != "-" && !output.starts_with("/dev/");
    limits.scratch_folder = is_file ? std::filesystem::path(output).parent_path().string() : "/tmp";
    if (limits.scratch_folder.empty()) limits.scratch_folder = ".";
    if (const auto named = Context::environment("TMPDIR")) limits.scratch_folder = *named;
    return limits;
}

}  // namespace tushu::cmd
