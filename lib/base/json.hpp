// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace tushu {

/// Appends `text` as a JSON string with its quotes (RFC 8259): only what must be escaped is,
/// malformed UTF-8 becomes U+FFFD so that the document stays JSON.
void append_json_string(std::string& out, std::string_view text);

/// Writes JSON front to back with two-space indents and keys in the order given.
class JsonWriter {
  public:
    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }
    void key(std::string_view name);
    void value(std::string_view text);
    void value(const char* text) { value(std::string_view(text)); }
    void value(std::int64_t number);
    void value(std::uint64_t number);
    void value(int number) { value(static_cast<std::int64_t>(number)); }
    void value(bool flag);
    void seconds(double number);  // three decimals
    void null();
    template <class T>
    void member(std::string_view name, const T& v) {
        key(name);
        value(v);
    }
    /// The finished text with a newline at its end.
    [[nodiscard]] std::string take();

  private:
    void open(char bracket);
    void close(char bracket);
    void separate();
    std::string out_;
    int depth_ = 0;
    bool is_first_ = true, after_key_ = false;
};

}  // namespace tushu
