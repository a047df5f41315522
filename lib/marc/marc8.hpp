// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <yaz/yaz-iconv.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace tushu::marc {

struct CloseConverter {
    void operator()(yaz_iconv_t converter) const { yaz_iconv_close(converter); }
};
using Converter = std::unique_ptr<std::remove_pointer_t<yaz_iconv_t>, CloseConverter>;
[[nodiscard]] Converter open_converter(const char* to, const char* from);

/// An escape of MARC-8: its bytes and the set that it calls, by its final character (B is ASCII, 1
/// is EACC), into G0 or G1.
struct Marc8Escape {
    std::size_t size;
    char final;
    bool is_g1;
};
/// The escape that begins at the front of `rest`, where an escape character stands; nullopt for any
/// that MARC-8 does not have.
///
/// Source: MARC 21 Specifications, Character Sets, techniques 1 and 2.
[[nodiscard]] std::optional<Marc8Escape> marc8_escape(std::string_view rest);

/// Whether text without high bytes is MARC-8 and hardly anything else: it has characters of other
/// sets than ASCII, no escape that MARC-8 does not have and no cut code, and goes back to ASCII at
/// the end of each subfield.
[[nodiscard]] bool is_whole_marc8(std::string_view ascii);

/// Reads MARC-8 (with EACC) or ISO 5426 by code tables that libyaz is asked for, code by code:
/// libyaz itself drops what is undefined without a word.
///
/// Shape:  one subfield or control field in, UTF-8 out, letters before their marks, not composed.
/// Source: MARC 21 Specifications, Character Sets; ISO 5426; ISO 6630 (0x88, 0x89).
class Marc8Reader {
  public:
    enum class Set { marc8, iso5426 };
    explicit Marc8Reader(Set set);

    /// `on_bad(bytes)` is called for a character, an escape or a mark without its letter that
    /// means nothing, when all that stands before it is in `out`.
    void append(std::string& out, std::string_view bytes,
                const std::function<void(std::string_view)>& on_bad);

  private:
    struct Glyph {
        char32_t code = 0;  // 0: undefined
        bool is_mark = false;
    };
    using Table = std::array<Glyph, 128>;

    [[nodiscard]] Glyph ask(const std::string& bytes) const;
    [[nodiscard]] const Table* table_of(char final) const;
    [[nodiscard]] Glyph eacc(std::string_view bytes);
    [[nodiscard]] std::size_t read_escape(std::string_view rest);
    [[nodiscard]] std::pair<Glyph, std::size_t> read_code(std::string_view rest);

    Set set_;
    Converter converter_;
    std::vector<std::pair<char, Table>> tables_;  // by the final character of their escape
    std::vector<char32_t> eacc_;                  // asked for as codes are met
    const Table* g0_ = nullptr;                   // nullptr: EACC
    const Table* g1_ = nullptr;
    std::vector<std::pair<char32_t, char>> marks_;  // those that wait for their letter
};

}  // namespace tushu::marc
