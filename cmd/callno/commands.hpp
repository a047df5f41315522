// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "callno/callno.hpp"
#include "common/command.hpp"

namespace tushu::cmd {

Command sort_command();
Command key_command();
Command check_command();
Command learn_command();

/// What the command line says about the call numbers in a list.
struct CallOptions {
    std::string scheme, rules, location;
    std::uint64_t field = 0;  // 0: the whole line
    std::vector<std::string> files{"-"};
};
/// --scheme, --rules, --location, --field and the FILE operands.
void add_call_options(Command& command, CallOptions& options);

/// House rules by path, or by name among the definitions ("standard" is callno/standard.yaml).
[[nodiscard]] callno::House house_of(Context& context, const std::string& rules);

/// Reads lines as the options say.
class Calls {
  public:
    /// Errors: Error{usage} when neither options nor rules name a scheme; Error{config} from the
    /// rules.
    Calls(Context& context, const CallOptions& options);
    /// A line's call number and scheme; no scheme when the line names none that is known.
    struct Call {
        std::optional<callno::Scheme> scheme;
        std::string_view text;
    };
    [[nodiscard]] Call read(std::string_view line) const;
    /// As callno::append_key(), for the line's call number.
    bool append_key(std::string& key, std::string_view line) const;
    [[nodiscard]] const callno::Rules& rules() const { return house_.rules(location_); }

  private:
    enum class Mode { one, mixed, guess };
    callno::House house_;
    std::string location_;
    Mode mode_ = Mode::one;
    callno::Scheme scheme_ = callno::Scheme::clc;
    std::uint64_t field_ = 0;
};

}  // namespace tushu::cmd
