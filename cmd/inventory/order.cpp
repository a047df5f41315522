// SPDX-License-Identifier: Apache-2.0
// tushu-inventory order - the fewest books to move, and where each belongs.
#include "commands.hpp"
#include "common/store.hpp"
#include "inventory/publish.hpp"
#include "run.hpp"

#include <algorithm>

namespace tushu::cmd {
namespace {

struct Options {
    std::string session, snapshot;
    bool strays = false, publish = false;
};

Answer run(Context& context, const Options& opt) {
    auto in = read_session(context, opt.session, opt.snapshot, {});
    auto matching = inventory::match(in.log, in.snapshot);
    const auto arrangement = inventory::arrange(in.log, in.snapshot, matching);
    warn_about_scans(context, in.log, matching, arrangement);
    Summary& summary = context.summary();
    std::int64_t home = 0;
    std::uint32_t blocks = 0;
    for (const auto& move : arrangement.moves) {
        home += move.is_home ? 1 : 0;
        blocks = std::max(blocks, move.block);
    }
    summary.count("scans_in", static_cast<std::int64_t>(in.log.scans.size()));
    summary.count("moves", home);
    summary.count("blocks", blocks);
    summary.count("strays", static_cast<std::int64_t>(arrangement.moves.size()) - home);
    inventory::write_moves(in.log, in.snapshot, matching, arrangement,
                           opt.strays ? inventory::Strays::included : inventory::Strays::left_out,
                           context.out());
    if (opt.publish) {
        auto store = open_store(context);
        inventory::publish_moves(store, in.session, in.log, in.snapshot, matching, arrangement);
    }
    return Answer::yes;
}

}  // namespace

Command order_command() {
    auto opt = std::make_shared<Options>();
    Command command("order", msg("name the fewest books to move, and where each belongs"));
    command.option("--session", "DIR", opt->session, msg("Folder of the session"));
    command.required();
    command.option("--snapshot", "SNAP", opt->snapshot, msg("The expected holdings"));
    command.required();
    command.flag("--strays", opt->strays,
                 msg("Also books of other locations, with the place in theirs"));
    command.flag("--publish", opt->publish, msg("Replace this session's moves in the store"));
    command.with_output().with_store();
    command.example(
        "tushu-inventory order --session 2019-autumn --snapshot holdings.snap -o moves.csv",
        msg("Each book out of order with its true neighbours"));
    command.on_run([opt](Context& context) { return run(context, *opt); });
    return command;
}

}  // namespace tushu::cmd
