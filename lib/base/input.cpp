// SPDX-License-Identifier: Apache-2.0
#include "base/input.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <lzma.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace tushu {
namespace {
constexpr std::size_t kBlock = 1U << 18U;
}

/// Turns compressed bytes into plain ones. decode() consumes from `in` and fills `out`;
/// `is_member_end` says that a compressed member is complete, so that the end of input there is a
/// clean one.
struct Input::Decoder {
    enum class Kind { gzip, zstd, xz };
    Decoder(Kind kind, std::string file) : kind_(kind), file_(std::move(file)) {
        if (kind == Kind::gzip && inflateInit2(&gzip_, 15 + 16) != Z_OK) fail("zlib");
        if (kind == Kind::zstd && (zstd_ = ZSTD_createDStream()) == nullptr) fail("zstd");
        if (kind == Kind::xz && lzma_stream_decoder(&xz_, UINT64_MAX, LZMA_CONCATENATED) != LZMA_OK)
            fail("xz");
    }
    ~Decoder() {
        if (kind_ == Kind::gzip) inflateEnd(&gzip_);
        if (kind_ == Kind::zstd) ZSTD_freeDStream(zstd_);
        if (kind_ == Kind::xz) lzma_end(&xz_);
    }
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;

    [[nodiscard]] std::size_t decode(std::string_view& in, char* out, std::size_t size,
                                     bool is_last) {
        auto* const from =
            reinterpret_cast<unsigned char*>(const_cast<char*>(in.data()));  // C interfaces
        auto* const to = reinterpret_cast<unsigned char*>(out);
        switch (kind_) {
            case Kind::gzip: {
                if (is_member_end && in.empty()) return 0;
                if (is_member_end && inflateReset(&gzip_) != Z_OK) fail("gzip");
                gzip_.next_in = from;
                gzip_.avail_in = static_cast<unsigned>(in.size());
                gzip_.next_out = to;
                gzip_.avail_out = static_cast<unsigned>(size);
                const int status = inflate(&gzip_, Z_NO_FLUSH);
                if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) fail("gzip");
                is_member_end = status == Z_STREAM_END;
                in.remove_prefix(in.size() - gzip_.avail_in);
                return size - gzip_.avail_out;
            }
            case Kind::zstd: {
                // Asked again behind a frame, zstd wants the next frame's header: nothing is cut.
                if (is_member_end && in.empty()) return 0;
                ZSTD_inBuffer source{in.data(), in.size(), 0};
                ZSTD_outBuffer target{out, size, 0};
                const std::size_t left = ZSTD_decompressStream(zstd_, &target, &source);
                if (ZSTD_isError(left) != 0) fail("zstd");
                is_member_end = left == 0;
                in.remove_prefix(source.pos);
                return target.pos;
            }
            case Kind::xz: {
                xz_.next_in = from;
                xz_.avail_in = in.size();
                xz_.next_out = to;
                xz_.avail_out = size;
                const lzma_ret status = lzma_code(&xz_, is_last ? LZMA_FINISH : LZMA_RUN);
                if (status != LZMA_OK && status != LZMA_STREAM_END && status != LZMA_BUF_ERROR)
                    fail("xz");
                is_member_end = status == LZMA_STREAM_END;
                in.remove_prefix(in.size() - xz_.avail_in);
                return size - xz_.avail_out;
            }
        }
        return 0;
    }
    [[noreturn]] void fail(const char* format) const {
        throw Error(Fault::bad_input, {file_}, msg("compressed data ({}) is damaged", format));
    }

    bool is_member_end = true;
    std::string_view pending;  // raw bytes not yet decoded
    std::vector<char> raw = std::vector<char>(kBlock);

  private:
    Kind kind_;
    std::string file_;
    z_stream gzip_{};
    ZSTD_DStream* zstd_ = nullptr;
    lzma_stream xz_ = LZMA_STREAM_INIT;
};

Input::Input(std::string name, int fd, Digest digest) : name_(std::move(name)), fd_(fd) {
    if (digest == Digest::sha256) digest_.emplace();
    use(std::make_shared<Block>());
}

Input::~Input() {
    if (fd_ > 0) ::close(fd_);
}

std::unique_ptr<Input> Input::open(const std::string& path, Digest digest) {
    int fd = 0;
    std::string name = path;
    if (path == "-") {
        name = "<stdin>";
    } else {
        fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (fd < 0) throw system_error(Fault::no_input, path, errno);
    }
    std::unique_ptr<Input> input(new Input(name, fd, digest));  // private constructor
    struct stat facts {};
    if (::fstat(fd, &facts) != 0) throw system_error(Fault::no_input, name, errno);
    if (S_ISDIR(facts.st_mode)) throw system_error(Fault::no_input, name, EISDIR);
    if (S_ISREG(facts.st_mode)) input->raw_size_ = static_cast<std::uint64_t>(facts.st_size);

    // Peek at the magic bytes, then hand them either to a decoder or to the window.
    std::array<char, 6> magic{};
    std::size_t got = 0;
    while (got < magic.size()) {
        const std::size_t n = input->read_raw(magic.data() + got, magic.size() - got);
        if (n == 0) break;
        got += n;
    }
    const std::string_view head(magic.data(), got);
    std::optional<Decoder::Kind> kind;
    if (head.starts_with("\x1F\x8B")) kind = Decoder::Kind::gzip;
    if (head.starts_with("\x28\xB5\x2F\xFD")) kind = Decoder::Kind::zstd;
    if (head == std::string_view("\xFD"
                                 "7zXZ\0",
                                 6))
        kind = Decoder::Kind::xz;
    if (kind) {
        input->decoder_ = std::make_unique<Decoder>(*kind, name);
        std::copy(head.begin(), head.end(), input->decoder_->raw.begin());
        input->decoder_->pending = {input->decoder_->raw.data(), got};
    } else {
        input->make_room();
        std::copy(head.begin(), head.end(), input->data_);
        input->end_ = got;
    }
    return input;
}

std::unique_ptr<Input> Input::from_memory(std::string bytes, std::string name) {
    std::unique_ptr<Input> input(
        new Input(std::move(name), -1, Digest::none));  // private constructor
    input->use(std::make_shared<Block>(bytes.begin(), bytes.end()));
    input->end_ = bytes.size();
    input->raw_size_ = input->raw_bytes_ = bytes.size();
    input->at_end_ = true;
    return input;
}

std::size_t Input::read_raw(char* to, std::size_t size) {
    for (;;) {
        const ssize_t n = ::read(fd_, to, size);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw system_error(Fault::io, name_, errno);
        const auto got = static_cast<std::size_t>(n);
        raw_bytes_ += got;
        if (digest_) digest_->update({to, got});
        return got;
    }
}

void Input::use(std::shared_ptr<Block> block) {
    block_ = std::move(block);
    data_ = block_->data();
    ++block_number_;
}

// Space behind the window. What has been consumed is given up for it, unless somebody holds it:
// then the window moves to another block.
void Input::make_room() {
    const std::size_t left = end_ - begin_;
    const bool is_held = block_.use_count() > (block_->size() == kBlock ? 2 : 1);
    const bool is_full = end_ == block_->size();
    if (!is_held && (left == 0 || (begin_ > 0 && (is_full || begin_ >= block_->size() / 2)))) {
        if (left != 0) std::memmove(data_, data_ + begin_, left);
        begin_ = 0;
        end_ = left;
        if (end_ != block_->size()) return;
    } else if (!is_full) {
        return;
    }
    // Behind a long run of bytes that nobody can use yet the next block is twice as long.
    const std::size_t wanted = left * 2 > kBlock ? left * 2 : kBlock;
    std::shared_ptr<Block> next;
    for (const auto& block : blocks_)
        if (wanted == kBlock && block.use_count() == 1) next = block;
    if (!next) {
        next = std::make_shared<Block>(wanted);
        if (wanted == kBlock) blocks_.push_back(next);
    }
    if (left != 0) std::memcpy(next->data(), data_ + begin_, left);
    begin_ = 0;
    end_ = left;
    use(std::move(next));
}

bool Input::more() {
    if (at_end_) return false;
    make_room();
    if (utf16_) return more_of_utf16();
    char* const to = data_ + end_;
    const std::size_t room = block_->size() - end_;
    if (!decoder_) {
        const std::size_t got = read_raw(to, room);
        end_ += got;
        at_end_ = got == 0;
        return got != 0;
    }
    bool is_last = false;
    for (;;) {
        if (decoder_->pending.empty() && !is_last) {
            const std::size_t got = read_raw(decoder_->raw.data(), decoder_->raw.size());
            decoder_->pending = {decoder_->raw.data(), got};
            is_last = got == 0;
        }
        const std::size_t made = decoder_->decode(decoder_->pending, to, room, is_last);
        end_ += made;
        if (made != 0) return true;
        if (is_last) {
            if (!decoder_->is_member_end)
                throw Error(Fault::bad_input, {name_}, msg("compressed data is cut short"));
            at_end_ = true;
            return false;
        }
    }
}

bool Input::convert_utf16() {
    if (offset_ != 0 || utf16_ || !have(2)) return false;
    const std::string_view head = window().substr(0, 2);
    const bool has_mark = head == "\xFF\xFE" || head == "\xFE\xFF";
    if (!has_mark && head != std::string_view("<\0", 2) && head != std::string_view("\0<", 2))
        return false;
    is_big_endian_ = head == "\xFE\xFF" || head[0] == '\0';
    if (has_mark) begin_ += 2;
    utf16_.reset(new Input(name_, fd_, Digest::none));  // private constructor
    fd_ = -1;
    utf16_->use(std::move(block_));
    utf16_->blocks_.swap(blocks_);
    use(std::make_shared<Block>());
    utf16_->begin_ = begin_;
    utf16_->end_ = end_;
    utf16_->raw_bytes_ = raw_bytes_;
    utf16_->at_end_ = at_end_;
    utf16_->digest_.swap(digest_);
    utf16_->decoder_.swap(decoder_);
    begin_ = end_ = 0;
    at_end_ = false;
    return true;
}

bool Input::more_of_utf16() {
    const auto give = [this] {
        const std::size_t size =
            std::min(block_->size() - end_, converted_.size() - converted_used_);
        std::memcpy(data_ + end_, converted_.data() + converted_used_, size);
        end_ += size;
        converted_used_ += size;
        return true;
    };
    if (converted_used_ < converted_.size()) return give();
    constexpr std::size_t kUnits = 1U << 16U;
    const bool is_last = !utf16_->have(2 * kUnits + 1);
    const bool any = !utf16_->window().empty();
    raw_bytes_ = utf16_->raw_bytes_;
    at_end_ = !any;
    if (!any) return false;
    const std::string_view raw = utf16_->window().substr(0, 2 * kUnits);
    const auto unit = [&](std::size_t at) {
        const auto first = static_cast<unsigned char>(raw[at]);
        const auto second = static_cast<unsigned char>(raw[at + 1]);
        return static_cast<char32_t>(is_big_endian_ ? first << 8U | second : second << 8U | first);
    };
    std::string& text = converted_;
    text.clear();
    converted_used_ = 0;
    std::size_t at = 0;
    while (at + 2 <= raw.size()) {
        char32_t c = unit(at);
        if (c >= 0xD800 && c <= 0xDBFF) {
            if (at + 4 > raw.size() && !is_last) break;  // the other half comes with the next block
            const char32_t low = at + 4 <= raw.size() ? unit(at + 2) : 0;
            const bool is_pair = low >= 0xDC00 && low <= 0xDFFF;
            c = is_pair ? 0x10000 + ((c - 0xD800) << 10U) + (low - 0xDC00) : 0xFFFD;
            at += is_pair ? 2 : 0;
        } else if (c >= 0xDC00 && c <= 0xDFFF) {
            c = 0xFFFD;
        }
        append_utf8(text, c);
        at += 2;
    }
    if (at + 1 == raw.size()) {  // half a unit ends the file
        append_utf8(text, 0xFFFD);
        ++at;
    }
    utf16_->consume(at);
    return give();
}

std::string Input::sha256() {
    if (utf16_) return utf16_->sha256();
    if (!digest_) throw Error(Fault::bug, {name_}, msg("no digest was asked for"));
    std::vector<char> rest(kBlock);
    while (fd_ >= 0 && read_raw(rest.data(), rest.size()) != 0) {
    }
    return digest_->hex();
}

std::string load_file(const std::string& path, std::size_t limit) {
    const auto input = Input::open(path);
    while (input->window().size() <= limit && input->more()) {
    }
    if (input->window().size() > limit)
        throw Error(Fault::bad_input, {path}, msg("is larger than the limit of {} bytes", limit));
    return std::string(input->window());
}

}  // namespace tushu
