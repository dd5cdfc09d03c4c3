/* A name as people write it as an X.509 name. */
#include "sign/subject.h"

#include "base/buf.h"
#include "base/encode.h"
#include "base/error.h"

#include <openssl/err.h>
#include <openssl/objects.h>

enum { PARTS_MAX = 32, TYPE_ROOM = 32 };

/* The types that certificates for programs use; others are refused rather than guessed. */
static const char *const types[] = {"CN", "O",  "OU", "C",  "ST", "L",  "DC", "UID", "street",
                                    "serialNumber", "emailAddress", "GN", "SN", "title"};

enum { N_TYPES = sizeof types / sizeof types[0] };

typedef struct part {
	const char *type;
	buf         value;
	bool        joins; /* with the part before it, by + */
} part;

typedef struct parts {
	part   at[PARTS_MAX];
	size_t n;
} parts;

static void
parts_done(parts *p)
{
	for (size_t i = 0; i < p->n; i++)
		buf_done(&p->at[i].value);
}

typedef X509_NAME x509_name;

static void
x509_name_free(x509_name *name)
{
	X509_NAME_free(name);
}
EXS_DEFINE_AUTO(x509_name)

static exs_status
fail_name(const char *what, span near, exs_error *error)
{
	exs_status status = exs_fail(error, E_USAGE, "the name is not understood: %s", what);

	error_why(error, "at \"" SPAN_FORMAT "\"", SPAN_PRINT(near));
	error_fix(error, "write it like CN=exo-automation,O=Contoso; a comma within a value is \\,");
	return status;
}

static exs_status
take_type(span word, part *p, exs_error *error)
{
	char       name[TYPE_ROOM];
	exs_status status;
	const char *nearest;

	word = span_trim(word);
	for (size_t i = 0; i < N_TYPES; i++)
		if (span_is_nocase(word, types[i])) {
			p->type = types[i];
			return EXS_OK;
		}
	snprintf(name, sizeof name, SPAN_FORMAT, SPAN_PRINT(word));
	status = fail_name("this is no type of a name's part", word, error);
	nearest = span_nearest(word, types, N_TYPES);
	error_fix(error, "%s%s; known are CN, O, OU, C, ST, L, DC, UID, street, serialNumber, emailAddress, GN, SN, title",
	          nearest == NULL ? "use another" : "perhaps ", nearest == NULL ? "" : nearest);
	return status;
}

/* Behind a backslash: a special character as itself, or two hexadecimal digits. Returns how many bytes it took, 0: wrong. */
static size_t
take_escape(span rest, buf *to)
{
	static const char special[] = " \"#+,;<=>\\";

	if (rest.len >= 1 && strchr(special, rest.at[0]) != NULL && rest.at[0] != '\0') {
		buf_byte(to, rest.at[0]);
		return 1;
	}
	return rest.len >= 2 && decode_hex(to, span_from(rest.at, 2)) ? 2 : 0;
}

static void
drop_blanks_at_end(buf *value, size_t kept)
{
	while (value->len > kept && value->at[value->len - 1] == ' ')
		value->len--;
	if (value->at != NULL)
		value->at[value->len] = '\0';
}

/* One value up to an unescaped , ; or +, which stays in *rest. */
static exs_status
take_value(span *rest, buf *to, exs_error *error)
{
	size_t kept = 0; /* blanks before this are escaped, or inside */

	while (rest->len > 0 && rest->at[0] == ' ')
		*rest = span_from(rest->at + 1, rest->len - 1);
	if (rest->len > 0 && rest->at[0] == '#')
		return fail_name("values in hexadecimal (#...) are not taken", *rest, error);
	while (rest->len > 0 && strchr(",;+", rest->at[0]) == NULL) {
		size_t took = 1;

		if (rest->at[0] == '\\') {
			took = take_escape(span_from(rest->at + 1, rest->len - 1), to);
			if (took++ == 0)
				return fail_name("this is no escape", *rest, error);
			kept = to->len;
		} else if (strchr("\"<>", rest->at[0]) != NULL || rest->at[0] == '\0') {
			return fail_name("this character needs a backslash before it", *rest, error);
		} else {
			buf_byte(to, rest->at[0]);
		}
		*rest = span_from(rest->at + took, rest->len - took);
	}
	drop_blanks_at_end(to, kept);
	return buf_check(to, "a part of the name", error);
}

static exs_status
take_part(span *rest, part *p, exs_error *error)
{
	span      whole = *rest;
	ptrdiff_t equals = span_find(whole, "=");

	p->value = BUF(SUBJECT_MAX);
	if (equals < 0)
		return fail_name("there is no =", whole, error);
	EXS_TRY(take_type(span_from(whole.at, (size_t)equals), p, error));
	*rest = span_from(whole.at + equals + 1, whole.len - (size_t)equals - 1);
	EXS_TRY(take_value(rest, &p->value, error));
	if (p->value.len == 0)
		return fail_name("a part is empty", whole, error);
	if (!span_is_utf8(buf_span(&p->value)) ||
	    memchr(buf_text(&p->value), '\0', p->value.len) != NULL)
		return fail_name("a value is no UTF-8 text", whole, error);
	return EXS_OK;
}

static exs_status
take_parts(span rest, parts *ret, exs_error *error)
{
	bool joins = false;

	do {
		if (ret->n == PARTS_MAX)
			return fail_name("it has too many parts", rest, error);
		ret->at[ret->n].joins = joins;
		EXS_TRY(take_part(&rest, &ret->at[ret->n++], error));
		joins = rest.len > 0 && rest.at[0] == '+';
		if (rest.len == 0)
			return EXS_OK;
		rest = span_from(rest.at + 1, rest.len - 1);
	} while (true);
}

static exs_status
add(X509_NAME *name, const part *p, int set, exs_error *error)
{
	if (X509_NAME_add_entry_by_txt(name, p->type, MBSTRING_UTF8,
	                               (const unsigned char *)buf_text(&p->value),
	                               (int)p->value.len, -1, set) == 1)
		return EXS_OK;
	ERR_clear_error();
	return fail_name(strcmp(p->type, "C") == 0 ? "a country has two letters"
	                                           : "a value is too long for its type",
	                 buf_span(&p->value), error);
}

/* DER goes from the general to the particular: the other way round. Parts joined by + keep together. */
exs_status
subject_parse(const char *text, X509_NAME **ret, exs_error *error)
{
	EXS_SCOPED(parts) all = {.n = 0};
	EXS_AUTO(x509_name) *name = X509_NAME_new();

	if (name == NULL)
		return mem_fail(error);
	if (strlen(text) > SUBJECT_MAX)
		return exs_fail(error, E_USAGE, "a name has at most %d bytes", SUBJECT_MAX);
	EXS_TRY(take_parts(span_of(text), &all, error));
	for (size_t end = all.n; end > 0;) {
		size_t first = end - 1;

		while (all.at[first].joins)
			first--;
		for (size_t i = first; i < end; i++)
			EXS_TRY(add(name, &all.at[i], i == first ? 0 : -1, error));
		end = first;
	}
	EXS_GIVE(ret, name);
	return EXS_OK;
}
