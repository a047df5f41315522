// SPDX-License-Identifier: Apache-2.0
// tushu-marc roundtrip - which records a format or character set would change.
#include "base/text.hpp"
#include "commands.hpp"
#include "common.hpp"
#include "marc/compare.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    ReadArgs read;
    std::string via, encoding;
};

class RoundTripStep final : public marc::RecordStep {
  public:
    RoundTripStep(const marc::WriteOptions& write, const marc::ReadOptions& read, std::string file)
        : trip_(write, read), file_(std::move(file)) {}

    bool process(const marc::Record& record, const marc::SourceNote& note,
                 marc::Bytes& out) override {
        const std::string head = file_ + "\t" + std::to_string(note.record) + "\t" +
                                 printable(record.control_number()) + "\t";
        try {
            for (const auto& change : trip_.changes(record))
                out.append(head + change.tag + "\t" + printable(change.left) + "\t" +
                           printable(change.right) + "\n");
        } catch (const Error& e) {
            if (e.fault() != Fault::bad_input) throw;
            out.append(head + "---\t\t" + printable(e.message().text(Lang::en)) + "\n");
        }
        return true;
    }

  private:
    marc::RoundTrip trip_;
    std::string file_;
};

Answer run(Context& context, const Options& options) {
    marc::WriteOptions write;
    write.format = *format_option(options.via);
    write.charset = charset_option(options.encoding);
    write.dialect = dialect_option(options.read.dialect);
    write.on_bad_char = marc::BadChar::reject;
    Answer answer = Answer::yes;
    RecordRun records(context, options.read);
    records.run(
        [&] {
            return std::make_unique<RoundTripStep>(write, options.read.read_options(),
                                                   records.file());
        },
        [&](const marc::Batch& batch) {
            if (batch.bytes.size() != 0) answer = Answer::no;
            context.out().write(batch.bytes.view());
        });
    records.finish();
    return answer;
}

}  // namespace

Command roundtrip_command() {
    auto options = std::make_shared<Options>();
    Command command("roundtrip", msg("List the records that a format would change"));
    command
        .choice("--via", options->via, readable_format_words(),
                msg("Format to write and read back"))
        .required();
    command.option("--via-encoding", "SET", options->encoding,
                   msg("Character set to write and read back"));
    options->read.add_to(command);
    options->read.add_stream_options_to(command);
    command.with_output().with_rejects();
    command.example("tushu-marc roundtrip --via aleph books.mrc",
                    msg("One line for each field that differs; exit code 1 when there is one"));
    command.example("tushu-marc roundtrip --via iso2709 --via-encoding gbk books.mrc",
                    msg("Which records an old Chinese system cannot hold"));
    command.on_run([options](Context& context) { return run(context, *options); });
    return command;
}

}  // namespace tushu::cmd
