// SPDX-License-Identifier: Apache-2.0
// tushu-simulate all - a whole library in a folder, with what must be counted in it.
#include "commands.hpp"
#include "simulate/whole.hpp"

#include <filesystem>

namespace tushu::cmd {
namespace {

Answer run(Context& context, const LibraryOptions& options) {
    namespace fs = std::filesystem;
    const std::string& folder = context.options().output;
    if (folder == "-")
        throw Error(Fault::usage, msg("a library is a folder of files: say which with -o"));
    const simulate::Library library = options.library();
    const simulate::MakeFile make = [&](const std::string& name) {
        const fs::path path = fs::path(folder) / name;
        std::error_code error;
        fs::create_directories(path.parent_path(), error);
        if (error) throw system_error(Fault::io, path.parent_path().string(), error.value());
        return context.create(path.string());
    };
    const simulate::FileDone done = [&](Output& file) { context.note_output(file); };
    const simulate::WholeCounts counts = simulate::write_whole(library, options.size, make, done);
    context.summary().count("bibs", static_cast<std::int64_t>(counts.bibs));
    context.summary().count("items", static_cast<std::int64_t>(counts.items));
    context.summary().count("scans", static_cast<std::int64_t>(counts.scans));
    context.summary().count("log_rows", static_cast<std::int64_t>(counts.events));
    context.summary().count("requests", static_cast<std::int64_t>(counts.requests));
    context.say(msg("{}: {} records, {} items, {} scans, {} log rows, {} requests", folder,
                    counts.bibs, counts.items, counts.scans, counts.events, counts.requests));
    return Answer::yes;
}

}  // namespace

Command all_command() {
    auto options = std::make_shared<LibraryOptions>();
    Command command("all", msg("Make a whole library with truth.json: what must be counted in it"));
    options->add_to(command);
    command.with_output();
    command.example("tushu-simulate all --seed 1 --size small -o samples/library",
                    msg("The sample library of this distribution, byte for byte"));
    command.example(
        "tushu-simulate all --seed 7 --size large -o /srv/trial",
        msg("1.2 million records, 10 million items and 40 million log rows to try a machine with"));
    return command.on_run([options](Context& context) { return run(context, *options); });
}

}  // namespace tushu::cmd
