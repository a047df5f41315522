// SPDX-License-Identifier: Apache-2.0
// What is XML in the XML formats: tags, attributes, character data. Elements go by their local
// names, so that prefixes, namespaces and wrappings (SRU, OAI) do not matter. A scanner of its own,
// because the usual parsers either hold the whole file or are slower than everything else together.
#pragma once
#include "marc/record.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace tushu::marc {

[[nodiscard]] inline bool is_xml_space(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/// End of the markup that begins at `text[0]` == '<' (one behind its '>'); npos when it is not all
/// there. A tag that is not closed ends where the next markup begins, an instruction or declaration
/// where the next tag does.
[[nodiscard]] std::size_t markup_end(std::string_view text);

/// "marc:datafield tag=..." to "datafield".
[[nodiscard]] std::string_view local_name(std::string_view tag);

/// What the elements of MARCXML, marcxchange and TurboMARC are for.
enum class XmlElement { record, leader, control, data, subfield, other };
[[nodiscard]] XmlElement element_of(std::string_view name);

/// Appends character data with references, CDATA and comments resolved and line ends made one.
///
/// Source: XML 1.0, 2.11 and 4.1.
void append_character_data(std::string& out, std::string_view text, SourceNote& note);

/// Walks the start and end tags of a record. Views live as long as its text.
///
/// Errors: as refuse(), for a tag that is not closed.
class XmlTags {
  public:
    void reset(std::string_view text) {
        at_ = text.data();
        end_ = text.data() + text.size();
    }
    /// Moves behind the next tag; false when there is none.
    [[nodiscard]] bool next(SourceNote& note);

    /// The tag with its angle brackets, and what it says.
    [[nodiscard]] std::string_view name() const { return name_; }
    [[nodiscard]] XmlElement element() const { return element_of(name_); }
    [[nodiscard]] bool is_end() const { return tag_[1] == '/'; }
    [[nodiscard]] bool is_empty() const { return !is_end() && tag_[tag_.size() - 2] == '/'; }
    [[nodiscard]] bool ends(std::string_view name) const { return is_end() && name_ == name; }
    [[nodiscard]] bool begins(std::string_view name) const { return !is_end() && name_ == name; }
    /// Value of an attribute, references unresolved; empty when there is none.
    [[nodiscard]] std::string_view attribute(std::string_view name) const;
    /// What stands between the tag before and this one.
    [[nodiscard]] std::string_view before() const { return before_; }

    /// What is behind the tag.
    [[nodiscard]] const char* at() const { return at_; }
    [[nodiscard]] const char* end() const { return end_; }
    void skip_to(const char* at) { at_ = at; }

  private:
    const char* at_ = nullptr;
    const char* end_ = nullptr;
    std::string_view before_, tag_, name_;
};

}  // namespace tushu::marc
