/* A module that is not safe in two threads is used by one at a time, whoever asks: against tpm2-pkcs11 and a TPM in software. */
#include "support/softhsm.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define MODULE "/usr/lib/x86_64-linux-gnu/pkcs11/libtpm2_pkcs11.so"

enum { THREADS = 4, ROUNDS = 8 };

static char tpm[300], pin[64];

static int
script(const char *action)
{
	char command[900];
	int  status;

	snprintf(command, sizeof command, "%s/tests/support/tpm.sh %s %s", getenv("EXS_SOURCE_DIR"), action,
	         tpm);
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static FILE *
opened_file(const char *name)
{
	char  path[400];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", tpm, name);
	file = fopen(path, "r");
	if (file == NULL)
		fail_msg("no %s", path);
	return file;
}

static void
take_environment(void)
{
	char  line[500];
	FILE *file = opened_file("environment");

	while (fgets(line, sizeof line, file) != NULL) {
		char *value = strchr(line, '=');

		if (value != NULL) {
			*value++ = '\0';
			value[strcspn(value, "\n")] = '\0';
			setenv(line, value, 1);
		}
	}
	fclose(file);
	file = opened_file("pin");
	if (fgets(pin, sizeof pin, file) == NULL)
		fail_msg("no PIN");
	pin[strcspn(pin, "\n")] = '\0';
	fclose(file);
}

static exs_signer *
open_key(const char *name)
{
	static char      uri[2][300], state[320];
	static pin_giver giver;
	static unsigned  next;
	char            *mine = uri[next++ % 2];
	exs_signer      *signer = NULL;
	exs_error       *error = test_error();
	exs_signer_options options;

	giver = (pin_giver){.pin = pin};
	snprintf(state, sizeof state, "%s/failed", tpm);
	snprintf(mine, sizeof uri[0], "pkcs11:token=tpm;object=%s?module-path=%s", name, MODULE);
	options = (exs_signer_options){.size = sizeof options,
	                               .key_uri = mine,
	                               .pin = pin_giver_source(&giver, false),
	                               .state_directory = state,
	                               .max_sessions = THREADS};
	if (exs_signer_open(test_context(), &options, &signer, error) != EXS_OK)
		fail_msg("%s: %s (%s)", exs_error_code(error), exs_error_message(error),
		         exs_error_why(error));
	return signer;
}

typedef struct hand {
	exs_signer *signer;
	unsigned    signatures;
	char        failure[200];
} hand;

static void *
sign_often(void *self)
{
	hand      *h = self;
	exs_error *error = exs_error_new();

	for (int i = 0; i < ROUNDS; i++) {
		unsigned char signature[1024];
		size_t        len = sizeof signature;

		if (exs_signer_sign(h->signer, (const unsigned char *)"a.b", 3, signature, &len, error) == EXS_OK)
			h->signatures++;
		else
			snprintf(h->failure, sizeof h->failure, "%s %s", exs_error_message(error),
			         exs_error_native(error));
		exs_error_clear(error);
	}
	exs_error_free(error);
	return NULL;
}

/* Each thread has one of the signers. */
static void
assert_all_sign(exs_signer *const *signers, size_t n)
{
	pthread_t threads[THREADS];
	hand      hands[THREADS];

	for (size_t i = 0; i < THREADS; i++) {
		hands[i] = (hand){.signer = signers[i % n]};
		assert_int_equal(pthread_create(&threads[i], NULL, sign_often, &hands[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 0; i < THREADS; i++)
		if (hands[i].signatures != ROUNDS)
			fail_msg("thread %zu has %u of %d: %s", i, hands[i].signatures, ROUNDS,
			         hands[i].failure);
}

static void
many_threads_share_one_key(void **state)
{
	exs_signer *signer = open_key("signer");

	(void)state;
	assert_string_equal(exs_signer_describe(signer)->token_label, "tpm");
	assert_all_sign(&signer, 1);
	assert_string_equal(exs_signer_describe(signer)->mechanism, "CKM_RSA_PKCS_PSS");
	exs_signer_free(signer);
}

static void
two_signers_of_one_process_take_turns_too(void **state)
{
	/* Of one key: without a resource manager this TPM has no room for more. */
	exs_signer *signers[2] = {open_key("signer"), open_key("signer")};

	(void)state;
	assert_all_sign(signers, 2);
	exs_signer_free(signers[0]);
	exs_signer_free(signers[1]);
}

static void
remove_directory(void)
{
	char command[400];

	snprintf(command, sizeof command, "rm -rf %s", tpm);
	if (system(command) != 0)
		print_error("%s stays\n", tpm);
}

static int
down(void **state)
{
	(void)state;
	return script("down");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_threads_share_one_key),
		cmocka_unit_test(two_signers_of_one_process_take_turns_too),
	};
	int status;

	/* In the machine's own directory for short names: it holds a socket. */
	snprintf(tpm, sizeof tpm, "/tmp/exosign-tpm.XXXXXX");
	if (mkdtemp(tpm) == NULL)
		return 1;
	status = script("up");
	if (status == 0) {
		take_environment();
		status = cmocka_run_group_tests_name("signer_tpm", tests, NULL, down);
	}
	remove_directory();
	return status;
}
