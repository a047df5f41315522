// SPDX-License-Identifier: Apache-2.0
// tushu-simulate items - an item file, in shelf order of each location.
#include "commands.hpp"
#include "simulate/stacks.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    LibraryOptions library;
    std::string form = "ils", faults = "usual";
    std::optional<std::uint64_t> count, scans;
};

Answer run(Context& context, const Options& options) {
    simulate::Sizes sizes = options.count ? sizes_for_items(*options.count)
                                          : simulate::Sizes::named(options.library.size);
    if (options.scans) sizes.scans = *options.scans;
    const simulate::Library library = options.library.library(sizes);
    simulate::StackFiles files;
    files.faults = faults_named(options.faults);
    files.items = &context.out();
    files.form = options.form == "neutral" ? simulate::ItemForm::neutral : simulate::ItemForm::ils;
    if (options.count) files.item_limit = *options.count;
    const simulate::StackTruth truth = simulate::write_stacks(library, files);
    context.summary().count("items", static_cast<std::int64_t>(truth.items_kept));
    return Answer::yes;
}

}  // namespace

Command items_command() {
    auto options = std::make_shared<Options>();
    Command command("items", msg("Make an item file, without bad rows"));
    options->library.add_to(command);
    command.choice(
        "--form", options->form, {"ils", "neutral"},
        msg("ils: Chinese columns in GB 18030, as `all` writes them; neutral: the columns of "
            "tushu-catalog export items"));
    command.option("--count", "N", options->count, msg("So many items, whatever --size says"));
    command.option(
        "--scans", "N", options->scans,
        msg("How many scans are to fit it: give tushu-simulate scans the same number as --count"));
    add_faults(command, options->faults);
    command.with_output();
    command.example(
        "tushu-simulate items --form neutral --count 10000000 --scans 2000000 -o items.csv",
        msg("Ten million holdings"));
    return command.on_run([options](Context& context) { return run(context, *options); });
}

}  // namespace tushu::cmd
