// SPDX-License-Identifier: Apache-2.0
// tushu-marc diff - which records of two files differ, and in which fields.
#include "base/hash.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "common.hpp"
#include "common/scratch.hpp"
#include "marc/compare.hpp"
#include "marc/pack.hpp"
#include "marc/path.hpp"
#include "marc/write.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    ReadArgs read;
    std::string left, right, by = "001";
    bool brief = false;
    ScratchOptions scratch{"32M"};
};

/// All records of one file in the order of their keys. Records without a key follow, by their
/// content, so that equal ones meet.
class Side {
  public:
    Side(const marc::Path& path, const ExternalSort::Limits& limits)
        : path_(path), records_(limits) {}
    /// `number`: its place in the file.
    void add(const marc::Record& given, std::uint64_t number) {
        // Text is compared as UTF-8, so the label of the character set says nothing more.
        // How true labels are spelt differs, so the old one is taken away first.
        const marc::Dialect dialect = marc::dialect_of(given, {});
        const marc::Record& record = label_.run(no_label_.run(given, dialect), dialect);
        const std::string key = path_.first(record);
        packed_ = sortable(number);
        marc::pack(packed_, record);
        if (key.empty()) ++without_key_;
        records_.add(key.empty() ? "\x01" + content_hash(record) : '\0' + key, packed_);
    }
    /// Moves to the next record; false at the end.
    bool next() {
        if (!records_.next()) return false;
        const std::string_view key = records_.key();
        if (records_passed_++ != 0 && key == key_) ++doubled_;
        key_ = key;
        return true;
    }
    [[nodiscard]] const std::string& key() const { return key_; }
    [[nodiscard]] std::string_view packed() const { return records_.value().substr(8); }
    /// What people know the record by: its key, or its place in the file.
    [[nodiscard]] std::string name() const {
        return key_.front() == '\0' ? printable(std::string_view(key_).substr(1))
                                    : fmt::format("#{}", from_sortable(records_.value()));
    }
    [[nodiscard]] std::uint64_t without_key() const { return without_key_; }
    /// Records with a key that another record before had.
    [[nodiscard]] std::uint64_t doubled() const { return doubled_; }

  private:
    static std::string content_hash(const marc::Record& record) {
        // Lengths and the directory's map say nothing about the content.
        marc::Record plain;
        plain.borrow(record);
        std::string leader(record.leader());
        leader.replace(0, 5, "00000").replace(10, 7, "2200000").replace(20, 4, "4500");
        plain.set_leader(leader);
        std::string bytes;
        marc::pack(bytes, plain);
        return sortable(hash64(bytes));
    }
    const marc::Path& path_;
    marc::LabelStage no_label_{{.charset = marc::Charset::big5}};  // which has none
    marc::LabelStage label_{{}};
    ExternalSort records_;
    std::string key_, packed_;
    std::uint64_t without_key_ = 0, doubled_ = 0, records_passed_ = 0;
};

class AddStep final : public marc::RecordStep {
  public:
    explicit AddStep(Side& side) : side_(side) {}
    bool process(const marc::Record& record, const marc::SourceNote& note, marc::Bytes&) override {
        side_.add(record, note.record);
        return true;
    }

  private:
    Side& side_;
};

void read_side(Context& context, Options& options, const std::string& file, Side& side) {
    options.read.files = {file};
    RecordRun records(context, options.read);
    records.run([&side] { return std::make_unique<AddStep>(side); }, [](const marc::Batch&) {});
}

Answer run(Context& context, Options& options) {
    if (options.left == "-" && options.right == "-")
        throw Error(Fault::usage, msg("only one of the files can be standard input"));
    const marc::Path path = marc::Path::parse(options.by);
    ExternalSort::Limits limits = options.scratch.limits(context);
    limits.memory /= 2;
    Side left(path, limits), right(path, limits);
    read_side(context, options, options.left, left);
    read_side(context, options, options.right, right);
    Output& out = context.out();
    marc::Record before, after;
    std::int64_t same = 0, differing = 0, only_left = 0, only_right = 0;
    bool has_left = left.next(), has_right = right.next();
    while (has_left || has_right) {
        // The n-th record of a key on the left stands against the n-th on the right.
        const int order = !has_left ? 1 : !has_right ? -1 : left.key().compare(right.key());
        if (order < 0) {
            ++only_left;
            out.write("- " + left.name() + "\n");
        } else if (order > 0) {
            ++only_right;
            out.write("+ " + right.name() + "\n");
        } else if (left.packed() == right.packed()) {
            ++same;
        } else {
            marc::unpack(left.packed(), before);
            marc::unpack(right.packed(), after);
            const auto changes = marc::compare(before, after);
            ++(changes.empty() ? same : differing);
            if (!changes.empty()) out.write("~ " + left.name() + "\n");
            for (const auto& change : changes) {
                if (options.brief) break;
                if (!change.left.empty())
                    out.write("  -" + change.tag + " " + printable(change.left, 100000) + "\n");
                if (!change.right.empty())
                    out.write("  +" + change.tag + " " + printable(change.right, 100000) + "\n");
            }
        }
        if (order <= 0) has_left = left.next();
        if (order >= 0) has_right = right.next();
    }
    Summary& summary = context.summary();
    summary.count("same", same);
    summary.count("differing", differing);
    summary.count("only_left", only_left);
    summary.count("only_right", only_right);
    const std::uint64_t without_key = left.without_key() + right.without_key();
    const std::uint64_t doubled = left.doubled() + right.doubled();
    if (without_key != 0) summary.warnings["no_key"] += static_cast<std::int64_t>(without_key);
    if (doubled != 0) summary.warnings["key_twice"] += static_cast<std::int64_t>(doubled);
    if (without_key + doubled != 0)
        context.say(
            msg("matched by their content: {} without {}; "
                "matched in their order: {} with one that came before",
                without_key, options.by, doubled));
    context.say(msg("same: {}, differing: {}, only in the first: {}, only in the second: {}", same,
                    differing, only_left, only_right));
    return differing + only_left + only_right == 0 ? Answer::yes : Answer::no;
}

}  // namespace

Command diff_command() {
    auto options = std::make_shared<Options>();
    Command command("diff", msg("Compare two files of records field by field"));
    command.operand("A", options->left, msg("The first file, or - for standard input"));
    command.operand("B", options->right, msg("The second file, or - for standard input"));
    command.option("--by", "PATH", options->by, msg("What records are matched by (default 001)"));
    command.flag("--brief", options->brief, msg("Only say which records differ"));
    options->scratch.add_to(command);
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
