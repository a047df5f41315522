#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The night on a library a hundred times the sample's: stock-taking over many working days, forgotten labels.
set -euo pipefail
source=$1 build=$2 work=$3
rm -rf "$work" && mkdir -p "$work" && cd "$work"
export LC_ALL=C PATH=$build/bin:$PATH TUSHU_PATRON_KEY=the-key-of-a-test
unset TUSHU_CONFIG TUSHU_DATA LANG
tushu-simulate all -q --seed 3 --size medium -o library
tushu-job run "$source/jobs/nightly.yaml" --slot 2019-12-31 --set lib="$work/library" --set out="$work/out" \
    --set store="$work/out/tushu.db"
compare_truth library/truth.json out/report
rm -rf library out
