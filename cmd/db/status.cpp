// SPDX-License-Identifier: Apache-2.0
// tushu-db status - what the store is, how current, how large.
#include "commands.hpp"
#include "common/store.hpp"
#include "store/archive.hpp"

#include <algorithm>

namespace tushu::cmd {
namespace {

struct Options {
    bool is_counting = false;
};

Table status_table(store::Store& store, const std::vector<store::Migration>& migrations,
                   bool is_counting) {
    Table table{"store-status",
                msg("State of the store"),
                {{"item", msg("item"), ColumnKind::code},
                 {"what", msg("what"), ColumnKind::text},
                 {"value", msg("value"), ColumnKind::text}},
                {},
                {},
                {}};
    const auto add = [&table](const std::string& item, Message what, Cell value) {
        table.rows.push_back({item, std::move(what), std::move(value)});
    };
    const auto pending = std::count_if(migrations.begin(), migrations.end(),
                                       [](const store::Migration& m) { return m.applied.empty(); });
    add("kind", msg("kind of database"),
        store.kind() == store::Kind::sqlite ? "SQLite" : "PostgreSQL");
    add("store", msg("where"), store.display_name());
    add("migrations_applied", msg("migrations applied"),
        static_cast<std::int64_t>(migrations.size()) - pending);
    add("migrations_pending", msg("migrations pending"), std::int64_t{pending});
    add("bytes", msg("size on disk, bytes"), store::store_bytes(store));
    if (store.has_table("load")) {
        store::Rows loads = store.query(
            "SELECT kind, count(row_count), count(*) - count(row_count), max(loaded_at) FROM load "
            "GROUP BY kind ORDER BY kind");
        while (loads.next()) {
            const std::string kind(loads.text(0));
            add("loads:" + kind, msg("finished loads of the kind {}", kind), loads.integer(1));
            if (loads.integer(2) > 0)
                add("unfinished:" + kind, msg("unfinished loads of the kind {}", kind),
                    loads.integer(2));
            add("last:" + kind, msg("last load of the kind {}", kind), std::string(loads.text(3)));
        }
    }
    if (is_counting)
        for (const auto& name : store::table_names(store))
            add("rows:" + name, msg("rows of the table {}", name),
                store.integer("SELECT count(*) FROM " + name).value_or(0));
    for (const auto& migration : migrations)
        if (migration.applied.empty()) table.notes.push_back(msg("pending: {}", migration.name));
    if (pending > 0) table.notes.push_back(msg("run \"tushu-db migrate\""));
    return table;
}

}  // namespace

Command status_command() {
    auto options = std::make_shared<Options>();
    Command command("status",
                    msg("Show what the store is, whether it is current, and its loads and size"));
    return command
        .flag("--count", options->is_counting,
              msg("Count the rows of every table too (slow on a large store)"))
        .with_store()
        .with_tables()
        .example(
            "tushu-db status",
            msg("Look at the store of tushu.yaml; the exit code is 1 when migrations are pending"))
        .example("tushu-db status --count --format csv",
                 msg("With the number of rows of each table, for a script"))
        .on_run([options](Context& context) {
            auto store = store::Store::open(context.store_uri(), store_options(context));
            const auto migrations = store::migrations(store, migration_files(context));
            context.show(status_table(store, migrations, options->is_counting));
            const bool is_current =
                std::none_of(migrations.begin(), migrations.end(),
                             [](const store::Migration& m) { return m.applied.empty(); });
            return is_current ? Answer::yes : Answer::no;
        });
}

}  // namespace tushu::cmd
