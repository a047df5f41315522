// SPDX-License-Identifier: Apache-2.0
// ISO 2709, and what becomes of records that its five digits cannot hold.
#include "marc/put.hpp"
#include "marc/write.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tushu::marc {
namespace {

constexpr char kEscape = '\x1B';
constexpr std::size_t kMaxField = 9999, kMaxRecord = 99999, kLeader = 24, kEntry = 12;

void put_number(char* to, std::size_t width, std::size_t value) {
    for (std::size_t i = width; i-- > 0; value /= 10) to[i] = static_cast<char>('0' + value % 10);
}

// What a field takes of the data, with its end mark.
std::size_t size_of(std::string_view body) { return body.size() + 1; }

std::size_t iso2709_size(const Record& record) {
    if (!record.image().empty()) return kLeader + record.image().size() + 1;
    std::size_t size = kLeader + 2 + record.field_count() * (kEntry + 1);
    for (std::size_t i = 0; i < record.field_count(); ++i) size += record.body(i).size();
    return size;
}

// The first field that is too long for four digits; the number of fields when there is none.
std::size_t big_field(const Record& record) {
    std::size_t i = 0;
    if (!record.image().empty()) return record.field_count();  // its lengths have four digits
    while (i < record.field_count() && size_of(record.body(i)) <= kMaxField) ++i;
    return i;
}

bool has_big_field(const Record& record) { return big_field(record) != record.field_count(); }

bool is_oversize(const Record& record, std::size_t total) {
    return total > kMaxRecord || has_big_field(record);
}

[[noreturn]] void refuse_oversize(const Record& record, std::size_t total) {
    const Message hint =
        msg("write MARCXML or JSON, or let --oversize of tushu-marc clamp or split it");
    if (const std::size_t i = big_field(record); i != record.field_count())
        throw Error(Fault::bad_input,
                    msg("field {} has {} bytes; ISO 2709 holds {}", record.tag(i),
                        size_of(record.body(i)), kMaxField),
                    hint);
    throw Error(Fault::bad_input,
                msg("the record has {} bytes; ISO 2709 holds {}", total, kMaxRecord), hint);
}

// The record with its lengths; those that do not fit are held at their largest value.
char* put_iso2709(char* out, const Record& record, std::size_t total, Dialect dialect) {
    const std::size_t count = record.field_count();
    const std::size_t base = kLeader + count * kEntry + 1;
    std::memcpy(out, record.leader().data(), kLeader);
    put_number(out, 5, std::min(total, kMaxRecord));
    out[10] = out[11] = '2';
    put_number(out + 12, 5, std::min(base, kMaxRecord));
    std::memcpy(out + 20, dialect == Dialect::marc21 ? "4500" : "450 ", 4);
    if (const std::string_view image = record.image();
        !image.empty() && total <= kMaxRecord) {  // as it was read: nothing to work out anew
        std::memcpy(out + kLeader, image.data(), image.size());
        out[total - 1] = kRecordEnd;
        return out + total;
    }
    char* entry = out + kLeader;
    char* const data = out + base;
    char* to = data;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string_view body = record.body(i);
        std::memcpy(entry, record.tag(i).data(), 3);
        put_number(entry + 3, 4, std::min(size_of(body), kMaxField));
        put_number(entry + 7, 5, std::min(static_cast<std::size_t>(to - data), kMaxRecord));
        entry += kEntry;
        if (!body.empty()) put(to, body);
        *to++ = kFieldEnd;
    }
    *entry = kFieldEnd;
    *to++ = kRecordEnd;
    return to;
}

// Gives the record back in the character set of the options, unchanged when that is UTF-8.
class EncodeStage {
  public:
    explicit EncodeStage(const WriteOptions& options) {
        if (!is_utf8(options)) encoder_.emplace(*options.charset, options.on_bad_char);
    }

    // Adds the characters that the set does not have to `replaced`.
    // Errors: Error{bad_input} naming the field, under BadChar::reject.
    [[nodiscard]] const Record& run(const Record& record, std::uint64_t& replaced) {
        if (!encoder_) return record;
        encoded_.borrow(record);
        for (std::size_t i = 0; i < record.field_count(); ++i) {
            const std::string_view body = record.body(i);
            if (std::none_of(body.begin(), body.end(),
                             [](char c) { return c < 0 || c == kEscape; }))
                continue;
            text_.clear();
            try {
                if (record.is_control(i))
                    replaced += encoder_->append(text_, body);
                else
                    replaced += append_subfields(body);
            } catch (const Error& e) {
                if (e.fault() != Fault::bad_input) throw;
                throw Error(e.fault(), msg("field {}: {} does not exist in {}", record.tag(i),
                                           encoder_->refused(), name_of(encoder_->charset())));
            }
            encoded_.replace_body(i, text_);
        }
        return encoded_;
    }

  private:
    std::size_t append_subfields(std::string_view body) {
        std::size_t replaced = 0;
        text_ += body.substr(0, 2);
        SubfieldCursor cursor(body);
        Subfield subfield;
        while (cursor.next(subfield)) {
            text_ += kSubfieldMark;
            text_ += subfield.code;
            replaced += encoder_->append(text_, subfield.value);
        }
        return replaced;
    }

    std::optional<Encoder> encoder_;
    Record encoded_;
    std::string text_;
};

class Iso2709Writer final : public RecordWriter {
  public:
    explicit Iso2709Writer(const WriteOptions& options)
        : options_(options), label_(options), encode_(options) {}

    void write(Bytes& out, const Record& given, bool) override {
        const Dialect dialect = dialect_of(given, options_.dialect);
        const Record& record = encode_.run(label_.run(given, dialect), replaced_);
        const std::size_t total = iso2709_size(record);
        if (is_oversize(record, total)) {
            write_oversize(out, record, total, dialect);
            return;
        }
        out.commit(put_iso2709(out.reserve(total), record, total, dialect));
    }

  private:
    void write_oversize(Bytes& out, const Record& record, std::size_t total, Dialect dialect) {
        switch (options_.oversize) {
            case Oversize::reject:
                refuse_oversize(record, total);
            case Oversize::clamp:
                out.commit(put_iso2709(out.reserve(total), record, total, dialect));
                notes_.push_back(
                    {"oversize_clamped",
                     msg("the record has {} bytes; ISO 2709's lengths are held at {} and {}", total,
                         kMaxRecord, kMaxField)});
                return;
            case Oversize::split:
                split(out, record, total, dialect);
                return;
        }
    }

    // Fields that repeat by the hundred (holdings, items, notes) are dealt out to parts that all
    // have the 001, the other control fields and the title.
    void split(Bytes& out, const Record& record, std::size_t total, Dialect dialect) {
        const std::string_view key = record.control_number();
        if (key.empty())
            throw Error(Fault::bad_input, msg("the record has {} bytes and no 001 that would hold "
                                              "its parts together",
                                              total));
        const std::vector<std::size_t> part_of = dealt_out(record, total, dialect);
        const std::size_t parts =
            std::max<std::size_t>(1, *std::max_element(part_of.begin(), part_of.end()));
        Record part;
        for (std::size_t number = 1; number <= parts; ++number) {
            const std::string says = part_field(key, number, parts);
            part.clear();
            part.set_leader(record.leader());
            bool is_said = false;
            for (std::size_t i = 0; i < record.field_count(); ++i) {
                if (part_of[i] != kAllParts && part_of[i] != number) continue;
                if (!is_said && record.tag(i) > options_.part_tag) {
                    part.add_body(options_.part_tag, false, says);
                    is_said = true;
                }
                part.borrow_body(record.tag(i), record.is_control(i), record.body(i));
            }
            if (!is_said) part.add_body(options_.part_tag, false, says);
            const std::size_t size = iso2709_size(part);
            out.commit(put_iso2709(out.reserve(size), part, size, dialect));
        }
        split_off_ += parts - 1;
        notes_.push_back(
            {"oversize_split",
             msg("the record has {} bytes; it was written as {} records", total, parts)});
    }

    static constexpr std::size_t kAllParts = 0;

    // The part of each field, from 1. Refuses the record when a field has no room in any.
    static std::vector<std::size_t> dealt_out(const Record& record, std::size_t total,
                                              Dialect dialect) {
        const auto is_in_all = [&](std::size_t i) {
            const std::string_view tag = record.tag(i);
            return record.is_control(i) || tag == "245" || tag == "200" ||
                   (tag == "100" && dialect != Dialect::marc21);
        };
        // A field above the limit stays above it in any part.
        if (has_big_field(record)) refuse_oversize(record, total);
        const auto need = [&](std::size_t i) { return size_of(record.body(i)) + kEntry; };
        std::size_t head = kLeader + 2 + kEntry +
                           size_of(part_field(record.control_number(), kMaxRecord, kMaxRecord));
        for (std::size_t i = 0; i < record.field_count(); ++i)
            if (is_in_all(i)) head += need(i);
        std::vector<std::size_t> part_of(record.field_count(), kAllParts);
        std::size_t part = 1, size = head;
        for (std::size_t i = 0; i < record.field_count(); ++i) {
            if (is_in_all(i)) continue;
            if (head + need(i) > kMaxRecord) refuse_oversize(record, total);
            if (size + need(i) > kMaxRecord) {
                ++part;
                size = head;
            }
            size += need(i);
            part_of[i] = part;
        }
        return part_of;
    }

    // What ties the parts together: "Part 2 of 3", and in $w the number of the whole.
    static std::string part_field(std::string_view key, std::size_t number, std::size_t parts) {
        return fmt::format("  {0}aPart {1} of {2}{0}w{3}", kSubfieldMark, number, parts, key);
    }

    WriteOptions options_;
    LabelStage label_;
    EncodeStage encode_;
};

}  // namespace

std::unique_ptr<RecordWriter> make_iso2709_writer(const WriteOptions& options) {
    return std::make_unique<Iso2709Writer>(options);
}

void append_iso2709(std::string& out, const Record& given) {
    LabelStage label({});
    const Record& record = label.run(given);
    const std::size_t total = iso2709_size(record);
    if (is_oversize(record, total)) refuse_oversize(record, total);
    const std::size_t start = out.size();
    out.resize(start + total);
    put_iso2709(out.data() + start, record, total, guess_dialect(record));
}

}  // namespace tushu::marc
