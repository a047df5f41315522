// SPDX-License-Identifier: Apache-2.0
#include "callno/learn.hpp"

#include "callno/callno.hpp"
#include "callno/lnds.hpp"

#include <algorithm>
#include <array>

namespace tushu::callno {
namespace {

void add(std::vector<Candidate>& out, Scheme scheme, std::string settings, const auto& change) {
    Settings changed;
    change(changed);
    out.push_back({scheme, Rules(std::move(changed)), std::move(settings)});
}

void add_book_numbers(std::vector<Candidate>& out, Scheme scheme) {
    // Author and accession numbers compare like sequence numbers: nothing on a shelf tells them
    // apart.
    constexpr std::pair<BookNumber, const char*> kTypes[] = {
        {BookNumber::corner, "book_number: corner"}, {BookNumber::cutter, "book_number: cutter"}};
    add(out, scheme, "", [](Settings&) {});
    for (const auto& [type, text] : kTypes)
        add(out, scheme, text, [t = type](Settings& s) { s.book_number = t; });
}

}  // namespace

std::vector<Candidate> standard_candidates() {
    std::vector<Candidate> out;
    add_book_numbers(out, Scheme::clc);
    add(out, Scheme::clc, "clc: {letters: before_signs}",
        [](Settings& s) { s.clc_letters_before_signs = true; });
    add(out, Scheme::clc, "volume_signs: [\"(\", \"-\", '\"', \"=\", \"<\", \":\", \"+\"]",
        [](Settings& s) { s.volume_signs = "(-\"=<:+"; });
    add(out, Scheme::clc, "layout: [prefix, class, book, volume]", [](Settings& s) {
        s.layout = {LabelLine::prefix, LabelLine::class_number, LabelLine::book, LabelLine::volume};
    });
    add(out, Scheme::clc, "layout: [year, class, book, volume]", [](Settings& s) {
        s.layout = {LabelLine::year, LabelLine::class_number, LabelLine::book, LabelLine::volume};
    });
    for (const Scheme scheme : {Scheme::lc, Scheme::nlm, Scheme::ddc})
        add(out, scheme, "", [](Settings&) {});
    add(out, Scheme::sudoc, "", [](Settings&) {});
    add(out, Scheme::sudoc, "sudoc: {letters_after_colon: last}",
        [](Settings& s) { s.sudoc_letters_first = false; });
    add(out, Scheme::sudoc, "sudoc: {years: first}",
        [](Settings& s) { s.sudoc_years_first = true; });
    add(out, Scheme::sudoc, "sudoc: {letters_after_colon: last, years: first}", [](Settings& s) {
        s.sudoc_letters_first = false;
        s.sudoc_years_first = true;
    });
    add(out, Scheme::udc, "", [](Settings&) {});
    add_book_numbers(out, Scheme::lccas);
    add_book_numbers(out, Scheme::liu);
    add(out, Scheme::accession, "", [](Settings&) {});
    return out;
}

std::vector<Explanation> learn(std::span<const std::string> shelf,
                               std::vector<Candidate> candidates, std::size_t shown_positions) {
    // Between rules that explain the shelf equally well, looks decide.
    std::array<std::uint64_t, kSchemes> looks{};
    for (const auto& text : shelf)
        if (const auto guess = guess_scheme(text)) ++looks[static_cast<std::size_t>(*guess)];
    std::vector<Explanation> out;
    for (auto& candidate : candidates) {
        // Keys side by side in one string; what is unparsed counts as a violation and takes no part
        // in the order.
        std::string keys;
        std::vector<std::size_t> ends;
        std::vector<std::uint32_t> lines;
        Explanation result;
        for (std::size_t i = 0; i < shelf.size(); ++i) {
            const std::size_t start = keys.size();
            if (append_key(keys, candidate.scheme, shelf[i], candidate.rules)) {
                ends.push_back(keys.size());
                lines.push_back(static_cast<std::uint32_t>(i));
            } else {
                keys.resize(start);
                ++result.unparsed;
            }
        }
        std::vector<std::string_view> views;
        std::size_t start = 0;
        for (const std::size_t end : ends) {
            views.push_back(std::string_view(keys).substr(start, end - start));
            start = end;
        }
        const auto kept = longest_ordered(std::span<const std::string_view>(views));
        result.moves = views.size() - kept.size();
        std::size_t next = 0;
        for (std::uint32_t i = 0; i < views.size() && result.out_of_order.size() < shown_positions;
             ++i) {
            if (next < kept.size() && kept[next] == i)
                ++next;
            else
                result.out_of_order.push_back(lines[i]);
        }
        result.candidate = std::move(candidate);
        out.push_back(std::move(result));
    }
    std::stable_sort(out.begin(), out.end(), [&looks](const Explanation& a, const Explanation& b) {
        if (a.violations() != b.violations()) return a.violations() < b.violations();
        return looks[static_cast<std::size_t>(a.candidate.scheme)] >
               looks[static_cast<std::size_t>(b.candidate.scheme)];
    });
    return out;
}

}  // namespace tushu::callno
