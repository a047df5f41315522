// SPDX-License-Identifier: Apache-2.0
// tushu-inventory scan - take scanner files into a session, list what is in it.
#include "base/text.hpp"
#include "commands.hpp"
#include "inventory/barcode.hpp"
#include "run.hpp"

#include <algorithm>
#include <filesystem>

namespace tushu::cmd {
namespace {

struct Options {
    std::string action, session, name, format = "detect";
    std::string location, shelf, operator_name, device, codes;
    std::uint64_t pass = 0, gap = 0;
    bool shelf_from_name = false;
    std::optional<Day> day;
    std::vector<std::string> files;
};

Answer add(Context& context, const Options& opt) {
    if (opt.files.empty()) throw Error(Fault::usage, msg("{} is missing", "FILE"));
    std::optional<inventory::ScanFormat> format;
    if (opt.format != "detect") {
        format = inventory::ScanFormat::from(opt.format);
        if (!format)
            throw Error(
                Fault::usage, msg("\"{}\" is no scanner format", printable(opt.format)),
                msg("write codes, columns:barcode,quantity,day,time, counts:shelf,quantity, "
                    "fixed:barcode=1-14,day=19-26, tags:uid,payload,time or jsonl"));
    }
    if (opt.pass > 99) throw Error(Fault::usage, msg("a pass is a number from 1 to 99"));
    if (opt.gap > 10'000) throw Error(Fault::usage, msg("a pause is at most 10000 minutes"));
    inventory::ScanDefaults defaults{opt.location,
                                     opt.shelf,
                                     opt.operator_name,
                                     opt.device,
                                     static_cast<std::int32_t>(opt.pass),
                                     opt.day,
                                     static_cast<std::int32_t>(opt.gap)};
    std::string code_rules;
    if (!opt.codes.empty()) {
        if (inventory::load_code_rules(Yaml::load(opt.codes)).shelves.empty())
            throw Error(Fault::usage, {opt.codes}, msg("says nothing of shelf labels"),
                        msg("list their forms under \"shelves\", such as from: 0101, to: 0999"));
        code_rules = load_file(opt.codes);
    }
    Summary& summary = context.summary();
    std::int64_t wrong_lines = 0;
    auto session = inventory::Session::open_or_create(opt.session, opt.name);
    for (const auto& path : opt.files) {
        const auto input = context.open_hashed(path);
        if (opt.shelf_from_name) defaults.shelf = std::filesystem::path(path).stem().string();
        const auto added =
            session.add(*input, format, defaults, text_of(context.now()), code_rules);
        context.note_input(*input);
        summary.count("files_in");
        if (added.is_repeat) {
            summary.count("files_repeated");
            context.say(msg("{} is in the session already (file {}): nothing to do", path,
                            added.file.number));
            continue;
        }
        summary.count("files_added");
        summary.count("scans_added", added.file.scans);
        warn_of(context, path, added.faults);
        wrong_lines += std::count_if(added.faults.begin(), added.faults.end(),
                                     [](const auto& fault) { return fault.is_wrong(); });
        context.say(msg("{}: {} scans in {} lines, read as {}", path, added.file.scans,
                        added.file.lines, added.file.format.text()));
    }
    if (wrong_lines == 0) return Answer::yes;
    summary.count("lines_wrong", wrong_lines);
    return Answer::no;
}

Answer list(Context& context, const Options& opt) {
    const auto session = inventory::Session::open(opt.session);
    Table table;
    table.name = "scan-files";
    table.title = msg("Scanner files of session {}", session.name());
    table.columns = {{"number", msg("No."), ColumnKind::integer},
                     {"file", msg("File"), ColumnKind::text},
                     {"scans", msg("Scans"), ColumnKind::integer},
                     {"lines", msg("Lines"), ColumnKind::integer},
                     {"faults", msg("Wrong lines"), ColumnKind::integer},
                     {"format", msg("Form"), ColumnKind::code},
                     {"added", msg("Added"), ColumnKind::text},
                     {"sha256", msg("SHA-256"), ColumnKind::text}};
    std::vector<std::int64_t> wrong_lines(session.files().size());
    for (const auto& fault : session.load().faults)
        if (fault.is_wrong()) ++wrong_lines[fault.file];
    for (std::size_t f = 0; f < wrong_lines.size(); ++f) {
        const auto& file = session.files()[f];
        table.rows.push_back({file.number, file.name, file.scans, file.lines, wrong_lines[f],
                              file.format.text(), file.added, file.sha256});
    }
    context.show(table);
    return Answer::yes;
}

Answer run(Context& context, const Options& opt) {
    if (opt.action == "add") return add(context, opt);
    if (opt.action == "list") return list(context, opt);
    throw Error(Fault::usage, msg("unknown action \"{}\"", printable(opt.action)),
                msg("the actions are add and list"));
}

}  // namespace

Command scan_command() {
    auto opt = std::make_shared<Options>();
    Command command("scan", msg("take scanner files into a session (add), or list them (list)"));
    command.operand("ACTION", opt->action, msg("add or list"));
    command.operands("FILE", opt->files, 0, msg("Scanner files, - for standard input"));
    command.option("--session", "DIR", opt->session, msg("Folder of the session; add makes it"));
    command.required();
    command.option("--name", "NAME", opt->name,
                   msg("Name of a new session; without it the folder's name"));
    command.option(
        "--form", "FORM", opt->format,
        msg("How the files are built: detect, codes, columns:..., counts:..., fixed:..., "
            "tags:..., jsonl"));
    command.option("--location", "CODE", opt->location,
                   msg("Location of scans before the first #LOC"));
    command.option("--shelf", "CODE", opt->shelf, msg("Shelf of scans before the first #SHELF"));
    command.option("--operator", "NAME", opt->operator_name,
                   msg("Who scanned, where no #OPERATOR says so"));
    command.option("--device", "NAME", opt->device,
                   msg("Which scanner, where no #SCANNER says so"));
    command.option("--pass", "N", opt->pass,
                   msg("Which pass over the shelves this is, where no #PASS says so"));
    command.option("--day", "DAY", opt->day, msg("The day of scanning, where no #DATE says so"));
    command.flag("--shelf-from-name", opt->shelf_from_name,
                 msg("The file's name without ending is its shelf or range (K20~K22.txt)"));
    command.option("--codes", "FILE", opt->codes,
                   msg("Forms of codes; those under shelves are labels scanned like books"));
    command.option("--max-pause", "MINUTES", opt->gap,
                   msg("A longer pause between two scans ends the shelf's anchor; 0: none does"));
    command.with_tables();
    command.example("tushu-inventory scan add --session 2019-autumn monday.txt tuesday.txt",
                    msg("Take in two scanner files; taking them in again changes nothing"));
    command.example("tushu-inventory scan add --session 2019-autumn --location JC1 wand.csv",
                    msg("RFID reads (epc, uid, payload, time, antenna): one scan a tag"));
    command.example("tushu-inventory scan list --session 2019-autumn",
                    msg("What has been scanned so far"));
    command.on_run([opt](Context& context) { return run(context, *opt); });
    return command;
}

}  // namespace tushu::cmd
