/* A body's content coding undone, a piece at a time. */
#include "http/decode.h"

#include "base/error.h"

#define ZLIB_CONST /* its input is read, not written */
#include <zlib.h>

enum { ROOM = 64 * 1024, GZIP_WINDOW = 15 + 16, FIRST_ERROR_STATUS = 400 };

typedef enum coding { UNDECIDED, PLAIN, GZIP } coding;

struct decoder {
	coding        coding;
	bool          labelled; /* the header says gzip */
	bool          lenient;  /* an error's body is looked at rather than believed */
	const char   *whence;
	decode_source source;
	span          next, after; /* coded bytes at hand, in this order */
	char          alone[1];    /* keeps a first byte that came by itself */
	z_stream      z;
	bool          z_open, member_done, ended;
	char         *room;
};

exs_status
decoder_new(const char *name, int status, decode_source source, const char *whence, decoder **ret,
            exs_error *error)
{
	span     said = span_trim(span_of(name));
	decoder *d;
	bool     gzip = span_is_nocase(said, "gzip") || span_is_nocase(said, "x-gzip");

	if (said.len > 0 && !gzip && !span_is_nocase(said, "identity"))
		return exs_fail(error, E_ANSWER,
		                "the answer of %s is coded as \"" SPAN_FORMAT
		                "\", which nobody asked for",
		                whence, SPAN_PRINT(said));
	d = mem_new(1, sizeof *d);
	if (d == NULL)
		return mem_fail(error);
	d->labelled = gzip;
	d->lenient = status >= FIRST_ERROR_STATUS;
	d->coding = gzip || d->lenient ? UNDECIDED : PLAIN;
	d->source = source;
	d->whence = whence;
	*ret = d;
	return EXS_OK;
}

void
decoder_free(decoder *d)
{
	if (d == NULL)
		return;
	if (d->z_open)
		(void)inflateEnd(&d->z);
	mem_wipe_free(d->room, d->room == NULL ? 0 : ROOM);
	mem_free(d);
}

/* Makes d->next the bytes that come next; empty at the end. */
static exs_status
fill(decoder *d, exs_error *error)
{
	if (d->next.len > 0 || d->ended)
		return EXS_OK;
	if (d->after.len > 0) {
		d->next = d->after;
		d->after.len = 0;
		return EXS_OK;
	}
	EXS_TRY(d->source.pull(d->source.self, &d->next, error));
	d->ended = d->next.len == 0;
	return EXS_OK;
}

static exs_status
start_gzip(decoder *d, exs_error *error)
{
	d->room = mem_new(1, ROOM);
	if (d->room == NULL || inflateInit2(&d->z, GZIP_WINDOW) != Z_OK)
		return mem_fail(error);
	d->z_open = true;
	d->coding = GZIP;
	return EXS_OK;
}

/* Looks at the first two bytes: RFC 1952 section 2.3.1. */
static exs_status
decide(decoder *d, exs_error *error)
{
	char first, second;

	EXS_TRY(fill(d, error));
	if (d->next.len == 1) {
		d->alone[0] = d->next.at[0];
		EXS_TRY(d->source.pull(d->source.self, &d->after, error));
		d->next = span_from(d->alone, 1);
	}
	if (d->next.len == 0) {
		d->coding = PLAIN;
		return EXS_OK;
	}
	first = d->next.at[0];
	second = d->next.len > 1 ? d->next.at[1] : d->after.len > 0 ? d->after.at[0] : '\0';
	if (first == '\x1F' && second == '\x8B')
		return start_gzip(d, error);
	if (d->labelled && !d->lenient)
		return exs_fail(error, E_ANSWER, "%s says that its answer is gzip, but it is not",
		                d->whence);
	d->coding = PLAIN;
	return EXS_OK;
}

static exs_status
inflate_some(decoder *d, size_t *ret_made, exs_error *error)
{
	size_t given = d->next.len < ROOM ? d->next.len : ROOM;
	int    result;

	if (d->member_done) {
		(void)inflateReset(&d->z);
		d->member_done = false;
	}
	d->z.next_in = (const Bytef *)d->next.at;
	d->z.avail_in = (uInt)given;
	d->z.next_out = (Bytef *)d->room;
	d->z.avail_out = ROOM;
	result = inflate(&d->z, Z_NO_FLUSH);
	if (result == Z_MEM_ERROR)
		return mem_fail(error);
	if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
		return exs_fail(error, E_ANSWER, "the compressed answer of %s is damaged", d->whence);
	given -= d->z.avail_in;
	d->next = span_from(d->next.at + given, d->next.len - given);
	d->member_done = result == Z_STREAM_END;
	*ret_made = ROOM - d->z.avail_out;
	return EXS_OK;
}

static exs_status
read_gzip(decoder *d, span *ret_piece, exs_error *error)
{
	size_t made = 0;

	while (made == 0) {
		/* a full room may have left more inside zlib than is at hand outside */
		if (d->next.len == 0 && (d->member_done || d->z.avail_out > 0))
			EXS_TRY(fill(d, error));
		if (d->ended && d->member_done)
			break;
		if (d->ended)
			return exs_fail(error, E_NETWORK,
			                "the compressed answer of %s ended before it was whole",
			                d->whence);
		EXS_TRY(inflate_some(d, &made, error));
	}
	*ret_piece = span_from(d->room, made);
	return EXS_OK;
}

exs_status
decoder_read(decoder *d, span *ret_piece, exs_error *error)
{
	if (d->coding == UNDECIDED)
		EXS_TRY(decide(d, error));
	if (d->coding == GZIP)
		return read_gzip(d, ret_piece, error);
	EXS_TRY(fill(d, error));
	*ret_piece = d->next;
	d->next.len = 0;
	return EXS_OK;
}
