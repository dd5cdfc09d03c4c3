/*
 * The control socket, both ends. See control.h.
 *
 * The socket is reached through an open directory (/proc/self/fd/N/control.sock), because a socket's
 * name may have 107 bytes and a directory's path may have thousands.
 */
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "exchange_throttle.h"
#include "fault.h"
#include "instance.h"
#include "options.h"
#include "signin.h"
#include "tenant.h"
#include "text.h"

enum { QUESTION_MAX = 64 * 1024, ANSWER_MAX = 4 * 1024 * 1024, PATIENCE_SECONDS = 10 };

static int listener = -1;
static pthread_t thread;

/* A socket and its address in the directory; the directory stays open until the caller closes it. */
static int
open_socket(const char *directory, struct sockaddr_un *address, int *ret_directory)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	*ret_directory = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*ret_directory < 0)
		return -1;
	snprintf(address->sun_path, sizeof(address->sun_path), "/proc/self/fd/%d/control.sock",
	         *ret_directory);
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* Reads up to a newline or the end. */
static bool
read_line(int connection, size_t limit, struct text *line)
{
	char piece[4096];
	ssize_t got;

	while (line->len < limit) {
		got = recv(connection, piece, sizeof(piece), 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return line->len != 0;
		text_add(line, piece, (size_t)got);
		if (memchr(piece, '\n', (size_t)got) != NULL)
			return true;
	}
	return false;
}

static bool
send_line(int connection, const struct text *line)
{
	for (size_t sent = 0; sent < line->len;) {
		ssize_t put = send(connection, line->at + sent, line->len - sent, MSG_NOSIGNAL);

		if (put <= 0)
			return false;
		sent += (size_t)put;
	}
	return true;
}

static void
set_patience(int connection)
{
	const struct timeval patience = { .tv_sec = PATIENCE_SECONDS };

	setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

static unsigned long
number_of(const cJSON *question, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(question, name);

	return cJSON_IsNumber(item) && item->valuedouble > 0 ? (unsigned long)item->valuedouble : 0;
}

static const char *
string_of(const cJSON *question, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(question, name));
}

static void
answer_status(const cJSON *question, struct text *answer)
{
	(void)question;
	text_puts(answer, "{\"ok\":true,\"ledger\":");
	ledger_json(answer);
	text_puts(answer, ",\"faults\":");
	fault_list(answer);
	text_puts(answer, ",\"signIn\":");
	signin_json(answer);
	text_puts(answer, ",\"throttle\":");
	throttle_json(answer);
	text_puts(answer, "}");
}

static void
answer_add(const cJSON *question, struct text *answer)
{
	const char *name = string_of(question, "name");
	char why[256] = "no name was given";

	if (name != NULL &&
	    fault_add(name, string_of(question, "argument"), number_of(question, "after"),
	              number_of(question, "count"), string_of(question, "cmdlet"), why,
	              sizeof(why))) {
		text_puts(answer, "{\"ok\":true}");
		return;
	}
	text_puts(answer, "{\"ok\":false,");
	text_member(answer, "why", why);
	text_puts(answer, "}");
}

static void
answer_clear(const cJSON *question, struct text *answer)
{
	text_addf(answer, "{\"ok\":true,\"cleared\":%u}", fault_clear(string_of(question, "name")));
}

static void
answer_throttle(const cJSON *question, struct text *answer)
{
	const struct throttle wanted = {
		.requests = number_of(question, "requests"),
		.window = number_of(question, "window"),
		.concurrency = number_of(question, "concurrency"),
		.latency = number_of(question, "latency"),
		.one = number_of(question, "one"),
	};

	text_puts(answer, throttle_set(&wanted) ? "{\"ok\":true}"
	                                        : "{\"ok\":false,\"why\":\"cannot write throttle.json\"}");
}

static void
answer_decided(bool good, const char *why, struct text *answer)
{
	text_puts(answer, good ? "{\"ok\":true" : "{\"ok\":false,");
	if (!good)
		text_member(answer, "why", why);
	text_puts(answer, "}");
}

static void
answer_approve(const cJSON *question, struct text *answer)
{
	const char *user = string_of(question, "user");
	bool deny = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(question, "deny"));
	char why[256];
	bool good = signin_decide(string_of(question, "code"), user != NULL ? user : "", deny, why,
	                          sizeof(why));

	answer_decided(good, why, answer);
}

static void
answer_signin_auto(const cJSON *question, struct text *answer)
{
	const char *wanted = string_of(question, "answer");
	char why[256];
	bool good = signin_set_auto(wanted != NULL ? wanted : "", why, sizeof(why));

	answer_decided(good, why, answer);
}

static void
answer_question(const char *line, struct text *answer)
{
	static const struct {
		const char *word;
		void (*answer)(const cJSON *question, struct text *answer);
	} questions[] = {
		{ "status", answer_status },
		{ "fault-add", answer_add },
		{ "fault-clear", answer_clear },
		{ "throttle", answer_throttle },
		{ "approve", answer_approve },
		{ "signin-auto", answer_signin_auto },
	};
	cJSON *question = cJSON_Parse(line);
	const char *word = string_of(question, "do");

	for (size_t i = 0; word != NULL && i < sizeof(questions) / sizeof(questions[0]); i++) {
		if (strcmp(questions[i].word, word) == 0)
			questions[i].answer(question, answer);
	}
	if (answer->len == 0)
		text_puts(answer, "{\"ok\":false,\"why\":\"not a question I know\"}");
	text_puts(answer, "\n");
	cJSON_Delete(question);
}

static void *
listen_for_questions(void *self)
{
	(void)self;
	for (;;) {
		int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		struct text line = { 0 }, answer = { 0 };

		if (connection < 0 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		if (connection < 0)
			return NULL; /* control_stop shut the listener */
		set_patience(connection);
		if (read_line(connection, QUESTION_MAX, &line)) {
			answer_question(line.at, &answer);
			send_line(connection, &answer);
		}
		text_done(&line);
		text_done(&answer);
		close(connection);
	}
}

bool
control_start(const char *directory)
{
	struct sockaddr_un address;
	int opened;

	listener = open_socket(directory, &address, &opened);
	unlink(address.sun_path);
	if (listener < 0 ||
	    bind(listener, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
	    chmod(address.sun_path, 0600) != 0 || listen(listener, 16) != 0 ||
	    pthread_create(&thread, NULL, listen_for_questions, NULL) != 0) {
		complain("cannot listen at %s/control.sock: %s", directory, strerror(errno));
		return false;
	}
	close(opened);
	return true;
}

void
control_stop(void)
{
	shutdown(listener, SHUT_RDWR);
	pthread_join(thread, NULL);
	close(listener);
}

cJSON *
control_ask(const char *directory, const char *question)
{
	struct text line = { 0 }, answer = { 0 };
	struct sockaddr_un address;
	int opened, connection;
	cJSON *json = NULL;

	connection = open_socket(directory, &address, &opened);
	text_puts(&line, question);
	text_puts(&line, "\n");
	if (connection >= 0) {
		set_patience(connection);
		if (connect(connection, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
		    send_line(connection, &line) && read_line(connection, ANSWER_MAX, &answer))
			json = cJSON_Parse(answer.at);
		close(connection);
	}
	if (opened >= 0)
		close(opened);
	text_done(&line);
	text_done(&answer);
	if (json == NULL) {
		complain("no sandbox answers in %s (`up` starts it)", directory);
	} else if (!cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "ok"))) {
		complain("%s", string_of(json, "why") != NULL ? string_of(json, "why") : "refused");
		cJSON_Delete(json);
		json = NULL;
	}
	return json;
}
