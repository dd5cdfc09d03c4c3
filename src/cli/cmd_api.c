/* exosign api: any REST call with the right bearer. */
#include "base/error.h"
#include "base/file.h"
#include "base/jsonobject.h"
#include "base/jsontext.h"
#include "cli/logger.h"
#include "cli/owned.h"
#include "cli/show.h"

#include <unistd.h>

enum { BODY_MAX = 4 * 1024 * 1024, HEADERS_MAX = 16 };

typedef struct asked {
	buf                  body;
	const char          *headers[HEADERS_MAX + 1];
	char                 method[12];
	exs_resource_request request;
} asked;

static void
asked_done(asked *a)
{
	buf_done(&a->body);
}

/* "get" is as good as "GET". */
static void
copy_method(const char *word, char to[12])
{
	size_t n = 0;

	for (; word[n] != '\0' && n < 11; n++)
		to[n] = (char)(word[n] >= 'a' && word[n] <= 'z' ? word[n] - 'a' + 'A' : word[n]);
	to[n] = '\0';
}

static exs_status
read_body(const char *path, buf *to, exs_error *error)
{
	for (;;) {
		char    piece[16 * 1024];
		ssize_t n;

		if (strcmp(path, "-") != 0)
			return file_read(path, FILE_ANY, to, error);
		n = read(STDIN_FILENO, piece, sizeof piece);
		if (n < 0)
			return exs_fail(error, E_FILE, "standard input cannot be read");
		if (n == 0)
			return buf_check(to, "the body", error);
		buf_add(to, span_from(piece, (size_t)n));
		EXS_TRY(buf_check(to, "the body", error));
	}
}

static exs_status
take(const given *g, asked *a, exs_error *error)
{
	size_t n = 0;

	copy_method(g->words[0], a->method);
	for (size_t i = 0; i < g->n_repeated; i++) {
		if (g->repeated[i].id != OPT_HEADER)
			continue;
		if (n == HEADERS_MAX)
			return exs_fail(error, E_USAGE, "these are more than %d headers", (int)HEADERS_MAX);
		a->headers[n++] = g->repeated[i].value;
	}
	a->request = (exs_resource_request){.size = sizeof a->request,
	                                    .method = a->method,
	                                    .url = g->words[1],
	                                    .scope = g->values[OPT_SCOPE],
	                                    .headers = a->headers};
	if (!has(g, OPT_BODY))
		return EXS_OK;
	EXS_TRY(read_body(g->values[OPT_BODY], &a->body, error));
	a->request.body = buf_text(&a->body);
	a->request.body_length = a->body.len;
	return EXS_OK;
}

static exs_status
show_preview(invocation *inv, const asked *a, exs_error *error)
{
	EXS_AUTO(library_text) *url = NULL;
	EXS_SCOPED(jsonobject) answer = {0};
	const char *scope = NULL;
	span        body = span_trim(buf_span(&a->body));

	EXS_TRY(exs_resource_resolve(inv->credential, &a->request, &url, &scope, error));
	jsonobject_init(&answer);
	jsonobject_text(&answer, "method", a->method);
	jsonobject_text(&answer, "url", url);
	jsonobject_text(&answer, "scope", scope);
	if (body.len > 0)
		jsonobject_json(&answer, "body", body);
	return show_object(inv, jsonobject_end(&answer), error);
}

/* One page is what was asked for, and it must not pass for the whole list. */
static void
warn_of_more(span answer)
{
	if (jsontext_member(answer, "@odata.nextLink").at != NULL || jsontext_member(answer, "nextLink").at != NULL)
		logger_warn("this is one page of a list that goes on: --all gives its rows to the end");
}

/* An object in the format that is asked for; whatever else is JSON as it came. */
static exs_status
show_answer(const invocation *inv, span answer, exs_error *error)
{
	EXS_SCOPED(buf) line = BUF(BODY_MAX + 2);

	answer = span_trim(answer);
	if (answer.len == 0) {
		LOG(inv->context, EXS_LOG_NOTICE, "api", "done", LOG_TEXT("answer", "none, as it should be"));
		return EXS_OK;
	}
	if (jsontext_kind_of(answer) == JSONTEXT_OBJECT) {
		warn_of_more(answer);
		return show_object(inv, answer, error);
	}
	buf_add(&line, answer);
	buf_byte(&line, '\n');
	EXS_TRY(buf_check(&line, "the answer", error));
	return show_text(buf_span(&line), error);
}

static exs_status
show_row(void *self, const char *row, size_t length, exs_error *error)
{
	return writer_row(self, row, length, error);
}

static exs_status
list(invocation *inv, const asked *a, exs_error *error)
{
	EXS_AUTO(writer) *w = NULL;

	EXS_TRY(show_list(inv, NULL, &w, error));
	return show_end(w, exs_resource_list(inv->context, inv->credential, &a->request, show_row, w, error), error);
}

exs_status
run_api(invocation *inv, exs_error *error)
{
	EXS_SCOPED(asked) a = {.body = BUF(BODY_MAX)};
	EXS_AUTO(library_text) *answer = NULL;

	EXS_TRY(take(inv->given, &a, error));
	if (has(inv->given, OPT_DRY_RUN)) {
		EXS_TRY(open_preview(inv, error));
		return show_preview(inv, &a, error);
	}
	EXS_TRY(open_online(inv, error));
	if (has(inv->given, OPT_ALL))
		return list(inv, &a, error);
	EXS_TRY(exs_resource_call(inv->context, inv->credential, &a.request, &answer, error));
	return show_answer(inv, span_of(answer), error);
}
