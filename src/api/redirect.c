/* Where a redirect leads. */
#include "api/redirect.h"

#include "base/error.h"
#include "http/url.h"

bool
redirect_is_one(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* The service names a port 446 that only its own machines use; 443 is meant (exchange-rest.md 2.11). */
enum { INNER_PORT = 446 };

exs_status
redirect_target(const char *from, const char *location, char **ret, exs_error *error)
{
	EXS_SCOPED(buf) target = BUF(16 * 1024);
	url u;

	if (location == NULL || location[0] == '\0')
		return exs_fail(error, E_ANSWER, "a redirect that does not say where to");
	if (location[0] == '/' && location[1] != '/') {
		EXS_TRY(url_parse(from, &u, error));
		buf_addf(&target, "https://%.*s:%u%s", (int)u.host.len, u.host.at, u.port, location);
	} else {
		if (url_parse(location, &u, NULL) != EXS_OK)
			return exs_fail(error, E_HOST, "a redirect leads to \"%.200s\", where no bearer goes",
			                location);
		if (u.port == INNER_PORT)
			buf_addf(&target, "https://%.*s%.*s%s%.*s", (int)u.host.len, u.host.at,
			         (int)u.path.len, u.path.at, u.query.len > 0 ? "?" : "", (int)u.query.len,
			         u.query.at);
		else
			buf_puts(&target, location);
	}
	return buf_take(&target, "the redirect's address", ret, error);
}
