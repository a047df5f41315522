// SPDX-License-Identifier: Apache-2.0
#include "base/hash.hpp"

#include "base/error.hpp"
#include "base/input.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstring>

namespace tushu {
namespace {

std::string hex(const unsigned char* bytes, std::size_t size) {
    std::string out;
    out.reserve(size * 2);
    for (std::size_t i = 0; i < size; ++i)
        fmt::format_to(std::back_inserter(out), "{:02x}", bytes[i]);
    return out;
}

[[noreturn]] void crypto_failed() { throw Error(Fault::bug, msg("OpenSSL refuses SHA-256")); }

struct ContextFree {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using ContextPtr = std::unique_ptr<EVP_MD_CTX, ContextFree>;

}  // namespace

struct Sha256::Context {
    ContextPtr md{EVP_MD_CTX_new()};
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
    if (EVP_DigestInit_ex(context_->md.get(), EVP_sha256(), nullptr) != 1) crypto_failed();
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
    if (EVP_DigestUpdate(context_->md.get(), bytes.data(), bytes.size()) != 1) crypto_failed();
}

std::string Sha256::hex() const {
    const ContextPtr copy(EVP_MD_CTX_new());
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (EVP_MD_CTX_copy_ex(copy.get(), context_->md.get()) != 1 ||
        EVP_DigestFinal_ex(copy.get(), digest.data(), &size) != 1)
        crypto_failed();
    return tushu::hex(digest.data(), size);
}

std::string sha256_hex(std::string_view bytes) {
    Sha256 sha;
    sha.update(bytes);
    return sha.hex();
}

std::string sha256_file(const std::string& path) {
    const auto input = Input::open(path, Input::Digest::sha256);
    return input->sha256();
}

std::string hmac_sha256_hex(std::string_view key, std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data(),
             &size) == nullptr)
        crypto_failed();
    return hex(digest.data(), size);
}

std::uint64_t hash64(std::string_view bytes) {
    // Multiply-xorshift over eight bytes at a time; constants of MurmurHash3's finaliser.
    constexpr std::uint64_t kFirst = 0xff51afd7ed558ccdU, kSecond = 0xc4ceb9fe1a85ec53U;
    std::uint64_t hash = bytes.size() * kFirst;
    while (!bytes.empty()) {
        std::uint64_t word = 0;
        const std::size_t take = bytes.size() < 8 ? bytes.size() : 8;
        std::memcpy(&word, bytes.data(), take);
        hash = (hash ^ word) * kFirst;
        hash ^= hash >> 33U;
        bytes.remove_prefix(take);
    }
    hash *= kSecond;
    return hash ^ hash >> 33U;
}

}  // namespace tushu
