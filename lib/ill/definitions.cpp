// SPDX-License-Identifier: Apache-2.0
#include "ill/ill.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace tushu::ill {
namespace {

constexpr std::array<std::string_view, 2> kRoles{"requester", "supplier"};
constexpr std::array<std::string_view, 8> kStates{
    "draft", "sent", "will_supply", "received", "returned", "supplied", "unfilled", "cancelled"};

template <std::size_t N>
std::string one_of(const Yaml& value, const std::array<std::string_view, N>& words) {
    std::string text = value.text();
    if (std::find(words.begin(), words.end(), text) != words.end()) return text;
    std::string list;
    for (const auto word : words) list += (list.empty() ? "" : ", ") + std::string(word);
    throw value.error(msg("\"{}\" is not known here", printable(text)), msg("known are: {}", list));
}

}  // namespace

std::map<std::string, Partner> load_partners(const DataFolders& data) {
    std::map<std::string, Partner> partners;
    for (const auto& file : data.list("ill/partners", ".yaml")) {
        const Yaml root = Yaml::load(data.find("ill/partners/" + file));
        root.allow({"code", "name", "roles", "mode", "network", "how"});
        const auto both = [&root](std::string_view key, std::string& zh, std::string& en) {
            const Yaml text = root.need(key);
            text.allow({"zh", "en"});
            zh = text.need("zh").text();
            en = text.need("en").text();
        };
        Partner partner;
        partner.code = root.need("code").text();
        both("name", partner.name_zh, partner.name_en);
        both("network", partner.network_zh, partner.network_en);
        both("how", partner.how_zh, partner.how_en);
        for (const auto& role : root.need("roles").items())
            partner.roles.insert(one_of(role, kRoles));
        partner.mode = one_of(root.need("mode"), std::array<std::string_view, 1>{"assisted"});
        if (!partners.emplace(partner.code, partner).second)
            throw root.error(msg("\"{}\" stands here twice", partner.code));
    }
    return partners;
}

StateMachine load_states(const DataFolders& data) {
    StateMachine machine;
    const Yaml root = Yaml::load(data.find("ill/states.yaml"));
    root.allow({kRoles[0], kRoles[1]});
    for (const auto& [role, events] : root.entries()) {
        for (const auto& [event, rule] : events.entries()) {
            rule.allow({"from", "to", "needs", "service", "fills"});
            Transition transition;
            for (const auto& from : rule.need("from").items())
                transition.from.push_back(one_of(from, kStates));
            transition.to = one_of(rule.need("to"), kStates);
            if (!rule.get("needs").is_absent())
                transition.needs =
                    one_of(rule.get("needs"), std::array<std::string_view, 1>{"partner_number"});
            if (!rule.get("service").is_absent())
                transition.service =
                    one_of(rule.get("service"), std::array<std::string_view, 2>{"loan", "copy"});
            transition.fills = rule.get("fills").boolean_or(false);
            machine[role][event] = transition;
        }
    }
    return machine;
}

std::string request_id(int year, std::int64_t sequence) {
    const std::int64_t number = static_cast<std::int64_t>(year % 100) * 1'000'000 + sequence;
    std::string digits = std::to_string(100'000'000 + number).substr(1);
    int sum = 0;  // Luhn (ISO/IEC 7812-1 annex B): from the right, every other digit doubled
    for (std::size_t i = 0; i < digits.size(); ++i) {
        int digit = digits[digits.size() - 1 - i] - '0';
        if (i % 2 == 0 && (digit *= 2) > 9) digit -= 9;
        sum += digit;
    }
    return digits + std::to_string((10 - sum % 10) % 10);
}

}  // namespace tushu::ill
