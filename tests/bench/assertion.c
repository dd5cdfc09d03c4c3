/*
 * assertion ROUNDS THREADS MODULE TOKEN KEY PIN-FILE TENANT CLIENT-ID ENDPOINT: assertions a second through the library against
 * a bare loop over C_Sign on the same token, and prints
 *
 *   library-per-second bare-per-second ratio
 *
 * Each measurement is a process of its own and lasts half a second; the two kinds take turns; the ratio is the median of the
 * ratios of neighbours.
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

enum { THREADS_MAX = 16, ROUNDS_MAX = 101 };
static const double seconds = 0.5;

static const char *module, *token, *key_label, *pin_file, *tenant, *client_id, *endpoint;
static int         threads;

static double
now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static CK_FUNCTION_LIST *p11;
static CK_SLOT_ID        slot;
static exs_credential   *credential;

static void *
sign_barely(void *count)
{
	CK_SESSION_HANDLE session = token_session(p11, slot);
	CK_OBJECT_HANDLE  key = token_find(p11, session, CKO_PRIVATE_KEY, key_label);
	unsigned char     digest[32] = {1}, signature[1024];
	double            end = now() + seconds;

	while (now() < end) {
		CK_ULONG length = sizeof signature;

		token_sign(p11, session, key, digest, signature, &length);
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
make_assertions(void *count)
{
	exs_error *error = exs_error_new();
	double     end = now() + seconds;

	while (now() < end) {
		exs_assertion *assertion = NULL;

		if (exs_assertion_create(credential, NULL, &assertion, error) != EXS_OK)
			fail(error);
		exs_assertion_free(assertion);
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
	if (file == NULL || fgets(pin, sizeof pin, file) == NULL)
		return EXS_PIN;
	fclose(file);
	return exs_pin_sink_put(sink, pin, strcspn(pin, "\r\n"), error);
}

static void
open_library(void)
{
	exs_error         *error = exs_error_new();
	exs_context       *context = NULL;
	exs_signer        *signer = NULL;
	char               uri[512], pin_path[512];
	exs_signer_options options = {.size = sizeof options, .key_uri = uri,
	                              .max_sessions = (unsigned)threads};
	exs_identity who = {.size = sizeof who, .cloud = "sandbox", .tenant = tenant,
	                    .organization = "sandbox.onmicrosoft.com", .client_id = client_id,
	                    .endpoint_login = endpoint};
	exs_network  network = {.size = sizeof network};

	snprintf(uri, sizeof uri, "pkcs11:token=%s;object=%s;type=private?module-path=%s", token,
	         key_label, module);
	snprintf(pin_path, sizeof pin_path, "%s", pin_file);
	options.pin = (exs_pin_source){.self = pin_path, .attended = true, .name = "a file", .ask = read_pin};
	if (exs_context_new(NULL, &context, error) != EXS_OK ||
	    exs_signer_open(context, &options, &signer, error) != EXS_OK ||
	    exs_credential_new(context, signer, &who, &network, &credential, error) != EXS_OK)
		fail(error);
	exs_error_free(error);
}

/* In a child: opens, warms up with one signature, and signs on all threads for half a second. */
static double
per_second(void *(*work)(void *), bool library)
{
	pthread_t running[THREADS_MAX];
	long      counts[THREADS_MAX * 8] = {0}, total = 0; /* a cache line each */
	double    began;

	if (library) {
		open_library();
	} else {
		CK_SESSION_HANDLE session;

		p11 = token_open(module, token, pin_file, &slot, &session);
	}
	began = now();
	for (int i = 0; i < threads; i++)
		pthread_create(&running[i], NULL, work, &counts[i * 8]);
	for (int i = 0; i < threads; i++) {
		pthread_join(running[i], NULL);
		total += counts[i * 8];
	}
	return (double)total / (now() - began);
}

static double
in_a_child(void *(*work)(void *), bool library)
{
	int    ends[2], status;
	double rate = 0;
	pid_t  child;

	if (pipe(ends) < 0 || (child = fork()) < 0)
		exit(2);
	if (child == 0) {
		rate = per_second(work, library);
		_exit(write(ends[1], &rate, sizeof rate) == sizeof rate ? 0 : 1);
	}
	close(ends[1]);
	if (read(ends[0], &rate, sizeof rate) != sizeof rate || waitpid(child, &status, 0) != child || status != 0)
		exit(1);
	close(ends[0]);
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
	int    rounds = argc == 10 ? (int)strtol(argv[1], NULL, 10) : 0;

	if (rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "see the top of the source\n");
		return 2;
	}
	threads = (int)strtol(argv[2], NULL, 10);
	module = argv[3], token = argv[4], key_label = argv[5], pin_file = argv[6];
	tenant = argv[7], client_id = argv[8], endpoint = argv[9];
	for (int i = 0; i < rounds; i++) {
		library[i] = in_a_child(make_assertions, true);
		bare[i] = in_a_child(sign_barely, false);
		ratio[i] = library[i] / bare[i];
	}
	qsort(library, (size_t)rounds, sizeof *library, ascending);
	qsort(bare, (size_t)rounds, sizeof *bare, ascending);
	qsort(ratio, (size_t)rounds, sizeof *ratio, ascending);
	printf("%.0f %.0f %.3f\n", library[rounds / 2], bare[rounds / 2], ratio[rounds / 2]);
	return 0;
}
