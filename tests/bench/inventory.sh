#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# inventory.sh BIN [ITEMS] [SCANS] - stock-taking on a simulated library, measured against streaming the holdings with
# wc -l in the same run. Limits for 10 million items and 2 million scans on two cores: snapshot 15 s, reconcile 6 s and
# 1 GB, later runs (what nobody covered is only counted) 1 s.
set -e
bin=$1 items=${2:-10000000} scans=${3:-2000000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$bin/tushu-simulate" items -q --form neutral --count "$items" --scans "$scans" -o items.csv
"$bin/tushu-simulate" scans -q --items "$items" --count "$scans" -o scans.txt
"$bin/tushu-inventory" scan add -q --session session scans.txt
measure() { # name, command...: seconds and megabytes
    name=$1
    shift
    /usr/bin/env bash -c 'TIMEFORMAT="%R %U"; time "$@" >/dev/null 2>&1' bash "$@" 2>time
    base=${base:-$(cut -d" " -f1 time)}
    echo "$name $(cat time) $base" | awk '{ printf "%-28s %7.2f s wall, %7.2f s processor, %6.1f times wc -l\n", $1, $2, $3, ($4 > 0 ? $2 / $4 : 0) }'
}
wc -l items.csv >/dev/null
measure wc wc -l items.csv
measure snapshot "$bin/tushu-inventory" snapshot -q --items items.csv -o holdings.snap --force
measure reconcile "$bin/tushu-inventory" reconcile -q --session session --snapshot holdings.snap -o outcomes.csv --force
measure reconcile-again "$bin/tushu-inventory" reconcile -q --session session --snapshot holdings.snap --omit NOTCOVERED -o outcomes.csv --force
measure order "$bin/tushu-inventory" order -q --session session --snapshot holdings.snap -o moves.csv --force
