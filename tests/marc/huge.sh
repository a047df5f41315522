#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# huge.sh BIN - input of a size that no record has, or so damaged that every byte may begin a record: refused in
# pieces, byte for byte, within 64 MiB of data memory and ten seconds, and what follows is read.
export LC_ALL=C
t=$1/tushu-marc failures=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/make.pl" <<'PERL'
my ($kind, $count) = @ARGV;
my $leader = '00000nam a2200000   4500';
my $x = 'x' x 65536;
sub xml { "<record><leader>$leader</leader><controlfield tag=\"001\">$_[0]</controlfield>" }
if ($kind eq 'iso2709') { print '99999nam a2200037   4500', '245', '0000', '00000', "\x1E"; print $x for 1..$count; print "\x1E\x1D";
    print "00053nam a2200037   45000010002000000\x1E" . "2\x1E\x1D"; }
if ($kind eq 'marcxml') { print '<collection>', xml(1), '<datafield tag="500" ind1=" " ind2=" "><subfield code="a">'; print $x for 1..$count;
    print '</subfield></datafield></record>', xml(2), '</record></collection>'; }
if ($kind eq 'json') { print "[{\"leader\":\"$leader\",\"fields\":[{\"001\":\""; print $x for 1..$count; print "\"}]},\n{\"leader\":\"$leader\",\"fields\":[{\"001\":\"2\"}]}]"; }
if ($kind eq 'mrk') { print "=LDR  $leader\n=001  1\n=500  \\\\\$a"; print $x for 1..$count; print "\n\n=LDR  $leader\n=001  2\n"; }
if ($kind eq 'fields-marcxml') { print '<collection>', xml(1); print '<datafield tag="500" ind1=" " ind2=" "></datafield>' for 1..$count; print '</record>', xml(2), '</record></collection>'; }
if ($kind eq 'fields-json') { print "[{\"leader\":\"$leader\",\"fields\":[{\"001\":\"1\"}"; print ',{"500":{"ind1":" ","ind2":" ","subfields":[]}}' for 1..$count; print "]},\n{\"leader\":\"$leader\",\"fields\":[{\"001\":\"2\"}]}]"; }
if ($kind eq 'fields-mrk') { print "=LDR  $leader\n=001  1\n"; print "=500  \\\\\n" for 1..$count; print "\n=LDR  $leader\n=001  2\n"; }
if ($kind eq 'fields-iso2709') { print '99999nam a2200000   4500'; print '500000399999' for 1..$count; print "\x1E"; print "  \x1E" for 1..$count; print "\x1D";
    print "00039nam a2200037   4500001000200000\x1E" . "2\x1E\x1D"; }
if ($kind eq 'open-json') { print "{\n" x $count, "{\"leader\":\"$leader\",\"fields\":[{\"001\":\"2\"}]}\n"; }
if ($kind eq 'wrappers-json') { print '{"records":[],"a":[' x $count, "\n{\"leader\":\"$leader\",\"fields\":[{\"001\":\"2\"}]}\n"; }
if ($kind eq 'open-marcxml') { print '<collection>', '<!x<?x<a' x $count, '>?>', xml(2), '</record></collection>'; }
if ($kind eq 'names-marcxml') { print '<collection>', xml(1), '</recordx>' x $count, '</record>', xml(2), '</record></collection>'; }
if ($kind eq 'deep-json') { print '[' x $count, "{\"leader\":\"$leader\",\"fields\":[{\"001\":\"2\"}]}", ']' x $count; }
if ($kind eq 'deep-object-json') { print '{"a":' x $count, "\n{\"leader\":\"$leader\",\"fields\":[{\"001\":\"2\"}]}\n"; }
if ($kind eq 'deep-marcxml') { print '<a>' x $count, xml(2), '</record>', '</a>' x $count; }
PERL
# KIND COUNT CODE: record 2, behind the huge one, is read; in = out + rejects (the program checks that itself, else 70);
# what is refused is kept; memory is bounded.
check() {
    rejects=$work/rejects
    [ "$2" -lt 10000 ] || [ "$2" -gt 100000 ] || rejects=/dev/null # gigabytes
    perl "$work/make.pl" "$1" "$2" | (ulimit -d 65536; ulimit -t 10; "$t" convert -q --from "${1##*-}" --to jsonl --rejects "$rejects" --force \
        -o "$work/out" --force) 2>"$work/errors"
    code=$?
    [ $code = "$3" ] || { echo "FAILED: $1: exit code $code"; head -2 "$work/errors"; failures=$((failures + 1)); }
    grep -q '"001":"2"' "$work/out" || { echo "FAILED: $1: the record behind it is not read"; failures=$((failures + 1)); }
    case $1 in fields*|deep*|open*|names*|wrappers*) return ;; esac
    [ "$rejects" = /dev/null ] || [ "$(wc -c <"$rejects")" -gt $(($2 * 65536)) ] || { echo "FAILED: $1: refused bytes are lost"; failures=$((failures + 1)); }
}
check iso2709 32768 1 # 2 GiB
for kind in marcxml json mrk; do check $kind 1024 1; done
for kind in iso2709 marcxml json mrk; do check fields-$kind 1000000 1; done
check deep-marcxml 1000000 0
check deep-json 1000000 0
check deep-object-json 1000000 1
check open-json 1000000 1
check wrappers-json 1000000 1
check open-marcxml 1000000 1
check names-marcxml 500000 0
echo "$failures failures"
[ $failures = 0 ]
