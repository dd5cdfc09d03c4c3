/* The certificates of an application as Graph shows them. */
#include "graph/keycred.h"

#include "api/plain.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/jsontext.h"
#include "base/moment.h"
#include "graph/graph.h"

#include <openssl/evp.h>

enum { SHA1_LEN = 20, SHA1_HEX = 40, TEXT_MAX = 64 * 1024 };

static bool
is_hex(span text)
{
	EXS_SCOPED(buf) bytes = BUF(64);

	return text.len == SHA1_HEX && decode_hex(&bytes, text);
}

static void
take_hex(span text, char ret[41])
{
	for (size_t i = 0; i < SHA1_HEX; i++) {
		char c = text.at[i];

		ret[i] = (char)(c >= 'a' && c <= 'f' ? c - 'a' + 'A' : c);
	}
	ret[SHA1_HEX] = '\0';
}

/* base64 of 20 bytes, base64 of their 40 hexadecimal digits, or the digits themselves: uploaders have done all three. */
static void
read_identifier(span text, char ret[41])
{
	EXS_SCOPED(buf) bytes = BUF(TEXT_MAX);
	EXS_SCOPED(buf) hex = BUF(128);

	ret[0] = '\0';
	if (is_hex(text)) {
		take_hex(text, ret);
		return;
	}
	if (!decode_base64(&bytes, text))
		return;
	if (bytes.len == SHA1_LEN) {
		encode_hex(&hex, buf_span(&bytes), true);
		take_hex(buf_span(&hex), ret);
	} else if (is_hex(buf_span(&bytes))) {
		take_hex(buf_span(&bytes), ret);
	}
}

static void
digest(span der, const EVP_MD *md, char *ret)
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	unsigned      len = 0;
	EXS_SCOPED(buf) hex = BUF(2 * EVP_MAX_MD_SIZE + 1);

	if (EVP_Digest(der.at, der.len, bytes, &len, md, NULL) != 1)
		return;
	encode_hex(&hex, span_from((const char *)bytes, len), true);
	memcpy(ret, buf_text(&hex), hex.len + 1);
}

static void
read_key(span entry, keycred *k)
{
	EXS_SCOPED(buf) text = BUF(TEXT_MAX);
	EXS_SCOPED(buf) der = BUF(TEXT_MAX);

	graph_text(&text, entry, "key");
	if (text.len == 0 || !decode_base64(&der, buf_span(&text)) || der.len == 0)
		return;
	digest(buf_span(&der), EVP_sha256(), k->sha256);
	digest(buf_span(&der), EVP_sha1(), k->sha1);
}

static int64_t
read_time(span entry, const char *member)
{
	EXS_SCOPED(buf) text = BUF(64);
	int64_t seconds = 0;

	graph_text(&text, entry, member);
	return moment_parse(buf_span(&text), &seconds) ? seconds : 0;
}

static bool
says(span entry, const char *member, const char *word)
{
	EXS_SCOPED(buf) text = BUF(64);

	graph_text(&text, entry, member);
	return span_is_nocase(buf_span(&text), word);
}

bool
keycred_read(span entry, keycred *ret)
{
	EXS_SCOPED(buf) text = BUF(TEXT_MAX);
	keycred k = {.raw = entry};
	char    id[GRAPH_ID_MAX];

	if (jsontext_kind_of(entry) != JSONTEXT_OBJECT)
		return false;
	if (graph_id(entry, "keyId", id) && strlen(id) < sizeof k.key_id)
		memcpy(k.key_id, id, strlen(id) + 1);
	graph_text(&text, entry, "customKeyIdentifier");
	read_identifier(buf_span(&text), k.sha1);
	read_key(entry, &k);
	buf_clear(&text);
	graph_text(&text, entry, "displayName");
	plain_copy(k.name, sizeof k.name, buf_span(&text));
	k.start = read_time(entry, "startDateTime");
	k.end = read_time(entry, "endDateTime");
	k.verifies = says(entry, "usage", "Verify") && says(entry, "type", "AsymmetricX509Cert");
	*ret = k;
	return true;
}

exs_status
keycreds_of(span application, keycreds *ret, exs_error *error)
{
	span array = jsontext_kind_of(application) == JSONTEXT_OBJECT
	                     ? jsontext_member(application, "keyCredentials")
	                     : span_from(NULL, 0);

	if (array.at == NULL || jsontext_kind_of(array) != JSONTEXT_ARRAY)
		return exs_fail(error, E_ANSWER, "the application came without its list of certificates");
	ret->array = array;
	ret->rest = jsontext_open(array).rest;
	return EXS_OK;
}

bool
keycreds_next(keycreds *all, keycred *ret)
{
	jsontext_walk walk = {.rest = all->rest, .object = false};
	span          name, value;

	while (jsontext_next(&walk, &name, &value)) {
		all->rest = walk.rest;
		if (keycred_read(value, ret))
			return true;
	}
	all->rest = walk.rest;
	return false;
}

bool
keycred_is(const keycred *k, const char *sha1, const char *sha256)
{
	if (k->sha256[0] != '\0' && sha256[0] != '\0')
		return span_is_nocase(span_of(k->sha256), sha256);
	return k->sha1[0] != '\0' && span_is_nocase(span_of(k->sha1), sha1);
}

void
keycred_write(buf *to, span der, const char *name, const char *key_id)
{
	buf_puts(to, "{\"type\":\"AsymmetricX509Cert\",\"usage\":\"Verify\",\"displayName\":");
	jsontext_quote(to, span_of(name));
	buf_puts(to, ",\"key\":\"");
	encode_base64(to, der);
	buf_byte(to, '"');
	if (key_id != NULL)
		buf_addf(to, ",\"keyId\":\"%s\"", key_id);
	buf_byte(to, '}');
}

exs_status
keycreds_patch(const keycreds *all, const char *without, span added, buf *to, exs_error *error)
{
	jsontext_walk walk = jsontext_open(all->array);
	const char   *separator = "";
	span          name, value;

	buf_puts(to, "{\"keyCredentials\":[");
	while (jsontext_next(&walk, &name, &value)) {
		keycred k;

		if (without != NULL && keycred_read(value, &k) &&
		    span_is_nocase(span_of(k.key_id), without))
			continue;
		buf_puts(to, separator);
		buf_add(to, value);
		separator = ",";
	}
	if (added.len > 0) {
		buf_puts(to, separator);
		buf_add(to, added);
	}
	buf_puts(to, "]}");
	return buf_check(to, "the application's certificates", error);
}
