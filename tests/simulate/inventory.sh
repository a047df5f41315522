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
for case in "1 6000 6400" "2 6000 6400" "3 20000 21000" "4 60000 12000" "5 200000 210000"; do
    set -- $case
    echo "seed $1: $2 items, $3 scans"
    tushu-simulate items -q --seed "$1" --form neutral --count "$2" --scans "$3" --force -o items.csv
    tushu-simulate scans -q --seed "$1" --items "$2" --count "$3" --force -o scans.txt --outcomes truth.csv --moves truth-moves.csv
    rm -rf session
    tushu-inventory snapshot -q --items items.csv --force -o holdings.snap
    tushu-inventory scan add -q --session session scans.txt
    tushu-inventory reconcile -q --session session --snapshot holdings.snap --force -o outcomes.csv
    tushu-inventory order -q --session session --snapshot holdings.snap --force -o moves.csv
    compare_outcomes truth.csv outcomes.csv truth-moves.csv moves.csv
done
