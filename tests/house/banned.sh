#!/bin/bash
# banned.sh: functions that have no place here, and those that have one place. Comments and strings are not looked at.
. "$(dirname "$0")/lib.sh"

library='base hsm sign http oauth api exchange graph lifecycle'

# words as a regular expression | where they are looked for | where they are allowed all the same | why not
rules='
strcpy|stpcpy|strcat|sprintf|vsprintf|gets|strncpy|strncat ; src ; ; it does not know the room it writes to
strtok|strtok_r ; src ; ; it changes what it reads: span_cut()
system|popen|execlp|execvp|execvpe ; src ; ; a shell or PATH decides what runs
mktemp|tmpnam|tempnam|tmpfile ; src ; ; somebody else may own the name
atoi|atol|atoll|atof ; src ; ; it cannot say that the text is no number
scanf|sscanf|fscanf|vsscanf ; src ; src/sandbox/ ; a number too large is undefined
alloca|setjmp|longjmp|goto ; src ; ; ownership is by scope
rand|srand|random|srandom|drand48 ; src ; ; it can be guessed
gethostbyname|inet_addr|ctime|asctime|localtime|gmtime ; src ; ; its answer is shared between threads
bcmp|bcopy|bzero ; src ; ; it may be optimised away: explicit_bzero(), memcpy()
'
rules_environment='
getenv|secure_getenv|environ|setenv|putenv|unsetenv ; src ; src/cli/environment.c src/sandbox/ ; the environment is read in one place
'
rules_library='
printf|puts|putchar|perror|vprintf|putc ; LIBRARY ; ; the library does not print
fprintf|fputs|fputc|fwrite|dprintf|vdprintf ; LIBRARY ; ; the library does not print
stdout|stderr|stdin ; LIBRARY ; ; the library has no terminal
exit|_exit|abort|quick_exit|assert ; LIBRARY ; ; the library does not end its host
getpass|isatty|ttyname|tcsetattr ; LIBRARY ; ; the library asks nobody
signal|sigaction ; LIBRARY ; ; signals belong to the host
malloc|calloc|realloc|reallocarray|strdup|strndup|asprintf|vasprintf ; LIBRARY ; src/base/mem.c ; allocation that tests can make fail: mem_new()
'

check() {
	local words where allowed why pattern all place below hit
	all=$(code src)
	while IFS=';' read -r words where allowed why; do
		words=${words// /} where=${where// /}
		[ -n "$words" ] || continue
		# a call, or a bare name for the things that are no functions
		case $words in
		stdout* | getenv*) pattern="(?<![A-Za-z0-9_.>])($words)(?![A-Za-z0-9_])" ;;
		alloca*) pattern="(?<![A-Za-z0-9_.>])(goto(?![A-Za-z0-9_])|($words)\\s*\\()" ;;
		*) pattern="(?<![A-Za-z0-9_.>])($words)\\s*\\(" ;;
		esac
		below='src/'
		[ "$where" = LIBRARY ] && below="src/(${library// /|})/"
		grep -P -- "^${below}[^:]*:[0-9]+:.*$pattern" <<<"$all" | while IFS= read -r hit; do
			for place in $allowed; do [[ $hit == "$place"* ]] && continue 2; done
			echo "$hit  --${why//|/ }"
		done
	done <<<"$rules$rules_environment$rules_library"
}

plants() {
	plant 'strcpy' 'span.c:.*strcpy' 'echo "void f(char *a, char *b) { strcpy(a, b); }" >>src/base/span.c'
	plant 'goto' 'span.c:.*goto' 'echo "int f(void) { goto out; out: return 0; }" >>src/base/span.c'
	plant 'a library that prints' 'buf.c:.*printf' 'echo "void f(void) { printf (\"x\"); }" >>src/base/buf.c'
	plant 'a library that exits' 'buf.c:.*exit' 'echo "void f(void) { exit(1); }" >>src/base/buf.c'
	plant 'a library that reads the environment' 'buf.c:.*getenv' \
		'echo "char *f(void) { return getenv(\"HOME\"); }" >>src/base/buf.c'
	plant 'an allocation tests cannot reach' 'buf.c:.*malloc' 'echo "void *f(void) { return malloc(1); }" >>src/base/buf.c'
	plant 'a shell in the sandbox' 'text.c:.*system' 'echo "void f(void) { system(\"ls\"); }" >>src/sandbox/text.c'
}

house "$@"
