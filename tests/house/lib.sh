# Sourced by the house checks. A check script defines
#
#   check    prints each violation in the tree $root as "FILE:LINE: what"; no line means that the house is in order
#   plants   calls plant for each kind of violation it claims to see
#
# and ends with: house "$@". Without arguments the tree is checked. With --self-test each violation is planted in a copy
# of the tree, which must then be refused: a check that cannot fail proves nothing.
# shellcheck shell=bash
set -uo pipefail
root=${EXS_SOURCE_DIR:-$(cd "$(dirname "$0")/../.." && pwd)}
export root
house_name=$(basename "$0" .sh)

# code UNDER...: every line of the C files below these directories without comments and contents of strings, as FILE:LINE:TEXT
code() {
	(cd "$root" && find "$@" -name '*.[ch]' -type f -print0 | sort -z | xargs -0 -r perl -0777 -ne '
		s{(//[^\n]*|/\*.*?\*/)|("(?:\\.|[^"\\\n])*")|(\x27(?:\\.|[^\x27\\\n])*\x27)}{
			my ($comment, $string, $char) = ($1, $2, $3);
			defined $comment ? do { (my $lines = $comment) =~ tr/\n//cd; " $lines" } : defined $string ? "\"\"" : "0"
		}gse;
		my $line = 0;
		print "$ARGV:", ++$line, ":$_\n" for split /\n/')
}

# files UNDER... : the C files below these directories of the tree, relative to it
files() {
	(cd "$root" && find "$@" -name '*.[ch]' -type f 2>/dev/null | sort)
}

# plant WHAT PATTERN COMMAND: COMMAND (run in a copy of the tree) must make the check print a line that matches PATTERN
plant() {
	local copy output whole=$root
	copy=$(mktemp -d "${EXS_SCRATCH:-${TMPDIR:-/tmp}}/plant.XXXXXX")
	(cd "$root" && tar -cf - --exclude='./build*' --exclude=./.git .) | tar -xf - -C "$copy"
	if ! (cd "$copy" && eval "$3"); then
		echo "$house_name: could not plant: $1"
		planted_badly=1
	fi
	root=$copy
	output=$(check 2>&1)
	root=$whole
	if grep -Eq -- "$2" <<<"$output"; then
		echo "seen: $1"
	else
		echo "$house_name does not see: $1"
		printf '%s\n' "$output" | sed 's/^/  it said: /'
		planted_badly=1
	fi
	rm -rf "$copy"
}

house() {
	local found
	planted_badly=''
	if [ "${1-}" = --self-test ]; then
		plants
		[ -z "$planted_badly" ]
		exit
	fi
	found=$(check)
	[ -z "$found" ] && exit 0
	printf '%s\n' "$found"
	exit 1
}
