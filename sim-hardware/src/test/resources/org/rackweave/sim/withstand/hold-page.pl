# Lends the first page of a file to a pipe that nobody reads, as a server does that sends a file to a slow client: the kernel can move
# the page nowhere as long as the pipe has it. Says "holds" when it does.
# Arguments: the file. 275 is splice on x86-64.
use strict;
use warnings;
$| = 1;
open(my $file, "<", $ARGV[0]) or die "$ARGV[0]: $!";
pipe(my $reader, my $writer) or die "pipe: $!";
syscall(275, fileno($file), 0, fileno($writer), 0, 4096, 0) == 4096 or die "splice: $!";
print "holds\n";
sleep 1 while 1;
