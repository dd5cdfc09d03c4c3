/*
 * From a web_answer to the wire. See server_answer.h.
 */
#include "server_answer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <zlib.h>

#include "fault.h"
#include "server.h"

enum { HANG_MS = 120 * 1000, PIECE_BYTES = 16 * 1024 };

/* A body that is not simply sent. */
struct pieces {
	struct text     body;
	enum web_ending ending;
	size_t          cut_at;
	unsigned        trickle_ms;
};

static ssize_t
next_piece(void *self, uint64_t position, char *to, size_t room)
{
	struct pieces *pieces = self;
	size_t end = pieces->body.len;
	size_t len;

	if (pieces->ending == WEB_HANG) {
		server_wait(HANG_MS);
		return MHD_CONTENT_READER_END_WITH_ERROR;
	}
	if (pieces->ending == WEB_CUT || pieces->ending == WEB_CUT_CHUNKED) {
		end = pieces->cut_at < end ? pieces->cut_at : end;
		if (position >= end)
			return MHD_CONTENT_READER_END_WITH_ERROR;
	}
	if (position >= end)
		return MHD_CONTENT_READER_END_OF_STREAM;
	len = end - (size_t)position;
	len = len < room ? len : room;
	if (pieces->ending == WEB_TRICKLE) {
		if (!server_wait(pieces->trickle_ms))
			return MHD_CONTENT_READER_END_WITH_ERROR;
		len = 1;
	}
	memcpy(to, pieces->body.at + position, len);
	return (ssize_t)len;
}

static void
free_pieces(void *self)
{
	struct pieces *pieces = self;

	text_done(&pieces->body);
	free(pieces);
}

static struct MHD_Response *
body_in_pieces(struct web_answer *answer)
{
	struct pieces *pieces = calloc(1, sizeof(*pieces));
	bool chunked = answer->ending == WEB_CUT_CHUNKED;

	if (pieces == NULL)
		abort();
	pieces->body = answer->body;
	pieces->ending = answer->ending;
	pieces->cut_at = answer->cut_at;
	pieces->trickle_ms = answer->trickle_ms;
	answer->body = (struct text){ 0 };
	return MHD_create_response_from_callback(chunked ? MHD_SIZE_UNKNOWN : pieces->body.len,
	                                         PIECE_BYTES, next_piece, pieces, free_pieces);
}

static void
compress_body(struct text *body)
{
	z_stream stream = { 0 };
	struct text small = { 0 };
	char piece[PIECE_BYTES];
	int state;

	/* 16 more than the window's bits asks for gzip's frame; the fastest level, as servers do */
	if (deflateInit2(&stream, 1, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	stream.next_in = (Bytef *)body->at;
	stream.avail_in = (uInt)body->len;
	do {
		stream.next_out = (Bytef *)piece;
		stream.avail_out = sizeof(piece);
		state = deflate(&stream, Z_FINISH);
		text_add(&small, piece, sizeof(piece) - stream.avail_out);
	} while (state == Z_OK);
	deflateEnd(&stream);
	text_done(body);
	*body = small;
}

static bool
client_takes_gzip(struct MHD_Connection *connection)
{
	const char *accepts =
		MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Accept-Encoding");

	return accepts != NULL && strcasestr(accepts, "gzip") != NULL;
}

static void
apply_coding(struct MHD_Connection *connection, struct web_answer *answer)
{
	if (answer->coding == WEB_IDENTITY || answer->body.len == 0)
		return;
	if (answer->coding == WEB_GZIP && !client_takes_gzip(connection))
		return;
	if (answer->coding != WEB_GZIP_LIE)
		compress_body(&answer->body);
	if (answer->coding != WEB_GZIP_UNLABELLED)
		web_set(answer, "Content-Encoding", "gzip");
	if (answer->cut_at > answer->body.len / 2)
		answer->cut_at = answer->body.len / 2;
}

static void
add_date(struct web_answer *answer)
{
	time_t now = time(NULL);
	struct tm utc;
	char date[40];

	for (size_t i = 0; i < answer->n_headers; i++) {
		if (strcasecmp(answer->headers[i].name, "Date") == 0)
			return;
	}
	gmtime_r(&now, &utc);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &utc);
	web_set(answer, "Date", "%s", date);
}

/* The connection goes without a word; the kernel is asked for a reset rather than a goodbye. */
static enum MHD_Result
cut_off(struct MHD_Connection *connection)
{
	const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	const union MHD_ConnectionInfo *socket_of =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	if (socket_of != NULL)
		setsockopt(socket_of->connect_fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	return MHD_NO;
}

enum MHD_Result
server_send(struct MHD_Connection *connection, struct web_answer *answer)
{
	bool dateless = fault_acts("no-date", NULL, NULL);
	struct MHD_Response *response;
	enum MHD_Result queued;

	if (answer->delay_ms != 0 && !server_wait(answer->delay_ms))
		return MHD_NO;
	if (answer->ending == WEB_RESET)
		return cut_off(connection);
	apply_coding(connection, answer);
	if (answer->ending == WEB_WHOLE) {
		response = MHD_create_response_from_buffer(answer->body.len, answer->body.at,
		                                           MHD_RESPMEM_MUST_FREE);
		answer->body = (struct text){ 0 };
	} else {
		response = body_in_pieces(answer);
	}
	if (response == NULL)
		return MHD_NO;
	if (answer->content_type != NULL)
		MHD_add_response_header(response, "Content-Type", answer->content_type);
	if (!dateless)
		add_date(answer);
	for (size_t i = 0; i < answer->n_headers; i++) {
		if (dateless && strcasecmp(answer->headers[i].name, "Date") == 0)
			continue;
		MHD_add_response_header(response, answer->headers[i].name,
		                        answer->headers[i].value);
	}
	queued = MHD_queue_response(connection, (unsigned)answer->status, response);
	MHD_destroy_response(response);
	return queued;
}
