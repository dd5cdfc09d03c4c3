/* What each device of an identity looks like before anybody logs in. */
#include "base/context.h"
#include "base/error.h"
#include "hsm/hold.h"
#include "hsm/pinmemory.h"
#include "lifecycle/doctor_device.h"

#include <exosign/certificate.h>
#include <exosign/credential.h>
#include <exosign/inventory.h>
#include <stdio.h>

enum { NAME_MAX_BYTES = 4096 };

void
device_views_done(device_views *views)
{
	for (size_t i = 0; i < views->n; i++) {
		exs_text_free(views->at[i].uri);
		exs_error_free(views->at[i].problem);
		exs_error_free(views->at[i].key_problem);
	}
	views->n = 0;
}

/* A failure that is a finding; want of memory and giving up are none. */
static exs_status
keep(const exs_error *cause, exs_error **ret, exs_error *error)
{
	if (exs_error_status(cause) == EXS_CANCELLED || error_is(cause, E_NO_MEMORY)) {
		error_copy(error, cause);
		return exs_error_status(cause);
	}
	*ret = exs_error_new();
	if (*ret == NULL)
		return mem_fail(error);
	error_copy(*ret, cause);
	return EXS_OK;
}

static exs_status
read_token(device_view *v, hold *h, const char *state_directory, exs_error *error)
{
	token         *t = hold_token(h);
	CK_FLAGS       flags;
	CK_TOKEN_INFO  as_token = {0};
	token_identity identity;

	/* flags of the PIN are only true at the moment they are asked for */
	EXS_TRY(token_refresh(t, error));
	flags = t->info.flags;
	v->names = token_print(&t->info);
	(void)snprintf(v->module, sizeof v->module, "%s", module_path(t->module));
	memcpy(as_token.label, module_info(t->module)->libraryDescription, sizeof as_token.label);
	(void)snprintf(v->description, sizeof v->description, "%s", token_print(&as_token).label);
	v->initialised = (flags & CKF_TOKEN_INITIALIZED) != 0;
	v->login_required = (flags & CKF_LOGIN_REQUIRED) != 0;
	v->pin_pad = (flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
	v->pin_set = (flags & CKF_USER_PIN_INITIALIZED) != 0;
	v->pin_to_be_changed = (flags & CKF_USER_PIN_TO_BE_CHANGED) != 0;
	EXS_TRY(token_identify(t, &identity, error));
	if (state_directory != NULL)
		v->failures = pinmemory_peek(state_directory, &identity);
	v->tries = pintries_of(t, v->failures);
	v->tries_text = pintries_print(t, v->failures);
	return EXS_OK;
}

/* Without a PIN source: whatever happens, nobody logs in. */
static exs_status
look_at_token(const exs_context *context, const exs_signer_options *options, device_view *v,
              exs_error *error)
{
	EXS_AUTO(hold) *h = NULL;
	const exs_token_access access = {.size = sizeof access,
	                                 .uri = v->uri,
	                                 .state_directory = options->state_directory,
	                                 .deadline_ms = options->deadline_ms};

	EXS_TRY(hold_access(context, &access, &h, error));
	return read_token(v, h, options->state_directory, error);
}

static exs_status
take_key(void *self, const exs_inventory_item *item, exs_error *error)
{
	device_view *v = self;

	(void)error;
	if (item->kind != EXS_INVENTORY_KEY)
		return EXS_OK;
	v->n_keys++;
	v->n_private += item->private_visible;
	(void)snprintf(v->key_type, sizeof v->key_type, "%s", item->key_type);
	(void)snprintf(v->public_sha256, sizeof v->public_sha256, "%s", item->public_key_sha256);
	v->sensitive = item->sensitive;
	v->extractable = item->extractable;
	return EXS_OK;
}

static exs_status
look_at(const exs_context *context, const exs_signer_options *options, const char *name,
        device_view *v, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();

	v->sensitive = v->extractable = EXS_NOT_TOLD;
	if (cause == NULL)
		return mem_fail(error);
	if (exs_key_find(context, name, options->deadline_ms, &v->uri, cause) != EXS_OK ||
	    look_at_token(context, options, v, cause) != EXS_OK)
		return keep(cause, &v->problem, error);
	if (exs_inventory_walk(context, v->uri, options->deadline_ms, take_key, v, cause) != EXS_OK)
		return keep(cause, &v->key_problem, error);
	return EXS_OK;
}

exs_status
device_views_look(const exs_context *context, const exs_signer_options *options, device_views *ret,
                  exs_error *error)
{
	span    rest = span_of(options->key_uri);
	keyname name;

	if (ret->looked)
		return EXS_OK;
	ret->looked = true;
	while (ret->n < KEYNAMES_MAX && keyname_next(&rest, &name)) {
		EXS_SCOPED(buf) text = BUF(NAME_MAX_BYTES);

		buf_add(&text, name.text);
		EXS_TRY(buf_check(&text, "the name of a key", error));
		EXS_TRY(look_at(context, options, buf_text(&text), &ret->at[ret->n++], error));
	}
	return EXS_OK;
}
