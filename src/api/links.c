/* The next links of one list. */
#include "api/links.h"

#include "base/error.h"
#include "http/url.h"

#include <openssl/evp.h>

void
links_begin(links *l)
{
	*l = (links){.next_anchor = 1};
}

static link_mark
mark_of(const char *link)
{
	unsigned char digest[EVP_MAX_MD_SIZE] = {0};
	link_mark     mark;

	(void)EVP_Digest(link, strlen(link), digest, NULL, EVP_sha256(), NULL);
	memcpy(mark.at, digest, sizeof mark.at);
	return mark;
}

static bool
same(const link_mark *a, const link_mark *b)
{
	return memcmp(a->at, b->at, sizeof a->at) == 0;
}

static bool
was_seen(const links *l, const link_mark *mark)
{
	uint64_t kept = l->seen < LINKS_KEPT ? l->seen : LINKS_KEPT;

	for (uint64_t i = 0; i < kept; i++)
		if (same(&l->kept[i], mark))
			return true;
	return l->seen > 0 && same(&l->anchor, mark);
}

/* Brent: one link is remembered for 1, 2, 4, 8 ... steps, so a circle of any length meets it. */
static void
remember(links *l, const link_mark *mark)
{
	l->kept[l->seen % LINKS_KEPT] = *mark;
	if (l->seen == 0 || ++l->since_anchor == l->next_anchor) {
		l->anchor = *mark;
		l->since_anchor = 0;
		l->next_anchor *= 2;
	}
	l->seen++;
}

exs_status
links_check(links *l, const char *from, const char *link, uint64_t rows_of_page, exs_error *error)
{
	exs_status status;
	link_mark  mark = mark_of(link);
	url        here, there;

	EXS_TRY(url_parse(from, &here, error));
	if (url_parse(link, &there, NULL) != EXS_OK || !url_same_origin(&here, &there)) {
		status = exs_fail(error, E_HOST, "the link to the next page leads to another host");
		error_why(error, "it is %.200s, and the page came from %.*s", link, (int)here.host.len,
		          here.host.at);
		error_fix(error, "no bearer was sent there; report it with the ids below");
		return status;
	}
	l->empty_pages = rows_of_page > 0 ? 0 : l->empty_pages + 1;
	if (l->empty_pages > LINKS_EMPTY_MAX)
		return exs_fail(error, E_EXO_PAGING, "%d pages in a row without a row", LINKS_EMPTY_MAX);
	if (was_seen(l, &mark) || strcmp(from, link) == 0)
		return exs_fail(error, E_EXO_PAGING, "the pages of the list go round in a circle");
	remember(l, &mark);
	return EXS_OK;
}
