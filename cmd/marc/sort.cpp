// SPDX-License-Identifier: Apache-2.0
// tushu-marc sort - records in the order of a path.
#include "marc/sort.hpp"

#include "commands.hpp"
#include "common.hpp"
#include "common/scratch.hpp"
#include "marc/pack.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    ReadArgs read;
    std::vector<std::string> by;
    WriteArgs write;
    bool descending = false;
    ScratchOptions scratch{"32M"};
};

class AddStep final : public marc::RecordStep {
  public:
    AddStep(const std::vector<marc::Path>& by, bool descending, ExternalSort& sorter,
            const marc::WriteOptions& write)
        : by_(by), descending_(descending), sorter_(sorter), writer_(marc::make_writer(write)) {}
    bool process(const marc::Record& record, const marc::SourceNote&, marc::Bytes&) override {
        // What cannot be written becomes a reject now, while its bytes are at hand.
        trial_.clear();
        writer_->write(trial_, record, true);
        key_.clear();
        packed_.clear();
        marc::append_sort_key(key_, record, by_, descending_);
        marc::pack(packed_, record);
        sorter_.add(key_, packed_);
        return true;
    }
    // What the trial says of a record holds when it is written in its place.
    [[nodiscard]] marc::RecordWriter* writer() override { return writer_.get(); }

  private:
    const std::vector<marc::Path>& by_;
    bool descending_;
    ExternalSort& sorter_;
    std::unique_ptr<marc::RecordWriter> writer_;
    marc::Bytes trial_;
    std::string key_, packed_;
};

Answer run(Context& context, const Options& options) {
    std::vector<marc::Path> by;
    for (const auto& text : options.by) by.push_back(marc::Path::parse(text));
    if (by.empty()) by.push_back(marc::Path::parse("001"));
    RecordRun records(context, options.read);
    const marc::WriteOptions write = records.write_options(options.write);
    ExternalSort sorter(options.scratch.limits(context));
    records.run([&] { return std::make_unique<AddStep>(by, options.descending, sorter, write); },
                [](const marc::Batch&) {});
    const auto writer = marc::make_writer(write);
    marc::Bytes bytes;
    writer->begin(bytes);
    std::uint64_t number = 0;
    marc::Record record;
    while (sorter.next()) {
        marc::unpack(sorter.value(), record);
        writer->set_number(number + 1);
        writer->write(bytes, record, number++ == 0);
        (void)writer->take_notes();  // told by the trial
        context.out().write(bytes.view());
        bytes.clear();
    }
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
    options->scratch.add_to(command);
    options->write.add_to(command);
    options->read.add_to(command);
    command.with_output().with_rejects();
    command.example("tushu-marc sort --by '690$a' --by 001 books.mrc -o sorted.mrc",
                    msg("By class, then by number"));
    command.on_run([options](Context& context) { return run(context, *options); });
    return command;
}

}  // namespace tushu::cmd
