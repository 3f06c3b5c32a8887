# One line of JSON for each file: what Sisimai makes of it.
use strict;
use warnings;
use JSON::PP;
use Sisimai;

for my $file (@ARGV) {
    my @found = map {
        {   agent     => $_->smtpagent,
            reason    => $_->reason,
            recipient => $_->recipient->address,
            status    => $_->deliverystatus,
            action    => $_->action,
        }
    } @{ Sisimai->make( $file, delivered => 1 ) || [] };
    print JSON::PP->new->canonical->encode( [ $file, \@found ] ), "\n";
}
