#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# inventory.sh BIN WORK - what is planted on the shelves is found by tushu-inventory, and nothing innocent is
# accused: precision and recall of each outcome code are 1 for several seeds and two sizes.
set -eu
bin=$1 work=$2
rm -rf "$work"
mkdir -p "$work"
cd "$work"
export LC_ALL=C PATH="$bin:$PATH"
unset TUSHU_CONFIG TUSHU_DATA LANG
# SEED ITEMS SCANS FAULTS; LARGE=1 adds 600,000 items.
set -- "1 6000 6400 usual" "2 6000 6400 usual" "3 20000 21000 usual" "4 60000 12000 usual" "5 200000 210000 usual" \
    "6 20000 14000 all" "7 60000 40000 all"
[ -z "${LARGE:-}" ] || set -- "$@" "8 600000 500000 all"
for case in "$@"; do
    set -- $case
    echo "seed $1: $2 items, $3 scans, $4 faults"
    tushu-simulate items -q --seed "$1" --form neutral --count "$2" --scans "$3" --faults "$4" --force -o items.csv
    tushu-simulate scans -q --seed "$1" --items "$2" --count "$3" --faults "$4" --force -o scans.txt \
        --outcomes truth.csv --moves truth-moves.csv --events events.csv
    rm -rf session
    tushu-inventory snapshot -q --items items.csv --exported "2019-10-01 00:00:00" --force -o holdings.snap
    tushu-inventory scan add -q --session session scans.txt
    set -- --session session --snapshot holdings.snap
    tushu-inventory reconcile -q "$@" --events events.csv --force -o outcomes.csv
    tushu-inventory order -q "$@" --force -o moves.csv
    compare_outcomes truth.csv outcomes.csv truth-moves.csv moves.csv
done
# Every outcome code that one reading of the shelves can have was planted in the last case.
for code in BADREAD BADCHECK NOTITEM NOREC AMBIG DELETED WITHDRAWN WASMISSING ONLOAN OTHERSTATUS WRONGLIB WRONGLOC \
    WRONGCOLL OUTRANGE OUTORDER FOUND DUPSCAN DUPLABEL MISSING1 MISSING2 NOTCOVERED EXPLAINED; do
    grep -q ",$code," outcomes.csv || { echo "no $code"; exit 1; }
done
grep -q ",FOUND,SETPART," outcomes.csv
