// SPDX-License-Identifier: Apache-2.0
// tushu-simulate circulation - a year's circulation log in one file.
#include "commands.hpp"
#include "simulate/logs.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    LibraryOptions library;
    std::optional<std::uint64_t> count;
    bool with_faults = false;
};

Answer run(Context& context, const Options& options) {
    const simulate::Library library = options.library.library();
    const std::uint64_t count = options.count.value_or(library.sizes().events);
    const simulate::CirculationTruth truth =
        simulate::write_circulation(library, count, options.with_faults,
                                    [&context](unsigned) -> Output& { return context.out(); });
    context.summary().count("rows", static_cast<std::int64_t>(truth.rows));
    return Answer::yes;
}

}  // namespace

Command circulation_command() {
    auto options = std::make_shared<Options>();
    Command command("circulation", msg("Make a year's circulation log of eight branches"));
    options->library.add_to(command);
    command.option("--count", "N", options->count, msg("So many events, whatever --size says"));
    command.flag("--faults", options->with_faults, msg("Plant the bad rows that `all` plants"));
    command.with_output();
    command.example("tushu-simulate circulation --size large --count 40000000 -o log.csv",
                    msg("The log of a very large library"));
    return command.on_run([options](Context& context) { return run(context, *options); });
}

}  // namespace tushu::cmd
