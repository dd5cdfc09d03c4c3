/* Warnings of the service on their way to the caller. */
#include "api/notes.h"

#include "api/plain.h"

#include <inttypes.h>

void
notes_add(notes *n, span text)
{
	size_t before = n->queue.len;

	if (n->next == n->queue.len) {
		buf_clear(&n->queue);
		n->next = before = 0;
	}
	if (n->queue.len + NOTE_MAX + 1 > NOTES_MAX) {
		n->left_out++;
		return;
	}
	plain_add(&n->queue, text, NOTE_MAX);
	if (n->queue.len > before)
		buf_byte(&n->queue, '\0');
	n->left_out += n->queue.no_memory;
}

void
notes_move(notes *to, notes *from)
{
	const char *text;

	while ((text = notes_next(from)) != NULL)
		notes_add(to, span_of(text));
	notes_clear(from);
}

const char *
notes_next(notes *n)
{
	const char *text;

	if (n->next < n->queue.len) {
		text = n->queue.at + n->next;
		n->next += strlen(text) + 1;
		return text;
	}
	if (n->left_out == 0)
		return NULL;
	buf_clear(&n->last);
	buf_addf(&n->last, "%" PRIu64 " more warnings were left out", n->left_out);
	n->left_out = 0;
	return buf_text(&n->last);
}

void
notes_clear(notes *n)
{
	buf_clear(&n->queue);
	n->next = 0;
	n->left_out = 0;
}

void
notes_done(notes *n)
{
	buf_done(&n->queue);
	buf_done(&n->last);
}
