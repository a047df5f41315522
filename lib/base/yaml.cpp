// SPDX-License-Identifier: Apache-2.0
#include "base/yaml.hpp"

#include "base/input.hpp"
#include "base/text.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>

namespace tushu {

struct Yaml::State {
    YAML::Node node;
    std::string file;
    std::string path;  // "steps.load.run": for messages about what is absent
    YAML::Mark fallback =
        YAML::Mark::null_mark();  // place of the parent, when the node itself is absent
};

namespace {

Where place(const std::string& file, const YAML::Mark& mark) {
    Where where{file};
    if (!mark.is_null()) {
        where.line = static_cast<std::uint64_t>(mark.line) + 1;
        where.column = static_cast<std::uint64_t>(mark.column) + 1;
    }
    return where;
}

// yaml-cpp 0.7 gives the escapes for U+0085 and U+00A0 ("\N" and "\_") as one byte each.
std::string scalar_of(const YAML::Node& node) {
    std::string_view given = node.Scalar();
    std::string out;
    for (;;) {
        const std::size_t good = utf8_prefix(given);
        out += given.substr(0, good);
        given.remove_prefix(good);
        if (given.empty()) return out;
        append_utf8(out, static_cast<unsigned char>(given.front()));
        given.remove_prefix(1);
    }
}

// Finds a second document. yaml-cpp's LoadAll() would do, but in 0.7 it never comes back from text
// such as ",x", where the parser stands still and finds one document after the other.
class DocumentCounter final : public YAML::EventHandler {
  public:
    void OnDocumentStart(const YAML::Mark& mark) override {
        ++count;
        last = mark;
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                         YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                    YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}
    int count = 0;
    YAML::Mark last;
};

}  // namespace

Yaml::Yaml()
    : state_(std::make_shared<State>(State{YAML::Node(YAML::NodeType::Undefined), {}, {}})) {}
Yaml::~Yaml() = default;
Yaml::Yaml(const Yaml&) = default;
Yaml& Yaml::operator=(const Yaml&) = default;
Yaml::Yaml(Yaml&&) noexcept = default;
Yaml& Yaml::operator=(Yaml&&) noexcept = default;
Yaml::Yaml(std::shared_ptr<const State> state) : state_(std::move(state)) {}

Yaml Yaml::load(const std::string& path) { return parse(load_file(path), path); }

Yaml Yaml::parse(std::string_view text, const std::string& name) {
    const auto refuse_at = [&](std::size_t at, Message message) {
        const auto lines =
            std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
        throw Error(Fault::config, {name, 0, 0, static_cast<std::uint64_t>(lines) + 1},
                    std::move(message));
    };
    const std::size_t good = utf8_prefix(text);
    if (good != text.size()) refuse_at(good, msg("is not UTF-8 here"));
    // YAML 1.2, 5.1 allows no others; yaml-cpp 0.7 makes nodes without end of "a\0, b: @".
    const auto* const bad = std::find_if(text.begin(), text.end(), [](char c) {
        return c >= 0 && c < ' ' && c != '\n' && c != '\t' && c != '\r';
    });
    if (bad != text.end())
        refuse_at(static_cast<std::size_t>(bad - text.begin()),
                  msg("a control byte, which YAML does not allow, stands here"));
    try {
        std::istringstream stream{std::string(text)};
        YAML::Parser parser(stream);
        DocumentCounter documents;
        while (documents.count < 2 && parser.HandleNextDocument(documents)) {
        }
        if (documents.count > 1)
            throw Error(Fault::config, place(name, documents.last),
                        msg("a second YAML document begins here; only one is read"));
        YAML::Node node = documents.count == 0 ? YAML::Node() : YAML::Load(std::string(text));
        return Yaml(std::make_shared<State>(State{std::move(node), name, {}}));
    } catch (const YAML::Exception& e) {
        const bool is_escape = e.msg.find("escape character") != std::string::npos;
        throw Error(Fault::config, place(name, e.mark), msg("not well-formed YAML: {}", e.msg),
                    is_escape ? msg("in double quotes a backslash is YAML's own; put the text into "
                                    "single quotes")
                              : Message());
    }
}

bool Yaml::is_absent() const { return !state_->node.IsDefined() || state_->node.IsNull(); }
bool Yaml::is_map() const { return state_->node.IsDefined() && state_->node.IsMap(); }
bool Yaml::is_list() const { return state_->node.IsDefined() && state_->node.IsSequence(); }
bool Yaml::is_scalar() const { return state_->node.IsDefined() && state_->node.IsScalar(); }

Where Yaml::where() const {
    const YAML::Mark mark = state_->node.IsDefined() ? state_->node.Mark() : state_->fallback;
    return place(state_->file, mark.is_null() ? state_->fallback : mark);
}

Error Yaml::error(Message message, Message hint) const {
    return {Fault::config, where(), std::move(message), std::move(hint)};
}

Yaml Yaml::get(std::string_view key) const {
    const std::string path =
        state_->path.empty() ? std::string(key) : state_->path + "." + std::string(key);
    const YAML::Mark here = state_->node.IsDefined() ? state_->node.Mark() : state_->fallback;
    if (is_absent())
        return Yaml(std::make_shared<State>(
            State{YAML::Node(YAML::NodeType::Undefined), state_->file, path, here}));
    if (!is_map()) throw error(msg("must be a map with named values"));
    std::shared_ptr<const State> found;
    for (const auto& entry : state_->node) {
        if (!entry.first.IsScalar() || entry.first.Scalar() != key) continue;
        if (found != nullptr)
            throw Error(Fault::config, place(state_->file, entry.first.Mark()),
                        msg("\"{}\" stands here twice", key));
        found =
            std::make_shared<State>(State{entry.second, state_->file, path, entry.first.Mark()});
    }
    if (found == nullptr)
        found = std::make_shared<State>(
            State{YAML::Node(YAML::NodeType::Undefined), state_->file, path, here});
    return Yaml(std::move(found));
}

Yaml Yaml::need(std::string_view key) const {
    Yaml value = get(key);
    if (value.is_absent()) throw error(msg("\"{}\" is missing here", key));
    return value;
}

std::vector<Yaml> Yaml::items() const {
    if (is_absent()) return {};
    if (!is_list()) throw error(msg("must be a list"));
    std::vector<Yaml> out;
    for (const auto& node : state_->node)
        out.push_back(Yaml(
            std::make_shared<State>(State{node, state_->file, state_->path, state_->node.Mark()})));
    return out;
}

std::vector<std::pair<std::string, Yaml>> Yaml::entries() const {
    if (is_absent()) return {};
    if (!is_map()) throw error(msg("must be a map with named values"));
    std::vector<std::pair<std::string, Yaml>> out;
    for (const auto& entry : state_->node) {
        const std::string key = entry.first.IsScalar() ? scalar_of(entry.first) : std::string();
        const bool is_repeated =
            std::any_of(out.begin(), out.end(), [&key](const auto& e) { return e.first == key; });
        Yaml value(std::make_shared<State>(
            State{entry.second, state_->file, state_->path.empty() ? key : state_->path + "." + key,
                  entry.first.Mark()}));
        const Where at = place(state_->file, entry.first.Mark());
        if (key.empty()) throw Error(Fault::config, at, msg("a key must be a plain word"));
        if (is_repeated) throw Error(Fault::config, at, msg("\"{}\" stands here twice", key));
        out.emplace_back(key, std::move(value));
    }
    return out;
}

void Yaml::allow(std::initializer_list<std::string_view> known) const {
    for (const auto& [key, value] : entries()) {
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        const auto near =
            nearest(key, std::span<const std::string_view>(known.begin(), known.size()));
        std::string list;
        for (const auto word : known) list += (list.empty() ? "" : ", ") + std::string(word);
        const YAML::Mark mark = value.state_->fallback;
        throw Error(Fault::config, place(state_->file, mark),
                    msg("\"{}\" is not known here", printable(key)),
                    near ? msg("did you mean \"{}\"?", *near) : msg("known are: {}", list));
    }
}

std::string Yaml::text() const {
    if (is_absent()) throw error(msg("\"{}\" is missing here", state_->path));
    if (!is_scalar()) throw error(msg("must be one value"));
    return scalar_of(state_->node);
}

std::string Yaml::text_or(std::string_view fallback) const {
    return is_absent() ? std::string(fallback) : text();
}

std::int64_t Yaml::integer() const {
    const std::string written = text();
    const auto value = parse_integer(written);
    if (!value) throw error(msg("must be a whole number, not \"{}\"", printable(written)));
    return *value;
}

std::int64_t Yaml::integer_or(std::int64_t fallback) const {
    return is_absent() ? fallback : integer();
}

bool Yaml::boolean() const {
    const std::string written = text();
    if (written == "true") return true;
    if (written == "false") return false;
    throw error(msg("must be true or false, not \"{}\"", printable(written)));
}

bool Yaml::boolean_or(bool fallback) const { return is_absent() ? fallback : boolean(); }

std::vector<std::string> Yaml::texts() const {
    if (is_scalar()) return {text()};
    std::vector<std::string> out;
    for (const auto& item : items()) out.push_back(item.text());
    return out;
}

}  // namespace tushu
