// SPDX-License-Identifier: Apache-2.0
// tushu-db backup - the whole store in one portable file.
#include "commands.hpp"
#include "common/store.hpp"
#include "store/archive.hpp"

namespace tushu::cmd {

Command backup_command() {
    Command command(
        "backup", msg("Save the whole store in one file that SQLite and PostgreSQL both restore"));
    return command.with_output()
        .with_store()
        .example("tushu-db backup -o tushu-2019-12-31.backup",
                 msg("Save the store of tushu.yaml while others go on working"))
        .example("tushu-db backup | zstd >tushu.backup.zst",
                 msg("The same, compressed; restore reads it as it is"))
        .on_run([](Context& context) {
            auto store = open_store(context);
            auto& out = context.out();
            context.progress().begin(msg("saving"), std::nullopt);
            const auto facts = store::write_archive(store, out, [&](std::int64_t rows) {
                context.progress().tick(out.bytes(), static_cast<std::uint64_t>(rows));
            });
            auto& summary = context.summary();
            for (const auto& table : facts.tables)
                summary.count("rows_of_" + table.table, table.rows);
            summary.count("rows", facts.rows());
            context.progress().end();
            context.say(msg("tables saved: {}, rows: {}", facts.tables.size(), facts.rows()));
            return Answer::yes;
        });
}

}  // namespace tushu::cmd
