// SPDX-License-Identifier: Apache-2.0
// tushu-marc select - the records that a query holds for.
#include "commands.hpp"
#include "common.hpp"
#include "marc/path.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"

#include <filesystem>

namespace tushu::cmd {
namespace {

struct Options {
    ReadArgs read;
    WriteArgs write;
    std::string query;
    bool invert = false, count = false;
    std::uint64_t sample = 1;
    std::optional<std::uint64_t> first;
};

class SelectStep final : public marc::RecordStep {
  public:
    SelectStep(const Options& options, const marc::WriteOptions& write, bool is_raw)
        : query_(marc::Query::parse(options.query)),
          invert_(options.invert),
          count_(options.count),
          is_raw_(is_raw),
          sample_(options.sample),
          writer_(marc::make_writer(write)) {}

    // What is written is looked at in all its fields first.
    [[nodiscard]] bool wants_whole(const marc::Record& some) override {
        return !count_ && query_.matches(some) != invert_;
    }
    bool process(const marc::Record& record, const marc::SourceNote& note,
                 marc::Bytes& out) override {
        if (query_.matches(record) == invert_) return false;
        // By content, so that the same record is in the sample wherever it stands and on any
        // thread.
        if (sample_ > 1 && hash64(note.raw) % sample_ != 0) return false;
        if (count_) return true;
        if (is_raw_ && note.repairs.empty())
            out.append(note.raw);
        else
            writer_->write(out, record, out.size() == 0);
        return true;
    }
    [[nodiscard]] marc::RecordWriter* writer() override { return count_ ? nullptr : writer_.get(); }

  private:
    marc::Query query_;
    bool invert_, count_, is_raw_;
    std::uint64_t sample_;
    std::unique_ptr<marc::RecordWriter> writer_;
};

Answer run(Context& context, const Options& options) {
    std::error_code none;
    if (std::filesystem::is_regular_file(options.query, none))
        throw Error(Fault::usage, msg("{} is missing", "QUERY"),
                    msg("{} is a file; the query comes before it", printable(options.query)));
    const marc::Query query =
        marc::Query::parse(options.query);  // a mistake is reported before any file is opened
    if (options.sample == 0)
        throw Error(Fault::usage, msg("option --sample: one in {} is none", 0),
                    msg("--sample 1 takes all, --sample 100 about one in a hundred"));
    ReadArgs read = options.read;
    RecordRun records(context, read);
    const marc::WriteOptions write = records.write_options(options.write);
    const bool is_raw =
        write.format == marc::Format::iso2709 && options.write.to.empty() && !write.charset;
    if (is_raw || options.count) records.keep_bytes();
    // Bytes go through as they are, so only the fields of the question need to be looked at.
    if (is_raw && read.repairs.empty()) read.only_tags = query.tags();
    const auto make = [&] {  // for each file
        return std::make_unique<SelectStep>(options, write,
                                            is_raw && records.format() == marc::Format::iso2709);
    };
    if (options.count) {
        std::uint64_t found = 0;
        records.run(make, [&](const marc::Batch& batch) { found += batch.out; });
        context.out().write(std::to_string(found) + "\n");
    } else {
        FormatOutput output(context.out(), write);
        records.run(make, [&](const marc::Batch& batch) { output.take(batch); });
        output.end();
    }
    return records.finish();
}

}  // namespace

Command select_command() {
    auto options = std::make_shared<Options>();
    Command command("select", msg("Take out the records that a query holds for"));
    command.operand("QUERY", options->query,
                    msg("What the records must fulfil: 245$a ~ \"Shanghai\" and not 856"));
    command.flag("--invert", options->invert,
                 msg("Take the records that the query does not hold for"));
    command.flag("--count", options->count, msg("Print only how many there are"));
    command.option("--sample", "N", options->sample,
                   msg("Take about one in N of them, chosen by content"));
    options->write.add_to(command);
    options->read.add_to(command);
    options->read.limit_of = ReadArgs::LimitOf::selected;
    options->read.add_stream_options_to(command);
    command.with_output().with_rejects();
    command.example("tushu-marc select '200$a ~ \"上海\" and not 856' -o out.mrc books.mrc",
                    msg("Titles with this word that have no link"));
    command.example("tushu-marc select --count '008/35-37 = chi' books.mrc",
                    msg("How many are in Chinese (MARC 21)"));
    command.example("tushu-marc select 'count(650) > 3 or 461$1200$a' --to line books.mrc | less",
                    msg("Many subjects, or a title in an embedded field 200 of 461"));
    command.on_run([options](Context& context) { return run(context, *options); });
    return command;
}

}  // namespace tushu::cmd
