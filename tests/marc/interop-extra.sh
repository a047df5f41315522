#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# interop-extra.sh BIN DATA - real files in ISO 2709, MARCXML, JSON and Aleph as we write them, read by marc4j and
# Catmandu: the same leader, fields, indicators, subfields. And MARC-8 originals, decoded by marc4j and by us.
# Where a reader differs for a reason of its own, the reason stands beside what is left out of the comparison.
bin=$1 data=${TUSHU_REALDATA:-$2}
export LC_ALL=C
t=$bin/tushu-marc here=$(dirname "$0") failures=0 checks=0
jar=/usr/share/java/marc4j.jar
missing=""
command -v javac >/dev/null && command -v java >/dev/null || missing="$missing default-jdk-headless"
[ -e $jar ] || missing="$missing libmarc4j-java"
perl -MCatmandu::Importer::MARC -e 1 2>/dev/null || missing="$missing libcatmandu-marc-perl"
[ -d "$data/marc" ] || { echo "SKIPPED: interop with marc4j and Catmandu: no real files in $data (set TUSHU_REALDATA)"; exit 77; }
[ -z "$missing" ] || { echo "SKIPPED: interop with marc4j and Catmandu: apt-get install$missing"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
javac -cp $jar -d "$work" "$here/Interop.java" || exit 1
marc4j() { java -Dfile.encoding=UTF-8 -cp "$jar:$work" Interop "$@" 2>"$work/errors"; }
catmandu() { perl "$here/interop-catmandu.pl" "$@" 2>"$work/errors"; }
# The leader without what belongs to the container: lengths and entry map (0-4, 12-16, 20-23).
leader() { awk -v RS= '{ i = index($0, "\n"); l = substr($0, 1, i - 1)
    print "     " substr(l, 6, 7) "     " substr(l, 18, 3) substr($0, i) "\n" }'; }
# Fields in another order count as the same. marc4j sorts control fields (and FMT, LDR) to the front and keeps
# fields of one tag together; Catmandu keeps Aleph's LDR where it stands.
sorted() { awk -v RS= -F '\n' '{ for (i = 1; i <= NF; i++) printf "%06d %s\n", NR, $i }' | sort; }
same() { # WHAT: $work/own against $work/theirs
    checks=$((checks + 1))
    cmp -s "$work/own" "$work/theirs" && return
    failures=$((failures + 1))
    echo "FAILED: $1"
    head -2 "$work/errors"
    diff "$work/own" "$work/theirs" | head -6 | cut -c1-160
}

for file in marc/uva-marc8-2000.mrc marc/vendor-marc8-246.mrc marc/cornell-cjk-62.mrc marc/eacc-col1.mrc \
    marc/cnmarc-10.sru.xml aleph/alephseq-example1.seq aleph/alephseq-example2.seq; do
    name=$(basename "$file")
    for format in iso2709 marcxml jsonl aleph line; do
        "$t" convert -q --to $format "$data/$file" >"$work/x.$format" || { echo "FAILED: $name to $format"; failures=$((failures + 1)); }
    done
    leader <"$work/x.line" >"$work/line"

    sorted <"$work/line" >"$work/own"
    for format in iso:iso2709 xml:marcxml; do
        marc4j "${format%:*}" "$work/x.${format#*:}" | leader | sorted >"$work/theirs"
        same "$name: marc4j reads our ${format#*:} otherwise"
    done
    # marc4j 2.9 drops subfields from JSON whose code is neither a digit nor a small letter.
    perl -pe 's/ \$[^a-z0-9] (?:(?! \$. ).)*//g' "$work/line" | sorted >"$work/own"
    marc4j json "$work/x.jsonl" | perl -pe 's/ \$[^a-z0-9] (?:(?! \$. ).)*//g' | leader | sorted >"$work/theirs"
    same "$name: marc4j reads our JSON otherwise"

    # MARC::Record, which Catmandu reads these with, knows no control field but 00X: it dies of FMT in XML and JSON
    # and drops it from ISO 2709. It also takes Aleph's indicator "-" for a blank.
    "$t" edit -q -e 'delete: FMT' --to marcxml "$work/x.iso2709" >"$work/x.marcxml"
    "$t" edit -q -e 'delete: FMT' --to jsonl "$work/x.iso2709" >"$work/x.jsonl"
    grep -v '^FMT ' "$work/line" | sed 's/^\([A-Z0-9]\{3\}\) -/\1  /' | sorted >"$work/own"
    for format in XML:marcxml MiJ:jsonl; do
        catmandu "${format%:*}" "$work/x.${format#*:}" | leader | sorted >"$work/theirs"
        same "$name: Catmandu reads our ${format#*:} otherwise"
    done
    # It takes ISO 2709 without "a" at Leader/09 for Latin-1: CNMARC in UTF-8 cannot be read with it.
    if [ "$name" != cnmarc-10.sru.xml ]; then
        catmandu ISO "$work/x.iso2709" | leader | sorted >"$work/theirs"
        same "$name: Catmandu reads our iso2709 otherwise"
    fi
    # Its Aleph reader begins a record at FMT only, keeps carets except in LDR and 008, cuts blanks at the ends of
    # lines, does not join continuation lines ($$9^), and takes "$$$b" for "$$" and "$b", not for "$" and "$$b":
    # compared line by line without these.
    plain() { awk 'length < 1500 && !/ \$9 / && !/\$ +\$/ && !/ \$\$ /' | sed 's/\^/ /g; s/ *$//' | grep . | sort; }
    plain <"$work/line" >"$work/own"
    catmandu ALEPHSEQ "$work/x.aleph" |
        awk '/^     / { print "     " substr($0, 6, 7) "     " substr($0, 18, 3); next } { print }' | plain >"$work/theirs"
    same "$name: Catmandu reads our Aleph sequential otherwise"

    # marc4j composes letters also where the file is UTF-8 already, and mends "n(subscript -)p0(subscript -)s", which
    # somebody once made of the escape sequences for a raised zero; here bytes are not guessed at.
    case $name in uva-*|eacc-*)
        fields() { perl -CSD -MUnicode::Normalize -ne 'print NFC($_)' | sorted | cut -c8- | grep -v '^     '; }
        mangled=$(grep -n '₋p' "$work/line" | cut -d: -f1 | sed 's/$/d/')
        sed "$mangled" "$work/line" | fields | sort >"$work/own"
        marc4j marc8 "$data/$file" | leader | sed "$mangled" | fields | sort >"$work/theirs"
        same "$name: marc4j decodes MARC-8 otherwise" ;;
    esac
done
echo "$checks comparisons, $failures failures"
[ $failures = 0 ]
