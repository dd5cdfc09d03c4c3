/* exosign version: ours and those we stand on. No PKCS#11 module is loaded for it. */
#include "cli/show.h"

#include "base/error.h"
#include "base/jsonobject.h"

#include <dlfcn.h>
#include <openssl/crypto.h>
#include <stdio.h>

/* What is loaded already says so itself; p11-kit has no function for it, and libcurl comes with the first request. */
static const char *
cjson_version(void)
{
	const char *(*ask)(void) = NULL;
	void *symbol = dlsym(RTLD_DEFAULT, "cJSON_Version");

	if (symbol != NULL)
		memcpy(&ask, &symbol, sizeof ask);
	return ask == NULL ? EXS_CJSON_VERSION : ask();
}

static const char *
openssl_version(void)
{
	return OpenSSL_version(OPENSSL_VERSION_STRING);
}

static const char *
built_p11_kit(void)
{
	return EXS_P11KIT_VERSION;
}

static const char *
built_curl(void)
{
	return EXS_CURL_VERSION;
}

static const struct {
	const char *name, *label;
	const char *(*version)(void);
} libraries[] = {
	{"openssl", "OpenSSL", openssl_version},
	{"cjson", "cJSON", cjson_version},
	{"built_with_p11_kit", "built with p11-kit", built_p11_kit},
	{"built_with_libcurl", "libcurl", built_curl},
};

exs_status
run_version(invocation *inv, exs_error *error)
{
	EXS_SCOPED(jsonobject) answer = {0};
	EXS_SCOPED(buf) line = BUF(1024);
	const given *g = inv->given;

	if (!has(g, OPT_JSON) && !has(g, OPT_OUTPUT)) {
		buf_addf(&line, "exosign %s (", EXS_VERSION);
		for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++)
			buf_addf(&line, "%s%s %s", i == 0 ? "" : ", ", libraries[i].label,
			         libraries[i].version());
		buf_puts(&line, ")\n");
		return show_text(buf_span(&line), error);
	}
	jsonobject_init(&answer);
	jsonobject_text(&answer, "exosign", EXS_VERSION);
	for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++)
		jsonobject_text(&answer, libraries[i].name, libraries[i].version());
	return show_object(inv, jsonobject_end(&answer), error);
}
