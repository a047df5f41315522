// SPDX-License-Identifier: Apache-2.0
// tushu-db migrate - brings the tables of the store to what this tushu needs.
#include "commands.hpp"
#include "common/store.hpp"

namespace tushu::cmd {

Command migrate_command() {
    Command command("migrate",
                    msg("Bring the tables of the store up to date, each step whole or not at all"));
    return command.with_store()
        .example("tushu-db migrate",
                 msg("Bring the store of tushu.yaml up to date, after installing a newer tushu"))
        .on_run([](Context& context) {
            auto store = store::Store::open(context.store_uri(), store_options(context));
            const int applied =
                store::migrate(store, migration_files(context), text_of(context.now()));
            context.summary().count("migrations_applied", applied);
            context.say(applied > 0
                            ? msg("{}: migrations applied: {}", store.display_name(), applied)
                            : msg("{}: nothing to do, the store is current", store.display_name()));
            return Answer::yes;
        });
}

}  // namespace tushu::cmd
