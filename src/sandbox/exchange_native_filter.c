/*
 * $filter of an entity, in the words that the filter's parser knows: eq becomes -eq, startswith(A,'x') becomes A -like 'x*'.
 * See exchange_native.h.
 */
#include <string.h>
#include <strings.h>

#include "exchange_native.h"
#include "text.h"

/* Where the string that opens at the quote closes; NULL when it does not. */
static const char *
closing_quote(const char *quote)
{
	const char *end = strchr(quote + 1, '\'');

	while (end != NULL && end[1] == '\'')
		end = strchr(end + 2, '\'');
	return end;
}

/* A function over a property and a text; returns what stands behind it, or NULL when there is none here. */
static const char *
write_function(const char *filter, struct text *out)
{
	static const struct {
		const char *name, *before, *after;
	} functions[] = {
		{ "startswith(", "", "*" }, { "endswith(", "*", "" }, { "contains(", "*", "*" },
	};

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		size_t len = strlen(functions[i].name);
		const char *comma, *end;

		if (strncasecmp(filter, functions[i].name, len) != 0)
			continue;
		comma = strchr(filter, ',');
		end = comma != NULL && comma[1] == '\'' ? closing_quote(comma + 1) : NULL;
		if (end == NULL || end[1] != ')')
			return NULL;
		text_addf(out, "%.*s -like '%s%.*s%s'", (int)(comma - filter - (ptrdiff_t)len), filter + len,
		          functions[i].before, (int)(end - comma - 2), comma + 2, functions[i].after);
		return end + 2;
	}
	return NULL;
}

void
native_filter(const char *filter, struct text *out)
{
	static const char *const words[] = { "eq", "ne", "gt", "ge", "lt", "le", "and", "or", "not" };
	while (*filter != '\0') {
		size_t len = strspn(filter, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
		const char *behind;

		if (*filter == '\'') {
			do {
				text_add(out, filter, 1);
				filter++;
			} while (*filter != '\0' && *filter != '\'');
			if (*filter != '\0')
				text_add(out, filter++, 1);
			continue;
		}
		if ((behind = write_function(filter, out)) != NULL) {
			filter = behind;
			continue;
		}
		if (len == 0) {
			text_add(out, filter++, 1);
			continue;
		}
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			if (strlen(words[i]) == len && strncasecmp(words[i], filter, len) == 0)
				text_puts(out, "-");
		}
		if ((len == 4 && strncasecmp(filter, "true", 4) == 0) ||
		    (len == 5 && strncasecmp(filter, "false", 5) == 0) ||
		    (len == 4 && strncasecmp(filter, "null", 4) == 0))
			text_puts(out, "$");
		text_add(out, filter, len);
		filter += len;
	}
}

