/* Items as JSON objects, one a line: {"cmdlet": "Set-Mailbox", "parameters": {...}, "id": "7"}. */
#include "exchange/batch_form.h"

#include "base/error.h"
#include "base/jsontext.h"

typedef struct members {
	span cmdlet, parameters, id;
} members;

static bool
is_blank(span record)
{
	return span_trim(record).len == 0;
}

/* The member's name, decoded. */
static exs_status
read_name(const batch_source *source, span quoted, buf *to, exs_error *error)
{
	buf_clear(to);
	jsontext_decode(to, quoted);
	if (to->over_ceiling)
		return source_wrong(source, error, "a member has a name of more than %zu bytes", to->ceiling);
	return buf_check(to, "a name", error);
}

static exs_status
read_members(const batch_source *source, span record, members *ret, exs_error *error)
{
	EXS_SCOPED(buf) name = BUF(COMMAND_NAME_MAX);
	jsontext_walk walk = jsontext_open(record);
	span quoted, value;

	while (jsontext_next(&walk, &quoted, &value)) {
		span *place;

		EXS_TRY(read_name(source, quoted, &name, error));
		if (span_is_nocase(buf_span(&name), "cmdlet"))
			place = &ret->cmdlet;
		else if (span_is_nocase(buf_span(&name), "parameters"))
			place = &ret->parameters;
		else if (span_is_nocase(buf_span(&name), "id"))
			place = &ret->id;
		else
			return source_wrong(source, error,
			                    "\"" SPAN_FORMAT "\" is no member of an item: it has cmdlet, "
			                    "parameters and id", SPAN_PRINT(buf_span(&name)));
		if (place->at != NULL)
			return source_wrong(source, error, "\"" SPAN_FORMAT "\" is there twice",
			                    SPAN_PRINT(buf_span(&name)));
		*place = value;
	}
	return EXS_OK;
}

static exs_status
take_id(const batch_source *source, span value, batch_item *item, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(BATCH_ID_MAX);
	jsontext_kind kind;

	if (value.at == NULL)
		return EXS_OK;
	kind = jsontext_kind_of(value);
	if (kind == JSONTEXT_NUMBER)
		buf_add(&text, value);
	else if (kind == JSONTEXT_STRING)
		jsontext_decode(&text, value);
	else
		return source_wrong(source, error, "id is a text or a number");
	if (text.over_ceiling)
		return source_wrong(source, error, "id has more than %d bytes", BATCH_ID_MAX);
	if (memchr(buf_text(&text), '\0', text.len) != NULL)
		return source_wrong(source, error, "id has a NUL in it");
	return text.len == 0 ? EXS_OK : buf_take(&text, "an id", &item->id, error);
}

static exs_status
take_cmdlet(const batch_source *source, const batch_shape *shape, span value, batch_item *item,
            exs_error *error)
{
	EXS_SCOPED(error_scratch) why = exs_error_new();
	EXS_SCOPED(buf) name = BUF(2 * COMMAND_NAME_MAX);

	if (value.at != NULL && jsontext_kind_of(value) != JSONTEXT_STRING)
		return source_wrong(source, error, "cmdlet is a text");
	if (value.at != NULL)
		jsontext_decode(&name, value);
	else if (shape->cmdlet != NULL)
		buf_puts(&name, shape->cmdlet);
	else
		return source_wrong(source, error, "it names no cmdlet, and --cmdlet is not given");
	if (name.over_ceiling || memchr(buf_text(&name), '\0', name.len) != NULL)
		return source_wrong(source, error, "this is no name of a cmdlet");
	if (why == NULL)
		return mem_fail(error);
	if (exs_command_new(buf_text(&name), &item->command, why) != EXS_OK ||
	    command_check(item->command, why) != EXS_OK)
		return source_wrong(source, error, "%s", exs_error_message(why));
	return EXS_OK;
}

static exs_status
take_parameter(const batch_shape *shape, const char *name, span value, exs_command *command,
               exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(COMMAND_SECRET_MAX + 1);

	if (jsontext_kind_of(value) != JSONTEXT_STRING ||
	    !exs_command_is_secret(exs_command_name(command), name, shape->cmdlets))
		return exs_command_json(command, name, value.at, value.len, error);
	jsontext_decode(&text, value);
	return exs_command_secret(command, name, buf_text(&text), text.len, error);
}

static exs_status
take_parameters(const batch_source *source, const batch_shape *shape, span value, batch_item *item, exs_error *error)
{
	EXS_SCOPED(error_scratch) why = exs_error_new();
	EXS_SCOPED(buf) name = BUF(2 * COMMAND_NAME_MAX);
	jsontext_walk walk;
	span quoted, given;

	if (why == NULL)
		return mem_fail(error);
	if (value.at == NULL)
		return EXS_OK;
	if (jsontext_kind_of(value) != JSONTEXT_OBJECT)
		return source_wrong(source, error, "parameters is an object");
	walk = jsontext_open(value);
	while (jsontext_next(&walk, &quoted, &given)) {
		EXS_TRY(read_name(source, quoted, &name, error));
		if (memchr(buf_text(&name), '\0', name.len) != NULL ||
		    take_parameter(shape, buf_text(&name), given, item->command, why) != EXS_OK)
			return source_wrong(source, error, "%s", exs_error_message(why));
	}
	return EXS_OK;
}

static exs_status
make(void *columns, const batch_source *source, const batch_shape *shape, span record,
     batch_item *item, exs_error *error)
{
	members found = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
	size_t  at;

	(void)columns;
	if (!jsontext_check(record, &at))
		return source_wrong(source, error, "this is not JSON (byte %zu of %zu)", at, record.len);
	record = span_trim(record);
	if (jsontext_kind_of(record) != JSONTEXT_OBJECT)
		return source_wrong(source, error, "an item is a JSON object");
	EXS_TRY(read_members(source, record, &found, error));
	EXS_TRY(take_id(source, found.id, item, error));
	EXS_TRY(take_cmdlet(source, shape, found.cmdlet, item, error));
	return take_parameters(source, shape, found.parameters, item, error);
}

const batch_form batch_form_ndjson = {.quoted = false, .passes = is_blank, .make = make};
