/*
 * What the login service says about itself. See entra_discovery.h.
 *
 * The members are those of the real documents. As there, the signing algorithms of assertions are
 * not advertised.
 */
#include "entra_discovery.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "encoding.h"
#include "entra_key.h"
#include "tenant.h"

void
discovery_openid(struct web_answer *answer)
{
	const char *o = tenant_origin();
	const char *t = the_tenant.id;

	ledger_count("discovery.openid");
	web_json(answer, 200,
	         "{\"token_endpoint\":\"%s/%s/oauth2/v2.0/token\","
	         "\"token_endpoint_auth_methods_supported\":[\"client_secret_post\","
	         "\"private_key_jwt\",\"client_secret_basic\"],"
	         "\"jwks_uri\":\"%s/%s/discovery/v2.0/keys\","
	         "\"response_modes_supported\":[\"query\",\"fragment\",\"form_post\"],"
	         "\"subject_types_supported\":[\"pairwise\"],"
	         "\"id_token_signing_alg_values_supported\":[\"RS256\"],"
	         "\"response_types_supported\":[\"code\",\"id_token\",\"code id_token\","
	         "\"id_token token\"],"
	         "\"scopes_supported\":[\"openid\",\"profile\",\"email\",\"offline_access\"],"
	         "\"issuer\":\"%s/%s/v2.0\",\"request_uri_parameter_supported\":false,"
	         "\"authorization_endpoint\":\"%s/%s/oauth2/v2.0/authorize\","
	         "\"device_authorization_endpoint\":\"%s/%s/oauth2/v2.0/devicecode\","
	         "\"http_logout_supported\":true,\"frontchannel_logout_supported\":true,"
	         "\"end_session_endpoint\":\"%s/%s/oauth2/v2.0/logout\","
	         "\"claims_supported\":[\"sub\",\"iss\",\"aud\",\"exp\",\"iat\",\"nonce\",\"ver\","
	         "\"tid\"],"
	         "\"tenant_region_scope\":\"EU\",\"cloud_instance_name\":\"localhost\","
	         "\"cloud_graph_host_name\":\"localhost\",\"msgraph_host\":\"localhost\"}",
	         o, t, o, t, o, t, o, t, o, t, o, t);
	web_set(answer, "Cache-Control", "max-age=86400, private");
}

void
discovery_instance(const struct web_request *request, struct web_answer *answer)
{
	char authorize[2048];

	ledger_count("discovery.instance");
	if (!web_field(request->query, "authorization_endpoint", authorize, sizeof(authorize))) {
		web_json(answer, 400, "{\"error\":\"invalid_request\",\"error_description\":"
		         "\"AADSTS900144: The request must contain the following parameter: "
		         "'authorization_endpoint'.\",\"error_codes\":[900144]}");
		return;
	}
	web_json(answer, 200,
	         "{\"tenant_discovery_endpoint\":"
	         "\"%s/%s/v2.0/.well-known/openid-configuration\",\"api-version\":\"1.1\","
	         "\"metadata\":[{\"preferred_network\":\"%s:%u\",\"preferred_cache\":\"%s:%u\","
	         "\"aliases\":[\"%s:%u\"]}]}",
	         tenant_origin(), the_tenant.id, the_tenant.host, the_tenant.port, the_tenant.host,
	         the_tenant.port, the_tenant.host, the_tenant.port);
	web_set(answer, "Cache-Control", "max-age=86400, private");
}

static void
add_number(struct text *json, const char *name)
{
	unsigned char bytes[1024];
	BIGNUM *number = NULL;
	int len;

	if (EVP_PKEY_get_bn_param(the_signer.key, name, &number) != 1)
		abort();
	len = BN_bn2bin(number, bytes);
	BN_free(number);
	base64url_add(json, bytes, (size_t)len);
}

void
discovery_keys(struct web_answer *answer)
{
	struct text *json = &answer->body;
	unsigned char *der = NULL;
	int len = i2d_X509(the_signer.certificate, &der);

	if (len < 0)
		abort();
	ledger_count("discovery.keys");
	web_json(answer, 200, "{\"keys\":[{\"kty\":\"RSA\",\"use\":\"sig\",\"kid\":\"%s\","
	         "\"x5t\":\"%s\",\"n\":\"", the_signer.kid, the_signer.kid);
	add_number(json, OSSL_PKEY_PARAM_RSA_N);
	text_puts(json, "\",\"e\":\"");
	add_number(json, OSSL_PKEY_PARAM_RSA_E);
	text_puts(json, "\",\"x5c\":[\"");
	base64_add(json, der, (size_t)len);
	text_addf(json, "\"],\"issuer\":\"%s/%s/v2.0\"}]}", tenant_origin(), the_tenant.id);
	OPENSSL_free(der);
	web_set(answer, "Cache-Control", "max-age=86400, private");
}
