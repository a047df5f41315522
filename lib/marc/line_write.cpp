// SPDX-License-Identifier: Apache-2.0
// The line format in UTF-8; other character sets go through the slower writer of the text formats.
#include "marc/put.hpp"
#include "marc/scan.hpp"
#include "marc/write.hpp"

#include <algorithm>
#include <array>

namespace tushu::marc {
namespace {

class Utf8LineWriter final : public RecordWriter {
  public:
    explicit Utf8LineWriter(const WriteOptions& options) : label_(options) {}

    void write(Bytes& out, const Record& given, bool) override {
        const Record& record = label_.run(given);
        const std::string_view image = record.image();
        std::size_t worst = 128 + image.size() * 3;
        if (image.empty())
            for (std::size_t i = 0; i < record.field_count(); ++i)
                worst += 16 + record.body(i).size() * 3;
        char* to = out.reserve(worst);
        put(to, record.leader());
        *to++ = '\n';
        if (image.empty())
            put_fields(to, record);
        else
            put_image(to, image, record.field_count());
        *to++ = '\n';
        out.commit(to);
    }

  private:
    void put_fields(char*& to, const Record& record) {
        for (std::size_t i = 0; i < record.field_count(); ++i) {
            const std::string_view body = record.body(i);
            put(to, record.tag(i));
            *to++ = ' ';
            const char* at = body.data();
            const char* const end = at + body.size();
            if (!record.is_control(i)) {
                *to++ = body.empty() ? ' ' : body[0];
                *to++ = body.size() < 2 ? ' ' : body[1];
                at += std::min<std::size_t>(2, body.size());
            }
            put_text(to, at, end);
            *to++ = '\n';
        }
    }

    void put_text(char*& to, const char* at, const char* end) {
        while ((at = copy_plain<Controls>(to, at, end)) != end) {
            const char c = *at++;
            if (c != kSubfieldMark) {
                put_control(to, c);
                continue;
            }
            if (at == end) return;
            put_literal(to, " $");
            *to++ = *at++;
            *to++ = ' ';
        }
    }

    // A record as it was read: all fields stand in a row, so one run over the bytes does for all of
    // them. A mark and its code become " $a ", a field end becomes a line end and the next tag;
    // which of the two it is, is worked out without a branch.
    void put_image(char*& to, std::string_view image, std::size_t fields) {
        if (fields == 0) return;
        const char* entry = image.data();
        const char* from = entry + fields * kEntry + 1;
        const char* const end = image.data() + image.size();
        put(to, {entry, 3});
        *to++ = ' ';
        const auto size = static_cast<std::size_t>(end - from);
        if (places_.size() < size + 8) places_.resize(size + 8);
        const std::uint32_t* place = places_.data();
        const std::uint32_t* const last = place + find_controls({from, size}, places_.data());
        for (const char* const data = from; place != last; ++place) {
            const char* const control = data + *place;
            copy_run(to, from, control, end);
            const char c = *control;
            if (c != kSubfieldMark && c != kFieldEnd) {
                put_control(to, c);
                from = control + 1;
                continue;
            }
            const std::size_t is_end = c == kFieldEnd ? 1 : 0;
            entry += is_end * kEntry;
            // Four bytes or five; the last entry is followed by the directory's end and the data.
            std::array<char, 8> mark{' ', '$', control[1 - is_end], ' '}, line{'\n'};
            std::memcpy(line.data() + 1, entry, 4);
            line[4] = ' ';
            std::uint64_t as_mark = 0, as_line = 0;
            std::memcpy(&as_mark, mark.data(), 8);
            std::memcpy(&as_line, line.data(), 8);
            const std::uint64_t chosen = is_end != 0 ? as_line : as_mark;
            std::memcpy(to, &chosen, 8);
            to += 4 + is_end;
            from = control + 2 - is_end;
        }
        to -= 4;  // behind the last field stands what would be the next tag
    }

    // A line end would end the field.
    void put_control(char*& to, char c) {
        const bool is_line_end = c == '\n' || c == '\r' || c == '\0';
        *to++ = is_line_end ? ' ' : c;
        replaced_ += is_line_end ? 1U : 0U;
    }

    // 32 bytes at a time, as long as so many may be read.
    static void copy_run(char*& to, const char* from, const char* stop, const char* readable) {
        const auto size = static_cast<std::size_t>(stop - from);
        if (readable - from >= static_cast<std::ptrdiff_t>(size + 32)) {
            std::size_t done = 0;
            do {
                std::memcpy(to + done, from + done, 32);
                done += 32;
            } while (done < size);
        } else {
            std::memcpy(to, from, size);
        }
        to += size;
    }

    static constexpr std::size_t kEntry = 12;  // of an ISO 2709 directory

    LabelStage label_;
    std::vector<std::uint32_t> places_;
};

}  // namespace

std::unique_ptr<RecordWriter> make_utf8_line_writer(const WriteOptions& options) {
    return std::make_unique<Utf8LineWriter>(options);
}

}  // namespace tushu::marc
