#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# interop.sh BIN SEEDS DATA - what is written here, others read the same, field by field; and the reverse.
# Each reader that is not installed is skipped by name.
bin=$1 seeds=$2 data=${TUSHU_REALDATA:-$3}
export LC_ALL=C
t=$bin/tushu-marc here=$(dirname "$0") failures=0 checks=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
have_perl=1 have_yaz=1
perl -MMARC::Batch -e 1 2>/dev/null || { have_perl=0; echo "SKIPPED: the comparison with MARC::Record (libmarc-record-perl is not installed)"; }
command -v yaz-marcdump >/dev/null || { have_yaz=0; echo "SKIPPED: the comparison with yaz-marcdump (yaz is not installed)"; }
fields() { grep -v '^[0-9]\{5\}[a-z ]' "$1"; }

for file in "$seeds/two.iso2709" "$data/marc/uva-marc8-2000.mrc" "$data/marc/cornell-cjk-62.mrc" "$data/marc/eacc-col1.mrc"; do
    [ -e "$file" ] || { echo "SKIPPED: $(basename "$file") is not here"; continue; }
    name=$(basename "$file")
    "$t" convert -q --to iso2709 "$file" >"$work/iso" && "$t" convert -q --to line "$work/iso" >"$work/own" || fail "$name: convert"
    fields "$work/own" >"$work/own.fields"
    if [ $have_yaz = 1 ]; then
        yaz-marcdump "$work/iso" >"$work/yaz"
        # yaz ends records with a blank line too.
        fields "$work/yaz" | cmp -s - "$work/own.fields" || fail "$name: yaz-marcdump reads our ISO 2709 otherwise"
        "$t" convert -q --to marcxml "$work/iso" >"$work/xml"
        yaz-marcdump -i marcxml -o line "$work/xml" >"$work/yaz" 2>/dev/null
        fields "$work/yaz" | cmp -s - "$work/own.fields" || fail "$name: yaz-marcdump reads our MARCXML otherwise"
        for format in marcxml turbomarc json; do
            yaz-marcdump -o $format "$work/iso" >"$work/theirs"
            "$t" convert -q --to line "$work/theirs" >"$work/back" 2>/dev/null
            fields "$work/back" | cmp -s - "$work/own.fields" || fail "$name: we read yaz-marcdump's $format otherwise"
            checks=$((checks + 1))
        done
        checks=$((checks + 2))
    fi
    if [ $have_perl = 1 ] && [ "$name" != two.iso2709 ]; then # it takes UNIMARC's UTF-8 for Latin-1
        perl "$here/interop.pl" "$work/iso" >"$work/perl" 2>/dev/null
        cmp -s "$work/perl" "$work/own.fields" || fail "$name: MARC::Record reads our ISO 2709 otherwise"
        checks=$((checks + 1))
    fi
done
echo "$checks comparisons, $failures failures"
[ $failures = 0 ]
