// SPDX-License-Identifier: Apache-2.0
// tushu-simulate scans - one scanner file of a whole stock-taking.
#include "commands.hpp"
#include "simulate/stacks.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    LibraryOptions library;
    std::optional<std::uint64_t> items, count;
    std::string outcomes, moves, events, faults = "usual";
};

Answer run(Context& context, const Options& options) {
    simulate::Sizes sizes = options.items ? sizes_for_items(*options.items)
                                          : simulate::Sizes::named(options.library.size);
    if (options.count) sizes.scans = *options.count;
    const simulate::Library library = options.library.library(sizes);
    simulate::StackFiles files;
    files.faults = faults_named(options.faults);
    files.scans = [&context](const simulate::Location&, unsigned) -> Output& {
        return context.out();
    };
    files.is_one_scan_file = true;
    std::unique_ptr<Output> outcomes, moves, events;
    if (!options.outcomes.empty()) outcomes = context.create(options.outcomes);
    if (!options.moves.empty()) moves = context.create(options.moves);
    if (!options.events.empty()) events = context.create(options.events);
    files.events = events.get();
    files.outcomes = outcomes.get();
    files.moves = moves.get();
    const simulate::StackTruth truth = simulate::write_stacks(library, files);
    for (Output* file : {outcomes.get(), moves.get(), events.get()}) {
        if (file == nullptr) continue;
        file->close();
        context.note_output(*file);
    }
    context.summary().count("scans", static_cast<std::int64_t>(truth.scans));
    return Answer::yes;
}

}  // namespace

Command scans_command() {
    auto options = std::make_shared<Options>();
    Command command("scans",
                    msg("Make a scanner file: a walk along the shelves with their labels"));
    options->library.add_to(command);
    command.option("--items", "N", options->items,
                   msg("Items of the library, whatever --size says"));
    command.option("--count", "N", options->count,
                   msg("About so many barcodes; as much of the shelves is covered as that takes"));
    command.option("--outcomes", "FILE", options->outcomes,
                   msg("Write what is to be found out of each item and each extra scan"));
    command.option("--moves", "FILE", options->moves,
                   msg("Write which books stand in the wrong place"));
    command.option("--events", "FILE", options->events,
                   msg("With --faults all: write the loans and returns since the export"));
    add_faults(command, options->faults);
    command.with_output();
    command.example(
        "tushu-simulate scans --items 10000000 --count 2000000 -o scans.txt --outcomes truth.csv",
        msg("Two million scans that fit the items of the same numbers, and the right answers"));
    return command.on_run([options](Context& context) { return run(context, *options); });
}

}  // namespace tushu::cmd
