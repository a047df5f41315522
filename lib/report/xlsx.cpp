// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "base/text.hpp"
#include "report/document.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace tushu::report {
namespace {

struct WorkbookFree {
    void operator()(lxw_workbook* workbook) const { lxw_workbook_free(workbook); }
};

/// The library writes to a file by name and without fsync or rename. This one has a name only
/// while the process lives, so that a kill leaves nothing behind.
class MemoryFile {
  public:
    MemoryFile() : fd_(::memfd_create("workbook", MFD_CLOEXEC)) {
        if (fd_ < 0) throw system_error(Fault::io, "memfd", errno);
    }
    ~MemoryFile() { ::close(fd_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    [[nodiscard]] std::string path() const { return fmt::format("/proc/self/fd/{}", fd_); }

  private:
    int fd_;
};

/// A sheet name that Excel takes: at most 31 characters, none of []:*?/\ (and no apostrophe at an
/// end).
std::string sheet_name(const std::string& title) {
    std::string out;
    std::size_t count = 0;
    for (std::size_t at = 0; at < title.size() && count < 31; ++count) {
        const std::size_t start = at;
        (void)next_code_point(title, at);
        const std::string_view piece(title.data() + start, at - start);
        if (std::string_view("[]:*?/\\'").find(piece) == std::string_view::npos) out += piece;
    }
    return out;
}

void check(lxw_error error, const std::string& path) {
    if (error == LXW_NO_ERROR) return;
    throw Error(Fault::io, {path}, msg("the workbook cannot be written: {}", lxw_strerror(error)));
}

lxw_datetime date_of(Day day) {
    lxw_datetime out{};
    out.year = static_cast<int>(day.year());
    out.month = static_cast<int>(static_cast<unsigned>(day.month()));
    out.day = static_cast<int>(static_cast<unsigned>(day.day()));
    return out;
}

}  // namespace

void write_xlsx(const Document& document, Lang lang, const Words& words, const std::string& path) {
    const MemoryFile file;
    std::unique_ptr<lxw_workbook, WorkbookFree> workbook(workbook_new(file.path().c_str()));
    if (!workbook) throw Error(Fault::io, {path}, msg("out of memory"));
    lxw_doc_properties properties{};
    const std::string title = document.title.text(lang);
    const std::string author = lang == Lang::zh ? document.library_zh : document.library_en;
    properties.title = const_cast<char*>(title.c_str());    // NOLINT: the C interface only reads it
    properties.author = const_cast<char*>(author.c_str());  // NOLINT
    properties.created =
        std::chrono::system_clock::to_time_t(std::chrono::sys_days(document.as_of));
    check(workbook_set_properties(workbook.get(), &properties), path);

    lxw_format* const head = workbook_add_format(workbook.get());
    format_set_bold(head);
    format_set_bottom(head, LXW_BORDER_THIN);
    lxw_format* const big = workbook_add_format(workbook.get());
    format_set_bold(big);
    format_set_font_size(big, 14);
    lxw_format* const integer = workbook_add_format(workbook.get());
    format_set_num_format(integer, "#,##0");
    lxw_format* const percent = workbook_add_format(workbook.get());
    format_set_num_format(percent, "0.0%");
    lxw_format* const day = workbook_add_format(workbook.get());
    format_set_num_format(day, "yyyy-mm-dd");

    for (const auto& section : document.sections) {
        for (const auto& view : section.views) {
            const Table& table = view.table;
            lxw_worksheet* const sheet =
                workbook_add_worksheet(workbook.get(), sheet_name(table.title.text(lang)).c_str());
            if (sheet == nullptr)
                throw Error(Fault::bug, {path},
                            msg("two tables would share the sheet \"{}\"",
                                sheet_name(table.title.text(lang))));
            check(worksheet_write_string(sheet, 0, 0, table.title.text(lang).c_str(), big), path);
            std::vector<std::size_t> widths;
            for (std::size_t c = 0; c < table.columns.size(); ++c) {
                const std::string name = table.columns[c].title.text(lang);
                widths.push_back(display_width(name));
                check(
                    worksheet_write_string(sheet, 2, static_cast<lxw_col_t>(c), name.c_str(), head),
                    path);
            }
            lxw_row_t row = 3;
            for (const auto& cells : table.rows) {
                for (std::size_t c = 0; c < cells.size(); ++c) {
                    const auto at = static_cast<lxw_col_t>(c);
                    std::string text = cell_text(cells[c], lang);
                    if (table.columns[c].kind == ColumnKind::code)
                        text = words.text(table.columns[c].key, text, lang);
                    widths[c] = std::max(widths[c], display_width(text));
                    if (const auto* n = std::get_if<std::int64_t>(&cells[c])) {
                        check(worksheet_write_number(sheet, row, at, static_cast<double>(*n),
                                                     integer),
                              path);
                    } else if (const auto* s = std::get_if<Share>(&cells[c]);
                               s != nullptr && s->whole != 0) {
                        const double value =
                            static_cast<double>(s->part) / static_cast<double>(s->whole);
                        check(worksheet_write_number(sheet, row, at, value, percent), path);
                    } else if (const auto* d = std::get_if<Day>(&cells[c])) {
                        lxw_datetime date = date_of(*d);
                        check(worksheet_write_datetime(sheet, row, at, &date, day), path);
                    } else {
                        check(worksheet_write_string(sheet, row, at, text.c_str(), nullptr), path);
                    }
                }
                ++row;
            }
            ++row;
            for (const auto& note : table.notes)
                check(worksheet_write_string(sheet, row++, 0, note.text(lang).c_str(), nullptr),
                      path);
            for (const auto& line : table.provenance)
                check(worksheet_write_string(sheet, row++, 0, line.c_str(), nullptr), path);
            for (std::size_t c = 0; c < widths.size(); ++c) {
                const double width = static_cast<double>(std::min<std::size_t>(widths[c], 60)) + 2;
                check(worksheet_set_column(sheet, static_cast<lxw_col_t>(c),
                                           static_cast<lxw_col_t>(c), width, nullptr),
                      path);
            }
            worksheet_freeze_panes(sheet, 3, 0);
            worksheet_set_landscape(sheet);
            worksheet_set_paper(sheet, 9);  // A4
            worksheet_fit_to_pages(sheet, 1, 0);
            check(worksheet_repeat_rows(sheet, 2, 2), path);
        }
    }
    // workbook_close() frees the workbook whatever happens.
    check(workbook_close(workbook.release()), path);
    save_file(path, load_file(file.path(), std::size_t{1} << 30U));
}

}  // namespace tushu::report
