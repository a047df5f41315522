// SPDX-License-Identifier: Apache-2.0
// tushu-inventory learn-barcode - what the barcodes of the holdings look like, as rules for the
// scans.
#include "base/text.hpp"
#include "callno/lines.hpp"
#include "commands.hpp"
#include "inventory/barcode.hpp"

#include <algorithm>

namespace tushu::cmd {
namespace {

struct Options {
    std::string column, rules;
    std::vector<std::string> files{"-"};
};

/// Headings under which exports hold barcodes, in lower case.
constexpr std::string_view kHeadings[] = {"barcode",  "条码",         "条码号",   "图书条码",
                                          "馆藏条码", "item_barcode", "ibarcode", "z30-barcode"};

/// The barcode column of a file that begins with a heading line; nullopt for a bare list.
std::optional<std::string> heading_of(Input& input) {
    while (input.window().find('\n') == std::string_view::npos && input.more()) {
    }
    std::string_view line = input.window().substr(0, input.window().find('\n'));
    if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    while (!line.empty()) {
        const std::size_t end = line.find_first_of(",;\t");
        std::string_view cell = trim(line.substr(0, end));
        if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"')
            cell = cell.substr(1, cell.size() - 2);
        std::string word(cell);
        if (!is_utf8(word)) word = utf8_from_gb18030(word).value_or("");
        if (std::find(std::begin(kHeadings), std::end(kHeadings), ascii_lower(nfkc(word))) !=
            std::end(kHeadings))
            return word;
        line = end == std::string_view::npos ? std::string_view() : line.substr(end + 1);
    }
    return std::nullopt;
}

void read_table(Context& context, Input& input, const std::string& column,
                inventory::CodeLearner& learner) {
    CsvReader csv(input);
    const std::size_t at = csv.required(column);
    for (;;) {
        try {
            const auto row = csv.next();
            if (!row) break;
            context.summary().count("records_in");
            learner.add(at < row->size() ? (*row)[at] : std::string_view());
            context.summary().count("records_out");
        } catch (const Error& e) {
            if (e.fault() != Fault::bad_input) throw;
            context.summary().count("records_in");
            context.reject("bad_row", e, csv.raw());
        }
    }
}

void read_list(Context& context, Input& input, inventory::CodeLearner& learner) {
    callno::LineReader lines(input);
    while (const auto line = lines.next()) {
        if (line->empty()) continue;
        learner.add(*line);
        context.summary().count("records_in");
        context.summary().count("records_out");
    }
}

Table table_of(const inventory::CodeLearner::Report& report) {
    using inventory::CheckKind;
    Table table{"learn-barcode",
                msg("What the barcodes look like"),
                {{"property", msg("Property"), ColumnKind::code},
                 {"value", msg("Value"), ColumnKind::text},
                 {"n", msg("Codes"), ColumnKind::integer},
                 {"share", msg("Share of codes"), ColumnKind::share}},
                {},
                {},
                {}};
    const auto whole = static_cast<std::int64_t>(report.codes);
    const auto row = [&table, whole](std::string property, std::string value, std::uint64_t n) {
        const auto count = static_cast<std::int64_t>(n);
        table.rows.push_back({std::move(property), std::move(value), count, Share{count, whole}});
    };
    row("codes", "", report.codes);
    table.rows.push_back({std::string("empty"), std::string(),
                          static_cast<std::int64_t>(report.empty), Mark::not_applicable});
    row("duplicates", "", report.duplicates);
    std::vector<std::pair<std::size_t, std::uint64_t>> lengths(report.lengths.begin(),
                                                               report.lengths.end());
    std::stable_sort(lengths.begin(), lengths.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    constexpr std::size_t kShown = 8;
    for (std::size_t i = 0; i < lengths.size() && i < kShown; ++i)
        row("length", std::to_string(lengths[i].first), lengths[i].second);
    if (!report.pattern.prefix.empty()) row("prefix", report.pattern.prefix, report.prefixed);
    row("check_luhn", "", report.luhn);
    row("check_mod43", "", report.mod43);
    for (std::size_t i = 0; i < inventory::kDamages; ++i)
        if (report.damages[i] > 0)
            row("damage", std::string(inventory::name_of(static_cast<inventory::Damage>(i))),
                report.damages[i]);
    if (report.pattern.check == CheckKind::none)
        table.notes.push_back(
            msg("no check digit holds for 99.5 % of the codes: scans are not tested for one"));
    else
        table.notes.push_back(msg("the check digit ({}) holds: a scan that fails it was read wrong",
                                  inventory::name_of(report.pattern.check)));
    if (report.duplicates > 0)
        table.notes.push_back(
            msg("codes that occur more than once match no single item: {}", report.duplicates));
    return table;
}

Answer run(Context& context, const Options& options) {
    inventory::CodeLearner learner;
    context.summary().must_add_up("records_in", {"records_out", "rejects"});
    for (const auto& file : options.files) {
        const auto input = context.open(file);
        const auto column =
            options.column.empty() ? heading_of(*input) : std::optional(options.column);
        if (column)
            read_table(context, *input, *column, learner);
        else
            read_list(context, *input, learner);
        context.note_input(*input);
    }
    const auto report = learner.finish();
    if (report.codes == 0)
        throw Error(Fault::bad_input, {options.files.front()}, msg("there is no barcode in it"));
    if (!options.rules.empty()) {
        inventory::CodeRules rules;
        rules.items.push_back(report.pattern);
        rules.start_stop = report.start_stop;
        const auto out = context.create(options.rules);
        out->write(inventory::yaml_of(rules));
        out->close();
        context.note_output(*out);
    }
    context.show(table_of(report));
    return Answer::yes;
}

}  // namespace

Command learn_barcode_command() {
    auto options = std::make_shared<Options>();
    Command command("learn-barcode",
                    msg("learn the form and check digit of barcodes from the holdings"));
    command.operands(
        "FILE", options->files, 0,
        msg("Item exports (CSV) or bare lists of barcodes; none or -: standard input"));
    command.option("--column", "NAME", options->column,
                   msg("The column with the barcodes, when its heading is not a usual one"));
    command.option("--write-rules", "FILE", options->rules,
                   msg("Write what was learned as rules (YAML), ready to be edited"));
    command.with_tables().with_rejects();
    command.example("tushu-inventory learn-barcode items.csv",
                    msg("Lengths, prefix, check digit and what is wrong with the stored codes"));
    command.example(
        "tushu-inventory learn-barcode --column 图书条码号 items.csv --write-rules barcodes.yaml",
        msg("From a column by name, into a file of rules"));
    return command.on_run([options](Context& context) { return run(context, *options); });
}

}  // namespace tushu::cmd
