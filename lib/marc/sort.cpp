// SPDX-License-Identifier: Apache-2.0
#include "marc/sort.hpp"

#include "base/error.hpp"
#include "marc/pack.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <queue>

#include <unistd.h>

namespace tushu::marc {

// One sorted run in a file without a name, so that nothing is left behind however the program ends.
struct Sorter::Run {
    std::FILE* file = nullptr;
    std::string folder;
    Item item;

    explicit Run(std::string where) : folder(std::move(where)) {
        std::string name = folder + "/tushu-sort-XXXXXX";
        const int fd = ::mkstemp(name.data());
        if (fd < 0) throw system_error(Fault::io, folder, errno);
        ::unlink(name.c_str());
        file = ::fdopen(fd, "w+b");
        if (file == nullptr) throw system_error(Fault::io, folder, errno);
    }
    ~Run() {
        if (file != nullptr) std::fclose(file);
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    void write(const void* bytes, std::size_t size) const {
        if (size != 0 && std::fwrite(bytes, 1, size, file) != size)
            throw system_error(Fault::io, folder, errno);
    }
    void put(const Item& one) const {
        const std::uint64_t sizes[3] = {one.key.size(), one.record.size(), one.number};
        write(sizes, sizeof sizes);
        write(one.key.data(), one.key.size());
        write(one.record.data(), one.record.size());
    }
    void rewind() const {
        if (std::fflush(file) != 0 || std::fseek(file, 0, SEEK_SET) != 0)
            throw system_error(Fault::io, folder, errno);
    }
    // The next item into `item`; false at the end of the run.
    bool next() {
        std::uint64_t sizes[3] = {0, 0, 0};
        const std::size_t got = std::fread(sizes, 1, sizeof sizes, file);
        if (got == 0 && std::feof(file) != 0) return false;
        item.key.resize(sizes[0]);
        item.record.resize(sizes[1]);
        item.number = sizes[2];
        if (got != sizeof sizes || std::fread(item.key.data(), 1, sizes[0], file) != sizes[0] ||
            std::fread(item.record.data(), 1, sizes[1], file) != sizes[1])
            throw system_error(Fault::io, folder, errno == 0 ? EIO : errno);
        return true;
    }
};

Sorter::Sorter(SortOptions options) : options_(std::move(options)) {}
Sorter::~Sorter() = default;

bool Sorter::before(const Item& left, const Item& right) const {
    const int order = left.key.compare(right.key);
    if (order != 0) return options_.descending ? order > 0 : order < 0;
    return left.number < right.number;
}

void Sorter::add(const Record& record) {
    Item item;
    for (const auto& path : options_.by) {
        item.key += path.first(record);
        item.key += '\0';  // a shorter value comes before a longer one that begins with it
    }
    item.number = number_++;
    pack(item.record, record);
    held_bytes_ += sizeof(Item) + item.key.capacity() + item.record.capacity();
    held_.push_back(std::move(item));
    if (held_bytes_ > options_.memory) spill();
}

void Sorter::sort_held() {
    std::sort(held_.begin(), held_.end(),
              [this](const Item& a, const Item& b) { return before(a, b); });
}

void Sorter::spill() {
    sort_held();
    auto run = std::make_unique<Run>(options_.folder);
    for (const auto& item : held_) run->put(item);
    run->rewind();
    runs_.push_back(std::move(run));
    held_.clear();
    held_bytes_ = 0;
}

void Sorter::finish(const std::function<void(const Record&)>& take) {
    Record record;
    if (runs_.empty()) {
        sort_held();
        for (const auto& item : held_) {
            unpack(item.record, record);
            take(record);
        }
        return;
    }
    spill();
    const auto later = [this](const Run* a, const Run* b) { return before(b->item, a->item); };
    std::priority_queue<Run*, std::vector<Run*>, decltype(later)> queue(later);
    for (const auto& run : runs_)
        if (run->next()) queue.push(run.get());
    while (!queue.empty()) {
        Run* const run = queue.top();
        queue.pop();
        unpack(run->item.record, record);
        take(record);
        if (run->next()) queue.push(run);
    }
}

}  // namespace tushu::marc
