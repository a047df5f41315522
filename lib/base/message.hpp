// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <charconv>
#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace tushu {

/// Languages that texts for people exist in.
enum class Lang { en, zh };

namespace detail {
inline std::string message_argument(std::string_view text) { return std::string(text); }
template <std::integral I>
std::string message_argument(I value) {
    if constexpr (std::same_as<I, char>) return std::string(1, value);
    return std::to_string(value);
}

/// Holds an English template; refuses at compile time one whose `{}` do not match the arguments.
template <class... Args>
struct MessageTemplate {
    std::string_view text;
    template <std::size_t N>
    consteval MessageTemplate(const char (&literal)[N])
        : text(literal, N - 1) {  // NOLINT: implicit
        std::size_t holes = 0;
        for (std::size_t i = 0; i + 1 < N; ++i) {
            if (literal[i] != '{' && literal[i] != '}') continue;
            const bool is_hole = literal[i] == '{' && literal[i + 1] == '}';
            if (is_hole)
                ++holes;
            else if (literal[i] != literal[i + 1])
                throw "a brace of the text itself is doubled";
            ++i;
        }
        if (holes != sizeof...(Args)) throw "the message needs as many {} as it has arguments";
    }
};
}  // namespace detail

/// One text for people, kept apart from its language until it is shown.
///
/// The English template is the key into the catalogue (lib/base/messages/zh.*.po, compiled into
/// the program, so that cron's bare C locale and a missing data folder change nothing).
/// Placeholders are `{}` in English; a translation may reorder them as `{0}`, `{1}`. Literal braces
/// are doubled.
class Message {
  public:
    Message() = default;
    Message(std::string_view english, std::vector<std::string> args)
        : english_(english), args_(std::move(args)) {}
    /// The text in `lang`; English where the catalogue has no translation.
    [[nodiscard]] std::string text(Lang lang) const;
    [[nodiscard]] bool empty() const { return english_.empty(); }
    [[nodiscard]] const std::string& english() const { return english_; }

  private:
    std::string english_;
    std::vector<std::string> args_;
};

/// Makes a Message: `msg("record length \"{}\" is not a number", seen)`. The only way texts for
/// people enter the program; `tests/messages` collects these calls and fails when one has no
/// Chinese. Arguments are strings or integers; format anything else (shares, sizes) first.
template <class... Args>
[[nodiscard]] Message msg(detail::MessageTemplate<std::type_identity_t<Args>...> english,
                          const Args&... args) {
    return {english.text, {detail::message_argument(args)...}};
}

/// A text that is the same in every language (a number, a name, a file).
[[nodiscard]] Message verbatim(std::string_view text);

/// "zh", "zh_CN.UTF-8", "en_US" ... to a language; English for anything else.
[[nodiscard]] Lang language_of(std::string_view locale);
[[nodiscard]] std::string_view name_of(Lang lang);  // "en", "zh"

}  // namespace tushu
