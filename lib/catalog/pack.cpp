// SPDX-License-Identifier: Apache-2.0
#include "catalog/pack.hpp"

#include "base/error.hpp"
#include "marc/format.hpp"

#include <zstd.h>

namespace tushu::catalog {
namespace {

constexpr int kLevel = 1;  // records are small: more effort wins under 3 %
constexpr std::string_view kFrame = "\x28\xB5\x2F\xFD";  // RFC 8878, 3.1.1

struct FreeCompressor {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct FreeDecompressor {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

}  // namespace

struct Packer::State {
    std::unique_ptr<ZSTD_CCtx, FreeCompressor> context{ZSTD_createCCtx()};
    std::unique_ptr<marc::RecordWriter> iso2709, jsonl;
    marc::Bytes plain;
    std::string packed;
};

Packer::Packer() : state_(std::make_unique<State>()) {
    marc::WriteOptions options;
    options.format = marc::Format::iso2709;
    state_->iso2709 = marc::make_writer(options);
    options.format = marc::Format::jsonl;
    state_->jsonl = marc::make_writer(options);
}
Packer::~Packer() = default;

std::string Packer::pack(const marc::Record& record) {
    std::string& packed = state_->packed;
    state_->plain.clear();
    try {
        state_->iso2709->write(state_->plain, record, true);
    } catch (const Error& e) {
        if (e.fault() != Fault::bad_input) throw;
        state_->jsonl->write(state_->plain, record, true);
    }
    const std::string_view plain = state_->plain.view();
    packed.resize(ZSTD_compressBound(plain.size()));
    const std::size_t size = ZSTD_compressCCtx(state_->context.get(), packed.data(), packed.size(),
                                               plain.data(), plain.size(), kLevel);
    if (ZSTD_isError(size) != 0 || size >= plain.size()) return std::string(plain);
    return packed.substr(0, size);
}

struct Unpacker::State {
    std::unique_ptr<ZSTD_DCtx, FreeDecompressor> context{ZSTD_createDCtx()};
    std::string plain;
};

Unpacker::Unpacker() : state_(std::make_unique<State>()) {}
Unpacker::~Unpacker() = default;

std::string_view Unpacker::unpack(std::string_view stored) {
    std::string& plain = state_->plain;
    if (!stored.starts_with(kFrame)) {
        plain = stored;
        return plain;
    }
    const auto damaged = [] { return Error(Fault::io, msg("a stored record is damaged")); };
    const unsigned long long size = ZSTD_getFrameContentSize(stored.data(), stored.size());
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > (1ULL << 30U))
        throw damaged();
    plain.resize(static_cast<std::size_t>(size));
    const std::size_t got = ZSTD_decompressDCtx(state_->context.get(), plain.data(), plain.size(),
                                                stored.data(), stored.size());
    if (ZSTD_isError(got) != 0 || got != plain.size()) throw damaged();
    return plain;
}

std::unique_ptr<marc::RecordSource> open_plain(Input& input, bool is_json) {
    marc::ReadOptions options;
    options.format = is_json ? marc::Format::jsonl : marc::Format::iso2709;
    options.charset = marc::Charset::utf8;
    return marc::open_records(input, options);
}

}  // namespace tushu::catalog
