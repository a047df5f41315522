// SPDX-License-Identifier: Apache-2.0
#include "stats/event_keys.hpp"

#include "base/error.hpp"
#include "base/hash.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdlib>

namespace tushu::stats {
namespace {

constexpr unsigned kHashBits = 47;
constexpr char kFieldEnd = '\x1F';

std::uint64_t little_endian(const char* at) {
    std::uint64_t word = 0;
    for (unsigned i = 0; i < 8; ++i)
        word |= std::uint64_t{static_cast<unsigned char>(at[i])} << (8 * i);
    return word;
}

struct SipState {
    std::uint64_t v0, v1, v2, v3;
    void round() {
        v0 += v1;
        v1 = std::rotl(v1, 13) ^ v0;
        v0 = std::rotl(v0, 32);
        v2 += v3;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1;
        v1 = std::rotl(v1, 17) ^ v2;
        v2 = std::rotl(v2, 32);
    }
    void take(std::uint64_t word) {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }
};

std::array<std::uint64_t, 2> hash_key(std::string_view patron_key) {
    const std::string hex = hmac_sha256_hex(patron_key, "tushu circulation event key 1");
    std::array<std::uint64_t, 2> key{};
    for (std::size_t i = 0; i < key.size(); ++i)
        key[i] = std::strtoull(hex.substr(i * 16, 16).c_str(), nullptr, 16);
    return key;
}

bool is_before(const EventEntry& a, const EventEntry& b) {
    return a.day != b.day ? a.day < b.day : a.key < b.key;
}

/// Insertion sort while few places have to be made up for, as in a log in time order; std::sort
/// otherwise.
void sort_entries(std::vector<EventEntry>& entries) {
    std::size_t moves_left = entries.size() * 8;
    for (std::size_t i = 1; i < entries.size(); ++i) {
        if (!is_before(entries[i], entries[i - 1])) continue;
        const EventEntry entry = entries[i];
        std::size_t to = i;
        while (to > 0 && is_before(entry, entries[to - 1]) && moves_left > 0) {
            entries[to] = entries[to - 1];
            --to;
            --moves_left;
        }
        entries[to] = entry;
        if (moves_left == 0) {
            std::sort(entries.begin(), entries.end(), is_before);
            return;
        }
    }
}

class BitWriter {
  public:
    void bits(std::uint64_t value, unsigned count) {
        for (unsigned done = 0; done < count;) {
            const unsigned take = std::min(count - done, 64 - used_);
            const std::uint64_t part =
                take == 64 ? value : (value >> done) & ((std::uint64_t{1} << take) - 1);
            word_ |= part << used_;
            used_ += take;
            done += take;
            if (used_ == 64) flush();
        }
    }
    void unary(std::uint64_t zeros) {
        for (; zeros >= 32; zeros -= 32) bits(0, 32);
        bits(std::uint64_t{1} << zeros, static_cast<unsigned>(zeros) + 1);
    }
    std::string take() {
        const unsigned bytes = (used_ + 7) / 8;
        for (unsigned i = 0; i < bytes; ++i) out_ += static_cast<char>(word_ >> (8 * i) & 0xFFU);
        return std::move(out_);
    }

  private:
    void flush() {
        for (unsigned i = 0; i < 8; ++i) out_ += static_cast<char>(word_ >> (8 * i) & 0xFFU);
        word_ = 0;
        used_ = 0;
    }
    std::string out_;
    std::uint64_t word_ = 0;
    unsigned used_ = 0;
};

class BitReader {
  public:
    explicit BitReader(std::string_view bytes) : bytes_(bytes) {}
    std::uint64_t bits(unsigned count) {
        std::uint64_t value = 0;
        for (unsigned done = 0; done < count;) {
            if (left_ == 0) next();
            const unsigned take = std::min(count - done, left_);
            value |= (byte_ & ((1U << take) - 1)) << done;
            byte_ >>= take;
            left_ -= take;
            done += take;
        }
        return value;
    }
    std::uint64_t unary() {
        std::uint64_t zeros = 0;
        for (;;) {
            if (left_ == 0) next();
            if (byte_ == 0) {
                zeros += left_;
                left_ = 0;
                continue;
            }
            const auto run = static_cast<unsigned>(std::countr_zero(byte_));
            byte_ >>= run + 1;
            left_ -= run + 1;
            return zeros + run;
        }
    }

  private:
    void next() {
        if (at_ == bytes_.size())
            throw Error(Fault::bad_input, msg("the event keys in the store are damaged"));
        byte_ = static_cast<unsigned char>(bytes_[at_++]);
        left_ = 8;
    }
    std::string_view bytes_;
    std::size_t at_ = 0;
    std::uint64_t byte_ = 0;
    unsigned left_ = 0;
};

}  // namespace

std::uint64_t SipHash::operator()(std::string_view bytes) const {
    SipState s{key_[0] ^ 0x736f6d6570736575U, key_[1] ^ 0x646f72616e646f6dU,
               key_[0] ^ 0x6c7967656e657261U, key_[1] ^ 0x7465646279746573U};
    const std::uint64_t length = bytes.size();
    while (bytes.size() >= 8) {
        s.take(little_endian(bytes.data()));
        bytes.remove_prefix(8);
    }
    std::uint64_t last = length << 56U;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        last |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    s.take(last);
    s.v2 ^= 0xFF;
    for (int i = 0; i < 4; ++i) s.round();
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

EventKeyMaker::EventKeyMaker(std::string_view patron_key)
    : hash_(hash_key(patron_key)),
      key_id_(hmac_sha256_hex(patron_key, "tushu patron key id").substr(0, 8)) {}

std::uint64_t EventKeyMaker::key(const Event& event) const {
    std::array<char, 256> near;
    std::string far;  // rows with very long fields
    const std::size_t size = 8 + event.branch.size() + event.patron.size() + event.item.size() + 2;
    char* begin = near.data();
    if (size > near.size()) {
        far.resize(size);
        begin = far.data();
    }
    char* to = begin;
    for (unsigned i = 0; i < 8; ++i) *to++ = static_cast<char>(event.measure >> (8 * i) & 0xFFU);
    const auto put = [&to](std::string_view text) { to += text.copy(to, text.size()); };
    put(event.branch);
    *to++ = kFieldEnd;
    put(event.patron);
    *to++ = kFieldEnd;
    put(event.item);
    return static_cast<std::uint64_t>(event.second) << kHashBits |
           hash_({begin, size}) >> (64 - kHashBits);
}

EventSorter::EventSorter(std::size_t limit, std::string folder)
    : limit_(limit), folder_(std::move(folder)) {
    entries_.reserve(limit_);  // address space; pages are taken as they fill
}

EventSorter::~EventSorter() {
    if (fd_ >= 0) ::close(fd_);
}

void EventSorter::spill() {
    sort_entries(entries_);
    if (fd_ < 0) {
        std::string name = folder_ + "/tushu-events-XXXXXX";
        fd_ = ::mkostemp(name.data(), O_CLOEXEC);
        if (fd_ < 0) throw system_error(Fault::io, name, errno);
        ::unlink(name.c_str());
    }
    for (std::size_t i = 0; i < entries_.size();) {
        std::size_t end = i;
        while (end < entries_.size() && entries_[end].day == entries_[i].day) ++end;
        segments_.push_back({entries_[i].day, written_ + i, end - i});
        i = end;
    }
    const char* at =
        reinterpret_cast<const char*>(entries_.data());  // own scratch: same machine, same layout
    for (std::size_t left = entries_.size() * sizeof(EventEntry); left > 0;) {
        const ssize_t n = ::write(fd_, at, left);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw system_error(Fault::io, folder_, errno);
        at += n;
        left -= static_cast<std::size_t>(n);
    }
    written_ += entries_.size();
    entries_.clear();
}

void EventSorter::for_each_day(
    const std::function<void(std::int32_t, std::span<const EventEntry>)>& use) {
    if (segments_.empty()) {
        sort_entries(entries_);
        for (std::size_t i = 0; i < entries_.size();) {
            std::size_t end = i;
            while (end < entries_.size() && entries_[end].day == entries_[i].day) ++end;
            use(entries_[i].day, std::span<const EventEntry>(entries_).subspan(i, end - i));
            i = end;
        }
        entries_ = {};  // the memory is wanted for what comes next
        return;
    }
    if (!entries_.empty()) spill();
    entries_ = {};
    std::stable_sort(segments_.begin(), segments_.end(),
                     [](const Segment& a, const Segment& b) { return a.day < b.day; });
    std::vector<EventEntry> day_entries;
    for (std::size_t i = 0; i < segments_.size();) {
        day_entries.clear();
        const std::int32_t day = segments_[i].day;
        for (; i < segments_.size() && segments_[i].day == day; ++i) {
            const std::size_t old = day_entries.size();
            day_entries.resize(old + segments_[i].count);
            char* to = reinterpret_cast<char*>(day_entries.data() + old);
            auto from = static_cast<off_t>(segments_[i].begin * sizeof(EventEntry));
            for (std::size_t left = segments_[i].count * sizeof(EventEntry); left > 0;) {
                const ssize_t n = ::pread(fd_, to, left, from);
                if (n < 0 && errno == EINTR) continue;
                if (n <= 0) throw system_error(Fault::io, folder_, n == 0 ? EIO : errno);
                to += n;
                from += n;
                left -= static_cast<std::size_t>(n);
            }
        }
        sort_entries(day_entries);
        use(day, day_entries);
    }
}

std::string pack_keys(std::span<const std::uint64_t> keys) {
    if (keys.empty()) return {};
    const std::uint64_t mean = (keys.back() - keys.front()) / keys.size();
    const unsigned rice = mean == 0 ? 0 : static_cast<unsigned>(std::bit_width(mean)) - 1;
    BitWriter out;
    out.bits(rice, 8);
    out.bits(keys.front(), 64);
    for (std::size_t i = 1; i < keys.size(); ++i) {
        const std::uint64_t gap = keys[i] - keys[i - 1];
        out.unary(gap >> rice);
        out.bits(gap, rice);
    }
    return out.take();
}

std::vector<std::uint64_t> unpack_keys(std::string_view bytes, std::size_t count) {
    std::vector<std::uint64_t> keys;
    if (count == 0) return keys;
    // A key takes at least one bit: a damaged count must not ask for the memory of the machine.
    if (count / 8 > bytes.size())
        throw Error(Fault::bad_input, msg("the event keys in the store are damaged"));
    keys.reserve(count);
    BitReader in(bytes);
    const auto rice = static_cast<unsigned>(in.bits(8));
    if (rice > 63) throw Error(Fault::bad_input, msg("the event keys in the store are damaged"));
    keys.push_back(in.bits(64));
    while (keys.size() < count) {
        const std::uint64_t high = in.unary() << rice;
        keys.push_back(keys.back() + (high | in.bits(rice)));
    }
    return keys;
}

}  // namespace tushu::stats
