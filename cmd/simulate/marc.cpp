// SPDX-License-Identifier: Apache-2.0
// tushu-simulate marc - bibliographic records in ISO 2709.
#include "commands.hpp"
#include "simulate/bibs.hpp"

#include <algorithm>

namespace tushu::cmd {
namespace {

struct Options {
    LibraryOptions library;
    std::string form = "cnmarc";
    std::optional<std::uint64_t> count;
    bool with_faults = false;
};

Answer run(Context& context, const Options& options) {
    using simulate::File;
    const File file = options.form == "marc21"       ? File::marc21
                      : options.form == "cnmarc-gbk" ? File::cnmarc_gbk
                                                     : File::cnmarc;
    // A little less than the file's share of a library's records, so that there are enough of them.
    const std::uint64_t permille = file == File::marc21 ? 300 : file == File::cnmarc_gbk ? 80 : 600;
    const simulate::Library library =
        options.count ? options.library.library(
                            simulate::Sizes::for_bibs(*options.count * 1000 / permille + 500))
                      : options.library.library();
    const std::uint64_t count = options.count.value_or(library.bibs_of(file));
    const simulate::BibsTruth truth =
        simulate::write_bibs(context.out(), library, file, count, options.with_faults);
    context.summary().count("records", static_cast<std::int64_t>(truth.created));
    context.summary().count("bad_records", static_cast<std::int64_t>(truth.rejects));
    return Answer::yes;
}

}  // namespace

Command marc_command() {
    auto options = std::make_shared<Options>();
    Command command("marc", msg("Make bibliographic records: CNMARC in UTF-8 or GBK, or MARC 21"));
    options->library.add_to(command);
    command.choice("--form", options->form, {"cnmarc", "cnmarc-gbk", "marc21"},
                   msg("Which of a library's files; default cnmarc"));
    command.option("--count", "N", options->count, msg("So many records, whatever --size says"));
    command.flag("--faults", options->with_faults,
                 msg("Plant the damaged records that `all` plants"));
    command.with_output();
    command.example("tushu-simulate marc --form marc21 --count 1000 -o west.mrc",
                    msg("A thousand English, German, French and Russian records"));
    return command.on_run([options](Context& context) { return run(context, *options); });
}

}  // namespace tushu::cmd
