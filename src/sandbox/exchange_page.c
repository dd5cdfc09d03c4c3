/*
 * Long answers, a page at a time. See exchange_page.h.
 */
#include "exchange_page.h"

#include <ctype.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "exchange_call.h"
#include "exchange_filter.h"
#include "fault.h"
#include "tenant.h"

enum {
	PAGE_MAX = 1000,
	LINK_SECONDS = 30 * 60,
	SEAL_LEN = 16,
	CURSOR_LEN = 8 + 8 + SEAL_LEN,
	GET_BODY_MAX = 4096,
};

static unsigned char sealing_key[32];

void
page_start(void)
{
	RAND_bytes(sealing_key, sizeof(sealing_key));
}

static void
write_number(unsigned char *at, uint64_t number)
{
	for (int i = 7; i >= 0; i--) {
		at[i] = (unsigned char)number;
		number >>= 8;
	}
}

static uint64_t
read_number(const unsigned char *at)
{
	uint64_t number = 0;

	for (int i = 0; i < 8; i++)
		number = number << 8 | at[i];
	return number;
}

/* Base64 as it may stand in a query, without padding. */
static void
encode(struct text *out, const unsigned char *bytes, size_t len)
{
	char *encoded = malloc(4 * ((len + 2) / 3) + 1);

	if (encoded == NULL)
		abort();
	EVP_EncodeBlock((unsigned char *)encoded, bytes, (int)len);
	for (char *c = encoded; *c != '\0'; c++)
		*c = (char)(*c == '+' ? '-' : *c == '/' ? '_' : *c);
	text_add(out, encoded, strcspn(encoded, "="));
	free(encoded);
}

/* Decodes what encode wrote; the length, or -1 when it is not of that form or does not fit. */
static int
decode(const char *encoded, unsigned char *bytes, size_t size)
{
	size_t len = strlen(encoded), padding = (4 - len % 4) % 4;
	struct text padded = { 0 };
	int decoded = -1;

	text_add(&padded, encoded, len);
	text_add(&padded, "===", padding);
	for (char *c = padded.at; *c != '\0'; c++)
		*c = (char)(*c == '-' ? '+' : *c == '_' ? '/' : *c);
	if (padding < 3 && padded.len / 4 * 3 <= size)
		decoded = EVP_DecodeBlock(bytes, (const unsigned char *)padded.at, (int)padded.len);
	text_done(&padded);
	return decoded >= (int)padding ? decoded - (int)padding : -1;
}

/* Everything a cursor is bound to, the caller included. */
static void
seal(const struct call *call, const unsigned char where[16], unsigned char sealed[SEAL_LEN])
{
	const char *anchor = web_header(call->request, "X-AnchorMailbox");
	unsigned char digest[SHA256_DIGEST_LENGTH], mac[EVP_MAX_MD_SIZE];
	struct text bound = { 0 };

	SHA256((const unsigned char *)call->body, call->body_len, digest);
	text_add(&bound, (const char *)where, 16);
	text_add(&bound, (const char *)digest, sizeof(digest));
	text_addf(&bound, "%s\n%s\n%s\n", anchor != NULL ? anchor : "", call->cookie,
	          call->bearer.appid);
	for (size_t i = 0; i < call->selection.count; i++)
		text_addf(&bound, "%s,", call->selection.names[i]);
	HMAC(EVP_sha256(), sealing_key, sizeof(sealing_key), (const unsigned char *)bound.at, bound.len,
	     mac, NULL);
	memcpy(sealed, mac, SEAL_LEN);
	text_done(&bound);
}

static bool
read_cursor(struct call *call)
{
	unsigned char cursor[CURSOR_MAX], sealed[SEAL_LEN];
	uint64_t now = (uint64_t)time(NULL), issued;

	if (strncmp(call->cursor, "Pg", 2) != 0 ||
	    decode(call->cursor + 2, cursor, sizeof(cursor)) != CURSOR_LEN)
		return false;
	seal(call, cursor, sealed);
	if (CRYPTO_memcmp(sealed, cursor + 16, SEAL_LEN) != 0)
		return false;
	issued = read_number(cursor + 8);
	if (issued > now || now - issued > LINK_SECONDS)
		return false;
	call->page_from = read_number(cursor);
	return true;
}

/* odata.maxpagesize of the Prefer header; 0 when it asks for nothing. */
static unsigned
preferred_size(const struct call *call)
{
	const char *prefer = web_header(call->request, "Prefer");
	const char *size = prefer != NULL ? strcasestr(prefer, "odata.maxpagesize") : NULL;

	if (size == NULL)
		return 0;
	size += strlen("odata.maxpagesize");
	size += strspn(size, " =");
	return (unsigned)strtoul(size, NULL, 10);
}

bool
page_open(struct call *call)
{
	unsigned preferred = preferred_size(call);
	long result_size = parameter_number(call, "ResultSize", -1);

	call->page_limit = preferred > 0 && preferred < PAGE_MAX ? preferred : PAGE_MAX;
	if (result_size >= 0 && (unsigned long)result_size < call->page_limit)
		call->page_limit = (unsigned)result_size;
	if (strstr(call->request->query, "skiptoken") == NULL)
		return true;
	call->page_continues = true;
	if (fault_acts("x-link-never", call->cmdlet->name, NULL) ||
	    fault_acts("x-link-expired", call->cmdlet->name, NULL) ||
	    (call->cmdlet->flags & CMDLET_PAGED) == 0 ||
	    !web_field(call->request->query, "$skiptoken", call->cursor, CURSOR_MAX) ||
	    !read_cursor(call))
		call_fail(call, FAILURE_PAGE, "%s", failure_text(FAILURE_PAGE));
	return !call->failed;
}

cJSON *
source_read(const struct source *source, uint64_t at, const struct selection *selection)
{
	struct text text = { 0 };
	struct row row;
	cJSON *read;

	row_open(&row, &text, selection);
	source->write(&row, source->context, at);
	row_close(&row);
	read = cJSON_ParseWithLength(text.at, text.len);
	text_done(&text);
	return read;
}

static bool
passes(struct call *call, const struct source *source, const struct filter *filter, uint64_t at)
{
	bool matches;
	cJSON *object;

	if (filter == NULL)
		return true;
	object = source_read(source, at, filter_selection(filter));
	matches = filter_matches(call, filter, object);
	cJSON_Delete(object);
	return matches;
}

void
page_walk(struct call *call, const struct source *source)
{
	const char *condition = parameter_string(call, "Filter");
	struct filter *filter = NULL;
	uint64_t at = call->page_from;
	unsigned written = 0;

	if (call->page_limit == 0)
		return;
	if (condition != NULL && (filter = filter_parse(call, condition)) == NULL)
		return;
	for (; !call->failed && source->next(call, source->context, &at); at++) {
		struct row row;

		if (!passes(call, source, filter, at))
			continue;
		if (written == call->page_limit) {
			call->page_more = true;
			call->page_next = at;
			break;
		}
		call_row(call, &row);
		source->write(&row, source->context, at);
		call_row_end(call, &row);
		written++;
	}
	if (call->page_more && parameter_number(call, "ResultSize", 0) >= 0)
		call_warn(call, PAGE_MORE_RESULTS);
	filter_free(filter);
}

static void
write_cursor(struct call *call, struct text *out, uint64_t from)
{
	unsigned char cursor[CURSOR_LEN];

	write_number(cursor, from);
	write_number(cursor + 8, (uint64_t)time(NULL));
	seal(call, cursor, cursor + 16);
	text_puts(out, "Pg");
	encode(out, cursor, sizeof(cursor));
}

/* The selection goes on into the next page, so the link repeats it. */
static void
write_selection(const struct call *call, struct text *out)
{
	for (size_t i = 0; i < call->selection.count; i++) {
		text_puts(out, i == 0 ? "%24select=" : ",");
		for (const char *c = call->selection.names[i]; *c != '\0'; c++)
			text_addf(out, isalnum((unsigned char)*c) ? "%c" : "%%%02X", (unsigned char)*c);
	}
	text_puts(out, call->selection.count != 0 ? "&" : "");
}

void
page_write_link(struct call *call, struct text *out)
{
	const char *cmdlet = call->cmdlet->name;
	struct fault_hit hit;

	text_puts(out, ",\"@odata.nextLink\":");
	if (fault_acts("x-link-foreign", cmdlet, &hit)) {
		text_json(out, hit.argument);
		return;
	}
	text_addf(out, "\"%s%s?", tenant_origin(), call->request->path);
	if (call->link_query != NULL)
		text_puts(out, call->link_query);
	else
		write_selection(call, out);
	text_puts(out, "%24skiptoken=");
	if (!fault_acts("x-link-loop", cmdlet, NULL))
		write_cursor(call, out, call->page_next);
	else if (call->page_continues)
		text_puts(out, call->cursor);
	else
		write_cursor(call, out, call->page_from);
	if (call->body_len <= GET_BODY_MAX &&
	    (call->own_body != NULL || fault_acts("x-link-get", cmdlet, NULL))) {
		text_puts(out, "&%24body=");
		encode(out, (const unsigned char *)call->body, call->body_len);
	}
	text_puts(out, "\"");
}

void
page_bring_body(struct call *call)
{
	char encoded[GET_BODY_MAX * 2];
	int len;

	if (!web_field(call->request->query, "$body", encoded, sizeof(encoded)))
		return;
	call->own_body = calloc(1, sizeof(encoded));
	if (call->own_body == NULL)
		abort();
	len = decode(encoded, (unsigned char *)call->own_body, sizeof(encoded) - 1);
	call->body = call->own_body;
	call->body_len = len > 0 ? (size_t)len : 0;
	call->own_body[call->body_len] = '\0';
}
