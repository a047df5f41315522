# SPDX-License-Identifier: Apache-2.0
# Prints an ISO 2709 file as MARC::Record (libmarc-record-perl) reads it, in the line format.
use strict;
use warnings;
use MARC::Batch;
binmode STDOUT, ':utf8';
my $batch = MARC::Batch->new('USMARC', $ARGV[0]);
$batch->strict_off;
while (my $record = $batch->next) {
    for my $field ($record->fields) {
        if ($field->is_control_field) {
            print $field->tag, ' ', $field->data, "\n";
            next;
        }
        print $field->tag, ' ', $field->indicator(1), $field->indicator(2);
        print " \$$_->[0] $_->[1]" for $field->subfields;
        print "\n";
    }
    print "\n";
}
