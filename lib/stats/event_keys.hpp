// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "stats/event_time.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tushu::stats {

/// SipHash-2-4: a keyed 64-bit hash that gives nothing away to those without the key.
/// Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.
class SipHash {
  public:
    explicit SipHash(const std::array<std::uint64_t, 2>& key) : key_(key) {}
    [[nodiscard]] std::uint64_t operator()(std::string_view bytes) const;

  private:
    std::array<std::uint64_t, 2> key_;
};

/// Makes the 64-bit keys by which events are recognised when they come again.
///
/// Shape:  17 bits second of the day, 47 bits keyed hash of measure, branch, patron and item. Keys
/// are
///         compared within one local day only. Two different events of the same second fall
///         together with a chance of 1 in 1.4e14.
/// Privacy: the hash is keyed with HMAC-SHA-256(patron key, purpose); no patron id, and no
/// pseudonym
///         that would join the events of one patron, is kept anywhere.
class EventKeyMaker {
  public:
    explicit EventKeyMaker(std::string_view patron_key);
    struct Event {
        std::int32_t second = 0;
        std::uint64_t measure = 0;  // hash64 of the measure's name
        std::string_view branch, patron, item;
    };
    [[nodiscard]] std::uint64_t key(const Event& event) const;
    /// Eight hex digits by which a change of the patron key is noticed.
    [[nodiscard]] const std::string& key_id() const { return key_id_; }

  private:
    SipHash hash_;
    std::string key_id_;
};

/// One event on its way to the rollup: `cell` says which counter it went to.
struct EventEntry {
    std::uint64_t key = 0;
    std::int32_t day = 0;
    std::uint32_t cell = 0;
};

/// The events of one file, put in order of (day, key) in bounded memory.
///
/// Shape:  holds `limit` entries (16 bytes each); more are sorted and written to an unlinked
/// scratch file
///         in `folder`. for_each_day() hands out one day at a time, in order, sorted by key; it may
///         be called once. Logs in time order are nearly sorted already and cost little.
/// Errors: Error{io} when the scratch file cannot be written.
class EventSorter {
  public:
    EventSorter(std::size_t limit, std::string folder);
    ~EventSorter();
    EventSorter(const EventSorter&) = delete;
    EventSorter& operator=(const EventSorter&) = delete;
    void add(const EventEntry& entry) {
        if (entries_.size() == limit_) spill();
        entries_.push_back(entry);
    }
    void for_each_day(
        const std::function<void(std::int32_t day, std::span<const EventEntry>)>& use);

  private:
    struct Segment {
        std::int32_t day = 0;
        std::uint64_t begin = 0, count = 0;  // entries from the start of the scratch file
    };
    void spill();
    std::size_t limit_;
    std::string folder_;
    std::vector<EventEntry> entries_;
    std::vector<Segment> segments_;
    std::uint64_t written_ = 0;
    int fd_ = -1;
};

/// Sorted, distinct keys as bytes: Golomb-Rice coded gaps, about log2(range / count) + 1.5 bits a
/// key.
[[nodiscard]] std::string pack_keys(std::span<const std::uint64_t> keys);
/// The keys again. Errors: Error{bad_input} when the bytes are not `count` packed keys.
[[nodiscard]] std::vector<std::uint64_t> unpack_keys(std::string_view bytes, std::size_t count);

}  // namespace tushu::stats
