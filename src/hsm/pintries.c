/* How many tries a token's PIN has left, as far as anybody knows. */
#include "hsm/pintries.h"

#include <stdio.h>

typedef struct flag_row {
	CK_FLAGS       flag;
	pintries_state state;
	const char    *sentence;
} flag_row;

/* The worst first. */
static const flag_row flags[] = {
	{CKF_USER_PIN_LOCKED, PINTRIES_LOCKED, "the token says that its PIN is locked (CKF_USER_PIN_LOCKED)"},
	{CKF_USER_PIN_FINAL_TRY, PINTRIES_ONE, "the token says that one try is left (CKF_USER_PIN_FINAL_TRY)"},
	{CKF_USER_PIN_COUNT_LOW, PINTRIES_FEWER, "the token says that tries were lost (CKF_USER_PIN_COUNT_LOW)"},
};

static const flag_row nothing = {0, PINTRIES_ALL, "the token does not say how many tries are left"};

static const flag_row *
row_of(const token *t)
{
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		if ((t->info.flags & flags[i].flag) != 0)
			return &flags[i];
	return &nothing;
}

pintries_state
pintries_of(const token *t, unsigned failures)
{
	pintries_state state = row_of(t)->state;

	return state == PINTRIES_ALL && failures > 0 ? PINTRIES_FEWER : state;
}

pintries_text
pintries_print(const token *t, unsigned failures)
{
	pintries_text text;

	snprintf(text.at, sizeof text.at, "%s; logins failed by our count: %u", row_of(t)->sentence,
	         failures);
	return text;
}
