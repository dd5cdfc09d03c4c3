/* SoftHSM tokens for tests. */
#include "support/softhsm.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 700 };



static void
run(const char *const *arguments, const char *output)
{
	int   status;
	pid_t child = fork();

	if (child == 0) {
		/* execv() takes pointers to what it does not change. */
		char *const *argv = (char *const *)(uintptr_t)arguments;

		if (output != NULL) {
			int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);

			if (fd < 0 || dup2(fd, 1) < 0)
				_exit(126);
		}
		/* What SoftHSM forgets while it makes keys is the business of the sandbox's own tests. */
		setenv("LSAN_OPTIONS", "detect_leaks=0", 1);
		execv(arguments[0], argv);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
		fail_msg("%s %s %s failed", arguments[0], arguments[1], arguments[2]);
}

static const char *
sandbox(void)
{
	static char path[512];
	const char *build = getenv("EXS_BUILD_DIR");

	snprintf(path, sizeof path, "%s/exosign-sandbox", build == NULL ? "." : build);
	return path;
}

static void
device(const char *action, const softhsm *hsm, const char *token, const char *mechanisms,
       const char *const *keys)
{
	const char *arguments[ARGUMENTS_MAX] = {sandbox(), "device", action, "--store", hsm->store,
	                                        "--token", token};
	size_t n = 7;

	if (mechanisms != NULL) {
		arguments[n++] = "--mechanisms";
		arguments[n++] = mechanisms;
	}
	while (keys != NULL && *keys != NULL && n < ARGUMENTS_MAX - 1)
		arguments[n++] = *keys++;
	run(arguments, NULL);
}

void
softhsm_make(softhsm *hsm, const char *name, const char *mechanisms, const char *const *keys)
{
	char path[400], state[sizeof hsm->state];
	FILE *file;

	*hsm = (softhsm){.next_uri = 0};
	snprintf(hsm->store, sizeof hsm->store, "%s", test_path(name));
	snprintf(hsm->token, sizeof hsm->token, "%s", name);
	snprintf(state, sizeof state, "%s/state", hsm->store);
	memcpy(hsm->state, state, sizeof state);
	device("create", hsm, name, mechanisms, keys);
	snprintf(path, sizeof path, "%s/softhsm2.conf", hsm->store);
	setenv("SOFTHSM2_CONF", path, 1);
	snprintf(path, sizeof path, "%s/pin", hsm->store);
	file = fopen(path, "r");
	if (file == NULL || fgets(hsm->pin, sizeof hsm->pin, file) == NULL)
		fail_msg("no PIN in %s", path);
	fclose(file);
	hsm->pin[strcspn(hsm->pin, "\r\n")] = '\0';
}

void
softhsm_add_token(const softhsm *hsm, const char *name, const char *const *keys)
{
	device("create", hsm, name, NULL, keys);
}

void
softhsm_add_keys(const softhsm *hsm, const char *const *keys)
{
	device("add", hsm, hsm->token, NULL, keys);
}

const char *
softhsm_certificate(softhsm *hsm, const char *label)
{
	char       *path = hsm->uri[hsm->next_uri++ % 8];
	const char *arguments[] = {sandbox(), "device", "cert", "--store", hsm->store,
	                           "--token", hsm->token, "--label", label, NULL};

	char made[sizeof hsm->uri[0]];

	snprintf(made, sizeof made, "%s/%s.pem", hsm->store, label);
	run(arguments, made);
	return memcpy(path, made, sizeof made);
}

const char *
softhsm_uri_of(softhsm *hsm, const char *attributes, const char *module)
{
	char *uri = hsm->uri[hsm->next_uri++ % 8];
	char  made[sizeof hsm->uri[0]];

	snprintf(made, sizeof made, "pkcs11:token=%s%s%s?module-path=%s", hsm->token,
	         attributes[0] == '\0' ? "" : ";", attributes, module);
	return memcpy(uri, made, sizeof made);
}

const char *
softhsm_uri(softhsm *hsm, const char *attributes)
{
	return softhsm_uri_of(hsm, attributes, SOFTHSM_MODULE);
}

static exs_status
give(void *self, const exs_pin_request *request, exs_pin_sink *sink, exs_error *error)
{
	pin_giver *giver = self;

	atomic_fetch_add(&giver->asked, 1);
	giver->last = *request;
	if (giver->refuse != EXS_OK)
		return giver->refuse;
	return exs_pin_sink_put(sink, giver->pin, strlen(giver->pin), error);
}

exs_pin_source
pin_giver_source(pin_giver *giver, bool attended)
{
	return (exs_pin_source){
		.self = giver, .attended = attended, .name = "the test", .ask = give};
}

exs_signer_options
softhsm_options(softhsm *hsm, const char *uri, pin_giver *giver)
{
	if (giver->pin == NULL)
		giver->pin = hsm->pin;
	return (exs_signer_options){
		.size = sizeof(exs_signer_options),
		.key_uri = uri,
		.pin = pin_giver_source(giver, false),
		.state_directory = hsm->state,
		.deadline_ms = 20000,
	};
}

int
test_in_process(int (*run_it)(void *self), void *self)
{
	int   status;
	pid_t child = fork();

	if (child == 0)
		exit(run_it(self));
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}
