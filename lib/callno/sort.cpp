// SPDX-License-Identifier: Apache-2.0
#include "callno/sort.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <queue>
#include <vector>

namespace tushu::callno {
namespace {

/// In the arena and in the scratch file alike: two lengths, the key, the line.
struct Head {
    std::uint32_t key = 0, line = 0;
};
constexpr std::size_t kMostRuns = 128;  // merged in one go; more are joined first

/// The first eight bytes of a key as a number that compares like them.
std::uint64_t prefix_of(std::string_view key) {
    std::uint64_t prefix = 0;
    const std::size_t size = std::min<std::size_t>(key.size(), 8);
    for (std::size_t i = 0; i < size; ++i)
        prefix |= static_cast<std::uint64_t>(static_cast<unsigned char>(key[i])) << (56U - 8U * i);
    return prefix;
}

struct Entry {
    std::uint64_t prefix = 0;
    std::uint64_t at = 0;  // in the arena; also the order of arrival
};

/// A nameless file: it is gone when the process is, whatever ends it.
class Scratch {
  public:
    explicit Scratch(const std::string& folder) : name_(folder) {
        fd_ = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        if (fd_ < 0) {
            std::string path = folder + "/tushu-sort-XXXXXX";
            fd_ = ::mkstemp(path.data());
            if (fd_ < 0) throw system_error(Fault::io, folder, errno);
            ::unlink(path.c_str());
        }
        buffer_.reserve(kBuffer);
    }
    ~Scratch() { ::close(fd_); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    void write(std::string_view bytes) {
        if (buffer_.size() + bytes.size() > kBuffer) flush();
        buffer_ += bytes;
        size_ += bytes.size();
    }
    void flush() {
        std::string_view left = buffer_;
        while (!left.empty()) {
            const ssize_t n = ::write(fd_, left.data(), left.size());
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) throw system_error(Fault::io, name_, errno);
            left.remove_prefix(static_cast<std::size_t>(n));
        }
        buffer_.clear();
    }
    void read(std::uint64_t at, char* to, std::size_t size) const {
        while (size > 0) {
            const ssize_t n = ::pread(fd_, to, size, static_cast<off_t>(at));
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0) throw system_error(Fault::io, name_, n == 0 ? EIO : errno);
            to += n;
            at += static_cast<std::uint64_t>(n);
            size -= static_cast<std::size_t>(n);
        }
    }
    [[nodiscard]] std::uint64_t size() const { return size_; }

  private:
    static constexpr std::size_t kBuffer = 1U << 20U;
    std::string name_;
    int fd_ = -1;
    std::string buffer_;
    std::uint64_t size_ = 0;
};

struct Run {
    std::uint64_t begin = 0, end = 0;
};

/// Reads one run front to back through a buffer of its own.
class RunReader {
  public:
    RunReader(const Scratch& file, Run run, std::size_t buffer)
        : file_(&file), at_(run.begin), end_(run.end), size_(buffer) {}
    /// Moves to the next record; false at the end of the run.
    bool next() {
        used_ += record_;
        record_ = 0;
        if (!fill(sizeof(Head))) return false;
        Head head;
        std::memcpy(&head, buffer_.data() + used_, sizeof head);
        record_ = sizeof head + head.key + head.line;
        (void)fill(record_);
        key = {buffer_.data() + used_ + sizeof head, head.key};
        line = {key.data() + head.key, head.line};
        prefix = prefix_of(key);
        return true;
    }
    [[nodiscard]] std::string_view record() const { return {buffer_.data() + used_, record_}; }

    std::uint64_t prefix = 0;
    std::string_view key, line;

  private:
    bool fill(std::size_t wanted) {
        if (buffer_.size() - used_ >= wanted) return true;
        if (at_ == end_ && buffer_.size() == used_) return false;
        buffer_.erase(0, used_);
        used_ = 0;
        const std::size_t have = buffer_.size();
        const auto more = static_cast<std::size_t>(
            std::min<std::uint64_t>(end_ - at_, std::max(size_, wanted) - have));
        buffer_.resize(have + more);
        file_->read(at_, buffer_.data() + have, more);
        at_ += more;
        return buffer_.size() >= wanted;
    }
    const Scratch* file_;
    std::uint64_t at_, end_;
    std::size_t size_, used_ = 0, record_ = 0;
    std::string buffer_;
};

}  // namespace

struct Sorter::State {
    explicit State(Limits given) : limits(std::move(given)) {
        limits.memory = std::max<std::size_t>(limits.memory, std::size_t{1} << 20U);
        // Address space only: pages cost memory when they are touched. Growing by doubling would
        // hold everything twice for a moment.
        constexpr std::size_t kSmallest = sizeof(Head) + sizeof(Entry) + 12;  // an ordinary line
        arena.reserve(limits.memory);
        entries.reserve(limits.memory / kSmallest);
    }

    [[nodiscard]] std::string_view key_at(std::uint64_t at) const {
        Head head;
        std::memcpy(&head, arena.data() + at, sizeof head);
        return {arena.data() + at + sizeof head, head.key};
    }
    [[nodiscard]] std::string_view record_at(std::uint64_t at) const {
        Head head;
        std::memcpy(&head, arena.data() + at, sizeof head);
        return {arena.data() + at, sizeof head + head.key + head.line};
    }

    void sort() {
        std::sort(entries.begin(), entries.end(), [this](const Entry& a, const Entry& b) {
            if (a.prefix != b.prefix) return a.prefix < b.prefix;
            const int order = key_at(a.at).compare(key_at(b.at));
            return order != 0 ? order < 0 : a.at < b.at;
        });
    }

    void spill() {
        sort();
        if (!file) file = std::make_unique<Scratch>(limits.scratch_folder);
        const Run run{file->size(), 0};
        for (const Entry& entry : entries) file->write(record_at(entry.at));
        file->flush();
        runs.push_back({run.begin, file->size()});
        ++spills;
        entries.clear();
        arena.clear();
        if (runs.size() >= kMostRuns) join_runs();
    }

    /// All runs into one, in a scratch file of its own: earlier lines stay earlier among equals.
    void join_runs() {
        auto joined = std::make_unique<Scratch>(limits.scratch_folder);
        merge([&joined](const RunReader& reader) { joined->write(reader.record()); });
        joined->flush();
        runs = {{0, joined->size()}};
        file = std::move(joined);
    }

    template <class F>
    void merge(F take) {
        const std::size_t buffer =
            std::clamp<std::size_t>(limits.memory / (runs.size() + 1), 1U << 14U, 1U << 22U);
        std::vector<RunReader> readers;
        readers.reserve(runs.size());
        for (const Run& run : runs) readers.emplace_back(*file, run, buffer);
        const auto later = [&readers](std::size_t a, std::size_t b) {
            if (readers[a].prefix != readers[b].prefix)
                return readers[a].prefix > readers[b].prefix;
            const int order = readers[a].key.compare(readers[b].key);
            return order != 0 ? order > 0 : a > b;
        };
        std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> heap(later);
        for (std::size_t i = 0; i < readers.size(); ++i)
            if (readers[i].next()) heap.push(i);
        while (!heap.empty()) {
            const std::size_t top = heap.top();
            heap.pop();
            take(readers[top]);
            if (readers[top].next()) heap.push(top);
        }
    }

    Limits limits;
    std::string arena;
    std::vector<Entry> entries;
    std::unique_ptr<Scratch> file;
    std::vector<Run> runs;
    std::size_t spills = 0;
};

Sorter::Sorter(Limits limits) : state_(std::make_unique<State>(std::move(limits))) {}
Sorter::~Sorter() = default;

std::size_t Sorter::runs() const { return state_->spills; }

void Sorter::add(std::string_view key, std::string_view line) {
    const std::size_t size = sizeof(Head) + key.size() + line.size();
    auto& arena = state_->arena;
    auto& entries = state_->entries;
    if (!entries.empty() &&
        arena.size() + size + (entries.size() + 1) * sizeof(Entry) > state_->limits.memory)
        state_->spill();
    const Head head{static_cast<std::uint32_t>(key.size()),
                    static_cast<std::uint32_t>(line.size())};
    entries.push_back({prefix_of(key), arena.size()});
    arena.append(reinterpret_cast<const char*>(&head), sizeof head);  // bytes of a plain struct
    arena.append(key);
    arena.append(line);
    ++lines_;
}

void Sorter::finish(const std::function<void(std::string_view line)>& write) {
    if (state_->runs.empty()) {
        state_->sort();
        for (const Entry& entry : state_->entries) {
            const std::string_view record = state_->record_at(entry.at);
            write(record.substr(sizeof(Head) + state_->key_at(entry.at).size()));
        }
        return;
    }
    if (!state_->entries.empty()) state_->spill();
    std::string().swap(state_->arena);
    std::vector<Entry>().swap(state_->entries);
    state_->merge([&write](const RunReader& reader) { write(reader.line); });
}

}  // namespace tushu::callno
