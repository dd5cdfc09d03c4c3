/* The sandbox that a worker uses. See tenant.h. */
#include "tenant.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "process.h"

static void
path_in(const tenant *t, const char *name, char path[192])
{
	snprintf(path, 192, "%s/%s", t->directory, name);
}

char *
read_whole(const char *path)
{
	FILE *in = fopen(path, "r");
	char *text = NULL;
	size_t room = 0;

	if (in == NULL)
		return NULL;
	if (getdelim(&text, &room, EOF, in) < 0 && text != NULL)
		text[0] = '\0';
	fclose(in);
	return text;
}

/* `exosign sandbox WORDS --dir DIR`; what it prints goes to DIR.out. */
static int
sandbox(const tenant *t, const char *const *words)
{
	const char *argv[24] = { t->exosign, "sandbox" };
	char out[192], err[192];
	size_t n = 2;

	for (; *words != NULL; words++)
		argv[n++] = *words;
	argv[n++] = "--dir";
	argv[n++] = t->directory;
	snprintf(out, sizeof out, "%s.out", t->directory);
	snprintf(err, sizeof err, "%s.err", t->directory);
	return process_run(argv, &(watch){ .out = out, .err = err });
}

void
tenant_up(tenant *t, bool forget)
{
	const char *words[] = { "up", "--mailboxes", "5000", "--token-lifetime", t->lifetime,
		                forget ? "--forget" : NULL, NULL };
	char path[192], *why;

	if (sandbox(t, words) != 0) {
		snprintf(path, sizeof path, "%s.err", t->directory);
		why = read_whole(path);
		fprintf(stderr, "storm: the sandbox does not come up: %s\n", why != NULL ? why : "");
		exit(1);
	}
	path_in(t, "exosign.conf", t->config);
	path_in(t, "writes.ndjson", t->writes);
}

void
tenant_meet(tenant *t)
{
	const char *argv[] = { t->exosign, "--config", t->config, "-o", "ndjson", "--select", "Alias", "run",
		               "Get-Mailbox", "-ResultSize", "2400", NULL };
	char out[192], err[192], *line = NULL;
	size_t room = 0, n = 0;
	FILE *in;

	snprintf(out, sizeof out, "%s.out", t->directory);
	snprintf(err, sizeof err, "%s.err", t->directory);
	if (process_run(argv, &(watch){ .out = out, .err = err }) != 0 || (in = fopen(out, "r")) == NULL) {
		fprintf(stderr, "storm: the people of the tenant cannot be listed\n");
		exit(1);
	}
	while (n < PEOPLE && getline(&line, &room, in) > 0) {
		cJSON *row = cJSON_Parse(line);
		const char *alias = cJSON_GetStringValue(cJSON_GetObjectItem(row, "Alias"));

		t->people[n++] = strdup(alias != NULL ? alias : "");
		cJSON_Delete(row);
	}
	free(line);
	fclose(in);
	if (n < PEOPLE) {
		fprintf(stderr, "storm: the tenant has only %zu people\n", n);
		exit(1);
	}
}

void
tenant_down(tenant *t)
{
	const char *words[] = { "down", NULL };

	sandbox(t, words);
	for (size_t i = 0; i < PEOPLE; i++)
		free(t->people[i]);
}

void
tenant_renew(tenant *t)
{
	const char *words[] = { "down", NULL };

	sandbox(t, words);
	tenant_up(t, true);
}

static pid_t
server_of(const tenant *t)
{
	char path[192], *text;
	pid_t pid;

	path_in(t, "sandbox.pid", path);
	text = read_whole(path);
	pid = text != NULL ? (pid_t)strtol(text, NULL, 10) : 0;
	free(text);
	return pid;
}

void
tenant_kill(tenant *t)
{
	pid_t pid = server_of(t);
	cJSON *status;

	if (pid > 1)
		kill(pid, SIGKILL);
	/* It is gone when nobody listens any more; a process that is dead may still have a number. */
	for (int tries = 0; tries < 2000 && (status = tenant_ask(t, "{\"do\":\"status\"}")) != NULL; tries++) {
		cJSON_Delete(status);
		usleep(1000);
	}
	tenant_up(t, false);
}

cJSON *
tenant_ask(const tenant *t, const char *question)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char answer[65536];
	size_t len = 0;
	ssize_t got = 0;

	snprintf(address.sun_path, sizeof address.sun_path, "%.90s/control.sock", t->directory);
	if (connection < 0)
		return NULL;
	if (connect(connection, (const struct sockaddr *)&address, sizeof address) == 0 &&
	    write(connection, question, strlen(question)) > 0 && write(connection, "\n", 1) > 0) {
		while (len < sizeof answer - 1 &&
		       (got = read(connection, answer + len, sizeof answer - 1 - len)) > 0)
			len += (size_t)got;
	}
	close(connection);
	answer[len] = '\0';
	return len > 0 ? cJSON_Parse(answer) : NULL;
}

void
tenant_fault(const tenant *t, const char *name, const char *argument, unsigned after, unsigned count,
             const char *cmdlet)
{
	char question[512];
	int len = snprintf(question, sizeof question, "{\"do\":\"fault-add\",\"name\":\"%s\",\"after\":%u,\"count\":%u",
	                   name, after, count);
	cJSON *answer;

	if (argument != NULL)
		len += snprintf(question + len, sizeof question - (size_t)len, ",\"argument\":\"%s\"", argument);
	if (cmdlet != NULL)
		len += snprintf(question + len, sizeof question - (size_t)len, ",\"cmdlet\":\"%s\"", cmdlet);
	snprintf(question + len, sizeof question - (size_t)len, "}");
	answer = tenant_ask(t, question);
	if (!cJSON_IsTrue(cJSON_GetObjectItem(answer, "ok"))) {
		fprintf(stderr, "storm: the sandbox refuses the fault %s\n", question);
		exit(1);
	}
	cJSON_Delete(answer);
}

void
tenant_throttle(const tenant *t, unsigned milliseconds, unsigned requests, unsigned at_once)
{
	char question[160];

	snprintf(question, sizeof question,
	         "{\"do\":\"throttle\",\"latency\":%u,\"requests\":%u,\"window\":1,\"concurrency\":%u}",
	         milliseconds, requests, at_once);
	cJSON_Delete(tenant_ask(t, question));
}

void
tenant_calm(const tenant *t)
{
	cJSON_Delete(tenant_ask(t, "{\"do\":\"fault-clear\"}"));
}

unsigned
tenant_acted(const tenant *t, const char *name)
{
	cJSON *status = tenant_ask(t, "{\"do\":\"status\"}");
	const cJSON *fault;
	unsigned acted = 0;

	cJSON_ArrayForEach(fault, cJSON_GetObjectItem(status, "faults")) {
		if (name == NULL || strcmp(cJSON_GetObjectItem(fault, "name")->valuestring, name) == 0)
			acted += (unsigned)cJSON_GetObjectItem(fault, "acted")->valuedouble;
	}
	cJSON_Delete(status);
	return acted;
}

cJSON *
tenant_ledger(const tenant *t, unsigned long after)
{
	char number[24], out[192], *line = NULL;
	const char *words[] = { "ledger", "--after", number, NULL };
	cJSON *lines = cJSON_CreateArray();
	size_t room = 0;
	FILE *in;

	snprintf(number, sizeof number, "%lu", after);
	snprintf(out, sizeof out, "%s.out", t->directory);
	if (sandbox(t, words) != 0 || (in = fopen(out, "r")) == NULL) {
		fprintf(stderr, "storm: the sandbox does not show its ledger\n");
		exit(1);
	}
	while (getline(&line, &room, in) > 0)
		cJSON_AddItemToArray(lines, cJSON_Parse(line));
	free(line);
	fclose(in);
	return lines;
}
