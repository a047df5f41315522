// SPDX-License-Identifier: Apache-2.0
// tushu-catalog items - take an item export into the store.
#include "catalog/items.hpp"

#include "commands.hpp"
#include "common/store.hpp"

namespace tushu::cmd {

Command items_command() {
    auto choices = std::make_shared<LoadChoices>();
    auto profile = std::make_shared<std::string>();
    Command command("items", msg("Take items into the store from CSV or TSV"));
    command.operands(
        "FILE", choices->files, 1,
        msg("Item exports with a header line, UTF-8 or GB 18030, or - for standard input"));
    add_load_options(command, *choices);
    command
        .option("--profile", "FILE", *profile,
                msg("Which column is what, and what the status words mean (YAML)"))
        .required();
    command.with_rejects().with_store();
    command.example(
        "tushu-catalog items --source aleph --profile items/profile.yaml items/items.csv",
        msg("Loads the items that are new or changed"));
    return command.on_run([choices, profile](Context& context) {
        const catalog::LoadOptions options = load_options(context, *choices);
        const catalog::ItemProfile columns = catalog::ItemProfile::load(*profile);
        store::Store store = open_store(context);
        report_loads(context, catalog::load_items(store, choices->files, columns, options,
                                                  load_events(context)));
        return Answer::yes;
    });
}

}  // namespace tushu::cmd
