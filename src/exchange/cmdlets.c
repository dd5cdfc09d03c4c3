/* What an identity may run: kept in a file, fetched from the service. */
#include "base/encode.h"
#include "base/error.h"
#include "base/file.h"
#include "exchange/discover.h"
#include "exchange/invoke.h"

#include <openssl/evp.h>

enum { WHOM_BYTES = 16, WHOM_MAX = 2 * WHOM_BYTES + 1 };

/* Its file, and whom it is for: a hash of who asks whom. */
typedef struct shelf {
	buf  path;
	char whom[WHOM_MAX];
} shelf;

static void
shelf_done(shelf *s)
{
	buf_done(&s->path);
}

static const char *
or_nothing(const char *text)
{
	return text == NULL ? "" : text;
}

/* The service's own address, where the profile names one; else the cloud's name stands for it. */
static exs_status
find_endpoint(const exs_cmdlets_place *place, const char **ret, exs_error *error)
{
	const exs_identity *id = place->identity;

	if (strcmp(place->service, "exchange") == 0)
		*ret = or_nothing(id->endpoint_exchange);
	else if (strcmp(place->service, "compliance") == 0)
		*ret = or_nothing(id->endpoint_compliance);
	else
		return exs_fail(error, E_USAGE, "there is no service \"%.100s\" with cmdlets", place->service);
	return EXS_OK;
}

static exs_status
find_shelf(const exs_cmdlets_place *place, shelf *ret, exs_error *error)
{
	const exs_identity *id = place->identity;
	EXS_SCOPED(buf) whom = BUF(8192);
	EXS_SCOPED(buf) hex = BUF(WHOM_MAX);
	const char   *endpoint = "";
	unsigned char digest[32];

	EXS_TRY(find_endpoint(place, &endpoint, error));
	buf_addf(&whom, "%s\n%s\n%s\n%s\n%s\n", or_nothing(id->cloud), endpoint, or_nothing(id->tenant),
	         or_nothing(id->client_id), place->service);
	EXS_TRY(buf_check(&whom, "an identity", error));
	if (EVP_Digest(buf_text(&whom), whom.len, digest, NULL, EVP_sha256(), NULL) != 1)
		return mem_fail(error);
	encode_hex(&hex, span_from((const char *)digest, WHOM_BYTES), false);
	memcpy(ret->whom, buf_text(&hex), sizeof ret->whom);
	buf_addf(&ret->path, "%s/cmdlets-%s", or_nothing(place->directory), ret->whom);
	return buf_check(&ret->path, "a path", error);
}

static exs_status
read_shelf(const shelf *s, exs_cmdlets **ret, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(CATALOGUE_FILE_MAX);

	EXS_TRY(file_read(buf_text(&s->path), FILE_PRIVATE, &text, error));
	return catalogue_read(&text, s->whom, ret, error);
}

exs_status
exs_cmdlets_read(const exs_context *context, const exs_cmdlets_place *place,
                 exs_cmdlets **ret_cmdlets, exs_error *error)
{
	EXS_SCOPED(shelf) s = {.path = BUF(8192)};
	EXS_SCOPED(error_scratch) why = exs_error_new();

	*ret_cmdlets = NULL;
	if (why == NULL)
		return mem_fail(error);
	if (place->directory == NULL)
		return EXS_OK;
	EXS_TRY(find_shelf(place, &s, error));
	if (file_is_missing(buf_text(&s.path)) || read_shelf(&s, ret_cmdlets, why) == EXS_OK)
		return EXS_OK;
	LOG(context, EXS_LOG_WARNING, "exchange", "kept cmdlets ignored",
	    LOG_TEXT("why", exs_error_message(why)), LOG_TEXT("file", buf_text(&s.path)));
	return EXS_OK;
}

/* A pinned key that is replaced, or that the answer has nothing to say about. */
static void
compare_keys(const exs_context *context, const exs_cmdlets *before, const discovery *d)
{
	const seal *pinned = before == NULL ? NULL : catalogue_key(before);

	if (pinned == NULL || d->key == NULL ||
	    strcmp(seal_fingerprint(pinned), seal_fingerprint(d->key)) == 0)
		return;
	LOG(context, EXS_LOG_NOTICE, "exchange", "the service has another key for secrets",
	    LOG_TEXT("before", seal_fingerprint(pinned)), LOG_TEXT("now", seal_fingerprint(d->key)));
}

static void
save(const exs_context *context, const exs_cmdlets_place *place, const shelf *s, span text)
{
	EXS_SCOPED(error_scratch) why = exs_error_new();

	if (place->directory == NULL ||
	    (file_private_directory(place->directory, why) == EXS_OK &&
	     file_replace(buf_text(&s->path), text, 0600, why) == EXS_OK))
		return;
	LOG(context, EXS_LOG_WARNING, "exchange", "cmdlets not kept",
	    LOG_TEXT("why", exs_error_message(why)));
}

exs_status
exs_cmdlets_fetch(exs_exchange *exchange, const exs_cmdlets_place *place, exs_cmdlets **ret_cmdlets,
                  exs_error *error)
{
	EXS_AUTO(exs_cmdlets) *before = NULL;
	EXS_SCOPED(shelf) s = {.path = BUF(8192)};
	EXS_SCOPED(discovery) d;
	EXS_SCOPED(buf) text = BUF(CATALOGUE_FILE_MAX);
	api_session   *session = exchange->session;
	catalogue_head head;

	discovery_begin(&d);
	EXS_TRY(find_shelf(place, &s, error));
	EXS_TRY(exs_cmdlets_read(session->context, place, &before, error));
	EXS_TRY(discovery_ask(&d, exchange, error));
	compare_keys(session->context, before, &d);
	head = (catalogue_head){s.whom, context_now(session->context), d.key};
	/* an answer without a key takes none away */
	if (head.key == NULL && before != NULL)
		head.key = catalogue_key(before);
	EXS_TRY(catalogue_write(&head, buf_span(&d.records), &text, error));
	save(session->context, place, &s, buf_span(&text));
	return catalogue_read(&text, s.whom, ret_cmdlets, error);
}
