/*
 * signatures ROUNDS SESSIONS MODULE TOKEN KEY PIN-FILE ALG: signatures a second through the library against a bare loop over
 * C_Sign with as many sessions on the same token, and prints
 *
 *   library-per-second bare-per-second ratio
 *
 * ALG is RS256, PS256 or ES256. Each measurement is a process of its own and lasts half a second; the two kinds take turns;
 * the ratio is the median of the ratios of neighbours. Where the bare loop fails (a module that cannot do more than one
 * session at a time), it has 0 and so has the ratio. BENCH_RESET is a command that is run after each of them: a TPM without a
 * resource manager keeps what a program that failed has left open.
 */
#include "token.h"

#include <exosign/exosign.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SESSIONS_MAX = 16, ROUNDS_MAX = 101, LINE = 8 /* longs in a cache line */ };
static const double seconds = 0.5;

static const char       *module, *token, *key_label, *alg;
static char             *pin_file, *reset;
static int               sessions;
static CK_FUNCTION_LIST *p11;
static CK_SLOT_ID        slot;
static exs_signer       *signer;

static double
now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void *
sign_barely(void *count)
{
	CK_SESSION_HANDLE session = token_session(p11, slot);
	CK_OBJECT_HANDLE  key = token_find(p11, session, CKO_PRIVATE_KEY, key_label);
	unsigned char     signature[1024];
	double            end = now() + seconds;

	while (now() < end) {
		CK_ULONG length = sizeof signature;

		token_sign_with(p11, session, key, alg, signature, &length);
		++*(long *)count;
	}
	return NULL;
}

static void
fail(const exs_error *error)
{
	fprintf(stderr, "%s: %s\n", exs_error_code(error), exs_error_message(error));
	exit(1);
}

static void *
sign_through_the_library(void *count)
{
	static const unsigned char message[] = "what is to be signed";
	exs_error    *error = exs_error_new();
	unsigned char signature[1024];
	double        end = now() + seconds;

	while (now() < end) {
		size_t length = sizeof signature;

		if (exs_signer_sign(signer, message, sizeof message, signature, &length, error) != EXS_OK)
			fail(error);
		++*(long *)count;
	}
	exs_error_free(error);
	return NULL;
}

static exs_status
read_pin(void *self, const exs_pin_request *request, exs_pin_sink *sink, exs_error *error)
{
	char  pin[128] = "";
	FILE *file = fopen(self, "r");

	(void)request;
	if (file == NULL)
		return EXS_PIN;
	if (fgets(pin, sizeof pin, file) == NULL)
		pin[0] = '\0';
	fclose(file);
	return exs_pin_sink_put(sink, pin, strcspn(pin, "\r\n"), error);
}

static exs_alg
alg_of(const char *name)
{
	return strcmp(name, "RS256") == 0 ? EXS_ALG_RS256
	       : strcmp(name, "ES256") == 0 ? EXS_ALG_ES256 : EXS_ALG_PS256;
}

static void
open_library(void)
{
	exs_error         *error = exs_error_new();
	exs_context       *context = NULL;
	char               uri[512];
	exs_signer_options options = {.size = sizeof options, .key_uri = uri, .alg = alg_of(alg),
	                              .without_certificate = true, .max_sessions = (unsigned)sessions};

	snprintf(uri, sizeof uri, "pkcs11:token=%s;object=%s;type=private?module-path=%s", token,
	         key_label, module);
	options.pin = (exs_pin_source){.self = pin_file, .attended = true, .name = "a file", .ask = read_pin};
	if (exs_context_new(NULL, &context, error) != EXS_OK ||
	    exs_signer_open(context, &options, &signer, error) != EXS_OK)
		fail(error);
	exs_error_free(error);
}

/* Opens, signs with all sessions for half a second, and closes: a TPM keeps what a program leaves open. */
static double
per_second(bool library)
{
	pthread_t running[SESSIONS_MAX];
	long      counts[SESSIONS_MAX * LINE] = {0}, total = 0;
	double    began, rate;

	if (library) {
		open_library();
	} else {
		CK_SESSION_HANDLE session;

		p11 = token_open(module, token, pin_file, &slot, &session);
	}
	began = now();
	for (int i = 0; i < sessions; i++)
		pthread_create(&running[i], NULL, library ? sign_through_the_library : sign_barely,
		               &counts[i * LINE]);
	for (int i = 0; i < sessions; i++) {
		pthread_join(running[i], NULL);
		total += counts[i * LINE];
	}
	rate = (double)total / (now() - began);
	if (library)
		exs_signer_free(signer);
	else
		p11->C_Finalize(NULL);
	return rate;
}

static double
in_a_child(bool library)
{
	int    ends[2], status;
	double rate = 0;
	pid_t  child;

	if (pipe(ends) < 0 || (child = fork()) < 0)
		exit(2);
	if (child == 0) {
		rate = per_second(library);
		_exit(write(ends[1], &rate, sizeof rate) == sizeof rate ? 0 : 1);
	}
	close(ends[1]);
	if (read(ends[0], &rate, sizeof rate) != sizeof rate)
		rate = 0;
	close(ends[0]);
	if (waitpid(child, &status, 0) != child || (library && status != 0))
		exit(1);
	if (reset != NULL && system(reset) != 0)
		exit(1);
	return rate;
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	double library[ROUNDS_MAX], bare[ROUNDS_MAX], ratio[ROUNDS_MAX];
	int    rounds = argc == 8 ? (int)strtol(argv[1], NULL, 10) : 0;

	sessions = argc == 8 ? (int)strtol(argv[2], NULL, 10) : 0;
	if (rounds < 1 || rounds > ROUNDS_MAX || sessions < 1 || sessions > SESSIONS_MAX) {
		fprintf(stderr, "see the top of the source\n");
		return 2;
	}
	reset = getenv("BENCH_RESET");
	module = argv[3], token = argv[4], key_label = argv[5], pin_file = argv[6], alg = argv[7];
	for (int i = 0; i < rounds; i++) {
		library[i] = in_a_child(true);
		bare[i] = in_a_child(false);
		ratio[i] = bare[i] > 0 ? library[i] / bare[i] : 0;
	}
	qsort(library, (size_t)rounds, sizeof *library, ascending);
	qsort(bare, (size_t)rounds, sizeof *bare, ascending);
	qsort(ratio, (size_t)rounds, sizeof *ratio, ascending);
	printf("%.0f %.0f %.3f\n", library[rounds / 2], bare[rounds / 2], ratio[rounds / 2]);
	return 0;
}
