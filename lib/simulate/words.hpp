// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace tushu::simulate {

/// A word and how it is written in Latin letters (pinyin of Chinese words, one syllable a
/// character).
struct Word {
    std::string_view text, latin;
};

/// A class of a scheme with a subject that belongs there. `note`: pinyin of a Chinese topic, the
/// heading of a Russian one, the language code of a Western one.
struct Subject {
    std::string_view class_number, topic, note;
};

/// `isbn`: group and publisher digits of the ISBN; `old_code`: the publisher's number in the book
/// numbers (统一书号) used before ISBN.
struct Publisher {
    std::string_view place, name, isbn, old_code;
};

// Classes of each location in shelf order (a test holds them against the call-number rules).
[[nodiscard]] std::span<const Subject> subjects_jc1();
[[nodiscard]] std::span<const Subject> subjects_jc2();
[[nodiscard]] std::span<const Subject> subjects_ls1();
[[nodiscard]] std::span<const Subject> subjects_qk1();
[[nodiscard]] std::span<const Subject> subjects_cp1();
[[nodiscard]] std::span<const Subject> subjects_se1();
[[nodiscard]] std::span<const Subject> subjects_wy1();
[[nodiscard]] std::span<const Subject> subjects_wy2();
[[nodiscard]] std::span<const Subject> subjects_ew1();

[[nodiscard]] std::span<const Word> surnames();
[[nodiscard]] std::span<const Word> given_names();
/// Characters that old fonts and narrow software lack, some outside Unicode's basic plane.
[[nodiscard]] std::span<const Word> rare_given_names();
[[nodiscard]] std::span<const Word> prefixes();           // 中国 上海 ...
[[nodiscard]] std::span<const Word> suffixes();           // 概论 研究 ...
[[nodiscard]] std::span<const Word> children_suffixes();  // 故事 图典 ...
[[nodiscard]] std::span<const Word> old_suffixes();       // 彙編 考 ... (traditional)
[[nodiscard]] std::span<const Word> serial_suffixes();    // 学报 通讯 ...
[[nodiscard]] std::span<const Word> series();
[[nodiscard]] std::span<const Word> foreign_authors();  // with the original name
[[nodiscard]] std::span<const Publisher> publishers();
[[nodiscard]] std::span<const Publisher> old_publishers();
[[nodiscard]] std::span<const Publisher> children_publishers();
[[nodiscard]] std::span<const Publisher> disc_publishers();

/// Western words by language code (eng, ger, fre): `{}` in a title stands for the topic.
[[nodiscard]] std::span<const std::string_view> western_titles(std::string_view language);
[[nodiscard]] std::span<const std::string_view> western_surnames(std::string_view language);
[[nodiscard]] std::span<const std::string_view> western_given_names(std::string_view language);
[[nodiscard]] std::span<const Publisher> western_publishers(std::string_view language);

[[nodiscard]] std::span<const std::string_view> russian_titles();
[[nodiscard]] std::span<const std::string_view> russian_surnames();
[[nodiscard]] std::span<const std::string_view> russian_initials();
[[nodiscard]] std::span<const Publisher> russian_publishers();

/// Latin letters of Russian text by the ALA-LC table, ligature marks included.
[[nodiscard]] std::string romanised(std::string_view cyrillic);

}  // namespace tushu::simulate
