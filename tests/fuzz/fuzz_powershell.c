/*
 * PowerShell text: whatever a line or a value is, it is refused, or becomes a body that is JSON and that the tagger takes
 * again without another tag.
 */
#include "base/jsontext.h"
#include "base/mem.h"

#include <exosign/exchange.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void
must(bool true_always)
{
	if (!true_always)
		abort();
}

static void
check_body(const exs_command *command)
{
	EXS_AUTO(chars) *body = NULL;
	size_t at;

	if (exs_command_body(command, &body, NULL) != EXS_OK)
		return; /* a name of the module */
	must(jsontext_check(span_of(body), &at));
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	static const char *const names[] = {"Identity", "Filter"};
	const char  *text = (const char *)input;
	exs_command *command = NULL;

	if (exs_command_parse(text, size, &command, NULL) == EXS_OK)
		check_body(command);
	exs_command_free(command);
	for (size_t i = 0; i < 2; i++) {
		command = NULL;
		must(exs_command_new("Set-X", &command, NULL) == EXS_OK);
		if (exs_command_literal(command, names[i], text, size, NULL) == EXS_OK)
			check_body(command);
		if (exs_command_json(command, "Json", text, size, NULL) == EXS_OK)
			check_body(command);
		exs_command_free(command);
	}
	return 0;
}
