/*
 * Text that grows. See text.h.
 *
 * Room doubles, so that a page of a thousand rows costs about ten allocations.
 */
#include "text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_ROOM_FIRST = 256 };

static bool
has_room(const struct text *text, size_t more)
{
	return more < text->room - text->len;
}

static void
make_room(struct text *text, size_t more)
{
	size_t room = text->room != 0 ? text->room : TEXT_ROOM_FIRST;
	char *at;

	while (room - text->len <= more) {
		if (room > SIZE_MAX / 2) {
			fputs("exosign-sandbox: an answer outgrew memory\n", stderr);
			abort();
		}
		room *= 2;
	}
	at = realloc(text->at, room);
	if (at == NULL) {
		fputs("exosign-sandbox: out of memory\n", stderr);
		abort();
	}
	text->at = at;
	text->room = room;
}

void
text_add(struct text *text, const char *bytes, size_t len)
{
	if (!has_room(text, len))
		make_room(text, len);
	if (len != 0)
		memcpy(text->at + text->len, bytes, len);
	text->len += len;
	text->at[text->len] = '\0';
}

void
text_puts(struct text *text, const char *string)
{
	text_add(text, string, strlen(string));
}

void
text_addv(struct text *text, const char *format, va_list arguments)
{
	va_list again;
	int len;

	if (!has_room(text, 1))
		make_room(text, 1);
	va_copy(again, arguments);
	len = vsnprintf(text->at + text->len, text->room - text->len, format, arguments);
	if (len < 0)
		abort();
	if ((size_t)len >= text->room - text->len) {
		make_room(text, (size_t)len);
		vsnprintf(text->at + text->len, text->room - text->len, format, again);
	}
	va_end(again);
	text->len += (size_t)len;
}

void
text_addf(struct text *text, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	text_addv(text, format, arguments);
	va_end(arguments);
}

void
text_json_n(struct text *text, const char *bytes, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	static const char shorts[] = "\"\"\\\\\nn\rr\tt"; /* pairs: the byte, its letter */
	size_t clean = 0; /* bytes before this one are already in the text */

	text_add(text, "\"", 1);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];
		char escaped[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };
		size_t escaped_len = sizeof(escaped);

		if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
			continue;
		for (const char *pair = shorts; *pair != '\0'; pair += 2) {
			if ((unsigned char)pair[0] == c) {
				escaped[1] = pair[1];
				escaped_len = 2;
			}
		}
		text_add(text, bytes + clean, i - clean);
		text_add(text, escaped, escaped_len);
		clean = i + 1;
	}
	text_add(text, bytes + clean, len - clean);
	text_add(text, "\"", 1);
}

void
text_json(struct text *text, const char *string)
{
	text_json_n(text, string, strlen(string));
}

void
text_member(struct text *text, const char *name, const char *value)
{
	text_json(text, name);
	text_add(text, ":", 1);
	text_json(text, value);
}

void
text_done(struct text *text)
{
	free(text->at);
	*text = (struct text){ 0 };
}
