# SPDX-License-Identifier: Apache-2.0
# codes.pl SOURCE - every code that a repair or a refusal can have stands in tushu-marc(1), in its section, and no other.
use strict;
use warnings;
local $/;
my $source = shift;
my %emitted = (REPAIRS => {}, REFUSALS => {});
for my $file (glob "$source/lib/marc/*.cpp $source/lib/marc/*.hpp $source/cmd/marc/*.cpp") {
    open my $in, '<', $file or die "$file: $!";
    my $text = <$in>;
    $text =~ s{//[^\n]*}{}g;
    my $note = sub {
        my ($section, $words) = @_;
        $words =~ s/\b(?:msg|fmt::format|std::string|printable)\s*(\((?:[^()]|(?1))*\))//g;
        $emitted{$section}{$1} = $file while $words =~ /"([a-z][a-z0-9_]{2,})"/g;
    };
    while ($text =~ /\b(repairs\.push_back|repaired|repair|notes_\.push_back|refuse|reject|emit)\s*(\((?:[^()]|(?2))*\))/g) {
        my ($call, $words) = ($1, $2);
        $note->($call =~ /^(?:refuse|reject|emit)$/ ? 'REFUSALS' : 'REPAIRS', $words);
    }
    $note->('REFUSALS', $1) while $text =~ /\breject_code\s*=([^;]*);/g;
    $note->('REFUSALS', $1) while $text =~ /\bcode\s*=([^;]*reject_code[^;]*);/g;
}
open my $in, '<', "$source/man/tushu-marc.1.scd" or die "tushu-marc.1.scd: $!";
my $page = <$in>;
my $failures = 0;
for my $section (sort keys %emitted) {
    my ($part) = $page =~ /^# $section\n(.*?)^# /ms or die "no section $section";
    my %told = map { $_ => 1 } $part =~ /\*([a-z][a-z0-9_]*)\*/g;
    my $codes = $emitted{$section};
    for my $code (sort keys %$codes) {
        next if $told{$code};
        print "FAILED: $code, in $codes->{$code}, is not in $section of tushu-marc(1)\n";
        $failures++;
    }
    for my $code (sort grep { !$codes->{$_} } keys %told) {
        print "FAILED: $code is in $section of tushu-marc(1) and nowhere in the code\n";
        $failures++;
    }
    print "$section: ", scalar keys %$codes, " codes\n";
}
# Should the calls be named otherwise one day: add the name to the list above.
$failures++ if keys %{$emitted{REPAIRS}} < 30 || keys %{$emitted{REFUSALS}} < 10;
exit($failures != 0);
