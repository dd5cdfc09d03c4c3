/*
 * The words of a PowerShell script, line by line, while it arrives; nothing of it is ever run.
 *
 * The service hands out what an identity may run as a script of several megabytes (exchange-rest.md 2.12). What is needed of
 * it are function headers and parameter blocks, so this knows just enough of the language not to be fooled: comments, help
 * blocks, strings of every kind with braces and sub-expressions in them, brackets. It keeps one line and one string, never
 * the script. Text it does not understand it passes over.
 */
#ifndef EXCHANGE_SCRIPT_H
#define EXCHANGE_SCRIPT_H

#include "base/buf.h"

enum {
	SCRIPT_LINE_MAX = 1024 * 1024,
	SCRIPT_STRING_MAX = 16 * 1024, /* kept of one string; what is longer is passed over */
	SCRIPT_NEST_MAX = 32,          /* strings with sub-expressions with strings ... */
};

typedef enum script_kind {
	SCRIPT_WORD,     /* function, script:Get-Mailbox, System.String, 5 */
	SCRIPT_VARIABLE, /* $Name, ${Name}: the name */
	SCRIPT_STRING,   /* its contents, escapes as they stand */
	SCRIPT_MARK,     /* ( ) { } [ ] , = ; or another character alone */
} script_kind;

typedef struct script_token {
	script_kind kind;
	span        text;
} script_token;

/* Takes each token; its text lives until take() returns. */
typedef struct script_reader {
	void *self;
	void (*take)(void *self, const script_token *token);
} script_reader;

/* Where the text is: code within so many parentheses, or a string of some kind. */
typedef struct script_level {
	int      mode;
	unsigned parentheses;
} script_level;

typedef struct script {
	script_reader reader;
	buf           line, string;
	script_level  levels[SCRIPT_NEST_MAX];
	unsigned      depth;
	bool          too_deep;
} script;

void script_begin(script *s, script_reader reader);
void script_done(script *s);

/* The next characters (UTF-8). */
void script_feed(script *s, span piece);
/*
 * There are no more. E_ANSWER when a line was too long, strings are nested too deep or one is still open: then what was read
 * means nothing.
 */
EXS_MUST_USE exs_status script_end(script *s, exs_error *error);

#endif
