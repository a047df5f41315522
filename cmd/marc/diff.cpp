// SPDX-License-Identifier: Apache-2.0
// tushu-marc diff - which records of two files differ, and in which fields.
#include "base/hash.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "common.hpp"
#include "marc/compare.hpp"
#include "marc/pack.hpp"
#include "marc/path.hpp"

#include <unordered_map>

namespace tushu::cmd {
namespace {

struct Options {
    ReadArgs read;
    std::string left, right, by = "001";
    bool brief = false;
};

// Goes through all records of a file on one thread.
class EachStep final : public marc::RecordStep {
  public:
    explicit EachStep(const std::function<void(const marc::Record&)>& use) : use_(use) {}
    bool process(const marc::Record& record, const marc::SourceNote&, marc::Bytes&) override {
        use_(record);
        return true;
    }

  private:
    const std::function<void(const marc::Record&)>& use_;
};

void each(Context& context, Options& options, const std::string& file,
          const std::function<void(const marc::Record&)>& use) {
    options.read.files = {file};
    RecordRun records(context, options.read);
    records.run([&] { return std::make_unique<EachStep>(use); }, [](const marc::Batch&) {});
}

std::uint64_t content_hash(const marc::Record& record, std::string& scratch) {
    scratch.clear();
    marc::Record plain;
    plain.borrow(record);
    // Lengths and the directory's map say nothing about the content.
    std::string leader(record.leader());
    leader.replace(0, 5, "00000").replace(10, 7, "2200000").replace(20, 4, "4500");
    plain.set_leader(leader);
    marc::pack(scratch, plain);
    return hash64(scratch);
}

Answer run(Context& context, Options& options) {
    if (options.left == "-")
        throw Error(Fault::usage, msg("the first file is read twice and cannot be standard input"));
    const marc::Path path = marc::Path::parse(options.by);
    // Three passes keep only hashes and the records that differ: A's hashes, B against them, A
    // again.
    struct Known {
        std::uint64_t hash = 0;
        bool is_seen = false;
    };
    std::unordered_map<std::string, Known> known;
    std::unordered_map<std::string, std::string> changed;
    std::vector<std::string> added;
    std::string scratch;
    std::uint64_t without_key = 0, doubled = 0, same = 0;
    each(context, options, options.left, [&](const marc::Record& record) {
        const std::string key = path.first(record);
        if (key.empty())
            ++without_key;
        else if (!known.emplace(key, Known{content_hash(record, scratch), false}).second)
            ++doubled;
    });
    each(context, options, options.right, [&](const marc::Record& record) {
        const std::string key = path.first(record);
        if (key.empty()) {
            ++without_key;
            return;
        }
        const auto at = known.find(key);
        if (at == known.end()) {
            added.push_back(key);
            return;
        }
        if (at->second.is_seen) ++doubled;
        at->second.is_seen = true;
        if (content_hash(record, scratch) == at->second.hash) {
            ++same;
            return;
        }
        std::string packed;
        marc::pack(packed, record);
        changed.emplace(key, std::move(packed));
    });
    std::uint64_t removed = 0, differing = 0;
    Output& out = context.out();
    std::unordered_map<std::string, bool> told;
    each(context, options, options.left, [&](const marc::Record& record) {
        const std::string key = path.first(record);
        if (key.empty() || !told.emplace(key, true).second) return;
        if (!known.at(key).is_seen) {
            ++removed;
            out.write("- " + printable(key) + "\n");
            return;
        }
        const auto at = changed.find(key);
        if (at == changed.end()) return;
        marc::Record other;
        marc::unpack(at->second, other);
        const auto changes = marc::compare(record, other);
        if (changes.empty()) return;
        ++differing;
        out.write("~ " + printable(key) + "\n");
        if (options.brief) return;
        for (const auto& change : changes) {
            if (!change.left.empty())
                out.write("  -" + change.tag + " " + printable(change.left, 100000) + "\n");
            if (!change.right.empty())
                out.write("  +" + change.tag + " " + printable(change.right, 100000) + "\n");
        }
    });
    for (const auto& key : added) out.write("+ " + printable(key) + "\n");
    Summary& summary = context.summary();
    summary.count("same", static_cast<std::int64_t>(same));
    summary.count("differing", static_cast<std::int64_t>(differing));
    summary.count("only_left", static_cast<std::int64_t>(removed));
    summary.count("only_right", static_cast<std::int64_t>(added.size()));
    if (without_key != 0) summary.warnings["no_key"] += static_cast<std::int64_t>(without_key);
    if (doubled != 0) summary.warnings["key_twice"] += static_cast<std::int64_t>(doubled);
    if (without_key + doubled != 0)
        context.say(
            msg("records that could not be matched: {} without {}, {} with one that came before",
                without_key, options.by, doubled));
    context.say(msg("same: {}, differing: {}, only in the first: {}, only in the second: {}", same,
                    differing, removed, added.size()));
    return differing + removed + added.size() == 0 ? Answer::yes : Answer::no;
}

}  // namespace

Command diff_command() {
    auto options = std::make_shared<Options>();
    Command command("diff", msg("Compare two files of records field by field"));
    command.operand("A", options->left, msg("The first file"));
    command.operand("B", options->right, msg("The second file, or - for standard input"));
    command.option("--by", "PATH", options->by, msg("What records are matched by (default 001)"));
    command.flag("--brief", options->brief, msg("Only say which records differ"));
    options->read.add_options_to(command);
    command.with_output().with_rejects();
    command.example(
        "tushu-marc diff yesterday.mrc today.mrc",
        msg("- gone, + new, ~ changed with the fields; exit code 1 when anything differs"));
    command.example("tushu-marc diff --by '035$a' --brief ours.mrc theirs.xml",
                    msg("Matched by system number, in different formats"));
    command.on_run([options](Context& context) { return run(context, *options); });
    return command;
}

}  // namespace tushu::cmd
