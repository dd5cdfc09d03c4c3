#!/bin/bash
# shape.sh: files of a sitting that say what they are, and no notes to ourselves.
. "$(dirname "$0")/lib.sh"

longest=400

check() {
	(cd "$root" && find src include tests softhsm-fixtures .ci CMakeLists.txt -type f ! -path '*/corpus/*' \
		! -path tests/house/shape.sh ! -name '*.patch' | sort | longest=$longest perl -ne '
		use strict;
		use warnings;
		chomp(my $file = $_);
		open my $in, "<", $file or die "$file: $!";
		my @lines = <$in>;
		print "$file:", scalar @lines, ": longer than $ENV{longest} lines: which two nouns has it become?\n"
			if @lines > $ENV{longest};
		# a fuzz corpus or a table may hold anything, a C file opens with its paragraph
		print "$file:1: does not open with a comment\n" if $file =~ /\.[ch]$/ && (!@lines || $lines[0] !~ m{^/\*});
		print "$file:1: a name that says nothing\n" if $file =~ m{[^/]*(util|misc|common|helper)[^/]*$};
		for my $i (0 .. $#lines) {
			print "$file:", $i + 1, ": a note to ourselves\n" if $lines[$i] =~ /\b(TODO|FIXME|XXX|HACK)\b/;
			print "$file:", $i + 1, ": blanks at the end of the line\n" if $lines[$i] =~ /[ \t]+$/;
		}')
}

plants() {
	plant 'a file of 401 lines' 'long.c:401' '{ echo "/* x */"; seq 400; } >src/base/long.c'
	plant 'a file that does not say what it is' 'mute.c:1: does not open' 'echo "int x;" >src/base/mute.c'
	plant 'a note to ourselves' 'span.c:.*note to ourselves' 'echo "/* TODO: later */" >>src/base/span.c'
	plant 'a name that says nothing' 'says nothing' 'echo "/* x */" >src/base/string_utils.c'
	plant 'blanks at the end of a line' 'blanks at the end' 'echo "int x; " >>src/base/span.c'
}

house "$@"
