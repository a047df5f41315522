#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# callno.sh BIN [LINES] - call-number keys and sorting, measured against coreutils' sort in the same run.
# Limits: 10 million keys in 10 s on one core; sort in the memory asked for, whatever the number of lines.
set -e
bin=$1 lines=${2:-10000000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

generate() { # scheme: a pseudo-random list, the same every time
    awk -v n="$lines" -v scheme="$1" 'BEGIN {
        x = 20191231
        for (i = 0; i < n; i++) {
            x = (x * 1103515 + 12345) % 2147483648; a = int(x / 7) % 26
            x = (x * 1103515 + 12345) % 2147483648; b = int(x / 7)
            x = (x * 1103515 + 12345) % 2147483648; c = int(x / 7)
            if (scheme == "clc") printf "%s%d.%d%s/%d%s\n", substr("ABCDEFGHIJKNOPQRSTUVXZTPTQ", a + 1, a > 21 ? 2 : 1), 100 + b % 900, int(b / 900) % 1000, b % 7 ? "" : "-43", c % 3000, c % 5 ? "" : "-" c % 11
            else if (scheme == "lc") printf "Q%c%d.%d .C%d D%d %d\n", 65 + a % 18, 1 + b % 900, int(b / 900) % 100, c % 1000, int(c / 1000) % 1000, 1900 + b % 120
            else printf "%03d.%d %c%d %d\n", b % 1000, int(b / 1000) % 10000, 65 + a, c % 1000, 1900 + c % 120
        }
    }'
}

seconds() { # command...: wall seconds
    /usr/bin/env bash -c 'TIMEFORMAT=%R; time "$@" >"$0/out" 2>"$0/err"' "$work" "$@" 2>&1
}

for scheme in clc lc ddc; do
    list=$work/$scheme.txt
    generate $scheme >"$list"
    base=$(seconds env LC_ALL=C sort --parallel=1 -S 256M "$list")
    keys=$(seconds "$bin/tushu-callno" key --scheme $scheme -o /dev/null --force "$list")
    sorted=$(seconds "$bin/tushu-callno" sort --scheme $scheme --memory 256M -o "$work/sorted" --force "$list" --summary "$work/summary")
    echo "$scheme: $lines lines, $(($(wc -c <"$list") / 1048576)) MiB"
    echo "  LC_ALL=C sort            $base s"
    echo "  keys (with hex output)   $keys s, ratio $(echo "$keys $base" | awk '{ printf "%.2f", $1 / $2 }')"
    echo "  tushu-callno sort        $sorted s, ratio $(echo "$sorted $base" | awk '{ printf "%.2f", $1 / $2 }'), $(sed -n 's/.*"sorted_runs": \([0-9]*\).*/\1/p' "$work/summary") runs"
    [ "$(wc -l <"$work/sorted")" = "$lines" ]
    rm -f "$list" "$work/sorted"
done
