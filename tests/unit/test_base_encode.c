/* base64, base64url, hexadecimal, percent and form encoding, strict in both directions. */
#include "base/encode.h"
#include "support/test.h"
#include "support/torture.h"

typedef void (*encoder)(buf *, span);
typedef bool (*decoder)(buf *, span);

static void
assert_encodes(encoder encode, span bytes, const char *text)
{
	EXS_SCOPED(buf) b = BUF(4096);

	encode(&b, bytes);
	assert_ok(buf_check(&b, "it", NULL));
	assert_string_equal(buf_text(&b), text);
}

static void
assert_decodes(decoder decode, const char *text, span bytes)
{
	EXS_SCOPED(buf) b = BUF(4096);

	assert_true(decode(&b, span_of(text)));
	assert_true(span_same(buf_span(&b), bytes));
}

static void
assert_refuses(decoder decode, span text)
{
	EXS_SCOPED(buf) b = BUF(4096);

	if (decode(&b, text))
		fail_msg("\"%.*s\" was taken", (int)text.len, text.at);
}

static const struct {
	const char *bytes, *base64, *base64url;
} vectors[] = { /* RFC 4648 section 10, and the two letters that differ */
	{"", "", ""},
	{"f", "Zg==", "Zg"},
	{"fo", "Zm8=", "Zm8"},
	{"foo", "Zm9v", "Zm9v"},
	{"foob", "Zm9vYg==", "Zm9vYg"},
	{"fooba", "Zm9vYmE=", "Zm9vYmE"},
	{"foobar", "Zm9vYmFy", "Zm9vYmFy"},
	{"\xFB\xFF\xBF", "+/+/", "-_-_"},
};

static void
base64_agrees_with_the_standard_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		assert_encodes(encode_base64, span_of(vectors[i].bytes), vectors[i].base64);
		assert_encodes(encode_base64url, span_of(vectors[i].bytes), vectors[i].base64url);
		assert_decodes(decode_base64, vectors[i].base64, span_of(vectors[i].bytes));
		assert_decodes(decode_base64url, vectors[i].base64url, span_of(vectors[i].bytes));
	}
}

static void
every_byte_survives_the_way_there_and_back(void **state)
{
	char bytes[256];

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)i;
	for (size_t len = 250; len <= sizeof bytes; len++) {
		EXS_SCOPED(buf) text = BUF(4096);
		EXS_SCOPED(buf) back = BUF(4096);

		encode_base64url(&text, span_from(bytes, len));
		assert_true(decode_base64url(&back, buf_span(&text)));
		assert_true(span_same(buf_span(&back), span_from(bytes, len)));
		buf_clear(&text);
		buf_clear(&back);
		encode_hex(&text, span_from(bytes, len), false);
		assert_true(decode_hex(&back, buf_span(&text)));
		assert_true(span_same(buf_span(&back), span_from(bytes, len)));
		buf_clear(&text);
		buf_clear(&back);
		encode_percent(&text, span_from(bytes, len));
		assert_true(decode_percent(&back, buf_span(&text)));
		assert_true(span_same(buf_span(&back), span_from(bytes, len)));
	}
}

static void
loose_base64_is_refused(void **state)
{
	(void)state;
	assert_refuses(decode_base64url, span_of("Z"));     /* no byte has six bits */
	assert_refuses(decode_base64url, span_of("Zg=="));  /* padding where there is none */
	assert_refuses(decode_base64url, span_of("Zh"));    /* bits after the end */
	assert_refuses(decode_base64url, span_of("Zm9"));
	assert_refuses(decode_base64url, span_of("Zm+v"));  /* the other alphabet */
	assert_refuses(decode_base64url, span_of("Zm9v\n"));
	assert_refuses(decode_base64url, span_from("Zm\0v", 4));
	assert_refuses(decode_base64, span_of("Zg"));       /* padding missing */
	assert_refuses(decode_base64, span_of("Zg="));
	assert_refuses(decode_base64, span_of("Zg==="));
	assert_refuses(decode_base64, span_of("===="));
	assert_refuses(decode_base64, span_of("Z==="));
	assert_refuses(decode_base64, span_of("Zg==Zg=="));
	assert_refuses(decode_base64, span_of("Zm-v"));
	assert_refuses(decode_base64, span_of("Zm9v Zm9v"));
}

static void
hexadecimal_comes_in_both_cases_and_whole_bytes(void **state)
{
	EXS_SCOPED(buf) b = BUF(16);

	(void)state;
	encode_hex(&b, span_from("\x00\xAB\x7f", 3), true);
	assert_string_equal(buf_text(&b), "00AB7F");
	assert_decodes(decode_hex, "00aB7F", span_from("\x00\xAB\x7f", 3));
	assert_decodes(decode_hex, "", span_of(""));
	assert_refuses(decode_hex, span_of("0"));
	assert_refuses(decode_hex, span_of("0g"));
	assert_refuses(decode_hex, span_of("0x00"));
	assert_refuses(decode_hex, span_of("00 11"));
	assert_refuses(decode_hex, span_from("0\0", 2));
}

static void
percent_leaves_the_unreserved_alone(void **state)
{
	(void)state;
	assert_encodes(encode_percent, span_of("AZaz09-._~"), "AZaz09-._~");
	assert_encodes(encode_percent, span_of("a b/ü&=+%"), "a%20b%2F%C3%BC%26%3D%2B%25");
	assert_decodes(decode_percent, "a%20b%2fc+d", span_of("a b/c+d"));
	assert_refuses(decode_percent, span_of("100%"));
	assert_refuses(decode_percent, span_of("%2"));
	assert_refuses(decode_percent, span_of("%zz"));
	assert_refuses(decode_percent, span_of("%%20"));
}

static void
a_form_is_joined_with_ampersands(void **state)
{
	EXS_SCOPED(buf) b = BUF(200);

	(void)state;
	encode_form(&b, "grant_type", span_of("client_credentials"));
	encode_form(&b, "scope", span_of("https://x/.default"));
	encode_form(&b, "empty", span_of(""));
	assert_string_equal(buf_text(&b),
	                    "grant_type=client_credentials&scope=https%3A%2F%2Fx%2F.default&empty=");
}

static void
a_value_cannot_smuggle_in_another_field(void **state)
{
	EXS_SCOPED(buf) b = BUF(200);

	(void)state;
	encode_form(&b, "scope", span_of("a&client_id=evil\r\n"));
	assert_string_equal(buf_text(&b), "scope=a%26client_id%3Devil%0D%0A");
}

static void
an_encoding_that_does_not_fit_is_remembered(void **state)
{
	EXS_SCOPED(buf) b = BUF(3);
	exs_error *error = test_error();

	(void)state;
	encode_base64url(&b, span_of("foo"));
	assert_fails(buf_check(&b, "it", error), error, E_ANSWER_SIZE);
	buf_clear(&b);
	encode_hex(&b, span_of("foo"), true);
	assert_fails(buf_check(&b, "it", error), error, E_ANSWER_SIZE);
	buf_clear(&b);
	assert_false(decode_base64url(&b, span_of("Zm9vYmFy")));
}

static exs_status
encode_all(void *self, exs_error *error)
{
	EXS_SCOPED(buf) a = BUF(9999);
	EXS_SCOPED(buf) b = BUF(9999);
	EXS_SCOPED(buf) c = BUF(9999);

	encode_base64(&a, span_from(self, 300));
	encode_hex(&b, span_from(self, 300), true);
	encode_percent(&c, span_from(self, 300));
	EXS_TRY(buf_check(&a, "a", error));
	EXS_TRY(buf_check(&b, "b", error));
	return buf_check(&c, "c", error);
}

static void
encoding_without_memory_is_remembered_too(void **state)
{
	char bytes[300] = {0};

	(void)state;
	assert_true(torture(encode_all, bytes) >= 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_agrees_with_the_standard_both_ways),
		cmocka_unit_test(every_byte_survives_the_way_there_and_back),
		cmocka_unit_test(loose_base64_is_refused),
		cmocka_unit_test(hexadecimal_comes_in_both_cases_and_whole_bytes),
		cmocka_unit_test(percent_leaves_the_unreserved_alone),
		cmocka_unit_test(a_form_is_joined_with_ampersands),
		cmocka_unit_test(a_value_cannot_smuggle_in_another_field),
		cmocka_unit_test(an_encoding_that_does_not_fit_is_remembered),
		cmocka_unit_test(encoding_without_memory_is_remembered_too),
	};

	return cmocka_run_group_tests_name("base/encode", tests, NULL, NULL);
}
