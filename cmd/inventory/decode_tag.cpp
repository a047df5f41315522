// SPDX-License-Identifier: Apache-2.0
// tushu-inventory decode-tag - what the bytes of RFID tags say.
#include "base/text.hpp"
#include "callno/lines.hpp"
#include "commands.hpp"
#include "inventory/rfid.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    std::string form = "objects";
    std::vector<std::string> files{"-"};
};

/// Names of the elements of ISO 28560-1; others are shown by number.
std::string element_name(int oid) {
    constexpr std::string_view kNames[] = {"",
                                           "primary_item",
                                           "content_parameter",
                                           "owner",
                                           "set_information",
                                           "usage",
                                           "shelf_location",
                                           "onix_media",
                                           "marc_media",
                                           "supplier",
                                           "order_number",
                                           "ill_borrower",
                                           "ill_transaction",
                                           "gtin13",
                                           "alternative_uii",
                                           "local_a",
                                           "local_b",
                                           "title",
                                           "local_product",
                                           "other_media",
                                           "supply_stage",
                                           "invoice",
                                           "alternative_item",
                                           "alternative_owner",
                                           "owner_subsidiary",
                                           "alternative_ill_borrower",
                                           "local_c"};
    const auto at = static_cast<std::size_t>(oid);
    return at > 0 && at < std::size(kNames) ? std::string(kNames[at])
                                            : "element_" + std::to_string(oid);
}

using Facts = std::vector<std::pair<std::string, std::string>>;

Facts facts_of(const std::string& form, const inventory::TagBytes& bytes) {
    Facts out;
    if (form == "objects") {
        for (const auto& object : inventory::decode_objects(bytes))
            out.emplace_back(element_name(object.oid), object.text);
    } else if (form == "fixed") {
        const auto block = inventory::decode_fixed(bytes);
        out = {{"primary_item", block.id},
               {"owner", block.country + (block.owner.empty() ? "" : "-" + block.owner)},
               {"parts", std::to_string(block.parts)},
               {"part", std::to_string(block.part)},
               {"version", std::to_string(block.version)},
               {"usage", std::to_string(block.usage)}};
    } else {
        const auto epc = inventory::decode_epc(
            bytes, form == "epc-bank" ? inventory::Epc::bank : inventory::Epc::payload);
        std::string content;
        for (const int oid : epc.content)
            content += (content.empty() ? "" : " ") + element_name(oid);
        out = {{"primary_item", epc.id},
               {"on_loan", epc.is_on_loan ? "yes" : "no"},
               {"sorting", std::to_string(epc.sorting)},
               {"version", std::to_string(epc.version)},
               {"content_parameter", content}};
    }
    return out;
}

Answer run(Context& context, const Options& options) {
    Table table{"decode-tag",
                msg("Tags"),
                {{"file", msg("File"), ColumnKind::text},
                 {"line", msg("Line"), ColumnKind::integer},
                 {"element", msg("Element"), ColumnKind::code},
                 {"value", msg("Value"), ColumnKind::text}},
                {},
                {},
                {}};
    context.summary().must_add_up("records_in", {"records_out", "rejects"});
    for (const auto& file : options.files) {
        const auto input = context.open(file);
        callno::LineReader lines(*input);
        while (const auto line = lines.next()) {
            if (trim(*line).empty()) continue;
            context.summary().count("records_in");
            const auto here = static_cast<std::int64_t>(lines.number());
            const Where where{input->name(), 0, 0, lines.number()};
            try {
                const auto bytes = inventory::bytes_from_hex(*line);
                if (!bytes)
                    throw Error(Fault::bad_input,
                                msg("\"{}\" is not a row of hexadecimal bytes", printable(*line)));
                for (auto& [element, value] : facts_of(options.form, *bytes))
                    table.rows.push_back(
                        {input->name(), here, std::move(element), printable(value)});
                context.summary().count("records_out");
            } catch (const Error& e) {
                if (e.fault() != Fault::bad_input) throw;
                context.reject("bad_tag", Error(Fault::bad_input, where, e.message()),
                               std::string(*line) + "\n");
            }
        }
        context.note_input(*input);
    }
    context.show(table);
    return Answer::yes;
}

}  // namespace

Command decode_tag_command() {
    auto options = std::make_shared<Options>();
    Command command("decode-tag", msg("say what the bytes of RFID tags hold"));
    command.operands("FILE", options->files, 0,
                     msg("One tag a line, its memory in hexadecimal; none or -: standard input"));
    command.choice(
        "--form", options->form, {"objects", "fixed", "epc", "epc-bank"},
        msg("ISO 28560-2 objects, the fixed block of ISO 28560-3, a UHF payload, or a whole "
            "EPC bank"));
    command.with_tables().with_rejects();
    command.example("tushu-inventory decode-tag dump.txt",
                    msg("Barcode, owner, parts and shelf of each tag"));
    command.example(
        "echo c41e3000800300011e2300c32839615f | tushu-inventory decode-tag --form epc-bank",
        msg("One UHF tag; a damaged one is refused with the reason"));
    return command.on_run([options](Context& context) { return run(context, *options); });
}

}  // namespace tushu::cmd
