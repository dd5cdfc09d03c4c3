/*
 * A device's key as an EVP_PKEY.
 *
 * What libp11 makes is freed in the order key, slots, module, context, because 0.4.12 uses freed memory in any other (pkcs11.md
 * 1.1).
 */
#include "hsm/viewkey.h"

#include "base/error.h"
#include "view/view.h"

#include <dlfcn.h>
#include <libp11.h>
#include <openssl/err.h>
#include <openssl/ui.h>

#define PLUGIN "exosign-view.so"

enum { PATH_ROOM = 4096 };

struct viewkey {
	viewport    *port;
	void        *plugin;
	UI_METHOD   *ui;
	PKCS11_CTX  *ctx;
	bool         loaded;
	PKCS11_SLOT *slots;
	unsigned     n_slots;
	EVP_PKEY    *evp;
};

void
viewkey_free(viewkey *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_free(k->evp);
	if (k->slots != NULL)
		PKCS11_release_all_slots(k->ctx, k->slots, k->n_slots);
	if (k->loaded)
		PKCS11_CTX_unload(k->ctx);
	if (k->ctx != NULL)
		PKCS11_CTX_free(k->ctx);
	if (k->ui != NULL)
		UI_destroy_method(k->ui);
	viewport_free(k->port);
	if (k->plugin != NULL)
		dlclose(k->plugin);
	mem_free(k);
}

EVP_PKEY *
viewkey_evp(viewkey *k)
{
	return k->evp;
}

/* libp11 asks nobody: with OpenSSL's own method it would open the terminal. */
static int
refuse_prompt(UI *ui, UI_STRING *string)
{
	(void)ui, (void)string;
	return -1;
}

/* Beside this library wherever it was loaded from (an installed tree, the build tree), else where it was configured to be. */
static void *
load_plugin(char path[PATH_ROOM])
{
	static const char *const beside[] = {"exosign/" PLUGIN, PLUGIN};
	static const char        here = 0;
	Dl_info                  library;
	void                    *plugin = NULL;

	if (dladdr(&here, &library) != 0 && library.dli_fname[0] == '/') {
		const char *slash = strrchr(library.dli_fname, '/');

		for (size_t i = 0; i < sizeof beside / sizeof beside[0] && plugin == NULL; i++) {
			snprintf(path, PATH_ROOM, "%.*s/%s", (int)(slash - library.dli_fname),
			         library.dli_fname, beside[i]);
			plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);
		}
	}
	if (plugin == NULL) {
		snprintf(path, PATH_ROOM, "%s/%s", EXS_PLUGIN_DIRECTORY, PLUGIN);
		plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	}
	return plugin;
}

static exs_status
show_to_plugin(viewkey *k, char path[PATH_ROOM], exs_error *error)
{
	view_setter show;
	void       *symbol;
	exs_status  status;

	k->plugin = load_plugin(path);
	symbol = k->plugin == NULL ? NULL : dlsym(k->plugin, VIEW_SETTER);
	if (symbol == NULL) {
		const char *why = dlerror();

		status = exs_fail(error, E_VIEW, "%s cannot be loaded", path);
		error_why(error, "%s", why == NULL ? "no reason was given" : why);
		return status;
	}
	/* POSIX lets a function's address travel in a void *; ISO C has no cast for it */
	memcpy(&show, &symbol, sizeof show);
	show(viewport_functions());
	return EXS_OK;
}

static exs_status
fail_libp11(const char *doing, exs_error *error)
{
	unsigned long code = ERR_peek_last_error();
	char          text[256] = "it gave no reason";
	exs_status    status = exs_fail(error, E_VIEW, "libp11 failed while %s", doing);

	if (code != 0)
		ERR_error_string_n(code, text, sizeof text);
	error_why(error, "%s", text);
	ERR_clear_error();
	return status;
}

static PKCS11_CTX *
new_context(void)
{
#ifdef PKCS11_FLAG_NO_METHODS
	/* Without it 0.4.18 and later change how every RSA key of the process works (pkcs11.md fact 2). */
	return PKCS11_CTX_new_ex(PKCS11_FLAG_NO_METHODS);
#else
	return PKCS11_CTX_new();
#endif
}

static exs_status
load(viewkey *k, const char *path, exs_error *error)
{
	k->ui = UI_create_method("exosign");
	k->ctx = new_context();
	if (k->ui == NULL || k->ctx == NULL)
		return mem_fail(error);
	UI_method_set_reader(k->ui, refuse_prompt);
	if (PKCS11_set_ui_method(k->ctx, k->ui, NULL) != 0 || PKCS11_CTX_load(k->ctx, path) != 0)
		return fail_libp11("loading the view of the device", error);
	k->loaded = true;
	return EXS_OK;
}

static exs_status
take_key(viewkey *k, exs_error *error)
{
	PKCS11_KEY *keys = NULL;
	unsigned    n = 0;

	if (PKCS11_enumerate_slots(k->ctx, &k->slots, &k->n_slots) != 0 || k->n_slots != 1 ||
	    k->slots[0].token == NULL)
		return fail_libp11("looking for the slot", error);
	if (PKCS11_enumerate_keys(k->slots[0].token, &keys, &n) != 0 || n != 1)
		return fail_libp11("looking for the key", error);
	k->evp = PKCS11_get_private_key(&keys[0]);
	return k->evp == NULL ? fail_libp11("making an OpenSSL key", error) : EXS_OK;
}

exs_status
viewkey_open(device *d, span public_der, viewkey **ret, exs_error *error)
{
	EXS_AUTO(viewkey) *k = mem_new(1, sizeof *k);
	char       path[PATH_ROOM];
	exs_status status;

	if (k == NULL)
		return mem_fail(error);
	EXS_TRY(viewport_open(d, public_der, &k->port, error));
	viewport_show(k->port);
	status = show_to_plugin(k, path, error);
	if (status == EXS_OK)
		status = load(k, path, error);
	if (status == EXS_OK)
		status = take_key(k, error);
	viewport_hide(k->port);
	EXS_TRY(status);
	EXS_GIVE(ret, k);
	return EXS_OK;
}

exs_status
viewkey_failure(viewkey *k, exs_error *error)
{
	return viewport_failure(k->port, error);
}

exs_status
viewkey_fail(viewkey *k, const char *doing, exs_error *error)
{
	exs_status status = viewport_failure(k->port, error);

	if (status == EXS_OK)
		return fail_libp11(doing, error);
	ERR_clear_error();
	return status;
}
