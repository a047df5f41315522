// SPDX-License-Identifier: Apache-2.0
// tushu-marc convert - records from any format and character set to another.
#include "commands.hpp"
#include "common.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    ReadArgs read;
    WriteArgs write;
};

class ConvertStep final : public marc::RecordStep {
  public:
    explicit ConvertStep(const marc::WriteOptions& options) : writer_(marc::make_writer(options)) {}
    bool process(const marc::Record& record, const marc::SourceNote&, marc::Bytes& out) override {
        writer_->write(out, record, out.size() == 0);
        return true;
    }
    [[nodiscard]] marc::RecordWriter* writer() override { return writer_.get(); }

  private:
    std::unique_ptr<marc::RecordWriter> writer_;
};

Answer run(Context& context, const Options& options) {
    RecordRun records(context, options.read);
    const marc::WriteOptions write = records.write_options(options.write);
    FormatOutput output(context.out(), write);
    records.run([&] { return std::make_unique<ConvertStep>(write); },
                [&](const marc::Batch& batch) { output.take(batch); });
    output.end();
    return records.finish();
}

}  // namespace

Command convert_command() {
    auto options = std::make_shared<Options>();
    Command command("convert", msg("Convert records to another format, character set or both"));
    command.choice("--to", options->write.to, format_words(), msg("Format to write")).required();
    options->write.add_options_to(command);
    options->read.add_to(command);
    options->read.add_stream_options_to(command);
    command.with_output().with_rejects();
    command.example("tushu-marc convert --to marcxml -o books.xml books.mrc",
                    msg("ISO 2709 to MARCXML"));
    command.example(
        "tushu-marc convert --to iso2709 --to-encoding gbk --rejects bad.mrc -o out.mrc in.xml",
        msg("For an old Chinese system; records it cannot hold are kept in bad.mrc"));
    command.example("tushu-marc convert --to json --repairs repairs.jsonl -o out.json damaged.mrc",
                    msg("Reads damaged records and lists what was repaired"));
    command.example(
        "tushu-marc convert --to csv --columns 'Title=245$a$b,Author=100$a,ISBN=020$a' -o "
        "titles.csv "
        "books.mrc",
        msg("A table for a spreadsheet"));
    command.on_run([options](Context& context) { return run(context, *options); });
    return command;
}

}  // namespace tushu::cmd
