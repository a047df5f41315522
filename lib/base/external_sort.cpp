// SPDX-License-Identifier: Apache-2.0
#include "base/external_sort.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

namespace tushu {
namespace {

/// In the arena and in the scratch file alike: two lengths, the key, the value.
struct Head {
    std::uint32_t key = 0, value = 0;
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
        record_ = sizeof head + head.key + head.value;
        (void)fill(record_);
        key = {buffer_.data() + used_ + sizeof head, head.key};
        value = {key.data() + head.key, head.value};
        prefix = prefix_of(key);
        return true;
    }
    [[nodiscard]] std::string_view record() const { return {buffer_.data() + used_, record_}; }

    std::uint64_t prefix = 0;
    std::string_view key, value;

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

/// Sorted runs of one scratch file as one sequence.
class Merge {
  public:
    Merge(const Scratch& file, const std::vector<Run>& runs, std::size_t memory) {
        const std::size_t buffer =
            std::clamp<std::size_t>(memory / (runs.size() + 1), 1U << 14U, 1U << 22U);
        readers_.reserve(runs.size());
        for (const Run& run : runs) readers_.emplace_back(file, run, buffer);
        for (std::size_t i = 0; i < readers_.size(); ++i)
            if (readers_[i].next()) push(i);
    }
    /// The record that comes next; nullptr at the end.
    const RunReader* next() {
        if (is_out_ && readers_[heap_.back()].next())
            std::push_heap(heap_.begin(), heap_.end(), Later{readers_});
        else if (is_out_)
            heap_.pop_back();
        is_out_ = !heap_.empty();
        if (!is_out_) return nullptr;
        std::pop_heap(heap_.begin(), heap_.end(), Later{readers_});
        return &readers_[heap_.back()];
    }

  private:
    /// Whether run `a`'s record comes after run `b`'s.
    struct Later {
        const std::vector<RunReader>& readers;
        bool operator()(std::size_t a, std::size_t b) const {
            if (readers[a].prefix != readers[b].prefix)
                return readers[a].prefix > readers[b].prefix;
            const int order = readers[a].key.compare(readers[b].key);
            return order != 0 ? order > 0 : a > b;
        }
    };
    void push(std::size_t reader) {
        heap_.push_back(reader);
        std::push_heap(heap_.begin(), heap_.end(), Later{readers_});
    }
    std::vector<RunReader> readers_;
    std::vector<std::size_t> heap_;  // while is_out_, the last one is not in the heap
    bool is_out_ = false;
};

}  // namespace

struct ExternalSort::State {
    explicit State(Limits given) : limits(std::move(given)) {
        limits.memory = std::max<std::size_t>(limits.memory, std::size_t{1} << 20U);
        // Address space only: pages cost memory when they are touched. Growing by doubling would
        // hold everything twice for a moment.
        constexpr std::size_t kSmallest =
            sizeof(Head) + sizeof(Entry) + 12;  // an ordinary key and value
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
        return {arena.data() + at, sizeof head + head.key + head.value};
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

    /// All runs into one, in a scratch file of its own: what came earlier stays earlier among
    /// equals.
    void join_runs() {
        auto joined = std::make_unique<Scratch>(limits.scratch_folder);
        Merge merge(*file, runs, limits.memory);
        while (const RunReader* const reader = merge.next()) joined->write(reader->record());
        joined->flush();
        runs = {{0, joined->size()}};
        file = std::move(joined);
    }

    Limits limits;
    std::string arena;
    std::vector<Entry> entries;
    std::unique_ptr<Scratch> file;
    std::vector<Run> runs;
    std::size_t spills = 0;
    bool is_begun = false;
    std::size_t next_entry = 0;  // when everything fits
    std::optional<Merge> merged;
};

ExternalSort::ExternalSort(Limits limits) : state_(std::make_unique<State>(std::move(limits))) {}
ExternalSort::~ExternalSort() = default;

std::size_t ExternalSort::runs() const { return state_->spills; }

void ExternalSort::add(std::string_view key, std::string_view value) {
    const std::size_t size = sizeof(Head) + key.size() + value.size();
    auto& arena = state_->arena;
    auto& entries = state_->entries;
    if (!entries.empty() &&
        arena.size() + size + (entries.size() + 1) * sizeof(Entry) > state_->limits.memory)
        state_->spill();
    const Head head{static_cast<std::uint32_t>(key.size()),
                    static_cast<std::uint32_t>(value.size())};
    entries.push_back({prefix_of(key), arena.size()});
    arena.append(reinterpret_cast<const char*>(&head), sizeof head);  // bytes of a plain struct
    arena.append(key);
    arena.append(value);
    ++size_;
}

bool ExternalSort::next() {
    State& state = *state_;
    if (!state.is_begun) {
        state.is_begun = true;
        if (state.runs.empty()) {
            state.sort();
        } else {
            if (!state.entries.empty()) state.spill();
            std::string().swap(state.arena);
            std::vector<Entry>().swap(state.entries);
            state.merged.emplace(*state.file, state.runs, state.limits.memory);
        }
    }
    if (state.merged) {
        const RunReader* const reader = state.merged->next();
        if (reader == nullptr) return false;
        key_ = reader->key;
        value_ = reader->value;
        return true;
    }
    if (state.next_entry == state.entries.size()) return false;
    const std::uint64_t at = state.entries[state.next_entry++].at;
    key_ = state.key_at(at);
    value_ = state.record_at(at).substr(sizeof(Head) + key_.size());
    return true;
}

std::string sortable(std::uint64_t number) {
    std::string out(8, '\0');
    for (std::size_t i = 8; i-- > 0; number >>= 8U) out[i] = static_cast<char>(number & 0xFFU);
    return out;
}

std::uint64_t from_sortable(std::string_view bytes) { return prefix_of(bytes); }

}  // namespace tushu
