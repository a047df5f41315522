#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# inventory.sh BIN [ITEMS] [SCANS] [ORDERED] - stock-taking on a simulated library, measured against streaming the same
# bytes with wc -l in the same run. Limits for 10 million items and 2 million scans on two cores: snapshot 15 s, first
# reconcile 6 s and 1 GB, later runs on the same snapshot (what nobody covered is only counted) 1 s; order of 1.3
# million items 0.5 s.
set -e
bin=$1 items=${2:-10000000} scans=${3:-2000000} ordered=${4:-1300000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
measure() { # NAME BYTES-OF COMMAND...: seconds and megabytes; wc -l reads the same bytes just before
    name=$1 bytes=$2
    shift 2
    # shellcheck disable=SC2086  # a list of files
    bash -c 'TIMEFORMAT="%R"; time cat "$@" | wc -l >/dev/null' bash $bytes 2>base
    bash -c 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>errors' bash "$@" 2>time || { cat errors; exit 1; }
    echo "$name $(cat time) $(cat base)" | awk '{
        printf "%-20s %7.2f s wall, %7.2f s processor, %6.1f times wc -l\n", $1, $2, $3 + $4, ($5 > 0 ? $2 / $5 : 0) }'
}
"$bin/tushu-simulate" items -q --form neutral --count "$items" --scans "$scans" -o items.csv
"$bin/tushu-simulate" scans -q --items "$items" --count "$scans" -o scans.txt
"$bin/tushu-inventory" scan add -q --session session scans.txt
measure snapshot items.csv "$bin/tushu-inventory" snapshot -q --items items.csv -o holdings.snap
measure reconcile "items.csv scans.txt" \
    "$bin/tushu-inventory" reconcile -q --session session --snapshot holdings.snap -o outcomes.csv
for run in 1 2 3; do
    measure reconcile-again-$run "holdings.snap scans.txt" "$bin/tushu-inventory" reconcile -q --session session \
        --snapshot holdings.snap --omit NOTCOVERED -o outcomes.csv --force
done
"$bin/tushu-simulate" items -q --form neutral --count "$ordered" --scans "$ordered" -o ordered.csv
"$bin/tushu-simulate" scans -q --items "$ordered" --count "$ordered" -o ordered.txt
"$bin/tushu-inventory" snapshot -q --items ordered.csv -o ordered.snap
"$bin/tushu-inventory" scan add -q --session ordered ordered.txt
for run in 1 2 3; do
    measure order-$run "ordered.snap ordered.txt" \
        "$bin/tushu-inventory" order -q --session ordered --snapshot ordered.snap -o moves.csv --force
done
"$bin/order_bench" ordered ordered.snap
