#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The report is byte for byte the same whether the store is SQLite or PostgreSQL.
set -euo pipefail
source=$1 build=$2 work=$3
if [ ! -s "${TUSHU_TEST_POSTGRES:-}" ]; then
    echo "SKIPPED: night/postgresql: no PostgreSQL server on this machine"
    exit 77
fi
rm -rf "$work" && mkdir -p "$work" && cd "$work"
export LC_ALL=C
unset TUSHU_CONFIG TUSHU_DATA LANG
uri=$(cat "$TUSHU_TEST_POSTGRES")
name=night_$$
bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
"$bin/psql" -q "$uri" -c "CREATE DATABASE $name"
trap '"$bin/psql" -q "$uri" -c "DROP DATABASE IF EXISTS $name"' EXIT
base=${uri%%\?*} query=""
[ "$base" = "$uri" ] || query="?${uri#*\?}"
"$source/samples/run" -o "$work/sqlite" >/dev/null
"$source/samples/run" -o "$work/postgresql" --store "${base%/*}/$name$query"
diff -r sqlite/report postgresql/report && echo "the two reports are the same bytes"
