/*
 * The next links of one list: may the next one be followed?
 *
 * Memory stays the same however long the list is. What is guaranteed: a link that was seen among the last LINKS_KEPT is
 * refused before it is asked for again; a longer circle is found by Brent's method, at the latest when it has been
 * walked round three times; and LINKS_EMPTY_MAX pages without a row end the walk. So no walk is endless unless the
 * service keeps making up new links with new rows.
 */
#ifndef API_LINKS_H
#define API_LINKS_H

#include "base/mem.h"
#include "base/span.h"

enum { LINKS_KEPT = 256, LINKS_EMPTY_MAX = 1000, LINKS_MAX = 64 * 1024 };

typedef struct link_mark {
	unsigned char at[16];
} link_mark;

typedef struct links {
	link_mark kept[LINKS_KEPT], anchor;
	uint64_t  seen, since_anchor, next_anchor;
	unsigned  empty_pages;
} links;

/* Forgets all. */
void links_begin(links *l);

/*
 * from: where the page came from. E_HOST when the link leaves that origin or cannot be an address, E_EXO_PAGING when it was
 * seen before or pages go on without rows.
 */
EXS_MUST_USE exs_status links_check(links *l, const char *from, const char *link,
                                    uint64_t rows_of_page, exs_error *error);

#endif
