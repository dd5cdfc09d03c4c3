/* What a token holds under a key's URI. */
#include "lifecycle/held.h"

#include "base/error.h"

#include <exosign/certificate.h>
#include <exosign/inventory.h>
#include <stdio.h>

void
held_done(held *h)
{
	buf_done(&h->der);
	*h = (held){.der = BUF(HELD_DER_MAX)};
}

/* Of several the one that ends last. */
static exs_status
take_certificate(void *self, const exs_certificate_facts *facts, exs_error *error)
{
	held *h = self;

	if (facts->attestation || (h->has_certificate && h->not_after >= facts->not_after))
		return EXS_OK;
	h->has_key = h->has_certificate = true;
	buf_clear(&h->der);
	buf_add(&h->der, span_from((const char *)facts->der, facts->der_len));
	(void)snprintf(h->sha1, sizeof h->sha1, "%s", facts->sha1);
	(void)snprintf(h->sha256, sizeof h->sha256, "%s", facts->sha256);
	h->not_before = facts->not_before;
	h->not_after = facts->not_after;
	return buf_check(&h->der, "the certificate", error);
}

static exs_status
take_key(void *self, const exs_inventory_item *item, exs_error *error)
{
	held *h = self;

	(void)error;
	h->has_key |= item->kind == EXS_INVENTORY_KEY;
	return EXS_OK;
}

static bool
is_file(const char *certificate)
{
	return certificate != NULL && strcmp(certificate, "token") != 0 &&
	       !span_starts(span_of(certificate), "thumbprint:");
}

exs_status
held_look(const exs_context *context, const char *uri, const char *certificate, int64_t deadline_ms,
          held *h, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	exs_status status;

	if (cause == NULL)
		return mem_fail(error);
	held_done(h);
	status = exs_certificate_walk(context, uri, deadline_ms,
	                              take_certificate, h, cause);
	if (status != EXS_OK && !error_is(cause, E_CERT_ABSENT)) {
		error_copy(error, cause);
		return status;
	}
	if (is_file(certificate)) {
		held_done(h);
		EXS_TRY(exs_certificate_read(certificate, take_certificate, h, error));
	}
	if (!h->has_key)
		EXS_TRY(exs_inventory_walk(context, uri, deadline_ms, take_key, h, error));
	return EXS_OK;
}
