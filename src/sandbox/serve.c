/*
 * The server process: what `up` leaves behind. It serves until it is told to end.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "apps.h"
#include "control.h"
#include "entra_bearer.h"
#include "entra_key.h"
#include "exchange.h"
#include "instance.h"
#include "options.h"
#include "server.h"
#include "signin.h"
#include "tenant.h"
#include "verbs.h"

enum { NO_DESCRIPTOR = 1000000, PEM_MAX = 64 * 1024, KEPT_BLOCK = 32 * 1024 * 1024 };

static const struct {
	const char *tls;
	const char *pair;
	const char *priorities;
} tls_modes[] = {
	{ "good", "server-good.pem", "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2" },
	{ "expired", "server-expired.pem", "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2" },
	{ "wrong-name", "server-wrong-name.pem", "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2" },
	{ "tls11", "server-good.pem", "NORMAL:-VERS-ALL:+VERS-TLS1.1:+SHA1:+SIGN-ALL" },
};

/* Every connection is a descriptor. */
static void
lift_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* Pages of megabytes come and go; giving each back to the kernel doubles what a page costs. */
static void
keep_memory(void)
{
	mallopt(M_MMAP_THRESHOLD, KEPT_BLOCK);
	mallopt(M_TRIM_THRESHOLD, 4 * KEPT_BLOCK);
}

static bool
start_listening(const struct instance *instance, struct server_options *options)
{
	struct text pem = { 0 };
	char path[PATH_SIZE], why[256];
	bool good = false;

	for (size_t i = 0; i < sizeof(tls_modes) / sizeof(tls_modes[0]); i++) {
		if (strcmp(tls_modes[i].tls, instance->tls) != 0)
			continue;
		instance_path(instance->directory, tls_modes[i].pair, path);
		options->priorities = tls_modes[i].priorities;
	}
	if (options->priorities == NULL || !file_read(path, PEM_MAX, &pem)) {
		complain("the TLS mode '%s' is not known, or its certificate is gone", instance->tls);
	} else {
		/* One file holds both; each reader takes its part. */
		options->key_pem = options->certificate_pem = pem.at;
		good = server_start(options, why, sizeof(why));
		if (!good)
			complain("%s", why);
	}
	text_done(&pem);
	return good;
}

/* Serves until a signal asks for the end; ready is told once everything answers. */
static int
serve(const struct instance *instance, struct server_options *options, unsigned long ready)
{
	sigset_t enough;
	int signal_number;

	/* Before any thread is born, so that all of them leave these to sigwait. */
	sigemptyset(&enough);
	sigaddset(&enough, SIGTERM);
	sigaddset(&enough, SIGINT);
	sigaddset(&enough, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &enough, NULL);
	signal(SIGPIPE, SIG_IGN);

	if (!instance_take(instance->directory)) {
		complain("another server runs in %s", instance->directory);
		return EXIT_STATE;
	}
	if (!token_signer_open(instance->directory)) {
		complain("%s/issuer.pem is damaged; `down --purge` and `up` make a new sandbox",
		         instance->directory);
		return EXIT_STATE;
	}
	exchange_start();
	if (!start_listening(instance, options) || !control_start(instance->directory))
		return EXIT_NETWORK;
	if (ready != NO_DESCRIPTOR) {
		if (write((int)ready, "ready\n", 6) != 6)
			return EXIT_NETWORK;
		close((int)ready);
	}
	sigwait(&enough, &signal_number);
	control_stop();
	server_stop();
	exchange_stop();
	apps_forget();
	signin_forget();
	token_signer_close();
	return EXIT_GOOD;
}

int
verb_serve(int argc, char **argv)
{
	const char *words[WORDS_MAX], *directory = NULL;
	unsigned long listener4 = NO_DESCRIPTOR, listener6 = NO_DESCRIPTOR, ready = NO_DESCRIPTOR;
	const struct option_row rows[] = {
		{ "dir", "DIR", "the sandbox", &directory, NULL, NULL },
		{ "listener4", "FD", "a listening socket on 127.0.0.1", NULL, &listener4, NULL },
		{ "listener6", "FD", "a listening socket on ::1", NULL, &listener6, NULL },
		{ "ready", "FD", "where to say that it answers", NULL, &ready, NULL },
	};
	const struct option_table table = {
		"serve --dir DIR --listener4 FD [--listener6 FD] [--ready FD]",
		"The server process; `up` starts it.", rows, sizeof(rows) / sizeof(rows[0]), NULL,
	};
	struct server_options options = { .listeners = { -1, -1 } };
	static struct instance instance; /* the tenant points into it */
	int n = options_read(&table, argc, argv, words);

	if (n < 0)
		return options_exit(n);
	if (directory == NULL || listener4 == NO_DESCRIPTOR) {
		complain("serve is for `up` to use");
		return EXIT_USAGE;
	}
	if (!instance_load(directory, &instance))
		return EXIT_STATE;
	options.listeners[0] = (int)listener4;
	options.listeners[1] = listener6 != NO_DESCRIPTOR ? (int)listener6 : -1;
	instance_settle_tenant(&instance);
	lift_descriptor_limit();
	keep_memory();
	return serve(&instance, &options, ready);
}
