// SPDX-License-Identifier: Apache-2.0
#include "marc/pack.hpp"

#include <cstring>

namespace tushu::marc {

void pack(std::string& out, const Record& record) {
    out += record.leader();
    out += static_cast<char>(record.system_number().size());
    out += record.system_number();
    for (std::size_t i = 0; i < record.field_count(); ++i) {
        out += record.tag(i);
        out += record.is_control(i) ? 'c' : 'd';
        const auto size = static_cast<std::uint32_t>(record.body(i).size());
        char digits[sizeof size];
        std::memcpy(digits, &size, sizeof size);
        out.append(digits, sizeof size);
        out += record.body(i);
    }
}

void unpack(std::string_view bytes, Record& record) {
    record.clear();
    record.set_leader(bytes.substr(0, 24));
    const auto digits = static_cast<std::size_t>(bytes[24]);
    record.set_system_number(bytes.substr(25, digits));
    for (std::size_t at = 25 + digits; at + 8 <= bytes.size();) {
        std::uint32_t size = 0;
        std::memcpy(&size, bytes.data() + at + 4, sizeof size);
        record.borrow_body(bytes.substr(at, 3), bytes[at + 3] == 'c', bytes.substr(at + 8, size));
        at += 8 + size;
    }
}

}  // namespace tushu::marc
