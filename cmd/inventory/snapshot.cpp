// SPDX-License-Identifier: Apache-2.0
// tushu-inventory snapshot - freeze the expected holdings in one compact file.
#include "base/text.hpp"
#include "catalog/export.hpp"
#include "commands.hpp"
#include "common/store.hpp"
#include "inventory/items.hpp"
#include "inventory/json_rows.hpp"
#include "inventory/scans.hpp"
#include "marc_rows.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <unordered_set>

namespace tushu::cmd {
namespace {

struct Options {
    std::string profile, on_loan;
    std::string items, unknown_status = "stop", scheme, exported, rules;
    std::vector<std::string> columns, statuses, with;
};

std::pair<std::string, std::string> pair_of(const std::string& text, const char* option) {
    const std::size_t at = text.find('=');
    if (at == std::string::npos || at == 0 || at + 1 == text.size())
        throw Error(Fault::usage, msg("option {}: \"{}\" is not of the form NAME=VALUE", option,
                                      printable(text)));
    return {text.substr(0, at), text.substr(at + 1)};
}

/// The items of the store, in a file of its own that is gone when it has been read: the neutral
/// form, as `tushu-catalog export items` writes it, so that both ways make the same snapshot.
std::unique_ptr<Input> open_store_items(Context& context) {
    const std::string& out = context.options().output;
    const std::filesystem::path folder = out == "-" ? std::filesystem::temp_directory_path()
                                                    : std::filesystem::path(out).parent_path();
    std::string path = (folder / ".tushu-items-XXXXXX").string();
    const int fd = ::mkstemp(path.data());
    if (fd < 0) throw system_error(Fault::io, path, errno);
    ::close(fd);
    try {
        store::Store store = open_store(context);
        Output items(path, Output::Replace::yes);
        (void)catalog::export_items(store, "", items);
        items.close();
        auto input = Input::open(path, Input::Digest::sha256);
        std::filesystem::remove(path);  // stays readable until it is closed
        return input;
    } catch (const Error&) {
        std::error_code ignored;
        std::filesystem::remove(path, ignored);
        throw;
    }
}

/// The file's rows, by the form that the profile names, or by what it looks like.
std::unique_ptr<inventory::RowSource> open_rows(Context& context, Input& input,
                                                const inventory::ItemColumns& columns,
                                                const std::vector<std::string>& with) {
    using Form = inventory::ItemColumns::Form;
    if (!with.empty() && columns.form != Form::json)
        throw Error(Fault::usage, msg("--with is for exports in JSON (--profile folio)"));
    if (columns.form == Form::marc) return std::make_unique<MarcRows>(input, columns);
    if (columns.form == Form::json) {
        auto rows = std::make_unique<inventory::JsonRows>(input, *columns.formulas);
        for (const auto& path : with) {
            const auto other = context.open(path);
            rows->look_up_in(*other, [&context](const Error& e, std::string_view) {
                context.warn("bad_object", e.where(), e.message());
            });
            context.note_input(*other);
        }
        return rows;
    }
    if (inventory::is_json(input))
        throw Error(Fault::usage, {input.name()}, msg("is JSON, not a table"),
                    msg("name a profile that says what is what, such as --profile folio"));
    if (!columns.delimiter && inventory::is_ruled(input)) return inventory::ruled_rows(input);
    return inventory::csv_rows(input, columns.delimiter);
}

/// What a MARC file had in its item fields: dialects of 905 differ in nothing else.
void tell_of_fields(Context& context, const MarcRows& rows, const std::string& tag) {
    context.summary().count("bibs_in", rows.records());
    context.summary().count("bibs_without_items", rows.without_items());
    std::string seen;
    for (const auto& [code, n] : rows.subfields_seen()) {
        context.summary().count("field_" + tag + "_" + std::string(1, code), n);
        seen += fmt::format("{}${} {}", seen.empty() ? "" : ", ", code, n);
    }
    context.say(msg("{} records, {} of them without {}; subfields of {}: {}", rows.records(),
                    rows.without_items(), tag, tag, seen.empty() ? "-" : seen));
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
    const bool is_store = opt.items.empty();
    const auto input = is_store ? open_store_items(context) : context.open_hashed(opt.items);
    const auto rows = open_rows(context, *input, columns, opt.with);
    inventory::ItemReader reader(*rows, columns);
    options.status_column = reader.status_column();
    options.location_column = reader.location_column();
    inventory::SnapshotBuilder builder(std::move(options));
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
            if (e.fault() != Fault::bad_input || reader.is_fatal() || rows->is_fatal()) throw;
            ++read;
            context.reject("bad_row", e, rows->raw());
        }
    }
    context.progress().end();
    summary.count("records_in", read);
    summary.count("records_out", builder.rows());
    const std::string sha256 = input->sha256();
    if (!is_store) context.note_input(*input);
    if (const auto* marc = dynamic_cast<const MarcRows*>(rows.get()))
        tell_of_fields(context, *marc, columns.marc_field);
    for (const auto& [word, n] : reader.unknown_statuses())
        context.warn("unknown_status", {input->name()},
                     msg("no status class is known for \"{}\" ({} items)", printable(word), n));
    if (builder.unparsed() != 0) {
        summary.count("unparsed_call_numbers", builder.unparsed());
        context.warn("unparsed", {input->name()},
                     msg("{} call numbers are not of their scheme; they file behind all others",
                         builder.unparsed()));
    }
    if (builder.with_blanks() != 0) {
        summary.count("barcodes_with_blanks", builder.with_blanks());
        context.warn("blanks", {input->name()},
                     msg("{} barcodes have blanks in or around them; they are compared without",
                         builder.with_blanks()));
    }
    if (without_barcode != 0) summary.count("without_barcode", without_barcode);
    builder.write(context.out(), sha256,
                  is_store ? "store" : std::filesystem::path(opt.items).filename().string());
    return Answer::yes;
}

}  // namespace

Command snapshot_command() {
    auto opt = std::make_shared<Options>();
    Command command("snapshot", msg("freeze the expected holdings in one compact file"));
    command.option("--items", "FILE", opt->items,
                   msg("Holdings, - for standard input; without it the items of the store"));
    command.option("--with", "FILE", opt->with,
                   msg("Locations or holdings records that JSON items point to (may be given "
                       "again)"));
    command.option("--call-scheme", "SCHEME", opt->scheme,
                   msg("Scheme of call numbers that do not name one: clc, lc, ddc, nlm, sudoc, "
                       "udc, lccas, liu, accession"));
    command.option("--rules", "FILE", opt->rules, msg("House rules of call numbers, by location"));
    command.option("--exported", "TIME", opt->exported,
                   msg("When the holdings were exported; earlier events are ignored"));
    command.option(
        "--profile", "NAME", opt->profile,
        msg("Whose export it is: aleph, aleph-z30-1, cnmarc905, folio, horizon, koha, or a YAML "
            "file with columns and status words"));
    command.option("--on-loan", "FILE", opt->on_loan,
                   msg("Barcodes on loan, one a line, for systems whose items do not say so"));
    command.option("--column", "FIELD=NAME", opt->columns,
                   msg("Column NAME holds FIELD (barcode, location, call_number, status ...)"));
    command.option("--status", "WORD=CLASS", opt->statuses,
                   msg("Status WORD means CLASS (on_shelf, on_loan, missing ...)"));
    command.choice("--unknown-status", opt->unknown_status, {"stop", "warn"},
                   msg("What to do at a status without class"));
    command.with_output().with_rejects().with_store();
    command.example("tushu-inventory snapshot --items items.csv -o holdings.snap",
                    msg("Freeze the item file that tushu-catalog export items wrote"));
    command.example(
        "tushu-inventory snapshot --items koha.csv --column location=homebranch --call-scheme lc "
        "-o holdings.snap",
        msg("Another system's export, with LC call numbers"));
    command.example(
        "tushu-inventory snapshot --profile folio --items items.json --with locations.json -o "
        "holdings.snap",
        msg("FOLIO's items, with the codes of their locations"));
    command.on_run([opt](Context& context) { return run(context, *opt); });
    return command;
}

}  // namespace tushu::cmd
