// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/error.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace YAML {
class Node;
}

namespace tushu {

/// A YAML value that knows where it stands, so that every complaint names file, line and column.
///
/// Shape:  definitions and settings are small; the whole document is in memory (limit 16 MiB).
/// Errors: Error{config} for wrong types, unknown keys (with the nearest known one) and syntax.
class Yaml {
  public:
    static Yaml load(const std::string& path);
    static Yaml parse(std::string_view text, const std::string& name);
    Yaml();
    ~Yaml();
    Yaml(const Yaml&);
    Yaml& operator=(const Yaml&);
    Yaml(Yaml&&) noexcept;
    Yaml& operator=(Yaml&&) noexcept;

    [[nodiscard]] bool is_absent() const;  // no such key, or null
    [[nodiscard]] bool is_map() const;
    [[nodiscard]] bool is_list() const;
    [[nodiscard]] bool is_scalar() const;
    /// The value under `key`; absent (not an error) when there is none. Error when this is not a
    /// map.
    [[nodiscard]] Yaml get(std::string_view key) const;
    /// As get(), but Error when absent.
    [[nodiscard]] Yaml need(std::string_view key) const;
    [[nodiscard]] std::vector<Yaml> items() const;                            // list; absent: empty
    [[nodiscard]] std::vector<std::pair<std::string, Yaml>> entries() const;  // map in file order
    /// Refuses keys that are not in `known`.
    void allow(std::initializer_list<std::string_view> known) const;

    [[nodiscard]] std::string text() const;  // scalar as written; Error when absent or not a scalar
    [[nodiscard]] std::string text_or(std::string_view fallback) const;
    [[nodiscard]] std::int64_t integer() const;
    [[nodiscard]] std::int64_t integer_or(std::int64_t fallback) const;
    [[nodiscard]] bool boolean()
        const;  // true/false only: yes, no, on, off are text (the Norway trap)
    [[nodiscard]] bool boolean_or(bool fallback) const;
    [[nodiscard]] std::vector<std::string> texts()
        const;  // list of scalars, or one scalar; absent: empty

    [[nodiscard]] Where where() const;
    /// Error{config} at this value.
    [[nodiscard]] Error error(Message message, Message hint = {}) const;

  private:
    struct State;
    explicit Yaml(std::shared_ptr<const State> state);
    std::shared_ptr<const State> state_;  // shared: children keep their document alive
};

}  // namespace tushu
