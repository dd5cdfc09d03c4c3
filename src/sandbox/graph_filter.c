/*
 * $filter: comparisons with eq and startswith, joined by and or by or. See graph_query.h.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "graph_query.h"

enum { TERMS_MAX = 8, WORD_SIZE = 256 };

struct term {
	char property[WORD_SIZE];
	char value[WORD_SIZE];
	bool quoted, starts;
};

struct filter {
	const char *at;
	struct term terms[TERMS_MAX];
	size_t      n;
	bool        any; /* joined by or */
};

static void
skip_blanks(struct filter *filter)
{
	filter->at += strspn(filter->at, " ");
}

/* Takes the word if it comes next. */
static bool
take(struct filter *filter, const char *word)
{
	size_t len = strlen(word);

	skip_blanks(filter);
	if (strncasecmp(filter->at, word, len) != 0 ||
	    (isalnum((unsigned char)word[len - 1]) && isalnum((unsigned char)filter->at[len])))
		return false;
	filter->at += len;
	return true;
}

static bool
take_name(struct filter *filter, char name[WORD_SIZE])
{
	size_t len = 0;

	skip_blanks(filter);
	while (isalnum((unsigned char)filter->at[len]) && len < WORD_SIZE - 1)
		len++;
	memcpy(name, filter->at, len);
	name[len] = '\0';
	filter->at += len;
	return len != 0;
}

/* 'text' with '' for a quote, or a bare word: a GUID, true, false. */
static bool
take_value(struct filter *filter, struct term *term)
{
	size_t len = 0;

	skip_blanks(filter);
	term->quoted = *filter->at == '\'';
	filter->at += term->quoted ? 1 : 0;
	for (; len < WORD_SIZE - 1; len++) {
		if (term->quoted && *filter->at == '\'') {
			if (filter->at[1] != '\'')
				break;
			filter->at++;
		} else if (*filter->at == '\0' ||
		           (!term->quoted && strchr(" )", *filter->at) != NULL)) {
			break;
		}
		term->value[len] = *filter->at++;
	}
	term->value[len] = '\0';
	if (!term->quoted)
		return len != 0;
	return *filter->at++ == '\'';
}

static bool
take_term(struct filter *filter)
{
	struct term *term = &filter->terms[filter->n++];

	*term = (struct term){ 0 };
	if (take(filter, "startswith(")) {
		term->starts = true;
		return take_name(filter, term->property) && take(filter, ",") &&
		       take_value(filter, term) && term->quoted && take(filter, ")");
	}
	return take_name(filter, term->property) && take(filter, "eq") && take_value(filter, term);
}

static bool
read_filter(struct filter *filter)
{
	for (;;) {
		if (filter->n == TERMS_MAX || !take_term(filter))
			return false;
		skip_blanks(filter);
		if (*filter->at == '\0')
			return true;
		if (take(filter, "or") && (filter->n == 1 || filter->any))
			filter->any = true;
		else if (filter->any || !take(filter, "and"))
			return false;
	}
}

static bool
term_holds(const struct term *term, const cJSON *object)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, term->property);
	const char *text = cJSON_GetStringValue(item);

	if (cJSON_IsBool(item))
		return strcasecmp(term->value, cJSON_IsTrue(item) ? "true" : "false") == 0;
	if (text == NULL)
		return false;
	return term->starts ? strncasecmp(text, term->value, strlen(term->value)) == 0
	                    : strcasecmp(text, term->value) == 0;
}

static bool
filter_holds(const struct filter *filter, const cJSON *object)
{
	for (size_t i = 0; i < filter->n; i++) {
		if (term_holds(&filter->terms[i], object) == filter->any)
			return filter->any;
	}
	return !filter->any;
}

bool
filter_apply(struct graph *graph, const char *text, cJSON *array)
{
	struct filter filter = { .at = text };
	const cJSON *first = array->child;

	if (!read_filter(&filter))
		return graph_fail(graph, 400, "Request_UnsupportedQuery",
		                  "Unsupported or invalid query filter clause specified: '%s'.", text);
	for (size_t i = 0; first != NULL && i < filter.n; i++) {
		if (cJSON_GetObjectItemCaseSensitive(first, filter.terms[i].property) == NULL)
			return graph_fail_bad(graph, "Could not find a property named '%s'.",
			                      filter.terms[i].property);
	}
	for (int i = cJSON_GetArraySize(array) - 1; i >= 0; i--) {
		if (!filter_holds(&filter, cJSON_GetArrayItem(array, i)))
			cJSON_DeleteItemFromArray(array, i);
	}
	return true;
}
