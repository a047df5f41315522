// SPDX-License-Identifier: Apache-2.0
#include "inventory/json_rows.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <unordered_map>

namespace tushu::inventory {
namespace {

namespace dom = simdjson::dom;
constexpr std::size_t kObjectLimit = 16U << 20U;
constexpr std::array<std::string_view, 3> kArrays = {"items", "holdingsRecords", "locations"};

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

/// Cuts a stream into the objects that are records, whatever stands around them.
class Objects {
  public:
    explicit Objects(Input& input) : input_(input) {}

    /// The next object's bytes; nullopt at the end. Error{bad_input} for what is none.
    std::optional<std::string_view> next() {
        drop();
        for (;;) {
            if (input_.window().empty() && !input_.more()) {
                if (in_envelope_) return end_too_soon();
                return std::nullopt;
            }
            const char c = input_.window().front();
            offset_ = input_.offset();
            if (is_space(c) || c == ',' || c == '\x1E' || (offset_ < 3 && is_mark(c))) {
                input_.consume(1);
            } else if (c == '[') {
                ++arrays_;
                input_.consume(1);
            } else if (c == ']' && in_envelope_) {
                input_.consume(1);
                used_ = 0;
                const Stop stop = walk();
                if (stop == Stop::cut) return end_too_soon();
                if (stop == Stop::object_end) in_envelope_ = false;
                drop();
            } else if (c == ']' && arrays_ > 0) {
                --arrays_;
                input_.consume(1);
            } else if (c == '{') {
                used_ = 1;
                ++record_;
                const Stop stop = walk();
                if (stop == Stop::cut) return end_too_soon();
                if (stop == Stop::too_large) {
                    is_cut_ = true;
                    throw Error(Fault::bad_input, where(),
                                msg("the object is larger than {} bytes", kObjectLimit));
                }
                if (stop == Stop::array && !in_envelope_) {
                    in_envelope_ = true;
                    --record_;
                    drop();
                    continue;
                }
                return input_.window().substr(0, used_);
            } else {
                const std::string_view window = input_.window();
                used_ = std::min(window.find_first_of("\n{[", 1), window.size());
                ++record_;
                throw Error(Fault::bad_input, where(),
                            msg("\"{}\" is not the beginning of a JSON object",
                                printable(window.substr(0, used_), 40)));
            }
        }
    }
    [[nodiscard]] Where where() const { return {input_.name(), record_, offset_}; }
    [[nodiscard]] std::string_view raw() const { return input_.window().substr(0, used_); }
    [[nodiscard]] bool is_cut() const { return is_cut_; }
    /// The envelope's member that holds the object; empty without envelope.
    [[nodiscard]] const std::string& array() const { return array_; }

  private:
    enum class Stop { object_end, array, cut, too_large };
    static bool is_mark(char c) { return c == '\xEF' || c == '\xBB' || c == '\xBF'; }

    void drop() {
        input_.consume(std::min(used_, input_.window().size()));
        used_ = 0;
    }
    std::optional<std::string_view> end_too_soon() {
        is_cut_ = true;
        in_envelope_ = false;
        used_ = input_.window().size();
        throw Error(Fault::bad_input, where(), msg("the file ends inside of an object"));
    }
    /// Walks from used_, inside of an object, to its end or to a member that holds records.
    Stop walk() {
        int depth = 1;
        bool in_string = false;
        std::size_t begin = 0, size = 0;  // the last string at this depth
        for (;; ++used_) {
            if (used_ >= input_.window().size()) {
                if (used_ > kObjectLimit) return Stop::too_large;
                if (!input_.more()) return Stop::cut;
            }
            const char c = input_.window()[used_];
            if (in_string) {
                if (c == '\\') {
                    ++used_;
                } else if (c == '"') {
                    in_string = false;
                    size = used_ - begin;
                }
                continue;
            }
            switch (c) {
                case '"':
                    in_string = true;
                    begin = used_ + 1;
                    break;
                case '[':
                    if (depth == 1 && !is_inside()) {
                        const std::string_view key = input_.window().substr(begin, size);
                        if (std::find(kArrays.begin(), kArrays.end(), key) != kArrays.end()) {
                            array_ = key;
                            ++used_;
                            return Stop::array;
                        }
                    }
                    ++depth;
                    break;
                case '{':
                    ++depth;
                    break;
                case ']':
                case '}':
                    if (--depth == 0) {
                        ++used_;
                        return Stop::object_end;
                    }
                    break;
                default:
                    break;
            }
        }
    }
    /// Inside of an envelope's array, objects are records whatever their members are called.
    [[nodiscard]] bool is_inside() const { return in_envelope_ && input_.window().front() == '{'; }

    Input& input_;
    std::size_t used_ = 0;
    std::uint64_t record_ = 0, offset_ = 0;
    int arrays_ = 0;
    bool in_envelope_ = false, is_cut_ = false;
    std::string array_;
};

using Path = std::vector<std::string>;

Path path_of(std::string_view text) {
    Path path;
    for (;;) {
        const std::size_t dot = text.find('.');
        path.emplace_back(text.substr(0, dot));
        if (dot == std::string_view::npos) return path;
        text.remove_prefix(dot + 1);
    }
}

/// What a path leads to as text: a string, a number, the first of a list; empty for anything else.
std::string_view text_at(dom::element at, const Path& path, std::deque<std::string>& made) {
    for (const auto& name : path) {
        dom::object object;
        if (at.get(object) != simdjson::SUCCESS || object[name].get(at) != simdjson::SUCCESS)
            return {};
    }
    if (dom::array list; at.get(list) == simdjson::SUCCESS) {
        if (list.size() == 0) return {};
        at = list.at(0).value();
    }
    if (std::string_view text; at.get(text) == simdjson::SUCCESS) return text;
    if (std::int64_t number = 0; at.get(number) == simdjson::SUCCESS)
        return made.emplace_back(std::to_string(number));
    if (bool flag = false; at.get(flag) == simdjson::SUCCESS && flag) return "1";
    return {};
}

}  // namespace

struct JsonRows::State {
    explicit State(Input& input) : objects(input) {}

    struct Term {
        Path path;
        std::vector<std::size_t> links;  // of the looked-up object, then of the one behind it
    };
    Objects objects;
    dom::parser parser;
    std::vector<std::string> header;
    std::vector<Formula> formulas;
    std::vector<Term> terms;
    std::map<std::string, std::size_t, std::less<>> term_ids;
    std::vector<Path> links;  // what is kept of looked-up objects
    std::map<std::string, std::size_t, std::less<>> link_ids;
    std::unordered_map<std::uint64_t, std::uint64_t> places;  // hash of an id -> offset in kept
    std::string kept;  // per object and link: 2 bytes of length, text
    std::deque<std::string> made;
    std::vector<std::string> scratch;
    std::vector<std::string_view> cells;

    dom::element parse(Objects& from, std::string_view bytes) {
        dom::element root;
        if (const auto error = parser.parse(bytes.data(), bytes.size()).get(root);
            error != simdjson::SUCCESS)
            throw Error(Fault::bad_input, from.where(),
                        msg("the object is no JSON: {}", simdjson::error_message(error)));
        return root;
    }

    std::size_t term(std::string_view text, const Yaml& yaml) {
        if (const auto known = term_ids.find(text); known != term_ids.end()) return known->second;
        Term made_term;
        std::string_view rest = text;
        for (bool is_first = true;; is_first = false) {
            const std::size_t arrow = rest.find('>');
            const std::string_view step = rest.substr(0, arrow);
            if (step.empty() || step.front() == '.' || step.back() == '.')
                throw yaml.error(msg("\"{}\" is no path of member names", printable(text)));
            if (is_first) {
                made_term.path = path_of(step);
            } else {
                const auto [link, is_new] = link_ids.try_emplace(std::string(step), links.size());
                if (is_new) links.push_back(path_of(step));
                made_term.links.push_back(link->second);
            }
            if (arrow == std::string_view::npos) break;
            rest.remove_prefix(arrow + 1);
        }
        terms.push_back(std::move(made_term));
        term_ids.emplace(text, terms.size() - 1);
        return terms.size() - 1;
    }

    std::string_view linked(std::string_view id, std::size_t link) const {
        const auto place = places.find(hash64(id));
        if (place == places.end()) return {};
        const char* at = kept.data() + place->second;
        for (std::size_t k = 0;; ++k) {
            std::uint16_t size = 0;
            std::memcpy(&size, at, sizeof size);
            at += sizeof size;
            if (k == link) return {at, size};
            at += size;
        }
    }

    std::string_view value(dom::element root, std::size_t number) {
        const Term& wanted = terms[number];
        std::string_view text = text_at(root, wanted.path, made);
        for (const std::size_t link : wanted.links) {
            if (text.empty()) break;
            text = linked(text, link);
        }
        return text;
    }
};

JsonRows::JsonRows(Input& input, const Yaml& columns) : state_(std::make_unique<State>(input)) {
    for (const auto& [field, formula] : columns.entries()) {
        state_->header.push_back(field);
        state_->formulas.push_back(Formula::parse(
            formula,
            [this](std::string_view text, const Yaml& yaml) { return state_->term(text, yaml); }));
    }
    state_->scratch.resize(state_->header.size());
    state_->cells.resize(state_->header.size());
}

JsonRows::~JsonRows() = default;

void JsonRows::look_up_in(Input& input,
                          const std::function<void(const Error&, std::string_view)>& refuse) {
    State& s = *state_;
    Objects objects(input);
    for (;;) {
        try {
            const auto bytes = objects.next();
            if (!bytes) return;
            const auto root = s.parse(objects, *bytes);
            const std::string_view id = text_at(root, {"id"}, s.made);
            if (id.empty())
                throw Error(Fault::bad_input, objects.where(), msg("the object has no id"));
            s.places[hash64(id)] = s.kept.size();
            for (const Path& link : s.links) {
                const std::string_view text = text_at(root, link, s.made).substr(0, UINT16_MAX);
                const auto size = static_cast<std::uint16_t>(text.size());
                s.kept.append(reinterpret_cast<const char*>(&size), sizeof size);
                s.kept += text;
            }
            s.made.clear();
        } catch (const Error& e) {
            if (e.fault() != Fault::bad_input || objects.is_cut()) throw;
            refuse(e, objects.raw());
        }
    }
}

std::optional<std::span<const std::string_view>> JsonRows::next() {
    State& s = *state_;
    for (;;) {
        const auto bytes = s.objects.next();
        if (!bytes) return std::nullopt;
        if (!s.objects.array().empty() && s.objects.array() != "items") continue;
        const auto root = s.parse(s.objects, *bytes);
        s.made.clear();
        for (std::size_t c = 0; c < s.formulas.size(); ++c)
            s.cells[c] = s.formulas[c].evaluate(
                [&](std::size_t term) { return s.value(root, term); }, s.scratch[c]);
        return s.cells;
    }
}

const std::vector<std::string>& JsonRows::header() const { return state_->header; }
std::string_view JsonRows::raw() const { return state_->objects.raw(); }
bool JsonRows::is_fatal() const { return state_->objects.is_cut(); }
Where JsonRows::where() const { return state_->objects.where(); }

bool is_json(Input& input) {
    (void)input.have(64);
    std::string_view head = input.window().substr(0, 64);
    if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
    head = trim(head);
    return head.starts_with('{') || head.starts_with("[{") || head.starts_with("[\n");
}

}  // namespace tushu::inventory
