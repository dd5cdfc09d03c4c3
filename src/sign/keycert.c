/* The certificate for a device's key. */
#include "sign/keycert.h"

#include "base/error.h"
#include "sign/attestation.h"

/* Does it fit the key? When the device tells no public half, the same CKA_ID must do. */
static bool
fits(const certobject *c, const key *k)
{
	if (k->public_der.len == 0)
		return c->id.len > 0 && span_same(buf_span(&c->id), buf_span(&k->id));
	return publickey_same(buf_span(&c->public_der), buf_span(&k->public_der));
}

/* Valid now beats not valid; then the later end. */
static bool
is_better(const certobject *c, const certobject *than, int64_t now)
{
	bool valid = c->not_before <= now && now <= c->not_after;
	bool other = than->not_before <= now && now <= than->not_after;

	return valid != other ? valid : c->not_after > than->not_after;
}

const certobject *
keycert_choose(const certobject_list *list, const key *k, const keyname *wanted, int64_t now)
{
	const certobject *best = NULL;

	for (size_t i = 0; i < list->n; i++)
		if ((wanted == NULL || certificate_has_digest(buf_span(&list->at[i].der), wanted)) &&
		    fits(&list->at[i], k) && (best == NULL || is_better(&list->at[i], best, now)) &&
		    !attestation_is_one(buf_span(&list->at[i].der)))
			best = &list->at[i];
	return best;
}

static exs_status
fail_none(const device *d, const keyname *wanted, const certobject_list *beside, exs_error *error)
{
	const key *k = device_key(d);
	exs_status status;

	if (wanted == NULL && beside->n > 0 && beside->at[0].public_der.len > 0) {
		EXS_AUTO(certificate) *c = NULL;

		EXS_TRY(certificate_parse(buf_span(&beside->at[0].der), "the token", &c, error));
		EXS_TRY(certificate_check_key(c, buf_span(&k->public_der), error));
	}
	status = exs_fail(error, E_CERT_ABSENT, "the token holds no certificate for the key %s",
	                  device_key_uri(d));
	if (wanted != NULL)
		error_why(error, "none with the thumbprint that was asked for: " SPAN_FORMAT,
		          SPAN_PRINT(wanted->text));
	else if (beside->n > 0)
		error_why(error, "the one beside the key %s",
		          attestation_is_one(buf_span(&beside->at[0].der))
		                  ? "is the device's own statement about it, no credential"
		                  : "cannot be read");
	return status;
}

/* First those with the key's id, because reading all of a full card takes seconds. */
static exs_status
find_on_token(device *d, const keyname *wanted, int64_t now, certificate **ret, exs_error *error)
{
	const key *k = device_key(d);
	EXS_SCOPED(certobject_list) beside = {0};
	EXS_SCOPED(certobject_list) all = {0};
	const certobject *chosen = NULL;

	if (k->id.len > 0) {
		EXS_TRY(device_certificates(d, buf_span(&k->id), &beside, error));
		chosen = keycert_choose(&beside, k, wanted, now);
	}
	if (chosen == NULL) {
		EXS_TRY(device_certificates(d, span_from(NULL, 0), &all, error));
		chosen = keycert_choose(&all, k, wanted, now);
	}
	if (chosen == NULL)
		return fail_none(d, wanted, &beside, error);
	return certificate_parse(buf_span(&chosen->der), "the token", ret, error);
}

exs_status
keycert_find(device *d, const char *from, int64_t now, certificate **ret, exs_error *error)
{
	const key *k = device_key(d);
	EXS_AUTO(certificate) *found = NULL;
	span    rest = span_of(from);
	keyname name;

	if (from == NULL || strcmp(from, "token") == 0)
		EXS_TRY(find_on_token(d, NULL, now, &found, error));
	else if (keyname_next(&rest, &name) && name.kind == KEYNAME_THUMBPRINT)
		EXS_TRY(find_on_token(d, &name, now, &found, error));
	else
		EXS_TRY(certificate_read(from, buf_span(&k->public_der), &found, error));
	if (k->public_der.len > 0)
		EXS_TRY(certificate_check_key(found, buf_span(&k->public_der), error));
	EXS_TRY(certificate_check_time(found, now, error));
	EXS_GIVE(ret, found);
	return EXS_OK;
}
