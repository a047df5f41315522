// SPDX-License-Identifier: Apache-2.0
// tushu-inventory snapshot - freeze the expected holdings in one compact file.
#include "base/text.hpp"
#include "commands.hpp"
#include "inventory/items.hpp"
#include "inventory/scans.hpp"

#include <unordered_set>

namespace tushu::cmd {
namespace {

struct Options {
    std::string profile, on_loan;
    std::string items, unknown_status = "stop", scheme, exported, rules;
    std::vector<std::string> columns, statuses;
};

std::pair<std::string, std::string> pair_of(const std::string& text, const char* option) {
    const std::size_t at = text.find('=');
    if (at == std::string::npos || at == 0 || at + 1 == text.size())
        throw Error(Fault::usage, msg("option {}: \"{}\" is not of the form NAME=VALUE", option,
                                      printable(text)));
    return {text.substr(0, at), text.substr(at + 1)};
}

Answer run(Context& context, const Options& opt) {
    inventory::ItemColumns columns;
    columns.unknown_status_stops = opt.unknown_status == "stop";
    for (const auto& column : opt.columns) columns.names.insert(pair_of(column, "--column"));
    for (const auto& status : opt.statuses) columns.statuses.insert(pair_of(status, "--status"));
    if (!opt.profile.empty())
        inventory::load_source(
            opt.profile.find('/') != std::string::npos || opt.profile.ends_with(".yaml")
                ? opt.profile
                : context.data().find("inventory/sources/" + opt.profile + ".yaml"),
            columns);
    std::unordered_set<inventory::Code> on_loan;
    if (!opt.on_loan.empty()) {
        const auto loans = context.open(opt.on_loan);
        inventory::ScanLog log;
        log.files.push_back({loans->name(), "", 0});
        std::vector<inventory::ScanFault> faults;
        inventory::read_scans(log, *loans, {}, {}, faults);
        context.note_input(*loans);
        for (const auto& scan : log.scans) on_loan.insert(scan.code);
    }
    std::string scratch;
    inventory::SnapshotBuilder::Options options;
    if (!opt.scheme.empty()) {
        options.scheme = callno::scheme_from(opt.scheme);
        if (!options.scheme)
            throw Error(Fault::usage,
                        msg("\"{}\" is no call-number scheme", printable(opt.scheme)));
    }
    if (!opt.exported.empty()) {
        options.exported = parse_instant(opt.exported, context.config().zone);
        if (!options.exported)
            if (const auto day = parse_day(opt.exported))
                options.exported = start_of_day(*day, context.config().zone);
        if (!options.exported)
            throw Error(Fault::usage,
                        msg("option --exported: \"{}\" is no time", printable(opt.exported)));
    }
    callno::House house;
    if (!opt.rules.empty()) {
        house = callno::load_rules(Yaml::load(opt.rules));
        options.house = &house;
        if (!options.scheme) options.scheme = house.common_scheme();
    }

    Summary& summary = context.summary();
    summary.must_add_up("records_in", {"records_out", "rejects"});
    const auto input = context.open_hashed(opt.items);
    inventory::ItemReader reader(*input, columns);
    inventory::SnapshotBuilder builder(options);
    context.progress().begin(msg("Reading the holdings"), input->raw_size());
    std::int64_t read = 0, without_barcode = 0;
    for (;;) {
        try {
            auto row = reader.next();
            if (!row) break;
            if (!on_loan.empty() && row->status == inventory::Status::on_shelf &&
                on_loan.count(inventory::code_of(
                    inventory::normal_barcode(row->text(inventory::Text::barcode), scratch))) != 0)
                row->status = inventory::Status::on_loan;
            ++read;
            builder.add(*row);
            if (trim(row->text(inventory::Text::barcode)).empty()) ++without_barcode;
            context.progress().tick(input->raw_bytes(), static_cast<std::uint64_t>(read));
        } catch (const Error& e) {
            if (e.fault() != Fault::bad_input || reader.is_fatal()) throw;
            ++read;
            context.reject("bad_row", e, reader.raw());
        }
    }
    context.progress().end();
    summary.count("records_in", read);
    summary.count("records_out", builder.rows());
    const std::string sha256 = input->sha256();
    context.note_input(*input);
    for (const auto& [word, n] : reader.unknown_statuses())
        context.warn("unknown_status", {input->name()},
                     msg("no status class is known for \"{}\" ({} items)", printable(word), n));
    if (builder.unparsed() != 0) {
        summary.count("unparsed_call_numbers", builder.unparsed());
        context.warn("unparsed", {input->name()},
                     msg("{} call numbers are not of their scheme; they file behind all others",
                         builder.unparsed()));
    }
    if (without_barcode != 0) summary.count("without_barcode", without_barcode);
    const std::size_t slash = opt.items.find_last_of('/');
    builder.write(context.out(), sha256,
                  slash == std::string::npos ? opt.items : opt.items.substr(slash + 1));
    return Answer::yes;
}

}  // namespace

Command snapshot_command() {
    auto opt = std::make_shared<Options>();
    Command command("snapshot", msg("freeze the expected holdings in one compact file"));
    command.option("--items", "FILE", opt->items,
                   msg("Holdings as CSV or TSV with named columns, - for standard input"));
    command.required();
    command.option("--call-scheme", "SCHEME", opt->scheme,
                   msg("Scheme of call numbers that do not name one: clc, lc, ddc, nlm, sudoc, "
                       "udc, lccas, liu, accession"));
    command.option("--rules", "FILE", opt->rules, msg("House rules of call numbers, by location"));
    command.option("--exported", "TIME", opt->exported,
                   msg("When the holdings were exported; earlier events are ignored"));
    command.option("--profile", "NAME", opt->profile,
                   msg("Whose export it is: koha, horizon, aleph, or a YAML file with columns and "
                       "status words"));
    command.option("--on-loan", "FILE", opt->on_loan,
                   msg("Barcodes on loan, one a line, for systems whose items do not say so"));
    command.option("--column", "FIELD=NAME", opt->columns,
                   msg("Column NAME holds FIELD (barcode, location, call_number, status ...)"));
    command.option("--status", "WORD=CLASS", opt->statuses,
                   msg("Status WORD means CLASS (on_shelf, on_loan, missing ...)"));
    command.choice("--unknown-status", opt->unknown_status, {"stop", "warn"},
                   msg("What to do at a status without class"));
    command.with_output().with_rejects();
    command.example("tushu-inventory snapshot --items items.csv -o holdings.snap",
                    msg("Freeze the item file that tushu-catalog export items wrote"));
    command.example(
        "tushu-inventory snapshot --items koha.csv --column location=homebranch --call-scheme lc "
        "-o holdings.snap",
        msg("Another system's export, with LC call numbers"));
    command.on_run([opt](Context& context) { return run(context, *opt); });
    return command;
}

}  // namespace tushu::cmd
