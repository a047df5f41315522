// SPDX-License-Identifier: Apache-2.0
#include "simulate/bibs.hpp"

#include "base/text.hpp"
#include "simulate/random.hpp"
#include "simulate/record_bytes.hpp"

#include <array>

namespace tushu::simulate {
namespace {

enum Stream : std::uint64_t { kFacts = 20, kTitle = 21, kImprint = 22 };

std::string yyyymmdd(Day day) {
    std::string out = padded(static_cast<std::uint64_t>(static_cast<int>(day.year())), 4);
    append_number(out, static_cast<unsigned>(day.month()), 2);
    append_number(out, static_cast<unsigned>(day.day()), 2);
    return out;
}

std::uint64_t draw_index(const BibId& bib) { return bib.group << 40U | bib.ordinal; }

template <class T>
const T& pick(Random& random, std::span<const T> words) {
    return words[random.below(words.size())];
}

/// A name as its record needs it: whole, in Latin letters, and in two parts.
struct Name {
    std::string whole, latin, entry;
};

Name chinese_name(Random& random, bool with_rare) {
    const Word& surname = pick(random, surnames());
    const bool is_rare = random.permille(25) && with_rare;
    const Word& given = is_rare ? pick(random, rare_given_names()) : pick(random, given_names());
    Name name;
    name.whole = std::string(surname.text) + std::string(given.text);
    name.latin = std::string(surname.latin) + ' ' + std::string(given.latin);
    return name;
}

// Modulo-11 check character of ISBN-10 and ISSN: `digits` weighted size()+1 downwards.
char check_11(std::string_view digits) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < digits.size(); ++i)
        sum +=
            static_cast<unsigned>(digits[i] - '0') * static_cast<unsigned>(digits.size() + 1 - i);
    const unsigned check = (11 - sum % 11) % 11;
    return check == 10 ? 'X' : static_cast<char>('0' + check);
}

std::string isbn_of(const Publisher& publisher, std::uint64_t title, int published) {
    const std::size_t width = 9 - publisher.isbn.size();
    std::uint64_t room = 1;
    for (std::size_t i = 0; i < width; ++i) room *= 10;
    const std::string number = padded(title % room, width);
    const std::string digits = std::string(publisher.isbn) + number;
    std::string out;
    char check = check_11(digits);
    if (published >= 2007) {
        out = "978-";
        unsigned sum = 9 + 7 * 3 + 8;
        for (std::size_t i = 0; i < digits.size(); ++i)
            sum += static_cast<unsigned>(digits[i] - '0') * (i % 2 == 0 ? 3 : 1);
        check = static_cast<char>('0' + (10 - sum % 10) % 10);
    }
    out += publisher.isbn.substr(0, 1);
    out += '-';
    out += publisher.isbn.substr(1);
    out += '-';
    return out + number + '-' + check;
}

std::string hanzi_number(unsigned n) {  // 1..99
    constexpr std::array<std::string_view, 10> kDigits{"",   "一", "二", "三", "四",
                                                       "五", "六", "七", "八", "九"};
    std::string out;
    if (n >= 20) out += kDigits[n / 10];
    if (n >= 10) out += "十";
    out += kDigits[n % 10];
    return out;
}

std::string year_text(int published, Kind kind) {
    const std::string year = std::to_string(published);
    if (kind != Kind::republican || published < 1912) return year;
    return "民國" + hanzi_number(static_cast<unsigned>(published - 1911)) + "年[" + year + "]";
}

std::string replaced(std::string_view pattern, std::string_view topic) {
    const std::size_t at = pattern.find("{}");
    return std::string(pattern.substr(0, at)) + std::string(topic) +
           std::string(pattern.substr(at + 2));
}

bool is_translation(std::string_view class_number) {
    return class_number.starts_with("I5") || class_number.starts_with("I7") ||
           class_number.starts_with("I313");
}

struct Title {
    std::string text, latin;
};

Title chinese_title(Random& random, const Subject& subject, Kind kind) {
    const std::span<const Word> ends = kind == Kind::children     ? children_suffixes()
                                       : kind == Kind::republican ? old_suffixes()
                                       : kind == Kind::serial     ? serial_suffixes()
                                                                  : suffixes();
    Title title;
    if (kind == Kind::chinese || kind == Kind::serial) {
        const Word& prefix = pick(random, prefixes());
        title.text = prefix.text;
        title.latin = prefix.latin;
    }
    title.text += subject.topic;
    title.latin += subject.note;
    if (kind == Kind::disc) return title;
    const Word& end = pick(random, ends);
    title.text += end.text;
    title.latin += ' ';
    title.latin += end.latin;
    return title;
}

void append_cnmarc(std::string& out, const Library& library, const BibId& bib) {
    const Group& group = library.groups()[bib.group];
    const Kind kind = group.kind;
    const BibFacts facts = facts_of(library, bib);
    const Subject& subject = library.subject(bib);
    const bool is_gbk = group.file == File::cnmarc_gbk;
    Random random(library.seed(), kTitle, draw_index(bib));
    Random imprint(library.seed(), kImprint, draw_index(bib));

    const char type = facts.material == "sound"        ? 'j'
                      : facts.material == "manuscript" ? 'b'
                      : facts.material == "map"        ? 'e'
                                                       : 'a';
    RecordBytes record;
    std::string leader = "00000nam0 2200000   450 ";
    leader[6] = type;
    if (kind == Kind::serial) leader[7] = 's';
    record.begin(leader, is_gbk);
    const std::string number = library.control_number(bib);
    record.control("001", number);
    record.control("005", yyyymmdd(facts.entered) +
                              padded(80000 + imprint.below(90000) % 10 * 10000 + 1234, 6) + ".0");

    const std::span<const Publisher> houses = kind == Kind::republican ? old_publishers()
                                              : kind == Kind::children ? children_publishers()
                                              : kind == Kind::disc     ? disc_publishers()
                                                                       : publishers();
    const Publisher& house = pick(imprint, houses);
    const std::string price = "CNY" + std::to_string(imprint.between(5, 98)) + ".00";
    if (kind == Kind::serial) {
        std::string issn = padded(1000000 + bib.number % 8000000, 7);
        issn += check_11(issn);
        record.data("011", "  ", {{'a', issn.substr(0, 4) + "-" + issn.substr(4)}, {'d', price}});
    } else if (!house.isbn.empty() && facts.published >= 1987) {
        record.data("010", "  ",
                    {{'a', isbn_of(house, bib.number, facts.published)}, {'d', price}});
    } else if (!house.old_code.empty()) {
        record.data("091", "  ",
                    {{'a', std::to_string(1 + imprint.below(17)) + std::string(house.old_code) +
                               "·" + std::to_string(1 + bib.number % 4000)}});
    }
    std::string coded = yyyymmdd(facts.entered);
    coded += kind == Kind::serial ? 'a' : 'd';
    coded += std::to_string(facts.published);
    coded += kind == Kind::serial ? "9999" : "    ";
    coded += kind == Kind::children ? "ad " : "em ";
    coded += "y0chiy";
    coded += is_gbk ? "0120" : "50  ";
    coded += "    ea";
    record.data("100", "  ", {{'a', coded}});
    const bool translated = kind == Kind::chinese && is_translation(subject.class_number);
    if (facts.language == "und") {
        // Instrumental music has no language: no field 101.
    } else if (translated) {
        record.data("101", "1 ",
                    {{'a', "chi"}, {'c', subject.class_number[1] == '3' ? "jpn" : "eng"}});
    } else {
        record.data("101", "0 ", {{'a', facts.language}});
    }
    record.data("102", "  ", {{'a', "CN"}, {'b', house.place == "上海" ? "310000" : "110000"}});
    if (kind == Kind::serial) {
        record.data("110", "  ", {{'a', "afa   0yy0"}});
    } else if (type == 'a' || type == 'b') {
        record.data("105", "  ",
                    {{'a', imprint.permille(300) ? "a   z   000yy" : "y   z   000yy"}});
        record.data("106", "  ", {{'a', "r"}});
    }

    const Title title = chinese_title(random, subject, kind);
    const Name author = chinese_name(random, !is_gbk && kind != Kind::republican);
    const Name second = chinese_name(random, false);
    const Word& foreign = pick(random, foreign_authors());
    const bool has_second = random.permille(220) && !translated;
    const std::string_view role = kind == Kind::disc         ? "演唱"
                                  : kind == Kind::republican ? "編"
                                  : kind == Kind::serial     ? "主编"
                                  : random.permille(250)     ? "编著"
                                                             : "著";
    const std::string_view form = type == 'j'            ? "录音制品"
                                  : kind == Kind::serial ? "期刊"
                                  : type == 'b'          ? "手稿"
                                  : type == 'e'          ? "测绘资料"
                                                         : "专著";
    const std::string people = translated   ? std::string(foreign.text) + "著"
                               : has_second ? author.whole + "，" + second.whole + std::string(role)
                                            : author.whole + std::string(role);
    record.data("200", "1 ", {{'a', title.text}, {'9', title.latin}, {'b', form}});
    if (kind == Kind::chinese && random.permille(150)) record.more('e', "从传统到现代");
    record.more('f', people);
    if (translated) record.more('g', author.whole + "译");
    if (kind == Kind::chinese && random.permille(90))
        record.data("205", "  ", {{'a', random.permille(500) ? "2版" : "修订版"}});
    record.data("210", "  ",
                {{'a', house.place}, {'c', house.name}, {'d', year_text(facts.published, kind)}});
    if (kind == Kind::disc) {
        record.data("215", "  ", {{'a', "1张"}, {'c', "粗纹 78转"}, {'d', "25cm"}});
    } else if (kind == Kind::serial) {
        record.data("215", "  ", {{'a', "册"}, {'d', "26cm"}});
        record.data("326", "  ", {{'a', random.permille(600) ? "月刊" : "季刊"}});
    } else {
        record.data("215", "  ",
                    {{'a', std::to_string(imprint.between(96, 640)) +
                               (kind == Kind::republican ? "頁" : "页")},
                     {'d', std::to_string(imprint.between(18, 26)) + "cm"}});
        if (imprint.permille(200)) record.more('c', kind == Kind::republican ? "圖" : "图");
    }
    if (kind == Kind::chinese && random.permille(140)) {
        const Word& set = pick(random, series());
        record.data("225", "2 ", {{'a', set.text}});
        record.data("410", " 0", {{'1', RecordBytes::embedded("200", "1 ", {{'a', set.text}})}});
    }
    if (kind == Kind::republican && random.permille(300))
        record.data("300", "  ", {{'a', "線裝 有鈐印"}});
    record.data("606", "0 ", {{'a', subject.topic}});
    if (kind == Kind::chinese && random.permille(350)) record.more('x', "研究");
    record.data("690", "  ",
                {{'a', subject.class_number}, {'v', kind == Kind::republican ? "4" : "5"}});
    if (translated) {
        record.data("701", " 1", {{'a', foreign.text}, {'c', foreign.latin}, {'4', "著"}});
        record.data("702", " 0", {{'a', author.whole}, {'9', author.latin}, {'4', "译"}});
    } else {
        record.data("701", " 0", {{'a', author.whole}, {'9', author.latin}, {'4', role}});
        if (has_second)
            record.data("701", " 0", {{'a', second.whole}, {'9', second.latin}, {'4', role}});
    }
    record.data("801", " 0", {{'a', "CN"}, {'b', "TUSHU"}, {'c', yyyymmdd(facts.entered)}});
    const std::string call = library.call_number(bib);
    const std::size_t slash = call.find('/');
    record.data("905", "  ",
                {{'a', "TUSHU"}, {'d', call.substr(0, slash)}, {'e', call.substr(slash + 1)}});
    record.append_to(out);
}

std::string capitalised(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
        text[0] = static_cast<char>(text[0] - 'a' + 'A');
    if (text.starts_with("é")) text.replace(0, 2, "É");
    if (text.starts_with("ä")) text.replace(0, 2, "Ä");
    return text;
}

struct WesternTitle {
    std::string title, surname, given;
};

WesternTitle western_title(Random& random, const Subject& subject, std::string_view language) {
    if (language == "rus") {
        return {replaced(pick(random, russian_titles()), subject.topic),
                std::string(pick(random, russian_surnames())),
                std::string(pick(random, russian_initials()))};
    }
    return {capitalised(replaced(pick(random, western_titles(language)), subject.topic)),
            std::string(pick(random, western_surnames(language))),
            std::string(pick(random, western_given_names(language)))};
}

char nonfiling(std::string_view title) {
    for (const std::string_view article : {"The ", "An ", "A ", "Das ", "L'"})
        if (title.starts_with(article)) return static_cast<char>('0' + article.size());
    return '0';
}

void append_marc21(std::string& out, const Library& library, const BibId& bib) {
    const Group& group = library.groups()[bib.group];
    const BibFacts facts = facts_of(library, bib);
    const Subject& subject = library.subject(bib);
    const bool is_russian = group.kind == Kind::russian;
    Random random(library.seed(), kTitle, draw_index(bib));
    Random imprint(library.seed(), kImprint, draw_index(bib));
    const std::string_view language = facts.language;
    const Publisher& house =
        pick(imprint, is_russian ? russian_publishers() : western_publishers(language));
    const bool is_electronic = facts.material == "electronic";
    const bool is_rda = facts.published >= 2013;

    RecordBytes record;
    std::string leader = is_rda ? "00000nam a2200000 i 4500" : "00000nam a2200000 a 4500";
    if (is_electronic) leader[6] = 'm';
    record.begin(leader, false);
    record.control("001", library.control_number(bib));
    record.control(
        "005", yyyymmdd(facts.entered) + padded(80000 + imprint.below(9) * 10000 + 2468, 6) + ".0");
    const std::string_view country = is_russian                  ? "ru "
                                     : language == "ger"         ? "gw "
                                     : house.place == "Genève"   ? "sz "
                                     : language == "fre"         ? "fr "
                                     : house.isbn.empty()        ? "cc "
                                     : house.place == "New York" ? "nyu"
                                     : house.place == "Chicago"  ? "ilu"
                                                                 : "enk";
    std::string fixed = yyyymmdd(facts.entered).substr(2);
    fixed += 's';
    fixed += std::to_string(facts.published);
    fixed += "    ";
    fixed += country;
    fixed += is_electronic ? "    "
                             "  "
                             "  "
                             "m"
                             "        "
                           : "a   "
                             " "
                             " "
                             "    "
                             " "
                             "001 0 ";
    fixed += language;
    fixed += " d";
    record.control("008", fixed);
    if (!house.isbn.empty() && facts.published >= 1970)
        record.data("020", "  ", {{'a', [&] {
                                       std::string plain =
                                           isbn_of(house, bib.number, facts.published);
                                       std::erase(plain, '-');
                                       return plain;
                                   }()}});
    record.data("040", "  ", {{'a', "TUSHU"}, {'b', "eng"}});
    if (is_rda) record.more('e', "rda");
    record.more('c', "TUSHU");
    const std::string call = library.call_number(bib);
    const std::size_t cut = call.find(is_russian ? '/' : ' ');
    const std::string class_number = call.substr(0, cut), mark = call.substr(cut + 1);
    if (is_russian) {
        record.data("084", "  ", {{'a', class_number}, {'2', "clc"}});
    } else if (group.code == "WY1") {
        record.data("050", " 4", {{'a', class_number}, {'b', mark}});
    } else {
        record.data("082", "04", {{'a', class_number}, {'2', "23"}});
    }

    const auto [title, surname, given] = western_title(random, subject, language);
    const std::string pages = std::to_string(imprint.between(96, 640));
    const std::string size = std::to_string(imprint.between(18, 28)) + " cm";
    const std::string year = std::to_string(facts.published);
    const std::string entry = surname + ", " + given + (is_russian ? "" : ",");
    const std::string by = given + " " + surname;
    const std::string_view imprint_tag = is_rda ? "264" : "260";
    const std::string_view imprint_indicators = is_rda ? " 1" : "  ";
    if (is_russian) {
        record.data("100", "1 ", {{'6', "880-01"}, {'a', romanised(entry)}});
        record.data("245", "10",
                    {{'6', "880-02"}, {'a', romanised(title) + " /"}, {'c', romanised(by) + "."}});
        record.data(imprint_tag, imprint_indicators,
                    {{'6', "880-03"},
                     {'a', romanised(house.place) + " :"},
                     {'b', romanised(house.name) + ","},
                     {'c', year + "."}});
    } else {
        record.data("100", "1 ", {{'a', entry}, {'e', "author."}});
        const std::string_view indicators = nonfiling(title) == '4'   ? "14"
                                            : nonfiling(title) == '3' ? "13"
                                            : nonfiling(title) == '2' ? "12"
                                                                      : "10";
        record.data("245", indicators, {{'a', title + " /"}, {'c', by + "."}});
        record.data(imprint_tag, imprint_indicators,
                    {{'a', std::string(house.place) + " :"},
                     {'b', std::string(house.name) + ","},
                     {'c', year + "."}});
    }
    if (is_electronic) {
        record.data("300", "  ", {{'a', "1 CD-ROM ;"}, {'c', "12 cm"}});
    } else {
        record.data("300", "  ",
                    {{'a', pages + (is_russian ? " s. ;"
                                    : is_rda   ? " pages ;"
                                               : " p. ;")},
                     {'c', size}});
    }
    if (is_rda) {
        record.data("336", "  ", {{'a', "text"}, {'b', "txt"}, {'2', "rdacontent"}});
        if (is_electronic) {
            record.data("337", "  ", {{'a', "computer"}, {'b', "c"}, {'2', "rdamedia"}});
            record.data("338", "  ", {{'a', "computer disc"}, {'b', "cd"}, {'2', "rdacarrier"}});
        } else {
            record.data("337", "  ", {{'a', "unmediated"}, {'b', "n"}, {'2', "rdamedia"}});
            record.data("338", "  ", {{'a', "volume"}, {'b', "nc"}, {'2', "rdacarrier"}});
        }
    }
    if (is_russian) {
        record.data("650", " 4", {{'a', std::string(subject.note) + "."}});
    } else {
        record.data("650", " 0", {{'a', capitalised(std::string(subject.topic)) + "."}});
        if (random.permille(180)) {
            const std::string other = std::string(pick(random, western_surnames(language))) + ", " +
                                      std::string(pick(random, western_given_names(language)));
            record.data("700", "1 ", {{'a', other + ","}, {'e', "editor."}});
        }
    }
    record.data("852",
                is_russian            ? "7 "
                : group.code == "WY1" ? "0 "
                                      : "1 ",
                {{'b', group.code}, {'h', class_number}, {'i', mark}});
    if (is_russian) {
        record.more('2', "clc");
        record.data("880", "1 ", {{'6', "100-01/(N"}, {'a', entry}});
        record.data("880", "10", {{'6', "245-02/(N"}, {'a', title + " /"}, {'c', by + "."}});
        record.data("880", imprint_indicators,
                    {{'6', std::string(imprint_tag) + "-03/(N"},
                     {'a', std::string(house.place) + " :"},
                     {'b', std::string(house.name) + ","},
                     {'c', year + "."}});
    }
    record.append_to(out);
}

}  // namespace

BibFacts facts_of(const Library& library, const BibId& bib) {
    const Group& group = library.groups()[bib.group];
    const std::string_view class_number = library.subject(bib).class_number;
    Random random(library.seed(), kFacts, draw_index(bib));
    BibFacts facts;
    facts.language = "chi";
    facts.material = "book";
    int first = 1952, last = library.year();
    std::uint64_t new_permille = 150;  // entered in the library's year
    switch (group.kind) {
        case Kind::chinese:
        case Kind::children:
            break;
        case Kind::republican:
            first = 1912;
            last = 1949;
            new_permille = 250;
            if (class_number == "K825.4") facts.material = "manuscript";
            if (class_number == "K928.6") facts.material = "map";
            break;
        case Kind::serial:
            facts.material = "serial";
            break;
        case Kind::disc:
            facts.material = "sound";
            if (class_number == "J648" || class_number == "J657") facts.language = "und";
            first = 1922;
            last = 1962;
            new_permille = 400;
            break;
        case Kind::western:
            facts.language = library.subject(bib).note;
            first = 1880;
            if (group.code == "WY1" && bib.ordinal % 40 == 7) {
                facts.material = "electronic";
                first = 1996;
            }
            break;
        case Kind::russian:
            facts.language = "rus";
            last = 1991;
            new_permille = 350;
            break;
    }
    const int entered_year = random.permille(new_permille)
                                 ? library.year()
                                 : library.year() - static_cast<int>(random.between(1, 14));
    const auto new_year = std::chrono::sys_days(std::chrono::year(entered_year) / 1 / 1);
    facts.entered = Day(new_year + std::chrono::days(random.below(365)));
    last = std::min(last, entered_year);
    // Most of a collection is young: the later of two draws.
    const auto span = static_cast<std::uint64_t>(last - first + 1);
    facts.published = first + static_cast<int>(std::max(random.below(span), random.below(span)));
    return facts;
}

std::string title_of(const Library& library, const BibId& bib) {
    const Group& group = library.groups()[bib.group];
    const Subject& subject = library.subject(bib);
    Random random(library.seed(), kTitle, draw_index(bib));
    if (group.kind == Kind::russian) return western_title(random, subject, "rus").title;
    if (group.kind == Kind::western) return western_title(random, subject, subject.note).title;
    return chinese_title(random, subject, group.kind).text;
}

void append_record(std::string& out, const Library& library, const BibId& bib) {
    if (library.groups()[bib.group].file == File::marc21) {
        append_marc21(out, library, bib);
    } else {
        append_cnmarc(out, library, bib);
    }
}

BibsTruth write_bibs(Output& out, const Library& library, File file, std::uint64_t count,
                     bool with_faults) {
    BibsTruth truth;
    const std::uint64_t n = std::min(count, library.bibs_of(file));
    std::string bytes;
    const auto refused = [&](const std::string& raw) {
        out.write(raw);
        ++truth.records_in;
        ++truth.rejects;
    };
    for (std::uint64_t number = 0; number < n; ++number) {
        const BibId bib = library.bib(file, number);
        bytes.clear();
        append_record(bytes, library, bib);
        if (with_faults && number == n / 7) {
            // What a web server's error page leaves in a file that a script fetched.
            refused("<html><head><title>502 Bad Gateway</title></head></html>\x1D");
        }
        if (with_faults && number == n / 3) {
            RecordBytes nameless;
            nameless.begin(
                file == File::marc21 ? "00000nam a2200000 a 4500" : "00000nam0 2200000   450 ",
                file == File::cnmarc_gbk);
            if (file == File::marc21) {
                nameless.control("008", "190101s1950    enka          001 0 eng d");
                nameless.data("245", "00", {{'a', "A title without a number /"}});
            } else {
                nameless.data("100", "  ", {{'a', "20190101d1950    em y0chiy50      ea"}});
                nameless.data("200", "1 ", {{'a', "没有记录号的题名"}});
            }
            std::string raw;
            nameless.append_to(raw);
            refused(raw);
        }
        if (with_faults && number == n / 2) {
            // Seven bytes too few: the terminator tells, all fields stand, nothing is lost.
            const std::string wrong = padded(bytes.size() - 7, 5);
            bytes.replace(0, 5, wrong);
        }
        out.write(bytes);
        ++truth.records_in;
        ++truth.created;
        const BibFacts facts = facts_of(library, bib);
        ++truth.bibs[{std::string(facts.language), std::string(facts.material)}];
        if (facts.entered.year() == std::chrono::year(library.year()))
            ++truth.entered[{std::string(facts.language) + "/" + std::string(facts.material)}];
    }
    if (with_faults && n != 0 && file != File::marc21) {
        bytes.clear();
        append_record(bytes, library, library.bib(file, 0));
        refused(bytes.substr(
            0, 24 + 3 * 12 + 5));  // inside the fourth directory entry: no field stands
    }
    return truth;
}

}  // namespace tushu::simulate
