// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tushu {

/// SHA-256 over bytes that arrive in pieces (FIPS 180-4, by OpenSSL).
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    void update(std::string_view bytes);
    /// 64 lower-case hex digits of what was fed so far; more may be fed afterwards.
    [[nodiscard]] std::string hex() const;

  private:
    struct Context;
    std::unique_ptr<Context> context_;
};

[[nodiscard]] std::string sha256_hex(std::string_view bytes);
/// SHA-256 of a file as it stands on disk. Errors: Error{no_input}, Error{io}.
[[nodiscard]] std::string sha256_file(const std::string& path);

/// HMAC-SHA-256 (RFC 2104) as 64 hex digits: the form of patron pseudonyms.
[[nodiscard]] std::string hmac_sha256_hex(std::string_view key, std::string_view bytes);

/// A fast, stable 64-bit hash (the same on every machine and version). Not for secrets.
[[nodiscard]] std::uint64_t hash64(std::string_view bytes);

}  // namespace tushu
