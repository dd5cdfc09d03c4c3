/* Rows that were handed out already. */
#include "exchange/seen.h"

#include "base/error.h"

#include <openssl/evp.h>

enum { FIRST_ROOM = 1024 };

void
seen_begin(seen *s, size_t keep)
{
	*s = (seen){.keep = keep};
}

void
seen_done(seen *s)
{
	mem_free(s->young.slots);
	mem_free(s->old.slots);
	*s = (seen){.keep = s->keep};
}

/* The slot that holds the mark, or the empty one where it would go; NULL when there are none. */
static seen_mark *
slot_of(const seen_generation *g, const seen_mark *mark)
{
	static const seen_mark empty;
	size_t at;

	if (g->room == 0)
		return NULL;
	memcpy(&at, mark->at, sizeof at);
	for (at &= g->room - 1;; at = (at + 1) & (g->room - 1))
		if (memcmp(&g->slots[at], mark, sizeof *mark) == 0 ||
		    memcmp(&g->slots[at], &empty, sizeof empty) == 0)
			return &g->slots[at];
}

static bool
holds(const seen_generation *g, const seen_mark *mark)
{
	const seen_mark *slot = slot_of(g, mark);

	return slot != NULL && memcmp(slot, mark, sizeof *mark) == 0;
}

/* Half of the slots stay empty, so that a search is short and ends. */
static exs_status
make_room(seen_generation *g, exs_error *error)
{
	static const seen_mark empty;
	seen_generation larger = {.room = g->room == 0 ? FIRST_ROOM : 2 * g->room};

	if (2 * (g->n + 1) <= g->room)
		return EXS_OK;
	larger.slots = mem_new(larger.room, sizeof *larger.slots);
	if (larger.slots == NULL)
		return mem_fail(error);
	for (size_t i = 0; i < g->room; i++)
		if (memcmp(&g->slots[i], &empty, sizeof empty) != 0)
			*slot_of(&larger, &g->slots[i]) = g->slots[i];
	larger.n = g->n;
	mem_free(g->slots);
	*g = larger;
	return EXS_OK;
}

static exs_status
mark_of(span key, seen_mark *ret, exs_error *error)
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	if (EVP_Digest(key.at, key.len, digest, NULL, EVP_sha256(), NULL) != 1)
		return exs_fail(error, E_BUG, "SHA-256 cannot be computed");
	memcpy(ret->at, digest, sizeof ret->at);
	return EXS_OK;
}

exs_status
seen_add(seen *s, span key, bool *ret_new, exs_error *error)
{
	seen_mark mark;

	EXS_TRY(mark_of(key, &mark, error));
	*ret_new = !holds(&s->young, &mark) && !holds(&s->old, &mark);
	if (!*ret_new)
		return EXS_OK;
	if (s->young.n == s->keep) {
		mem_free(s->old.slots);
		s->old = s->young;
		s->young = (seen_generation){.room = 0};
	}
	EXS_TRY(make_room(&s->young, error));
	*slot_of(&s->young, &mark) = mark;
	s->young.n++;
	return EXS_OK;
}
