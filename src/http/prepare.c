/* Loads libcurl while something else takes its time. */
#include <exosign/credential.h>

#include "base/error.h"
#include "base/mem.h"
#include "http/curl_library.h"

#include <pthread.h>
#include <signal.h>

struct exs_preparation {
	pthread_t thread;
};

/* What fails here fails again, and is told, when the first request wants it. */
static void *
load(void *nothing)
{
	const curl_library *curl;

	(void)nothing;
	if (curl_library_get(&curl, NULL) != EXS_OK)
		return NULL;
	return NULL;
}

/* Signals are for the host's threads. */
static int
start(pthread_t *ret)
{
	sigset_t all, before;
	int      failed;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	failed = pthread_create(ret, NULL, load, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return failed;
}

exs_status
exs_network_prepare(exs_preparation **ret_preparation, exs_error *error)
{
	exs_preparation *preparation = mem_new(1, sizeof *preparation);

	if (preparation == NULL)
		return mem_fail(error);
	if (start(&preparation->thread) != 0) {
		mem_free(preparation);
		return exs_fail(error, E_NO_MEMORY, "cannot start a thread");
	}
	*ret_preparation = preparation;
	return EXS_OK;
}

void
exs_preparation_free(exs_preparation *preparation)
{
	if (preparation == NULL)
		return;
	pthread_join(preparation->thread, NULL);
	mem_free(preparation);
}
