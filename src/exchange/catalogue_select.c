/* Which records of the service's script are this identity's, and the names nearest to a mistyped one. */
#include "base/error.h"
#include "exchange/catalogue.h"

#include <stdlib.h>
#include <strings.h>

/* The names of A,B,C in alphabetical order; seen: there was a record. */
typedef struct exported {
	span name;
	bool seen;
} exported;

static int
compare(const void *a, const void *b)
{
	span   left = ((const exported *)a)->name, right = ((const exported *)b)->name;
	size_t n = left.len < right.len ? left.len : right.len;
	int    order = strncasecmp(left.at, right.at, n);

	return order != 0 ? order : (left.len > right.len) - (left.len < right.len);
}

static size_t
count(span names)
{
	size_t n = 1;

	for (size_t i = 0; i < names.len; i++)
		n += names.at[i] == ',';
	return n;
}

static size_t
cut(span names, exported *to)
{
	size_t n = 0, kept = 0;

	while (names.len > 0) {
		span name = span_trim(span_cut(&names, ','));

		if (name.len > 0 && name.len <= FUNCTIONS_NAME_MAX)
			to[n++] = (exported){name, false};
	}
	qsort(to, n, sizeof *to, compare);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || compare(&to[kept - 1], &to[i]) != 0)
			to[kept++] = to[i];
	return kept;
}

static void
copy_records(span records, exported *names, size_t n, buf *to)
{
	bool wanted = false;

	while (records.len > 0) {
		span      line = span_cut(&records, '\n'), fields = line;
		exported *found = NULL, key = {.seen = false};

		if (span_is(span_cut(&fields, '\t'), "c")) {
			key.name = span_cut(&fields, '\t');
			found = bsearch(&key, names, n, sizeof key, compare);
			wanted = found != NULL && !found->seen;
			if (found != NULL)
				found->seen = true;
		}
		if (!wanted)
			continue;
		buf_add(to, line);
		buf_byte(to, '\n');
	}
}

/* A cmdlet's name, and nothing that would break a line of ours. */
static bool
is_plain(span name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'))
			return false;
	}
	return memchr(name.at, '-', name.len) != NULL;
}

exs_status
catalogue_select(span records, span names, buf *to, exs_error *error)
{
	exported *list;
	size_t    n;

	if (span_trim(names).len == 0) {
		buf_add(to, records);
		return buf_check(to, "the list of cmdlets", error);
	}
	list = mem_new(count(names), sizeof *list);
	if (list == NULL)
		return mem_fail(error);
	n = cut(names, list);
	copy_records(records, list, n, to);
	for (size_t i = 0; i < n; i++)
		if (!list[i].seen && is_plain(list[i].name))
			buf_addf(to, "c\t%.*s\t-\n", (int)list[i].name.len, list[i].name.at);
	mem_free(list);
	return buf_check(to, "the list of cmdlets", error);
}

const char *
exs_cmdlets_nearest(const exs_cmdlets *cmdlets, const char *name)
{
	const char **names, *nearest;
	exs_cmdlet   cmdlet;
	size_t       n = 0;

	while (exs_cmdlets_at(cmdlets, n, &cmdlet))
		n++;
	names = mem_new(n + 1, sizeof *names);
	if (names == NULL)
		return NULL;
	for (size_t i = 0; i < n && exs_cmdlets_at(cmdlets, i, &cmdlet); i++)
		names[i] = cmdlet.name;
	nearest = span_nearest(span_of(name), names, n);
	mem_free(names);
	return nearest;
}

bool
exs_cmdlet_matches(const char *name, const char *pattern)
{
	const char *star = NULL, *back = NULL;

	while (*name != '\0') {
		if (*pattern == '*') {
			star = pattern++;
			back = name;
		} else if (*pattern != '\0' && (*pattern == '?' || strncasecmp(name, pattern, 1) == 0)) {
			name++;
			pattern++;
		} else if (star != NULL) {
			pattern = star + 1;
			name = ++back;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}
