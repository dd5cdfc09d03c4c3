/*
 * PowerShell text that is being read: where we are in it, and how to say what is wrong there.
 *
 * Only literals are read. Whatever PowerShell would compute (variables, sub-expressions, pipes, operators) is refused with
 * its place, because nothing here runs a script.
 */
#ifndef EXCHANGE_LITERAL_H
#define EXCHANGE_LITERAL_H

#include "base/buf.h"

enum {
	LITERAL_DEPTH_MAX = 20,              /* clients send 9 to 20 levels (exchange-rest.md 2.5) */
	LITERAL_TEXT_MAX = 32 * 1024 * 1024, /* one value */
	LITERAL_TABLE_MAX = 1000,            /* entries of one hashtable */
};

/* Where a value stands decides what a bare word may hold. */
typedef enum literal_place {
	LITERAL_ARGUMENT,   /* all of one shell argument, which the shell has unquoted */
	LITERAL_LINE,       /* after -Name in a line of PowerShell */
	LITERAL_EXPRESSION, /* inside @( ), @{ } or ( ) */
} literal_place;

typedef struct literal {
	const char *what; /* "-Identity" or "the command": who is read, for messages */
	span        text;
	size_t      at;
	int         depth;
	bool        filter; /* the parameter takes a filter, so a { script block } is its text */
} literal;

bool literal_at_end(const literal *l);
/* The byte `ahead` of where we are; '\0' beyond the end. */
char literal_peek(const literal *l, size_t ahead);
bool literal_take(literal *l, char c);

/* Blanks and continued lines (a backtick before the newline). */
void literal_skip_blanks(literal *l);
/* These, newlines and # comments. */
void literal_skip_lines(literal *l);

/* Length of the line break at at+ahead; 0: none. */
size_t literal_line_break(const literal *l, size_t ahead);

/* Length of the quotation mark at at+ahead, as PowerShell knows them (curly ones included); 0: none. */
size_t literal_single_quote(const literal *l, size_t ahead);
size_t literal_double_quote(const literal *l, size_t ahead);

/* Would the $ at at+ahead begin a variable or sub-expression? */
bool literal_is_variable(const literal *l, size_t ahead);
/* Does $true, $false or $null stand here as a whole word? Its JSON, or NULL; *ret_length is the word's. */
const char *literal_constant(const literal *l, size_t *ret_length);

/* E_PARAMETER or E_EXPRESSION with the place; place is an offset into the text. */
EXS_MUST_USE exs_status literal_wrong(const literal *l, size_t place, exs_error *error,
                                      const char *format, ...)
	__attribute__((format(printf, 4, 5)));
EXS_MUST_USE exs_status literal_computed(const literal *l, size_t place, exs_error *error,
                                         const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * A 'single' or "double" quoted string or a here-string that begins where we are: its characters are appended. The
 * reader stands behind it afterwards.
 */
EXS_MUST_USE exs_status literal_string(literal *l, buf *to, exs_error *error);
/* Does one begin here? */
bool literal_string_begins(const literal *l);
/* The character that a backtick and what follows it stand for; the reader stands on the backtick. */
EXS_MUST_USE exs_status literal_escape(literal *l, buf *to, exs_error *error);

#endif
