/*
 * `down` and `env`: what one does with a sandbox that is there.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "instance.h"
#include "options.h"
#include "prepare.h"
#include "verbs.h"

enum { POLL_MS = 20, PATIENCE_MS = 10000 };

static bool
ends_within(const char *directory, pid_t pid, unsigned milliseconds)
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000 };

	for (unsigned waited = 0; instance_pid(directory) == pid; waited += POLL_MS) {
		if (waited >= milliseconds)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

static bool
stop_server(const char *directory, pid_t pid)
{
	if (kill(pid, SIGTERM) != 0 && errno != ESRCH) {
		complain("cannot end process %ld: %s", (long)pid, strerror(errno));
		return false;
	}
	if (ends_within(directory, pid, PATIENCE_MS))
		return true;
	kill(pid, SIGKILL);
	if (ends_within(directory, pid, PATIENCE_MS))
		return true;
	complain("process %ld does not end", (long)pid);
	return false;
}

/* Removes what `up` made and nothing else; the directory goes when it is empty then. */
static bool
purge(const char *directory)
{
	static const char *const names[] = {
		"exosign.conf", "pin", "so-pin", "softhsm2.conf", "tokens", "ca.pem",
		"server-good.pem", "server-expired.pem", "server-wrong-name.pem", "issuer.pem",
		"apps.json", "apps.lock", "signin.json", "vault.json", "sandbox.pid", "control.sock",
		"server.log", "up.lock", "writes.ndjson", "throttle.json", "sandbox.json",
	};
	char path[PATH_SIZE];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		instance_path(directory, names[i], path);
		if (!tree_remove(path)) {
			complain("cannot remove %s: %s", path, strerror(errno));
			return false;
		}
	}
	if (rmdir(directory) != 0 && errno != ENOTEMPTY && errno != EEXIST) {
		complain("cannot remove %s: %s", directory, strerror(errno));
		return false;
	}
	return true;
}

int
verb_down(int argc, char **argv)
{
	const char *words[WORDS_MAX], *wanted = NULL;
	bool purging = false;
	const struct option_row rows[] = {
		{ "dir", "DIR", "which sandbox", &wanted, NULL, NULL },
		{ "purge", NULL, "remove its token, its files and its directory", NULL, NULL, &purging },
	};
	const struct option_table table = {
		"down [--dir DIR] [--purge]", "Stops the server. The token stays, for the next `up`.",
		rows, sizeof(rows) / sizeof(rows[0]), NULL,
	};
	char directory[DIRECTORY_SIZE];
	int n = options_read(&table, argc, argv, words);
	pid_t pid;

	if (n < 0)
		return options_exit(n);
	if (!instance_locate(wanted, false, directory))
		return EXIT_STATE;
	if (!instance_exists(directory)) {
		complain("%s is not a sandbox (no usable sandbox.json)", directory);
		return EXIT_STATE;
	}
	pid = instance_pid(directory);
	if (pid != 0 && !stop_server(directory, pid))
		return EXIT_NETWORK;
	puts(pid != 0 ? "The sandbox is down." : "The sandbox was down already.");
	return !purging || purge(directory) ? EXIT_GOOD : EXIT_STATE;
}

int
verb_env(int argc, char **argv)
{
	const char *words[WORDS_MAX], *wanted = NULL;
	const struct option_row rows[] = { { "dir", "DIR", "which sandbox", &wanted, NULL, NULL } };
	const struct option_table table = {
		"env [--dir DIR]", "Prints shell variables: eval \"$(exosign sandbox env)\".", rows, 1,
		NULL,
	};
	char directory[DIRECTORY_SIZE];
	int n = options_read(&table, argc, argv, words);

	if (n < 0)
		return options_exit(n);
	if (!instance_locate(wanted, false, directory))
		return EXIT_STATE;
	if (!instance_exists(directory)) {
		complain("%s is not a sandbox; `up` makes one", directory);
		return EXIT_STATE;
	}
	/* instance_locate lets no quote into a path. */
	printf("export EXOSIGN_CONFIG='%s/exosign.conf'\nexport EXOSIGN_PROFILE='sandbox'\n"
	       "export SOFTHSM2_CONF='%s/softhsm2.conf'\n", directory, directory);
	return EXIT_GOOD;
}
