#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# project.sh SOURCE BUILD WORK [ITEMS] - a whole stock-taking project on a simulated library: two passes, a reviewed
# write-back file, its undo, and the counts in the plan. The default is 20,000 items; the plan's project has 650,000.
set -euo pipefail
build=$2 work=$3 items=${4:-20000}
export LC_ALL=C TZ=Europe/Berlin PATH="$build/bin:$PATH"
unset TUSHU_CONFIG TUSHU_DATA LANG
rm -rf "$work" && mkdir -p "$work" && cd "$work"
step() { echo "$SECONDS s: $*"; }
fail() { echo "project: $*" >&2; exit 1; }
number() { sed -n "s/.*\"$2\": *\([0-9]*\).*/\1/p" "$1" | head -n 1; }

step "a library of $items items, and what two passes over it read"
tushu-simulate items -q --form neutral --faults all --count "$items" --scans $((2 * items)) -o bare.csv
tushu-simulate scans -q --faults all --items "$items" --count $((2 * items)) -o scans.txt --outcomes truth.csv --events events.csv
# The day of the last stock-taking stands in the catalogue; so far nowhere.
awk 'NR == 1 { print $0 ",last_seen"; next } { print $0 "," }' bare.csv >items.csv
awk '/^#DATE/ { held = ""; hold = 1 } /^#PASS/ { pass = $2; printf "%s", held >("pass" pass ".txt"); hold = 0 }
    hold { held = held $0 "\n"; next } /^#END/ { next } { print >("pass" pass ".txt") }' scans.txt
for pass in 1 2; do echo "#END" >>pass$pass.txt; done
tushu-inventory snapshot -q --items items.csv --exported "2019-10-01 00:00:00" -o before.snap 2>/dev/null

step "the first pass: nothing becomes missing"
given=(--session project --snapshot before.snap --events events.csv)
plan=(--profile generic --batch seen --batch missing --batch cleared --missing-passes 2)
tushu-inventory scan add -q --session project pass1.txt
tushu-inventory reconcile -q "${given[@]}" -o first.csv 2>/dev/null
tushu-inventory writeback plan -q "${given[@]}" "${plan[@]}" --folder first >/dev/null 2>&1
once=$(grep -c ',MISSING1,' first.csv)
[ "$once" -gt 0 ] || fail "the first pass misses nothing: no test"
! grep -q ',MISSING2,' first.csv || fail "missing twice after one pass"
! grep -q '^missing,' first/changes.csv || fail "one pass made an item missing"

step "the second pass: $once missing once, the rest is seen, missing twice, or not gone over again"
tushu-inventory scan add -q --session project pass2.txt
tushu-inventory scan add -q --session project pass1.txt pass2.txt # a file handed in again changes nothing
tushu-db init -q --store project.db
tushu-inventory reconcile -q "${given[@]}" --publish --store project.db --summary run.json -o second.csv 2>/dev/null
tushu-inventory list search -q "${given[@]}" --format csv -o search.csv 2>/dev/null
awk -F, 'FNR == 1 { next } FILENAME == "truth.csv" && $3 == "MISSING2" { print $1 > "wanted" }
    FILENAME == "second.csv" && $2 == "MISSING2" { print $1 > "got" }' truth.csv second.csv
sort -o wanted wanted && sort -o got got
cmp wanted got || fail "missing twice: not those that are"
tushu-inventory writeback plan -q "${given[@]}" "${plan[@]}" --folder plan >/dev/null 2>&1
awk -F, '$1 == "missing" { print $2 }' plan/changes.csv | sort | cmp - got || fail "the plan is not the outcome"

step "the review: somebody strikes rows ($(wc -l <got) to become missing)"
awk -F, 'NR == 1 || !($1 == "missing" && $2 ~ /[0-4]$/)' plan/changes.csv >reviewed.csv
struck=$(($(wc -l <plan/changes.csv) - $(wc -l <reviewed.csv)))
[ "$struck" -gt 0 ] || fail "nothing was struck"
cp -r plan struck && cp reviewed.csv struck/changes.csv
tushu-inventory writeback files -q --plan struck --folder reviewed >/dev/null
kept=$(($(wc -l <reviewed.csv) - 1))

# The library system: takes forward files (item_id, barcode, field, expected, new), skips what is no longer as expected.
load() { # HOLDINGS FOLDER
    awk -F, -v OFS=, 'FILENAME != ARGV[ARGC - 1] { if (FNR > 1) { want[$2, $3] = $4; put[$2, $3] = $5; has[$2] = 1 }; next }
        FNR == 1 { for (i = 1; i <= NF; ++i) at[$i] = i; print; next }
        $1 in has { for (f in at) if (($1, f) in put) { if ($at[f] == want[$1, f]) $at[f] = put[$1, f]; else ++skipped } }
        { print } END { print skipped + 0 >"skipped" }' "$2"/*.csv "$1"
}
step "the system loads $kept changes ($struck struck)"
load items.csv reviewed/forward >after.csv
[ "$(cat skipped)" = 0 ] || fail "a precondition did not hold"
tushu-inventory snapshot -q --items after.csv -o after.snap 2>/dev/null
tushu-inventory writeback check -q --plan reviewed --snapshot before.snap --format csv -o check0.csv
grep -q "^open,$kept\$" check0.csv || fail "not all changes are open before they are loaded"
tushu-inventory writeback check -q --plan reviewed --snapshot after.snap --format csv -o check1.csv
grep -q "^done,$kept\$" check1.csv || fail "not all changes are done: $(tr '\n' ' ' <check1.csv)"
cut -d, -f1 items.csv | cmp - <(cut -d, -f1 after.csv) || fail "items were lost or won"

step "somebody else changed an item meanwhile: its change is stale, skipped, and told"
victim=$(awk -F, '$1 == "missing" { print $2; exit }' reviewed.csv)
sed "s/^\($victim,.*\),on_shelf,/\1,withdrawn,/" items.csv >meanwhile.csv
load meanwhile.csv reviewed/forward >/dev/null
[ "$(cat skipped)" = 1 ] || fail "the stale change was loaded"
tushu-inventory snapshot -q --items meanwhile.csv -o meanwhile.snap 2>/dev/null
! tushu-inventory writeback check -q --plan reviewed --snapshot meanwhile.snap --format csv -o check2.csv 2>stale.txt ||
    fail "a stale change was not told"
grep -q "^stale,1\$" check2.csv && grep -q "$victim" stale.txt

step "undo puts every byte back"
tushu-inventory undo -q --plan reviewed --folder undo >/dev/null
load after.csv undo/forward >restored.csv
[ "$(cat skipped)" = 0 ] || fail "the undo did not fit"
cmp items.csv restored.csv
load after.csv reviewed/inverse | cmp items.csv -

step "conservation, and the counts in the plan"
rows=$(number run.json items_in) seen=$(number run.json items_seen) idle=$(number run.json items_not_expected)
absent=$(awk -F, 'NR > 1 && $5 == ""' second.csv | wc -l)
[ "$rows" = "$(($(wc -l <items.csv) - 1))" ] || fail "items of the file and of the snapshot differ"
[ "$rows" = $((seen + absent + idle)) ] || fail "$rows items, but $seen seen, $absent absent, $idle not expected"
inventoried=$(tushu-stats show T16.02 --as-of 2019-12-31 --store project.db --part facts --format csv 2>/dev/null |
    sed -n 's/^Actual,//p')
echo "$rows items = $seen seen + $absent absent + $idle withdrawn and away; in the plan: $inventoried"
[ "$inventoried" = "$seen" ] || fail "the plan counts another number"
step "done"
