/*
 * `up`: make what is missing, start the server, come back when it answers.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device.h"
#include "exchange_writes.h"
#include "instance.h"
#include "loopback.h"
#include "options.h"
#include "prepare.h"
#include "profile.h"
#include "verbs.h"

enum {
	NOT_GIVEN = 0x7fffffff,
	MAILBOXES = 25,
	SEED = 1,
	LIFETIME_SECONDS = 3599,
	LOG_TAIL = 2048,
};

struct wishes {
	const char   *directory;
	const char   *tls, *domain; /* NULL: not given */
	unsigned long mailboxes, seed, port, lifetime, refresh_in; /* NOT_GIVEN */
	bool          foreground, forget;
};

static bool
tls_mode_known(const char *mode)
{
	static const char *const modes[] = { "good", "expired", "wrong-name", "tls11" };

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(modes[i], mode) == 0)
			return true;
	}
	complain("--tls takes good, expired, wrong-name or tls11, not '%s'", mode);
	return false;
}

/* The initial domain of a tenant: one label below onmicrosoft.com. */
static bool
domain_usable(const char *domain)
{
	size_t label = strspn(domain, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (label > 0 && label < 64 && domain[0] != '-' && domain[label - 1] != '-' &&
	    strcmp(domain + label, ".onmicrosoft.com") == 0)
		return true;
	complain("--domain takes a name such as contoso.onmicrosoft.com, not '%s'", domain);
	return false;
}

static unsigned long
wished(unsigned long wish, unsigned long otherwise)
{
	return wish != NOT_GIVEN ? wish : otherwise;
}

/* What was wished for replaces what was there. */
static void
apply_wishes(struct instance *instance, const struct wishes *wishes)
{
	instance->mailboxes = wished(wishes->mailboxes, instance->mailboxes);
	instance->seed = wished(wishes->seed, instance->seed);
	instance->port = wished(wishes->port, instance->port);
	instance->token_lifetime = wished(wishes->lifetime, instance->token_lifetime);
	instance->refresh_in = wished(wishes->refresh_in, instance->refresh_in);
	if (wishes->domain != NULL)
		snprintf(instance->domain, sizeof(instance->domain), "%s", wishes->domain);
	if (wishes->tls != NULL)
		snprintf(instance->tls, sizeof(instance->tls), "%s", wishes->tls);
}

static bool
new_instance(const char *directory, struct instance *instance)
{
	const char *module = device_module();

	*instance = (struct instance){
		.domain = "sandbox.onmicrosoft.com",
		.tls = "good",
		.mailboxes = MAILBOXES,
		.seed = SEED,
		.token_lifetime = LIFETIME_SECONDS,
	};
	if (module == NULL)
		return false;
	snprintf(instance->directory, sizeof(instance->directory), "%s", directory);
	snprintf(instance->module, sizeof(instance->module), "%s", module);
	guid_make(instance->tenant_id);
	guid_make(instance->app_id);
	return true;
}

static void
print_next_steps(const struct instance *instance, pid_t pid)
{
	char conf[PATH_SIZE + 32];

	if (instance_is_default(instance->directory))
		snprintf(conf, sizeof(conf), "--profile sandbox");
	else
		snprintf(conf, sizeof(conf), "--config %s/exosign.conf", instance->directory);
	printf("The sandbox runs at https://localhost:%lu (%lu mailboxes, process %ld).\n"
	       "  exosign %s run Get-Mailbox\n"
	       "  exosign %s token get\n"
	       "  exosign sandbox fault --help\n"
	       "  exosign sandbox down%s%s\n",
	       instance->port, instance->mailboxes, (long)pid, conf, conf,
	       instance_is_default(instance->directory) ? "" : " --dir ",
	       instance_is_default(instance->directory) ? "" : instance->directory);
	fflush(stdout);
}

static int
already_runs(const struct instance *instance, const struct wishes *wishes, pid_t pid)
{
	struct instance other = *instance;

	apply_wishes(&other, wishes);
	if (memcmp(&other, instance, sizeof(other)) != 0) {
		complain("the sandbox in %s runs already, with other settings; `down` first",
		         instance->directory);
		return EXIT_STATE;
	}
	puts("The sandbox was up already.");
	print_next_steps(instance, pid);
	return EXIT_GOOD;
}

/* The sockets: where it was before if that port is free, else anywhere, unless one was wished for. */
static bool
listen_for(struct instance *instance, const struct wishes *wishes, int listeners[2])
{
	if (loopback_listen(&instance->port, listeners))
		return true;
	if (wishes->port != NOT_GIVEN && wishes->port != 0) {
		complain("port %lu: %s", wishes->port, strerror(errno));
		return false;
	}
	instance->port = 0;
	if (loopback_listen(&instance->port, listeners))
		return true;
	complain("no port is free on the loopback: %s", strerror(errno));
	return false;
}

/* Becomes the server. ready < 0: nobody waits. Returns only when that failed. */
static void
become_server(const struct instance *instance, const int listeners[2], int ready)
{
	char numbers[3][16];
	char directory[DIRECTORY_SIZE];
	char program[] = "exosign-sandbox", verb[] = "serve", dir_option[] = "--dir";
	char four[] = "--listener4", six[] = "--listener6", ready_option[] = "--ready";
	char *arguments[12] = { program, verb, dir_option, directory };
	size_t n = 4;
	const struct {
		char *option;
		int   descriptor;
	} passed[] = { { four, listeners[0] }, { six, listeners[1] }, { ready_option, ready } };

	memcpy(directory, instance->directory, sizeof(directory));
	/* Whatever a shell or a test left open is not the server's to keep. */
	close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
	for (size_t i = 0; i < 3; i++) {
		if (passed[i].descriptor < 0)
			continue;
		fcntl(passed[i].descriptor, F_SETFD, 0);
		snprintf(numbers[i], sizeof(numbers[i]), "%d", passed[i].descriptor);
		arguments[n++] = passed[i].option;
		arguments[n++] = numbers[i];
	}
	arguments[n] = NULL;
	execv("/proc/self/exe", arguments);
	complain("cannot start the server: %s", strerror(errno));
}

static void
detach(const char *directory)
{
	char path[PATH_SIZE];
	int null = open("/dev/null", O_RDWR);
	int log;

	instance_path(directory, "server.log", path);
	log = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	setsid();
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(log >= 0 ? log : null, STDERR_FILENO);
	if (chdir("/") != 0)
		complain("cannot leave the working directory: %s", strerror(errno));
}

static void
show_log(const char *directory)
{
	struct text log = { 0 };
	char path[PATH_SIZE];

	instance_path(directory, "server.log", path);
	if (file_read(path, LOG_TAIL, &log) && log.at != NULL)
		fputs(log.at, stderr);
	text_done(&log);
}

/* The server in a process of its own; *ret_pid once it answers. */
static bool
start_server(const struct instance *instance, const int listeners[2], pid_t *ret_pid)
{
	char word[8] = "";
	int ready[2];
	ssize_t got;

	if (pipe2(ready, O_CLOEXEC) != 0 || (*ret_pid = fork()) < 0) {
		complain("cannot start the server: %s", strerror(errno));
		return false;
	}
	if (*ret_pid == 0) {
		detach(instance->directory);
		become_server(instance, listeners, ready[1]);
		_exit(EXIT_NETWORK);
	}
	close(ready[1]);
	close(listeners[0]);
	if (listeners[1] >= 0)
		close(listeners[1]);
	do {
		got = read(ready[0], word, sizeof(word) - 1);
	} while (got < 0 && errno == EINTR);
	close(ready[0]);
	if (got > 0)
		return true;
	waitpid(*ret_pid, NULL, 0);
	complain("the server did not start");
	show_log(instance->directory);
	return false;
}

/* The tenant is again as it was made; its token, application and settings stay. */
static bool
forget_writes(const char *directory)
{
	char path[PATH_SIZE];

	instance_path(directory, WRITES_FILE, path);
	if (unlink(path) == 0 || errno == ENOENT)
		return true;
	complain("cannot remove %s: %s", path, strerror(errno));
	return false;
}

static int
bring_up(const char *directory, const struct wishes *wishes)
{
	struct instance instance;
	int listeners[2];
	pid_t pid = instance_pid(directory);

	if (instance_exists(directory) ? !instance_load(directory, &instance)
	                               : !new_instance(directory, &instance))
		return EXIT_STATE;
	if (pid != 0)
		return already_runs(&instance, wishes, pid);
	apply_wishes(&instance, wishes);
	if (wishes->forget && !forget_writes(directory))
		return EXIT_STATE;
	/* The mark first, so that `down --purge` knows a directory that was left half made. */
	if (!instance_save(&instance))
		return EXIT_STATE;
	if (!instance_prepare(&instance))
		return EXIT_DEVICE;
	if (!listen_for(&instance, wishes, listeners))
		return EXIT_NETWORK;
	if (!profile_write(&instance) || !instance_save(&instance))
		return EXIT_STATE;
	if (wishes->foreground) {
		print_next_steps(&instance, getpid());
		become_server(&instance, listeners, -1);
		return EXIT_NETWORK;
	}
	if (!start_server(&instance, listeners, &pid))
		return EXIT_NETWORK;
	print_next_steps(&instance, pid);
	return EXIT_GOOD;
}

int
verb_up(int argc, char **argv)
{
	struct wishes wishes = {
		.mailboxes = NOT_GIVEN, .seed = NOT_GIVEN, .port = NOT_GIVEN,
		.lifetime = NOT_GIVEN, .refresh_in = NOT_GIVEN,
	};
	const struct option_row rows[] = {
		{ "dir", "DIR", "where it lives (default: the user's own sandbox)",
		  &wishes.directory, NULL, NULL },
		{ "domain", "DOMAIN", "the tenant's (sandbox.onmicrosoft.com)", &wishes.domain, NULL, NULL },
		{ "mailboxes", "N", "how many the tenant has (25)", NULL, &wishes.mailboxes, NULL },
		{ "seed", "N", "from which they are made up (1)", NULL, &wishes.seed, NULL },
		{ "port", "N", "instead of a free one", NULL, &wishes.port, NULL },
		{ "tls", "MODE", "good, expired, wrong-name, tls11", &wishes.tls, NULL, NULL },
		{ "token-lifetime", "SECONDS", "of access tokens (3599)", NULL, &wishes.lifetime, NULL },
		{ "refresh-in", "SECONDS", "when clients should come early (0: not said)", NULL,
		  &wishes.refresh_in, NULL },
		{ "forget", NULL, "what earlier writes changed", NULL, NULL, &wishes.forget },
		{ "foreground", NULL, "serve until interrupted", NULL, NULL, &wishes.foreground },
	};
	const struct option_table table = {
		"up [OPTIONS]",
		"Makes a token, an application and a tenant in a directory, and serves them on the\n"
		"loopback. What is there is used again; settings hold until they are changed, and what\n"
		"writes changed stays as they left it.",
		rows, sizeof(rows) / sizeof(rows[0]), NULL,
	};
	const char *words[WORDS_MAX];
	char directory[DIRECTORY_SIZE], path[PATH_SIZE];
	int n = options_read(&table, argc, argv, words);
	int guard, code;

	if (n < 0)
		return options_exit(n);
	if (n > 0) {
		complain("up takes no words, '%s' is one", words[0]);
		return EXIT_USAGE;
	}
	if ((wishes.tls != NULL && !tls_mode_known(wishes.tls)) ||
	    (wishes.domain != NULL && !domain_usable(wishes.domain)))
		return EXIT_USAGE;
	if (!instance_locate(wishes.directory, true, directory))
		return EXIT_STATE;
	/* Two `up` at once take turns; the second finds it running. */
	instance_path(directory, "up.lock", path);
	guard = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (guard < 0 || flock(guard, LOCK_EX) != 0) {
		complain("cannot lock %s: %s", path, strerror(errno));
		return EXIT_STATE;
	}
	code = bring_up(directory, &wishes);
	close(guard);
	return code;
}
