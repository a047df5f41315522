// SPDX-License-Identifier: Apache-2.0
#include "base/message.hpp"

#include <fmt/args.h>
#include <fmt/format.h>

#include <cstdint>
#include <cstring>

// The compiled catalogue (GNU .mo), placed in the program by lib/base/catalogue.S.
extern "C" const char tushu_messages_zh[];      // NOLINT: names of the assembler file
extern "C" const char tushu_messages_zh_end[];  // NOLINT

namespace tushu {
namespace {

constexpr std::uint32_t kMoMagic = 0x950412de;

/// Looks `english` up in the .mo image (GNU gettext manual, "The Format of GNU MO Files"): two
/// tables of (length, offset) pairs, the originals sorted bytewise. nullptr when absent.
const char* translation(std::string_view english) {
    const char* const image = tushu_messages_zh;
    const auto word = [image](std::size_t at) {
        std::uint32_t value = 0;
        std::memcpy(&value, image + at, sizeof value);
        return value;
    };
    if (tushu_messages_zh_end - image < 28 || word(0) != kMoMagic) return nullptr;
    const std::uint32_t count = word(8), originals = word(12), translations = word(16);
    std::uint32_t low = 0, high = count;
    while (low < high) {
        const std::uint32_t middle = low + (high - low) / 2;
        const std::string_view candidate(image + word(originals + 8 * middle + 4),
                                         word(originals + 8 * middle));
        if (candidate == english) return image + word(translations + 8 * middle + 4);
        if (candidate < english)
            low = middle + 1;
        else
            high = middle;
    }
    return nullptr;
}

}  // namespace

std::string Message::text(Lang lang) const {
    if (empty()) return {};           // the empty text's entry in a catalogue is its header
    if (english_.empty()) return {};  // the catalogue keeps its own header under no text
    std::string_view format = english_;
    if (lang == Lang::zh) {
        if (const char* const found = translation(english_); found != nullptr && *found != '\0')
            format = found;
    }
    fmt::dynamic_format_arg_store<fmt::format_context> store;
    for (const auto& arg : args_) store.push_back(std::string_view(arg));
    try {
        return fmt::vformat(format, store);
    } catch (const fmt::format_error&) {
        // A translation with a hole too many must not turn an error into a crash.
        return fmt::vformat(english_, store);
    }
}

Message verbatim(std::string_view text) { return {"{}", {std::string(text)}}; }

Lang language_of(std::string_view locale) {
    return locale.substr(0, 2) == "zh" ? Lang::zh : Lang::en;
}

std::string_view name_of(Lang lang) { return lang == Lang::zh ? "zh" : "en"; }

}  // namespace tushu
