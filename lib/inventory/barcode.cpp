// SPDX-License-Identifier: Apache-2.0
#include "inventory/barcode.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "inventory/code.hpp"

#include <algorithm>
#include <utility>

namespace tushu::inventory {
namespace {

constexpr std::string_view kCode39 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%";
constexpr std::array<std::string_view, kDamages> kDamageNames{
    "blanks", "control", "wide", "lower_case", "start_stop", "keyboard"};
constexpr std::array<std::string_view, 3> kCheckNames{"none", "luhn", "mod43"};
constexpr std::array<std::string_view, 8> kClassNames{
    "item", "patron", "shelf", "isbn", "bad_length", "bad_character", "bad_prefix", "bad_check"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool are_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// At least 99.5 % of `whole`.
bool is_rule(std::uint64_t part, std::uint64_t whole) {
    return whole > 0 && part * 1000 >= whole * 995;
}

// ---- Code 128

constexpr int kSetC = 99, kSetB = 100, kSetA = 101, kStartA = 103, kStartB = 104, kStartC = 105,
              kStop = 106;
constexpr int kShift = 98;

int check_of(std::span<const int> symbols) {
    long long sum = symbols[0];
    for (std::size_t i = 1; i < symbols.size(); ++i) sum += static_cast<long long>(i) * symbols[i];
    return static_cast<int>(sum % 103);
}

std::size_t digit_run(std::string_view text, std::size_t at) {
    std::size_t run = 0;
    while (at + run < text.size() && is_digit(text[at + run])) ++run;
    return run;
}

}  // namespace

std::string_view name_of(Damage damage) {
    return kDamageNames.at(static_cast<std::size_t>(damage));
}
std::string_view name_of(CheckKind kind) { return kCheckNames.at(static_cast<std::size_t>(kind)); }
std::string_view name_of(CodeClass kind) { return kClassNames.at(static_cast<std::size_t>(kind)); }

std::optional<char> luhn_digit(std::string_view digits) {
    if (!are_digits(digits)) return std::nullopt;
    int sum = 0;
    bool is_doubled = true;  // the digit in front of the check digit is doubled
    for (auto it = digits.rbegin(); it != digits.rend(); ++it, is_doubled = !is_doubled) {
        const int value = (*it - '0') * (is_doubled ? 2 : 1);
        sum += value > 9 ? value - 9 : value;
    }
    return static_cast<char>('0' + (10 - sum % 10) % 10);
}

bool has_luhn(std::string_view code) {
    return code.size() >= 2 && is_digit(code.back()) &&
           luhn_digit(code.substr(0, code.size() - 1)) == code.back();
}

std::optional<char> mod43_character(std::string_view text) {
    std::size_t sum = 0;
    for (const char c : text) {
        const std::size_t value = kCode39.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        sum += value;
    }
    return text.empty() ? std::nullopt : std::optional(kCode39[sum % kCode39.size()]);
}

bool has_mod43(std::string_view code) {
    return code.size() >= 2 && mod43_character(code.substr(0, code.size() - 1)) == code.back();
}

std::vector<int> code128_symbols(std::string_view text) {
    const bool is_ascii = std::all_of(text.begin(), text.end(),
                                      [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (text.empty() || !is_ascii) return {};
    const auto needs_a = [](char c) { return c < ' '; };
    const auto needs_b = [](char c) { return c >= 0x60; };
    std::vector<int> out;
    int set = 0;
    const auto switch_to = [&out, &set](int wanted) {
        if (set == wanted) return;
        if (out.empty())
            out.push_back(wanted == kSetA ? kStartA : wanted == kSetB ? kStartB : kStartC);
        else
            out.push_back(wanted);
        set = wanted;
    };
    for (std::size_t at = 0; at < text.size();) {
        // Set C pays from four digits on at either end, from six in the middle; it needs them in
        // pairs.
        const std::size_t run = digit_run(text, at);
        const bool is_edge = at == 0 || at + run == text.size();
        const bool is_pair_only = at == 0 && run == 2 && text.size() == 2;
        if (run >= (set == kSetC ? 2U : is_edge ? 4U : 6U) || is_pair_only) {
            if (run % 2 == 1 && set != kSetC && at != 0) {
                out.push_back(text[at] - ' ');  // the odd digit first, in the set that is on
                ++at;
            }
            switch_to(kSetC);
            for (std::size_t left = digit_run(text, at) / 2; left > 0; --left, at += 2)
                out.push_back((text[at] - '0') * 10 + (text[at + 1] - '0'));
            continue;
        }
        const char c = text[at];
        if (needs_a(c)) {
            switch_to(kSetA);
        } else if (needs_b(c) || (set != kSetA && set != kSetB)) {
            // The set that the next special character wants, B without one.
            const auto next =
                std::find_if(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(),
                             [&](char d) { return needs_a(d) || needs_b(d); });
            switch_to(!needs_b(c) && next != text.end() && needs_a(*next) ? kSetA : kSetB);
        }
        out.push_back(needs_a(c) ? c + 64 : c - ' ');
        ++at;
    }
    out.push_back(check_of(out));
    out.push_back(kStop);
    return out;
}

std::optional<std::string> code128_text(std::span<const int> symbols) {
    if (symbols.size() < 4 || symbols.back() != kStop) return std::nullopt;
    const auto body = symbols.subspan(0, symbols.size() - 2);
    if (check_of(body) != symbols[symbols.size() - 2]) return std::nullopt;
    int set = body[0] == kStartA   ? kSetA
              : body[0] == kStartB ? kSetB
              : body[0] == kStartC ? kSetC
                                   : 0;
    if (set == 0) return std::nullopt;
    std::string out;
    int shifted = 0;  // the set to return to behind one shifted character
    for (const int symbol : body.subspan(1)) {
        if (symbol < 0 || symbol > 102) return std::nullopt;
        if (set == kSetC) {
            if (symbol < 100) {
                out += static_cast<char>('0' + symbol / 10);
                out += static_cast<char>('0' + symbol % 10);
            } else if (symbol == kSetB || symbol == kSetA) {
                set = symbol;
            }  // 102: FNC1, which says nothing of the text
            continue;
        }
        if (symbol < 96) {
            const int c = set == kSetA && symbol >= 64 ? symbol - 64 : symbol + ' ';
            out += static_cast<char>(c);
            if (shifted != 0) set = std::exchange(shifted, 0);
        } else if (symbol == kShift) {
            shifted = set;
            set = set == kSetA ? kSetB : kSetA;
        } else if (symbol == kSetC || (symbol == kSetB && set == kSetA) ||
                   (symbol == kSetA && set == kSetB)) {
            set = symbol;
        }  // else a function sign
    }
    return out;
}

std::optional<std::string> isbn13_of(std::string_view code) {
    std::string digits;
    for (const char c : code)
        if (c != '-' && c != ' ') digits += c;
    const auto weighted = [](std::string_view text) {
        int sum = 0;
        for (std::size_t i = 0; i < text.size(); ++i) sum += (text[i] - '0') * (i % 2 == 0 ? 1 : 3);
        return sum;
    };
    if (digits.size() == 13) {
        if (!are_digits(digits) || (!digits.starts_with("978") && !digits.starts_with("979")))
            return std::nullopt;
        return weighted(digits) % 10 == 0 ? std::optional(digits) : std::nullopt;
    }
    if (digits.size() != 10 || !are_digits(std::string_view(digits).substr(0, 9)))
        return std::nullopt;
    const char last = digits[9];
    if (!is_digit(last) && last != 'X' && last != 'x') return std::nullopt;
    int sum = is_digit(last) ? last - '0' : 10;
    for (std::size_t i = 0; i < 9; ++i) sum += (digits[i] - '0') * static_cast<int>(10 - i);
    if (sum % 11 != 0) return std::nullopt;
    std::string out = "978" + digits.substr(0, 9);
    out += static_cast<char>('0' + (10 - weighted(out) % 10) % 10);
    return out;
}

// ---- Repair

bool CleanCode::is_damaged() const {
    return std::any_of(damages.begin(), damages.end(), [](bool damage) { return damage; });
}

CleanCode clean_barcode(std::string_view raw, StartStop start_stop) {
    CleanCode out;
    const auto note = [&out](Damage damage) {
        out.damages[static_cast<std::size_t>(damage)] = true;
    };
    for (const char c : raw) {
        if (c == ' ')
            note(Damage::blanks);
        else if (static_cast<unsigned char>(c) < 0x20 || c == '\x7F')
            note(Damage::control);
        else if (c >= 'a' && c <= 'z')
            note(Damage::lower_case);
        else if (static_cast<unsigned char>(c) >= 0x80)
            note(Damage::wide);
    }
    if (raw.find("\xEF\xBB\xBF") != std::string_view::npos) note(Damage::control);
    // A French keyboard types the unshifted row for digits, any other one with Shift held the signs
    // above them.
    constexpr std::pair<std::string_view, char> kFrench[] = {
        {"&", '1'}, {"é", '2'}, {"\"", '3'}, {"'", '4'}, {"(", '5'},
        {"-", '6'}, {"è", '7'}, {"_", '8'},  {"ç", '9'}, {"à", '0'}};
    constexpr std::string_view kShifted = ")!@#$%^&*(";
    std::string digits;
    const std::string_view inner = trim(raw);
    std::size_t at = 0;
    while (at < inner.size()) {
        const auto found =
            std::find_if(std::begin(kFrench), std::end(kFrench),
                         [&](const auto& key) { return inner.substr(at).starts_with(key.first); });
        if (found == std::end(kFrench)) break;
        digits += found->second;
        at += found->first.size();
    }
    const bool is_french = at == inner.size() && digits.size() >= 4;
    const bool is_shifted =
        inner.size() >= 4 && inner.find_first_not_of(kShifted) == std::string_view::npos;
    if (is_french || is_shifted) {
        if (!is_french) {
            digits.clear();
            for (const char c : inner) digits += static_cast<char>('0' + kShifted.find(c));
        }
        out.damages = {};
        note(Damage::keyboard);
        out.code = digits;
        return out;
    }
    std::string scratch;
    std::string_view code = normal_barcode(raw, scratch);
    if (start_stop == StartStop::strip && code.size() >= 3) {
        const auto is_sign = [](char c) {
            return std::string_view("ABCDTNE*").find(c) != std::string_view::npos;
        };
        const std::string_view middle = code.substr(1, code.size() - 2);
        const bool is_code39 = code.front() == '*' && code.back() == '*';
        if (is_code39 || (is_sign(code.front()) && is_sign(code.back()) && are_digits(middle))) {
            note(Damage::start_stop);
            // Readers that transmit the signs do so in lower case as often; that is no damage of
            // its own.
            if (!is_code39) out.damages[static_cast<std::size_t>(Damage::lower_case)] = false;
            code = middle;
        }
    }
    out.code = code;
    return out;
}

// ---- Forms

CodePattern::Misfit CodePattern::misfit(std::string_view code) const {
    if (!lengths.empty() && std::find(lengths.begin(), lengths.end(), code.size()) == lengths.end())
        return Misfit::length;
    if (!alphabet.empty() && code.find_first_not_of(alphabet) != std::string_view::npos)
        return Misfit::alphabet;
    if (!code.starts_with(prefix)) return Misfit::prefix;
    if (!from.empty() && (code.size() != from.size() || code < from)) return Misfit::range;
    if (!to.empty() && (code.size() != to.size() || code > to)) return Misfit::range;
    const bool is_checked =
        check == CheckKind::none || (check == CheckKind::luhn ? has_luhn(code) : has_mod43(code));
    return is_checked ? Misfit::none : Misfit::check;
}

CodeClass CodeRules::classify(std::string_view code) const {
    const auto fits = [code](const std::vector<CodePattern>& patterns) {
        return std::any_of(patterns.begin(), patterns.end(),
                           [code](const auto& p) { return p.fits(code); });
    };
    if (fits(patrons)) return CodeClass::patron;
    if (fits(shelves)) return CodeClass::shelf;
    if (fits(items)) return CodeClass::item;
    if (isbn13_of(code)) return CodeClass::isbn;
    if (items.empty()) return CodeClass::item;
    // The pattern that came nearest says what is wrong: length, then alphabet, prefix, range,
    // check.
    CodePattern::Misfit worst = CodePattern::Misfit::length;
    for (const auto& pattern : items) worst = std::max(worst, pattern.misfit(code));
    switch (worst) {
        case CodePattern::Misfit::check:
            return CodeClass::bad_check;
        case CodePattern::Misfit::prefix:
        case CodePattern::Misfit::range:
            return CodeClass::bad_prefix;
        case CodePattern::Misfit::alphabet:
            return CodeClass::bad_character;
        default:
            return CodeClass::bad_length;
    }
}

std::vector<std::string> CodeRules::split_glued(std::string_view code) const {
    const auto is_item = [this](std::string_view part) {
        return std::any_of(items.begin(), items.end(),
                           [part](const auto& p) { return !p.lengths.empty() && p.fits(part); });
    };
    if (is_item(code)) return {};
    // Shortest cut first; a part that fits ends there, and what is left must fit as well.
    std::vector<std::string> parts;
    const std::function<bool(std::string_view)> cut = [&](std::string_view rest) {
        if (rest.empty()) return true;
        std::vector<std::size_t> lengths;
        for (const auto& pattern : items)
            lengths.insert(lengths.end(), pattern.lengths.begin(), pattern.lengths.end());
        std::sort(lengths.begin(), lengths.end());
        lengths.erase(std::unique(lengths.begin(), lengths.end()), lengths.end());
        for (const std::size_t length : lengths) {
            if (length == 0 || length > rest.size() || !is_item(rest.substr(0, length))) continue;
            parts.emplace_back(rest.substr(0, length));
            if (cut(rest.substr(length))) return true;
            parts.pop_back();
        }
        return false;
    };
    constexpr std::size_t kMostParts = 4, kLongest = 256;
    if (code.size() > kLongest || !cut(code) || parts.size() < 2 || parts.size() > kMostParts)
        return {};
    return parts;
}

namespace {

CodePattern read_pattern(const Yaml& node) {
    node.allow({"length", "alphabet", "prefix", "from", "to", "check"});
    CodePattern out;
    const Yaml lengths = node.get("length");
    for (const auto& text : lengths.texts()) {
        const auto length = parse_integer(text);
        if (!length || *length < 1 || *length > 100)
            throw lengths.error(msg("\"{}\" is not a length of a barcode", printable(text)));
        out.lengths.push_back(static_cast<std::size_t>(*length));
    }
    // "0-9A-Z-": ranges; a hyphen at the end stands for itself.
    const std::string alphabet = node.get("alphabet").text_or("");
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        if (i + 2 < alphabet.size() && alphabet[i + 1] == '-') {
            for (int c = static_cast<unsigned char>(alphabet[i]);
                 c <= static_cast<unsigned char>(alphabet[i + 2]); ++c)
                out.alphabet += static_cast<char>(c);
            i += 2;
        } else {
            out.alphabet += alphabet[i];
        }
    }
    out.prefix = node.get("prefix").text_or("");
    out.from = node.get("from").text_or("");
    out.to = node.get("to").text_or("");
    if (!out.from.empty() && !out.to.empty() &&
        (out.from.size() != out.to.size() || out.from > out.to))
        throw node.get("to").error(msg("a range needs two codes of one length, the smaller first"));
    if (const Yaml check = node.get("check"); !check.is_absent()) {
        const auto at = std::find(kCheckNames.begin(), kCheckNames.end(), check.text());
        if (at == kCheckNames.end())
            throw check.error(msg("\"{}\" is not known here", printable(check.text())),
                              msg("known are: {}", "none, luhn, mod43"));
        out.check = static_cast<CheckKind>(at - kCheckNames.begin());
    }
    return out;
}

/// "0-9A-Z": runs of four and more as ranges.
std::string ranges_of(std::string_view alphabet) {
    std::string out;
    const bool has_hyphen = alphabet.find('-') != std::string_view::npos;
    for (std::size_t i = 0; i < alphabet.size();) {
        std::size_t end = i;
        while (end + 1 < alphabet.size() && alphabet[end + 1] == alphabet[end] + 1) ++end;
        if (end - i >= 3) {
            out += std::string(1, alphabet[i]) + "-" + alphabet[end];
        } else {
            for (std::size_t k = i; k <= end; ++k)
                if (alphabet[k] != '-') out += alphabet[k];
        }
        i = end + 1;
    }
    return has_hyphen ? out + "-" : out;
}

std::string in_quotes(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

std::string text_of(const CodePattern& pattern) {
    std::string out;
    const auto member = [&out](std::string_view key, const std::string& value) {
        out += (out.empty() ? "" : ", ") + std::string(key) + ": " + value;
    };
    if (!pattern.lengths.empty()) {
        std::string list;
        for (const std::size_t length : pattern.lengths)
            list += (list.empty() ? "" : ", ") + std::to_string(length);
        member("length", "[" + list + "]");
    }
    if (!pattern.alphabet.empty()) member("alphabet", in_quotes(ranges_of(pattern.alphabet)));
    if (!pattern.prefix.empty()) member("prefix", in_quotes(pattern.prefix));
    if (!pattern.from.empty()) member("from", in_quotes(pattern.from));
    if (!pattern.to.empty()) member("to", in_quotes(pattern.to));
    if (pattern.check != CheckKind::none) member("check", std::string(name_of(pattern.check)));
    return "{" + out + "}";
}

}  // namespace

CodeRules load_code_rules(const Yaml& file) {
    file.allow({"items", "patrons", "shelves", "start_stop"});
    CodeRules out;
    const auto read = [&file](std::string_view key, std::vector<CodePattern>& to) {
        for (const auto& item : file.get(key).items()) to.push_back(read_pattern(item));
    };
    read("items", out.items);
    read("patrons", out.patrons);
    read("shelves", out.shelves);
    if (const Yaml use = file.get("start_stop"); !use.is_absent()) {
        if (use.text() != "strip" && use.text() != "keep")
            throw use.error(msg("\"{}\" is not known here", printable(use.text())),
                            msg("known are: {}", "strip, keep"));
        out.start_stop = use.text() == "keep" ? StartStop::keep : StartStop::strip;
    }
    return out;
}

std::string yaml_of(const CodeRules& rules) {
    std::string out;
    const auto list = [&out](std::string_view key, const std::vector<CodePattern>& patterns) {
        if (patterns.empty()) return;
        out += std::string(key) + ":\n";
        for (const auto& pattern : patterns) out += "  - " + text_of(pattern) + "\n";
    };
    list("items", rules.items);
    list("patrons", rules.patrons);
    list("shelves", rules.shelves);
    if (rules.start_stop == StartStop::keep) out += "start_stop: keep\n";
    return out;
}

// ---- Learning

void CodeLearner::add(std::string_view raw) {
    const CleanCode clean = clean_barcode(raw, StartStop::keep);
    if (clean_barcode(raw, StartStop::strip).has(Damage::start_stop)) ++start_stop_;
    for (std::size_t i = 0; i < kDamages; ++i) damages_[i] += clean.damages[i] ? 1U : 0U;
    if (clean.code.empty()) {
        ++empty_;
        return;
    }
    constexpr std::size_t kLongest = 64;  // longer ones are counted by length only
    Shape& shape = shapes_[clean.code.size()];
    ++shape.codes;
    if (has_luhn(clean.code)) ++shape.luhn;
    if (has_mod43(clean.code)) ++shape.mod43;
    if (clean.code.size() <= kLongest) {
        shape.at.resize(clean.code.size());
        for (std::size_t i = 0; i < clean.code.size(); ++i) {
            const auto c = static_cast<unsigned char>(clean.code[i]);
            if (c >= 0x80) continue;
            ++shape.at[i][c];
            ++characters_[c];
        }
    }
    hashes_.push_back(hash64(clean.code));
}

CodeLearner::Report CodeLearner::finish() {
    Report out;
    out.empty = empty_;
    out.damages = damages_;
    out.damages[static_cast<std::size_t>(Damage::start_stop)] = start_stop_;
    for (const auto& [length, shape] : shapes_) {
        out.codes += shape.codes;
        out.luhn += shape.luhn;
        out.mod43 += shape.mod43;
        out.lengths[length] = shape.codes;
    }
    std::sort(hashes_.begin(), hashes_.end());
    out.distinct =
        static_cast<std::uint64_t>(std::unique(hashes_.begin(), hashes_.end()) - hashes_.begin());
    out.duplicates = out.codes - out.distinct;
    hashes_.clear();
    if (out.codes == 0) return out;

    // Where all records hold the signs they belong to the number.
    if (is_rule(start_stop_, out.codes)) {
        out.start_stop = StartStop::keep;
        out.damages[static_cast<std::size_t>(Damage::start_stop)] = 0;
    }
    // The most frequent lengths until they cover 99.5 %; none when that takes more than four.
    std::vector<std::pair<std::uint64_t, std::size_t>> by_count;
    for (const auto& [length, count] : out.lengths) by_count.emplace_back(count, length);
    std::sort(by_count.begin(), by_count.end(), [](const auto& a, const auto& b) {
        return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    std::uint64_t covered = 0, luhn = 0, mod43 = 0;
    for (const auto& [count, length] : by_count) {
        if (is_rule(covered, out.codes)) break;
        covered += count;
        luhn += shapes_[length].luhn;
        mod43 += shapes_[length].mod43;
        out.pattern.lengths.push_back(length);
    }
    constexpr std::size_t kMostLengths = 4;
    if (out.pattern.lengths.size() > kMostLengths) out.pattern.lengths.clear();
    std::sort(out.pattern.lengths.begin(), out.pattern.lengths.end());
    // Characters rarer than one in 200 codes are taken for faults.
    for (std::size_t c = 0; c < characters_.size(); ++c)
        if (characters_[c] * 200 > out.codes) out.pattern.alphabet += static_cast<char>(c);
    const std::string_view digits = "0123456789";
    if (out.pattern.alphabet.find_first_of(digits) != std::string::npos) {
        // A digit that happens not to occur yet will.
        std::string all(digits);
        for (const char c : out.pattern.alphabet)
            if (!is_digit(c)) all += c;
        std::sort(all.begin(), all.end());
        out.pattern.alphabet = all;
    }
    // The prefix: leading positions on which 99.5 % agree, over the lengths that count.
    for (std::size_t position = 0;; ++position) {
        std::array<std::uint64_t, 128> at{};
        for (const auto& [length, shape] : shapes_)
            for (std::size_t c = 0; position < shape.at.size() && c < at.size(); ++c)
                at[c] += shape.at[position][c];
        const auto best = std::max_element(at.begin(), at.end());
        const bool is_last =
            !out.pattern.lengths.empty() && position + 1 >= out.pattern.lengths.front();
        if (!is_rule(*best, out.codes) || is_last) break;
        out.pattern.prefix += static_cast<char>(best - at.begin());
        out.prefixed = *best;
    }
    // Zeros at the end of a prefix are the start of a serial number that has not grown that long.
    while (out.pattern.prefix.ends_with('0') && out.pattern.prefix.size() > 1)
        out.pattern.prefix.pop_back();
    if (out.pattern.prefix == "0") out.pattern.prefix.clear();
    constexpr std::uint64_t kEnough = 200;  // one code in ten passes Luhn by chance
    if (out.codes >= kEnough && is_rule(luhn, covered))
        out.pattern.check = CheckKind::luhn;
    else if (out.codes >= kEnough && is_rule(mod43, covered))
        out.pattern.check = CheckKind::mod43;
    return out;
}

// ---- Suggestions

std::vector<Suggestion> suggest(std::string_view code, std::string_view alphabet,
                                const std::function<bool(std::string_view)>& is_known) {
    std::vector<Suggestion> out;
    const auto offer = [&](std::string candidate, Suggestion::Slip slip) {
        const bool is_new =
            candidate != code && std::none_of(out.begin(), out.end(),
                                              [&](const auto& s) { return s.code == candidate; });
        if (is_new && is_known(candidate)) out.push_back({std::move(candidate), slip});
    };
    const std::string text(code);
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        std::string other = text;
        std::swap(other[i], other[i + 1]);
        offer(std::move(other), Suggestion::Slip::swapped);
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        for (const char c : alphabet) {
            std::string other = text;
            other[i] = c;
            offer(std::move(other), Suggestion::Slip::replaced);
        }
    }
    for (std::size_t i = 0; i <= text.size(); ++i)
        for (const char c : alphabet)
            offer(text.substr(0, i) + c + text.substr(i), Suggestion::Slip::missing);
    for (std::size_t i = 0; i < text.size(); ++i)
        offer(text.substr(0, i) + text.substr(i + 1), Suggestion::Slip::extra);
    std::sort(out.begin(), out.end(), [](const Suggestion& a, const Suggestion& b) {
        return a.slip != b.slip ? a.slip < b.slip : a.code < b.code;
    });
    return out;
}

}  // namespace tushu::inventory
