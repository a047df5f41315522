// SPDX-License-Identifier: Apache-2.0
#include "stats/definitions.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <set>

namespace tushu::stats {
namespace {

constexpr std::string_view kOps[] = {"more_than", "at_least", "about", "range"};
constexpr std::string_view kKinds[] = {"flow", "stock"};
constexpr std::string_view kHand = "hand";

/// A text that comes in both languages. The catalogue has "{0}" = "{1}" for it.
Message both(const Yaml& english, const Yaml& chinese) {
    return {"{0}", {english.text(), chinese.text()}};
}

Message names(const Yaml& map) {
    map.allow({"zh", "en"});
    return both(map.need("en"), map.need("zh"));
}

/// The value behind a word, or a complaint that names the nearest one.
const Message& defined(const std::map<std::string, Message>& known, const Yaml& word) {
    const std::string written = word.text();
    if (const auto found = known.find(written); found != known.end()) return found->second;
    std::vector<std::string_view> words;
    for (const auto& [key, value] : known) words.push_back(key);
    const auto near = nearest(written, words);
    throw word.error(msg("\"{}\" is not defined in this file", printable(written)),
                     near ? msg("did you mean \"{}\"?", *near) : Message());
}

std::size_t one_of(const Yaml& word, std::span<const std::string_view> words) {
    const std::string written = word.text();
    for (std::size_t i = 0; i < words.size(); ++i)
        if (words[i] == written) return i;
    std::string list;
    for (const auto known : words) list += (list.empty() ? "" : ", ") + std::string(known);
    throw word.error(msg("\"{}\" is not one of {}", printable(written), list));
}

Day day_of(const Yaml& value) {
    const auto day = parse_day(value.text());
    if (!day)
        throw value.error(msg("\"{}\" is not a day such as 2019-12-31", printable(value.text())));
    return *day;
}

std::int64_t positive(const Yaml& value) {
    const std::int64_t n = value.integer();
    if (n <= 0) throw value.error(msg("must be above 0, not {}", n));
    return n;
}

Formula formula_of(const Yaml& count, const Measures& measures) {
    Formula formula;
    if (count.is_scalar()) {
        if (count.text() != kHand)
            throw count.error(msg("must be \"hand\" or a map with \"measure\""));
        return formula;
    }
    count.allow({"measure", "category", "except"});
    const Yaml written = count.need("measure");
    const std::string text = written.text();
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t plus = std::min(text.find('+', at), text.size());
        const std::string id(trim(std::string_view(text).substr(at, plus - at)));
        if (measures.find(id) == nullptr) {
            std::vector<std::string_view> known;
            for (const auto& measure : measures.all()) known.push_back(measure.id);
            const auto near = nearest(id, known);
            throw written.error(msg("there is no measure \"{}\"", printable(id)),
                                near ? msg("did you mean \"{}\"?", *near) : Message());
        }
        formula.measures.push_back(id);
        at = plus + 1;
    }
    formula.categories = count.get("category").texts();
    formula.except = count.get("except").texts();
    return formula;
}

Target target_of(const Yaml& yaml, const std::map<std::string, Message>& units,
                 const std::map<std::string, Message>& sources, const Measures& measures) {
    yaml.allow({"id", "section", "name_zh", "name_en", "target", "unit", "op", "kind", "raw",
                "source", "part_of", "count"});
    Target target;
    target.id = yaml.need("id").text();
    target.section = yaml.need("section").integer();
    target.name = both(yaml.need("name_en"), yaml.need("name_zh"));
    target.unit = defined(units, yaml.need("unit"));
    target.source = defined(sources, yaml.need("source"));
    target.op = static_cast<Op>(one_of(yaml.need("op"), kOps));
    target.kind = static_cast<Kind>(one_of(yaml.need("kind"), kKinds));
    target.raw = yaml.need("raw").text();
    target.part_of = yaml.get("part_of").text_or("");
    target.formula = formula_of(yaml.need("count"), measures);
    const Yaml number = yaml.need("target");
    if (target.op == Op::range) {
        number.allow({"min", "max"});
        target.low = positive(number.need("min"));
        target.high = positive(number.need("max"));
        if (target.high < target.low)
            throw number.error(
                msg("the range ends below its begin: {} to {}", target.low, target.high));
    } else {
        target.low = target.high = positive(number);
    }
    if (target.kind == Kind::stock && !target.formula.measures.empty())
        throw yaml.need("count").error(
            msg("a stock is counted by hand: daily events do not add up to it"));
    return target;
}

Milestone milestone_of(const Yaml& yaml, const std::map<std::string, Message>& units,
                       const std::map<std::string, Message>& sources) {
    yaml.allow({"id", "section", "name_zh", "name_en", "target", "unit", "due", "source"});
    Milestone milestone;
    milestone.id = yaml.need("id").text();
    milestone.section = yaml.need("section").integer();
    milestone.name = both(yaml.need("name_en"), yaml.need("name_zh"));
    milestone.unit = defined(units, yaml.need("unit"));
    milestone.source = defined(sources, yaml.need("source"));
    milestone.target = positive(yaml.need("target"));
    milestone.due = day_of(yaml.need("due"));
    return milestone;
}

const Target& named_target(const Plan& plan, const Yaml& id) {
    if (const Target* const found = plan.target(id.text())) return *found;
    const auto near = plan.nearest_id(id.text());
    throw id.error(msg("the plan has no target \"{}\"", printable(id.text())),
                   near ? msg("did you mean \"{}\"?", *near) : Message());
}

void check_numbers(const Plan& plan, const Yaml& check) {
    check.allow({"kind", "total", "parts", "part"});
    constexpr std::string_view kChecks[] = {"sum", "subset"};
    const bool is_sum = one_of(check.need("kind"), kChecks) == 0;
    const Target& total = named_target(plan, check.need("total"));
    std::vector<Yaml> parts =
        is_sum ? check.need("parts").items() : std::vector{check.need("part")};
    std::int64_t sum = 0;
    for (const auto& part : parts) sum += named_target(plan, part).low;
    if (is_sum && sum != total.low)
        throw check.error(msg("the parts of {} add up to {}, not to {}", total.id, sum, total.low));
    if (!is_sum && sum > total.low)
        throw check.error(msg("{} is a part of {}, but its {} are more than {}",
                              parts.front().text(), total.id, sum, total.low));
}

}  // namespace

std::string_view name_of(Op op) { return kOps[static_cast<std::size_t>(op)]; }
std::string_view name_of(Kind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

bool fits(std::string_view category, std::string_view pattern) {
    // Greedy match with one place to come back to: the last `*`.
    std::size_t c = 0, p = 0, star = std::string_view::npos, retry = 0;
    while (c < category.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            retry = c;
        } else if (p < pattern.size() && pattern[p] == category[c]) {
            ++p;
            ++c;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            c = ++retry;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

bool Formula::takes(std::string_view category) const {
    const auto is_fit = [category](const std::string& pattern) { return fits(category, pattern); };
    return (categories.empty() || std::any_of(categories.begin(), categories.end(), is_fit)) &&
           std::none_of(except.begin(), except.end(), is_fit);
}

std::string Formula::text() const {
    const auto joined = [](const std::vector<std::string>& words, std::string_view between) {
        std::string out;
        for (const auto& word : words)
            out += (out.empty() ? std::string() : std::string(between)) + word;
        return out;
    };
    std::string out = joined(measures, " + ");
    if (!categories.empty()) out += " [" + joined(categories, ", ") + "]";
    if (!except.empty()) out += " - [" + joined(except, ", ") + "]";
    return out;
}

Measures Measures::load(const std::string& path) { return parse(Yaml::load(path)); }

Measures Measures::parse(const Yaml& yaml) {
    yaml.allow({"units", "measures"});
    std::map<std::string, Message> units;
    for (const auto& [word, text] : yaml.need("units").entries()) units[word] = names(text);
    Measures measures;
    std::map<std::string, std::string> claimed;
    for (const auto& [id, entry] : yaml.need("measures").entries()) {
        entry.allow({"zh", "en", "unit", "log_types", "definition_zh", "definition_en"});
        Measure measure{id, both(entry.need("en"), entry.need("zh")),
                        both(entry.need("definition_en"), entry.need("definition_zh")),
                        defined(units, entry.need("unit")), entry.get("log_types").texts()};
        for (const auto& word : measure.log_types) {
            const auto [place, is_new] = claimed.emplace(word, id);
            if (!is_new)
                throw entry.get("log_types")
                    .error(msg("the log word \"{}\" already means {}", word, place->second));
        }
        measures.all_.push_back(std::move(measure));
    }
    return measures;
}

const Measure* Measures::find(std::string_view id) const {
    const auto found =
        std::find_if(all_.begin(), all_.end(), [id](const Measure& m) { return m.id == id; });
    return found == all_.end() ? nullptr : &*found;
}

Plan Plan::load(const std::string& path, const Measures& measures) {
    return parse(Yaml::load(path), measures);
}

Plan Plan::parse(const Yaml& yaml, const Measures& measures) {
    yaml.allow({"year", "name", "period", "about_tolerance_percent", "units", "sources", "targets",
                "milestones", "checks"});
    Plan plan;
    plan.year = yaml.need("year").integer();
    plan.name = names(yaml.need("name"));
    const Yaml period = yaml.need("period");
    period.allow({"begin", "end"});
    plan.begin = day_of(period.need("begin"));
    plan.end = day_of(period.need("end"));
    if (plan.end < plan.begin) throw period.error(msg("the period ends before it begins"));
    plan.about_tolerance_percent = yaml.get("about_tolerance_percent").integer_or(0);
    if (plan.about_tolerance_percent < 0 || plan.about_tolerance_percent > 50)
        throw yaml.get("about_tolerance_percent").error(msg("must be from 0 to 50"));
    std::map<std::string, Message> units, sources;
    for (const auto& [zh, english] : yaml.need("units").entries())
        units[zh] = {"{0}", {english.text(), zh}};
    for (const auto& [word, text] : yaml.need("sources").entries()) sources[word] = names(text);

    std::set<std::string> ids;
    const auto take_id = [&ids](const Yaml& entry, const std::string& id) {
        if (!ids.insert(id).second)
            throw entry.need("id").error(msg("\"{}\" stands here twice", id));
    };
    const std::vector<Yaml> targets = yaml.need("targets").items();
    for (const auto& entry : targets) {
        plan.targets.push_back(target_of(entry, units, sources, measures));
        take_id(entry, plan.targets.back().id);
    }
    for (const auto& entry : yaml.get("milestones").items()) {
        plan.milestones.push_back(milestone_of(entry, units, sources));
        take_id(entry, plan.milestones.back().id);
    }
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const Target& part = plan.targets[i];
        if (part.part_of.empty()) continue;
        const Target& whole = named_target(plan, targets[i].get("part_of"));
        if (part.low > whole.low)
            throw targets[i].get("part_of").error(
                msg("{} is a part of {}, but its {} are more than {}", part.id, whole.id, part.low,
                    whole.low));
    }
    for (const auto& check : yaml.get("checks").items()) check_numbers(plan, check);
    return plan;
}

const Target* Plan::target(std::string_view id) const {
    const auto found =
        std::find_if(targets.begin(), targets.end(), [id](const Target& t) { return t.id == id; });
    return found == targets.end() ? nullptr : &*found;
}

const Milestone* Plan::milestone(std::string_view id) const {
    const auto found = std::find_if(milestones.begin(), milestones.end(),
                                    [id](const Milestone& m) { return m.id == id; });
    return found == milestones.end() ? nullptr : &*found;
}

std::optional<std::string> Plan::nearest_id(std::string_view id) const {
    std::vector<std::string_view> ids;
    for (const auto& t : targets) ids.push_back(t.id);
    for (const auto& m : milestones) ids.push_back(m.id);
    const auto near = nearest(id, ids);
    return near ? std::optional<std::string>(*near) : std::nullopt;
}

std::vector<std::string> plan_years(const DataFolders& data) {
    constexpr std::string_view kPrefix = "plan-", kSuffix = ".yaml";
    std::vector<std::string> years;
    for (const auto& name : data.list("stats", std::string(kSuffix)))
        if (name.starts_with(kPrefix))
            years.push_back(
                name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size()));
    return years;
}

Definitions Definitions::load(const DataFolders& data, const std::string& year,
                              std::optional<Day> as_of) {
    const std::vector<std::string> years = plan_years(data);
    if (years.empty())
        throw Error(Fault::config, msg("there is no work plan (stats/plan-YEAR.yaml)"));
    std::string chosen = year;
    if (chosen.empty()) {
        chosen = years.back();
        const std::string latest = as_of ? std::to_string(static_cast<int>(as_of->year())) : chosen;
        for (const auto& one : years)
            if (one <= latest) chosen = one;
    } else if (std::find(years.begin(), years.end(), chosen) == years.end()) {
        std::string list;
        for (const auto& one : years) list += (list.empty() ? "" : ", ") + one;
        throw Error(Fault::usage, msg("there is no work plan for \"{}\"", printable(year)),
                    msg("plans are there for: {}", list));
    }
    Definitions definitions;
    definitions.measures = Measures::load(data.find("stats/measures.yaml"));
    definitions.plan =
        Plan::load(data.find("stats/plan-" + chosen + ".yaml"), definitions.measures);
    return definitions;
}

}  // namespace tushu::stats
