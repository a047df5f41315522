# SPDX-License-Identifier: Apache-2.0
# interop-catmandu.pl TYPE FILE - prints a file as Catmandu (libcatmandu-marc-perl) reads it, in the line format.
# The leader's lengths (0-4, 12-16) are blanked.
use strict;
use warnings;
use Catmandu::Importer::MARC;
binmode STDOUT, ':utf8';
my ($type, $file) = @ARGV;
Catmandu::Importer::MARC->new(type => $type, file => $file)->each(sub {
    for my $field (@{$_[0]->{record}}) {
        my ($tag, $ind1, $ind2, @parts) = @$field;
        if ($tag eq 'LDR') {
            my $leader = $parts[1];
            substr($leader, 0, 5) = '     ';
            substr($leader, 12, 5) = '     ';
            print "$leader\n";
            next;
        }
        if (@parts && $parts[0] eq '_') {
            print "$tag $parts[1]\n";
            next;
        }
        print $tag, ' ', defined $ind1 ? $ind1 : ' ', defined $ind2 ? $ind2 : ' ';
        while (my ($code, $value) = splice @parts, 0, 2) { print " \$$code $value"; }
        print "\n";
    }
    print "\n";
});
