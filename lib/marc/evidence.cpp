// SPDX-License-Identifier: Apache-2.0
// Which character set the bytes of a record are in.
#include "base/text.hpp"
#include "marc/charset.hpp"
#include "marc/marc8.hpp"

#include <unicode/unorm2.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <cstring>
#include <string>

namespace tushu::marc {
namespace {

constexpr char kEscape = '\x1B';

// The Hanzi that are most of all running text, in both their forms, and those of titles and
// imprints. A short text is told by them, for each set makes some Hanzi of nearly any bytes.
constexpr std::string_view kFrequent =
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可"
    "也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方"
    "多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心"
    "她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情"
    "明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政"
    "美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给"
    "世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入"
    "几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太"
    "量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社"
    "便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象"
    "完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共"
    "确传师观清今切院让识候带导争运笔這個們來為國說時會對於著過發"
    "後裡種經學現當沒動還進樣開從實軍無與長機業將兩間問應戰頭體見"
    "產話內給門兒東聲員論處義幾認條係氣題爾別變總電數報結務場計資"
    "許統區隊決馬書則聽達強難權設記類據邊張該規萬領傳師觀讓識帶導"
    "爭運筆图馆编译版史研究概词典语汉英古诗集选注校评历济律库录索"
    "引丛刊红楼梦毛泽鲁迅京沪津渝省县州江河湖医药农林兵孙庄孔孟唐"
    "宋元朝近演讲技础艺画音乐哲宗佛圖館編譯詩選註評歷濟錄叢紅樓夢"
    "澤魯縣醫藥農孫莊講藝畫樂臺灣語漢六七八九百千卷册冊號";

bool is_high(char byte) { return static_cast<unsigned char>(byte) >= 0x80; }
bool within(unsigned char b, unsigned low, unsigned high) { return b >= low && b <= high; }
bool is_capital(unsigned char b) { return within(b, 'A', 'Z'); }
bool is_letter(unsigned char b) { return is_capital(b) || within(b, 'a', 'z'); }

unsigned char byte_at(std::string_view text, std::size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

// Whether an ASCII letter of the text, not a subfield code, stands before `at`.
bool letter_before(std::string_view text, std::size_t at) {
    if (at == 0 || !is_letter(byte_at(text, at - 1))) return false;
    return at == 1 || (text[at - 2] != kSubfieldMark && text[at - 2] != '$');
}

bool has_marc8_escape(std::string_view bytes) {
    for (std::size_t at = bytes.find(kEscape); at != std::string_view::npos;
         at = bytes.find(kEscape, at + 1))
        if (marc8_escape(bytes.substr(at))) return true;
    return false;
}

std::size_t code_of(std::string_view two) {
    return std::size_t{byte_at(two, 0)} << 8U | byte_at(two, 1);
}

struct FrequentCodes {
    std::bitset<0x10000> gb, big5;
    FrequentCodes() {
        Encoder to_big5(Charset::big5, BadChar::replace);
        for (std::size_t at = 0; at < kFrequent.size();) {
            const std::size_t start = at;
            (void)next_code_point(kFrequent, at);
            const std::string_view character = kFrequent.substr(start, at - start);
            gb.set(code_of(gb18030_from_utf8(character)));
            std::string bytes;
            if (to_big5.append(bytes, character) == 0) big5.set(code_of(bytes));
        }
    }
};

const FrequentCodes& frequent_codes() {
    static const FrequentCodes kCodes;
    return kCodes;
}

// The high bytes with what stands close to them, which is all that is weighed.
std::string around_high_bytes(std::string_view text) {
    constexpr std::size_t kBefore = 2, kAfter = 4;
    std::string out;
    std::size_t done = 0;  // up to here the text is copied or passed over
    for (std::size_t at = 0; at < text.size();) {
        std::uint64_t eight = 0;
        if (at + sizeof eight <= text.size()) std::memcpy(&eight, text.data() + at, sizeof eight);
        if (at + sizeof eight <= text.size() && (eight & 0x8080808080808080U) == 0) {
            at += sizeof eight;
        } else if (!is_high(text[at])) {
            ++at;
        } else {
            const std::size_t from = std::max(done, at - std::min(at, kBefore));
            if (from > done) out += '\n';
            while (at < text.size() && is_high(text[at])) ++at;
            done = std::min(text.size(), at + kAfter);
            out += text.substr(from, done - from);
        }
    }
    return out;
}

struct Utf8Evidence {
    std::size_t sequences = 0, long_ones = 0;  // well-formed; of three or four bytes
    std::size_t good_bytes = 0, bad_bytes = 0, bad_runs = 0;
};

Utf8Evidence weigh_utf8(std::string_view text) {
    Utf8Evidence e;
    bool in_bad_run = false;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t start = at;
        const bool is_bad =
            is_high(text[at]) && next_code_point(text, at) == 0xFFFD && at - start == 1;
        if (!is_high(text[start])) {
            ++at;
        } else if (is_bad) {
            ++e.bad_bytes;
            if (!in_bad_run) ++e.bad_runs;
        } else {
            ++e.sequences;
            if (at - start > 2) ++e.long_ones;
            e.good_bytes += at - start;
        }
        in_bad_run = is_bad;
    }
    return e;
}

// Bytes taken two by two. `common`: the more usual half of the set; `frequent`: see kFrequent.
struct PairEvidence {
    std::size_t pairs = 0, common = 0, frequent = 0, orphans = 0;
    std::size_t fours = 0;        // GB 18030's forms of four bytes, which nothing else looks like
    std::size_t wide = 0;         // second bytes that are high
    std::size_t longest_run = 0;  // pairs one behind the other
    std::size_t touching = 0;     // runs of pairs with an ASCII letter next to them
    [[nodiscard]] bool is_usual() const {
        return pairs > 0 && orphans * 50 <= pairs && common * 5 >= pairs * 4;
    }
    [[nodiscard]] bool is_frequent() const {
        return orphans == 0 && touching == 0 && frequent * 2 >= pairs;
    }
};

// `take(at, evidence)` returns the bytes of the character at `at`, which is high, or 0.
template <class Take>
PairEvidence weigh_pairs(std::string_view text, const std::bitset<0x10000>& frequent, Take take) {
    PairEvidence e;
    std::size_t run = 0;
    bool is_touched = false;
    for (std::size_t i = 0; i < text.size();) {
        const unsigned char b = byte_at(text, i);
        if (b < 0x80) {
            if (run != 0 && (is_touched || is_letter(b))) ++e.touching;
            run = 0;
            ++i;
            continue;
        }
        const std::size_t size = take(i, e);
        if (size == 0) {
            ++e.orphans;
            ++i;
            continue;
        }
        if (run == 0) is_touched = letter_before(text, i);
        e.longest_run = std::max(e.longest_run, ++run);
        ++e.pairs;
        if (size == 2) {
            if (frequent[code_of(text.substr(i, 2))]) ++e.frequent;
            if (byte_at(text, i + 1) >= 0xA1) ++e.wide;
        }
        i += size;
    }
    if (run != 0 && is_touched) ++e.touching;
    return e;
}

PairEvidence weigh_gb(std::string_view text) {
    return weigh_pairs(text, frequent_codes().gb, [text](std::size_t i, PairEvidence& e) {
        const unsigned char b = byte_at(text, i), next = byte_at(text, i + 1);
        if (!within(b, 0x81, 0xFE)) return 0U;
        if (within(next, 0x30, 0x39) && within(byte_at(text, i + 2), 0x81, 0xFE) &&
            within(byte_at(text, i + 3), 0x30, 0x39)) {
            ++e.common, ++e.fours;  // GB 18030's four bytes
            return 4U;
        }
        if (next < 0x40 || next == 0x7F || next == 0xFF) return 0U;
        // GB 2312 level 1 (the 3 755 common Hanzi), punctuation and full-width forms.
        if (next >= 0xA1 && (within(b, 0xB0, 0xD7) || within(b, 0xA1, 0xA3))) ++e.common;
        return 2U;
    });
}

PairEvidence weigh_big5(std::string_view text) {
    return weigh_pairs(text, frequent_codes().big5, [text](std::size_t i, PairEvidence& e) {
        const unsigned char b = byte_at(text, i), next = byte_at(text, i + 1);
        if (!within(b, 0xA1, 0xF9) || !(within(next, 0x40, 0x7E) || within(next, 0xA1, 0xFE)))
            return 0U;
        if (within(b, 0xA4, 0xC6) || b == 0xA1) ++e.common;
        return 2U;
    });
}

struct SingleEvidence {
    std::size_t high = 0, runs = 0, cyrillic = 0, upper_half = 0;  // upper_half: 0xE0-0xFF
};

SingleEvidence weigh_single(std::string_view text) {
    SingleEvidence e;
    bool in_run = false;
    for (const char byte : text) {
        const auto b = static_cast<unsigned char>(byte);
        if (b >= 0x80) {
            ++e.high;
            if (!in_run) ++e.runs;
            if (b >= 0xC0 || b == 0xA3 || b == 0xB3 || b == 0xA8 || b == 0xB8) ++e.cyrillic;
            if (b >= 0xE0) ++e.upper_half;
        }
        in_run = b >= 0x80;
    }
    return e;
}

// What the bytes 0xA0-0xFF are in MARC-8 or ISO 5426, and which marks make one character of
// Unicode with which letters.
struct MarkTable {
    enum class Kind { undefined, letter, mark };
    std::array<Kind, 256> kind{};
    std::array<std::bitset<128>, 256> composes{};

    // But for t with diaeresis and the like, which transliterations alone have.
    static bool is_usual(UChar32 composed) {
        return composed >= 0 && (composed < 0x1E96 || composed > 0x1E99);
    }

    explicit MarkTable(Charset charset) {
        UErrorCode status = U_ZERO_ERROR;
        const UNormalizer2* const nfc_rules = unorm2_getNFCInstance(&status);
        Decoder decoder(BadChar::replace);
        for (unsigned b = 0x80; b <= 0xFF; ++b) {
            const char byte = static_cast<char>(b);
            std::string alone, lettered;
            if (decoder.append(lettered, charset, std::string{byte, '='}) != 0) continue;
            kind[b] = lettered.front() == '=' ? Kind::mark : Kind::letter;
            if (kind[b] == Kind::letter) continue;
            std::size_t at = 1;
            const auto mark = static_cast<UChar32>(next_code_point(lettered, at));
            for (unsigned char letter = 'A'; letter <= 'z'; ++letter)
                composes[b].set(letter, is_letter(letter) &&
                                            is_usual(unorm2_composePair(nfc_rules, letter, mark)));
        }
    }
};

struct MarkEvidence {
    std::size_t good = 0;     // a mark and a letter that make one character
    std::size_t strong = 0;   // of those, what makes no sense in Latin-1
    std::size_t inner = 0;    // of those, what comes behind a small letter
    std::size_t fair = 0;     // a mark before anything that may carry it
    std::size_t odd = 0;      // one of the usual marks before a letter that never has it
    std::size_t bad = 0;      // an undefined byte, or a mark before nothing
    std::size_t special = 0;  // letters of the set's own before a letter
    [[nodiscard]] bool is_valid() const { return bad * 4 + odd * 2 <= good + fair; }
};

bool is_in(unsigned char b, std::string_view any) {
    return any.find(static_cast<char>(b)) != std::string_view::npos;
}

// Whether an ANSEL mark and a letter that it goes with are hardly an accented letter of Latin-1 and
// the letter after it: idee, Raeuber, Espana, francais, Sao, cantais with their accents are.
bool is_strong_ansel(unsigned char mark, unsigned char letter) {
    const auto small = static_cast<unsigned char>(letter | 0x20U);
    if (mark == 0xF0) return is_in(small, "cst");
    if (mark == 0xE7) return is_in(small, "ze");
    if (mark == 0xE9 || mark == 0xF1) return false;
    if (mark == 0xE4) return is_in(small, "ao");
    if (mark == 0xE3) return is_in(small, "aiu");
    if (mark == 0xE1 || mark == 0xE2) return is_in(small, "aeou");
    return is_in(small, "aeiou");
}

// The same in ISO 5426, whose marks are Latin-1's capitals: those do not come behind small letters.
// 0xC7 is MARC-8's sharp s too.
bool is_strong_iso5426(unsigned char mark, unsigned char letter, bool is_inner) {
    if (mark == 0xC7) return false;
    if (is_inner) return true;
    const auto small = static_cast<unsigned char>(letter | 0x20U);
    if (mark == 0xC4 || mark == 0xC9) return false;
    if (mark == 0xCF) return is_in(small, "csz");
    if (mark == 0xD0) return small == 'c';
    return is_in(small, "aeiou");
}

MarkEvidence weigh_marks(std::string_view text, Charset charset) {
    // Marks above letters; ties and what stands below are put to letters of all kinds.
    const unsigned char first_mark = charset == Charset::marc8 ? 0xE0 : 0xC0;
    const auto is_usual_mark = [=](unsigned char b) {
        return within(b, first_mark, first_mark + 10U);
    };
    static const MarkTable kAnsel(Charset::marc8), kIso5426(Charset::iso5426);
    const MarkTable& table = charset == Charset::marc8 ? kAnsel : kIso5426;
    MarkEvidence e;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const unsigned char b = byte_at(text, i), next = byte_at(text, i + 1);
        if (b < 0x80) continue;
        if (table.kind[b] == MarkTable::Kind::undefined) {
            ++e.bad;
        } else if (table.kind[b] == MarkTable::Kind::letter) {
            if (b < 0xC0 && is_letter(next)) ++e.special;
            // No word begins with a sharp s; in Latin-1 it is a C with cedilla.
            if (charset == Charset::marc8 && b == 0xC7 && is_letter(next) &&
                !letter_before(text, i))
                ++e.bad;
        } else if (is_letter(next) && table.composes[b][next]) {
            ++e.good;
            const bool is_inner = letter_before(text, i) && !is_capital(byte_at(text, i - 1));
            const bool is_strong = charset == Charset::marc8 ? is_strong_ansel(b, next)
                                                             : is_strong_iso5426(b, next, is_inner);
            if (is_strong) ++e.strong;
            if (is_strong && is_inner) ++e.inner;
        } else if (is_letter(next) && is_usual_mark(b)) {
            ++e.odd;
        } else if (is_letter(next) ||
                   (next >= 0xA0 && table.kind[next] != MarkTable::Kind::undefined)) {
            ++e.fair;
        } else {
            ++e.bad;
        }
    }
    return e;
}

// The letters that each of MARC-8's marks from 0xE0 on stands upon in the languages and
// romanisations that libraries write. Latin-1's letter with an accent has the code of a mark, and
// the letter behind it is mostly another one: o with acute before n, i with acute before a.
constexpr std::array<std::string_view, 31> kCarriers = {
    "aeiouy",                      // E0 hook above; a with grave
    "aeiouynw",                    // E1 grave; a with acute
    "aeiouycgklmnprsvwz",          // E2 acute; a with circumflex
    "aeiouycghjswz",               // E3 circumflex; a with tilde
    "aeiouynv",                    // E4 tilde; a with diaeresis
    "aeiouy",                      // E5 macron; a with ring
    "aeiouycghz",                  // E6 breve; ae
    "bcdefghikmnprstwyz",          // E7 dot above; c with cedilla
    "aeiouyhwx",                   // E8 diaeresis; e with grave
    "acdeghijklnorstuz",           // E9 caron; e with acute
    "aeouwy",                      // EA ring; e with circumflex
    "",                            // EB ligature, left half; e with diaeresis
    "",                            // EC ligature, right half; i with grave
    "dglt",                        // ED comma above right; i with acute
    "aeiouy",                      // EE double acute; i with circumflex
    "aehilmnouy",                  // EF candrabindu; i with diaeresis
    "cdeghklmnorstz",              // F0 cedilla; eth
    "aeiouy",                      // F1 ogonek; n with tilde
    "abcdeghijklmnorstuvwyz",      // F2 dot below; o with grave
    "ahstuz",                      // F3 two dots below; o with acute
    "aeiloru",                     // F4 ring below; o with circumflex
    "dghklstxz",                   // F5 two lines below; o with tilde
    "abdeghijklnorstuxz",          // F6 line below; o with diaeresis
    "abcdefghijklmnopqrstuvwxyz",  // F7 comma below; division sign
    "",                            // F8 half ring below; o with stroke
    "h",                           // F9 breve below; u with grave
    "",                            // FA double tilde, left half; u with acute
    "",                            // FB double tilde, right half; u with circumflex
    "",
    "",                      // FC, FD: nothing; u with diaeresis, y with acute
    "bcdfghjklmnpqrstvwxz",  // FE comma above; thorn
};

struct LabelEvidence {
    std::size_t ansel = 0;   // makes no sense in Latin-1
    std::size_t latin1 = 0;  // makes no sense in MARC-8
    std::size_t either = 0;
};

// One of MARC-8's two halves without the other.
bool is_lone_half(std::string_view text, std::size_t at, unsigned char half) {
    constexpr std::size_t kReach = 4;
    const bool is_left = half == 0xEB || half == 0xFA;
    const char other = static_cast<char>(is_left ? half + 1 : half - 1);
    const std::size_t from = is_left ? at + 1 : at - std::min(at, kReach);
    return text.substr(from, kReach).find(other) == std::string_view::npos;
}

// A byte below 0xE0: MARC-8 has signs and letters of its own there, Latin-1 signs and capitals.
void weigh_sign(std::string_view text, std::size_t at, LabelEvidence& e) {
    const unsigned char b = byte_at(text, at), next = byte_at(text, at + 1);
    const unsigned char before = at == 0 ? 0 : byte_at(text, at - 1);
    const bool is_inside = letter_before(text, at) && is_letter(next);
    if (b == 0xA3 || b == 0xA9) {  // pound and copyright, or a barred D and a flat
        if (within(next, '0', '9')) ++e.latin1;
    } else if (b == 0xAA || b == 0xBA) {  // ordinals, or a registered sign and an eth
        if (within(before, '0', '9')) ++e.latin1;
    } else if (b == 0xAB || b == 0xBB) {  // quotation marks, or a plus-minus and nothing
        if (is_letter(b == 0xAB ? next : before)) ++e.latin1;
    } else if (b == 0xDF) {
        if (letter_before(text, at)) ++e.latin1;
    } else if (within(b, 0xC1, 0xC4) || within(b, 0xC7, 0xDE)) {  // capitals, or signs and nothing
        if (!letter_before(text, at) && (is_letter(next) && !is_capital(next))) ++e.latin1;
    } else if (within(b, 0xA1, 0xBD) && is_inside && !(b == 0xB7 && before == 'l' && next == 'l')) {
        ++e.ansel;  // crossed l, soft sign and the like; a dot between two l is Catalan
    }
}

bool is_vowel(unsigned char b) { return is_in(static_cast<unsigned char>(b | 0x20U), "aeiouy"); }

// A mark and its letter that would make a third consonant, or the second at the end of a word.
bool is_between_consonants(std::string_view text, std::size_t mark) {
    const unsigned char behind = byte_at(text, mark + 2);
    return letter_before(text, mark) && !is_vowel(byte_at(text, mark - 1)) &&
           !is_vowel(byte_at(text, mark + 1)) && behind < 0x80 &&
           !(is_letter(behind) && is_vowel(behind));
}

LabelEvidence weigh_label(std::string_view text) {
    static const MarkTable kAnsel(Charset::marc8);
    LabelEvidence e;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const unsigned char b = byte_at(text, i), next = byte_at(text, i + 1);
        if (b < 0xE0) {
            if (b >= 0xA1) weigh_sign(text, i, e);
            continue;
        }
        const auto small = static_cast<unsigned char>(next | 0x20U);
        const bool is_half = b == 0xEB || b == 0xEC || b == 0xFA || b == 0xFB;
        if (is_half) {
            ++(is_lone_half(text, i, b) ? e.latin1 : e.ansel);
        } else if (next >= 0x80) {
            // Two marks on one letter; twice the same or a dot with a tilde are "ee" and "cao".
            ++(next == b || (b == 0xE7 && (next == 0xE3 || next == 0xF5)) ? e.latin1 : e.either);
        } else if (!is_letter(next)) {
            ++e.latin1;  // a word ends with the letter; a mark stands before nothing
        } else if (b == 0xFF || !is_in(small, kCarriers[b - 0xE0U])) {
            if (!is_capital(next)) ++e.latin1;
        } else if (is_capital(next)) {
            ++e.ansel;  // no small letter stands before a capital
        } else if (kAnsel.composes[b][next] && is_strong_ansel(b, next)) {
            ++e.ansel;
        } else if (b == 0xF1 && letter_before(text, i) && is_in(byte_at(text, i - 1), "aeouAEOU") &&
                   (i < 2 || byte_at(text, i - 2) != b)) {
            ++e.latin1;  // n with tilde between vowels; an ogonek follows a consonant or i
        } else if (((b == 0xF6 && !is_in(small, "hnz")) || (b == 0xE4 && small == 'n')) &&
                   is_between_consonants(text, i)) {
            // O or a with diaeresis. What carries a line or tilde is next to a vowel, but for the h
            // of "gh" and Semitic words without their vowels.
            ++e.latin1;
        } else {
            ++e.either;
        }
    }
    return e;
}

// Latin-1 whose label says MARC-8, as files are that were converted by hand.
bool is_latin1_called_marc8(std::string_view text) {
    const LabelEvidence e = weigh_label(text);
    return e.ansel == 0 && e.latin1 > 0 && e.latin1 * 4 >= e.either;
}

Charset believed_single(std::string_view bytes, std::optional<Charset> declared) {
    const MarkEvidence ansel = weigh_marks(bytes, Charset::marc8);
    const MarkEvidence iso5426 = weigh_marks(bytes, Charset::iso5426);
    if (declared == Charset::iso5426 && iso5426.is_valid()) return Charset::iso5426;
    if (declared == Charset::marc8) {
        const bool is_other = iso5426.is_valid() && iso5426.inner > ansel.good + ansel.fair;
        if (!is_other && is_latin1_called_marc8(bytes)) return Charset::latin1;
        if (!is_other && (ansel.is_valid() || (ansel.strong > 0 && ansel.strong >= ansel.bad)))
            return Charset::marc8;
    }
    if (iso5426.strong > 0 && iso5426.strong >= ansel.strong && iso5426.is_valid())
        return Charset::iso5426;
    if (ansel.strong > 0 && ansel.is_valid()) return Charset::marc8;
    // Letters like the Polish crossed l, and nothing else.
    if (ansel.special > 0 && ansel.bad + ansel.good + ansel.fair == 0) return Charset::marc8;
    return Charset::latin1;
}

}  // namespace

bool is_gb_by_accident_utf8(std::string_view utf8) {
    enum class Script { none, latin, greek, cyrillic, odd };
    bool is_odd = false;
    for (std::size_t at = 0; at < utf8.size();) {
        if (!is_high(utf8[at])) {
            ++at;
            continue;
        }
        const std::size_t start = at;
        if (letter_before(utf8, at)) return false;
        Script script = Script::none;
        for (; at < utf8.size() && is_high(utf8[at]); at += 2) {
            const unsigned char b = byte_at(utf8, at);
            if (b >= 0xE0) return false;  // three bytes: hardly GB
            const Script now = b < 0xCA                 ? Script::latin
                               : b == 0xCE || b == 0xCF ? Script::greek
                               : b == 0xD0 || b == 0xD1 ? Script::cyrillic
                                                        : Script::odd;
            if (script != Script::none && now != script) is_odd = true;
            if (now == Script::odd) is_odd = true;
            script = now;
        }
        if (is_letter(byte_at(utf8, at)) || !utf8_from_gb18030(utf8.substr(start, at - start)))
            return false;
    }
    return is_odd;
}

Charset believed_charset(std::string_view all, std::optional<Charset> declared) {
    const std::string near_high = around_high_bytes(all);
    const std::string_view bytes = near_high;
    if (bytes.empty()) {
        const bool is_marc8 =
            declared == Charset::marc8 ? has_marc8_escape(all) : is_whole_marc8(all);
        return is_marc8 ? Charset::marc8 : Charset::ascii;
    }
    if (is_utf8(bytes))
        return declared == Charset::gb18030 && is_gb_by_accident_utf8(bytes) ? Charset::gb18030
                                                                             : Charset::utf8;
    if (has_marc8_escape(all)) return Charset::marc8;
    const Utf8Evidence utf8 = weigh_utf8(bytes);
    // Hanzi of GB or Big5 make a well-formed sequence of two bytes now and then, of three hardly.
    if (utf8.sequences > 0 && (utf8.sequences >= 4 * utf8.bad_runs ||
                               (utf8.long_ones > 0 && utf8.good_bytes >= 2 * utf8.bad_bytes)))
        return Charset::utf8;
    const PairEvidence gb = weigh_gb(bytes), big5 = weigh_big5(bytes);
    const bool is_gb =
        gb.is_usual() || (gb.pairs >= 2 && gb.is_frequent()) || (gb.fours > 0 && gb.orphans == 0);
    // About half of Big5's second bytes are high; a combining mark before a letter never has one.
    // Western letters stand next to others, Hanzi next to Hanzi.
    const bool is_short_big5 =
        big5.is_frequent() ||
        (big5.longest_run > 1 && big5.orphans + big5.touching == 0 && declared != Charset::marc8);
    const bool is_big5 =
        big5.is_usual() && ((big5.pairs > 2 && big5.wide * 4 >= big5.pairs) ||
                            (is_short_big5 && (big5.pairs > 1 || declared != Charset::marc8)));
    const bool is_rival = is_gb || (declared == Charset::gb18030 && gb.orphans * 50 <= gb.pairs);
    if (is_big5 && (!is_rival || big5.frequent > gb.frequent)) return Charset::big5;
    if (is_gb) return Charset::gb18030;
    const SingleEvidence single = weigh_single(bytes);
    if (single.high >= 2 * single.runs + 2 && single.cyrillic * 10 >= single.high * 9) {
        // Text is mostly small letters: KOI8-R has them in 0xC0-0xDF, Windows-1251 in 0xE0-0xFF.
        return single.upper_half * 2 > single.high ? Charset::windows1251 : Charset::koi8r;
    }
    // A damaged GB record still pairs for the most part; combining marks do not.
    if (gb.pairs >= 8 && gb.common * 2 >= gb.pairs && gb.orphans * 10 <= gb.pairs)
        return Charset::gb18030;
    if (declared == Charset::gb18030 && gb.pairs > 4 * gb.orphans) return Charset::gb18030;
    if (utf8.sequences > utf8.bad_runs ||
        (declared == Charset::utf8 && utf8.sequences > 0 && utf8.sequences >= utf8.bad_runs))
        return Charset::utf8;
    return believed_single(bytes, declared);
}

}  // namespace tushu::marc
