// SPDX-License-Identifier: Apache-2.0
#include "marc/edit.hpp"

#include "base/text.hpp"
#include "marc/frame.hpp"
#include "marc/path.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

namespace tushu::marc {
namespace {

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

// The subfields of a body as text of their own, to be changed and put together again.
struct Parts {
    std::string indicators;
    std::vector<std::pair<char, std::string>> subfields;

    explicit Parts(std::string_view body) : indicators(body.substr(0, 2)) {
        indicators.resize(2, ' ');
        SubfieldCursor cursor(body);
        Subfield subfield;
        while (cursor.next(subfield))
            subfields.emplace_back(subfield.code, std::string(subfield.value));
    }
    [[nodiscard]] std::string body() const {
        std::string out = indicators;
        for (const auto& [code, value] : subfields) {
            out += kSubfieldMark;
            out += code;
            for (const char c : value) out += c >= kRecordEnd && c <= kSubfieldMark ? ' ' : c;
        }
        return out;
    }
};

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

// Puts `value` at the characters `range` of `text`, padding with blanks where the text is too
// short.
std::string with_characters(std::string text, const Path::Range& range, std::string_view value) {
    // Coded fields are ASCII: characters are bytes there.
    const std::size_t from =
        range.from_end
            ? (text.empty() ? 0 : text.size() - 1 - std::min(range.from, text.size() - 1))
            : range.from;
    const std::size_t to =
        range.from_end || range.to_end ? std::max(text.size(), from + 1) : range.to + 1;
    if (text.size() < to) text.resize(to, ' ');
    std::string fitted(value);
    fitted.resize(to - from, ' ');
    text.replace(from, to - from, fitted);
    return text;
}

}  // namespace

struct Recipe::Rule {
    Verb verb = Verb::add;
    std::string title;
    Path path;
    std::optional<Path> target;
    std::string to, tag, body, with;
    std::optional<Query> condition, exception;
    std::optional<Pattern> pattern;
    std::map<std::string, std::string> table;
    std::optional<std::string> otherwise;
    bool is_repeated = false, may_create = false;

    [[nodiscard]] std::uint64_t apply(Record& record) const {
        if (condition && !condition->matches(record)) return 0;
        if (exception && exception->matches(record)) return 0;
        switch (verb) {
            case Verb::add:
                return add_field(record, tag, body);
            case Verb::set:
                return set_value(record);
            case Verb::erase:
                return erase(record, path);
            case Verb::rename:
                return rename(record);
            case Verb::copy:
                return copy(record);
            case Verb::move: {
                const std::uint64_t found = path.count(record);
                if (found == 0) return 0;
                (void)copy(record);
                return erase(record, path);
            }
            case Verb::replace:
                return change(record, path, [&](const std::string& value) {
                    std::size_t times = 0;
                    return pattern->replace(value, with, times);
                });
            case Verb::map:
                return change(record, path, [&](const std::string& value) {
                    const auto at = table.find(value);
                    return at != table.end() ? at->second : otherwise.value_or(value);
                });
            case Verb::sort:
                return sort(record);
        }
        return 0;
    }

    [[nodiscard]] std::uint64_t add_field(Record& record, std::string_view new_tag,
                                          std::string_view new_body) const {
        if (!is_repeated && has_field(record, new_tag, new_body)) return 0;
        record.insert_body(place_for(record, new_tag), new_tag, is_control_tag(new_tag), new_body);
        return 1;
    }

    [[nodiscard]] std::uint64_t set_value(Record& record) const {
        if (path.tag() == "LDR") return set_leader(record, to);
        const auto fields = path.fields(record);
        if (fields.empty()) {
            if (!may_create || path.tag().find('.') != std::string_view::npos) return 0;
            const bool is_control = is_control_tag(path.tag());
            std::string made = is_control ? "" : "  ";
            if (is_control)
                made = path.characters() ? with_characters("", *path.characters(), to) : to;
            else if (!path.parts().empty())
                made += std::string(1, kSubfieldMark) + path.parts().front().from + to;
            else
                return 0;
            record.insert_body(place_for(record, path.tag()), path.tag(), is_control, made);
            return 1;
        }
        std::uint64_t count = 0;
        for (const std::size_t i : fields) {
            const std::string old(record.body(i));
            std::string made = old;
            if (record.is_control(i)) {
                made = path.characters() ? with_characters(old, *path.characters(), to) : to;
            } else if (path.indicator() != 0) {
                made.resize(std::max<std::size_t>(made.size(), 2), ' ');
                made[static_cast<std::size_t>(path.indicator() - 1)] = to.empty() ? ' ' : to[0];
            } else if (!path.parts().empty()) {
                Parts parts(old);
                const Path::Part& part = path.parts().front();
                bool any = false;
                for (auto& [code, value] : parts.subfields) {
                    if (code < part.from || code > part.to) continue;
                    any = true;
                    value = part.characters ? with_characters(value, *part.characters, to) : to;
                }
                if (!any && !part.characters) parts.subfields.emplace_back(part.from, to);
                made = parts.body();
            }
            if (made == old) continue;
            record.replace_body(i, made);
            ++count;
        }
        return count;
    }

    [[nodiscard]] std::uint64_t set_leader(Record& record, std::string_view value) const {
        const std::string old(record.leader());
        const std::string made = path.characters() ? with_characters(old, *path.characters(), value)
                                                   : std::string(value);
        record.set_leader(made);
        return record.leader() == old ? 0 : 1;
    }

    static std::uint64_t erase(Record& record, const Path& what) {
        std::uint64_t count = 0;
        auto fields = what.fields(record);
        std::reverse(fields.begin(), fields.end());
        for (const std::size_t i : fields) {
            if (what.parts().empty()) {
                record.erase(i);
                ++count;
                continue;
            }
            if (record.is_control(i)) continue;
            std::vector<std::string_view> doomed;  // exactly the values that the path finds here
            what.visit_field(record, i, [&](const Path::Hit& hit) {
                doomed.push_back(hit.value);
                return true;
            });
            if (doomed.empty()) continue;
            const std::string_view body = record.body(i);
            std::string made(body.substr(0, 2));
            SubfieldCursor cursor(body);
            Subfield subfield;
            bool any = false;
            while (cursor.next(subfield)) {
                const bool is_doomed =
                    what.part_matches(subfield.code) &&
                    std::any_of(doomed.begin(), doomed.end(), [&](std::string_view d) {
                        return d.data() == subfield.value.data();
                    });
                if (is_doomed) {
                    ++count;
                    continue;
                }
                any = true;
                made += kSubfieldMark;
                made += subfield.code;
                made += subfield.value;
            }
            if (any)
                record.replace_body(i, made);
            else
                record.erase(i);
        }
        return count;
    }

    [[nodiscard]] std::uint64_t rename(Record& record) const {
        std::uint64_t count = 0;
        for (const std::size_t i : path.fields(record)) {
            if (path.parts().empty()) {
                record.set_tag(i, to);
                ++count;
                continue;
            }
            if (record.is_control(i)) continue;
            Parts parts(record.body(i));
            std::uint64_t here = 0;
            for (auto& [code, value] : parts.subfields) {
                if (!path.part_matches(code) || code == to[0]) continue;
                code = to[0];
                ++here;
            }
            if (here != 0) record.replace_body(i, parts.body());
            count += here;
        }
        return count;
    }

    // Whole fields to another tag, or values to a subfield of the target's first field.
    [[nodiscard]] std::uint64_t copy(Record& record) const {
        std::uint64_t count = 0;
        if (path.parts().empty() && target->parts().empty() && !path.characters()) {
            std::vector<std::string> bodies;
            for (const std::size_t i : path.fields(record)) bodies.emplace_back(record.body(i));
            for (const auto& one : bodies) count += add_field(record, target->tag(), one);
            return count;
        }
        for (const auto& value : path.values(record)) {
            if (is_control_tag(target->tag())) {
                if (record.value(target->tag()) == value) continue;
                count += add_field(record, target->tag(), value);
                continue;
            }
            const char code = target->parts().empty() ? 'a' : target->parts().front().from;
            const std::string piece = std::string(1, kSubfieldMark) + code + value;
            const auto fields = target->fields(record);
            const auto present = target->values(record);
            if (!is_repeated && std::find(present.begin(), present.end(), value) != present.end())
                continue;
            if (fields.empty())
                record.insert_body(place_for(record, target->tag()), target->tag(), false,
                                   "  " + piece);
            else
                record.replace_body(fields.front(),
                                    std::string(record.body(fields.front())) + piece);
            ++count;
        }
        return count;
    }

    template <class Change>
    static std::uint64_t change(Record& record, const Path& what, Change make) {
        std::uint64_t count = 0;
        if (what.tag() == "LDR") {
            const std::string made = make(std::string(record.leader()));
            if (made != record.leader()) ++count;
            record.set_leader(made);
            return count;
        }
        for (const std::size_t i : what.fields(record)) {
            const std::string old(record.body(i));
            std::string made;
            if (record.is_control(i)) {
                made = what.characters()
                           ? with_characters(old, *what.characters(), make(what.first(record)))
                           : make(old);
            } else {
                Parts parts(old);
                for (auto& [code, value] : parts.subfields)
                    if (what.parts().empty() || what.part_matches(code)) value = make(value);
                made = parts.body();
            }
            if (made == old) continue;
            record.replace_body(i, made);
            ++count;
        }
        return count;
    }

    static std::uint64_t sort(Record& record) {
        bool is_sorted = true;
        for (std::size_t i = 1; i < record.field_count(); ++i)
            is_sorted = is_sorted && record.tag(i - 1) <= record.tag(i);
        if (is_sorted) return 0;
        std::vector<std::size_t> order(record.field_count());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        const Record old = record;
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return old.tag(a) < old.tag(b); });
        record.clear();
        for (const std::size_t i : order)
            record.add_body(old.tag(i), old.is_control(i), old.body(i));
        return 1;
    }
};

Recipe::Recipe() = default;
Recipe::~Recipe() = default;
Recipe::Recipe(Recipe&&) noexcept = default;
Recipe& Recipe::operator=(Recipe&&) noexcept = default;
std::size_t Recipe::size() const { return rules_.size(); }
const std::string& Recipe::title(std::size_t rule) const { return rules_.at(rule).title; }

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

// A path that is written to. No field is longer than a whole ISO 2709 record; a slip in a position
// must not ask for memory without end.
Path written_path(const Yaml& value) {
    constexpr std::size_t kLastCharacter = 99998;
    Path path = parsed(value, [](const std::string& text) { return Path::parse(text); });
    const auto check = [&](const std::optional<Path::Range>& range) {
        if (range && (range->from > kLastCharacter || range->to > kLastCharacter))
            throw value.error(msg("no field has a character {}", std::max(range->from, range->to)));
    };
    check(path.characters());
    for (const auto& part : path.parts()) check(part.characters);
    return path;
}

// "590 ## $aText": tag, indicators with # or _ or \ for a blank, subfields.
std::pair<std::string, std::string> field_of(const Yaml& value) {
    const std::string text = value.text();
    if (text.size() < 4 || text[3] != ' ')
        throw value.error(msg("a field is written as 590 ## $aText, or 003 DLC"));
    std::string tag = text.substr(0, 3);
    if (is_control_tag(tag)) return {tag, text.substr(4)};
    if (text.size() < 8 || text.find('$') == std::string::npos)
        throw value.error(msg("a field is written as 590 ## $aText, or 003 DLC"));
    std::string body = text.substr(4, 2);
    for (char& c : body)
        if (c == '#' || c == '_' || c == '\\') c = ' ';
    std::size_t at = text.find('$', 6);
    while (at != std::string::npos && at + 1 < text.size()) {
        const std::size_t next = text.find('$', at + 2);
        std::string piece = text.substr(at + 1, next == std::string::npos ? next : next - at - 1);
        if (next != std::string::npos && piece.size() > 1 && piece.back() == ' ') piece.pop_back();
        body += kSubfieldMark + piece;
        at = next;
    }
    return {tag, body};
}

}  // namespace

void Recipe::add_rule(const Yaml& yaml) {
    yaml.allow({"name", "if", "unless", "add", "set", "delete", "rename", "copy", "move", "replace",
                "map", "sort", "to", "match", "with", "table", "otherwise", "repeat", "create"});
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
    if (!yaml.get("if").is_absent()) rule.condition = parsed(yaml.get("if"), query);
    if (!yaml.get("unless").is_absent()) rule.exception = parsed(yaml.get("unless"), query);
    rule.is_repeated = yaml.get("repeat").boolean_or(false);
    rule.may_create = yaml.get("create").boolean_or(false);
    if (rule.verb == Verb::add)
        std::tie(rule.tag, rule.body) = field_of(subject);
    else if (rule.verb != Verb::sort)
        rule.path = written_path(subject);
    switch (rule.verb) {
        case Verb::set:
            rule.to = yaml.need("to").text();
            break;
        case Verb::rename:
            rule.to = yaml.need("to").text();
            if (rule.path.parts().empty() ? rule.to.size() != 3 : rule.to.size() != 1)
                throw yaml.get("to").error(
                    msg("a field is renamed to a tag of three characters, a subfield to a code of "
                        "one"));
            break;
        case Verb::copy:
        case Verb::move:
            rule.target = written_path(yaml.need("to"));
            break;
        case Verb::replace:
            rule.pattern.emplace(
                parsed(yaml.need("match"), [](const std::string& text) { return Pattern(text); }));
            rule.with = yaml.get("with").text_or("");
            break;
        case Verb::map:
            for (const auto& [from, to] : yaml.need("table").entries())
                rule.table.emplace(from, to.text());
            if (!yaml.get("otherwise").is_absent()) rule.otherwise = yaml.get("otherwise").text();
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

bool Recipe::apply(Record& record, std::vector<std::uint64_t>& fired) const {
    fired.resize(rules_.size());
    bool is_changed = false;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        const std::uint64_t n = rules_[i].apply(record);
        fired[i] += n;
        is_changed = is_changed || n != 0;
    }
    return is_changed;
}

}  // namespace tushu::marc
