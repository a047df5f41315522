#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# marc.sh BUILD FILE [BYTES] - CPU time of tushu-marc as a share of yaz-marcdump's on the same file in the same
# run (median of five). FILE: real records, for instance uva-marc8-2000.mrc; they are replicated to BYTES
# (default 300 MB) with an 001 and a 245 of their own. Only the ratios mean anything.
set -e
bin=$1/bin file=$2 bytes=${3:-300000000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$bin/marc_corpus" "$file" "$bytes" >"$work/utf8.mrc"
"$bin/tushu-marc" convert --to iso2709 --to-encoding marc-8 --limit 80000 --on-missing-char replace -q -o "$work/marc8.mrc" "$work/utf8.mrc"
"$bin/tushu-marc" convert --to marcxml -q -o "$work/utf8.xml" "$work/utf8.mrc"

# Bash's own clock has milliseconds; time(1) cuts user and system time down to hundredths each, which is a
# third of what count takes.
measure() { # FORMAT command... : the sum of what the format gives, median of five
    local TIMEFORMAT=$1
    shift
    for i in 1 2 3 4 5; do
        { time "$@" >/dev/null 2>"$work/err" || true; } 2>&1 | awk '{ printf "%.3f\n", $1 + $2 }'
    done | sort -n | sed -n 3p
}
cpu() { measure '%3U %3S' "$@"; }
wall() { measure '%3R 0' "$@"; }
row() { # name target ours yaz
    awk -v n="$1" -v t="$2" -v a="$3" -v b="$4" 'BEGIN { printf "%-22s %7.3f / %7.3f = %.3f  (target %s)\n", n, a, b, a / b, t }'
}
t=$bin/tushu-marc
n=$(cpu yaz-marcdump -n "$work/utf8.mrc")
row count 0.06 "$(cpu "$t" count "$work/utf8.mrc")" "$n"
row select 0.08 "$(cpu "$t" select --count '650$a ~ "Philosophy"' "$work/utf8.mrc")" "$n"
row "iso2709 to marcxml" 0.12 "$(cpu "$t" convert --to marcxml "$work/utf8.mrc")" "$(cpu yaz-marcdump -o marcxml "$work/utf8.mrc")"
row "iso2709 to line" 0.14 "$(cpu "$t" convert --to line "$work/utf8.mrc")" "$(cpu yaz-marcdump "$work/utf8.mrc")"
row "iso2709 to json" 0.12 "$(cpu "$t" convert --to json "$work/utf8.mrc")" "$(cpu yaz-marcdump -o json "$work/utf8.mrc")"
row "iso2709 to iso2709" 0.12 "$(cpu "$t" convert --to iso2709 "$work/utf8.mrc")" "$(cpu yaz-marcdump -o marc "$work/utf8.mrc")"
row "marcxml to iso2709" 0.2 "$(cpu "$t" convert --to iso2709 "$work/utf8.xml")" "$(cpu yaz-marcdump -i marcxml -o marc "$work/utf8.xml")"
row "marc-8 to utf-8" 0.3 "$(cpu "$t" convert --to iso2709 "$work/marc8.mrc")" \
    "$(cpu yaz-marcdump -f marc-8 -t utf-8 -o marc "$work/marc8.mrc")"
row "two threads, wall" "0.588" "$(wall "$t" convert --threads 2 --to marcxml "$work/utf8.mrc")" "$(wall "$t" convert --to marcxml "$work/utf8.mrc")"
/usr/bin/time -f 'resident memory %M KiB' "$t" convert --to marcxml "$work/utf8.mrc" >/dev/null
