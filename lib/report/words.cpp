// SPDX-License-Identifier: Apache-2.0
#include "base/yaml.hpp"
#include "report/document.hpp"

namespace tushu::report {

Words::Words(const std::string& path) {
    for (const auto& [column, codes] : Yaml::load(path).entries()) {
        for (const auto& [code, word] : codes.entries()) {
            word.allow({"zh", "en"});
            words_[column][code] = {word.need("zh").text(), word.need("en").text()};
        }
    }
}

std::string Words::text(const std::string& column, const std::string& code, Lang lang) const {
    const auto in_column = words_.find(column);
    if (in_column == words_.end()) return code;
    const auto word = in_column->second.find(code);
    if (word == in_column->second.end()) return code;
    return lang == Lang::zh ? word->second.zh : word->second.en;
}

}  // namespace tushu::report
