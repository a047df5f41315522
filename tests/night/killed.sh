#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# SIGKILL the night at many moments, runner and step together or the step alone; the next run gives the same report.
set -euo pipefail
source=$1 build=$2 work=$3
rm -rf "$work" && mkdir -p "$work" && cd "$work"
export LC_ALL=C
unset TUSHU_CONFIG TUSHU_DATA LANG
"$source/samples/run" -o "$work/reference" >/dev/null
export PATH=$build/bin:$PATH TUSHU_PATRON_KEY=the-key-of-the-sample-library-only
night() {
    tushu-job run "$source/jobs/nightly.yaml" --slot 2019-12-31 --record "$work/out/run.json" \
        --set "lib=$source/samples/library" --set "out=$work/out" --set "store=$work/out/tushu.db"
}
kills=0
for moment in 0.02 0.05 0.1 0.15 0.2 0.3 0.4 0.6 0.8 1.0 1.3 1.7; do
    for victim in runner step; do
        rm -rf out && mkdir out
        night >log 2>&1 &
        runner=$!
        sleep "$moment"
        if [ $victim = runner ]; then
            kill -9 $runner 2>/dev/null && kills=$((kills + 1)) || true
        else
            step=$(pgrep -P $runner | head -1 || true)
            [ -n "$step" ] && kill -9 "$step" 2>/dev/null && kills=$((kills + 1)) || true
        fi
        wait $runner 2>/dev/null || true
        night >log 2>&1 || { code=$?; [ $code = 1 ] || { tail -20 log; echo "$moment $victim: exit $code"; exit 1; }; }
        diff -rq reference/report out/report || { echo "$moment $victim: another report"; exit 1; }
    done
done
echo "$kills kills, the same report after each"
[ $kills -ge 6 ]
