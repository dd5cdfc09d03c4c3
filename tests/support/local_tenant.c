/* A sandbox tenant for one test program. */
#include "support/local_tenant.h"

#include "base/buf.h"
#include "base/json.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MAX = 24 };

extern char **environ;

static void
need(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "local_tenant: %s\n", what);
	abort();
}

static const char *
program(void)
{
	static char path[512];
	const char *build = getenv("EXS_BUILD_DIR");

	snprintf(path, sizeof path, "%s/exosign-sandbox", build == NULL ? "." : build);
	if (access(path, X_OK) != 0) {
		printf("%s was not built\n", path);
		exit(77);
	}
	return path;
}

/* Runs it, its output into `to` (NULL: to our stderr); its exit status. */
static int
run(const char *const *words, buf *to)
{
	posix_spawn_file_actions_t actions;
	int                        ends[2], status;
	pid_t                      pid;
	char                      *argv[WORDS_MAX];
	char                       piece[4096];
	ssize_t                    n;

	memcpy(argv, words, sizeof argv); /* posix_spawn() writes to none of them */
	need(pipe2(ends, O_CLOEXEC) == 0, "pipe2");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	need(posix_spawn(&pid, program(), &actions, NULL, argv, environ) == 0, "posix_spawn");
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	while ((n = read(ends[0], piece, sizeof piece)) > 0)
		if (to != NULL)
			buf_add(to, span_from(piece, (size_t)n));
	close(ends[0]);
	while (waitpid(pid, &status, 0) < 0)
		need(errno == EINTR, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static json *
state_of(const local_tenant *t)
{
	const char *const words[WORDS_MAX] = {"exosign-sandbox", "status", "--dir", t->directory, "-o",
	                                      "json"};
	EXS_SCOPED(buf)   text = BUF(1024 * 1024);
	json             *tree = NULL;

	need(run(words, &text) == 0, "status failed");
	need(json_parse(buf_span(&text), "the sandbox's state", &tree, NULL) == EXS_OK, "no JSON");
	return tree;
}

local_tenant *
local_tenant_up(const char *name, const char *const *options)
{
	local_tenant  *t = calloc(1, sizeof *t);
	const char    *words[WORDS_MAX] = {"exosign-sandbox", "up", "--dir"};
	const char    *temporary = getenv("TMPDIR");
	size_t         n = 3;
	EXS_AUTO(json) *state = NULL;

	need(t != NULL, "no memory");
	snprintf(t->directory, sizeof t->directory, "%s/%s.%d", temporary == NULL ? "/tmp" : temporary,
	         name, (int)getpid());
	words[n++] = t->directory;
	for (size_t i = 0; options != NULL && options[i] != NULL; i++)
		words[n++] = options[i];
	need(run(words, NULL) == 0, "up failed");
	state = state_of(t);
	snprintf(t->origin, sizeof t->origin, "%s", json_string(json_member(state, "origin")));
	snprintf(t->tenant, sizeof t->tenant, "%s", json_string(json_member(state, "tenant")));
	snprintf(t->organization, sizeof t->organization, "%s",
	         json_string(json_member(state, "organization")));
	snprintf(t->client_id, sizeof t->client_id, "%s", json_string(json_member(state, "clientId")));
	snprintf(t->ca_file, sizeof t->ca_file, "%s/ca.pem", t->directory);
	return t;
}

int
local_tenant_run(const local_tenant *t, const char *first, ...)
{
	const char *words[WORDS_MAX] = {"exosign-sandbox", first};
	size_t      n = 2;
	va_list     more;

	va_start(more, first);
	while (n < WORDS_MAX - 3 && (words[n] = va_arg(more, const char *)) != NULL)
		n++;
	va_end(more);
	words[n++] = "--dir";
	words[n++] = t->directory;
	words[n] = NULL;
	return run(words, NULL);
}

void
local_tenant_down(local_tenant *t)
{
	need(local_tenant_run(t, "down", NULL) == 0, "down failed");
	free(t);
}

void
local_tenant_fault(const local_tenant *t, const char *fault, ...)
{
	const char *words[WORDS_MAX] = {"exosign-sandbox", "fault", "add", fault};
	size_t      n = 4;
	va_list     more;

	va_start(more, fault);
	while (n < WORDS_MAX - 3 && (words[n] = va_arg(more, const char *)) != NULL)
		n++;
	va_end(more);
	words[n++] = "--dir";
	words[n++] = t->directory;
	words[n] = NULL;
	need(run(words, NULL) == 0, "fault failed");
}

void
local_tenant_heal(const local_tenant *t)
{
	need(local_tenant_run(t, "fault", "clear", NULL) == 0, "fault clear failed");
}

long
local_tenant_counted(const local_tenant *t, const char *name)
{
	EXS_AUTO(json) *state = state_of(t);
	int64_t         n = 0;

	(void)json_whole(json_member(json_member(state, "ledger"), name), &n);
	return (long)n;
}

void
local_tenant_register(const local_tenant *t, const char *certificate_file)
{
	need(local_tenant_run(t, "app", "cert", "add", certificate_file, NULL) == 0, "cert add failed");
}

exs_identity
local_tenant_identity(const local_tenant *t)
{
	return (exs_identity){
		.size = sizeof(exs_identity),
		.cloud = "sandbox",
		.tenant = t->tenant,
		.organization = t->organization,
		.client_id = t->client_id,
		.endpoint_login = t->origin,
		.endpoint_graph = t->origin,
		.endpoint_exchange = t->origin,
		.endpoint_compliance = t->origin,
		.endpoint_vault = t->origin,
	};
}

exs_network
local_tenant_network(const local_tenant *t)
{
	return (exs_network){.size = sizeof(exs_network), .ca_file = t->ca_file, .connect_ms = 10000,
	                     .deadline_ms = 20000};
}
