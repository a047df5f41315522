#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# together.sh BIN - programs that work on one session at the same time lose nothing.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
PATH=$1:$PATH
export PATH SOURCE_DATE_EPOCH=1577808000 LC_ALL=C
bad=0
fail() { echo "$1"; bad=1; }

# Four programs make one session: a file whose adding was told to be done is in the journal, and the others are told
# to come again (75).
for j in 1 2 3 4; do printf '#LOC JC1\n#SHELF A%s\nB00%s\n#END\n' $j $j >r$j.txt; done
round=0
while [ $round -lt 30 ]; do
    round=$((round + 1))
    rm -rf rc
    for j in 1 2 3 4; do
        { tushu-inventory scan add --session rc r$j.txt >told$j 2>&1; echo $? >code$j; } &
    done
    wait
    done=$(cat code? | grep -cx 0)
    rows=$(tail -n +2 rc/journal.csv | wc -l)
    [ "$done" -ge 1 ] || fail "round $round: nobody could add: $(cat told?)"
    [ "$rows" -eq "$done" ] || fail "round $round: $done files were added, the journal has $rows"
    cat code? | grep -vx -e 0 -e 75 && fail "round $round: $(cat told?)"
done
exit $bad
