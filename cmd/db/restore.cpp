// SPDX-License-Identifier: Apache-2.0
// tushu-db restore - makes the store what a backup holds.
#include "commands.hpp"
#include "common/store.hpp"
#include "store/archive.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    std::string file;
    bool is_forced = false;
};

}  // namespace

Command restore_command() {
    auto options = std::make_shared<Options>();
    Command command("restore", msg("Make the store what a backup holds, whole or not at all"));
    return command
        .operand(
            "FILE", options->file,
            msg("A file written by tushu-db backup (may be compressed), or - for standard input"))
        .flag("--force", options->is_forced, msg("Replace a store that holds rows"))
        .with_store()
        .example("tushu-db restore --store new.db tushu-2019-12-31.backup",
                 msg("Make a SQLite store from a backup"))
        .example(
            "tushu-db restore --force --store postgresql://tushu@db.example.org/tushu "
            "tushu.backup.zst",
            msg("Move a store to PostgreSQL, replacing what is there"))
        .on_run([options](Context& context) {
            const auto files = migration_files(context);
            const auto in = context.open(options->file);
            auto options_of_store = store_options(context);
            options_of_store.create = true;
            auto store = store::Store::open(context.store_uri(), options_of_store);
            context.progress().begin(msg("restoring"), in->raw_size());
            const auto facts = store::restore_archive(
                store, *in, files, text_of(context.now()),
                options->is_forced ? store::Existing::replace : store::Existing::refuse,
                [&](std::int64_t rows) {
                    context.progress().tick(in->raw_bytes(), static_cast<std::uint64_t>(rows));
                });
            context.note_input(*in);
            context.summary().count("rows", facts.rows());
            context.progress().end();
            context.say(msg("tables restored: {}, rows: {}", facts.tables.size(), facts.rows()));
            return Answer::yes;
        });
}

}  // namespace tushu::cmd
