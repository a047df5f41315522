#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# SIGKILL the night at many moments, runner and step together or the step alone; the next run gives the same report.
set -euo pipefail
source=$1 build=$2 work=$3
rm -rf "$work" && mkdir -p "$work" && cd "$work"
export LC_ALL=C
unset TUSHU_CONFIG TUSHU_DATA LANG
"$source/samples/run" -o "$work/reference" >reference.log 2>&1
export PATH=$build/bin:$PATH TUSHU_PATRON_KEY=the-key-of-the-sample-library-only
night=(tushu-job run "$source/jobs/nightly.yaml" --slot 2019-12-31 --record "$work/out/run.json"
    --set "lib=$source/samples/library" --set "out=$work/out" --set "store=$work/out/tushu.db")
descendants() { local child; for child in $(pgrep -P "$1"); do echo "$child"; descendants "$child"; done; }
steps=$(sed -n 's/.*"step": *"\([a-z0-9-]*\)".*/\1/p; s/.*"id": *"\([a-z0-9-]*\)".*/\1/p' reference/run.json | awk '!seen[$0]++')
[ "$(echo "$steps" | wc -l)" -ge 15 ] || { echo "run.json names too few steps: $steps"; exit 1; }
kills=0 turn=0
for step in $steps; do
    grep -q "$step: begins" reference.log || continue  # a step of the other inputs
    turn=$((turn + 1))
    rm -rf out && mkdir out
    "${night[@]}" >log 2>&1 &
    runner=$!
    until grep -q "$step: begins" log || ! kill -0 $runner 2>/dev/null; do sleep 0.002; done
    sleep "0.0$((turn % 4))"
    victim=$runner
    # Every other time the program of the step itself, below its keeper.
    [ $((turn % 2)) = 0 ] || victim=$(descendants $runner | tail -1)
    [ -n "$victim" ] && kill -9 "$victim" 2>/dev/null && kills=$((kills + 1)) || true
    wait $runner 2>/dev/null || true
    "${night[@]}" >log 2>&1 || { code=$?; tail -20 log; echo "after a kill in $step: exit $code"; exit 1; }
    diff -rq reference/report out/report || { echo "after a kill in $step: another report"; exit 1; }
done
echo "$kills kills in $turn steps, the same report after each"
[ $kills -ge 10 ]
