/* Certificates, one by one, with all that they say. */
#include "base/encode.h"
#include "base/error.h"
#include "base/keyname.h"
#include "sign/attestation.h"
#include "sign/certificate.h"
#include "sign/certsearch.h"
#include "sign/certtext.h"
#include "sign/thumbprint.h"

#include <exosign/certificate.h>

typedef struct visiting {
	exs_certificate_visit visit;
	void                 *self;
} visiting;

static exs_status
print_thumbprint(const char *hex, buf *to, exs_error *error)
{
	EXS_SCOPED(buf) bytes = BUF(64);

	if (!decode_hex(&bytes, span_of(hex)))
		return exs_fail(error, E_BUG, "a thumbprint cannot be read");
	encode_base64url(to, buf_span(&bytes));
	return buf_check(to, "a thumbprint", error);
}

/* Fills in what the certificate itself says, and shows it. */
static exs_status
show(const visiting *v, const certificate *c, exs_certificate_facts *facts, exs_error *error)
{
	EXS_SCOPED(certtext) text = {0};
	EXS_SCOPED(buf) x5t = BUF(64), x5t_s256 = BUF(64);

	facts->attestation = attestation_is_one(buf_span(&c->der));
	EXS_TRY(certtext_read(buf_span(&c->der), &text, error));
	EXS_TRY(print_thumbprint(c->sha1, &x5t, error));
	EXS_TRY(print_thumbprint(c->sha256, &x5t_s256, error));
	facts->subject = c->subject;
	facts->issuer = c->issuer;
	facts->serial = c->serial;
	facts->key_type = text.key_type;
	facts->signature_alg = text.signature_alg;
	facts->sha1 = c->sha1;
	facts->sha256 = c->sha256;
	facts->x5t = buf_text(&x5t);
	facts->x5t_s256 = buf_text(&x5t_s256);
	facts->public_key_sha256 = c->public_sha256;
	facts->names = (const char *const *)text.names;
	facts->n_names = text.n_names;
	facts->not_before = c->not_before;
	facts->not_after = c->not_after;
	facts->der = (const unsigned char *)c->der.at;
	facts->der_len = c->der.len;
	return v->visit(v->self, facts, error);
}

static exs_status
take_item(void *self, const exs_inventory_item *item, exs_error *error)
{
	EXS_AUTO(certificate) *c = NULL;
	exs_certificate_facts facts = {.where = item->uri,
	                               .label = item->label,
	                               .key_uri = item->key_uri,
	                               .key_seen = item->key_type[0] != '\0'};

	EXS_TRY(certificate_parse(span_from((const char *)item->der, item->der_len), item->uri, &c,
	                          error));
	return show(self, c, &facts, error);
}

static exs_status
walk_one(const exs_context *context, const keyname *name, int64_t deadline_ms, visiting *v,
         exs_error *error)
{
	EXS_SCOPED(certsearch) search = {.context = context, .name = name, .deadline_ms = deadline_ms,
	                                 .visit = take_item, .self = v};

	EXS_TRY(certsearch_run(&search, error));
	return search.n_found > 0 ? EXS_OK : certsearch_fail_none(&search, error);
}

exs_status
exs_certificate_walk(const exs_context *context, const char *names, int64_t deadline_ms,
                     exs_certificate_visit visit, void *self, exs_error *error)
{
	visiting v = {visit, self};
	span     rest = span_of(names);
	keyname  name;
	size_t   n;

	if (names == NULL)
		return walk_one(context, NULL, deadline_ms, &v, error);
	EXS_TRY(keyname_check(rest, "the key", &n, error));
	while (keyname_next(&rest, &name))
		EXS_TRY(walk_one(context, &name, deadline_ms, &v, error));
	return EXS_OK;
}

exs_status
exs_certificate_read(const char *path, exs_certificate_visit visit, void *self, exs_error *error)
{
	EXS_AUTO(certificate) *c = NULL;
	exs_certificate_facts facts = {.where = path, .label = "", .key_uri = ""};

	EXS_TRY(certificate_read(path, span_from(NULL, 0), &c, error));
	return show(&(visiting){visit, self}, c, &facts, error);
}

exs_status
exs_key_find(const exs_context *context, const char *name, int64_t deadline_ms, char **ret_uri,
             exs_error *error)
{
	span       rest = span_of(name);
	keyname    one;
	size_t     n;
	exs_status status;

	EXS_TRY(keyname_check(rest, "the key", &n, error));
	if (n > 1) {
		status = exs_fail(error, E_USAGE, "%zu keys are named where one is needed", n);
		error_fix(error, "name one of them: --key, or the URI behind the command");
		return status;
	}
	(void)keyname_next(&rest, &one);
	if (one.kind == KEYNAME_THUMBPRINT)
		return thumbprint_resolve(context, &one, deadline_ms, false, ret_uri, error);
	*ret_uri = mem_text(one.text.at, one.text.len);
	return *ret_uri == NULL ? mem_fail(error) : EXS_OK;
}
