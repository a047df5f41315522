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

# Who scans into the terminal has a file of their own, though another one does so too; whoever ends while a third
# program adds to the session waits for it.
{ echo barcode,location,call_number,status; for j in 1 2 3 4 5; do echo B00$j,JC1,K20/$j,on_shelf; done; } >items.csv
tushu-inventory snapshot -q --items items.csv -o a.snap || exit 1
scan() { tushu-inventory live --session live --snapshot a.snap --silent "$@" >>answers; }
there() { # FILE: waits until it is there
    tries=0
    until [ -e "$1" ] || [ $tries -eq 200 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
}
session() { tail -n +2 live/journal.csv | cut -d , -f 3,11,12; }
{ printf '#LOC JC1\n#SHELF A1\nB001\n'; there begun; echo B002; there held; echo B003; } | scan 2>told1 &
first=$!
there live/live-1.txt
{ printf '#LOC JC1\n#SHELF A9\nB004\n'; there live/live-2.txt; >begun; echo B005; } | scan 2>told2 ||
    fail "the second: $(cat told2)"
flock live/lock sh -c '>held; sleep 1' &
wait $first || fail "the first: $(cat told1)"
[ "$(session)" = "$(printf 'live-2.txt,5,2\nlive-1.txt,6,3')" ] || fail "two at once: $(cat live/journal.csv)"
grep -qx B002 live/files/0002-*.txt && grep -qx '#SHELF A1' live/files/0002-*.txt || fail "the first's book is elsewhere"
ls live/live-* 2>/dev/null && fail "a file was left"

# Killed in the middle: the next one takes the scans in.
mkfifo keys
tushu-inventory live --session live --snapshot a.snap --silent <keys >killed 2>&1 &
victim=$!
exec 3>keys
printf '#LOC JC1\n#SHELF A2\nB005\n' >&3
tries=0
until grep -q B005 killed || [ $tries -eq 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
kill -9 $victim
wait $victim 2>/dev/null
exec 3>&-
echo B001 | scan 2>told3 || fail "after the death of another: $(cat told3)"
grep -q 'live-3.txt came to no end: its 1 scans are in the session now' told3 || fail "it says only: $(cat told3)"
[ "$(session | tail -n 2)" = "$(printf 'live-3.txt,4,1\nlive-4.txt,2,1')" ] || fail "killed: $(cat live/journal.csv)"
exit $bad
