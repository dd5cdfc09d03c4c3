/* An answer: its header, and its body as a stream. */
#include "http/response.h"

#include "base/error.h"
#include "base/moment.h"

enum { LINES_MAX = 64 * 1024, FIELDS_MAX = 96 * 1024, RETRY_AFTER_MAX_S = 86400 };

exs_status
response_new(const transport_ops *ops, void *transport, const exs_context *context, bool *broken,
             http_response **ret, exs_error *error)
{
	http_response *response = mem_new(1, sizeof *response);

	if (response == NULL)
		return mem_fail(error);
	response->ops = ops;
	response->transport = transport;
	response->context = context;
	response->broken = broken;
	response->lines = BUF(LINES_MAX);
	response->fields = BUF(FIELDS_MAX);
	*ret = response;
	return EXS_OK;
}

void
http_response_free(http_response *response)
{
	if (response == NULL)
		return;
	decoder_free(response->decoder);
	if (response->exchange != NULL)
		response->ops->end(response->transport, response->exchange);
	buf_done(&response->lines);
	buf_done(&response->fields);
	mem_free(response);
}

/* Control bytes, NUL among them, become blanks: a value is used as a string and shown to people. */
static void
add_field(buf *to, span name, span value)
{
	buf_add(to, name);
	buf_byte(to, '\0');
	for (size_t i = 0; i < value.len; i++)
		buf_byte(to, (unsigned char)value.at[i] < 0x20 || value.at[i] == 0x7F ? ' '
		                                                                      : value.at[i]);
	buf_byte(to, '\0');
}

static exs_status
pull(void *self, span *ret_piece, exs_error *error)
{
	http_response *response = self;

	return response->ops->read(response->transport, response->exchange, ret_piece, error);
}

exs_status
response_begin(http_response *response, const transport_head *head, exs_error *error)
{
	span rest = head->fields;

	response->status = head->status;
	while (rest.len > 0) {
		span line = span_cut(&rest, '\n');
		span name;

		if (memchr(line.at, ':', line.len) == NULL)
			continue;
		name = span_trim(span_cut(&line, ':'));
		if (name.len > 0 && memchr(name.at, '\0', name.len) == NULL)
			add_field(&response->fields, name, span_trim(line));
	}
	EXS_TRY(buf_check(&response->fields, "the header of an answer", error));
	return decoder_new(http_header_value(response, "Content-Encoding"), response->status,
	                   (decode_source){response, pull}, response->whence, &response->decoder,
	                   error);
}

int
http_status(const http_response *response)
{
	return response->status;
}

const char *
http_header_value(const http_response *response, const char *name)
{
	const char *at = buf_text(&response->fields), *end = at + response->fields.len;

	while (at < end) {
		const char *value = at + strlen(at) + 1;

		if (span_is_nocase(span_of(at), name))
			return value;
		at = value + strlen(value) + 1;
	}
	return NULL;
}

bool
http_date(const http_response *response, int64_t *ret_seconds)
{
	const char *date = http_header_value(response, "Date");

	return date != NULL && moment_parse_http(span_of(date), ret_seconds);
}

int64_t
http_retry_after(const http_response *response)
{
	span     text = span_of(http_header_value(response, "Retry-After"));
	uint64_t delay;
	int64_t  at, now;

	if (text.len == 0)
		return -1;
	if (span_unsigned(text, &delay))
		return delay > RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S : (int64_t)delay;
	if (!moment_parse_http(text, &at))
		return -1;
	/* the server's clock, when it tells it, is the one its date was made with */
	if (!http_date(response, &now))
		now = context_now(response->context);
	if (at <= now)
		return 0;
	return at - now > RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S : at - now;
}

exs_status
http_read(http_response *response, span *ret_piece, exs_error *error)
{
	span       piece = {"", 0};
	exs_status status = decoder_read(response->decoder, &piece, error);

	if (status != EXS_OK) {
		*response->broken = true;
		return status;
	}
	*ret_piece = piece;
	return EXS_OK;
}

exs_status
http_read_all(http_response *response, buf *to, exs_error *error)
{
	for (;;) {
		span piece;

		EXS_TRY(http_read(response, &piece, error));
		if (piece.len == 0)
			return buf_check(to, "an answer", error);
		if (piece.len > to->ceiling - to->len)
			return exs_fail(error, E_ANSWER_SIZE,
			                "the answer of %s is larger than the %zu bytes it may have",
			                response->whence, to->ceiling);
		buf_add(to, piece);
	}
}
