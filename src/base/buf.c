/* Owned bytes with a ceiling set at birth. */
#include "base/buf.h"

#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

static bool
make_room(buf *b, size_t n)
{
	size_t want, room;
	char  *bigger;

	if (b->over_ceiling || b->no_memory)
		return false;
	if (n > b->ceiling || b->len > b->ceiling - n) {
		b->over_ceiling = true;
		return false;
	}
	want = b->len + n + 1;
	if (want <= b->room)
		return true;
	room = b->room < 64 ? 64 : b->room;
	while (room < want)
		room += room / 2 + 64;
	if (room > b->ceiling + 1)
		room = b->ceiling + 1;
	bigger = mem_new(room, 1);
	if (bigger == NULL) {
		b->no_memory = true;
		return false;
	}
	if (b->len > 0)
		memcpy(bigger, b->at, b->len);
	mem_wipe_free(b->at, b->room);
	b->at = bigger;
	b->room = room;
	return true;
}

char *
buf_grow(buf *b, size_t n)
{
	return make_room(b, n) ? b->at + b->len : NULL;
}

void
buf_grew(buf *b, size_t n)
{
	b->len += n;
	b->at[b->len] = '\0';
}

void
buf_add(buf *b, span s)
{
	if (s.len == 0 || !make_room(b, s.len))
		return;
	memcpy(b->at + b->len, s.at, s.len);
	buf_grew(b, s.len);
}

void
buf_puts(buf *b, const char *string)
{
	buf_add(b, span_of(string));
}

void
buf_byte(buf *b, char byte)
{
	if (!make_room(b, 1))
		return;
	b->at[b->len] = byte;
	buf_grew(b, 1);
}

void
buf_addf(buf *b, const char *format, ...)
{
	va_list arguments, again;
	int     len;

	va_start(arguments, format);
	va_copy(again, arguments);
	len = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (len < 0)
		b->no_memory = true;
	else if (make_room(b, (size_t)len)) {
		vsnprintf(b->at + b->len, (size_t)len + 1, format, again);
		b->len += (size_t)len;
	}
	va_end(again);
}

void
buf_drop(buf *b, size_t n)
{
	if (n == 0)
		return;
	memmove(b->at, b->at + n, b->len - n);
	explicit_bzero(b->at + b->len - n, n);
	b->len -= n;
}

void
buf_clear(buf *b)
{
	if (b->at != NULL)
		explicit_bzero(b->at, b->len);
	b->len = 0;
	b->over_ceiling = b->no_memory = false;
}

void
buf_done(buf *b)
{
	mem_wipe_free(b->at, b->room);
	*b = BUF(b->ceiling);
}

exs_status
buf_check(const buf *b, const char *what, exs_error *error)
{
	if (b->no_memory)
		return mem_fail(error);
	if (b->over_ceiling)
		return exs_fail(error, E_ANSWER_SIZE, "%s is larger than the %zu bytes it may have", what,
		                b->ceiling);
	return EXS_OK;
}

exs_status
buf_take(buf *b, const char *what, char **ret_text, exs_error *error)
{
	EXS_TRY(buf_check(b, what, error));
	if (b->at == NULL && !make_room(b, 0))
		return mem_fail(error);
	*ret_text = b->at;
	*b = BUF(b->ceiling);
	return EXS_OK;
}
