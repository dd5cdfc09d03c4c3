/*
 * A session with Exchange, and a command sent over it: the rows of its answer (exchange-rest.md 1, 2, 4).
 */
#include "exchange/invoke.h"

#include "base/error.h"
#include "exchange/request.h"
#include "exchange/select.h"
#include "exchange/walk.h"

struct exs_rows {
	exs_exchange *exchange;
	api_session *session;
	command_request request;
	walk        *walk;  /* asks on by itself; NULL: one request is the whole command */
	pages       *pages; /* NULL when there is a walk: it has them */
	buf          body;
};

/* As much of the options as the caller knows of. */
static exs_exchange_options
read_options(const exs_exchange_options *options)
{
	exs_exchange_options given = {.size = sizeof given};

	if (options != NULL)
		memcpy(&given, options, options->size < sizeof given ? options->size : sizeof given);
	return given;
}

exs_status
exchange_over(api_session **session, const exs_exchange_options *options,
              exs_exchange **ret_exchange, exs_error *error)
{
	EXS_AUTO(exs_exchange) *exchange = mem_new(1, sizeof *exchange);
	exs_exchange_options given = read_options(options);

	if (exchange == NULL)
		return mem_fail(error);
	EXS_GIVE(&exchange->session, *session);
	if (given.page_size > REQUEST_PAGE_MAX)
		return exs_fail(error, E_USAGE, "a page has 1 to %d rows, not %u", REQUEST_PAGE_MAX,
		                given.page_size);
	exchange->page_size = given.page_size == 0 ? REQUEST_PAGE_MAX : given.page_size;
	exchange->page_wish = given.page_size < REQUEST_PAGE_MAX ? given.page_size : 0;
	exchange->annotations = given.annotations;
	EXS_TRY(mem_copy(given.anchor, &exchange->anchor, error));
	EXS_TRY(service_find(given.service, given.api, &exchange->service, error));
	EXS_TRY(service_check_route(exchange->service, exchange->session->organization, exchange->anchor,
	                            error));
	exchange->session->dialect = exchange->service->dialect;
	exchange->session->regional = exchange->service->regional;
	EXS_GIVE(ret_exchange, exchange);
	return EXS_OK;
}

exs_status
exs_exchange_new(const exs_context *context, exs_credential *credential,
                 const exs_exchange_options *options, exs_exchange **ret_exchange, exs_error *error)
{
	EXS_AUTO(api_session) *session = NULL;
	exs_exchange_options given = read_options(options);
	const service_kind *speaks;

	EXS_TRY(service_find(given.service, given.api, &speaks, error));
	EXS_TRY(api_session_new(context, credential, speaks->endpoint, &session, error));
	return exchange_over(&session, options, ret_exchange, error);
}

void
exs_exchange_free(exs_exchange *exchange)
{
	if (exchange == NULL)
		return;
	api_session_free(exchange->session);
	for (size_t i = 0; i < exchange->n_unconfirmed; i++)
		mem_free(exchange->unconfirmed[i]);
	mem_free(exchange->anchor);
	mem_free(exchange);
}

static exs_status
rows_new(const exs_exchange *exchange, const exs_command *command, exs_rows **ret, exs_error *error)
{
	EXS_AUTO(exs_rows) *rows = mem_new(1, sizeof *rows);

	if (rows == NULL)
		return mem_fail(error);
	rows->session = exchange->session;
	rows->body = BUF(COMMAND_BODY_MAX);
	EXS_TRY(walk_new(rows->session->context, command, exchange->page_wish, &rows->walk, error));
	rows->request.walked = rows->walk != NULL;
	EXS_GIVE(ret, rows);
	return EXS_OK;
}

exs_status
exs_exchange_preview(const exs_exchange *exchange, const exs_command *command,
                     char **ret_request, exs_error *error)
{
	EXS_AUTO(exs_rows) *rows = NULL;
	EXS_AUTO(exs_command) *first = NULL;
	EXS_SCOPED(buf) body = BUF(COMMAND_BODY_MAX);

	EXS_TRY(rows_new(exchange, command, &rows, error));
	if (rows->walk != NULL) {
		EXS_TRY(walk_first(rows->walk, &first, error));
		command = first;
	}
	EXS_TRY(request_make(&rows->request, exchange, command, error));
	if (rows->request.native == NULL)
		EXS_TRY(command_show(command, exchange->service->confirms, &body, error));
	return request_print(&rows->request, buf_span(&body), ret_request, error);
}

static exs_status
send(const exs_command *command, bool confirm_default, exs_rows *rows, pages **ret_pages,
     exs_error *error)
{
	buf_clear(&rows->body);
	if (rows->request.native == NULL)
		EXS_TRY(command_body(command, confirm_default, &rows->body, error));
	rows->request.options.request.body = buf_span(&rows->body);
	return pages_open(rows->session, &rows->request.options, ret_pages, error);
}

/* One request of a walk; the answer before it is closed. */
static exs_status
send_walked(void *self, const exs_command *command, pages **ret_pages, exs_error *error)
{
	exs_rows *rows = self;

	request_done(&rows->request);
	rows->request = (command_request){.walked = true};
	EXS_TRY(request_make(&rows->request, rows->exchange, command, error));
	return send(command, false, rows, ret_pages, error);
}

static walk_sender
sender_of(exs_rows *rows)
{
	return (walk_sender){rows, send_walked};
}

/*
 * Cmdlets that know no -Confirm refuse the one we put in, before they do anything: then it goes without. Nothing tells
 * beforehand which they are; a session remembers some of those it met.
 */
bool
exchange_is_about_confirm(const exs_command *command, const exs_error *refused)
{
	return command_wants_confirm(command) && error_is(refused, E_EXO_PARAMETER) &&
	       span_find(span_of(exs_error_message(refused)), "Confirm") >= 0;
}

bool
exchange_confirms(const exs_exchange *exchange, const exs_command *command)
{
	for (size_t i = 0; i < exchange->n_unconfirmed; i++)
		if (span_is_nocase(span_of(exs_command_name(command)), exchange->unconfirmed[i]))
			return false;
	return exchange->service->confirms;
}

static exs_status
remember_unconfirmed(exs_exchange *exchange, const exs_command *command, exs_error *error)
{
	if (exchange->n_unconfirmed == EXCHANGE_UNCONFIRMED_MAX)
		return EXS_OK;
	EXS_TRY(mem_copy(exs_command_name(command), &exchange->unconfirmed[exchange->n_unconfirmed], error));
	exchange->n_unconfirmed++;
	return EXS_OK;
}

static exs_status
run_whole(exs_rows *rows, const exs_command *command, exs_error *error)
{
	EXS_SCOPED(error_scratch) refused = exs_error_new();
	bool       confirm = exchange_confirms(rows->exchange, command);
	exs_status status;

	if (refused == NULL)
		return mem_fail(error);
	EXS_TRY(request_make(&rows->request, rows->exchange, command, error));
	status = send(command, confirm, rows, &rows->pages, refused);
	if (status != EXS_OK && confirm && exchange_is_about_confirm(command, refused)) {
		EXS_TRY(send(command, false, rows, &rows->pages, error));
		return remember_unconfirmed(rows->exchange, command, error);
	}
	error_copy(error, refused);
	return status;
}

exs_status
exs_exchange_run(exs_exchange *exchange, const exs_command *command, exs_rows **ret_rows,
                 exs_error *error)
{
	EXS_AUTO(exs_rows) *rows = NULL;
	walk_sender sender;

	EXS_TRY(rows_new(exchange, command, &rows, error));
	rows->exchange = exchange;
	sender = sender_of(rows);
	if (rows->walk == NULL)
		EXS_TRY(run_whole(rows, command, error));
	else
		EXS_TRY(walk_open(rows->walk, &sender, error));
	EXS_GIVE(ret_rows, rows);
	return EXS_OK;
}

void
exs_rows_free(exs_rows *rows)
{
	if (rows == NULL)
		return;
	walk_free(rows->walk);
	pages_free(rows->pages);
	buf_done(&rows->body);
	request_done(&rows->request);
	mem_free(rows);
}

/* The first row shows whether the service and $select understood each other; if not, once more without it. */
static exs_status
look_at_first(exs_rows *rows, span *row, exs_error *error)
{
	bool good = row->at == NULL || select_is_in(*row, rows->request.selected);

	if (good) {
		request_forget_select(&rows->request);
		return EXS_OK;
	}
	LOG(rows->session->context, EXS_LOG_INFO, "api", "asked again without $select",
	    LOG_TEXT("cmdlet", rows->request.cmdlet));
	request_drop_select(&rows->request);
	pages_free(rows->pages);
	rows->pages = NULL;
	EXS_TRY(pages_open(rows->session, &rows->request.options, &rows->pages, error));
	return pages_next(rows->pages, row, error);
}

/* The next row of the answer. */
static exs_status
next_row(exs_rows *rows, span *row, exs_error *error)
{
	const walk_sender sender = sender_of(rows);

	if (rows->walk != NULL)
		return walk_next(rows->walk, &sender, row, error);
	EXS_TRY(pages_next(rows->pages, row, error));
	return rows->request.selected != NULL ? look_at_first(rows, row, error) : EXS_OK;
}

/* The next element of a member of the answer's rows. */
static exs_status
next_nested(exs_rows *rows, span *row, exs_error *error)
{
	nested *in = &rows->request.nested;

	while (!nested_next(in, row)) {
		*row = span_from(NULL, 0);
		if (nested_is_enough(in))
			return EXS_OK;
		EXS_TRY(next_row(rows, row, error));
		if (row->at == NULL)
			return EXS_OK;
		EXS_TRY(nested_open(in, *row, error));
	}
	return EXS_OK;
}

exs_status
exs_rows_next(exs_rows *rows, const char **ret_row, size_t *ret_length, exs_error *error)
{
	span row = {NULL, 0};

	if (rows->request.nested.member != NULL)
		EXS_TRY(next_nested(rows, &row, error));
	else
		EXS_TRY(next_row(rows, &row, error));
	*ret_row = row.at;
	*ret_length = row.len;
	return EXS_OK;
}

const char *
exs_rows_warning(exs_rows *rows)
{
	return rows->walk != NULL ? walk_warning(rows->walk) : pages_warning(rows->pages);
}

const char *
exs_rows_confirmation(exs_rows *rows)
{
	return rows->walk != NULL ? NULL : pages_confirmation(rows->pages);
}

void
exs_rows_progress(const exs_rows *rows, uint64_t *ret_pages, uint64_t *ret_retries)
{
	if (rows->walk != NULL)
		walk_progress(rows->walk, ret_pages, ret_retries);
	else
		pages_progress(rows->pages, ret_pages, ret_retries);
}
