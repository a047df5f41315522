// SPDX-License-Identifier: Apache-2.0
#include "job/spec.hpp"

#include "base/input.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <functional>
#include <set>

namespace tushu::job {
namespace {

constexpr std::size_t kNameLimit = 64;

/// Names become file names and words of a command line.
bool is_name(std::string_view text) {
    const auto is_good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    };
    return !text.empty() && text.size() <= kNameLimit && text[0] != '-' &&
           std::all_of(text.begin(), text.end(), is_good);
}

/// A job file that is wrong is a usage fault (64), also where the YAML reader calls it
/// configuration.
Error as_usage(const Error& e) { return {Fault::usage, e.where(), e.message(), e.hint()}; }

class SpecReader {
  public:
    SpecReader(Spec& spec, std::vector<Error>& problems) : spec_(spec), problems_(problems) {}

    void read(const Yaml& root) {
        attempt([&] {
            root.allow({"job", "about", "zone", "state", "grace", "retries", "timeout", "env",
                        "parameters", "steps"});
        });
        attempt([&] { spec_.name = name(root.need("job")); });
        attempt([&] { spec_.about = root.get("about").text_or(""); });
        attempt([&] {
            const Yaml zone = root.get("zone");
            spec_.zone = zone.text_or(spec_.zone);
            try {
                check_zone(spec_.zone);
            } catch (const Error& e) {
                throw zone.error(e.message(), e.hint());
            }
        });
        attempt([&] { spec_.grace = duration(root.get("grace"), spec_.grace); });
        attempt([&] { timeout_ = duration(root.get("timeout"), timeout_); });
        attempt([&] { retries_ = durations(root.get("retries"), {}); });
        attempt([&] {
            for (const auto& [key, value] : root.get("parameters").entries())
                attempt([&, &k = key, &v = value] { parameter(k, v); });
        });
        attempt([&] { env_ = environment(root.get("env")); });
        attempt([&] {
            const Yaml state = root.get("state");
            spec_.state = state.text_or(spec_.state);
            check_template(state, spec_.state, IsArgument::no);
            for (const auto& used : names_in(spec_.state))
                if (used.starts_with("slot"))
                    throw state.error(msg("the state folder is the same for all slots"));
        });
        attempt([&] {
            const Yaml steps = root.need("steps");
            for (const auto& item : steps.items()) attempt([&] { step(item); });
            if (steps.items().empty()) throw steps.error(msg("a job needs at least one step"));
        });
        check_needs();
        check_cycles();
    }

  private:
    enum class IsArgument { no, yes };

    template <class F>
    void attempt(F f) {
        try {
            f();
        } catch (const Error& e) {
            problems_.push_back(as_usage(e));
        }
    }

    static std::string name(const Yaml& node) {
        const std::string text = node.text();
        if (!is_name(text))
            throw node.error(msg("\"{}\" is not fit for a name", printable(text)),
                             msg("letters, digits, - and _ only, at most {} of them", kNameLimit));
        return text;
    }

    static Duration duration(const Yaml& node, Duration fallback) {
        if (node.is_absent()) return fallback;
        const auto value = parse_duration(node.text());
        if (!value)
            throw node.error(msg("\"{}\" is not a duration", printable(node.text())),
                             msg("write 90s, 30m or 2h"));
        return *value;
    }

    static std::vector<Duration> durations(const Yaml& node,
                                           const std::vector<Duration>& fallback) {
        if (node.is_absent()) return fallback;
        std::vector<Duration> out;
        for (const auto& item : node.items()) out.push_back(duration(item, Duration(0)));
        return out;
    }

    template <class T>
    static T word(const Yaml& node, T fallback,
                  std::initializer_list<std::pair<std::string_view, T>> words) {
        if (node.is_absent()) return fallback;
        const std::string text = node.text();
        std::vector<std::string_view> known;
        std::string list;
        for (const auto& [key, value] : words) {
            if (key == text) return value;
            known.push_back(key);
            list += (list.empty() ? "" : ", ") + std::string(key);
        }
        const auto near = nearest(text, known);
        throw node.error(msg("\"{}\" is not known here", printable(text)),
                         near ? msg("did you mean \"{}\"?", *near) : msg("known are: {}", list));
    }

    /// Every name in `text` must be known; a list may only be a whole argument.
    void check_template(const Yaml& node, const std::string& text, IsArgument is_argument) {
        Values values;
        for (const auto& known : slot_names()) values[known] = {false, {""}};
        for (const auto& p : spec_.parameters) values[p.name] = {p.is_list, {""}};
        try {
            if (is_argument == IsArgument::yes)
                (void)expand_all({text}, values);
            else
                (void)expand(text, values);
        } catch (const Error& e) {
            throw node.error(e.message(), e.hint());
        }
    }

    void parameter(const std::string& key, const Yaml& node) {
        Parameter p;
        p.name = key;
        if (!is_name(key)) throw node.error(msg("\"{}\" is not fit for a name", printable(key)));
        if (key == "slot")
            throw node.error(msg("\"slot\" is what the run stands for, not a parameter"));
        const auto texts = [&](const Yaml& value) {
            p.value = value.texts();
            for (const auto& text : p.value)
                check_template(value, text, p.is_list ? IsArgument::yes : IsArgument::no);
        };
        if (node.is_scalar()) {
            texts(node);
        } else if (node.is_list()) {
            p.is_list = true;
            texts(node);
        } else if (node.is_absent()) {
            p.is_required = true;
        } else {
            node.allow({"about", "default", "list", "files"});
            p.about = node.get("about").text_or("");
            p.is_list = node.get("list").boolean_or(!node.get("files").is_absent() ||
                                                    node.get("default").is_list());
            p.files = node.get("files").text_or("");
            check_template(node.get("files"), p.files, IsArgument::no);
            const Yaml value = node.get("default");
            if (!p.files.empty() && !value.is_absent())
                throw value.error(msg("give either \"default\" or \"files\", not both"));
            if (!p.files.empty() && !p.is_list)
                throw node.get("files").error(msg("\"files\" makes a list"));
            if (value.is_list() && !p.is_list) throw value.error(msg("must be one value"));
            texts(value);
            p.is_required = p.files.empty() && value.is_absent() && !p.is_list;
        }
        spec_.parameters.push_back(std::move(p));
    }

    void step(const Yaml& node) {
        attempt([&] {
            node.allow({"id", "about", "run", "needs", "inputs", "outputs", "env", "stdin",
                        "stdout", "when", "unless", "timeout", "retries", "attention", "on_orphan",
                        "summary"});
        });
        Step s;
        s.where = node.where();
        // A step that is wrong in one place still has a name, so that others may need it.
        attempt([&] {
            s.id = name(node.need("id"));
            if (spec_.find(s.id) != nullptr)
                throw node.get("id").error(msg("\"{}\" stands here twice", s.id));
        });
        attempt([&] { s.about = node.get("about").text_or(""); });
        attempt([&] {
            const Yaml run = node.need("run");
            if (!run.is_list())
                throw run.error(msg("must be a list: the program, then its arguments"),
                                msg("there is no shell; write [program, argument, ...]"));
            s.run = templates(run, IsArgument::yes);
            if (s.run.empty() || s.run[0].empty()) throw run.error(msg("names no program"));
            if (!names_in(s.run[0]).empty())
                throw run.error(msg("the program itself cannot be a parameter"));
        });
        attempt([&] { s.needs = node.get("needs").texts(); });
        attempt([&] { s.inputs = templates(node.get("inputs"), IsArgument::yes); });
        attempt([&] { s.outputs = templates(node.get("outputs"), IsArgument::yes); });
        attempt([&] {
            s.env = env_;  // the job's, then the step's: the last one counts
            for (auto& entry : environment(node.get("env"))) s.env.push_back(std::move(entry));
        });
        attempt([&] { s.input = one(node.get("stdin")); });
        attempt([&] { s.output = one(node.get("stdout")); });
        attempt([&] { s.when = condition(node.get("when")); });
        attempt([&] { s.unless = condition(node.get("unless")); });
        attempt([&] { s.timeout = duration(node.get("timeout"), timeout_); });
        attempt([&] { s.retries = durations(node.get("retries"), retries_); });
        attempt([&] {
            s.attention =
                word<Attention>(node.get("attention"), s.attention,
                                {{"continue", Attention::proceed}, {"stop", Attention::stop}});
        });
        attempt([&] {
            s.on_orphan =
                word<OrphanRule>(node.get("on_orphan"), s.on_orphan,
                                 {{"kill", OrphanRule::kill}, {"wait", OrphanRule::wait}});
        });
        attempt([&] {
            const bool is_ours =
                !s.run.empty() && s.run[0].substr(s.run[0].rfind('/') + 1).starts_with("tushu-");
            s.wants_summary = node.get("summary").boolean_or(is_ours);
        });
        needs_.push_back(node.get("needs"));
        spec_.steps.push_back(std::move(s));
    }

    std::vector<std::string> templates(const Yaml& node, IsArgument is_argument) {
        std::vector<std::string> out;
        if (node.is_absent()) return out;
        if (node.is_scalar()) {
            out.push_back(node.text());
            check_template(node, out.back(), is_argument);
            return out;
        }
        for (const auto& item : node.items()) {
            attempt([&] {
                out.push_back(item.text());
                check_template(item, out.back(), is_argument);
            });
        }
        return out;
    }

    std::vector<std::pair<std::string, std::string>> environment(const Yaml& node) {
        std::vector<std::pair<std::string, std::string>> out;
        for (const auto& [key, value] : node.entries()) {
            if (key.find('=') != std::string::npos)
                throw value.error(msg("\"{}\" is not fit for a name", key));
            const std::string text = value.text();
            check_template(value, text, IsArgument::no);
            out.emplace_back(key, text);
        }
        return out;
    }

    std::string one(const Yaml& node) {
        std::string text = node.text_or("");
        check_template(node, text, IsArgument::no);
        return text;
    }

    std::string condition(const Yaml& node) {
        const std::string text = node.text_or("");
        if (text.empty()) return text;
        std::vector<std::string_view> known;
        for (const auto& p : spec_.parameters) known.push_back(p.name);
        if (std::find(known.begin(), known.end(), text) != known.end()) return text;
        const auto near = nearest(text, known);
        throw node.error(msg("no parameter is called \"{}\"", printable(text)),
                         near ? msg("did you mean \"{}\"?", *near) : Message());
    }

    void check_needs() {
        std::vector<std::string_view> ids;
        for (const auto& s : spec_.steps) ids.push_back(s.id);
        for (std::size_t i = 0; i < spec_.steps.size(); ++i) {
            for (const auto& need : spec_.steps[i].needs) {
                if (std::find(ids.begin(), ids.end(), need) != ids.end()) continue;
                const auto near = nearest(need, ids);
                problems_.push_back(as_usage(
                    needs_[i].error(msg("step \"{}\" needs \"{}\", which is not a step",
                                        spec_.steps[i].id, printable(need)),
                                    near ? msg("did you mean \"{}\"?", *near) : Message())));
            }
        }
    }

    void check_cycles() {
        // What cannot be put in order hangs on a cycle; walking its needs from any of those ends in
        // one.
        const auto ordered = run_order(spec_);
        if (ordered.size() == spec_.steps.size()) return;
        const auto is_ordered = [&ordered](const Step* s) {
            return std::find(ordered.begin(), ordered.end(), s) != ordered.end();
        };
        for (const auto& first : spec_.steps) {
            if (is_ordered(&first)) continue;
            std::vector<const Step*> path{&first};
            while (true) {
                const Step* next = nullptr;
                for (const auto& need : path.back()->needs) {
                    const Step* const candidate = spec_.find(need);
                    if (candidate != nullptr && !is_ordered(candidate)) next = candidate;
                }
                if (next == nullptr) return;  // an unknown need keeps it out of order: told already
                const auto seen = std::find(path.begin(), path.end(), next);
                if (seen != path.end()) {
                    std::string ring;
                    for (auto it = seen; it != path.end(); ++it) ring += (*it)->id + " -> ";
                    problems_.emplace_back(
                        Fault::usage, next->where,
                        msg("steps need each other in a circle: {}", ring + next->id));
                    return;
                }
                path.push_back(next);
            }
        }
    }

    Spec& spec_;
    std::vector<Error>& problems_;
    std::vector<Yaml> needs_;  // where each step's needs stand, by index of the step
    Duration timeout_{0};
    std::vector<Duration> retries_;
    std::vector<std::pair<std::string, std::string>> env_;
};

std::vector<std::string> matching_files(const std::string& pattern) {
    glob_t found{};
    const int code = ::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found);
    std::vector<std::string> out;
    if (code == 0) out.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    ::globfree(&found);
    if (code == GLOB_NOSPACE || code == GLOB_ABORTED)
        throw Error(Fault::io, {pattern}, msg("the folder cannot be read"));
    std::sort(out.begin(), out.end());  // by bytes: the same on every machine
    return out;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
    using namespace std::chrono;
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = parse_integer(text.substr(0, digits));
    const std::string_view unit = text.substr(digits);
    constexpr std::int64_t kLimit = 10'000'000;
    if (!number || *number < 0 || *number > kLimit) return std::nullopt;
    if (unit == "ms") return milliseconds(*number);
    if (unit == "s") return seconds(*number);
    if (unit == "m") return minutes(*number);
    if (unit == "h") return hours(*number);
    if (unit == "d") return days(*number);
    return std::nullopt;
}

std::string duration_text(Duration duration) {
    const std::int64_t ms = duration.count();
    if (ms % 1000 != 0) return fmt::format("{}ms", ms);
    if (ms % 3'600'000 == 0 && ms != 0) return fmt::format("{}h", ms / 3'600'000);
    if (ms % 60'000 == 0 && ms != 0) return fmt::format("{}m", ms / 60'000);
    return fmt::format("{}s", ms / 1000);
}

const Step* Spec::find(std::string_view id) const {
    for (const auto& step : steps)
        if (step.id == id) return &step;
    return nullptr;
}

Spec parse_spec(std::string text, const std::string& name, std::vector<Error>& problems) {
    Spec spec;
    spec.file = name;
    spec.text = std::move(text);
    try {
        SpecReader(spec, problems).read(Yaml::parse(spec.text, name));
    } catch (const Error& e) {
        problems.push_back(as_usage(e));
    }
    const auto place = [](const Error& e) { return std::pair(e.where().line, e.where().column); };
    std::stable_sort(problems.begin(), problems.end(),
                     [&](const Error& a, const Error& b) { return place(a) < place(b); });
    return spec;
}

Spec load_spec(const std::string& path) {
    std::vector<Error> problems;
    Spec spec = parse_spec(load_file(path), path, problems);
    if (!problems.empty()) throw problems.front();
    return spec;
}

Values resolve(const Spec& spec, Day slot, const std::vector<std::string>& settings) {
    std::map<std::string, std::vector<std::string>> given;
    for (const auto& setting : settings) {
        const std::size_t sign = setting.find('=');
        if (sign == std::string::npos)
            throw Error(Fault::usage, msg("\"{}\" sets nothing", printable(setting)),
                        msg("write --set name=value"));
        const std::string name = setting.substr(0, sign);
        const auto found = std::find_if(spec.parameters.begin(), spec.parameters.end(),
                                        [&name](const Parameter& p) { return p.name == name; });
        if (found == spec.parameters.end()) {
            std::vector<std::string_view> known;
            for (const auto& p : spec.parameters) known.push_back(p.name);
            const auto near = nearest(name, known);
            throw Error(Fault::usage, {spec.file},
                        msg("no parameter is called \"{}\"", printable(name)),
                        near ? msg("did you mean \"{}\"?", *near) : Message());
        }
        if (!found->is_list && given.contains(name))
            throw Error(Fault::usage, {spec.file},
                        msg("parameter \"{}\" is set twice but is not a list", name));
        auto& values = given[name];
        // "name=" empties a list.
        if (!found->is_list || sign + 1 < setting.size())
            values.push_back(setting.substr(sign + 1));
    }
    Values values = slot_values(slot, spec.zone);
    for (const auto& p : spec.parameters) {
        Value value{p.is_list, {}};
        if (const auto found = given.find(p.name); found != given.end()) {
            value.texts = found->second;  // as given: what a person types is no template
        } else if (!p.files.empty()) {
            value.texts = matching_files(expand(p.files, values));
        } else if (p.is_required) {
            throw Error(Fault::usage, {spec.file}, msg("parameter \"{}\" has no value", p.name),
                        msg("give --set {}=VALUE", p.name));
        } else {
            value.texts = expand_all(p.value, values);
        }
        values[p.name] = std::move(value);
    }
    return values;
}

std::vector<const Step*> run_order(const Spec& spec) {
    std::vector<const Step*> order;
    std::set<std::string_view> placed;
    bool is_moving = true;
    while (is_moving) {
        is_moving = false;
        for (const auto& step : spec.steps) {
            if (placed.contains(step.id)) continue;
            const bool is_ready =
                std::all_of(step.needs.begin(), step.needs.end(),
                            [&placed](const auto& need) { return placed.contains(need); });
            if (!is_ready) continue;
            placed.insert(step.id);
            order.push_back(&step);
            is_moving = true;
            break;  // from the top again: the file's order decides between those that are ready
        }
    }
    return order;
}

}  // namespace tushu::job
