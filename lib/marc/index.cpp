// SPDX-License-Identifier: Apache-2.0
#include "marc/index.hpp"

#include "base/external_sort.hpp"
#include "base/hash.hpp"
#include "base/input.hpp"
#include "base/output.hpp"
#include "base/text.hpp"
#include "marc/frame.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tushu::marc {
namespace {

// "tushu" and a version, the file's size and time when the index was made, the number of entries.
struct Head {
    std::array<char, 8> magic{'t', 'u', 's', 'h', 'u', 'i', 'x', '1'};
    std::uint64_t size = 0, seconds = 0, count = 0, format = 0;
};

std::string digits_only(std::string_view text) {
    std::string out;
    for (const char c : text)
        if ((c >= '0' && c <= '9') || c == 'X' || c == 'x') out += c == 'x' ? 'X' : c;
    return out;
}

// Ten or thirteen digits, with what is around them, to thirteen, whatever the check digit: a wrong
// number is asked for as it stands in the book. Empty for anything else.
std::string isbn_key(std::string_view text) {
    const std::size_t end = text.find_first_of("/(:; ");
    std::string isbn = digits_only(text.substr(0, end));
    if (isbn.size() == 13 && isbn.find('X') == std::string::npos) return isbn;
    if (isbn.size() != 10) return {};
    isbn = "978" + isbn.substr(0, 9);
    int sum = 0;
    for (std::size_t i = 0; i < 12; ++i) sum += (isbn[i] - '0') * (i % 2 == 0 ? 1 : 3);
    return isbn.find('X') != std::string::npos
               ? std::string()
               : isbn + static_cast<char>('0' + (10 - sum % 10) % 10);
}

}  // namespace

std::vector<std::string> question_keys(std::string_view typed) {
    std::vector<std::string> keys;
    const std::string plain(trim(typed));
    if (!plain.empty()) keys.push_back(plain);
    const std::string isbn = isbn_key(plain);
    if (!isbn.empty() && isbn != plain) keys.push_back(isbn);
    return keys;
}

std::vector<std::string> record_keys(const Record& record) {
    std::vector<std::string> keys;
    const auto add = [&](std::string key) {
        if (!key.empty() && std::find(keys.begin(), keys.end(), key) == keys.end())
            keys.push_back(std::move(key));
    };
    add(std::string(trim(record.control_number())));
    for (std::size_t i = 0; i < record.field_count(); ++i) {
        const std::string_view tag = record.tag(i);
        if (tag != "035" && tag != "020" && tag != "010") continue;
        SubfieldCursor cursor(record.body(i));
        Subfield subfield;
        while (cursor.next(subfield)) {
            if (subfield.code != 'a') continue;
            if (tag == "035") {
                add(std::string(trim(subfield.value)));
                const std::size_t close = subfield.value.find(')');
                if (close != std::string_view::npos)
                    add(std::string(trim(subfield.value.substr(close + 1))));
            } else {
                add(isbn_key(trim(subfield.value)));
            }
        }
    }
    return keys;
}

IndexReport make_index(const std::string& file, const std::string& index,
                       const ReadOptions& options, bool may_replace) {
    struct stat facts {};
    if (file == "-" || ::stat(file.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
        if (file != "-" && ::access(file.c_str(), R_OK) != 0)
            throw system_error(Fault::no_input, file, errno);
        throw Error(Fault::usage, {file}, msg("an index needs a file, not a stream"));
    }
    const auto folder = std::filesystem::path(index).parent_path();
    ExternalSort entries({std::size_t{32} << 20U, folder.empty() ? "." : folder.string()});
    IndexReport report;
    std::string key;
    const auto input = Input::open(file);
    const FileFacts look = look_at(*input, options);
    const auto source = open_records(*input, options);
    for (;;) {
        try {
            const Record* const record = source->next();
            if (record == nullptr) break;
            ++report.records;
            for (const auto& text : record_keys(*record)) {
                key = sortable(hash64(text)) + sortable(source->note().offset);
                entries.add(key, sortable(source->note().raw.size()));
            }
        } catch (const Error& e) {
            if (e.fault() != Fault::bad_input) throw;
            ++report.refused;
        }
    }
    if (input->offset() != static_cast<std::uint64_t>(facts.st_size))
        throw Error(Fault::usage, {file}, msg("a compressed file cannot be indexed"),
                    msg("unpack it first"));
    Head head;
    head.size = static_cast<std::uint64_t>(facts.st_size);
    head.seconds = static_cast<std::uint64_t>(facts.st_mtim.tv_sec);
    head.count = report.keys = entries.size();
    head.format = static_cast<std::uint64_t>(look.format);
    Output out(index, may_replace ? Output::Replace::yes : Output::Replace::no);
    std::array<char, sizeof(Head)> bytes{};
    std::memcpy(bytes.data(), &head, sizeof head);
    out.write({bytes.data(), bytes.size()});
    while (entries.next()) {
        const std::string_view sorted = entries.key();
        const IndexedFile::Entry entry{from_sortable(sorted), from_sortable(sorted.substr(8)),
                                       static_cast<std::uint32_t>(from_sortable(entries.value())),
                                       0};
        std::array<char, sizeof entry> one{};
        std::memcpy(one.data(), &entry, sizeof entry);
        out.write({one.data(), one.size()});
    }
    out.close();
    return report;
}

IndexedFile::IndexedFile(std::string file, const std::string& index) : file_(std::move(file)) {
    data_ = ::open(file_.c_str(), O_RDONLY | O_CLOEXEC);
    if (data_ < 0) throw system_error(Fault::no_input, file_, errno);
    index_ = ::open(index.c_str(), O_RDONLY | O_CLOEXEC);
    if (index_ < 0) {
        ::close(data_);
        throw Error(Fault::no_input, {index}, msg("there is no index"),
                    msg("make one: tushu-marc index {}", file_));
    }
    Head head;
    const Head wanted;
    struct stat facts {};
    const bool is_index =
        ::pread(index_, &head, sizeof head, 0) == static_cast<ssize_t>(sizeof head) &&
        head.magic == wanted.magic;
    const bool is_same = is_index && ::fstat(data_, &facts) == 0 &&
                         head.size == static_cast<std::uint64_t>(facts.st_size) &&
                         head.seconds == static_cast<std::uint64_t>(facts.st_mtim.tv_sec);
    if (!is_same) {
        ::close(data_);
        ::close(index_);
        throw Error(Fault::bad_input, {index},
                    is_index ? msg("the index is older than its file") : msg("is no index"),
                    msg("make a new one: tushu-marc index --force {}", file_));
    }
    count_ = head.count;
    format_ = static_cast<Format>(head.format);
}

IndexedFile::~IndexedFile() {
    ::close(data_);
    ::close(index_);
}

IndexedFile::Entry IndexedFile::entry(std::uint64_t number) const {
    Entry entry;
    const auto at = static_cast<off_t>(sizeof(Head) + number * sizeof(Entry));
    if (::pread(index_, &entry, sizeof entry, at) != static_cast<ssize_t>(sizeof entry))
        throw Error(Fault::bad_input, {file_}, msg("the index is cut short"));
    return entry;
}

std::size_t IndexedFile::get(std::string_view typed, const ReadOptions& options,
                             const std::function<void(const Record&, std::string_view raw)>& take) {
    std::size_t found = 0;
    std::vector<std::uint64_t> given;
    ReadOptions read = options;
    read.format = format_;
    for (const auto& key : question_keys(typed)) {
        const std::uint64_t hash = hash64(key);
        std::uint64_t low = 0, high = count_;
        while (low < high) {
            const std::uint64_t middle = low + (high - low) / 2;
            if (entry(middle).key < hash)
                low = middle + 1;
            else
                high = middle;
        }
        for (; low < count_; ++low) {
            const Entry at = entry(low);
            if (at.key != hash) break;
            if (std::find(given.begin(), given.end(), at.offset) != given.end()) continue;
            std::string bytes(at.size, '\0');
            if (::pread(data_, bytes.data(), bytes.size(), static_cast<off_t>(at.offset)) !=
                static_cast<ssize_t>(bytes.size()))
                throw Error(Fault::bad_input, {file_, 0, at.offset},
                            msg("the record is not where the index says"));
            const auto input = Input::from_memory(bytes, file_);
            const auto source = open_records(*input, read);
            const Record* const record = source->next();
            if (record == nullptr) continue;
            const auto keys = record_keys(*record);
            if (std::find(keys.begin(), keys.end(), key) == keys.end())
                continue;  // another key of the same hash
            given.push_back(at.offset);
            take(*record, bytes);
            ++found;
        }
    }
    return found;
}

}  // namespace tushu::marc
