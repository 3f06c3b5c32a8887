# One line of JSON for each file: what Mail::DeliveryStatus::BounceParser makes of it.
use strict;
use warnings;
use JSON::PP;
use Mail::DeliveryStatus::BounceParser;

for my $file (@ARGV) {
    open my $handle, '<', $file or die "$file: $!";
    my $text = do { local $/; <$handle> };
    my $bounce = Mail::DeliveryStatus::BounceParser->new($text);
    my @found = map { { recipient => $_->get('email'), reason => $_->get('std_reason') } } $bounce->reports;
    print JSON::PP->new->canonical->encode(
        [ $file, { bounce => $bounce->is_bounce ? 1 : 0, original => $bounce->orig_message_id, reports => \@found } ] ), "\n";
}
