/* The host's hooks. */
#include "base/context.h"

#include "base/error.h"
#include "base/moment.h"

#include <string.h>
#include <time.h>

struct exs_context {
	exs_hooks hooks;
};

enum { SLICE_MS = 50 };

exs_status
exs_context_new(const exs_hooks *hooks, exs_context **ret_context, exs_error *error)
{
	exs_context *context = mem_new(1, sizeof *context);

	if (context == NULL)
		return mem_fail(error);
	if (hooks != NULL)
		memcpy(&context->hooks, hooks,
		       hooks->size < sizeof *hooks ? hooks->size : sizeof *hooks);
	*ret_context = context;
	return EXS_OK;
}

void
exs_context_free(exs_context *context)
{
	mem_free(context);
}

int64_t
context_now_ms(const exs_context *context)
{
	return context->hooks.clock == NULL ? moment_now_ms()
	                                    : context->hooks.clock(context->hooks.self);
}

int64_t
context_now(const exs_context *context)
{
	return context_now_ms(context) / 1000;
}

bool
context_cancelled(const exs_context *context)
{
	return context->hooks.cancelled != NULL && context->hooks.cancelled(context->hooks.self);
}

exs_status
context_check(const exs_context *context, exs_error *error)
{
	if (context_cancelled(context))
		return exs_fail(error, E_INTERRUPTED, "interrupted");
	return EXS_OK;
}

exs_status
context_sleep(const exs_context *context, int64_t ms, exs_error *error)
{
	int64_t until = moment_steady_ms() + ms;

	for (;;) {
		int64_t left = until - moment_steady_ms();

		EXS_TRY(context_check(context, error));
		if (left <= 0)
			return EXS_OK;
		if (left > SLICE_MS)
			left = SLICE_MS;
		nanosleep(&(struct timespec){.tv_nsec = (long)left * 1000000}, NULL);
	}
}

void
context_log(const exs_context *context, exs_log_level level, const char *area, const char *event,
            const exs_field *fields, size_t n_fields)
{
	if (context->hooks.log != NULL)
		context->hooks.log(context->hooks.self, level, area, event, fields, n_fields);
}
