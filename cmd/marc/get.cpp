// SPDX-License-Identifier: Apache-2.0
// tushu-marc get - single records out of an indexed file.
#include "commands.hpp"
#include "common.hpp"
#include "marc/index.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    ReadArgs read;
    WriteArgs write;
    std::string file;
    std::vector<std::string> keys;
};

Answer run(Context& context, const Options& options) {
    marc::IndexedFile indexed(options.file, options.file + ".tushu-idx");
    marc::WriteOptions write = options.write.write_options();
    write.format = *format_option(options.write.to);
    const auto writer = marc::make_writer(write);
    marc::Bytes bytes;
    writer->begin(bytes);
    std::uint64_t found = 0, missing = 0;
    for (const auto& key : options.keys) {
        const auto take = [&](const marc::Record& record, std::string_view raw) {
            try {
                writer->set_number(found + 1);
                writer->write(bytes, record, found == 0);
                ++found;
            } catch (const Error& e) {
                if (e.fault() != Fault::bad_input) throw;
                context.reject("unwritable",
                               Error(e.fault(), {options.file}, e.message(), e.hint()), raw,
                               record.control_number());
            }
            for (const auto& note : writer->take_notes())
                context.warn(note.code, {options.file}, note.message);
        };
        if (indexed.get(key, options.read.read_options(), take) != 0) continue;
        ++missing;
        context.log("warning", msg("no record has the number {}", key).text(context.lang()));
    }
    writer->end(bytes, found == 0);
    context.out().write(bytes.view());
    context.summary().count("found", static_cast<std::int64_t>(found));
    context.summary().count("missing", static_cast<std::int64_t>(missing));
    return missing == 0 ? Answer::yes : Answer::no;
}

}  // namespace

Command get_command() {
    auto options = std::make_shared<Options>();
    Command command("get", msg("Fetch single records from an indexed file"));
    command.operand("FILE", options->file, msg("A file that tushu-marc index has been run on"));
    command.operands("NUMBER", options->keys, 1,
                     msg("Record numbers (001), system numbers (035) or ISBNs"));
    options->write.to = "line";
    command.choice("--to", options->write.to, format_words(),
                   msg("Format to write (default line)"));
    options->write.add_options_to(command);
    command.with_output().with_rejects();
    command.example("tushu-marc get catalogue.mrc 990002180740203961",
                    msg("By record number, as lines"));
    command.example("tushu-marc get --to marcxml catalogue.mrc 7-5037-1744-0 978-0-85527-510-3",
                    msg("By ISBN, in either length"));
    command.on_run([options](Context& context) { return run(context, *options); });
    return command;
}

}  // namespace tushu::cmd
