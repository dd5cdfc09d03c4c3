/*
 * Any bytes as configuration text: read or refused, and what is read lies inside the text. What is understood is still understood after the
 * program changed a profile in it, and changing it the same way again changes nothing.
 */
#include "config/edit.h"
#include "config/ini.h"

#include "base/error.h"
#include "config/value.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

typedef struct bounds {
	span text;
} bounds;

static void
check_inside(const bounds *b, span part)
{
	if (part.len > 0 && (part.at < b->text.at || part.at + part.len > b->text.at + b->text.len))
		abort();
}

static exs_status
look(void *self, const ini_line *line, exs_error *error)
{
	const char *nearest = NULL;
	setting_id  id;

	check_inside(self, line->profile);
	check_inside(self, line->key);
	check_inside(self, line->value);
	if (line->profile.len > 0 && !ini_is_name(line->profile))
		abort();
	if (setting_find(line->key, &id, &nearest))
		return value_check(id, line->value, "fuzz:1", error);
	return EXS_OK;
}

static exs_status
accept(void *self, const ini_line *line, exs_error *error)
{
	(void)self;
	(void)line;
	(void)error;
	return EXS_OK;
}

static void
edit(span text, bool alone)
{
	static const config_change changes[] = {{SETTING_TENANT, "contoso.example"}, {SETTING_KID, NULL}};
	EXS_SCOPED(buf) once = BUF(2 * INI_FILE_MAX), twice = BUF(2 * INI_FILE_MAX);

	if (ini_parse(text, "fuzz", accept, NULL, NULL) != EXS_OK)
		return;
	if (config_edit(text, "a", changes, 2, alone, &once, NULL) != EXS_OK ||
	    ini_parse(buf_span(&once), "fuzz", accept, NULL, NULL) != EXS_OK ||
	    config_edit(buf_span(&once), "a", changes, 2, alone, &twice, NULL) != EXS_OK ||
	    !span_same(buf_span(&once), buf_span(&twice)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	exs_error *error = exs_error_new();
	bounds     b = {span_from((const char *)input, size)};
	exs_status status = ini_parse(b.text, "fuzz", look, &b, error);

	if (status != EXS_OK && (error == NULL || exs_error_message(error)[0] == '\0'))
		abort();
	exs_error_free(error);
	edit(b.text, false);
	edit(b.text, true);
	return 0;
}
