#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# realdata.sh BIN DATA - real files through every format and back. Exceptions have their reason here.
bin=$1 data=${TUSHU_REALDATA:-$2}
if [ ! -d "$data/marc" ]; then
    echo "SKIPPED: no real files in $data (set TUSHU_REALDATA)"
    exit 77
fi
export LC_ALL=C
t=$bin/tushu-marc
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

count() { # records file
    [ "$("$t" count "$data/$2" | cut -f1)" = "$1" ] || fail "$2 does not hold $1 records"
}
count 10 marc/cnmarc-10.sru.xml
count 62 marc/cornell-cjk-62.mrc
count 19 marc/eacc-col1.mrc
count 2000 marc/uva-marc8-2000.mrc
count 246 marc/vendor-marc8-246.mrc

for file in marc/cnmarc-10.sru.xml marc/cornell-cjk-62.mrc marc/eacc-col1.mrc marc/uva-marc8-2000.mrc \
    marc/vendor-marc8-246.mrc aleph/alephseq-example1.seq aleph/alephseq-example2.seq; do
    for format in iso2709 marcxml marcxchange turbomarc json jsonl folio-srs mrk aleph; do
        changed=$("$t" roundtrip -q --via $format "$data/$file" 2>/dev/null) || fail "$file by $format: $(echo "$changed" | head -3)"
    done
    # One record has a literal " $q (" in fifteen fields, which is a subfield in the line format.
    n=$("$t" roundtrip -q --via line "$data/$file" 2>/dev/null | cut -f2 | sort -u | wc -l)
    case $file in *cornell*) [ "$n" = 1 ] ;; *) [ "$n" = 0 ] ;; esac || fail "$file by line: $n records"
    changed=$("$t" roundtrip -q --via iso2709 --via-encoding gb18030 "$data/$file" 2>/dev/null) || fail "$file in GB 18030: $changed"
done

# MARC-8 and back. In the two Latin files nothing changes. What is refused elsewhere has no code in MARC-8:
# dashes and quotes of Unicode, a replacement character that was in the file, Thai, Hindi, one Hanzi outside EACC.
for file in uva-marc8-2000.mrc vendor-marc8-246.mrc; do
    "$t" roundtrip -q --via iso2709 --via-encoding marc-8 "$data/marc/$file" >/dev/null 2>&1 || fail "$file in MARC-8"
done
for file in cnmarc-10.sru.xml:9 cornell-cjk-62.mrc:4 eacc-col1.mrc:1; do
    n=$("$t" roundtrip -q --via iso2709 --via-encoding marc-8 "$data/marc/${file%:*}" 2>/dev/null | grep -c 'does not exist in marc-8')
    [ "$n" = "${file#*:}" ] || fail "${file%:*} in MARC-8: $n refused, not ${file#*:}"
done

# Latin-1 under the label of MARC-8: what the records that Latin-1 has codes for become, most are told. The others hold
# letters that Czech or Vietnamese could have there. Of the MARC-8 files themselves no record is taken for Latin-1.
work=$(mktemp -d)
believed() { # FILE SET
    "$t" convert -q --force --to line --summary "$work/s.json" -o /dev/null "$1"
    sed -n "s/.*declared_marc-8_believed_$2\": \([0-9]*\).*/\1/p" "$work/s.json"
}
for file in uva-marc8-2000.mrc:913:716:640 vendor-marc8-246.mrc:64:55:54; do
    IFS=: read -r name marc8 all told <<EOF
$file
EOF
    [ "$(believed "$data/marc/$name" marc-8)" = "$marc8" ] || fail "$name: not all records are believed to be MARC-8"
    "$t" convert -q --to iso2709 --to-encoding latin1 --max-rejects 100% -o "$work/$name" "$data/marc/$name" 2>/dev/null
    n=$(believed "$work/$name" latin1) other=$(believed "$work/$name" marc-8)
    [ "$n" -ge "$told" ] && [ $((n + other)) = "$all" ] || fail "$name in Latin-1: $n told, $other not"
done
rm -rf "$work"

# Field by field with yaz, which leaves MARC-8's letters decomposed.
if command -v yaz-marcdump >/dev/null && command -v uconv >/dev/null; then
    work=$(mktemp -d)
    for file in uva-marc8-2000.mrc vendor-marc8-246.mrc; do
        yaz-marcdump -f marc-8 -t utf-8 "$data/marc/$file" | uconv -x nfc | grep -v '^[0-9]\{5\}' | sed 's/ *$//' >"$work/yaz"
        "$t" convert -q --to line "$data/marc/$file" | grep -v '^[0-9]\{5\}' | sed 's/ *$//' >"$work/own"
        # One vendor record has an empty subfield, which is dropped here and told.
        n=$(diff "$work/yaz" "$work/own" | grep -c '^[<>]')
        case $file in vendor*) [ "$n" -le 2 ] ;; *) [ "$n" = 0 ] ;; esac || fail "$file: $n lines differ from yaz-marcdump"
    done
    rm -rf "$work"
else
    echo "SKIPPED: the comparison with yaz-marcdump (yaz, icu-devtools are not installed)"
fi
echo "$failures failures"
[ $failures = 0 ]
