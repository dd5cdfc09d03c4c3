/* Content coding undone: whole, in pieces, damaged, and lied about. */
#include "http/decode.h"
#include "support/test.h"

#include <stdlib.h>
#include <zlib.h>

EXS_DEFINE_AUTO(decoder)

/* Coded bytes, handed out a piece at a time. */
typedef struct feed {
	span   rest;
	size_t piece, pulls;
} feed;

static exs_status
pull(void *self, span *ret_piece, exs_error *error)
{
	feed  *f = self;
	size_t n = f->rest.len < f->piece ? f->rest.len : f->piece;

	(void)error;
	f->pulls++;
	*ret_piece = span_from(f->rest.at, n);
	f->rest = span_from(f->rest.at + n, f->rest.len - n);
	return EXS_OK;
}

static void
add_gzip(buf *to, span plain)
{
	z_stream z = {0};
	uLong    room;
	char    *at;

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	room = deflateBound(&z, plain.len) + 64;
	at = buf_grow(to, room);
	assert_non_null(at);
	z.next_in = (unsigned char *)(uintptr_t)plain.at;
	z.avail_in = (unsigned)plain.len;
	z.next_out = (unsigned char *)at;
	z.avail_out = (unsigned)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	buf_grew(to, room - z.avail_out);
	deflateEnd(&z);
}

static exs_status
decode(const char *coding, int status, span coded, size_t piece, buf *to, size_t *ret_longest)
{
	feed               f = {coded, piece, 0};
	EXS_AUTO(decoder) *d = NULL;
	size_t             longest = 0;

	EXS_TRY(decoder_new(coding, status, (decode_source){&f, pull}, "x.example", &d, test_error()));
	for (;;) {
		span got;

		EXS_TRY(decoder_read(d, &got, test_error()));
		if (got.len == 0)
			break;
		longest = got.len > longest ? got.len : longest;
		buf_add(to, got);
	}
	if (ret_longest != NULL)
		*ret_longest = longest;
	return EXS_OK;
}

static void
plain_text_passes(void **state)
{
	static const char *const codings[] = {NULL, "", "identity"};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		for (size_t piece = 1; piece < 12; piece++) {
			EXS_SCOPED(buf) out = BUF(100);

			assert_ok(decode(codings[i], 200, span_of("plain text"), piece, &out, NULL));
			assert_span(buf_span(&out), "plain text");
		}
}

static void
gzip_is_undone_in_pieces_of_any_size(void **state)
{
	EXS_SCOPED(buf) coded = BUF(4096);

	(void)state;
	add_gzip(&coded, span_of("{\"value\":[1,2,3]}"));
	for (size_t piece = 1; piece <= coded.len; piece++) {
		EXS_SCOPED(buf) out = BUF(100);

		assert_ok(decode("gzip", 200, buf_span(&coded), piece, &out, NULL));
		assert_span(buf_span(&out), "{\"value\":[1,2,3]}");
	}
}

static void
members_may_follow_each_other(void **state)
{
	EXS_SCOPED(buf) coded = BUF(4096);
	EXS_SCOPED(buf) out = BUF(100);

	(void)state;
	add_gzip(&coded, span_of("one, "));
	add_gzip(&coded, span_of("two"));
	assert_ok(decode("X-GZIP", 200, buf_span(&coded), 7, &out, NULL));
	assert_span(buf_span(&out), "one, two");
}

static void
a_bomb_comes_out_in_small_pieces(void **state)
{
	size_t          len = 8 * 1024 * 1024, longest = 0;
	char           *zeros = calloc(1, len);
	EXS_SCOPED(buf) coded = BUF(16 * 1024 * 1024);
	EXS_SCOPED(buf) out = BUF(16 * 1024 * 1024);

	(void)state;
	add_gzip(&coded, span_from(zeros, len));
	free(zeros);
	assert_true(coded.len < 20000);
	assert_ok(decode("gzip", 200, buf_span(&coded), coded.len, &out, &longest));
	assert_int_equal(out.len, len);
	assert_true(longest <= 64 * 1024);
}

static void
half_a_gzip_is_an_error_wherever_it_ends(void **state)
{
	EXS_SCOPED(buf) coded = BUF(4096);

	(void)state;
	add_gzip(&coded, span_of("a text that is long enough to be cut anywhere"));
	for (size_t len = 2; len < coded.len; len++) {
		EXS_SCOPED(buf) out = BUF(100);

		assert_fails(decode("gzip", 200, span_from(coded.at, len), 5, &out, NULL), test_error(),
		             E_NETWORK);
	}
}

static void
damage_is_found(void **state)
{
	EXS_SCOPED(buf) coded = BUF(4096);
	EXS_SCOPED(buf) out = BUF(4096);

	(void)state;
	add_gzip(&coded, span_of("a text whose checksum is going to be wrong"));
	coded.at[coded.len - 5] ^= 1;
	assert_fails(decode("gzip", 200, buf_span(&coded), 100, &out, NULL), test_error(), E_ANSWER);
	coded.at[coded.len - 5] ^= 1;
	buf_puts(&coded, "and more");
	assert_fails(decode("gzip", 200, buf_span(&coded), 100, &out, NULL), test_error(), E_ANSWER);
}

static void
a_good_status_is_held_to_its_word(void **state)
{
	EXS_SCOPED(buf) out = BUF(100);

	(void)state;
	assert_fails(decode("gzip", 200, span_of("plain text"), 100, &out, NULL), test_error(), E_ANSWER);
	assert_fails(decode("gzip", 200, span_of("p"), 100, &out, NULL), test_error(), E_ANSWER);
	assert_ok(decode("gzip", 204, span_of(""), 100, &out, NULL));
	assert_int_equal(out.len, 0);
}

static void
an_error_is_read_whatever_it_says_it_is(void **state)
{
	EXS_SCOPED(buf) coded = BUF(4096);
	EXS_SCOPED(buf) out = BUF(100);

	(void)state;
	for (size_t piece = 1; piece < 4; piece++) {
		buf_clear(&out);
		assert_ok(decode("gzip", 403, span_of("plain text"), piece, &out, NULL));
		assert_span(buf_span(&out), "plain text");
	}
	buf_clear(&out);
	assert_ok(decode("gzip", 403, span_of("x"), 1, &out, NULL));
	assert_span(buf_span(&out), "x");
	add_gzip(&coded, span_of("unlabelled"));
	buf_clear(&out);
	assert_ok(decode(NULL, 500, buf_span(&coded), 1, &out, NULL));
	assert_span(buf_span(&out), "unlabelled");
}

static void
what_nobody_asked_for_is_refused(void **state)
{
	EXS_SCOPED(buf) out = BUF(100);

	(void)state;
	assert_fails(decode("br", 200, span_of("x"), 1, &out, NULL), test_error(), E_ANSWER);
	assert_fails(decode("gzip, gzip", 200, span_of("x"), 1, &out, NULL), test_error(), E_ANSWER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_passes),
		cmocka_unit_test(gzip_is_undone_in_pieces_of_any_size),
		cmocka_unit_test(members_may_follow_each_other),
		cmocka_unit_test(a_bomb_comes_out_in_small_pieces),
		cmocka_unit_test(half_a_gzip_is_an_error_wherever_it_ends),
		cmocka_unit_test(damage_is_found),
		cmocka_unit_test(a_good_status_is_held_to_its_word),
		cmocka_unit_test(an_error_is_read_whatever_it_says_it_is),
		cmocka_unit_test(what_nobody_asked_for_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
