// SPDX-License-Identifier: Apache-2.0
// tushu-catalog load - take bibliographic records into the store.
#include "catalog/bibs.hpp"
#include "commands.hpp"
#include "common/store.hpp"

namespace tushu::cmd {

Command load_command() {
    auto choices = std::make_shared<LoadChoices>();
    Command command("load", msg("Take bibliographic records into the store"));
    command.operands(
        "FILE", choices->files, 1,
        msg("MARC files in any format that tushu-marc reads, or - for standard input"));
    add_load_options(command, *choices);
    command.with_rejects().with_store();
    command
        .example("tushu-catalog load --source cnmarc --rejects bad.mrc cnmarc.mrc",
                 msg("Loads what is new or changed; refused records go to bad.mrc"))
        .example("tushu-catalog load --source aleph --full bibs-*.mrc.gz",
                 msg("Loads a complete export and marks the records that are no longer in it"));
    return command.on_run([choices](Context& context) {
        const catalog::LoadOptions options = load_options(context, *choices);
        store::Store store = open_store(context);
        report_loads(context,
                     catalog::load_bibs(store, choices->files, options, load_events(context)));
        return Answer::yes;
    });
}

}  // namespace tushu::cmd
