// SPDX-License-Identifier: Apache-2.0
#include "marc/edit.hpp"

#include "base/csv.hpp"
#include "base/text.hpp"
#include "marc/characters.hpp"
#include "marc/frame.hpp"
#include "marc/mnemonics.hpp"
#include "marc/path.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>

namespace tushu::marc {
namespace {

// Where a value of the record goes in the body of a field to add.
constexpr char kValue = '\x01';

enum class Verb { add, set, erase, rename, copy, move, replace, map, sort };

struct VerbName {
    std::string_view name;
    Verb verb;
};
constexpr std::array kVerbs = {
    VerbName{"add", Verb::add},         VerbName{"set", Verb::set},
    VerbName{"delete", Verb::erase},    VerbName{"rename", Verb::rename},
    VerbName{"copy", Verb::copy},       VerbName{"move", Verb::move},
    VerbName{"replace", Verb::replace}, VerbName{"map", Verb::map},
    VerbName{"sort", Verb::sort},
};

// Text that goes into a record holds none of its separators.
std::string clean(std::string text) {
    for (char& c : text)
        if (c >= kRecordEnd && c <= kSubfieldMark) c = ' ';
    return text;
}

// Where a field of this tag goes: behind the last one whose tag is not greater.
std::size_t place_for(const Record& record, std::string_view tag) {
    std::size_t place = record.field_count();
    while (place > 0 && record.tag(place - 1) > tag) --place;
    return place;
}

bool has_field(const Record& record, std::string_view tag, std::string_view body) {
    for (std::size_t i = 0; i < record.field_count(); ++i)
        if (record.tag(i) == tag && record.body(i) == body) return true;
    return false;
}

// What a tag, perhaps with dots, stands for.
enum class Kind { leader, control, data, either };

Kind kind_of(std::string_view tag) {
    if (tag == "LDR") return Kind::leader;
    if (is_control_tag(tag)) return Kind::control;
    const auto may_be_zero = [](char c) { return c == '0' || c == '.'; };
    const bool may_be_control = tag.find('.') != std::string_view::npos && may_be_zero(tag[0]) &&
                                may_be_zero(tag[1]) && tag[2] != '0';
    return may_be_control ? Kind::either : Kind::data;
}

// Names no subfield, indicator or positions: the field as a whole.
bool is_whole_field(const Path& path) {
    return path.parts().empty() && !path.characters() && path.indicator() == 0 &&
           !path.has_embedded();
}

// How many characters a range of positions covers; nullopt where that depends on the text (0-#).
std::optional<std::size_t> width_of(const Path::Range& range) {
    if (range.to_end) return std::nullopt;
    if (range.from_end) return range.from + 1;
    return range.to - range.from + 1;
}

// The value in so many characters: filled up with blanks, and cut where only blanks are lost.
std::optional<std::string> fitted(std::string value, std::size_t count) {
    std::size_t size = characters_in(value);
    for (; size > count && value.back() == ' '; --size) value.pop_back();
    if (size > count) return std::nullopt;
    return value.append(count - size, ' ');
}

// Puts `value` at the characters `range` of `text`, which is filled up with blanks when it is too
// short; nullopt when the value is too long.
std::optional<std::string> with_characters(std::string text, const Path::Range& range,
                                           std::string_view value) {
    const std::size_t size = characters_in(text);
    std::size_t from = range.from;
    if (range.from_end) from = size == 0 ? 0 : size - 1 - std::min(range.from, size - 1);
    const bool is_to_end = range.from_end || range.to_end;
    const std::size_t to = is_to_end ? std::max(size, from + 1) : range.to + 1;
    const auto piece = fitted(std::string(value), to - from);
    if (!piece) return std::nullopt;
    if (size < to) text.append(to - size, ' ');
    const std::size_t begin = character_at(text, from);
    text.replace(begin, character_at(text, to) - begin, *piece);
    return text;
}

// A place in the body of a field.
struct Span {
    std::size_t at = 0, size = 0;
};

// Where in a field the path's values stand, from front to back; a data field without subfields
// named gives them all.
std::vector<Span> spans(const Record& record, const Path& path, std::size_t field) {
    std::vector<Span> found;
    const std::string_view body = record.body(field);
    const auto note = [&](std::string_view value) {
        found.push_back({static_cast<std::size_t>(value.data() - body.data()), value.size()});
    };
    if (!record.is_control(field) && path.parts().empty() && path.indicator() == 0) {
        if (!is_whole_field(path)) return found;  // its text is joined and stands nowhere
        SubfieldCursor cursor(body);
        Subfield subfield;
        while (cursor.next(subfield)) note(subfield.value);
        return found;
    }
    path.visit_field(record, field, [&](const Path::Hit& hit) {
        note(hit.value);
        return true;
    });
    std::sort(found.begin(), found.end(), [](const Span& a, const Span& b) { return a.at < b.at; });
    const auto same = [](const Span& a, const Span& b) { return a.at == b.at; };
    found.erase(std::unique(found.begin(), found.end(), same), found.end());
    return found;
}

// What a rule did to one record: how often, and why not, where it could not.
struct Result {
    std::uint64_t count = 0;
    Message failure{};

    void add(Result other) {
        count += other.count;
        if (failure.empty()) failure = std::move(other.failure);
    }
};

Result no_room(std::string_view value, const Path& path) {
    return {0, msg("\"{}\" does not fit into {}", printable(value), path.text())};
}

// What becomes of a subfield whose value a rule has taken away.
enum class Emptied { stays, goes };

// Changes the values that a path finds in one field. Positions and indicators keep their width.
template <class Change>
Result rewrite(Record& record, const Path& path, std::size_t field, Change change,
               Emptied emptied = Emptied::stays) {
    const bool is_fixed =
        path.characters() || path.indicator() != 0 ||
        std::any_of(path.parts().begin(), path.parts().end(),
                    [](const Path::Part& part) { return part.characters.has_value(); });
    const std::string old(record.body(field));
    std::string made;
    std::size_t done = 0;
    bool is_any_gone = false;
    for (const Span& span : spans(record, path, field)) {
        const std::string value = old.substr(span.at, span.size);
        std::optional<std::string> fresh = clean(change(value));
        if (is_fixed) {
            const std::string wanted = *fresh;
            fresh = fitted(wanted, characters_in(value));
            if (!fresh) return no_room(wanted, path);
        }
        const bool is_gone = emptied == Emptied::goes && !is_fixed && fresh->empty() &&
                             !value.empty() && !record.is_control(field);
        is_any_gone = is_any_gone || is_gone;
        made.append(old, done, span.at - done - (is_gone ? 2 : 0));  // mark and code
        made += *fresh;
        done = span.at + span.size;
    }
    made.append(old, done);
    if (made == old) return {};
    if (is_any_gone && made.find(kSubfieldMark) == std::string::npos)
        record.erase(field);
    else
        record.replace_body(field, made);
    return {1, {}};
}

const std::optional<Path::Range>& positions_of(const Path& path) {
    return path.parts().empty() ? path.characters() : path.parts().front().characters;
}

// Writes positions into the whole value, which is filled up with blanks when it is too short.
Result put_positions(Record& record, const Path& path, std::size_t field,
                     const std::string& value) {
    const Path whole = path.without_positions();
    if (spans(record, whole, field).empty())
        return {0, msg("{}: there is no such field or subfield to write into", path.text())};
    Result result;
    result.add(rewrite(record, whole, field, [&](const std::string& old) {
        const auto made = with_characters(old, *positions_of(path), value);
        if (!made) result.add(no_room(value, path));
        return made.value_or(old);
    }));
    return result;
}

// The leader has 24 ASCII characters, whatever a rule wants.
Result put_leader(Record& record, const std::string& made) {
    if (made == record.leader()) return {};
    const bool is_ascii = std::all_of(made.begin(), made.end(), [](char c) { return c >= ' '; });
    if (made.size() != record.leader().size() || !is_ascii)
        return {0, msg("\"{}\" is not a leader of {} characters", printable(made),
                       record.leader().size())};
    record.set_leader(made);
    return {1, {}};
}

template <class Change>
Result change_values(Record& record, const Path& path, Change change,
                     Emptied emptied = Emptied::stays) {
    if (path.tag() == "LDR") {
        const std::string leader(record.leader());
        if (!path.characters()) return put_leader(record, change(leader));
        const std::string wanted = change(path.first(record));
        const auto made = with_characters(leader, *path.characters(), wanted);
        return made ? put_leader(record, *made) : no_room(wanted, path);
    }
    Result result;
    auto fields = path.fields(record);
    std::reverse(fields.begin(), fields.end());  // a field that goes moves those behind it
    for (const std::size_t i : fields) result.add(rewrite(record, path, i, change, emptied));
    return result;
}

// Of the control fields only 006 and 007 stand in a record more than once.
bool is_single(std::string_view tag) { return is_control_tag(tag) && tag != "006" && tag != "007"; }

bool is_taken(const Record& record, std::string_view tag) {
    return is_single(tag) && record.first(tag);
}

Result taken(const Record& record, std::string_view tag) {
    return {0, msg("there is a field {} already: \"{}\"", tag, printable(record.value(tag)))};
}

Result add_field(Record& record, std::string_view tag, std::string_view body, bool is_repeated) {
    if (!is_repeated && has_field(record, tag, body)) return {};
    if (is_taken(record, tag)) return taken(record, tag);
    record.insert_body(place_for(record, tag), tag, is_control_tag(tag), body);
    return {1, {}};
}

Result erase(Record& record, const Path& path) {
    Result result;
    auto fields = path.fields(record);
    std::reverse(fields.begin(), fields.end());
    for (const std::size_t i : fields) {
        if (path.parts().empty()) {
            record.erase(i);
            ++result.count;
            continue;
        }
        auto doomed = spans(record, path, i);
        if (record.is_control(i) || doomed.empty()) continue;
        std::string body(record.body(i));
        std::reverse(doomed.begin(), doomed.end());
        for (const Span& span : doomed) body.erase(span.at - 2, span.size + 2);  // mark and code
        result.count += doomed.size();
        if (body.find(kSubfieldMark) == std::string::npos)
            record.erase(i);
        else
            record.replace_body(i, body);
    }
    return result;
}

}  // namespace

struct Recipe::Rule {
    Verb verb = Verb::add;
    std::string title;
    Path path;
    std::optional<Path> target;
    std::string to, tag, body, with;
    std::vector<Path> inserted;  // in the body of a field to add
    std::optional<Query> condition, exception;
    std::optional<Pattern> pattern;
    std::map<std::string, std::string> table;
    std::optional<std::string> otherwise;
    bool is_repeated = false, may_create = false;

    [[nodiscard]] Result apply(Record& record) const {
        if (condition && !condition->matches(record)) return {};
        if (exception && exception->matches(record)) return {};
        switch (verb) {
            case Verb::add:
                return add(record);
            case Verb::set:
                return set_value(record);
            case Verb::erase:
                return erase(record, path);
            case Verb::rename:
                return rename(record);
            case Verb::copy:
                return copy(record);
            case Verb::move:
                return move(record);
            case Verb::replace:
                return change_values(
                    record, path,
                    [&](const std::string& value) {
                        std::size_t times = 0;
                        return pattern->replace(value, with, times);
                    },
                    Emptied::goes);
            case Verb::map:
                return change_values(
                    record, path,
                    [&](const std::string& value) {
                        const auto at = table.find(value);
                        return at != table.end() ? at->second : otherwise.value_or(value);
                    },
                    Emptied::goes);
            case Verb::sort:
                return sort(record);
        }
        return {};
    }

    // Nothing is added where a value that belongs into the field is missing.
    [[nodiscard]] Result add(Record& record) const {
        std::string made;
        std::size_t number = 0;
        for (const char c : body) {
            if (inserted.empty() || c != kValue) {
                made += c;
                continue;
            }
            const std::string value = inserted[number++].first(record);
            if (value.empty()) return {};
            made += clean(value);
        }
        return add_field(record, tag, made, is_repeated);
    }

    [[nodiscard]] Result set_value(Record& record) const {
        if (path.tag() == "LDR")
            return change_values(record, path, [&](const std::string&) { return to; });
        const auto fields = path.fields(record);
        if (fields.empty()) return may_create ? make_field(record) : Result{};
        Result result;
        for (const std::size_t i : fields) {
            if (record.is_control(i) != is_control_tag(path.tag())) continue;
            if (positions_of(path)) {
                result.add(put_positions(record, path, i, to));
                continue;
            }
            if (record.is_control(i) || path.indicator() != 0 || !lacks(record, i)) {
                result.add(rewrite(record, path, i, [&](const std::string&) { return to; }));
                continue;
            }
            record.replace_body(i, std::string(record.body(i)) + subfield(path, to));
            ++result.count;
        }
        return result;
    }

    // A subfield that can be added: none of its code is there, and nothing narrows the path down.
    [[nodiscard]] bool lacks(const Record& record, std::size_t field) const {
        const Path::Part& part = path.parts().front();
        if (path.has_embedded() || part.index || part.conditions) return false;
        SubfieldCursor cursor(record.body(field));
        Subfield subfield;
        while (cursor.next(subfield))
            if (path.part_matches(subfield.code)) return false;
        return true;
    }

    static std::string subfield(const Path& where, const std::string& value) {
        return std::string(1, kSubfieldMark) + where.parts().front().from + clean(value);
    }

    [[nodiscard]] Result make_field(Record& record) const {
        if (is_control_tag(path.tag())) {
            const auto made = path.characters() ? with_characters("", *path.characters(), to) : to;
            return made ? add_field(record, path.tag(), clean(*made), false) : no_room(to, path);
        }
        return add_field(record, path.tag(), "  " + subfield(path, to), false);
    }

    // The path's fields that are of the same kind as the tag they shall get.
    [[nodiscard]] std::vector<std::size_t> fields_for(const Record& record,
                                                      std::string_view new_tag) const {
        auto fields = path.fields(record);
        std::erase_if(
            fields, [&](std::size_t i) { return record.is_control(i) != is_control_tag(new_tag); });
        return fields;
    }

    [[nodiscard]] Result rename(Record& record) const {
        Result result;
        if (path.parts().empty()) {
            for (const std::size_t i : fields_for(record, to)) {
                if (record.tag(i) == to) continue;
                if (is_taken(record, to)) {
                    result.add(taken(record, to));
                    break;
                }
                record.set_tag(i, to);
                ++result.count;
            }
            return result;
        }
        for (const std::size_t i : path.fields(record)) {
            if (record.is_control(i)) continue;
            std::string made(record.body(i));
            std::uint64_t here = 0;
            for (const Span& span : spans(record, path, i)) {
                if (made[span.at - 1] == to[0]) continue;
                made[span.at - 1] = to[0];
                ++here;
            }
            if (here != 0) record.replace_body(i, made);
            result.count += here;
        }
        return result;
    }

    // Whole fields to another tag, or values to a subfield or positions of the target's first field
    // (of their own field, when the target has the same tag).
    [[nodiscard]] Result copy(Record& record) const {
        Result result;
        if (is_whole_field(path) && is_whole_field(*target)) {
            std::vector<std::string> bodies;
            for (const std::size_t i : fields_for(record, target->tag()))
                bodies.emplace_back(record.body(i));
            for (const auto& one : bodies)
                result.add(add_field(record, target->tag(), one, is_repeated));
            return result;
        }
        struct Value {
            std::string text;
            std::size_t field;
        };
        std::vector<Value> values;
        path.visit(record, [&](const Path::Hit& hit) {
            values.push_back({std::string(hit.value), hit.field});
            return true;
        });
        if (values.empty()) return {};
        if (positions_of(*target)) {
            for (const auto& value : values)
                if (value.text != values.front().text)
                    return {0,
                            msg("{} has more than one value for {}", path.text(), target->text())};
            if (target->tag() == "LDR") {
                const std::string leader(record.leader());
                const auto made =
                    with_characters(leader, *target->characters(), values.front().text);
                return made ? put_leader(record, *made) : no_room(values.front().text, *target);
            }
            const auto fields = target->fields(record);
            if (!fields.empty())
                return put_positions(record, *target, fields.front(), values.front().text);
            return {0, msg("{}: there is no such field or subfield to write into", target->text())};
        }
        for (const auto& value : values) {
            if (is_control_tag(target->tag()))
                result.add(add_field(record, target->tag(), value.text, false));
            else
                result.add(append(
                    record, value.text,
                    path.tag() == target->tag() ? std::optional(value.field) : std::nullopt));
        }
        return result;
    }

    // Adds a subfield to the given field, else to the target's first one, which is made when there
    // is none. What stands in any of them already is not added again.
    [[nodiscard]] Result append(Record& record, const std::string& value,
                                std::optional<std::size_t> field) const {
        std::vector<std::string> present;
        if (field)
            target->visit_field(record, *field, [&](const Path::Hit& hit) {
                present.emplace_back(hit.value);
                return true;
            });
        else
            present = target->values(record);
        if (!is_repeated && std::find(present.begin(), present.end(), value) != present.end())
            return {};
        const std::string piece = subfield(*target, value);
        const auto fields = target->fields(record);
        if (!field && fields.empty()) {
            record.insert_body(place_for(record, target->tag()), target->tag(), false,
                               "  " + piece);
            return {1, {}};
        }
        const std::size_t at = field.value_or(fields.empty() ? 0 : fields.front());
        record.replace_body(at, std::string(record.body(at)) + piece);
        return {1, {}};
    }

    // Nothing is taken away that has not arrived.
    [[nodiscard]] Result move(Record& record) const {
        if (!is_whole_field(path) || !is_whole_field(*target)) {
            if (!path.exists(record)) return {};
            Result copied = copy(record);
            return copied.failure.empty() ? erase(record, path) : copied;
        }
        std::vector<std::string> bodies;
        auto fields = fields_for(record, target->tag());
        std::erase_if(fields, [&](std::size_t i) { return record.tag(i) == target->tag(); });
        if (!fields.empty() && is_taken(record, target->tag())) return taken(record, target->tag());
        if (fields.size() > 1 && is_single(target->tag()))
            return {0, msg("{} has more than one value for {}", path.text(), target->text())};
        for (const std::size_t i : fields) bodies.emplace_back(record.body(i));
        std::reverse(fields.begin(), fields.end());
        for (const std::size_t i : fields) record.erase(i);
        for (const auto& one : bodies) (void)add_field(record, target->tag(), one, is_repeated);
        return {bodies.size(), {}};
    }

    static Result sort(Record& record) {
        bool is_sorted = true;
        for (std::size_t i = 1; i < record.field_count(); ++i)
            is_sorted = is_sorted && record.tag(i - 1) <= record.tag(i);
        if (is_sorted) return {};
        std::vector<std::size_t> order(record.field_count());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        const Record old = record;
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return old.tag(a) < old.tag(b); });
        record.clear();
        for (const std::size_t i : order)
            record.add_body(old.tag(i), old.is_control(i), old.body(i));
        return {1, {}};
    }
};

Recipe::Recipe() = default;
Recipe::~Recipe() = default;
Recipe::Recipe(Recipe&&) noexcept = default;
Recipe& Recipe::operator=(Recipe&&) noexcept = default;
std::size_t Recipe::size() const { return rules_.size(); }
const std::string& Recipe::title(std::size_t rule) const { return rules_.at(rule).title; }
const std::vector<Error>& Recipe::warnings() const { return warnings_; }

namespace {

// Complaints about a path or query are told at its place in the recipe.
template <class Parse>
auto parsed(const Yaml& value, Parse parse) {
    try {
        return parse(value.text());
    } catch (const Error& e) {
        if (e.fault() == Fault::config) throw;
        throw value.error(e.message(), e.hint());
    }
}

bool is_tag(std::string_view text) {
    return text.size() == 3 && text != "LDR" && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
           });
}

// A field to add: its body, in which each kValue stands for the first value of a path.
struct NewField {
    std::string tag, body;
    std::vector<Path> values;
};

// Takes paths in braces ("{001}", "{100$a}") out of a text; MARCMaker's names are none.
std::string without_paths(const std::string& text, std::vector<Path>& paths) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        out += text[at];
        const std::string_view rest = std::string_view(text).substr(at);
        const bool may_be_path = rest.size() > 1 && (rest[1] >= '0' && rest[1] <= '9');
        if (rest[0] != '{' ||
            !(may_be_path || rest.starts_with("{LDR") || rest.starts_with("{isbn(")))
            continue;
        try {
            std::size_t end = at + 1;
            Path path = Path::parse_at(text, end);
            if (end >= text.size() || text[end] != '}') continue;
            paths.push_back(std::move(path));
            out.back() = kValue;
            at = end;
        } catch (const Error&) {  // braces of the text itself
        }
    }
    return out;
}

// "590 ## $aText": tag, indicators with # or _ or \ for a blank, subfields.
NewField field_of(const Yaml& value) {
    const auto wrong = [&] {
        return value.error(msg("a field is written as 590 ## $aText, or 003 DLC"));
    };
    if (value.text().find(kValue) != std::string::npos) throw wrong();
    std::vector<Path> values;
    const std::string text = without_paths(value.text(), values);
    const std::string tag = text.substr(0, 3);
    if (text == tag && is_tag(tag))  // what is left of: add: 590 ## $aText
        throw value.error(msg("the field {} has no content; in YAML \" #\" begins a comment", tag),
                          msg("put the field in quotes: {}", "add: '" + tag + " ## $aText'"));
    if (!is_tag(tag) || text.size() < 5 || text[3] != ' ') throw wrong();
    if (is_control_tag(tag)) return {tag, clean(text.substr(4)), std::move(values)};
    std::size_t at = text.find_first_not_of(' ', std::min<std::size_t>(6, text.size()));
    if (at == std::string::npos || text[at] != '$' || text[4] == '$' || text[5] == '$')
        throw wrong();
    std::string body = text.substr(4, 2);
    for (char& c : body) {
        if (c < ' ' || c > '~') throw wrong();
        if (c == '#' || c == '_' || c == '\\') c = ' ';
    }
    while (at != std::string::npos) {
        if (at + 1 >= text.size() || text[at + 1] <= ' ' || text[at + 1] > '~') throw wrong();
        const std::size_t next = text.find('$', at + 2);
        std::string piece = text.substr(at + 1, next == std::string::npos ? next : next - at - 1);
        if (next != std::string::npos && piece.size() > 1 && piece.back() == ' ') piece.pop_back();
        if (piece.size() == 1)
            throw value.error(msg("subfield ${} has no text", piece),
                              msg("a dollar sign of the text itself is written as {}", "{dollar}"));
        std::string unknown;
        body += kSubfieldMark + clean(resolve_mnemonics(piece, unknown));
        at = next;
    }
    return {tag, body, std::move(values)};
}

bool is_indexed(const Path& path) {
    return path.index().has_value() ||
           std::any_of(path.parts().begin(), path.parts().end(),
                       [](const Path::Part& part) { return part.index.has_value(); });
}

// After a change the same index finds the next one. "All but the first" ([1-#]) finds nothing more.
bool finds_more_later(const Path& path) {
    const auto is_moving = [](const std::optional<Path::Range>& index) {
        return index && !index->to_end;
    };
    return is_moving(path.index()) ||
           std::any_of(path.parts().begin(), path.parts().end(),
                       [&](const Path::Part& part) { return is_moving(part.index); });
}

// What holds for every path that a rule changes something by.
void check_changed(const Yaml& where, const Path& path) {
    const Kind kind = kind_of(path.tag());
    if (path.has_embedded() && path.parts().empty() && path.indicator() == 0)
        throw where.error(msg("{}: name a subfield of the embedded field", path.text()));
    if (path.characters() && (kind == Kind::data || kind == Kind::either))
        throw where.error(
            msg("{}: positions of a field with subfields need a subfield", path.text()),
            msg("for example {}", "100$a/0-7"));
    if ((kind == Kind::leader || kind == Kind::control) &&
        (!path.parts().empty() || path.indicator() != 0))
        throw where.error(msg("{}: a control field has no indicators and subfields", path.text()));
    const auto check = [&](const std::optional<Path::Range>& range) {
        if (!range) return;
        const std::size_t last = std::max(range->from, range->to);
        // No field is longer than a record of ISO 2709.
        constexpr std::size_t kLeaderSize = 24, kLongest = 99999;
        if (last >= (kind == Kind::leader ? kLeaderSize : kLongest))
            throw where.error(msg("{}: there is no position {}", path.text(), last));
    };
    check(path.characters());
    for (const auto& part : path.parts()) check(part.characters);
}

void check_set(const Yaml& where, const Path& path, const std::string& to) {
    const Kind kind = kind_of(path.tag());
    const bool is_data = kind == Kind::data || kind == Kind::either;
    if (is_data && path.parts().empty() && path.indicator() == 0)
        throw where.error(msg("{}: name the subfield or indicator to set", path.text()),
                          msg("for example {}", std::string(path.tag()) + "$a"));
    const auto& range = positions_of(path);
    if (range && (path.parts().size() > 1 || path.has_conditions()))
        throw where.error(
            msg("{}: positions are set in one subfield without conditions", path.text()));
    std::optional<std::size_t> wanted = range ? width_of(*range) : std::nullopt;
    if (path.indicator() != 0) wanted = 1;
    if (kind == Kind::leader && !range) wanted = 24;
    if (wanted && characters_in(to) != *wanted)
        throw where.get("to").error(msg("{} has {} characters, and \"{}\" has {}", path.text(),
                                        *wanted, printable(to), characters_in(to)));
}

void check_whole(const Yaml& where, const Path& path) {
    if (kind_of(path.tag()) == Kind::leader)
        throw where.error(msg("{}: the leader cannot be taken away", path.text()));
    if (path.indicator() != 0 || positions_of(path))
        throw where.error(
            msg("{}: only fields and subfields can be taken away or renamed", path.text()),
            msg("use set, replace or map for positions and indicators"));
}

Error different_kinds(const Yaml& where, std::string_view from, std::string_view to) {
    return where.error(msg("{} and {} are of different kinds: control fields (001 to 009) have no "
                           "indicators and subfields",
                           from, to),
                       msg("name a subfield or positions: {}", "035$a, 008/7-10"));
}

void check_rename(const Yaml& where, const Path& path, const std::string& to) {
    if (!path.parts().empty() ? to.size() != 1 || to[0] <= ' ' || to[0] > '~' : !is_tag(to))
        throw where.get("to").error(
            msg("a field is renamed to a tag of three characters, a subfield to a code of one"));
    if (path.parts().empty() && kind_of(path.tag()) != kind_of(to))
        throw different_kinds(where.get("to"), path.text(), to);
}

// Gives the target of a copy or move, with $a where values go to a field without subfield named.
Path checked_target(const Yaml& where, const Path& path, const Path& target, bool is_move) {
    const Yaml at = where.get("to");
    const Kind kind = kind_of(target.tag());
    check_changed(at, target);
    if (target.tag().find('.') != std::string_view::npos || is_indexed(target) ||
        target.has_conditions() || target.has_embedded() || target.indicator() != 0 ||
        target.parts().size() > 1 ||
        (target.parts().size() == 1 && target.parts().front().from != target.parts().front().to))
        throw at.error(
            msg("{}: a target is one field, subfield or range of positions", target.text()));
    if (kind == Kind::leader && !target.characters())
        throw at.error(msg("{}: name the positions of the leader", target.text()));
    if (is_whole_field(path) && is_whole_field(target) && kind_of(path.tag()) != kind)
        throw different_kinds(at, path.text(), target.text());
    if (is_whole_field(path) && kind_of(path.tag()) == Kind::leader)
        throw where.error(msg("{}: name the positions of the leader", path.text()));
    if (is_move && path.matches_tag(target.tag()) &&
        !(is_whole_field(path) && is_whole_field(target)) &&
        (target.parts().empty() || path.part_matches(target.parts().front().from) ||
         path.index().has_value() || path.parts().empty()))
        throw at.error(msg("{} would be moved onto itself", path.text()),
                       msg("use rename for another tag or code"));
    if (is_whole_field(path) || !is_whole_field(target) || kind != Kind::data) return target;
    return Path::parse(std::string(target.tag()) + "$a");
}

// Where a table leads to a value that it maps again.
std::optional<std::string> mapped_again(const std::map<std::string, std::string>& table,
                                        const std::optional<std::string>& otherwise) {
    for (const auto& [from, to] : table) {
        const auto next = table.find(to);
        if (next != table.end() ? next->second != to : otherwise && *otherwise != to) return to;
    }
    return std::nullopt;
}

// A table from a CSV file with the columns "from" and "to"; its name is relative to the recipe.
std::map<std::string, std::string> load_table(const Yaml& value) {
    std::filesystem::path path = value.text();
    if (path.is_relative()) path = std::filesystem::path(value.where().file).parent_path() / path;
    std::map<std::string, std::string> table;
    try {
        const auto input = Input::open(path.string());
        CsvReader csv(*input);
        const std::size_t from = csv.required("from"), to = csv.required("to");
        while (const auto row = csv.next()) {
            if (row->size() <= std::max(from, to))
                throw Error(
                    Fault::config, {path.string(), 0, 0, csv.line()},
                    msg("the row has {} cells, not {}", row->size(), std::max(from, to) + 1));
            const auto [at, is_new] =
                table.emplace(std::string((*row)[from]), std::string((*row)[to]));
            if (!is_new && at->second != (*row)[to])
                throw Error(Fault::config, {path.string(), 0, 0, csv.line()},
                            msg("\"{}\" has two values: \"{}\" and \"{}\"", at->first, at->second,
                                (*row)[to]));
        }
    } catch (const Error& e) {
        if (e.fault() == Fault::no_input) throw value.error(e.message(), e.hint());
        throw Error(Fault::config, e.where(), e.message(), e.hint());
    }
    return table;
}

}  // namespace

void Recipe::add_rule(const Yaml& yaml) {
    if (!yaml.is_map())
        throw yaml.error(msg("a rule is a word, a colon and what the word is about"),
                         msg("for example {}", "delete: 500"));
    yaml.allow({"name", "if",    "unless",     "add",       "set",    "delete", "rename",
                "copy", "move",  "replace",    "map",       "sort",   "to",     "match",
                "with", "table", "table-file", "otherwise", "repeat", "create"});
    Rule rule;
    std::optional<VerbName> found;
    for (const auto& verb : kVerbs) {
        if (yaml.get(verb.name).is_absent()) continue;
        if (found)
            throw yaml.error(
                msg("a rule does one thing: \"{}\" or \"{}\"", found->name, verb.name));
        found = verb;
    }
    if (!found)
        throw yaml.error(msg("a rule needs one of {}",
                             "add, set, delete, rename, copy, move, replace, map, sort"));
    rule.verb = found->verb;
    const Yaml subject = yaml.get(found->name);
    rule.title = yaml.get("name").text_or(std::string(found->name) + " " + subject.text());
    const auto query = [](const std::string& text) { return Query::parse(text); };
    const auto path = [](const std::string& text) {
        Path parsed_path = Path::parse(text);
        if (parsed_path.is_function())
            throw Error(Fault::usage, msg("{} can be asked about, not changed", text));
        return parsed_path;
    };
    if (!yaml.get("if").is_absent()) rule.condition = parsed(yaml.get("if"), query);
    if (!yaml.get("unless").is_absent()) rule.exception = parsed(yaml.get("unless"), query);
    rule.is_repeated = yaml.get("repeat").boolean_or(false);
    rule.may_create = yaml.get("create").boolean_or(false);
    if (rule.verb == Verb::add) {
        NewField field = field_of(subject);
        rule.tag = std::move(field.tag);
        rule.body = std::move(field.body);
        rule.inserted = std::move(field.values);
    } else if (rule.verb != Verb::sort)
        rule.path = parsed(subject, path);
    if (rule.verb != Verb::add && rule.verb != Verb::sort && rule.verb != Verb::copy)
        check_changed(subject, rule.path);
    const auto warn = [&](Message message) {
        const Error at = subject.error(std::move(message));
        warnings_.push_back(at);
    };
    const bool takes_away =
        rule.verb == Verb::erase || rule.verb == Verb::rename || rule.verb == Verb::move;
    if (takes_away) {
        check_whole(subject, rule.path);
        if (finds_more_later(rule.path))
            warn(msg("a second run would change more: {} then finds the next one",
                     rule.path.text()));
    }
    switch (rule.verb) {
        case Verb::set:
            rule.to = yaml.need("to").text();
            check_set(yaml, rule.path, rule.to);
            break;
        case Verb::rename:
            rule.to = yaml.need("to").text();
            check_rename(yaml, rule.path, rule.to);
            break;
        case Verb::copy:
        case Verb::move:
            rule.target = checked_target(yaml, rule.path, parsed(yaml.need("to"), path),
                                         rule.verb == Verb::move);
            break;
        case Verb::replace:
            rule.pattern.emplace(
                parsed(yaml.need("match"), [](const std::string& text) { return Pattern(text); }));
            rule.with = yaml.get("with").text_or("");
            for (std::size_t i = 0; i + 1 < rule.with.size(); ++i) {
                const char digit = rule.with[i + 1];
                if (rule.with[i] == '\\')
                    ++i;
                else if (rule.with[i] == '$' && digit >= '0' && digit <= '9' &&
                         digit - '0' > rule.pattern->groups())
                    throw yaml.get("with").error(
                        msg("the regular expression has no group ${}", std::string(1, digit)),
                        msg("a dollar sign of the text itself is written as {}", "\\$"));
            }
            if (rule.with.find('$') == std::string::npos && !rule.with.empty()) {
                std::size_t times = 0;
                if (rule.pattern->replace(rule.with, rule.with, times) != rule.with)
                    warn(msg("a second run would change more: \"{}\" is found in \"{}\"",
                             rule.pattern->text(), rule.with));
            }
            break;
        case Verb::map:
            if (!yaml.get("table-file").is_absent())
                rule.table = load_table(yaml.get("table-file"));
            else
                for (const auto& [from, to] : yaml.need("table").entries())
                    rule.table.emplace(from, to.text());
            if (!yaml.get("otherwise").is_absent()) rule.otherwise = yaml.get("otherwise").text();
            if (const auto again = mapped_again(rule.table, rule.otherwise))
                warn(
                    msg("a second run would change more: the table leads to \"{}\" and from there "
                        "to another value",
                        *again));
            break;
        case Verb::sort:
            if (subject.text() != "fields")
                throw subject.error(msg("\"{}\" cannot be sorted: only fields", subject.text()));
            break;
        default:
            break;
    }
    rules_.push_back(std::move(rule));
}

Recipe Recipe::from_yaml(const Yaml& yaml) {
    Recipe recipe;
    if (yaml.is_map()) yaml.allow({"rules", "title"});
    for (const auto& rule : (yaml.is_map() ? yaml.need("rules") : yaml).items())
        recipe.add_rule(rule);
    if (recipe.size() == 0) throw yaml.error(msg("the recipe has no rules"));
    return recipe;
}

bool Recipe::apply(Record& record, std::vector<std::uint64_t>& fired,
                   std::vector<Failure>* failures) const {
    fired.resize(rules_.size());
    bool is_changed = false;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        Result result = rules_[i].apply(record);
        fired[i] += result.count;
        is_changed = is_changed || result.count != 0;
        if (failures != nullptr && !result.failure.empty())
            failures->push_back({i, std::move(result.failure)});
    }
    return is_changed;
}

}  // namespace tushu::marc
