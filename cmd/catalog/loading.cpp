// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "commands.hpp"

namespace tushu::cmd {

void add_load_options(Command& command, LoadChoices& choices) {
    command
        .option("--source", "NAME", choices.source,
                msg("The system or union catalogue that the files come from"))
        .required();
    command.flag(
        "--full", choices.is_full,
        msg("The files are all that the source has: mark what is not in them as vanished"));
    command.option(
        "--max-vanish", "PERCENT", choices.max_vanish,
        msg("With --full, change nothing when more than this share would vanish; default 10"));
    command.flag("--allow-vanish", choices.allow_vanish, msg("With --full, let any number vanish"));
    command.flag("--again", choices.is_again,
                 msg("Take files in although they were loaded before"));
}

catalog::LoadOptions load_options(const Context& context, const LoadChoices& choices) {
    if (trim(choices.source).empty())
        throw Error(Fault::usage, msg("option {}: a name is needed", "--source"));
    if (choices.max_vanish > 100)
        throw Error(Fault::usage, msg("option {}: \"{}\" is not a share from 0 to 100",
                                      "--max-vanish", choices.max_vanish));
    catalog::LoadOptions options;
    options.source = choices.source;
    options.is_full = choices.is_full;
    options.is_again = choices.is_again;
    options.max_vanish_percent = static_cast<std::int64_t>(choices.max_vanish);
    if (choices.allow_vanish) options.max_vanish_percent.reset();
    options.now = text_of(context.now());
    return options;
}

catalog::LoadEvents load_events(Context& context) {
    catalog::LoadEvents events;
    events.open = [&context](const std::string& path) {
        auto input = context.open_hashed(path);
        context.progress().begin(verbatim(input->name()), input->raw_size());
        return input;
    };
    events.reject = [&context](std::string_view code, const Error& error, std::string_view raw,
                               std::string_view key) { context.reject(code, error, raw, key); };
    events.warn = [&context](std::string_view code, const Where& where, const Message& message) {
        context.warn(code, where, message);
    };
    events.tick = [&context](Input& input, std::uint64_t n) {
        context.progress().tick(input.raw_bytes(), n);
    };
    events.read = [&context](Input& input) { context.note_input(input); };
    return events;
}

void report_loads(Context& context, const std::vector<catalog::FileLoad>& loads) {
    context.progress().end();
    Summary& summary = context.summary();
    std::int64_t vanished = 0;
    for (const auto& [file, is_repeat, counts] : loads) {
        summary.count(is_repeat ? "files_repeated" : "files_loaded");
        summary.count("records_in", counts.records_in);
        summary.count("created", counts.created);
        summary.count("changed", counts.changed);
        summary.count("unchanged", counts.unchanged);
        summary.count("repeated", counts.repeated);
        vanished += counts.vanished;
        if (is_repeat)
            context.say(msg("{} was loaded before: nothing to do", file));
        else
            context.say(
                msg("{}: {} read, {} new, {} changed, {} unchanged, {} repeated, {} refused", file,
                    counts.records_in, counts.created, counts.changed, counts.unchanged,
                    counts.repeated, counts.rejects));
    }
    summary.count("vanished", vanished);
    if (vanished > 0)
        context.say(msg("{} were not in the files and are marked as vanished", vanished));
    summary.must_add_up("records_in", {"created", "changed", "unchanged", "repeated", "rejects"});
}

}  // namespace tushu::cmd
