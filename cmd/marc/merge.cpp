// SPDX-License-Identifier: Apache-2.0
// tushu-marc merge - several files to one, each record once.
#include "commands.hpp"
#include "common.hpp"
#include "common/scratch.hpp"
#include "marc/path.hpp"

#include <filesystem>

namespace tushu::cmd {
namespace {

struct Options {
    ReadArgs read;
    WriteArgs write;
    std::string by = "001", keep = "last";
    ScratchOptions scratch{"32M"};
};

// Notes the key and the place of each record.
class NoteStep final : public marc::RecordStep {
  public:
    NoteStep(const marc::Path& path, std::uint64_t& place, ExternalSort& keys)
        : path_(path), place_(place), keys_(keys) {}
    bool process(const marc::Record& record, const marc::SourceNote&, marc::Bytes&) override {
        const std::string key = path_.first(record);
        ++place_;
        if (!key.empty()) keys_.add(key, sortable(place_));
        return true;
    }

  private:
    const marc::Path& path_;
    std::uint64_t& place_;
    ExternalSort& keys_;
};

// Sorts out which places give way to another record of their key. Records without a key all stay.
void find_losers(ExternalSort& keys, bool last_stays, ExternalSort& losers) {
    std::string key, place;
    bool is_first = true;
    while (keys.next()) {
        const bool is_same = !is_first && keys.key() == key;
        if (is_same) losers.add(last_stays ? std::string_view(place) : keys.value(), {});
        key = keys.key();
        place = keys.value();
        is_first = false;
    }
}

class KeepStep final : public marc::RecordStep {
  public:
    KeepStep(std::uint64_t& place, ExternalSort& losers, bool& has_loser,
             const marc::WriteOptions& write)
        : place_(place),
          losers_(losers),
          has_loser_(has_loser),
          writer_(marc::make_writer(write)) {}
    bool process(const marc::Record& record, const marc::SourceNote&, marc::Bytes& out) override {
        ++place_;
        if (has_loser_ && from_sortable(losers_.key()) == place_) {
            has_loser_ = losers_.next();
            return false;
        }
        writer_->set_number(place_);
        writer_->write(out, record, out.size() == 0);
        return true;
    }
    [[nodiscard]] marc::RecordWriter* writer() override { return writer_.get(); }

  private:
    std::uint64_t& place_;
    ExternalSort& losers_;
    bool& has_loser_;
    std::unique_ptr<marc::RecordWriter> writer_;
};

Answer run(Context& context, Options& options) {
    options.read.threads = 1;
    for (const auto& file : options.read.files)
        if (file == "-" ||
            (std::filesystem::exists(file) && !std::filesystem::is_regular_file(file)))
            throw Error(Fault::usage,
                        msg("files are read twice here and cannot be standard input or a pipe"));
    const marc::Path path = marc::Path::parse(options.by);
    ExternalSort::Limits limits = options.scratch.limits(context);
    limits.memory /= 2;
    ExternalSort losers(limits);
    std::uint64_t place = 0;
    {
        ExternalSort keys(limits);
        for (const auto& file : options.read.files) {
            const auto input = Input::open(file);
            (void)marc::run_stream(
                *input, options.read.stream_options(),
                [&] { return std::make_unique<NoteStep>(path, place, keys); }, [](marc::Batch&) {});
        }
        find_losers(keys, options.keep == "last", losers);
    }
    bool has_loser = losers.next();
    std::uint64_t dropped = 0;
    place = 0;
    RecordRun records(context, options.read);
    const marc::WriteOptions write = records.write_options(options.write);
    FormatOutput output(context.out(), write);
    records.run([&] { return std::make_unique<KeepStep>(place, losers, has_loser, write); },
                [&](const marc::Batch& batch) {
                    dropped += batch.dropped;
                    output.take(batch);
                });
    output.end();
    if (dropped != 0)
        context.say(
            msg("records that gave way to another one of the same {}: {}", options.by, dropped));
    return records.finish();
}

}  // namespace

Command merge_command() {
    auto options = std::make_shared<Options>();
    Command command("merge", msg("Join files and keep each record once"));
    command.option("--by", "PATH", options->by,
                   msg("What makes two records the same (default 001)"));
    command.choice("--keep", options->keep, {"last", "first"},
                   msg("Which of the same records stays (default last)"));
    options->write.add_to(command);
    options->scratch.add_to(command);
    options->read.add_options_to(command);
    command.operands("FILE", options->read.files, 1,
                     msg("Files of records, which are read twice: neither standard input nor "
                         "pipes; .gz, .xz and .zst are unpacked"));
    command.with_output().with_rejects();
    command.example("tushu-marc merge full.mrc update-*.mrc -o current.mrc",
                    msg("A full export and its updates: the newest of each record"));
    command.on_run([options](Context& context) { return run(context, *options); });
    return command;
}

}  // namespace tushu::cmd
