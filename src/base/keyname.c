/* How people name a key. */
#include "base/keyname.h"

#include "base/encode.h"
#include "base/error.h"

#define URI_PREFIX        "pkcs11:"
#define THUMBPRINT_PREFIX "thumbprint:"

/* What Windows puts before a thumbprint that is copied out of its certificate window: U+200E, which nobody sees. */
static const char direction_mark[] = "\xE2\x80\x8E";

static const char *const file_endings[] = {".pfx", ".p12", ".pem", ".key", ".der"};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static int
digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static span
from(span s, size_t n)
{
	return span_from(s.at + n, s.len - n);
}

static size_t
word_length(span s)
{
	size_t n = 0;

	while (n < s.len && !is_blank(s.at[n]))
		n++;
	return n;
}

static bool
begins_name(span s)
{
	return span_starts_nocase(s, URI_PREFIX) || span_starts_nocase(s, THUMBPRINT_PREFIX);
}

/* Digits and what may stand between them; how many bytes that was. */
static size_t
take_digits(span s, unsigned char *digest, size_t room, size_t *ret_digits)
{
	size_t n = 0, digits = 0;

	while (n < s.len) {
		int digit = digit_of(s.at[n]);

		if (span_starts(from(s, n), direction_mark)) {
			n += sizeof direction_mark - 1;
			continue;
		}
		if (digit < 0 && !is_blank(s.at[n]) && s.at[n] != ':')
			break;
		if (digit >= 0 && digits < 2 * room)
			digest[digits / 2] = (unsigned char)(digits % 2 == 0 ? digit << 4
			                                                     : digest[digits / 2] | digit);
		digits += digit >= 0;
		n++;
	}
	*ret_digits = digits;
	return n;
}

static void
take_thumbprint(span *rest, keyname *ret)
{
	size_t start = sizeof THUMBPRINT_PREFIX - 1, digits;
	size_t n = start + take_digits(from(*rest, start), ret->digest, sizeof ret->digest, &digits);
	size_t behind = n;

	if (n < rest->len && (rest->at[n] == ';' || rest->at[n] == '?')) {
		behind = n + word_length(from(*rest, n));
		ret->narrowing = span_from(rest->at + n, behind - n);
	} else if (n < rest->len && !(is_blank(rest->at[n - 1]) && begins_name(from(*rest, n)))) {
		digits = 0;
		behind = n + word_length(from(*rest, n));
	}
	ret->kind = digits == 40 || digits == 64 ? KEYNAME_THUMBPRINT : KEYNAME_BROKEN;
	ret->digest_len = ret->kind == KEYNAME_THUMBPRINT ? digits / 2 : 0;
	ret->text = span_trim(span_from(rest->at, behind));
	*rest = from(*rest, behind);
}

/* A path may hold blanks: what counts is how the whole text ends. */
static keyname_kind
kind_of_word(span word, span whole)
{
	if (span_starts_nocase(word, URI_PREFIX))
		return KEYNAME_URI;
	for (size_t i = 0; i < sizeof file_endings / sizeof file_endings[0]; i++)
		if (span_ends_nocase(word, file_endings[i]) || span_ends_nocase(whole, file_endings[i]))
			return KEYNAME_FILE;
	return KEYNAME_OTHER;
}

bool
keyname_next(span *rest, keyname *ret)
{
	size_t n;

	*rest = span_trim(*rest);
	*ret = (keyname){.kind = KEYNAME_OTHER};
	if (rest->len == 0)
		return false;
	if (span_starts_nocase(*rest, THUMBPRINT_PREFIX)) {
		take_thumbprint(rest, ret);
		return true;
	}
	/* all of it is the key: not a word may get lost among names */
	n = span_starts(*rest, "-----BEGIN") ? rest->len : word_length(*rest);
	ret->text = span_from(rest->at, n);
	ret->kind = n == rest->len && span_starts(*rest, "-----BEGIN") ? KEYNAME_FILE
	                                                               : kind_of_word(ret->text, *rest);
	*rest = from(*rest, n);
	return true;
}

static exs_status
fail_file(const char *what, exs_error *error)
{
	exs_status status = exs_fail(error, E_KEY_FILE, "%s: a key in a file or in text is not used", what);

	error_why(error, "we sign with keys that cannot leave their device, and with no others");
	return status;
}

/* A bare thumbprint is what scripts have; it needs its prefix only. */
static exs_status
fail_other(const keyname *name, const char *what, exs_error *error)
{
	unsigned char digest[KEYNAME_DIGEST_MAX];
	size_t        digits;
	bool          bare = take_digits(name->text, digest, sizeof digest, &digits) == name->text.len &&
	            (digits == 40 || digits == 64);
	exs_status    status = exs_fail(error, E_URI,
	                                "%s is a PKCS#11 URI and begins with pkcs11:, or thumbprint: and a "
	                                "certificate's thumbprint", what);

	if (bare)
		error_fix(error, "thumbprint:" SPAN_FORMAT, SPAN_PRINT(name->text));
	return status;
}

static exs_status
check_one(const keyname *name, const keyname *before, const char *what, exs_error *error)
{
	switch (name->kind) {
	case KEYNAME_URI:
	case KEYNAME_THUMBPRINT:
		return EXS_OK;
	case KEYNAME_BROKEN:
		return exs_fail(error, E_URI,
		                "%s has a thumbprint that is neither SHA-1 (40 hexadecimal digits) nor SHA-256 "
		                "(64)", what);
	case KEYNAME_FILE:
		return fail_file(what, error);
	default:
		break;
	}
	if (before->kind == KEYNAME_URI)
		return exs_fail(error, E_URI, "%s holds a blank; in a URI it is written %%20, and of two URIs the "
		                              "second begins with pkcs11: too", what);
	return fail_other(name, what, error);
}

exs_status
keyname_check(span names, const char *what, size_t *ret_n, exs_error *error)
{
	keyname name, before = {.kind = KEYNAME_OTHER};
	size_t  n = 0;

	while (keyname_next(&names, &name)) {
		EXS_TRY(check_one(&name, &before, what, error));
		if (++n > KEYNAMES_MAX)
			return exs_fail(error, E_URI, "%s names more than %d keys", what, (int)KEYNAMES_MAX);
		before = name;
	}
	if (n == 0)
		return exs_fail(error, E_URI, "%s names no key", what);
	*ret_n = n;
	return EXS_OK;
}

void
keyname_print_digest(const keyname *name, buf *to)
{
	encode_hex(to, span_from((const char *)name->digest, name->digest_len), true);
}

void
keyname_print_narrowing(const keyname *name, buf *to)
{
	span rest = name->narrowing;

	if (rest.len == 0)
		return;
	buf_puts(to, URI_PREFIX);
	buf_add(to, rest.at[0] == ';' ? from(rest, 1) : rest);
}
