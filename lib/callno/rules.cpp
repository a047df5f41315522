// SPDX-License-Identifier: Apache-2.0
#include "callno/rules.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace tushu::callno {
namespace {

constexpr std::array<std::string_view, kSchemes> kNames{"clc", "lc",    "ddc", "nlm",      "sudoc",
                                                        "udc", "lccas", "liu", "accession"};

/// Other words that exports use for a scheme, lower-case.
constexpr std::pair<std::string_view, Scheme> kOtherWords[] = {
    {"中图法", Scheme::clc},
    {"中国图书馆分类法", Scheme::clc},
    {"lcc", Scheme::lc},
    {"dewey", Scheme::ddc},
    {"杜威", Scheme::ddc},
    {"科图法", Scheme::lccas},
    {"刘国钧", Scheme::liu},
    {"中国图书分类法", Scheme::liu},
    {"中文图书分类法", Scheme::liu},
    {"登录号", Scheme::accession},
    {"财产号", Scheme::accession},
    {"固定排架", Scheme::accession},
    {"fixed", Scheme::accession},
};

constexpr std::string_view kClcSigns = "-(\"=<:+";

/// In file order: the words of YAML, each with what it stands for.
template <class T>
using Words = std::vector<std::pair<std::string_view, T>>;

const Words<BookNumber>& book_numbers() {
    static const Words<BookNumber> words{{"sequence", BookNumber::sequence},
                                         {"author", BookNumber::author},
                                         {"corner", BookNumber::corner},
                                         {"cutter", BookNumber::cutter},
                                         {"accession", BookNumber::accession}};
    return words;
}

const Words<LabelLine>& label_lines() {
    static const Words<LabelLine> words{{"prefix", LabelLine::prefix},
                                        {"year", LabelLine::year},
                                        {"class", LabelLine::class_number},
                                        {"book", LabelLine::book},
                                        {"volume", LabelLine::volume}};
    return words;
}

const std::vector<std::string>& udc_words() {
    // In the order of Rules::UdcSign.
    static const std::vector<std::string> words{"+",   "/",  "end", ":",  "::", "=",
                                                "(0",  "(1", "(=",  "\"", "*",  "A",
                                                ".00", "-0", "-1",  ".0", "'"};
    return words;
}

/// What is wrong with a list that must name each of `wanted` once; empty when nothing is.
std::string not_a_permutation(const std::vector<std::string>& got,
                              const std::vector<std::string>& wanted) {
    for (const auto& word : got) {
        if (std::find(wanted.begin(), wanted.end(), word) == wanted.end()) return word;
        if (std::count(got.begin(), got.end(), word) != 1) return word;
    }
    for (const auto& word : wanted)
        if (std::find(got.begin(), got.end(), word) == got.end()) return word;
    return {};
}

std::vector<std::string> letters_of(std::string_view text) {
    std::vector<std::string> out;
    for (const char c : text) out.emplace_back(1, c);
    return out;
}

void check_signs(std::string_view signs) {
    const std::string wrong = not_a_permutation(letters_of(signs), letters_of(kClcSigns));
    if (!wrong.empty())
        throw Error(Fault::config,
                    msg("each of the signs {} must stand once in the order; look at \"{}\"",
                        "- ( \" = < : +", wrong));
}

/// Ranks from `next` on for the signs, brackets closing like they open.
void rank_signs(Rules::Table& table, std::string_view signs, unsigned char next) {
    for (const char sign : signs) {
        table[static_cast<unsigned char>(sign)] = next;
        if (sign == '(') table[static_cast<unsigned char>(')')] = next;
        if (sign == '<') table[static_cast<unsigned char>('>')] = next;
        ++next;
    }
}

}  // namespace

std::optional<Scheme> scheme_from(std::string_view word) {
    const std::string lower = ascii_lower(trim(word));
    for (std::size_t i = 0; i < kSchemes; ++i)
        if (kNames[i] == lower) return static_cast<Scheme>(i);
    for (const auto& [other, scheme] : kOtherWords)
        if (other == lower) return scheme;
    return std::nullopt;
}

std::string_view name_of(Scheme scheme) { return kNames.at(static_cast<std::size_t>(scheme)); }

const std::array<Scheme, kSchemes>& all_schemes() {
    static constexpr std::array<Scheme, kSchemes> schemes{
        Scheme::clc, Scheme::lc,    Scheme::ddc, Scheme::nlm,      Scheme::sudoc,
        Scheme::udc, Scheme::lccas, Scheme::liu, Scheme::accession};
    return schemes;
}

Rules::Rules(Settings settings) : settings_(std::move(settings)) {
    check_signs(settings_.clc_signs);
    check_signs(settings_.volume_signs);
    const std::string wrong = not_a_permutation(settings_.udc_order, udc_words());
    if (!wrong.empty())
        throw Error(Fault::config,
                    msg("each UDC sign must stand once in the order; look at \"{}\"", wrong));
    if (std::count(settings_.layout.begin(), settings_.layout.end(), LabelLine::class_number) != 1)
        throw Error(Fault::config, msg("a label layout needs exactly one class line"));

    // 0x01 ends the class number, 0x02 is the recommendation mark; see clc.cpp.
    constexpr unsigned char kFirst = 0x03;
    constexpr auto kSignCount = static_cast<unsigned char>(kClcSigns.size());
    const auto signs_at =
        static_cast<unsigned char>(settings_.clc_letters_before_signs ? kFirst + 26 : kFirst);
    rank_signs(clc_ranks_, settings_.clc_signs, signs_at);
    for (unsigned char c = '0'; c <= '9'; ++c) clc_ranks_[c] = c;
    for (unsigned char i = 0; i < 26; ++i) {
        const auto rank = static_cast<unsigned char>(
            settings_.clc_letters_before_signs ? kFirst + i : '9' + 1 + kSignCount + i);
        clc_ranks_[static_cast<std::size_t>('A' + i)] = rank;
        clc_ranks_[static_cast<std::size_t>('a' + i)] = rank;
    }
    rank_signs(volume_ranks_, settings_.volume_signs, kFirst);

    for (std::size_t i = 0; i < settings_.udc_order.size(); ++i) {
        const auto at = std::find(udc_words().begin(), udc_words().end(), settings_.udc_order[i]);
        udc_ranks_[static_cast<std::size_t>(at - udc_words().begin())] =
            static_cast<unsigned char>(i + 2);
    }

    unsigned char rank = 0x10;
    for (const Scheme scheme : settings_.mixed_order) {
        auto& slot = mixed_ranks_[static_cast<std::size_t>(scheme)];
        if (slot != 0)
            throw Error(
                Fault::config,
                msg("scheme \"{}\" stands twice in the order of a mixed stack", name_of(scheme)));
        slot = rank++;
    }
    for (auto& slot : mixed_ranks_)
        if (slot == 0) slot = rank++;
}

const Rules& default_rules() {
    static const Rules rules;
    return rules;
}

namespace {

template <class T>
T word_of(const Yaml& value, const Words<T>& words) {
    const std::string text = value.text();
    std::vector<std::string_view> known;
    std::string list;
    for (const auto& [word, meaning] : words) {
        if (word == text) return meaning;
        known.push_back(word);
        list += (list.empty() ? "" : ", ") + std::string(word);
    }
    const auto near = nearest(text, known);
    throw value.error(msg("\"{}\" is not known here", printable(text)),
                      near ? msg("did you mean \"{}\"?", *near) : msg("known are: {}", list));
}

Scheme scheme_at(const Yaml& value) {
    if (const auto scheme = scheme_from(value.text())) return *scheme;
    Words<Scheme> words;
    for (const Scheme scheme : all_schemes()) words.emplace_back(name_of(scheme), scheme);
    return word_of(value, words);
}

std::vector<std::string> upper(std::vector<std::string> words) {
    for (auto& word : words) word = ascii_upper(word);
    return words;
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) out += word;
    return out;
}

/// Settings of `node` over those of `base`.
Settings read_settings(const Yaml& node, Settings base) {
    node.allow({"name", "scheme", "layout", "book_number", "volume_signs", "clc", "sudoc", "udc",
                "prefixes", "prefix_use", "captions", "size_classes", "mixed_order", "locations"});
    base.name = node.get("name").text_or(base.name);
    if (const Yaml layout = node.get("layout"); !layout.is_absent()) {
        base.layout.clear();
        for (const auto& line : layout.items()) base.layout.push_back(word_of(line, label_lines()));
    }
    if (const Yaml book = node.get("book_number"); !book.is_absent())
        base.book_number = word_of(book, book_numbers());
    if (const Yaml signs = node.get("volume_signs"); !signs.is_absent())
        base.volume_signs = joined(signs.texts());

    const Yaml clc = node.get("clc");
    clc.allow({"signs", "letters"});
    if (const Yaml signs = clc.get("signs"); !signs.is_absent())
        base.clc_signs = joined(signs.texts());
    if (const Yaml letters = clc.get("letters"); !letters.is_absent())
        base.clc_letters_before_signs =
            word_of(letters, Words<bool>{{"after_digits", false}, {"before_signs", true}});

    const Yaml sudoc = node.get("sudoc");
    sudoc.allow({"letters_after_colon", "years"});
    if (const Yaml letters = sudoc.get("letters_after_colon"); !letters.is_absent())
        base.sudoc_letters_first = word_of(letters, Words<bool>{{"first", true}, {"last", false}});
    if (const Yaml years = sudoc.get("years"); !years.is_absent())
        base.sudoc_years_first = word_of(years, Words<bool>{{"first", true}, {"numeric", false}});

    const Yaml udc = node.get("udc");
    udc.allow({"order"});
    if (const Yaml order = udc.get("order"); !order.is_absent()) base.udc_order = order.texts();

    if (const Yaml prefixes = node.get("prefixes"); !prefixes.is_absent())
        base.prefixes = upper(prefixes.texts());
    if (const Yaml use = node.get("prefix_use"); !use.is_absent())
        base.prefix_is_ignored = word_of(use, Words<bool>{{"separate", false}, {"ignored", true}});
    if (const Yaml captions = node.get("captions"); !captions.is_absent()) {
        base.captions.clear();
        for (const auto& list : captions.items()) base.captions.push_back(upper(list.texts()));
    }
    if (const Yaml sizes = node.get("size_classes"); !sizes.is_absent())
        base.size_classes = upper(sizes.texts());
    if (const Yaml mixed = node.get("mixed_order"); !mixed.is_absent()) {
        base.mixed_order.clear();
        for (const auto& scheme : mixed.items()) base.mixed_order.push_back(scheme_at(scheme));
    }
    return base;
}

/// The contradictions Rules finds, with the place in the file.
Rules rules_at(const Yaml& node, Settings settings) {
    try {
        return Rules(std::move(settings));
    } catch (const Error& e) {
        throw node.error(e.message(), e.hint());
    }
}

}  // namespace

House load_rules(const Yaml& file) {
    House house;
    if (!file.is_map()) throw file.error(msg("must be a map with named values"));
    const Settings common = read_settings(file, Settings{});
    house.common_ = rules_at(file, common);
    if (const Yaml scheme = file.get("scheme"); !scheme.is_absent())
        house.scheme_ = scheme_at(scheme);
    for (const auto& [code, node] : file.get("locations").entries()) {
        if (!node.get("locations").is_absent())
            throw node.get("locations").error(msg("a location cannot hold locations"));
        House::Location location{house.scheme_, rules_at(node, read_settings(node, common))};
        if (const Yaml scheme = node.get("scheme"); !scheme.is_absent())
            location.scheme = scheme_at(scheme);
        house.locations_.emplace(code, std::move(location));
    }
    return house;
}

const House::Location* House::find(std::string_view location) const {
    if (const auto exact = locations_.find(location); exact != locations_.end())
        return &exact->second;
    const Location* best = nullptr;
    std::size_t best_length = 0;
    for (const auto& [code, rules] : locations_) {
        if (!code.ends_with('*')) continue;
        const std::string_view stem = std::string_view(code).substr(0, code.size() - 1);
        if (!location.starts_with(stem) || (best != nullptr && stem.size() < best_length)) continue;
        best = &rules;
        best_length = stem.size();
    }
    return best;
}

std::vector<House::Named> House::all() const {
    std::vector<Named> out;
    if (scheme_) out.push_back({*scheme_, common_, common_.settings().name});
    for (const auto& [code, location] : locations_)
        if (location.scheme) out.push_back({*location.scheme, location.rules, code});
    return out;
}

const Rules& House::rules(std::string_view location) const {
    const Location* const found = find(location);
    return found == nullptr ? common_ : found->rules;
}

std::optional<Scheme> House::scheme(std::string_view location) const {
    const Location* const found = find(location);
    return found == nullptr ? scheme_ : found->scheme;
}

}  // namespace tushu::callno
