/* Parts of evidence that its maker and its checker share. */
#include "sign/evidence.h"

static exs_status
add_object(jsonobject *to, const char *name, jsonobject *o, exs_error *error)
{
	span json = jsonobject_end(o);

	EXS_TRY(buf_check(&o->text, name, error));
	jsonobject_json(to, name, json);
	return EXS_OK;
}

void
evidence_add_possession(jsonobject *o, const char *alg, const char *by, const char *public_sha256)
{
	EXS_SCOPED(jsonobject) possession = {0};

	jsonobject_init(&possession);
	jsonobject_text(&possession, "what", "whoever made this document could use the private key");
	jsonobject_text(&possession, "by", by);
	jsonobject_text(&possession, "alg", alg);
	jsonobject_text(&possession, "public_key_sha256", public_sha256);
	jsonobject_json(o, "possession", jsonobject_end(&possession));
}

exs_status
evidence_add_attestation(jsonobject *o, const attestation_facts *facts,
                         const attestation_proof *root, exs_error *error)
{
	EXS_SCOPED(jsonobject) a = {0};

	jsonobject_init(&a);
	if (root != NULL) {
		jsonobject_text(&a, "what", "the key was made in this device and cannot leave it");
		jsonobject_text(&a, "by", "a chain of certificates to the root named by the user");
		jsonobject_text(&a, "root_subject", root->root_subject);
		jsonobject_text(&a, "root_sha256", root->root_sha256);
	}
	jsonobject_text(&a, "firmware", facts->firmware);
	jsonobject_text(&a, "serial", facts->serial);
	jsonobject_text(&a, "pin_policy", facts->pin_policy);
	jsonobject_text(&a, "touch_policy", facts->touch_policy);
	jsonobject_text(&a, "form_factor", facts->form_factor);
	jsonobject_flag(&a, "fips", facts->fips);
	return add_object(o, "attestation", &a, error);
}
