// SPDX-License-Identifier: Apache-2.0
#include "common/store.hpp"

namespace tushu::cmd {

std::vector<std::string> migration_files(Context& context) {
    std::vector<std::string> files;
    for (const auto& name : context.data().list("store/migrations", ".sql"))
        files.push_back(context.data().find("store/migrations/" + name));
    if (files.empty())
        throw Error(Fault::config, msg("no migrations are installed"),
                    msg("see \"tushu doctor\" for the data folders"));
    return files;
}

store::Store::Options store_options(Context& context) {
    return {.create = false, .busy = std::chrono::seconds(context.config().busy_seconds)};
}

store::Store open_store(Context& context) {
    auto store = store::Store::open(context.store_uri(), store_options(context));
    store::require_current(store, migration_files(context));
    return store;
}

}  // namespace tushu::cmd
