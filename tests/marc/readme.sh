#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# readme.sh BIN SOURCE - the commands of README.md's "MARC at the terminal", as they stand there, on the sample's records.
bin=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$source/samples/library/marc/cnmarc.mrc" "$work/books.mrc" && cd "$work" || exit 1
gzip -k books.mrc
for name in yesterday today all; do cp books.mrc $name.mrc; done
PATH=$bin:$PATH
export PATH LC_ALL=C
sed -n '/^## MARC at the terminal/,/^## /p' "$source/README.md" | sed -n '/^```sh/,/^```/p' | grep -v '^```' >commands
bad=0
while read -r line; do
    sh -c "$line" </dev/null >"out" 2>err
    code=$?
    # 1: something was found, or refused and told; anything above is a mistake in the command
    [ $code -le 1 ] || { echo "exit $code: $line"; cat err; bad=1; }
done <commands
[ "$(wc -l <commands)" -ge 9 ] || { echo "README.md has fewer commands than it had"; bad=1; }
[ "$(tushu-marc count -q books.xml | cut -f1)" = "$(tushu-marc count -q books.mrc | cut -f1)" ] || { echo "books.xml is not whole"; bad=1; }
[ "$(tushu-marc count -q shanghai.mrc | cut -f1)" -gt 0 ] || { echo "nothing was selected"; bad=1; }
[ "$(head -1 titles.csv)" = "$(printf '\357\273\277题名,责任者,ISBN')" ] || { echo "titles.csv has no header"; bad=1; }
exit $bad
