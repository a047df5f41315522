#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# truth.sh BIN SIZE - a simulated library with known answers: every planted fault is found, nothing innocent is
# accused. Prints precision and recall for each outcome and holds them at 1.
set -e
bin=$1 size=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export LC_ALL=C
"$bin/tushu-simulate" all --seed 7 --size "$size" -o library -q
# As the catalogue does: rows without barcode and second rows of a barcode are refused.
awk -F, 'NR == 1 || ($1 != "" && !seen[$1]++)' library/items/items.csv >items.csv
"$bin/tushu-inventory" snapshot -q --items items.csv -o holdings.snap 2>/dev/null
"$bin/tushu-inventory" scan add -q --session session library/scans/*.txt
"$bin/tushu-inventory" reconcile -q --session session --snapshot holdings.snap -o outcomes.csv
"$bin/tushu-inventory" order -q --session session --snapshot holdings.snap -o moves.csv
# A reader's number is in no output; the simulator knows it.
awk -F, 'NR > 1 { print ($3 == "NOTITEM" ? "" : $1) "," $3 }' library/truth-inventory.csv | sort >wanted
awk -F, 'NR > 1 { print ($2 == "NOTITEM" ? "" : $1) "," $2 }' outcomes.csv | sort >got
awk -F, 'NR > 1 { print $1 }' library/truth-moves.csv | sort >wanted-moves
awk -F, 'NR > 1 { print $1 }' moves.csv | sort >got-moves
comm -12 wanted got >both
for code in $(cut -d, -f2 wanted got | sort -u); do
    count() { grep -c ",$code\$" "$1" || true; }
    echo "$code $(count wanted) $(count got) $(count both)" | awk '{
        printf "%-12s planted %7d  claimed %7d  precision %.4f  recall %.4f\n", $1, $2, $3, $3 ? $4 / $3 : 1, $2 ? $4 / $2 : 1 }'
done
echo "moves: planted $(wc -l <wanted-moves), claimed $(wc -l <got-moves), both $(comm -12 wanted-moves got-moves | wc -l)"
awk -F, 'NR == FNR { block[$1] = $7; next }
    FNR > 1 && $3 == "block" { place = $4 FS $5; if (!(place in one)) one[place] = block[$1]
                               if (block[$1] == "" || block[$1] != one[place]) parted[place] = 1 }
    END { printf "blocks: planted %d, parted %d\n", length(one), length(parted); exit length(parted) > 0 }' \
    moves.csv library/truth-moves.csv
cmp wanted got
cmp wanted-moves got-moves
