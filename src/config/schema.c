/* The one table of settings. */
#include "config/schema.h"

#define SETTING(id, key, flag, variable, ambient, kind, limits, initial, argument, help)           \
	{key, flag, variable, ambient, VALUE_##kind, limits, initial, argument, help},
static const setting_row rows[SETTINGS] = {
#include "config/settings.def"
};
#undef SETTING

const setting_row *
setting_row_of(setting_id id)
{
	return &rows[id];
}

bool
setting_find(span key, setting_id *ret_id, const char **ret_nearest)
{
	const char *keys[SETTINGS];

	for (size_t i = 0; i < SETTINGS; i++) {
		keys[i] = rows[i].key;
		if (span_is(key, keys[i])) {
			*ret_id = (setting_id)i;
			return true;
		}
	}
	*ret_nearest = span_nearest(key, keys, SETTINGS);
	return false;
}

const char *
setting_secret_advice(span name)
{
	static const char pin[] = "a PIN is never written down here: name where it comes from, "
	                          "pin-source = credential:NAME or file:PATH";
	static const char key[] = "the key stays in its device, and nothing else proves the identity: "
	                          "key = pkcs11:... as exosign hsm list prints it";
	static const struct {
		const char *name, *advice;
	} secrets[] = {
		{"pin", pin},           {"user-pin", pin},       {"token-pin", pin},
		{"pin-value", pin},     {"password", pin},       {"passphrase", pin},
		{"secret", key},        {"client-secret", key},  {"key-file", key},
		{"private-key", key},   {"pfx", key},            {"pfx-file", key},
		{"certificate-password", key},
	};

	for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
		if (span_is_nocase(name, secrets[i].name))
			return secrets[i].advice;
	return NULL;
}
