/*
 * Reading forms and cookies, filling in answers. See web.h.
 */
#include "web.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Decodes one field's value; false when it does not fit. */
static bool
decode(const char *from, size_t len, char *value, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		char c = from[i];

		if (c == '+') {
			c = ' ';
		} else if (c == '%' && i + 2 < len && hex_digit(from[i + 1]) >= 0 &&
		           hex_digit(from[i + 2]) >= 0) {
			c = (char)(hex_digit(from[i + 1]) * 16 + hex_digit(from[i + 2]));
			i += 2;
		}
		if (used + 1 >= size)
			return false;
		value[used++] = c;
	}
	value[used] = '\0';
	return true;
}

bool
web_field(const char *encoded, const char *name, char *value, size_t size)
{
	char field_name[256];

	while (encoded != NULL && *encoded != '\0') {
		size_t len = strcspn(encoded, "&");
		const char *equals = memchr(encoded, '=', len);
		size_t name_len = equals != NULL ? (size_t)(equals - encoded) : len;

		if (decode(encoded, name_len, field_name, sizeof(field_name)) &&
		    strcmp(field_name, name) == 0) {
			if (equals == NULL)
				return decode("", 0, value, size);
			return decode(equals + 1, len - name_len - 1, value, size);
		}
		encoded += len;
		encoded += *encoded == '&' ? 1 : 0;
	}
	return false;
}

bool
web_cookie(const struct web_request *request, const char *name, char *value, size_t size)
{
	const char *cookies = web_header(request, "Cookie");
	size_t name_len = strlen(name);

	while (cookies != NULL && *cookies != '\0') {
		size_t len;

		cookies += strspn(cookies, "; ");
		len = strcspn(cookies, ";");
		if (len > name_len && cookies[name_len] == '=' &&
		    strncmp(cookies, name, name_len) == 0) {
			len -= name_len + 1;
			if (len >= size)
				return false;
			memcpy(value, cookies + name_len + 1, len);
			value[len] = '\0';
			return true;
		}
		cookies += len;
	}
	return false;
}

void
web_set(struct web_answer *answer, const char *name, const char *format, ...)
{
	struct web_header *header;
	va_list arguments;

	if (answer->n_headers == WEB_HEADERS_MAX)
		return;
	header = &answer->headers[answer->n_headers++];
	snprintf(header->name, sizeof(header->name), "%s", name);
	va_start(arguments, format);
	vsnprintf(header->value, sizeof(header->value), format, arguments);
	va_end(arguments);
}

void
web_json(struct web_answer *answer, int status, const char *format, ...)
{
	va_list arguments;

	answer->status = status;
	answer->content_type = "application/json; charset=utf-8";
	text_done(&answer->body);
	va_start(arguments, format);
	text_addv(&answer->body, format, arguments);
	va_end(arguments);
}

static const char html_page[] =
	"<!DOCTYPE html>\r\n<html><head><title>Service unavailable</title></head>\r\n"
	"<body><h1>We are sorry</h1><p>Our services aren't available right now.</p>\r\n"
	"<script>/* <&> */</script></body></html>\r\n";

void
web_html(struct web_answer *answer, int status)
{
	answer->status = status;
	answer->content_type = "text/html; charset=utf-8";
	text_done(&answer->body);
	text_puts(&answer->body, html_page);
}
