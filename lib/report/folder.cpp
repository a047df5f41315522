// SPDX-License-Identifier: Apache-2.0
#include "report/document.hpp"

#include <filesystem>

namespace tushu::report {
namespace fs = std::filesystem;

void write_folder(const Document& document, const Words& words, const std::string& template_path,
                  const std::string& folder, const FolderOptions& options) {
    const fs::path path(folder);
    for (const Lang lang : {Lang::zh, Lang::en}) {
        const std::string name(name_of(lang));
        std::error_code error;
        fs::create_directories(path / name, error);
        if (error) throw system_error(Fault::io, (path / name).string(), error.value());
        Output html((path / name / "index.html").string(), Output::Replace::yes);
        write_html(document, lang, words, template_path, html);
        html.close();
        write_xlsx(document, lang, words,
                   (path / (options.workbook + "." + name + ".xlsx")).string());
    }
    for (const auto& section : document.sections)
        for (const auto& view : section.views) {
            Output csv((path / (view.table.name + ".csv")).string(), Output::Replace::yes);
            write_table_csv(view.table, options.csv_lang, csv, {.bom = options.bom});
            csv.close();
        }
}

}  // namespace tushu::report
