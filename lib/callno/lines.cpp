// SPDX-License-Identifier: Apache-2.0
#include "callno/lines.hpp"

#include "base/error.hpp"

namespace tushu::callno {

std::optional<std::string_view> LineReader::next() {
    constexpr std::size_t kLongest = 1U << 20U;
    constexpr std::string_view kMark = "\xEF\xBB\xBF";
    input_.consume(used_);
    used_ = 0;
    if (number_ == 0 && input_.have(kMark.size()) && input_.window().starts_with(kMark))
        input_.consume(kMark.size());
    std::size_t seen = 0;
    for (;;) {
        const std::string_view window = input_.window();
        const std::size_t end = window.find('\n', seen);
        if (end != std::string_view::npos && end <= kLongest) {
            ++number_;
            used_ = end + 1;
            std::string_view line = window.substr(0, end);
            if (line.ends_with('\r')) line.remove_suffix(1);
            return line;
        }
        seen = window.size();
        if (seen > kLongest)
            throw Error(Fault::bad_input, {input_.name(), 0, input_.offset(), number_ + 1},
                        msg("the line is longer than {} bytes", kLongest),
                        msg("a list of call numbers has one on each line"));
        if (!input_.more()) {
            if (seen == 0) return std::nullopt;
            ++number_;
            used_ = seen;
            std::string_view line = input_.window();
            if (line.ends_with('\r')) line.remove_suffix(1);
            return line;
        }
    }
}

}  // namespace tushu::callno
