/* Parameters that are secrets, that get another name or value, that are copied. */
#include "exchange/command_parts.h"

#include "base/error.h"
#include "exchange/filter.h"

exs_status
exs_command_secret(exs_command *command, const char *name, const char *text, size_t length,
                   exs_error *error)
{
	EXS_SCOPED(buf) value = BUF(sizeof COMMAND_NOT_SHOWN);
	EXS_AUTO(secret) *plain = NULL;
	span given = span_from(text, length);

	EXS_TRY(command_check_name(command, name, error));
	if (length == 0 || length > COMMAND_SECRET_MAX || !span_is_utf8(given) ||
	    memchr(text, '\0', length) != NULL)
		return exs_fail(error, E_PARAMETER, "a secret is 1 to %d bytes of UTF-8: -%s",
		                COMMAND_SECRET_MAX, name);
	EXS_TRY(secret_new(given, &plain, error));
	buf_puts(&value, COMMAND_NOT_SHOWN);
	EXS_TRY(command_keep(command, name, &value, error));
	EXS_GIVE(&command->parameters[command->n - 1].plain, plain);
	return EXS_OK;
}

bool
exs_command_has_secrets(const exs_command *command)
{
	for (size_t i = 0; i < command->n; i++)
		if (command->parameters[i].plain != NULL)
			return true;
	return false;
}

exs_status
command_check_sealed(const exs_command *command, exs_error *error)
{
	for (size_t i = 0; i < command->n; i++)
		if (command->parameters[i].plain != NULL && !command->parameters[i].sealed)
			return exs_fail(error, E_SECRET_KEY, "-%s is a secret and not encrypted yet",
			                command->parameters[i].name);
	return EXS_OK;
}

bool
command_part_at(const exs_command *command, size_t i, command_part *ret)
{
	const parameter *p;

	if (i >= command->n)
		return false;
	p = &command->parameters[i];
	*ret = (command_part){p->name, span_from(p->json, p->len), p->plain};
	return true;
}

exs_status
command_rename(exs_command *command, const char *cmdlet, exs_error *error)
{
	EXS_AUTO(chars) *name = NULL;

	EXS_TRY(mem_copy(cmdlet, &name, error));
	mem_free(command->name);
	EXS_GIVE(&command->name, name);
	return EXS_OK;
}

exs_status
command_rename_part(exs_command *command, size_t i, const char *name, exs_error *error)
{
	parameter *p = &command->parameters[i];
	const parameter *other = command_lookup(command, span_of(name));
	EXS_AUTO(chars) *name_copy = NULL;

	if (other != NULL && other != p)
		return exs_fail(error, E_PARAMETER, "-%s is given twice, once as -%s", name, p->name);
	if (filter_is_one(span_of(name)) && !filter_is_one(span_of(p->name))) {
		EXS_SCOPED(buf) value = BUF(COMMAND_BODY_MAX);

		buf_add(&value, span_from(p->json, p->len));
		EXS_TRY(filter_rewrite(&value, error));
		EXS_TRY(command_set_part(command, i, &value, error));
	}
	EXS_TRY(mem_copy(name, &name_copy, error));
	mem_free(p->name);
	EXS_GIVE(&p->name, name_copy);
	return EXS_OK;
}

exs_status
command_set_part(exs_command *command, size_t i, buf *json, exs_error *error)
{
	parameter *p = &command->parameters[i];
	EXS_AUTO(chars) *text = NULL;
	size_t length = json->len;

	EXS_TRY(buf_take(json, "a parameter", &text, error));
	mem_wipe_free(p->json, p->len);
	EXS_GIVE(&p->json, text);
	p->len = length;
	p->sealed = p->plain != NULL;
	return EXS_OK;
}

void
exs_command_remove(exs_command *command, const char *name)
{
	const parameter *found = command_lookup(command, span_of(name));
	size_t           i = found == NULL ? command->n : (size_t)(found - command->parameters);
	parameter       *p;

	if (i == command->n)
		return;
	p = &command->parameters[i];
	mem_free(p->name);
	mem_wipe_free(p->json, p->len);
	secret_free(p->plain);
	memmove(p, p + 1, (command->n - i - 1) * sizeof *p);
	command->n--;
}

static bool
is_among(span name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (span_is_nocase(name, *names))
			return true;
	return false;
}

static exs_status
copy_secret(const parameter *from, parameter *to, exs_error *error)
{
	to->sealed = from->sealed;
	return from->plain == NULL ? EXS_OK
	                           : secret_new(secret_reveal(from->plain), &to->plain, error);
}

exs_status
command_copy(const exs_command *command, const char *const *without, exs_command **ret_copy,
             exs_error *error)
{
	EXS_AUTO(exs_command) *copy = NULL;

	EXS_TRY(exs_command_new(command->name, &copy, error));
	for (size_t i = 0; i < command->n; i++) {
		const parameter *p = &command->parameters[i];
		EXS_SCOPED(buf) value = BUF(COMMAND_BODY_MAX);

		if (is_among(span_of(p->name), without))
			continue;
		buf_add(&value, span_from(p->json, p->len));
		EXS_TRY(buf_check(&value, p->name, error));
		EXS_TRY(command_keep(copy, p->name, &value, error));
		EXS_TRY(copy_secret(p, &copy->parameters[copy->n - 1], error));
	}
	EXS_GIVE(ret_copy, copy);
	return EXS_OK;
}
