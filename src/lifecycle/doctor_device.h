/*
 * What each device of an identity looks like before anybody logs in: a key may be listed at several places, and is in good order when
 * one of them is.
 */
#ifndef LIFECYCLE_DOCTOR_DEVICE_H
#define LIFECYCLE_DOCTOR_DEVICE_H

#include "base/keyname.h"
#include "hsm/pintries.h"

#include <exosign/signer.h>

typedef struct device_view {
	char      *uri;      /* of the key; NULL when its thumbprint leads nowhere */
	exs_error *problem;  /* why its token cannot be held; NULL: it can */
	token_names names;
	char       module[512], description[40];
	bool       initialised, login_required, pin_pad, pin_set, pin_to_be_changed;
	pintries_state tries;
	pintries_text  tries_text;
	unsigned   failures;
	/* the key pair, as far as it shows without a login */
	unsigned   n_keys, n_private;
	exs_tristate sensitive, extractable;
	char       key_type[32], public_sha256[65];
	exs_error *key_problem; /* why its objects cannot be read */
} device_view;

typedef struct device_views {
	device_view at[KEYNAMES_MAX];
	size_t      n;
	bool        looked;
} device_views;
void device_views_done(device_views *views);

/* Looks at each place that options->key_uri names, once. Fails without memory or when given up. */
EXS_MUST_USE exs_status device_views_look(const exs_context *context, const exs_signer_options *options,
                                          device_views *ret, exs_error *error);

#endif
