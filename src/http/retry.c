/* Repeat or not, and when. */
#include "http/retry.h"

#include "base/error.h"
#include "base/moment.h"

#include <openssl/rand.h>

enum { DEFAULT_FIRST_WAIT_MS = 2000, LONGEST_OWN_WAIT_MS = 60 * 1000 };

bool
retry_left(const retry *r)
{
	return r->made + 1 < r->attempts;
}

/* Many machines that failed together must not come back together. */
static int64_t
spread(int64_t ms)
{
	unsigned char byte = 128;

	if (RAND_bytes(&byte, 1) != 1)
		byte = 128;
	return ms * 4 / 5 + ms * 2 / 5 * byte / 255;
}

static int64_t
own_wait(const retry *r)
{
	int64_t ms = r->first_wait_ms > 0 ? r->first_wait_ms : DEFAULT_FIRST_WAIT_MS;

	for (unsigned i = 0; i < r->made && ms < LONGEST_OWN_WAIT_MS; i++)
		ms *= 2;
	return ms > LONGEST_OWN_WAIT_MS ? LONGEST_OWN_WAIT_MS : ms;
}

bool
retry_fits(const retry *r, int64_t retry_after_s)
{
	if (retry_after_s > RETRY_WAIT_MAX_S)
		return false;
	return r->ends_ms == 0 ||
	       moment_steady_ms() + (retry_after_s >= 0 ? retry_after_s * 1000 : own_wait(r)) <
	               r->ends_ms;
}

exs_status
retry_wait(retry *r, const exs_context *context, const char *why, int64_t retry_after_s,
           exs_error *error)
{
	int64_t ms = retry_after_s >= 0 ? retry_after_s * 1000 : spread(own_wait(r));

	if (retry_after_s > RETRY_WAIT_MAX_S) {
		exs_status status = exs_fail(error, E_THROTTLED,
		                             "the service asks for a wait of %lld s; exosign waits "
		                             "at most %d s by itself",
		                             (long long)retry_after_s, RETRY_WAIT_MAX_S);

		error_retry_after(error, retry_after_s);
		return status;
	}
	LOG(context, EXS_LOG_INFO, "http", "retry", LOG_TEXT("why", why), LOG_NUMBER("wait_ms", ms),
	    LOG_NUMBER("attempt", r->made + 2), LOG_NUMBER("attempts", r->attempts));
	r->made++;
	return context_sleep(context, ms, error);
}
