// SPDX-License-Identifier: Apache-2.0
#include "marc/write.hpp"

#include <algorithm>

namespace tushu::marc {

char* Bytes::reserve(std::size_t size) {
    if (capacity_ - size_ < size + 16) {
        const std::size_t wanted =
            std::max<std::size_t>({size_ + size + 16, capacity_ * 2, 1U << 16U});
        std::unique_ptr<char[]> bigger(new char[wanted]);  // NOLINT: not zeroed on purpose
        if (size_ != 0) std::memcpy(bigger.get(), bytes_.get(), size_);
        bytes_ = std::move(bigger);
        capacity_ = wanted;
    }
    return bytes_.get() + size_;
}

void Bytes::append(std::string_view text) {
    char* to = reserve(text.size());
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    size_ += text.size();
}

std::unique_ptr<RecordWriter> make_writer(const WriteOptions& options) {
    const bool is_any_charset = options.format == Format::iso2709 ||
                                options.format == Format::mrk || options.format == Format::line ||
                                options.format == Format::aleph;
    if (!is_any_charset && !is_utf8(options))
        throw Error(Fault::usage,
                    msg("{} is written in UTF-8 only, not in {}", name_of(options.format),
                        name_of(*options.charset)),
                    msg("iso2709, mrk, line and aleph can be written in other character sets"));
    switch (options.format) {
        case Format::iso2709:
            return make_iso2709_writer(options);
        case Format::marcxml:
        case Format::marcxchange:
            return make_xml_writer(options);
        case Format::json:
        case Format::jsonl:
        case Format::folio_srs:
            return make_json_writer(options);
        case Format::line:
            return is_utf8(options) ? make_utf8_line_writer(options) : make_text_writer(options);
        default:
            return make_text_writer(options);
    }
}

}  // namespace tushu::marc
