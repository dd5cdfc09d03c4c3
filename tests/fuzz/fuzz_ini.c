/* Any bytes as configuration text: read or refused, and what is read lies inside the text. */
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

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	exs_error *error = exs_error_new();
	bounds     b = {span_from((const char *)input, size)};
	exs_status status = ini_parse(b.text, "fuzz", look, &b, error);

	if (status != EXS_OK && (error == NULL || exs_error_message(error)[0] == '\0'))
		abort();
	exs_error_free(error);
	return 0;
}
