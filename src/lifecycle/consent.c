/* The address at which an administrator consents (entra-graph.md 3.3). */
#include "base/encode.h"
#include "base/error.h"
#include "base/id.h"
#include "lifecycle/work.h"

enum { URL_MAX = 8 * 1024 };

exs_status
exs_app_consent_url(const exs_context *context, const exs_identity *identity, const exs_network *network,
                    const char *redirect, char **ret_url, exs_error *error)
{
	EXS_AUTO(exs_credential) *credential = NULL;
	EXS_SCOPED(buf) url = BUF(URL_MAX);
	EXS_SCOPED(buf) query = BUF(URL_MAX);
	uuid_text       state;

	EXS_TRY(exs_credential_new(context, NULL, identity, network, &credential, error));
	encode_form(&query, "client_id", span_of(credential_client_id(credential)));
	if (redirect != NULL) {
		EXS_TRY(uuid_new(&state, error));
		encode_form(&query, "scope", span_of(credential_scope(credential, CLOUD_EXCHANGE)));
		encode_form(&query, "redirect_uri", span_of(redirect));
		encode_form(&query, "state", span_of(state.at));
	}
	EXS_TRY(buf_check(&query, "the address", error));
	buf_addf(&url, "%s/", credential_origin(credential, CLOUD_LOGIN));
	encode_percent(&url, span_of(credential_tenant(credential)));
	buf_puts(&url, redirect != NULL ? "/v2.0/adminconsent?" : "/adminconsent?");
	buf_add(&url, buf_span(&query));
	return buf_take(&url, "the address", ret_url, error);
}
