#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# readme.sh BIN SOURCE - the three stock-taking commands of README.md, run as they stand there on samples/stock-taking,
# make a report that stack staff can work with.
bin=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$source"/samples/stock-taking/* "$work" && cd "$work" || exit 1
PATH=$bin:$PATH
export PATH SOURCE_DATE_EPOCH=1577808000 LC_ALL=C
sed -n '/^## Stock-taking/,/^## The map/p' "$source/README.md" | sed -n '/^```sh/,/^```/p;/^```$/q' | grep -v '^```' >commands
[ "$(wc -l <commands)" -eq 3 ] || { echo "README.md has not three commands any more:"; cat commands; exit 1; }
sh -e ./commands >told 2>&1 || { echo "a command of README.md failed:"; cat told; exit 1; }
bad=0
fail() { echo "$1"; bad=1; }
# One table row of a page, cells parted by |, tags dropped.
rows() { sed -n 's/^<tr><td/<td/p' "report/$1/index.html" | sed 's/<\/td><td[^>]*>/|/g; s/<[^>]*>//g'; }
expect() { # LANGUAGE WHAT ROW...: the page has each of these rows
    lang=$1 what=$2
    shift 2
    for row; do rows "$lang" | grep -qxF "$row" || fail "$lang: $what: no row \"$row\""; done
}
expect zh "pull list: a book between its true neighbours" \
    'JC1|JC1-007|8|32107000003116|K22/5|先秦史年表|不在本架范围|送回其架位|JC1|JC1-003|K22/3 先秦史札记|K22/7 先秦史图录|' \
    'JC1|JC1-001|3|32107000001649|K203/6|文化史资料选编|乱架|放回左右邻书之间|JC1|JC1-001|K203/4 文化史讲义|K203/8 文化史入门|'
expect en "pull list" \
    'JC1|JC1-004|9|32107000009279|I246/7|旧刊小说年表|wrong location|bring it to its location|LS1|LS1|||' \
    'JC1|JC1-004|3|32107000003744|K225/10|春秋战国史新编|on loan yet on shelf|return it at the desk|||||' \
    'JC1|JC1-002|12|||先秦史札记 抄本|no barcode|give it a barcode|||||'
expect en "search list" \
    'JC1|JC1-005|32107000005079|K25/5|近代史纲要|1|K25/3 近代史新编|K25/7 近代史论集|' \
    'JC1|JC1-008|32107000007034|K29/3|地方史资料选编|1|K29/1 地方史讲义|K29/5 地方史入门|'
expect zh "coverage" 'JC1|111|7|92|2|0|15|2|0|0|86.2 %' 'LS1|14|0|1|0|0|13|0|0|0|7.1 %'
expect en "shelf by shelf: the innocent neighbour of the misplaced book" \
    'JC1|JC1-007|7|32107000006549|K28/6|民族史资料选编|found||||' 'JC1|JC1-007|9|32107000006614|K28/8|民族史入门|found||||'
# Nobody innocent is accused: of 93 items seen, these and no others are to be moved.
[ "$(grep -cE ',(OUTORDER|OUTRANGE|WRONGLOC),' report/pull-list.csv)" -eq 3 ] || fail "not three books are to be moved"
grep -q MISSING2 report/outcomes.csv && fail "one pass cannot miss a book twice"
for lang in zh en; do
    page=report/$lang/index.html
    [ "$(grep -c '<svg' $page)" -ge 1 ] || fail "$lang: no coverage picture"
    grep -q 'Project-Id-Version' $page && fail "$lang: the message catalogue's header is on the page"
    grep -qE '<p></p>|>OUTORDER<|>OUTRANGE<' $page && fail "$lang: an empty paragraph, or a code without a word"
    [ -s "report/stock-taking.$lang.xlsx" ] || fail "$lang: no workbook"
done
grep -q '111</text>' report/zh/index.html || fail "the picture does not hold all items of JC1"
# The same commands again: the scanner files are known, the report is the same.
cp -r report before && sed -i 's/-o holdings.snap/-o holdings.snap --force/' commands
sh -e ./commands >again 2>&1 || { echo "run again, a command failed:"; cat again; exit 1; }
[ "$(grep -c 'in the session already' again)" -eq 2 ] || fail "the scanner files were taken in twice"
diff -r before report >/dev/null || fail "run again, the report differs"
exit $bad
