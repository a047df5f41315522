// SPDX-License-Identifier: Apache-2.0
// tushu-report render - one folder with the report as HTML, XLSX and CSV.
#include "base/text.hpp"
#include "commands.hpp"
#include "common/store.hpp"

#include "report/document.hpp"

#include <filesystem>

namespace tushu::cmd {
namespace {

namespace fs = std::filesystem;

struct Options {
    std::string folder, plan, csv_lang = "zh";
    std::optional<Day> as_of;
    bool excel = false;
};

const Table* find_table(const report::Document& document, const std::string& name) {
    for (const auto& section : document.sections)
        for (const auto& view : section.views)
            if (view.table.name == name) return &view.table;
    return nullptr;
}

/// Sum of the integer column "n".
std::string sum_of(const report::Document& document, const std::string& name) {
    std::int64_t sum = 0;
    if (const Table* const table = find_table(document, name))
        for (const auto& row : table->rows)
            for (std::size_t c = 0; c < row.size(); ++c)
                if (table->columns[c].key == "n")
                    if (const auto* const n = std::get_if<std::int64_t>(&row[c])) sum += *n;
    return grouped(sum);
}

report::Document compose(Context& context, store::Store& store, const Options& options, Day as_of) {
    report::Document document;
    document.library_zh = context.config().library_name;
    document.library_en = context.config().library_name_en;
    document.as_of = as_of;
    document.title = msg("Work of the year {}", static_cast<int>(as_of.year()));
    document.sections = collect_sections(context, store, options.plan, as_of);
    std::vector<std::int64_t> states;
    for (const auto& row : find_table(document, "plan-states")->rows)
        states.push_back(std::get<std::int64_t>(row[1]));
    document.headline = msg(
        "Of {} targets {} are reached, {} on course, {} behind, {} without data.",
        states[0] + states[1] + states[2] + states[3], states[0], states[1], states[2], states[3]);
    document.tiles = {{msg("targets reached"), std::to_string(states[0])},
                      {msg("targets behind"), std::to_string(states[2])},
                      {msg("circulation events"), sum_of(document, "circulation-months")},
                      {msg("bibs"), sum_of(document, "catalog-bibs")},
                      {msg("items"), sum_of(document, "catalog-items")},
                      {msg("outcomes of stock-taking"), sum_of(document, "inventory-outcomes")},
                      {msg("interlibrary requests"), sum_of(document, "ill-requests")}};
    return document;
}

Answer run(Context& context, const Options& options) {
    store::Store store = open_store(context);
    const Day as_of = options.as_of.value_or(context.today());
    const report::Document document = compose(context, store, options, as_of);
    report::write_folder(document, report::Words(context.data().find("report/words.yaml")),
                         context.data().find("report/report.html.mustache"), options.folder,
                         {"report", language_of(options.csv_lang), options.excel});
    for (const auto& section : document.sections)
        for (const auto& view : section.views) {
            context.summary().count("tables");
            context.summary().count("rows", static_cast<std::int64_t>(view.table.rows.size()));
        }
    save_file((fs::path(options.folder) / "headline.txt").string(),
              document.headline.text(Lang::zh) + "\n" + document.headline.text(Lang::en) + "\n");
    context.say(document.headline);
    return Answer::yes;
}

}  // namespace

Command render_command() {
    auto options = std::make_shared<Options>();
    Command command(
        "render",
        msg("Write the report: zh/index.html, en/index.html, workbooks and a CSV file a table"));
    command
        .option("-o,--output", "FOLDER", options->folder,
                msg("Folder of the report; files in it are replaced"))
        .required();
    command.option("--plan", "YEAR", options->plan,
                   msg("The work plan; default: that of --as-of, or the newest before"));
    command.option("--as-of", "DAY", options->as_of,
                   msg("The day the report stands for; default today"));
    command.choice("--csv-lang", options->csv_lang, {"zh", "en"},
                   msg("Language of names in the CSV files; default zh"));
    command.flag("--excel", options->excel,
                 msg("Begin CSV with a byte order mark, which Excel needs for Chinese"));
    command.with_store();
    command.example("tushu-report render --as-of 2019-12-31 -o report",
                    msg("Writes the report of the whole year into report/"));
    return command.on_run([options](Context& context) { return run(context, *options); });
}

}  // namespace tushu::cmd
