// SPDX-License-Identifier: Apache-2.0
// tushu-marc merge - several files to one, each record once.
#include "commands.hpp"
#include "common.hpp"
#include "marc/path.hpp"

#include <unordered_map>

namespace tushu::cmd {
namespace {

struct Options {
    ReadArgs read;
    std::string to, by = "001", keep = "last";
};

// Which occurrence of each key stays. Records without a key all stay.
using Winners = std::unordered_map<std::string, std::uint64_t>;

class ChooseStep final : public marc::RecordStep {
  public:
    ChooseStep(const marc::Path& path, Winners& winners, std::uint64_t& place, bool last)
        : path_(path), winners_(winners), place_(place), last_(last) {}
    bool process(const marc::Record& record, const marc::SourceNote&, marc::Bytes&) override {
        const std::string key = path_.first(record);
        ++place_;
        if (key.empty()) return true;
        if (last_)
            winners_[key] = place_;
        else
            winners_.emplace(key, place_);
        return true;
    }

  private:
    const marc::Path& path_;
    Winners& winners_;
    std::uint64_t& place_;
    bool last_;
};

class KeepStep final : public marc::RecordStep {
  public:
    KeepStep(const marc::Path& path, const Winners& winners, std::uint64_t& place,
             const marc::WriteOptions& write)
        : path_(path), winners_(winners), place_(place), writer_(marc::make_writer(write)) {}
    bool process(const marc::Record& record, const marc::SourceNote&, marc::Bytes& out) override {
        const std::string key = path_.first(record);
        ++place_;
        const auto at = key.empty() ? winners_.end() : winners_.find(key);
        if (at != winners_.end() && at->second != place_) return false;
        writer_->set_number(place_);
        writer_->write(out, record, out.size() == 0);
        return true;
    }

  private:
    const marc::Path& path_;
    const Winners& winners_;
    std::uint64_t& place_;
    std::unique_ptr<marc::RecordWriter> writer_;
};

Answer run(Context& context, Options& options) {
    options.read.threads = 1;
    for (const auto& file : options.read.files)
        if (file == "-")
            throw Error(Fault::usage,
                        msg("files are read twice here and cannot be standard input"));
    const marc::Path path = marc::Path::parse(options.by);
    Winners winners;
    std::uint64_t place = 0;
    for (const auto& file : options.read.files) {
        const auto input = Input::open(file);
        (void)marc::run_stream(
            *input, options.read.stream_options(),
            [&] {
                return std::make_unique<ChooseStep>(path, winners, place, options.keep == "last");
            },
            [](marc::Batch&) {});
    }
    place = 0;
    marc::WriteOptions write;
    write.format = output_format(options.to, options.read);
    write.dialect = dialect_option(options.read.dialect);
    FormatOutput output(context.out(), write);
    RecordRun records(context, options.read);
    records.run([&] { return std::make_unique<KeepStep>(path, winners, place, write); },
                [&](const marc::Batch& batch) { output.take(batch); });
    output.end();
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
    command.choice("--to", options->to, format_words(),
                   msg("Format to write. Without it the format of the first file"));
    options->read.add_to(command);
    command.with_output().with_rejects();
    command.example("tushu-marc merge full.mrc update-*.mrc -o current.mrc",
                    msg("A full export and its updates: the newest of each record"));
    command.on_run([options](Context& context) { return run(context, *options); });
    return command;
}

}  // namespace tushu::cmd
