// SPDX-License-Identifier: Apache-2.0
// tushu-marc edit - change records by a recipe.
#include "marc/edit.hpp"

#include "commands.hpp"
#include "common.hpp"
#include "marc/compare.hpp"

#include <unistd.h>

#include <mutex>

namespace tushu::cmd {
namespace {

struct Options {
    ReadArgs read;
    std::vector<std::string> operands, rules;
    WriteArgs write;
    std::string colour = "auto";
    bool dry_run = false;
};

marc::Recipe recipe_of(const Options& options, const std::string& file) {
    if (!file.empty()) {
        const Message hint = msg("the recipe comes first, then the files of records");
        const auto load = [&] {
            try {
                return Yaml::load(file);
            } catch (const Error& e) {
                if (e.fault() != Fault::config || !e.hint().empty()) throw;
                throw Error(e.fault(), e.where(), e.message(), hint);
            }
        };
        const Yaml yaml = load();
        if (yaml.is_scalar()) throw yaml.error(msg("this is no recipe"), hint);
        return marc::Recipe::from_yaml(yaml);
    }
    marc::Recipe recipe;
    for (const auto& rule : options.rules) recipe.add_rule(Yaml::parse(rule, "-e"));
    return recipe;
}

// What all threads together have done. Sums do not depend on the order of adding.
struct Tally {
    std::mutex mutex;
    std::vector<std::uint64_t> fired, failed;
    std::uint64_t changed = 0;
};

class EditStep final : public marc::RecordStep {
  public:
    EditStep(const Options& options, const std::string& recipe, const marc::WriteOptions& write,
             bool colour, Tally& tally)
        : recipe_(recipe_of(options, recipe)),
          writer_(marc::make_writer(write)),
          is_dry_(options.dry_run),
          colour_(colour),
          tally_(tally) {}
    ~EditStep() override {
        const std::lock_guard lock(tally_.mutex);
        tally_.fired.resize(recipe_.size());
        tally_.failed.resize(recipe_.size());
        for (std::size_t i = 0; i < fired_.size(); ++i) tally_.fired[i] += fired_[i];
        for (std::size_t i = 0; i < failed_.size(); ++i) tally_.failed[i] += failed_[i];
        tally_.changed += changed_count_;
    }
    EditStep(const EditStep&) = delete;
    EditStep& operator=(const EditStep&) = delete;

    bool process(const marc::Record& record, const marc::SourceNote& note,
                 marc::Bytes& out) override {
        edited_.borrow(record);
        failures_.clear();
        const bool is_changed = recipe_.apply(edited_, fired_, &failures_);
        if (is_changed) ++changed_count_;
        if (is_dry_) {
            if (is_changed) show(record, note, out);
        } else {
            writer_->write(out, edited_, out.size() == 0);
        }
        return true;
    }
    [[nodiscard]] marc::RecordWriter* writer() override { return writer_.get(); }
    [[nodiscard]] std::vector<marc::WriteNote> take_notes() override {
        std::vector<marc::WriteNote> notes = writer_->take_notes();
        failed_.resize(recipe_.size());
        for (auto& failure : failures_) {
            ++failed_[failure.rule];
            notes.push_back(
                {"rule_" + std::to_string(failure.rule + 1) + "_failed", std::move(failure.why)});
        }
        return notes;
    }

  private:
    void show(const marc::Record& record, const marc::SourceNote& note, marc::Bytes& out) const {
        const std::string_view red = colour_ ? "\x1B[31m" : "", green = colour_ ? "\x1B[32m" : "",
                               plain = colour_ ? "\x1B[0m" : "";
        out.append("@@ " + std::to_string(note.record) + " " +
                   std::string(record.control_number()) + "\n");
        for (const auto& change : marc::compare(record, edited_)) {
            if (!change.left.empty())
                out.append(std::string(red) + "-" + change.tag + " " + change.left +
                           std::string(plain) + "\n");
            if (!change.right.empty())
                out.append(std::string(green) + "+" + change.tag + " " + change.right +
                           std::string(plain) + "\n");
        }
    }

    marc::Recipe recipe_;
    std::unique_ptr<marc::RecordWriter> writer_;
    bool is_dry_, colour_;
    Tally& tally_;
    marc::Record edited_;
    std::vector<std::uint64_t> fired_, failed_;
    std::vector<marc::Recipe::Failure> failures_;
    std::uint64_t changed_count_ = 0;
};

Answer run(Context& context, Options& options) {
    std::string recipe;
    if (options.rules.empty()) {
        if (options.operands.empty())
            throw Error(Fault::usage, msg("{} is missing", "RECIPE"),
                        msg("give a recipe file, or rules with -e"));
        recipe = options.operands.front();
        options.operands.erase(options.operands.begin());
    }
    if (!options.operands.empty()) options.read.files = options.operands;
    const marc::Recipe names = recipe_of(options, recipe);
    for (const auto& warning : names.warnings()) {
        context.summary().warn("rerun_changes");
        context.log("warning", warning.text(context.lang()), &warning);
    }
    options.read.is_dry = options.dry_run;
    RecordRun records(context, options.read);
    const marc::WriteOptions write = records.write_options(options.write);
    if (options.dry_run) records.keep_bytes();
    const bool colour =
        options.colour == "always" || (options.colour == "auto" && ::isatty(STDOUT_FILENO) != 0 &&
                                       Context::environment("NO_COLOR").value_or("").empty());
    Tally tally;
    const auto make = [&] {
        return std::make_unique<EditStep>(options, recipe, write, colour, tally);
    };
    if (options.dry_run) {
        // Not to -o: that names the file of records, which a dry run leaves alone.
        Output list("-", Output::Replace::no);
        records.run(make, [&](const marc::Batch& batch) { list.write(batch.bytes.view()); });
        list.close();
        if (context.options().output != "-")
            context.say(msg("{} is not written with --dry-run", context.options().output));
    } else {
        FormatOutput output(context.out(), write);
        records.run(make, [&](const marc::Batch& batch) { output.take(batch); });
        output.end();
    }
    Answer answer = records.finish();
    tally.fired.resize(names.size());
    tally.failed.resize(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        context.summary().count("rule_" + std::to_string(i + 1),
                                static_cast<std::int64_t>(tally.fired[i]));
        context.say(msg("rule {} ({}): {}", i + 1, names.title(i), tally.fired[i]));
        if (tally.failed[i] == 0) continue;
        context.say(msg("rule {} ({}) could not be applied to records: {}", i + 1, names.title(i),
                        tally.failed[i]));
        answer = Answer::no;
    }
    context.summary().count("records_changed", static_cast<std::int64_t>(tally.changed));
    context.say(msg("records changed: {}", tally.changed));
    return answer;
}

}  // namespace

Command edit_command() {
    auto options = std::make_shared<Options>();
    Command command("edit", msg("Change records by the rules of a recipe"));
    command.option("-e,--rule", "RULE", options->rules,
                   msg("A rule in YAML instead of a recipe file; may be repeated"));
    command.flag(
        "--dry-run", options->dry_run,
        msg("Write no records: show on standard output what would change, and how often each "
            "rule fires; -o is not touched"));
    command.choice("--colour", options->colour, {"auto", "always", "never"},
                   msg("Colours in the output of --dry-run"));
    options->write.add_to(command);
    options->read.add_options_to(command);
    command.operands("[RECIPE] FILE", options->operands, 0,
                     msg("The recipe, unless -e is given, and files of records"));
    options->read.add_stream_options_to(command);
    command.with_output().with_rejects();
    command.example("tushu-marc edit --dry-run recipe.yaml books.mrc",
                    msg("Show what the recipe would do"));
    command.example("tushu-marc edit recipe.yaml books.mrc -o edited.mrc",
                    msg("Do it; the counts of each rule go to standard error"));
    command.example(
        "tushu-marc edit -e 'delete: 59.' -e '{set: 040$e, to: rda, if: 264}' books.mrc -o "
        "edited.mrc",
        msg("Two rules without a file"));
    command.on_run([options](Context& context) { return run(context, *options); });
    return command;
}

}  // namespace tushu::cmd
