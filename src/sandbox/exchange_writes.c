/*
 * Every write that was really run. See exchange_writes.h.
 *
 * A line is one write(2) to a file opened for appending: the kernel keeps it when the process is killed.
 * A last line that is torn (a full disk) is cut off before anything is added to it.
 */
#include "exchange_writes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "exchange_call.h"
#include "exchange_store.h"
#include "instance.h"
#include "options.h"
#include "tenant.h"

static int file = -1;
static unsigned long count;

static void
give_up(const char *what)
{
	complain("%s/" WRITES_FILE ": cannot be %s: %s", the_tenant.directory, what, strerror(errno));
	abort();
}

/* A parameter that ought to be a secret and is not one: nobody encrypted it. */
static bool
sounds_secret(const char *name)
{
	static const char *const words[] = { "password", "credential", "secret" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasestr(name, words[i]) != NULL)
			return true;
	}
	return false;
}

static bool
is_secret(const struct call *call, const char *name)
{
	const struct parameter *parameter = parameter_named(call, name);

	return parameter != NULL && parameter->kind == PARAMETER_SECRET;
}

/* The parameters as they came: a secret as it was encrypted, or it would not have been taken. */
static void
write_parameters(struct text *out, const struct call *call, const cJSON *parameters)
{
	const cJSON *value;
	const char *between = "";

	text_puts(out, "{");
	cJSON_ArrayForEach(value, parameters) {
		bool hidden = sounds_secret(value->string) && !is_secret(call, value->string);
		char *printed = hidden ? strdup("\"(secret)\"") : cJSON_PrintUnformatted(value);

		if (printed == NULL)
			abort();
		text_puts(out, between);
		text_json(out, value->string);
		text_puts(out, ":");
		text_puts(out, printed);
		between = ",";
		cJSON_free(printed);
	}
	text_puts(out, "}");
}

static void
write_text_or_null(struct text *out, const char *name, const char *value)
{
	text_puts(out, ",");
	if (value != NULL)
		text_member(out, name, value);
	else
		text_addf(out, "\"%s\":null", name);
}

static void
write_moment(struct text *out)
{
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	text_addf(out, "\"%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ\"", tm.tm_year + 1900, tm.tm_mon + 1,
	          tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, now.tv_nsec / 1000000);
}

void
writes_add(struct call *call)
{
	const cJSON *input = cJSON_GetObjectItemCaseSensitive(call->document, "CmdletInput");
	const char *identity = parameter_string(call, "Identity");
	struct text line = { 0 };
	ssize_t put;

	text_addf(&line, "{\"n\":%lu,\"at\":", ++count);
	write_moment(&line);
	write_text_or_null(&line, "cmdlet", call->cmdlet->name);
	write_text_or_null(&line, "identity",
	                   identity != NULL ? identity : parameter_string(call, "Name"));
	write_text_or_null(&line, "clientRequestId", web_header(call->request, "client-request-id"));
	write_text_or_null(&line, "item", call->request->item);
	text_puts(&line, ",\"parameters\":");
	write_parameters(&line, call, cJSON_GetObjectItemCaseSensitive(input, "Parameters"));
	text_puts(&line, "}\n");
	put = write(file, line.at, line.len);
	if (put < 0 || (size_t)put != line.len)
		give_up("written");
	text_done(&line);
}

static void
leave_secrets_out(const struct call *call)
{
	cJSON *input = cJSON_GetObjectItemCaseSensitive(call->document, "CmdletInput");
	cJSON *parameters = cJSON_GetObjectItemCaseSensitive(input, "Parameters");
	cJSON *value, *next;

	for (value = parameters != NULL ? parameters->child : NULL; value != NULL; value = next) {
		next = value->next;
		if (is_secret(call, value->string))
			cJSON_Delete(cJSON_DetachItemViaPointer(parameters, value));
	}
}

static bool
run_body(const struct text *body, struct web_answer *answer, bool with_secrets)
{
	const struct web_request request = {
		.method = "POST", .path = "/again", .query = "", .body = body->at, .body_len = body->len,
	};
	struct call call;
	bool good;

	answer->n_headers = 0;
	call_open(&call, &request, answer);
	call.cmdlet = call.name != NULL ? cmdlet_find(call.name) : NULL;
	call.may_write = true;
	call.page_limit = 1;
	if (call.cmdlet != NULL && !with_secrets)
		leave_secrets_out(&call);
	if (call.cmdlet != NULL && parameters_bind(&call))
		call.cmdlet->run(&call);
	good = !call.failed;
	text_done(&answer->body);
	call_done(&call);
	return good;
}

/*
 * Runs a line's cmdlet for what it leaves in the store. A secret whose key has been rotated away is left out; what fails all
 * the same (the tenant has become smaller) is passed over.
 */
static void
run_again(const cJSON *line, struct web_answer *answer)
{
	const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(line, "cmdlet"));
	const cJSON *parameters = cJSON_GetObjectItemCaseSensitive(line, "parameters");
	char *printed = cJSON_PrintUnformatted(parameters);
	struct text body = { 0 };

	text_puts(&body, "{\"CmdletInput\":{");
	text_member(&body, "CmdletName", name != NULL ? name : "");
	text_addf(&body, ",\"Parameters\":%s}}", printed != NULL ? printed : "{}");
	if (!run_body(&body, answer, true))
		run_body(&body, answer, false);
	text_done(&body);
	cJSON_free(printed);
}

static void
read_lines(FILE *in)
{
	struct web_answer *answer = calloc(1, sizeof(*answer));
	char *line = NULL;
	size_t room = 0;
	off_t whole = 0;
	ssize_t len;

	if (answer == NULL)
		abort();
	while ((len = getline(&line, &room, in)) > 0 && line[len - 1] == '\n') {
		cJSON *json = cJSON_Parse(line);
		const cJSON *number = cJSON_GetObjectItemCaseSensitive(json, "n");

		if (cJSON_IsNumber(number))
			count = (unsigned long)number->valuedouble;
		run_again(json, answer);
		cJSON_Delete(json);
		whole += len;
	}
	free(line);
	free(answer);
	if (ftruncate(file, whole) != 0)
		give_up("mended");
}

void
writes_open(void)
{
	char path[PATH_SIZE];
	FILE *in;
	int copy;

	instance_path(the_tenant.directory, WRITES_FILE, path);
	file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	copy = file >= 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	in = copy >= 0 ? fdopen(copy, "r") : NULL;
	if (in == NULL)
		give_up("opened");
	store_lock(true);
	read_lines(in);
	store_unlock();
	fclose(in);
}

void
writes_close(void)
{
	close(file);
	file = -1;
}
