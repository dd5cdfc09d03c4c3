/*
 * Addresses: https only, hosts by list, links of the same origin.
 */
#ifndef HTTP_URL_H
#define HTTP_URL_H

#include "base/buf.h"

typedef struct url {
	span scheme, host, path, query; /* into the text that was parsed; host without port, path from its slash */
	unsigned port;                  /* 443 when none is written */
} url;

/* Absolute https URL of visible ASCII, no user part, no fragment; anything else is E_URL naming the fault. */
EXS_MUST_USE exs_status url_parse(const char *text, url *ret, exs_error *error);

/* Does the host (and port) match "host", "host:port" or "*.suffix"? A bare host or suffix means port 443. */
bool url_matches(const url *u, const char *pattern);

/* Same scheme, host (any case) and port? */
bool url_same_origin(const url *a, const url *b);

#endif
