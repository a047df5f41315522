// SPDX-License-Identifier: Apache-2.0
#include "catalog/extract.hpp"

#include "base/date.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "marc/isbn.hpp"

#include <algorithm>

namespace tushu::catalog {
namespace {

/// Part of every hash: raise it when the facts below are read differently, and the next load takes
/// every record in anew.
constexpr char kFactsVersion = '1';

/// One line: controls (also UNIMARC's non-sorting marks, U+0088 and its kin) go, blanks collapse.
std::string one_line(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) {
            ++i;
        } else if (c <= 0x20 || c == 0x7F) {
            if (!out.empty() && out.back() != ' ') out += ' ';
        } else {
            out += text[i];
        }
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

/// "Knuth, Donald E." ends in an initial, "Handa shishi." in a full stop.
bool ends_in_initial(std::string_view text) {
    if (!text.ends_with('.')) return false;
    std::size_t start = text.size() - 1;
    while (start > 0) {
        --start;
        if ((static_cast<unsigned char>(text[start]) & 0xC0U) != 0x80) break;
    }
    return start == 0 || std::string_view(" .-").find(text[start - 1]) != std::string_view::npos;
}

/// Without the punctuation by which ISBD announces the next element, and without one closing full
/// stop.
std::string without_isbd(std::string text) {
    const auto strip = [&text](std::string_view marks) {
        while (!text.empty() && marks.find(text.back()) != std::string_view::npos) text.pop_back();
    };
    strip(" /:;,=");
    if (text.ends_with('.') && !text.ends_with("..") && !ends_in_initial(text)) text.pop_back();
    strip(" ");
    return text;
}

/// The 880 that gives `tag` in the original script ($6 245-01/$1), else the first field `tag`.
std::optional<marc::Field> original_or_first(const marc::Record& record, std::string_view tag) {
    const auto romanised = record.first(tag);
    if (!romanised || !romanised->first('6')) return romanised;
    for (std::size_t i = 0; i < record.field_count(); ++i) {
        const marc::Field field = record.field(i);
        if (field.tag() != "880") continue;
        const auto link = field.first('6');
        if (link && link->starts_with(tag) && field.first('a')) return field;
    }
    return romanised;
}

std::string title21(const marc::Record& record) {
    const auto field = original_or_first(record, "245");
    if (!field) return {};
    std::string title;
    for (const auto& [code, value] : field->subfields())
        if (std::string_view("abnp").find(code) != std::string_view::npos) {
            if (!title.empty()) title += ' ';
            title += value;
        }
    return without_isbd(one_line(title));
}

std::string author21(const marc::Record& record) {
    for (const std::string_view tag : {"100", "110", "111"}) {
        const auto field = original_or_first(record, tag);
        if (field) {
            if (const auto name = field->first('a')) return without_isbd(one_line(*name));
        }
    }
    return without_isbd(one_line(record.value("245", 'c')));
}

std::string title_cn(const marc::Record& record) {
    const auto field = record.first("200");
    if (!field) return {};
    std::string title;
    char last = ' ';
    for (const auto& [code, value] : field->subfields()) {
        if (code == 'a') {
            if (!title.empty()) break;  // a second work by the same author
            title = value;
        } else if (code == 'h') {
            title.append(". ").append(value);
        } else if (code == 'i') {
            title.append(last == 'h' ? ", " : ". ").append(value);
        } else if (code == 'e') {
            title.append(" : ").append(value);
        } else {
            continue;
        }
        last = code;
    }
    return one_line(title);
}

std::string author_cn(const marc::Record& record) {
    for (const std::string_view tag : {"701", "711", "700", "710"}) {
        const auto field = record.first(tag);
        if (!field || !field->first('a')) continue;
        std::string name(*field->first('a'));
        if (const auto rest = field->first('b')) name.append(", ").append(*rest);
        return one_line(name);
    }
    return one_line(record.value("200", 'f'));
}

std::string language_code(std::string_view text) {
    std::string code = ascii_lower(text.substr(0, 3));
    const bool is_code = code.size() == 3 && std::all_of(code.begin(), code.end(), [](char c) {
                             return c >= 'a' && c <= 'z';
                         });
    return is_code ? code : std::string();
}

std::string material21(char type, char level) {
    switch (type) {
        case 'a':
            return level == 's' || level == 'b' || level == 'i' ? "serial" : "book";
        case 'c':
        case 'd':
            return "score";
        case 'e':
        case 'f':
            return "map";
        case 'g':
            return "video";
        case 'i':
        case 'j':
            return "sound";
        case 'm':
            return "electronic";
        case 't':
            return "manuscript";
        default:
            return "other";
    }
}

std::string material_cn(char type, char level) {
    switch (type) {
        case 'a':
            return level == 's' || level == 'i' ? "serial" : "book";
        case 'b':
            return "manuscript";
        case 'c':
        case 'd':
            return "score";
        case 'e':
        case 'f':
            return "map";
        case 'g':
            return "video";
        case 'i':
        case 'j':
            return "sound";
        case 'l':
            return "electronic";
        default:
            return "other";
    }
}

std::string day_text(std::string_view digits) {
    if (digits.size() != 8 || digits.find_first_not_of("0123456789") != std::string_view::npos)
        return {};
    const auto day = parse_day(digits);
    return day ? text_of(*day) : std::string();
}

/// 008/00-05 has two digits for the year; MARC files begin in 1968.
std::string day21(std::string_view field008) {
    const std::string_view digits = field008.substr(0, 6);
    if (digits.size() != 6) return {};
    return day_text((digits.substr(0, 2) >= "68" ? "19" : "20") + std::string(digits));
}

std::string first_isbn(const marc::Record& record, std::string_view tag) {
    for (std::size_t i = 0; i < record.field_count(); ++i) {
        const marc::Field field = record.field(i);
        if (field.tag() != tag) continue;
        for (const auto& [code, value] : field.subfields()) {
            if (code != 'a') continue;
            if (auto number = marc::isbn13(value)) return *number;
        }
    }
    return {};
}

}  // namespace

std::string_view name_of(marc::Dialect dialect) {
    switch (dialect) {
        case marc::Dialect::unimarc:
            return "unimarc";
        case marc::Dialect::cnmarc:
            return "cnmarc";
        case marc::Dialect::marc21:
            break;
    }
    return "marc21";
}

BibFacts facts_of(const marc::Record& record) {
    BibFacts facts;
    facts.dialect = marc::guess_dialect(record);
    facts.control_number = one_line(record.control_number());
    if (facts.control_number.empty()) {
        const std::string other = one_line(record.value("035", 'a'));
        if (!other.empty()) facts.control_number = "035:" + other;
    }
    const std::string_view leader = record.leader();
    const char type = leader[6], level = leader[7];
    facts.is_deleted = leader[5] == 'd';
    if (facts.dialect == marc::Dialect::marc21) {
        facts.is_bib = std::string_view("uvxyz").find(type) == std::string_view::npos;
        facts.title = title21(record);
        facts.author = author21(record);
        facts.isbn = first_isbn(record, "020");
        const std::string_view field008 = record.value("008");
        if (field008.size() >= 38) facts.language = language_code(field008.substr(35, 3));
        if (facts.language.empty()) facts.language = language_code(record.value("041", 'a'));
        facts.material = material21(type, level);
        facts.entered = day21(field008);
    } else {
        facts.is_bib = std::string_view("xyz").find(type) == std::string_view::npos;
        facts.title = title_cn(record);
        facts.author = author_cn(record);
        facts.isbn = first_isbn(record, "010");
        facts.language = language_code(record.value("101", 'a'));
        facts.material = material_cn(type, level);
        facts.entered = day_text(record.value("100", 'a').substr(0, 8));
    }
    if (facts.language.empty()) facts.language = "und";
    return facts;
}

std::string content_hash(const marc::Record& record) {
    std::string bytes(1, kFactsVersion);
    bytes.reserve(4096);
    const std::string_view leader = record.leader();
    bytes.append(leader.substr(5, 4)).append(leader.substr(17, 3));
    for (std::size_t i = 0; i < record.field_count(); ++i)
        bytes.append("\x1E").append(record.tag(i)).append(record.body(i));
    return sha256_hex(bytes).substr(0, 32);
}

}  // namespace tushu::catalog
