// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/message.hpp"

#include <sysexits.h>

#include <cstdint>
#include <exception>
#include <string>

namespace tushu {

/// What went wrong; the value is the exit code (sysexits.h).
enum class Fault : int {
    usage = EX_USAGE,              // 64: command line or job file is wrong
    bad_input = EX_DATAERR,        // 65: a record cannot be decoded
    no_input = EX_NOINPUT,         // 66: input missing or unreadable
    unavailable = EX_UNAVAILABLE,  // 69: database or remote server is down
    bug = EX_SOFTWARE,             // 70: the program contradicts itself
    io = EX_IOERR,                 // 74: a read or write failed part-way
    again = EX_TEMPFAIL,           // 75: locked or busy; the job runner may retry
    config = EX_CONFIG,            // 78: configuration is wrong
};

/// A place in an input. Zero means "not known"; records and lines count from 1, bytes from 0.
struct Where {
    std::string file;
    std::uint64_t record = 0;
    std::uint64_t byte = 0;
    std::uint64_t line = 0;
    std::uint64_t column = 0;
    /// "cut.mrc: record 2 at byte 30: " or "items.csv: line 7: "; empty when nothing is known.
    [[nodiscard]] std::string text(Lang lang) const;
};

/// What stops a command, or (caught per record) what makes a record a reject.
class Error : public std::exception {
  public:
    Error(Fault fault, Where where, Message message, Message hint = {});
    Error(Fault fault, Message message, Message hint = {})
        : Error(fault, Where{}, std::move(message), std::move(hint)) {}
    [[nodiscard]] Fault fault() const { return fault_; }
    [[nodiscard]] const Where& where() const { return where_; }
    [[nodiscard]] const Message& message() const { return message_; }
    [[nodiscard]] const Message& hint() const { return hint_; }
    /// Place and message in `lang`, one line, control bytes escaped; the hint is not part of it.
    [[nodiscard]] std::string text(Lang lang) const;
    /// The English text (logs, tests).
    [[nodiscard]] const char* what() const noexcept override { return english_.c_str(); }

  private:
    Fault fault_;
    Where where_;
    Message message_;
    Message hint_;
    std::string english_;
};

/// Error{io or no_input} for a failed system call on `file`, from errno.
[[nodiscard]] Error system_error(Fault fault, const std::string& file, int error_number);

}  // namespace tushu
