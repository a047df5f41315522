// SPDX-License-Identifier: Apache-2.0
#include "job/template.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace tushu::job {
namespace {

/// Calls literal(text) and slot(name) for the pieces of `text`, in order.
template <class Literal, class Hole>
void walk(std::string_view text, Literal literal, Hole hole) {
    while (!text.empty()) {
        const std::size_t open = text.find("{{");
        if (open == std::string_view::npos) {
            literal(text);
            return;
        }
        if (open > 0) literal(text.substr(0, open));
        const std::size_t close = text.find("}}", open);
        if (close == std::string_view::npos)
            throw Error(
                Fault::usage,
                msg("\"{}\" opens a parameter that is not closed", printable(text.substr(open))),
                msg("parameters are written as {}", "{{name}}"));
        const std::string_view name = trim(text.substr(open + 2, close - open - 2));
        if (name.empty()) throw Error(Fault::usage, msg("a parameter without a name"));
        hole(name);
        text.remove_prefix(close + 2);
    }
}

const Value& look_up(std::string_view name, const Values& values) {
    const auto found = values.find(std::string(name));
    if (found != values.end()) return found->second;
    std::vector<std::string_view> known;
    for (const auto& [key, value] : values) known.push_back(key);
    const auto near = nearest(name, known);
    throw Error(Fault::usage, msg("no parameter is called \"{}\"", printable(name)),
                near ? msg("did you mean \"{}\"?", *near)
                     : msg("declare it under \"parameters\", or use slot, slot.year, slot.month"));
}

}  // namespace

Values slot_values(Day slot, const std::string& zone) {
    const std::string day = text_of(slot);
    const auto one = [](std::string text) { return Value{false, {std::move(text)}}; };
    return {
        {"slot", one(day)},
        {"slot.year", one(day.substr(0, 4))},
        {"slot.month", one(day.substr(0, 7))},
        {"slot.compact", one(day.substr(0, 4) + day.substr(5, 2) + day.substr(8, 2))},
        {"slot.previous", one(text_of(plus_days(slot, -1)))},
        {"slot.epoch", one(std::to_string(start_of_day(slot, zone).time_since_epoch().count()))}};
}

const std::vector<std::string>& slot_names() {
    static const std::vector<std::string> names{"slot",         "slot.year",     "slot.month",
                                                "slot.compact", "slot.previous", "slot.epoch"};
    return names;
}

std::vector<std::string> names_in(std::string_view text) {
    std::vector<std::string> names;
    walk(
        text, [](std::string_view) {},
        [&names](std::string_view name) { names.emplace_back(name); });
    return names;
}

std::string expand(std::string_view text, const Values& values) {
    std::string out;
    walk(
        text, [&out](std::string_view literal) { out += literal; },
        [&](std::string_view name) {
            const Value& value = look_up(name, values);
            if (value.is_list)
                throw Error(
                    Fault::usage,
                    msg("\"{}\" is a list and cannot stand inside a text", printable(name)),
                    msg("let it be an argument of its own; it becomes as many as it holds"));
            out += value.texts.at(0);
        });
    return out;
}

std::vector<std::string> expand_all(const std::vector<std::string>& texts, const Values& values) {
    std::vector<std::string> out;
    for (const auto& text : texts) {
        const auto names = names_in(text);
        const Value* const last = names.size() == 1 && text.find("}}") == text.size() - 2
                                      ? &look_up(names[0], values)
                                      : nullptr;
        if (last != nullptr && last->is_list) {
            const std::string before = text.substr(0, text.find("{{"));
            for (const auto& item : last->texts) out.push_back(before + item);
        } else {
            out.push_back(expand(text, values));
        }
    }
    return out;
}

}  // namespace tushu::job
