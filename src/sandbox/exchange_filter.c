/*
 * The -Filter of a cmdlet. See exchange_filter.h.
 *
 * A filter is parsed by descent into an array of nodes; children are named by their place in it.
 */
#include "exchange_filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exchange_call.h"

enum { NODES_MAX = 64, VALUE_MAX = 512, DEPTH_MAX = 32 };

enum kind { KIND_AND, KIND_OR, KIND_NOT, KIND_COMPARE };

enum operator { OP_EQ, OP_NE, OP_LIKE, OP_NOTLIKE, OP_GT, OP_GE, OP_LT, OP_LE, OPERATORS };

static const char *const operator_names[OPERATORS] = {
	"-eq", "-ne", "-like", "-notlike", "-gt", "-ge", "-lt", "-le",
};

struct node {
	enum kind     kind;
	size_t        left, right;
	enum operator compare;
	const char   *property; /* within the selection's text */
	bool          is_null;  /* compared with $null */
	char          value[VALUE_MAX];
};

struct filter {
	struct selection selection;
	size_t           text_used;
	struct node      nodes[NODES_MAX];
	size_t           n_nodes;
	size_t           root;
};

struct parse {
	struct call   *call;
	struct filter *filter;
	const char    *whole, *at;
	unsigned       depth;
};

static size_t
complain(struct parse *parse, const char *what)
{
	call_fail(parse->call, FAILURE_FILTER,
	          "Invalid filter syntax. For a description of the filter parameter syntax see the "
	          "command help. \"%s\" at position %zu: %s",
	          parse->whole, (size_t)(parse->at - parse->whole) + 1, what);
	return 0;
}

static void
skip_spaces(struct parse *parse)
{
	parse->at += strspn(parse->at, " \t\r\n");
}

/* A word like -and, when it stands here. */
static bool
take_word(struct parse *parse, const char *word)
{
	size_t len = strlen(word);

	skip_spaces(parse);
	if (strncasecmp(parse->at, word, len) != 0 ||
	    strchr(" \t\r\n('\"$", parse->at[len]) == NULL)
		return false;
	parse->at += len;
	return true;
}

static size_t
add_node(struct parse *parse, enum kind kind, size_t left, size_t right)
{
	struct filter *filter = parse->filter;
	struct node *node;

	if (filter->n_nodes == NODES_MAX)
		return complain(parse, "too many conditions");
	node = &filter->nodes[filter->n_nodes];
	node->kind = kind;
	node->left = left;
	node->right = right;
	return filter->n_nodes++;
}

static const char *
take_property(struct parse *parse)
{
	struct filter *filter = parse->filter;
	size_t len = strspn(parse->at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                               "0123456789_");
	char *name = filter->selection.text + filter->text_used;

	if (len == 0 || filter->text_used + len + 1 > SELECT_TEXT_MAX ||
	    filter->selection.count == SELECT_NAMES_MAX) {
		complain(parse, "a property was expected");
		return "";
	}
	memcpy(name, parse->at, len);
	name[len] = '\0';
	filter->text_used += len + 1;
	filter->selection.names[filter->selection.count++] = name;
	parse->at += len;
	return name;
}

/* 'text', "text" (a doubled quote stands for one), $true, $null, or a bare word. */
static void
take_value(struct parse *parse, struct node *node)
{
	char quote = *parse->at;
	size_t used = 0;

	if (quote != '\'' && quote != '"') {
		used = strcspn(parse->at, " \t\r\n)");
		if (used == 0 || used >= VALUE_MAX) {
			complain(parse, "a value was expected");
			return;
		}
		snprintf(node->value, VALUE_MAX, "%.*s", (int)used, parse->at);
		node->is_null = strcasecmp(node->value, "$null") == 0;
		if (strcasecmp(node->value, "$true") == 0 || strcasecmp(node->value, "$false") == 0)
			memmove(node->value, node->value + 1, used);
		parse->at += used;
		return;
	}
	for (parse->at++; *parse->at != '\0' && used + 1 < VALUE_MAX; parse->at++) {
		if (*parse->at == quote && parse->at[1] == quote)
			parse->at++;
		else if (*parse->at == quote)
			break;
		node->value[used++] = *parse->at;
	}
	node->value[used] = '\0';
	if (*parse->at != quote)
		complain(parse, "the quote does not end");
	else
		parse->at++;
}

static size_t parse_either(struct parse *parse);

static size_t
parse_compare(struct parse *parse)
{
	struct node *node;
	size_t place = add_node(parse, KIND_COMPARE, 0, 0);
	size_t op = 0;

	if (parse->call->failed)
		return 0;
	node = &parse->filter->nodes[place];
	node->property = take_property(parse);
	while (op < OPERATORS && !take_word(parse, operator_names[op]))
		op++;
	if (op == OPERATORS)
		return complain(parse, "an operator was expected");
	node->compare = (enum operator)op;
	skip_spaces(parse);
	take_value(parse, node);
	return place;
}

static size_t
parse_one(struct parse *parse)
{
	size_t inner;

	if (parse->call->failed || ++parse->depth > DEPTH_MAX)
		return complain(parse, "nested too deep");
	if (take_word(parse, "-not") || *parse->at == '!') {
		parse->at += *parse->at == '!';
		inner = add_node(parse, KIND_NOT, parse_one(parse), 0);
	} else if (*parse->at == '(') {
		parse->at++;
		inner = parse_either(parse);
		skip_spaces(parse);
		if (*parse->at != ')')
			return complain(parse, "a closing bracket was expected");
		parse->at++;
	} else {
		inner = parse_compare(parse);
	}
	parse->depth--;
	return inner;
}

static size_t
parse_both(struct parse *parse)
{
	size_t left = parse_one(parse);

	while (!parse->call->failed && take_word(parse, "-and"))
		left = add_node(parse, KIND_AND, left, parse_one(parse));
	return left;
}

static size_t
parse_either(struct parse *parse)
{
	size_t left = parse_both(parse);

	while (!parse->call->failed && take_word(parse, "-or"))
		left = add_node(parse, KIND_OR, left, parse_both(parse));
	return left;
}

struct filter *
filter_parse(struct call *call, const char *text)
{
	struct filter *filter = calloc(1, sizeof(*filter));
	struct parse parse = { call, filter, text, text, 0 };

	if (filter == NULL)
		abort();
	filter->root = parse_either(&parse);
	skip_spaces(&parse);
	if (!call->failed && *parse.at != '\0')
		complain(&parse, "-and, -or or the end was expected");
	if (!call->failed)
		return filter;
	free(filter);
	return NULL;
}

void
filter_free(struct filter *filter)
{
	free(filter);
}

const struct selection *
filter_selection(const struct filter *filter)
{
	return &filter->selection;
}

bool
text_is_like(const char *text, const char *pattern)
{
	const char *star = NULL, *after_star = NULL;

	while (*text != '\0') {
		if (*pattern == '*') {
			star = ++pattern;
			after_star = text;
		} else if (strncasecmp(text, pattern, 1) == 0) {
			text++;
			pattern++;
		} else if (star != NULL) {
			pattern = star;
			text = ++after_star;
		} else {
			return false;
		}
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

/* Below, at or above zero as left is before, like or after right. */
static int
order(const char *left, const char *right)
{
	char *left_end, *right_end;
	double left_number = strtod(left, &left_end), right_number = strtod(right, &right_end);
	ticks left_moment, right_moment;

	if (ticks_read(left, &left_moment) && ticks_read(right, &right_moment))
		return (left_moment > right_moment) - (left_moment < right_moment);
	if (left_end != left && *left_end == '\0' && right_end != right && *right_end == '\0')
		return (left_number > right_number) - (left_number < right_number);
	return strcasecmp(left, right);
}

static bool
holds(const struct node *node, const cJSON *value)
{
	char *printed = NULL;
	const char *text = "";
	bool truth = false;
	int side;

	if (cJSON_IsString(value))
		text = value->valuestring;
	else if (cJSON_IsBool(value))
		text = cJSON_IsTrue(value) ? "True" : "False";
	else if (cJSON_IsNumber(value))
		text = printed = cJSON_PrintUnformatted(value);
	side = order(text, node->value);
	switch (node->compare) {
	case OP_EQ:
	case OP_NE: truth = node->is_null ? *text == '\0' : side == 0; break;
	case OP_LIKE:
	case OP_NOTLIKE: truth = text_is_like(text, node->value); break;
	case OP_GT: truth = side > 0; break;
	case OP_GE: truth = side >= 0; break;
	case OP_LT: truth = side < 0; break;
	default: truth = side <= 0; break;
	}
	cJSON_free(printed);
	return truth;
}

static bool
compare(struct call *call, const struct node *node, const cJSON *object)
{
	const cJSON *value = cJSON_GetObjectItem(object, node->property), *item;
	bool negated = node->compare == OP_NE || node->compare == OP_NOTLIKE, any = false;

	if (value == NULL) {
		call_fail(call, FAILURE_FILTER,
		          "\"%s\" is not a recognized filterable property.", node->property);
		return false;
	}
	if (!cJSON_IsArray(value))
		return holds(node, value) != negated;
	cJSON_ArrayForEach(item, value)
		any = any || holds(node, item);
	if (node->is_null)
		any = cJSON_GetArraySize(value) == 0;
	return any != negated;
}

static bool
matches(struct call *call, const struct filter *filter, size_t place, const cJSON *object)
{
	const struct node *node = &filter->nodes[place];

	switch (node->kind) {
	case KIND_AND:
		return matches(call, filter, node->left, object) &&
		       matches(call, filter, node->right, object);
	case KIND_OR:
		return matches(call, filter, node->left, object) ||
		       matches(call, filter, node->right, object);
	case KIND_NOT: return !matches(call, filter, node->left, object);
	default: return compare(call, node, object);
	}
}

bool
filter_matches(struct call *call, const struct filter *filter, const cJSON *object)
{
	return matches(call, filter, filter->root, object);
}
