#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The night on real MARC files: each record is loaded or refused with a reason, and the totals add up.
set -euo pipefail
source=$1 build=$2 work=$3
data=${TUSHU_REALDATA:-$source/../shared/data}
if [ ! -d "$data/marc" ]; then
    echo "SKIPPED: night/real-files: no real files in $(basename "$data") (set TUSHU_REALDATA)"
    exit 77
fi
rm -rf "$work" && mkdir -p "$work" && cd "$work"
export LC_ALL=C
unset TUSHU_CONFIG TUSHU_DATA LANG
files=("$data"/marc/*)
"$source/samples/run" -o "$work/out" --marc "${files[@]}" || [ $? = 1 ]
expected=$("$build/bin/tushu-marc" count -q "${files[@]}" | awk '{ n += $1 } END { print n }')
# catalog-loads.csv: source, file, records_in, created, changed, unchanged, rejects
awk -F, -v expected="$expected" 'NR == 1 { for (i = 1; i <= NF; ++i) at[$i] = i; next }
    { files++; in_all += $at["records_in"]; kept += $at["created"] + $at["changed"] + $at["unchanged"]; refused += $at["rejects"] }
    END { printf "%d files, %d records, %d kept, %d refused\n", files, in_all, kept, refused
          exit !(in_all == expected && kept + refused == in_all && kept > 2000) }' out/report/catalog-loads.csv
