// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include <filesystem>

namespace tushu::cmd {

void add_call_options(Command& command, CallOptions& options) {
    command.operands("FILE", options.files, 0,
                     msg("Lists with one call number a line; none or -: standard input"));
    std::vector<std::string> words;
    for (const auto scheme : callno::all_schemes()) words.emplace_back(callno::name_of(scheme));
    words.emplace_back("mixed");
    words.emplace_back("guess");
    command.choice("--scheme", options.scheme, words,
                   msg("What the call numbers are; mixed: each line is SCHEME, tab, call number; "
                       "guess: by their looks"));
    command.option("--rules", "FILE", options.rules,
                   msg("House rules (YAML), or the name of a rule set that comes with tushu"));
    command.option("--location", "CODE", options.location,
                   msg("Use the scheme and rules of this location"));
    command.option("--field", "N", options.field,
                   msg("The call number is the Nth tab-separated field of the line"));
}

callno::House house_of(Context& context, const std::string& rules) {
    if (rules.empty()) return {};
    const bool is_name = rules.find('/') == std::string::npos && !rules.ends_with(".yaml") &&
                         !std::filesystem::exists(rules);
    return callno::load_rules(
        Yaml::load(is_name ? context.data().find("callno/" + rules + ".yaml") : rules));
}

Calls::Calls(Context& context, const CallOptions& options)
    : house_(house_of(context, options.rules)), location_(options.location), field_(options.field) {
    if (!location_.empty() && !house_.has(location_))
        throw Error(Fault::usage, msg("the rules know no location \"{}\"", location_));
    if (options.scheme == "mixed" && field_ > 0)
        throw Error(
            Fault::usage,
            msg("with --scheme mixed the call number is the second field: --field says nothing"));
    if (options.scheme == "mixed") {
        mode_ = Mode::mixed;
    } else if (options.scheme == "guess") {
        mode_ = Mode::guess;
    } else if (const auto named = options.scheme.empty() ? house_.scheme(location_)
                                                         : callno::scheme_from(options.scheme)) {
        scheme_ = *named;
    } else {
        throw Error(Fault::usage, msg("option {} must be given", "--scheme"),
                    msg("or name rules that say the scheme: --rules FILE --location CODE"));
    }
}

Calls::Call Calls::read(std::string_view line) const {
    if (mode_ == Mode::mixed) {
        const std::size_t tab = line.find('\t');
        if (tab == std::string_view::npos) return {std::nullopt, line};
        const std::string_view text = line.substr(tab + 1);
        return {callno::scheme_from(line.substr(0, tab)), text.substr(0, text.find('\t'))};
    }
    std::string_view text = line;
    if (field_ > 0) {
        for (std::uint64_t i = 1; i < field_; ++i) {
            const std::size_t tab = text.find('\t');
            text = tab == std::string_view::npos ? std::string_view() : text.substr(tab + 1);
        }
        text = text.substr(0, text.find('\t'));
    }
    if (mode_ == Mode::guess) return {callno::guess_scheme(text, rules()), text};
    return {scheme_, text};
}

bool Calls::append_key(std::string& key, std::string_view line) const {
    const Call call = read(line);
    if (!call.scheme) {
        callno::append_unparsed(key, call.text);
        return false;
    }
    if (mode_ == Mode::one) return callno::append_key(key, *call.scheme, call.text, rules());
    return callno::append_mixed_key(key, *call.scheme, call.text, rules());
}

}  // namespace tushu::cmd
