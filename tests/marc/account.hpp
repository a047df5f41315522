// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/input.hpp"
#include "marc/format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace tushu::marc::test {

/// What a reader made of a file, and whether every byte of it is accounted for.
struct Account {
    std::uint64_t records = 0, rejects = 0, repairs = 0;
    std::uint64_t bytes = 0;  // of tags and bodies of all records: what must not shrink in silence
    std::string complaint;    // empty: every byte is in a record, in a reject, or means nothing
};

/// Whether a tag with one of these local names begins in the text. A name that only begins like one
/// is an element of another kind, a declaration is no tag whatever it holds, and a comment may hold
/// a whole record that nobody means.
inline bool has_tag(std::string_view text, std::initializer_list<std::string_view> names) {
    for (std::size_t at = text.find('<'); at < text.size(); at = text.find('<', at + 1)) {
        if (text.substr(at).starts_with("<!--")) {
            const std::size_t end = text.find("-->", at + 4);
            if (end != text.npos) at = end;
            continue;
        }
        std::string_view name = text.substr(at + 1);
        if (name.starts_with('!') || name.starts_with('?')) continue;
        name = name.substr(0, name.find_first_of(" \t\r\n/><"));
        name.remove_prefix(name.find(':') + 1);
        if (std::find(names.begin(), names.end(), name) != names.end()) return true;
    }
    return false;
}

/// May these bytes stand between two records without being told? `is_edge`: before the first one
/// or behind the last.
inline bool means_nothing(Format format, std::string_view gap, bool is_edge) {
    if (is_edge && gap.starts_with("\xEF\xBB\xBF")) gap.remove_prefix(3);
    const auto holds = [&](std::string_view word) { return gap.find(word) != gap.npos; };
    switch (format) {
        case Format::marcxml:
        case Format::marcxchange:
            return !has_tag(gap, {"datafield", "controlfield", "subfield"});
        case Format::turbomarc:
            return !has_tag(gap, {"sa", "c001"});
        case Format::json:
        case Format::jsonl:
        case Format::folio_srs:
            return !holds("\"fields\"") && !holds("\"subfields\"") && !holds("\"ind1\"");
        case Format::iso2709:
            for (std::size_t i = 0; i < gap.size(); ++i) {
                if (gap.substr(i).starts_with("\xEF\xBB\xBF"))
                    i += 2;
                else if (gap[i] != '\0' && gap[i] != '\r' && gap[i] != '\n' && gap[i] != ' ' &&
                         gap[i] != '\x1A')
                    return false;
            }
            return true;
        default:  // blank lines, and mrk's comments
            while (!gap.empty()) {
                const std::size_t end = std::min(gap.find('\n'), gap.size());
                const std::string_view line = gap.substr(0, end);
                gap.remove_prefix(std::min(end + 1, gap.size()));
                if (format == Format::mrk && (line.starts_with("//") || line.starts_with("#")))
                    continue;
                if (line.find_first_not_of(" \t\r\v\f") != line.npos) return false;
            }
            return true;
    }
}

/// Reads all of `bytes` and keeps the account; `visit` sees each record.
template <class Visit>
Account account(const std::string& bytes, const ReadOptions& options, Visit visit) {
    Account sum;
    const auto input = Input::from_memory(bytes, "test");
    const auto complain = [&](std::string text) {
        if (sum.complaint.empty()) sum.complaint = std::move(text);
    };
    const bool is_utf16 = Input::from_memory(bytes, "test")->convert_utf16();
    Format format = options.format.value_or(Format::iso2709);
    try {
        if (!options.format) format = detect_format(*input);
    } catch (const Error&) {  // an archive, which is named and not read
        return sum;
    }
    const auto source = open_records(*input, options);
    std::uint64_t end = 0, number = 0;
    const auto take = [&](const SourceNote& note) {
        if (note.record != ++number)
            complain(fmt::format("record {} is called {}", number, note.record));
        sum.repairs += note.repairs.size();
        if (is_utf16) return;  // offsets count the converted text
        if (note.offset < end || note.offset > bytes.size() ||
            bytes.compare(note.offset, note.raw.size(), note.raw) != 0) {
            complain(fmt::format("record {}: its bytes do not stand at {}", number, note.offset));
            return;
        }
        const std::string_view gap(bytes.data() + end, note.offset - end);
        if (!means_nothing(format, gap, end == 0))
            complain(
                fmt::format("lost before record {}: bytes {} to {}", number, end, note.offset));
        end = note.offset + note.raw.size();
    };
    for (;;) {
        try {
            const Record* const record = source->next();
            if (record == nullptr) break;
            ++sum.records;
            for (std::size_t i = 0; i < record->field_count(); ++i)
                sum.bytes += 3 + record->body(i).size();
            take(source->note());
            visit(*record);
        } catch (const Error& e) {
            if (e.fault() != Fault::bad_input) throw;
            ++sum.rejects;
            if (source->note().reject_code.empty()) complain("a reject without a code");
            take(source->note());
        }
    }
    if (!is_utf16 && !means_nothing(format, std::string_view(bytes).substr(end), true))
        complain(fmt::format("lost at the end: bytes {} to {}", end, bytes.size()));
    return sum;
}

inline Account account(const std::string& bytes, const ReadOptions& options) {
    return account(bytes, options, [](const Record&) {});
}

}  // namespace tushu::marc::test
