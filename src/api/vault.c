/*
 * Azure Key Vault with the hardware-signed identity.
 *
 * A vault that does not accept a token says in its challenge whom it trusts and what for (entra-graph.md 5). That is compared with who
 * we are and explains the refusal; it is never followed: whose token a vault gets is decided by the profile alone.
 */
#include "api/challenge.h"
#include "api/resource.h"
#include "api/rest.h"
#include "api/small.h"
#include "base/jsontext.h"
#include "base/secret.h"
#include "http/url.h"

#include <exosign/vault.h>
#include <stdio.h>

#define API_VERSION "7.4"
enum { URL_ROOM = 2048, NAME_MAX_BYTES = 127, DESCRIPTION_MAX = 64 * 1024, PAGE = 25 };

struct exs_vault_secret {
	secret *value;
	char   *description;
};

void
exs_vault_secret_free(exs_vault_secret *s)
{
	if (s == NULL)
		return;
	secret_free(s->value);
	mem_free(s->description);
	mem_free(s);
}
EXS_DEFINE_AUTO(exs_vault_secret)

const char *
exs_vault_secret_reveal(const exs_vault_secret *s, size_t *ret_length)
{
	span value = secret_reveal(s->value);

	*ret_length = value.len;
	return value.at;
}

const char *
exs_vault_secret_describe(const exs_vault_secret *s)
{
	return s->description;
}

/* The header that a refusal of ours reads besides; diagnostics is where a fault keeps such. */
static void
read_response(fault *f, http_response *response)
{
	const char *challenge = http_header_value(response, "WWW-Authenticate");

	fault_of_rest.read_response(f, response);
	if (f->status == 401 && challenge != NULL)
		(void)snprintf(f->diagnostics, sizeof f->diagnostics, "%s", challenge);
}

static fault_dialect
vault_dialect(void)
{
	fault_dialect dialect = fault_of_rest;

	dialect.read_response = read_response;
	return dialect;
}

/* Letters, digits and dashes: what both vaults and their items are called. */
static bool
is_name(const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < n; i++)
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-", name[i]) == NULL)
			return false;
	return n > 0 && n <= NAME_MAX_BYTES;
}

/* An address like https://NAME.vault.azure.net: the cloud has others beside it, and the one that is asked for by name is meant. */
static bool
is_one_of_many(const exs_credential *credential, const char *origin)
{
	char suffix[300];
	url  scope, own;

	if (url_parse(credential_scope(credential, CLOUD_VAULT), &scope, NULL) != EXS_OK ||
	    url_parse(origin, &own, NULL) != EXS_OK || scope.host.len > 250)
		return false;
	(void)snprintf(suffix, sizeof suffix, "." SPAN_FORMAT, SPAN_PRINT(scope.host));
	return span_ends_nocase(own.host, suffix);
}

/* "https://contoso.vault.azure.net" of "contoso"; an address as it is; nothing: the profile's. */
static exs_status
write_origin(const exs_credential *credential, const char *vault, buf *to, exs_error *error)
{
	const char *own = credential_origin(credential, CLOUD_VAULT);
	url         scope;
	exs_status  status;

	if (vault != NULL && strstr(vault, "://") != NULL) {
		span address = span_of(vault);

		while (address.len > 0 && address.at[address.len - 1] == '/')
			address.len--;
		buf_add(to, address);
	} else if (own[0] != '\0' && (vault == NULL || !is_one_of_many(credential, own))) {
		/* a private address, or a sandbox: one vault */
		buf_puts(to, own);
	} else if (vault == NULL) {
		status = exs_fail(error, E_CONFIG_MISSING, "it is not said which vault");
		error_fix(error, "--vault NAME, or endpoint.vault = https://NAME.vault.azure.net in the profile");
		return status;
	} else if (!is_name(vault)) {
		return exs_fail(error, E_USAGE, "\"%.40s\" is no name of a vault: letters, digits and dashes", vault);
	} else {
		EXS_TRY(url_parse(credential_scope(credential, CLOUD_VAULT), &scope, error));
		buf_addf(to, "https://%s." SPAN_FORMAT, vault, SPAN_PRINT(scope.host));
	}
	return EXS_OK;
}

static exs_status
write_url(const exs_credential *credential, const exs_vault_item *item, const char *what, bool list, buf *to,
          exs_error *error)
{
	EXS_TRY(write_origin(credential, item->vault, to, error));
	buf_addf(to, "/%s", what);
	if (list) {
		buf_addf(to, "?api-version=" API_VERSION "&maxresults=%d", (int)PAGE);
		return buf_check(to, "an address", error);
	}
	if (item->name == NULL || !is_name(item->name) || (item->version != NULL && !is_name(item->version)))
		return exs_fail(error, E_USAGE, "names and versions in a vault are letters, digits and dashes");
	buf_addf(to, "/%s", item->name);
	if (item->version != NULL)
		buf_addf(to, "/%s", item->version);
	buf_puts(to, "?api-version=" API_VERSION);
	return buf_check(to, "an address", error);
}

/* A vault's session. */
typedef struct visit_to {
	fault_dialect    dialect;
	resource         r;
	resource_session s;
} visit_to;

static void
visit_to_done(visit_to *v)
{
	resource_session_done(&v->s);
	resource_done(&v->r);
}

static exs_status
begin(visit_to *v, const exs_context *context, exs_credential *credential, const exs_vault_item *item,
      const char *what, bool list, exs_error *error)
{
	EXS_SCOPED(buf) address = BUF(URL_ROOM);

	if (item->size == 0)
		return exs_fail(error, E_USAGE, "exs_vault_item.size is not set");
	EXS_TRY(write_url(credential, item, what, list, &address, error));
	EXS_TRY(resource_find(credential, buf_text(&address), credential_scope(credential, CLOUD_VAULT), &v->r, error));
	v->dialect = vault_dialect();
	return resource_session_begin(&v->s, context, credential, &v->r, &v->dialect, error);
}

/* "https://login.example/TENANT" -> TENANT. */
static span
tenant_of(const url *authority)
{
	span path = authority->path;

	while (path.len > 0 && path.at[0] == '/')
		path = span_from(path.at + 1, path.len - 1);
	return span_cut(&path, '/');
}

static bool
is_of_directory(const exs_credential *credential, const url *authority)
{
	url own;

	return url_parse(credential_origin(credential, CLOUD_LOGIN), &own, NULL) == EXS_OK &&
	       url_same_origin(&own, authority);
}

static exs_status
refuse_challenge(const char *message, span value, exs_error *error)
{
	exs_status status = exs_fail(error, E_VAULT, "%s", message);

	error_why(error, "its challenge says " SPAN_FORMAT "; a challenge is compared, never followed",
	          SPAN_PRINT(span_from(value.at, value.len < 200 ? value.len : 200)));
	return status;
}

/* Why the vault does not take the token, when its challenge tells; EXS_OK when it tells nothing. */
static exs_status
judge_challenge(const exs_credential *credential, span challenge, exs_error *error)
{
	span   authority = {NULL, 0}, wanted = {NULL, 0};
	char   text[300];
	url    where;
	size_t length;

	(void)challenge_parameter(challenge, "resource", &wanted);
	if (!challenge_parameter(challenge, "authorization", &authority) &&
	    !challenge_parameter(challenge, "authorization_uri", &authority))
		return EXS_OK;
	(void)snprintf(text, sizeof text, SPAN_FORMAT, SPAN_PRINT(authority));
	if (url_parse(text, &where, NULL) != EXS_OK || !is_of_directory(credential, &where))
		return refuse_challenge("the vault trusts a directory that is not this cloud's", authority, error);
	if (!span_is_nocase(tenant_of(&where), credential_tenant(credential)) &&
	    strchr(credential_tenant(credential), '.') == NULL)
		return refuse_challenge("the vault belongs to another tenant", authority, error);
	length = strlen(credential_scope(credential, CLOUD_VAULT)) - strlen("/.default");
	while (wanted.len > 0 && wanted.at[wanted.len - 1] == '/')
		wanted.len--;
	if (wanted.at != NULL && !span_same_nocase(wanted, span_from(credential_scope(credential, CLOUD_VAULT), length)))
		return refuse_challenge("the vault wants a token for another resource", wanted, error);
	return EXS_OK;
}

static exs_status
get(visit_to *v, const char *aim, small_answer *answer, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	const small_request request = {.aim = aim, .method = "GET", .url = v->r.url};
	exs_status status;

	if (cause == NULL)
		return mem_fail(error);
	status = small_call(v->s.session, &request, answer, cause);
	if (status == EXS_OK)
		return EXS_OK;
	if (answer->refused && answer->fault.status == 401)
		EXS_TRY(judge_challenge(v->s.credential, span_of(answer->fault.diagnostics), error));
	error_copy(error, cause);
	return status;
}

/* Every member but the value. */
static exs_status
describe(span object, char **ret, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(DESCRIPTION_MAX);
	jsontext_walk walk = jsontext_open(object);
	span name, value;

	while (jsontext_next(&walk, &name, &value)) {
		if (span_is(name, "\"value\""))
			continue;
		buf_byte(&text, text.len == 0 ? '{' : ',');
		buf_add(&text, name);
		buf_byte(&text, ':');
		jsontext_copy(&text, value, true);
	}
	buf_puts(&text, text.len == 0 ? "{}" : "}");
	return buf_take(&text, "the secret's description", ret, error);
}

/* The secret behind a certificate is its private key, as PFX or PEM. */
static bool
is_private_key(span object, span value)
{
	EXS_SCOPED(buf) type = BUF(DESCRIPTION_MAX);
	span content_type = jsontext_member(object, "contentType");

	if (content_type.at != NULL && jsontext_kind_of(content_type) == JSONTEXT_STRING)
		jsontext_decode(&type, content_type);
	return jsontext_member(object, "kid").at != NULL || span_starts_nocase(buf_span(&type), "application/x-pkcs12") ||
	       span_starts_nocase(buf_span(&type), "application/x-pem-file") || span_find(value, "PRIVATE KEY-----") >= 0;
}

static exs_status
take_secret(span object, const char *name, exs_vault_secret *s, exs_error *error)
{
	EXS_SCOPED(buf) value = BUF(SMALL_MAX);
	span member = jsontext_kind_of(object) == JSONTEXT_OBJECT ? jsontext_member(object, "value") : span_from(NULL, 0);
	exs_status status;

	if (member.at == NULL || jsontext_kind_of(member) != JSONTEXT_STRING)
		return exs_fail(error, E_ANSWER, "the vault's answer holds no value");
	jsontext_decode(&value, member);
	EXS_TRY(buf_check(&value, "a secret", error));
	if (is_private_key(object, buf_span(&value))) {
		status = exs_fail(error, E_KEY_FILE, "the secret %s is a private key, and was not taken out of the vault", name);
		error_why(error, "keys belong into devices, where they cannot be copied");
		error_fix(error, "for the public half: exosign vault certificate get %s; for a key that signs: exosign key generate", name);
		return status;
	}
	EXS_TRY(describe(object, &s->description, error));
	return secret_new(buf_span(&value), &s->value, error);
}

exs_status
exs_vault_secret_get(const exs_context *context, exs_credential *credential, const exs_vault_item *item,
                     exs_vault_secret **ret_secret, exs_error *error)
{
	EXS_SCOPED(visit_to) v = {0};
	EXS_SCOPED(small_answer) answer = {0};
	EXS_AUTO(exs_vault_secret) *s = mem_new(1, sizeof *s);

	if (s == NULL)
		return mem_fail(error);
	EXS_TRY(begin(&v, context, credential, item, "secrets", false, error));
	EXS_TRY(get(&v, "read the secret", &answer, error));
	EXS_TRY(take_secret(span_trim(buf_span(&answer.body)), item->name, s, error));
	EXS_GIVE(ret_secret, s);
	return EXS_OK;
}

exs_status
exs_vault_secret_list(const exs_context *context, exs_credential *credential, const exs_vault_item *item,
                      exs_resource_visit visit, void *self, exs_error *error)
{
	EXS_SCOPED(visit_to) v = {0};
	pages_options options = {
		.request = {.aim = "list the secrets", .event = "list asked", .about = "", .method = "GET", .reads = true}};

	EXS_TRY(begin(&v, context, credential, item, "secrets", true, error));
	options.request.url = v.r.url;
	return resource_walk(v.s.session, &options, visit, self, error);
}

exs_status
exs_vault_certificate_get(const exs_context *context, exs_credential *credential, const exs_vault_item *item,
                          char **ret_json, exs_error *error)
{
	EXS_SCOPED(visit_to) v = {0};
	EXS_SCOPED(small_answer) answer = {0};

	EXS_TRY(begin(&v, context, credential, item, "certificates", false, error));
	EXS_TRY(get(&v, "read the certificate", &answer, error));
	return buf_take(&answer.body, "the certificate", ret_json, error);
}
