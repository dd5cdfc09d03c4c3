/* The queries of the Get-EXO cmdlets. */
#include "exchange/native.h"

#include "base/encode.h"
#include "base/error.h"
#include "base/jsontext.h"

enum { QUERY_MAX = 64 * 1024, NAMES_MAX = 128 };

/* What is gathered on the way through the parameters. */
typedef struct query {
	const native_kind *kind;
	buf               *address;
	bool               begun;
	buf                filter, sets, select;
	buf                list; /* the values of the parameter that is looked at */
	bool               all; /* -PropertySets All */
} query;

static void
put_raw(query *q, const char *name)
{
	buf_byte(q->address, q->begun ? '&' : '?');
	q->begun = true;
	buf_puts(q->address, name);
	buf_byte(q->address, '=');
}

static void
put(query *q, const char *name, span value)
{
	put_raw(q, name);
	encode_percent(q->address, value);
}

static exs_status
wrong(const char *parameter, const char *wants, exs_error *error)
{
	return exs_fail(error, E_PARAMETER, "-%s wants %s", parameter, wants);
}

/* Calls `take` for each text of a value: one, or those of an array. */
static exs_status
each_text(const char *parameter, span value, query *q,
          exs_status (*take)(query *q, const char *parameter, span text, exs_error *error), exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(QUERY_MAX);
	jsontext_walk   walk;
	span            name, element;

	if (jsontext_kind_of(value) == JSONTEXT_STRING) {
		jsontext_decode(&text, value);
		return take(q, parameter, buf_span(&text), error);
	}
	if (jsontext_kind_of(value) != JSONTEXT_ARRAY)
		return wrong(parameter, "text, or several between commas", error);
	walk = jsontext_open(value);
	while (jsontext_next(&walk, &name, &element)) {
		buf_clear(&text);
		if (jsontext_kind_of(element) != JSONTEXT_STRING)
			return wrong(parameter, "text, or several between commas", error);
		jsontext_decode(&text, element);
		EXS_TRY(take(q, parameter, buf_span(&text), error));
	}
	return EXS_OK;
}

static bool
is_name(span name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
		      (i > 0 && c >= '0' && c <= '9')))
			return false;
	}
	return name.len > 0;
}

static bool
has_name(const buf *list, span name)
{
	span rest = buf_span(list);

	while (rest.len > 0)
		if (span_same_nocase(span_trim(span_cut(&rest, ',')), name))
			return true;
	return false;
}

static void
add_name(buf *list, span name)
{
	if (has_name(list, name))
		return;
	if (list->len > 0)
		buf_byte(list, ',');
	buf_add(list, name);
}

/* "A" or "A,B" in one text too, as --select writes them. */
static exs_status
take_properties(query *q, const char *parameter, span text, exs_error *error)
{
	while (text.len > 0) {
		span name = span_trim(span_cut(&text, ','));

		if (!is_name(name))
			return exs_fail(error, E_PARAMETER, "-%s: \"" SPAN_FORMAT "\" is no name of a property",
			                parameter, SPAN_PRINT(name));
		add_name(&q->select, name);
	}
	return EXS_OK;
}

static exs_status
no_such_set(const query *q, span name, exs_error *error)
{
	const char *names[NAMES_MAX] = {"All"};
	size_t      n = 1;
	const char *near;
	exs_status  status = exs_fail(error, E_PARAMETER, "%s has no property set \"" SPAN_FORMAT "\"",
	                              q->kind->cmdlet, SPAN_PRINT(name));

	for (const native_set *set = q->kind->sets; set->name != NULL && n < NAMES_MAX; set++)
		names[n++] = set->name;
	near = span_nearest(name, names, n);
	if (near != NULL)
		error_fix(error, "did you mean %s?", near);
	return status;
}

static exs_status
take_set(query *q, const char *parameter, span name, exs_error *error)
{
	(void)parameter;
	if (span_is_nocase(name, "All")) {
		q->all = true;
		return EXS_OK;
	}
	for (const native_set *set = q->kind->sets; set->name != NULL; set++) {
		if (span_is_nocase(name, set->name)) {
			add_name(&q->sets, span_of(set->name));
			return EXS_OK;
		}
	}
	return no_such_set(q, name, error);
}

static exs_status
take_listed(query *q, const char *parameter, span text, exs_error *error)
{
	(void)parameter;
	(void)error;
	add_name(&q->list, text);
	return EXS_OK;
}

/* Property eq 'a' or Property eq 'b' */
static exs_status
add_types(query *q, const native_parameter *p, span value, exs_error *error)
{
	span rest;

	buf_clear(&q->list);
	EXS_TRY(each_text(p->name, value, q, take_listed, error));
	if (q->list.len == 0)
		return wrong(p->name, "names of types", error);
	buf_puts(&q->filter, q->filter.len > 0 ? " and (" : "(");
	for (rest = buf_span(&q->list); rest.len > 0;) {
		bool first = rest.len == q->list.len;
		span type = span_trim(span_cut(&rest, ','));

		if (!is_name(type))
			return wrong(p->name, "names of types", error);
		buf_addf(&q->filter, "%s%s eq '%.*s'", first ? "" : " or ", p->as, (int)type.len, type.at);
	}
	buf_byte(&q->filter, ')');
	return EXS_OK;
}

static exs_status
add_filter(query *q, const exs_command *command, const char *name, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(QUERY_MAX);
	bool joined = q->filter.len > 0;

	if (!command_string(command, name, &text))
		return wrong(name, "a filter as text", error);
	buf_puts(&q->filter, joined ? " and (" : "");
	EXS_TRY(native_filter(buf_span(&text), &q->filter, error));
	buf_puts(&q->filter, joined ? ")" : "");
	return EXS_OK;
}

static exs_status
add_option(query *q, const exs_command *command, const native_parameter *p, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(QUERY_MAX);

	if (!command_string(command, p->name, &text) || text.len == 0)
		return wrong(p->name, "a text", error);
	put(q, p->as, buf_span(&text));
	return EXS_OK;
}

static exs_status
add_list(query *q, const native_parameter *p, span value, exs_error *error)
{
	buf_clear(&q->list);
	EXS_TRY(each_text(p->name, value, q, take_listed, error));
	put(q, p->as, buf_span(&q->list));
	return EXS_OK;
}

static exs_status
add_switch(query *q, const native_parameter *p, span value, exs_error *error)
{
	if (span_is(value, "true"))
		put(q, p->as, span_of("true"));
	else if (!span_is(value, "false"))
		return wrong(p->name, "nothing, $true or $false", error);
	return EXS_OK;
}

static exs_status
check_size(query *q, const exs_command *command, bool has_key, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(32);
	span     value = command_value(command, "ResultSize");
	uint64_t rows;

	if (command_string(command, "ResultSize", &text))
		value = span_trim(buf_span(&text));
	if (span_is_nocase(value, "Unlimited"))
		return EXS_OK;
	if (!span_unsigned(value, &rows) || rows == 0)
		return wrong("ResultSize", "a number of rows, or Unlimited", error);
	if (!has_key && q->kind->nested == NULL)
		put(q, "$top", value);
	return EXS_OK;
}

static exs_status
refused(const native_kind *kind, const char *name, exs_error *error)
{
	exs_status status = exs_fail(error, E_PARAMETER, "-%s of %s has no known form in REST", name, kind->cmdlet);

	error_why(error, "an option that the service passes over would be a wrong answer, so it is not guessed");
	error_fix(error, "use %s, which knows it or says what it lacks", kind->twin);
	return status;
}

static exs_status
unknown(const native_kind *kind, const char *name, exs_error *error)
{
	const char *names[NAMES_MAX];
	size_t      n = 0;
	const char *near;
	exs_status  status = exs_fail(error, E_PARAMETER, "%s has no parameter -%s", kind->cmdlet, name);

	for (const native_parameter *p = kind->parameters; p->name != NULL && n < NAMES_MAX; p++)
		names[n++] = p->name;
	near = span_nearest(span_of(name), names, n);
	if (near != NULL)
		error_fix(error, "did you mean -%s?", near);
	return status;
}

static const native_parameter *
find(const native_kind *kind, const char *name)
{
	for (const native_parameter *p = kind->parameters; p->name != NULL; p++)
		if (span_is_nocase(span_of(name), p->name))
			return p;
	return NULL;
}

exs_status
native_check(const native_kind *kind, const exs_command *command, exs_error *error)
{
	for (size_t i = 0; i < command_count(command); i++) {
		const char             *name = command_parameter(command, i);
		const native_parameter *p = find(kind, name);

		if (p == NULL)
			return unknown(kind, name, error);
		if (p->use == NATIVE_REFUSED)
			return refused(kind, p->name, error);
	}
	return EXS_OK;
}

static exs_status
take_parameter(query *q, const exs_command *command, const char *name, bool has_key, exs_error *error)
{
	const native_parameter *p = find(q->kind, name);
	span value = command_value(command, name);

	switch (p->use) {
	case NATIVE_OPTION: return add_option(q, command, p, error);
	case NATIVE_SWITCH: return add_switch(q, p, value, error);
	case NATIVE_LIST: return add_list(q, p, value, error);
	case NATIVE_TYPES: return add_types(q, p, value, error);
	case NATIVE_FILTER: return add_filter(q, command, name, error);
	case NATIVE_SETS: return each_text(name, value, q, take_set, error);
	case NATIVE_SELECT: return each_text(name, value, q, take_properties, error);
	case NATIVE_SIZE: return check_size(q, command, has_key, error);
	default: return EXS_OK;
	}
}

/*
 * Sets go by name. With single properties beside them everything is spelled out, because nobody has written down how the
 * service joins PropertySet and $select.
 */
static void
put_properties(query *q)
{
	EXS_SCOPED(buf) list = BUF(QUERY_MAX);

	/* a function answers with what it has unless asked for a set */
	if (q->kind->sets == NULL || (q->kind->needs_key && !q->all && q->sets.len == 0 && q->select.len == 0))
		return;
	if (q->all) {
		put(q, "PropertySet", span_of("All"));
		return;
	}
	if (q->select.len == 0) {
		add_name(&list, span_of("Minimum"));
		for (span rest = buf_span(&q->sets); rest.len > 0;)
			add_name(&list, span_cut(&rest, ','));
		put_raw(q, "PropertySet");
		buf_add(q->address, buf_span(&list));
		return;
	}
	for (const native_set *set = q->kind->sets; set->name != NULL; set++)
		if (set == q->kind->sets || has_name(&q->sets, span_of(set->name)))
			for (span rest = span_of(set->properties); rest.len > 0;)
				add_name(&list, span_cut(&rest, ','));
	for (span rest = buf_span(&q->select); rest.len > 0;)
		add_name(&list, span_cut(&rest, ','));
	put_raw(q, "$select");
	buf_add(q->address, buf_span(&list));
}

/* --select of a command that asks for no properties itself: only these cross the wire. */
static bool
put_selected(query *q, const exs_command *command, size_t *ret_whole)
{
	const char *selected = command_selected(command);
	bool        by_name = q->all || q->sets.len > 0 || q->select.len > 0;

	if (selected == NULL || by_name || q->kind->sets == NULL ||
	    take_properties(q, "select", span_of(selected), NULL) != EXS_OK)
		return false;
	*ret_whole = q->address->len;
	put_raw(q, "$select");
	buf_add(q->address, buf_span(&q->select));
	return true;
}

static exs_status
put_all(query *q, const exs_command *command, bool has_key, size_t *ret_whole, exs_error *error)
{
	for (size_t i = 0; i < command_count(command); i++)
		EXS_TRY(take_parameter(q, command, command_parameter(command, i), has_key, error));
	if (has_key)
		put(q, "isEncoded", span_of("true"));
	if (q->kind->nested != NULL && command_value(command, "Trustee").at == NULL)
		put(q, "$expand", span_of(q->kind->nested));
	if (q->filter.len > 0)
		put(q, "$filter", buf_span(&q->filter));
	EXS_TRY(buf_check(&q->filter, "the filter", error));
	if (!put_selected(q, command, ret_whole))
		put_properties(q);
	return buf_check(q->address, "the request's address", error);
}

exs_status
native_query(const native_kind *kind, const exs_command *command, bool has_key, buf *address,
             size_t *ret_whole, exs_error *error)
{
	query      q = {.kind = kind, .address = address, .filter = BUF(QUERY_MAX), .sets = BUF(QUERY_MAX),
	                .select = BUF(QUERY_MAX), .list = BUF(QUERY_MAX)};
	exs_status status;

	*ret_whole = 0;
	status = put_all(&q, command, has_key, ret_whole, error);
	buf_done(&q.filter);
	buf_done(&q.sets);
	buf_done(&q.select);
	buf_done(&q.list);
	return status;
}
