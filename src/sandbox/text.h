/*
 * Text that grows: how the sandbox builds its answers.
 *
 * The sandbox shares no code with the library it tests, so it has its own buffer. Running out of
 * memory ends the program: a test tenant has nothing to save.
 */
#ifndef SANDBOX_TEXT_H
#define SANDBOX_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char  *at;   /* always NUL-terminated once something was added; NULL while empty */
	size_t len;  /* bytes, without the NUL */
	size_t room;
};

void text_add(struct text *text, const char *bytes, size_t len);
void text_puts(struct text *text, const char *string);
void text_addf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_addv(struct text *text, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));

/* A JSON string with its quotes; control bytes and U+0000 escaped, UTF-8 kept. */
void text_json(struct text *text, const char *string);
void text_json_n(struct text *text, const char *bytes, size_t len);

/* "name": followed by a JSON string, for the many answers that are flat objects. */
void text_member(struct text *text, const char *name, const char *value);

void text_done(struct text *text); /* frees and empties */

#endif
