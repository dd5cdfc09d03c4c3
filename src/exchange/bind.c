/*
 * A command held against what is known of its cmdlet.
 *
 * The service binds parameters as PowerShell does, so this does too: the exact name, then an alias, then the one name that begins
 * so. Sending the whole name is not only kinder: paging, anchors and filters look at it. A value is refused only where its type
 * leaves no doubt; enums, dates and objects are for the service to judge.
 */
#include "base/error.h"
#include "base/jsontext.h"
#include "exchange/cast.h"
#include "exchange/catalogue.h"
#include "exchange/command.h"

#include <stdio.h>

/* Of every cmdlet, whether the service lists them or not. */
static const char *const common[] = {
	"Verbose",         "Debug",         "ErrorAction",         "WarningAction",
	"ErrorVariable",   "OutVariable",   "InformationVariable", "WarningVariable",
	"OutBuffer",       "ProgressAction", "PipelineVariable",   "InformationAction",
	"WhatIf",          "Confirm",
};

enum { COMMON = sizeof common / sizeof common[0], CANDIDATES_MAX = 2000, ABBREVIATED = 4 };

typedef struct binding {
	const exs_cmdlets *cmdlets;
	exs_cmdlet         cmdlet;
	exs_command       *command;
	exs_error         *error;
} binding;

static bool
has_alias(const exs_cmdlet_parameter *p, span name, bool whole)
{
	span rest = span_of(p->aliases);

	while (rest.len > 0) {
		span alias = span_cut(&rest, ',');

		if (whole ? span_same_nocase(alias, name)
		          : alias.len > name.len && span_same_nocase(span_from(alias.at, name.len), name))
			return true;
	}
	return false;
}

static bool
is_common(const char *name)
{
	for (size_t i = 0; i < COMMON; i++)
		if (span_is_nocase(span_of(name), common[i]))
			return true;
	return false;
}

static bool
find_whole(const binding *b, span name, exs_cmdlet_parameter *ret)
{
	for (size_t i = 0; exs_cmdlet_parameter_at(b->cmdlets, &b->cmdlet, i, ret); i++)
		if (span_is_nocase(name, ret->name))
			return true;
	for (size_t i = 0; exs_cmdlet_parameter_at(b->cmdlets, &b->cmdlet, i, ret); i++)
		if (has_alias(ret, name, true))
			return true;
	return false;
}

static bool
begins(const char *name, span with)
{
	size_t n = strlen(name);

	return n > with.len && span_same_nocase(span_from(name, with.len), with);
}

/* The one parameter that begins so; how many there are. */
static size_t
find_begun(const binding *b, span name, exs_cmdlet_parameter *ret, buf *names)
{
	exs_cmdlet_parameter p;
	size_t               n = 0;

	for (size_t i = 0; exs_cmdlet_parameter_at(b->cmdlets, &b->cmdlet, i, &p); i++) {
		if (!begins(p.name, name) && !has_alias(&p, name, false))
			continue;
		*ret = p;
		buf_addf(names, "%s-%s", n++ == 0 ? "" : ", ", p.name);
	}
	for (size_t i = 0; n == 0 && i < COMMON; i++) {
		if (!begins(common[i], name))
			continue;
		*ret = (exs_cmdlet_parameter){.name = common[i], .type = "", .aliases = ""};
		buf_addf(names, "-%s", common[i]);
		return 1;
	}
	return n;
}

static exs_status
unknown_parameter(const binding *b, const char *name)
{
	const char          *names[CANDIDATES_MAX], *nearest;
	exs_cmdlet_parameter p;
	size_t               n = 0;
	exs_status           status;

	while (n < CANDIDATES_MAX && exs_cmdlet_parameter_at(b->cmdlets, &b->cmdlet, n, &p))
		names[n++] = p.name;
	status = exs_fail(b->error, E_PARAMETER_UNKNOWN, "%s has no parameter -%s", b->cmdlet.name, name);
	nearest = span_nearest(span_of(name), names, n);
	if (nearest != NULL)
		error_fix(b->error, "perhaps -%s was meant; exosign cmdlets %s lists them", nearest,
		          b->cmdlet.name);
	else
		error_fix(b->error, "exosign cmdlets %s lists them", b->cmdlet.name);
	return status;
}

static exs_status
find_parameter(const binding *b, const char *name, exs_cmdlet_parameter *ret)
{
	EXS_SCOPED(buf) names = BUF(400);
	size_t n;

	if (find_whole(b, span_of(name), ret))
		return EXS_OK;
	if (is_common(name)) {
		*ret = (exs_cmdlet_parameter){.name = name, .type = "", .aliases = ""};
		return EXS_OK;
	}
	n = find_begun(b, span_of(name), ret, &names);
	if (n == 0)
		return unknown_parameter(b, name);
	if (n > 1)
		return exs_fail(b->error, E_PARAMETER, "-%s may stand for several parameters of %s: %s", name,
		                b->cmdlet.name, buf_text(&names));
	return EXS_OK;
}

static exs_status
wrong(const binding *b, const char *name, const char *type, const char *before, const char *behind)
{
	exs_status status = exs_fail(b->error, E_PARAMETER, "-%s of %s takes %s", name,
	                             exs_command_name(b->command), type);

	error_fix(b->error, "%s-%s%s", before, name, behind);
	return status;
}

static bool
is_text(span json, buf *text)
{
	if (jsontext_kind_of(json) != JSONTEXT_STRING)
		return false;
	jsontext_decode(text, json);
	return true;
}

static exs_status
check_flag(const binding *b, const exs_cmdlet_parameter *p, span json)
{
	jsontext_kind kind = jsontext_kind_of(json);

	if (kind == JSONTEXT_STRING || kind == JSONTEXT_ARRAY || kind == JSONTEXT_OBJECT)
		return wrong(b, p->name, "$true or $false", "in a shell: ", " '$true'");
	return EXS_OK;
}

static exs_status
check_number(const binding *b, const exs_cmdlet_parameter *p, span json)
{
	EXS_SCOPED(buf) text = BUF(64);
	jsontext_kind kind = jsontext_kind_of(json);
	int64_t       value;

	if (kind == JSONTEXT_NUMBER || kind == JSONTEXT_NULL)
		return EXS_OK;
	if (is_text(json, &text) && span_signed(span_trim(buf_span(&text)), &value))
		return EXS_OK;
	return wrong(b, p->name, "a whole number", "", " 5");
}

static exs_status
check_guid(const binding *b, const exs_cmdlet_parameter *p, span json)
{
	EXS_SCOPED(buf) text = BUF(64);

	if (jsontext_kind_of(json) == JSONTEXT_NULL ||
	    (is_text(json, &text) && (cast_is_guid(buf_span(&text)) || text.len == 38)))
		return EXS_OK;
	return wrong(b, p->name, "a GUID", "", " 0f0e0d0c-1111-2222-3333-444455556666");
}

static exs_status
check_bytes(const binding *b, const exs_cmdlet_parameter *p, span json)
{
	if (jsontext_kind_of(json) == JSONTEXT_STRING)
		return wrong(b, p->name, "bytes", "", "@bytes:FILE");
	return EXS_OK;
}

/* How a user's name and password travel together is not known (exchange-rest.md 9, question 6). */
static exs_status
check_credential(const binding *b, const exs_cmdlet_parameter *p, span json)
{
	(void)json;
	return wrong(b, p->name, "a PSCredential, and how the service takes one over REST is not known",
	             "without ", ", or in PowerShell");
}

static exs_status
written_out(const binding *b, const char *name)
{
	exs_status status = exs_fail(b->error, E_SECRET_ARGUMENT,
	                             "-%s of %s is a secret, and it was written out", name,
	                             exs_command_name(b->command));

	error_why(b->error, "command lines are seen by every process and kept by the shell");
	error_fix(b->error, "change that secret, then: -%s@FILE (readable by its owner alone), -%s@fd:N, or "
	                    "-%s alone at a terminal", name, name, name);
	return status;
}

static const struct {
	const char *type;
	exs_status (*check)(const binding *b, const exs_cmdlet_parameter *p, span json);
} checks[] = {
	{"switch", check_flag}, {"bool", check_flag},   {"int", check_number},
	{"uint", check_number}, {"long", check_number}, {"guid", check_guid},
	{"byte[]", check_bytes}, {"pscredential", check_credential},
};

static exs_status
check_value(const binding *b, const exs_cmdlet_parameter *p, const command_part *part)
{
	bool is_secret = span_is(span_of(p->type), "securestring");

	if (is_secret && part->plain == NULL && jsontext_kind_of(part->value) != JSONTEXT_NULL)
		return written_out(b, p->name);
	if (is_secret)
		return EXS_OK;
	if (part->plain != NULL && p->type[0] != '\0')
		return exs_fail(b->error, E_PARAMETER, "-%s of %s is no secret (%s) and would travel as it is",
		                p->name, b->cmdlet.name, p->type);
	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
		if (span_is(span_of(p->type), checks[i].type))
			return checks[i].check(b, p, part->value);
	return EXS_OK;
}

static exs_status
bind_part(const binding *b, size_t i, const command_part *part)
{
	exs_cmdlet_parameter p;

	EXS_TRY(find_parameter(b, part->name, &p));
	EXS_TRY(check_value(b, &p, part));
	return span_is(span_of(p.name), part->name) ? EXS_OK
	                                            : command_rename_part(b->command, i, p.name, b->error);
}

static exs_status
unknown_cmdlet(const binding *b)
{
	const char *name = exs_command_name(b->command);
	const char *nearest = exs_cmdlets_nearest(b->cmdlets, name);
	exs_status  status = exs_fail(b->error, E_CMDLET_UNKNOWN, "this identity has no cmdlet %s", name);

	error_why(b->error, "no such cmdlet, or none of the identity's roles has it");
	if (nearest != NULL)
		error_fix(b->error, "perhaps %s was meant; exosign cmdlets --refresh asks the service anew",
		          nearest);
	return status;
}

/* Where no type is known. */
static exs_status
bind_by_name(const binding *b)
{
	command_part part;

	for (size_t i = 0; command_part_at(b->command, i, &part); i++)
		if (part.plain == NULL && jsontext_kind_of(part.value) != JSONTEXT_NULL &&
		    exs_command_is_secret(exs_command_name(b->command), part.name, b->cmdlets))
			return written_out(b, part.name);
	return EXS_OK;
}

/* Names that the service does not list because it does not run them itself. */
static bool
is_of_the_module(const char *name)
{
	return span_starts_nocase(span_of(name), "Get-EXO");
}

exs_status
exs_command_bind(exs_command *command, const exs_cmdlets *cmdlets, exs_error *error)
{
	binding      b = {.cmdlets = cmdlets, .command = command, .error = error};
	command_part part;

	if (cmdlets == NULL || is_of_the_module(exs_command_name(command)))
		return bind_by_name(&b);
	if (!exs_cmdlets_find(cmdlets, exs_command_name(command), &b.cmdlet))
		return unknown_cmdlet(&b);
	EXS_TRY(command_rename(command, b.cmdlet.name, error));
	if (!b.cmdlet.parameters_known)
		return bind_by_name(&b);
	for (size_t i = 0; command_part_at(command, i, &part); i++)
		EXS_TRY(bind_part(&b, i, &part));
	return EXS_OK;
}

bool
exs_command_is_secret(const char *cmdlet, const char *parameter, const exs_cmdlets *cmdlets)
{
	EXS_SCOPED(buf) names = BUF(400);
	binding              b = {.cmdlets = cmdlets};
	exs_cmdlet_parameter p;

	if (cmdlets != NULL && exs_cmdlets_find(cmdlets, cmdlet, &b.cmdlet) &&
	    (find_whole(&b, span_of(parameter), &p) ||
	     find_begun(&b, span_of(parameter), &p, &names) == 1) &&
	    p.type[0] != '\0')
		return span_is(span_of(p.type), "securestring");
	return span_ends_nocase(span_of(parameter), "Password") ||
	       (strlen(parameter) >= ABBREVIATED && begins("Password", span_of(parameter)));
}

const char *
exs_command_secret_wanted(const exs_command *command, const exs_cmdlets *cmdlets)
{
	command_part part;

	for (size_t i = 0; command_part_at(command, i, &part); i++)
		if (part.plain == NULL && jsontext_kind_of(part.value) == JSONTEXT_TRUE &&
		    exs_command_is_secret(exs_command_name(command), part.name, cmdlets))
			return part.name;
	return NULL;
}

exs_status
exs_command_seal(exs_command *command, const exs_cmdlets *cmdlets, exs_error *error)
{
	const seal  *key = cmdlets == NULL ? NULL : catalogue_key(cmdlets);
	command_part part;

	for (size_t i = 0; command_part_at(command, i, &part); i++) {
		EXS_SCOPED(buf) json = BUF(4 * COMMAND_SECRET_MAX);

		if (part.plain == NULL)
			continue;
		if (key == NULL)
			return exs_fail(error, E_SECRET_KEY,
			                "-%s is a secret, and the service gave no key to encrypt it with",
			                part.name);
		buf_byte(&json, '"');
		EXS_TRY(seal_encrypt(key, part.plain, &json, error));
		buf_byte(&json, '"');
		EXS_TRY(buf_check(&json, "a secret", error));
		EXS_TRY(command_set_part(command, i, &json, error));
	}
	return EXS_OK;
}
