// SPDX-License-Identifier: Apache-2.0
// order_bench SESSION SNAPSHOT - seconds of the steps of `order` by themselves: reading the scans,
// joining them to the holdings, finding the fewest moves. Best of three.
#include "base/error.hpp"
#include "inventory/order.hpp"
#include "inventory/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace {

/// Wall seconds of one call, kept when it is the least so far.
template <class F>
auto timed(double& least, F step) {
    const auto begin = std::chrono::steady_clock::now();
    auto result = step();
    least = std::min(
        least, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    return result;
}

}  // namespace

int main(int argc, char** argv) {
    using namespace tushu;
    if (argc != 3) {
        fmt::print(stderr, "usage: order_bench SESSION SNAPSHOT\n");
        return 64;
    }
    try {
        const auto session = inventory::Session::open(argv[1]);
        const auto snapshot = inventory::Snapshot::open(argv[2]);
        double read = 1e9, join = 1e9, order = 1e9;
        std::size_t scans = 0, moves = 0;
        for (int i = 0; i < 3; ++i) {
            auto log = timed(read, [&] { return session.load(); });
            auto matching = timed(join, [&] { return inventory::match(log, snapshot); });
            const auto found =
                timed(order, [&] { return inventory::arrange(log, snapshot, matching); });
            scans = log.scans.size();
            moves = found.moves.size();
        }
        fmt::print(
            "order of {} scans, {} to move: reading {:.2f} s, joining {:.2f} s, ordering {:.2f} "
            "s\n",
            scans, moves, read, join, order);
    } catch (const Error& e) {
        fmt::print(stderr, "order_bench: {}\n", e.what());
        return 1;
    }
}
