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

static exs_status
add_origin(buf *to, const url *u, const char *label, exs_error *error)
{
	buf_addf(to, "https://%s%.*s", label, (int)u->host.len, u->host.at);
	if (u->port != 443)
		buf_addf(to, ":%u", u->port);
	return buf_check(to, "the redirect's address", error);
}

exs_status
redirect_origin(const char *address, char **ret, exs_error *error)
{
	EXS_SCOPED(buf) origin = BUF(512);
	url u;

	EXS_TRY(url_parse(address, &u, error));
	EXS_TRY(add_origin(&origin, &u, "", error));
	return buf_take(&origin, "the redirect's address", ret, error);
}

/* "nam12b." of nam12b.admin.protection.outlook.com; false when the host is not of that form. */
static bool
read_region(span host, char label[70])
{
	span rest = host, first = span_cut(&rest, '.');

	if (first.len == 0 || first.len > 63 || !span_starts_nocase(rest, "admin."))
		return false;
	for (size_t i = 0; i < first.len; i++) {
		char c = first.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'))
			return false;
		label[i] = c;
	}
	label[first.len] = '.';
	label[first.len + 1] = '\0';
	return true;
}

exs_status
redirect_region(const char *origin, const char *from, const char *location, char **ret,
                exs_error *error)
{
	EXS_SCOPED(buf) target = BUF(16 * 1024);
	char label[70];
	url  own, there;

	EXS_TRY(url_parse(origin, &own, error));
	if (url_parse(location == NULL ? "" : location, &there, NULL) != EXS_OK ||
	    !read_region(there.host, label))
		return redirect_target(from, location, ret, error);
	EXS_TRY(add_origin(&target, &own, label, error));
	buf_addf(&target, "%.*s%s%.*s", (int)there.path.len, there.path.at,
	         there.query.len > 0 ? "?" : "", (int)there.query.len, there.query.at);
	return buf_take(&target, "the redirect's address", ret, error);
}
