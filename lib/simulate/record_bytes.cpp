// SPDX-License-Identifier: Apache-2.0
#include "simulate/record_bytes.hpp"

#include "base/text.hpp"
#include "simulate/library.hpp"

#include <algorithm>

namespace tushu::simulate {
namespace {

constexpr char kSubfield = '\x1F';
constexpr char kField = '\x1E';
constexpr char kRecord = '\x1D';
constexpr std::size_t kEntry = 12;  // tag 3, length 4, start 5

}  // namespace

void RecordBytes::begin(std::string_view leader, bool is_gbk) {
    leader_ = leader;
    directory_.clear();
    body_.clear();
    is_gbk_ = is_gbk;
}

void RecordBytes::text(std::string_view utf8) {
    if (is_gbk_ && std::ranges::any_of(utf8, [](char c) { return (c & '\x80') != 0; })) {
        body_ += gb18030_from_utf8(utf8);
    } else {
        body_ += utf8;
    }
}

void RecordBytes::close_field(std::string_view tag, std::size_t start) {
    body_ += kField;
    directory_ += tag;
    append_number(directory_, body_.size() - start, 4);
    append_number(directory_, start, 5);
    field_start_ = start;
}

void RecordBytes::control(std::string_view tag, std::string_view value) {
    const std::size_t start = body_.size();
    text(value);
    close_field(tag, start);
}

void RecordBytes::data(std::string_view tag, std::string_view indicators, Subfields subfields) {
    const std::size_t start = body_.size();
    body_ += indicators;
    for (const auto& [code, value] : subfields) {
        body_ += kSubfield;
        body_ += code;
        text(value);
    }
    close_field(tag, start);
}

void RecordBytes::more(char code, std::string_view value) {
    body_.pop_back();
    const std::string tag = directory_.substr(directory_.size() - kEntry, 3);
    directory_.resize(directory_.size() - kEntry);
    body_ += kSubfield;
    body_ += code;
    text(value);
    close_field(tag, field_start_);
}

std::string RecordBytes::embedded(std::string_view tag, std::string_view indicators,
                                  Subfields subfields) {
    std::string out(tag);
    out += indicators;
    for (const auto& [code, value] : subfields) {
        out += kSubfield;
        out += code;
        out += value;
    }
    return out;
}

void RecordBytes::append_to(std::string& out) const {
    const std::size_t base = leader_.size() + directory_.size() + 1;
    append_number(out, base + body_.size() + 1, 5);
    out.append(leader_, 5, 7);
    append_number(out, base, 5);
    out.append(leader_, 17, 7);
    out += directory_;
    out += kField;
    out += body_;
    out += kRecord;
}

}  // namespace tushu::simulate
