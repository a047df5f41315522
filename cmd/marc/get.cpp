// SPDX-License-Identifier: Apache-2.0
// tushu-marc get - single records out of an indexed file.
#include "commands.hpp"
#include "common.hpp"
#include "marc/index.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    ReadArgs read;
    WriteArgs write{"line", {}};
    std::string file;
    std::vector<std::string> keys;
};

Answer run(Context& context, const Options& options) {
    marc::IndexedFile indexed(options.file, options.file + ".tushu-idx");
    marc::WriteOptions write;
    write.format = *format_option(options.write.to);
    write.columns = columns_option(options.write.columns);
    const auto writer = marc::make_writer(write);
    marc::Bytes bytes;
    writer->begin(bytes);
    std::uint64_t found = 0, missing = 0;
    for (const auto& key : options.keys) {
        const std::size_t here = indexed.get(key, options.read.read_options(),
                                             [&](const marc::Record& record, std::string_view) {
                                                 writer->set_number(found + 1);
                                                 writer->write(bytes, record, found++ == 0);
                                             });
        if (here != 0) continue;
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
    command.choice("--to", options->write.to, format_words(),
                   msg("Format to write (default line)"));
    options->write.add_columns_to(command);
    command.with_output();
    command.example("tushu-marc get catalogue.mrc 990002180740203961",
                    msg("By record number, as lines"));
    command.example("tushu-marc get --to marcxml catalogue.mrc 7-5037-1744-0 978-0-85527-510-3",
                    msg("By ISBN, in either length"));
    command.on_run([options](Context& context) { return run(context, *options); });
    return command;
}

}  // namespace tushu::cmd
