/*
 * Where a redirect leads. The client decides whether a bearer may go there.
 */
#ifndef API_REDIRECT_H
#define API_REDIRECT_H

#include "base/mem.h"

#include <stdbool.h>

/* 301, 302, 303, 307 and 308: the service means all of them as "send the same there" (exchange-rest.md 2.11). */
bool redirect_is_one(int status);

/* *ret = the new address; free with mem_free(). location may be NULL, which is refused. */
EXS_MUST_USE exs_status redirect_target(const char *from, const char *location, char **ret,
                                        exs_error *error);

/*
 * The same where the service's own host only knows the region (exchange-rest.md 4): it leads to nam12b.admin.HOST, the wrong
 * machine, and means nam12b in front of the host that was asked. origin: that of the session.
 */
EXS_MUST_USE exs_status redirect_region(const char *origin, const char *from, const char *location,
                                        char **ret, exs_error *error);

/* "https://host:port" of an address; free with mem_free(). */
EXS_MUST_USE exs_status redirect_origin(const char *address, char **ret, exs_error *error);

#endif
