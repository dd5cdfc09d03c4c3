/* Keys of a SoftHSM token. */
#include "support/keys.h"

#include <string.h>

exs_token_access
key_access(softhsm *hsm, const char *uri)
{
	static pin_giver giver;

	giver.pin = hsm->pin;
	return (exs_token_access){.size = sizeof(exs_token_access),
	                          .uri = uri,
	                          .pin = pin_giver_source(&giver, false),
	                          .state_directory = hsm->state,
	                          .deadline_ms = 20000};
}

exs_status
key_generate(softhsm *hsm, const char *uri, exs_key_kind kind, exs_key **ret, exs_error *error)
{
	exs_token_access   access = key_access(hsm, uri);
	const exs_key_wish wanted = {.size = sizeof wanted, .kind = kind};

	exs_error_clear(error);
	return exs_key_generate(test_context(), &access, &wanted, ret, error);
}

exs_status
key_show(softhsm *hsm, const char *uri, exs_key **ret, exs_error *error)
{
	exs_token_access access = key_access(hsm, uri);

	exs_error_clear(error);
	return exs_key_show(test_context(), &access, ret, error);
}

exs_tristate
key_told(const exs_key_facts *facts, const char *name)
{
	for (size_t i = 0; i < facts->n_attributes; i++)
		if (strcmp(facts->attributes[i].name, name) == 0)
			return facts->attributes[i].value;
	fail_msg("no attribute %s", name);
	return EXS_NOT_TOLD;
}

void
assert_told(exs_status status, const exs_error *error, error_id id, const char *text,
            const char *part)
{
	assert_int_equal(status, error_row_of(id)->status);
	assert_true(error_is(error, id));
	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", text, part);
}
