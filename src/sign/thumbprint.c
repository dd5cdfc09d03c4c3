/* A key named by its certificate's thumbprint. */
#include "sign/thumbprint.h"

#include "base/encode.h"
#include "base/error.h"
#include "base/moment.h"
#include "sign/certsearch.h"

enum { CANDIDATES_MAX = 16, LIST_MAX = 1800, URI_MAX = 8192 };

typedef struct candidate {
	char   *key_uri, *module_name;
	char   *subject, *public_sha256;
	int64_t not_before, not_after;
} candidate;

typedef struct candidates {
	candidate at[CANDIDATES_MAX];
	size_t    n, left_out; /* the same certificate twice on one token counts once */
} candidates;

static void
candidates_done(candidates *c)
{
	for (size_t i = 0; i < c->n; i++) {
		mem_free(c->at[i].key_uri);
		mem_free(c->at[i].module_name);
		mem_free(c->at[i].subject);
		mem_free(c->at[i].public_sha256);
	}
}

static exs_status
take_candidate(void *self, const exs_inventory_item *item, exs_error *error)
{
	candidates *c = self;
	candidate  *added = &c->at[c->n];

	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->at[i].key_uri, item->key_uri) == 0)
			return EXS_OK;
	if (c->n == CANDIDATES_MAX) {
		c->left_out++;
		return EXS_OK;
	}
	c->n++;
	*added = (candidate){.not_before = item->not_before, .not_after = item->not_after};
	EXS_TRY(mem_copy(item->key_uri, &added->key_uri, error));
	EXS_TRY(mem_copy(item->module_name, &added->module_name, error));
	EXS_TRY(mem_copy(item->subject, &added->subject, error));
	return mem_copy(item->public_key_sha256, &added->public_sha256, error);
}

static exs_status
fail_ambiguous(const candidates *c, const keyname *name, exs_error *error)
{
	EXS_SCOPED(buf) list = BUF(LIST_MAX);
	exs_status status = exs_fail(error, E_KEY_AMBIGUOUS,
	                             "the certificate with the " SPAN_FORMAT " is in %zu places",
	                             SPAN_PRINT(name->text), c->n + c->left_out);

	for (size_t i = 0; i < c->n; i++)
		buf_addf(&list, "%s%s", i > 0 ? " " : "", c->at[i].key_uri);
	error_why(error, "candidates: %s", buf_text(&list));
	error_fix(error, "name one of these URIs as the key, or, when all are devices for this identity, all of "
	                 "them, parted by blanks");
	return status;
}

/* Others that could stand in for one that is not valid: of the same key or for the same subject, and valid now. */
typedef struct successors {
	const candidate *old;
	int64_t          now;
	buf              list;
} successors;

static exs_status
take_successor(void *self, const exs_inventory_item *item, exs_error *error)
{
	successors *s = self;

	(void)error;
	if (item->sha1[0] == '\0' || s->now < item->not_before || s->now > item->not_after)
		return EXS_OK;
	if (strcmp(item->public_key_sha256, s->old->public_sha256) != 0 &&
	    strcmp(item->subject, s->old->subject) != 0)
		return EXS_OK;
	if (s->list.len < LIST_MAX / 2)
		buf_addf(&s->list, "%sthumbprint:%s (until %.10s, %s)", s->list.len > 0 ? ", " : "",
		         item->sha1, moment_print(item->not_after).at, item->key_uri);
	return EXS_OK;
}

static exs_status
check_time(const exs_context *context, const keyname *name, int64_t deadline_ms, const candidate *c,
           exs_error *error)
{
	int64_t    now = context_now(context);
	bool       expired = now > c->not_after;
	exs_status status;
	successors others = {.old = c, .now = now, .list = BUF(LIST_MAX)};
	certsearch search = {.context = context, .name = name, .all = true,
	                     .deadline_ms = deadline_ms, .visit = take_successor, .self = &others};

	if (!expired && now >= c->not_before)
		return EXS_OK;
	status = exs_fail(error, expired ? E_CERT_EXPIRED : E_CERT_NOT_YET,
	                  expired ? "the certificate with the " SPAN_FORMAT " expired on %s"
	                          : "the certificate with the " SPAN_FORMAT " is not valid before %s",
	                  SPAN_PRINT(name->text), moment_print(expired ? c->not_after : c->not_before).at);
	error_why(error, "now it is %s; its subject is %s, its key %s", moment_print(now).at, c->subject,
	          c->key_uri);
	/* What else there is helps; that it cannot be told hides nothing. */
	if (certsearch_run(&search, NULL) == EXS_OK && others.list.len > 0)
		error_fix(error, "valid and of the same subject or key: %s; when it is registered with the app, set "
		                 "key to it", buf_text(&others.list));
	certsearch_done(&search);
	buf_done(&others.list);
	return status;
}

/* The module is known now: the others need not be loaded once more. */
static exs_status
print_uri(const candidate *c, char **ret, exs_error *error)
{
	EXS_SCOPED(buf) uri = BUF(URI_MAX);

	buf_puts(&uri, c->key_uri);
	if (c->module_name[0] != '\0' && strchr(c->key_uri, '?') == NULL) {
		buf_puts(&uri, "?module-name=");
		encode_percent(&uri, span_of(c->module_name));
	}
	return buf_take(&uri, "a URI", ret, error);
}

exs_status
thumbprint_resolve(const exs_context *context, const keyname *name, int64_t deadline_ms,
                   bool must_be_valid, char **ret_uri, exs_error *error)
{
	EXS_SCOPED(candidates) found = {0};
	EXS_SCOPED(certsearch) search = {.context = context, .name = name, .deadline_ms = deadline_ms,
	                                 .visit = take_candidate, .self = &found};

	EXS_TRY(certsearch_run(&search, error));
	if (found.n == 0)
		return certsearch_fail_none(&search, error);
	if (must_be_valid)
		EXS_TRY(check_time(context, name, deadline_ms, &found.at[0], error));
	if (found.n + found.left_out > 1)
		return fail_ambiguous(&found, name, error);
	LOG(context, EXS_LOG_INFO, "hsm", "thumbprint-resolved", LOG_TEXT("key", found.at[0].key_uri));
	return print_uri(&found.at[0], ret_uri, error);
}
