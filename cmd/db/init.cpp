// SPDX-License-Identifier: Apache-2.0
// tushu-db init - makes the store with all its tables.
#include "commands.hpp"
#include "common/store.hpp"
#include "store/archive.hpp"

namespace tushu::cmd {

Command init_command() {
    Command command("init", msg("Make the store with all its tables; harmless where it exists"));
    return command.with_store()
        .example("tushu-db init --store tushu.db", msg("Make a SQLite store in the file tushu.db"))
        .example("tushu-db init --store postgresql://tushu@db.example.org/tushu",
                 msg("Make the tables in a PostgreSQL database that exists"))
        .on_run([](Context& context) {
            const auto files = migration_files(context);
            auto options_of_store = store_options(context);
            options_of_store.create = true;
            auto store = store::Store::open(context.store_uri(), options_of_store);
            // Tables without our list of migrations belong to some other program.
            if (!store.has_table("migration") && !store::table_names(store).empty())
                throw Error(Fault::config, {store.display_name()},
                            msg("the database holds tables of another program"),
                            msg("give tushu a database, or a schema, of its own"));
            const int applied = store::migrate(store, files, text_of(context.now()));
            context.summary().count("migrations_applied", applied);
            context.say(applied > 0 ? msg("{}: the store is ready; migrations applied: {}",
                                          store.display_name(), applied)
                                    : msg("{}: the store is ready already", store.display_name()));
            return Answer::yes;
        });
}

}  // namespace tushu::cmd
