// SPDX-License-Identifier: Apache-2.0
// tushu-marc stat - what the records are made of.
#include "marc/stat.hpp"

#include "commands.hpp"
#include "common.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    ReadArgs read;
    std::string what = "fields";
    std::vector<std::string> values;
    std::uint64_t top = 20;
};

// Counting is one sum over all records, so it runs on one thread.
class StatStep final : public marc::RecordStep {
  public:
    explicit StatStep(marc::Statistics& statistics) : statistics_(statistics) {}
    bool process(const marc::Record& record, const marc::SourceNote&, marc::Bytes&) override {
        statistics_.add(record);
        return true;
    }

  private:
    marc::Statistics& statistics_;
};

Answer run(Context& context, Options& options) {
    std::vector<marc::Path> paths;
    for (const auto& text : options.values) paths.push_back(marc::Path::parse(text));
    const bool has_values = !paths.empty();
    marc::Statistics statistics(std::move(paths));
    options.read.threads = 1;
    RecordRun records(context, options.read);
    records.run([&] { return std::make_unique<StatStep>(statistics); }, [](const marc::Batch&) {});
    const Answer answer = records.finish();
    if (has_values) {
        const Table table = statistics.values(options.top);
        context.show(table);
        if (context.options().format == "csv")
            for (const auto& note : table.notes) context.say(note);
    } else if (options.what == "indicators") {
        context.show(statistics.indicators());
    } else if (options.what == "sizes") {
        context.show(statistics.sizes());
    } else {
        context.show(statistics.fields());
    }
    return answer;
}

}  // namespace

Command stat_command() {
    auto options = std::make_shared<Options>();
    Command command("stat", msg("Count fields, subfields, indicators, values and sizes"));
    command.choice("--what", options->what, {"fields", "indicators", "sizes"},
                   msg("What to count"));
    command.option("--values", "PATH", options->values,
                   msg("Count the values of a path instead; may be repeated"));
    command.option("--top", "N", options->top,
                   msg("Only the N most frequent values (default 20; 0: all)"));
    options->read.add_to(command);
    command.with_rejects().with_tables();
    command.example("tushu-marc stat books.mrc",
                    msg("Which fields and subfields there are, and in how many records"));
    command.example(
        "tushu-marc stat --values 008/35-37 --values LDR/6 --format csv books.mrc -o codes.csv",
        msg("Languages and kinds of record, for a spreadsheet"));
    command.on_run([options](Context& context) { return run(context, *options); });
    return command;
}

}  // namespace tushu::cmd
