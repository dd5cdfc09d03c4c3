/* A wire that answers from a script and remembers what it was asked. */
#include "support/fake_transport.h"

#include "base/encode.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct fake_wire {
	pthread_mutex_t  lock;
	const fake_step *steps;
	size_t           n_steps, n_requests;
	fake_request     requests[FAKE_REQUESTS_MAX];
	int              open_ends;
	fake_answerer    answer;
	void            *answer_self;
};

typedef struct fake_carrier {
	fake_wire *wire;
	bool       arrived;
} fake_carrier;

typedef struct fake_exchange {
	const fake_step *step;
	size_t           at, len;
	fake_wire       *wire;
	fake_step        own; /* when no script was followed */
	buf              body;
} fake_exchange;

static void
count(fake_wire *wire, int by)
{
	pthread_mutex_lock(&wire->lock);
	wire->open_ends += by;
	pthread_mutex_unlock(&wire->lock);
}

fake_wire *
fake_wire_new(const fake_step *steps, size_t n)
{
	fake_wire *wire = calloc(1, sizeof *wire);

	if (wire == NULL || n == 0)
		abort();
	pthread_mutex_init(&wire->lock, NULL);
	wire->steps = steps;
	wire->n_steps = n;
	return wire;
}

void
fake_wire_free(fake_wire *wire)
{
	for (size_t i = 0; i < wire->n_requests && i < FAKE_REQUESTS_MAX; i++) {
		free(wire->requests[i].method);
		free(wire->requests[i].url);
		free(wire->requests[i].lines);
		free(wire->requests[i].body);
	}
	pthread_mutex_destroy(&wire->lock);
	free(wire);
}

void
fake_wire_answer(fake_wire *wire, fake_answerer answer, void *self)
{
	wire->answer = answer;
	wire->answer_self = self;
}

size_t
fake_wire_requests(fake_wire *wire)
{
	size_t n;

	pthread_mutex_lock(&wire->lock);
	n = wire->n_requests;
	pthread_mutex_unlock(&wire->lock);
	return n;
}

const fake_request *
fake_wire_request(fake_wire *wire, size_t nth)
{
	if (nth >= fake_wire_requests(wire))
		abort();
	return &wire->requests[nth];
}

int
fake_wire_open_ends(fake_wire *wire)
{
	int n;

	pthread_mutex_lock(&wire->lock);
	n = wire->open_ends;
	pthread_mutex_unlock(&wire->lock);
	return n;
}

static char *
kept(span value, bool form)
{
	static buf rooms[4];
	static int next;
	buf       *room = &rooms[next++ % 4];

	buf_done(room);
	*room = BUF(1024 * 1024);
	for (size_t i = 0; form && i < value.len; i++)
		if (value.at[i] == '+')
			abort(); /* we write %20 */
	if (form ? !decode_percent(room, value) : (buf_add(room, value), false))
		abort();
	buf_byte(room, '\0');
	return room->at;
}

const char *
fake_header(const fake_request *request, const char *name)
{
	span rest = span_of(request->lines);

	while (rest.len > 0) {
		span line = span_cut(&rest, '\n');
		span found = span_cut(&line, ':');

		if (span_is_nocase(found, name))
			return kept(span_trim(line), false);
	}
	return NULL;
}

const char *
fake_field(const fake_request *request, const char *name)
{
	span rest = span_of(request->body);

	while (rest.len > 0) {
		span value = span_cut(&rest, '&');
		span found = span_cut(&value, '=');

		if (span_is(found, name))
			return kept(value, true);
	}
	return NULL;
}

exs_status
fake_transport_make(void *self, void **ret_transport, exs_error *error)
{
	fake_carrier *carrier = calloc(1, sizeof *carrier);

	if (carrier == NULL)
		return mem_fail(error);
	carrier->wire = self;
	count(carrier->wire, 1);
	*ret_transport = carrier;
	return EXS_OK;
}

static char *
joined_lines(const transport_request *request)
{
	EXS_SCOPED(buf) lines = BUF(1024 * 1024);

	for (size_t i = 0; i < request->n_lines; i++)
		buf_addf(&lines, "%s\n", request->lines[i]);
	return strdup(buf_text(&lines));
}

static const fake_step *
remember(fake_wire *wire, const transport_request *request)
{
	size_t        nth = wire->n_requests++;
	fake_request *r;

	if (nth >= FAKE_REQUESTS_MAX)
		abort();
	r = &wire->requests[nth];
	r->method = strdup(request->method);
	r->url = strdup(request->url);
	r->lines = joined_lines(request);
	r->body = strndup(request->body.len > 0 ? request->body.at : "", request->body.len);
	r->deadline_ms = request->deadline_ms;
	r->connect_ms = request->connect_ms;
	r->stall_ms = request->stall_ms;
	return &wire->steps[nth < wire->n_steps ? nth : wire->n_steps - 1];
}

static exs_status
open_request(void *self, const transport_request *request, void **ret_exchange,
             transport_head *ret_head, exs_error *error)
{
	fake_carrier    *carrier = self;
	fake_exchange   *x;
	const fake_step *step;

	pthread_mutex_lock(&carrier->wire->lock);
	step = remember(carrier->wire, request);
	pthread_mutex_unlock(&carrier->wire->lock);
	carrier->arrived = step->status != 0 || step->arrived;
	if (step->status == 0)
		return exs_fail(error, step->failure, "the script says so");
	x = calloc(1, sizeof *x);
	if (x == NULL)
		return mem_fail(error);
	x->wire = carrier->wire;
	x->body = BUF(64 * 1024 * 1024);
	if (x->wire->answer != NULL) {
		const fake_request *asked = &x->wire->requests[x->wire->n_requests - 1];

		x->own.status = x->wire->answer(x->wire->answer_self, asked, &x->body);
		x->own.body = buf_text(&x->body);
		step = &x->own;
	}
	x->step = step;
	x->len = step->body_len > 0 ? step->body_len : step->body == NULL ? 0 : strlen(step->body);
	count(x->wire, 1);
	*ret_head = (transport_head){step->status, span_of(step->fields)};
	*ret_exchange = x;
	return EXS_OK;
}

static exs_status
read_body(void *self, void *exchange, span *ret_piece, exs_error *error)
{
	fake_exchange *x = exchange;
	size_t         left = x->len - x->at, n = x->step->piece;

	(void)self;
	if (left == 0 && x->step->failure != E_NONE)
		return exs_fail(error, x->step->failure, "the script breaks the answer off");
	if (n == 0 || n > left)
		n = left;
	*ret_piece = span_from(n == 0 ? "" : x->step->body + x->at, n);
	x->at += n;
	return EXS_OK;
}

static void
end_exchange(void *self, void *exchange)
{
	fake_exchange *x = exchange;

	(void)self;
	count(x->wire, -1);
	buf_done(&x->body);
	free(x);
}

static bool
may_have_arrived(const void *self)
{
	const fake_carrier *carrier = self;

	return carrier->arrived;
}

static void
close_carrier(void *self)
{
	fake_carrier *carrier = self;

	count(carrier->wire, -1);
	free(carrier);
}

const transport_ops fake_transport_ops = {
	.open = open_request,
	.read = read_body,
	.end = end_exchange,
	.may_have_arrived = may_have_arrived,
	.close = close_carrier,
};
