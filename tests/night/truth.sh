#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The night's report equals the simulator's truth; a second run changes no byte; the report is sound HTML.
set -euo pipefail
source=$1 build=$2 work=$3
rm -rf "$work" && mkdir -p "$work" && cd "$work"
export LC_ALL=C TZ=Europe/Berlin
unset TUSHU_CONFIG TUSHU_DATA LANG
"$source/samples/run" -o "$work/out"
"$build/bin/compare_truth" out/truth.json out/report
cp -r out/report first
"$source/samples/run" -o "$work/out" >/dev/null
diff -r first out/report && echo "a second run changes no byte"
for lang in zh en; do
    # libxml2 knows HTML 4 and says so about <main>, <nav>, <figure>, <section>, <svg>: those are no faults.
    xmllint --html --noout "out/report/$lang/index.html" 2>&1 | grep -v -e 'Tag [a-z]* invalid' |
        grep 'error' && { echo "$lang/index.html is not well-formed"; exit 1; }
    grep -q '<svg' "out/report/$lang/index.html"
done
xlsx2csv -n 1 out/report/report.zh.xlsx >/dev/null 2>&1 || xlsx2csv out/report/report.zh.xlsx >/dev/null
grep -q '"result": *"done"\|"result": *"warn"' out/run.json
