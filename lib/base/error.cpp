// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"

#include "base/text.hpp"

#include <cstring>
#include <system_error>

namespace tushu {

std::string Where::text(Lang lang) const {
    const std::string name = printable(file);
    if (record != 0)
        return (file.empty() ? msg("record {} at byte {}: ", record, byte)
                             : msg("{}: record {} at byte {}: ", name, record, byte))
            .text(lang);
    if (line != 0 && column != 0)
        return msg("{}: line {}, column {}: ", name, line, column).text(lang);
    if (line != 0) return msg("{}: line {}: ", name, line).text(lang);
    if (byte != 0) return msg("{}: byte {}: ", name, byte).text(lang);
    return file.empty() ? std::string() : name + ": ";
}

Error::Error(Fault fault, Where where, Message message, Message hint)
    : fault_(fault),
      where_(std::move(where)),
      message_(std::move(message)),
      hint_(std::move(hint)),
      english_(text(Lang::en)) {}

std::string Error::text(Lang lang) const {
    return where_.text(lang) + printable(message_.text(lang), 2000);
}

Error system_error(Fault fault, const std::string& file, int error_number) {
    // The system's own words are English in the C locale that programs run in; the common ones are
    // ours.
    switch (error_number) {
        case ENOENT:
            return {fault, {file}, msg("no such file or folder")};
        case EACCES:
            return {fault, {file}, msg("permission denied")};
        case ENOSPC:
            return {fault,
                    {file},
                    msg("no space left on the device"),
                    file == "<stdout>"
                        ? msg("free some space and run again; what went to standard output has no "
                              "end")
                        : msg("free some space and run again; nothing half-written is left")};
        case EISDIR:
            return {fault, {file}, msg("is a folder, not a file")};
        default:
            return {fault, {file}, verbatim(std::generic_category().message(error_number))};
    }
}

}  // namespace tushu
