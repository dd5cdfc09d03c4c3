/*
 * What a cmdlet may be given, and what it was given. See exchange_parameters.h.
 */
#include "exchange_parameters.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "exchange_call.h"
#include "exchange_settings.h"
#include "exchange_values.h"

/* Understood by every cmdlet; the module forwards them as strings. */
static const struct parameter common_parameters[] = {
	{ "ErrorAction", PARAMETER_STRING, 0, NULL },
	{ "WarningAction", PARAMETER_STRING, 0, NULL },
	{ "InformationAction", PARAMETER_STRING, 0, NULL },
	{ "Verbose", PARAMETER_STRING, 0, NULL },
	{ "Debug", PARAMETER_STRING, 0, NULL },
	{ NULL, 0, 0, NULL },
};

/* Understood by every cmdlet that writes. */
static const struct parameter writing_parameters[] = {
	{ "Confirm", PARAMETER_SWITCH, 0, NULL },
	{ "WhatIf", PARAMETER_SWITCH, 0, NULL },
	{ NULL, 0, 0, NULL },
};

static const struct parameter *
find_in(const struct parameter *parameters, const char *name)
{
	for (; parameters->name != NULL; parameters++) {
		if (strcasecmp(parameters->name, name) == 0)
			return parameters;
	}
	return NULL;
}

const struct parameter *
parameter_named(const struct call *call, const char *name)
{
	const struct cmdlet *cmdlet = call->cmdlet;
	const struct parameter *found = find_in(cmdlet->parameters, name);

	if (found != NULL && (found->flags & PARAMETER_WITHHELD) != 0 && !call->may_write)
		return NULL;
	if (found == NULL && cmdlet->settings != NULL)
		found = setting_parameter(cmdlet->settings, name);
	if (found == NULL && (cmdlet->flags & CMDLET_WRITES) != 0)
		found = find_in(writing_parameters, name);
	return found != NULL ? found : find_in(common_parameters, name);
}

void
parameters_each(const struct cmdlet *cmdlet, bool may_write,
                void (*take)(void *context, const struct parameter *parameter), void *context)
{
	const struct setting *setting = cmdlet->settings;

	for (const struct parameter *p = cmdlet->parameters; p->name != NULL; p++) {
		if (may_write || (p->flags & PARAMETER_WITHHELD) == 0)
			take(context, p);
	}
	for (; setting != NULL && setting->parameter.name != NULL; setting++)
		take(context, &setting->parameter);
	for (const struct parameter *p = writing_parameters;
	     p->name != NULL && (cmdlet->flags & CMDLET_WRITES) != 0; p++)
		take(context, p);
	for (const struct parameter *p = common_parameters; p->name != NULL; p++)
		take(context, p);
}

/* The parameter an "X@odata.type" belongs to must be there; the tag of Parameters itself may be. */
static bool
annotation_is_good(const cJSON *parameters, const char *name)
{
	size_t len = strcspn(name, "@");
	const cJSON *sibling;

	if (strcmp(name + len, "@odata.type") != 0)
		return false;
	cJSON_ArrayForEach(sibling, parameters) {
		if (strncasecmp(sibling->string, name, len) == 0 && sibling->string[len] == '\0')
			return true;
	}
	return len == 0;
}

static void
bind_one(struct call *call, const cJSON *parameters, const cJSON *value)
{
	const struct parameter *parameter = parameter_named(call, value->string);
	char why[VALUE_WHY_MAX] = "", annotation[256];
	const cJSON *sibling;
	cJSON *bound;

	if (parameter == NULL) {
		call_fail(call, FAILURE_PARAMETER,
		          "Parameter set cannot be resolved using the specified named parameters. %s",
		          value->string);
		return;
	}
	if (cJSON_GetObjectItemCaseSensitive(call->bound, parameter->name) != NULL) {
		call_fail(call, FAILURE_BINDING,
		          "Cannot bind parameter because parameter '%s' is specified more than once.",
		          parameter->name);
		return;
	}
	snprintf(annotation, sizeof(annotation), "%s@odata.type", value->string);
	sibling = cJSON_GetObjectItem(parameters, annotation);
	bound = value_bind(parameter, value, cJSON_GetStringValue(sibling),
	                   (call->cmdlet->flags & CMDLET_WRITES) != 0, why);
	if (bound == NULL)
		call_fail(call, FAILURE_BINDING, "%s", why);
	else
		cJSON_AddItemToObject(call->bound, parameter->name, bound);
}

static void
check_mandatory(struct call *call)
{
	char missing[256] = "";

	for (const struct parameter *p = call->cmdlet->parameters; p->name != NULL; p++) {
		const cJSON *value = parameter_value(call, p->name);
		size_t used = strlen(missing);

		if ((p->flags & PARAMETER_MUST) == 0)
			continue;
		if (value == NULL)
			snprintf(missing + used, sizeof(missing) - used, " %s", p->name);
		else if (cJSON_IsNull(value) ||
		         (cJSON_IsString(value) && value->valuestring[0] == '\0'))
			call_fail(call, FAILURE_BINDING,
			          "Cannot bind argument to parameter '%s' because it is null or empty.",
			          p->name);
	}
	if (missing[0] != '\0')
		call_fail(call, FAILURE_BINDING,
		          "Cannot process command because of one or more missing mandatory "
		          "parameters:%s.",
		          missing);
}

bool
parameters_bind(struct call *call)
{
	const cJSON *input = cJSON_GetObjectItemCaseSensitive(call->document, "CmdletInput");
	const cJSON *parameters = cJSON_GetObjectItemCaseSensitive(input, "Parameters"), *value;

	cJSON_ArrayForEach(value, parameters) {
		if (strchr(value->string, '@') == NULL)
			bind_one(call, parameters, value);
		else if (!annotation_is_good(parameters, value->string))
			call_fail(call, FAILURE_PARAMETER,
			          "Parameter set cannot be resolved using the specified named "
			          "parameters. %s",
			          value->string);
	}
	if (!call->failed)
		check_mandatory(call);
	return !call->failed;
}

const cJSON *
parameter_value(const struct call *call, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(call->bound, name);
}

const char *
parameter_string(const struct call *call, const char *name)
{
	return cJSON_GetStringValue(parameter_value(call, name));
}

bool
parameter_true(const struct call *call, const char *name)
{
	return cJSON_IsTrue(parameter_value(call, name));
}

long
parameter_number(const struct call *call, const char *name, long fallback)
{
	const cJSON *value = parameter_value(call, name);

	return cJSON_IsNumber(value) ? (long)value->valuedouble : fallback;
}

bool
parameter_ticks(const struct call *call, const char *name, ticks *ret_moment)
{
	const char *text = parameter_string(call, name);

	return text != NULL && ticks_read(text, ret_moment);
}

bool
parameter_allows(const struct call *call, const char *name, const char *text)
{
	const cJSON *value = parameter_value(call, name), *item;

	if (value == NULL || cJSON_IsNull(value))
		return true;
	if (cJSON_IsString(value))
		return strcasecmp(value->valuestring, text) == 0;
	cJSON_ArrayForEach(item, value) {
		if (cJSON_IsString(item) && strcasecmp(item->valuestring, text) == 0)
			return true;
	}
	return false;
}
