/* Settings as the library takes them. */
#include "config/profile.h"

#include "base/error.h"
#include "config/value.h"

/* What is needed for what, unless another setting stands in for it. */
static const struct {
	unsigned   need;
	setting_id id, unless;
} needed[] = {
	{PROFILE_KEY, SETTING_KEY, SETTINGS},
	{PROFILE_DIRECTORY, SETTING_TENANT, SETTING_TOKEN_ENDPOINT},
	{PROFILE_DIRECTORY, SETTING_CLIENT_ID, SETTINGS},
};

static exs_status
missing(const settings *s, setting_id id, const char *reason, exs_error *error)
{
	const setting_row *row = setting_row_of(id);
	exs_status         status = exs_fail(error, E_CONFIG_MISSING, "%s is not set%s", row->key, reason);

	if (s->profile[0] == '\0')
		error_why(error, "no profile is used: %s", s->profile_place);
	else
		error_why(error, "profile \"%s\" (%s) does not have it", s->profile, s->profile_place);
	error_fix(error, "%s%s = %s in the profile, or %s %s",
	          s->profile[0] == '\0' ? "--profile NAME; or " : "", row->key, row->argument,
	          row->flag, row->argument);
	return status;
}

static exs_status
check_needed(const settings *s, unsigned needs, size_t i, exs_error *error)
{
	bool stands_in = needed[i].unless < SETTINGS && s->at[needed[i].unless].value != NULL;

	if ((needs & needed[i].need) != 0 && !stands_in && s->at[needed[i].id].value == NULL)
		return missing(s, needed[i].id, "", error);
	return EXS_OK;
}

/* Settings that are good alone and not together. */
static exs_status
check_together(const settings *s, exs_error *error)
{
	const setting *soft = &s->at[SETTING_SOFTHSM_CONF];

	if (soft->value != NULL && strcmp(s->at[SETTING_CLOUD].value, "sandbox") != 0)
		return exs_fail(error, E_CONFIG_VALUE, "%s: softhsm-conf goes only with cloud = sandbox",
		                soft->place);
	if (strcmp(s->at[SETTING_SERVICE].value, "compliance") == 0 &&
	    strcmp(s->at[SETTING_API].value, "v2") == 0)
		return exs_fail(error, E_CONFIG_VALUE, "%s: Security & Compliance has no API v2",
		                s->at[SETTING_API].place);
	if (strcmp(s->at[SETTING_CERTIFICATE].value, "none") == 0 &&
	    s->at[SETTING_KID].value == NULL)
		return missing(s, SETTING_KID, ", and without a certificate nothing else names the key",
		               error);
	return EXS_OK;
}

exs_status
profile_check(const settings *s, unsigned needs, const config_critic *critic, exs_error *error)
{
	enum { NEEDED = sizeof needed / sizeof needed[0] };

	for (size_t i = 0; i <= NEEDED; i++) {
		EXS_SCOPED(error_scratch) problem = exs_error_new();
		exs_status status;

		if (problem == NULL)
			return mem_fail(error);
		status = i < NEEDED ? check_needed(s, needs, i, problem) : check_together(s, problem);
		if (status == EXS_OK)
			continue;
		if (critic == NULL) {
			error_copy(error, problem);
			return status;
		}
		critic->take(critic->self, problem);
	}
	return EXS_OK;
}

exs_status
profile_from(const settings *s, unsigned needs, profile *ret, exs_error *error)
{
	const char *certificate = s->at[SETTING_CERTIFICATE].value;
	const char *alg = s->at[SETTING_ALG].value;
	profile     p = {
		.identity = {
			.size = sizeof p.identity,
			.cloud = s->at[SETTING_CLOUD].value,
			.tenant = s->at[SETTING_TENANT].value,
			.organization = s->at[SETTING_ORGANIZATION].value,
			.client_id = s->at[SETTING_CLIENT_ID].value,
			.endpoint_login = s->at[SETTING_ENDPOINT_LOGIN].value,
			.endpoint_graph = s->at[SETTING_ENDPOINT_GRAPH].value,
			.endpoint_exchange = s->at[SETTING_ENDPOINT_EXCHANGE].value,
			.endpoint_compliance = s->at[SETTING_ENDPOINT_COMPLIANCE].value,
			.endpoint_vault = s->at[SETTING_ENDPOINT_VAULT].value,
			.token_endpoint = s->at[SETTING_TOKEN_ENDPOINT].value,
			.assertion_audience = s->at[SETTING_ASSERTION_AUDIENCE].value,
			.kid = s->at[SETTING_KID].value,
			.x5c = value_is_yes(s->at[SETTING_X5C].value),
			.tls_client_auth = strcmp(s->at[SETTING_CLIENT_AUTH].value, "tls") == 0,
			.assertion_lifetime = value_whole(s->at[SETTING_ASSERTION_LIFETIME].value),
		},
		.network = {
			.size = sizeof p.network,
			.ca_file = s->at[SETTING_CA_FILE].value,
			.proxy = s->at[SETTING_PROXY].value,
			.no_proxy = s->at[SETTING_NO_PROXY].value,
			.proxy_tls_auth = strcmp(s->at[SETTING_PROXY_AUTH].value, "tls") == 0,
			/* cmdlets that are known to be slow have more, unless somebody said how much */
			.deadline_ms = s->at[SETTING_TIMEOUT].layer == LAYER_DEFAULT
			                       ? 0
			                       : 1000 * value_whole(s->at[SETTING_TIMEOUT].value),
		},
		.signer = {
			.size = sizeof p.signer,
			.key_uri = s->at[SETTING_KEY].value,
			.certificate = certificate,
			.without_certificate = strcmp(certificate, "none") == 0,
			.allow_extractable = value_is_yes(s->at[SETTING_ALLOW_EXTRACTABLE].value),
			.deadline_ms = 1000 * value_whole(s->at[SETTING_DEVICE_TIMEOUT].value),
			.max_sessions = (unsigned)value_whole(s->at[SETTING_MAX_SESSIONS].value),
			.pss_in_token = strcmp(s->at[SETTING_PSS].value, "token-only") == 0,
		},
		.exchange = {
			.size = sizeof p.exchange,
			.anchor = s->at[SETTING_ANCHOR].value,
			.page_size = (unsigned)value_whole(s->at[SETTING_PAGE_SIZE].value),
			.service = s->at[SETTING_SERVICE].value,
			.api = s->at[SETTING_API].value,
		},
		.pin_source = s->at[SETTING_PIN_SOURCE].value,
		.softhsm_conf = s->at[SETTING_SOFTHSM_CONF].value,
	};

	EXS_TRY(profile_check(s, needs, NULL, error));
	if (strcmp(alg, "default") != 0 && !exs_alg_parse(alg, strlen(alg), &p.signer.alg))
		return exs_fail(error, E_CONFIG_VALUE, "%s: alg cannot be %s", s->at[SETTING_ALG].place,
		                alg);
	if (p.signer.without_certificate)
		p.signer.certificate = NULL;
	*ret = p;
	return EXS_OK;
}
