#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# samples.sh PROGRAM LIBRARY - a fresh run makes the committed sample library again, byte for byte.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
LC_ALL=C TZ=America/New_York "$1" all --quiet --seed 1 --size small -o "$work/library"
diff -r "$2" "$work/library"
bytes=$(find "$2" -type f -exec cat {} + | wc -c)
echo "samples/library: $bytes bytes, as made"
[ "$bytes" -lt 4000000 ]
