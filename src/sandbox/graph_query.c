/*
 * $select, $top, $skiptoken and the next link. See graph_query.h.
 *
 * A page token is good for the query it was made for and no other: a client that takes a next link
 * apart and builds one of its own is found out.
 */
#include "graph_query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fault.h"
#include "graph_route.h"
#include "tenant.h"

enum { PAGE = 100, PAGE_MAX = 999 };

static bool
field(const struct graph *graph, const char *name, char word[GRAPH_WORD_SIZE])
{
	return web_field(graph->request->query, name, word, GRAPH_WORD_SIZE);
}

bool
query_check(struct graph *graph)
{
	static const char *const refused[] = { "$search", "$count", "$expand", "$orderby", "$skip",
	                                       "$format", "$apply" };
	char word[GRAPH_WORD_SIZE];

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (field(graph, refused[i], word))
			return graph_fail(graph, 400, "Request_UnsupportedQuery",
			                  "The query option '%s' is not supported here.", refused[i]);
	}
	return true;
}

static bool
is_listed(const char *list, const char *name)
{
	size_t wanted = strlen(name);

	while (*list != '\0') {
		size_t len;

		list += strspn(list, ", ");
		len = strcspn(list, ", ");
		if (len == wanted && strncasecmp(list, name, len) == 0)
			return true;
		list += len;
	}
	return false;
}

bool
query_selects(const struct graph *graph, const char *property)
{
	char select[GRAPH_WORD_SIZE];

	return field(graph, "$select", select) && is_listed(select, property);
}

/* Leaves what $select names. */
static bool
apply_select(struct graph *graph, cJSON *object)
{
	char select[GRAPH_WORD_SIZE];
	cJSON *item = object->child;

	if (!field(graph, "$select", select))
		return true;
	while (item != NULL) {
		cJSON *next = item->next;

		if (!is_listed(select, item->string))
			cJSON_Delete(cJSON_DetachItemViaPointer(object, item));
		item = next;
	}
	for (char *name = select + strspn(select, ", "); *name != '\0';) {
		size_t len = strcspn(name, ", ");
		size_t gap = strspn(name + len, ", ");

		name[len] = '\0';
		if (cJSON_GetObjectItem(object, name) == NULL)
			return graph_fail_bad(graph, "Could not find a property named '%s'.", name);
		name += len + gap;
	}
	return true;
}

void
query_answer_one(struct graph *graph, const char *context, cJSON *object)
{
	if (!apply_select(graph, object)) {
		cJSON_Delete(object);
		return;
	}
	graph_context(object, context);
	graph_answer(graph, 200, object);
}

/* The query as it was sent, without its page token. */
static void
spell_query(const struct graph *graph, struct text *query)
{
	for (const char *at = graph->request->query; *at != '\0';) {
		size_t len = strcspn(at, "&");

		if (strncasecmp(at, "$skiptoken=", 11) != 0 &&
		    strncasecmp(at, "%24skiptoken=", 13) != 0) {
			text_puts(query, query->len != 0 ? "&" : "");
			text_add(query, at, len);
		}
		at += len;
		at += *at == '&' ? 1 : 0;
	}
	text_puts(query, "");
}

/* OFFSET.MARK, the mark telling which query it belongs to. */
static void
spell_token(const struct graph *graph, int offset, const struct text *query, char token[64])
{
	char mark[GUID_SIZE];

	guid_derive(mark, graph->request->path, query->at);
	snprintf(token, 64, "m~%d.%.8s", offset, mark);
}

static bool
read_offset(struct graph *graph, const struct text *query, int *ret_offset)
{
	char token[GRAPH_WORD_SIZE], right[64];

	*ret_offset = 0;
	if (!field(graph, "$skiptoken", token))
		return true;
	if (strncmp(token, "m~", 2) == 0) {
		*ret_offset = (int)strtol(token + 2, NULL, 10);
		spell_token(graph, *ret_offset, query, right);
		if (strcmp(right, token) == 0 && *ret_offset > 0)
			return true;
	}
	return graph_fail(graph, 400, "Directory_ExpiredPageToken",
	                  "The specified page token value has expired and can no longer be included "
	                  "in your request.");
}

static bool
read_size(struct graph *graph, int *ret_size)
{
	char top[GRAPH_WORD_SIZE], *end = NULL;
	struct fault_hit hit;
	long size = PAGE;

	if (field(graph, "$top", top)) {
		size = strtol(top, &end, 10);
		if (*end != '\0' || size < 1 || size > PAGE_MAX)
			return graph_fail(graph, 400, "Request_UnsupportedQuery",
			                  "Invalid page size specified: '%s'. Must be between 1 and "
			                  "%d inclusive.", top, PAGE_MAX);
	}
	if (fault_acts("graph-page", NULL, &hit) && hit.number > 0 && hit.number < size)
		size = hit.number;
	*ret_size = (int)size;
	return true;
}

static bool
apply_filter(struct graph *graph, cJSON *array)
{
	char filter[GRAPH_WORD_SIZE];

	return !field(graph, "$filter", filter) || filter_apply(graph, filter, array);
}

/* Where the page after this one is; offset: the first row of it. */
static void
add_link(const struct graph *graph, cJSON *page, const struct text *query, int offset, int size)
{
	bool loops = fault_acts("graph-link-loop", graph->route->name, NULL);
	struct text link = { 0 };
	struct fault_hit hit;
	char token[64];

	spell_token(graph, loops && offset > size ? offset - size : offset, query, token);
	text_addf(&link, "%s%s?%s%s$skiptoken=%s", tenant_origin(), graph->request->path, query->at,
	          query->len != 0 ? "&" : "", token);
	cJSON_AddStringToObject(page, "@odata.nextLink",
	                        fault_acts("graph-link-foreign", graph->route->name, &hit)
	                                ? hit.argument : link.at);
	text_done(&link);
}

/* The page of the array; the rest is deleted. */
static bool
cut_page(struct graph *graph, cJSON *array, int offset, int size)
{
	cJSON *item = array->child;
	bool good = true;

	for (int i = 0; item != NULL && good; i++) {
		cJSON *next = item->next;

		if (i < offset || i >= offset + size)
			cJSON_Delete(cJSON_DetachItemViaPointer(array, item));
		else
			good = apply_select(graph, item);
		item = next;
	}
	return good;
}

void
query_answer_list(struct graph *graph, const char *context, cJSON *array)
{
	struct text query = { 0 };
	cJSON *page = cJSON_CreateObject();
	int offset, size, whole;

	spell_query(graph, &query);
	if (read_offset(graph, &query, &offset) && read_size(graph, &size) &&
	    apply_filter(graph, array)) {
		whole = cJSON_GetArraySize(array);
		graph_context(page, context);
		if (offset + size < whole)
			add_link(graph, page, &query, offset + size, size);
		if (cut_page(graph, array, offset, size)) {
			cJSON_AddItemToObject(page, "value", array);
			graph_answer(graph, 200, page);
			array = page = NULL;
		}
	}
	cJSON_Delete(array);
	cJSON_Delete(page);
	text_done(&query);
}
