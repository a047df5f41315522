// SPDX-License-Identifier: Apache-2.0
// ISO 2709, read by the order of trust: leader length, record end, directory, field ends.
#include "base/text.hpp"
#include "marc/frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace tushu::marc {
namespace {

constexpr std::size_t kLeader = 24, kEntry = 12;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<std::uint32_t> digits_of(std::string_view text) {
    std::uint32_t value = 0;
    for (const char c : text) {
        if (!is_digit(c)) return std::nullopt;
        value = value * 10 + static_cast<std::uint32_t>(c - '0');
    }
    return value;
}

// Of eight bytes the first five, added up in pairs; nothing where one of them is no digit.
inline std::optional<std::uint32_t> five_digits(const char* eight) {
    static_assert(std::endian::native == std::endian::little);
    constexpr std::uint64_t kTop = 0xF0F0F0F0F0F0F0F0U, kZeros = 0x3030303030303030U;
    std::uint64_t digits = 0;
    std::memcpy(&digits, eight, 8);
    digits = digits << 24U | 0x303030U;  // 000 before them
    if ((((digits + 0x0606060606060606U) | digits) & kTop) != kZeros) return std::nullopt;
    digits = (digits & ~kTop) * (10 << 8U | 1) >> 8U;
    digits = (digits & 0x00FF00FF00FF00FFU) * (100 << 16U | 1) >> 16U;
    digits = (digits & 0x0000FFFF0000FFFFU) * (10000ULL << 32U | 1) >> 32U;
    return static_cast<std::uint32_t>(digits);
}

const char* find_byte(const char* from, const char* end, char byte) {
    if (from >= end) return nullptr;
    return static_cast<const char*>(std::memchr(from, byte, static_cast<std::size_t>(end - from)));
}

bool is_padding(char c) { return c == '\0' || c == '\r' || c == '\n' || c == ' ' || c == '\x1A'; }

// How much the bytes look like a leader, by the positions that hardly vary.
bool looks_like_leader(std::string_view bytes) {
    if (bytes.size() < kLeader) return false;
    int score = 0;
    const auto all = [&](std::size_t from, std::size_t to, auto test) {
        return std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                           bytes.begin() + static_cast<std::ptrdiff_t>(to), test);
    };
    if (all(0, 5, [](char c) { return is_digit(c) || c == ' '; })) ++score;
    if (std::string_view("acdnopsx").find(bytes[5]) != std::string_view::npos) ++score;
    if (bytes[6] >= 'a' && bytes[6] <= 'z') ++score;
    if (bytes.substr(10, 2) == "22") ++score;
    if (all(12, 17, is_digit)) ++score;
    if (bytes.substr(20, 2) == "45") ++score;
    return score >= 5;
}

// A leader that stands where a new record may begin must be strict about its lengths.
bool begins_record(std::string_view bytes) {
    return looks_like_leader(bytes) && bytes.substr(10, 2) == "22" &&
           std::all_of(bytes.begin(), bytes.begin() + 5,
                       [](char c) { return is_digit(c) || c == ' '; });
}

class Iso2709Framer final : public Framer {
  public:
    explicit Iso2709Framer(Input& input) : input_(input) {}

    bool next(Frame& frame) override {
        input_.consume(used_);
        used_ = 0;
        if (!skip_padding(frame)) return false;
        ++record_;
        frame.record = record_;
        frame.offset = input_.offset();
        frame.is_cut = false;
        frame.reject_code = {};
        if (take_by_length(frame)) return true;
        take_by_scan(frame);
        return true;
    }

  private:
    // False when nothing but padding is left.
    bool skip_padding(Frame& frame) {
        frame.repairs.clear();
        if (!input_.window().empty() && is_digit(input_.window().front())) return true;
        std::size_t skipped = 0;
        bool is_odd = false;  // a line end after a record is how many people keep their files
        for (;;) {
            if (input_.window().empty() && !input_.more()) return false;
            const std::string_view window = input_.window();
            if (is_digit(window.front())) break;
            if (window.front() == '\xEF' && input_.have(3) &&
                input_.window().starts_with("\xEF\xBB\xBF")) {
                input_.consume(3);
                skipped += 3;
                is_odd = true;
                continue;
            }
            std::size_t n = 0;
            while (n < window.size() && is_padding(window[n])) ++n;
            if (n == 0) break;
            // Blanks may be the length of a leader that was never filled in.
            if (window[n - 1] == ' ') {
                std::size_t blanks = 0;
                while (blanks < n && blanks < 5 && window[n - 1 - blanks] == ' ') ++blanks;
                const std::size_t start = n - blanks;
                if (input_.have(start + kLeader + 1) &&
                    looks_like_leader(input_.window().substr(start))) {
                    for (std::size_t i = 0; i < start; ++i)
                        is_odd |= input_.window()[i] != '\n' && input_.window()[i] != '\r';
                    input_.consume(start);
                    skipped += start;
                    break;
                }
            }
            const std::string_view pad = input_.window().substr(0, n);
            is_odd |= pad.find_first_not_of("\r\n") != std::string_view::npos;
            input_.consume(n);
            skipped += n;
        }
        if (skipped != 0 && is_odd)
            frame.repairs.push_back(
                {"padding", fmt::format("{} bytes before the record", skipped)});
        return true;
    }

    bool take_by_length(Frame& frame) {
        if (!input_.have(kLeader + 2)) return false;
        const auto digits = five_digits(input_.window().data());
        const std::size_t length = digits.value_or(0);
        if (length < kLeader + 2 || !input_.have(length)) return false;
        const std::string_view raw(input_.window().data(), length);
        if (raw.back() != kRecordEnd) return false;
        const char* const end = find_byte(raw.data() + kLeader, &raw.back(), kRecordEnd);
        if (end != nullptr) {
            // An earlier end: either a stray byte in the text, or a length that takes in the next
            // record.
            auto next = static_cast<std::size_t>(end - raw.data()) + 1;
            while (next < length && is_padding(raw[next]) && raw[next] != ' ') ++next;
            if (next == length || begins_record(raw.substr(next))) return false;
            frame.repairs.push_back({"stray_record_end", "a record end inside the record"});
        }
        frame.raw = raw;
        used_ = length;
        return true;
    }

    void take_by_scan(Frame& frame) {
        // Where the last search has found nothing is not searched again for each of its records.
        std::size_t seen = searched_ > input_.offset() ? searched_ - input_.offset() : 0;
        seen = std::min(seen, input_.window().size());
        const char* end = nullptr;
        for (;;) {
            const std::string_view window = input_.window();
            end = find_byte(window.data() + seen, window.data() + window.size(), kRecordEnd);
            if (end != nullptr || window.size() >= kMaxFrame) break;
            seen = window.size();
            if (!input_.more()) break;
        }
        const std::string_view window = input_.window();
        searched_ =
            input_.offset() +
            (end == nullptr ? window.size() : static_cast<std::size_t>(end - window.data()));
        std::size_t size = end == nullptr ? std::min(window.size(), kMaxFrame)
                                          : static_cast<std::size_t>(end - window.data()) + 1;
        std::string_view raw = window.substr(0, size);
        const bool is_leader = looks_like_leader(raw);
        const std::size_t second = next_leader(raw, is_leader);
        bool is_cut = end == nullptr;
        if (second != 0) {
            raw = raw.substr(0, second);
            is_cut = true;
        }
        frame.raw = raw;
        used_ = raw.size();
        if (!is_leader) {
            frame.reject_code = raw.size() >= kMaxFrame ? "no_record_end" : "not_a_record";
            frame.reject_message = msg("no record begins here: {}", printable(raw, 40));
            return;
        }
        if (raw.size() >= kMaxFrame && is_cut && second == 0) {
            frame.reject_code = "no_record_end";
            frame.reject_message =
                msg("no end of the record within {} bytes", static_cast<std::uint64_t>(kMaxFrame));
            return;
        }
        frame.is_cut = is_cut;
        if (is_cut)
            frame.repairs.push_back({"no_record_end", second != 0 ? "the next record begins at once"
                                                                  : "the file ends"});
        else
            frame.repairs.push_back(
                {"length", fmt::format("leader says \"{}\", the record has {} bytes",
                                       printable(raw.substr(0, 5)), raw.size())});
    }

    // Where the next record begins inside `raw`, or 0. Inside a record only directly behind a field
    // end.
    static std::size_t next_leader(std::string_view raw, bool is_leader) {
        if (is_leader) {
            std::size_t at = raw.find(kFieldEnd, kLeader);
            while (at != std::string_view::npos) {
                if (begins_record(raw.substr(at + 1))) return at + 1;
                at = raw.find(kFieldEnd, at + 1);
            }
            // A record that was cut anywhere: a leader whose own directory follows it.
            for (at = kLeader + 1; at + kLeader + kEntry < raw.size(); ++at) {
                if (is_digit(raw[at]) && is_digit(raw[at + 4]) && begins_record(raw.substr(at)) &&
                    std::all_of(raw.begin() + static_cast<std::ptrdiff_t>(at + kLeader + 3),
                                raw.begin() + static_cast<std::ptrdiff_t>(at + kLeader + kEntry),
                                is_digit))
                    return at;
            }
            return 0;
        }
        for (std::size_t at = 1; at + kLeader < raw.size(); ++at)
            if ((is_digit(raw[at]) || raw[at] == ' ') && begins_record(raw.substr(at))) return at;
        return 0;
    }

    Input& input_;
    std::size_t used_ = 0;
    std::uint64_t record_ = 0, searched_ = 0;
};

class Iso2709Parser final : public Parser {
  public:
    explicit Iso2709Parser(const ReadOptions& options) : salvage_(options.salvage), text_(options) {
        for (const auto& tag : options.only_tags) tags_.emplace_back(tag);
    }

    void parse(const Frame& frame, Record& record, SourceNote& note) override {
        std::string_view raw = frame.raw;
        record.clear();
        record.set_leader({raw.data(), std::min(raw.size(), kLeader)});
        if (!raw.empty() && raw.back() == kRecordEnd) raw.remove_suffix(1);
        // What was repaired on the way here is written anew, and then wants all its fields.
        if (!tags_.empty() && !frame.is_cut && note.repairs.empty() &&
            is_graphic(record.leader()) && read_some(raw, record)) {
            note.is_partial = true;
            return;
        }
        record.clear();
        const ByteFacts facts = scan_bytes(raw.substr(std::min(raw.size(), kLeader)));
        const bool is_plain = !frame.is_cut && !facts.has_bad_mark &&
                              (!facts.has_low || find_byte(raw.data(), raw.data() + raw.size(),
                                                           kRecordEnd) == nullptr) &&
                              read_plain(raw, facts.field_ends, record);
        if (!is_plain) read_damaged(raw, frame.is_cut, record, note);
        if (facts.has_high || facts.has_low)
            text_.run(record, note, raw.substr(std::min(raw.size(), kLeader)));
        else
            note.believed = Charset::ascii;
        tidy_leader(record, note);
    }

  private:
    // The record as the standard wants it: every length, offset and mark right, every byte of it
    // part of a field. Anything else is left to read_damaged().
    bool read_plain(std::string_view raw, std::size_t field_ends, Record& record) {
        const auto base = measure(raw);
        // Each field ends in a field end and the directory has one: more of them are inside fields.
        if (!base || field_ends != (*base - kLeader - 1) / kEntry + 1) return false;
        const std::span<Record::Entry> entries = record.borrow_bodies(field_ends - 1);
        const Place* const places = places_.data();
        const char* entry = raw.data() + kLeader;
        const char* field = raw.data() + *base;
        const char* controls = nullptr;  // control fields in a row are searched for marks at once
        for (std::size_t i = 0; i < entries.size(); ++i, entry += kEntry) {
            const std::size_t size = places[i].length - 1U;
            if (entry[0] == '0' && entry[1] == '0' && entry[2] != '0') {
                if (is_odd(entry[2])) return false;
                if (controls == nullptr) controls = field;
                entries[i] = {entry, true, {field, size}};
            } else {
                if (controls != nullptr && find_byte(controls, field, kSubfieldMark) != nullptr)
                    return false;
                controls = nullptr;
                if (!set_data(entries[i], entry, {field, size})) return false;
            }
            field += size + 1;
        }
        if (controls != nullptr && find_byte(controls, field, kSubfieldMark) != nullptr)
            return false;
        record.set_image(raw.substr(kLeader));
        return true;
    }

    // Only the fields that are asked for, of a record whose directory is in order and whose text
    // needs no decoding there. False where the whole record has to be looked at.
    bool read_some(std::string_view raw, Record& record) {
        const auto base = measure(raw);
        if (!base) return false;
        const std::size_t count = (*base - kLeader - 1) / kEntry;
        for (std::size_t first = 0; first < count; first += 64) {
            for (std::uint64_t fits = fits_[first / 64]; fits != 0; fits &= fits - 1) {
                const std::size_t i = first + static_cast<std::size_t>(__builtin_ctzll(fits));
                const std::string_view body(raw.data() + *base + places_[i].start,
                                            places_[i].length - 1U);
                if (!is_clean(body) || !add_field(record, raw.data() + kLeader + i * kEntry, body))
                    return false;
            }
        }
        return true;
    }

    // Where the data begin, with all fields in places_ and those that are asked for in fits_, when
    // the directory is in order and its fields reach to the end of the record just so.
    std::optional<std::uint32_t> measure(std::string_view raw) {
        if (raw.size() < kLeader + 1) return std::nullopt;
        const auto base = five_digits(raw.data() + 12);
        if (!base || *base <= kLeader || *base > raw.size() || raw.data()[*base - 1] != kFieldEnd ||
            (*base - kLeader - 1) % kEntry != 0)
            return std::nullopt;
        const std::string_view directory(raw.data() + kLeader, *base - kLeader - 1),
            data(raw.data() + *base, raw.size() - *base);
        const std::size_t count = directory.size() / kEntry;
        if (places_.size() < count + 3) {
            places_.resize(count + 3);
            fits_.resize(count / 64 + 1);
        }
        if (!check_directory(directory, data, tags_, places_.data(), fits_.data()))
            return std::nullopt;
        return base;
    }

    // What no tag holds.
    static bool is_odd(char c) { return c <= ' ' || c > '~'; }
    static bool is_indicator(char c) { return c >= ' ' && c <= '~'; }

    // A field that is no control field by its tag. False when it needs repair.
    static bool set_data(Record::Entry& place, const char* tag, std::string_view body) {
        // Aleph's format field is plain text wherever it goes.
        if (tag[0] == 'F' && tag[1] == 'M' && tag[2] == 'T' &&
            find_byte(body.data(), body.data() + body.size(), kSubfieldMark) == nullptr) {
            place = {tag, true, body};
            return true;
        }
        if (is_odd(tag[0]) || is_odd(tag[1]) || is_odd(tag[2]) || body.size() < 2 ||
            !is_indicator(body[0]) || !is_indicator(body[1]) ||
            (body.size() > 2 && body[2] != kSubfieldMark) || body.back() == kSubfieldMark)
            return false;
        place = {tag, false, body};
        return true;
    }

    // As read_plain() takes a field, for one of them. False when it needs repair.
    static bool add_field(Record& record, const char* tag, std::string_view body) {
        Record::Entry place;
        if (tag[0] == '0' && tag[1] == '0' && tag[2] != '0') {
            if (is_odd(tag[2]) ||
                find_byte(body.data(), body.data() + body.size(), kSubfieldMark) != nullptr)
                return false;
            place = {tag, true, body};
        } else if (!set_data(place, tag, body)) {
            return false;
        }
        record.borrow_body({place.tag.data(), 3}, place.is_control, body);
        return true;
    }

    struct Directory {
        std::vector<std::string_view> tags;
        std::vector<std::optional<std::pair<std::size_t, std::size_t>>> places;  // start, length
    };

    void read_damaged(std::string_view raw, bool is_cut, Record& record, SourceNote& note) const {
        record.clear();
        const std::size_t first_end = raw.find(kFieldEnd, std::min(raw.size(), kLeader));
        if (first_end == std::string_view::npos)
            refuse(note, "no_directory", msg("the directory has no end"));
        const std::size_t base = first_end + 1;
        if (digits_of(raw.substr(12, 5)) != base)
            note.repairs.push_back(
                {"base_address", fmt::format("leader says \"{}\", the data begins at {}",
                                             printable(raw.substr(12, 5)), base)});
        const std::string_view data = raw.substr(base);
        // The data cut at its field ends: what rule 5 pairs with the directory's tags in order.
        std::vector<std::string_view> pieces;
        std::size_t from = 0;
        for (std::size_t end = data.find(kFieldEnd); end != std::string_view::npos;
             end = data.find(kFieldEnd, from)) {
            pieces.push_back(data.substr(from, end - from));
            from = end + 1;
        }
        const std::string_view tail = data.substr(from);  // bytes behind the last field end
        const Directory directory =
            read_directory(raw.substr(kLeader, first_end - kLeader), pieces, note);
        const std::size_t count = directory.tags.size();
        if (count == 0) refuse(note, "no_directory", msg("the directory names no field"));

        if (is_sound(directory, data)) {
            for (std::size_t i = 0; i < count; ++i) {
                const auto [start, length] = *directory.places[i];
                add_repaired(record, directory.tags[i], data.substr(start, length), note);
            }
            if (!tail.empty() && !reaches(directory, data.size()))
                note.repairs.push_back(
                    {"trailing_bytes", fmt::format("{} bytes behind the last field", tail.size())});
            return;
        }
        if (pieces.size() == count) {
            note.repairs.push_back(
                {"directory",
                 "lengths or offsets are wrong; fields were paired with tags in order"});
            for (std::size_t i = 0; i < count; ++i)
                add_repaired(record, directory.tags[i], pieces[i], note);
            if (!tail.empty())
                note.repairs.push_back(
                    {"trailing_bytes", fmt::format("{} bytes behind the last field", tail.size())});
            return;
        }
        if (pieces.size() < count) {
            // The last field may only lack its end mark.
            if (pieces.size() + 1 == count && !tail.empty() && !is_cut) {
                note.repairs.push_back({"field_end", "the last field has no end mark"});
                for (std::size_t i = 0; i < count; ++i)
                    add_repaired(record, directory.tags[i], i < pieces.size() ? pieces[i] : tail,
                                 note);
                return;
            }
            if (!salvage_ || pieces.empty())
                refuse(note, "truncated",
                       msg("truncated: the directory names {} fields, {} are whole", count,
                           pieces.size()));
            note.repairs.push_back(
                {"truncated",
                 fmt::format("{} of {} fields are left, {} bytes of a cut field are dropped",
                             pieces.size(), count, tail.size())});
            for (std::size_t i = 0; i < pieces.size(); ++i)
                add_repaired(record, directory.tags[i], pieces[i], note);
            return;
        }
        // More pieces than tags: a field end inside some field. Where the directory is of help it
        // decides.
        note.repairs.push_back(
            {"directory",
             "more fields than the directory names; its lengths were used where they fit"});
        std::size_t at = 0;
        for (std::size_t i = 0; i < count; ++i) {
            std::size_t end = at;
            if (i + 1 == count) {
                end = data.size();
            } else {
                const auto& place = directory.places[i];
                end = data.find(kFieldEnd, at);
                if (place && at + place->second <= data.size() && place->second > 0 &&
                    data[at + place->second - 1] == kFieldEnd)
                    end = at + place->second - 1;
                if (end == std::string_view::npos) end = data.size();
            }
            if (at > data.size())
                refuse(note, "directory", msg("the directory does not fit the data"));
            std::string_view body = data.substr(at, end - at);
            if (!body.empty() && body.back() == kFieldEnd) body.remove_suffix(1);
            add_repaired(record, directory.tags[i], body, note);
            at = std::min(end + 1, data.size());
        }
    }

    // Entries of twelve bytes, or of more where an oversize record's offsets were written in full.
    static Directory read_directory(std::string_view text,
                                    const std::vector<std::string_view>& pieces, SourceNote& note) {
        Directory directory;
        const auto add = [&](std::string_view tag, std::string_view length,
                             std::string_view start) {
            directory.tags.push_back(tag);
            const auto l = digits_of(length), s = digits_of(start);
            if (l && s)
                directory.places.emplace_back(std::pair<std::size_t, std::size_t>{*s, *l});
            else
                directory.places.emplace_back();
        };
        if (!add_wide_entries(text, pieces, add)) {
            if (text.size() % kEntry != 0)
                note.repairs.push_back(
                    {"directory_length",
                     fmt::format("{} bytes are no multiple of 12", text.size())});
            for (std::size_t at = 0; at + kEntry <= text.size(); at += kEntry)
                add(text.substr(at, 3), text.substr(at + 3, 4), text.substr(at + 7, 5));
        } else if (text.size() != pieces.size() * kEntry) {
            note.repairs.push_back(
                {"wide_directory", "entries hold more digits than ISO 2709 allows"});
        }
        return directory;
    }

    // As the fields are in order, each entry's true numbers are known and with them its width.
    template <class Add>
    static bool add_wide_entries(std::string_view text, const std::vector<std::string_view>& pieces,
                                 Add add) {
        struct Item {
            std::string_view tag, length, start;
        };
        std::vector<Item> items;
        std::size_t at = 0, start = 0;
        for (const auto piece : pieces) {
            const std::size_t length_width =
                std::max<std::size_t>(4, fmt::formatted_size("{}", piece.size() + 1));
            const std::size_t start_width =
                std::max<std::size_t>(5, fmt::formatted_size("{}", start));
            if (at + 3 + length_width + start_width > text.size()) return false;
            items.push_back({text.substr(at, 3), text.substr(at + 3, length_width),
                             text.substr(at + 3 + length_width, start_width)});
            if (digits_of(items.back().length) != piece.size() + 1 ||
                digits_of(items.back().start) != start)
                return false;
            at += 3 + length_width + start_width;
            start += piece.size() + 1;
        }
        if (at != text.size()) return false;
        for (const auto& item : items) add(item.tag, item.length, item.start);
        return true;
    }

    // Every entry lies inside the data, ends in a field end (or all of them tile the data exactly),
    // and no two overlap. Then the directory is the truth, whatever order it has.
    static bool is_sound(const Directory& directory, std::string_view data) {
        std::vector<std::pair<std::size_t, std::size_t>> places;
        std::size_t inner = 0;
        for (const auto& place : directory.places) {
            if (!place || place->second == 0 || place->first + place->second > data.size())
                return false;
            places.push_back(*place);
        }
        std::sort(places.begin(), places.end());
        std::size_t expected = 0;
        bool tiles = true, ends = true;
        for (const auto& [start, length] : places) {
            if (start < expected) return false;
            tiles = tiles && start == expected;
            ends = ends && data[start + length - 1] == kFieldEnd;
            inner += static_cast<std::size_t>(std::count(
                data.begin() + static_cast<std::ptrdiff_t>(start),
                data.begin() + static_cast<std::ptrdiff_t>(start + length - 1), kFieldEnd));
            expected = start + length;
        }
        if (ends) return inner == 0 || (tiles && expected == data.size());
        // One lost end mark: the rest of the directory must be beyond doubt.
        return tiles && expected == data.size() && inner == 0;
    }

    static bool reaches(const Directory& directory, std::size_t size) {
        return std::any_of(
            directory.places.begin(), directory.places.end(),
            [&](const auto& place) { return place && place->first + place->second == size; });
    }

    // A field whatever its state: separators that are text, missing indicators, empty or odd
    // subfields.
    static void add_repaired(Record& record, std::string_view raw_tag, std::string_view body,
                             SourceNote& note) {
        if (!body.empty() && body.back() == kFieldEnd) body.remove_suffix(1);
        std::string tag(raw_tag);
        for (char& c : tag) {
            if (c > ' ' && c <= '~') continue;
            c = c == ' ' ? '0' : 'X';
        }
        const auto repair = [&](std::string_view code, std::string detail) {
            note.repairs.push_back({code, fmt::format("{}: {}", tag, detail)});
        };
        if (tag != raw_tag) repair("tag", fmt::format("was \"{}\"", printable(raw_tag)));
        const bool is_control =
            (tag[0] == '0' && tag[1] == '0' && tag[2] != '0') ||
            (tag == "FMT" && body.find(kSubfieldMark) == std::string_view::npos);
        std::string fixed;
        if (is_control) {
            fixed = body;
            bool is_odd = false;
            for (char& c : fixed) {
                if (c < kRecordEnd || c > kSubfieldMark) continue;
                c = ' ';
                is_odd = true;
            }
            if (is_odd) repair("separator_in_text", "became a blank");
            record.add_body(tag, true, fixed);
            return;
        }
        // Two indicators, then the first mark.
        std::string_view rest = body;
        const std::size_t mark = body.find(kSubfieldMark);
        if (body.size() >= 2 && is_graphic(body.substr(0, 2)) && mark >= 2) {
            fixed = body.substr(0, 2);
            rest = body.substr(2);
        } else {
            std::size_t given =
                0;  // a high byte belongs to the text, or to an indicator of several
            while (given < std::min<std::size_t>({mark, body.size(), 2}) && body[given] >= 0)
                ++given;
            for (std::size_t i = 0; i < 2; ++i)
                fixed += i < given && body[i] >= ' ' && body[i] <= '~' ? body[i] : ' ';
            rest = body.substr(given);
            repair("indicators", fmt::format("became \"{}\"", fixed));
        }
        const std::size_t first_mark = rest.find(kSubfieldMark);
        if (!rest.empty() && first_mark != 0) {
            const std::string_view stray = rest.substr(0, first_mark);
            const bool is_high_indicator =
                first_mark != std::string_view::npos && stray.size() <= 4 &&
                std::none_of(stray.begin(), stray.end(), [](char c) { return c > 0; });
            if (is_high_indicator) {  // the rest of an indicator of several bytes
                repair("indicators", "an indicator that is not ASCII was dropped");
                fixed = "  ";
            } else {
                repair("no_subfield_code", "text before the first subfield went into $a");
                fixed += kSubfieldMark;
                fixed += 'a';
                append_text(fixed, stray, repair);
            }
            rest =
                first_mark == std::string_view::npos ? std::string_view{} : rest.substr(first_mark);
        }
        while (!rest.empty()) {  // stands on a mark
            rest.remove_prefix(1);
            const std::size_t next = rest.find(kSubfieldMark);
            const std::string_view subfield = rest.substr(0, next);
            rest = next == std::string_view::npos ? std::string_view{} : rest.substr(next);
            if (subfield.empty()) {
                repair("empty_subfield", "a subfield mark without code was dropped");
                continue;
            }
            fixed += kSubfieldMark;
            if (subfield[0] < ' ' || subfield[0] > '~') {
                repair("subfield_code", "a code that is not ASCII became \"?\"");
                fixed += '?';
                append_text(fixed, subfield, repair);
                continue;
            }
            fixed += subfield[0];
            append_text(fixed, subfield.substr(1), repair);
        }
        // A format field whose marks are gone is plain text again.
        record.add_body(tag, tag == "FMT" && fixed.size() == 2, fixed);
    }

    template <class Repairer>
    static void append_text(std::string& out, std::string_view text, Repairer repair) {
        bool is_odd = false;
        for (const char c : text) {
            const bool is_end = c == kFieldEnd || c == kRecordEnd;
            is_odd |= is_end;
            out += is_end ? ' ' : c;
        }
        if (is_odd) repair("separator_in_text", "became a blank");
    }

    bool salvage_;
    std::vector<TagPattern> tags_;
    TextStage text_;
    std::vector<Place> places_;
    std::vector<std::uint64_t> fits_;
};

}  // namespace

std::unique_ptr<Framer> make_iso2709_framer(Input& input) {
    return std::make_unique<Iso2709Framer>(input);
}
std::unique_ptr<Parser> make_iso2709_parser(const ReadOptions& options) {
    return std::make_unique<Iso2709Parser>(options);
}

}  // namespace tushu::marc
