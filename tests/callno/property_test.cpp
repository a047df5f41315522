// SPDX-License-Identifier: Apache-2.0
// Keys against comparisons written a second time, from the rules and not from the key code: fields
// are taken apart into vectors here and compared pairwise.
#include "callno/callno.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <tuple>
#include <vector>

using namespace tushu::callno;

namespace {

using Random = std::mt19937;

std::string digits(Random& random, std::size_t least, std::size_t most) {
    std::string out;
    const std::size_t size = least + random() % (most - least + 1);
    for (std::size_t i = 0; i < size; ++i)
        out += static_cast<char>('0' + random() % (random() % 3 == 0 ? 10 : 3));
    return out;
}

template <class T>
const T& pick(Random& random, const std::vector<T>& from) {
    return from[random() % from.size()];
}

int sign(int value) { return value < 0 ? -1 : value > 0 ? 1 : 0; }
int sign_of(const std::string& a, const std::string& b) { return sign(a.compare(b)); }
int by_number(const std::string& a, const std::string& b) {
    const long long x = std::stoll("0" + a), y = std::stoll("0" + b);
    return x < y ? -1 : x > y ? 1 : 0;
}
int by_decimal(std::string a, std::string b) {
    a.resize(20, '0');
    b.resize(20, '0');
    return sign_of(a, b);
}

// ---- CLC: class line, book number, volume sign

struct Clc {
    std::string class_number;  // without dots
    std::string book, volume_sign, volume;
    [[nodiscard]] std::string text() const {
        std::string out = class_number;
        if (!book.empty()) out += "/" + book + volume_sign + volume;
        if (volume_sign == "(" && !book.empty()) out += ")";
        return out;
    }
};

int clc_rank(const std::string& text, std::size_t at) {
    if (at >= text.size()) return 0;
    const std::string order = "-(\"=<:+";
    char c = text[at];
    if (c == ')') c = '(';
    if (c == '>') c = '<';
    const std::size_t place = order.find(c);
    if (place != std::string::npos) return 2 + static_cast<int>(place);
    if (c >= '0' && c <= '9') return 20 + (c - '0');
    return 40 + (c - 'A');
}

int compare(const Clc& a, const Clc& b) {
    for (std::size_t i = 0; i <= std::max(a.class_number.size(), b.class_number.size()); ++i) {
        const int x = clc_rank(a.class_number, i), y = clc_rank(b.class_number, i);
        if (x != y) return sign(x - y);
    }
    if (a.book.empty() || b.book.empty())
        return sign(static_cast<int>(!a.book.empty()) - static_cast<int>(!b.book.empty()));
    if (const int by = by_number(a.book, b.book); by != 0) return by;
    if (const int by = sign(clc_rank(a.volume_sign, 0) - clc_rank(b.volume_sign, 0)); by != 0)
        return by;
    return by_number(a.volume, b.volume);
}

Clc make(Random& random, Clc) {
    static const std::vector<std::string> kClasses{"K", "TP", "TQ", "I", "G", "T"};
    static const std::vector<std::string> kSigns{"-43",  "(2)", "(26)", "(2)=5", "=5", "=53", "<1>",
                                                 ":G25", ":G2", "+R1",  "\"1\"", "A",  "AL",  "B"};
    Clc out;
    out.class_number = pick(random, kClasses) + digits(random, 1, 3);
    if (random() % 2 == 0) out.class_number += pick(random, kSigns);
    if (random() % 5 != 0) {
        out.book = digits(random, 1, 3);
        if (random() % 2 == 0) {
            out.volume_sign = pick(random, std::vector<std::string>{"-", "(", ":", "=", "+"});
            out.volume = digits(random, 1, 2);
        }
    }
    return out;
}

/// Case, full-width forms, blanks, dots and leading zeros, at random.
std::string respelled(Random& random, const Clc& call) {
    std::string out;
    std::size_t run = 0;
    for (std::size_t i = 0; i < call.class_number.size(); ++i) {
        const char c = call.class_number[i];
        const bool is_digit = c >= '0' && c <= '9';
        if (is_digit && run == 3 && random() % 2 == 0) out += ".";
        run = is_digit ? run + 1 : 0;
        if (c == '"')
            out += pick(random, std::vector<std::string>{"\"", "“", "”", "＂", "‘‘"});
        else if (c == '-')
            out += pick(random, std::vector<std::string>{"-", "—", "－", "–"});
        else if (c == '<')
            out += pick(random, std::vector<std::string>{"<", "〈", "《", "＜"});
        else if (c == '>')
            out += pick(random, std::vector<std::string>{">", "〉", "》", "＞"});
        else if (random() % 4 == 0 && c >= '!')
            out +=
                std::string("\xEF\xBC") + static_cast<char>(0x81 + c - 0x21 - (c > '_' ? 0x40 : 0));
        else
            out += c;
    }
    const std::string rest = call.text().substr(call.class_number.size());
    if (rest.empty()) return (random() % 2 == 0 ? " " : "") + out + (random() % 2 == 0 ? "　" : "");
    out += pick(random, std::vector<std::string>{"/", " / ", "／", "\\", "\n"});
    if (random() % 3 == 0) out += "0";
    return out + rest.substr(1);
}

// ---- LC

struct Cutter {
    std::string letter, digits, work;
};
struct Lc {
    std::string letters, number, fraction, class_date;
    std::vector<Cutter> cutters;
    std::string year, volume;
    [[nodiscard]] std::string text() const {
        std::string out = letters + number + (fraction.empty() ? "" : "." + fraction);
        if (!class_date.empty()) out += " " + class_date;
        for (const auto& c : cutters) out += " ." + c.letter + c.digits + c.work;
        if (!year.empty()) out += " " + year;
        if (!volume.empty()) out += " v." + volume;
        return out;
    }
};

int compare(const Lc& a, const Lc& b) {
    if (const int by = sign_of(a.letters, b.letters); by != 0) return by;
    if (const int by = by_number(a.number, b.number); by != 0) return by;
    if (const int by = by_decimal(a.fraction, b.fraction); by != 0) return by;
    // Behind the class and behind each cutter: nothing, then a date, then a volume, then a further
    // cutter.
    const auto parts = [](const Lc& call) {
        std::vector<std::tuple<int, std::string, Cutter>> out;
        if (!call.class_date.empty()) out.emplace_back(1, call.class_date, Cutter{});
        for (const auto& c : call.cutters) out.emplace_back(3, "", c);
        if (!call.year.empty()) out.emplace_back(1, call.year, Cutter{});
        if (!call.volume.empty()) out.emplace_back(2, call.volume, Cutter{});
        return out;
    };
    const auto x = parts(a), y = parts(b);
    for (std::size_t i = 0; i < std::max(x.size(), y.size()); ++i) {
        const int p = i < x.size() ? std::get<0>(x[i]) : 0,
                  q = i < y.size() ? std::get<0>(y[i]) : 0;
        if (p != q) return sign(p - q);
        if (p == 3) {
            const Cutter &c = std::get<2>(x[i]), &d = std::get<2>(y[i]);
            if (const int by = sign_of(c.letter, d.letter); by != 0) return by;
            if (const int by = by_decimal(c.digits, d.digits); by != 0) return by;
            if (const int by = sign_of(c.work, d.work); by != 0) return by;
        } else if (const int by = by_number(std::get<1>(x[i]), std::get<1>(y[i])); by != 0) {
            return by;
        }
    }
    return 0;
}

Lc make(Random& random, Lc) {
    Lc out;
    out.letters = pick(random, std::vector<std::string>{"Q", "QA", "QB", "R", "KF"});
    out.number = "1" + digits(random, 0, 3);
    if (random() % 3 == 0) out.fraction = digits(random, 1, 3);
    if (random() % 5 == 0) out.class_date = "19" + digits(random, 2, 2);
    for (std::size_t i = random() % 3; i > 0; --i)
        out.cutters.push_back(
            {pick(random, std::vector<std::string>{"A", "B", "C"}), digits(random, 1, 3),
             random() % 4 == 0 ? pick(random, std::vector<std::string>{"x", "z"}) : ""});
    for (auto& cutter : out.cutters)
        std::transform(cutter.work.begin(), cutter.work.end(), cutter.work.begin(),
                       [](char c) { return static_cast<char>(c - 32); });
    if (!out.cutters.empty() && random() % 3 == 0) out.year = "20" + digits(random, 2, 2);
    if (!out.cutters.empty() && random() % 3 == 0) out.volume = "1" + digits(random, 0, 2);
    return out;
}

std::string respelled(Random& random, const Lc& call) {
    std::string out = call.text();
    if (random() % 2 == 0) out.insert(call.letters.size(), " ");
    if (random() % 2 == 0)
        for (auto& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    if (const auto at = out.find(" ."); at != std::string::npos)
        out.replace(at, 2, pick(random, std::vector<std::string>{".", " . ", "  .", "　．"}));
    if (const auto at = out.find(" v."); at != std::string::npos)
        out.replace(at, 3, pick(random, std::vector<std::string>{" vol. ", " Bd. ", " V. "}));
    return out;
}

// ---- Dewey

struct Dewey {
    std::string main, fraction, letters, mark, work, year;
    [[nodiscard]] std::string text() const {
        return main + (fraction.empty() ? "" : "." + fraction) + " " + letters + mark + work +
               (year.empty() ? "" : " " + year);
    }
};

int compare(const Dewey& a, const Dewey& b) {
    if (const int by = by_number(a.main, b.main); by != 0) return by;
    if (const int by = by_decimal(a.fraction, b.fraction); by != 0) return by;
    if (const int by = sign_of(a.letters, b.letters); by != 0) return by;
    if (const int by = by_decimal(a.mark, b.mark); by != 0) return by;
    if (const int by = sign_of(a.work, b.work); by != 0) return by;
    if (a.year.empty() != b.year.empty()) return a.year.empty() ? -1 : 1;
    return by_number(a.year, b.year);
}

Dewey make(Random& random, Dewey) {
    Dewey out;
    out.main = digits(random, 3, 3);
    if (random() % 2 == 0) out.fraction = digits(random, 1, 5);
    out.letters = pick(random, std::vector<std::string>{"A", "B", "SMI", "SM"});
    if (random() % 3 != 0) {
        out.mark = digits(random, 1, 3);
        if (random() % 3 == 0) out.work = pick(random, std::vector<std::string>{"A", "B", "AB"});
    }
    if (random() % 3 == 0) out.year = "19" + digits(random, 2, 2);
    return out;
}

std::string respelled(Random& random, const Dewey& call) {
    std::string out = call.text();
    const std::size_t dot = out.find('.');
    if (dot != std::string::npos && call.fraction.size() > 3) {
        const std::string mark = pick(random, std::vector<std::string>{"/", "'", " ", "′"});
        out.insert(dot + 4, mark);
    }
    while (random() % 2 == 0 && out.size() > 1 && out[0] == '0' && out[1] >= '0' && out[1] <= '9')
        out.erase(0, 1);
    if (random() % 2 == 0) return "　" + out;
    return out;
}

template <class Call>
void check_property(Scheme scheme, int rounds) {
    Random random(20191231);
    std::vector<Call> calls;
    for (int i = 0; i < rounds; ++i) calls.push_back(make(random, Call{}));
    std::vector<std::string> keys;
    for (const auto& call : calls) {
        bool is_parsed = false;
        keys.push_back(key_of(scheme, call.text(), default_rules(), &is_parsed));
        INFO(call.text());
        REQUIRE(is_parsed);
    }
    int wrong = 0;
    for (std::size_t i = 0; i < calls.size() && wrong < 5; ++i) {
        for (std::size_t j = 0; j < calls.size() && wrong < 5; ++j) {
            if (compare(calls[i], calls[j]) == sign_of(keys[i], keys[j])) continue;
            INFO(calls[i].text() << " and " << calls[j].text());
            CHECK(compare(calls[i], calls[j]) == sign_of(keys[i], keys[j]));
            ++wrong;
        }
    }
    for (std::size_t i = 0; i < calls.size() && wrong < 5; ++i) {
        const std::string other = respelled(random, calls[i]);
        if (key_of(scheme, other) == keys[i]) continue;
        INFO(calls[i].text() << " as " << other);
        CHECK(key_of(scheme, other) == keys[i]);
        ++wrong;
    }
    CHECK(wrong == 0);
}

/// Any text at all, biased to what call numbers are made of.
std::string noise(Random& random) {
    static const std::vector<std::string> kPieces{
        "A",    "TP", "Q",  "9",    "12",   "000", ".",
        "-",    "(",  ")",  "=",    "\"",   "<",   ">",
        ":",    "::", "+",  "/",    " ",    "  ",  "v.",
        "a",    "'",  "*",  "[",    "第三", "卷",  "上",
        "\xFF", "　", "\t", "REF ", "1990", "$$h", "99999999999999999999999999999999999999999999"};
    std::string out;
    for (std::size_t i = random() % 8; i > 0; --i) out += pick(random, kPieces);
    return out;
}

}  // namespace

TEST_CASE("CLC keys order like a pairwise comparison, however they are spelled", "[callno]") {
    check_property<Clc>(Scheme::clc, 1500);
}
TEST_CASE("LC keys order like a pairwise comparison, however they are spelled", "[callno]") {
    check_property<Lc>(Scheme::lc, 1500);
}
TEST_CASE("Dewey keys order like a pairwise comparison, however they are spelled", "[callno]") {
    check_property<Dewey>(Scheme::ddc, 1500);
}

TEST_CASE("Any text has a key, none begins another, and what is unparsed comes last", "[callno]") {
    Random random(7);
    for (const Scheme scheme : all_schemes()) {
        std::vector<std::pair<std::string, bool>> keys;
        for (int i = 0; i < 4000; ++i) {
            const std::string text = noise(random);
            bool is_parsed = false;
            keys.emplace_back(key_of(scheme, text, default_rules(), &is_parsed), is_parsed);
            (void)guess_scheme(text);
        }
        std::sort(keys.begin(), keys.end());
        int prefixes = 0, early = 0;
        for (std::size_t i = 1; i < keys.size(); ++i) {
            const auto& [before, was_parsed] = keys[i - 1];
            const auto& [key, is_parsed] = keys[i];
            if (key != before && key.starts_with(before)) ++prefixes;
            if (is_parsed && !was_parsed) ++early;
        }
        INFO(name_of(scheme));
        CHECK(prefixes == 0);
        CHECK(early == 0);
    }
}
