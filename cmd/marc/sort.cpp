// SPDX-License-Identifier: Apache-2.0
// tushu-marc sort - records in the order of a path.
#include "marc/sort.hpp"

#include "commands.hpp"
#include "common.hpp"

#include <filesystem>

namespace tushu::cmd {
namespace {

struct Options {
    ReadArgs read;
    std::vector<std::string> by;
    std::string to, folder;
    bool descending = false;
    std::uint64_t memory = 32;
};

class AddStep final : public marc::RecordStep {
  public:
    explicit AddStep(marc::Sorter& sorter) : sorter_(sorter) {}
    bool process(const marc::Record& record, const marc::SourceNote&, marc::Bytes&) override {
        sorter_.add(record);
        return true;
    }

  private:
    marc::Sorter& sorter_;
};

Answer run(Context& context, const Options& options) {
    marc::SortOptions how;
    for (const auto& text : options.by) how.by.push_back(marc::Path::parse(text));
    if (how.by.empty()) how.by.push_back(marc::Path::parse("001"));
    how.descending = options.descending;
    how.memory = static_cast<std::size_t>(std::max<std::uint64_t>(options.memory, 1)) << 20U;
    how.folder = !options.folder.empty() ? options.folder
                 : context.options().output != "-"
                     ? std::filesystem::path(context.options().output).parent_path().string()
                     : Context::environment("TMPDIR").value_or("/tmp");
    if (how.folder.empty()) how.folder = ".";
    marc::WriteOptions write;
    write.format = output_format(options.to, options.read);
    write.dialect = dialect_option(options.read.dialect);
    marc::Sorter sorter(std::move(how));
    RecordRun records(context, options.read);
    records.run([&] { return std::make_unique<AddStep>(sorter); }, [](const marc::Batch&) {});
    const auto writer = marc::make_writer(write);
    marc::Bytes bytes;
    writer->begin(bytes);
    std::uint64_t number = 0;
    sorter.finish([&](const marc::Record& record) {
        writer->set_number(number + 1);
        writer->write(bytes, record, number++ == 0);
        context.out().write(bytes.view());
        bytes.clear();
    });
    writer->end(bytes, number == 0);
    context.out().write(bytes.view());
    return records.finish();
}

}  // namespace

Command sort_command() {
    auto options = std::make_shared<Options>();
    Command command("sort", msg("Sort records by the values of paths"));
    command.option("--by", "PATH", options->by,
                   msg("What to sort by (default 001); may be repeated for equal values"));
    command.flag("--descending", options->descending, msg("Largest first"));
    command.option("--memory", "MIB", options->memory,
                   msg("Records held in memory, in MiB (default 32); more than that goes to disk"));
    command.option("--temp", "FOLDER", options->folder,
                   msg("Folder for that. Without it the folder of the output"));
    command.choice("--to", options->to, format_words(),
                   msg("Format to write. Without it the format of the first file"));
    options->read.add_to(command);
    command.with_output().with_rejects();
    command.example("tushu-marc sort --by '690$a' --by 001 books.mrc -o sorted.mrc",
                    msg("By class, then by number"));
    command.on_run([options](Context& context) { return run(context, *options); });
    return command;
}

}  // namespace tushu::cmd
