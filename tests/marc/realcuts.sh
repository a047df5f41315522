#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# realcuts.sh BIN DRIVER DATA STEP - cuts and changed bytes at each STEPth place of records from all over the real files:
# as they are (all records of the small ones), in every other format, and CNMARC in GB 18030.
bin=$1 driver=$2 data=${TUSHU_REALDATA:-$3} step=$4
if [ ! -d "$data/marc" ]; then
    echo "SKIPPED: no real files in $data (set TUSHU_REALDATA)"
    exit 77
fi
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
convert() { "$bin/tushu-marc" convert -q "$@" || exit 1; }
for file in "$data"/marc/*.mrc "$data"/marc/*.xml "$data"/aleph/*.seq; do
    name=$(basename "$file")
    # A hundred records of a large file, which is more than the driver gets through.
    for format in iso2709 marcxml json mrk aleph line; do
        convert --limit 100 --to $format -o "$work/${name%%.*}.$format" "$file"
    done
done
convert --to iso2709 --to-encoding gb18030 -o "$work/cnmarc-gb.iso2709" "$data/marc/cnmarc-10.sru.xml"
"$driver" --each-record 240 "$step" "$data"/marc/*.mrc "$data"/marc/*.xml "$data"/aleph/*.seq
first=$?
"$driver" --each-record 60 "$step" "$work"/*
[ $? = 0 ] && [ $first = 0 ]
