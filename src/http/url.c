/*
 * Addresses: https only, hosts by list, links of the same origin.
 *
 * The rules are narrower than RFC 3986 on purpose: what two parsers could read in two ways (user parts, backslashes,
 * escapes in a host) is refused, so that the host we check is the host libcurl speaks to.
 */
#include "http/url.h"

#include "base/error.h"

enum { HTTPS_PORT = 443, URL_MAX = 16384, HOST_MAX = 255 };

static bool
is_visible(span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] <= 0x20 || text.at[i] > 0x7E || text.at[i] == '\\')
			return false;
	return true;
}

static bool
is_host_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_';
}

static bool
is_host(span host)
{
	bool bracketed = host.len > 2 && host.at[0] == '[';

	if (host.len == 0 || host.len > HOST_MAX || host.at[0] == '.')
		return false;
	if (bracketed && host.at[host.len - 1] != ']')
		return false;
	for (size_t i = bracketed; i + bracketed < host.len; i++)
		if (!(is_host_byte(host.at[i]) || (bracketed && host.at[i] == ':')))
			return false;
	return true;
}

/* Cuts the port off an authority: "host", "host:port" or "[address]:port". False when it is no port. */
static bool
cut_port(span *authority, unsigned *ret_port)
{
	size_t   from = 0;
	uint64_t port = HTTPS_PORT;
	span     digits;

	if (authority->len > 0 && authority->at[0] == '[')
		while (from < authority->len && authority->at[from] != ']')
			from++;
	while (from < authority->len && authority->at[from] != ':')
		from++;
	if (from < authority->len) {
		digits = span_from(authority->at + from + 1, authority->len - from - 1);
		if (digits.len > 5 || !span_unsigned(digits, &port) || port == 0 || port > 65535)
			return false;
		authority->len = from;
	}
	*ret_port = (unsigned)port;
	return true;
}

static span
cut_at_any(span *rest, const char *stops)
{
	span   cut = *rest;
	size_t n = 0;

	while (n < rest->len && strchr(stops, rest->at[n]) == NULL)
		n++;
	cut.len = n;
	*rest = span_from(rest->at + n, rest->len - n);
	return cut;
}

exs_status
url_parse(const char *text, url *ret, exs_error *error)
{
	url  parsed = {0};
	span rest = span_of(text), authority;

	if (rest.len == 0)
		return exs_fail(error, E_URL, "an address is empty");
	if (rest.len > URL_MAX)
		return exs_fail(error, E_URL, "an address has %zu bytes; at most %d are taken", rest.len,
		                URL_MAX);
	if (!is_visible(rest))
		return exs_fail(error, E_URL, "an address holds a blank, a backslash or a byte that is not "
		                              "visible ASCII");
	if (!span_starts_nocase(rest, "https://"))
		return exs_fail(error, E_URL, "the address \"" SPAN_FORMAT "\" does not begin with https://",
		                rest.len > 60 ? 60 : (int)rest.len, rest.at);
	parsed.scheme = span_from(rest.at, 5);
	rest = span_from(rest.at + 8, rest.len - 8);
	authority = cut_at_any(&rest, "/?#");
	if (memchr(authority.at, '@', authority.len) != NULL)
		return exs_fail(error, E_URL, "an address has a user name or password before its host");
	if (memchr(rest.at, '#', rest.len) != NULL)
		return exs_fail(error, E_URL, "the address of " SPAN_FORMAT " has a fragment",
		                SPAN_PRINT(authority));
	if (!cut_port(&authority, &parsed.port))
		return exs_fail(error, E_URL, "an address has a port that is none");
	if (!is_host(authority))
		return exs_fail(error, E_URL, "the address has the host \"" SPAN_FORMAT "\", which is none",
		                SPAN_PRINT(authority));
	parsed.host = authority;
	parsed.path = cut_at_any(&rest, "?");
	if (rest.len > 0)
		parsed.query = span_from(rest.at + 1, rest.len - 1);
	*ret = parsed;
	return EXS_OK;
}

bool
url_matches(const url *u, const char *pattern)
{
	span     wanted = span_of(pattern);
	unsigned port;

	if (!cut_port(&wanted, &port) || port != u->port)
		return false;
	if (!span_starts(wanted, "*."))
		return span_same_nocase(u->host, wanted);
	wanted = span_from(wanted.at + 1, wanted.len - 1);
	return u->host.len > wanted.len &&
	       span_same_nocase(span_from(u->host.at + u->host.len - wanted.len, wanted.len), wanted);
}

bool
url_same_origin(const url *a, const url *b)
{
	return span_same_nocase(a->scheme, b->scheme) && span_same_nocase(a->host, b->host) &&
	       a->port == b->port;
}
