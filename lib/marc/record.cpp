// SPDX-License-Identifier: Apache-2.0
#include "marc/record.hpp"

#include <algorithm>
#include <cstring>

namespace tushu::marc {
namespace {

constexpr std::size_t kBlock = 1U << 14U, kKeepBlock = 1U << 20U;

bool is_separator(char byte) { return byte >= kRecordEnd && byte <= kSubfieldMark; }

// Separators cannot be text; a reader that meets them says so, here they only must not break the
// form.
void copy_text(char*& to, std::string_view text) {
    for (const char byte : text) *to++ = is_separator(byte) ? ' ' : byte;
}

}  // namespace

char* Arena::allocate(std::size_t size, std::size_t alignment) {
    for (;;) {
        if (block_ < blocks_.size()) {
            const std::size_t start = (used_ + alignment - 1) / alignment * alignment;
            if (start + size <= blocks_[block_].size) {
                used_ = start + size;
                return blocks_[block_].bytes.get() + start;
            }
            ++block_;
            used_ = 0;
            continue;
        }
        const std::size_t room =
            std::max(size + alignment, kBlock << std::min<std::size_t>(blocks_.size(), 6));
        blocks_.push_back(
            {std::unique_ptr<char[]>(new char[room]), room});  // NOLINT: not zeroed on purpose
        used_ = 0;
    }
}

std::string_view Arena::copy(std::string_view bytes) {
    char* const to = allocate(bytes.size());
    if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
    return {to, bytes.size()};
}

void Arena::start_again() {
    // One huge record must not fix the memory of the whole run.
    std::erase_if(blocks_, [](const Block& block) { return block.size > kKeepBlock; });
    block_ = used_ = 0;
}

std::optional<std::string_view> Field::first(char code) const {
    for (const auto& subfield : subfields_)
        if (subfield.code == code) return subfield.value;
    return std::nullopt;
}

Record::Record() { set_leader("00000nam a2200000   4500"); }

Record::Record(const Record& other) { *this = other; }

Record& Record::operator=(const Record& other) {
    if (this == &other) return *this;
    clear();
    leader_ = other.leader_;
    set_system_number(other.system_number());
    for (const Entry& entry : other.entries_)
        add_body({entry.tag.data(), 3}, entry.is_control, {entry.data, entry.size});
    return *this;
}

void Record::set_leader(std::string_view leader) {
    if (leader.size() >= leader_.size()) {
        std::copy_n(leader.begin(), leader_.size(), leader_.begin());
        return;
    }
    leader_.fill(' ');
    std::copy(leader.begin(), leader.end(), leader_.begin());
}

Field Record::field(std::size_t index) const {
    const Entry& entry = entries_.at(index);
    Field field;
    field.tag_ = entry.tag;
    field.is_control_ = entry.is_control;
    const std::string_view body(entry.data, entry.size);
    if (entry.is_control) {
        field.value_ = body;
        return field;
    }
    field.indicators_ = {body.empty() ? ' ' : body[0], body.size() < 2 ? ' ' : body[1]};
    splits_.resize(entries_.size());
    if (splits_[index].data() == nullptr) {
        const auto marks =
            static_cast<std::size_t>(std::count(body.begin(), body.end(), kSubfieldMark));
        auto* const subfields =
            reinterpret_cast<Subfield*>(  // arena bytes become objects just below
                subfield_arena_.allocate(std::max<std::size_t>(marks, 1) * sizeof(Subfield),
                                         alignof(Subfield)));
        SubfieldCursor cursor(body);
        Subfield subfield;
        std::size_t count = 0;
        while (cursor.next(subfield)) new (subfields + count++) Subfield(subfield);
        splits_[index] = {subfields, count};
    }
    field.subfields_ = splits_[index];
    return field;
}

std::optional<Field> Record::first(std::string_view tag) const {
    for (std::size_t i = 0; i < entries_.size(); ++i)
        if (this->tag(i) == tag) return field(i);
    return std::nullopt;
}

std::string_view Record::value(std::string_view tag, char code) const {
    for (const Entry& entry : entries_) {
        if (std::string_view(entry.tag.data(), 3) != tag) continue;
        const std::string_view body(entry.data, entry.size);
        if (entry.is_control) {
            if (code == ' ') return body;
            continue;
        }
        SubfieldCursor cursor(body);
        Subfield subfield;
        while (cursor.next(subfield))
            if (subfield.code == code) return subfield.value;
    }
    return {};
}

void Record::set_system_number(std::string_view digits) {
    system_number_size_ = static_cast<std::uint8_t>(std::min(digits.size(), system_number_.size()));
    std::copy_n(digits.begin(), system_number_size_, system_number_.begin());
}

bool Record::has_other_number() const {
    const auto without_zeros = [](std::string_view number) {
        number = number.substr(std::min(number.find_first_not_of(" 0"), number.size()));
        return number.substr(0, number.find_last_not_of(' ') + 1);
    };
    return system_number_size_ != 0 &&
           without_zeros(system_number()) != without_zeros(control_number());
}

void Record::clear() {
    changed();
    system_number_size_ = 0;
    entries_.clear();
    arena_.reset();
    subfield_arena_.reset();
}

Record::Entry Record::entry_of(std::string_view tag, bool is_control, std::string_view body) {
    std::array<char, 3> three{' ', ' ', ' '};
    std::copy_n(tag.begin(), std::min<std::size_t>(tag.size(), 3), three.begin());
    return {three.data(), is_control, arena_.copy(body)};
}

void Record::add_body(std::string_view tag, bool is_control, std::string_view body) {
    changed();
    entries_.push_back(entry_of(tag, is_control, body));
}

void Record::insert_body(std::size_t index, std::string_view tag, bool is_control,
                         std::string_view body) {
    changed();
    entries_.insert(entries_.begin() + static_cast<std::ptrdiff_t>(index),
                    entry_of(tag, is_control, body));
}

void Record::replace_body(std::size_t index, std::string_view body) {
    Entry& entry = entries_.at(index);
    changed();
    entry = entry_of({entry.tag.data(), 3}, entry.is_control, body);
}

void Record::set_tag(std::size_t index, std::string_view tag) {
    changed();
    entries_.at(index).tag.fill(' ');
    std::copy_n(tag.begin(), std::min<std::size_t>(tag.size(), 3), entries_[index].tag.begin());
}

void Record::erase(std::size_t index) {
    changed();
    entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(index));
}

void Record::move_field(std::size_t from, std::size_t to) {
    const Entry entry = entries_.at(from);
    erase(from);
    entries_.insert(entries_.begin() + static_cast<std::ptrdiff_t>(std::min(to, entries_.size())),
                    entry);
}

void Record::add_control(std::string_view tag, std::string_view value) {
    char* const bytes = arena_.allocate(value.size());
    char* to = bytes;
    copy_text(to, value);
    borrow_body("   ", true, {bytes, value.size()});
    set_tag(entries_.size() - 1, tag);
}

void Record::add_data(std::string_view tag, char indicator1, char indicator2,
                      std::initializer_list<Subfield> subfields) {
    add_data(tag, indicator1, indicator2,
             std::span<const Subfield>(subfields.begin(), subfields.size()));
}

void Record::add_data(std::string_view tag, char indicator1, char indicator2,
                      std::span<const Subfield> subfields) {
    std::size_t size = 2;
    for (const auto& subfield : subfields) size += 2 + subfield.value.size();
    char* const bytes = arena_.allocate(size);
    char* to = bytes;
    *to++ = is_separator(indicator1) ? ' ' : indicator1;
    *to++ = is_separator(indicator2) ? ' ' : indicator2;
    for (const auto& subfield : subfields) {
        *to++ = kSubfieldMark;
        *to++ = is_separator(subfield.code) ? ' ' : subfield.code;
        copy_text(to, subfield.value);
    }
    borrow_body("   ", false, {bytes, size});
    set_tag(entries_.size() - 1, tag);
}

void Record::borrow(const Record& other) {
    clear();
    leader_ = other.leader_;
    set_system_number(other.system_number());
    entries_ = other.entries_;
    image_ = other.image_;
}

bool Record::same_content(const Record& other) const {
    if (entries_.size() != other.entries_.size()) return false;
    const auto same_leader = [&](std::size_t from, std::size_t count) {
        return leader().substr(from, count) == other.leader().substr(from, count);
    };
    if (!same_leader(5, 7) || !same_leader(17, 7)) return false;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (tag(i) != other.tag(i) || is_control(i) != other.is_control(i) ||
            body(i) != other.body(i))
            return false;
    }
    return true;
}

}  // namespace tushu::marc
