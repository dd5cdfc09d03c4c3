/* A cmdlet and its parameters, each kept as JSON without tags. */
#include "exchange/command_parts.h"

#include "base/error.h"
#include "base/jsontext.h"
#include "exchange/filter.h"
#include "exchange/tags.h"
#include "exchange/value.h"
#include "exchange/verb.h"

#include <stdio.h>

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_word(span s)
{
	if (s.len == 0 || s.len > COMMAND_NAME_MAX || !is_letter(s.at[0]))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!is_letter(s.at[i]) && (s.at[i] < '0' || s.at[i] > '9'))
			return false;
	return true;
}

exs_status
exs_command_new(const char *cmdlet, exs_command **ret_command, exs_error *error)
{
	EXS_AUTO(exs_command) *command = NULL;
	span noun = span_of(cmdlet), verb = span_cut(&noun, '-');

	if (!is_word(verb) || !is_word(noun))
		return exs_fail(error, E_USAGE, "a cmdlet is named Verb-Noun, not \"%.200s\"", cmdlet);
	command = mem_new(1, sizeof *command);
	if (command == NULL)
		return mem_fail(error);
	EXS_TRY(mem_copy(cmdlet, &command->name, error));
	EXS_GIVE(ret_command, command);
	return EXS_OK;
}

void
exs_command_free(exs_command *command)
{
	if (command == NULL)
		return;
	for (size_t i = 0; i < command->n; i++) {
		mem_free(command->parameters[i].name);
		mem_wipe_free(command->parameters[i].json, command->parameters[i].len);
		secret_free(command->parameters[i].plain);
	}
	mem_free(command->parameters);
	mem_free(command->selected);
	mem_free(command->name);
	mem_free(command);
}

const char *
exs_command_name(const exs_command *command)
{
	return command->name;
}

bool
exs_command_reads(const exs_command *command)
{
	return verb_reads(command->name);
}

const parameter *
command_lookup(const exs_command *command, span name)
{
	for (size_t i = 0; i < command->n; i++)
		if (span_is_nocase(name, command->parameters[i].name))
			return &command->parameters[i];
	return NULL;
}

exs_status
command_check_name(const exs_command *command, const char *name, exs_error *error)
{
	if (!is_word(span_of(name)))
		return exs_fail(error, E_PARAMETER,
		                "a parameter's name has letters and digits only, not \"%.200s\"", name);
	if (command_lookup(command, span_of(name)) != NULL)
		return exs_fail(error, E_PARAMETER, "-%s is given twice", name);
	if (command->n == COMMAND_PARAMETERS_MAX)
		return exs_fail(error, E_PARAMETER, "more than %d parameters", COMMAND_PARAMETERS_MAX);
	return EXS_OK;
}

static exs_status
make_room(exs_command *command, exs_error *error)
{
	size_t     room = command->room * 2 + 8;
	parameter *bigger;

	if (command->n < command->room)
		return EXS_OK;
	bigger = mem_new(room, sizeof *bigger);
	if (bigger == NULL)
		return mem_fail(error);
	if (command->n > 0)
		memcpy(bigger, command->parameters, command->n * sizeof *bigger);
	mem_free(command->parameters);
	command->parameters = bigger;
	command->room = room;
	return EXS_OK;
}

exs_status
command_keep(exs_command *command, const char *name, buf *value, exs_error *error)
{
	EXS_AUTO(chars) *name_copy = NULL;
	parameter *p;

	if (value->over_ceiling)
		return exs_fail(error, E_PARAMETER, "the value of -%s is larger than %d MiB", name,
		                LITERAL_TEXT_MAX >> 20);
	EXS_TRY(make_room(command, error));
	EXS_TRY(mem_copy(name, &name_copy, error));
	p = &command->parameters[command->n];
	p->len = value->len;
	EXS_TRY(buf_take(value, name, &p->json, error));
	EXS_GIVE(&p->name, name_copy);
	command->n++;
	return EXS_OK;
}

static exs_status
check_text(const char *name, span text, exs_error *error)
{
	if (text.len > LITERAL_TEXT_MAX)
		return exs_fail(error, E_PARAMETER, "the value of -%s is larger than %d MiB", name,
		                LITERAL_TEXT_MAX >> 20);
	if (!span_is_utf8(text))
		return exs_fail(error, E_PARAMETER, "the value of -%s is not UTF-8", name);
	return EXS_OK;
}

exs_status
exs_command_literal(exs_command *command, const char *name, const char *text, size_t length,
                    exs_error *error)
{
	EXS_SCOPED(buf) value = BUF(COMMAND_BODY_MAX);
	char    what[COMMAND_NAME_MAX + 2];
	literal l = {.what = what, .text = span_from(text, length),
	             .filter = filter_is_one(span_of(name))};

	/* (A -eq 'x') -and ... is the filter's own bracket; PowerShell would want quotes around it, which the shell took */
	if (l.filter && length > 1 && text[0] == '(' && strchr("'\"", text[1]) == NULL)
		return exs_command_text(command, name, text, length, error);
	EXS_TRY(command_check_name(command, name, error));
	EXS_TRY(check_text(name, l.text, error));
	snprintf(what, sizeof what, "-%s", name);
	EXS_TRY(value_read_argument(&l, &value, error));
	if (l.filter)
		EXS_TRY(filter_rewrite(&value, error));
	return command_keep(command, name, &value, error);
}

exs_status
command_read_in_line(exs_command *command, const char *name, literal *line, exs_error *error)
{
	EXS_SCOPED(buf) value = BUF(COMMAND_BODY_MAX);

	EXS_TRY(command_check_name(command, name, error));
	line->filter = filter_is_one(span_of(name));
	EXS_TRY(value_read_in_line(line, &value, error));
	if (line->filter)
		EXS_TRY(filter_rewrite(&value, error));
	return command_keep(command, name, &value, error);
}

exs_status
exs_command_switch(exs_command *command, const char *name, exs_error *error)
{
	EXS_SCOPED(buf) value = BUF(8);

	EXS_TRY(command_check_name(command, name, error));
	buf_puts(&value, "true");
	return command_keep(command, name, &value, error);
}

exs_status
exs_command_text(exs_command *command, const char *name, const char *text, size_t length,
                 exs_error *error)
{
	EXS_SCOPED(buf) value = BUF(COMMAND_BODY_MAX);

	EXS_TRY(command_check_name(command, name, error));
	EXS_TRY(check_text(name, span_from(text, length), error));
	jsontext_quote(&value, span_from(text, length));
	if (filter_is_one(span_of(name)))
		EXS_TRY(filter_rewrite(&value, error));
	return command_keep(command, name, &value, error);
}

exs_status
exs_command_bytes(exs_command *command, const char *name, const unsigned char *bytes,
                  size_t length, exs_error *error)
{
	EXS_SCOPED(buf) value = BUF(COMMAND_BODY_MAX);

	EXS_TRY(command_check_name(command, name, error));
	buf_puts(&value, "{\"@odata.type\":\"" TAG_BYTES "\",\"Data\":[");
	for (size_t i = 0; i < length && !value.over_ceiling; i++)
		buf_addf(&value, "%s%u", i == 0 ? "" : ",", bytes[i]);
	buf_puts(&value, "]}");
	return command_keep(command, name, &value, error);
}

exs_status
exs_command_json(exs_command *command, const char *name, const char *text, size_t length,
                 exs_error *error)
{
	EXS_SCOPED(buf) value = BUF(COMMAND_BODY_MAX);
	span   given = span_from(text, length);
	size_t at;

	EXS_TRY(command_check_name(command, name, error));
	EXS_TRY(check_text(name, given, error));
	if (!jsontext_check(given, &at))
		return exs_fail(error, E_PARAMETER, "the value of -%s is not JSON (byte %zu of %zu)",
		                name, at, length);
	buf_add(&value, span_trim(given));
	return command_keep(command, name, &value, error);
}

exs_status
exs_command_select(exs_command *command, const char *properties, exs_error *error)
{
	mem_free(command->selected);
	command->selected = NULL;
	return mem_copy(properties, &command->selected, error);
}

const char *
command_selected(const exs_command *command)
{
	return command->selected;
}

size_t
command_count(const exs_command *command)
{
	return command->n;
}

const char *
command_parameter(const exs_command *command, size_t nth)
{
	return command->parameters[nth].name;
}

span
command_value(const exs_command *command, const char *name)
{
	const parameter *p = command_lookup(command, span_of(name));

	return p == NULL ? span_from(NULL, 0) : span_from(p->json, p->len);
}

bool
command_string(const exs_command *command, const char *name, buf *to)
{
	span value = command_value(command, name);

	if (value.at == NULL || jsontext_kind_of(value) != JSONTEXT_STRING)
		return false;
	jsontext_decode(to, value);
	return !to->over_ceiling && !to->no_memory;
}

bool
command_wants_confirm(const exs_command *command)
{
	return !exs_command_reads(command) && command_lookup(command, span_of("Confirm")) == NULL;
}

void
command_names(const exs_command *command, buf *to)
{
	for (size_t i = 0; i < command->n; i++)
		buf_addf(to, "%s%s", i == 0 ? "" : " ", command->parameters[i].name);
}

exs_status
command_check(const exs_command *command, exs_error *error)
{
	return verb_check(command->name, error);
}

static void
write_body(const exs_command *command, bool confirm_default, bool shown, buf *to)
{
	buf_addf(to, "{\"CmdletInput\":{\"CmdletName\":\"%s\",\"Parameters\":{", command->name);
	for (size_t i = 0; i < command->n; i++) {
		const parameter *p = &command->parameters[i];
		char             quoted[COMMAND_NAME_MAX + 3];

		if (i > 0)
			buf_byte(to, ',');
		snprintf(quoted, sizeof quoted, "\"%s\"", p->name);
		tags_add_member(to, span_of(quoted),
		                p->plain != NULL && shown ? span_of(COMMAND_NOT_SHOWN) : span_from(p->json, p->len),
		                true);
	}
	if (confirm_default && command_wants_confirm(command))
		buf_addf(to, "%s\"Confirm\":false", command->n > 0 ? "," : "");
	buf_puts(to, "}}}");
}

static exs_status
check_body(const exs_command *command, const buf *to, exs_error *error)
{
	if (to->over_ceiling)
		return exs_fail(error, E_PARAMETER, "the parameters of %s are larger than %zu MiB",
		                command->name, to->ceiling >> 20);
	return buf_check(to, "the request", error);
}

exs_status
command_body(const exs_command *command, bool confirm_default, buf *to, exs_error *error)
{
	EXS_TRY(command_check_sealed(command, error));
	write_body(command, confirm_default, false, to);
	return check_body(command, to, error);
}

exs_status
command_show(const exs_command *command, bool confirm_default, buf *to, exs_error *error)
{
	write_body(command, confirm_default, true, to);
	return check_body(command, to, error);
}

exs_status
exs_command_body(const exs_command *command, char **ret_body, exs_error *error)
{
	EXS_SCOPED(buf) body = BUF(COMMAND_BODY_MAX);

	EXS_TRY(command_check(command, error));
	EXS_TRY(command_show(command, true, &body, error));
	return buf_take(&body, "the request", ret_body, error);
}
